"""The step from a query to an indicator: its form, and what the rule says of past months."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Callable, Mapping
from typing import Any

import flask
from markupsafe import Markup

from infocentre.catalogue import MOTS
from infocentre.catalogue.familles import SANS_FAMILLE, famille, familles
from infocentre.catalogue.modele import Seuils
from infocentre.graphiques import Point, courbe, seuils_etats
from infocentre.lecture.commun import catalogue
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import accorder, clef_de_tri
from infocentre.noyau.imputables import PERSONNE
from infocentre.noyau.temps import nom_mois
from infocentre.requetes.candidat import Apercu, MoisApercu
from infocentre.requetes.ebauche import A_COMPLETER, completer, en_yaml
from infocentre.requetes.proposition import Proposition

IMPUTABLES = (
    ("guichet", "guichet"),
    ("gestionnaire", "gestionnaire"),
    (PERSONNE, "personne : contexte, sans couleur"),
)
REMEDES = tuple((remede, f"{remede} : {mots.reste}") for remede, mots in MOTS.items())
CHANGEMENTS_MAX = 500
OPTIONS = tuple(
    (
        "population applicable anomalie explication imputable libelle reference remede "
        "encore_possible"
    ).split()
)
ECRITS = (
    "population applicable anomalie explication imputable libelle famille reference pourquoi "
    "correction remede encore_possible"
).split()


def formulaire_candidat(code: str, champs: Mapping[str, Any], departement: str) -> str:
    """Return the form of a rule, filled with the fields of its YAML file."""
    seuils = champs.get("seuils") or {}
    ecrits = {**champs, **{nom: f"{100 * taux:g}" for nom, taux in seuils.items()}}
    codes = list(familles())
    if champs.get("famille") not in codes:
        codes.append(SANS_FAMILLE)
    return flask.render_template(
        "candidat.html",
        code=code,
        departement=departement,
        champs=ecrits,
        populations=[(un.nom, f"{un.nom} – {un.objet}") for un in catalogue().populations.values()],
        familles=[(un, famille(un).titre) for un in codes],
        imputables=IMPUTABLES,
        remedes=REMEDES,
    )


def lire_champs(textes: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of the YAML file that a filled form gives; empty ones are left out."""
    champs: dict[str, Any] = {nom: textes[nom].strip() for nom in ECRITS if textes.get(nom)}
    if textes.get("tolerance_zero"):
        champs |= {"tolerance_zero": True, "seuils": None}
    elif champs.get("imputable") == PERSONNE:
        champs["seuils"] = None
    else:
        champs["seuils"] = {nom: _ratio(textes.get(nom, "")) for nom in Seuils.model_fields}
    return champs


def champs_de_regle(code: str, textes: Mapping[str, str]) -> dict[str, Any]:
    """Return the whole definition: of a new indicator, or of the one in force with its changes.

    A changed rule is a new version of its indicator, from this month.
    """
    lus = lire_champs(textes)
    en_vigueur = catalogue().indicateurs.get(code)
    if en_vigueur is None:
        regle = (lus.get("population", ""), lus.get("applicable"), lus.get("anomalie", ""))
        return completer(code, Proposition(*regle), lus)
    avant = en_vigueur.model_dump(mode="json", exclude_defaults=True)
    champs = avant | dict.fromkeys(("applicable", "reference", "encore_possible")) | lus
    if any(champs.get(nom) != avant.get(nom) for nom in ("population", "applicable", "anomalie")):
        mois = f"{dt.datetime.now().astimezone():%Y-%m}"
        champs |= {"version": en_vigueur.version + 1, "depuis": mois}
    return {nom: valeur for nom, valeur in champs.items() if valeur is not None}


def _ratio(pourcent: str) -> float | str:
    """Return 0.05 for « 5 » or « 5 % »; what is no number is left for the catalogue to refuse."""
    try:
        return round(float(pourcent.replace(",", ".").replace("%", "").strip()) / 100, 6)
    except ValueError:
        return pourcent


def montrer_apercu(apercu: Apercu, champs: Mapping[str, Any], largeur: float) -> str:
    """Return what a rule would have said of past months, and what to do with it."""
    dernier = apercu.mois[-1]
    description = f"Taux {_fenetre(apercu)}, {len(apercu.mois)} mois"
    return flask.render_template(
        "apercu.html",
        code=apercu.indicateur.code,
        titre=_titre(apercu),
        resume=_resume(apercu, dernier),
        description=description,
        dessin=Markup(_dessin(apercu, description, largeur)),  # noqa: S704 - drawn by infocentre.graphiques
        fenetre=_fenetre(apercu),
        compare=apercu.compare,
        colonnes=_colonnes(apercu),
        mois=[_mois(apercu, un) for un in reversed(apercu.mois)],
        changements=_changements(apercu, lambda mois: mois == dernier.mois),
        autres=_changements(apercu, lambda mois: mois != dernier.mois),
        dernier=nom_mois(dernier.mois),
        commande=_commande(apercu.indicateur.code, champs),
        restes=[nom for nom, valeur in champs.items() if str(valeur).startswith(A_COMPLETER)],
        etats=Etat,
        yaml=en_yaml(champs),
    )


