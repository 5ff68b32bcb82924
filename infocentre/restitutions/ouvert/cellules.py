"""The cells that are published, a row each: the shared standard tables, the bilan's indicators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from infocentre.contrat.territoires import nom_departement
from infocentre.exports import FENETRES
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import partages
from infocentre.mesures.declarations import Role
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.plans import ENSEMBLE, Ligne, Plan
from infocentre.mesures.tableaux import Tableau, tableaux
from infocentre.noyau.temps import fin_de_mois
from infocentre.restitutions.bilan.releve import Denombree, Valeur, relever
from infocentre.restitutions.bilan.semestre import DuSemestre, fini, tenir
from infocentre.restitutions.ouvert.croisements import Croisee, croiser

# What stands in the place of a figure: a count, or what was calculated from one that is masked. One
# code for the small counts and for those that protect them: to tell them apart would bound both.
MASQUEE, CALCULEE = MASQUE, "s2"
DEPARTEMENT: Final = "departement"
PAR_EPCI: Final = "demandes-actives"  # the theme of what EPCI have of each modality
TOUT: Final = "ensemble"


# Level, code and name of a territory; characteristic, then code and label of two modalities.
_Situation = tuple[str, str, str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Theme:
    """A resource made of standard tables, by their roles; `epcis`: those whose rows are EPCI."""

    nom: str
    titre: str
    roles: tuple[Role, ...]
    epcis: tuple[Role, ...] = ()


THEMES: Final = (
    Theme(
        PAR_EPCI,
        "Demandes actives à l’arrêté",
        (
            "communes_souhaitees",
            "anciennete",
            "typologies_recherchees",
            "composition_familiale",
            "motifs",
            "plafond_demandes",
        ),
    ),
    Theme("depots", "Dépôts, radiations et stock", ("evolution", "depots")),
    Theme(
        "attributions",
        "Attributions des douze mois",
        (
            "attributions",
            "reservataires",
            "prioritaires",
            "delais",
            "typologies",
            "plafond_attributions",
            "profil",
        ),
    ),
    Theme(
        "tension",
        "Demandes pour une attribution",
        ("territoires", "pression_typologies", "pression_compositions"),
    ),
    Theme(
        "egalite-citoyennete",
        "Égalité et citoyenneté : premier quartile hors QPV, trois quartiles supérieurs en QPV",
        (),
        epcis=("mixite_hors_qpv", "mixite_en_qpv"),
    ),
)


class Cellule(NamedTuple):
    """A figure of a standard table, told (`valeur`) or masked (`masque`)."""

    departement: str
    mois: str
    arrete: str
    tableau: str
    niveau: str
    territoire: str
    nom_territoire: str
    caracteristique: str
    modalite: str
    libelle_modalite: str
    modalite_croisee: str
    libelle_modalite_croisee: str
    mesure: str
    valeur: float | None
    masque: str | None


class Indicateur(NamedTuple):
    """A figure of an indicator, of the département or of a type of guichets."""

    departement: str
    mois: str
    arrete: str
    indicateur: str
    libelle: str
    regle: int
    type_guichet: str
    fenetre: str
    etat: str
    mesure: str
    valeur: float | None
    masque: str | None


# What tells the cells of a table apart.
CLE: Final = (
    "mois",
    "tableau",
    "niveau",
    "territoire",
    "caracteristique",
    "modalite",
    "modalite_croisee",
    "mesure",
)
CLE_INDICATEUR: Final = ("mois", "indicateur", "type_guichet", "mesure")


def insee(departement: str) -> str:
    """Return the INSEE code of a département: 13 for 013, 2A for 02A, 971."""
    return departement.removeprefix("0")


def lire(v: Lecture, departement: str, mois: str) -> dict[str, list[Cellule]]:
    """Return the cells of a month, by theme."""
    montrees = partages(v, departement, mois)
    lues: dict[str, list[Cellule]] = {}
    for theme in THEMES:
        lues[theme.nom] = []
        for role in (*theme.roles, *theme.epcis):
            tableau = tableaux().du_role(role)
            if tableau.code in montrees:
                lignes = montrees[tableau.code].lignes
                lues[theme.nom] += _du_tableau(tableau, role, lignes, epci=role in theme.epcis)
    lues[PAR_EPCI] += _par_epci(croiser(v, departement, mois), departement, mois)
    return lues


def _par_epci(croisees: Sequence[Croisee], departement: str, mois: str) -> Iterator[Cellule]:
    """Yield what EPCI have of each modality: its table, crossed by territory."""
    for une in croisees:
        yield Cellule(
            insee(departement),
            mois,
            fin_de_mois(mois).isoformat(),
            tableaux().code(une.role),
            "epci",
            une.epci,
            une.nom,
            une.role,
            une.modalite,
            une.libelle,
            ENSEMBLE,
            "Ensemble",
            "total",
            une.valeur,
            MASQUEE if une.valeur is None else None,
        )


def mesures(tableau: Tableau) -> list[str]:
    """Return the columns of a table that are figures, but those that repeat another row."""
    return [
        nom
        for nom, genre in zip(tableau.colonnes, tableau.types, strict=True)
        if genre not in {"VARCHAR", "DATE"} and nom not in tableau.plan.repetes
    ]


def _du_tableau(
    tableau: Tableau, role: str, lignes: Sequence[Ligne], *, epci: bool
) -> Iterator[Cellule]:
    noms = mesures(tableau)
    for ligne in lignes:
        reperes = _situer(ligne, role, epci=epci)
        for nom in noms:
            if ligne[nom] is not None:
                yield Cellule(*_de(ligne, tableau), *reperes, nom, *_dire(ligne, nom, tableau.plan))


def _de(ligne: Ligne, tableau: Tableau) -> tuple[str, str, str, str]:
    arrete = fin_de_mois(ligne["mois"]).isoformat()
    return insee(ligne["departement"]), ligne["mois"], arrete, tableau.code


def _situer(ligne: Ligne, role: str, *, epci: bool) -> _Situation:
    """Return where a row is, and what it is: territory, modality, second modality."""
    ici = (DEPARTEMENT, insee(ligne["departement"]), nom_departement(ligne["departement"]))
    rien = (TOUT, ENSEMBLE, "Ensemble", ENSEMBLE, "Ensemble")
    if "niveau" in ligne or epci:
        niveau = ligne.get("niveau", DEPARTEMENT if ligne["code"] == ENSEMBLE else "epci")
        if niveau == DEPARTEMENT:
            return *ici, *rien
        return niveau, ligne["code"], ligne["libelle"], *rien
    if "code_recherche" in ligne:
        recherche = (ligne["code_recherche"], ligne["libelle_recherche"])
        return *ici, role, *recherche, ligne["code_attribue"], ligne["libelle_attribue"]
    seconde = (ENSEMBLE, "Ensemble")
    if "fenetre" in ligne:
        seconde = (ligne["fenetre"], FENETRES[ligne["fenetre"]])
    return *ici, ligne.get("dimension", role), ligne["code"], ligne["libelle"], *seconde


def _dire(ligne: Ligne, nom: str, plan: Plan) -> tuple[float | None, str | None]:
    lu: Any = ligne[nom]
    if lu != MASQUE:
        return lu, None
    return None, MASQUEE if nom in plan.comptes else CALCULEE


# --- Indicators -----------------------------------------------------------------------------------


def lire_indicateurs(v: Lecture, departement: str, mois: str) -> list[Indicateur]:
    """Return what the bilan of a month tells of its indicators: département, types of guichets.

    Acts of which none is tolerated have their sum once their semester is over, as it tells them: a
    sum told earlier could keep the bilan from telling the last one.
    """
    regles = catalogue_du_mois(v, Filtres(departement, mois)).en_json()
    lire_le_mois = tenir if fini(mois) else relever
    releve = lire_le_mois(v, departement, mois, regles, partage=True)
    return [
        Indicateur(insee(departement), mois, fin_de_mois(mois).isoformat(), *reste)
        for une in releve.valeurs.values()
        if une.niveau in {DEPARTEMENT, "type"}
        for reste in _de_l_indicateur(une)
    ]


def _de_l_indicateur(une: Valeur) -> Iterator[tuple[Any, ...]]:
    fenetre = "12_mois" if une.annee else "mois"
    if isinstance(une, DuSemestre):
        fenetre = "semestre"
    type_guichet = une.cle if une.niveau == "type" else ENSEMBLE
    tete = (
        une.un.code,
        une.un.libelle,
        une.un.version,
        type_guichet,
        fenetre,
        une.etat,
    )
    dits: dict[str, float | None] = {"numerateur": une.n}
    if not isinstance(une, Denombree) and une.n is not None:
        dits |= {"denominateur": une.d, "taux": une.n / une.d if une.d else None}
    for nom, valeur in dits.items():
        if valeur is not None:
            tue = CALCULEE if nom == "taux" else MASQUEE
            yield *tete, nom, *((None, tue) if une.masquee else (valeur, None))
    if une.masquee and une.environ is not None:
        yield *tete, "taux_arrondi", une.environ, None
