"""The register of guichets: who they are, what is missing, who opened, who closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypedDict

from infocentre.contrat import contrat
from infocentre.contrat.intitules import intitule
from infocentre.contrat.territoires import nom_departement, noms_des_communes, territoires
from infocentre.entrepot.sceaux import decrire_archive
from infocentre.lecture.commun import derniers, mois_controles, par_version, registre
from infocentre.lecture.filtres import Filtres, retenir
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Guichet, Inscription
from infocentre.noyau.francais import clef_de_tri, du_departement, simplifier
from infocentre.noyau.temps import mois_avant
from infocentre.noyau.types_guichet import EN_LIGNE, INCONNU, TypeGuichet

CHERCHES = ("nom", "guichet", "siren", "code_postal", "nom_commune", "adresse")
MOIS_COMPARES = 12
# Who may ask there, when it is not everybody (CCH R.441-2-1).
RESERVE = (
    "Réservé aux salariés des entreprises qui cotisent à la participation des employeurs à "
    "l'effort de construction"
)


class Changement(TypedDict):
    """What became of a guichet of the register in a month; `le`: the day it closed.

    A `nom` that changed says the one before.
    """

    guichet: str
    nom: str | None
    type_guichet: str
    mois: str
    mouvement: str
    le: dt.date | None


@dataclass(frozen=True, slots=True)
class Comptes:
    """The guichets of a register at the arrêté: a « guichet » is open and a place to go to.

    The closed ones and the portal (`en_ligne`) are counted apart.
    """

    ouverts: int
    fermes: int
    en_ligne: int


class Inconnu(TypedDict):
    """A code that a delivery uses and its register does not know: in which tables, how often."""

    guichet: str
    tables: list[str]
    lignes: int


def nom_commune(code: str | None) -> str:
    """Return the name of a commune (or arrondissement), its code when it is unknown."""
    connue = territoires().get(code or "")
    return connue.nom if connue else code or ""


@derniers(8)
def guichets(v: Lecture, filtres: Filtres) -> list[Guichet]:
    """Return the register of a month, by commune then name, each with what it lacks.

    Adds `ouvert` (at the arrêté), `nom_commune` and `lacunes`, the fields that are empty. The
    portal has neither place nor hours: nothing is missing there.
    """
    arrete = _arrete(v, filtres)
    inscrits = [
        une
        for une in registre(v, filtres.departement, filtres.mois, retenir(v, filtres))
        if filtres.type_guichet in {"", une["type_guichet"]}
    ]
    communes = noms_des_communes({une["commune"] or "" for une in inscrits})
    return sorted((_montrer(une, arrete, communes) for une in inscrits), key=_ordre)


def _montrer(une: Inscription, arrete: dt.date, communes: Mapping[str, str]) -> Guichet:
    ouvert = ferme_le(une, arrete) is None
    return {
        **une,
        "ouvert": ouvert,
        "nom_commune": communes[une["commune"] or ""],
        "lacunes": lacunes(une) if ouvert and une["type_guichet"] != EN_LIGNE else [],
    }


def ferme_le(une: Inscription, arrete: dt.date) -> dt.date | None:
    """Return the day since when a guichet is closed at an arrêté, None for an open one."""
    le = une["date_fermeture"]
    return le if le is not None and le <= arrete else None


def fermes(v: Lecture, departement: str, jour: dt.date) -> frozenset[str]:
    """Return the guichets that the newest register says closed on a day, announced or done."""
    mois = mois_controles(v, departement)
    lus = registre(v, departement, mois[-1]) if mois else []
    return frozenset(un["guichet"] for un in lus if ferme_le(un, jour))


def partis(v: Lecture, departement: str, guichets: Iterable[str]) -> frozenset[str]:
    """Return those of these guichets that the newest register shows closed at its arrêté.

    One that is in neither of the last two registers is gone as well: a row may be missing once.
    """
    mois = mois_controles(v, departement)[-2:]
    livraison = v.version.publiee(departement, mois[-1]) if mois else None
    if livraison is None:
        return frozenset()
    arrete = dt.date.fromisoformat(livraison.arrete)
    *avant, dernier = ({un["guichet"]: un for un in registre(v, departement, un)} for un in mois)
    return frozenset(
        un
        for un in guichets
        if (ferme_le(dernier[un], arrete) if un in dernier else avant and un not in avant[0])
    )


def compter_guichets(lignes: Sequence[Guichet]) -> Comptes:
    """Count the guichets of a register, as `guichets` gives it."""
    sur_place = [une["ouvert"] for une in lignes if une["type_guichet"] != EN_LIGNE]
    en_ligne = sum(une["type_guichet"] == EN_LIGNE for une in lignes)
    return Comptes(sum(sur_place), len(sur_place) - sum(sur_place), en_ligne)


def _ordre(une: Guichet) -> tuple[str, ...]:
    """Sort by commune then name, as a directory does: É with E, the 9th before the 10th."""
    commune = une["nom_commune"]
    return clef_de_tri(commune), commune, clef_de_tri(une["nom"]), une["guichet"]


def _arrete(v: Lecture, filtres: Filtres) -> dt.date:
    livraison = v.version.publiee(filtres.departement, filtres.mois)
    return dt.date.fromisoformat(livraison.arrete) if livraison else dt.date.max


def lacunes(une: Mapping[str, object]) -> list[str]:
    """Return what a guichet owes the register and is empty there."""
    table = contrat().tables["guichets"]
    attendues = [colonne.champ for colonne in table.rangees("attendu")]
    if une.get("type_guichet") == INCONNU:  # a draft: nothing was said of it
        attendues = ["type_guichet", "mode_enregistrement", *attendues]
    return [intitule(un) for un in attendues if une.get(un) in {None, "", INCONNU}]


def chercher_guichets(lignes: list[Guichet], recherche: str) -> list[Guichet]:
    """Keep the guichets, as `guichets` gives them, that have every word of a search.

    Looked for without accents nor case, in the name, the code, the SIREN, the place.
    """
    mots = simplifier(recherche).split()
    return [une for une in lignes if _a(une, mots)] if mots else lignes


def _a(une: Mapping[str, object], mots: list[str]) -> bool:
    dit = simplifier(" ".join(str(une[champ] or "") for champ in CHERCHES))
    return all(mot in dit for mot in mots)


def trier_guichets(lignes: list[Guichet], ordre: str) -> list[Guichet]:
    """Return the guichets by nom, type or lacunes; else by commune, as they are given."""
    clefs: dict[str, Callable[[Guichet], tuple[object, ...]]] = {
        "nom": lambda une: (clef_de_tri(une["nom"]), une["guichet"]),
        "type": lambda une: (une["type_guichet"], clef_de_tri(une["nom"]), une["guichet"]),
        "lacunes": lambda une: (-len(une["lacunes"]),),
    }
    return sorted(lignes, key=clefs[ordre]) if ordre in clefs else lignes


def liste_publique(v: Lecture, filtres: Filtres) -> list[Guichet]:
    """Return the open guichets where one can go, by commune then name."""
    return [
        une for une in guichets(v, filtres) if une["ouvert"] and une["type_guichet"] != EN_LIGNE
    ]


def titre_liste_publique(departement: str, epci: str | None = None) -> str:
    """Return the title that the public reads, of a département or an EPCI by its name."""
    lieu = f", {epci}" if epci else f" {du_departement(departement, nom_departement(departement))}"
    return f"Où déposer une demande de logement social : guichets enregistreurs{lieu}"


def reserve(une: Mapping[str, object]) -> str:
    """Return of whom alone a guichet takes demandes, for the public; '' for everybody's."""
    return RESERVE if une["type_guichet"] == TypeGuichet.ACTION_LOGEMENT else ""


