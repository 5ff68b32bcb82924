"""Recognition: headers that people wrote, and the time that eight files of 159 columns take.

`tests/reconnaissance/entetes.yml` was written by another hand before there was a recogniser, whose
words were set on `entrainement.yml` alone. A header is right when the first proposal is what it
means, its table being known; by level of confidence, how often that is so.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.outils import Mesure
from infocentre.contrat import Colonne, contrat
from infocentre.reconnaissance.dialecte import profiler
from infocentre.reconnaissance.lexique import lexique
from infocentre.reconnaissance.proposition import proposer
from tests.reconnaissance.atelier import creation, numero, texte
from tests.reconnaissance.mesure import JUGES, Essai, essayer

FAUX_MAX, SECONDES_MAX = 10.0, 5.0
COLONNES, LIGNES, FICHIERS = 159, 1000, 8


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Yield the figures."""
    essais = list(essayer(JUGES))
    yield Mesure("headers not right at the first proposal", _faux(essais), "%", FAUX_MAX)
    certains = [un for un in essais if un.etat == "certain"]
    yield Mesure("headers proposed as certain", 100 * len(certains) / len(essais), "%")
    faux = sum(not un.juste for un in certains)
    yield Mesure("wrong ones among these", faux, "", 0)
    tables = {(un.fichier, un.table_trouvee) for un in essais}
    yield Mesure("files whose table is left to a person", sum(not lu for _, lu in tables), "")
    for genre in sorted({un.genre for un in essais}):
        siens = [un for un in essais if un.genre == genre]
        yield Mesure(f"not right, {genre}", _faux(siens), "%")
    for confiance, groupe in itertools.groupby(
        sorted((un for un in essais if un.confiance), key=lambda un: un.confiance),
        key=lambda un: un.confiance,
    ):
        siens = list(groupe)
        nom = f"right of the {len(siens)} proposed with {100 * confiance:.0f} % of confidence"
        yield Mesure(nom, 100 - _faux(siens), "%")
    yield Mesure(
        f"{FICHIERS} files of {COLONNES} columns and {LIGNES} rows: processor",
        _duree(atelier),
        "s",
        SECONDES_MAX,
    )


def _faux(essais: Sequence[Essai]) -> float:
    return 100 * sum(not un.juste for un in essais) / max(1, len(essais))


def _duree(atelier: Path) -> float:
    for rang in range(FICHIERS):
        (atelier / f"f{rang}.csv").write_text(texte(list(_lignes(rang))), encoding="utf-8")
    proposer(profiler(atelier / "f0.csv", atelier))  # what is read once a process
    debut = time.process_time()
    proposer(profiler(atelier, atelier / "temporaire"))
    return time.process_time() - debut


def _lignes(rang: int) -> Iterator[list[str]]:
    colonnes = contrat().tables["radiation"].par_nom
    autres = [nom for nom in lexique()["non_lues"].split() if nom not in colonnes]
    noms = [*colonnes, *autres][:COLONNES]
    yield noms
    for i in range(rang * LIGNES, (rang + 1) * LIGNES):
        yield [_valeur(colonnes.get(nom), i) for nom in noms]


def _valeur(colonne: Colonne | None, i: int) -> str:
    if colonne is None:
        return str(i % 37)
    if colonne.nom == "NUMERO_UNIQUE":
        return numero(i)
    if colonne.type in {"date", "naissance"}:
        return creation(i)
    codes = list(contrat().codes.get(colonne.codes or "", ()))
    if codes:
        return codes[i % len(codes)]
    return str(i % 2) if colonne.type == "indicatrice" else str(13000 + i % 900)
