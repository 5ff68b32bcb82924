"""What a chart shows, said once: its data, unit, names, table; renderers draw it.

`svg` draws it for paper (infocentre.graphiques.svg), `plotly` for the screen
(infocentre.graphiques.plotly). What pointing at a mark says, what its table says and what the
printed picture says are one text: `dit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infocentre.graphiques.barres import Barre
from infocentre.graphiques.base import ecrire
from infocentre.graphiques.carte import Etiquette, Fond, Lieu, noms_des_classes
from infocentre.graphiques.cascade import Marche
from infocentre.graphiques.colonnes import Serie
from infocentre.graphiques.courbe import Point, Repere, Seuil
from infocentre.graphiques.distribution import decouper
from infocentre.graphiques.entonnoir import Bulle
from infocentre.noyau.francais import nombre, pourcent
from infocentre.noyau.temps import jour, mois_court


@dataclass(frozen=True, slots=True)
class Unite:
    """How values are written: a ratio in percent, or a number; with `decimales` when fixed."""

    taux: bool = False
    decimales: int | None = None
    suffixe: str = ""

    def ecrire(self, valeur: float | None) -> str:
        """Return a value as people read it, « – » where there is none."""
        if valeur is None:
            return "–"
        if self.taux:
            return pourcent(valeur, 1 if self.decimales is None else self.decimales)
        ecrit = (
            ecrire(valeur, taux=False) if self.decimales is None else nombre(valeur, self.decimales)
        )
        return f"{ecrit}{self.suffixe}"


NOMBRE, TAUX, MOIS = Unite(), Unite(taux=True), Unite(decimales=1, suffixe=" mois")


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a chart as a table; `liens`: where each row leads, if anywhere."""

    colonnes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    liens: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A chart: its title, what is told to who cannot see it, what its rows and values are."""

    titre: str
    alternative: str = ""
    nom: str = ""
    valeurs: str = ""

    @property
    def dite(self) -> str:
        """What is told to who cannot see it."""
        return self.alternative or self.titre

    def table(self) -> Table:
        """Return the same numbers as a table."""
        raise NotImplementedError

    def _table(self, *lignes: tuple[str, str, str | None]) -> Table:
        """Return a table of two columns from (name, what is said of it, link)."""
        return Table(
            (self.nom or "Ligne", self.valeurs or "Valeur"),
            tuple((nom, dit.removeprefix(f"{nom} : ")) for nom, dit, _ in lignes),
            tuple(lien for _, _, lien in lignes),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Courbe(Description):
    """One value over months, with its margins, thresholds, and what it is compared with."""

    points: tuple[Point, ...]
    seuils: tuple[Seuil, ...] = ()
    unite: Unite = TAUX
    nom_autre: str | None = None
    reperes: tuple[Repere, ...] = ()

    def dit(self, un: Point) -> str:
        """Return what a month says."""
        return un.bulle or f"{mois_court(un.mois)} : {self.unite.ecrire(un.valeur)}"

    def table(self) -> Table:
        """Return a row a month, the last one first."""
        lignes = tuple(
            (
                *_couper_nom(self.dit(un), mois_court(un.mois)),
                *([reperes_du_mois(self.reperes, un.mois)] if self.reperes else []),
            )
            for un in self.points
        )
        liens = tuple(un.lien for un in self.points)
        entetes = (
            self.nom or "Mois",
            self.valeurs or "Valeur",
            *([EVENEMENTS] if self.reperes else []),
        )
        return Table(entetes, lignes[::-1], liens[::-1])


EVENEMENTS = "Événements"


def dire_repere(un: Repere) -> str:
    """Return « du 12/08/2025 au 20/08/2025 : changement de logiciel »."""
    quand = f"du {jour(un.jour)} au {jour(un.au)}" if un.au else jour(un.jour)
    return f"{quand} : {un.mots}"


def reperes_du_mois(reperes: Sequence[Repere], mois: str) -> str:
    """Return what happened in a month, in words."""
    siens = [un for un in reperes if un.jour[:7] <= mois <= (un.au or un.jour)[:7]]
    return " ; ".join(map(dire_repere, siens))


def _couper_nom(dit: str, nom: str) -> tuple[str, str]:
    """Cut « juin 2026 : 3,2 % (12 / 375) » into who and what."""
    premier, deux_points, suite = dit.partition(" : ")
    return (premier, suite) if deux_points else (nom, dit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lignes(Description):
    """Several series over the same abscissae."""

    abscisses: tuple[str, ...]
    series: tuple[Serie, ...]
    unite: Unite = NOMBRE

    def table(self) -> Table:
        """Return a row an abscissa, a column a series."""
        return _croisee(self.nom, self.abscisses, self.series, self.unite)


@dataclass(frozen=True, slots=True, kw_only=True)
class Colonnes(Description):
    """Columns side by side or stacked, one group for each period."""

    periodes: tuple[str, ...]
    series: tuple[Serie, ...]
    empilees: bool = False
    unite: Unite = NOMBRE

    def table(self) -> Table:
        """Return a row a period, a column a series."""
        return _croisee(self.nom, self.periodes, self.series, self.unite)


def _croisee(nom: str, rangs: tuple[str, ...], series: tuple[Serie, ...], unite: Unite) -> Table:
    lignes = tuple(
        (mois_court(un), *(unite.ecrire(une.valeurs[rang]) for une in series))
        for rang, un in enumerate(rangs)
    )
    entetes = (nom or "Période", *(une.nom for une in series))
    return Table(entetes, lignes, (None,) * len(rangs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Barres(Description):
    """Horizontal bars; `cible`: a value to reach and what it is called."""

    lignes: tuple[Barre, ...]
    unite: Unite = NOMBRE
    cible: tuple[float, str] | None = None
    maximum: float | None = None

    def ecrit(self, une: Barre) -> str:
        """Return what stands at the end of a bar."""
        return self.unite.ecrire(une.valeur) if une.ecrit is None else une.ecrit

    def dit(self, une: Barre) -> str:
        """Return what a bar says."""
        dit = une.bulle or f"{une.libelle} : {self.ecrit(une)}"
        return f"{dit}, {une.detail}" if une.detail else dit

    def table(self) -> Table:
        """Return a row a bar."""
        return self._table(*((une.libelle, self.dit(une), une.lien) for une in self.lignes))


@dataclass(frozen=True, slots=True, kw_only=True)
class BarresEmpilees(Description):
    """Horizontal bars cut into the parts of each line; in percent of it with `parts`."""

    lignes: tuple[Barre, ...]
    series: tuple[str, ...]
    parts: bool = False

    def dit(self, une: Barre, rang: int) -> str:
        """Return what a part says: its count and its share of the line."""
        part, total = une.parts[rang], sum(une.parts) or 1
        return (
            f"{une.libelle}, {self.series[rang]} : {ecrire(part, taux=False)} "
            f"({pourcent(part / total, 0)})"
        )

    def table(self) -> Table:
        """Return a row a line, a column a part."""
        lignes = tuple(
            (
                une.libelle,
                *(
                    f"{ecrire(part, taux=False)} ({pourcent(part / (sum(une.parts) or 1), 0)})"
                    for part in une.parts
                ),
            )
            for une in self.lignes
        )
        liens = tuple(une.lien for une in self.lignes)
        return Table((self.nom or "Ligne", *self.series), lignes, liens)


@dataclass(frozen=True, slots=True)
class Vis:
    """A category and its two values, face to face."""

    libelle: str
    gauche: float | None
    droite: float | None
    couleur: str | None = None
    lien: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pyramide(Description):
    """Two populations over the same categories, back to back.

    `noms`: what the left and the right ones are called; `suffixes`: what follows their values.
    """

    lignes: tuple[Vis, ...]
    noms: tuple[str, str]
    suffixes: tuple[str, str]
    unite: Unite = TAUX

    def dit(self, une: Vis, cote: int) -> str:
        """Return what one side of a category says."""
        valeur = (une.gauche, une.droite)[cote]
        return f"{une.libelle} : {self.unite.ecrire(valeur)} {self.suffixes[cote]}"

    def table(self) -> Table:
        """Return a row a category."""
        lignes = tuple(
            (une.libelle, self.unite.ecrire(une.gauche), self.unite.ecrire(une.droite))
            for une in self.lignes
        )
        liens = tuple(une.lien for une in self.lignes)
        return Table((self.nom or "Ligne", *self.noms), lignes, liens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogramme(Description):
    """How many values stand in each class; the last class may be open: « 20 % et plus »."""

    mesures: tuple[float, ...]
    seuils: tuple[Seuil, ...] = ()
    unite: Unite = TAUX

    def table(self) -> Table:
        """Return a row a class."""
        classes = decouper(self.mesures, self.seuils)
        lignes = ((une.nom(taux=self.unite.taux), nombre(une.nombre), None) for une in classes)
        return self._table(*lignes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bande(Description):
    """One nameless dot per pair, and a lozenge for this one."""

    mesures: tuple[float, ...]
    ici: float | None
    ensemble: float | None = None
    seuils: tuple[Seuil, ...] = ()

    def table(self) -> Table:
        """Return this one, the pooled rate, then the nameless ones in order."""
        lignes = [("Ce guichet", TAUX.ecrire(self.ici), None)]
        lignes += [("Taux d'ensemble", TAUX.ecrire(self.ensemble), None)]
        lignes += [
            (f"{rang}", TAUX.ecrire(v), None) for rang, v in enumerate(sorted(self.mesures), 1)
        ]
        return self._table(*lignes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entonnoir(Description):
    """Rates against how many units they rest on, with what chance alone allows."""

    points: tuple[Bulle, ...]
    ensemble: float
    seuils: tuple[Seuil, ...] = ()
    nom_ensemble: str = "taux d'ensemble"

    def dit(self, un: Bulle) -> str:
        """Return what a point says: its rate and the denominator."""
        return un.bulle or f"{un.nom} : {pourcent(un.taux, 1)} sur {nombre(un.effectif)}"

    def table(self) -> Table:
        """Return a row a point, the highest rate first."""
        points = sorted(self.points, key=lambda un: (-un.taux, un.nom))
        return self._table(*((un.nom, self.dit(un), un.lien) for un in points))


@dataclass(frozen=True, slots=True)
class Endroit:
    """A point of a scatter: where it stands, who it is, of which series, where it leads."""

    x: float
    y: float
    nom: str = ""
    serie: str = ""
    lien: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nuage(Description):
    """A scatter of points; `abscisse` and `ordonnee` are what the axes are called."""

    points: tuple[Endroit, ...]
    abscisse: str
    ordonnee: str
    unites: tuple[Unite, Unite] = (NOMBRE, NOMBRE)

    def dit(self, un: Endroit) -> str:
        """Return what a point says: both its values."""
        x, y = (unite.ecrire(v) for unite, v in zip(self.unites, (un.x, un.y), strict=True))
        qui = " : " if un.nom else ""
        return f"{un.nom}{qui}{self.abscisse} {x}, {self.ordonnee} {y}"

    def table(self) -> Table:
        """Return a row a point."""
        lignes = tuple(
            (un.nom, un.serie, self.unites[0].ecrire(un.x), self.unites[1].ecrire(un.y))
            for un in self.points
        )
        entetes = (self.nom or "Point", "Série", self.abscisse, self.ordonnee)
        return Table(entetes, lignes, tuple(un.lien for un in self.points))


@dataclass(frozen=True, slots=True)
class Etape:
    """A step of a cascade: what it adds, or with `total` the level that is reached."""

    libelle: str
    valeur: float
    total: bool = False
    bulle: str | None = None
    lien: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade(Description):
    """From one level to another by what each step adds: levels first and last, steps between."""

    etapes: tuple[Etape, ...]
    unite: Unite = TAUX

    def marches(self) -> list[Marche]:
        """Return each step with where it starts and where it ends."""
        niveau, lues = 0.0, []
        for une in self.etapes:
            debut = 0.0 if une.total else niveau
            niveau = une.valeur if une.total else niveau + une.valeur
            dits = (self.ecrit(une), self.dit(une))
            lues.append(Marche(une.libelle, debut, niveau, *dits, niveau=une.total))
        return lues

    def ecrit(self, une: Etape) -> str:
        """Return a level as it is, a step with its sign; steps of a rate are in points."""
        if une.total:
            return self.unite.ecrire(une.valeur)
        signe = "+" if une.valeur > 0 else "−" if une.valeur < 0 else ""
        if self.unite.taux:
            return f"{signe}{nombre(100 * abs(une.valeur), 2)} pt"
        return f"{signe}{self.unite.ecrire(abs(une.valeur))}"

    def dit(self, une: Etape) -> str:
        """Return what a step says."""
        return une.bulle or f"{une.libelle} : {self.ecrit(une)}"

    def table(self) -> Table:
        """Return a row a step."""
        return self._table(*((une.libelle, self.dit(une), une.lien) for une in self.etapes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Carte(Description):
    """A map without any tile: shaded by classes when `bornes` part them, else with circles.

    `hachures` says what hatching means, `vide` what a territory without a value is.
    """

    fond: Fond
    lieux: dict[str, Lieu]
    bornes: tuple[float, ...] | None = None
    etiquettes: tuple[Etiquette, ...] = ()
    hachures: str = ""
    vide: str = ""
    unite: Unite = NOMBRE

    def classes(self) -> list[str]:
        """Return the names of its shades."""
        vues = [un.valeur for code, un in self.lieux.items() if code in self.fond.traces]
        valeurs = [une for une in vues if une is not None]
        return noms_des_classes(self.bornes or (), valeurs, taux=self.unite.taux)

    def table(self) -> Table:
        """Return a row a territory of the map, the highest value first."""
        vus = [lieu for code, lieu in self.lieux.items() if code in self.fond.traces]
        vus.sort(key=lambda lieu: (lieu.valeur is None, -(lieu.valeur or 0), lieu.dit))
        return Table(
            (self.nom or "Commune", self.valeurs or "Valeur"),
            tuple(_couper_nom(lieu.dit, "") for lieu in vus),
            tuple(lieu.lien for lieu in vus),
        )
