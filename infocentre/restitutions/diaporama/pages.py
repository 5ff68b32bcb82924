"""A slide from its message and its columns of blocks."""

from __future__ import annotations

import copy
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from pptx.dml.color import RGBColor
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Diaporama
from pptx.util import Pt

from infocentre.noyau.francais import composer
from infocentre.restitutions.alternatives import alternative
from infocentre.restitutions.bureautique.images import Image
from infocentre.restitutions.bureautique.markdown import Ligne, Morceau, en_lignes
from infocentre.restitutions.bureautique.mesure import (
    INTERLIGNE,
    POLICE,
    hauteur,
    nombre_de_lignes,
    raccourcir,
)
from infocentre.restitutions.bureautique.natifs import (
    Natif,
    donnees,
    habiller,
    lire_natif,
    type_natif,
)
from infocentre.restitutions.bureautique.valeurs import (
    note_masque,
    pied,
    sans_prefixe,
    simple,
    source,
)
from infocentre.restitutions.diaporama.modele import (
    BLEU,
    CONTENU,
    CORPS,
    COUVERTURE,
    ENCRE,
    GRIS,
    LANGUE,
    NOTES,
    RUBRIQUE,
    TAILLE_TITRE,
    TITRE,
    TITRE_SEUL,
    Zone,
)
from infocentre.restitutions.diaporama.tableaux import decrire, poser_lignes, poser_tableau
from infocentre.restitutions.diaporama.textes import (
    TAILLES,
    ajuster,
    ecrire_morceaux,
    etiquette,
    hauteur_de,
    poser_texte,
    sans_marges,
)
from infocentre.restitutions.document import (
    Bloc,
    Chiffre,
    Chiffres,
    Document,
    Graphique,
    Lignes,
    Liste,
    Mots,
    Paragraphe,
    Tableau,
)

TITRES_PAGE = (TAILLE_TITRE, 24, 22, 20, 18, 16, 14)
BARRES_MAX, PEU_DE_BARRES = 12, 8
NORMAL, PETIT = 12.0, 10.0  # letters of a chart, points
ESPACE = 14.0
SOUS_TITRE, PETIT_SOUS_TITRE, LIGNES_SOUS_TITRE = 14.0, 11.0, 2
A_SUIVRE, AU_BILAN = " (suite)", "dans le bilan"
TAILLES_PIED = (10.0, 9.0, 8.0)
FOND_CARTE = "F6F6FE"
PART_TEXTE = 0.5
Images = Mapping[str, Image]


@dataclass(frozen=True, slots=True)
class Suite:
    """Paragraphs for which the slide before had no room."""

    lignes: tuple[Ligne, ...]


Contenu = Bloc | Suite


@dataclass(frozen=True, slots=True)
class Diapositive:
    """A slide: the message it states, and blocks in columns whose widths are as `parts`."""

    titre: str
    colonnes: tuple[tuple[Contenu, ...], ...]
    rubrique: str = ""
    parts: tuple[float, ...] = ()

    @property
    def blocs(self) -> tuple[Contenu, ...]:
        """Every block, in reading order."""
        return tuple(bloc for colonne in self.colonnes for bloc in colonne)


@dataclass(slots=True)
class Page:
    """A slide being drawn: what it says at its foot and in its notes gathers as it goes."""

    diapo: Any
    document: Document
    images: Images
    texte: Any = None  # the placeholder that is still free
    taille: float = TAILLES[0]  # of the texts
    mentions: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    suites: list[Contenu] = field(default_factory=list)  # what another slide has to hold


def couverture(diaporama: Diaporama, document: Document) -> None:
    """Add the cover: what, where, when, from which data, for whom."""
    diapo = diaporama.slides.add_slide(disposition(diaporama, COUVERTURE))
    titre, sous_titre = diapo.placeholders[0], diapo.placeholders[1]
    titre.text_frame.text = composer(document.titre)
    lignes = [f"{document.territoire} – {document.periode}", document.destinataire]
    lignes += [f"{nom} : {valeur}" for nom, valeur in document.faits.items()]
    sous_titre.text_frame.text = composer("\n".join(ligne for ligne in lignes if ligne))
    diapo.notes_slide.notes_text_frame.text = composer(document.colophon)
    for rang, paragraphe in enumerate(sous_titre.text_frame.paragraphs):
        paragraphe.font.size = Pt(22 if rang == 0 else 14)
        paragraphe.font.bold = rang == 0
    en_francais(diapo)


