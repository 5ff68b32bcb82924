"""A publication as plain pages, beside its data: HTML and SVG, without a script nor a call."""

from __future__ import annotations

import functools
import shutil
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final, cast

from jinja2 import Environment
from markupsafe import Markup

from infocentre.contrat.territoires import nom_epci_ici, territoires
from infocentre.graphiques.carte import Fond
from infocentre.graphiques.courbe import Point
from infocentre.graphiques.descriptions import NOMBRE, Courbe
from infocentre.graphiques.fonds import fond_de_carte
from infocentre.graphiques.svg import Format, svg
from infocentre.mesures.declarations import Role
from infocentre.mesures.lignes_tableaux import Territoires
from infocentre.mesures.plans import ENSEMBLE
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau import francais
from infocentre.noyau.config import polices, ressources
from infocentre.noyau.dsfr import DSFR, feuille
from infocentre.noyau.gabarits import lire_gabarits
from infocentre.noyau.temps import fin_de_mois, jour, mois_avant, mois_court
from infocentre.restitutions.bilan.territoires import DEMANDES as MONTREES
from infocentre.restitutions.bilan.territoires import fond_epci
from infocentre.restitutions.document import Document
from infocentre.restitutions.html import en_corps
from infocentre.restitutions.images import dessiner_carte
from infocentre.restitutions.ouvert import paquet
from infocentre.restitutions.ouvert.cellules import DEPARTEMENT, TOUT, Cellule, insee
from infocentre.restitutions.ouvert.croisements import ROLES
from infocentre.restitutions.ouvert.paquet import LICENCE, Paquet
from infocentre.restitutions.tables import MINIMUM

ACCUEIL: Final = "index.html"
COMPOSANTS: Final = ("breadcrumb", "footer", "header", "link", "skiplink")
NIVEAUX: Final = {"epci": "epci", "commune": "communes"}
DEMANDES: Final[Role] = "communes_souhaitees"
TENSION: Final[Role] = "territoires"
RAPPORT = "demandes_pour_une_attribution"
MASQUE_ECRIT = "s"
LARGEUR, HAUTEUR, CARTE = 400, 200, 620
_SERIE: Final[tuple[tuple[Role, str, str], ...]] = (
    (DEMANDES, "total", "Demandes actives"),
    (DEMANDES, "mutations", "dont mutations"),
    (TENSION, "attributions", "Attributions sur 12 mois"),
    (TENSION, RAPPORT, "Demandes pour une attribution"),
)
_DESSINEES: Final = (0, 2, 3)
_COTES: Final[tuple[tuple[str, Role, str, str], ...]] = (
    (
        "Hors QPV : premier quartile ou relogement ANRU",
        "mixite_hors_qpv",
        "premier_quartile_ou_anru",
        "attributions_hors_qpv",
    ),
    (
        "En QPV : trois quartiles supérieurs",
        "mixite_en_qpv",
        "quartiles_2_a_4",
        "attributions_en_qpv",
    ),
)
_ENTETE_MIXITE: Final = ("Part suivie", "Ménages concernés", "Attributions", "Part", "Objectif")
# A table, a characteristic, a modality, a measure.
_Quoi = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Chiffre:
    """A key figure: its name, itself, what it was a year before."""

    nom: str
    ecrit: str
    evolution: str


@dataclass(frozen=True, slots=True)
class Dessin:
    """A picture: what it shows, its SVG."""

    nom: str
    svg: str


