"""How far the DALO and réservataire figures can be trusted, and what cannot be said this month."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from infocentre.catalogue import Indicateur
from infocentre.catalogue.unites import UNITES
from infocentre.lecture.commun import catalogue, indicateurs, motifs, valeurs
from infocentre.lecture.indicateurs import saisies_tardives
from infocentre.lecture.lignes import Valeur
from infocentre.noyau.etats import MAUVAIS, SIGNIFICATIFS, Etat, en_sql
from infocentre.noyau.francais import clef_de_tri
from infocentre.noyau.temps import mois_avant
from infocentre.restitutions import entetes
from infocentre.restitutions.document import Cellule, Origine, Section, Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.synthese.alertes import comparaisons

UN_AN = 12
FIABLES: dict[str, str] = {
    Etat.VERT: "fiable",
    Etat.ORANGE: "à lire avec prudence",
    Etat.ROUGE: "fragile",
    Etat.A_TRAITER: "à vérifier ce mois-ci",
}


@dataclass(frozen=True)
class Limites(Contenu):
    """What may be wrong under the figures of DALO and réservataires, and what cannot be said.

    `incalculables`: the indicators that the delivery does not let be calculated, `raison` what
    keeps the most of them from it; `tardifs`: whose
    units of the month are probably not all there; `sans_passe`: the month of a year before, when it
    is unknown; `trop_petits`: guichets that nothing can be said of; `comparaisons`: among how many
    the rises stand.
    """

    modele = "synthese/limites.md"

    mois: str
    fiabilite: Tableau
    incalculables: tuple[str, ...]
    raison: str | None
    tardifs: tuple[str, ...]
    sans_passe: str | None
    trop_petits: int
    comparaisons: str | None


def limites(edition: Edition) -> tuple[Section, ...]:
    """Return how far the figures of DALO and réservataires hold, then what is not known."""
    avant = mois_avant(edition.mois, UN_AN)
    return Limites(
        edition.mois,
        _fiabilite(edition),
        _incalculables(edition),
        _raison(edition),
        _tardifs(edition),
        None if avant in edition.mois_connus else avant,
        _trop_petits(edition),
        comparaisons(edition),
    ).rediger()


def _fiabilite(edition: Edition) -> Tableau:
    lues = _departement(edition)
    rangees = tuple(_rangee(edition, un, lues.get(un.code)) for un in indicateurs() if un.question)
    colonnes = entetes.colonnes("fiabilite", "question", "non", "sur", "verdict")
    return Tableau("fiabilite", "", colonnes, rangees)


def _departement(edition: Edition) -> dict[str, Valeur]:
    lues = valeurs(edition.v, edition.departement, edition.mois, niveau="departement", guichet="*")
    return {une["code"]: une for une in lues}


def _rangee(edition: Edition, un: Indicateur, une: Valeur | None) -> tuple[Cellule, ...]:
    question = Cellule(un.question)
    if une is None or not une["denominateur_12m"]:
        rien = une is not None and une["denominateur_12m"] == 0
        jugement = Cellule("aucune attribution" if rien else "impossible à juger")
        return question, Cellule(), Cellule(), jugement
    origines = [
        Origine(un.code, edition.mois, "*", nom) for nom in ("numerateur_12m", "denominateur_12m")
    ]
    return (
        question,
        Cellule(une["numerateur_12m"], origines[0]),
        Cellule(une["denominateur_12m"], origines[1]),
        _jugement(une),
    )


def _jugement(une: Valeur) -> Cellule:
    """Say what the state allows; where it is the month's, the counts of 12 months are not its."""
    dit = FIABLES.get(une["etat"])
    if dit is None:
        return Cellule(_sans_jugement(une))
    passe = une["fenetre"] == "mois" and une["etat"] == Etat.VERT and une["numerateur_12m"]
    return Cellule(f"{dit} ce mois-ci" if passe else dit, etat=une["etat"])


def _sans_jugement(une: Valeur) -> str:
    if une["etat"] == Etat.SANS_OBJET:  # judged on the month, of which the counts are not
        return "aucune attribution ce mois-ci"
    petit = une["etat"] == Etat.EFFECTIF_INSUFFISANT
    return "trop peu d'attributions" if petit else "donné pour information"


def _incalculables(edition: Edition) -> tuple[str, ...]:
    connus = catalogue().indicateurs
    return tuple(
        connus[code].libelle
        for code, une in _departement(edition).items()
        if une["etat"] == Etat.NON_CALCULABLE and code in connus
    )


def _raison(edition: Edition) -> str | None:
    """Return what keeps the most indicators from being calculated."""
    connus = motifs(edition.v, edition.departement, edition.mois)
    dites = [un for code in catalogue().indicateurs for un in connus.get(code, "").split(" ; ")]
    comptees = Counter(filter(None, dites))
    return comptees.most_common(1)[0][0] if comptees else None


def _tardifs(edition: Edition) -> tuple[str, ...]:
    codes = saisies_tardives(edition.v, edition.departement, edition.mois)
    connus = catalogue().indicateurs
    populations = {connus[code].population for code in codes if code in connus}
    noms = {UNITES[une] for une in populations if une in UNITES}
    return tuple(sorted(noms, key=clef_de_tri))


def _trop_petits(edition: Edition) -> int:
    """Return how many guichets do too little for anything to be said of them."""
    ((nombre,),) = edition.v.tuples(
        f"WITH juges AS (SELECT guichet, bool_or(etat IN {en_sql(SIGNIFICATIFS)} "
        f"AND (NOT tolerance_zero OR etat IN {en_sql(MAUVAIS)})) AS juge, "
        f"bool_or(etat = '{Etat.EFFECTIF_INSUFFISANT}') AS petit "
        "FROM valeurs JOIN regles USING (code) WHERE "
        "departement = $departement AND mois = $mois AND niveau = 'guichet' GROUP BY guichet) "
        "SELECT count(*) FROM juges WHERE petit AND NOT juge",
        {"departement": edition.departement, "mois": edition.mois},
    )
    return int(nombre)
