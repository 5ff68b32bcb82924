"""Demandes: the units in anomaly of a month, one demande in the order of time, samples."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypedDict

from infocentre.catalogue import Indicateur, Population, Remede
from infocentre.catalogue.conserve import catalogue_du_controle
from infocentre.catalogue.remedes import CLOSE, dire_suite
from infocentre.contrat import contrat, montres
from infocentre.entrepot import Livraison
from infocentre.entrepot.liens import CODES, sql_liens
from infocentre.entrepot.relations import citer
from infocentre.lecture.adresses import exiger_guichet
from infocentre.lecture.anomalies import sql_anomalies_publiees
from infocentre.lecture.archives import (
    Liste,
    lignes_de_liste,
    relation_d_archives,
    tenir_references,
)
from infocentre.lecture.commun import par_version, registre
from infocentre.lecture.echantillons import Demande, Echantillon, tirer
from infocentre.lecture.filtres import Filtres, decouper, retenir
from infocentre.lecture.lecteur import L, Lecture
from infocentre.lecture.liens import sql_liens_de
from infocentre.lecture.lignes import Anomalie, AutreDemande, EtatDemande, Fait, Suivi, Vie
from infocentre.lecture.parcours import lire_etats, sql_parcours
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import jour, nom_mois, rang

GRAVITES = ("30", "90", "180", "365")  # days: more than a month, a quarter, a half-year, a year
RADIATIONS = "radiations"  # the population of demandes that are radiées
CLOSES, OUVERTES = "closes", "ouvertes"
FILS = 2
TRIS = {
    "gravite": "gravite DESC NULLS LAST, guichet, unite",
    "guichet": "guichet, jour, unite",
    "anciennete": "premier_mois NULLS LAST, guichet, unite",
    "numero": "numero_unique NULLS LAST, unite",
}


@dataclass(frozen=True, slots=True)
class Choix:
    """Which anomalies are wanted: the indicator, the guichets (None: all), the window, the order.

    `suite` keeps those that stand (OUVERTES) or ended since (CLOSES), `plus_de` the graver ones.
    """

    code: str
    guichets: tuple[str, ...] | None = None
    douze_mois: bool = False
    tri: str = "guichet"
    suite: str = ""
    plus_de: int | None = None

    @property
    def filtre(self) -> bool:
        """Tell whether some of the anomalies are left out."""
        return self.suite != "" or self.plus_de is not None


def choisir_guichets(v: Lecture, filtres: Filtres, cle: str) -> tuple[str, ...] | None:
    """Return the guichets of a key (a guichet, an organisme), a type or EPCI, or the périmètre.

    None when nothing restricts the list. What a key names is out of the filters' reach.

    Raises:
        Refus: no guichet nor organisme has the key: an empty list would read « no anomaly ».
    """
    if cle:
        exiger_guichet(v, filtres.departement, cle)
    vus = v.p if cle else retenir(v, filtres)
    if not cle and not filtres.type_guichet and not vus.partiel:
        return None
    connus = registre(v, filtres.departement, filtres.mois, vus)
    if not cle:
        voulus = [
            une["guichet"] for une in connus if filtres.type_guichet in {"", une["type_guichet"]}
        ]
    else:
        voulus = [une["guichet"] for une in connus if cle in {une["guichet"], une["organisme"]}]
        voulus = voulus or [cle]
    return tuple(voulus)


def livraison_controlee(v: Lecture, filtres: Filtres) -> Livraison:
    """Return the controlled delivery of the month; raise Refus when numéros may not be listed."""
    une = v.version.publiee(filtres.departement, filtres.mois)
    if une is None or une.controle is None:
        raise Refus(
            "Ce mois n'est pas contrôlé", que_faire="Choisir un autre mois dans les filtres."
        )
    v.exiger_nominatif()
    return une


def population_de(v: Lecture, une: Livraison, code: str) -> Population:
    """Return the population of an indicator, as the month was controlled."""
    catalogue = catalogue_du_controle(v.dossier, une)
    if code not in catalogue.indicateurs:
        raise Refus(
            f"L'indicateur {code} n'existait pas quand ce mois a été contrôlé",
            que_faire=f"Contrôler le mois de nouveau : infocentre controler --mois {une.mois}",
        )
    return catalogue.populations[catalogue.indicateurs[code].population]


@dataclass(frozen=True, slots=True)
class Demandee:
    """What an address asks: indicator, key of the guichets (or none), population, the list."""

    un: Indicateur
    cle: str
    population: Population
    choix: Choix

    @property
    def nature(self) -> str:
        """Noun of a unit: demande, acte, message, pli, accès."""
        trouve = re.search(r"par (\w+)", self.population.grain)
        return trouve[1] if trouve else "demande"

    @property
    def pluriel(self) -> str:
        """Plural of the noun."""
        return self.nature if self.nature.endswith("s") else f"{self.nature}s"

    @property
    def stock(self) -> bool:
        """Tell whether anomalies stay from month to month."""
        return self.population.nature == "stock"


def demandee(v: Lecture, filtres: Filtres, un: Indicateur, adresse: dict[str, str]) -> Demandee:
    """Read in the address which anomalies of an indicator are wanted; raise Refus."""
    population = population_de(v, livraison_controlee(v, filtres), un.code)
    cle = adresse.get("guichet", "")
    choix = Choix(
        code=un.code,
        guichets=choisir_guichets(v, filtres, cle),
        douze_mois=population.nature == "flux" and veut_douze_mois(un, filtres, adresse),
        tri=adresse.get("tri") or ("gravite" if un.gravite else "guichet"),
        suite=suite if (suite := adresse.get("suite", "")) in {OUVERTES, CLOSES} else "",
        plus_de=int(seuil)
        if un.gravite and (seuil := adresse.get("gravite", "")) in GRAVITES
        else None,
    )
    return Demandee(un, cle, population, choix)


def veut_douze_mois(un: Indicateur, filtres: Filtres, adresse: dict[str, str]) -> bool:
    """Tell whether 12 months are wanted of a flow: the window of its state unless asked else."""
    return (adresse.get("fenetre", "") if un.tolerance_zero else filtres.fenetre) == "12m"


def anomalies(
    v: Lecture, une: Livraison, choix: Choix, *, page: int | None = 1
) -> tuple[int, list[Anomalie]]:
    """Return how many units are in anomaly, and those of a page (all of them without a page).

    Each has its explication, `premier_mois` (first seen), `statut`, `motif_cloture` and
    `mois_cloture`, as the whole life of the anomaly is known today.
    """
    parametres = {
        "guichets": list(choix.guichets) if choix.guichets is not None else None,
        "douze_mois": choix.douze_mois,
        "suite": choix.suite,
        "plus_de": choix.plus_de,
    }
    suivies = Liste((une, choix.code), (une,), _sql_anomalies(v, une, choix.code))

    def lire(sql: str, genre: type[L], /) -> list[L]:
        return lignes_de_liste(v, suivies, sql, parametres, genre)

    return decouper(
        lire,
        "SELECT * FROM {liste} WHERE ($douze_mois OR mois_juge = mois) "
        "AND ($guichets IS NULL OR guichet IN (SELECT unnest($guichets))) "
        "AND ($plus_de IS NULL OR gravite > $plus_de) "
        f"AND ($suite = '' OR (statut IS NOT DISTINCT FROM '{CLOSE}') = ($suite = '{CLOSES}')) "
        f"ORDER BY {TRIS.get(choix.tri, TRIS['guichet'])}",
        page,
        Anomalie,
    )


def _sql_anomalies(v: Lecture, une: Livraison, code: str) -> str:
    """Return the SELECT of the anomalies that a delivery shows, with the life of each."""
    suivi = v.suivi(une.departement)
    vie = "premier_mois, statut, motif_cloture, mois_cloture"
    jointure = (
        f"LEFT JOIN (SELECT unite, {vie}, dernier_mois FROM {suivi} WHERE code = {citer(code)}) "
        "AS s ON s.unite = a.unite AND a.mois_juge BETWEEN s.premier_mois AND s.dernier_mois"
        if suivi
        else "CROSS JOIN (SELECT "
        f"{', '.join(f'NULL::VARCHAR AS {nom}' for nom in vie.split(', '))}) AS s"
    )
    relation = "anomalies_doublons" if code in CODES else "anomalies"
    vues = v.filtrer(relation, f"({sql_anomalies_publiees(v.dossier, [une], code)})")
    return f"SELECT a.*, {vie} FROM {vues} AS a {jointure}"


def dire_vie(un: Indicateur | None, une: Vie, fin: dt.date | None = None) -> str:
    """Return what became of a unit in anomaly: « ouverte », « corrigée en mai 2026 »…, in words.

    `fin` is the last day on which its demande may be reactivated: what a radiation did may then
    still be undone.
    """
    mois = une["mois_cloture"]
    remede: Remede = un.remede if un else "corriger"
    jusqu_au = jour(fin) if fin and juge_une_radiation(un) else ""
    quand = nom_mois(mois) if mois else ""
    return dire_suite(remede, une["statut"], une["motif_cloture"], quand, jusqu_au)


def juge_une_radiation(un: Indicateur | None) -> bool:
    """Tell whether an indicator finds fault with radiations, which may be undone for a time."""
    return un is not None and un.population == RADIATIONS and un.remede == "constater"


def mois_ouverts(premier: str | None, mois: str) -> int | None:
    """Return for how many months an anomaly is open at a month, both included."""
    if premier is None:
        return None
    return rang(mois) - rang(premier) + 1


class Comptes(TypedDict):
    """Counts of an indicator in a month over some guichets; states where there is one guichet."""

    code: str
    etat: str | None
    etat_mois: str | None
    numerateur: int | None
    denominateur: int | None
    numerateur_12m: int | None
    denominateur_12m: int | None


class Avertissements(TypedDict):
    """Whether late entries are likely, None when nothing is estimated; values revised since."""

    tardive: bool | None
    revisions: int


@par_version
def comptes(v: Lecture, filtres: Filtres, guichets: tuple[str, ...] | None) -> dict[str, Comptes]:
    """Return {code: numérateurs and dénominateurs} of the month, over some guichets or all."""
    lignes = v.lignes(
        _COMPTES,
        {
            "departement": filtres.departement,
            "mois": filtres.mois,
            "guichets": ["*"] if guichets is None else list(guichets),
        },
        Comptes,
    )
    return {une["code"]: une for une in lignes}


_COMPTES = """
select code,
    case when count(*) = 1 then any_value(etat) end as etat,
    case when count(*) = 1 then any_value(etat_mois) end as etat_mois,
    sum(numerateur)::bigint as numerateur, sum(denominateur)::bigint as denominateur,
    sum(numerateur_12m)::bigint as numerateur_12m, sum(denominateur_12m)::bigint as denominateur_12m
