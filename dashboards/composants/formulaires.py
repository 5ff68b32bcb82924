"""Native forms: what Dash has no component for (plain text fields, files), in the State's look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboards.composants.balises import Balise, balise, bloc
from dashboards.composants.natifs import Bloc

SANS_FICHIER = "aucun fichier choisi"


def champ(nom: str, libelle: str, valeur: str = "", *, aide: str = "", **precisions: str) -> Balise:
    """Return a labelled text field; `precisions` are attributes of the input (type, min, …)."""
    saisie = balise(
        "input",
        class_="fr-input",
        id=f"champ-{nom}",
        name=nom,
        value=valeur,
        autocomplete="off",
        **precisions,
    )
    return balise("div", _etiquette(nom, libelle, aide), saisie, class_="fr-input-group")


def _etiquette(nom: str, libelle: str, aide: str = "") -> Balise:
    precision = balise("span", aide, class_="fr-hint-text") if aide else None
    return balise("label", libelle, precision, class_="fr-label", for_=f"champ-{nom}")


def zone(nom: str, libelle: str, valeur: str = "", *, lignes: int) -> Balise:
    """Return a labelled field for a text of several lines, such as SQL."""
    saisie = balise(
        "textarea",
        valeur,
        class_="fr-input",
        id=f"champ-{nom}",
        name=nom,
        rows=lignes,
        spellcheck="false",
    )
    return balise("div", _etiquette(nom, libelle), saisie, class_="fr-input-group zone")


def liste(
    nom: str,
    libelle: str,
    options: Iterable[tuple[str, str]],
    valeur: str = "",
    *,
    requis: bool = False,
) -> Balise:
    """Return a labelled select; `requis`: the browser asks for a choice."""
    choix = balise(
        "select",
        [balise("option", texte, value=cle, selected=cle == valeur) for cle, texte in options],
        class_="fr-select",
        id=f"champ-{nom}",
        name=nom,
        required=requis,
    )
    return balise("div", _etiquette(nom, libelle), choix, class_="fr-select-group")


def fichier(nom: str, libelle: str, accepte: str, *, aide: str) -> Balise:
    """Return a labelled file field; its button is ours: a browser's speaks its own language."""
    saisie = balise(
        "input",
        class_="fr-sr-only",
        type="file",
        id=f"champ-{nom}",
        name=nom,
        accept=accepte,
        required=True,
    )
    bouton = balise(
        "label",
        "Choisir un fichier",
        class_="fr-btn fr-btn--sm fr-btn--secondary",
        for_=f"champ-{nom}",
    )
    choisi = balise("span", SANS_FICHIER, class_="choisi", data_vide=SANS_FICHIER)
    etiquette = _etiquette(nom, libelle, aide)
    return balise("div", etiquette, saisie, bouton, choisi, class_="fr-upload-group")


def cache(nom: str, valeur: str) -> Balise:
    """Return a hidden field."""
    return balise("input", type="hidden", name=nom, value=valeur)


def navigation(chemin: str, champs: Sequence[Balise], bouton: str) -> Bloc:
    """Return a form that goes to a page of the application, its fields in the address."""
    return _formulaire(champs, bouton, action=chemin, method="get", data_navigation=True)


def telechargement(chemin: str, champs: Sequence[Balise], bouton: str) -> Bloc:
    """Return a form whose answer is a file."""
    return _formulaire(champs, bouton, action=chemin, method="get")


def envoi(chemin: str, champs: Sequence[Balise], bouton: str) -> Bloc:
    """Return a form that sends a file."""
    return _formulaire(champs, bouton, action=chemin, method="post", enctype="multipart/form-data")


def _formulaire(champs: Sequence[Balise], bouton: str, **entete: str | bool) -> Bloc:
    envoyer = balise("button", bouton, class_="fr-btn", type="submit")
    return bloc(balise("div", balise("form", champs, envoyer, **entete), class_="formulaire"))
