"""A picture of the document as a chart of the Office suites, which people can edit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.chart.xmlwriter import ChartXmlWriter
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from infocentre.graphiques.base import BLEU, ENCRE, GRIS, GRIS_CLAIR, GRIS_NEUTRE, PALETTE
from infocentre.noyau.temps import MOIS, MOIS_COURTS
from infocentre.restitutions.bureautique.mesure import POLICE
from infocentre.restitutions.bureautique.valeurs import MASQUE, ecrire, format_nombre
from infocentre.restitutions.document import Cellule, Colonne, Graphique, Tableau
from infocentre.restitutions.ecriture import arrondir

# Names of months that are long enough for their short form to gain room.
ABREGES = {long: court for long, court in zip(MOIS, MOIS_COURTS, strict=True) if len(long) > 5}  # noqa: PLR2004
OBJECTIF = "Objectif"
ETIQUETTES_MAX = 26  # points of a chart above which their values are not written
COUCHEES_MAX = 12  # columns above which they are written upwards, not one over another
PLACE_EN_HAUT = 1.2  # of the tallest column, for what is written above it
ECRIT_MM, AUTOUR_MM = 11.0, 14.0  # what is written above a column; the legend and the names
VERS_LE_HAUT = "-5400000"  # sixtieths of a thousandth of a degree
_TYPES = {
    "barres": XL_CHART_TYPE.BAR_CLUSTERED,
    "colonnes": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "courbe": XL_CHART_TYPE.LINE,
}


@dataclass(frozen=True, slots=True)
class Natif:
    """What a native chart draws: a kind of chart, names, and columns of values (None: a gap)."""

    forme: str
    noms: tuple[str, ...]
    series: tuple[tuple[Colonne, tuple[float | None, ...]], ...]
    objectif: float | None = None

    @property
    def points(self) -> int:
        """Number of marks."""
        return len(self.noms) * len(self.series)

    @property
    def etiquettes(self) -> bool:
        """Whether the values are written beside the marks, in place of an axis."""
        return self.forme != "courbe" and self.points <= ETIQUETTES_MAX

    @property
    def serrees(self) -> bool:
        """Whether columns are so near that their values are written upwards."""
        return self.forme == "colonnes" and COUCHEES_MAX < self.points <= ETIQUETTES_MAX


def lire_natif(graphique: Graphique, lignes_max: int | None = None) -> Natif | None:
    """Return what to draw, or None when the picture has no native equivalent.

    The rows are those that the picture draws; beyond `lignes_max` the largest values are kept.
    """
    tableau = graphique.tableau
    if tableau is None or graphique.forme not in _TYPES or not graphique.series:
        return None
    lignes = _lignes(graphique, lignes_max)
    noms = tuple(_nom(graphique, tableau, ligne) for ligne in lignes)
    unite = tableau.colonnes[graphique.series[0]].genre
    series = tuple(
        (
            tableau.colonnes[rang],
            tuple(_lu(ligne[rang], tableau.colonnes[rang]) for ligne in lignes),
        )
        for rang in graphique.series
        if tableau.colonnes[rang].genre == unite  # one axis, one unit
    )
    connues = any(valeur is not None for _, valeurs in series for valeur in valeurs)
    return Natif(graphique.forme, noms, series, graphique.objectif) if connues else None


def _lignes(graphique: Graphique, maximum: int | None) -> list[tuple[Cellule, ...]]:
    lignes = graphique.dessinees
    if maximum is None or len(lignes) <= maximum:
        return lignes
    return sorted(lignes, key=lambda un: -(_valeur(un[graphique.series[0]]) or 0))[:maximum]


def _nom(graphique: Graphique, tableau: Tableau, ligne: tuple[Cellule, ...]) -> str:
    """Return the whole name of a row, months being written short; s when it is masked."""
    valeurs = [
        ecrire(cellule, colonne)
        for cellule, colonne in zip(
            ligne[: max(1, tableau.entetes)], tableau.colonnes, strict=False
        )
    ]
    nom = " – ".join(filter(None, valeurs))
    for long, abrege in ABREGES.items():
        nom = nom.replace(long, abrege)
    masquee = all(ligne[rang].masquee for rang in graphique.series)
    return f"{nom} ({MASQUE})" if masquee else nom


def _lu(cellule: Cellule, colonne: Colonne) -> float | None:
    valeur = _valeur(cellule)
    return None if valeur is None else arrondir(valeur, colonne)


def _valeur(cellule: Cellule) -> float | None:
    valeur = cellule.valeur
    return float(valeur) if isinstance(valeur, int | float) and not cellule.masquee else None


def donnees(natif: Natif) -> CategoryChartData:
    """Return what python-pptx draws, and the workbook behind it."""
    lues = CategoryChartData(number_format=_format_simple(natif.series[0][0]))
    lues.categories = natif.noms
    for colonne, valeurs in natif.series:
        lues.add_series(colonne.titre, valeurs, _format_simple(colonne))
    if natif.objectif is not None:
        unite = natif.series[0][0]
        lues.add_series(OBJECTIF, [natif.objectif] * len(natif.noms), _format_simple(unite))
    return lues


def _format_simple(colonne: Colonne) -> str:
    """Return the format of a column without a condition: python-pptx does not escape « < »."""
    if colonne.genre != "evolution":
        return _format(colonne)
    decimales = "." + "0" * colonne.decimales if colonne.decimales else ""
    return f'+0{decimales} %;"−"0{decimales} %;0 %'


def _format(colonne: Colonne) -> str:
    """Return the format of the marks: python-pptx writes it as it is in XML, without escaping."""
    if colonne.genre == "evolution":
        return "+0.0 %;-0.0 %;0 %"
    return "General" if colonne.genre in {"texte", "date"} else format_nombre(colonne)


def type_natif(natif: Natif) -> XL_CHART_TYPE:
    """Return the kind of chart, as python-pptx names it."""
    return _TYPES[natif.forme]


def en_xml(natif: Natif, haut: float) -> tuple[Any, bytes]:
    """Return the chart's XML element, styled for this height (mm), and the workbook behind it."""
    lues = donnees(natif)
    element = parse_xml(ChartXmlWriter(type_natif(natif), lues).xml.encode())
    habiller(Chart(element, None), natif, 9, 1 + ECRIT_MM / (haut - AUTOUR_MM))
    _sans_bord(element)
    return element, lues.xlsx_blob


