"""Who has a file of repères and looks for the counts that the bilan masks.

He knows all counts of the month but two masked ones of a type, and their sum: his own, those that
are told, those that others told him. He tries every way to share the sum between both, and keeps
those that give the very file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from infocentre.catalogue import Catalogue
from infocentre.lecture.reperes import Repere
from infocentre.restitutions.bilan.releve import Releve, Valeur
from infocentre.restitutions.reperes import tirer

# What makes the deciles of a month: its shared values, types of organismes, rules, threshold.
Tirage = Callable[[Releve, Mapping[str, str], Catalogue, int], Iterator[Repere]]


def tirer_des_taux(
    releve: Releve, types: Mapping[str, str], regles: Catalogue, seuil: int
) -> Iterator[Repere]:
    """Yield the deciles of the rates as they are, masked or not: what a file must not do."""
    nus = {cle: replace(une, masquee=False) for cle, une in releve.valeurs.items()}
    return tirer(replace(releve, valeurs=nus), types, regles, seuil)


def deviner(
    releve: Releve, types: Mapping[str, str], regles: Catalogue, seuil: int, tirage: Tirage = tirer
) -> Iterator[tuple[set[int], set[int]]]:
    """Yield, of each small masked count of a month, the values that its file allows, and all.

    Files of two months are told of by each alone: a count of one has nothing of the other.
    """
    tues: dict[tuple[str, str], list[Valeur]] = defaultdict(list)
    for une in releve.valeurs.values():
        if une.niveau == "organisme" and une.masquee and une.cle in types:
            tues[une.un.code, types[une.cle]].append(une)
    for (code, type_), siennes in tues.items():
        # Of the type alone: what else the file tells does not change.
        du_type = {
            cle: une
            for cle, une in releve.valeurs.items()
            if cle[0] == code and (cle[1] != "organisme" or types.get(cle[2]) == type_)
        }
        ici = replace(releve, valeurs=du_type)
        dit = list(tirage(ici, types, regles, seuil))
        for une in siennes:
            if dit and 0 < (une.n or 0) < seuil:
                toutes = dict(_partages(ici, une, siennes, seuil))
                possibles = {
                    n for n, lu in toutes.items() if list(tirage(lu, types, regles, seuil)) == dit
                }
                yield possibles, set(toutes)


def _partages(
    releve: Releve, une: Valeur, tues: Sequence[Valeur], seuil: int
) -> Iterator[tuple[int, Releve]]:
    """Yield each small value of a count, with the month as it would be."""
    autre = max((un for un in tues if un is not une), key=lambda un: un.n or 0, default=None)
    if autre is None:
        return
    somme = (une.n or 0) + (autre.n or 0)
    for n in range(1, min(seuil - 1, une.d or 0, somme) + 1):
        if somme - n <= (autre.d or 0):
            valeurs = dict(releve.valeurs)
            for un, compte in ((une, n), (autre, somme - n)):
                valeurs[un.un.code, un.niveau, un.cle] = replace(un, n=compte)
            yield n, replace(releve, valeurs=valeurs)
