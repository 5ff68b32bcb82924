"""What moved in a year in a bilan: one list, which every chapter and slide tells.

A movement stands when its rates are too far apart for the number of comparisons made (« net »),
or when its state changed. The secret hides its figures, never that it moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from infocentre.catalogue import Catalogue, Indicateur
from infocentre.lecture.commun import noms_des_organismes, par_version
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.publies import Niveau
from infocentre.lecture.semestres import semestre_des_indicateurs
from infocentre.mesures.probabilites import chances_d_un_ecart, retenir_ensemble
from infocentre.noyau.etats import DEPASSES, MAUVAIS, Etat
from infocentre.noyau.francais import clef_de_tri, majuscule
from infocentre.noyau.types_guichet import TYPES_JUGES
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.releve import Releve, Valeur
from infocentre.restitutions.bilan.semestre import DuSemestre, tenir


@dataclass(frozen=True, slots=True)
class Mouvement:
    """A value that moved in a year; `nom` is who, '' for the département."""

    nom: str
    ici: Valeur
    avant: Valeur
    net: bool = False

    @property
    def gravites(self) -> tuple[int, int]:
        """How bad the state was a year before, and is."""
        return Etat(self.avant.etat).gravite, Etat(self.ici.etat).gravite

    @property
    def change(self) -> bool:
        """Tell whether the state is another one."""
        return len(set(self.gravites)) > 1

    @property
    def semestre(self) -> bool:
        """Tell whether it is told by counts of a semester, not by rates."""
        return isinstance(self.ici, DuSemestre)

    @property
    def masque(self) -> bool:
        """Tell whether a figure of it is masked."""
        return self.ici.masquee or self.avant.masquee

    @property
    def pire(self) -> bool:
        """Tell whether it worsened: by its state, by its rate when the state is the same."""
        if self.change:
            return self.gravites[0] < self.gravites[1]
        return _taux(self.ici) > _taux(self.avant)

    @property
    def marquant(self) -> bool:
        """Tell whether it is net, or makes or unmakes a state that is rouge or à traiter."""
        return self.net or (self.change and (self.ici if self.pire else self.avant).etat in MAUVAIS)

    @property
    def nature(self) -> str:
        """What makes it a movement, as a table says it."""
        return " et ".join(
            dit for dit, vrai in (("net", self.net), ("changement d'état", self.change)) if vrai
        )


@dataclass(frozen=True, slots=True)
class Nouveau:
    """A value that is rouge or à traiter, and was not judged a year before."""

    nom: str
    ici: Valeur


@dataclass(frozen=True, slots=True)
class Mouvements:
    """All that moved in a year, the worst first; `nombre` comparisons were made.

    The rule of `changees` is not the same at both ends, so that nothing is compared.
    """

    nombre: int = 0
    mouvements: tuple[Mouvement, ...] = ()
    nouveaux: tuple[Nouveau, ...] = ()
    changees: tuple[Indicateur, ...] = ()

    def de(self, *niveaux: Niveau) -> list[Mouvement]:
        """Return the movements of the département, of types, of organismes; of all for none."""
        return [un for un in self.mouvements if not niveaux or un.ici.niveau in niveaux]

    def pires(self, *niveaux: Niveau) -> list[Mouvement]:
        """Return what worsened, the worst first."""
        return [un for un in self.de(*niveaux) if un.pire]

    def mieux(self, *niveaux: Niveau) -> list[Mouvement]:
        """Return what improved, the surest first."""
        return [un for un in self.de(*niveaux) if not un.pire]


def comparer(ctx: Contexte) -> Mouvements:
    """Compare the département, types and organismes of the document with a year before.

    A movement under the first threshold at both ends counts among the comparisons, and is told
    only if its state changed.
    """
    if not ctx.compare:
        return Mouvements()
    e = ctx.edition
    avant = catalogue_du_mois(e.v, Filtres(e.departement, ctx.mois_avant))
    return _comparer(
        e.v,
        e.departement,
        (ctx.mois, ctx.mois_avant),
        (ctx.catalogue.en_json(), avant.en_json()),
        ctx.organismes,
        partage=ctx.partage,
    )


@par_version
def _comparer(
    v: Lecture,
    departement: str,
    mois: tuple[str, str],
    catalogues: tuple[str, str],
    organismes: frozenset[str] | None,
    *,
    partage: bool,
) -> Mouvements:
    ici, avant = (tenir(v, departement, un, catalogues[0], partage=partage) for un in mois)
    connus = _noms(v, departement, mois[0])
    regles, anciennes = map(Catalogue.depuis_json, catalogues)
    changees = _changees(regles, anciennes, ici, avant)
    retenues = [
        une
        for une in ici.valeurs.values()
        if une.jugee
        and une.un not in changees
        and (une.niveau != "type" or une.cle in TYPES_JUGES)
        and (une.niveau != "organisme" or organismes is None or une.cle in organismes)
    ]
    compares, nouveaux = [], []
    for une in retenues:
        ancienne = avant(une.un.code, une.niveau, une.cle)
        if ancienne and ancienne.jugee:
            if _comparables(une, ancienne):
                compares.append(Mouvement(_nom(connus, une), une, ancienne))
        elif une.etat in MAUVAIS:
            nouveaux.append(Nouveau(_nom(connus, une), une))
    return Mouvements(len(compares), _retenir(compares), _par_nom(nouveaux), changees)


def sans_doublons(faits: Sequence[Mouvement]) -> list[Mouvement]:
    """Return facts once each: an organisme and its type, or all, are the same movement."""
    des_organismes = {un.ici.un.code for un in faits if un.ici.niveau == "organisme"}
    return [
        un for un in faits if un.ici.niveau == "organisme" or un.ici.un.code not in des_organismes
    ]


def progres(ctx: Contexte, mieux: Sequence[Mouvement]) -> list[Mouvement]:
    """Return what got better: leaving « à traiter » after a single month of it is no progress."""
    e = ctx.edition
    isoles = {
        (un.code, un.niveau, un.cle)
        for un in semestre_des_indicateurs(e.v, e.departement, ctx.mois_avant)
        if un.tolerance_zero and sum(etat in MAUVAIS for etat in un.etats) == 1
    }
    return [
        un for un in mieux if un.net or (un.ici.un.code, un.ici.niveau, un.ici.cle) not in isoles
    ]


def _comparables(ici: Valeur, avant: Valeur) -> bool:
    """Tell whether both have units, and as many months where these are counted."""
    if isinstance(ici, DuSemestre) and isinstance(avant, DuSemestre) and ici.lus != avant.lus:
        return False
    return bool(ici.d and avant.d)


def _noms(v: Lecture, departement: str, mois: str) -> dict[str, str]:
    types = {un: majuscule(un.pairs) for un in TYPES_JUGES}
    return noms_des_organismes(v, departement, mois) | types


def _nom(noms: Mapping[str, str], une: Valeur) -> str:
    return "" if une.niveau == "departement" else noms.get(une.cle, une.cle)


def _changees(
    regles: Catalogue, anciennes: Catalogue, ici: Releve, avant: Releve
) -> tuple[Indicateur, ...]:
    """Return the indicators counted at both ends, whose rule is not the same."""
    return tuple(
        un
        for code, un in regles.indicateurs.items()
        if (ancienne := anciennes.indicateurs.get(code))
        and ancienne.version != un.version
        and ici(code)
        and avant(code)
    )


def _retenir(compares: Sequence[Mouvement]) -> tuple[Mouvement, ...]:
    chances = chances_d_un_ecart(
        ([un.avant.n or 0 for un in compares], [un.avant.d or 0 for un in compares]),
        ([un.ici.n or 0 for un in compares], [un.ici.d or 0 for un in compares]),
    )
    tenus = [
        (chance, replace(un, net=bool(tient)))
        for un, chance, tient in zip(compares, chances, retenir_ensemble(chances), strict=True)
        if un.change or (tient and _compte(un))
    ]
    return tuple(un for _, un in sorted(tenus, key=_rang))


def _rang(tenu: tuple[float, Mouvement]) -> tuple[float | str, ...]:
    """Rank by the state that is reached, then the surest, in the catalogue's order, by name.

    Nothing in it depends on a count that is masked, but for what stands all the same.
    """
    chance, un = tenu
    sure = chance if un.net and not un.masque else 1.0
    return (-un.gravites[un.pire], not un.net, sure, un.ici.un.ordre, *_ordre(un.nom, un.ici.cle))


def _par_nom(nouveaux: Sequence[Nouveau]) -> tuple[Nouveau, ...]:
    return tuple(sorted(nouveaux, key=lambda un: (un.ici.un.ordre, *_ordre(un.nom, un.ici.cle))))


def _ordre(nom: str, cle: str) -> tuple[str, str]:
    return clef_de_tri(nom), cle


def _compte(un: Mouvement) -> bool:
    return un.ici.un.seuils is None or not {un.ici.etat, un.avant.etat}.isdisjoint(DEPASSES)


def _taux(une: Valeur) -> float:
    """Return the rate, masked or not: no one is shown it."""
    return une.n / une.d if une.n and une.d else 0.0
