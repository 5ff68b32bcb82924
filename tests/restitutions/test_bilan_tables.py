"""A standard table printed: each figure says where it comes from, masked ones say nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from infocentre.lecture.lecteur import Ligne
from infocentre.lecture.tableaux import TableauDe, TableauLu, trouver
from infocentre.mesures.impressions import Impression
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.tableaux import Tableau
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions.bilan import publics, territoires
from infocentre.restitutions.bilan.commun import ligne, valeur
from infocentre.restitutions.document import Cellule, Origine
from infocentre.restitutions.tables import cellule, imprimer, nom_ligne

COLONNES = {"total": "Demandes", "part_total": None, "total.avant": None, "total.evolution": None}


def standard(colonnes: Mapping[str, object], **autres: object) -> Tableau:
    """Return DEM-04 as a file that declares these columns would print it."""
    imprime = Impression.model_validate({"colonnes": colonnes, **autres})
    un = trouver("DEM-04")
    return un.model_copy(update={"declare": un.declare.model_copy(update={"imprime": imprime})})


def lu(mois: str, **totaux: int | str) -> TableauLu:
    lignes: list[Ligne] = [
        {"code": code, "libelle": code.capitalize(), "total": total, "part_total": 0.5}
        for code, total in totaux.items()
    ]
    lignes.append({"code": "*", "libelle": "Ensemble", "total": 300, "part_total": 1.0})
    return TableauDe(standard(COLONNES), "013", mois, lignes, 11, 0)


def test_chaque_chiffre_dit_d_ou_il_vient() -> None:
    """The value of the month and that of a year before have each their own month."""
    table = imprimer(lu("2026-06", T1=120), precedent=lu("2025-06", T1=100))
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


def test_une_colonne_que_le_tableau_n_a_pas_echoue_partout() -> None:
    """It would be printed « – » on every row: asked in a cell, a table, a row, an absent row."""
    un = lu("2026-06", T1=120)
    vide: TableauLu = TableauDe(trouver("DEM-04"), "013", "2026-06", [], 11, 0)
    demandes: tuple[Callable[[], object], ...] = (
        lambda: cellule(un, un.lignes[0], "inventee"),
        lambda: cellule(un, {}, "inventee"),
        lambda: imprimer(replace(un, tableau=standard({"inventee": "Inventée"}))),
        lambda: imprimer(replace(vide, tableau=standard({"inventee": "Inventée"}))),
        lambda: imprimer(replace(un, tableau=standard({"inventee.avant": None}))),
        lambda: un.lignes[0].get("inventee"),
        lambda: un.ensemble.get("inventee"),
        lambda: vide.ensemble.get("inventee"),
        lambda: valeur(ligne(un, "T9"), "inventee"),
    )
    for demander in demandes:
        with pytest.raises(KeyError, match="DEM-04 n'a pas de colonne « inventee »"):
            demander()
    assert valeur(ligne(un, "T9"), "total") is None


def test_l_objectif_d_un_arrondissement_est_rapporte_au_prorata() -> None:
    colonnes = dict.fromkeys(trouver("ATT-11").colonnes)
    marseille = {
        "code": "133",
        "libelle": "Marseille",
        "niveau": "arrondissement",
        "logement_dabord_annee": 57,
        "objectif_annuel": 75,
        "prorata": 37.5,
    }
    att_11 = TableauDe(trouver("ATT-11"), "013", "2026-06", [{**colonnes, **marseille}], 11, 0)
    ctx = SimpleNamespace(
        lire=lambda _: att_11,
        lire_avant=lambda _: None,
        manque=lambda _: None,
        imprimer=imprimer,
    )
    table = publics._arrondissements(cast("Any", ctx)).table
    assert table
    valeurs = dict(
        zip([un.titre for un in table.colonnes], [c.valeur for c in table.lignes[0]], strict=True)
    )
    assert valeurs["Objectif de l'année"] == 75
    assert valeurs["Au prorata des mois écoulés"] == 37.5


def test_ce_qui_est_masque_n_est_plus_la_ni_ce_qu_on_en_tire() -> None:
    """A change from or to a masked count is masked as well."""
    for ici, passe in ((MASQUE, 100), (120, MASQUE)):
        table = imprimer(lu("2026-06", T1=ici), precedent=lu("2025-06", T1=passe))
        assert table.lignes[0][4] == Cellule(masquee=True)
        assert all(c.valeur is None for c in table.lignes[0] if c.masquee)


def test_sans_l_annee_d_avant_ses_colonnes_s_en_vont() -> None:
    """No empty column: a first year is printed without comparison."""
    table = imprimer(lu("2026-06", T1=120))
    assert [colonne.titre for colonne in table.colonnes] == ["Modalité", "Demandes", "Part"]


def test_headings_order_and_kinds_are_those_of_the_file() -> None:
    """A count, a ratio, a part under its whole; « Un an avant » where nothing else is said."""
    colonnes = {
        "part_total": "Sa part",
        "total": {"titre": "dont demandes", "retrait": 1},
        "total.avant": None,
        "total.evolution": "En un an",
    }
    declare = standard(colonnes, lignes="Typologie", titre="Ce qui est demandé")
    ici, passe = (
        replace(une, tableau=declare) for une in (lu("2026-06", T1=9), lu("2025-06", T1=9))
    )
    table = imprimer(ici, precedent=passe)
    assert (table.cle, table.titre) == ("dem-04", "Ce qui est demandé")
    assert [(une.titre, une.genre, une.nom) for une in table.colonnes] == [
        ("Typologie", "texte", ""),
        ("Sa part", "taux", "part_total"),
        ("\u2003dont demandes", "nombre", "total"),
        ("Un an avant", "nombre", "total.avant"),
        ("En un an", "evolution", "total.evolution"),
    ]


def test_another_print_says_only_what_differs() -> None:
    aussi = {
        "grands": {"titre": "Les grands", "lignes": "Grand"},
        "seuls": {"colonnes": {"total": ""}},
    }
    un = replace(lu("2026-06", T1=9), tableau=standard(COLONNES, aussi=aussi))
    grands, seuls = imprimer(un, sorte="grands"), imprimer(un, sorte="seuls")
    assert (grands.cle, grands.titre) == ("dem-04-grands", "Les grands")
    assert [une.titre for une in grands.colonnes] == ["Grand", "Demandes", "Part"]
    assert [une.titre for une in seuls.colonnes] == ["Modalité", "Total"]


def test_a_form_gives_its_columns_first_but_to_a_print_that_has_its_own() -> None:
    colonnes, aussi = {"total": "Ménages"}, {"seuls": {"colonnes": {"part_total": ""}}, "deux": {}}
    un = standard(colonnes, forme="repartition", aussi=aussi)
    for sorte in ("", "deux"):
        toutes = un.impression(sorte).toutes
        assert [*toutes][:2] == ["total", "part_total"]
        assert (toutes["total"].titre, toutes["part_total"].titre) == ("Ménages", "")
    assert [*un.impression("seuls").toutes] == ["part_total"]


def test_an_optional_column_is_left_out_while_it_has_but_zeros() -> None:
    colonnes = {"total": {"titre": "Demandes", "facultative": True}, "part_total": None}
    pleine, vide = (
        replace(une, tableau=standard(colonnes), lignes=une.lignes[:1])
        for une in (lu("2026-06", T1=9), lu("2026-06", T1=0))
    )
    assert [une.titre for une in imprimer(pleine).colonnes] == ["Modalité", "Demandes", "Part"]
    assert [une.titre for une in imprimer(vide).colonnes] == ["Modalité", "Part"]


def test_what_documents_print_and_no_file_declares_is_refused() -> None:
    un = lu("2026-06", T1=9)
    with pytest.raises(
        Refus, match=r"« imprime\.aussi » : un document imprime « tension »"
    ) as refus:
        imprimer(un, sorte="tension")
    assert refus.value.ou == "DEM-04.yml"
    with pytest.raises(Refus, match=r"« imprime\.colonnes » : un document imprime ce tableau"):
        imprimer(replace(un, tableau=standard({})))


def test_une_modalite_nouvelle_n_a_pas_d_evolution() -> None:
    """What was not there a year before has no change, and is not said to be masked."""
    table = imprimer(lu("2026-06", T1=120, T2=20), precedent=lu("2025-06", T1=100))
    assert table.lignes[1][3:] == (Cellule(), Cellule())


def test_une_ligne_se_nomme_par_ce_qui_la_distingue() -> None:
    """`code` alone where it is enough, else all that tells rows apart."""
    assert nom_ligne({"code": "T1"}) == "T1"
    assert nom_ligne({"code": "DEPOTS", "fenetre": "12_mois"}) == "DEPOTS/12_mois"
    assert nom_ligne({"code": "NR", "niveau": "epci"}) == "epci/NR"
    assert nom_ligne({"periode": "2026-T1"}) == "2026-T1"
    assert nom_ligne({"code_recherche": "T2", "code_attribue": "T3"}) == "T2/T3"


def test_un_epci_garde_son_nom_et_sa_ligne_dit_ce_qui_y_est_joint() -> None:
    une: Any = {"code": "241300375", "libelle": "CC Vallée des Baux-Alpilles (CC VBA) (avec x)"}
    nom = "CC Vallée des Baux-Alpilles (CC VBA)"
    assert territoires.nom_de(une) == nom
    epci = territoires.Epci("241300375", nom, frozenset())
    assert territoires._nom_ensemble(une, epci) == "Ensemble de l'EPCI (avec x)"
    assert territoires._joint(une | {"libelle": nom}, epci) == ""
    assert territoires._joint({}, epci) == ""
