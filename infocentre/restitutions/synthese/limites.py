"""How far the DALO and réservataire figures can be trusted, and what cannot be said this month."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from infocentre.catalogue import Indicateur
from infocentre.lecture.commun import catalogue, indicateurs, valeurs
from infocentre.lecture.indicateurs import saisies_tardives
from infocentre.lecture.lignes import Valeur
from infocentre.noyau.etats import SIGNIFICATIFS, Etat, en_sql
from infocentre.noyau.francais import clef_de_tri, denombrer, enumerer, majuscule, minuscule
from infocentre.noyau.temps import de_mois, mois_avant, nom_mois
from infocentre.restitutions.document import Cellule, Colonne, Liste, Origine, Section, Tableau
from infocentre.restitutions.lecture import Edition

LIMITES, CITES = 4, 3
UN_AN = 12
FIABLES: dict[str, str] = {
    Etat.VERT: "fiable",
    Etat.ORANGE: "à lire avec prudence",
    Etat.ROUGE: "fragile",
    Etat.A_TRAITER: "à vérifier ce mois-ci",
}
POPULATIONS = {
    "creations": "demandes déposées",
    "creations_15j": "demandes déposées",
    "enregistrements": "demandes enregistrées",
    "attributions": "attributions",
    "radiations": "radiations",
    "renouvellements": "renouvellements",
}


def fiabilite(edition: Edition) -> Section:
    """Return what may be wrong under the figures of DALO and réservataires."""
    lues = _departement(edition)
    rangees = tuple(_rangee(edition, un, lues.get(un.code)) for un in indicateurs() if un.question)
    tableau = Tableau(
        cle="fiabilite",
        titre="Attributions de 12 mois où il manque quelque chose",
        colonnes=(
            Colonne("Ce que l'on vérifie"),
            Colonne("Non", "nombre"),
            Colonne("Sur", "nombre"),
            Colonne("Le chiffre est"),
        ),
        lignes=rangees,
    )
    titre = "Peut-on se fier aux chiffres du DALO et des réservataires ?"
    return Section(titre, (tableau,), gabarit="fiabilite")


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
    petit = une["etat"] == Etat.EFFECTIF_INSUFFISANT
    return "trop peu d'attributions" if petit else "donné pour information"


def limites(edition: Edition) -> Section:
    """Return at most four sentences, the most important first; there is always one."""
    points = tuple(islice(_limites(edition), LIMITES))
    titre = "Ce qu'on ne peut pas dire ce mois-ci"
    return Section(titre, (Liste(points),), page=False, gabarit="limites")


def _limites(edition: Edition) -> Iterator[str]:
    yield from _non_calculables(edition)
    yield from _tardives(edition)
    yield from _sans_comparaison(edition)
    yield from _trop_petits(edition)
    yield (
        "Ces chiffres sont ceux que les guichets ont saisis : ils ne disent rien des demandes "
        "qui n'ont jamais été enregistrées."
    )


def _non_calculables(edition: Edition) -> Iterator[str]:
    codes = [
        code for code, une in _departement(edition).items() if une["etat"] == Etat.NON_CALCULABLE
    ]
    if codes:
        libelles = [
            minuscule(catalogue().indicateurs[code].libelle)
            for code in codes
            if code in catalogue().indicateurs
        ]
        yield (
            f"La livraison n'a pas tout : {denombrer(len(codes), 'contrôle')} "
            f"{'manque' if len(codes) == 1 else 'manquent'}, dont {enumerer(libelles[:2])}."
        )


def _tardives(edition: Edition) -> Iterator[str]:
    codes = saisies_tardives(edition.v, edition.departement, edition.mois)
    connus = catalogue().indicateurs
    populations = {connus[code].population for code in codes if code in connus}
    noms = sorted({POPULATIONS[une] for une in populations if une in POPULATIONS}, key=clef_de_tri)
    if noms:
        yield (
            f"Le mois {de_mois(edition.mois)} n'est pas complet : une partie des "
            f"{enumerer(noms[:CITES])} sera saisie plus tard, et le mois paraîtra plus faible "
            "qu'il n'a été."
        )


def _sans_comparaison(edition: Edition) -> Iterator[str]:
    avant = mois_avant(edition.mois, UN_AN)
    if avant not in edition.mois_connus:
        yield (
            f"Rien ne se compare à un an plus tôt : {nom_mois(avant)} n'est pas dans l'infocentre."
        )


def _trop_petits(edition: Edition) -> Iterator[str]:
    """Say how many guichets do too little for anything to be said of them."""
    ((nombre,),) = edition.v.tuples(
        f"WITH juges AS (SELECT guichet, bool_or(etat IN {en_sql(SIGNIFICATIFS)} "
        f"AND NOT tolerance_zero) AS juge, bool_or(etat = '{Etat.EFFECTIF_INSUFFISANT}') AS petit "
        "FROM valeurs JOIN regles USING (code) WHERE "
        "departement = $departement AND mois = $mois AND niveau = 'guichet' GROUP BY guichet) "
        "SELECT count(*) FROM juges WHERE petit AND NOT juge",
        {"departement": edition.departement, "mois": edition.mois},
    )
    if nombre:
        combien = denombrer(nombre, "guichet enregistre", "guichets enregistrent")
        yield f"{majuscule(combien)} trop peu de demandes pour qu'on puisse en juger le travail."
