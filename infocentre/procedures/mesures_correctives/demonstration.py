"""Measures of the demonstration: the planted guichets at each step, as if months had been lived."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from infocentre.affaires import Acteur, Affaire, Affaires
from infocentre.affaires.donnees import Action, Donnees
from infocentre.decisions import Magasin
from infocentre.demarches.message import Pli
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.temps import a_present, mois_avant
from infocentre.procedures.mesures_correctives.message import texte
from infocentre.procedures.mesures_correctives.proposer import ouvrir
from infocentre.procedures.mesures_correctives.propositions import propositions
from infocentre.procedures.mesures_correctives.verifier import suivre

QUI = "Gestionnaire (démonstration)"
COURRIEL: Donnees = {"canal": "courriel"}
COURRIER: Donnees = {"canal": "courrier"}


class Acte(NamedTuple):
    """An event: how many months before the last one, which day of it, what it carries."""

    recul: int
    jour: int
    nom: str
    donnees: Donnees = {}  # noqa: RUF012 - never changed


# By guichet: how many months before the last its figures are, then what happened.
PLANS: Mapping[str, tuple[int, tuple[Acte, ...]]] = {
    "G1308": (17, (  # a plan that is kept
        Acte(16, 5, "accepter"),
        Acte(16, 5, "signaler", COURRIEL),
        Acte(16, 12, "repondre", COURRIEL | {"choix": "accord"}),
        Acte(16, 13, "recevoir_plan", {"actions": [
            {"action": "Délivrer l'attestation le jour de l'enregistrement", "qui": "l'accueil",
             "pour_le": "{15:15}"}]}),
        Acte(13, 10, "clore", {"issue": "corrige"}),
    )),
    "G1301": (6, (  # silence, then observations, up to the comité
        Acte(5, 5, "accepter"),
        Acte(5, 5, "signaler", COURRIEL),
        Acte(5, 20, "relancer", COURRIEL),
        Acte(5, 27, "constater_silence"),
        Acte(4, 2, "formaliser", COURRIER),
        Acte(4, 3, "demander_observations", COURRIER),
        Acte(4, 25, "recevoir_observations", {
            "texte": "Notre logiciel ne montre plus l'alerte de doublon depuis sa mise à jour ; "
            "nous l'avons signalé à l'éditeur."}),
        Acte(3, 5, "soumettre"),
    )),
    "G1302": (7, (  # a plan that is not kept
        Acte(6, 6, "accepter"),
        Acte(6, 6, "signaler", COURRIEL),
        Acte(6, 15, "repondre", COURRIEL | {"choix": "engage"}),
        Acte(6, 16, "recevoir_plan", {"actions": [
            {"action": "Enregistrer les baux dans la semaine", "qui": "le service des attributions",
             "pour_le": "{5:20}"}]}),
    )),
    "G1303": (4, (  # contested with reason
        Acte(3, 6, "accepter"),
        Acte(3, 6, "signaler", COURRIEL),
        Acte(3, 12, "repondre", COURRIEL | {
            "choix": "conteste", "contestation": "logiciel",
            "texte": "Le numéro RPLS est saisi ; l'éditeur confirme qu'il n'est pas transmis."}),
        Acte(3, 25, "regrouper", {"cause_commune": "Éditeur : numéro RPLS non transmis"}),
        Acte(3, 25, "clore", {"issue": "conteste_a_raison", "raison": "défaut de l'éditeur"}),
    )),
    "G1309": (3, (  # no answer: formalised
        Acte(2, 5, "accepter"),
        Acte(2, 5, "signaler", COURRIEL),
        Acte(2, 27, "constater_silence"),
        Acte(1, 3, "formaliser", COURRIER),
    )),
    "G1304": (9, (  # put right, closed, then a relapse: opened again and reminded
        Acte(8, 5, "accepter"),
        Acte(8, 5, "signaler", COURRIEL),
        Acte(8, 11, "repondre", COURRIEL | {"choix": "accord"}),
        Acte(8, 12, "recevoir_plan", {"actions": [
            {"action": "Fermer les accès des agents partis", "qui": "le responsable d'agence",
             "pour_le": "{8:28}"}]}),
        Acte(6, 10, "clore", {"issue": "corrige"}),
        Acte(0, 6, "rouvrir"),
        Acte(0, 6, "accepter"),
        Acte(0, 6, "signaler", COURRIEL),
        Acte(0, 21, "relancer", COURRIEL),
    )),
    "G1307": (1, (  # told, its answer awaited
        Acte(0, 20, "accepter"),
        Acte(0, 20, "signaler", COURRIEL),
    )),
}  # fmt: skip


class _Horloge:
    instant = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.instant


def planter(v: Lecture, magasin: Magasin, departement: str) -> int:
    """Live the months of the planted guichets again; return how many affaires were opened.

    Those that a small demonstration does not show are left out.
    """
    horloge = _Horloge()
    registre = Affaires(magasin, Acteur(QUI), horloge)
    mois = mois_controles(v, departement)
    ouvertes: dict[str, str] = {}
    a_clore: dict[str, Acte] = {}
    for jour, guichet, acte in _agenda(mois[-1]):
        horloge.instant = dt.datetime.combine(jour, dt.time(9, 30), dt.UTC)
        if acte is None:
            _verifier(v, registre, departement, guichet)
            for celui, cloture in list(a_clore.items()):
                if _clore(registre, ouvertes[celui], cloture):
                    del a_clore[celui]
            continue
        rechute = acte.nom == "rouvrir" and guichet in ouvertes and guichet not in a_clore
        if rechute or (acte.nom == "accepter" and guichet not in ouvertes):
            recul = acte.recul + 1 if rechute else PLANS[guichet][0]
            une = _ouvrir(v, registre, departement, guichet, mois_avant(mois[-1], recul))
            if une:
                ouvertes[guichet] = une.id
        if acte.nom == "clore" and acte.donnees["issue"] == "corrige" and guichet in ouvertes:
            if not _clore(registre, ouvertes[guichet], acte):
                a_clore[guichet] = acte
        elif acte.nom != "rouvrir" and guichet in ouvertes and guichet not in a_clore:
            _agir(v, registre, ouvertes[guichet], acte, mois[-1])
    return len(ouvertes)


def _verifier(v: Lecture, registre: Affaires, departement: str, mois: str) -> None:
    """Say what the delivery of a month tells, as the timer did then."""
    for une, nom, donnees in suivre(v, registre, departement, jusqu_a=mois):
        registre.agir(une.id, nom, donnees)


def _agenda(dernier: str) -> Iterator[tuple[dt.date, str, Acte | None]]:
    """Yield (day, guichet, act) in order; a month that is published comes as (day, month, None)."""
    jours: list[tuple[dt.date, int, str, Acte | None]] = [
        (_jour(dernier, acte.recul, acte.jour), 1 + rang, guichet, acte)
        for guichet, (_, actes) in PLANS.items()
        for rang, acte in enumerate(actes)
    ]
    longueur = max(recul for recul, _ in PLANS.values())
    debut = -1 if _jour(dernier, -1, 4) <= a_present().date() else 0  # the last, once it has come
    jours += [
        (_jour(dernier, recul, 4), 0, mois_avant(dernier, recul + 1), None)
        for recul in range(debut, longueur)
    ]
    for jour, _, quoi, acte in sorted(jours, key=lambda un: un[:3]):
        yield jour, quoi, acte


def _jour(dernier: str, recul: int, jour: int) -> dt.date:
    return dt.date.fromisoformat(f"{mois_avant(dernier, recul)}-{jour:02d}")


def _ouvrir(
    v: Lecture, registre: Affaires, departement: str, guichet: str, mois: str
) -> Affaire | None:
    if mois not in mois_controles(v, departement):
        return None
    une = next(
        (p for p in propositions(v, departement, mois) if guichet in {f.guichet for f in p.faits}),
        None,
    )
    return ouvrir(v, registre, une) if une else None


def _clore(registre: Affaires, id_: str, acte: Acte) -> bool:
    """Close what deliveries say is put right; tell whether enough of them have spoken yet."""
    if registre.contre(id_, acte.nom, acte.donnees):
        return False
    registre.agir(id_, acte.nom, acte.donnees)
    return True


def _agir(v: Lecture, registre: Affaires, id_: str, acte: Acte, dernier: str) -> None:
    donnees = _dater(acte.donnees, dernier)
    if acte.nom in {"signaler", "relancer"}:
        une = registre.lire(id_)
        objet, corps = texte(v, Pli(acte.nom, (une,)), registre.aujourdhui)
        donnees |= {"objet": objet, "corps": corps}
    registre.agir(id_, acte.nom, donnees)


def _dater(donnees: Donnees, dernier: str) -> Donnees:
    """Write the days that a plan says as « {months before the last:day} »."""
    actions: list[Action] = []
    for action in donnees.get("actions", []):
        recul, jour = action["pour_le"].strip("{}").split(":")
        le = _jour(dernier, int(recul), int(jour)).isoformat()
        actions.append({**action, "pour_le": le})
    return {**donnees, "actions": actions} if actions else {**donnees}
