"""docs/convention.md, from docs/convention.yml: `python -m infocentre.affaires.convention`.

What each article of the convention asks, of whom, and what serves it here.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from infocentre.affaires.procedure import procedures
from infocentre.catalogue import lire_catalogue
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.config import ressources
from infocentre.noyau.fichiers import ecrire
from infocentre.noyau.fichiers_yaml import lire_yaml
from infocentre.noyau.francais import minuscule

SOURCE, PAGE = "convention.yml", "convention.md"
ETATS = {"oui": "✔", "partie": "◐", "non": "✘"}
TITRES = (
    "| article | qui | ce qui est demandé | | ce qui le sert, et ce qui manque |",
    "| --- | --- | --- | --- | --- |",
)
TETE = (
    "Ce que la convention demande, de qui, et ce qui le sert ici : ✔ en entier, ◐ en partie, ✘ "
    "rien encore. Cette page est tirée de `docs/convention.yml`."
)


class Par(BaseModel):
    """What serves an obligation: procedures, pages, commands, indicators, by their codes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    procedures: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    commandes: tuple[str, ...] = ()
    indicateurs: tuple[str, ...] = ()

    @property
    def nomme(self) -> bool:
        """Tell whether anything serves it."""
        return any((self.procedures, self.pages, self.commandes, self.indicateurs))


class Obligation(BaseModel):
    """What an article asks of someone; what is not whole says what is missing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    article: str
    qui: str
    quoi: str
    etat: Literal["oui", "partie", "non"]
    par: Par = Par()
    manque: str = ""

    @model_validator(mode="after")
    def _dire(self) -> Obligation:
        if (self.etat == "non") == self.par.nomme or (self.etat == "oui") == bool(self.manque):
            message = "« par » dit ce qui la sert, « manque » ce qui manque"
            raise ValueError(message)
        return self


def obligations(source: Path | None = None) -> list[Obligation]:
    """Return them in the order of the file; raise Refus that names what is wrong."""
    chemin = source or ressources("docs") / SOURCE
    try:
        lues = lire_yaml(chemin, "la convention").get("obligations")
        return TypeAdapter(list[Obligation]).validate_python(lues)
    except ValidationError as erreur:
        raise refus_champs(erreur, chemin.name, " de la convention", {}) from None


def rediger(lues: Sequence[Obligation]) -> str:
    """Return the page: a row an obligation."""
    combien = Counter[str](une.etat for une in lues)
    comptes = ", ".join(f"{signe} {combien[etat]}" for etat, signe in ETATS.items())
    lignes = [
        "# La convention, article par article",
        "",
        TETE,
        "",
        f"{len(lues)} obligations : {comptes}.",
    ]
    for article, siennes in itertools.groupby(lues, lambda une: une.article.split()[0]):
        lignes += ["", f"## Article {article}", "", *TITRES, *map(_ligne, siennes)]
    return "\n".join(lignes) + "\n"


def _ligne(une: Obligation) -> str:
    cases = (une.article, une.qui, une.quoi, ETATS[une.etat], _par(une))
    return f"| {' | '.join(cases)} |"


def _par(une: Obligation) -> str:
    connues, regles = procedures(), lire_catalogue().indicateurs
    dits = [
        *(f"procédure « {connues[code].titre} »" for code in une.par.procedures),
        *(f"page `{page}`" for page in une.par.pages),
        *(f"`infocentre {commande}`" for commande in une.par.commandes),
        *(f"{code} ({minuscule(regles[code].libelle)})" for code in une.par.indicateurs),
    ]
    manque = f"manque : {une.manque}" if une.manque else ""
    return " ; ".join(filter(None, (", ".join(dits), manque)))


if __name__ == "__main__":
    ecrire(ressources("docs") / PAGE, rediger(obligations()))
