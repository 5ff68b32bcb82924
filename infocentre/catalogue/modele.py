"""What an indicator, a population and the catalogue are."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypedDict

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from infocentre.catalogue.familles import famille
from infocentre.catalogue.remedes import MOTS, RIEN_DE_POSSIBLE, Mots, Remede
from infocentre.contrat.intitules import libelle
from infocentre.noyau.imputables import PERSONNE, Imputable

Nature = Literal["stock", "flux"]
Fenetre = Literal["mois", "12m"]

Texte = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$")]
Nom = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Mois = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Exigence = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]


def _ratio(valeur: object) -> object:
    if isinstance(valeur, bool) or not isinstance(valeur, int | float):
        message = "un rapport entre 0 et 1 est attendu (0.05 pour 5 %)"
        raise ValueError(message)  # noqa: TRY004 - pydantic reports nothing else by field
    return valeur


Ratio = Annotated[float, BeforeValidator(_ratio), Field(ge=0, le=1)]


def _liste_en_tuple(valeur: object) -> object:
    return tuple(valeur) if isinstance(valeur, list) else valeur


Exigences = Annotated[tuple[Exigence, ...], BeforeValidator(_liste_en_tuple)]
CodeTableau = Annotated[str, StringConstraints(pattern=r"^[A-Z]+[0-9]*-[0-9]{2}$")]
CodesTableaux = Annotated[tuple[CodeTableau, ...], BeforeValidator(_liste_en_tuple)]


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Seuils(_Fige):
    """Rates above which an indicator is orange, then rouge, as ratios."""

    orange: Ratio
    rouge: Ratio

    @model_validator(mode="after")
    def _croissants(self) -> Self:
        if self.orange >= self.rouge:
            message = "le seuil orange doit être inférieur au seuil rouge"
            raise ValueError(message)
        return self


class SuiteDe(_Fige):
    """The indicator whose anomalies mostly bring this one's, and how the fiche names these."""

    code: Code
    dite: Texte


class Gravite(_Fige):
    """How far a unit is beyond the rule: an integer over the population, and what it counts."""

    mesure: Texte
    unite: Texte


class Imprime(_Fige):
    """Where a standard table prints the anomalies too: alone, or (`seules` false) among others."""

    tableau: CodeTableau
    ligne: Texte
    colonne: Nom
    seules: bool = True

    @property
    def place(self) -> tuple[str, tuple[str, ...], str]:
        """Return the cell: table, row, column."""
        return self.tableau, (self.ligne,), self.colonne


class Indicateur(_Fige):
    """One anomaly rate: which units of which population are in anomaly, and what to say of it.

    `compte` says what is counted in a reader's words, `gravite` how far a unit is beyond the rule.
    `sortie_corrige`: what is asked is that the unit leave the stock (close the access, merge the
    demande), so that one which left was put right.
    `fiabilise` are the standard tables whose figures cannot be quoted while it is bad; `question`
    is what it answers for the préfet, in the synthèse, of the DALO and réservataire figures;
    `imprime` is what the secret must know of the tables.
    """

    code: Code
    ordre: Annotated[int, Field(ge=1)]
    libelle: Texte
    famille: Nom
    imputable: Imputable
    suivi: bool = False
    population: Nom
    applicable: Texte | None = None
    anomalie: Texte
    compte: Texte | None = None
    explication: Texte
    seuils: Seuils | None = None
    tolerance_zero: bool = False
    reference: Texte | None = None
    pourquoi: Texte
    correction: Texte
    remede: Remede
    encore_possible: Texte | None = None
    sortie_corrige: bool = False
    mostly: Ratio | None = None
    suite_de: SuiteDe | None = None
    gravite: Gravite | None = None
    fiabilise: CodesTableaux = ()
    question: Texte | None = None
    imprime: Imprime | None = None
    version: Annotated[int, Field(ge=1)]
    depuis: Mois
    requiert: Exigences = ()

    @property
    def titre_famille(self) -> str:
        """Return the famille as a heading."""
        return famille(self.famille).titre

    @property
    def mots(self) -> Mots:
        """Return the words in which its anomalies are spoken of."""
        return MOTS[self.remede]

    @property
    def a_corriger(self) -> bool:
        """Tell whether its anomalies can be put right; a past fact cannot."""
        return self.remede == "corriger"

    @property
    def encore(self) -> str:
        """Return the sentence on what may still be done about past facts; empty for corriger."""
        if self.a_corriger:
            return ""
        if self.encore_possible is None:
            return RIEN_DE_POSSIBLE
        return f"{libelle('encore_possible')} : {self.encore_possible.rstrip('.')}."

    @property
    def conseil(self) -> str:
        """Return all that the guichet is advised to do, in sentences."""
        return " ".join(filter(None, [self.correction, self.encore]))

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.a_corriger and self.encore_possible is not None:
            message = "« encore_possible » ne se dit que d'un fait passé (« remede: constater »)"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _jugement(self) -> Self:
        juge = self.seuils is not None
        if self.imputable == PERSONNE and (juge or self.tolerance_zero):
            message = "un indicateur de contexte n'a ni « seuils » ni « tolerance_zero »"
            raise ValueError(message)
        if self.imputable != PERSONNE and juge == self.tolerance_zero:
            message = "il faut soit « seuils », soit « tolerance_zero: true »"
            raise ValueError(message)
        return self


