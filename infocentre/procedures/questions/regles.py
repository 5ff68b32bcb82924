"""Questions of the guichets: their themes, what was answered in time, the articles to write.

What is written as an article is read by every guichet of the département: it names nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.echeances import ajouter
from infocentre.affaires.reglages import reglages_de
from infocentre.demarches.demandes import choix_dit
from infocentre.demarches.regles import Ouverture, Regles, Releve, Reste
from infocentre.lecture.affaires import toutes
from infocentre.lecture.commun import catalogue, libelle, noms_des_guichets
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, majuscule
from infocentre.noyau.lecteurs import Lecteur
from infocentre.noyau.temps import mois_avant
from infocentre.restitutions.document import Cellule, Colonne, Tableau
from infocentre.restitutions.redaction import Contenu

PROCEDURE = "questions"
TEXTES = f"procedures/{PROCEDURE}/textes"
ANNEE = 12  # months of questions that are counted together


@dataclass(frozen=True, slots=True)
class Article:
    """What is told to all guichets, from a question that came back."""

    titre: str
    texte: str
    theme: str
    le: dt.date


@dataclass(frozen=True)
class Articles(Contenu):
    """All articles, the newest first."""

    modele: ClassVar[str] = f"{TEXTES}/articles.md"

    articles: Sequence[Article]


@dataclass(frozen=True)
class Themes(Contenu):
    """What was asked in twelve months."""

    modele: ClassVar[str] = f"{TEXTES}/themes.md"

    themes: Tableau | None


class Questions(Regles):
    """What is read of questions together."""

    def titre(self, une: Affaire) -> str:
        """Return its theme, beside the guichet."""
        return majuscule(theme(une))

    def sujet(self, une: Affaire) -> str:
        """Return its theme."""
        return theme(une)

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:
        """Return what is asked, and of which indicator."""
        del v
        code = une.situation.dite("code")
        dit = libelle(code) if code in catalogue().indicateurs else ""
        return [
            ("Question", str(une.situation.dite("question"))),
            *([("Indicateur", dit)] * bool(dit)),
        ]

    def ouvrir(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        objet: str,
        dits: Mapping[str, Any],
    ) -> Ouverture:
        """Return what a question of a guichet is opened with.

        Raises:
            Refus: the guichet is unknown, or of others; the indicator is none.
        """
        code = str(dits.get("code") or "").strip().upper()
        if code and code not in catalogue().indicateurs:
            raise Refus(
                f"l'indicateur « {code[:30]} » n'existe pas",
                que_faire="Donner son code, comme sur la page Indicateurs, ou rien.",
            )
        ouverte = super().ouvrir(v, registre_, departement, objet, dits)
        return Ouverture(ouverte.objet, str(dits.get("theme") or ""), {"code": code})

    def valeurs(self, v: Lecture, registre_: Affaires, une: Affaire, papier: str) -> dict[str, Any]:
        """Return what the question to the national assistance names."""
        del registre_, papier
        code = une.situation.dite("code")
        return {
            "nom_guichet": noms_des_guichets(v, une.departement).get(une.objet, une.objet),
            "theme_dit": theme(une),
            "indicateur": libelle(code) if code in catalogue().indicateurs else "",
        }

    def restes(self, v: Lecture, registre_: Affaires, departement: str) -> list[Reste]:
        """Return the themes that come back and of which no article is written."""
        if v.p.partiel:
            return []
        assez = reglages_de(procedures()[PROCEDURE])["assez"]
        recues = _de_l_annee(v, departement, registre_.aujourdhui)
        ecrits = {une.sujet for une in toutes(v, departement, PROCEDURE) if _ecrit(une)}
        par_theme: dict[str, list[Affaire]] = {}
        for une in recues:
            par_theme.setdefault(une.sujet, []).append(une)
        return [
            Reste(
                f"{accorder(len(siennes), 'question')} sur un thème sans article : "
                f"{theme(siennes[0])}",
                f"/affaires/{PROCEDURE}",
                "Écrire un article",
                depuis=siennes[-1].situation.evenements[0].jour,
                parametres=(("etat", "repondue"),),
            )
            for code, siennes in par_theme.items()
            if len(siennes) >= assez and code not in ecrits and code != AUTRE
            if any(
                "ecrire_article" in une.situation.procedure.possibles(une.etat) for une in siennes
            )
        ]

    def bloc(self, v: Lecture, departement: str) -> Tableau | None:
        """Return the articles, which every guichet reads; None before the first."""
        lignes = tuple(
            (Cellule(un.titre), Cellule(majuscule(un.theme)), Cellule(un.texte), Cellule(un.le))
            for un in articles(v, departement)
        )
        titres = (Colonne("Titre"), Colonne("Thème"), Colonne("Article"), Colonne("Du", "date"))
        return Tableau("articles", "Articles pour les guichets", titres, lignes).ou_rien

    def releves(self) -> tuple[Releve, ...]:
        """Return the papers about a whole département."""
        return (
            Releve(
                "articles",
                "Articles pour les guichets",
                ("pdf", "docx"),
                lambda v, _, ici: Articles(articles(v, ici)),
                lecteur=Lecteur.DESTINATAIRE,
            ),
            Releve(
                "themes",
                "Questions des guichets, par thème",
                ("pdf", "xlsx", "docx"),
                lambda v, registre, ici: Themes(par_theme(v, ici, registre.aujourdhui)),
            ),
        )


AUTRE = "autre"  # what has no theme of its own


def theme(une: Affaire) -> str:
    """Return what a question is about, as people read it."""
    return choix_dit(une, "poser", "theme")


def articles(v: Lecture, departement: str) -> list[Article]:
    """Return the articles of a département, the newest first, whoever asked."""
    ecrits = [
        Article(str(un.dit("titre")), str(un.dit("article")), theme(une), un.jour)
        for une in toutes(v, departement, PROCEDURE)
        for un in une.situation.tous("ecrire_article")
    ]
    return sorted(ecrits, key=lambda un: un.le, reverse=True)


def par_theme(v: Lecture, departement: str, jour: dt.date) -> Tableau | None:
    """Return the questions of twelve months by theme: received, answered in time, passed on."""
    recues = _de_l_annee(v, departement, jour)
    if not recues:
        return None
    choix = procedures()[PROCEDURE].evenements["poser"].donnees["theme"].choix
    lignes = [
        (majuscule(dit), [une for une in recues if une.sujet == code])
        for code, dit in choix.items()
    ]
    corps = [
        (Cellule(dit), *map(Cellule, _compter(siennes)))
        for dit, siennes in [*lignes, ("Ensemble", recues)]
        if siennes
    ]
    titres = ("Reçues", "Répondues", "À temps", "Transmises", "Articles")
    return Tableau(
        "themes",
        "",
        (Colonne("Thème"), *(Colonne(un, "nombre") for un in titres)),
        tuple(corps),
        totaux=frozenset({len(corps) - 1}),
    )


def _compter(siennes: Sequence[Affaire]) -> tuple[int, int, int, int, int]:
    repondues = [(une, une.situation.tous("repondre")) for une in siennes]
    return (
        len(siennes),
        sum(bool(dites) for _, dites in repondues),
        sum(bool(dites) and _a_temps(une, dites[0].jour) for une, dites in repondues),
        sum(bool(une.situation.tous("transmettre")) for une in siennes),
        sum(len(une.situation.tous("ecrire_article")) for une in siennes),
    )


def _a_temps(une: Affaire, le: dt.date) -> bool:
    """Tell whether the first answer came by the day it was due."""
    posee = une.situation.evenements[0].jour
    return le <= ajouter(posee, une.reglages["delai_reponse"], "ouvres", une.departement)


def _de_l_annee(v: Lecture, departement: str, jour: dt.date) -> list[Affaire]:
    """Return the questions received in twelve months up to a day, the oldest first."""
    depuis = mois_avant(f"{jour:%Y-%m}", ANNEE)
    return [
        une
        for une in toutes(v, departement, PROCEDURE)
        if f"{une.situation.evenements[0].jour:%Y-%m}" > depuis
    ]


def _ecrit(une: Affaire) -> bool:
    return bool(une.situation.tous("ecrire_article"))


REGLES = Questions(PROCEDURE)
