"""The cases that a person has to look at: pairs that nobody has settled, what is to be instructed.

A case is two to five demandes. Those of the queue come from the engine's pairs, without what was
decided of the same compared fields; those of affaires from a guichet's form, or from a case that
someone wanted checked.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.reglages import reglages_de
from infocentre.decisions.doublons import (
    LIBRE,
    Bilan,
    Memoire,
    Paire,
    Verdict,
)
from infocentre.identite.paires import Paire as Trouvee
from infocentre.identite.paires import grouper
from infocentre.lecture.doublons.demandes import (
    ACTIVE,
    Etat,
    guichets_de,
    lire_etats,
    numeros_de,
)
from infocentre.lecture.doublons.paires import (
    PROCEDURE,
    Jointe,
    lire_jointes,
    reprendre,
    sceller_les,
)
from infocentre.lecture.doublons.qualite import PAR_FORMULAIRE
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.doublons.gardes import DEMANDES_MAX

HASARD = "hasard"
A_INSTRUIRE = "a_instruire"  # the list of what was told, or is to be checked
# The last two tell what the engine thinks: they are no choice of who decides blind.
ORDRES: Mapping[str, str] = {
    HASARD: "Au hasard",
    "incertaines": "Les plus incertaines d'abord",
    "lourdes": "Les plus sûres d'abord",
}
LISTES: Mapping[str, str] = {
    "paires": "Paires trouvées",
    "tirage": "Tirées au sort, pour la justesse",
    A_INSTRUIRE: "Signalées ou à vérifier",
    "desaccords": "Désaccords à arbitrer",
    "forcages": "Forçages tirés au sort",
}
A_DECIDER = frozenset({"proposee", "a_instruire", "reapparue"})


@dataclass(frozen=True, slots=True)
class Cas:
    """Two to five demandes before a person.

    `paires` are those that a decision is kept of; `affaire` is the one that it answers to;
    `changee`: decided once, on fields that have changed since; `bilan` is what disagrees.
    """

    departement: str
    numeros: tuple[str, ...]
    paires: Mapping[tuple[str, str], Paire]
    trouvees: tuple[Trouvee, ...] = ()
    affaire: str = ""
    changee: bool = False
    bilan: Bilan = LIBRE

    @property
    def cle(self) -> str:
        """Return what names it on a page: its demandes."""
        return self.affaire or "+".join(self.numeros)


def aveugle() -> bool:
    """Tell whether the weight of a pair is hidden until it is decided."""
    return bool(reglages_de(procedures()[PROCEDURE])["aveugle"])


def exiger_revue(v: Lecture, departement: str) -> None:
    """Raise Refus to who may not read names, or not all the département."""
    v.exiger_nominatif()
    v.exiger_departements("La revue des doublons")
    if not v.p.voit(departement):
        raise Refus("ce département n'est pas ouvert à ce compte")


def file(
    v: Lecture,
    memoire: Memoire | None,
    departement: str,
    *,
    ordre: str = HASARD,
    niveau: str = "",
    guichets: Collection[str] | None = None,
    desaccords: bool = False,
) -> list[Cas]:
    """Return the cases that this person has to decide of, in the order asked.

    By default the order is that of a key: the same each time, and it says nothing of the pairs.

    Left out: what is settled on the same fields, and what this person decided and waits for the
    other. With `desaccords`, those of which two people say different things, and only these.
    """
    exiger_revue(v, departement)
    lues = lire_jointes(v, departement)
    bilans = reprendre(lues, memoire.bilans(departement)) if memoire else {}
    connues = memoire.connues(departement) if memoire else frozenset()
    auteur = memoire.auteur if memoire else ""
    restantes, separees = [], set()
    for une in lues.jointes:
        bilan = bilans.get((une.scellee.paire, une.scellee.champs), LIBRE)
        if bilan.verdict is not None and bilan.verdict is not Verdict.MEME:
            separees.add((une.trouvee.numero_a, une.trouvee.numero_b))
        if bilan.desaccord != desaccords or bilan.verdict is not None:
            continue
        if not desaccords and bilan.de(auteur):
            continue
        restantes.append((une, bilan))
    cas = [
        (_rang(groupe, ordre), _composer(departement, groupe, connues, bilans.keys()))
        for groupe in _grouper(restantes, separees, seules=desaccords)
        if _retenu(groupe, lues.etats, niveau, guichets)
    ]
    return [un for _, un in sorted(cas, key=lambda deux: (deux[0], deux[1].cle))]


def retrouver(v: Lecture, memoire: Memoire, departement: str, numeros: Collection[str]) -> Cas:
    """Return the case of these demandes, with what is left to decide of them.

    Raises:
        Refus: nothing of it is among the pairs any more, or it is settled: by whom is said.
    """
    exiger_revue(v, departement)
    lues, connues = lire_jointes(v, departement), memoire.connues(departement)
    bilans = reprendre(lues, memoire.bilans(departement))
    voulus = set(numeros)
    siennes = [
        (une, bilans.get((une.scellee.paire, une.scellee.champs), LIBRE))
        for une in lues.jointes
        if {une.trouvee.numero_a, une.trouvee.numero_b} <= voulus
    ]
    restantes = [deux for deux in siennes if deux[1].verdict is None] or siennes
    if not restantes or _numeros(restantes) != voulus:
        raise Refus(
            "ces demandes ne sont plus parmi les paires à décider",
            que_faire="La paire suivante est prête.",
        )
    return _composer(departement, restantes, connues, bilans.keys())


Restantes = Sequence[tuple[Jointe, Bilan]]


def _grouper(
    restantes: Restantes, separees: Collection[tuple[str, str]], *, seules: bool
) -> Iterable[Restantes]:
    """Yield the pairs that have demandes in common together.

    One by one when there would be too many demandes, or two that a person has told apart.
    """
    tetes = grouper((une.trouvee.numero_a, une.trouvee.numero_b) for une, _ in restantes)
    groupes: dict[str, list[tuple[Jointe, Bilan]]] = {}
    for paire in restantes:
        groupes.setdefault(tetes[paire[0].trouvee.numero_a], []).append(paire)
    for siennes in groupes.values():
        numeros = _numeros(siennes)
        if seules or len(numeros) > DEMANDES_MAX or any({a, b} <= numeros for a, b in separees):
            yield from ([une] for une in siennes)
        else:
            yield siennes


def _numeros(groupe: Restantes) -> set[str]:
    return {n for une, _ in groupe for n in (une.trouvee.numero_a, une.trouvee.numero_b)}


def _composer(
    departement: str, groupe: Restantes, connues: Collection[str], decidees: Collection[Any]
) -> Cas:
    paires = {(une.trouvee.numero_a, une.trouvee.numero_b): une.scellee for une, _ in groupe}
    changee = any(
        une.paire in connues and (une.paire, une.champs) not in decidees for une in paires.values()
    )
    return Cas(
        departement,
        tuple(sorted(_numeros(groupe))),
        paires,
        tuple(une.trouvee for une, _ in groupe),
        changee=changee,
        bilan=groupe[0][1],
    )


def _retenu(
    groupe: Restantes, etats: Mapping[str, Etat], niveau: str, guichets: Collection[str] | None
) -> bool:
    if niveau and not any(une.trouvee.niveau == niveau for une, _ in groupe):
        return False
    if guichets is None:
        return True
    return any(not guichets_de(etats[n]).isdisjoint(guichets) for n in _numeros(groupe))


def _rang(groupe: Restantes, ordre: str) -> float | str:
    if ordre == "lourdes":
        return -max(une.poids for une, _ in groupe)
    if ordre == "incertaines":
        return min(une.ecart for une, _ in groupe)
    return groupe[0][0].scellee.paire


# --- Cases that an affaire tells of ---------------------------------------------------------------


def cas_de(v: Lecture, une: Affaire) -> Cas:
    """Return the case of an affaire; raise Refus when less than two of its demandes are known."""
    exiger_revue(v, une.departement)
    numeros = tuple(sorted(numeros_de(v, [une]).get(une.id, {}).values()))
    etats = lire_etats(v, une.departement, numeros)
    actives = tuple(n for n in numeros if n in etats and etats[n]["statut"] == ACTIVE)
    if len(actives) < 2:  # noqa: PLR2004 - a pair
        raise Refus(
            f"l'affaire {une.id} n'a plus deux demandes actives",
            que_faire="La classer sans suite : une seule demande reste active.",
        )
    (cas,) = composer_cas(v, une.departement, [actives], PAR_FORMULAIRE)
    return replace(cas, affaire=une.id)


def composer_cas(
    v: Lecture, departement: str, groupes: Sequence[tuple[str, ...]], origine: str
) -> list[Cas]:
    """Return a case of each group of numéros, that something else than the search tells of.

    The tier of its pairs is `origine`, then the one by which the search found them too.
    """
    scellees = sceller_les(
        v, departement, {deux for un in groupes for deux in itertools.combinations(un, 2)}
    )
    trouves = {
        (un.trouvee.numero_a, un.trouvee.numero_b): un.trouvee.niveau.value
        for un in lire_jointes(v, departement).jointes
    }
    return [
        Cas(
            departement,
            numeros,
            {
                deux: replace(scellees[deux], niveau=f"{origine} {trouves.get(deux, '')}".strip())
                for deux in itertools.combinations(numeros, 2)
            },
        )
        for numeros in groupes
    ]


def a_instruire(v: Lecture, registre: Affaires | None, departement: str) -> list[Cas]:
    """Return the cases of the affaires that wait for a decision, the nearest deadline first."""
    exiger_revue(v, departement)
    siennes = registre.lister(departement, procedure=PROCEDURE) if registre else []
    attendent = [une for une in siennes if une.etat in A_DECIDER]
    attendent.sort(key=lambda une: (str(une.echeance.due) if une.echeance else "9999", une.id))
    cas = []
    for une in attendent:
        try:
            cas.append(cas_de(v, une))
        except Refus:
            continue  # erased, or one demande is left: it is listed among the affaires
    return cas
