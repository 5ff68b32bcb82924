"""The planted guichets are found by the real rules, in the months that are told."""

from __future__ import annotations

from datetime import date

import pytest

from infocentre.demo import HABITUDES, Habitude, habitudes
from infocentre.mesures.decomposition import Compte, decomposer
from tests.demo.conftest import RETENUS, Demonstration

pytestmark = pytest.mark.lent

GRAVES = {"rouge", "a_traiter"}
VUES = [h for h in HABITUDES if h.mois_debut]


def etats(demo: Demonstration, habitude: Habitude) -> dict[str, str]:
    lignes = demo.con.execute(
        "SELECT mois, etat FROM valeurs_calculees "
        "WHERE niveau = 'guichet' AND guichet = ? AND code = ?",
        [habitude.code, habitude.indicateur],
    ).fetchall()
    return dict(lignes)


def dans(habitude: Habitude, mois: str) -> bool:
    return (habitude.mois_debut or "9999") <= mois <= (habitude.mois_fin or "0000")


@pytest.mark.parametrize("habitude", VUES, ids=lambda h: f"{h.code}-{h.indicateur}")
def test_une_habitude_se_voit_dans_tous_ses_mois(
    demonstration: Demonstration, habitude: Habitude
) -> None:
    vus = {m: e for m, e in etats(demonstration, habitude).items() if dans(habitude, m)}
    assert len(vus) >= 2
    assert set(vus.values()) <= GRAVES, vus


@pytest.mark.parametrize("habitude", VUES, ids=lambda h: f"{h.code}-{h.indicateur}")
def test_elle_ne_se_voit_pas_avant_ni_apres(
    demonstration: Demonstration, habitude: Habitude
) -> None:
    tous = etats(demonstration, habitude)
    if habitude.mois_debut != min(RETENUS):
        assert GRAVES.isdisjoint(etat for mois, etat in tous.items() if mois <= "2025-07")
    if habitude.retour_vert:
        assert {e for m, e in tous.items() if m >= habitude.retour_vert} == {"vert"}


def premier(demo: Demonstration, code: str, *mois: str) -> str:
    """Return the guichet that moved a rate most between two months."""
    avant, apres = (
        {
            guichet: Compte(n, d)
            for guichet, n, d in demo.con.execute(
                "SELECT guichet, coalesce(numerateur_12m, numerateur), "
                "coalesce(denominateur_12m, denominateur) FROM valeurs_calculees "
                "WHERE niveau = 'guichet' AND code = ? AND mois = ?",
                [code, un],
            ).fetchall()
        }
        for un in mois
    )
    return decomposer(avant, apres)[0].guichet


def test_qui_change_fait_le_mouvement_du_departement(demonstration: Demonstration) -> None:
    """Between any month before a habit and any after it, the planted guichet comes first."""
    recus = sorted(RETENUS)
    debutent = [h for h in VUES if (h.mois_debut or "") > recus[0]]
    finissent = [h for h in VUES if h.retour_vert]
    histoires = [
        *((h, a, b) for h in debutent for a in recus[:3] for b in recus if b >= str(h.mois_debut)),
        *((h, a, b) for h in finissent for a in recus[:3] for b in recus if b >= str(h.mois_fin)),
    ]
    trouvees = [
        premier(demonstration, h.indicateur, avant, apres) == h.code
        for h, avant, apres in histoires
    ]
    assert {h.code for h, *_ in histoires} == {"G1302", "G1307", "G1308"}
    assert sum(trouvees) >= 0.9 * len(histoires) > 30


def test_le_reservataire_aucun_sort_de_l_entonnoir(demonstration: Demonstration) -> None:
    plante = next(h for h in HABITUDES if h.indicateur == "ATT_AUCUN")
    hors = demonstration.con.execute(
        "SELECT DISTINCT guichet FROM valeurs_calculees WHERE niveau = 'guichet' "
        "AND code = 'ATT_AUCUN' AND taux_12m > entonnoir_haut_998 AND denominateur_12m >= 20"
    ).fetchall()
    assert hors == [(plante.code,)]


def test_le_minuscule_et_le_nouveau_ont_trop_peu_de_demandes(
    demonstration: Demonstration,
) -> None:
    minuscule, nouveau = (h for h in HABITUDES if h.indicateur == "ENR_DELAI")
    assert set(etats(demonstration, minuscule).values()) == {"effectif_insuffisant"}
    creees = demonstration.un(
        "SELECT count(DISTINCT numero_unique) FROM (FROM stock UNION ALL BY NAME FROM radiation) "
        f"WHERE cle_guichetcreateur = '{minuscule.code}'"
    )
    assert creees <= 3
    connu = demonstration.un(
        f"SELECT min(mois) FROM guichets WHERE code_guichet = '{nouveau.code}'"
    )
    assert connu == "2026-08", "the first month received after its opening in July"


def test_les_autres_guichets_sont_presque_tous_verts(demonstration: Demonstration) -> None:
    plantes = ", ".join(f"'{h.code}'" for h in HABITUDES)
    verts, orange, graves = demonstration.con.execute(
        "SELECT count(*) FILTER (etat = 'vert'), count(*) FILTER (etat = 'orange'), "
        "count(*) FILTER (etat IN ('rouge', 'a_traiter')) FROM valeurs_calculees "
        f"WHERE niveau = 'guichet' AND guichet NOT IN ({plantes})"
    ).fetchall()[0]
    total = verts + orange + graves
    assert verts > 0.93 * total
    assert orange > 0
    assert graves < 0.005 * total


def test_les_mois_suivent_le_dernier_arrete() -> None:
    courtes = habitudes(date(2027, 1, 31), mois=6, departement="02A")
    assert {h.mois_debut for h in courtes if h.mois_debut} == {"2026-08"}
    assert {h.code[:3] for h in courtes} == {"G2A"}
