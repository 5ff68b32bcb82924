"""The compte rendu semestriel de mission: what the gestionnaire did, as the infocentre knows it.

Deliveries, controls, anomalies opened and closed, revisions, register; places for the rest, which
people write in mots/<semestre>/mission-*.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal, TypedDict

from infocentre.catalogue import MOTS, Remede
from infocentre.catalogue.remedes import CORRIGEE
from infocentre.contrat.intitules import libelle
from infocentre.entrepot import Livraison
from infocentre.lecture.commun import registre
from infocentre.lecture.guichets import mouvements
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.livraisons import passages, resume
from infocentre.mesures import CAUSES
from infocentre.noyau.francais import compter, denombrer, du_departement, entier, enumerer, phrase
from infocentre.noyau.imputables import PERSONNE
from infocentre.noyau.temps import bornes, dater, mois_avant, nom_mois, semestre_du_mois
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Chiffre,
    Chiffres,
    Colonne,
    Document,
    Lignes,
    Liste,
    Paragraphe,
    Section,
    Tableau,
)
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.mots import lire as lire_mots

MOIS = 6
# Counts by indicator; a flow is dated by its month, a stock is open until it is seen no more.
_SUIVI = """
SELECT code,
    count(*) FILTER (premier_mois BETWEEN $debut AND $fin)::INT AS ouvertes,
    count(*) FILTER (mois_cloture BETWEEN $debut AND $fin AND motif_cloture = '{corrigee}')::INT
        AS corrigees,
    count(*) FILTER (mois_cloture BETWEEN $debut AND $fin AND motif_cloture <> '{corrigee}')::INT
        AS sorties,
    count(*) FILTER (
        premier_mois <= $fin AND (mois_cloture IS NULL OR mois_cloture > $fin)
        AND (nature = 'stock' OR premier_mois >= $an)
    )::INT AS restent
