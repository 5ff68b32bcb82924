"""Several départements together: what `indicateurs` and `tableau` give of a region or an EPCI."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace

from infocentre.cli import options as demandes
from infocentre.exports import Donnees
from infocentre.lecture.choix import dire_remplacee
from infocentre.lecture.commun import catalogue
from infocentre.lecture.ensembles import DEUX_FOIS, Reunion, dire_doubles, ensemble_de, reunir
from infocentre.lecture.extraits import tableau_publie
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.sommes import EMPORTEES, Comparee, a_emporter, comparer, sommer_tableau
from infocentre.lecture.tableaux import en_donnees
from infocentre.noyau.erreurs import MauvaisUsage

MUETS = ("csv", "json")  # formats that have no place for what must be said


def reunion_voulue(v: Lecture, options: demandes.Lieu) -> Reunion:
    """Return what is asked together; raise Refus."""
    reunion = reunir(v, ensemble_de(v, region=options.region, epci=options.epci), options.mois)
    if remplacee := dire_remplacee(v.version, reunion.mois):
        print(remplacee, file=sys.stderr)
    return reunion


def indicateurs(v: Lecture, options: demandes.Indicateurs, code: str | None) -> Donnees:
    """Return each indicator in each département, and in all of them; raise Refus."""
    if options.guichet or options.par == "organisme":
        raise MauvaisUsage(
            "les départements ensemble n'ont pas de ligne par guichet ni par organisme",
            que_faire="Retirer --guichet et --par, ou donner un seul --departement.",
        )
    reunion = reunion_voulue(v, options)
    comparees = [
        une for une in comparer(v, reunion.lieux, reunion.ensemble.epci) if code in {None, une.code}
    ]
    dits = [
        reunion.dire_absents(),
        *(une.dire_versions() for une in comparees),
        DEUX_FOIS if len(reunion.presents) > 1 else "",
    ]
    titre = f"{reunion.ensemble.nom}, {reunion.mois}"
    if options.format == "table":
        donnees = _cote_a_cote(comparees, reunion, titre)
    else:
        donnees = Donnees(titre, tuple(EMPORTEES), a_emporter(comparees, reunion), de="valeurs")
    return _dire(donnees, options, dits)


def _cote_a_cote(comparees: Iterable[Comparee], reunion: Reunion, titre: str) -> Donnees:
    """Return a row an indicator: the sums that its state rests on, the rate of each département."""
    connus = catalogue().indicateurs
    lignes = [
        (
            une.code,
            connus[une.code].libelle if une.code in connus else "",
            une.comptes.get("n_etat"),
            une.comptes.get("d_etat"),
            une.taux,
            *(une.taux_de(d) for d in reunion.presents),
        )
        for une in comparees
    ]
    colonnes = ("code", "libelle", "num", "den", "taux", *reunion.presents)
    taux = frozenset({"taux", *reunion.presents})
    titres = {"taux": "Ensemble"} | {un: un for un in reunion.presents}
    return Donnees(titre, colonnes, lignes, taux, titres, de="suivi")


def tableau(v: Lecture, options: demandes.Tableau, code: str) -> Donnees:
    """Return a standard table of départements together; raise Refus."""
    reunion = reunion_voulue(v, options)
    somme = sommer_tableau(v, reunion, tableau_publie(v, code).code)
    lu = somme.tableau
    titre = f"{lu.tableau.code} – {lu.tableau.titre}, {reunion.ensemble.nom}, {reunion.mois}"
    donnees = replace(en_donnees(lu), titre=titre, titres={})
    dits = [reunion.dire_absents(), *somme.dits, dire_doubles(v, reunion)]
    return _dire(donnees, options, dits)


def _dire(
    donnees: Donnees, options: demandes.Indicateurs | demandes.Tableau, dits: Iterable[str]
) -> Donnees:
    """Put what must be said under the rows, or beside those that programs read."""
    note = "\n".join(filter(None, [donnees.note, *dits]))
    if options.format in MUETS:
        print(*filter(None, dits), sep="\n", file=sys.stderr)
    return replace(donnees, note=note)
