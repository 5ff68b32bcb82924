"""Who is signed in, in the header."""

from __future__ import annotations

from dashboards.composants.balises import balise, bloc
from dashboards.composants.formulaires import cache
from dashboards.composants.natifs import Bloc


def vers_le_premier_compte() -> Bloc:
    """Return the way to make the first account."""
    vers = balise("a", "Comptes", class_="fr-link", href="/comptes", target="_self")
    return bloc(balise("div", vers, class_="qui"))


def identite(nom: str, preuve: str, *, administre: bool) -> Bloc:
    """Return who is signed in, and what signs them out; `preuve` is what their forms carry."""
    vers = [("Comptes", "/comptes")] if administre else []
    liens = [
        balise("a", texte, class_="fr-link", href=adresse, target="_self")
        for texte, adresse in [*vers, (nom, "/compte")]
    ]
    sortir = balise(
        "form",
        cache("formulaire", preuve),
        balise(
            "button",
            "Se déconnecter",
            type="submit",
            class_="fr-btn fr-btn--tertiary-no-outline fr-btn--sm",
        ),
        method="post",
        action="/deconnexion",
    )
    return bloc(balise("div", liens, sortir, class_="qui"))
