"""Invented people, some of whom have two demandes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from infocentre.demo import noms
from infocentre.demo.defauts import Defaut
from infocentre.demo.graphies import codes, vider
from infocentre.demo.hasard import Hasard, arrive, entre, tirer
from infocentre.demo.menages import Menages
from infocentre.demo.monde import Monde
from infocentre.demo.registre import Registre, code_postal
from infocentre.demo.temps import JAMAIS, Entiers, Masque
from infocentre.demo.vies import Vies

_NOMS = (*noms.NOMS, *noms.NOMS_RARES)
_PRENOMS = (*noms.PRENOMS_HOMMES, *noms.PRENOMS_FEMMES)
_PART_VRAIS_DOUBLONS = 0.85
_ABSENTES = 0.012


@dataclass(frozen=True)
class Personnes:
    """Who holds each demande; `double` tells that the same person holds an older one, `titulaire`.

    `nom` is a rank in NOMS, then in NOMS_RARES.
    """

    titulaire: Entiers
    nom: Entiers
    prenom: Entiers
    femme: Masque
    naissance: Entiers
    double: Masque


def personnes(vies: Vies, registre: Registre, hasard: Hasard) -> Personnes:
    """Draw the people; what is forced past the duplicate alert is often a true duplicate."""
    alea, nombre = hasard.flux("personnes"), len(vies)
    femme = arrive(alea, 0.57, nombre)
    age = (18.3 + alea.gamma(1.9, 12.0, nombre)).clip(18.3, 92)
    naissance = vies.creation - (age * 365.25).astype(np.int64)
    nom = entre(alea, 0, len(noms.NOMS) - 1, nombre)
    prenom = entre(alea, 0, len(noms.PRENOMS_HOMMES) - 1, nombre)
    prenom = prenom + femme * len(noms.PRENOMS_HOMMES)
    titulaire = _titulaires(vies, registre, alea)
    nom = _noms_rares(nom, hasard)
    return Personnes(
        titulaire=titulaire,
        nom=nom[titulaire],
        prenom=prenom[titulaire],
        femme=femme[titulaire],
        naissance=naissance[titulaire],
        double=titulaire != np.arange(nombre),
    )


def _noms_rares(nom: Entiers, hasard: Hasard) -> Entiers:
    """Give six people out of ten a name that few bear."""
    alea, nombre = hasard.flux("noms rares"), len(nom)
    poids = 1 / np.arange(10, 10 + len(noms.NOMS_RARES)) ** 0.6
    rare = len(noms.NOMS) + tirer(alea, poids, nombre)
    return np.where(arrive(alea, 0.6, nombre), rare, nom)


def _titulaires(vies: Vies, registre: Registre, alea: np.random.Generator) -> Entiers:
    """Return for each demande the first one of the same person."""
    nombre = len(vies)
    taux = registre.taux[Defaut.DOUBLON][vies.createur]
    double = arrive(alea, np.where(vies.force, _PART_VRAIS_DOUBLONS, taux), nombre)
    recentes = max(int((vies.saisie > vies.saisie[-1] - 200).sum()), 2)
    rangs = np.arange(nombre)
    titulaire = np.where(double, (rangs - entre(alea, 1, recentes, nombre)).clip(0), rangs)
    for _ in range(4):
        titulaire = titulaire[titulaire]
    return titulaire


def identites(monde: Monde, gens: Personnes, foyers: Menages) -> tuple[Masque, pl.DataFrame]:
    """Return who is present in the nominative feed, and its columns but the numéro."""
    alea, nombre = monde.hasard.flux("identites"), len(monde.vies)
    nom, prenom = codes(_NOMS, gens.nom), codes(_PRENOMS, gens.prenom)
    capitales = arrive(alea, 0.5, nombre)
    autre_nom = codes(noms.NOMS, entre(alea, 0, len(noms.NOMS) - 1, nombre))
    mariee = gens.femme & arrive(alea, 0.3, nombre)
    sans_jour = gens.double | arrive(alea, 0.99, nombre)
    colonnes = {
        "NOM": _variante(nom, capitales, gens.double & arrive(alea, 0.5, nombre)),
        "NOM_NAISSANCE": vider(autre_nom, ~mariee),
        "PRENOM": _variante(prenom, ~capitales & gens.double, np.zeros(nombre, dtype=bool)),
        "DATE_NAISSANCE": monde.graphies.dates(
            np.where(sans_jour | arrive(alea, 0.5, nombre), gens.naissance, JAMAIS)
        ),
        "CODE_POSTAL": codes([code_postal(c) for c in monde.lieu.codes], foyers.commune),
    }
    colonnes |= _cotitulaires(monde, foyers, alea)
    return ~arrive(alea, _ABSENTES, nombre), pl.DataFrame(colonnes)


def _variante(texte: pl.Series, capitales: Masque, sans_accents: Masque) -> pl.Series:
    """Write some names in capitals and some without accents, as people type them."""
    nus = texte.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.replace("-", " ")
    nus = nus.str.replace("œ", "oe", literal=True).str.to_uppercase()
    return pl.select(
        pl.when(pl.lit(pl.Series(sans_accents)))
        .then(nus)
        .when(pl.lit(pl.Series(capitales)))
        .then(texte.str.to_uppercase())
        .otherwise(texte)
    ).to_series()


def _cotitulaires(monde: Monde, foyers: Menages, alea: np.random.Generator) -> dict[str, pl.Series]:
    nombre = len(monde.vies)
    seul = ~foyers.cotitulaire
    naissance = foyers.naissance + entre(alea, -2500, 2500, nombre)
    naissance = np.minimum(naissance, monde.vies.creation - 6700)
    return {
        "NOM_COTITULAIRE": codes(noms.NOMS, tirer(alea, [1.0] * len(noms.NOMS), nombre), seul),
        "PRENOM_COTITULAIRE": codes(_PRENOMS, entre(alea, 0, len(_PRENOMS) - 1, nombre), seul),
        "DATE_NAISSANCE_COTITULAIRE": monde.graphies.dates(np.where(seul, JAMAIS, naissance)),
    }
