"""The checks of a month: Great Expectations judges, and publishes what could be computed.

Importing this package costs nothing: Great Expectations (1 to 2 s) comes with the first call
of `controler`.
"""

from infocentre.controles.bilan import Bilan, BilanIndicateur, MoisJuge
from infocentre.controles.controle import controler

__all__ = ["Bilan", "BilanIndicateur", "MoisJuge", "controler"]
