"""The grid guichets × indicators of a month, and its pooled rows."""

from __future__ import annotations

from dashboards.donnees.commun import registre, valeurs
from dashboards.filtres import Filtres
from dashboards.lecteur import Ligne, VersionOuverte
from dashboards.perimetre import Perimetre


def grille(v: VersionOuverte, p: Perimetre, filtres: Filtres, *, niveau: str = "guichet") -> list[Ligne]:
    """Return one row per guichet (or organisme): who it is, and {code: value} of the month."""
    noms = {une["guichet"]: une for une in registre(v, p, filtres.departement, filtres.mois)}
    organismes = _organismes(list(noms.values()))
    lignes: dict[str, Ligne] = {}
    for une in valeurs(v, p, filtres.departement, filtres.mois, niveau=niveau):
        cle = une["guichet"]
        if filtres.type_guichet and une["type_guichet"] != filtres.type_guichet:
            continue
        connu = noms.get(cle, {}) if niveau == "guichet" else organismes.get(cle, {})
        ligne = lignes.setdefault(
            cle,
            {
                "guichet": cle,
                "nom": connu.get("nom") or "Guichet inconnu du registre",
                "type": une["type_guichet"] or "",
                "valeurs": {},
            },
        )
        ligne["valeurs"][une["code"]] = une
    return sorted(lignes.values(), key=lambda ligne: (ligne["type"], ligne["nom"], ligne["guichet"]))


def _organismes(guichets: list[Ligne]) -> dict[str, Ligne]:
    """Name an organisme after the beginning that its guichets' names share, else the first."""
    noms: dict[str, list[str]] = {}
    for une in guichets:
        noms.setdefault(une["organisme"], []).append(une["nom"] or une["guichet"])
    return {cle: {"nom": _nom_commun(liste)} for cle, liste in noms.items()}


def _nom_commun(noms: list[str]) -> str:
    premier = sorted(noms)[0]
    commun = premier.split(" – ")[0]
    return commun if all(nom.startswith(commun) for nom in noms) else premier
