"""What a person is shown of a column to confirm it: a few codes, else forms and counts.

No numéro, name, NIR, address nor free text is ever whole in it: only codes that several rows carry
are, of a column that names nobody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from infocentre.contrat import contrat
from infocentre.livraisons.intrus import CODE_NET, FORME_MAX, PERSONNEL, SOUVENT
from infocentre.noyau.francais import accorder, compter, entier
from infocentre.noyau.texte import nettoyer
from infocentre.reconnaissance.lexique import ressemblances
from infocentre.reconnaissance.profil import Profil
from infocentre.reconnaissance.valeurs import FORT, JUGES, Valeurs, code_de, liste_de, regarder

LIGNES = 5  # lines about a column
MONTREES = 3
LISTE_MAX = 12  # distinct texts of a list of codes
LIBELLE_MAX = 60  # characters of a label that is shown
DEBUT = 4  # characters that are shown of a numéro: its département
NET = re.compile(f"(?!{PERSONNEL}$){CODE_NET}")
ANNEE = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)")
NOMINATIVES = ("identites", "stock")


def apercu(profil: Profil, rang: int, vers: str | None = None) -> tuple[str, ...]:
    """Return at most five lines about a column, for who confirms that it is `vers`."""
    return decrire(profil.entete[rang], regarder(profil.exemples[str(rang)]), vers)


def decrire(nom: str, valeurs: Valeurs, vers: str | None = None) -> tuple[str, ...]:
    """Return at most five lines about a column of this name."""
    remplies = compter(valeurs.remplies, "ligne remplie", "lignes remplies")
    distinctes = accorder(valeurs.distinctes, "valeur distincte", "valeurs distinctes")
    tete = f"{remplies} sur {entier(valeurs.lignes)} regardées, {distinctes}"
    if valeurs.vide:
        return (tete,)
    montrees = list(_codes(nom, valeurs, vers) or _formes(valeurs))
    return (tete, *montrees[: LIGNES - 1])


def montrables(nom: str, valeurs: Valeurs, vers: str | None) -> dict[str, int]:
    """Return the values of a list of codes that may be shown whole, with their numbers.

    A text that few rows carry may be a name: one is shown if the contract knows it, or is on a
    short list that many carry. None of a column that may name somebody is.
    """
    if _nomme_quelqu_un(nom, vers) or valeurs.parts["numero"] or valeurs.parts["nir"]:
        return {}
    courte = valeurs.distinctes <= LISTE_MAX
    return {
        texte: fois
        for texte, fois in valeurs.textes
        if _se_montre(texte, fois, vers, courte=courte)
    }


def _codes(nom: str, valeurs: Valeurs, vers: str | None) -> list[str]:
    """Return the commonest of the values that may be shown whole, with their numbers."""
    lus = [
        f"« {texte} » : {compter(fois, 'ligne')}"
        for texte, fois in montrables(nom, valeurs, vers).items()
    ]
    return lus[:MONTREES] + _reste(valeurs.distinctes - MONTREES, "valeur") if lus else []


def _reste(nombre: int, quoi: str) -> list[str]:
    if nombre <= 0:
        return []
    return [f"et {accorder(nombre, f'autre {quoi}', f'autres {quoi}s')}"]


def _nomme_quelqu_un(nom: str, vers: str | None) -> bool:
    """Tell whether a column is one that names a person, by its own name or the contract's."""
    if vers and any(
        (une := table.par_nom.get(vers)) and (une.personnelle or une.libre)
        for table in contrat().tables.values()
    ):
        return True
    vues = [ressemblances(nom, table) for table in NOMINATIVES]
    if any(vue.interdite or "personnelle" in vue.pourquoi for vue in vues):
        return True
    personnelles = contrat().tables["identites"].par_nom
    return any(note == 1 for un, note in vues[0].colonnes.items() if personnelles[un].personnelle)


def _se_montre(texte: str, fois: int, vers: str | None, *, courte: bool) -> bool:
    if ANNEE.search(texte) or len(texte) > LIBELLE_MAX:
        return False
    if vers and any(
        (une := table.par_nom.get(vers)) and (liste := liste_de(une)) and code_de(texte, liste)
        for table in contrat().tables.values()
    ):
        return True
    if fois < SOUVENT:
        return False
    if NET.fullmatch(texte):
        return courte or any(lettre.isdigit() for lettre in texte)
    return courte and not re.search(r"\d{5}|@", texte)


def _formes(valeurs: Valeurs) -> Iterator[str]:
    """Yield the commonest forms, and the years of dates."""
    if valeurs.parts["numero"]:
        debuts = Counter(texte[:DEBUT] for texte, _ in valeurs.textes)
        longueur = Counter(len(texte) for texte, _ in valeurs.textes).most_common(1)[0][0]
        yield from (
            f"{longueur} caractères, forme {debut}…" for debut, _ in debuts.most_common(MONTREES)
        )
        return
    formes = Counter[str]()
    for texte, fois in valeurs.textes:
        formes[forme(texte)] += fois
    for une, fois in formes.most_common(MONTREES):
        yield une if valeurs.distinctes > JUGES else f"{une} : {compter(fois, 'ligne')}"
    annees = [lu[0] for texte, _ in valeurs.textes if (lu := ANNEE.search(texte))]
    if valeurs.parts["naissance"] >= FORT and annees:
        yield f"années de {min(annees)} à {max(annees)}"


def forme(texte: str) -> str:
    """Return the form of a text: « 99/99/9999 » for a date, « A A » for two words."""
    net = nettoyer(texte)
    if len(net) > FORME_MAX:
        return f"texte de plus de {FORME_MAX} caractères"
    vue = re.sub(r"[^\W\d_]+", "A", re.sub(r"\d", "9", net))
    return f"{len(net)} caractères, forme {vue}"
