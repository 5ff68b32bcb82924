"""What people decide in the application: small, transactional, in a store of its own."""

from infocentre.decisions.magasin import Magasin, magasin_present, ouvrir_magasin
from infocentre.decisions.requetes import Execution, RequeteGardee, Requetes
from infocentre.noyau.utilisateur import utilisateur

__all__ = [
    "Execution",
    "Magasin",
    "RequeteGardee",
    "Requetes",
    "magasin_present",
    "ouvrir_magasin",
    "utilisateur",
]
