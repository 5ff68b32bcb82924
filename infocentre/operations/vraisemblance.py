"""A delivery is judged before it is put away: what is beyond a threshold waits for a person."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from infocentre.controles.vraisemblance import (
    A_CONFIRMER,
    FENETRE,
    PASSE,
    REFUS,
    Examen,
    Verdict,
    compter_publies,
    garder,
    juger,
    pire,
)
from infocentre.entrepot import Dossier, Livraison, Version
from infocentre.entrepot.brouillon import menager
from infocentre.entrepot.description import Description, Vraisemblance
from infocentre.entrepot.sceaux import dommages_archive
from infocentre.livraisons.rapprochement import rapprocher
from infocentre.livraisons.relecture import compter_pertes, relire
from infocentre.mesures.reglages import lire_seuils
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.francais import majuscule
from infocentre.noyau.temps import mois_avant

RAISON_MAX = 500
PAGES = "livraisons"
# What a command adds to a refusal that a person can lift.
CONFIRMER = (
    " Si la livraison est bonne malgré tout, la charger de nouveau avec "
    '--confirmer "raison" : la raison sera gardée et montrée.'
)


@dataclass(frozen=True, slots=True)
class Jugement:
    """What was judged of a delivery that is accepted; `confirmation` is the reason given, if any.

    `trace` is where its history and page wait to be kept.
    """

    verdicts: tuple[Verdict, ...]
    confirmation: str
    trace: Path

    def en_json(self, le: str) -> Vraisemblance:
        """Return it as livraison.json keeps it."""
        return {
            "verdicts": [un.en_json() for un in self.verdicts],
            "confirmation": {"raison": self.confirmation, "le": le} if self.confirmation else None,
        }

    def garder(self, dossier: Dossier) -> None:
        """Keep the history and the page of Great Expectations, once it is published."""
        garder(self.trace, dossier.validations / PAGES)


def pour_une_page(refus: Refus) -> RefusMotive:
    """Return a refusal without what only a command has: its options, the paths of the server."""
    ou = Path(refus.ou).name if Path(refus.ou).is_absolute() else refus.ou
    motif = refus.motif if isinstance(refus, RefusMotive) else ""
    return RefusMotive(motif, refus.quoi, refus.que_faire.removesuffix(CONFIRMER), ou)


def lire_raison(texte: str | None) -> str:
    """Return the reason of a confirmation on one line; raise Refus when it says nothing."""
    if texte is None:
        return ""
    raison = "".join(" " if not un.isprintable() else un for un in texte)
    raison = " ".join(raison.split())
    if not any(un.isalpha() for un in raison):
        raise Refus(
            "la raison de la confirmation est vide",
            que_faire='Dire pourquoi la livraison est bonne : --confirmer "fusion de deux '
            'guichets au 1er octobre".',
        )
    return raison[:RAISON_MAX]


def juger_livraison(
    dossier: Dossier,
    version: Version,
    livraison: Livraison,
    archive: Path,
    atelier: Path,
    raison: str,
) -> Jugement:
    """Judge a received archive; raise Refus when it is refused, or to confirm without a reason."""
    examen = _examen(dossier, version, livraison, archive)
    trace = atelier / "vraisemblance"
    verdicts = juger(examen, lire_seuils(), trace)
    issue = pire(verdicts)
    if issue == REFUS or (issue == A_CONFIRMER and not raison):
        raise _refus(livraison, verdicts, issue)
    return Jugement(verdicts, raison if issue == A_CONFIRMER else "", trace)


def _examen(dossier: Dossier, version: Version, livraison: Livraison, archive: Path) -> Examen:
    """Put a delivery beside the arrêté before; else what it replaces, else the arrêté after."""
    reference = _reference(dossier, version, livraison)
    seule = Examen(_lire(archive), None, dt.date.today())  # noqa: DTZ011 - who loads has a day
    return comparer(seule, archive, dossier.archive(reference)) if reference else seule


def comparer(examen: Examen, archive: Path, avant: Path) -> Examen:
    """Count what a delivery and its reference have in common, and what both would publish."""
    ici, alors = examen.livraison, _lire(avant)
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        menager(con, max(une["tables"]["stock"]["conserves"] for une in (ici, alors)))
        relectures = relire(con, archive, avant, ici, alors)
        compare = replace(examen, reference=alors, relectures=relectures)
        if alors["mois"] != ici["mois"]:
            publies = compter_publies(con, (archive, avant), (ici, alors))
            compare = replace(compare, publies=publies)
        if alors["mois"] > ici["mois"]:
            return compare
        debut = f"{mois_avant(ici['mois'], FENETRE)}-01"
        return replace(
            compare,
            rapprochement=rapprocher(con, archive, avant) if alors["mois"] < ici["mois"] else {},
            pertes=compter_pertes(con, archive, avant, debut),
        )


def _reference(dossier: Dossier, version: Version, livraison: Livraison) -> Livraison | None:
    """Return the delivery to compare with: a damaged archive is not one."""
    suite = version.de(livraison.departement)
    avant = [une for une in reversed(suite) if une.arrete < livraison.arrete]
    autres = [une for une in suite if une.arrete >= livraison.arrete]
    return next(
        (une for une in avant + autres if not dommages_archive(dossier, une)),
        None,
    )


def _lire(archive: Path) -> Description:
    contenu: Description = json.loads((archive / "livraison.json").read_text("utf-8"))
    return contenu


def _refus(livraison: Livraison, verdicts: Sequence[Verdict], issue: str) -> Refus:
    en_cause = [un for un in verdicts if un.verdict != PASSE]
    debut = (
        "la livraison ne peut pas être celle de ce mois"
        if issue == REFUS
        else "livraison à confirmer, rien n'a été chargé"
    )
    details = "".join(f"\n  - {ligne}" for un in en_cause for ligne in dire(un))
    a_faire = dict.fromkeys(une for un in en_cause for une in un.que_faire.split(" ; "))
    suite = f"{' ; '.join(a_faire)}."
    if issue == A_CONFIRMER:
        suite += CONFIRMER
    motif = "a_confirmer" if issue == A_CONFIRMER else "invraisemblable"
    return RefusMotive(motif, f"{debut} :{details}", majuscule(suite), livraison.nom)


def dire(verdict: Verdict) -> list[str]:
    """Return one line per figure of a check, with its threshold."""
    return [f"{verdict.libelle} : {phrase} (seuil : {verdict.seuil})" for phrase in verdict.phrases]
