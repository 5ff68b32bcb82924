"""Charts for the screen: each description as a plain plotly figure, a dict of data and layout.

Values of rates are in percent there. What pointing at a mark says is the description's own text;
`customdata` is where a click on it leads. No object of plotly is built: its checks cost 70 ms.
"""

from infocentre.graphiques.plotly import barres, carte, mois, points, repartitions
from infocentre.graphiques.plotly.commun import Figure, hauteur, plotly

__all__ = ["Figure", "barres", "carte", "hauteur", "mois", "plotly", "points", "repartitions"]
