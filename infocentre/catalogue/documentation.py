"""The reference of indicators, written from the catalogue.

`python -m infocentre.catalogue.documentation` writes docs/indicateurs.md.
"""

from __future__ import annotations

from pathlib import Path

from infocentre.catalogue.exigences import TABLE_ENTIERE, requis
from infocentre.catalogue.lecture import lire_catalogue
from infocentre.catalogue.modele import Catalogue, Indicateur
from infocentre.contrat.intitules import libelle
from infocentre.noyau.francais import exact, majuscule
from infocentre.noyau.imputables import PERSONNE

FICHIER = Path("docs") / "indicateurs.md"
RESPONSABLES = {
    "guichet": "le guichet",
    "gestionnaire": "le gestionnaire (coloré pour le département seulement)",
    PERSONNE: "personne : élément de contexte, jamais coloré",
}
_INTRODUCTION = """# Indicateurs du « Suivi des guichets »

<!-- Written by `python -m infocentre.catalogue.documentation` from expectations/ and
     queries/populations/: change those, then write it again. -->

Chaque indicateur est un taux d'anomalies : le nombre d'unités en anomalie rapporté au nombre
d'unités de sa population, par département, guichet et mois. Il est lu sur deux fenêtres, le mois
et les 12 mois qui finissent à ce mois, dans la seule livraison arrêtée à la fin de ce mois.
★ marque les indicateurs du suivi, montrés en premier.
"""


def rendre_documentation(catalogue: Catalogue) -> str:
    """Return the whole reference as Markdown, in French, one section per code."""
    familles: dict[str, list[Indicateur]] = {}
    for un in catalogue.indicateurs.values():
        familles.setdefault(un.titre_famille, []).append(un)
    blocs = [_INTRODUCTION]
    for famille, indicateurs in familles.items():
        blocs.append(f"## {famille}\n")
        blocs += [_section(catalogue, un) for un in indicateurs]
    blocs.append(_populations(catalogue))
    return "\n".join(blocs)


def _section(catalogue: Catalogue, un: Indicateur) -> str:
    lignes = [
        f"### {un.code}{' ★' if un.suivi else ''}\n",
        f"**{un.libelle}.**\n",
        *(f"- **{nom}** : {texte}" for nom, texte in faits(catalogue, un)),
        "",
        f"**Pourquoi.** {un.pourquoi}\n",
        f"**{un.mots.comment}.** {un.correction}\n",
        *(
            [f"**{libelle('encore_possible')}.** {_phrase(un.encore_possible)}\n"]
            if un.encore_possible
            else []
        ),
    ]
    return "\n".join(lignes)


def faits(catalogue: Catalogue, un: Indicateur) -> list[tuple[str, str]]:
    """Return what an indicator is, (name, text) one after the other; SQL between backquotes."""
    textes = {
        "Ce qui est compté": un.compte or "",
        "Formule": formule(catalogue, un),
        "Population": f"`{un.population}`, {catalogue.populations[un.population].objet}",
        "Population restreinte à": f"`{_ligne(un.applicable)}`" if un.applicable else "",
        "En anomalie quand": f"`{_ligne(un.anomalie)}`",
        "Seuils": seuils(un),
        "Imputable à": RESPONSABLES[un.imputable],
        "Les cas listés": f"{un.mots.reste}. {un.mots.dit}",
        "Non calculable sans": _exigences(catalogue, un.code),
        "Référence": un.reference or "",
        "Version": f"{un.version}, depuis {un.depuis}",
    }
    return [(nom, texte) for nom, texte in textes.items() if texte]


def _phrase(texte: str) -> str:
    return f"{majuscule(texte).rstrip('.')}."


def formule(catalogue: Catalogue, un: Indicateur) -> str:
    """Return the rate in words: what is divided by what."""
    lieu = "à l'arrêté" if catalogue.populations[un.population].nature == "stock" else "du mois"
    restriction = " qui remplissent la restriction" if un.applicable else ""
    return f"unités en anomalie ÷ unités {lieu} de la population « {un.population} »{restriction}"


def seuils(un: Indicateur) -> str:
    """Return the thresholds as people say them, in percent."""
    if un.tolerance_zero:
        return "tolérance zéro (à traiter dès la première unité du mois)"
    if un.seuils is None:
        return "aucun"
    return (
        f"orange au-dessus de {_pourcent(un.seuils.orange)}, "
        f"rouge au-dessus de {_pourcent(un.seuils.rouge)} (moins d'une chance sur cent au seuil)"
    )


def _pourcent(ratio: float) -> str:
    return f"{exact(100 * ratio)} %"


def _exigences(catalogue: Catalogue, code: str) -> str:
    textes = [
        f"la table `{table}`" if colonne == TABLE_ENTIERE else f"`{table}.{colonne}`"
        for table, colonne in sorted(requis(catalogue, code))
    ]
    return ", ".join(textes) or "les seules colonnes obligatoires y suffisent"


def _ligne(expression: str) -> str:
    return " ".join(expression.split())


def _populations(catalogue: Catalogue) -> str:
    lignes = [
        "## Populations\n",
        "| population | nature | grain | objet |",
        "| --- | --- | --- | --- |",
    ]
    lignes += [
        f"| `{une.nom}` | {une.nature} | {une.grain} | {une.objet} |"
        for une in catalogue.populations.values()
    ]
    return "\n".join(lignes) + "\n"


if __name__ == "__main__":
    FICHIER.parent.mkdir(exist_ok=True)
    FICHIER.write_text(rendre_documentation(lire_catalogue()), "utf-8")
