"""Values of the indicators as a bilan shows them: département, types, organismes; masked together.

`lecture.publies` says which. Where no anomaly is tolerated, acts are told by the semester
(`semestre`): of their months the département's zeros are, and states.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from infocentre.catalogue import Indicateur
from infocentre.lecture.commun import par_version
from infocentre.lecture.etats_tus import etats_tus
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.publies import (
    TOUS,
    Lue,
    Niveau,
    arrondir,
    dit_au_semestre,
    lire,
    lire_regles,
    tus,
)
from infocentre.noyau.etats import SIGNIFICATIFS, Etat
from infocentre.noyau.francais import entier
from infocentre.restitutions.document import Cellule, Origine


@dataclass(frozen=True, slots=True)
class Valeur:
    """The counts that a state rests on, with their margins; `n`, `d` None when not calculable.

    `masquee`: the counts may not be shared, the state may, unless it would tell one (`etats_tus`);
    `environ` is then the rate, so rounded that it tells nothing of them, None when it would.
    """

    un: Indicateur
    niveau: Niveau
    cle: str
    mois: str
    etat: str
    n: int | None
    d: int | None
    bas: float | None
    haut: float | None
    annee: bool
    masquee: bool = False
    environ: float | None = None

    @property
    def taux(self) -> float | None:
        """Rate, None without a unit or when it may not be shared."""
        return None if self.masquee or self.n is None or not self.d else self.n / self.d

    @property
    def jugee(self) -> bool:
        """Tell whether the state is a judgement."""
        return self.etat in SIGNIFICATIFS

    def origine(self, colonne: str) -> Origine:
        """Return where a figure comes from, `colonne` as `infocentre indicateurs` names it."""
        suffixe = "_12m" if self.annee else ""
        ligne = f"type/{self.cle}" if self.niveau == "type" else self.cle
        return Origine(self.un.code, self.mois, ligne, f"{colonne}{suffixe}")

    def cellule(self) -> Cellule:
        """Return the rate with its state and what it is out of."""
        if self.masquee and self.environ is not None:
            return Cellule(self.environ, self.origine("taux"), etat=self.etat, arrondie=True)
        if self.masquee:
            return Cellule(origine=self.origine("taux"), masquee=True, etat=self.etat)
        return Cellule(self.taux, self.origine("taux"), etat=self.etat, sur=self.d)

    def compte(self, colonne: Literal["numerateur", "denominateur"]) -> Cellule:
        """Return one of the two counts."""
        valeur = self.n if colonne == "numerateur" else self.d
        if self.masquee:
            return Cellule(origine=self.origine(colonne), masquee=True)
        return Cellule(valeur, self.origine(colonne))


@dataclass(frozen=True, slots=True)
class Denombree(Valeur):
    """Anomalies that are counted, none being tolerated: a count without a rate, with its state."""

    colonne: ClassVar[str] = "numerateur"

    @property
    def taux(self) -> None:
        """None: what is not tolerated is counted."""
        return

    def cellule(self) -> Cellule:
        """Return the count with the state."""
        origine = self.origine(self.colonne)
        if self.masquee:
            return Cellule(origine=origine, masquee=True, etat=self.etat)
        return Cellule(None if self.n is None else entier(self.n), origine, etat=self.etat)


@dataclass(frozen=True, slots=True)
class Releve:
    """The values of a month, by (code, niveau, cle)."""

    mois: str
    valeurs: dict[tuple[str, Niveau, str], Valeur]

    def __call__(self, code: str, niveau: Niveau = "departement", cle: str = TOUS) -> Valeur | None:
        """Return one value, None where there is no unit."""
        return self.valeurs.get((code, niveau, cle))

    def cles(self, niveau: Niveau) -> list[str]:
        """Return the types or organismes that have a value."""
        return sorted({cle for _, autre, cle in self.valeurs if autre == niveau})


@par_version
def relever(v: Lecture, departement: str, mois: str, catalogue: str, *, partage: bool) -> Releve:
    """Return the values of a month; `catalogue` is its JSON. With `partage`, masked together."""
    regles = lire_regles(catalogue)
    valeurs = {
        (une["code"], une["niveau"], une["cle"]): _valeur(
            une, regles.indicateurs[une["code"]], mois
        )
        for une in lire(v, departement, mois, regles)
    }
    if not partage:
        return Releve(mois, valeurs)
    seuil, tues = seuil_secret(v), etats_tus(v, departement, mois, catalogue)
    for cle in tus(v, departement, mois, catalogue) & valeurs.keys():
        une = valeurs[cle]
        etat = Etat.SECRET if cle in tues else une.etat
        valeurs[cle] = replace(une, masquee=True, environ=_environ(une, seuil), etat=etat)
    return Releve(
        mois,
        {
            cle: _denombrer(une) if dit_au_semestre(regles, une.un.code) else une
            for cle, une in valeurs.items()
        },
    )


def _environ(une: Valeur, seuil: int) -> float | None:
    return arrondir(une.niveau, une.n or 0, une.d or 0, seuil)


def _denombrer(une: Valeur) -> Denombree:
    """Return what is told of a month: that it has none, else its state."""
    return Denombree(
        une.un,
        une.niveau,
        une.cle,
        une.mois,
        une.etat,
        une.n,
        une.d,
        une.bas,
        une.haut,
        une.annee,
        masquee=bool(une.n),
    )


def _valeur(une: Lue, un: Indicateur, mois: str) -> Valeur:
    return Valeur(
        un,
        une["niveau"],
        une["cle"],
        mois,
        une["etat"],
        une["n"],
        une["d"],
        une["bas"],
        une["haut"],
        une["annee"],
    )
