"""docs/procedures.md, from the YAML: `python -m infocentre.affaires.documentation`."""

from __future__ import annotations

from collections.abc import Iterator

from infocentre.affaires.modele import Delai, EtatDeProcedure, Procedure, Transition
from infocentre.affaires.procedure import procedures
from infocentre.noyau.config import ressources
from infocentre.noyau.fichiers import ecrire
from infocentre.noyau.francais import accord, minuscule

UNITES = {"mois": ("mois", "mois"), "annees": ("an", "ans")}
COMPTES = {
    "calendaires": ("jour calendaire", "jours calendaires"),
    "ouvres": ("jour ouvré", "jours ouvrés"),
}
QUI = {
    "gestionnaire": "une personne",
    "minuteur": "le minuteur",
    "guichet": "l'organisme",
    "copil": "le comité",
    "prefet": "le préfet",
    "partenaire": "un partenaire",
}
VOIT = {
    "interne": "le service",
    "guichet": "l'organisme",
    "copil": "le comité",
    "prefet": "le préfet",
    "partenaire": "les partenaires",
}

TETE = (
    "Ce que l'infocentre peut demander à quelqu'un, et ce qui peut en advenir. Cette page est "
    "tirée des fichiers de `infocentre/procedures/`."
)


def rediger() -> str:
    """Return the page of every procedure."""
    lignes = [
        "# Procédures",
        "",
        TETE,
    ]
    for une in procedures().values():
        lignes += ["", *_procedure(une)]
    return "\n".join(lignes) + "\n"


def _procedure(une: Procedure) -> Iterator[str]:
    yield from (
        f"## {une.titre}",
        "",
        une.resume,
        "",
        f"Objet : {une.objet}. Version {une.version}.",
    )
    yield from ("", "```mermaid", *schema(une), "```")
    for nom, etat in une.etats.items():
        etape = f" (étape {etat.etape})" if etat.etape else ""
        yield from ("", f"### {etat.titre}{etape}", "", f"{etat.page}{_attente(etat)}", "")
        for evenement in une.possibles(nom):
            yield f"- {_sortie(une, nom, evenement)}"
    yield from ("", "### Délais", "", "| délai | jours | à partir de | puis est proposé |")
    yield "| --- | --- | --- | --- |"
    for delai in une.delais.values():
        jours = _duree(une, delai)
        if repit := delai.au_moins:
            suite = minuscule(une.evenements[repit.depuis].titre)
            jours += f", {une.reglages[repit.reglage].valeur} au moins après « {suite} »"
        debut = ", ".join(minuscule(une.evenements[un].titre) for un in delai.depuis)
        suite = " puis, à terme, ".join(
            minuscule(une.evenements[un].titre) for un in (delai.propose, delai.a_terme) if un
        )
        suite = suite or ("une alerte" if delai.alerte else "–")
        yield f"| {delai.titre} | {jours} | {debut} | {suite} |"
    yield from (
        "",
        "### Réglages",
        "",
        "Ils se changent dans `affaires.yml` du dossier de l'infocentre.",
        "",
        "| réglage | sens | défaut |",
        "| --- | --- | --- |",
    )
    for nom, reglage in une.reglages.items():
        source = f" ({reglage.source})" if reglage.source else ""
        yield f"| `{nom}` | {reglage.titre}{source} | {reglage.valeur} |"


def _attente(etat: EtatDeProcedure) -> str:
    return f" On attend {etat.attend}." if etat.attend else ""


def _duree(une: Procedure, delai: Delai) -> str:
    """Return how long a deadline is, and from which date when an event carries it."""
    nombre = une.reglages[delai.reglage].valeur if delai.reglage else 0
    formes = COMPTES[delai.compte] if delai.unite == "jours" else UNITES[delai.unite]
    unite = accord(nombre, *formes)
    if delai.donnee is None:
        return f"{nombre} {unite}"
    portee = next(
        minuscule(un.donnees[delai.donnee].titre)
        for un in une.evenements.values()
        if delai.donnee in un.donnees
    )
    if delai.reglage is None:
        return f"le jour : {portee}"
    dite = f"{nombre} {unite} {'avant' if delai.sens == 'avant' else 'après'} : {portee}"
    if delai.sans_donnee is None:
        return dite
    return f"{dite} ; sans cette date, {une.reglages[delai.sans_donnee].valeur} jours"


def _sortie(une: Procedure, etat: str, nom: str) -> str:
    regle, arrivee = une.evenements[nom], une.arrivee(etat, nom)
    suite = "" if arrivee == etat else f" → {une.etats[arrivee].titre}"
    return f"{regle.titre}{suite} ({_precisions(regle)})"


def _precisions(regle: Transition) -> str:
    qui = " ou ".join(QUI[un] for un in regle.qui)
    voit = ", ".join(VOIT[un] for un in regle.visible)
    return f"par {qui} ; le voit : {voit}"


def schema(une: Procedure) -> list[str]:
    """Return the diagram of a procedure, as mermaid reads it: events that change the state."""
    lignes = ["stateDiagram-v2"]
    lignes += [f'    state "{etat.titre}" as {nom}' for nom, etat in une.etats.items()]
    pas: dict[tuple[str, str], list[str]] = {}
    for regle in une.evenements.values():
        for de in ("[*]",) if regle.ouvre else regle.de:
            if regle.vers and regle.vers != de:
                pas.setdefault((de, regle.vers), []).append(minuscule(regle.titre))
    lignes += [f"    {de} --> {vers} : {', '.join(dits)}" for (de, vers), dits in pas.items()]
    lignes += [f"    {nom} --> [*]" for nom, etat in une.etats.items() if etat.final]
    return lignes


if __name__ == "__main__":
    ecrire(ressources("docs") / "procedures.md", rediger())
