"""Does the works that pages asked for, one after the other, as the commands of the same name do.

Run as a module by `infocentre.travaux.lancer`; it leaves when there is nothing more to do.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from infocentre import travaux
from infocentre.entrepot import Dossier
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.depart import espacer_les_cycles
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.francais import accorder
from infocentre.travaux import Chargee, Completee, Publies, Reconnus, Resultat, Travail

JOURNAL = logging.getLogger("infocentre.travaux")
ESSAIS = 3
PATIENCE = 1800.0  # seconds during which a work waits for a command that writes
PAUSE = 2.0
CADENCE = 0.5  # seconds between two notes of how far a reading is


class Suivi:
    """Writes how far a work is; of a file that is read, a few times a second."""

    def __init__(self, racine: Path, un: Travail, essai: int) -> None:
        """Say that the work has begun."""
        self._racine, self._un, self._essai = racine, un, essai
        self._etapes: list[str] = []
        self._dit = 0.0
        self._noter(None)

    def etape(self, texte: str) -> None:
        """Say what is being done now."""
        self._etapes.append(texte)
        self._noter(None)

    def table(self, nom: str, octets: int) -> Callable[[int], None]:
        """Say that a file of this size, in bytes, is read; return what counts its bytes."""
        self.etape(f"Lecture de {nom} ({octets / 1e6:.1f} Mo)".replace(".", ",", 1))
        lus = 0

        def avancer(nombre: int) -> None:
            nonlocal lus
            lus += nombre
            if time.monotonic() - self._dit > CADENCE:
                self._noter(min(1.0, lus / max(octets, 1)))

        return avancer

    def _noter(self, part: float | None) -> None:
        self._dit = time.monotonic()
        travaux.noter(self._racine, self._un, self._etapes, part, self._essai)


def executer(racine: Path) -> None:
    """Do every work that waits, those asked meanwhile too."""
    with travaux.seul(racine):
        while restants := travaux.en_attente(racine):
            _faire(racine, restants[0])


def _faire(racine: Path, un: Travail) -> None:
    """Do one work and keep what became of it, whatever that is."""
    essai = travaux.essais(racine, un) + 1
    if essai > ESSAIS:
        arrete = Refus(
            f"cette opération s'est arrêtée {ESSAIS} fois en cours de route",
            que_faire="Vérifier la mémoire et la place du serveur, puis la redemander.",
        )
        travaux.finir(racine, un, arrete)
        return
    suivi = Suivi(racine, un, essai)
    try:
        resultat = _attendre(suivi, lambda: _NATURES[un.nature](racine, un, suivi))
    except Refus as refus:
        from infocentre.operations.vraisemblance import pour_une_page

        travaux.finir(racine, un, pour_une_page(refus))
    except Exception:  # noqa: BLE001 - a person reads a sentence, the log the rest
        JOURNAL.exception("travail en échec")
        echec = Refus(
            "cette opération n'a pas abouti ; rien n'a été publié",
            que_faire="La redemander ; si cela dure, le signaler avec l'heure.",
        )
        travaux.finir(racine, un, echec)
    else:
        travaux.finir(racine, un, resultat)


def _attendre(suivi: Suivi, faire: Callable[[], Resultat]) -> Resultat:
    """Try until no command writes any more."""
    fin = time.monotonic() + PATIENCE
    while True:
        try:
            return faire()
        except RefusMotive as refus:
            if refus.motif != "occupe" or time.monotonic() > fin:
                raise
        suivi.etape("Attend la fin d'une autre opération")
        time.sleep(PAUSE)


def _charger(racine: Path, un: Travail, suivi: Suivi) -> Chargee:
    """Load what was handed over, by the correspondance that was just confirmed if one was."""
    from infocentre.operations import chargement

    demande = chargement.Demande(
        (travaux.archive(racine, un),),
        un.parametres.get("arrete"),
        un.parametres.get("departement"),
        un.parametres.get("confirmer"),
        un.permis,
        _adopter(racine, un),
    )
    *autres, fait = chargement.charger(Dossier(racine), demande, suivi)
    charge: Chargee = {
        "departement": fait.description["departement"],
        "mois": fait.description["arrete"][:7],
        "deja": fait.deja_chargee and not fait.reparee,
    }
    if autres:  # the other years of the same files
        charge["autres"] = [une.description["arrete"][:7] for une in autres]
    remplacees = [u.description["arrete"][:7] for u in (*autres, fait) if u.remplace]
    if remplacees:
        charge["remplacees"] = remplacees
    return charge


def _adopter(racine: Path, un: Travail) -> str | None:
    """Return the correspondance that a person has just confirmed; most deliveries need none."""
    if not un.parametres.get(travaux.ADOPTER):
        return None
    from infocentre.demarches.reconnaissance import adopter

    return adopter(racine, un)


def _reconnaitre(racine: Path, un: Travail, suivi: Suivi) -> Reconnus:
    """Look at files that nobody knows, for a person to say what they are."""
    from infocentre.demarches.reconnaissance import reconnaitre

    return reconnaitre(racine, un, suivi.etape)


def _controler(racine: Path, un: Travail, suivi: Suivi) -> Publies:
    """Control what waits, or a month again."""
    from infocentre.demarches.verifier import apres_controle
    from infocentre.operations import controle, doublons

    fait = controle.controler(
        Dossier(racine),
        mois=un.parametres.get("mois"),
        departement=un.parametres.get("departement"),
        permis=un.permis,
        etape=suivi.etape,
    )
    suivi.etape("Recherche des doublons")
    try:
        doublons.apres_controle(Dossier(racine), fait)
    except Refus as refus:
        JOURNAL.warning("doublons : %s", refus)
    suivi.etape("Vérification des mesures correctives")
    apres_controle(Dossier(racine), un.par, fait.mois)
    revisees = sum(nombre for *_, nombre in fait.revisions)
    return {
        "mois": sorted({une.mois for une in fait.mois}),
        "revisees": accorder(revisees, "valeur publiée révisée", "valeurs publiées révisées")
        if revisees
        else "",
    }


def _completer(racine: Path, un: Travail, suivi: Suivi) -> Completee:
    """Read a completed register again, and complete the months that lack it."""
    from infocentre.demarches import registre_guichets
    from infocentre.operations.registres import adopter

    dossier = Dossier(racine)
    suivi.etape("Lecture du registre")
    connus = registre_guichets.guichets_connus(dossier, dossier.exiger_version())
    lu = registre_guichets.lire(travaux.archive(racine, un).read_bytes(), un.objet, connus)
    suivi.etape("Mois à compléter")
    faite = adopter(dossier, lu.departement, lu.guichets, un.par, un.permis)
    return {
        "departement": lu.departement,
        "guichets": faite.tenu.completes,
        "completes": [une.mois for une in faite.mois],
    }


_NATURES: dict[travaux.Nature, Callable[[Path, Travail, Suivi], Resultat]] = {
    "charger": _charger,
    "controler": _controler,
    "reconnaitre": _reconnaitre,
    "registre": _completer,
}


@contextlib.contextmanager
def _journaliser(racine: Path) -> Iterator[None]:
    """Keep what a failure was beside the works; it says nothing of the data."""
    trace = logging.FileHandler(travaux.dossier(racine) / "journal.txt", "a", "utf-8", delay=True)
    JOURNAL.addHandler(trace)
    try:
        yield
    finally:
        trace.close()


def main() -> int:
    """Do the works of INFOCENTRE_DOSSIER."""
    espacer_les_cycles()
    racine = dossier_donnees()
    with _journaliser(racine):
        executer(racine)
    return 0


if __name__ == "__main__":
    sys.exit(main())
