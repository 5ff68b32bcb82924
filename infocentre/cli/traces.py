"""What a command shows, writes or changes leaves a trace, as the policy says what it asks.

Who types a command may read the files: the trace says what was done with the infocentre. What a
command prints, writes and sends passes by one gate, that keeps the trace of the numéros in it
before they are given; queries and trials of rules are traced where they are run.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TextIO, cast

from infocentre.acces import politique
from infocentre.acces.roles import Action
from infocentre.cli.options import Commande
from infocentre.noyau import fichiers
from infocentre.noyau.texte import Ecran, brut

if TYPE_CHECKING:
    from infocentre.contrat.montres import Montres

# By action of the policy; those of who exploits the machine are told apart by command.
ACTIONS: Mapping[Action, str] = {
    Action.NOMINATIF: "liste",
    Action.LIVRAISONS: "liste",
    Action.DOCUMENTS: "document",
    Action.IMPRIMER_SYNTHESE: "document",
    Action.CONDUIRE: "affaire",
    Action.NOTER: "note",
}
COMMANDES: Mapping[str, str] = {
    "acces": "liste",
    "charger": "depot",
    "demande": "demande",
    "doublons": "liste",
    "mensuel": "depot",
    "purger": "purge",
    "registre": "depot",
    "retirer": "depot",
}
AVANT = frozenset({"affaire", "document"})  # traced before they are done
A_EMPORTER = {"liste": "export", "demande": "export", "affaire": "document"}
PARAMETRES = (
    "action annee code guichet mois departement fenetre liste livraison n graine document semestre "
    "partenaire affaire evenement"
).split()
_VALEUR = re.compile(r"[\w.:*-]{1,60}")


def genre(commande: Commande) -> str:
    """Return what a command leaves a trace of, '' for nothing."""
    voulue = politique.COMMANDES.get(commande.nom)
    return COMMANDES.get(commande.nom) or (ACTIONS.get(voulue, "") if voulue else "")


@contextlib.contextmanager
def tracer_la_commande(commande: Commande, options: Any) -> Iterator[None]:  # noqa: ANN401
    """Trace what is done in this block: numéros before they are shown, the rest once it is done.

    What is refused and shows nothing leaves no trace; a message that leaves does, whatever the
    command.

    Raises:
        Refus: the store cannot be written.
    """
    quoi = genre(commande)
    if not quoi:
        suivi = _Suivi(commande.nom, quoi, options)
        jeton = fichiers.A_REMETTRE.set(suivi.remettre)
        try:
            yield
        finally:
            fichiers.A_REMETTRE.reset(jeton)
        return
    from infocentre.contrat import montres

    suivi = _Suivi(commande.nom, quoi, options, montres.commencer())
    if suivi.quoi in AVANT:
        suivi.noter(suivi.quoi)
    fichiers.A_REMETTRE.set(suivi.remettre)
    try:
        porte = cast("TextIO", _Porte(brut(sys.stdout), suivi))
        with contextlib.redirect_stdout(cast("TextIO", Ecran(porte))):
            yield
    finally:
        montres.finir()
    if not suivi.notee:
        suivi.noter(suivi.quoi)


class _Suivi:
    """A command as the audit knows it, and what it has shown so far."""

    def __init__(self, nom: str, quoi: str, options: Any, vus: Montres | None = None) -> None:  # noqa: ANN401
        self._nom = nom
        self._options = options
        self._vus = vus
        self.notee = False
        lus = {un: str(getattr(options, un, None) or "") for un in PARAMETRES}
        self._dites: dict[str, object] = {
            un: texte for un, texte in lus.items() if _VALEUR.fullmatch(texte)
        }
        emporte = quoi == "liste" and getattr(options, "sortie", None)
        self.quoi = "export" if emporte else quoi

    def montrer(self, octets: bytes) -> None:
        """Trace what is about to be printed."""
        if self._vus and (neufs := self._vus.donner(octets)):
            self.noter(self.quoi, neufs)

    def remettre(self, octets: bytes, dites: Mapping[str, str]) -> None:
        """Trace what is about to be written in a file, or sent: to whom."""
        if dites:
            montres = self._vus.dans(octets) if self._vus else frozenset[str]()
            self.noter("message", montres, **dites)
        elif self._vus and (neufs := self._vus.donner(octets)):
            self.noter(A_EMPORTER.get(self.quoi, self.quoi), neufs)

    def noter(self, quoi: str, montres: frozenset[str] = frozenset(), **dites: object) -> None:
        """Write an entry, unless nothing was ever published here; raise Refus when it cannot be."""
        from infocentre.acces.audit import Scelles, Trace, tracer
        from infocentre.analystes.fichier import cle
        from infocentre.cli.acces import acces
        from infocentre.decisions.magasin import ouvrir_magasin
        from infocentre.entrepot import Dossier
        from infocentre.noyau.config import dossier_donnees

        dossier = Dossier(dossier_donnees())
        self.notee = True
        if not dossier.a_publie():
            return
        voulu = str(getattr(self._options, "numero", "") or "").strip().upper()
        seul = voulu if voulu in montres else ""
        if len(montres) == 1:
            (seul,) = montres
        tracer(
            ouvrir_magasin(dossier.racine),
            acces(),
            Trace(quoi),
            f"infocentre {self._nom}",
            len(montres) or None,
            numero=seul,
            montres=Scelles(montres, cle(dossier)) if montres else None,
            **self._dites | dites,
        )


class _Porte:
    """The standard output, whose texts are traced before they are written."""

    def __init__(self, flux: TextIO, suivi: _Suivi) -> None:
        self._flux = flux
        self._suivi = suivi

    def write(self, texte: str) -> int:
        """Write a text, once what it shows is traced."""
        self._suivi.montrer(texte.encode(errors="replace"))
        return self._flux.write(texte)

    def __getattr__(self, nom: str) -> Any:  # noqa: ANN401 - whatever the stream has
        """Be the stream for all the rest."""
        return getattr(self._flux, nom)