def _titre(apercu: Apercu) -> str:
    quoi = "règle changée" if apercu.compare else "indicateur nouveau"
    return f"{apercu.indicateur.code}, {quoi}"


def _fenetre(apercu: Apercu) -> str:
    return "du mois" if apercu.au_mois else "des 12 mois"


def _colonnes(apercu: Apercu) -> list[str]:
    en_vigueur = ["Taux en vigueur"] if apercu.compare else []
    return [
        "Anomalies",
        "Effectif",
        "Taux",
        *en_vigueur,
        "Entrent",
        "Sortent",
        "Guichets qui changent",
    ]


def _changements(apercu: Apercu, retenir: Callable[[str], bool]) -> list[dict[str, str]]:
    """Return the guichets that change state in some months, the last month first."""
    retenus = [un for un in apercu.changements if retenir(un.mois)]
    retenus.sort(key=lambda un: clef_de_tri(un.nom or un.guichet))
    return [
        {
            "nom": un.nom or un.guichet,
            "mois": nom_mois(un.mois),
            "avant": un.etat_avant,
            "etat": un.etat,
        }
        for un in sorted(retenus, key=lambda un: un.mois, reverse=True)
    ][:CHANGEMENTS_MAX]


def _commande(code: str, champs: Mapping[str, Any]) -> str:
    """Return the command that writes this candidate and its test rows."""
    options = {nom: champs.get(nom) for nom in OPTIONS}
    options |= {nom: f"{100 * taux:g}" for nom, taux in (champs.get("seuils") or {}).items()}
    mots = [
        f"--{nom.replace('_', '-')} {shlex.quote(str(valeur))}"
        for nom, valeur in options.items()
        if valeur and not str(valeur).startswith(A_COMPLETER)
    ]
    mots += ["--tolerance-zero"] if champs.get("tolerance_zero") else []
    return " \\\n  ".join([f"infocentre candidat {code}", *mots, "--ecrire"])


def _resume(apercu: Apercu, dernier: MoisApercu) -> str:
    juges = _juges(apercu, dernier)
    changent = sum(un.mois == dernier.mois for un in apercu.changements)
    return (
        f"{nom_mois(dernier.mois).capitalize()} : "
        f"{accorder(juges[0] or 0, 'anomalie', 'anomalies')} sur "
        f"{accorder(juges[1] or 0, 'unité', 'unités')} {_fenetre(apercu)} ; "
        f"{accorder(dernier.entrent or 0, 'entre', 'entrent')}, "
        f"{accorder(dernier.sortent or 0, 'sort', 'sortent')} ; "
        f"{accorder(changent, 'guichet change', 'guichets changent')} d'état."
    )


def _juges(apercu: Apercu, un: MoisApercu) -> tuple[int | None, int | None, float | None]:
    """Return anomalies, effectif and rate in the window that is judged."""
    if apercu.au_mois:
        return un.numerateur, un.denominateur, un.taux
    return un.numerateur_12m, un.denominateur_12m, un.taux_12m


def _mois(apercu: Apercu, un: MoisApercu) -> dict[str, Any]:
    numerateur, denominateur, taux = _juges(apercu, un)
    return {
        "nom": nom_mois(un.mois),
        "numerateur": numerateur,
        "denominateur": denominateur,
        "taux": taux,
        "taux_avant": un.taux_avant,
        "entrent": un.entrent,
        "sortent": un.sortent,
        "changent": sum(c.mois == un.mois for c in apercu.changements),
        "etat": un.etat,
    }


def _dessin(apercu: Apercu, description: str, largeur: float) -> str:
    seuils = apercu.indicateur.seuils
    points = [
        Point(
            un.mois,
            _juges(apercu, un)[2],
            autre=un.taux_avant if apercu.compare else None,
        )
        for un in apercu.mois
    ]
    return courbe(
        points,
        description,
        seuils=seuils_etats(seuils.orange, seuils.rouge) if seuils else (),
        nom_autre="règle en vigueur" if apercu.compare else None,
        dimensions=(largeur, 260),
    )
