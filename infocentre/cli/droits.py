"""`infocentre droits`: what is held about a person who asks, or its erasure; both are traced."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from infocentre.acces.audit import Scelles, Trace, tracer
from infocentre.analystes.fichier import cle
from infocentre.cli import options as demandes
from infocentre.cli.acces import acces
from infocentre.cli.lectures import ouvrir
from infocentre.contrat.montres import suivre
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.exports import Donnees, exporter
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.fichiers import exiger_fichier, remettre
from infocentre.noyau.francais import accorder
from infocentre.noyau.temps import dater_heure
from infocentre.operations.tapes import Tapes

GARDE = (
    "Restent, sans nom : le numéro unique, la commune, les ressources et les actes, que les "
    "statistiques comptent (RGPD, articles 17, 3, d et 89) ; les événements des affaires et le "
    "journal des accès, tant que la loi demande la preuve."
)


def droits(options: demandes.Droits) -> None:
    """Hand over what is held, erase what names, or say who was shown it."""
    _ACTIONS[options.action](options.numero.strip().upper(), options)


def _extrait(numero: str, options: demandes.Droits) -> None:
    from infocentre.restitutions.extrait import FORMES_EXTRAIT, extraire

    suffixe = options.sortie.suffix.lstrip(".").lower() if options.sortie else ""
    forme = options.format or (suffixe if suffixe in FORMES_EXTRAIT else "pdf")
    sortie = options.sortie or Path(f"extrait-{numero}.{forme}")
    exiger_fichier(sortie)
    with suivre() as montres, ouvrir() as v:
        contenu = extraire(v, numero, forme, dt.datetime.now().astimezone().date())
        _tracer(v.dossier, Trace.EXTRAIT, numero, montres.dans(contenu), forme=forme)
    remettre(sortie, contenu)
    print(f"Ce qui est détenu sous le numéro {numero} : {sortie}")
    print("Ce fichier nomme une personne : ne le remettre qu'à elle.", file=sys.stderr)


def _effacer(numero: str, _: demandes.Droits) -> None:
    from infocentre.operations import purge

    dossier = Dossier(dossier_donnees())
    dossier.exiger_version()
    fait = purge.effacer(dossier, numero, dt.datetime.now().astimezone().date())
    _tracer(dossier, Trace.EFFACEMENT, numero)
    print(
        f"{accorder(fait.identites, 'ligne', 'lignes')} d'identité effacées, "
        f"{accorder(fait.lignes_masquees, 'ligne masquée', 'lignes masquées')}, "
        f"{accorder(fait.fichiers, 'fichier récrit', 'fichiers récrits')} ; les livraisons à venir "
        "ne ramèneront rien."
    )
    _dire_tapes(fait.tapes)
    print(GARDE)


def _dire_tapes(tapes: Tapes) -> None:
    """Say what people had typed of the person: what went, what a person must read again."""
    print(
        f"{accorder(tapes.etoiles, 'texte tapé', 'textes tapés')} où des étoiles remplacent le "
        "numéro, le logement ou le nom entier (requêtes gardées, brouillons, historiques, journal)."
    )
    if tapes.a_relire:
        print("À relire, un nom de famille de la personne y est, qui est peut-être d'une autre :")
        print("\n".join(f"  {ou}" for ou in tapes.a_relire))
    if not tapes.compacte:
        print(
            "La base des décisions est ouverte ailleurs : son journal garde encore ce qui en est "
            "ôté. Recommencer cette commande quand l'application est arrêtée.",
            file=sys.stderr,
        )


def _traces(numero: str, _: demandes.Droits) -> None:
    """Say who was shown a demande, as the extract of a person does."""
    from infocentre.lecture.detenu import consultations

    dossier = Dossier(dossier_donnees())
    dossier.exiger_version()
    vues = consultations(dossier, numero)
    _tracer(dossier, Trace.AUDIT, "")
    lignes = [
        (dater_heure(dt.datetime.fromisoformat(une.le)), une.qui, une.role, quoi, une.objet)
        for une, quoi in vues
    ]
    colonnes = ("quand", "qui", "role", "quoi", "objet")
    titres = dict(zip(colonnes, ("quand", "qui", "rôle", "quoi", "sur quoi"), strict=True))
    exporter(
        Donnees(f"Qui a vu la demande {numero}", colonnes, lignes, titres=titres), "table", None
    )


def _tracer(
    dossier: Dossier,
    quoi: Trace,
    numero: str,
    vus: frozenset[str] = frozenset(),
    **dites: object,
) -> None:
    tracer(
        ouvrir_magasin(dossier.racine),
        acces(),
        quoi,
        "infocentre droits",
        None,
        numero=numero,
        montres=Scelles(vus, cle(dossier)) if vus else None,
        **dites,
    )


_ACTIONS = {"extrait": _extrait, "effacer": _effacer, "traces": _traces}
