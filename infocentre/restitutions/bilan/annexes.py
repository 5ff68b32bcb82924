"""Annexes: definitions with code and version, secret statistique, glossary, list of guichets."""

from __future__ import annotations

from infocentre.catalogue import Indicateur
from infocentre.consultation.glossaire import TERMES
from infocentre.consultation.guichets import guichets
from infocentre.consultation.lecteur import Ligne
from infocentre.consultation.tableaux import dire_secret
from infocentre.consultation.tableaux import tableaux as tous_tableaux
from infocentre.restitutions.bilan.commun import paragraphes
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.qualite import TYPES
from infocentre.restitutions.document import Bloc, Cellule, Colonne, Liste, Section, Tableau
from infocentre.restitutions.phrases import compter, majuscule, pourcentage

IMPUTABLES = {
    "guichet": "guichet",
    "gestionnaire": "gestionnaire",
    "contexte": "contexte",
}
MODES = {"DIRECT": "saisie directe", "PRIVATIF": "système privatif"}


def definitions(ctx: Contexte) -> Section:
    """Return each indicator's definition, famille by famille, with its code and version."""
    familles: dict[str, list[Indicateur]] = {}
    for un in ctx.catalogue.indicateurs.values():
        familles.setdefault(un.titre_famille, []).append(un)
    return Section(
        "Définitions des indicateurs",
        paragraphes(
            "Un taux dépasse un seuil quand il est en orange ou en rouge au-dessus de la valeur "
            "donnée. « guichet » : l'indicateur juge le guichet ; « gestionnaire » : il juge le "
            "département seul ; « contexte » : il ne juge personne."
        ),
        tuple(Section(titre, (_table(titre, liste),)) for titre, liste in familles.items()),
        page=True,
        annexe=True,
    )


def _table(titre: str, liste: list[Indicateur]) -> Tableau:
    corps = [
        (
            Cellule(un.code),
            Cellule(un.libelle),
            Cellule(un.pourquoi),
            Cellule(_seuils(un)),
            Cellule(IMPUTABLES[un.imputable]),
            Cellule(un.reference or "–"),
            Cellule(f"v{un.version}, {un.depuis}"),
        )
        for un in liste
    ]
    return Tableau(
        f"definitions-{liste[0].famille}",
        titre,
        (Colonne("Code"), Colonne("Indicateur"), Colonne("Pourquoi"), Colonne("Orange / rouge"),
         Colonne("Juge"), Colonne("Référence"), Colonne("Version, depuis")),
        tuple(corps),
    )  # fmt: skip


def _seuils(un: Indicateur) -> str:
    if un.tolerance_zero:
        return "tolérance zéro"
    if un.seuils is None:
        return "–"
    return f"{_taux(un.seuils.orange)} / {_taux(un.seuils.rouge)}"


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
    return Section("Le secret statistique", (Liste(points),), page=True, annexe=True)


def glossaire(_: Contexte) -> Section:
    """Return the words of the trade, and what the states mean."""
    mots = tuple(f"**{majuscule(mot)}** : {sens}" for mot, sens in TERMES.items())
    return Section("Glossaire", (Liste(mots),), annexe=True, page=True)


def tableaux(_: Contexte) -> Section:
    """Return the list of the standard tables that the bilan rests on."""
    corps = [(Cellule(code), Cellule(un.titre), Cellule(un.note))
             for code, un in tous_tableaux().items()]  # fmt: skip
    table = Tableau(
        "tableaux-standards",
        "Les tableaux standards",
        (Colonne("Code"), Colonne("Tableau"), Colonne("Comment il se lit")),
        tuple(corps),
    )
    return Section("Les tableaux standards", (table,), annexe=True, page=True)


def registre(ctx: Contexte) -> Section:
    """Return the guichets open at the arrêté, by commune."""
    e = ctx.edition
    ouverts = [une for une in guichets(e.v, e.p, e.filtres)
               if une["ouvert"] and une["type_guichet"] != "PORTAIL"]  # fmt: skip
    return Section(
        "Liste des guichets enregistreurs",
        _guichets(ouverts),
        page=True,
        annexe=True,
    )


def _guichets(ouverts: list[Ligne]) -> tuple[Bloc, ...]:
    corps = [
        (
            Cellule(une["guichet"]),
            Cellule(une["nom"] or "–"),
            Cellule(TYPES.get(une["type_guichet"] or "", "–")),
            Cellule(une["nom_commune"] or "–"),
            Cellule(MODES.get(une["mode_enregistrement"] or "", "–")),
        )
        for une in ouverts
    ]
    table = Tableau(
        "guichets",
        f"{compter(len(ouverts), 'guichet ouvert', 'guichets ouverts')} à l'arrêté",
        (Colonne("Code"), Colonne("Guichet"), Colonne("Type"), Colonne("Commune"),
         Colonne("Enregistrement")),
        tuple(corps),
        entetes=2,
    )  # fmt: skip
    return (table,)
