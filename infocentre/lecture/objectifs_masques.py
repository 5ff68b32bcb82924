"""What may be shared of the policy of attributions: all its counts of a year, masked together.

One system for every EPCI of a département: the bilan of one gives away nothing of another's. The
bilan by réservataire tells of the same attributions whose they are and in which commune: it is
decided first and is a part of this system, where what it masks stays masked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from types import MappingProxyType

from infocentre.contrat.territoires import territoires
from infocentre.lecture import reservataires_masques as reserves
from infocentre.lecture.commun import derniers
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.objectifs import (
    INCONNU,
    NON_RESERVE,
    PREFET,
    TOUT,
    Faits,
    Lieu,
    Suivie,
    lire_faits,
    somme,
)
from infocentre.lecture.partage import partages, seuil_secret
from infocentre.lecture.reservataires import incalculable
from infocentre.lecture.reservataires_masques import TOTAL, Cellule, Comptes, Place, avec
from infocentre.mesures.declarations import Role
from infocentre.mesures.diffusions import SEUL, Registre, Systeme, masquer_et_inscrire
from infocentre.mesures.plans import reperes
from infocentre.mesures.secret import ESSENTIELLE, INVISIBLE, ORDINAIRE, PUBLIEE, Somme
from infocentre.mesures.tableaux import tableaux

# What a cell counts may be « -x »: those of the same attributions that x does not count.
_SUR: Mapping[Suivie, str] = {"mixite_hors_qpv": "hors_qpv", "mixite_en_qpv": "en_qpv"}
_CACHEES = ("-", "ni_", "sans_")
# What the standard tables print of the year, each month, then in December: role, column, name here.
_IMPRIMES: tuple[tuple[Role, str, str], ...] = (
    ("logement_dabord", "attributions_annee", "logement_dabord"),
)
_EN_DECEMBRE: tuple[tuple[Role, str, str], ...] = (
    ("prioritaires", "prioritaires", "prioritaires"),
    ("prioritaires", "dalo", "dalo"),
    ("territoires", "attributions", "toutes"),
    ("mixite_hors_qpv", "attributions_hors_qpv", "hors_qpv"),
    ("mixite_hors_qpv", "premier_quartile_ou_anru", "mixite_hors_qpv"),
    ("mixite_en_qpv", "attributions_en_qpv", "en_qpv"),
    ("mixite_en_qpv", "quartiles_2_a_4", "mixite_en_qpv"),
)
# The zone that the bilan by réservataire tells of what measures are out of.
_ZONES = {"toutes": TOUT, "hors_qpv": "HQPV", "en_qpv": "QPV", "ni_hors_ni_en_qpv": INCONNU}


def sur(mesure: Suivie, lieu: Lieu) -> Cellule:
    """Return the cell of the attributions that a measure is out of."""
    non_reserves = mesure == "prioritaires" and lieu.axe == "bailleur"
    return ("non_reserves" if non_reserves else _SUR.get(mesure, "toutes"), *lieu)


def cellules(mesure: Suivie, lieu: Lieu) -> tuple[Cellule, Cellule]:
    """Return the cells of what a measure counts somewhere, and of what it is out of."""
    return (mesure, *lieu), sur(mesure, lieu)


def se_dit(lieu: Lieu) -> bool:
    """Tell whether a place is shared: in whole, and by bailleur in an EPCI.

    Whose the attributions are and in which commune, the bilan by réservataire tells.
    """
    return not lieu.axe or (lieu.axe == "bailleur" and lieu.epci != TOUT)


def _compte(mesure: Suivie, lieu: Lieu) -> bool:
    """Tell whether a measure somewhere is of the system: what is shared, and what binds it."""
    if lieu.axe == "reservataire":
        return mesure == "prioritaires" and lieu.code == NON_RESERVE
    return se_dit(lieu) or (mesure == "prioritaires" and lieu.axe == "bailleur")


def systeme(faits: Faits, annee: str, reservees: Comptes) -> Systeme:
    """Return the counts of a year and every sum that binds them, by `nommer`.

    Those of the bilan by réservataire are of them: what both count is one count.
    """
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
        for une in [une for une in valeurs if une[0] == quoi and not une[2]]:
            connues = [voisine for nom in parts if (voisine := (nom, *une[1:])) in valeurs]
            valeurs[reste, *une[1:]] = valeurs[une] - sum(valeurs[autre] for autre in connues)
            sommes.append(Somme(une, (*connues, (reste, *une[1:]))))
    par_commune = _par_commune(reservees)
    for une, siennes in par_commune.items():
        valeurs.setdefault(une, sum(reservees.valeurs[place] for place in siennes))
    return _relier(valeurs, [*sommes, *_sommes(valeurs)], par_commune, reservees)


def _relier(
    valeurs: Mapping[Cellule, int],
    sommes: Sequence[Somme],
    par_commune: Mapping[Cellule, Sequence[Place]],
    reservees: Comptes,
) -> Systeme:
    """Return one system of counts and of those of the bilan by réservataire."""

    def nommer(une: Cellule) -> Cellule | Place:
        place = _place(une)
        return place if place and reservees.valeurs.get(place) == valeurs[une] else une

    return Systeme(
        {**reservees.valeurs, **{nommer(une): valeur for une, valeur in valeurs.items()}},
        [
            *reservees.sommes,
            *(
                Somme(nommer(une.total), tuple(nommer(part) for part in une.parts))
                for une in sommes
            ),
            *(
                Somme(une, tuple(siennes))
                for une, siennes in par_commune.items()
                if valeurs[une] == sum(reservees.valeurs[place] for place in siennes)
            ),
        ],
    )


def _place(une: Cellule) -> Place | None:
    """Return where the bilan by réservataire counts the same, None when it does not."""
    quoi, epci, axe, code = une
    if epci != TOUT:
        return None
    if quoi == "non_reserves":
        return avec(avec(TOTAL, 0, NON_RESERVE), 1, code)
    if quoi not in _ZONES or axe == "bailleur":
        return None
    return avec(avec(TOTAL, 3, _ZONES[quoi]), 0, code or TOUT)


def _par_commune(reservees: Comptes) -> Mapping[Cellule, Sequence[Place]]:
    """Return the counts of communes that make those of their EPCI, in whole and by réservataire."""
    parts: defaultdict[Cellule, list[Place]] = defaultdict(list)
    for place in reservees.valeurs:
        qui, *_, commune = place
        if commune != TOUT and qui in {TOUT, NON_RESERVE, *PREFET}:
            connue = territoires().get(commune)
            axe = ("", "") if qui == TOUT else ("reservataire", qui)
            parts["toutes", (connue.epci if connue else None) or INCONNU, *axe].append(place)
    return parts


def _sommes(valeurs: Mapping[Cellule, int]) -> Iterator[Somme]:
    """Yield the totals that the bailleurs of a place make, and those that EPCI make."""
    parts: defaultdict[tuple[Cellule, str], list[Cellule]] = defaultdict(list)
    for une in valeurs:
        quoi, epci, axe, code = une
        if epci != TOUT:
            parts[(quoi, TOUT, axe, code), "epci"].append(une)
        if axe == "bailleur":
            parts[_ensemble(quoi, epci), axe].append(une)
        if quoi == "toutes" and code in PREFET:
            parts[("contingent", epci, "", ""), "prefet"].append(une)
    for (total, _), siennes in parts.items():
        if total in valeurs:
            yield Somme(total, tuple(siennes))


def _ensemble(quoi: str, epci: str) -> Cellule:
    """Return the total of which the cells of bailleurs are the parts."""
    if quoi in {"non_reserves", "prioritaires", "-prioritaires"}:
        tous = "toutes" if quoi == "non_reserves" else quoi
        return (tous, epci, "reservataire", NON_RESERVE)
    return (quoi, epci, "", "")


def _prix(une: Cellule | Place) -> float:
    match une:
        case (_, _, _, _, _):
            return ORDINAIRE
        case (quoi, epci, axe, _):
            cachee = quoi.startswith(_CACHEES)
            if cachee or axe == "reservataire" or (axe and epci == TOUT):
                return INVISIBLE
            return ORDINAIRE if axe else ESSENTIELLE


@derniers(4)
def masquees(v: Lecture, departement: str, mois: str) -> frozenset[Hashable]:
    """Return the cells of the year up to a month that are not shared; they enter the register.

    Raises:
        Refus: the register of diffusions is damaged, or refuses the edition.
    """
    faits, seuil = lire_faits(v, departement, mois), seuil_secret(v)
    calculable = not incalculable(v, departement, mois)
    reservees = reserves.compter(v, departement, mois) if calculable else Comptes({}, frozenset())
    deja = reserves.registre(v, departement, mois).systemes(SEUL)
    siennes = reserves.registre(v, departement, mois, reserves.POLITIQUE)
    dits = imprimes(v, departement, mois)
    return masquer(systeme(faits, mois[:4], reservees), reservees, seuil, siennes, deja, dits)


def imprimes(v: Lecture, departement: str, mois: str) -> dict[Cellule, object]:
    """Return what the standard tables of a month print of the same counts: MASQUE, or a number.

    It is theirs, or that of a row that others join.
    """
    en_decembre = _EN_DECEMBRE if mois.endswith(reserves.DECEMBRE) else ()
    dits: dict[Cellule, object] = {}
    montres = partages(v, departement, mois)
    for role, nom, quoi in (*_IMPRIMES, *en_decembre):
        code, par_epci = tableaux().code(role), tableaux().du_role(role).declare.par_epci
        for une in montres[code].lignes if code in montres else ():
            sienne = reperes(une)
            ou = sienne["code"]
            if role == "prioritaires" and ou != TOUT:
                dits[quoi, TOUT, "reservataire", ou] = une[nom]
            elif ou == TOUT or (par_epci and sienne.get("niveau", "epci") == "epci"):
                dits[quoi, ou, "", ""] = une[nom]
    return dits


def masquer(
    lu: Systeme,
    reservees: Comptes,
    seuil: int,
    registre: Registre | None = None,
    deja: Sequence[Systeme] = (),
    dits: Mapping[Cellule, object] = MappingProxyType({}),
) -> frozenset[Hashable]:
    """Return the cells to mask, `deja` being the editions of the bilan by réservataire.

    `dits` is what the standard tables print of some: told there, a cell protects nothing here;
    hidden, or told with another one, it is hidden.
    """
    prix: dict[Hashable, float] = {une: _prix(une) for une in lu.valeurs}
    communes = {une: dit for une, dit in dits.items() if dit is not None and une in prix}
    tues = {une for une, dit in communes.items() if dit != lu.valeurs[une]}
    prix |= dict.fromkeys(communes.keys() - tues, PUBLIEE)
    ailleurs = Systeme({une: lu.valeurs[une] for une in communes}, (), frozenset(tues))
    trouvees = masquer_et_inscrire(
        registre or Registre(),
        lu,
        seuil,
        reservees.masquees | tues,
        prix,
        reserves.detenteurs,
        [*deja, ailleurs] if communes else deja,
    )
    toutes = (("toutes", TOUT, "", ""), ("hors_qpv", TOUT, "", ""), ("en_qpv", TOUT, "", ""))
    return trouvees | {une for une in toutes if _place(une) in trouvees}