FROM {suivi} JOIN regles USING (code)
WHERE imputable <> '{personne}'
GROUP BY code, ordre HAVING ouvertes + corrigees + sorties > 0 ORDER BY ordre
"""


class _Suivies(TypedDict):
    code: str
    ouvertes: int
    corrigees: int
    sorties: int
    restent: int


_Compte = Literal["ouvertes", "corrigees", "sorties", "restent"]
_COMPTES: tuple[_Compte, ...] = ("ouvertes", "corrigees", "sorties", "restent")


def construire(edition: Edition) -> Document:
    """Return the compte rendu of a semester; raise Refus for words that cannot be printed."""
    ici = du_departement(edition.departement, edition.territoire)
    return Document(
        "courriers",
        "Compte rendu semestriel de mission",
        edition.territoire,
        edition.periode,
        edition.arrete,
        edition.version,
        (
            Section("En bref", _bref(edition)),
            Section("Livraisons et contrôles", _livraisons(edition)),
            Section("Anomalies ouvertes et closes, constats passés", _anomalies(edition)),
            Section("Valeurs révisées", _revisions(edition)),
            Section("Registre des guichets", _registre(edition)),
            *_a_completer(edition),
        ),
        destinataire=f"au préfet {ici}",
        mentions={"Données arrêtées au": f"{edition.arrete:%d/%m/%Y}", **_provisoire(edition)},
        partage=False,
    )


def _provisoire(edition: Edition) -> dict[str, str]:
    return {"Édition": "provisoire"} if edition.provisoire else {}


def mois_du_semestre(edition: Edition) -> list[str]:
    """Return the months from the first of the semester to the one that is read."""
    premier, _ = bornes(semestre_du_mois(edition.mois))
    tous = [mois_avant(edition.mois, recul) for recul in reversed(range(MOIS))]
    return [un for un in tous if un >= premier]


def _controlees(edition: Edition) -> list[Livraison]:
    semestre = set(mois_du_semestre(edition))
    return [
        publiee
        for une in edition.v.version.de(edition.departement)
        if une.mois in semestre and (publiee := une.publiee)
    ]


def _bref(edition: Edition) -> tuple[Bloc, ...]:
    suivies = _suivi(edition)
    controlees = _controlees(edition)
    lues = sum(resume(edition.v, une)["lues"] for une in controlees)
    ouvertes, corrigees, sorties = (sum(une[nom] for une in suivies) for nom in _COMPTES[:3])
    attendus = len(mois_du_semestre(edition))
    blocs: list[Bloc] = [Paragraphe(edition.provisoire, "alerte")] if edition.provisoire else []
    return (
        *blocs,
        Chiffres(
            (
                Chiffre("Mois contrôlés", entier(len(controlees)), sur=f"sur {attendus}"),
                Chiffre("Lignes lues", entier(lues)),
                Chiffre("Anomalies ouvertes", entier(ouvertes), sur=_et_constats(edition)),
                Chiffre(
                    "Anomalies closes",
                    entier(corrigees + sorties),
                    sur=f"dont {compter(corrigees, 'corrigée')}",
                ),
            )
        ),
    )


def _et_constats(edition: Edition) -> str:
    """Tell the past facts beside what can be corrected: they are no part of it."""
    passes = sum(une["ouvertes"] for une in _suivi(edition, "constater"))
    return f"et {compter(passes, MOTS['constater'].un, MOTS['constater'].des)}" if passes else ""


def _jour(instant: str) -> dt.date:
    return dt.datetime.fromisoformat(instant).date()


def _livraisons(edition: Edition) -> tuple[Bloc, ...]:
    lignes = [_ligne_de_livraison(edition, une) for une in _controlees(edition)]
    colonnes = (
        Colonne("Mois"),
        Colonne("Reçue le", "date"),
        Colonne("Jours depuis l'arrêté", "nombre"),
        Colonne("Contrôlée le", "date"),
        Colonne("Jours depuis la réception", "nombre"),
        Colonne("Demandes actives", "nombre"),
        Colonne("Lignes lues", "nombre"),
        Colonne("Rejetées", "nombre"),
    )
    table = Tableau(
        "mission-livraisons",
        "Livraisons en vigueur, contrôlées et publiées",
        colonnes,
        tuple(lignes),
        source="journal de l'infocentre.",
    )
    return (Paragraphe(_controles(edition)), table, *_refus(edition))


def _controles(edition: Edition) -> str:
    """Say what is controlled every month."""
    indicateurs = len(catalogue_du_mois(edition.v, edition.filtres).indicateurs)
    guichets = len(registre(edition.v, edition.departement, edition.mois))
    return (
        f"Chaque livraison est soumise à {compter(indicateurs, 'indicateur')}, calculés pour "
        f"{compter(guichets, 'guichet')} du registre, puis publiée."
    )


def _ligne_de_livraison(edition: Edition, une: Livraison) -> tuple[Cellule, ...]:
    dit, recue = resume(edition.v, une), _jour(une.chargee_le)
    controlee = _jour(une.controle.le) if une.controle else None
    return (
        Cellule(nom_mois(une.mois)),
        Cellule(recue),
        Cellule((recue - dt.date.fromisoformat(une.arrete)).days),
        Cellule(controlee),
        Cellule((controlee - recue).days if controlee else None),
        Cellule(dit["actives"]),
        Cellule(dit["lues"]),
        Cellule(dit["rejetees"]),
    )


def _refus(edition: Edition) -> tuple[Bloc, ...]:
    """Say which deliveries of the semester were replaced, and which were refused since."""
    semestre = set(mois_du_semestre(edition))
    tous = passages(edition.v, edition.departement)
    remplacees = [
        un
        for un in tous
        if un.statut == "remplacée" and un.livraison and un.livraison.mois in semestre
    ]
    refusees = [un for un in tous if un.statut == "refusée" and un.le[:7] in semestre]
    points = [
        phrase(f"{denombrer(len(liste), 'livraison', feminin=True)} {participe}{_s(liste)}{suite}")
        for liste, participe, suite in (
            (remplacees, "remplacée", " par une livraison corrigée"),
            (refusees, "refusée", f" : {enumerer([un.motif.rstrip('.') for un in refusees])}"),
        )
        if liste
    ]
    return (Liste(tuple(points)),) if points else ()


def _s(liste: Sequence[object]) -> str:
    return "s" if len(liste) > 1 else ""


def _suivi(edition: Edition, remede: Remede = "corriger") -> list[_Suivies]:
    """Return the counts of the semester, by indicator: of what can be corrected, or past facts."""
    regles = catalogue_du_mois(edition.v, edition.filtres).indicateurs
    return [
        une
        for une in _suivi_entier(edition)
        if une["code"] in regles and regles[une["code"]].remede == remede
    ]


def _suivi_entier(edition: Edition) -> list[_Suivies]:
    relation = edition.v.suivi(edition.departement)
    if relation is None:
        return []
    semestre = mois_du_semestre(edition)
    return edition.v.lignes(
        _SUIVI.format(suivi=relation, corrigee=CORRIGEE, personne=PERSONNE),
        {"debut": semestre[0], "fin": semestre[-1], "an": mois_avant(edition.mois, 11)},
        _Suivies,
    )


def _anomalies(edition: Edition) -> tuple[Bloc, ...]:
    return (*_corrigibles(edition), *_constats(edition))


def _constats(edition: Edition) -> tuple[Bloc, ...]:
    """Return the past facts of the semester: nobody opens nor corrects them."""
    regles = catalogue_du_mois(edition.v, edition.filtres).indicateurs
    passes = _suivi(edition, "constater")
    if not passes:
        return ()
    corps = [
        (
            Cellule(regles[une["code"]].libelle),
            Cellule(une["ouvertes"]),
            Cellule(une["corrigees"] + une["sorties"]),
            Cellule(regles[une["code"]].encore_possible or ""),
        )
        for une in passes
    ]
    mots, dits = MOTS["constater"], sum(une["ouvertes"] for une in passes)
    vu = f"{compter(dits, mots.un, mots.des)} dans le semestre"
    table = Tableau(
        "mission-constats",
        f"Constats passés, {mots.reste}, par indicateur",
        (
            Colonne("Indicateur"),
            Colonne("Constats", "nombre"),
            Colonne("Retirés par une livraison corrigée", "nombre"),
            Colonne(libelle("encore_possible")),
        ),
        tuple(corps),
        mots.dit,
        "suivi des anomalies de l'infocentre.",
    )
    return (Paragraphe(phrase(vu)), table)


def _corrigibles(edition: Edition) -> tuple[Bloc, ...]:
    regles = catalogue_du_mois(edition.v, edition.filtres).indicateurs
    suivies = _suivi(edition)
    if not suivies:
        return (Paragraphe("Aucune anomalie n'a été ouverte ni close dans le semestre."),)
    corps = [
        (Cellule(regles[une["code"]].libelle), *(Cellule(une[nom]) for nom in _COMPTES))
        for une in suivies
    ]
    totaux = tuple(Cellule(sum(une[nom] for une in suivies)) for nom in _COMPTES)
    dite = _dire_anomalies(_n(totaux[0].valeur), _n(totaux[1].valeur))
    table = Tableau(
        "mission-anomalies",
        f"Anomalies {MOTS['corriger'].reste}, par indicateur",
        (
            Colonne("Indicateur"),
            Colonne("Ouvertes", "nombre"),
            Colonne("Corrigées", "nombre"),
            Colonne("Sorties sans correction", "nombre"),
            Colonne("Encore ouvertes", "nombre"),
        ),
        (*corps, (Cellule("Ensemble"), *totaux)),
        "Corrigées : la demande ou l'acte est toujours là, sans l'anomalie. Sorties sans "
        "correction : la demande n'est plus active, ou l'accès est fermé. Encore ouvertes : à "
        "l'arrêté, ou sur 12 mois pour un acte.",
        "suivi des anomalies de l'infocentre.",
        totaux=frozenset({len(corps)}),
    )
    return (Paragraphe(phrase(dite)), table)


def _dire_anomalies(ouvertes: int, corrigees: int) -> str:
    """Return « 4 anomalies ont été ouvertes dans le semestre, aucune n'a été corrigée »."""
    faites = "aucune anomalie n'a été ouverte"
    if ouvertes:
        faites = compter(ouvertes, "anomalie a été ouverte", "anomalies ont été ouvertes")
    closes = "aucune n'a été corrigée"
    if corrigees:
        closes = compter(corrigees, "a été corrigée", "ont été corrigées")
    return f"{faites} dans le semestre, {closes}"