@dataclass(frozen=True, slots=True)
class Grille:
    """A table of a page: its rows begin with what heads them."""

    titre: str
    colonnes: tuple[str, ...]
    lignes: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Lien:
    """Where a page leads: its name, its address from the root, what is told of it."""

    nom: str
    chemin: str
    dit: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its address from the root, its title, the pages that it is under."""

    gabarit: ClassVar[str]

    chemin: str
    titre: str
    fil: tuple[Lien, ...]

    @property
    def racine(self) -> str:
        """The way from the page to the root of the site."""
        return "../" * self.chemin.count("/")


@dataclass(frozen=True, slots=True)
class Methode(Page):
    """How figures are made, and what is downloaded."""

    gabarit = "ouvert/methode.html"


@dataclass(frozen=True, slots=True)
class Territoire(Page):
    """A territory: what is told of it."""

    gabarit = "ouvert/territoire.html"

    niveau: str
    chiffres: Sequence[Chiffre]
    carte: Dessin | None
    dessins: Sequence[Dessin]
    grilles: Sequence[Grille]
    dessous: Sequence[Lien]
    titre_dessous: str


class Lieux:
    """The cells of a publication by territory, then by month."""

    def __init__(self, themes: Iterable[Iterable[Cellule]], departement: str) -> None:
        """Sort them once: a page reads its own alone."""
        self._departement = departement
        lues: dict[tuple[str, str], dict[_Quoi, dict[str, Cellule]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        for cellules in themes:
            for une in cellules:
                quoi = (une.tableau, une.caracteristique, une.modalite, une.mesure)
                if une.modalite_croisee == ENSEMBLE:
                    lues[une.niveau, une.territoire][quoi][une.mois] = une
        self._lues = lues

    def de(self, niveau: str) -> list[str]:
        """Return the codes of the territories of a level, in order."""
        return sorted(code for un, code in self._lues if un == niveau)

    def lire(self, niveau: str, code: str) -> Lieu:
        """Return a territory."""
        return Lieu(niveau, code, self._lues[niveau, code], self._departement)


@dataclass(frozen=True, slots=True)
class Lieu:
    """A territory: its cells by what they tell, then by month."""

    niveau: str
    code: str
    cellules: Mapping[_Quoi, Mapping[str, Cellule]]
    departement: str

    @property
    def nom(self) -> str:
        """What it is called; an EPCI that lies in several départements, with where it is read."""
        if self.niveau == "epci" and (ici := nom_epci_ici(self.code, self.departement)):
            return ici
        return next(une.nom_territoire for lues in self.cellules.values() for une in lues.values())

    def serie(self, role: Role, mesure: str) -> Mapping[str, Cellule]:
        """Return a measure of all of it, by month."""
        return self.cellules.get((tableaux().code(role), TOUT, ENSEMBLE, mesure), {})

    def dite(self, mois: str) -> bool:
        """Tell whether its demandes are told in a month."""
        une = self.serie(DEMANDES, "total").get(mois)
        return une is not None and une.valeur is not None

    def repartition(self, role: Role, mois: str) -> list[Cellule]:
        """Return what it has of each modality in a month."""
        code = tableaux().code(role)
        return [
            lues[mois]
            for (tableau, _, modalite, mesure), lues in self.cellules.items()
            if (tableau, mesure) == (code, "total") and modalite != ENSEMBLE and mois in lues
        ]


# --- Pages ----------------------------------------------------------------------------------------


def pages(
    publie: Paquet, *, cartes: bool = False, sous: Lien | None = None
) -> Iterator[Territoire]:
    """Yield the page of the département, those of its EPCI, of its communes that are told.

    With `cartes`, a map of what is told of communes on the pages of what they are in. The page of
    the département is the home of the site, unless all are `sous` another one.
    """
    lieux, mois = Lieux(publie.themes.values(), publie.departement), publie.mois[-1]
    tout = lieux.lire(DEPARTEMENT, insee(publie.departement))
    toutes = [lieux.lire("commune", code) for code in lieux.de("commune") if code in territoires()]
    communes: dict[str, list[Lieu]] = defaultdict(list)
    for lieu in toutes:
        if lieu.dite(mois):
            communes[territoires()[lieu.code].epci].append(lieu)
    epcis = [lieux.lire("epci", code) for code in lieux.de("epci") if code != "NR"]
    avant = (sous,) if sous else ()
    accueil = Lien(tout.nom, "departement.html" if sous else ACCUEIL)
    yield _page(
        publie,
        tout,
        accueil.chemin,
        avant,
        epcis,
        "Intercommunalités",
        _carte(publie, fond_de_carte(publie.departement, "commune", CARTE), toutes)
        if cartes
        else None,
    )
    for epci in epcis:
        ici = Lien(epci.nom, _chemin(epci))
        siennes = communes[epci.code]
        dedans = [une for une in toutes if territoires()[une.code].epci == epci.code]
        carte = _carte(publie, fond_epci(epci.code), dedans) if cartes else None
        yield _page(publie, epci, ici.chemin, (*avant, accueil), siennes, "Communes", carte)
        for une in siennes:
            yield _page(publie, une, _chemin(une), (*avant, accueil, ici), (), "")


def _chemin(lieu: Lieu) -> str:
    return f"{NIVEAUX[lieu.niveau]}/{lieu.code}.html"


def _page(
    publie: Paquet,
    lieu: Lieu,
    chemin: str,
    fil: tuple[Lien, ...],
    dessous: Sequence[Lieu],
    titre_dessous: str,
    carte: Dessin | None = None,
) -> Territoire:
    series = [(nom, lieu.serie(role, mesure)) for role, mesure, nom in _SERIE]
    mois = publie.mois
    return Territoire(
        chemin,
        lieu.nom,
        fil,
        lieu.niveau,
        [_chiffre(nom, serie, mois[-1]) for nom, serie in series],
        carte,
        [un for rang in _DESSINEES for un in _dessiner(*series[rang], mois)],
        [_grille(series, mois), *_repartitions(lieu, mois[-1]), *_mixite(lieu, mois[-1])],
        [Lien(un.nom, _chemin(un), _demandes(un, mois[-1])) for un in _par_nom(dessous)],
        titre_dessous,
    )


def _par_nom(lieux: Sequence[Lieu]) -> list[Lieu]:
    return sorted(lieux, key=lambda un: francais.clef_de_tri(un.nom))


def _demandes(lieu: Lieu, mois: str) -> str:
    une = lieu.serie(DEMANDES, "total").get(mois)
    if une is None or une.valeur is None:
        return "demandes masquées"
    return francais.compter(une.valeur, "demande")


def ecrire_cellule(une: Cellule | None, decimales: int = 0) -> str:
    """Return a figure as people read it; MASQUE_ECRIT when it is masked, « – » where it is none."""
    if une is None:
        return "–"
    if une.valeur is None:
        return MASQUE_ECRIT
    return francais.nombre(une.valeur, decimales or int(not float(une.valeur).is_integer()))


def _decimales(serie: Mapping[str, Cellule]) -> int:
    """Return how a measure is written in every month: 7,0 among 6,9 and 7,1."""
    return int(any(not float(une.valeur or 0).is_integer() for une in serie.values()))


def _chiffre(nom: str, serie: Mapping[str, Cellule], mois: str) -> Chiffre:
    ici, avant = serie.get(mois), serie.get(mois_avant(mois, 12))
    evolution = ""
    if ici and avant and ici.valeur is not None and avant.valeur:
        evolution = _en_un_an(ici.valeur, avant.valeur, compte=ici.mesure != RAPPORT)
    return Chiffre(nom, ecrire_cellule(ici, _decimales(serie)), evolution)


def _en_un_an(ici: float, avant: float, *, compte: bool) -> str:
    """Say a change as papers do: in percent from MINIMUM units, a ratio in what it counts."""
    if compte and avant >= MINIMUM:
        dit = francais.evolution(ici, avant)
    else:
        dit = francais.evolution_nombre(ici, avant, decimales=0 if compte else 1)
    return f"{dit} {'sur' if dit == francais.STABLE else 'en'} un an"


def _dessiner(nom: str, serie: Mapping[str, Cellule], mois: Sequence[str]) -> Iterator[Dessin]:
    points = [Point(un, serie[un].valeur if un in serie else None) for un in mois]
    if sum(un.valeur is not None for un in points) > 1:  # a line has two ends
        courbe = Courbe(titre=nom, points=tuple(points), unite=NOMBRE)
        yield Dessin(nom, svg(courbe, Format(LARGEUR, HAUTEUR)))


def _carte(publie: Paquet, fond: Fond | None, communes: Sequence[Lieu]) -> Dessin | None:
    """Return the map of the demandes of communes, those that are masked hatched; None without."""
    if fond is None:
        return None
    mois = publie.mois[-1]
    lues = [
        {
            "code": une.code,
            "libelle": une.nom,
            "demandes_actives": _brute(une.serie(DEMANDES, "total").get(mois)),
            "attributions": _brute(une.serie(TENSION, "attributions").get(mois)),
        }
        for une in communes
    ]
    nom = "Demandes actives par commune"
    lignes = cast("list[Territoires]", lues)
    return Dessin(nom, dessiner_carte(fond, lignes, MONTREES, nom, publie.seuil))


def _brute(une: Cellule | None) -> float | str:
    if une is None:
        return 0
    return MASQUE_ECRIT if une.valeur is None else une.valeur


def _grille(series: Sequence[tuple[str, Mapping[str, Cellule]]], mois: Sequence[str]) -> Grille:
    dites = [(serie, _decimales(serie)) for _, serie in series]
    return Grille(
        "Mois par mois",
        ("Arrêté", *(nom for nom, _ in series)),
        [
            (mois_court(un), *(ecrire_cellule(serie.get(un), apres) for serie, apres in dites))
            for un in reversed(mois)
        ],
    )


def _repartitions(lieu: Lieu, mois: str) -> Iterator[Grille]:
    for role in ROLES:
        lues = lieu.repartition(role, mois)
        if lues:
            tableau = tableaux().du_role(role)
            lignes = [(une.libelle_modalite, ecrire_cellule(une)) for une in lues]
            yield Grille(tableau.titre, (tableau.impression().lignes, "Demandes"), lignes)


def _mixite(lieu: Lieu, mois: str) -> Iterator[Grille]:
    """Yield both sides of Égalité et citoyenneté, of an EPCI or of all."""
    lignes = []
    for dit, role, voulues, total in _COTES:
        lues = [lieu.serie(role, nom).get(mois) for nom in (voulues, total)]
        parts = [lieu.serie(role, nom).get(mois) for nom in ("part_du_total", "objectif")]
        if any(lues):
            lignes.append((dit, *map(ecrire_cellule, lues), *map(_ecrire_part, parts)))
    if lignes:
        yield Grille("Égalité et citoyenneté, attributions sur 12 mois", _ENTETE_MIXITE, lignes)


def _ecrire_part(une: Cellule | None) -> str:
    if une is None or une.valeur is None:
        return ecrire_cellule(une)
    return francais.pourcentage(une.valeur)


# --- Files ----------------------------------------------------------------------------------------


def ecrire(publie: Paquet, dossier: Path, *, cartes: bool = False) -> int:
    """Write the site and its data in a directory; return how many pages it has."""
    paquet.ecrire(publie, dossier)
    journal = _milieu().get_template("ouvert/journal.atom")
    (dossier / "journal.atom").write_text(journal.render(**_commun(publie)), "utf-8")
    methode = Methode("methode.html", "Méthode et téléchargements", (Lien("Accueil", ACCUEIL),))
    return ecrire_pages(publie, [*pages(publie, cartes=cartes), methode], dossier)


def ecrire_pages(
    publie: Paquet, liste: Iterable[Page], dossier: Path, bilan: Document | None = None
) -> int:
    """Write pages and what they look like; return how many there are.

    `bilan` is of whom they are for, when they are not public.
    """
    _ecrire_styles(dossier / "style")
    commun, nombre = _commun(publie) | {"bilan": bilan}, 0
    for nombre, page in enumerate(liste, 1):  # noqa: B007 - returned
        texte = _milieu().get_template(page.gabarit).render(page=page, racine=page.racine, **commun)
        chemin = dossier / page.chemin
        chemin.parent.mkdir(exist_ok=True)
        chemin.write_text(texte, "utf-8")
    return nombre


def _commun(publie: Paquet) -> dict[str, Any]:
    """Return what all pages tell."""
    avant = [None, *publie.publications]
    return {
        "publie": publie,
        "arrete": fin_de_mois(publie.mois[-1]),
        "licence": LICENCE,
        "methode": paquet.methode(publie),
        "masques": paquet.MASQUES,
        "ressources": publie.ressources(),
        "changements": [
            (une, une.dire(precedente), _urn(publie, str(une.rang)))
            for precedente, une in zip(avant, publie.publications, strict=False)
        ][::-1],
        "urn": _urn(publie, ""),
    }


def _urn(publie: Paquet, rang: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"infocentre {publie.departement} {rang}").urn


@functools.cache
def _milieu() -> Environment:
    filtres: dict[str, Callable[..., Any]] = {
        "dessin": Markup,  # ours, drawn by graphiques
        "jour": jour,
        "composer": francais.composer,
        "corps": en_corps,
        "entier": francais.entier,
    }
    return lire_gabarits(filtres, html=True)


def _ecrire_styles(dossier: Path) -> None:
    """Write the sheets, with the fonts and icons that they name: nothing is asked elsewhere."""
    (dossier / "fonts").mkdir(parents=True)
    (dossier / "dsfr.css").write_text(feuille("", COMPOSANTS), "utf-8")
    shutil.copyfile(ressources("reports") / "ouvert" / "site.css", dossier / "site.css")
    for police in polices().glob("*.woff2"):
        shutil.copyfile(police, dossier / "fonts" / police.name)
    shutil.copytree(DSFR / "icons", dossier / "icons", copy_function=shutil.copyfile)
