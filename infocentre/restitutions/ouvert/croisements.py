"""Demandes actives of each EPCI by ancienneté, typology and so on, which no standard table crosses.

They are masked after the standard tables of their month, as another edition of what was shared: a
count that a table tells is known, one that it masks stays so, and all sums hold together. An EPCI
knows its own counts. By commune nearly all would be masked: communes have their totals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from infocentre.contrat.territoires import noms_des_epcis, territoires
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import partages, seuil_secret
from infocentre.lecture.tableaux_propres import des_communes, tableaux_propres
from infocentre.mesures.caches import lire_tables
from infocentre.mesures.declarations import Role
from infocentre.mesures.diffusions import (
    Edition,
    Registre,
    Systeme,
    completer,
    empreinte,
    masquer_apres,
)
from infocentre.mesures.liens import PM, faits, place
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.plans import ENSEMBLE, Ligne
from infocentre.mesures.secret import Cle, Somme
from infocentre.mesures.tableaux import tableaux
from infocentre.restitutions.portrait import AUTRES, communes_de

PERSONNES: Final[tuple[Role, ...]] = ("anciennete", "composition_familiale", "plafond_demandes")
TOUTES: Final[tuple[Role, ...]] = ("typologies_recherchees", "motifs")
ROLES: Final = (*PERSONNES, *TOUTES)
_LUS: Final[tuple[Role, ...]] = ("communes_souhaitees", *ROLES)
_REGLE: Final = 2  # another way to cross is another edition
_TOTAL, _HORS_LISTE, _INCONNU = "total", "HL", "NR"
JOINTES: Final = "Autres, réunies"
_CROISE, _PP, _PM = "croise", "personnes", "associations"


# What an EPCI has of a modality, by its code, a role and the code of the modality.
Comptes = Counter[tuple[str, str, str]]


class Croisee(NamedTuple):
    """What an EPCI has of a modality; None when it is masked."""

    epci: str
    nom: str
    role: Role
    modalite: str
    libelle: str
    valeur: int | None


@dataclass(frozen=True, slots=True)
class _Mois:
    """The standard tables of a month as they are and as they are shared, by role."""

    mois: str
    vraies: Mapping[Role, Sequence[Ligne]]
    montrees: Mapping[Role, Sequence[Ligne]]
    publics: Sequence[Systeme]

    def nommer(self, role: Role, ligne: Ligne) -> Cle:
        """Return the name that the count of a shown row has in the system of the tables."""
        code = tableaux().code(role)
        modalite, vraie = ligne["code"], self.compter(role, ligne)
        noms: list[Cle] = []
        for dit in (modalite, f"{modalite}+{_HORS_LISTE}", f"{modalite}+{_INCONNU}"):
            une = {**ligne, "code": dit, _TOTAL: vraie}
            noms += faits(code, une, _TOTAL)
        seule = place(code, ligne, "")[1]
        noms += [(code, seule, _TOTAL, *joints) for joints in ((), (_HORS_LISTE,), (_INCONNU,))]
        connus = (un for systeme in self.publics for un in noms if systeme.valeurs.get(un) == vraie)
        return next(connus, (_CROISE, code, seule))

    def compter(self, role: Role, ligne: Ligne) -> int:
        """Return the count of a shown row, with those of the rows that join it."""
        montrees = {place("", une, "")[1] for une in self.montrees[role]}
        ici = place("", ligne, "")[1]
        vraies = {place("", une, "")[1]: une[_TOTAL] or 0 for une in self.vraies[role]}
        jointes = [
            nombre
            for repere, nombre in vraies.items()
            if repere not in montrees and _rejoint(repere, ligne)
        ]
        return int(vraies[ici] + sum(jointes))


def _rejoint(repere: Sequence[str], ligne: Ligne) -> bool:
    """Tell whether a row that is not shown stands in this one, as its name says."""
    if repere[-1] == _HORS_LISTE and "niveau" not in ligne:
        return bool(ligne["code"] == _INCONNU)
    return repere[0] == ligne.get("niveau") and _est_jointe(ligne)


def _est_jointe(ligne: Ligne) -> bool:
    nom = noms_des_epcis().get(ligne["code"])
    return nom is not None and ligne["libelle"] != nom and " ou " in str(ligne["libelle"])


def croiser(v: Lecture, departement: str, mois: str) -> list[Croisee]:
    """Return what each EPCI has of each modality in a month, masked, once it is in the register.

    Nothing where a table of them is not calculable.

    Raises:
        Refus: the register is damaged, or refuses the edition.
    """
    livraison = v.version.publiee(departement, mois)
    montrees = partages(v, departement, mois)
    codes = {role: tableaux().code(role) for role in _LUS}
    if livraison is None or not montrees.keys() >= set(codes.values()):
        return []
    publics = Registre(v.dossier.diffusions / departement / "tableaux" / mois)
    registre = Registre(_sujet(v, departement, mois))
    nom = empreinte(_REGLE, livraison.empreinte, seuil_secret(v), sorted(publics.editions()))
    connue = registre.editions().get(nom)
    if connue is None:
        lues = lire_tables(v.lignes, departement, mois, frozenset(codes.values()))[mois]
        ici = _Mois(
            mois,
            {role: lues[code] for role, code in codes.items()},
            {role: montrees[code].lignes for role, code in codes.items()},
            publics.systemes("tables"),
        )
        connue = _masquer(v, departement, mois, ici, registre.systemes(_CROISE))
        registre.inscrire(nom, connue)
    return [Croisee(*une) for une in connue.fait]


def croise(v: Lecture, departement: str, mois: str) -> bool:
    """Tell whether a month was masked already, be it as other data made it."""
    return any(_sujet(v, departement, mois).glob("*.json.gz"))


def _sujet(v: Lecture, departement: str, mois: str) -> Path:
    return v.dossier.diffusions / departement / "croisements" / mois


@dataclass(frozen=True, slots=True)
class _Modalite:
    """A modality, or several that are joined: its rows in the table of the département."""

    role: Role
    code: str
    libelle: str
    lignes: tuple[Ligne, ...]

    def cle(self, epci: Ligne) -> Cle:
        """Return the name of what an EPCI has of it."""
        return (_CROISE, epci["code"], self.role, self.code)


def _masquer(
    v: Lecture, departement: str, mois: str, ici: _Mois, anciens: Sequence[Systeme]
) -> Edition:
    epcis = [une for une in ici.montrees["communes_souhaitees"] if une["niveau"] == "epci"]
    comptes = _compter(v, departement, mois, ici, epcis)
    seuil = seuil_secret(v)
    modalites = [
        une for role in ROLES for une in _Partage(ici, role, epcis, comptes, seuil).modalites()
    ]
    systeme = _relier(ici, epcis, comptes, modalites)
    masques = masquer_apres(
        systeme, [*ici.publics, *anciens], seuil, detenteurs=_detenteurs
    ).masquees
    valeurs = systeme.valeurs
    lignes = [
        Croisee(
            une["code"],
            une["libelle"],
            modalite.role,
            modalite.code,
            modalite.libelle,
            None if cle in masques else valeurs[cle],
        )
        for modalite in modalites
        for une in epcis
        for cle in [modalite.cle(une)]
    ]
    return Edition({_CROISE: replace(systeme, masquees=masques)}, lignes)


@dataclass(frozen=True, slots=True)
class _Partage:
    """Modalities joined until none leaves a few of others to who knows an EPCI's and the whole.

    The département's count is told by its table: masking EPCI's would not keep it from being so.
    """

    ici: _Mois
    role: Role
    epcis: Sequence[Ligne]
    comptes: Comptes
    seuil: int

    def modalites(self) -> list[_Modalite]:
        """Return the modalities, those that are joined last; none when all would be."""
        libres = [une for une in self.ici.montrees[self.role] if une["code"] != ENSEMBLE]
        jointes = [une for une in libres if une[_TOTAL] == MASQUE or self._laisse_peu([une])]
        libres = [une for une in libres if une not in jointes]
        while jointes and (len(jointes) == 1 or self._laisse_peu(jointes)):
            if not libres:
                return []
            jointes.append(min(libres, key=lambda une: (self._total([une]), une["code"])))
            libres.remove(jointes[-1])
        seules = [_Modalite(self.role, une["code"], une["libelle"], (une,)) for une in libres]
        if not jointes:
            return seules
        return [*seules, _Modalite(self.role, AUTRES, JOINTES, tuple(jointes))]

    def _total(self, lignes: Sequence[Ligne]) -> int:
        return sum(self.ici.compter(self.role, une) for une in lignes)

    def _laisse_peu(self, lignes: Sequence[Ligne]) -> bool:
        total = self._total(lignes)
        laisses = (
            total - sum(self.comptes[epci["code"], self.role, une["code"]] for une in lignes)
            for epci in self.epcis
            if epci["code"] != _INCONNU
        )
        return any(0 < laisse < self.seuil for laisse in laisses)


def _compter(
    v: Lecture, departement: str, mois: str, ici: _Mois, epcis: Sequence[Ligne]
) -> Comptes:
    """Return what each EPCI that is shown has of each modality that is; the rest is unknown's."""
    comptes: Comptes = Counter()
    for une in epcis:
        if une["code"] != _INCONNU:
            part = des_communes(communes_de(une["code"]))
            for role, lu in tableaux_propres(v, departement, mois, part, ROLES).items():
                for ligne in lu.lignes:
                    modalite = _montree(ici, role, str(ligne["code"]))
                    comptes[une["code"], role, modalite] += int(str(ligne[_TOTAL]))
    jointe = next((une["code"] for une in epcis if _est_jointe(une)), _INCONNU)
    for role in ROLES:
        for montree in ici.montrees[role]:
            siens = sum(comptes[une["code"], role, montree["code"]] for une in epcis)
            comptes[jointe, role, montree["code"]] += ici.compter(role, montree) - siens
    return comptes