def _n(valeur: object) -> int:
    return valeur if isinstance(valeur, int) else 0


def _revisions(edition: Edition) -> tuple[Bloc, ...]:
    semestre = mois_du_semestre(edition)
    lignes = edition.v.tuples(
        "SELECT mois, cause, max(le)::DATE AS le, count(DISTINCT code)::INT AS codes, "
        "count(*)::INT AS valeurs, count(*) FILTER (etat_avant <> etat_apres)::INT AS etats "
        "FROM revisions WHERE departement = $d AND niveau = 'guichet' "
        "AND mois BETWEEN $debut AND $fin GROUP BY mois, cause ORDER BY mois, cause",
        {"d": edition.departement, "debut": semestre[0], "fin": semestre[-1]},
    )
    if not lignes:
        return (Paragraphe("Aucune valeur publiée du semestre n'a été révisée depuis."),)
    corps = [
        (Cellule(nom_mois(mois)), Cellule(CAUSES[cause]), *(Cellule(un) for un in comptes))
        for mois, cause, *comptes in lignes
    ]
    colonnes = (
        Colonne("Mois révisé"),
        Colonne("Cause"),
        Colonne("Le", "date"),
        Colonne("Indicateurs", "nombre"),
        Colonne("Valeurs de guichets", "nombre"),
        Colonne("dont état changé", "nombre"),
    )
    return (
        Tableau(
            "mission-revisions",
            "Valeurs révisées depuis leur publication",
            colonnes,
            tuple(corps),
            source="journal de l'infocentre.",
        ),
    )


