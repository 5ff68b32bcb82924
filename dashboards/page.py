"""What surrounds every page: the published version, the filters, and help when there is none."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import flask
from dash import html

from dashboards.composants.elements import Filtre, lien, titre, vide
from dashboards.courant import acces, lecteur, lecture
from infocentre.acces.modele import Action
from infocentre.acces.perimetre import Perimetre
from infocentre.contrat.territoires import nom_departement
from infocentre.decisions import magasin_present
from infocentre.lecture.adresses import ecarts, exiger
from infocentre.lecture.commun import departements, mois_controles
from infocentre.lecture.filtres import Filtres, lire_filtres, retenir
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import epcis
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import majuscule
from infocentre.noyau.temps import de_mois, nom_mois

AUCUN = "Aucun mois n'est encore publié"
ATTENDRE = "Cette page se remplira d'elle-même dès que le premier mois sera publié."
JOURNAL = logging.getLogger("infocentre.dashboards")


@dataclass(frozen=True, slots=True)
class Contexte:
    """What a page needs: the version, the reader's périmètre, the filters, the whole address."""

    v: Lecture
    filtres: Filtres
    adresse: dict[str, str]

    @property
    def mois(self) -> list[str]:
        """Controlled months of the département, oldest first."""
        return mois_controles(self.v, self.filtres.departement)

    @property
    def departements(self) -> list[str]:
        """Départements that have a controlled month."""
        return departements(self.v)

    @property
    def epcis(self) -> dict[str, str]:
        """EPCI of the département, by name."""
        return epcis(self.v, self.filtres.departement)

    @property
    def vus(self) -> Perimetre:
        """What the filters keep of the reader's périmètre."""
        return retenir(self.v, self.filtres)

    @property
    def lieu(self) -> str:
        """What the page is about: the EPCI of the filters, else the département."""
        departement = nom_departement(self.filtres.departement)
        nom = self.epcis.get(self.filtres.epci)
        return f"{nom} ({departement})" if nom else departement

    @property
    def suite(self) -> str:
        """What the menu adds to its addresses: what was chosen, nothing for what is usual."""
        f = self.filtres
        choisis = {
            "departement": "" if f.departement in self.departements[:1] else f.departement,
            "epci": f.epci,
            "mois": f.mois if self.mois and f.mois != self.mois[-1] else "",
        }
        retenus = {nom: valeur for nom, valeur in choisis.items() if valeur}
        return f"?{urlencode(retenus)}" if retenus else ""

    @property
    def pastille(self) -> str | None:
        """The month, when it is not the last one."""
        ancien = bool(self.mois) and self.filtres.mois != self.mois[-1]
        return nom_mois(self.filtres.mois) if ancien else None


@dataclass(frozen=True, slots=True)
class Vue:
    """A page: what stands before its filters (its title), its filters, those folded, the rest."""

    contenu: Any
    tete: Any = None
    filtres: Sequence[Filtre] = ()
    reglages: Sequence[Filtre] = ()
    suite: str | None = None
    pastille: str | None = None


Faire = Callable[[Contexte], Any]


def lire_contexte(adresse: dict[str, str], *, charges: bool = False) -> Contexte | None:
    """Return what an address asks of the published version, None while nothing is published.

    With `charges`, months that are loaded and not controlled yet count too.
    """
    v = lecture()
    filtres = lire_filtres(v, adresse, charges=charges) if v else None
    return Contexte(v, filtres, adresse) if v and filtres else None


def contexte_affiche(recherche: str | None) -> Contexte | None:
    """Return what the address of the page on the screen asks, from what follows its « ? »."""
    return lire_contexte(dict(parse_qsl((recherche or "").removeprefix("?"))))


def contexte_exact(adresse: dict[str, str], *, charges: bool = False) -> Contexte:
    """Return what an address asks, for what is taken away; raise Refus when any of it is missing.

    A page shows what it has and says so; a file would be read as what its name says.
    """
    c = lire_contexte(adresse, charges=charges)
    if c is None:
        raise Refus("Aucun mois n'est encore publié", que_faire="Contrôler une livraison.")
    exiger(c.v, c.filtres, adresse)
    return c


