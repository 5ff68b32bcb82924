"""Départements read together: a region, all of them, an EPCI that lies in several.

What is asked, and what of it is there at a month: the départements that have no arrêté of it are
told, and left out of what is summed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from infocentre.acces.perimetre import TOUS
from infocentre.contrat.territoires import (
    departements as du_referentiel,
)
from infocentre.contrat.territoires import (
    nom_departement,
    noms_des_epcis,
    territoires,
)
from infocentre.identite.ailleurs import en_double
from infocentre.lecture.commun import departements, mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import compter, entier, enumerer
from infocentre.noyau.temps import de_mois, nom_mois

DEUX_FOIS = "Qui a une demande dans deux départements y est compté deux fois."


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Départements that are asked together; `epci` is the one that is read alone in them."""

    nom: str
    departements: tuple[str, ...]
    epci: str = ""


@dataclass(frozen=True, slots=True)
class Reunion:
    """What of an ensemble is there at a month.

    `absents`: the last controlled month of each other département, '' of one that has none, or
    that the reader does not see, when there are such (`partielle`).
    """

    ensemble: Ensemble
    mois: str
    presents: tuple[str, ...]
    absents: Mapping[str, str]
    partielle: bool = False

    @property
    def lieux(self) -> tuple[tuple[str, str], ...]:
        """The (département, month) that are there."""
        return tuple((un, self.mois) for un in self.presents)

    def dire_absents(self) -> str:
        """Say which départements are not summed, and why; '' when all are."""
        dits = [
            f"{nom_departement(un)} (dernier arrêté : {nom_mois(mois)})"
            if mois
            else nom_departement(un)
            for un, mois in self.absents.items()
        ]
        if not dits:
            return ""
        combien = len(self.ensemble.departements)
        sans = f"sans arrêté {de_mois(self.mois)}"
        if self.partielle:
            sans += ", ou non ouverts à qui lit"
        return (
            f"{self.ensemble.nom} : {len(self.presents)} sur {combien} départements ; {sans} : "
            f"{enumerer(dits)}."
        )


def regions(v: Lecture) -> dict[str, str]:
    """Return {code: name} of the regions of which several départements are published, by name."""
    connus = du_referentiel()
    vus = [connus[un] for un in departements(v) if un in connus]
    codes = [un.region for un in vus]
    noms = {un.region: un.region_nom for un in vus if codes.count(un.region) > 1}
    return dict(sorted(noms.items(), key=lambda un: un[1]))


def ensemble_de(v: Lecture, *, region: str | None = None, epci: str | None = None) -> Ensemble:
    """Return the départements of a region, or of an EPCI; all those published for TOUS, or neither.

    Raises:
        Refus: there is no such region or EPCI, or fewer than two départements are seen.
    """
    if epci:
        return _de_l_epci("".join(epci.split()))  # 200 054 807, as it is printed
    if region and region != TOUS:
        return exiger_plusieurs(v, _de_la_region(region.strip().upper().removeprefix("R")))
    return exiger_plusieurs(v, Ensemble("Tous les départements", tuple(departements(v))))


def _de_la_region(code: str) -> Ensemble:
    siens = [un for un in du_referentiel().values() if un.region == code.zfill(2)]
    if not siens:
        codes = {un.region: un.region_nom for un in du_referentiel().values() if un.region}
        raise Refus(
            f"la région « {code} » n'existe pas",
            que_faire="Régions : "
            + ", ".join(f"{un} {nom}" for un, nom in sorted(codes.items()))
            + ".",
        )
    return Ensemble(siens[0].region_nom, tuple(sorted(un.code for un in siens)))


def _de_l_epci(siren: str) -> Ensemble:
    siens = {un.departement for un in territoires().values() if un.actuelle and un.epci == siren}
    nom = noms_des_epcis().get(siren)
    if nom is None or not siens:
        raise Refus(
            f"l'EPCI « {siren} » n'existe pas, ou n'existe plus",
            que_faire="Donner le SIREN d'un EPCI d'aujourd'hui (9 chiffres).",
        )
    return Ensemble(nom, tuple(sorted(siens)), siren)


def exiger_plusieurs(v: Lecture, un: Ensemble) -> Ensemble:
    """Return an ensemble; raise Refus unless the reader sees two of its départements."""
    vus = [d for d in departements(v) if d in un.departements]
    if len(vus) < 2:  # noqa: PLR2004 - one alone is read by its own name
        raise Refus(
            f"{un.nom} : moins de deux départements sont publiés et ouverts à ce compte",
            que_faire="Un seul se lit sur ses propres pages, ou par --departement.",
        )
    return un


def reunir(
    v: Lecture, un: Ensemble, mois: str | None = None, entre: tuple[str, str] | None = None
) -> Reunion:
    """Return what of an ensemble is there at a month, by default the last one that all have.

    Without such a month, it is the last one of any. `entre`: the first month and the last that it
    may be.

    Raises:
        Refus: no département has that month, or one of these.
    """
    publies = {d: mois_controles(v, d) for d in un.departements if d in departements(v)}
    if not publies:
        raise Refus(
            f"{un.nom} : aucun département n'y est publié et ouvert à ce compte",
            que_faire="Charger et contrôler leurs livraisons.",
        )
    voulu = mois or _dernier(publies.values(), entre)
    presents = tuple(d for d, siens in publies.items() if voulu in siens)
    if not presents:
        raise Refus(
            f"{un.nom} : aucun département n'a d'arrêté du mois {voulu}"
            if voulu
            else f"{un.nom} : aucun département n'a d'arrêté de cette période",
            que_faire="Derniers arrêtés : "
            + ", ".join(f"{nom_departement(d)} {siens[-1]}" for d, siens in publies.items())
            + ".",
        )
    absents = {
        d: publies[d][-1] if d in publies else "" for d in un.departements if d not in presents
    }
    partielle = not all(v.p.voit(d) for d in un.departements)
    return Reunion(un, voulu, presents, absents, partielle)


def _dernier(publies: Iterable[Sequence[str]], entre: tuple[str, str] | None) -> str:
    """Return the last month that all have, else the last of any, '' for none between the bounds."""
    premier, dernier = entre or ("", "9999-12")
    siens = [{m for m in un if premier <= m <= dernier} for un in publies]
    return max(set.intersection(*siens) or set.union(*siens), default="")


def dire_doubles(v: Lecture, reunion: Reunion) -> str:
    """Say how many demandes are of persons counted in another département, '' for one alone.

    To who may not read small counts, only that there may be some.
    """
    if len(reunion.presents) < 2:  # noqa: PLR2004 - there is no other
        return ""
    if v.p.petits_masques or v.p.partiel or not v.p.nominatif:
        return DEUX_FOIS
    epci = reunion.ensemble.epci
    siennes = {code for code, un in territoires().items() if un.epci == epci} if epci else None
    livraisons = [v.version.publiee(d, mois) for d, mois in reunion.lieux]
    trouve = en_double(v.dossier, [une for une in livraisons if une], siennes)
    actives = compter(trouve.actives, "demande active", "demandes actives")
    combien = entier(trouve.nombre)
    if not trouve.exact:
        return (
            f"{actives}, dont jusqu'à {combien} en double d'un département à l'autre : sans tous "
            "les noms, seules les dates de naissance sont comparées."
        )
    regle = "exact : mêmes nom, prénom et date de naissance"
    if not trouve.nombre:
        return f"{actives}, aucune en double d'un département à l'autre ({regle})."
    return (
        f"{actives}, dont {combien} en double d'un département à l'autre ({regle}) : "
        f"{entier(trouve.actives - trouve.nombre)} en comptant chaque personne une fois."
    )