def habiller(chart: Chart, natif: Natif, taille: float, en_haut: float = PLACE_EN_HAUT) -> None:
    """Give a chart the look of the printed ones: colours, quiet axes, values beside the marks.

    `en_haut` times the tallest column leaves the place of a value that is written upwards.
    """
    _parler_francais(chart)
    chart.has_title = False
    chart.font.name = POLICE
    chart.font.size = Pt(taille)
    chart.font.color.rgb = _couleur(ENCRE)
    chart.has_legend = len(natif.series) > 1 or natif.objectif is not None
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.TOP
        chart.legend.include_in_layout = False
    _habiller_axes(chart, natif, en_haut)
    _HABILLER[natif.forme](chart, natif)
    if natif.etiquettes:
        _etiqueter(chart, natif, taille)


def _parler_francais(chart: Chart) -> None:
    """Write numbers as French people do; the schema wants the language after the calendar."""
    langue = chart._chartSpace.makeelement(qn("c:lang"), {"val": "fr-FR"})  # noqa: SLF001
    chart._chartSpace.insert(1, langue)  # noqa: SLF001


def _sans_bord(element: Any) -> None:  # noqa: ANN401 - XML
    """Take the frame away that text processors draw; the schema wants it after the chart."""
    fond = parse_xml(f"<c:spPr {nsdecls('c', 'a')}><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>")
    element.find(qn("c:chart")).addnext(fond)


def _couleur(hexa: str) -> RGBColor:
    return RGBColor(*bytes.fromhex(hexa.removeprefix("#")))


