"""What a command shows, writes or changes leaves a trace, as the policy says what it asks.

Who types a command may read the files: the trace says what was done with the infocentre. It is
kept before anything is shown; queries and trials of rules are traced where they are run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from infocentre.acces import politique
from infocentre.acces.roles import Action
from infocentre.cli.options import Commande

# By action of the policy; those of who exploits the machine are told apart by command.
ACTIONS: Mapping[Action, str] = {
    Action.NOMINATIF: "liste",
    Action.LIVRAISONS: "liste",
    Action.DOCUMENTS: "document",
    Action.IMPRIMER_SYNTHESE: "document",
    Action.CONDUIRE: "affaire",
}
COMMANDES: Mapping[str, str] = {
    "acces": "liste",
    "charger": "depot",
    "demande": "demande",
    "doublons": "liste",
    "mensuel": "depot",
    "purger": "purge",
    "retirer": "depot",
}
CHANGENT = frozenset({"depot", "purge"})  # traced once done: there may be nothing before
PARAMETRES = (
    "action code guichet mois departement fenetre liste livraison n graine document semestre "
    "partenaire affaire evenement"
).split()
_VALEUR = re.compile(r"[\w.:*-]{1,60}")


def genre(commande: Commande) -> str:
    """Return what a command leaves a trace of, '' for nothing."""
    voulue = politique.COMMANDES.get(commande.nom)
    return COMMANDES.get(commande.nom) or (ACTIONS.get(voulue, "") if voulue else "")


def tracer_la_commande(commande: Commande, options: Any, *, faite: bool) -> None:  # noqa: ANN401
    """Trace a command before it reads, or once it has changed something.

    Raises:
        Refus: the store cannot be written.
    """
    quoi = genre(commande)
    if not quoi or (quoi in CHANGENT) != faite:
        return
    from infocentre.acces.audit import Trace, tracer
    from infocentre.cli.acces import acces
    from infocentre.decisions.magasin import ouvrir_magasin
    from infocentre.entrepot import Dossier
    from infocentre.noyau.config import dossier_donnees

    dossier = Dossier(dossier_donnees())
    if not dossier.a_publie():
        return
    lus = {nom: str(getattr(options, nom, None) or "") for nom in PARAMETRES}
    dites: dict[str, object] = {nom: un for nom, un in lus.items() if _VALEUR.fullmatch(un)}
    numero = str(getattr(options, "numero", "") or "").strip().upper()
    if quoi == "liste" and getattr(options, "sortie", None):
        quoi = "export"
    if quoi == "affaire" and lus["action"] == "envoyer":
        quoi = "message"
    tracer(
        ouvrir_magasin(dossier.racine),
        acces(),
        Trace(quoi),
        f"infocentre {commande.nom}",
        None,
        numero=numero if re.fullmatch(r"[0-9AB]{13}[0-9A-Z]{5}", numero) else "",
        **dites,
    )