def _montree(ici: _Mois, role: Role, modalite: str) -> str:
    codes = {une["code"] for une in ici.montrees[role]}
    return _INCONNU if modalite == _HORS_LISTE and modalite not in codes else modalite


def _relier(
    ici: _Mois, epcis: Sequence[Ligne], comptes: Comptes, modalites: Sequence[_Modalite]
) -> Systeme:
    """Return the counts of EPCI with those of the tables that they make, and what binds them."""
    valeurs: dict[Any, int] = {}
    sommes: list[Somme] = []

    def additionner(total: Cle, parts: Mapping[Cle, int]) -> None:
        valeurs.update({total: sum(parts.values()), **parts})
        sommes.append(Somme(total, tuple(parts)))

    for modalite in modalites:
        role = modalite.role
        publics = {ici.nommer(role, une): ici.compter(role, une) for une in modalite.lignes}
        tous = next(iter(publics)) if len(publics) == 1 else (_CROISE, role, modalite.code)
        if len(publics) > 1:
            additionner(tous, publics)
        siens = {
            modalite.cle(une): sum(comptes[une["code"], role, m["code"]] for m in modalite.lignes)
            for une in epcis
        }
        additionner(tous, siens)
    for une in epcis:
        total = ici.nommer("communes_souhaitees", une)
        toutes = ici.compter("communes_souhaitees", une)
        personnes = comptes[une["code"], PERSONNES[0], ENSEMBLE]
        pp, pm = ((nom, une["code"]) for nom in (_PP, _PM))
        additionner(total, {pp: personnes, pm: toutes - personnes})
        for role in ROLES:
            siennes = {m.cle(une): valeurs[m.cle(une)] for m in modalites if m.role == role}
            if siennes:
                additionner(pp if role in PERSONNES else total, siennes)
    tous_pp = next(une for une in ici.montrees[PERSONNES[0]] if une["code"] == ENSEMBLE)
    additionner(
        ici.nommer(PERSONNES[0], tous_pp),
        {(_PP, une["code"]): valeurs[_PP, une["code"]] for une in epcis},
    )
    associations = (PM, ici.mois, "ACTIVES", "arrete", _TOTAL)
    additionner(associations, {(_PM, une["code"]): valeurs[_PM, une["code"]] for une in epcis})
    return Systeme(valeurs, completer(valeurs, sommes))


def _detenteurs(cle: Cle) -> Collection[str]:
    """Return who knows a count, given its name here or in the standard tables: its EPCI."""
    return {lieu for un in _textes(cle) for lieu in _lieux(un.partition("+")[0])}


def _textes(cle: Cle) -> Iterator[str]:
    if isinstance(cle, str):
        yield cle
    elif isinstance(cle, tuple):
        for un in cle:
            yield from _textes(un)


def _lieux(code: str) -> set[str]:
    if code in noms_des_epcis():
        return {code}
    connue = territoires().get(code)
    return {code, connue.epci, connue.mere} - {""} if connue else set()
