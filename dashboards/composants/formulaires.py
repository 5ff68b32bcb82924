"""Native forms: what Dash has no component for (plain text fields, files), in the State's look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from dash import html

from dashboards.composants.elements import attributs


def champ(nom: str, libelle: str, valeur: str = "", *, aide: str = "", **precisions: str) -> str:
    """Return a labelled text field; `precisions` are attributes of the input (type, min, …)."""
    precision = f'<span class="fr-hint-text">{escape(aide)}</span>' if aide else ""
    autres = " ".join(f'{cle}="{escape(texte)}"' for cle, texte in precisions.items())
    return (
        f'<div class="fr-input-group"><label class="fr-label" for="champ-{nom}">{escape(libelle)}'
        f'{precision}</label><input class="fr-input" id="champ-{nom}" name="{nom}" '
        f'value="{escape(valeur)}" autocomplete="off" {autres}></div>'
    )


def zone(nom: str, libelle: str, valeur: str = "", *, lignes: int) -> str:
    """Return a labelled field for a text of several lines, such as SQL."""
    return (
        f'<div class="fr-input-group zone"><label class="fr-label" for="champ-{nom}">'
        f'{escape(libelle)}</label><textarea class="fr-input" id="champ-{nom}" name="{nom}" '
        f'rows="{lignes}" spellcheck="false">\n{escape(valeur)}</textarea></div>'
    )


def liste(nom: str, libelle: str, options: Iterable[tuple[str, str]], valeur: str = "") -> str:
    """Return a labelled select."""
    lignes = "".join(
        f'<option value="{escape(cle)}"{" selected" if cle == valeur else ""}>'
        f"{escape(texte)}</option>"
        for cle, texte in options
    )
    return (
        f'<div class="fr-select-group"><label class="fr-label" for="champ-{nom}">'
        f'{escape(libelle)}</label><select class="fr-select" id="champ-{nom}" name="{nom}">'
        f"{lignes}</select></div>"
    )


def fichier(nom: str, libelle: str, accepte: str, *, aide: str) -> str:
    """Return a labelled file field."""
    return (
        f'<div class="fr-upload-group"><label class="fr-label" for="champ-{nom}">'
        f'{escape(libelle)}<span class="fr-hint-text">{escape(aide)}</span></label>'
        f'<input class="fr-upload" type="file" id="champ-{nom}" name="{nom}" '
        f'accept="{escape(accepte)}" required></div>'
    )


def cache(nom: str, valeur: str) -> str:
    """Return a hidden field."""
    return f'<input type="hidden" name="{nom}" value="{escape(valeur)}">'


def navigation(chemin: str, champs: Sequence[str], bouton: str) -> html.Div:
    """Return a form that goes to a page of the application, its fields in the address."""
    return _formulaire(f'action="{escape(chemin)}" method="get" data-navigation', champs, bouton)


def telechargement(chemin: str, champs: Sequence[str], bouton: str) -> html.Div:
    """Return a form whose answer is a file."""
    return _formulaire(f'action="{escape(chemin)}" method="get"', champs, bouton)


def envoi(chemin: str, champs: Sequence[str], bouton: str) -> html.Div:
    """Return a form that sends a file."""
    entete = f'action="{escape(chemin)}" method="post" enctype="multipart/form-data"'
    return _formulaire(entete, champs, bouton)


def _formulaire(entete: str, champs: Sequence[str], bouton: str) -> html.Div:
    contenu = (
        f"<form {entete}>{''.join(champs)}"
        f'<button class="fr-btn" type="submit">{escape(bouton)}</button></form>'
    )
    return html.Div(className="formulaire", **attributs(data_html=contenu))