from valeurs
where departement = $departement and mois = $mois and niveau in ('guichet', 'departement')
    and guichet in (select unnest($guichets::varchar[]))
group by code
"""


@par_version
def avertissements(v: Lecture, filtres: Filtres, code: str) -> Avertissements:
    """Return whether late entries are likely in the month, and how many values were revised."""
    lignes = v.lignes(
        "SELECT (SELECT bool_or(saisie_tardive_probable) FROM estimations "
        "WHERE code = $code AND departement = $departement AND mois_juge = $mois "
        "AND mois = $mois) AS tardive, (SELECT count(*) FROM revisions WHERE code = $code "
        "AND departement = $departement AND mois = $mois AND niveau <> 'organisme') AS revisions",
        {"code": code, "departement": filtres.departement, "mois": filtres.mois},
        Avertissements,
    )
    return lignes[0]


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of one numéro: newest state, life, anomalies, other demandes it is tied to.

    `fiche` is what is shown of the state, by column of the contract; `constats` what was found of
    each anomaly, by code and unit, in the last month that shows it.
    """

    etat: EtatDemande
    fiche: dict[str, object]
    faits: list[Fait]
    anomalies: list[Suivi]
    constats: dict[tuple[str, str], str]
    liens: list[AutreDemande]


@par_version
def demande(v: Lecture, numero: str) -> Dossier:
    """Return all that is known of a numéro; raise Refus when nothing that one may see has it."""
    if not v.p.nominatif:
        raise Refus(
            "Les demandes ne sont pas ouvertes à ce compte",
            que_faire="S'adresser au gestionnaire territorial.",
        )
    montrees = [une.champ for une in contrat().tables["stock"].rangees("fiche")]
    etats = lire_etats(v, numero, EtatDemande, montrees)
    if not etats:
        raise Refus(
            f"La demande « {numero} » n'est dans aucune livraison chargée",
            que_faire="Vérifier le numéro unique : 18 caractères, dont 13 chiffres au début.",
        )
    faits = v.lignes(sql_parcours(v, numero, etats), {}, Fait)
    etat = max(etats, key=lambda une: une["vue_le"])
    departement = etat["departement"]
    lues: Mapping[str, object] = etat
    siennes = _anomalies_de(v, departement, numero)
    return Dossier(
        etat,
        {champ: lues[champ] for champ in montrees},
        faits,
        siennes,
        _constats(v, numero, siennes),
        _liens_de(v, departement, numero),
    )


