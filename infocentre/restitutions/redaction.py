"""Chapters are text: a template of reports/ and a record of figures give the sections.

A template is Markdown with Jinja. Python prepares the figures and the blocks (tables, pictures,
key figures) of a chapter in one record; each of its fields is a name of the template. What needs a
figure that is masked or missing is left out whole: a paragraph, a point, the title of a block.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Literal, get_args

from jinja2 import Environment, TemplateError, TemplateSyntaxError
from jinja2.runtime import Undefined
from markdown_it import MarkdownIt
from markdown_it.token import Token

from infocentre.noyau import francais, temps
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.noyau.gabarits import lire_gabarits
from infocentre.restitutions.document import (
    Bloc,
    Chiffre,
    Chiffres,
    Graphique,
    Lignes,
    Liste,
    Mots,
    Origine,
    Paragraphe,
    Section,
    Tableau,
)

Genre = Literal["texte", "chapeau", "alerte", "note"]

# Letters that no text holds: what is missing, the start of a value, a block by its rank.
_ABSENT, _DEBUT, _BLOC = "\ue000", "\ue001", "\ue002"
_RANG = re.compile(rf"{_BLOC}(\d+){_BLOC}")
_MARQUES = re.compile(r"\s*\{([a-z ]+)\}\s*$")
_BLANCS = re.compile(r"[ \t\r\n]+")
_POSES: ContextVar[list[Bloc]] = ContextVar("poses")
_CORRIGER = "Corriger ce modèle de texte, puis recommencer : rien n'a été imprimé."
# What a template that is wrongly written, or asks for what it cannot have, raises.
MAL_ECRIT = (TemplateError, AttributeError, ArithmeticError, TypeError, ValueError)


@dataclass(frozen=True)
class Contenu:
    """The figures and blocks of a chapter: its fields are the names that its template may use.

    `modele` is a file of reports/: « bilan/demande.md ».
    """

    modele: ClassVar[str]

    def blocs(self) -> tuple[Bloc, ...]:
        """Return what stands under the only title that the template writes."""
        return self.section().blocs

    def rediger(self) -> tuple[Section, ...]:
        """Return the sections that the template writes.

        Raises:
            Refus: the template cannot be read; it names the file and the line.
        """
        return rediger_modele(self.modele, {un.name: getattr(self, un.name) for un in fields(self)})

    def section(self) -> Section:
        """Return the only section of first rank that the template writes."""
        sections = self.rediger()
        if len(sections) != 1:
            raise _mal_ecrit(self.modele, "un seul titre « # » est attendu")
        return sections[0]


def rediger_modele(modele: str, noms: Mapping[str, object]) -> tuple[Section, ...]:
    """Return the sections that a template writes with these names.

    Raises:
        Refus: the template cannot be read; it names the file and the line.
    """
    jeton = _POSES.set([])
    try:
        texte = _milieu().get_template(modele).render(noms)
        blocs = _memes_tableaux(_POSES.get())
    except MAL_ECRIT as erreur:
        raise refus_de(modele, erreur) from None
    finally:
        _POSES.reset(jeton)
    return _Lecteur(modele, blocs).lire(texte)


# --- From the template to Markdown ----------------------------------------------------------------


@functools.cache
def _milieu() -> Environment:
    milieu = lire_gabarits(_FILTRES, ecrire=_ecrire)
    milieu.globals |= {"chiffre": _chiffre, "lignes": _lignes}
    return milieu


def _ecrire(valeur: Any) -> str:  # noqa: ANN401 - whatever an expression gives
    """Write the value of an expression: a block by its rank, what is missing by a mark."""
    if isinstance(valeur, Undefined):
        return str(valeur)  # says which name does not exist
    if valeur is None:
        return _ABSENT
    if isinstance(valeur, get_args(Bloc)):
        return _poser(valeur)
    if isinstance(valeur, (list, tuple)):
        return "".join(map(_ecrire, valeur))
    if isinstance(valeur, (bool, float)):
        message = f"« {valeur} » s'écrit par un filtre (entier, nombre, pourcentage…)"
        raise TemplateError(message)
    if isinstance(valeur, int):
        return francais.entier(valeur)
    return valeur if _BLOC in str(valeur) else f"{_DEBUT}{valeur}"


def _poser(bloc: Bloc) -> str:
    poses = _POSES.get()
    poses.append(bloc)
    return f"\n\n{_BLOC}{len(poses) - 1}{_BLOC}\n\n"


def _memes_tableaux(blocs: Sequence[Bloc]) -> list[Bloc]:
    """Give each picture its table as the chapter prints it, with its title and notes."""
    imprimes = {un.cle: un for un in blocs if isinstance(un, Tableau)}
    return [
        replace(un, tableau=imprimes.get(un.tableau.cle, un.tableau))
        if isinstance(un, Graphique) and un.tableau
        else un
        for un in blocs
    ]


# --- Filters --------------------------------------------------------------------------------------


def sauf_absent(faire: Callable[..., Any]) -> Callable[..., Any]:
    """Return what gives nothing as soon as one of its arguments is missing."""

    @functools.wraps(faire)
    def filtre(*valeurs: Any, **options: Any) -> Any:  # noqa: ANN401 - of any filter
        absents = any(une is None for une in (*valeurs, *options.values()))
        return None if absents else faire(*valeurs, **options)

    return filtre


def _genre(genre: Genre) -> Callable[[str], str]:
    def paragraphe(texte: str) -> str:
        net = _net(texte)
        return _poser(Paragraphe(net, genre)) if net else ""

    return paragraphe


# What `graphique` returns when there is nothing to draw is a sentence: it keeps its own words.
Titrable = Tableau | Graphique | Paragraphe | None


def _titre(bloc: Titrable, titre: str) -> Titrable:
    """Give a table or a picture its title; without one of its figures, it keeps its own."""
    net = _net(titre)
    if not net or not isinstance(bloc, Tableau | Graphique):
        return bloc
    if isinstance(bloc, Tableau):
        return replace(bloc, titre=net)
    svg = re.sub(r"<title>.*?</title>", "", bloc.svg, count=1, flags=re.DOTALL)
    return replace(bloc, titre=net, svg=svg)


def _lecture(bloc: Titrable, texte: str) -> Titrable:
    """Give a table its reading note, a picture what it shows in a sentence."""
    if isinstance(bloc, Graphique):
        return replace(bloc, description=_net(texte))
    return replace(bloc, lecture=_net(texte)) if isinstance(bloc, Tableau) else bloc


def _au_classeur(bloc: Titrable) -> Titrable:
    """Leave a table out of paper, which tells it in words: a workbook, a screen, slides have it."""
    if not isinstance(bloc, Tableau):
        return bloc
    return replace(bloc, repliees=frozenset(range(len(bloc.lignes))))


def _attente(mots: Mots, texte: str) -> Mots:
    """Say what people are expected to write here."""
    return replace(mots, attente=_net(texte))


def _lignes(nombre: int, *titres: str) -> Lignes:
    """Return ruled lines to be filled in by hand, under their headings."""
    return Lignes(titres, nombre)


def _chiffre(
    libelle: str,
    ecrit: str | None,
    evolution: str | None = None,
    sur: str | None = None,
    origine: Origine | None = None,
) -> Chiffres | str:
    """Return a key figure, nothing when it is missing; those that follow stand beside it."""
    if not ecrit:
        return ""
    change, dont = (
        "" if un is None or _ABSENT in un else _sans_marque(un) for un in (evolution, sur)
    )
    return Chiffres((Chiffre(_sans_marque(libelle), _sans_marque(ecrit), change, dont, origine),))


_MOTS: tuple[Callable[..., Any], ...] = (
    francais.a,
    francais.accord,
    francais.avec_article,
    francais.avec_part,
    francais.borner,
    francais.citer,
    francais.compter,
    francais.de,
    francais.denombrer,
    francais.en_lettres,
    francais.entier,
    francais.enumerer,
    francais.evolution,
    francais.evolution_nombre,
    francais.evolution_points,
    francais.exact,
    francais.majuscule,
    francais.minuscule,
    francais.mois,
    francais.nombre,
    francais.part,
    francais.points,
    francais.points_signes,
    francais.pourcent,
    francais.pourcentage,
    francais.que,
    francais.rapport,
    francais.signee,
    temps.dater,
    temps.de_mois,
    temps.mois_court,
    temps.nom_mois,
    temps.nom_semestre,
    temps.noms_mois,
    temps.semestre_du_mois,
)
_FILTRES: dict[str, Callable[..., Any]] = {
    **{un.__name__: sauf_absent(un) for un in _MOTS},
    "alerte": _genre("alerte"),
    "attente": _attente,
    "au_classeur": _au_classeur,
    "chapeau": _genre("chapeau"),
    "etat": lambda code: Etat(code).ecrit,
    "lecture": _lecture,
    "note": _genre("note"),
    "titre": _titre,
}


# --- From Markdown to the document ----------------------------------------------------------------


def _sans_marque(texte: str) -> str:
    return _BLANCS.sub(" ", texte.replace(_DEBUT, "")).strip(" ")


def _net(texte: str) -> str:
    """Return a text on one line with a capital; '' when one of its figures is missing."""
    if _ABSENT in texte:
        return ""
    net = _sans_marque(texte)
    rang = 2 if net.startswith("**") else 0
    return net[:rang] + francais.majuscule(net[rang:])


@dataclass
class _Chapitre:
    """A section in the making."""

    niveau: int
    titre: str
    marques: frozenset[str]
    blocs: list[Bloc] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def fermer(self) -> Section:
        autres = self.marques - {"page", "annexe"}
        return Section(
            self.titre,
            tuple(self.blocs),
            tuple(self.sections),
            page="page" in self.marques,
            annexe="annexe" in self.marques,
            gabarit=" ".join(sorted(autres)),
        )


class _Lecteur:
    """Reads the Markdown of a template: titles, paragraphs, lists, blocks; nothing else."""

    def __init__(self, modele: str, blocs: Sequence[Bloc]) -> None:
        self.modele = modele
        self.poses = blocs
        self.ouverts: list[_Chapitre] = []
        self.finies: list[Section] = []

    def lire(self, texte: str) -> tuple[Section, ...]:
        jetons = iter(MarkdownIt("commonmark", {"html": False}).parse(texte))
        for jeton in jetons:
            if jeton.type == "heading_open":
                self._ouvrir(int(jeton.tag[1:]), next(jetons).content)
                next(jetons)
            elif jeton.type == "paragraph_open":
                self._paragraphe(next(jetons).content)
                next(jetons)
            elif jeton.type in {"bullet_list_open", "ordered_list_open"}:
                self._liste(jetons, numerotee=jeton.type == "ordered_list_open")
            else:
                raise _mal_ecrit(self.modele, f"« {jeton.markup or jeton.type} » n'est pas attendu")
        self._fermer(1)
        return tuple(self.finies)

    def _ouvrir(self, niveau: int, titre: str) -> None:
        if niveau > len(self.ouverts) + 1:
            raise _mal_ecrit(self.modele, f"titre « {_sans_marque(titre)} » sans titre au-dessus")
        self._fermer(niveau)
        marques = _MARQUES.search(titre)
        net = _net(_MARQUES.sub("", titre))
        if not net:
            raise _mal_ecrit(self.modele, "un titre repose sur un chiffre qui peut manquer")
        noms = frozenset(marques[1].split()) if marques else frozenset[str]()
        self.ouverts.append(_Chapitre(niveau, net, noms))

    def _fermer(self, niveau: int) -> None:
        """Close the sections of this rank and below."""
        while len(self.ouverts) >= niveau:
            finie = self.ouverts.pop().fermer()
            (self.ouverts[-1].sections if self.ouverts else self.finies).append(finie)

    def _ajouter(self, bloc: Bloc) -> None:
        if not self.ouverts:
            raise _mal_ecrit(self.modele, "le texte commence avant le premier titre « # »")
        self.ouverts[-1].blocs.append(bloc)

    def _poser(self, bloc: Bloc) -> None:
        """Add a block; a key figure joins those that it follows."""
        poses = self.ouverts[-1].blocs if self.ouverts else []
        avant = poses[-1] if poses else None
        if isinstance(bloc, Chiffres) and isinstance(avant, Chiffres):
            poses[-1] = Chiffres((*avant.chiffres, *bloc.chiffres))
        else:
            self._ajouter(bloc)

    def _paragraphe(self, texte: str) -> None:
        if rang := _RANG.fullmatch(texte.strip()):
            self._poser(self.poses[int(rang[1])])
        elif net := _net(texte):
            self._ajouter(Paragraphe(net))

    def _liste(self, jetons: Iterator[Token], *, numerotee: bool) -> None:
        points = [net for texte in self._points(jetons) if (net := _net(texte))]
        if points:
            self._ajouter(Liste(tuple(points), numerotee))
        else:
            self._taire_l_annonce()

    def _taire_l_annonce(self) -> None:
        """Leave out the words that announced a list of which nothing stays."""
        poses = self.ouverts[-1].blocs if self.ouverts else []
        if poses and isinstance(poses[-1], Paragraphe) and poses[-1].texte.endswith(":"):
            poses.pop()

    def _points(self, jetons: Iterable[Token]) -> Iterator[str]:
        for jeton in jetons:
            if jeton.type in {"bullet_list_close", "ordered_list_close"}:
                return
            if jeton.type == "inline":
                yield jeton.content
            elif jeton.type not in {
                "list_item_open",
                "list_item_close",
                "paragraph_open",
                "paragraph_close",
            }:
                raise _mal_ecrit(self.modele, "une liste ne contient que des phrases")


# --- Errors ---------------------------------------------------------------------------------------


def _mal_ecrit(modele: str, quoi: str) -> Refus:
    return Refus(quoi, _ou(modele), _CORRIGER)


def _ou(modele: str) -> str:
    """Return where a template is, from the root of the project."""
    return f"infocentre/{modele}" if modele.startswith("procedures/") else f"reports/{modele}"


def refus_de(modele: str, erreur: Exception, que_faire: str = _CORRIGER) -> Refus:
    """Say what is wrong in a template, where, in French when it is a common fault."""
    ligne = erreur.lineno if isinstance(erreur, TemplateSyntaxError) else ligne_de(erreur)
    ou = _ou(modele) + (f", ligne {ligne}" if ligne else "")
    return Refus(_en_francais(str(erreur)), ou, que_faire)


def ligne_de(erreur: Exception) -> int | None:
    """Return the line of the template that was being written, as the traceback has it."""
    trace, ligne = erreur.__traceback__, None
    while trace:
        if trace.tb_frame.f_code.co_filename.endswith((".md", ".txt")):
            ligne = trace.tb_lineno
        trace = trace.tb_next
    return ligne


_FAUTES = (
    (re.compile(r"'(\S+)' is undefined"), "le nom « {} » n'existe pas dans ce chapitre"),
    (re.compile(r"has no attribute '(\S+)'"), "le nom « {} » n'existe pas ici"),
    (re.compile(r"No filter named '(\S+?)'"), "le filtre « {} » n'existe pas"),
    (re.compile(r"unexpected '(.+?)'"), "« {} » n'est pas à sa place"),
    (re.compile(r"Encountered unknown tag '(\S+?)'"), "« {} » n'est pas à sa place"),
    (
        re.compile(r"Unexpected end of template"),
        "« if », « for » ou « filter » n'est pas fermé",
    ),
)


def _en_francais(message: str) -> str:
    for motif, dit in _FAUTES:
        if trouve := motif.search(message):
            return dit.format(*trouve.groups())
    return f"ce modèle ne peut pas être lu ({message})"