class Population(_Fige):
    """One SELECT that gives one row per unit, and the tables and columns it cannot do without."""

    nom: Nom
    sql: Texte
    nature: Nature
    grain: Texte
    objet: Texte
    requiert: Exigences = ()


class _Ecrit(TypedDict):
    """A catalogue as JSON."""

    indicateurs: dict[str, dict[str, Any]]
    populations: dict[str, dict[str, Any]]


class Catalogue(_Fige):
    """Indicators in the order in which they are shown, populations by name."""

    indicateurs: dict[str, Indicateur]
    populations: dict[str, Population]

    @property
    def empreinte(self) -> str:
        """Return the sha256 of the canonical JSON: equal catalogues have equal ones."""
        return hashlib.sha256(self.en_json().encode()).hexdigest()

    def en_json(self) -> str:
        """Return the canonical JSON: keys sorted, but indicators keep their order by `ordre`."""
        return self._json

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, with what is changed of it: its JSON is its own."""
        copie = super().model_copy(update=update, deep=deep)
        copie.__dict__.pop("_json", None)
        return copie

    @functools.cached_property
    def _json(self) -> str:
        return json.dumps(
            self.model_dump(mode="json"),
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )

    @classmethod
    def depuis_json(cls, texte: str, actuel: Catalogue | None = None) -> Self:
        """Read back what `en_json` wrote; the SQL is not checked again.

        An indicator that was stored before one of `_TARDIFS` existed takes that of `actuel`,
        else « corriger » and nothing: what is said changes, what is counted does not.
        """
        brut: _Ecrit = json.loads(texte)
        connus = actuel.indicateurs if actuel else {}
        indicateurs = [
            Indicateur.model_validate(_completer(un, connus.get(code)))
            for code, un in brut["indicateurs"].items()
        ]
        populations = [Population.model_validate(une) for une in brut["populations"].values()]
        return cls(
            indicateurs={un.code: un for un in ranger(indicateurs)},
            populations={une.nom: une for une in sorted(populations, key=lambda p: p.nom)},
        )

    def suites(self, code: str) -> tuple[Indicateur, ...]:
        """Return the indicators whose anomalies mostly follow from those of this one, in order."""
        return tuple(
            un for un in self.indicateurs.values() if un.suite_de and un.suite_de.code == code
        )

    def temoin(self, population: str) -> str | None:
        """Return the indicator that judges most of a population's units: its denominator counts it.

        None when no indicator is over the population.
        """
        siens = self.de_population(population)
        entiers = [un for un in siens if un.applicable is None]
        return next((un.code for un in (*entiers, *siens)), None)

    def fenetre(self, un: Indicateur) -> Fenetre:
        """Return the window that a state rests on: the month for a stock and tolérance zéro."""
        au_mois = un.tolerance_zero or self.populations[un.population].nature == "stock"
        return "mois" if au_mois else "12m"

    def de_population(self, nom: str) -> tuple[Indicateur, ...]:
        """Return the indicators of one population, in order."""
        return tuple(un for un in self.indicateurs.values() if un.population == nom)


_TARDIFS = ("remede", "imprime", "gravite", "sortie_corrige")


def complet(texte: str) -> bool:
    """Tell whether a stored catalogue has the fields that the first ones had not."""
    return all(f'"{nom}"' in texte for nom in _TARDIFS)


def _completer(brut: dict[str, Any], actuel: Indicateur | None) -> dict[str, Any]:
    if actuel is None:
        return {"remede": "corriger"} | brut
    return actuel.model_dump(include={*_TARDIFS, "encore_possible"}) | brut


def ranger(indicateurs: list[Indicateur]) -> list[Indicateur]:
    """Sort indicators as screens and documents show them."""
    return sorted(indicateurs, key=lambda un: (un.ordre, un.code))
