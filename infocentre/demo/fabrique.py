"""Deliveries of an invented département, or of the 101 ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from infocentre.demo import flux
from infocentre.demo.actes import MOTIFS, RADATT, RADIRR
from infocentre.demo.attributions import attributions
from infocentre.demo.ecriture import (
    Livraison,
    lignes_coupees,
    salir_journal,
    salir_radiation,
    salir_stock,
)
from infocentre.demo.etat import RADIEE, Etat
from infocentre.demo.graphies import Graphies, codes, vider
from infocentre.demo.habitudes import DERNIER, MOIS, Calendrier
from infocentre.demo.hasard import Hasard
from infocentre.demo.identites import Personnes, identites, personnes
from infocentre.demo.menages import Menages, menages
from infocentre.demo.monde import Monde
from infocentre.demo.mouvements import PART as PART_MOUVEMENTS
from infocentre.demo.mouvements import VERITE as VERITE_MOUVEMENTS
from infocentre.demo.mouvements import Mouvements, Terrain, ecrire_mouvements, tirer_mouvements
from infocentre.demo.proches import PART, VERITE, Proches, choisir, ecrire_verite
from infocentre.demo.proches import ecrire as ecrire_proches
from infocentre.demo.registre import lignes_registre, registre
from infocentre.demo.temps import (
    Entiers,
    Masque,
    dernier_jour,
    indice_mois,
    jour,
    mois_des_jours,
    premier_jour,
)
from infocentre.demo.territoire import departements, territoire
from infocentre.demo.vies import Periode, simuler
from infocentre.noyau.erreurs import Refus

TAILLE, GRAINE = 20_000, 13
TAILLE_NATION = 2_800_000
_MOIS_DE_RADIATIONS, _MOIS_D_ACTES, _MOIS_D_IDENTITES = 14, 18, 12
_DATES_VIVANTES = {
    "DATE_MODIFICATION": "modification",
    "DATE_RENOUVELLEMENT": "renouvellement",
    "DATE_PREAVIS_SIMPLE": "preavis_simple",
    "DATE_PREAVIS_AR": "preavis_ar",
}


@dataclass(frozen=True, slots=True)
class _Lieu:
    """Where deliveries come from; `guichets` is their number, None for what is usual.

    `proches`: pairs of demandes that look alike, as a share of active ones.
    """

    departement: str
    guichets: int | None = None
    proches: float = PART


@dataclass(frozen=True, slots=True)
class _Voulu:
    """How many demandes, on how many months, drawn from what; `livrees` last ones are written."""

    taille: int
    mois: int
    graine: int = GRAINE
    dernier: date = DERNIER
    livrees: int | None = None

    def verifier(self) -> None:
        """Raise Refus when a number makes no sense."""
        ou = "données de démonstration"
        if self.taille < 1:
            raise Refus(f"taille de {self.taille} demandes", ou, "Donnez un nombre d’au moins 1.")
        if not 1 <= self.mois <= 120:
            raise Refus(f"{self.mois} mois de livraisons", ou, "Donnez un nombre de 1 à 120.")
        if self.dernier != dernier_jour(indice_mois(self.dernier)):
            raise Refus(
                f"dernier arrêté au {self.dernier:%d/%m/%Y}",
                ou,
                "Donnez le dernier jour d’un mois.",
            )


@dataclass(frozen=True)
class _Departement:
    """All that is drawn once for a département; each delivery is a view of it at its arrêté."""

    monde: Monde
    foyers: Menages
    fiches: pl.DataFrame
    rang_attribution: Entiers
    attributions: pl.DataFrame
    identifiees: Masque
    identites: pl.DataFrame
    gens: Personnes
    proches: Proches
    mouvements: Mouvements
    journal: flux.Flux
    plis: flux.Flux
    messages: flux.Flux
    comptes: flux.Comptes
    formats: Entiers


def fabriquer(
    dossier: Path,
    *,
    taille: int = TAILLE,
    mois: int = MOIS,
    graine: int = GRAINE,
    dernier: date = DERNIER,
    departement: str = "013",
    avancement: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write `mois` monthly deliveries that end at `dernier` and return them in order of time.

    `taille` is about the number of active demandes at the last arrêté; `avancement` is told each
    step in French. Raises Refus when a number makes no sense.
    """
    voulu = _Voulu(taille, mois, graine, dernier)
    return list(_livraisons(dossier, voulu, _Lieu(departement), avancement or _muet))