@par_version
def mouvements(v: Lecture, filtres: Filtres) -> list[Changement]:
    """Return what changed in the register over the last 12 months, newest first.

    Grain: one guichet and one change: 'ouvert' (not there the month before), 'renommé', 'fermé'
    (its date_fermeture), 'retiré' (no longer in the register).
    """
    debut = mois_avant(filtres.mois, MOIS_COMPARES)
    lieu = {"departement": filtres.departement, "debut": debut, "fin": filtres.mois}
    mois = mois_controles(v, filtres.departement)
    lignes = v.lignes(_MOUVEMENTS, lieu | {"mois": mois}, Changement)
    vus = retenir(v, filtres)
    vues = [une for une in lignes if vus.voit_guichet(une["guichet"])]
    dates = groupby(vues, key=lambda une: (une["mois"], une["le"]))
    return [un for _, siens in dates for un in sorted(siens, key=lambda un: clef_de_tri(un["nom"]))]


_MOUVEMENTS = """
with etapes as (
    select mois, row_number() over (order by mois) as etape
    from (select unnest($mois::varchar[]) as mois)
    where mois between $debut and $fin
),
vus as (
    select r.guichet, r.nom, r.type_guichet, r.date_fermeture, r.mois, e.etape
    from registre as r
    join etapes as e using (mois)
    where r.departement = $departement
),
ouverts as (
    select n.guichet, n.nom, n.type_guichet, n.mois, 'ouvert' as mouvement, null::date as le
    from vus as n
    anti join vus as a on a.guichet = n.guichet and a.etape = n.etape - 1
    where n.etape > 1
),
renommes as (
    select n.guichet, n.nom || ' (auparavant ' || a.nom || ')' as nom, n.type_guichet, n.mois,
        'renommé' as mouvement, null::date as le
    from vus as n
    join vus as a on a.guichet = n.guichet and a.etape = n.etape - 1
    where n.nom <> a.nom
),
retires as (
    select a.guichet, a.nom, a.type_guichet, e.mois, 'retiré' as mouvement, null::date as le
    from vus as a
    join etapes as e on e.etape = a.etape + 1
    anti join vus as n on n.guichet = a.guichet and n.etape = a.etape + 1
),
fermes as (
    select guichet, arg_max(nom, etape) as nom, arg_max(type_guichet, etape) as type_guichet,
        strftime(arg_max(date_fermeture, etape), '%Y-%m') as mois, 'fermé' as mouvement,
        arg_max(date_fermeture, etape) as le
    from vus
    where date_fermeture is not null
    group by guichet
)
select * from (
    from ouverts union all by name from renommes union all by name from retires
    union all by name from fermes
)
where mois > $debut and mois <= $fin
order by mois desc, le desc nulls last
"""


def inconnus(v: Lecture, filtres: Filtres) -> list[Inconnu]:
    """Return the codes that the month's delivery uses and its register does not know.

    Grain: one code, with the tables that use it and how many rows.
    """
    livraison = v.version.publiee(filtres.departement, filtres.mois)
    if livraison is None or v.p.partiel:
        return []
    codes: dict[str, Inconnu] = {}
    for une in decrire_archive(v.dossier, livraison)["guichets_inconnus"]:
        code = codes.setdefault(
            une["guichet"], {"guichet": une["guichet"], "tables": [], "lignes": 0}
        )
        code["tables"].append(une["table"])
        code["lignes"] += une["lignes"]
    return list(codes.values())
