"""What may be shared of the policy of attributions: all its counts of a year, masked together.

One system for every EPCI of a département: the bilan of one gives away nothing of another's. What
other documents print of the same attributions (those of a réservataire, of a bailleur on what
nobody reserved, of a commune) is taken as known, and is not told again here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace

from infocentre.lecture.commun import derniers
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.objectifs import (
    INCONNU,
    NON_RESERVE,
    PREFET,
    TOUT,
    Compte,
    Faits,
    Lieu,
    Suivie,
    lire_faits,
    somme,
)
from infocentre.lecture.partage import seuil_secret
from infocentre.mesures.diffusions import Registre, Systeme, masquer_et_inscrire
from infocentre.mesures.secret import (
    COMMUNE,
    ESSENTIELLE,
    INITIES,
    INVISIBLE,
    ORDINAIRE,
    PUBLIEE,
    Somme,
)

SUJET = "politique-attribution"
AUTRES = "AUTRES"  # réservataires
# What a cell counts, then its place. « -x »: those of the same attributions that x does not count.
Cellule = tuple[str, str, str, str]
_SUR: Mapping[Suivie, str] = {"mixite_hors_qpv": "hors_qpv", "mixite_en_qpv": "en_qpv"}
_PRIX = {"": ESSENTIELLE, "reservataire": COMMUNE, "bailleur": ORDINAIRE, "commune": ORDINAIRE}
_CACHEES = ("-", "ni_", "sans_")


def reunir(faits: Faits) -> Faits:
    """Return the counts with the réservataires that nobody knows told among the others.

    As the shared table by réservataire does: too few, they would hide a whole one.
    """
    series: dict[tuple[Suivie, Lieu], dict[str, Compte]] = {}
    for (mesure, lieu), serie in faits.series.items():
        inconnu = lieu.axe == "reservataire" and lieu.code in {INCONNU, "HL"}
        ici = series.setdefault((mesure, lieu._replace(code=AUTRES) if inconnu else lieu), {})
        for mois, un in serie.items():
            ici[mois] = ici.get(mois, Compte()).plus(un)
    return replace(faits, series=series)


def sur(mesure: Suivie, lieu: Lieu) -> Cellule:
    """Return the cell of the attributions that a measure is out of."""
    non_reserves = mesure == "prioritaires" and lieu.axe == "bailleur"
    return ("non_reserves" if non_reserves else _SUR.get(mesure, "toutes"), *lieu)


def cellules(mesure: Suivie, lieu: Lieu) -> tuple[Cellule, Cellule]:
    """Return the cells of what a measure counts somewhere, and of what it is out of."""
    return (mesure, *lieu), sur(mesure, lieu)


def se_dit(mesure: Suivie, lieu: Lieu) -> bool:
    """Tell whether a measure is shared somewhere: by whom in an EPCI, in whole everywhere."""
    if lieu.axe == "commune":
        return mesure != "prioritaires"
    return lieu.epci != TOUT or not lieu.axe


def _compte(mesure: Suivie, lieu: Lieu) -> bool:
    """Tell whether a measure somewhere is of the system: what is shared, or known by others."""
    if lieu.epci == TOUT and lieu.axe == "bailleur":
        return mesure == "prioritaires"
    return True


def _connue(une: Cellule) -> bool:
    """Tell whether other documents print a count, unless it is a small one."""
    quoi, epci, axe, _ = une
    return (
        (epci == TOUT and axe in {"", "reservataire"})
        or (epci == TOUT and quoi == "non_reserves")
        or (axe == "commune" and quoi == "toutes")
    )


def systeme(faits: Faits, annee: str) -> Systeme:
    """Return the counts of a year and every sum that binds them."""
    valeurs: dict[Cellule, int] = {}
    dites = [une for une in faits.series if _compte(*une)]
    for mesure, lieu in dites:
        un = somme(faits.series[mesure, lieu], annee)
        valeurs |= {
            (mesure, *lieu): un.realise,
            (f"-{mesure}", *lieu): un.sur - un.realise,
            sur(mesure, lieu): un.sur,
        }
    sommes = [Somme(sur(*une), (cellules(*une)[0], (f"-{une[0]}", *une[1]))) for une in dites]
    # What is left of a total once its known parts are taken: neither in QPV nor out, not DALO.
    for quoi, parts, reste in (
        ("toutes", tuple(_SUR.values()), "ni_hors_ni_en_qpv"),
        ("prioritaires", ("dalo",), "sans_dalo"),
    ):
        for une in [une for une in valeurs if une[0] == quoi and _se_partage(une)]:
            connues = [voisine for nom in parts if (voisine := _autre(une, nom)) in valeurs]
            valeurs[_autre(une, reste)] = valeurs[une] - sum(valeurs[autre] for autre in connues)
            sommes.append(Somme(une, (*connues, _autre(une, reste))))
    return Systeme(valeurs, [*sommes, *_sommes(valeurs)])


def _sommes(valeurs: Mapping[Cellule, int]) -> Iterator[Somme]:
    """Yield the totals that the parts of a place make, and those that EPCI make."""
    parts: defaultdict[tuple[Cellule, str], list[Cellule]] = defaultdict(list)
    for une in valeurs:
        quoi, epci, axe, code = une
        if epci != TOUT and axe != "commune":
            parts[(quoi, TOUT, axe, code), "epci"].append(une)
        if axe:
            parts[_ensemble(quoi, epci, axe), axe].append(une)
        if quoi == "toutes" and axe == "reservataire" and code in PREFET:
            parts[("contingent", epci, "", ""), "prefet"].append(une)
    for (total, _), siennes in parts.items():
        if total in valeurs:
            yield Somme(total, tuple(siennes))


def _autre(une: Cellule, quoi: str) -> Cellule:
    """Return another count of the same place."""
    return (quoi, *une[1:])


def _se_partage(une: Cellule) -> bool:
    """Tell whether what is left of a count is told: QPV not by réservataire, DALO by EPCI only."""
    return une[2] == "" or (une[0] == "toutes" and une[2] == "commune")


def _ensemble(quoi: str, epci: str, axe: str) -> Cellule:
    """Return the total of which the cells of an axis are the parts."""
    if axe == "bailleur" and quoi in {"non_reserves", "prioritaires", "-prioritaires"}:
        tous = "toutes" if quoi == "non_reserves" else quoi
        return (tous, epci, "reservataire", NON_RESERVE)
    return (quoi, epci, "", "")


def _detenteurs(une: Cellule) -> tuple[Hashable, ...]:
    """Return who knows a cell: its bailleur, the préfet; whoever it may be when nobody says it."""
    _, _, axe, code = une
    if axe == "bailleur":
        return (INITIES if code == INCONNU else code,)
    return ("prefet",) if axe == "reservataire" and code in PREFET else ()


def _prix(une: Cellule, valeur: int, seuil: int) -> float:
    if _connue(une) and not 0 < valeur < seuil:
        return PUBLIEE
    return INVISIBLE if une[0].startswith(_CACHEES) else _PRIX[une[2]]


@derniers(4)
def masquees(v: Lecture, departement: str, mois: str) -> frozenset[Hashable]:
    """Return the cells of the year up to a month that are not shared; they enter the register.

    Raises:
        Refus: the register of diffusions is damaged, or refuses the edition.
    """
    lu = systeme(reunir(lire_faits(v, departement, mois)), mois[:4])
    seuil = seuil_secret(v)
    prix: dict[Hashable, float] = {
        une: _prix(une, valeur, seuil) for une, valeur in lu.valeurs.items()
    }
    registre = Registre(v.dossier.diffusions / departement / SUJET / mois)
    return masquer_et_inscrire(registre, lu, seuil, prix=prix, detenteurs=_detenteurs)