def disposition(diaporama: Diaporama, nom: str) -> Any:
    """Return a layout of the model."""
    return next(une for une in diaporama.slide_layouts if une.name == nom)


def en_francais(diapo: Any) -> None:
    """Say that every text of a slide is in French, for spelling and screen readers."""
    for proprietes in diapo._element.iter(qn("a:r")):
        proprietes.get_or_add_rPr().set("lang", LANGUE)


def ajouter(
    diaporama: Diaporama, diapositive: Diapositive, document: Document, images: Images
) -> None:
    """Add a slide: title, columns, foot and notes; then those that hold what it could not."""
    avec_texte = any(_lignes(bloc) for bloc in diapositive.blocs)
    nom = CONTENU if avec_texte else TITRE_SEUL
    diapo = diaporama.slides.add_slide(disposition(diaporama, nom))
    libre = _titre(diapo, diapositive)
    page = Page(diapo, document, images, diapo.placeholders[1] if avec_texte else None)
    parts = diapositive.parts or (1.0,) * len(diapositive.colonnes)
    zones = CORPS.sous(-libre).colonnes(*parts)
    places = [
        _placer(colonne, zone) for colonne, zone in zip(diapositive.colonnes, zones, strict=True)
    ]
    page.taille = _taille_commune(places)
    for colonne in places:
        _empiler(page, colonne)
    _pied(page, document)
    _ecrire_notes(page, diapositive)
    en_francais(diapo)
    for suite in page.suites:
        titre = f"{diapositive.titre.removesuffix(A_SUIVRE)}{A_SUIVRE}"
        ajouter(
            diaporama,
            Diapositive(titre, ((suite,),), diapositive.rubrique),
            document,
            images,
        )


def _lignes(bloc: Contenu) -> list[Ligne]:
    return list(bloc.lignes) if isinstance(bloc, Suite) else en_lignes(bloc)


def _titre(diapo: Any, diapositive: Diapositive) -> float:
    """Write the title and the rubrique; return the height that a short title leaves free."""
    titre = composer(diapositive.titre)
    taille = _taille_titre(titre)
    lignes = int(TITRE.hauteur / (taille * INTERLIGNE))
    texte = raccourcir(titre, TITRE.largeur - 4, taille, lignes, gras=True)
    diapo.shapes.title.text_frame.text = texte
    if taille != TAILLE_TITRE:
        diapo.shapes.title.text_frame.paragraphs[0].runs[0].font.size = Pt(taille)
    if diapositive.rubrique:
        etiquette(diapo, diapositive.rubrique, RUBRIQUE, 12, couleur=GRIS)
    haut = hauteur(texte, TITRE.largeur - 4, taille, gras=True) + 2
    Zone(TITRE.x, TITRE.y, TITRE.largeur, haut).placer(diapo.shapes.title)
    return TITRE.hauteur - haut


def _taille_titre(titre: str) -> float:
    """Return the largest size that lets a title stand on one line, else on those it may have."""

    def lignes(taille: float) -> int:
        return nombre_de_lignes(titre, TITRE.largeur - 4, taille, gras=True)

    for taille in TITRES_PAGE[:3]:
        if lignes(taille) == 1:
            return taille
    return next(
        (un for un in TITRES_PAGE if lignes(un) * un * INTERLIGNE <= TITRE.hauteur), TITRES_PAGE[-1]
    )


Groupe = list[Ligne] | Contenu
Place = tuple[Groupe, Zone]


def _placer(blocs: Sequence[Contenu], zone: Zone) -> list[Place]:
    """Give each block its room, one under the other: pictures share what the others leave."""
    groupes = _grouper(blocs)
    hauts = _hauteurs(groupes, zone)
    visuels = sum(1 for haut in hauts if not haut)
    reste = zone.hauteur - sum(hauts) - ESPACE * (len(groupes) - 1)
    return [
        (groupe, Zone(zone.x, zone.y, zone.largeur, haut or reste / visuels))
        for groupe, haut in zip(groupes, hauts, strict=True)
    ]


def _taille_commune(colonnes: Sequence[Sequence[Place]]) -> float:
    """Return the size at which all the texts of the slide fit."""
    tailles = [
        ajuster(groupe, zone)[0]
        for colonne in colonnes
        for groupe, zone in colonne
        if isinstance(groupe, list)
    ]
    return min(tailles, default=TAILLES[0])


