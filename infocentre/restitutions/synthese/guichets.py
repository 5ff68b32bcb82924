"""Whom to name: organismes in alert, compared within their type; communes « à accompagner »."""

from __future__ import annotations

from typing import TypedDict

from infocentre.lecture.commun import libelle, registre, reste
from infocentre.noyau.etats import DEPASSES, MAUVAIS, Etat
from infocentre.noyau.francais import borner, citer, entier, minuscule
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.types_guichet import EN_LIGNE, TypeGuichet
from infocentre.restitutions.document import (
    Cellule,
    Colonne,
    Origine,
    Paragraphe,
    Section,
    Tableau,
)
from infocentre.restitutions.lecture import Edition

ORGANISMES, COMMUNES, NOM, LIBELLE = 4, 5, 58, 62

# What each rests on, worst first: units in anomaly beyond what the orange threshold allows.
_ALERTES = f"""
SELECT v.guichet, v.code, v.type_guichet, v.etat, v.taux_ensemble,
    v.fenetre, v.n_etat AS n, v.d_etat AS d, v.taux_etat,
    n - coalesce(regles.seuil_orange, 0) * d AS exces
FROM valeurs AS v JOIN regles USING (code)
WHERE v.departement = $departement AND v.mois = $mois AND v.niveau = $niveau
    AND regles.imputable = 'guichet' AND list_contains($etats, v.etat) AND d > 0
    AND ($type IS NULL OR v.type_guichet = $type)
QUALIFY row_number() OVER (PARTITION BY v.guichet ORDER BY v.etat = '{Etat.ORANGE}', exces DESC,
    regles.ordre) = 1
ORDER BY v.etat = '{Etat.ORANGE}', exces DESC, regles.ordre, v.guichet
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


def organismes(edition: Edition) -> Section:
    """Return the organismes in alert, one row each for what is worst, within their type."""
    lignes = _alertes(edition, "organisme", MAUVAIS)
    noms = noms_organismes(registre(edition.v, edition.departement, edition.mois))
    titre = "Organismes à signaler"
    lignes = [
        une for une in lignes if une["type_guichet"] not in {TypeGuichet.COMMUNE, EN_LIGNE, None}
    ]
    if not lignes:
        bloc = Paragraphe("Aucun organisme n'est en alerte ce mois-ci.")
        return Section(titre, (bloc,), gabarit="organismes")
    rangees = tuple(_rangee(edition, une, noms) for une in lignes[:ORGANISMES])
    reste = len(lignes) - len(rangees)
    tableau = Tableau(
        cle="organismes",
        titre="Ce qui les distingue le plus des organismes du même type",
        colonnes=(
            Colonne("Organisme"),
            Colonne("Ce qui est en cause"),
            Colonne("Cas"),
            Colonne("Sa part", "taux", 0),
            Colonne("Ensemble de son type", "taux", 1),
        ),
        lignes=rangees,
        lecture=f"Non cités ici : {reste} autres organismes en alerte." if reste > 1 else "",
    )
    return Section(titre, (tableau,), gabarit="organismes")


def _alertes(
    edition: Edition, niveau: str, etats: tuple[str, ...], type_guichet: str | None = None
) -> list[_Alerte]:
    return edition.v.lignes(
        _ALERTES,
        {
            "departement": edition.departement,
            "mois": edition.mois,
            "niveau": niveau,
            "etats": list(etats),
            "type": type_guichet,
        },
        _Alerte,
    )


def _rangee(edition: Edition, une: _Alerte, noms: dict[str, str]) -> tuple[Cellule, ...]:
    colonne = "taux_12m" if une["fenetre"] == "12m" else "taux"
    origine = Origine(une["code"], edition.mois, une["guichet"], colonne)
    type_ = TypeGuichet.lire(une["type_guichet"])
    return (
        Cellule(borner(noms.get(str(une["guichet"])) or str(une["guichet"]), NOM)),
        Cellule(borner(libelle(une["code"]), LIBELLE)),
        Cellule(dire_cas(une)),
        Cellule(une["taux_etat"], origine, etat=une["etat"]),
        Cellule(une["taux_ensemble"] if type_ else None),
    )


def communes(edition: Edition) -> Section:
    """Return the communes whose guichet needs help, the worst first, with what for."""
    lignes = _alertes(edition, "guichet", DEPASSES, TypeGuichet.COMMUNE)
    noms = {
        une["guichet"]: une["nom"] or une["guichet"]
        for une in registre(edition.v, edition.departement, edition.mois)
    }
    cites = [_dire(une, noms) for une in lignes if une["guichet"] in noms]
    texte = "Aucune commune n'appelle d'accompagnement ce mois-ci."
    if cites:
        texte = f"{citer(cites, COMMUNES, 'autre', 'autres')}."
    return Section("Communes à accompagner", (Paragraphe(texte),), gabarit="communes")


def _dire(une: _Alerte, noms: dict[str, str]) -> str:
    defaut = minuscule(libelle(une["code"]))
    nom = borner(noms[une["guichet"]].split(" – ")[0], NOM)
    return f"**{nom}** ({defaut}, {dire_cas(une)})"


def dire_cas(une: Cas) -> str:
    """Return « 158 sur 2 893, à ne plus refaire »: how many cases, and what is asked of them."""
    return ", ".join(
        filter(None, [f"{entier(une['n'])} sur {entier(une['d'])}", reste(une["code"])])
    )