def fabriquer_derniers(
    dossier: Path, *, taille: int, mois: int, livrees: int, avancement: Callable[[str], None]
) -> list[Path]:
    """Write the last `livrees` deliveries of those of `fabriquer`, the same to the byte."""
    voulu = _Voulu(taille, mois, livrees=livrees)
    return list(_livraisons(dossier, voulu, _Lieu("013"), avancement))


def fabriquer_etendu(dossier: Path, *, taille: int, mois: int, guichets: int) -> list[Path]:
    """Write the deliveries of a département that has as many guichets as asked, as `fabriquer`."""
    lieu = _Lieu("013", guichets)
    return list(_livraisons(dossier, _Voulu(taille, mois), lieu, _muet))


def fabriquer_proches(dossier: Path, *, taille: int, mois: int, part: float) -> list[Path]:
    """Write deliveries in which a larger share of demandes look alike, as `fabriquer`."""
    lieu = _Lieu("013", proches=part)
    return list(_livraisons(dossier, _Voulu(taille, mois), lieu, _muet))


def livraisons_nation(
    dossier: Path,
    *,
    taille: int = TAILLE_NATION,
    mois: int = 2,
    graine: int = GRAINE,
    dernier: date = DERNIER,
    avancement: Callable[[str], None] | None = None,
) -> Iterator[Path]:
    """Yield `dossier/<departement>/<AAAA-MM>` one by one, so that each may be loaded and deleted.

    Only one département is held in memory; each has its share of `taille` by its population.
    """
    population = sum(territoire(code).population for code in departements())
    for code in departements():
        part = max(round(taille * territoire(code).population / population), 10)
        yield from _livraisons(
            dossier / code, _Voulu(part, mois, graine, dernier), _Lieu(code), avancement or _muet
        )


