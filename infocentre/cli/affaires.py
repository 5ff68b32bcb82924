"""The commands on what is asked of organismes, and on the proof that it was not changed."""

from __future__ import annotations

from infocentre.affaires import Acteur, Affaires
from infocentre.cli import options as demandes
from infocentre.decisions import magasin_present, utilisateur
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder


def preuve(options: demandes.Preuve) -> None:
    """Check the chain of events; raise Refus that names the first that is altered."""
    magasin = magasin_present(dossier_donnees())
    if magasin is None:
        raise Refus("rien n'a encore été décidé ici", str(dossier_donnees()))
    tete = Affaires(magasin, Acteur(utilisateur())).verifier((options.tete or "").strip().lower())
    evenements = accorder(tete.rang, "événement intact", "événements intacts")
    print(f"{evenements} ; empreinte du dernier : {tete.empreinte}")
