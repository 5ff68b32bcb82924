"""What every page reads: months, register, values, catalogue."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from infocentre.acces.perimetre import Perimetre
from infocentre.catalogue import Catalogue, Indicateur, lire_catalogue
from infocentre.catalogue.motifs import MOTIFS
from infocentre.contrat import montres
from infocentre.contrat.montres import Montres
from infocentre.entrepot import Livraison
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Inscription, Valeur
from infocentre.lecture.valeurs import sql_motifs
from infocentre.noyau.francais import clef_de_tri
from infocentre.noyau.memoire import Memoire
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.temps import est_annuel, mois_entre

GARDES = 256
REGISTRES = 24  # months of registers that are kept: a row a guichet
CONDITION = "departement = $departement AND mois = $mois"
P = ParamSpec("P")
T = TypeVar("T")
Calcul = Callable[Concatenate[Lecture, P], T]


def par_version(calcul: Calcul[P, T]) -> Calcul[P, T]:
    """Keep the last results of a function of a Lecture: a version never changes.

    What one reader may see is never given to another. The other arguments are hashable, and nobody
    changes what is returned.
    """
    return _garder(calcul, GARDES)


def derniers(nombre: int) -> Callable[[Calcul[P, T]], Calcul[P, T]]:
    """Keep as `par_version` does, but only so many results: those that are large."""

    def decorer(calcul: Calcul[P, T]) -> Calcul[P, T]:
        return _garder(calcul, nombre)

    return decorer


def _garder(calcul: Calcul[P, T], nombre: int) -> Calcul[P, T]:
    gardes: Memoire[tuple[T, Montres]] = Memoire(nombre)

    @functools.wraps(calcul)
    def lire(v: Lecture, /, *arguments: P.args, **nommes: P.kwargs) -> T:
        def calculer(_: object) -> tuple[T, Montres]:
            with montres.suivre() as vus:
                return calcul(v, *arguments, **nommes), vus

        resultat, vus = gardes.lire((*v.cle, *arguments, *sorted(nommes.items())), calculer)
        montres.relire(vus)  # who is given what is kept reads it as well
        return resultat

    return lire


@functools.cache
def catalogue() -> Catalogue:
    """Return the catalogue of this version of the infocentre (cached)."""
    return lire_catalogue()


def libelle(code: str) -> str:
    """Return the name of an indicator, the code of one that has left the catalogue since."""
    un = catalogue().indicateurs.get(code)
    return un.libelle if un else code


def reste(code: str) -> str:
    """Return « à corriger » or « à ne plus refaire », empty for a code out of the catalogue."""
    un = catalogue().indicateurs.get(code)
    return un.mots.reste if un else ""


def indicateurs(*, suivis: bool = False) -> list[Indicateur]:
    """Return the indicators in their order, or only those that are followed first."""
    return [un for un in catalogue().indicateurs.values() if un.suivi or not suivis]


def departements(v: Lecture, *, charges: bool = False) -> list[str]:
    """Return the départements that have at least one controlled month, or (`charges`) delivery."""
    return sorted({une.departement for une in v.version.livraisons if une.publiee or charges})


def mois_charges(v: Lecture, departement: str) -> list[str]:
    """Return the months that a département has delivered, controlled or not, oldest first."""
    return [une.mois for une in v.version.de(departement)]


def mois_controles(v: Lecture, departement: str) -> list[str]:
    """Return the controlled months of a département, oldest first."""
    return [une.mois for une in v.version.de(departement) if une.publiee]


def mois_jamais_livres(v: Lecture, departement: str) -> list[str]:
    """Return the months between two delivered ones that a delivery should be of, oldest first.

    Between two yearly arrêtés, only a December is missing.
    """
    return [
        un
        for avant, apres in itertools.pairwise(mois_charges(v, departement))
        for un in mois_entre(avant, apres)
        if un.endswith("-12") or not est_annuel(avant, apres)
    ]


def annees_annuelles(v: Lecture, departement: str) -> list[str]:
    """Return the years (AAAA) of which only the arrêté of December is expected, oldest first."""
    return [
        apres[:4]
        for avant, apres in itertools.pairwise(mois_charges(v, departement))
        if est_annuel(avant, apres)
    ]


def arrete_precedent(v: Lecture, departement: str, mois: str) -> str | None:
    """Return the last controlled month before one, None for the first."""
    return max((un for un in mois_controles(v, departement) if un < mois), default=None)


def livraisons_annuelles(v: Lecture, departement: str) -> bool:
    """Tell whether the next delivery to come is that of a year."""
    livres = v.version.de(departement)
    if len(livres) < 2:  # noqa: PLR2004 - one alone says so by its name
        return bool(livres) and re.fullmatch(r"\d{4}(\.zip)?", livres[0].nom.lower()) is not None
    return est_annuel(livres[-2].mois, livres[-1].mois)


def livraison(v: Lecture, departement: str, mois: str) -> Livraison | None:
    """Return the delivery whose values are published for a month, else the one in force."""
    return v.version.publiee(departement, mois)


def registre(
    v: Lecture, departement: str, mois: str, vus: Perimetre | None = None
) -> list[Inscription]:
    """Return the guichets of the register at a month, by name, within `vus` when it is given."""
    lignes = _registre(v, departement, mois)
    return [un for un in lignes if vus is None or vus.voit_guichet(un["guichet"])]


@derniers(REGISTRES)
def _registre(v: Lecture, departement: str, mois: str) -> list[Inscription]:
    lignes = v.lignes(
        "SELECT * FROM registre WHERE departement = $departement AND mois = $mois",
        {"departement": departement, "mois": mois},
        Inscription,
    )
    return sorted(lignes, key=lambda un: (clef_de_tri(un["nom"]), un["guichet"]))


@par_version
def motifs(v: Lecture, departement: str, mois: str) -> dict[str, str]:
    """Return {code: why} of the indicators and tables that a month does not let be calculated."""
    if MOTIFS not in v.relations:  # a version that was published before
        return {}
    lignes = v.tuples(sql_motifs(CONDITION), {"departement": departement, "mois": mois})
    return {code: motif for code, _, _, motif in lignes}


def non_calculables(v: Lecture, departement: str, mois: str) -> frozenset[str]:
    """Return the indicators that a month does not let be calculated."""
    return frozenset(motifs(v, departement, mois)) & catalogue().indicateurs.keys()


@par_version
def noms_guichets(v: Lecture, departement: str, mois: str) -> dict[str, str]:
    """Return {guichet: name} of the register at a month, the code where there is no name."""
    lignes = v.tuples(
        "SELECT guichet, coalesce(nullif(nom, ''), guichet) FROM registre "
        "WHERE departement = $departement AND mois = $mois",
        {"departement": departement, "mois": mois},
    )
    return dict(lignes)


@par_version
def noms_des_organismes(v: Lecture, departement: str, mois: str = "") -> dict[str, str]:
    """Return {organisme: name} of the register at a month, the last controlled one by default."""
    lu = mois or next(reversed(mois_controles(v, departement)), "")
    return noms_organismes(registre(v, departement, lu)) if lu else {}


def valeurs(
    v: Lecture,
    departement: str,
    mois: str,
    *,
    niveau: str = "guichet",
    guichet: str | None = None,
    code: str | None = None,
) -> list[Valeur]:
    """Return the published values of a month; grain: indicator × guichet (or organisme, '*')."""
    return v.lignes(
        "SELECT * FROM valeurs WHERE departement = $departement AND mois = $mois "
        "AND niveau = $niveau AND ($guichet IS NULL OR guichet = $guichet) "
        "AND ($code IS NULL OR code = $code)",
        {
            "departement": departement,
            "mois": mois,
            "niveau": niveau,
            "guichet": guichet,
            "code": code,
        },
        Valeur,
    )


def noms_des_guichets(v: Lecture, departement: str) -> dict[str, str]:
    """Return {guichet: name} of the last controlled month."""
    mois = mois_controles(v, departement)
    lus = registre(v, departement, mois[-1]) if mois else []
    return {une["guichet"]: une["nom"] or une["guichet"] for une in lus}


@par_version
def dernier_nom(v: Lecture, departement: str, code: str) -> str:
    """Return the last name that a guichet or an organisme had in the register, '' without one."""
    if not mois_controles(v, departement):
        return ""
    ((mois,),) = v.tuples(
        "SELECT max(mois) FROM registre "
        "WHERE departement = $departement AND $code IN (guichet, organisme)",
        {"departement": departement, "code": code},
    )
    if mois is None:
        return ""
    noms = noms_guichets(v, departement, mois) | noms_des_organismes(v, departement, mois)
    return noms.get(code, "")
