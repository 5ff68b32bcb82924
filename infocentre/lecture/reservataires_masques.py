"""What may be shared of the attributions by réservataire of a civil year: counted, then masked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from infocentre.contrat.territoires import territoires
from infocentre.lecture.commun import derniers
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import partages, seuil_secret
from infocentre.lecture.publies import lire, tus
from infocentre.lecture.reservataires import AttributionsReservees, attributions_reservees
from infocentre.mesures.declarations import Role
from infocentre.mesures.diffusions import SEUL, Registre, Systeme, masquer_et_inscrire
from infocentre.mesures.partage import MASQUE, SERVICES, Partage
from infocentre.mesures.plans import Ligne, reperes
from infocentre.mesures.secret import INITIES, INVISIBLE, PUBLIEE, Somme
from infocentre.mesures.tableaux import tableaux

TOUS, AUTRES = "*", "autres"
DECEMBRE = "-12"
# The subjects of the register: this bilan, and that of the policy of attributions.
SUJET, POLITIQUE = "reservataires", "politique-attribution"
# Small counts are joined before any is masked: typologies two by two, bailleurs of a réservataire.
JOINTES = {"T1": "T1-2", "T2": "T1-2", "T5": "T5P", "T6": "T5P", "T6P": "T5P"}
AUTRES_BAILLEURS, JOINTS = "autres-bailleurs", 3  # as many at least
FOIS = 4  # the threshold, under which a bailleur would have most of its row masked
INCONNU = "NR"
# Where those of no known zone are few they are told with those out of QPV: tables tell all three.
HORS, HORS_OU_INCONNU = "HQPV", "HQPV+NR"
# A count: réservataire, bailleur, typologie, zone, commune; TOUS where all are added.
Place = tuple[str, str, str, str, str]
# A count of the policy of attributions: what, EPCI, then bailleur or réservataire and its code.
Cellule = tuple[str, str, str, str]
TOTAL: Place = (TOUS, TOUS, TOUS, TOUS, TOUS)
_BAILLEUR, _TYPOLOGIE, _ZONE, _COMMUNE = 1, 2, 3, 4  # of a place
# The tables that print all attributions since January, each month.
_DE_L_ANNEE: tuple[Role, ...] = ("logement_dabord", "arrondissements")
# Those that print totals in December, by the place in a row's key that their code takes.
_EN_DECEMBRE: tuple[tuple[Role, int, str], ...] = (
    ("reservataires", 0, "total"),
    ("pression_typologies", 2, "attributions"),
    ("territoires", 4, "attributions"),
)
# Those that print the total of a zone, by what the key calls it.
_ZONES: tuple[tuple[Role, str, str], ...] = (
    ("mixite_hors_qpv", HORS, "attributions_hors_qpv"),
    ("mixite_en_qpv", "QPV", "attributions_en_qpv"),
)


def avec(place: Place, rang: int, code: str) -> Place:
    """Return a place with one part of its key told."""
    a, b, c, d, e = (code if un == rang else autre for un, autre in enumerate(place))
    return a, b, c, d, e


@dataclass(frozen=True, slots=True)
class Comptes:
    """The counts of the document, and which of them may not be shared.

    `joints` are the bailleurs of a réservataire that one row tells together.
    """

    valeurs: Mapping[Place, int]
    masquees: frozenset[Hashable]
    joints: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sommes: Sequence[Somme] = ()

    def connu(self, place: Place) -> int | None:
        """Return a count, None when it is masked; AUTRES is what the communes told leave."""
        if place[_COMMUNE] != AUTRES:
            return None if place in self.masquees else self.valeurs.get(place, 0)
        total = self.connu(avec(place, _COMMUNE, TOUS))
        dites = (avec(place, _COMMUNE, un) for un in self.codes(_COMMUNE, place[0]))
        return None if total is None else total - sum(self.connu(un) or 0 for un in dites)

    def codes(self, rang: int, reservataire: str = TOUS) -> list[str]:
        """Return the codes that a part of the key has, for a réservataire or for all."""
        siens = (une for une in self.valeurs if rang == 0 or une[0] == reservataire)
        caches = {TOUS, *JOINTES, *self.joints.get(reservataire, ())}
        return sorted({une[rang] for une in siens} - caches)


def registre(v: Lecture, departement: str, mois: str, sujet: str = SUJET) -> Registre:
    """Return the register of the editions of a month, of this bilan or of the other one."""
    return Registre(v.dossier.diffusions / departement / sujet / mois)


@derniers(4)
def compter(v: Lecture, departement: str, mois: str) -> Comptes:
    """Return the counts of the year up to a month, masked; they enter the register.

    Raises:
        Refus: no count can be made; the register is damaged, or refuses the edition.
    """
    lignes = attributions_reservees(v, departement, mois)
    dits = _imprimes(v, departement, mois) if lignes else {}
    politiques = registre(v, departement, mois, POLITIQUE).systemes(SEUL)
    siennes = registre(v, departement, mois)
    return additionner(lignes, seuil_secret(v), dits, siennes, politiques)


def additionner(
    lignes: Iterable[AttributionsReservees],
    seuil: int,
    imprimes: Mapping[Place, object],
    registre: Registre | None = None,
    politiques: Sequence[Systeme] = (),
) -> Comptes:
    """Add up the attributions as the document prints them, and mask them together.

    `imprimes` is what the standard tables print of the same counts: MASQUE, their number, or that
    of a row that others join. `registre` has the earlier editions of the document, `politiques`
    are those of the policy of attributions, which count the same.
    """
    lues, registre = list(lignes), registre or Registre()
    joindre = 0 < sum(une["attributions"] for une in lues if une["zone"] == INCONNU) < seuil
    jointes = [_hors_ou_inconnu(une) for une in lues]
    joints = _joindre(lues, seuil)
    valeurs = _compter(jointes if joindre else lues, joints)
    sommes = list(_sommes(valeurs, joints))
    autrement = _zones_d_avant(
        _compter(lues if joindre else jointes, joints),
        (HORS, INCONNU) if joindre else (HORS_OU_INCONNU,),
        registre,
    )
    comptes = {**valeurs, **autrement}
    systeme = Systeme(comptes, [*sommes, *_jointures(comptes, autrement)])
    # A count that the table shows joined with another one is not told by itself here either.
    aussi = {une for une, dit in imprimes.items() if dit not in {None, valeurs.get(une)}}
    seuls = {une for une in valeurs if une[1] in joints.get(une[0], ())}
    aussi |= seuls
    prix: dict[Hashable, float] = {
        une: INVISIBLE
        for une in systeme.valeurs
        if _de_bailleur(une) or une in seuls or une in autrement
    }
    # What a table tells is known: it is never masked here, nor in the policy of attributions.
    dites = {une: nombre for une, nombre in valeurs.items() if imprimes.get(une) == nombre}
    prix |= dict.fromkeys(dites, PUBLIEE)
    aussi &= valeurs.keys()
    masquees = masquer_et_inscrire(
        registre,
        systeme,
        seuil,
        aussi,
        prix,
        detenteurs,
        [*politiques, *([Systeme(dites, ())] if dites else [])],
    )
    return Comptes(valeurs, masquees, joints, sommes)


def _compter(
    lignes: Iterable[AttributionsReservees], joints: Mapping[str, Collection[str]]
) -> Counter[Place]:
    """Return the counts of the places of the document."""
    valeurs: Counter[Place] = Counter()
    for une in lignes:
        for place in _places(une, joints):
            valeurs[place] += une["attributions"]
    return valeurs


def _zones_d_avant(
    comptes: Mapping[Place, int], zones: Collection[str], registre: Registre
) -> dict[Place, int]:
    """Return the counts of zones that an earlier edition told the other way: joined, or apart."""
    avant = {une[_ZONE] for ancien in registre.systemes(SEUL) for une in ancien.valeurs}
    if avant.isdisjoint(zones):
        return {}
    return {une: nombre for une, nombre in comptes.items() if une[_ZONE] in zones}


def _jointures(valeurs: Mapping[Place, int], autrement: Mapping[Place, int]) -> Iterator[Somme]:
    """Yield what makes each count of those out of QPV or of no known zone, if told both ways."""
    totaux = {avec(une, _ZONE, HORS_OU_INCONNU) for une in autrement}
    for total in sorted(totaux):
        parts = (avec(total, _ZONE, un) for un in (HORS, INCONNU))
        yield Somme(total, tuple(part for part in parts if part in valeurs))


def _hors_ou_inconnu(une: AttributionsReservees) -> AttributionsReservees:
    return {**une, "zone": HORS_OU_INCONNU} if une["zone"] in {HORS, INCONNU} else une


def _places(une: AttributionsReservees, joints: Mapping[str, Collection[str]]) -> Iterator[Place]:
    """Yield the places of the document where some attributions count."""
    r, b, seule = une["reservataire"], une["bailleur"], une["typologie"]
    z, c, t = une["zone"], une["commune"], JOINTES.get(seule, seule)
    yield from (TOTAL, (r, TOUS, TOUS, TOUS, TOUS), (TOUS, TOUS, t, TOUS, TOUS))
    if seule != t:
        yield (TOUS, TOUS, seule, TOUS, TOUS)
    yield from (
        (TOUS, TOUS, TOUS, z, TOUS),
        (TOUS, TOUS, TOUS, TOUS, c),
        (TOUS, b, TOUS, TOUS, TOUS),
        (r, TOUS, t, TOUS, TOUS),
        (r, TOUS, TOUS, z, TOUS),
        (r, TOUS, TOUS, TOUS, c),
    )
    for deux in ((r, b), *([(r, AUTRES_BAILLEURS)] if b in joints[r] else [])):
        yield from ((*deux, *quoi, TOUS) for quoi in ((TOUS, TOUS), (t, TOUS), (TOUS, z)))


def _joindre(lignes: Iterable[AttributionsReservees], seuil: int) -> dict[str, frozenset[str]]:
    """Return, by réservataire, the bailleurs that are told together: those of few attributions.

    So many that none of them finds the others few by leaving his own out.
    """
    comptes: dict[str, Counter[str]] = {}
    for une in lignes:
        siens = comptes.setdefault(une["reservataire"], Counter())
        siens[une["bailleur"]] += une["attributions"]
    return {r: frozenset(_les_petits(siens, seuil)) for r, siens in comptes.items()}


def _les_petits(siens: Counter[str], seuil: int) -> list[str]:
    petits = sorted(un for un, nombre in siens.items() if nombre < FOIS * seuil)
    nombres = sorted(siens[un] for un in petits)
    return petits if len(petits) >= JOINTS and sum(nombres[:-1]) >= seuil else []


def _de_bailleur(place: Place) -> bool:
    """Tell whether a count is all that a bailleur attributed, which only other documents print."""
    return place[1] != TOUS and place == avec(TOTAL, 1, place[1])


def detenteurs(une: Place | Cellule) -> tuple[str, ...]:
    """Return who knows a count: its bailleur, its réservataire where that is one service, a place.

    A commune knows its own attributions, and its EPCI those of its communes. What nobody says is
    known by anybody.
    """
    if INCONNU in une:
        return (INITIES,)
    siens: tuple[str | None, ...]
    match une:
        case (reservataire, bailleur, _, _, commune):
            connue = territoires().get(commune)
            ou = (commune, connue.epci if connue else None)
            siens = (bailleur, *SERVICES.get(reservataire, ()), *ou)
        case (quoi, epci, axe, code):
            services = ("préfet",) if quoi == "contingent" else SERVICES.get(code, ())
            siens = (epci, code if axe == "bailleur" else None, *services)
    return tuple(un for un in siens if un and un not in {TOUS, AUTRES_BAILLEURS})


def _sommes(valeurs: Mapping[Place, int], joints: Mapping[str, frozenset[str]]) -> Iterable[Somme]:
    """Yield every total that the counts make: one part of the key at a time is told apart.

    What is joined makes what it is told with.
    """
    parts: dict[tuple[Place, int], list[Place]] = {}
    for place in valeurs:
        for rang, code in enumerate(place):
            haut = JOINTES.get(code, TOUS) if rang == _TYPOLOGIE else TOUS
            if rang == _BAILLEUR and code in joints.get(place[0], ()):
                haut = AUTRES_BAILLEURS
            total = avec(place, rang, haut)
            if code != TOUS and total in valeurs:
                parts.setdefault((total, rang), []).append(place)
    for (total, _), siennes in parts.items():
        yield Somme(total, tuple(siennes))


def _imprimes(v: Lecture, departement: str, mois: str) -> dict[Place, object]:
    """Return what the standard tables of a month print of the attributions of the year.

    All of them since January, and in December each count of twelve months.
    """
    montres = partages(v, departement, mois)
    dits: dict[Place, object] = {}
    for role in _DE_L_ANNEE:
        for une in _lignes(montres, role, TOUS):
            dits[TOTAL] = une["toutes_attributions_annee"]
    if not mois.endswith(DECEMBRE):
        return dits
    for role, rang, nom in _EN_DECEMBRE:
        for une in _lignes(montres, role):
            if reperes(une).get("niveau") != "epci":
                dits[avec(TOTAL, rang, reperes(une)["code"])] = une[nom]
    for role, zone, nom in _ZONES:
        for une in _lignes(montres, role, TOUS):
            dits[avec(TOTAL, _ZONE, zone)] = une[nom]
    return dits | _des_bailleurs(v, departement, mois)


def _lignes(montres: Mapping[str, Partage], role: Role, code: str = "") -> list[Ligne]:
    """Return the rows of a table as they are shared, those of a code if told."""
    table = montres.get(tableaux().code(role))
    return [une for une in table.lignes if code in {"", reperes(une)["code"]}] if table else []


def _des_bailleurs(v: Lecture, departement: str, mois: str) -> dict[Place, object]:
    """Return what the bilan of the semester prints of each bailleur: all that it attributed.

    As an indicator of all attributions tells them, when one of them does.
    """
    regles = catalogue_du_mois(v, Filtres(departement, mois))
    caches = tus(v, departement, mois, regles.en_json())
    dits: dict[Place, object] = {}
    for une in lire(v, departement, mois, regles):
        un = regles.indicateurs[une["code"]]
        toutes = (un.population, un.applicable, une["annee"]) == ("attributions", None, True)
        if une["niveau"] == "organisme" and toutes and une["d"]:
            place = avec(TOTAL, 1, une["cle"])
            if (une["code"], "organisme", une["cle"]) not in caches:
                dits[place] = une["d"]
            else:
                dits.setdefault(place, MASQUE)
    return dits
