"""What is taken away whole: the values of a month."""

from __future__ import annotations

from typing import TypedDict

from infocentre.exports import Donnees
from infocentre.lecture.commun import CONDITION, motifs
from infocentre.lecture.filtres import Filtres, retenir
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.valeurs import dire_motifs, sql_valeurs


class _Nommee(TypedDict, total=False):
    """What names a row of values: its guichet, or its organisme."""

    guichet: str
    organisme: str


def valeurs_du_mois(v: Lecture, filtres: Filtres, par: str) -> Donnees:
    """Return the values per guichet or per organisme; the columns are the command line's."""
    ici = {"departement": filtres.departement, "mois": filtres.mois}
    lignes = v.lignes(sql_valeurs(par, CONDITION), ici, _Nommee)
    vus = retenir(v, filtres)
    visibles = [
        ligne
        for ligne in lignes
        if par != "guichet" or ligne["guichet"] == "*" or vus.voit_guichet(ligne["guichet"])
    ]
    return Donnees(
        titre="Indicateurs par guichet" if par == "guichet" else "Indicateurs par organisme",
        colonnes=tuple(lignes[0]) if lignes else (),
        lignes=[tuple(ligne.values()) for ligne in visibles],
        de="valeurs",
        note=dire_motifs(motifs(v, filtres.departement, filtres.mois)),
    )
