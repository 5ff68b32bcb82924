"""The register of what was shared: each edition's counts, told or masked, kept for good.

A document printed again after a late delivery tells some of the counts that the first one masked,
unless it is masked with what the first one told. An edition is the counts of a subject (the
standard tables of a month, its indicators, a yearly bilan) as some data made them: the same data
are the same edition, masked as it was. Another edition is masked after all those before it.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import itertools
import json
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NotRequired, TypedDict, TypeVar

from infocentre.entrepot.dossier import DIFFUSES
from infocentre.entrepot.journal import ajouter_ligne, lire_evenements
from infocentre.mesures.secret import (
    INVISIBLE,
    ORDINAIRE,
    PUBLIEE,
    Cle,
    Detenteurs,
    Somme,
    determinees,
    masquer,
)
from infocentre.noyau import temoins
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire, seul_ici, sha256

T = TypeVar("T")
# What protected once does so again first: readers miss the same cells from one edition to another.
DEJA_TUE = 0.1
NIVEAU = 6  # of compression: the next three take three times longer for a twentieth less
SEUL = "comptes"  # the name of the system of a subject that has no other one
_AVANT, _ENTRE = "avant", "entre"  # a former count, what two settings leave between theirs
_REPRENDRE = (
    "La reprendre d'une sauvegarde : infocentre reparer --sauvegarde DOSSIER. À défaut, "
    "infocentre reparer --sceller tient pour bon ce qui reste, en sachant que rien n'empêchera "
    "plus une autre édition de dévoiler ce que celle-là masquait."
)


@dataclass(frozen=True, slots=True)
class Systeme:
    """Counts bound by sums, those that an edition masked, the setting that makes some of them."""

    valeurs: Mapping[Any, int]
    sommes: Sequence[Somme]
    masquees: frozenset[Cle] = frozenset()
    reglages: Mapping[Any, Hashable] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edition:
    """What some data made of a subject: its systems by name, and what its reader needs besides."""

    systemes: Mapping[str, Systeme]
    fait: Any = None


@dataclass(frozen=True, slots=True)
class Masques:
    """The cells to mask; `dites`: those of them that earlier editions told, or give away."""

    masquees: frozenset[Cle]
    dites: frozenset[Cle] = frozenset()


@dataclass(slots=True)
class Registre:
    """The editions of a subject: a directory with a file for each, named by the data's empreinte.

    Without a directory nothing was shared before, and nothing is kept.
    """

    dossier: Path | None = None
    _lues: dict[str, Edition] | None = field(default=None, init=False)

    def editions(self) -> Mapping[str, Edition]:
        """Return the editions by their empreinte, always in the same order.

        Raises:
            Refus: one is damaged, or is there no more.
        """
        if self._lues is None:
            self._lues = {nom: _relire(un) for nom, un in self.fichiers().items()}
        return self._lues

    def fichiers(self) -> Mapping[str, Path]:
        """Return the file of each edition by its empreinte, always in the same order; none is read.

        Raises:
            Refus: one is there no more.
        """
        if self.dossier is None:
            return {}
        presentes = sorted(self.dossier.glob("*.json.gz"))
        _exiger_toutes(self.dossier, presentes)
        return {un.name.split(".")[0]: un for un in presentes}

    def fait(self, empreinte: str) -> Any:  # noqa: ANN401 - as the edition has it
        """Return what readers need of an edition, None where there is none; its systems are unread.

        Raises:
            Refus: it is damaged, or one is there no more.
        """
        fichier = self.fichiers().get(empreinte)
        return fichier and _lire(fichier, lambda lue: lue["fait"])

    def systemes(self, nom: str) -> list[Systeme]:
        """Return what each edition has of a name."""
        return [une.systemes[nom] for une in self.editions().values() if nom in une.systemes]

    def inscrire(self, empreinte: str, edition: Edition) -> None:
        """Keep an edition, once; raise Refus when the disk refuses."""
        if self.dossier is None or empreinte in self.editions():
            return
        fichier = self.dossier / f"{empreinte}.json.gz"
        try:
            ecrire(
                fichier, gzip.compress(_en_json(edition).encode(), NIVEAU, mtime=0), droits=0o600
            )
            noter(fichier)
        except OSError as erreur:
            raise Refus(
                "ce qui est diffusé ne peut pas être inscrit au registre des diffusions",
                str(self.dossier),
                "Donner à l'infocentre le droit d'y écrire, et de la place ; sans ce registre, "
                "une autre édition pourrait dévoiler ce que celle-ci masque.",
            ) from erreur
        if self._lues is not None:
            self._lues[empreinte] = edition


def empreinte(*contenus: object) -> str:
    """Return what names an edition: the sha256 of what it is made of."""
    return hashlib.sha256(json.dumps(contenus, default=str).encode()).hexdigest()


def masquer_apres(
    systeme: Systeme,
    anciens: Sequence[Systeme],
    seuil: int,
    aussi: Collection[Cle] = (),
    prix: Mapping[Cle, float] | None = None,
    detenteurs: Detenteurs = lambda _: (),
    dites: Collection[Cle] = (),
) -> Masques:
    """Return the cells of an edition to mask, so that no small count is found from all editions.

    `dites`: what was told elsewhere, which protects nothing.

    A count that did not change is the same cell, which readers are assumed to know: told once, it
    protects nothing; masked, it stays masked. One that changed is another cell. Of two that
    settings make, the larger is the other one and what is between them: that is a cell too, where
    data alone changed nothing is. Whose a cell is (`detenteurs`) has all editions of it.
    """
    if not anciens:  # nothing to compare with
        masquees = masquer(systeme.valeurs, systeme.sommes, seuil, aussi, prix, dites, detenteurs)
        return Masques(masquees)
    lues = _reunir(systeme, anciens)
    deja = {cle for ancien in anciens for cle in ancien.masquees} & systeme.valeurs.keys()
    couts = dict(prix or {})
    publiees = {cle for cle, un in couts.items() if un == PUBLIEE}
    couts |= {cle: DEJA_TUE * couts.get(cle, ORDINAIRE) for cle in deja}
    couts |= dict.fromkeys(lues.entre, INVISIBLE)

    def a_qui(cle: Cle) -> Collection[Hashable]:
        return detenteurs(cle[1] if cle[0] in {_AVANT, _ENTRE} else cle)

    trouvees = masquer(
        lues.valeurs,
        lues.sommes,
        seuil,
        {*aussi, *lues.tues},
        couts,
        lues.connues.union(dites),
        a_qui,
    )
    # What earlier editions gave away between them cannot be taken back: it is masked all the same,
    # and counted, so that who prints knows.
    perdues = determinees(trouvees, lues.sommes)
    # So is what its month masks since the threshold was raised, whoever told it before.
    petites = {cle for cle, valeur in systeme.valeurs.items() if 0 < valeur < seuil}
    petites -= publiees - set(aussi)
    masquees = (trouvees | petites) & systeme.valeurs.keys()
    dites = {une for une in perdues if 0 < lues.valeurs[une] < seuil} | (petites & lues.connues)
    return Masques(masquees, frozenset(dites))


@dataclass(frozen=True, slots=True)
class _Reunies:
    """Editions as one system: what some mask and none tells, what is told, what is between."""

    valeurs: Mapping[Any, int]
    sommes: Sequence[Somme]
    tues: set[Cle]
    connues: set[Cle]
    entre: Sequence[Cle]


def _reunir(systeme: Systeme, anciens: Sequence[Systeme]) -> _Reunies:
    valeurs, sommes = dict(systeme.valeurs), dict.fromkeys(systeme.sommes)
    tues: set[Cle] = set()
    connues: set[Cle] = set()
    comptees = {cle: [(cle, un)] for cle, un in systeme.reglages.items()}
    # One system of all editions: a cell that has the same count in two of them is one cell, so that
    # what one told is known in the other; one that changed has the name of its former count.
    for ancien in anciens:
        noms = {
            cle: cle if systeme.valeurs.get(cle) == valeur else (_AVANT, cle, valeur)
            for cle, valeur in ancien.valeurs.items()
        }
        valeurs |= {noms[cle]: valeur for cle, valeur in ancien.valeurs.items()}
        sommes |= dict.fromkeys(_renommer(une, noms) for une in ancien.sommes)
        tues |= {noms[cle] for cle in ancien.masquees}
        connues |= {noms[cle] for cle in noms if cle not in ancien.masquees}
        for cle in comptees.keys() & noms.keys():
            comptees[cle].append((noms[cle], ancien.reglages.get(cle)))
    entre = dict(_entre(comptees, valeurs))
    sommes |= dict.fromkeys(entre)
    valeurs |= {somme.parts[1]: valeur for somme, valeur in entre.items()}
    # What is masked in one edition and told in another is told.
    return _Reunies(valeurs, [*sommes], tues - connues, connues, [un.parts[1] for un in entre])


def masquer_et_inscrire(
    registre: Registre,
    systeme: Systeme,
    seuil: int,
    aussi: Collection[Cle] = (),
    prix: Mapping[Cle, float] | None = None,
    detenteurs: Detenteurs = lambda _: (),
    ailleurs: Sequence[Systeme] = (),
) -> frozenset[Cle]:
    """Return the cells of a subject that is one system to mask, once they are in the register.

    `ailleurs` is what other subjects that have some of the same cells shared of them.

    Raises:
        Refus: the register is damaged, or refuses the edition.
    """
    couts = sorted((prix or {}).items(), key=str)
    nom = empreinte(sorted(systeme.valeurs.items(), key=str), seuil, sorted(aussi, key=str), couts)
    connue = registre.editions().get(nom)
    if connue is None:
        anciens = [*registre.systemes(SEUL), *ailleurs]
        masques = masquer_apres(systeme, anciens, seuil, aussi, prix, detenteurs)
        connue = Edition({SEUL: replace(systeme, masquees=masques.masquees)})
        registre.inscrire(nom, connue)
    return connue.systemes[SEUL].masquees


def _entre(
    comptees: Mapping[Any, Sequence[tuple[Cle, Hashable]]], valeurs: Mapping[Any, int]
) -> Iterator[tuple[Somme, int]]:
    """Yield what two settings leave between their counts of the same, bound to both.

    An edition of before settings were kept is held for one of another setting.
    """
    for cle, comptes in comptees.items():
        for (une, la), (autre, ici) in itertools.combinations(comptes, 2):
            if une != autre and la != ici:
                moindre, plus_grande = sorted((une, autre), key=lambda un: valeurs[un])
                ecart = valeurs[plus_grande] - valeurs[moindre]
                yield Somme(plus_grande, (moindre, (_ENTRE, cle, moindre, plus_grande))), ecart


def _renommer(somme: Somme, noms: Mapping[Cle, Cle]) -> Somme:
    return Somme(noms[somme.total], tuple(noms[part] for part in somme.parts))


# --- What was shared, edition by edition ----------------------------------------------------------


class Inscrite(TypedDict):
    """A line of the journal of editions: its file under `diffusions`, and its sha256."""

    fichier: str
    empreinte: str


def noter(fichier: Path) -> None:
    """Enter an edition in the journal of all that was shared; two who enter at once both have it.

    The first time, all those that are there: they are of before the journal. Where no directory of
    the file is called so, it is nobody's register, and nothing is noted.
    """
    racine = racine_de(fichier)
    if racine is None:
        return
    with seul_ici(racine):
        premiere = not (racine / DIFFUSES).exists()
        for un in sorted(racine.rglob("*.json.gz")) if premiere else [fichier]:
            ligne: Inscrite = {"fichier": str(un.relative_to(racine)), "empreinte": sha256(un)}
            ajouter_ligne(racine / DIFFUSES, ligne)
    if premiere:
        temoins.noter(racine.parent, {"diffusions": True})


def racine_de(fichier: Path) -> Path | None:
    """Return the directory of all registers, above one of their files."""
    return next((un for un in fichier.parents if un.name == "diffusions"), None)


def inscrites(racine: Path) -> Mapping[str, str]:
    """Return {file under `diffusions`: its sha256} of all that was shared."""
    journal = racine / DIFFUSES
    try:
        etat = journal.stat()
    except FileNotFoundError:
        return {}
    return _inscrites(journal, etat.st_mtime_ns, etat.st_size)


@functools.lru_cache(maxsize=4)
def _inscrites(journal: Path, _instant: int, _octets: int) -> Mapping[str, str]:
    return {une["fichier"]: une["empreinte"] for une in lire_evenements(journal, Inscrite)}


def _exiger_toutes(sujet: Path, presentes: Sequence[Path]) -> None:
    """Raise Refus when an edition of a subject is there no more: it would protect nothing."""
    racine = racine_de(sujet)
    attendues = {racine / nom for nom in inscrites(racine)} if racine else set[Path]()
    for absente in sorted(une for une in attendues if une.parent == sujet and une not in presentes):
        quoi = "une édition de ce qui a été diffusé n'est plus là"
        raise Refus(quoi, str(absente), _REPRENDRE)


# --- Files ----------------------------------------------------------------------------------------


class _EditionEcrite(TypedDict):
    """An edition as JSON keeps it."""

    systemes: dict[str, _Ecrit]
    fait: Any


def _en_json(edition: Edition) -> str:
    contenu: _EditionEcrite = {
        "systemes": {nom: _decrire(un) for nom, un in edition.systemes.items()},
        "fait": edition.fait,
    }
    return json.dumps(contenu, separators=(",", ":"))


class _Ecrit(TypedDict):
    """A system as JSON keeps it; one of before settings were kept has none."""

    cellules: list[tuple[Any, int, bool]]
    sommes: list[list[int]]
    reglages: NotRequired[list[tuple[int, Any]]]


def _decrire(systeme: Systeme) -> _Ecrit:
    """Return a cell as [key, value, masked], a sum as ranks of cells, the total first, settings."""
    rangs = {cle: rang for rang, cle in enumerate(systeme.valeurs)}
    return {
        "cellules": [(cle, un, cle in systeme.masquees) for cle, un in systeme.valeurs.items()],
        "sommes": [[rangs[cle] for cle in une.cellules] for une in systeme.sommes],
        "reglages": [(rangs[cle], un) for cle, un in systeme.reglages.items()],
    }


def _relire(fichier: Path) -> Edition:
    return _lire(
        fichier,
        lambda lue: Edition(
            {nom: _systeme(un) for nom, un in lue["systemes"].items()}, lue["fait"]
        ),
    )


def _lire(fichier: Path, rendre: Callable[[_EditionEcrite], T]) -> T:
    try:
        return rendre(json.loads(gzip.decompress(fichier.read_bytes())))
    except (OSError, EOFError, ValueError, TypeError, KeyError, IndexError) as erreur:
        raise Refus(
            "une édition du registre des diffusions n'est plus lisible",
            str(fichier),
            _REPRENDRE,
        ) from erreur


def _systeme(lu: _Ecrit) -> Systeme:
    cles = [_cle(cle) for cle, _, _ in lu["cellules"]]
    return Systeme(
        {cle: int(une[1]) for cle, une in zip(cles, lu["cellules"], strict=True)},
        [Somme(cles[une[0]], tuple(cles[rang] for rang in une[1:])) for une in lu["sommes"]],
        frozenset(cle for cle, une in zip(cles, lu["cellules"], strict=True) if une[2]),
        {cles[rang]: un for rang, un in lu.get("reglages", ())},
    )


def _cle(lu: Any) -> Cle:  # noqa: ANN401 - what JSON made of a key
    if not isinstance(lu, list):
        return lu
    return tuple([_cle(une) if isinstance(une, list) else une for une in lu])


def completer(valeurs: Mapping[Any, int], sommes: Iterable[Somme]) -> list[Somme]:
    """Return the sums whose every cell is known: the others bind nothing."""
    return [une for une in sommes if all(cle in valeurs for cle in une.cellules)]