def _habiller_axes(chart: Chart, natif: Natif, en_haut: float) -> None:
    noms, valeurs = chart.category_axis, chart.value_axis
    noms.format.line.color.rgb = _couleur(GRIS)
    noms.major_tick_mark = valeurs.major_tick_mark = XL_TICK_MARK.NONE
    noms.has_major_gridlines = False
    if natif.forme == "barres":
        _nommer_chaque_barre(noms)
    valeurs.format.line.fill.background()
    valeurs.tick_labels.number_format = _format_axe(natif.series[0][0])
    valeurs.tick_labels.number_format_is_linked = False
    valeurs.has_major_gridlines = not natif.etiquettes
    valeurs.visible = not natif.etiquettes
    if valeurs.has_major_gridlines:
        valeurs.major_gridlines.format.line.color.rgb = _couleur(GRIS_CLAIR)
        valeurs.major_gridlines.format.line.width = Pt(0.75)
    connues = [v for _, serie in natif.series for v in serie if v is not None]
    if min(connues) >= 0:
        valeurs.minimum_scale = 0
    else:
        noms.tick_label_position = XL_TICK_LABEL_POSITION.LOW  # not across what goes down
    if natif.serrees and max(connues) > 0:
        valeurs.maximum_scale = en_haut * max(connues)
    if natif.forme == "barres":
        noms.reverse_order = True  # the first row of the table on top


def _nommer_chaque_barre(axe: Any) -> None:  # noqa: ANN401 - an axis of python-pptx
    """Ask for every name; the schema wants it near the end of the axis."""
    saut = parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="1"/>')
    axe._element.find(qn("c:noMultiLvlLbl")).addprevious(saut)  # noqa: SLF001


def _format_axe(colonne: Colonne) -> str:
    return "0 %" if colonne.genre in {"taux", "evolution"} else "#,##0"


def _remplir(chart: Chart, natif: Natif) -> None:
    trace = chart.plots[0]
    trace.gap_width = 45
    trace.overlap = 0 if len(natif.series) > 1 else 100
    if natif.objectif is not None:
        _tracer_objectif(trace.series[-1])
    for serie, couleur in zip(trace.series, _couleurs(natif), strict=False):
        serie.format.fill.solid()
        serie.format.fill.fore_color.rgb = _couleur(couleur)
        serie.invert_if_negative = False


def _tracer_objectif(serie: Any) -> None:  # noqa: ANN401 - a series of python-pptx
    """Draw what is to be reached as a frame around the bars: horizontal bars take no line."""
    serie.format.fill.background()
    serie.format.line.color.rgb = _couleur(ENCRE)
    serie.format.line.width = Pt(1.5)
    serie.format.line.dash_style = MSO_LINE.DASH


def _tracer(chart: Chart, natif: Natif) -> None:
    for serie, couleur in zip(chart.plots[0].series, _couleurs(natif), strict=False):
        serie.smooth = False
        serie.marker.style = XL_MARKER_STYLE.CIRCLE
        serie.marker.size = 5
        serie.marker.format.fill.solid()
        serie.marker.format.fill.fore_color.rgb = _couleur(couleur)
        serie.marker.format.line.fill.background()
        serie.format.line.color.rgb = _couleur(couleur)
        serie.format.line.width = Pt(2.5)


def _couleurs(natif: Natif) -> list[str]:
    """Return the colour of each series, as paper has it: what a bar is compared with is grey."""
    teintes = (BLEU, GRIS_NEUTRE, *PALETTE[1:]) if natif.forme == "barres" else PALETTE
    return [teintes[rang % len(teintes)] for rang in range(len(natif.series))]


_HABILLER: dict[str, Callable[[Chart, Natif], None]] = {
    "barres": _remplir,
    "colonnes": _remplir,
    "courbe": _tracer,
}


def _etiqueter(chart: Chart, natif: Natif, taille: float) -> None:
    trace = chart.plots[0]
    if natif.objectif is None:
        trace.has_data_labels = True
        etiquettes = trace.data_labels
    else:  # those of the bars, not of what they should reach
        etiquettes = trace.series[0].data_labels
        etiquettes.show_value = True
    etiquettes.number_format = _format(natif.series[0][0])
    etiquettes.number_format_is_linked = len(natif.series) > 1
    etiquettes.position = XL_LABEL_POSITION.OUTSIDE_END
    etiquettes.font.size = Pt(taille)
    etiquettes.font.color.rgb = _couleur(ENCRE)
    if natif.serrees:
        etiquettes._element.txPr.bodyPr.set("rot", VERS_LE_HAUT)  # noqa: SLF001