def _empiler(page: Page, colonne: Sequence[Place]) -> None:
    """Draw the blocks of a column; what takes less than its room lets the next one rise."""
    monte = 0.0
    for rang, (groupe, zone) in enumerate(colonne):
        y = zone.y if rang == 0 else monte
        place = Zone(zone.x, y, zone.largeur, zone.hauteur)
        monte = y + min(place.hauteur, _poser(page, groupe, place)) + ESPACE


def _grouper(blocs: Sequence[Contenu]) -> list[Groupe]:
    """Join the paragraphs of texts that follow one another."""
    groupes: list[Groupe] = []
    for bloc in blocs:
        lignes = _lignes(bloc)
        if not lignes:
            groupes.append(bloc)
        elif groupes and isinstance(groupes[-1], list):
            groupes[-1] += lignes
        else:
            groupes.append(lignes)
    return [un for un in groupes if not isinstance(un, Paragraphe | Liste | Mots | Suite)]


def _hauteurs(groupes: Sequence[Groupe], zone: Zone) -> list[float]:
    """Return the height of each group: what figures need, then texts, 0 for a picture (the rest).

    Texts have all that figures leave when no picture stands with them, half of it at most else.
    """
    cartes = [_hauteur_cartes(un.chiffres, zone) for un in groupes if isinstance(un, Chiffres)]
    textes = [un for un in groupes if isinstance(un, list)]
    reste = zone.hauteur - sum(cartes) - ESPACE * (len(groupes) - 1)
    if len(cartes) + len(textes) < len(groupes):
        reste *= PART_TEXTE
    place = reste / max(1, len(textes))
    return [_hauteur_propre(un, zone, place) for un in groupes]


def _hauteur_propre(groupe: Groupe, zone: Zone, place: float) -> float:
    if isinstance(groupe, Chiffres):
        return _hauteur_cartes(groupe.chiffres, zone)
    if not isinstance(groupe, list):
        return 0.0
    return min(hauteur_de(groupe, zone.largeur, TAILLES[0]) + 1, place)


def _poser(page: Page, groupe: Groupe, zone: Zone) -> float:
    """Draw texts or a block in a zone; return the height it takes."""
    if isinstance(groupe, list):
        forme, page.texte = page.texte, None
        if reste := poser_texte(page.diapo, groupe, zone, page.taille, forme):
            page.suites.append(Suite(tuple(reste)))
        return zone.hauteur
    match groupe:
        case Chiffres(chiffres=chiffres):
            return _poser_chiffres(page, chiffres, zone)
        case Lignes():
            haut = _sous_titre(page, "À compléter en séance", zone)
            poser_lignes(page.diapo, groupe, zone.sous(haut))
        case Tableau():
            return _poser_tableau(page, groupe, zone)
        case Graphique():
            _poser_graphique(page, groupe, zone)
    return zone.hauteur


def _poser_tableau(page: Page, tableau: Tableau, zone: Zone) -> float:
    haut = _sous_titre(page, tableau.titre, zone)
    if not tableau.lignes:
        etiquette(page.diapo, "Aucune ligne.", zone.sous(haut), SOUS_TITRE, couleur=GRIS)
        return haut + 20
    grille = poser_tableau(page.diapo, tableau, zone.sous(haut))
    _raconter(page, tableau)
    if not grille.coupee:
        pass
    elif len(grille.lignes) == len(tableau.lignes):
        page.mentions.append(f"autres colonnes {AU_BILAN}")
    elif _de_phrases(tableau) and grille.lignes:
        autres = [un for rang, un in enumerate(tableau.lignes) if rang not in grille.lignes]
        page.suites.append(replace(tableau, lignes=tuple(autres)))
    else:
        combien = f"{len(grille.lignes)} lignes sur {len(tableau.lignes)}"
        page.mentions.append(f"{combien} ; les autres {AU_BILAN}")
    return haut + sum(grille.hauteurs)


def _de_phrases(tableau: Tableau) -> bool:
    """Whether a table is made of words: then all of it is projected."""
    return all(colonne.genre == "texte" for colonne in tableau.colonnes)


def _sous_titre(page: Page, titre: str, zone: Zone) -> float:
    """Write the name of a picture above it; return the height it takes."""
    if not titre:
        return 0.0
    texte = composer(titre)
    lignes = nombre_de_lignes(texte, zone.largeur - 2, SOUS_TITRE, gras=True)
    taille = SOUS_TITRE if lignes <= LIGNES_SOUS_TITRE else PETIT_SOUS_TITRE
    haut = hauteur(texte, zone.largeur - 2, taille, gras=True)
    place = Zone(zone.x, zone.y, zone.largeur, haut)
    etiquette(page.diapo, texte, place, taille, gras=True)
    return haut + 6


