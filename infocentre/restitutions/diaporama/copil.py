"""The twelve slides of the comité de pilotage, chosen in the bilan: the cover, then these.

A comité follows the same agenda whatever the figures: where a chapter of the bilan has nothing to
show, its slide stands and says why in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from infocentre.lecture.tableaux import cle_de
from infocentre.mesures.declarations import Role
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import SIGNIFICATIFS
from infocentre.restitutions.bureautique.markdown import eclater
from infocentre.restitutions.diaporama.pages import Diapositive
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Chiffres,
    Document,
    Graphique,
    Liste,
    Mots,
    Paragraphe,
    Section,
    Tableau,
    morceaux,
)
from infocentre.restitutions.redaction import Contenu

TITRE_COURT = 30  # letters below which a title is never cut
COUPURES = ((" ; ", 75), (" (", 140), (" : ", 140))  # where it is, above how many letters
CHIFFRES_MAX, POINTS, INCIDENTS = 4, 5, 2
GRAVITES: dict[str, int] = {un: -un.gravite for un in SIGNIFICATIFS}
_CHEMIN = " / "
_FIN_DE_PHRASE = re.compile(r"(?<=[a-zàâçéèêëîïôûùü0-9%»)*])[.!?](?=\s+[A-ZÀÂÇÉÈÊÎÔÛ«]|$)")
CARTE_ET_TABLEAU = (3.0, 2.0)
DES_COMMUNES = ("attributions", "attributions.evolution", "demandes_pour_une_attribution")
Index = dict[str, Section]


@dataclass(frozen=True, slots=True)
class Bilan:
    """What the slides are chosen from: sections by their path, blocks by their key."""

    sections: Index
    blocs: dict[str, Tableau | Graphique]

    def phrases(self, *chemins: str) -> list[str]:
        """Return the sentences of sections that exist, in this order; warnings are left out."""
        return [
            bloc.texte
            for chemin in chemins
            if chemin in self.sections
            for bloc in self.sections[chemin].blocs
            if isinstance(bloc, Paragraphe) and bloc.genre in {"chapeau", "texte"}
        ]

    def message(self, chemin: str) -> str:
        """Return the first sentence of a section, short enough to be a title; '' for none."""
        phrases = self.phrases(chemin)
        return court(phrases[0]) if phrases else ""

    def visuels(self, *cles: str) -> list[tuple[Bloc, ...]]:
        """Return one column for each picture or table that exists."""
        return [(self.blocs[cle],) for cle in cles if cle in self.blocs]

    def raisons(self, *chemins: str) -> tuple[str, ...]:
        """Return why pictures are missing in these sections, each reason once."""
        textes = [
            bloc.texte
            for chemin in chemins
            for bloc in self.du_genre(chemin, Paragraphe)
            if isinstance(bloc, Paragraphe) and bloc.genre in {"alerte", "note"}
        ]
        return tuple(dict.fromkeys(textes))

    def contient(self, chapitre: str) -> bool:
        """Tell whether the document has this chapter."""
        return chapitre in self.sections

    def du_genre(self, chemin: str, genre: type[Bloc]) -> list[Bloc]:
        """Return the blocks of this kind of a section, nothing when it does not exist."""
        section = self.sections.get(chemin)
        return [un for un in section.blocs if isinstance(un, genre)] if section else []

    def mots(self, chemin: str) -> list[Bloc]:
        """Return what people wrote in a section; what is still to be written is not projected."""
        ecrits = [un for un in self.du_genre(chemin, Mots) if isinstance(un, Mots) and un.markdown]
        return [morceau for un in ecrits for morceau in eclater(un)]


def court(texte: str) -> str:
    """Return a sentence as a title: when it is long, its first part that says enough."""
    phrase, _ = premiere_phrase(texte)
    for coupure, longueur in COUPURES:
        debut, _, suite = phrase.partition(coupure)
        if len(phrase) > longueur and suite and len(debut) >= TITRE_COURT:
            phrase = debut
    if phrase.count("(") > phrase.count(")"):
        phrase = phrase[: phrase.rindex("(")].rstrip()
    return phrase


@dataclass(frozen=True, slots=True)
class Vue:
    """What a slide says and shows: its message, '' for none; pictures and tables in columns.

    `manque`: a picture is missing, `raisons` say why; `phrases` are read beside them, under the
    name of what they come from. `compte` is what its title counts.
    """

    message: str
    colonnes: tuple[tuple[Bloc, ...], ...] = ()
    manque: bool = False
    raisons: tuple[str, ...] = ()
    phrases: tuple[tuple[str, str], ...] = ()
    compte: int = 0


@dataclass(frozen=True)
class Copil(Contenu):
    """The slides, None for a chapter that the bilan does not have; the words are in the template.

    Each of its sections of first rank is the slide of the field that its mark names.
    """

    modele = "bilan/diaporama.md"

    essentiel: Vue | None
    demande: Vue | None
    motifs: Vue | None
    tension: Vue | None
    delais: Vue | None
    publics: Vue | None
    territoires: Vue | None
    qualite: Vue | None
    mouvements: Vue | None
    enjeux: Vue | None
    difficultes: Vue | None
    decisions: Vue | None


def du_bilan(document: Document) -> list[Diapositive]:
    """Return the slides of a bilan; those whose content it does not have are left out."""
    bilan = Bilan(
        dict(_sections((*document.sections, *document.projetees))), dict(_blocs(document))
    )
    vues = {nom: voir(bilan) for nom, voir in _VUES.items()}
    return [_poser(une, vues) for une in Copil(**vues).rediger()]


def _poser(section: Section, vues: Mapping[str, Vue | None]) -> Diapositive:
    """Put what is written beside what is shown: one column for each, but where it is told."""
    rubrique, *ecrits = section.blocs
    dite = rubrique.texte if isinstance(rubrique, Paragraphe) else ""
    vue = vues[section.gabarit]
    colonnes = list(vue.colonnes) if vue else []
    if section.sections:  # a column for each part
        colonnes = [
            (Paragraphe(une.titre, "chapeau"), *une.blocs, *_reste(vues, une.gabarit))
            for une in section.sections
        ]
    elif section.gabarit in _DESSOUS and colonnes:
        colonnes[-1] = (*colonnes[-1], *ecrits)
    elif ecrits:
        colonnes.append(tuple(ecrits))
    parts = _PARTS.get(section.gabarit, ())
    return Diapositive(
        section.titre,
        tuple(colonnes) or ((),),
        "" if dite == section.titre else dite,
        parts if len(parts) == len(colonnes) else (),
    )


def _reste(vues: Mapping[str, Vue | None], nom: str) -> tuple[Bloc, ...]:
    vue = vues.get(nom)
    return vue.colonnes[0] if vue and vue.colonnes else ()


def _sections(sections: tuple[Section, ...], debut: str = "") -> Iterator[tuple[str, Section]]:
    for section in sections:
        chemin = f"{debut}{section.titre}"
        yield chemin, section
        yield from _sections(section.sections, f"{chemin}{_CHEMIN}")


def _blocs(document: Document) -> Iterator[tuple[str, Tableau | Graphique]]:
    for _, section in document.toutes_sections():
        for bloc in section.blocs:
            if isinstance(bloc, Tableau | Graphique):
                yield bloc.cle, bloc


def _essentiel(bilan: Bilan) -> Vue | None:
    chiffres = [
        un
        for bloc in bilan.du_genre("L'essentiel", Chiffres)
        if isinstance(bloc, Chiffres)
        for un in bloc.chiffres
    ]
    retenir = bilan.du_genre("L'essentiel / À retenir", Liste)
    listes = [un.points for un in retenir if isinstance(un, Liste)]
    if not chiffres and not listes:
        return None
    marquants = bilan.mots("L'essentiel / Faits marquants du semestre")
    cartes = (Chiffres(tuple(chiffres[:CHIFFRES_MAX])),) if chiffres else ()
    # The list of what moved, the worst first, after what the title says.
    bouge = listes[0][bool(chiffres) :] if len(listes) > 1 else ()
    return Vue(
        court(listes[0][0]) if listes and chiffres else "",
        ((*cartes, *marquants),),
        phrases=() if marquants else tuple(("", un) for un in bouge[:POINTS]),
    )


@dataclass(frozen=True, slots=True)
class _Images:
    """A slide of pictures of a chapter, under a sentence of `message`.

    Each has its key, {} standing for its table, the role of the table, its section.
    """

    chapitre: str
    message: str
    images: tuple[tuple[str, Role, str], ...]

    def __call__(self, bilan: Bilan) -> Vue | None:
        """Return the pictures that the bilan has, and why it lacks the others."""
        if not bilan.contient(self.chapitre):
            return None
        cles = {_cle(modele, role): section for modele, role, section in self.images}
        absentes = [
            _chemin(self.chapitre, section)
            for cle, section in cles.items()
            if cle not in bilan.blocs
        ]
        return Vue(
            bilan.message(_chemin(self.chapitre, self.message)),
            tuple(bilan.visuels(*cles)),
            bool(absentes),
            bilan.raisons(*absentes),
        )


def _cle(modele: str, role: Role) -> str:
    """Return the key of a block that is drawn from the table of a role."""
    return modele.format(cle_de(tableaux().du_role(role)))


def _chemin(*titres: str) -> str:
    return _CHEMIN.join(titre for titre in titres if titre)


def _tension(bilan: Bilan) -> Vue | None:
    """Show the attributions of each month beside the tension, and what is obtained."""
    chapitre = "Les attributions"
    if not bilan.contient(chapitre):
        return None
    chemins = [
        _chemin(chapitre, un)
        for un in ("Typologie recherchée et attribuée", "Les ressources des ménages")
    ]
    image, tension = _cle("image-{}", "attributions"), _cle("{}-tension", "attributions")
    manque = image not in bilan.blocs
    return Vue(
        bilan.message(chapitre),
        tuple(bilan.visuels(image, tension)),
        manque,
        bilan.raisons(_chemin(chapitre, "Le volume et la tension")) if manque else (),
        tuple(("", phrase) for chemin in chemins for phrase in bilan.phrases(chemin)[:1]),
    )


def _publics(bilan: Bilan) -> Vue | None:
    chapitre = "Publics prioritaires et mixité"
    if not bilan.contient(chapitre):
        return None
    premier = _chemin(chapitre, "DALO et ménages prioritaires, par réservataire")
    image = _cle("image-{}", "prioritaires")
    manque = image not in bilan.blocs
    return Vue(
        bilan.message(premier),
        tuple(bilan.visuels(image)),
        manque,
        bilan.raisons(premier) if manque else (),
        tuple(
            (chemin.split(_CHEMIN)[1], phrase)
            for chemin in bilan.sections
            if chemin.startswith(f"{chapitre}{_CHEMIN}") and chemin != premier
            for phrase in bilan.phrases(chemin)[:1]
        ),
    )


def _territoires(bilan: Bilan) -> Vue | None:
    chapitre = _chemin("Les attributions", "Les territoires")
    if not bilan.contient(chapitre):
        return None
    colonnes = bilan.visuels(_cle("carte-{}", "territoires"))
    lieux = bilan.blocs.get(_cle("{}-commune", "territoires"))
    if isinstance(lieux, Tableau) and not lieux.lignes[1:]:  # one commune: what it is divided into
        lieux = bilan.blocs.get(_cle("{}-arrondissement", "territoires"), lieux)
    if isinstance(lieux, Tableau):
        montre = lieux.garder([0, *lieux.rangs(DES_COMMUNES)])
        colonnes += [] if montre.muet else [(montre,)]
    raisons = () if colonnes else bilan.raisons(chapitre)
    return Vue(bilan.message(chapitre), tuple(colonnes), not colonnes, raisons)


def _qualite(bilan: Bilan) -> Vue | None:
    """Show the heat table with what is worst on top: a slide cannot hold every indicator."""
    tables = [bilan.blocs.get(cle) for cle in ("qualite-types", "qualite-types-autres")]
    lus = [un for un in tables if isinstance(un, Tableau)]
    if not lus:
        return None
    lignes = sorted((ligne for un in lus for ligne in un.lignes), key=_gravite)
    tableau = replace(lus[0], titre="", lignes=tuple(lignes))
    return Vue(bilan.message("La qualité de l'enregistrement"), ((tableau,),))


def _gravite(ligne: tuple[Cellule, ...]) -> tuple[int, ...]:
    """Rank a row by the state of the département, then of the types of guichets."""
    rangs = [GRAVITES.get(cellule.etat or "", 0) for cellule in ligne[1:]]
    return (rangs[0], *sorted(rangs[1:])) if rangs else ()


def _mouvements(bilan: Bilan) -> Vue | None:
    """Show what moved in the département, the worst first, beside who worsened, or stays bad."""
    chapitre = "La qualité de l'enregistrement"
    bouge = bilan.blocs.get("qualite-mouvements")
    colonnes: list[tuple[Bloc, ...]] = []
    if isinstance(bouge, Tableau):
        dite = replace(bouge, titre="")  # it is the slide's
        colonnes.append((dite.garder(range(len(bouge.colonnes) - 1)),))
    for cle, rang in (("qualite-degradations", 3), ("qualite-persistances", -1)):
        qui = bilan.blocs.get(cle)
        if isinstance(qui, Tableau):
            colonnes.append((qui.garder((0, 1, range(len(qui.colonnes))[rang])),))
            break
    passes = bilan.du_genre(_chemin(chapitre, "Ce qui s'est passé dans le semestre"), Liste)
    points = [un for bloc in passes if isinstance(bloc, Liste) for un in bloc.points]
    if not bilan.contient(chapitre):
        return None
    dits = _chemin(chapitre, "Ce qui a bougé dans le département")
    titre = bouge.titre if isinstance(bouge, Tableau) else bilan.message(dits)
    autres = (_chemin(chapitre, un) for un in ("Les dégradations", "Les difficultés persistantes"))
    phrases = points[:INCIDENTS] if colonnes or points else bilan.phrases(*autres)
    mesures = bilan.phrases(_chemin(chapitre, "Mesures correctives"))[:1]
    if colonnes:
        colonnes[0] = (*colonnes[0], *map(Paragraphe, mesures))
    else:
        phrases = [*phrases, *mesures]
    chutes = bilan.blocs.get("qualite-degradations")
    return Vue(
        titre,
        tuple(colonnes),
        phrases=tuple(("", un) for un in phrases),
        compte=0 if _se_degrade(bouge) or not isinstance(chutes, Tableau) else len(chutes.lignes),
    )


def _se_degrade(bouge: Bloc | None) -> bool:
    """Tell whether the title of what moved has a fall of the département to begin with."""
    return isinstance(bouge, Tableau) and any(
        cellule.valeur == "dégradation" for ligne in bouge.lignes for cellule in ligne
    )


def _liste(chemin: str) -> Callable[[Bilan], Vue | None]:
    """Return what shows the points of a chapter, and what people wrote there."""

    def voir(bilan: Bilan) -> Vue | None:
        if not bilan.contient(chemin):
            return None
        listes = bilan.du_genre(chemin, Liste)
        blocs = (*listes, *bilan.mots(chemin))
        points = sum(len(un.points) for un in listes if isinstance(un, Liste))
        return Vue("", (blocs,) if blocs else (), compte=points)

    return voir


def _decisions(bilan: Bilan) -> Vue | None:
    """Show what is proposed; what is to be decided stands beside it."""
    if not bilan.contient("Plan d'actions"):
        return None
    plan, mots = bilan.blocs.get("plan"), bilan.mots("Plan d'actions")
    if not isinstance(plan, Tableau):
        return Vue("", (tuple(mots),) if mots else ())
    proposees = plan.garder(plan.rangs(("constat", "action", "organismes")))
    return Vue("", ((proposees, *mots),), compte=len(plan.lignes))


_VUES: Mapping[str, Callable[[Bilan], Vue | None]] = {
    "essentiel": _essentiel,
    "demande": _Images(
        "La demande",
        "",
        (
            ("image-{}", "flux_semestres", "Le semestre"),
            ("image-{}", "depots", "Les dépôts"),
        ),
    ),
    "motifs": _Images(
        "La demande",
        f"Ce qui est demandé{_CHEMIN}Motifs",
        (
            ("image-{}", "motifs", f"Ce qui est demandé{_CHEMIN}Motifs"),
            (
                "image-{}",
                "composition_familiale",
                f"Les demandeurs{_CHEMIN}Composition familiale",
            ),
        ),
    ),
    "tension": _tension,
    "delais": _Images(
        "Les attributions",
        "Les délais",
        (("image-{}", "delais", "Les délais"), ("image-{}", "reservataires", "Les réservataires")),
    ),
    "publics": _publics,
    "territoires": _territoires,
    "qualite": _qualite,
    "mouvements": _mouvements,
    "enjeux": _liste("Enjeux-clés"),
    "difficultes": _liste("Difficultés majeures"),
    "decisions": _decisions,
}
# Where texts stand under the last picture, and what the columns are in the ratio of.
_DESSOUS = {"essentiel", "tension", "mouvements"}
_PARTS: Mapping[str, tuple[float, ...]] = {"territoires": CARTE_ET_TABLEAU, "decisions": (2, 1)}


def premiere_phrase(texte: str) -> tuple[str, str]:
    """Cut a text after its first sentence, which loses its full stop and its bold."""
    trouve = _FIN_DE_PHRASE.search(texte)
    fin = trouve.start() if trouve else len(texte)
    premiere = "".join(morceau for morceau, _ in morceaux(texte[:fin]))
    return premiere, texte[fin + 1 :].strip()
