"""Whom to name: organismes in alert, compared within their type; communes « à accompagner »."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from infocentre.lecture.commun import catalogue, libelle, noms_des_organismes, registre, reste
from infocentre.lecture.demarches import RECONNUE, reconnues
from infocentre.lecture.indicateurs import seuls_de_leur_type
from infocentre.mesures.jugement import exces_en_sql
from infocentre.mesures.probabilites import chances_d_un_ecart, retenir_ensemble
from infocentre.noyau.etats import DEPASSES, MAUVAIS, SIGNIFICATIFS, Etat, en_sql
from infocentre.noyau.francais import entier
from infocentre.noyau.types_guichet import EN_LIGNE, TypeGuichet
from infocentre.restitutions import entetes
from infocentre.restitutions.document import Cellule, Origine, Section, Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.synthese.attendu import connues, persistants
from infocentre.restitutions.synthese.commun import juges, tenir

ORGANISMES, COMMUNES, LETTRES_ORGANISMES, LETTRES_COMMUNES = 4, 3, 420, 320

# What each rests on, worst first: units in anomaly beyond what the orange threshold allows.
_EXCES = exces_en_sql("n", "d")
_ORGANISMES = f"""
SELECT v.guichet, v.code, v.type_guichet, v.etat, v.taux_ensemble,
    v.fenetre, v.n_etat AS n, v.d_etat AS d, v.taux_etat,
    {_EXCES} AS exces
FROM valeurs AS v JOIN regles USING (code)
WHERE v.departement = $departement AND v.mois = $mois AND v.niveau = 'organisme'
    AND regles.imputable = 'guichet' AND v.etat IN {en_sql(MAUVAIS)} AND d > 0
QUALIFY row_number() OVER (PARTITION BY v.guichet ORDER BY exces DESC, regles.ordre) = 1
ORDER BY exces DESC, regles.ordre, v.guichet
"""
# All that is judged of the communes, beside the others of them together.
_COMMUNES = f"""
SELECT v.guichet, v.code, v.etat, v.fenetre, v.n_etat AS n, v.d_etat AS d,
    (sum(n) OVER (PARTITION BY v.code) - n)::BIGINT AS n_autres,
    (sum(d) OVER (PARTITION BY v.code) - d)::BIGINT AS d_autres
FROM valeurs AS v JOIN regles USING (code)
WHERE v.departement = $departement AND v.mois = $mois AND v.niveau = 'guichet'
    AND v.type_guichet = '{TypeGuichet.COMMUNE}' AND regles.imputable = 'guichet' AND d > 0
    AND v.etat IN {en_sql(SIGNIFICATIFS)}
ORDER BY v.etat = '{Etat.ORANGE}', {_EXCES} DESC, regles.ordre,
    v.guichet