def _raconter(page: Page, tableau: Tableau) -> None:
    """Keep what a table says of itself, for the foot of the slide and for the speaker."""
    page.sources.append(source(tableau.source))
    page.notes += [simple(page.document.intitule(tableau)), simple(tableau.lecture)]
    if note := note_masque(tableau):
        page.mentions.append(note)


def _poser_graphique(page: Page, graphique: Graphique, zone: Zone) -> None:
    zone = zone.sous(_sous_titre(page, graphique.titre, zone))
    description = simple(alternative(graphique))
    page.notes += [simple(page.document.intitule(graphique)), simple(graphique.description)]
    if graphique.tableau:
        _raconter(page, graphique.tableau)
    natif = lire_natif(graphique, BARRES_MAX if graphique.forme == "barres" else None)
    if natif:
        cadre = _poser_natif(page, natif, zone)
        if len(natif.noms) < len(graphique.dessinees):
            page.mentions.append(
                f"les {len(natif.noms)} plus grandes valeurs ; les autres {AU_BILAN}"
            )
    elif graphique.cle in page.images:
        cadre = _poser_image(page, page.images[graphique.cle], zone)
    else:
        cadre = etiquette(page.diapo, description, zone, SOUS_TITRE)
    decrire(cadre, f"Graphique : {graphique.titre}", description)


def _poser_natif(page: Page, natif: Natif, zone: Zone) -> Any:
    cadre = page.diapo.shapes.add_chart(type_natif(natif), *zone.emu, donnees(natif))
    habiller(cadre.chart, natif, PETIT if len(natif.noms) > PEU_DE_BARRES else NORMAL)
    return cadre


def _poser_image(page: Page, image: Image, zone: Zone) -> Any:
    """Draw a picture as large as its zone allows, in the middle of its width."""
    echelle = min(zone.largeur / image.largeur, zone.hauteur / image.hauteur)
    large, haut = image.largeur * echelle, image.hauteur * echelle
    place = Zone(zone.x + (zone.largeur - large) / 2, zone.y, large, haut)
    return page.diapo.shapes.add_picture(io.BytesIO(image.png), *place.emu)


