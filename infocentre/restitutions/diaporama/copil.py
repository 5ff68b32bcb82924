"""The twelve slides of the comité de pilotage, chosen in the bilan: the cover, then these.

A comité follows the same agenda whatever the figures: where a chapter of the bilan has nothing to
show, its slide stands and says why in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from infocentre.lecture.tableaux import cle_de
from infocentre.mesures.declarations import Role
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.etats import SIGNIFICATIFS
from infocentre.noyau.francais import de, denombrer, enumerer, majuscule
from infocentre.restitutions.bureautique.markdown import eclater
from infocentre.restitutions.diaporama.pages import Diapositive
from infocentre.restitutions.diaporama.phrases import premiere_phrase
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Chiffres,
    Document,
    Graphique,
    Lignes,
    Liste,
    Mots,
    Paragraphe,
    Section,
    Tableau,
)

TITRE_COURT = 30  # letters below which a title is never cut
COUPURES = ((" ; ", 75), (" (", 140), (" : ", 140))  # where it is, above how many letters
CHIFFRES_MAX, POINTS = 8, 2
TITRE_QUALITE = "Taux d'anomalie par type de guichet, les plus graves d'abord (effectif concerné)"
GRAVITES: dict[str, int] = {un: -un.gravite for un in SIGNIFICATIFS}
DECISIONS = Lignes(("Décision", "Échéance"), 6)
_CHEMIN = " / "
AUCUN = "Les données ne signalent pas {} ; à compléter en séance."
SANS_ACTION = "Aucun indicateur du département ne dépasse un seuil : aucune action n'est proposée."
REPLI = "Le bilan n'a pas d'image à projeter ici : lire ses tableaux."
CARTE_ET_TABLEAU = (3.0, 2.0)
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

    def message(self, chemin: str, defaut: str) -> str:
        """Return the first sentence of a section, short enough to be a title."""
        phrases = self.phrases(chemin)
        return court(phrases[0]) if phrases else defaut

    def visuels(self, *cles: str) -> list[tuple[Bloc, ...]]:
        """Return one column for each picture or table that exists."""
        return [(self.blocs[cle],) for cle in cles if cle in self.blocs]

    def raisons(self, *chemins: str) -> list[Bloc]:
        """Return why pictures are missing in these sections, each reason once; REPLI for none."""
        textes = [
            bloc.texte
            for chemin in chemins
            for bloc in self.du_genre(chemin, Paragraphe)
            if isinstance(bloc, Paragraphe) and bloc.genre in {"alerte", "note"}
        ]
        return [Paragraphe(texte) for texte in dict.fromkeys(textes)] or [Paragraphe(REPLI)]

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


def du_bilan(document: Document) -> list[Diapositive]:
    """Return the slides of a bilan; those whose content it does not have are left out."""
    bilan = Bilan(dict(_sections(document.sections)), dict(_blocs(document)))
    diapositives = (faire(bilan) for faire in _DIAPOSITIVES)
    return [une for une in diapositives if une]


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


def _essentiel(bilan: Bilan) -> Diapositive | None:
    chiffres = [
        un
        for bloc in bilan.du_genre("L'essentiel", Chiffres)
        if isinstance(bloc, Chiffres)
        for un in bloc.chiffres
    ]
    retenir = bilan.du_genre("L'essentiel / À retenir", Liste)
    if not chiffres and not retenir:
        return None
    points = retenir[0].points if retenir and isinstance(retenir[0], Liste) else ()
    titre = court(points[0]) if points and chiffres else "L'essentiel du semestre"
    marquants = bilan.mots("L'essentiel / Faits marquants du semestre")
    suite = marquants or [Liste(points[-POINTS:])] if points else marquants
    cartes = (Chiffres(tuple(chiffres[:CHIFFRES_MAX])),) if chiffres else ()
    colonne = (*cartes, *suite)
    return Diapositive(titre, (colonne,), "L'essentiel")


@dataclass(frozen=True, slots=True)
class _Images:
    """A slide of pictures of a chapter, under a sentence of `message`.

    Each has its key, {} standing for its table, the role of the table, its section.
    """

    chapitre: str
    message: str
    images: tuple[tuple[str, Role, str], ...]
    defaut: str

    def __call__(self, bilan: Bilan) -> Diapositive | None:
        """Make the slide; a reason stands in place of each picture that the bilan lacks."""
        if not bilan.contient(self.chapitre):
            return None
        cles = {_cle(modele, role): section for modele, role, section in self.images}
        colonnes = bilan.visuels(*cles)
        absentes = [
            _chemin(self.chapitre, section)
            for cle, section in cles.items()
            if cle not in bilan.blocs
        ]
        if absentes:
            colonnes.append(tuple(bilan.raisons(*absentes)))
        titre = bilan.message(_chemin(self.chapitre, self.message), self.defaut)
        return Diapositive(titre, tuple(colonnes), self.chapitre if self.chapitre != titre else "")


def _cle(modele: str, role: Role) -> str:
    """Return the key of a block that is drawn from the table of a role."""
    return modele.format(cle_de(tableaux().du_role(role)))


def _chemin(*titres: str) -> str:
    return _CHEMIN.join(titre for titre in titres if titre)


def _tension(bilan: Bilan) -> Diapositive | None:
    """Show the attributions of each month beside the tension, and what is obtained."""
    chapitre = "Les attributions"
    if not bilan.contient(chapitre):
        return None
    chemins = [
        _chemin(chapitre, un)
        for un in ("Typologie recherchée et attribuée", "Les ressources des ménages")
    ]
    droite = [
        bloc for colonne in bilan.visuels(_cle("{}-tension", "attributions")) for bloc in colonne
    ]
    droite += [Paragraphe(phrase) for chemin in chemins for phrase in bilan.phrases(chemin)[:1]]
    if _cle("image-{}", "attributions") not in bilan.blocs:
        droite = [*bilan.raisons(_chemin(chapitre, "Le volume et la tension")), *droite]
    colonnes = [
        *bilan.visuels(_cle("image-{}", "attributions")),
        *([tuple(droite)] if droite else []),
    ]
    return Diapositive(bilan.message(chapitre, chapitre), tuple(colonnes), chapitre)


def _publics(bilan: Bilan) -> Diapositive | None:
    chapitre = "Publics prioritaires et mixité"
    if not bilan.contient(chapitre):
        return None
    premier = _chemin(chapitre, "DALO et ménages prioritaires, par réservataire")
    autres = [
        chemin
        for chemin in bilan.sections
        if chemin.startswith(f"{chapitre}{_CHEMIN}") and chemin != premier
    ]
    textes: list[Bloc] = [
        bloc
        for chemin in autres
        for phrase in bilan.phrases(chemin)[:1]
        for bloc in (Paragraphe(chemin.split(_CHEMIN)[1], "chapeau"), Paragraphe(phrase))
    ]
    if _cle("image-{}", "prioritaires") not in bilan.blocs:
        textes = [*bilan.raisons(premier), *textes]
    colonnes = [
        *bilan.visuels(_cle("image-{}", "prioritaires")),
        *([tuple(textes)] if textes else []),
    ]
    return Diapositive(bilan.message(premier, chapitre), tuple(colonnes), chapitre)


def _territoires(bilan: Bilan) -> Diapositive | None:
    chapitre = _chemin("Les attributions", "Les territoires")
    if not bilan.contient(chapitre):
        return None
    colonnes = bilan.visuels(_cle("carte-{}", "territoires"))
    communes = bilan.blocs.get(_cle("{}-commune", "territoires"))
    if isinstance(communes, Tableau):
        gardees = (
            "Commune",
            "Attributions de 12 mois",
            "Évolution",
            "Demandes pour une attribution",
        )
        colonnes.append((garder(communes, gardees),))
    if not colonnes:
        colonnes = [tuple(bilan.raisons(chapitre))]
    parts = CARTE_ET_TABLEAU if len(colonnes) == len(CARTE_ET_TABLEAU) else ()
    titre = bilan.message(chapitre, "Les territoires")
    return Diapositive(titre, tuple(colonnes), "Territoires", parts)


def garder(tableau: Tableau, titres: tuple[str, ...]) -> Tableau:
    """Return a table with these columns only, those that it has."""
    return _reduire(tableau, [r for r, un in enumerate(tableau.colonnes) if un.titre in titres])


def _reduire(tableau: Tableau, rangs: Sequence[int]) -> Tableau:
    return replace(
        tableau,
        colonnes=tuple(tableau.colonnes[rang] for rang in rangs),
        lignes=tuple(tuple(ligne[rang] for rang in rangs) for ligne in tableau.lignes),
    )


def _qualite(bilan: Bilan) -> Diapositive | None:
    """Show the heat table with what is worst on top: a slide cannot hold every indicator."""
    tables = [bilan.blocs.get(cle) for cle in ("qualite-types", "qualite-types-autres")]
    lus = [un for un in tables if isinstance(un, Tableau)]
    if not lus:
        return None
    chapitre = "La qualité de l'enregistrement"
    lignes = sorted((ligne for un in lus for ligne in un.lignes), key=_gravite)
    tableau = replace(lus[0], titre=TITRE_QUALITE, lignes=tuple(lignes))
    return Diapositive(bilan.message(chapitre, chapitre), ((tableau,),), chapitre)


def _gravite(ligne: tuple[Cellule, ...]) -> tuple[int, ...]:
    """Rank a row by the state of the département, then of the types of guichets."""
    rangs = [GRAVITES.get(cellule.etat or "", 0) for cellule in ligne[1:]]
    return (rangs[0], *sorted(rangs[1:])) if rangs else ()


def _mouvements(bilan: Bilan) -> Diapositive | None:
    chapitre = f"La qualité de l'enregistrement{_CHEMIN}"
    bouge = bilan.blocs.get("qualite-mouvements")
    dits = bilan.phrases(f"{chapitre}Ce qui a bougé dans le département")
    suites = bilan.phrases(f"{chapitre}Les progrès", f"{chapitre}Les difficultés persistantes")
    textes = [texte for texte in suites if texte not in dits]
    gauche = ([bouge] if bouge else []) + [Paragraphe(texte) for texte in textes]
    colonnes = [tuple(gauche)] if gauche else []
    persistances = bilan.blocs.get("qualite-persistances")
    if isinstance(persistances, Tableau):
        rangs = (0, 1, len(persistances.colonnes) - 1)
        colonnes.append((_reduire(persistances, rangs),))
    if not colonnes:
        return None
    defaut = bilan.message(f"{chapitre}Ce qui a bougé dans le département", "Ce qui a bougé")
    titre = bouge.titre if isinstance(bouge, Tableau) else ""
    rubrique = "La qualité de l'enregistrement : ce qui a bougé"
    return Diapositive(titre or defaut, tuple(colonnes), rubrique)


def _enjeux(bilan: Bilan) -> Diapositive | None:
    colonnes = []
    comptes = []
    for chemin, nom, noms in (
        ("Enjeux-clés", "enjeu", "enjeux"),
        ("Difficultés majeures", "difficulté", "difficultés"),
    ):
        if not bilan.contient(chemin):
            continue
        listes = bilan.du_genre(chemin, Liste)
        blocs = [*listes, *bilan.mots(chemin)] or [Paragraphe(AUCUN.format(de(nom)))]
        colonnes.append((Paragraphe(chemin, "chapeau"), *blocs))
        points = sum(len(un.points) for un in listes if isinstance(un, Liste))
        if points:
            comptes.append(denombrer(points, nom, noms, feminin=nom == "difficulté"))
    if not colonnes:
        return None
    titre = majuscule(enumerer(comptes)) + " à examiner" if comptes else "Enjeux et difficultés"
    return Diapositive(titre, tuple(colonnes), "Enjeux-clés et difficultés majeures")


def _decisions(bilan: Bilan) -> Diapositive | None:
    """Put side by side what is proposed and what is to be decided."""
    if not bilan.contient("Plan d'actions"):
        return None
    plan = bilan.blocs.get("plan")
    mots = bilan.mots("Plan d'actions")
    if isinstance(plan, Tableau):
        court_ = garder(plan, ("Constat", "Action proposée", "Organismes concernés"))
        gauche: tuple[Bloc, ...] = (court_, *mots)
        noms = ("action proposée", "actions proposées")
        titre = majuscule(denombrer(len(plan.lignes), *noms, feminin=True))
    else:
        gauche, titre = tuple(mots) or (Paragraphe(SANS_ACTION),), "Le plan d'actions"
    rubrique = "Plan d'actions et relevé de décisions"
    return Diapositive(f"{titre}, à décider en séance", (gauche, (DECISIONS,)), rubrique, (2, 1))


_DIAPOSITIVES: tuple[Callable[[Bilan], Diapositive | None], ...] = (
    _essentiel,
    _Images(
        "La demande",
        "",
        (
            ("image-{}", "flux_semestres", "Le semestre"),
            ("image-{}-stock", "serie_mois", "L'évolution"),
        ),
        "La demande",
    ),
    _Images(
        "La demande",
        "Motifs",
        (
            ("image-{}", "motifs", "Motifs"),
            ("image-{}", "composition_familiale", "Composition familiale"),
        ),
        "Motifs et composition familiale",
    ),
    _tension,
    _Images(
        "Les attributions",
        "Les délais",
        (("image-{}", "delais", "Les délais"), ("image-{}", "reservataires", "Les réservataires")),
        "Les délais et les réservataires",
    ),
    _publics,
    _territoires,
    _qualite,
    _mouvements,
    _enjeux,
    _decisions,
)
