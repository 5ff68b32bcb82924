"""The commands that write: load, control, rebuild, erase, and the demonstration."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from infocentre.acces.ancres import ancrer
from infocentre.acces.audit import oublier
from infocentre.acces.conservation import lire_conservation, mois_avant
from infocentre.acces.modele import SEUL
from infocentre.cli import options as demandes
from infocentre.cli.avancement import Silence, avancement
from infocentre.cli.fermeture import fermer_les_donnees
from infocentre.cli.formes import PLUS_GRAND_DEPARTEMENT, ecrire_la_forme
from infocentre.contrat.territoires import normaliser_departement
from infocentre.decisions import magasin_present, utilisateur
from infocentre.entrepot import Dossier
from infocentre.lecture.rapport import lignes_rapport, resume, titre
from infocentre.noyau.champs import EXEMPLE
from infocentre.noyau.complements import exiger_complement
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accord, accorder

if TYPE_CHECKING:
    from infocentre.demo.decisions import Verite
    from infocentre.operations import chargement, controle

ANNEE_MIN = 1900  # of a date that a person gives


def charger(options: demandes.Charger) -> None:
    """Receive deliveries, print a report for each."""
    from infocentre.livraisons.lots import deplier

    _charger(options, deplier(options.livraisons))
    print("\nPour publier leurs indicateurs : infocentre controler")


def _charger(options: demandes.Livrer, livraisons: tuple[Path, ...]) -> tuple[str, str]:
    """Load and report each delivery; return the département and the month of the last one."""
    from infocentre.operations import chargement

    lue = ("", "")
    demande = chargement.Demande(
        livraisons,
        options.arrete,
        options.departement,
        options.confirmer,
        correspondance=options.correspondance,
    )
    faites: list[str] = []
    with _rappeler(faites):
        for resultat in chargement.charger(Dossier(dossier_donnees()), demande, avancement()):
            lue = (resultat.description["departement"], resultat.description["arrete"][:7])
            faites.append(resultat.description["nom"])
            _dire_chargement(resultat)
    return lue


@contextlib.contextmanager
def _rappeler(faites: list[str]) -> Iterator[None]:
    """Say, with a refusal, that the deliveries loaded before it stay."""
    try:
        yield
    except Refus as refus:
        if not faites:
            raise
        restent = "restent chargées et publiées" if len(faites) > 1 else "reste chargée et publiée"
        suite = f"Avant elle, {', '.join(f'« {nom} »' for nom in faites)} {restent}."
        raise Refus(refus.quoi, refus.ou, f"{refus.que_faire} {suite}".strip()) from refus


def _dire_chargement(resultat: chargement.Chargement) -> None:
    if resultat.reparee:
        print(
            f"{titre(resultat.description)} : déjà chargée, mais son archive était abîmée "
            f"({resultat.reparee}) : remise en place depuis cette livraison.",
            flush=True,
        )
    elif resultat.deja_chargee:
        print(f"{titre(resultat.description)} : déjà chargée, rien ne change.")
    else:
        lignes = lignes_rapport(resultat.description, resultat.solde, resultat.changements)
        print("\n".join(lignes), flush=True)
    if resultat.sans_comparaison:
        print(
            "  Elle remplace une livraison dont l'archive est abîmée : ce qui change de l'une à "
            "l'autre ne peut pas être compté. La nouvelle est publiée.",
            flush=True,
        )


def controler(options: demandes.Controler) -> None:
    """Control the pending months, say what they show and what comes next."""
    _controler(options)
    print("\nPour lire ce qui attend : infocentre journee ; les pages : infocentre servir")


def _controler(options: demandes.Controler) -> None:
    from infocentre.operations import controle

    departement = options.departement and normaliser_departement(options.departement)
    with _duree() as duree:
        resultat = controle.controler(
            Dossier(dossier_donnees()),
            mois=options.mois,
            departement=departement,
            etape=lambda texte: print(f"  {texte}", flush=True),
        )
    _dire_controle(resultat, duree())
    if resultat.mois:
        _chercher_les_doublons(resultat)
    if resultat.mois and magasin_present(dossier_donnees()):
        _verifier_les_mesures(resultat)


def _chercher_les_doublons(resultat: controle.Resultat) -> None:
    """Search the pairs of the départements just controlled; what keeps from it is said."""
    from infocentre.cli.doublons import dire
    from infocentre.operations.doublons import apres_controle

    try:
        for une in apres_controle(Dossier(dossier_donnees()), resultat):
            print(f"  Doublons : {dire(une)}")
    except Refus as refus:
        print(f"  Doublons : {refus}")


def _verifier_les_mesures(resultat: controle.Resultat) -> None:
    """Say what the deliveries tell of what was asked of organismes."""
    from infocentre.demarches.regles import regles_de
    from infocentre.demarches.verifier import apres_controle

    faites = apres_controle(Dossier(dossier_donnees()), utilisateur(), resultat.mois)
    for code, suivies in faites.items():
        for ligne in regles_de(code).dire(suivies):
            print(f"  {ligne}")


@contextlib.contextmanager
def _duree() -> Iterator[Callable[[], float]]:
    debut = time.monotonic()
    yield lambda: time.monotonic() - debut


def _dire_controle(resultat: controle.Resultat, secondes: float) -> None:
    if resultat.autres_reglages:
        print(
            "Aucun mois en attente ; les réglages ont changé, et les documents suivent ceux "
            "d'avant, tant qu'aucun mois n'est contrôlé de nouveau : "
            "infocentre controler --mois AAAA-MM"
        )
    elif resultat.bilan is None:
        print("Aucun mois en attente : tout ce qui est chargé est contrôlé et publié.")
    else:
        mois = sorted({une.mois for une in resultat.mois})
        etendue = mois[0] if len(mois) == 1 else f"{mois[0]} à {mois[-1]}"
        echecs = [un.code for un in resultat.bilan.indicateurs if not un.reussi]
        print(
            f"{accorder(len(resultat.mois), 'mois contrôlé', 'mois contrôlés')} ({etendue}) "
            f"en {secondes:.1f} s, {accord(len(resultat.mois), 'publié')}.".replace(".", ",", 1)
        )
        if echecs:
            print(f"  Indicateurs sous l'objectif de guichets conformes : {', '.join(echecs)}")
        if resultat.bilan.page:
            print(f"  Pages de contrôle : {resultat.bilan.page}")
    for departement, mois_revise, nombre in resultat.revisions:
        print(
            f"  {departement} {mois_revise} : "
            f"{accorder(nombre, 'valeur publiée révisée', 'valeurs publiées révisées')} "
            f"(infocentre revisions --mois {mois_revise})"
        )
    if resultat.autre_catalogue:
        restent = accorder(
            len(resultat.autre_catalogue), "mois reste publié", "mois restent publiés"
        )
        print(
            f"  {restent} avec une version antérieure du catalogue ; pour les refaire : "
            "infocentre controler --mois AAAA-MM"
        )


def mensuel(options: demandes.Mensuel) -> None:
    """Load one delivery, control its month, print its synthèse."""
    departement, mois = _charger(options, (options.livraison,))
    with _rappeler([options.livraison.resolve().name]):
        _controler(demandes.Controler(departement=departement))
    _montrer_le_mois(departement)
    _imprimer_le_mois(departement, mois)


def _montrer_le_mois(departement: str) -> None:
    """Show the newest month of a département."""
    from infocentre.cli.lectures import indicateurs

    indicateurs(demandes.Indicateurs(departement=departement))


def _imprimer_le_mois(departement: str, mois: str | None) -> None:
    """Print the documents of a month; what prints them is loaded once the warehouse is closed."""
    from infocentre.cli.restitutions import synthese

    synthese(demandes.Synthese(departement=departement, mois=mois))


def _imprimer_le_semestre(departement: str) -> None:
    """Print the bilan of the newest semester that is all published, if there is one."""
    from infocentre.cli.restitutions import bilan
    from infocentre.noyau.temps import dernier_semestre

    publies = Dossier(dossier_donnees()).version().de(departement)
    if semestre := dernier_semestre(une.mois for une in publies):
        bilan(demandes.Bilan(semestre=semestre, departement=departement))


def demo(options: demandes.Demo) -> None:
    """Make invented deliveries, load them, control them, show and print a month, serve it."""
    exiger_complement("demonstration", "infocentre demo")
    from infocentre.demo.habitudes import MOIS

    if options.forme:
        ecrire_la_forme(options, options.forme, options.mois or 1)
    else:
        _demontrer(options, options.mois or MOIS)


def _demontrer(options: demandes.Demo, mois: int) -> None:
    from infocentre.demo.decisions import lire_verite
    from infocentre.operations import chargement

    print(
        f"Démonstration : {accorder(mois, 'mois', 'mois')} de livraisons inventées, "
        f"{accorder(options.taille, 'demande active', 'demandes actives')}."
    )
    with _atelier(options.dossier) as atelier:
        for chemin in _livraisons_inventees(options, mois, atelier):
            # Of few people, a month may differ from the one before as no real one does.
            demande = chargement.Demande((chemin,), confirmer="inventée pour la démonstration")
            for resultat in chargement.charger(Dossier(dossier_donnees()), demande, Silence()):
                print(resume(resultat.description), flush=True)
            if options.dossier is None:
                shutil.rmtree(chemin)
        verite = lire_verite(chemin.parent)
    _controler(demandes.Controler())
    departement = Dossier(dossier_donnees()).version().departements[0]
    if _rien_de_vecu():
        _vivre(departement)
        _decider_des_doublons(departement, verite)
        _corriger_des_identites(departement, verite)
        _noter(departement)
    _montrer_le_mois(departement)
    _imprimer_le_mois(departement, None)
    _imprimer_le_semestre(departement)
    _decider_ce_que_tous_lisent()
    print(
        "\nPour aller plus loin : infocentre indicateurs --guichet G1302, "
        f"infocentre anomalies {EXEMPLE}, infocentre --help"
    )
    if options.sans_servir:
        print("Tableaux de bord : infocentre servir")
    else:
        _preparer_les_comptes(options.port)
        servir(demandes.Servir(port=options.port))


def _decider_ce_que_tous_lisent() -> None:
    """Decide what all are told of the last months: accounts come after the control, here."""
    from infocentre.cli.lectures import ouvrir
    from infocentre.restitutions.masques_decides import decider_les_indicateurs

    with ouvrir() as v:
        decider_les_indicateurs(v)
    print("Petits nombres masqués : décidés, comme chaque nuit (infocentre quotidien)")


def _preparer_les_comptes(port: int) -> None:
    """Make an account a role, the first time, and show their passwords; a link for a click."""
    from infocentre.decisions import ouvrir_magasin
    from infocentre.demarches.invitations import adresse_du_lien
    from infocentre.demo.comptes import dire, entree_du_gestionnaire, preparer

    magasin = ouvrir_magasin(dossier_donnees())
    prets = preparer(magasin, Dossier(dossier_donnees()).version().departements)
    print(f"\n{dire(prets)}")
    if jeton := entree_du_gestionnaire(magasin):
        lien = adresse_du_lien(jeton, f"http://127.0.0.1:{port}")
        print(f"\nEntrer en un clic, gestionnaire (une fois, pendant 24 heures) : {lien}\n")


def _rien_de_vecu() -> bool:
    """Tell whether no affaire was ever opened here: what was done since is not lived again."""
    from infocentre.affaires import Acteur, Affaires
    from infocentre.decisions import ouvrir_magasin
    from infocentre.procedures.mesures_correctives.demonstration import QUI

    return not Affaires(ouvrir_magasin(dossier_donnees()), Acteur(QUI)).tete().rang


# The procedures that the demonstration lives, in this order: what the first ones open, others read.
VECUES = (
    "mesures_correctives", "revue_des_acces", "reclamations", "conventions", "reunions",
    "formations", "questions", "chartes", "coordonnees", "transmissions", "comparaisons",
    "documents_envoyes",
)  # fmt: skip


def _vivre(departement: str) -> None:
    """Live some affaires of each procedure that has a demonstration, at different steps."""
    from infocentre.affaires import procedures
    from infocentre.cli.lectures import ouvrir
    from infocentre.decisions import ouvrir_magasin

    for code in VECUES:
        demonstration = importlib.import_module(f"infocentre.procedures.{code}.demonstration")
        with ouvrir() as v:
            ouvertes = demonstration.planter(v, ouvrir_magasin(dossier_donnees()), departement)
        print(f"{procedures()[code].titre} : {ouvertes} (infocentre affaires {code} lister)")


def _decider_des_doublons(departement: str, verite: Verite) -> None:
    """Take some decisions on the pairs of the demonstration, as its generator knows them."""
    from infocentre.cli.lectures import ouvrir
    from infocentre.decisions import ouvrir_magasin
    from infocentre.demo.decisions import decider

    with ouvrir() as v:
        decides = decider(v, ouvrir_magasin(dossier_donnees()), departement, verite)
    print(f"{accorder(decides, 'doublon décidé', 'doublons décidés')} : infocentre doublons")


def _corriger_des_identites(departement: str, verite: Verite) -> None:
    """Ask for some corrections of identity, at each step."""
    from infocentre.cli.lectures import ouvrir
    from infocentre.decisions import ouvrir_magasin
    from infocentre.demo.corrections import planter

    with ouvrir() as v:
        demandees = planter(v, ouvrir_magasin(dossier_donnees()), departement, verite)
    dites = accorder(demandees, "correction d'identité", "corrections d'identité")
    print(f"{dites} : infocentre doublons lister --liste corrections")


def _noter(departement: str) -> None:
    """Tell what happened, that the curves show, and what was said on the telephone."""
    from infocentre.cli.lectures import ouvrir
    from infocentre.decisions import ouvrir_magasin
    from infocentre.demo.evenements import planter

    with ouvrir() as v:
        ecrites = planter(v, ouvrir_magasin(dossier_donnees()), departement)
    print(f"{accorder(ecrites, 'note')} : infocentre notes")


def _livraisons_inventees(options: demandes.Demo, mois: int, atelier: Path) -> Iterable[Path]:
    """One département, or the 101 one after the other when it is larger than any of them."""
    from infocentre.demo import fabriquer, livraisons_nation

    def dire(texte: str) -> None:
        print(f"  {texte}", flush=True)

    if options.taille > PLUS_GRAND_DEPARTEMENT:
        return livraisons_nation(atelier, taille=options.taille, mois=mois, avancement=dire)
    return fabriquer(atelier, taille=options.taille, mois=mois, avancement=dire)


@contextlib.contextmanager
def _atelier(dossier: Path | None) -> Iterator[Path]:
    """Make the deliveries where they are wanted, else aside: they hold names."""
    if dossier is not None:
        dossier.mkdir(parents=True, exist_ok=True)
        yield dossier
        return
    with tempfile.TemporaryDirectory(prefix="infocentre-demo-") as temporaire:
        yield Path(temporaire)


def reconstruire(_: demandes.Reconstruire) -> None:
    """Rebuild the warehouse from the archives and the journal."""
    from infocentre.operations import reconstruction

    with _duree() as duree:
        version = reconstruction.reconstruire(
            Dossier(dossier_donnees()), lambda texte: print(f"  {texte}", flush=True)
        )
    print(
        f"Entrepôt reconstruit en {duree():.1f} s : version {version.numero}, "
        f"{accorder(len(version.livraisons), 'livraison', 'livraisons')}.".replace(".", ",", 1)
    )


def purger(options: demandes.Purger) -> None:
    """Erase what names persons a year after their radiation, say how many."""
    from infocentre.operations import purge

    try:
        le = dt.date.fromisoformat(options.au) if options.au else dt.date.today()  # noqa: DTZ011
    except ValueError:
        le = dt.date.min
    if le.year < ANNEE_MIN:
        raise Refus(f"« {options.au} » n'est pas une date", que_faire="L'écrire AAAA-MM-JJ.")
    if le > dt.date.today():  # noqa: DTZ011
        raise Refus(
            f"le {le:%d/%m/%Y} est à venir : ce qui serait effacé ne doit pas encore l'être",
            que_faire="Donner une date passée, ou rien : c'est alors aujourd'hui.",
        )
    dossier = Dossier(dossier_donnees())
    dossier.exiger_version()
    fait = purge.purger(dossier, le)
    print(
        f"Au {le:%d/%m/%Y} : noms de {accorder(fait.personnes, 'personne', 'personnes')} effacés "
        f"({accorder(fait.identites, 'ligne', 'lignes')} d'identité), "
        f"{accorder(fait.lignes_masquees, 'ligne masquée', 'lignes masquées')} dans les archives, "
        f"{accorder(fait.fichiers, 'fichier récrit', 'fichiers récrits')}, "
        f"{accorder(fait.liens, 'lien effacé', 'liens effacés')} entre deux demandes. "
        "Aucune valeur ne change."
    )
    _oublier_les_traces(dossier, le)
    if fait.illisibles:
        raise Refus(
            f"{accorder(len(fait.illisibles), 'fichier abîmé', 'fichiers abîmés')} n'ont pas pu "
            f"être lus, et gardent ce qu'ils tenaient : {', '.join(fait.illisibles)}",
            que_faire="Les remettre en place (infocentre reparer), puis purger de nouveau.",
        )


def _oublier_les_traces(dossier: Dossier, le: dt.date) -> None:
    """Erase the traces that are no longer kept; the head on which the others stand is quoted."""
    magasin = magasin_present(dossier.racine)
    if magasin is None:
        return
    mois = lire_conservation(dossier.racine).durees.traces.mois
    ancrer(dossier.racine, "purge")
    if oubliees := oublier(magasin, SEUL, mois_avant(le, mois), mois):
        dites = accorder(oubliees, "trace effacée", "traces effacées")
        print(f"Journal des accès : {dites}, de plus de {mois} mois.")


def servir(options: demandes.Servir) -> None:
    """Serve the dashboards until it is stopped."""
    from dashboards.servir import Ecoute, demarrer
    from infocentre.affaires import procedures

    procedures()  # one that is wrong is said here, by its file: every page would say it
    socket = options.socket and options.socket.absolute()
    ecoute = Ecoute(options.adresse, options.port, socket, options.mandataire)
    fermer_les_donnees(dossier_donnees())
    if ecoute.ailleurs:
        print(f"Tableaux de bord : {ecoute}, derrière un mandataire qui chiffre.", flush=True)
    else:
        print(f"Tableaux de bord : {ecoute} ({_qui_entre()}). Ctrl+C pour arrêter.", flush=True)
    demarrer(ecoute)


def _qui_entre() -> str:
    from infocentre.acces.comptes import Comptes

    magasin = magasin_present(dossier_donnees())
    if magasin is not None and not Comptes(magasin).aucun():
        return "cette machine seulement, chacun avec son compte"
    premier = 'infocentre comptes inviter ADRESSE --nom "Prénom Nom" --role administrateur'
    return f"cette machine seulement, sans compte ; pour en créer : {premier}"
