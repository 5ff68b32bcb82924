"""The commands on the integrity of what is kept: verify, mend, withdraw, back up, restore."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from infocentre.acces.ancres import ancrer
from infocentre.cli import options as demandes
from infocentre.cli.avancement import avancement
from infocentre.cli.fermeture import OUVERTS, fermer_les_donnees
from infocentre.contrat.territoires import normaliser_departement
from infocentre.decisions.magasin import url_des_decisions
from infocentre.entrepot import Dossier
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ouverts
from infocentre.noyau.francais import accorder
from infocentre.noyau.temps import dater_heure
from infocentre.operations import sauvegarde, verification


def verifier(options: demandes.Verifier) -> None:
    """Name each damage to what is kept, or to a backup; raise Refus when there is one."""
    if options.sauvegarde:
        faite, examen = sauvegarde.verifier(options.sauvegarde)
        print(f"{_decrire(faite)} : tout y est comme écrit.")
        _refuser_les_dommages(examen, options.sauvegarde)
        return
    dossier = _dossier()
    examen = verification.examiner(dossier)
    _dire(examen)
    if lisibles := ouverts(dossier.racine):
        print(
            f"· {accorder(len(lisibles), 'fichier ou dossier des données', OUVERTS)} : d’autres "
            f"comptes de cette machine ont des droits sur {lisibles[0]}. Les leur ôter : "
            "infocentre reparer."
        )
    if examen.dommages:
        raise Refus(
            accorder(len(examen.dommages), "dommage trouvé", "dommages trouvés"),
            str(dossier.racine),
            "Remettre en place ce qui peut l'être : infocentre reparer.",
        )
    print("Tout ce qui est gardé est ce qui a été écrit.")


def _dossier() -> Dossier:
    dossier = Dossier(dossier_donnees())
    if not dossier.a_publie():
        dossier.exiger_version()
    return dossier


def _dire(examen: verification.Examen) -> None:
    for dommage in examen.dommages:
        print(f"✖ {dommage.ou}\n    {dommage.quoi}\n    → {dommage.remede}")
    for remarque in examen.remarques:
        print(f"· {remarque}")


def reparer(options: demandes.Reparer) -> None:
    """Mend what can be; raise Refus when something is still damaged."""
    from infocentre.operations import reparation
    from infocentre.operations.chargement import Demande
    from infocentre.operations.remises import Remise

    dossier = _dossier()
    fermer_les_donnees(dossier.racine)
    examen, refus = reparation.reparer(
        dossier,
        Demande(options.livraisons, options.arrete, options.departement),
        avancement(),
        lambda texte: print(f"  {texte}", flush=True),
        Remise(
            options.sauvegarde,
            sceller=options.sceller,
            nouvelle_cle=options.nouvelle_cle,
            decisions_neuves=options.decisions_neuves,
        ),
    )
    _dire(examen)
    for un in refus:
        print(f"· Rien n'a été recalculé : {un}")
    if examen.dommages:
        raise Refus(
            f"{accorder(len(examen.dommages), 'dommage reste', 'dommages restent')}",
            str(dossier.racine),
            "Suivre, pour chacun, ce qui est dit ci-dessus.",
        )
    print("Tout ce qui est gardé est ce qui a été écrit.")


def retirer(options: demandes.Retirer) -> None:
    """Withdraw a delivery from what is published."""
    from infocentre.operations import reparation

    departement = options.departement and normaliser_departement(options.departement)
    livraison, version = reparation.retirer(
        _dossier(),
        options.livraison.strip(),
        departement,
        lambda texte: print(f"  {texte}", flush=True),
    )
    print(
        f"« {livraison.nom} » ({livraison.departement}, {livraison.mois}) retirée : "
        f"version {version.numero}, "
        f"{accorder(len(version.livraisons), 'livraison', 'livraisons')}. Son archive est gardée ; "
        "infocentre charger la remet en vigueur."
    )


def sauvegarder(options: demandes.Sauvegarder) -> None:
    """Back both stores up; raise Refus, the backup kept, when what it holds was damaged before."""
    cible = options.cible.absolute()
    if options.garder:
        cible /= f"{dt.datetime.now().astimezone():%Y-%m-%d-%H%M%S}"
    faite, examen = sauvegarde.sauvegarder(
        Dossier(dossier_donnees()), cible, avec_cle=not options.sans_cle
    )
    print(f"{_decrire(faite)}, relue : {cible}")
    for echec in ancrer(dossier_donnees(), "sauvegarde"):
        print(f"· {echec}")
    if faite.version:
        print(_CLE_GARDEE if faite.cle else _CLE_LAISSEE)
    if options.garder:
        for nom in sauvegarde.garder(cible.parent, options.garder):
            print(f"Sauvegarde du {nom} supprimée.")
    _refuser_les_dommages(examen, cible)


_CLE_GARDEE = "Elle tient des noms et la clé des pseudonymes : elle se garde comme les données."
_CLE_LAISSEE = (
    "Elle tient des noms, et n’a pas la clé des pseudonymes : sans cette clé, gardée ailleurs, les "
    "pseudonymes changeraient et ce qui a été décidé des doublons ne se retrouverait plus."
)


def restaurer(options: demandes.Restaurer) -> None:
    """Put both stores back where there is nothing."""
    racine = dossier_donnees()
    faite = sauvegarde.restaurer(options.source, Dossier(racine), url_des_decisions())
    print(f"{_decrire(faite)}, remise dans {racine}. Chacun devra se connecter de nouveau.")
    if faite.version and not faite.cle:
        print(f"Remettre la clé des pseudonymes avant toute autre commande : {racine / 'cle'}")


def _decrire(faite: sauvegarde.Sauvegarde) -> str:
    le = dt.datetime.fromisoformat(faite.le)
    mega = f"{faite.octets / 1e6:.1f}".replace(".", ",")
    return (
        f"Sauvegarde du {dater_heure(le)} (version {faite.version}, "
        f"{accorder(len(faite.fichiers), 'fichier', 'fichiers')}, {mega} Mo, "
        f"{accorder(sum(faite.tables.values()), 'ligne', 'lignes')} de décisions)"
    )


def _refuser_les_dommages(examen: verification.Examen, ou: Path) -> None:
    if examen.dommages:
        _dire(examen)
        raise Refus(
            "ce qui a été sauvegardé était déjà abîmé : "
            + accorder(len(examen.dommages), "dommage", "dommages"),
            str(ou),
            "Réparer les données (infocentre reparer), puis sauvegarder de nouveau.",
        )
