"""The yearly bilan by réservataire: whose dwellings, of which size, where, in a civil year.

What a bailleur owes each of its réservataires before 28 February (CCH R.441-5), as far as the
deliveries tell it. Small counts are masked, with all that would give them away.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from infocentre.contrat import contrat
from infocentre.contrat.territoires import territoires
from infocentre.lecture.commun import noms_des_organismes
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.partage import partages, seuil_secret
from infocentre.lecture.publies import lire, tus
from infocentre.lecture.reservataires import AttributionsReservees, attributions_reservees
from infocentre.mesures.declarations import Role
from infocentre.mesures.diffusions import Registre, Systeme, masquer_et_inscrire
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.plans import reperes
from infocentre.mesures.secret import INITIES, INVISIBLE, PUBLIEE, Somme
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.francais import clef_de_tri
from infocentre.restitutions import entetes
from infocentre.restitutions.document import Cellule, Colonne, Document, Section, Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu

TOUS, AUTRES = "*", "autres"
DECEMBRE = "-12"
RESERVATAIRES = ("COLTER", "COLACT", "PPRIOR", "PFONCT", "AUTRES", "AUCUN", "HL", "NR")
# Small counts are joined before any is masked: typologies two by two, bailleurs of a réservataire.
TYPOLOGIES = ("T1-2", "T3", "T4", "T5P", "NR")
JOINTES = {"T1": "T1-2", "T2": "T1-2", "T5": "T5P", "T6": "T5P", "T6P": "T5P"}
AUTRES_BAILLEURS, JOINTS = "autres-bailleurs", 3  # as many at least
FOIS = 4  # the threshold, under which a bailleur would have most of its row masked
ZONES = {"QPV": "En QPV", "HQPV": "Hors QPV", "NR": "QPV non renseigné"}
INCONNU = "NR"
# Réservataires that are one service, which knows all its own attributions.
_SERVICES = {"COLACT": "Action Logement", "PPRIOR": "préfet", "PFONCT": "préfet"}
# A count: réservataire, bailleur, typologie, zone, commune; TOUS where all are added.
Place = tuple[str, str, str, str, str]
# A column: its title, which part of the key it tells (None: none), and the code there.
_Colonne = tuple[str, int | None, str]
TOTAL: Place = (TOUS, TOUS, TOUS, TOUS, TOUS)
_TOUT = ("Ensemble", TOTAL)
_BAILLEUR, _TYPOLOGIE = 1, 2  # of a place
# The tables that print totals of the year, by the place in a row's key that their code takes.
_IMPRIMES: tuple[tuple[Role, int, str], ...] = (
    ("reservataires", 0, "total"),
    ("pression_typologies", 2, "attributions"),
    ("territoires", 4, "attributions"),
)


def _avec(place: Place, rang: int, code: str) -> Place:
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

    def connu(self, place: Place) -> int | None:
        """Return a count, None when it is masked."""
        return None if place in self.masquees else self.valeurs.get(place, 0)

    def cellule(self, place: Place) -> Cellule:
        """Return the cell of a count; AUTRES is what the communes that are told leave."""
        if place[4] == AUTRES:
            return self._autres(place)
        return Cellule(self.connu(place), masquee=place in self.masquees)

    def _autres(self, place: Place) -> Cellule:
        total = self.connu(_avec(place, 4, TOUS))
        if total is None:
            return Cellule(masquee=True)
        dites = (_avec(place, 4, un) for un in self.codes(4, place[0]))
        return Cellule(total - sum(self.connu(un) or 0 for un in dites))

    def codes(self, rang: int, reservataire: str = TOUS) -> list[str]:
        """Return the codes that a part of the key has, for a réservataire or for all."""
        siens = (une for une in self.valeurs if rang == 0 or une[0] == reservataire)
        caches = {TOUS, *JOINTES, *self.joints.get(reservataire, ())}
        return sorted({une[rang] for une in siens} - caches)


@dataclass(frozen=True, slots=True)
class Reservataire:
    """What the document says of one réservataire; a count is None when it is masked."""

    nom: str
    total: int | None
    en_qpv: int | None
    bailleurs: int
    par_bailleur: Tableau | None
    par_commune: Tableau | None


@dataclass(frozen=True)
class Texte(Contenu):
    """The names of reports/courriers/reservataires.md."""

    modele = "courriers/reservataires.md"

    annee: str
    arrete: dt.date
    seuil: int
    total: int | None
    en_qpv: int | None
    ensemble: Tableau | None
    reservataires: Sequence[Reservataire]


def construire(edition: Edition) -> Document:
    """Return the bilan of a civil year, up to the month that is read."""
    return Document(
        "courriers",
        "Bilan annuel des attributions par réservataire",
        edition.territoire,
        edition.periode,
        edition.arrete,
        edition.version,
        _sections(edition),
        mentions={"Zonage": "QPV, génération 2024"},
    )


def _sections(edition: Edition) -> tuple[Section, ...]:
    lignes = attributions_reservees(edition.v, edition.departement, edition.mois)
    seuil = seuil_secret(edition.v)
    sujet = edition.v.dossier.diffusions / edition.departement / "reservataires" / edition.mois
    comptes = additionner(lignes, seuil, _imprimes(edition), Registre(sujet))
    noms = Noms(noms_des_organismes(edition.v, edition.departement, edition.mois))
    tables = _Tables(comptes, noms, edition.mois[:4])
    presents = [un for un in RESERVATAIRES if un in comptes.codes(0)]
    return Texte(
        annee=edition.mois[:4],
        arrete=edition.arrete,
        seuil=seuil,
        total=comptes.connu(TOTAL),
        en_qpv=comptes.connu(_avec(TOTAL, 3, "QPV")),
        ensemble=tables.ensemble(presents) if presents else None,
        reservataires=[tables.reservataire(un) for un in presents],
    ).rediger()


# --- Counts and secret ----------------------------------------------------------------------------


def additionner(
    lignes: Iterable[AttributionsReservees],
    seuil: int,
    imprimes: Mapping[Place, object],
    registre: Registre | None = None,
) -> Comptes:
    """Add up the attributions as the document prints them, and mask them together.

    `imprimes` is what the standard tables print of the same counts: MASQUE, their number, or that
    of a row that others join. `registre` has the earlier editions of the document.
    """
    lues = list(lignes)
    joints = _joindre(lues, seuil)
    valeurs: Counter[Place] = Counter()
    for une in lues:
        r, b, seule = une["reservataire"], une["bailleur"], une["typologie"]
        z, c, t = une["zone"], une["commune"], JOINTES.get(seule, seule)
        avec = [(r, AUTRES_BAILLEURS)] if b in joints[r] else []
        for place in (
            TOTAL,
            (r, TOUS, TOUS, TOUS, TOUS),
            (TOUS, TOUS, t, TOUS, TOUS),
            *([(TOUS, TOUS, seule, TOUS, TOUS)] if seule != t else []),
            (TOUS, TOUS, TOUS, z, TOUS),
            (TOUS, TOUS, TOUS, TOUS, c),
            (TOUS, b, TOUS, TOUS, TOUS),
            (r, TOUS, t, TOUS, TOUS),
            (r, TOUS, TOUS, z, TOUS),
            (r, TOUS, TOUS, TOUS, c),
            *(
                (*deux, *quoi, TOUS)
                for deux in ((r, b), *avec)
                for quoi in ((TOUS, TOUS), (t, TOUS), (TOUS, z))
            ),
        ):
            valeurs[place] += une["attributions"]
    systeme = Systeme(valeurs, list(_sommes(valeurs, joints)))
    # A count that the table shows joined with another one is not told by itself here either.
    aussi = {une for une, dit in imprimes.items() if dit not in {None, valeurs.get(une)}}
    seuls = {une for une in valeurs if une[1] in joints.get(une[0], ())}
    aussi |= seuls
    prix: dict[Hashable, float] = {
        une: INVISIBLE for une in valeurs if _de_bailleur(une) or une in seuls
    }
    prix |= {une: PUBLIEE for une, dit in imprimes.items() if dit == valeurs.get(une)}
    aussi &= valeurs.keys()
    masquees = masquer_et_inscrire(registre or Registre(), systeme, seuil, aussi, prix, _detenteurs)
    return Comptes(valeurs, masquees, joints)


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
    return place[1] != TOUS and place == _avec(TOTAL, 1, place[1])


def _detenteurs(place: Place) -> tuple[str, ...]:
    """Return who knows a count: its bailleur, its réservataire where that is one service."""
    if INCONNU in place:
        return (INITIES,)
    siens = (place[1], _SERVICES.get(place[0], TOUS))
    return tuple(un for un in siens if un not in {TOUS, AUTRES_BAILLEURS})


def _sommes(valeurs: Mapping[Place, int], joints: Mapping[str, frozenset[str]]) -> Iterable[Somme]:
    """Yield every total that the counts make: one part of the key at a time is told apart.

    What is joined makes what it is told with.
    """
    parts: dict[tuple[Place, int], list[Place]] = {}
    for place in valeurs:
        for rang, code in enumerate(place):
            avec = JOINTES.get(code, TOUS) if rang == _TYPOLOGIE else TOUS
            if rang == _BAILLEUR and code in joints.get(place[0], ()):
                avec = AUTRES_BAILLEURS
            total = _avec(place, rang, avec)
            if code != TOUS and total in valeurs:
                parts.setdefault((total, rang), []).append(place)
    for (total, _), siennes in parts.items():
        yield Somme(total, tuple(siennes))


def _imprimes(edition: Edition) -> dict[Place, object]:
    """Return what the standard tables of December print of the attributions of the year."""
    if not edition.mois.endswith(DECEMBRE):
        return {}
    montres = partages(edition.v, edition.departement, edition.mois)
    dits: dict[Place, object] = {}
    for role, rang, nom in _IMPRIMES:
        code = tableaux().code(role)
        for une in montres[code].lignes if code in montres else ():
            sienne = reperes(une)
            if sienne.get("niveau") != "epci":
                dits[_avec(TOTAL, rang, sienne["code"])] = une[nom]
    return dits | _des_bailleurs(edition)


def _des_bailleurs(edition: Edition) -> dict[Place, object]:
    """Return what the bilan of the semester prints of each bailleur: all that it attributed.

    As an indicator of all attributions tells them, when one of them does.
    """
    e, regles = edition, catalogue_du_mois(edition.v, edition.filtres)
    caches = tus(e.v, e.departement, e.mois, regles.en_json())
    dits: dict[Place, object] = {}
    for une in lire(e.v, e.departement, e.mois, regles):
        un = regles.indicateurs[une["code"]]
        toutes = (un.population, un.applicable, une["annee"]) == ("attributions", None, True)
        if une["niveau"] == "organisme" and toutes and une["d"]:
            place = _avec(TOTAL, 1, une["cle"])
            if (une["code"], "organisme", une["cle"]) not in caches:
                dits[place] = une["d"]
            else:
                dits.setdefault(place, MASQUE)
    return dits


# --- Tables ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Noms:
    """How the codes of a key are called, in the register of the year."""

    organismes: Mapping[str, str]

    def reservataire(self, code: str) -> str:
        """Return what a réservataire is called."""
        autres = {"NR": "Réservataire non renseigné", "HL": "Réservataire hors liste"}
        return autres.get(code) or contrat().codes["TYPE_RESERVATAIRE"][code]

    def bailleur(self, code: str) -> str:
        """Return the name of a bailleur, its SIREN when the register does not know it."""
        return "Bailleur non renseigné" if code == "NR" else self.organismes.get(code, code)

    def commune(self, code: str) -> str:
        """Return the name of a commune, its code when it is in no list."""
        connue = territoires().get(code)
        return connue.nom if connue else {"NR": "Commune non renseignée"}.get(code, code)

    def typologie(self, code: str) -> str:
        """Return what a typologie is called."""
        dites = {"NR": "Typologie non renseignée", "T1-2": "T1 et T2", "T5P": "T5 et plus"}
        return dites.get(code, code)


@dataclass(frozen=True, slots=True)
class _Tables:
    """Makes the tables of the document from its counts."""

    comptes: Comptes
    noms: Noms
    annee: str

    def ensemble(self, reservataires: Sequence[str]) -> Tableau:
        """Return a row per réservataire, and all of them."""
        lignes = [(self.noms.reservataire(un), _avec(TOTAL, 0, un)) for un in reservataires]
        titre = entetes.titre("reservataires-ensemble", annee=self.annee)
        colonnes = self._colonnes(TOUS)
        (quoi,) = entetes.colonnes("reservataires-ensemble", "reservataire")
        return self._table("ensemble", titre, quoi, colonnes, [*lignes, _TOUT])

    def bailleurs(self, reservataire: str) -> Tableau:
        """Return a row per bailleur of a réservataire, and all of them."""
        sien = _avec(TOTAL, 0, reservataire)
        lignes = [
            (self.noms.bailleur(un), _avec(sien, 1, un))
            for un in self.comptes.codes(1, reservataire)
            if un != AUTRES_BAILLEURS
        ]
        joints = len(self.comptes.joints.get(reservataire, ()))
        autres = (
            [(f"{joints} autres bailleurs", _avec(sien, 1, AUTRES_BAILLEURS))] if joints else []
        )
        (quoi,) = entetes.colonnes("reservataires-bailleurs", "bailleur")
        nom = self.noms.reservataire(reservataire)
        return self._table(
            f"bailleurs-{reservataire.lower()}",
            entetes.titre("reservataires-bailleurs", reservataire=nom),
            quoi,
            self._colonnes(reservataire),
            [*_ranger(lignes), *autres, ("Ensemble", sien)],
        )

    def communes(self, reservataire: str) -> Tableau:
        """Return a row per commune that may be told, one for the others, and all of them."""
        sien = _avec(TOTAL, 0, reservataire)
        places = [_avec(sien, 4, un) for un in self.comptes.codes(4, reservataire)]
        tues = [un for un in places if un in self.comptes.masquees]
        dites = [(self.noms.commune(un[4]), un) for un in places if un not in tues]
        # How many they are is not said: so many that have one each would be known.
        autres = [("Autres communes", _avec(sien, 4, AUTRES))] if tues else []
        (quoi,) = entetes.colonnes("reservataires-communes", "commune")
        nom = self.noms.reservataire(reservataire)
        return self._table(
            f"communes-{reservataire.lower()}",
            entetes.titre("reservataires-communes", reservataire=nom),
            quoi,
            _seules(),
            [*_ranger(dites), *autres, ("Ensemble", sien)],
        )

    def _colonnes(self, reservataire: str) -> tuple[_Colonne, ...]:
        siennes = self.comptes.codes(2, reservataire)
        connues = [un for un in TYPOLOGIES if un in siennes]
        autres = [un for un in siennes if un not in TYPOLOGIES]
        zones = [un for un in ZONES if un in self.comptes.codes(3, reservataire)]
        return (
            *_seules(),
            *((self.noms.typologie(un), 2, un) for un in (*connues, *autres)),
            *((ZONES[un], 3, un) for un in zones),
        )

    def _table(
        self,
        cle: str,
        titre: str,
        quoi: Colonne,
        colonnes: Sequence[_Colonne],
        lignes: Sequence[tuple[str, Place]],
    ) -> Tableau:
        corps = [
            (
                Cellule(nom),
                *(
                    self.comptes.cellule(place if rang is None else _avec(place, rang, code))
                    for _, rang, code in colonnes
                ),
            )
            for nom, place in lignes
        ]
        return Tableau(
            cle,
            titre,
            (quoi, *(Colonne(nom, "nombre") for nom, _, _ in colonnes)),
            tuple(corps),
            totaux=frozenset({len(corps) - 1}),
        )

    def reservataire(self, code: str) -> Reservataire:
        """Return what the document says of one réservataire."""
        sien = _avec(TOTAL, 0, code)
        total = self.comptes.connu(sien)
        return Reservataire(
            nom=self.noms.reservataire(code),
            total=total,
            en_qpv=self.comptes.connu(_avec(sien, 3, "QPV")),
            bailleurs=len(
                {un[1] for un in self.comptes.valeurs if un[0] == code} - {TOUS, AUTRES_BAILLEURS}
            ),
            par_bailleur=None if total is None else self.bailleurs(code),
            par_commune=None if total is None else self.communes(code),
        )


def _seules() -> tuple[_Colonne, ...]:
    """Return the only column of the table of communes, the first of the others."""
    return tuple(
        (une.titre, None, TOUS) for une in entetes.colonnes("reservataires", "attributions")
    )


def _ranger(lignes: Iterable[tuple[str, Place]]) -> list[tuple[str, Place]]:
    """Put rows in the order of their names, which tells nothing of their counts."""
    return sorted(lignes, key=lambda une: (clef_de_tri(une[0]), une[1]))
