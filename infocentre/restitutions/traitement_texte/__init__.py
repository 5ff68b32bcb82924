"""The document as a text file that people edit: real styles, tables, charts, contents."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infocentre.restitutions.alternatives import alternative
from infocentre.restitutions.bureautique.images import Image, dessiner
from infocentre.restitutions.bureautique.markdown import Ligne, eclater, en_lignes
from infocentre.restitutions.bureautique.natifs import lire_natif
from infocentre.restitutions.bureautique.paquet import figer
from infocentre.restitutions.bureautique.valeurs import (
    PROPRIETE_MAX,
    auteur,
    note_masque,
    pied,
    simple,
    source,
    titre_complet,
)
from infocentre.restitutions.document import (
    Bloc,
    Chiffres,
    Document,
    Graphique,
    Lignes,
    Liste,
    Mots,
    Paragraphe,
    Tableau,
)
from infocentre.restitutions.html import Rubrique, rubriques

if TYPE_CHECKING:
    from docx.document import Document as Fichier

SOUS_UN_TABLEAU = 6  # points
NIVEAU_MAX = 4
NIVEAUX_SOMMAIRE = 2
LONG = "bilan"
PEU = 3  # key figures that stand one above the other


def en_octets(document: Document) -> bytes:
    """Return the docx of a document; the same document gives the same bytes."""
    from infocentre.restitutions.traitement_texte.modele import entete_et_pied, nouveau

    fichier = nouveau(court=document.gabarit != LONG)
    _proprietes(fichier, document)
    entete_et_pied(fichier, titre_complet(document), simple(pied(document)))
    redaction = _Redaction(fichier, document, _images(document))
    redaction.couverture()
    plan = list(rubriques(document))
    if document.gabarit == LONG:
        redaction.sommaire(plan)
    for rang, rubrique in enumerate(plan):
        # Chapters follow one another, after the contents.
        debut = rang == 0 if document.gabarit == LONG else rubrique.section.page
        redaction.rubrique(rubrique, sur_une_page=debut)
    redaction.colophon()
    tampon = io.BytesIO()
    fichier.save(tampon)
    return figer(tampon.getvalue(), document.arrete)


def _proprietes(fichier: Fichier, document: Document) -> None:
    proprietes = fichier.core_properties
    proprietes.title = titre_complet(document)[:PROPRIETE_MAX]
    proprietes.author = proprietes.last_modified_by = auteur(document)
    proprietes.subject = document.destinataire[:PROPRIETE_MAX]
    proprietes.language = "fr-FR"
    proprietes.comments = pied(document)[:PROPRIETE_MAX]
    proprietes.keywords = ""


def _images(document: Document) -> dict[str, Image]:
    voulus = [
        bloc
        for _, section in document.toutes_sections()
        for bloc in section.blocs
        if isinstance(bloc, Graphique) and lire_natif(bloc) is None
    ]
    dessins = dessiner([un.svg for un in voulus])
    return {un.cle: image for un, image in zip(voulus, dessins, strict=True)}


@dataclass(slots=True)
class _Redaction:
    """A file being written, from the cover to the last block."""

    fichier: Fichier
    document: Document
    images: dict[str, Image]
    ids: dict[str, str] = field(default_factory=dict)
    liste: int = 0  # the numbered list being written
    colle: bool = False  # a table was just written, and nothing under it

    def __post_init__(self) -> None:
        self.ids = {style.name: style.style_id for style in self.fichier.styles if style.name}

    @property
    def court(self) -> bool:
        """Whether it is of a few pages: its heading is no page, its pictures are smaller."""
        return self.document.gabarit != LONG

    def couverture(self) -> None:
        document = self.document
        self.fichier.add_paragraph(simple(document.titre), "Title")
        faits = [f"{nom} : {valeur}" for nom, valeur in document.faits.items()]
        lieu = (document.territoire, document.periode)
        sous_titres: tuple[str, ...] = lieu
        if self.court:
            sous_titres, faits = (" – ".join(lieu),), [" · ".join(faits)]
        for sous_titre in sous_titres:
            self.fichier.add_paragraph(simple(sous_titre), "Subtitle")
        for ligne in filter(None, (document.destinataire, *faits)):
            self.fichier.add_paragraph(simple(ligne))

    def colophon(self) -> None:
        from infocentre.restitutions.traitement_texte.modele import NOTE

        self.fichier.add_paragraph(simple(self.document.colophon), NOTE)

    def sommaire(self, plan: list[Rubrique]) -> None:
        """Write the contents: links that work at once, a field that Word can compute again."""
        from infocentre.restitutions.traitement_texte.sommaire import ecrire_sommaire

        entrees = [(un.niveau, un.nom, un.ancre) for un in plan if un.niveau <= NIVEAUX_SOMMAIRE]
        ecrire_sommaire(self.fichier, entrees, self.ids)

    def rubrique(self, rubrique: Rubrique, *, sur_une_page: bool) -> None:
        from infocentre.restitutions.traitement_texte.sommaire import ancrer

        niveau = min(rubrique.niveau, NIVEAU_MAX)
        titre = self.fichier.add_paragraph(simple(rubrique.nom), f"Heading {niveau}")
        ancrer(titre, rubrique.ancre)
        titre.paragraph_format.page_break_before = sur_une_page or None
        blocs = [morceau for bloc in rubrique.section.blocs for morceau in eclater(bloc)]
        for bloc, suivant in zip(blocs, [*blocs[1:], None], strict=False):
            _ECRIRE[type(bloc)](self, bloc)
            self.colle = isinstance(bloc, Tableau) and not any(self.notes(bloc))
            if isinstance(bloc, Chiffres | Lignes):
                self.colle = self.court and isinstance(suivant, Paragraphe | None)
                if not self.colle:  # or Word makes one table of two that follow each other
                    self.fichier.add_paragraph()
            if isinstance(bloc, Paragraphe) and isinstance(suivant, Graphique | Tableau):
                self.fichier.paragraphs[-1].paragraph_format.keep_with_next = True

    def tableau(self, tableau: Tableau) -> None:
        from infocentre.restitutions.traitement_texte.modele import NOTE
        from infocentre.restitutions.traitement_texte.tableaux import tableau_xml

        if not tableau.sur_papier:
            return
        self._legender(tableau)
        notes = list(self.notes(tableau))
        if tableau.lignes:
            self._ajouter(tableau_xml(tableau.imprime, self.ids, annote=bool(notes)))
        else:
            self.fichier.add_paragraph("Aucune ligne.")
        for note in notes:
            self.fichier.add_paragraph(note, NOTE)

    def notes(self, tableau: Tableau) -> Iterator[str]:
        """Yield what stands under a table: how to read it, what s means, what it rests on."""
        if tableau.lecture:
            yield simple(tableau.lecture)
        if tableau.cle in self.document.legendes["masque"]:
            yield note_masque(tableau)
        if tableau.source:
            yield source(tableau.source)

    def graphique(self, graphique: Graphique) -> None:
        from infocentre.restitutions.traitement_texte.dessins import poser_image, poser_natif
        from infocentre.restitutions.traitement_texte.modele import NOTE

        self._legender(graphique)
        natif = lire_natif(graphique)
        nom, description = f"Graphique : {graphique.titre}", simple(alternative(graphique))
        if natif:
            poser_natif(self.fichier, natif, nom, description, court=self.court)
        else:
            image = self.images[graphique.cle]
            poser_image(self.fichier, image, nom, description, court=self.court)
        self.fichier.paragraphs[-1].paragraph_format.keep_with_next = True
        origine = source(graphique.tableau.source) if graphique.tableau else ""
        for note in filter(None, (simple(graphique.description), origine)):
            self.fichier.add_paragraph(note, NOTE)

    def _legender(self, bloc: Tableau | Graphique) -> None:
        """Write a caption whose number Word counts, as it does for the captions that people add."""
        from infocentre.restitutions.traitement_texte.modele import LEGENDE, champ

        if not bloc.titre:
            return
        legende = self.fichier.add_paragraph(style=LEGENDE)
        nom, _, rang = self.document.numero(bloc).partition(" ")
        if rang:
            legende.add_run(f"{nom} ")
            champ(legende, rf"SEQ {nom} \* ARABIC", rang)
            legende.add_run(" – ")
        legende.add_run(simple(bloc.titre))

    def chiffres(self, chiffres: Chiffres) -> None:
        from infocentre.restitutions.traitement_texte.tableaux import chiffres_xml

        de_front = 2 if self.court and len(chiffres.chiffres) > PEU else 1
        self._ajouter(chiffres_xml(chiffres, self.ids, de_front=de_front))

    def lignes(self, lignes: Lignes) -> None:
        from infocentre.restitutions.traitement_texte.tableaux import lignes_xml

        self._ajouter(lignes_xml(lignes, self.ids))

    def paragraphe(self, paragraphe: Paragraphe) -> None:
        from infocentre.restitutions.traitement_texte.modele import ALERTE, CHAPEAU, NOTE

        styles = {"alerte": ALERTE, "chapeau": CHAPEAU, "note": NOTE}
        for ligne in en_lignes(paragraphe):
            self._runs(self._paragraphe(styles.get(paragraphe.genre)), ligne)

    def texte(self, bloc: Liste | Mots) -> None:
        from infocentre.restitutions.traitement_texte.modele import ATTENTE

        a_ecrire = isinstance(bloc, Mots) and not bloc.markdown.strip()
        for ligne in en_lignes(bloc):
            style = ATTENTE if a_ecrire else _style_de_ligne(ligne)
            paragraphe = self._paragraphe(style)
            if ligne.genre == "numero" and ligne.rang == 1:
                self._renumeroter(paragraphe)
            elif ligne.genre == "numero":
                self._suivre(paragraphe)
            self._runs(paragraphe, ligne)

    def _paragraphe(self, style: str | None) -> Any:
        from docx.shared import Pt

        paragraphe = self.fichier.add_paragraph(style=style)
        if self.colle:
            paragraphe.paragraph_format.space_before = Pt(SOUS_UN_TABLEAU)
        self.colle = False
        return paragraphe

    def _runs(self, paragraphe: Any, ligne: Ligne) -> None:
        for morceau in ligne.morceaux:
            run = paragraphe.add_run(morceau.texte)
            run.bold, run.italic = morceau.gras or None, morceau.italique or None

    def _ajouter(self, element: Any) -> None:
        self.fichier.element.body.insert_element_before(element, "w:sectPr")

    def _renumeroter(self, paragraphe: Any) -> None:
        """Start a list again from 1: Word would go on from the list before."""
        from docx.oxml.ns import qn

        numerotation = self.fichier.part.numbering_part.element
        style = self.fichier.styles["List Number"].element
        modele = numerotation.num_having_numId(style.find(".//" + qn("w:numId")).val)
        nouvelle = numerotation.add_num(modele.abstractNumId.val)
        nouvelle.add_lvlOverride(ilvl=0).add_startOverride(1)
        self.liste = nouvelle.numId
        self._suivre(paragraphe)

    def _suivre(self, paragraphe: Any) -> None:
        proprietes = paragraphe._p.get_or_add_pPr().get_or_add_numPr()
        proprietes.get_or_add_ilvl().val = 0
        proprietes.get_or_add_numId().val = self.liste


def _style_de_ligne(ligne: Ligne) -> str | None:
    suffixe = f" {min(ligne.niveau, 2) + 1}" if ligne.niveau else ""
    return {
        "puce": f"List Bullet{suffixe}",
        "numero": "List Number",
        "titre": f"Heading {NIVEAU_MAX}",
    }.get(ligne.genre)


_ECRIRE: dict[type[Bloc], Callable[[_Redaction, Any], None]] = {
    Tableau: _Redaction.tableau,
    Graphique: _Redaction.graphique,
    Chiffres: _Redaction.chiffres,
    Lignes: _Redaction.lignes,
    Paragraphe: _Redaction.paragraphe,
    Liste: _Redaction.texte,
    Mots: _Redaction.texte,
}
