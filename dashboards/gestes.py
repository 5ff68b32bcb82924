"""What a click does: something is done, then the page is made again, or says why not.

What is said stands where one clicked, on the page as it then is: it goes to `DIT`, which outlives
the page, with the address that it is for.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import logging
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, html, no_update

from dashboards.clics import DIT, MESSAGE
from dashboards.composants.apostrophes import courber
from dashboards.composants.elements import typographie
from dashboards.courant import acces, lecteur, lecture, qui, veille
from infocentre.affaires import Acteur, Affaires
from infocentre.demarches.face import role_de
from infocentre.demarches.registre import registre_de
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions.commande import Commande, fabriquer

JOURNAL = logging.getLogger("infocentre.dashboards")
SORTIES = (("adresse", "href"), (DIT, "data"))


class Fait(str):
    """What was done, and asks nothing more; what is returned as a text is still to be looked at."""

    __slots__ = ()


class Vers(str):
    """An address to go to, once what was asked is done."""

    __slots__ = ()


def sorties() -> list[Output]:
    """Return what every gesture changes: the address, and what is said."""
    return [Output(*une, allow_duplicate=True) for une in SORTIES]


def rappels(app: dash.Dash) -> None:
    """Register what shows what was said, on the page that it is for."""
    app.clientside_callback(
        ClientsideFunction("infocentre", "dire"),
        Output(MESSAGE, "children"),
        Input(DIT, "data"),
        Input(MESSAGE, "id"),
    )


def registre() -> Affaires:
    """Return the affaires, on which whoever asks acts."""
    return registre_de(lecteur().dossier, Acteur(qui(), role_de(acces())))


def publiee() -> Lecture:
    """Return the published version as whoever asks may read it; raise Refus without any."""
    v = lecture()
    if v is None:
        raise Refus("aucun mois n'est encore publié")
    return v


def conclure(
    faire: Callable[[Lecture], str], recherche: str | None, chemin: str
) -> tuple[Any, Any]:
    """Do something, then show the page at `chemin` again; say what it returns, or refuses."""
    ici = f"{chemin}{recherche or ''}"
    try:
        dit = faire(publiee())
    except Refus as refus:
        return no_update, {"adresse": ici, "dit": alerte(refus)}
    except Exception:  # noqa: BLE001 - a person reads a sentence, the log the rest
        JOURNAL.exception("geste en échec")
        echec = Refus("cela n'a pas pu être fait", que_faire="Recommencer ; sinon, le signaler.")
        return no_update, {"adresse": ici, "dit": alerte(echec)}
    if isinstance(dit, Vers):
        return str(dit), None
    vers = encore(chemin, recherche)
    return vers, {"adresse": vers, "dit": annonce(dit)} if dit else None


def encore(chemin: str, recherche: str | None) -> str:
    """Return the address of a page, changed by the head of the chain so that it is made again."""
    nu = re.sub(r"[?&]vus=[^&]*", "", recherche or "").lstrip("?&")
    return f"{chemin}?{nu}{'&' if nu else ''}vus={registre().tete().rang}"


def annonce(dit: str) -> html.Div:
    """Return what is said of what was done, a line each."""
    genre = "success" if isinstance(dit, Fait) else "warning"
    return html.Div(
        [html.P(courber(typographie(un))) for un in dit.split("\n")],
        role="status",
        className=f"fr-alert fr-alert--{genre}",
    )


def alerte(refus: Refus) -> html.Div:
    """Return what a refusal says."""
    dit = html.P(courber(typographie(refus.phrase)))
    return html.Div(dit, role="alert", className="fr-alert fr-alert--error")


def imprimer_a_part(v: Lecture, departement: str, mois: str, organisme: str) -> bytes:
    """Return a fiche made by a process of its own: this one keeps serving pages."""
    commande = Commande("fiche", "pdf", departement, mois=mois, guichet=organisme, perimetre=v.p)
    return fabriquer(v.dossier, commande, permis=veille())


@contextlib.contextmanager
def fichier_recu(nom: str, contenu: str) -> Iterator[Path]:
    """Give, for a while, the file that a page was given."""
    try:
        octets = base64.b64decode(contenu.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise Refus("ce fichier n'a pas pu être reçu", que_faire="Le choisir de nouveau.") from None
    with tempfile.TemporaryDirectory(prefix="infocentre-reponse-") as temporaire:
        chemin = Path(temporaire) / (re.sub(r"[^\w. -]", "_", nom)[-80:] or "reponse.xlsx")
        chemin.write_bytes(octets)
        yield chemin


def premier_fichier(
    contenus: Sequence[str | None], noms: Sequence[str | None]
) -> tuple[str, str] | None:
    """Return (name, content) of the file that a page sent, None without any."""
    return next(
        (
            (nom if isinstance(nom, str) else "", un)
            for nom, un in zip(noms, contenus, strict=False)
            if isinstance(un, str) and un
        ),
        None,
    )


def dire_refusees(lu: str, refusees: Sequence[str]) -> str:
    """Return what was read of a file, then what was refused of it."""
    return "\n".join([f"{lu}. Ce qui est refusé :", *refusees]) if refusees else Fait(f"{lu}.")