"""


class Cas(TypedDict):
    """How many anomalies of an indicator, out of how many units."""

    code: str
    n: int
    d: int


class _Alerte(Cas):
    guichet: str
    type_guichet: str | None
    etat: str
    taux_ensemble: float | None
    fenetre: str
    taux_etat: float
    exces: float


class _Jugee(Cas):
    guichet: str
    etat: str
    fenetre: str
    n_autres: int
    d_autres: int


@dataclass(frozen=True, slots=True)
class Commune:
    """A guichet of a commune and what it needs help for: `n` of `d`, over 12 months (`annee`)."""

    nom: str
    libelle: str
    n: int
    d: int
    annee: bool
    reste: str


@dataclass(frozen=True)
class Guichets(Contenu):
    """Organismes in alert (None when there are none) and communes, with how many are not named.

    `inconnus`: some in alert are not of the register. `dites`: other communes are told of above.
    `signes`: what those of the table say. `juges`: whether a guichet is judged of anything.
    """

    modele = "synthese/guichets.md"

    mois: str
    organismes: Tableau | None
    signes: Sequence[str]
    autres_organismes: int
    inconnus: bool
    communes: tuple[Commune, ...]
    autres_communes: int
    dites: bool
    juges: bool


def guichets(edition: Edition) -> tuple[Section, ...]:
    """Return the organismes in alert, then the communes whose guichet needs help."""
    alertes = edition.v.lignes(_ORGANISMES, _mois(edition), _Alerte)
    tableau, autres_organismes = _organismes(edition, alertes)
    dites, communes = _communes(edition)
    citees = tenir(
        communes, lambda une: len(une.nom) + len(une.libelle), COMMUNES, LETTRES_COMMUNES
    )
    return Guichets(
        edition.mois,
        tableau,
        _signes(tableau),
        autres_organismes,
        any(une["type_guichet"] is None for une in alertes),
        citees,
        len(communes) - len(citees),
        dites,
        juges(edition),
    ).rediger()


def _organismes(edition: Edition, alertes: Sequence[_Alerte]) -> tuple[Tableau | None, int]:
    """Return one row for what is worst in each, and how many organismes it leaves out."""
    noms = noms_des_organismes(edition.v, edition.departement, edition.mois)
    lignes = [
        une for une in alertes if une["type_guichet"] not in {TypeGuichet.COMMUNE, EN_LIGNE, None}
    ]
    rangees = tenir(
        (_rangee(edition, une, noms) for une in lignes),
        lambda une: 2 * len(str(une[0].valeur)) + len(str(une[1].valeur)),
        ORGANISMES,
        LETTRES_ORGANISMES,
    )
    colonnes = entetes.colonnes(
        "synthese-organismes", "organisme", "cause", "cas", "part", "ensemble"
    )
    tableau = Tableau("organismes", "", colonnes, rangees) if rangees else None
    return tableau, len(lignes) - len(rangees)


def _signes(tableau: Tableau | None) -> list[str]:
    """Return what each sign of a table says, the same of several once."""
    montres = {case.etat for ligne in tableau.lignes for case in ligne} if tableau else set()
    return [un.ecrit for un in MAUVAIS if un in montres]


def _rangee(edition: Edition, une: _Alerte, noms: dict[str, str]) -> tuple[Cellule, ...]:
    colonne = "taux_12m" if une["fenetre"] == "12m" else "taux"
    un = catalogue().indicateurs.get(une["code"])
    reconnue = un and (une["guichet"], un.famille) in reconnues(connues(edition))
    origine = Origine(une["code"], edition.mois, une["guichet"], colonne)
    type_ = TypeGuichet.lire(une["type_guichet"])
    seuls = seuls_de_leur_type(edition.v, edition.departement, edition.mois, "organisme")
    seul = (une["code"], une["guichet"]) in seuls
    return (
        Cellule(noms.get(str(une["guichet"])) or str(une["guichet"])),
        Cellule(libelle(une["code"])),
        Cellule(f"{_sur(une)}, {RECONNUE}" if reconnue else dire_cas(une)),
        Cellule(une["taux_etat"], origine, etat=une["etat"]),
        Cellule(une["taux_ensemble"] if type_ and not seul else None),
    )


def _mois(edition: Edition) -> dict[str, str]:
    return {"departement": edition.departement, "mois": edition.mois}


def _communes(edition: Edition) -> tuple[bool, list[Commune]]:
    """Return the communes to help, the worst first, each for what is worst.

    Those of which it is told what was asked, or is to be, are named there: whether some are.
    """
    dits = {une.organisme for une in connues(edition) if une.nommable and not une.finie}
    dits |= {un.organisme for un in persistants(edition)}
    inscrits = registre(edition.v, edition.departement, edition.mois)
    dites = any(
        une["organisme"] in dits and une["type_guichet"] == TypeGuichet.COMMUNE for une in inscrits
    )
    noms = {
        une["guichet"]: une["nom"] or une["guichet"]
        for une in inscrits
        if une["organisme"] not in dits
    }
    pires: dict[str, Commune] = {}
    for une in _a_part(edition.v.lignes(_COMMUNES, _mois(edition), _Jugee)):
        if une["guichet"] in noms and une["guichet"] not in pires:
            annee = une["fenetre"] == "12m"
            comptes = une["n"], une["d"], annee, reste(une["code"])
            pires[une["guichet"]] = Commune(noms[une["guichet"]], libelle(une["code"]), *comptes)
    return dites, list(pires.values())


def _a_part(lignes: list[_Jugee]) -> Iterator[_Jugee]:
    """Yield what is rouge or à traiter, and what is worse than the others beyond chance."""
    chances = chances_d_un_ecart(
        ([une["n_autres"] for une in lignes], [une["d_autres"] for une in lignes]),
        ([une["n"] for une in lignes], [une["d"] for une in lignes]),
    )
    for une, tient in zip(lignes, retenir_ensemble(chances), strict=True):
        pire = une["n"] * une["d_autres"] > une["n_autres"] * une["d"]
        if une["etat"] in MAUVAIS or (une["etat"] in DEPASSES and tient and pire):
            yield une


def dire_cas(une: Cas) -> str:
    """Return « 158 sur 2 893, à ne plus refaire »: how many cases, and what is asked of them."""
    return ", ".join(filter(None, [_sur(une), reste(une["code"])]))


def _sur(une: Cas) -> str:
    return f"{entier(une['n'])} sur {entier(une['d'])}"
