"""Open data and repères: what they give away of what is masked, to who has two months of all.

One integer program has two publications, the bilans, the repères of two months, and what one EPCI
knows of itself. Were the repères of the rates as they are, the same program has them, and all
counts of a type but those of two organismes. INFOCENTRE_DOSSIER names the data directory to read a
copy of; without it a demonstration is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.outils import Mesure, donnees_copiees
from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.partage import seuil_secret
from infocentre.restitutions import lecture
from tests.restitutions.curieux_ouvert import deux_publications, retrouver_partout
from tests.restitutions.curieux_reperes import petites_de, tirer_des_taux

ESSAIS = 12  # readers who lack two organismes


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Look for small counts in the two last months."""
    with lecture.ouvrir(Dossier(donnees_copiees(atelier)), TOUT) as v:
        (departement, *_) = v.version.departements
        mois = list(mois_controles(v, departement))[-2:]
        connu, seuil = deux_publications(v, departement, mois), seuil_secret(v)
        petites = connu.petites(seuil)
        reposent = petites_de(connu.mois, seuil)
        yield Mesure("two months of all: counts heard of", len(connu.savoir.vraies), "")
        yield Mesure("of which nobody tells, small", len(petites), "")
        yield Mesure("of which the repères of both months rest on", len(reposent), "")
        trouvees = retrouver_partout(connu, seuil)
        yield Mesure("readers: anybody, each EPCI with its own", len(trouvees), "")
        yield Mesure("small counts found again", sum(map(len, trouvees.values())), "", 0)
        nues = connu.par_les_reperes(seuil, tirer_des_taux, ESSAIS)
        yield Mesure(f"by {ESSAIS} who lack two organismes, were rates as they are", len(nues), "")
