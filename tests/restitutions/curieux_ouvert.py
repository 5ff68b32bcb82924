"""A curious reader of open data: two publications, all that is shared besides, an EPCI's own.

The repères of the months are of what is shared: one program has them too.

What EPCI have of each modality is of no table: it is read with what a month's tables tell.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from infocentre.contrat.territoires import territoires
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.tableaux_propres import des_communes, tableaux_propres
from infocentre.mesures.declarations import Role
from infocentre.mesures.tableaux import tableaux
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.ouvert.croisements import PERSONNES, ROLES, croiser
from infocentre.restitutions.portrait import AUTRES, communes_de
from tests.mesures.grand_juge import juger
from tests.restitutions.curieux import (
    RANG,
    RESERVEES,
    Lieu,
    Savoir,
    _a_personne,
    _est_a,
    _sans_nom,
    lire_les_tables,
    memes_colonnes,
    tout_lire,
)
from tests.restitutions.curieux_reperes import (
    Mois,
    Tirage,
    deviner,
    lire_les_reperes,
    lire_un_mois,
)

INCONNU, CROISEE = "NR", 4


@dataclass(frozen=True)
class Connu:
    """What is known of two months; `nommes`: the counts of EPCI that a row names."""

    savoir: Savoir
    nommes: set[Lieu]
    mois: list[Mois]

    def petites(self, seuil: int) -> set[Lieu]:
        """Return the small counts of somebody that nobody tells."""
        return _petites(self.savoir, seuil)

    def par_les_reperes(self, seuil: int, tirage: Tirage, au_plus: int) -> set[Lieu]:
        """Return what files so made give to who lacks two organismes of a type, `au_plus` such."""

        def juger_autour(savoir: Savoir, autour: Collection[Lieu]) -> set[Lieu]:
            return _retrouver(savoir, autour, self.nommes, seuil) & _petites(savoir, seuil)

        return deviner(self.savoir, self.mois, seuil, juger_autour, tirage, au_plus)


def deux_publications(
    v: Lecture, departement: str, mois: Sequence[str], organismes: int = 0
) -> Connu:
    """Return what is known of these months: bilans, open data, repères.

    Files of repères are made of as many `organismes`, of as many as the threshold unless told.
    """
    editions = [Edition(v, departement, un, un) for un in mois]
    savoir = tout_lire(editions, mois)
    nommes: set[Lieu] = set()
    for un in mois:
        nommes |= lire_les_croisements(savoir, v, departement, un)
    lus = [lire_un_mois(une, organismes) for une in editions]
    for lu in lus:
        lire_les_reperes(savoir, lu)
    return Connu(savoir, nommes, lus)


def savoir_d_un_mois(v: Lecture, departement: str, mois: str) -> Savoir:
    """Return what is known of the tables of a month, and of those crossed by EPCI."""
    savoir = Savoir()
    lire_les_tables(savoir, v, departement, {mois})
    memes_colonnes(savoir)
    lire_les_croisements(savoir, v, departement, mois)
    return savoir


def lire_les_croisements(savoir: Savoir, v: Lecture, departement: str, mois: str) -> set[Lieu]:
    """Read what EPCI have of each modality in a month; return the counts that are named."""
    croisees = croiser(v, departement, mois)
    epcis = sorted({une.epci for une in croisees} - {INCONNU})
    for role in ROLES:
        code = tableaux().code(role)
        totaux = {
            lieu[2][0]: nombre
            for lieu, nombre in savoir.vraies.items()
            if lieu[:2] == (code, mois) and len(lieu) == CROISEE and len(lieu[2]) == 1
            and lieu[3] == "total"
        }  # fmt: skip
        siens = {epci: _compter(v, (departement, mois), epci, role) for epci in epcis}
        siens[INCONNU] = {
            un: total - sum(lus.get(un, 0) for lus in siens.values())
            for un, total in totaux.items()
        }
        for epci, lus in siens.items():
            dites = {une.modalite: une.valeur for une in croisees
                     if (une.epci, une.role) == (epci, role)}  # fmt: skip
            _dire(savoir, (mois, epci, role), {un: lus.get(un, 0) for un in totaux}, dites)
        for un in totaux:
            savoir.egaler((code, mois, (un,), "total"), [(mois, epci, role, un) for epci in siens])
    return {(mois, une.epci, une.role, une.modalite) for une in croisees}


def _compter(v: Lecture, ou: tuple[str, str], epci: str, role: Role) -> dict[str, int]:
    part = des_communes(communes_de(epci))
    lus = tableaux_propres(v, *ou, part, (role,))[role].lignes
    return {str(une["code"]): int(str(une["total"])) for une in lus}


def _dire(
    savoir: Savoir, ou: tuple[str, str, Role], lus: dict[str, int], dites: dict[str, int | None]
) -> None:
    """Read what an EPCI has of each modality: told, masked, or joined to others."""
    jointes = [un for un in lus if un not in dites and un != "*"]
    for un, nombre in lus.items():
        savoir.dire((*ou, un), nombre, masquee=dites.get(un) is None)
        assert dites.get(un) in {None, nombre}
    if AUTRES in dites:
        ensemble = sum(lus[un] for un in jointes)
        assert dites[AUTRES] in {None, ensemble}
        savoir.dire((*ou, AUTRES), ensemble, masquee=dites[AUTRES] is None)
        savoir.egaler((*ou, AUTRES), [(*ou, un) for un in jointes])
    savoir.egaler((*ou, "*"), [(*ou, un) for un in lus if un != "*"])
    mois, epci, role = ou
    total = (tableaux().code("communes_souhaitees"), mois, ("epci", epci), "total")
    # Of persons alone: associations make the rest, which nobody knows to be none.
    savoir.egaler(total, [(*ou, "*")], int(role in PERSONNES))


def croisees_de(savoir: Savoir) -> list[Lieu]:
    """Return the counts of EPCI by modality."""
    return [lieu for lieu in savoir.vraies if len(lieu) == CROISEE and lieu[2] in ROLES]


def retrouver_partout(connu: Connu, seuil: int) -> dict[str, set[Lieu]]:
    """Return the small counts that are found: by anybody, then by each EPCI, of all but its own."""
    savoir, petites = connu.savoir, connu.petites(seuil)
    epcis = {lieu[1] for lieu in croisees_de(savoir)} - {INCONNU}
    siens = {
        epci: {epci, *(code for code, un in territoires().items() if epci in {un.epci, un.mere})}
        for epci in sorted(epcis)
    }
    trouvees = {}
    for lecteur, noms in ({"": set()} | siens).items():
        cachees = {
            un
            for un in savoir.cachees
            if not _est_le_sien(un, lecteur, noms) and not _est_tout(savoir, un, noms)
        }
        trouvees[lecteur] = _retrouver(savoir, cachees, connu.nommes, seuil) & petites
    return trouvees


def _petites(savoir: Savoir, seuil: int) -> set[Lieu]:
    return {
        un
        for un in savoir.cachees
        if 0 < savoir.vraies[un] < seuil and un[0] != RANG and not _a_personne(un)
    }


def _est_le_sien(lieu: Lieu, epci: str, noms: Collection[str]) -> bool:
    if len(lieu) == CROISEE and lieu[2] in ROLES:
        return bool(lieu[1] == epci)
    return bool(noms) and _est_a(lieu, (), noms)


def _est_tout(savoir: Savoir, lieu: Lieu, noms: Collection[str]) -> bool:
    """Tell whether all that a réservataire attributed is in an EPCI: the others have none."""
    if lieu[0] != f"{RESERVEES}0":
        return False
    siens = [
        nombre
        for un, nombre in savoir.vraies.items()
        if un[0] == f"{RESERVEES}0+4" and un[1] == lieu[1] and un[2][0] == lieu[2][0]
        and un[2][1] in noms
    ]  # fmt: skip
    return sum(siens) == savoir.vraies[lieu]


def juger_les_epcis(savoir: Savoir, nommes: set[Lieu], seuil: int) -> dict[str, set[Lieu]]:
    """Return the small counts of EPCI that are found: by anybody, then by each of the EPCI."""
    croisees = croisees_de(savoir)
    petites = {lieu for lieu in croisees if 0 < savoir.vraies[lieu] < seuil}
    assert len(petites) > 20
    return {
        lecteur: _retrouver(
            savoir, savoir.cachees - {un for un in croisees if un[1] == lecteur}, nommes, seuil
        )
        & petites
        for lecteur in ("", *sorted({lieu[1] for lieu in croisees} - {INCONNU}))
    }


def _retrouver(
    savoir: Savoir, cachees: Collection[Lieu], nommes: set[Lieu], seuil: int
) -> set[Lieu]:
    sans_nom = set(croisees_de(savoir)) - nommes
    lues = juger(
        savoir.vraies,
        cachees,
        savoir.contraintes,
        seuil,
        lambda lieu: lieu in sans_nom or _sans_nom(lieu),
    )
    return {lieu for lieu, (bas, haut) in lues.items() if bas == haut}