def lire_la_premiere(v: Lecture) -> None:
    """Read a demande in anomaly, if there is one: what all share is then there for a reader."""
    tenir_references(v)
    departement = next(iter(v.version.departements), "")
    if suivi := v.suivi(departement):
        for (numero,) in v.tuples(f"SELECT numero_unique FROM {suivi} ORDER BY ALL LIMIT 1"):
            demande(v, numero)


def _liens_de(v: Lecture, departement: str, numero: str) -> list[AutreDemande]:
    """Return the links of a numéro, from what all the archives of the département show."""
    livraisons = v.version.de(departement)
    archives = [v.dossier.archive(une) for une in livraisons]
    etats = [v.dossier.etats / v.version.etats[departement]]
    liens = v.filtrer("liens", f"({sql_liens_de('{liste}', etats)})")
    tous = Liste(("liens", departement), tuple(livraisons), sql_liens(archives))
    return lignes_de_liste(v, tous, f"FROM {liens}", {"numero": numero}, AutreDemande)


def _anomalies_de(v: Lecture, departement: str, numero: str) -> list[Suivi]:
    suivi = v.suivi(departement)
    if suivi is None:
        return []
    return v.lignes(
        f"SELECT * FROM {suivi} WHERE numero_unique = $numero "
        "ORDER BY statut DESC, premier_mois DESC, code",
        {"numero": numero},
        Suivi,
    )


