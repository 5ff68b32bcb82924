"""Archives, versions, lock and journal: a published state safe to read and to rebuild."""

from infocentre.entrepot.brouillon import Brouillon
from infocentre.entrepot.dossier import Dossier
from infocentre.entrepot.publication import Publication
from infocentre.entrepot.relations import sql_creer, sql_references, sql_relations
from infocentre.entrepot.version import Controle, Livraison, Version

__all__ = [
    "Brouillon",
    "Controle",
    "Dossier",
    "Livraison",
    "Publication",
    "Version",
    "sql_creer",
    "sql_references",
    "sql_relations",
]