def fabriquer_nation(
    dossier: Path,
    *,
    taille: int = TAILLE_NATION,
    mois: int = 2,
    graine: int = GRAINE,
    dernier: date = DERNIER,
    avancement: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write the deliveries of the 101 départements and return them; see livraisons_nation."""
    return list(
        livraisons_nation(
            dossier, taille=taille, mois=mois, graine=graine, dernier=dernier, avancement=avancement
        )
    )


def _muet(_message: str) -> None:
    """Say nothing."""


def _livraisons(
    dossier: Path,
    voulu: _Voulu,
    lieu: _Lieu,
    avancement: Callable[[str], None],
) -> Iterator[Path]:
    voulu.verifier()
    departement = lieu.departement
    avancement(f"Département {departement} : simulation d’environ {voulu.taille} demandes actives")
    fin = indice_mois(voulu.dernier)
    periode = Periode(fin - voulu.mois + 1, fin)
    ecrites = fin - (voulu.livrees or voulu.mois) + 1
    donnees = _tirer(lieu, voulu.taille, periode, Hasard(voulu.graine, departement))
    numeros = donnees.identites["NUMERO_UNIQUE"]
    ecrire_verite(dossier / VERITE, numeros, donnees.proches, donnees.gens)
    ecrire_mouvements(dossier / VERITE_MOUVEMENTS, numeros, donnees.mouvements)
    etat = Etat(donnees.monde.vies)
    for numero in range(periode.premier, fin + 1):
        arrete = dernier_jour(numero)
        etat.avancer(jour(arrete))
        if numero < ecrites:
            continue
        chemin = _livrer(dossier, donnees, etat, arrete)
        avancement(f"Département {departement} : livraison arrêtée au {arrete:%d/%m/%Y}")
        yield chemin


def _tirer(ou: _Lieu, taille: int, periode: Periode, hasard: Hasard) -> _Departement:
    """Simulate a département and write every cell that does not depend on the arrêté."""
    lieu, dates = territoire(ou.departement), Calendrier(periode.dernier)
    guichets = registre(lieu, dates, hasard, ou.guichets)
    vies = simuler(guichets, dates, periode, hasard, taille)
    monde = Monde(lieu, guichets, vies, hasard, Graphies(hasard.flux("graphies")))
    gens = personnes(vies, guichets, hasard)
    alea = hasard.flux("proches")
    fin = Etat(vies)
    fin.avancer(periode.fin)
    proches = choisir(fin.actives(), gens, alea, round(taille * ou.proches))
    gens = proches.meler(gens)
    foyers = menages(monde, gens.naissance, gens.femme, proches.foyers(gens, alea))
    numeros = _numeros(monde)
    rang, logements = attributions(monde, foyers)
    identifiees, noms = identites(monde, gens, foyers)
    noms = ecrire_proches(noms, proches, gens, alea)
    mouvements = tirer_mouvements(
        Terrain(vies, fin, gens, proches, periode),
        noms.with_columns(numeros),
        hasard.flux("mouvements"),
        round(taille * PART_MOUVEMENTS),
    )
    depuis = periode.debut_memoire
    return _Departement(
        monde=monde,
        foyers=foyers,
        fiches=foyers.fiches.with_columns(numeros),
        rang_attribution=rang,
        attributions=logements,
        identifiees=identifiees,
        identites=noms.with_columns(numeros),
        mouvements=mouvements,
        gens=gens,
        proches=proches,
        journal=flux.journal(monde, numeros, depuis),
        plis=flux.plis(monde, numeros, depuis),
        messages=flux.messages(monde, numeros, depuis),
        comptes=flux.comptes(guichets, hasard, dates, periode.fin),
        formats=monde.graphies.formats(len(vies)),
    )


def _numeros(monde: Monde) -> pl.Series:
    """Return the numéros uniques: territory, month and year of entry, rank, creating guichet."""
    vies = monde.vies
    mois = mois_des_jours(vies.saisie)
    premier, dernier = int(np.min(mois, initial=0)), int(np.max(mois, initial=0))
    textes = [f"{premier_jour(m):%m%y}" for m in range(premier, dernier + 1)]
    rang = pl.Series(np.arange(len(vies)) % 1_000_000).cast(pl.String).str.zfill(6)
    createur = codes([guichet.code for guichet in monde.registre.guichets], vies.createur)
    numeros = monde.lieu.prefixe + codes(textes, mois - premier) + rang + createur
    return numeros.alias("NUMERO_UNIQUE")


def _livrer(dossier: Path, donnees: _Departement, etat: Etat, arrete: date) -> Path:
    """Write the delivery of one arrêté."""
    fin = jour(arrete)
    monde = donnees.monde
    livraison = Livraison(dossier, monde.lieu.departement, arrete, monde.hasard)
    lignes = lignes_registre(monde.registre, monde.lieu, monde.hasard, arrete)
    livraison.ecrire("guichets", _guichets(lignes, monde.graphies))
    actives, radiees = _livrer_demandes(livraison, donnees, etat, arrete)
    depuis = jour(premier_jour(indice_mois(arrete) - _MOIS_D_ACTES + 1)) - 1
    journal = donnees.journal.a_la_date(depuis, fin)
    livraison.ecrire("journal", salir_journal(livraison.alea, journal))
    livraison.ecrire("messages", donnees.messages.a_la_date(depuis, fin))
    plis = donnees.plis.a_la_date(depuis, fin).with_columns(pl.col("STATUT").fill_null("EN_COURS"))
    livraison.ecrire("plis", plis)
    livraison.ecrire("utilisateurs", flux.utilisateurs(donnees.comptes, monde, fin))
    recentes = radiees[etat.radiation[radiees] > _il_y_a(arrete, _MOIS_D_IDENTITES)]
    connues = np.concatenate([actives, recentes])
    noms = donnees.mouvements.a_la_date(donnees.identites, indice_mois(arrete))
    livraison.ecrire("identites", noms[connues[donnees.identifiees[connues]]])
    return livraison.clore()


def _il_y_a(arrete: date, mois: int) -> int:
    """Return the last day of the month that many months before the arrêté."""
    return jour(dernier_jour(indice_mois(arrete) - mois))


def _guichets(lignes: list[dict[str, str | int | None]], graphies: Graphies) -> pl.DataFrame:
    tableau = pl.DataFrame(lignes, infer_schema_length=None)
    jours = {
        nom: tableau[nom].fill_null(-(2**30)).to_numpy().astype(np.int64)
        for nom in ("DATE_CONVENTION", "DATE_FERMETURE")
    }
    formats = np.arange(tableau.height) % 3
    return tableau.with_columns(
        graphies.dates(valeurs, formats).alias(nom) for nom, valeurs in jours.items()
    )


def _livrer_demandes(
    livraison: Livraison, donnees: _Departement, etat: Etat, arrete: date
) -> tuple[Entiers, Entiers]:
    """Write stock and radiation; return their demandes."""
    actives = etat.actives()
    radiees = etat.radiees(_il_y_a(arrete, _MOIS_DE_RADIATIONS))
    alea = livraison.alea
    radiees_du_mois = etat.radiees(_il_y_a(arrete, 1))
    avant = etat.modification[radiees_du_mois] < etat.radiation[radiees_du_mois]
    radiees_du_mois = radiees_du_mois[avant]
    doubles = _quelques(alea, radiees_du_mois), _quelques(alea, etat.deradiees(jour(arrete) - 60))
    stock = _fiches(donnees, etat, actives, arrete)
    radiation = _radiations(donnees, etat, radiees, arrete)
    egarees = _fiches(donnees, etat, doubles[0], arrete)
    sali = salir_stock(alea, stock, egarees.with_columns(pl.lit("ACTIVE").alias("ETAT_DEMANDE")))
    livraison.ecrire("stock", sali, lignes_coupees(stock.height))
    autres = _radiations(donnees, etat, doubles[1], arrete)
    livraison.ecrire("radiation", salir_radiation(alea, radiation, autres))
    return actives, radiees


def _quelques(alea: np.random.Generator, demandes: Entiers) -> Entiers:
    return alea.permutation(demandes)[:3]


def _fiches(donnees: _Departement, etat: Etat, lignes: Entiers, arrete: date) -> pl.DataFrame:
    """Return the columns of stock for these demandes, as they are known at the arrêté."""
    nombre = len(donnees.monde.vies)
    ressources = donnees.foyers.ressources[lignes + nombre * etat.modifiee[lignes]]
    noms = [guichet.code for guichet in donnees.monde.registre.guichets]
    egare = lignes % 7919 == 17
    dates = [
        donnees.monde.graphies.dates(
            getattr(etat, champ)[lignes], (donnees.formats[lignes] + rang) % 4
        ).alias(nom)
        for rang, (nom, champ) in enumerate(_DATES_VIVANTES.items())
    ]
    maj = arrete.toordinal() + 1
    return (
        donnees.fiches[lignes]
        .hstack(ressources)
        .with_columns(
            codes(["ACTIVE", "RADIEE"], (etat.etat[lignes] == RADIEE).astype(np.int64)).alias(
                "ETAT_DEMANDE"
            ),
            vider(codes(noms, etat.guichet[lignes]), egare).alias("GUICHET_ENREGISTREUR"),
            *dates,
            pl.lit("1").alias("ZONAGE123_ACTUEL"),
            pl.lit(date.fromordinal(maj).strftime("%d/%m/%Y")).alias("DATE_MAJ_DWH"),
        )
    )


def _radiations(donnees: _Departement, etat: Etat, lignes: Entiers, arrete: date) -> pl.DataFrame:
    """Return the columns of radiation; those of a dwelling are null but for an attribution."""
    motif = etat.motif[lignes]
    derniere = donnees.attributions.height - 1
    rang = np.where(motif == RADATT, donnees.rang_attribution[lignes], derniere)
    irrecevable = motif == RADIRR
    formats = donnees.formats[lignes]
    return (
        _fiches(donnees, etat, lignes, arrete)
        .hstack(donnees.attributions[rang])
        .with_columns(
            donnees.monde.graphies.dates(etat.radiation[lignes], formats).alias("DATE_RADIATION"),
            codes(MOTIFS, motif).alias("MOTIF_RADIATION"),
            codes(("IRRSEJ", "IRRRES"), lignes % 2, ~irrecevable | (lignes % 97 == 3)).alias(
                "SMOTIF_RADIATION"
            ),
        )
    )