def _constats(v: Lecture, numero: str, suivies: list[Suivi]) -> dict[tuple[str, str], str]:
    """Return what each anomaly of a numéro is; those of a month whose delivery is gone say none.

    Each is looked for in the archives of its month, two at a time.
    """
    with ThreadPoolExecutor(FILS) as fils:
        lire = montres.ailleurs(_constats_de)
        lus = fils.map(lambda une: lire(v, numero, une), suivies)
        return dict(itertools.chain.from_iterable(lus))


def _constats_de(v: Lecture, numero: str, une: Suivi) -> list[tuple[tuple[str, str], str]]:
    code = une["code"]
    livraison = v.version.publiee(une["departement"], une["dernier_mois"])
    if livraison is None or livraison.controle is None:
        return []
    if code not in catalogue_du_controle(v.dossier, livraison).indicateurs:
        return []
    nom = "anomalies_doublons" if code in CODES else "anomalies"
    contenu = sql_anomalies_publiees(v.dossier, [livraison], code)
    requete = (
        f"SELECT unite, constat FROM {nom} "
        f"WHERE numero_unique = {citer(numero)} AND mois_juge = mois"
    )
    with relation_d_archives(v, [livraison], nom, contenu, requete) as relation:
        lus = relation.fetchall()
    montres.lire_lignes(lus)
    return [((code, unite), constat) for unite, constat in lus]


def tirer_echantillon(v: Lecture, filtres: Filtres, voulu: Demande) -> Echantillon:
    """Draw a sample of a guichet in the month; raise Refus when there is nothing to check."""
    return tirer(v, livraison_controlee(v, filtres), voulu)
