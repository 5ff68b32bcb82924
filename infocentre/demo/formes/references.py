"""The `ref_*` files of the GIP SNE: a key, a code and a label for each value, not always all three.

The shape of a key was never seen: here it is a number that no code looks like.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from infocentre.contrat import contrat
from infocentre.contrat.territoires import territoires
from infocentre.demo.hasard import Hasard

GEOGRAPHIE = "geographie"
_RANGS = 1_000_000  # a key of commune has one figure more than a code of the INSEE
_LIENS = {
    "LDEC": "Conjoint",
    "LDEM": "Marié",
    "LDER": "Concubin",
    "LDEP": "Pacsé",
    "LDEE": "Enfant",
    "LDEA": "Autre personne à charge",
}
_DALO = {"REC": "Reconnu prioritaire", "INS": "Recours en cours", "REJ": "Recours rejeté"}
_PERSONNES = {"DEM": "Demandeur", "COT": "Cotitulaire", "PAC": "Personne à charge"}
_ZONES = {"Z1": "Zone 1", "Z1B": "Zone 1 bis", "Z2": "Zone 2", "Z3": "Zone 3"}


@dataclass(frozen=True, slots=True)
class Reference:
    """A file of codes: the name of its field, the columns of stock and radiation that it resolves.

    `liste` names lists of the contract; `codes` has those that the contract does not know. Without
    `a_cle` the columns hold codes, without `a_code` the key is the code.
    """

    nom: str
    colonnes: tuple[str, ...] = ()
    listes: tuple[str, ...] = ()
    propres: Mapping[str, str] | None = None
    champ: str = ""
    a_cle: bool = True
    a_code: bool = True

    @property
    def titre(self) -> str:
        """The name of its field, in capitals."""
        return self.champ or self.nom.upper()

    @property
    def codes(self) -> dict[str, str]:
        """Return its codes that are known, with their labels."""
        listes = [contrat().codes[liste] for liste in self.listes]
        return {code: mot for liste in [*listes, self.propres or {}] for code, mot in liste.items()}


REFERENCES = (
    Reference("categ_logement", ("CATEG_LOGEMENT_ACTUEL",), ("CATEG_LOGEMENT_ACTUEL",)),
    Reference(
        "categ_logement_rech",
        ("CATEG_LOGEMENT_RECHERCHE",),
        ("CATEG_LOGEMENT_RECHERCHE",),
        champ="CATEG_LOGEMENT",
    ),
    Reference(
        "composition_famille", ("COMPOSITION_FAMILLE",), ("COMPOSITION_FAMILLE",), a_cle=False
    ),
    Reference("lien_demandeur", propres=_LIENS),
    Reference("mode_logement", ("MODE_LOGEMENT_ACTUEL",), ("MODE_LOGEMENT_ACTUEL",)),
    Reference("motif_demande", ("MOTIF_DEMANDE",), ("MOTIF_DEMANDE",)),
    Reference("motif_radiation", ("MOTIF_RADIATION",), ("MOTIF_RADIATION",)),
    Reference("sexe", ("SEXE_DEMANDEUR",), ("SEXE",), a_code=False),
    Reference("situation_familiale", ("SITU_FAMILIALE_DEMANDEUR",), ("SITU_FAMILIALE",)),
    Reference("statut_dalo", propres=_DALO),
    Reference("statut_professionnel", ("STATUT_PROF_DEMANDEUR",), ("STATUT_PROF",)),
    Reference(
        "type_logement",
        ("TYPE_LOGEMENT_ACTUEL", "TYPE_LOGEMENT_RECHERCHE", "TYPE_LOGEMENT_ATTRIB"),
        ("TYPE_LOGEMENT_RECHERCHE", "TYPE_LOGEMENT_ATTRIB"),
    ),
    Reference("type_personne", propres=_PERSONNES, a_cle=False),
    Reference("type_reservataire", ("TYPE_RESERVATAIRE",), ("TYPE_RESERVATAIRE",), a_code=False),
    Reference(
        "zonage_plaf",
        ("ZONAGEPLAFRESS_ACTUEL", "ZONAGEPLAFRESS_RECHERCHE", "ZONAGEPLAFRESS_ATTRIB"),
        propres=_ZONES,
    ),
    Reference(
        GEOGRAPHIE,
        ("COMMUNE_LOG_ACTUEL", "COMMUNE_LOG_RECHERCHE", "COMMUNE_LOGEMENT_ATTRIB"),
    ),
)


class Cles:
    """The key of each code of a reference, those that its list does not have too."""

    def __init__(self, reference: Reference, vus: Iterable[str], hasard: Hasard) -> None:
        """Give a key to the codes of the list and to those that were seen."""
        self.reference = reference
        connus = reference.codes
        ajoutes = sorted(set(vus) - set(connus))
        self._mots = connus | {code: _mot(reference, code) for code in ajoutes}
        rang = REFERENCES.index(reference)
        base = _RANGS if reference.nom == GEOGRAPHIE else 1_000 * (rang + 1)
        tires = base + hasard.flux(reference.nom).permutation(len(self._mots)) + 1
        self._cles = dict(zip(self._mots, map(str, tires.tolist()), strict=True))

    def poser(self, cellule: pl.Expr) -> pl.Expr:
        """Write what a column of the extract holds in place of codes."""
        if not (self.reference.a_cle and self.reference.a_code):
            return cellule
        return cellule.replace(list(self._cles), list(self._cles.values()))

    def fichier(self) -> pl.DataFrame:
        """Return its file: one row a code."""
        titre, codes = self.reference.titre, list(self._mots)
        if self.reference.nom == GEOGRAPHIE:
            return self._geographie()
        cles = list(self._cles.values()) if self.reference.a_code else codes
        mots = list(self._mots.values())
        colonnes = {
            f"CLE_{titre}": cles,
            f"CODE_{titre}": codes,
            "ORDRE": [str(rang) for rang in range(1, len(codes) + 1)],
            f"LIBL_{titre}": mots,
            f"LIBC_{titre}": [mot[:20] for mot in mots],
        }
        absentes = {f"CLE_{titre}": self.reference.a_cle, f"CODE_{titre}": self.reference.a_code}
        return pl.DataFrame({nom: une for nom, une in colonnes.items() if absentes.get(nom, True)})

    def _geographie(self) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "CLE_COMMUNE": list(self._cles.values()),
                "CODE_COMMUNE": list(self._mots),
                "LIBL_COMMUNE": list(self._mots.values()),
            }
        )


def _mot(reference: Reference, code: str) -> str:
    if reference.nom == GEOGRAPHIE:
        connue = territoires().get(code)
        return connue.nom if connue else "Commune inconnue"
    return f"Ancien code {code}"


def toutes(
    tables: Iterable[pl.DataFrame], communes: Iterable[str], hasard: Hasard
) -> dict[str, Cles]:
    """Return the keys of each reference by its name, for all that these tables hold."""
    lues = list(tables)
    return {
        reference.nom: Cles(
            reference,
            {
                *(communes if reference.nom == GEOGRAPHIE else ()),
                *(code for colonne in reference.colonnes for code in _vus(lues, colonne)),
            },
            hasard,
        )
        for reference in REFERENCES
    }


def _vus(tables: Iterable[pl.DataFrame], colonne: str) -> list[str]:
    presentes = [une[colonne] for une in tables if colonne in une.columns]
    return [code for une in presentes for code in une.drop_nulls().unique().to_list()]


def choisir(alea: np.random.Generator, parmi: Iterable[str | None], hauteur: int) -> pl.Series:
    """Draw one of these for each row."""
    liste = pl.Series(list(parmi), dtype=pl.String)
    return liste.gather(alea.integers(0, len(liste), hauteur))