def page(vue: Faire, *, charges: bool = False) -> Callable[..., Vue]:
    """Turn what makes a page of a Contexte into what Dash calls: never a traceback, a way on.

    With `charges`, it is also shown before any month is controlled.
    """

    @functools.wraps(vue)
    def disposition(**adresse: str | list[str]) -> Vue:
        if not flask.has_request_context():
            return Vue(html.Div())
        try:
            demandee = {cle: premiere for cle, un in adresse.items() if (premiere := _premiere(un))}
            with _decisions():
                return _montrer(vue, demandee, charges=charges)
        except Refus as refus:
            return Vue(_dire(refus))
        except Exception:  # noqa: BLE001 - a person reads a sentence, the log the rest
            JOURNAL.exception("page en échec")
            return Vue(
                _aide(
                    "Cette page n'a pas pu être préparée",
                    "Actualiser la page. Si cela dure, le signaler avec l'heure et l'adresse.",
                )
            )

    return disposition


def _decisions() -> contextlib.AbstractContextManager[None]:
    """Have a page tell one state of what was decided."""
    magasin = magasin_present(lecteur().dossier.racine)
    return magasin.d_un_trait() if magasin else contextlib.nullcontext()


def _premiere(valeur: str | list[str]) -> str:
    """Return the value of a parameter of an address, the first one when it comes again."""
    return valeur if isinstance(valeur, str) else valeur[0]


def _montrer(faire: Faire, adresse: dict[str, str], *, charges: bool) -> Vue:
    c = lire_contexte(adresse, charges=charges)
    if c is None and lire_contexte(adresse, charges=True):
        return Vue(_a_controler())
    if c is None:
        return Vue(_a_deposer())
    autres = [f"{un.absent} : {un.montre}." for un in ecarts(c.filtres, c.adresse)]
    autres += _remplacee(c)
    faite = faire(c)
    vue = faite if isinstance(faite, Vue) else Vue(faite)
    contenu = html.Div([_prevenir(autres), vue.contenu]) if autres else vue.contenu
    return replace(vue, contenu=contenu, suite=c.suite, pastille=c.pastille)


def _remplacee(c: Contexte) -> list[str]:
    """Say that the values of the month are those of a delivery that was replaced since."""
    une = c.v.version.trouver(c.filtres.departement, c.filtres.mois)
    if une is None or une.avant is None:
        return []
    phrase = (
        f"Une livraison a remplacé celle {de_mois(c.filtres.mois)} : les valeurs montrées sont "
        "celles d'avant, et changeront au prochain contrôle."
    )
    return [phrase]


def _prevenir(phrases: list[str]) -> html.Div:
    return html.Div(
        [html.P(phrase) for phrase in phrases], className="avertissement", role="status"
    )


def _a_deposer() -> html.Div:
    if not acces().peut(Action.DEPOSER):
        return _aide(AUCUN, ATTENDRE)
    return _aide(
        AUCUN,
        "Déposer une livraison, puis la contrôler : cette page se remplira d'elle-même.",
        lien("Déposer une livraison", "/depot"),
    )


def _a_controler() -> html.Div:
    if not acces().peut(Action.DEPOSER):
        return _aide(AUCUN, ATTENDRE)
    aide = _aide(
        "Des livraisons sont chargées, aucun mois n'est encore contrôlé",
        "Les contrôler : les indicateurs du mois seront publiés, et cette page se remplira "
        "d'elle-même.",
        lien("Contrôler et publier", "/depot"),
    )
    return html.Div([aide, html.P(lien("Voir les livraisons chargées", "/livraisons"))])


def _dire(refus: Refus) -> html.Div:
    """Say what was asked and is not there, as the title of the page, and what to do."""
    retour = html.P(lien("Revenir à l'accueil", "/"))
    return html.Div([titre(majuscule(refus.quoi)), html.P(refus.que_faire), retour])


def _aide(message: str, que_faire: str, vers: Any = None) -> html.Div:  # noqa: ANN401
    """Say what is missing and what to do; `vers` leads there, if it may, else to the accueil."""
    suite = html.P(vers or lien("Revenir à l'accueil", "/"))
    return html.Div([titre("Infocentre"), vide(message, que_faire), suite])
