"""The command `echantillon`: draws a sample to check by hand, or reads a filled one back."""

from __future__ import annotations

from pathlib import Path

from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, mois_controle, ouvrir
from infocentre.demarches.rendus import lire_octets
from infocentre.exports import lisible
from infocentre.lecture.choix import choisir_departement
from infocentre.lecture.echantillons import Demande, Verdict, en_classeur, relire, tirer
from infocentre.lecture.extraits import code_connu
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import remettre
from infocentre.noyau.francais import accorder


def echantillon(options: demandes.Echantillon) -> None:
    """Draw a sample to a workbook, or read a filled one back."""
    if options.lire:
        _dire(relire(lire_octets(options.lire), str(options.lire)))
        return
    if not options.guichet:
        raise Refus("il manque --guichet", que_faire="infocentre echantillon --guichet G --n 30")
    demande = Demande(
        guichet=options.guichet.strip().upper(),
        n=options.n,
        graine=options.graine,
        code=options.code and code_connu(options.code),
    )
    with ouvrir() as v:
        mois = mois_controle(v, options)
        departement = choisir_departement(v.version, departement_voulu(options))
        livraison = v.version.trouver(departement, mois)
        if livraison is None:
            raise Refus(f"aucune livraison chargée pour {mois}")
        tirage = tirer(v, livraison, demande)
    sortie = options.sortie or Path(f"echantillon-{demande.guichet}-{mois}.xlsx")
    remettre(sortie, en_classeur(tirage))
    print(f"{accorder(len(tirage.lignes), 'ligne')} à vérifier dans {sortie}.")
    print(f"Une fois rempli : infocentre echantillon --lire {sortie}")


def _dire(verdict: Verdict) -> None:
    """Print the error rate of a filled sample, weighted by stratum, with its 95 % interval."""
    verdicts = accorder(sum(verdict.jugees.values()), "verdict")
    print(f"{verdicts} sur {accorder(verdict.tirees, 'ligne tirée', 'lignes tirées')}")
    for strate, nombre in verdict.jugees.items():
        print(f"  {strate} : {accorder(verdict.fausses[strate], 'erreur')} sur {nombre}")
    print(
        f"Taux d'erreur : {lisible(verdict.taux, taux=True)} (marge d'incertitude à 95 % : "
        f"de {lisible(verdict.borne_basse, taux=True)} à {lisible(verdict.borne_haute, taux=True)})"
    )
