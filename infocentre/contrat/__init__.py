"""The contract of data, as data: tables, columns, code lists."""

from infocentre.contrat.dictionnaire import Colonne, Contrat, Table, contrat

__all__ = ["Colonne", "Contrat", "Table", "contrat"]
