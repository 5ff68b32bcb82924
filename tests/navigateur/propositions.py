"""A month in which six organismes are proposed a corrective measure: made once, a copy for each."""

from __future__ import annotations

import shutil
from pathlib import Path

from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.commun import registre as inscrits_au
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lignes import Valeur
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.operations.reparation import retirer
from infocentre.procedures.mesures_correctives.proposer import ouvrir as proposer_une
from infocentre.procedures.mesures_correctives.propositions import Fait, Proposition, propositions
from tests.donnees.atelier import copie, muet
from tests.donnees.communs import une_fois

DERNIER = "2026-10"


def six_propositions(entrepot_demo: Dossier, cible: Path) -> Path:
    """Return a copy of the demonstration before its last delivery, with its store.

    What the month proposes is of three organismes; three others are proposed beside.
    """

    def faire(atelier: Path) -> None:
        racine = copie(entrepot_demo.racine, atelier / "donnees")
        retirer(Dossier(racine), DERNIER, None, muet)
        _proposer_aussi(racine, 3)

    faites = une_fois("propositions", faire) / "donnees"
    return Path(shutil.copytree(faites, cible, symlinks=True))


def _proposer_aussi(racine: Path, nombre: int) -> None:
    """Open affaires of other organismes on a figure of theirs, whatever its state."""
    registre = Affaires(ouvrir_magasin(racine), Acteur("Léa"))
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        mois = mois_controles(v, "013")[-1]
        inscrits = {une["guichet"]: une for une in inscrits_au(v, "013", mois) if une["courriel"]}
        deja = {une.organisme for une in propositions(v, "013", mois)}
        indicateurs = catalogue_du_mois(v, Filtres("013", mois)).indicateurs
        lignes = v.lignes(
            "SELECT * FROM valeurs WHERE mois = $mois AND niveau = 'guichet' AND n_etat > 0 "
            "ORDER BY guichet, code",
            {"mois": mois},
            Valeur,
        )
        for ligne in lignes:
            lieu, un = inscrits.get(ligne["guichet"]), indicateurs.get(ligne["code"])
            if lieu is None or un is None or lieu["organisme"] in deja or nombre == 0:
                continue
            deja.add(lieu["organisme"])
            fait = Fait(un, ligne, ligne["guichet"], lieu["nom"] or "", mois)
            organisme = lieu["organisme"]
            une = Proposition("013", mois, organisme, organisme, un.famille, (fait,))
            proposer_une(v, registre, une)
            nombre -= 1
