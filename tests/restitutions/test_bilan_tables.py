"""A standard table printed: each figure says where it comes from, masked ones say nothing."""

from __future__ import annotations

from infocentre.consultation.lecteur import Ligne
from infocentre.consultation.tableaux import TableauLu, trouver
from infocentre.mesures.partage import MASQUE
from infocentre.restitutions.document import Cellule, Origine
from infocentre.restitutions.tables import (
    Mise,
    avant,
    cellule,
    evolution,
    imprimer,
    nom_ligne,
    nombre,
    part,
)

CHAMPS = (nombre("total", "Demandes"), part("part_total"), avant("total"), evolution("total"))


def lu(mois: str, **totaux: int | str) -> TableauLu:
    lignes: list[Ligne] = [
        {"code": code, "libelle": code.capitalize(), "total": total, "part_total": 0.5}
        for code, total in totaux.items()
    ]
    lignes.append({"code": "*", "libelle": "Ensemble", "total": 300, "part_total": 1.0})
    return TableauLu(trouver("DEM-04"), "013", mois, lignes, 11, 0)


def test_chaque_chiffre_dit_d_ou_il_vient() -> None:
    """The value of the month and that of a year before have each their own month."""
    table = imprimer(
        lu("2026-06", T1=120), Mise("cle", "Titre", CHAMPS), precedent=lu("2025-06", T1=100)
    )
    nom, total, taux, ancien, ecart = table.lignes[0]
    assert nom == Cellule("T1")
    assert total == Cellule(120, Origine("DEM-04", "2026-06", "T1", "total"))
    assert taux == Cellule(0.5, Origine("DEM-04", "2026-06", "T1", "part_total"))
    assert ancien == Cellule(100, Origine("DEM-04", "2025-06", "T1", "total"))
    assert ecart.valeur is not None
    assert round(float(str(ecart.valeur)), 6) == 0.2
    assert table.totaux == {1}


def test_une_ligne_que_le_tableau_n_a_pas_donne_une_case_vide() -> None:
    """Nothing was attributed: there is no row « Ensemble » to name."""
    assert cellule(lu("2026-06"), {}, "total") == Cellule()


def test_ce_qui_est_masque_n_est_plus_la_ni_ce_qu_on_en_tire() -> None:
    """A change from or to a masked count is masked as well."""
    for ici, passe in ((MASQUE, 100), (120, MASQUE)):
        table = imprimer(
            lu("2026-06", T1=ici), Mise("cle", "Titre", CHAMPS), precedent=lu("2025-06", T1=passe)
        )
        assert table.lignes[0][4] == Cellule(masquee=True)
        assert all(c.valeur is None for c in table.lignes[0] if c.masquee)


def test_sans_l_annee_d_avant_ses_colonnes_s_en_vont() -> None:
    """No empty column: a first year is printed without comparison."""
    table = imprimer(lu("2026-06", T1=120), Mise("cle", "Titre", CHAMPS))
    assert [colonne.titre for colonne in table.colonnes] == ["Modalité", "Demandes", "Part"]


def test_une_modalite_nouvelle_n_a_pas_d_evolution() -> None:
    """What was not there a year before has no change, and is not said to be masked."""
    table = imprimer(
        lu("2026-06", T1=120, T2=20), Mise("cle", "Titre", CHAMPS), precedent=lu("2025-06", T1=100)
    )
    assert table.lignes[1][3:] == (Cellule(), Cellule())


def test_une_ligne_se_nomme_par_ce_qui_la_distingue() -> None:
    """`code` alone where it is enough, else all that tells rows apart."""
    assert nom_ligne({"code": "T1"}) == "T1"
    assert nom_ligne({"code": "DEPOTS", "fenetre": "12_mois"}) == "DEPOTS/12_mois"
    assert nom_ligne({"code": "NR", "niveau": "epci"}) == "epci/NR"
    assert nom_ligne({"periode": "2026-T1"}) == "2026-T1"
    assert nom_ligne({"code_recherche": "T2", "code_attribue": "T3"}) == "T2/T3"