def _par_ligne(chiffres: Sequence[Chiffre], zone: Zone) -> int:
    ideal = 4 if len(chiffres) in {4, 7, 8} or len(chiffres) > 9 else 3  # noqa: PLR2004
    return max(1, min(len(chiffres), ideal, int(zone.largeur // 190)))


class _Carte(NamedTuple):
    """Sizes of a key figure, its name and what is said under it; margin; lines of the latter."""

    chiffre: float
    libelle: float
    precision: float
    marge: float
    lignes: int


CARTES = (_Carte(32, 13, 12, 12, 3), _Carte(24, 12, 10, 6, 2), _Carte(20, 10, 8, 4, 3))


def _carte(chiffres: Sequence[Chiffre], zone: Zone) -> _Carte:
    """Return the sizes that let all the cards stand in the zone, the smallest if none does."""
    possibles = (une for une in CARTES if _hauteur_des(chiffres, zone, une) <= zone.hauteur)
    return next(possibles, CARTES[-1])


def _hauteur_des(chiffres: Sequence[Chiffre], zone: Zone, carte: _Carte) -> float:
    rangees = -(-len(chiffres) // _par_ligne(chiffres, zone))
    return rangees * (_hauteur_carte(chiffres, zone, carte) + ESPACE) - ESPACE


def _hauteur_cartes(chiffres: Sequence[Chiffre], zone: Zone) -> float:
    return _hauteur_des(chiffres, zone, _carte(chiffres, zone))


def _place_carte(chiffres: Sequence[Chiffre], zone: Zone, carte: _Carte) -> float:
    par_ligne = _par_ligne(chiffres, zone)
    return (zone.largeur - ESPACE * (par_ligne - 1)) / par_ligne - 2 * carte.marge - 1


def _hauteur_carte(chiffres: Sequence[Chiffre], zone: Zone, carte: _Carte) -> float:
    """Return the height of the tallest card."""
    place = _place_carte(chiffres, zone, carte)
    return 2 * carte.marge + max(
        sum(
            hauteur(un.texte, place, un.taille, gras=un.gras)
            for un in _textes_carte(chiffre, place, carte)
        )
        for chiffre in chiffres
    )


class _Texte(NamedTuple):
    texte: str
    taille: float
    couleur: str
    gras: bool


def _textes_carte(chiffre: Chiffre, place: float, carte: _Carte) -> list[_Texte]:
    """Return what is written on a card, cut to the lines that it may take."""
    textes = [
        (chiffre.ecrit, carte.chiffre, BLEU, True, 1),
        (chiffre.libelle, carte.libelle, ENCRE, True, carte.lignes + 1),
        *(
            (un, carte.precision, GRIS, False, carte.lignes)
            for un in (chiffre.evolution, chiffre.sur)
        ),
    ]
    return [
        _Texte(raccourcir(simple(texte), place, taille, lignes, gras=gras), taille, couleur, gras)
        for texte, taille, couleur, gras, lignes in textes
        if texte
    ]


def _poser_chiffres(page: Page, chiffres: Sequence[Chiffre], zone: Zone) -> float:
    """Draw key figures as cards, side by side where there is room, all of the same height."""
    par_ligne, carte = _par_ligne(chiffres, zone), _carte(chiffres, zone)
    haut = _hauteur_carte(chiffres, zone, carte)
    for rang, chiffre in enumerate(chiffres):
        y = zone.y + (rang // par_ligne) * (haut + ESPACE)
        ligne = Zone(zone.x, y, zone.largeur, haut).colonnes(*[1.0] * par_ligne, gouttiere=ESPACE)
        _poser_chiffre(page, chiffre, ligne[rang % par_ligne], carte)
    return _hauteur_cartes(chiffres, zone)


def _poser_chiffre(page: Page, chiffre: Chiffre, zone: Zone, carte: _Carte) -> None:
    boite = page.diapo.shapes.add_textbox(*zone.emu)
    boite.name = f"Chiffre : {chiffre.libelle}"[:120]
    boite.fill.solid()
    boite.fill.fore_color.rgb = RGBColor.from_string(FOND_CARTE)
    cadre = boite.text_frame
    sans_marges(cadre)
    cadre.margin_left = cadre.margin_right = cadre.margin_top = Pt(carte.marge)
    textes = _textes_carte(chiffre, zone.largeur - 2 * carte.marge - 1, carte)
    for rang, un in enumerate(textes):
        paragraphe = cadre.paragraphs[0] if rang == 0 else cadre.add_paragraph()
        ecrire_morceaux(
            paragraphe, [Morceau(un.texte)], un.taille, couleur=un.couleur, gras=un.gras
        )


def _pied(page: Page, document: Document) -> None:
    """Write the source under the pictures, the date of the data and the number of the slide."""
    sources = list(dict.fromkeys(filter(None, page.sources)))
    textes = sources[:1] + [sans_prefixe(un) for un in sources[1:]]
    textes += dict.fromkeys(page.mentions)
    if textes:
        taille = next((un for un in TAILLES_PIED if _tient_au_pied(textes, un)), TAILLES_PIED[-1])
        while len(textes) > 1 and not _tient_au_pied(textes, taille):
            textes.pop()  # the notes have them all
        etiquette(page.diapo, " · ".join(textes), NOTES, taille, couleur=GRIS)
    textes_du_pied = {"ftr": f"{document.titre}, {document.territoire} · {pied(document)}"}
    for modele in page.diapo.slide_layout.placeholders:
        genre = modele._element.ph.get("type")
        if genre in {"ftr", "sldNum"}:
            _reprendre(page.diapo, modele, textes_du_pied.get(genre))


def _tient_au_pied(textes: Sequence[str], taille: float) -> bool:
    return hauteur(" · ".join(textes), NOTES.largeur - 4, taille) <= NOTES.hauteur


def _reprendre(diapo: Any, modele: Any, texte: str | None) -> None:
    """Copy the foot of the layout on the slide: python-pptx leaves it out."""
    element = copy.deepcopy(modele._element)
    diapo.shapes._spTree.append(element)
    element.xpath(".//p:cNvPr")[0].set("id", str(diapo.shapes._next_shape_id))
    if texte is not None:
        paragraphe = diapo.shapes[-1].text_frame.paragraphs[0]
        ecrire_morceaux(paragraphe, [Morceau(texte)], 10, couleur=GRIS)
        paragraphe.runs[0].font.name = POLICE


def _ecrire_notes(page: Page, diapositive: Diapositive) -> None:
    """Give the speaker the reading notes, the sources, and what the foot could not hold."""
    notes = [diapositive.titre, *page.notes]
    notes += page.sources + page.mentions
    cadre = page.diapo.notes_slide.notes_text_frame
    cadre.text = composer("\n".join(dict.fromkeys(filter(None, notes))))
    en_francais(page.diapo.notes_slide)
