"""What sendings know: to whom a frozen file goes, and the slip of what left."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from infocentre.affaires import Affaire, Affaires
from infocentre.demarches.message import Piece, Pli
from infocentre.demarches.regles import Imprimer, Regles, Releve, Saisie
from infocentre.lecture.affaires import toutes
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.reunions import dire_empreinte
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import jour
from infocentre.restitutions.document import Colonne, Tableau
from infocentre.restitutions.redaction import Contenu

CODE = "documents_envoyes"
REMETTRE, READRESSER, DELAISSE = "remettre_la_piece", "readresser_la_piece", "piece_delaissee"


class DocumentsEnvoyes(Regles):
    """The rules of the sendings to lists."""

    joints_figes: ClassVar[bool] = True
    ailleurs: ClassVar[Mapping[str, tuple[str, str]]] = {
        "destiner_une_piece": (
            "Choisir une liste, puis « Diffuser un document »",
            "/affaires/listes?etat=",
        )
    }

    def nom(self, v: Lecture, une: Affaire) -> str:  # noqa: ARG002
        """Return whom it is for."""
        s = une.situation
        return str(s.dite("organisme") or s.dite("courriel"))

    def sujet(self, une: Affaire) -> str:
        """Return the document."""
        return str(une.situation.dite("document"))

    def voit(self, v: Lecture, une: Affaire) -> bool:  # noqa: ARG002
        """Tell that nobody but who conducts them reads addresses."""
        return False

    def adresses(self, v: Lecture, pli: Pli) -> tuple[str, ...]:  # noqa: ARG002
        """Return the address that was frozen, or the one that corrects it."""
        return (str(pli.affaires[0].situation.dite("courriel")).lower(),)

    def ampleur(self, v: Lecture, pli: Pli) -> str:  # noqa: ARG002
        """Return the document."""
        return self.sujet(pli.affaires[0])

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return to whom, which file, of which list."""
        s = une.situation
        faits = [
            ("À", f"{s.dite('qualite') or ''} <{s.dite('courriel')}>".strip()),
            ("Fichier", str(s.dite("fichier"))),
            ("Empreinte (sha256)", dire_empreinte(str(s.dite("sha256")))),
        ]
        return [*faits, ("Liste", str(s.dite("liste")))] if s.dite("liste") else faits

    def ouvrir(self, *_: Any, **__: Any) -> Any:  # noqa: ANN401
        """Refuse: what is sent is prepared from a list."""
        raise Refus(
            "un envoi se prépare depuis une liste",
            que_faire="Ouvrir la liste (Affaires, Listes de diffusion), puis « Diffuser un "
            "document » ; ou infocentre listes diffuser.",
        )

    def agir(self, v: Lecture, registre_: Affaires, saisie: Saisie) -> Affaire | None:  # noqa: ARG002
        """Refuse an address to which this very file already goes; else it is that event."""
        if saisie.nom != READRESSER:
            return None
        une, vers = saisie.une, saisie.dits.get("courriel", "").strip().lower()
        fichier = une.situation.dite("sha256")
        autres = registre_.lister(une.departement, procedure=CODE, finies=True)
        if any(
            autre.situation.dite("sha256") == fichier
            and str(autre.situation.dite("courriel")).lower() == vers
            and autre.etat != DELAISSE
            for autre in autres
            if autre.id != une.id
        ):
            raise Refus("ce fichier part déjà à cette adresse", vers, "Renoncer à cet envoi.")
        return None

    def joints(
        self,
        v: Lecture,
        pli: Pli,
        jour: dt.date,  # noqa: ARG002
        imprimer: Imprimer | None,  # noqa: ARG002
    ) -> tuple[Piece, ...]:
        """Return the file that was frozen; raise Refus when it is not what it was."""
        s = pli.affaires[0].situation
        return (lire(v, str(s.dite("fichier")), str(s.dite("sha256"))),)

    def dire_joints(self, v: Lecture, pli: Pli) -> list[str]:  # noqa: ARG002
        """Return its name."""
        return [str(pli.affaires[0].situation.dite("fichier"))]

    def releves(self) -> tuple[Releve, ...]:
        """Return the slip of all that left."""
        return (
            Releve(
                "bordereau",
                "Bordereau des envois",
                ("pdf", "xlsx"),
                lambda v, _, ici: Bordereau(tableau(v, ici)),
            ),
        )


@dataclass(frozen=True)
class Bordereau(Contenu):
    """The names of its text."""

    modele: ClassVar[str] = "procedures/documents_envoyes/textes/bordereau.md"

    liste: Tableau | None


def tableau(v: Lecture, departement: str) -> Tableau | None:
    """Return who was sent what, when, by which way, and what came back: a line a sending."""
    return Tableau.dresser(
        "bordereau",
        "",
        [
            (une, rang, un)
            for une in toutes(v, departement, CODE)
            for rang, un in enumerate(une.situation.evenements)
            if un.nom == REMETTRE
        ],
        (Colonne("Le", "date"), lambda un: un[2].jour),
        ("Document", lambda un: str(un[0].situation.dite("document"))),
        ("À", lambda un: REGLES.nom(v, un[0])),
        ("Adresse", lambda un: str(un[2].dit("destinataire") or un[0].situation.dite("courriel"))),
        ("Par", lambda un: str(un[2].dit("canal"))),
        ("Suite", lambda un: _suite(un[0], un[1])),
        ("sha256", lambda un: dire_empreinte(str(un[0].situation.dite("sha256")))),
    ).ou_rien


def _suite(une: Affaire, rang: int) -> str:
    """Say what became of a sending: the event that follows it."""
    apres = une.situation.evenements[rang + 1 :][:1]
    dits = (f"{une.mots(un).arrive} le {jour(un.jour)}" for un in apres)
    return next(dits, "Parti")


# --- Files ----------------------------------------------------------------------------------------


def lieu(v: Lecture, sha256: str, nom: str) -> Path:
    """Return where a file that is sent is kept, by what it holds."""
    return v.dossier.pieces / f"{sha256}{Path(nom).suffix}"


def lire(v: Lecture, nom: str, sha256: str) -> Piece:
    """Return a file that was frozen; raise Refus when it is gone or is not what it was."""
    try:
        octets = lieu(v, sha256, nom).read_bytes()
    except OSError:
        octets = b""
    if hashlib.sha256(octets).hexdigest() != sha256:
        raise Refus(
            "le fichier figé manque, ou n'est plus ce qu'il était",
            nom,
            "Restaurer une sauvegarde, ou renoncer à cet envoi et le préparer de nouveau.",
        )
    return Piece(nom, octets)


REGLES = DocumentsEnvoyes(CODE)
