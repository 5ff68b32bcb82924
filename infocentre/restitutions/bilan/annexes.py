"""Annexes: definitions with code and version, secret statistique, glossary, list of guichets."""

from __future__ import annotations

from infocentre.catalogue import Indicateur
from infocentre.lecture.glossaire import TERMES
from infocentre.lecture.guichets import guichets
from infocentre.lecture.lignes import Guichet
from infocentre.lecture.tableaux import dire_secret
from infocentre.noyau.francais import compter, majuscule, pourcentage
from infocentre.noyau.imputables import PERSONNE
from infocentre.noyau.types_guichet import EN_LIGNE, TypeGuichet
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Bloc, Cellule, Colonne, Liste, Section, Tableau

MODES = {"DIRECT": "saisie directe", "PRIVATIF": "système privatif"}
PORTEES = {
    "guichet": "",
    "gestionnaire": ", pour le département seulement",
    PERSONNE: "contexte : ne juge personne",
}


def definitions(ctx: Contexte) -> Section:
    """Return what each indicator counts, with its code and version, in the catalogue's order."""
    catalogue = ctx.catalogue
    corps = [
        (
            Cellule(un.libelle),
            Cellule(f"{un.code} version {un.version}, depuis {un.depuis}"),
            Cellule(majuscule(catalogue.populations[un.population].objet)),
            Cellule(_seuils(un)),
            Cellule(un.reference or "–"),
        )
        for un in catalogue.indicateurs.values()
    ]
    table = Tableau(
        "definitions",
        f"Les {len(corps)} indicateurs",
        (
            Colonne("Anomalies comptées"),
            Colonne("Code et version"),
            Colonne("Rapportées à l'effectif"),
            Colonne("Seuils orange et rouge"),
            Colonne("Référence"),
        ),
        tuple(corps),
        "Un taux est en orange au-dessus du premier seuil, en rouge quand ses anomalies auraient "
        "moins d'une chance sur cent d'être aussi nombreuses si le vrai taux était au second. La "
        "règle exacte de chaque indicateur est dans la "
        "référence des indicateurs de l'infocentre.",
    )
    return Section("Définitions des indicateurs", (table,), annexe=True)


def _seuils(un: Indicateur) -> str:
    if un.tolerance_zero:
        return f"tolérance zéro{PORTEES[un.imputable]}"
    if un.seuils is None:
        return PORTEES[PERSONNE]
    return f"{_taux(un.seuils.orange)} et {_taux(un.seuils.rouge)}{PORTEES[un.imputable]}"


def _taux(ratio: float) -> str:
    return pourcentage(ratio, 0 if abs(100 * ratio - round(100 * ratio)) < 1e-9 else 1)  # noqa: PLR2004


def secret(ctx: Contexte) -> Section:
    """Return what is masked and why."""
    points = (
        f"« s » : {dire_secret(ctx.seuil)}.",
        (
            "Un nombre plus grand est aussi masqué quand une soustraction, dans le même tableau ou "
            "entre deux tableaux de ce document, rendrait un petit nombre."
        ),
        (
            "Un pourcentage, un rapport, un délai ou une évolution calculé sur un nombre masqué "
            "l'est aussi. Les images ne dessinent pas ce qui est masqué."
        ),
        (
            "Un zéro n'est jamais masqué. Les états des indicateurs (couleur et signe) sont "
            "montrés même quand leurs nombres ne le sont pas."
        ),
    )
    return Section("Le secret statistique", (Liste(points),), annexe=True)


def glossaire(_: Contexte) -> Section:
    """Return the words of the trade, and what the states mean."""
    mots = tuple(f"**{majuscule(mot)}** : {sens}" for mot, sens in TERMES.items())
    return Section("Glossaire", (Liste(mots),), annexe=True)


def registre(ctx: Contexte) -> Section:
    """Return the guichets open at the arrêté, by commune."""
    e = ctx.edition
    ouverts = [
        une for une in guichets(e.v, e.filtres) if une["ouvert"] and une["type_guichet"] != EN_LIGNE
    ]
    return Section(
        "Liste des guichets enregistreurs",
        _guichets(ouverts),
        annexe=True,
    )


def _court(type_guichet: str | None) -> str:
    lu = TypeGuichet.lire(type_guichet)
    return lu.court if lu else "–"


def _guichets(ouverts: list[Guichet]) -> tuple[Bloc, ...]:
    corps = [
        (
            Cellule(une["guichet"]),
            Cellule(une["nom"] or "–"),
            Cellule(_court(une["type_guichet"])),
            Cellule((une["nom_commune"] or "–").removesuffix(" Arrondissement")),
            Cellule(MODES.get(une["mode_enregistrement"] or "", "–")),
        )
        for une in ouverts
    ]
    table = Tableau(
        "guichets",
        f"{compter(len(ouverts), 'guichet ouvert', 'guichets ouverts')} à l'arrêté",
        (
            Colonne("Code"),
            Colonne("Guichet"),
            Colonne("Type"),
            Colonne("Commune"),
            Colonne("Enregistrement"),
        ),
        tuple(corps),
        entetes=2,
    )
    return (table,)
