"""Which slides a document gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from infocentre.restitutions.bureautique.markdown import eclater
from infocentre.restitutions.diaporama.copil import du_bilan, premiere_phrase
from infocentre.restitutions.diaporama.pages import Diapositive
from infocentre.restitutions.document import (
    Bloc,
    Chiffres,
    Document,
    Graphique,
    Lignes,
    Paragraphe,
    Section,
    Tableau,
)

PAR_DIAPO = 2
COMITE_MIN = 4  # slides under which a document is not a whole bilan


def choisir(document: Document) -> list[Diapositive]:
    """Return the slides of a document: those of the comité for a bilan, else of its sections."""
    du_comite = du_bilan(document) if document.gabarit == "bilan" else []
    choisies = du_comite if len(du_comite) >= COMITE_MIN else par_section(document)
    return list(_distinguer(choisies))


def _distinguer(diapositives: Iterable[Diapositive]) -> Iterator[Diapositive]:
    """Number the titles that come again: people find a slide by its title."""
    vus: Counter[str] = Counter()
    for une in diapositives:
        vus[une.titre] += 1
        rang = vus[une.titre]
        yield une if rang == 1 else replace(une, titre=f"{une.titre} ({rang})")


def par_section(document: Document) -> list[Diapositive]:
    """Return the slides of any document: one for each section, more where it holds much."""
    return [
        une
        for section in document.sections
        if not section.annexe
        for une in _section(section, list(_blocs(section)))
    ]


def _blocs(section: Section) -> Iterator[Bloc]:
    for bloc in section.blocs:
        yield from eclater(bloc)
    for sous_section in section.sections:
        if not sous_section.annexe:
            yield from _blocs(sous_section)


def _section(section: Section, blocs: list[Bloc]) -> Iterator[Diapositive]:
    """Title it with the first sentence; two pictures at most on a slide, texts beside them."""
    titre, blocs = message(section.titre, blocs)
    dit = titre != section.titre  # the next slide states it
    visuels = [un for un in blocs if isinstance(un, Tableau | Graphique | Lignes)]
    textes = [un for un in blocs if not isinstance(un, Tableau | Graphique | Lignes)]
    if any(isinstance(un, Chiffres) for un in textes):
        yield Diapositive(titre, (tuple(textes),), section.titre)
        dit = False
    elif not visuels or textes:
        yield composer(section.titre, titre, visuels[:1], textes)
        visuels, dit = visuels[1:], False
    for rang in range(0, len(visuels), PAR_DIAPO):
        groupe = visuels[rang : rang + PAR_DIAPO]
        yield composer(section.titre, titre if dit else _titre(groupe[0], titre), groupe, [])
        dit = False


def _titre(visuel: Bloc, defaut: str) -> str:
    """Return what a picture says in one sentence, or what a table holds."""
    if isinstance(visuel, Graphique):
        return premiere_phrase(visuel.description)[0] or visuel.titre
    return (visuel.titre if isinstance(visuel, Tableau) else "") or defaut


def composer(
    rubrique: str, titre: str, visuels: Sequence[Bloc], textes: Sequence[Bloc]
) -> Diapositive:
    """Lay out: pictures on the left, side by side when there are two, texts on the right."""
    colonnes = [(un,) for un in visuels] + ([tuple(textes)] if textes else [])
    parts = [1.6 if len(visuels) == 1 and textes else 1.0] * len(visuels)
    parts += [1.0] if textes else []
    sur_titre = rubrique if titre != rubrique else ""
    return Diapositive(titre, tuple(colonnes) or ((),), sur_titre, tuple(parts) or (1.0,))


def message(defaut: str, blocs: Sequence[Bloc]) -> tuple[str, list[Bloc]]:
    """Return the first sentence as the message, and the blocks without it."""
    for rang, bloc in enumerate(blocs):
        if isinstance(bloc, Paragraphe) and bloc.genre in {"chapeau", "texte"}:
            premiere, reste = premiere_phrase(bloc.texte)
            suite = [Paragraphe(reste, "texte")] if reste else []
            return premiere, [*blocs[:rang], *suite, *blocs[rang + 1 :]]
    return defaut, list(blocs)
