"""Corrections of identity: those that were asked, and the movements that they explain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from infocentre.affaires import Acteur, Affaire, Affaires
from infocentre.affaires.donnees import Donnees
from infocentre.decisions import magasin_present, utilisateur
from infocentre.identite.mouvements import Mouvement
from infocentre.lecture.lecteur import Lecture

PROCEDURE = "corrections_identite"
# What may be asked, by field that the store seals.
CHAMPS: Mapping[str, str] = {
    "nom_naissance": "nom de naissance",
    "nom": "nom d'usage",
    "prenom": "prénoms",
    "date_naissance": "date de naissance",
}


def corrections(v: Lecture, departement: str) -> list[Affaire]:
    """Return those of a département, whatever became of them; the oldest first."""
    v.exiger_nominatif()
    magasin = magasin_present(v.dossier.racine)
    if magasin is None:
        return []
    registre = Affaires(magasin, Acteur(utilisateur()))
    return registre.lister(departement, procedure=PROCEDURE, finies=True)


def demandee(une: Affaire) -> Donnees:
    """Return what was asked: `membre`, `nature`, `piece`, `mouvement`, as codes."""
    return une.situation.evenements[0].donnees


def dire(une: Affaire) -> str:
    """Say why an identity is corrected, on what kind of document, and what."""
    debut, dit = une.situation.evenements[0], demandee(une)
    donnees = une.situation.procedure.regle(debut.nom).donnees
    champs = [CHAMPS[un["champ"]] for un in dit["champs"]]
    mots = donnees["nature"].choix[dit["nature"]], donnees["piece"].choix[dit["piece"]]
    return f"{', '.join(champs)} : {' ; '.join(mots)}"


def expliques(siennes: Iterable[Affaire]) -> dict[tuple[str, str], Affaire]:
    """Return {(membre, month of a movement): the correction that a delivery showed then}."""
    return {
        (demandee(une)["membre"], fin.donnees["mois"]): une
        for une in siennes
        for fin in une.comptes("constatees")[-1:]
    }


def cle_du_mouvement(un: Mouvement) -> tuple[str, str]:
    """Return what `expliques` knows a movement by."""
    return un.membre, f"{un.vu_le:%Y-%m}"