def _registre(edition: Edition) -> tuple[Bloc, ...]:
    semestre = set(mois_du_semestre(edition))
    lignes = [une for une in mouvements(edition.v, edition.filtres) if une["mois"] in semestre]
    if not lignes:
        return (Paragraphe("Aucun guichet n'a été ouvert, fermé ni retiré dans le semestre."),)
    points = tuple(
        phrase(
            f"{une['nom'] or une['guichet']} : {une['mouvement']} "
            + (f"le {dater(une['le'])}" if une["le"] else f"en {nom_mois(une['mois'])}")
        )
        for une in lignes
    )
    return (Liste(points),)


_RUBRIQUES = (
    (
        "Échantillons vérifiés sur pièces",
        "mission-echantillons",
        "Guichets contrôlés, demandes vérifiées, taux d'erreur trouvé.",
        ("Guichet", "Demandes vérifiées", "Erreurs", "Suite donnée"),
    ),
    (
        "Démarches auprès des guichets",
        "mission-demarches",
        "Signalements informels, demandes formalisées, saisines du comité de pilotage.",
        ("Guichet", "Démarche et objet", "Date", "Suite donnée"),
    ),
    (
        "Réunions, formations, accès",
        "mission-reunions",
        "Réunions de guichets et comptes rendus, formations, accès ouverts et fermés.",
        ("Date", "Objet", "Participants", "Compte rendu"),
    ),
    (
        "Difficultés et propositions",
        "mission-difficultes",
        "Difficultés rencontrées, moyens, propositions au préfet.",
        (),
    ),
)


def _a_completer(edition: Edition) -> list[Section]:
    """Return what only people know: their words, else lines to fill in by hand."""
    semestre = semestre_du_mois(edition.mois)
    sections = []
    for titre, cle, attente, colonnes in _RUBRIQUES:
        mots = lire_mots(edition.v.dossier.racine, semestre, cle, attente)
        lignes = (Lignes(colonnes, 4),) if colonnes and not mots.markdown else ()
        blocs: tuple[Bloc, ...] = (Paragraphe(attente, "note"), *lignes) if lignes else (mots,)
        sections.append(Section(titre, blocs))
    return sections
