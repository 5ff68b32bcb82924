"""The register of what was shared: no edition tells what another one masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infocentre.catalogue import lire_catalogue
from infocentre.lecture import partage, publies
from infocentre.lecture.reservataires import AttributionsReservees
from infocentre.lecture.reservataires_masques import additionner
from infocentre.mesures import caches, diffusions
from infocentre.mesures.diffusions import (
    Edition,
    Registre,
    Systeme,
    empreinte,
    masquer_apres,
    masquer_et_inscrire,
)
from infocentre.mesures.partage import MASQUE, Ensemble, masquer_ensemble, montrer
from infocentre.mesures.secret import PUBLIEE, Somme, determinees
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.erreurs import Refus
from tests.restitutions.test_releve import comptees

SEUIL = 11


def _epci(**visees: int) -> list[dict[str, Any]]:
    """Return the rows of ATT-06, of EPCI whose attributions hors QPV are three times as many."""
    lignes = [*visees.items(), ("*", sum(visees.values()))]
    return [
        {
            "code": code,
            "libelle": code,
            "attributions_hors_qpv": 100 + 3 * nombre,
            "premier_quartile_ou_anru": nombre,
            "attributions_hors_qpv_revenu_connu": 100 + 3 * nombre,
            "objectif": 0.25,
            "part_du_total": nombre / (100 + 3 * nombre),
            "part_revenu_connu": nombre / (100 + 3 * nombre),
        }
        for code, nombre in lignes
    ]


def _montrees(tables: dict[str, Any], ensemble: Any) -> dict[str, object]:
    return {
        une["code"]: une["premier_quartile_ou_anru"]
        for une in montrer(tables, ensemble)["ATT-06"].lignes
    }


def test_an_epci_that_leaves_the_table_does_not_tell_its_count() -> None:
    """461 and 15 and 7 make 483; without the third one, 476 would tell it: 483 less 476."""
    entier = {"ATT-06": _epci(M=440, A=21, T=15, V=7)}
    sans = {"ATT-06": _epci(M=440, A=21, T=15)}
    premiere = masquer_ensemble(entier, SEUIL)
    seule = masquer_ensemble(sans, SEUIL)
    assert premiere.systeme
    assert _montrees(entier, premiere) == {"M": 440, "A": 21, "T": MASQUE, "V": MASQUE, "*": 483}
    assert _montrees(sans, seule)["*"] == 476, "by itself the second edition hides nothing"
    seconde = masquer_ensemble(sans, SEUIL, None, [premiere.systeme])
    assert _montrees(sans, seconde) == {"M": 440, "A": 21, "T": MASQUE, "*": MASQUE}
    assert seconde.dites == 0


def test_the_same_counts_are_masked_as_they_were() -> None:
    tables = {"ATT-06": _epci(M=440, A=21, T=15, V=7)}
    premiere = masquer_ensemble(tables, SEUIL)
    assert premiere.systeme
    assert masquer_ensemble(tables, SEUIL, None, [premiere.systeme]) == premiere


def _somme(total: int, **parts: int) -> tuple[dict[Any, int], list[Somme]]:
    return {"total": total, **parts}, [Somme("total", tuple(parts))]


def _systeme(total: int, masquees: Sequence[str], **parts: int) -> Systeme:
    return Systeme(*_somme(total, **parts), frozenset(masquees))


def test_a_count_told_once_protects_nothing() -> None:
    """The count b was told beside a total that has changed since: c, dearer, hides a."""
    ancien = _systeme(72, ["a", "d"], a=4, b=12, d=56)
    masques = masquer_apres(_systeme(76, [], a=4, b=12, c=60), [ancien], SEUIL)
    assert masques.masquees == {"a", "c"}
    assert not masques.dites


def test_a_small_count_that_was_told_is_hidden_and_said_to_be_told() -> None:
    """The threshold was raised: what it protects now was printed before."""
    ancien = _systeme(69, [], a=9, b=60)
    masques = masquer_apres(_systeme(69, [], a=9, b=60), [ancien], SEUIL)
    assert masques.masquees == {"a"}
    assert masques.dites == {"a"}


def test_a_count_that_its_month_masks_since_the_threshold_was_raised_is_hidden_later_on() -> None:
    """6 and 20 make 26, told under a threshold of 5: October masks the 6 under 11, November too.

    It protects nothing: 20 is told, who has the first edition has both.
    """
    ancien = Systeme(
        {"total": 26, "octobre": 6, "autre": 20}, [Somme("total", ("octobre", "autre"))]
    )
    lues = masquer_apres(ancien, [ancien], SEUIL, {"octobre"}, {"octobre": PUBLIEE})
    assert lues.masquees == lues.dites == {"octobre"}


def test_what_earlier_editions_give_away_is_told_to_be() -> None:
    """Both a and b make 20 in one edition; the other one tells b."""
    anciens = [_systeme(100, ["a", "b"], a=5, b=15, c=80), _systeme(95, [], b=15, c=80)]
    masques = masquer_apres(_systeme(100, [], a=5, b=15, c=80), anciens, SEUIL)
    assert "a" in masques.masquees
    assert masques.dites == {"a"}


def _au_dela(delai: int, **typologies: tuple[int, int, int, int]) -> dict[str, Any]:
    """Return DEM-03: demandes, those beyond the délai, then the same out of mutation."""
    noms = "demandes au_dela_du_delai demandes_hors_mutation au_dela_du_delai_hors_mutation".split()
    toutes = tuple(map(sum, zip(*typologies.values(), strict=True)))
    lignes = []
    for code, (demandes, au_dela, seules, seules_au_dela) in (*typologies.items(), ("*", toutes)):
        lignes.append(
            dict(zip(noms, (demandes, au_dela, seules, seules_au_dela), strict=True))
            | {"code": code, "libelle": code, "delai_mois": delai}
            | {"part_au_dela": au_dela / demandes}
            | {"part_au_dela_hors_mutation": seules_au_dela / seules}
        )
    return {"DEM-03": lignes}


TRENTE_MOIS = {"T2": (200, 40, 100, 20), "T3": (300, 60, 150, 30), "T4": (400, 80, 200, 40)}
VINGT_NEUF = {"T2": (200, 44, 100, 20), "T3": (300, 90, 150, 45), "T4": (400, 120, 200, 60)}


def _beyond(tables: dict[str, Any], *anciens: Systeme) -> tuple[dict[str, Any], Ensemble]:
    ensemble = masquer_ensemble(tables, SEUIL, None, anciens)
    lignes = montrer(tables, ensemble)["DEM-03"].lignes
    return {une["code"]: une["au_dela_du_delai"] for une in lignes}, ensemble


def test_another_delai_does_not_tell_how_many_waited_between_both() -> None:
    """Beyond 29 months are 44 demandes of a T2, of which 40 beyond 30: 44 less 40 would tell 4."""
    trente, vingt_neuf = _au_dela(30, **TRENTE_MOIS), _au_dela(29, **VINGT_NEUF)
    dites, premiere = _beyond(trente)
    assert dites == {"T2": 40, "T3": 60, "T4": 80, "*": 180}
    assert _beyond(vingt_neuf)[0] == {"T2": 44, "T3": 90, "T4": 120, "*": 254}, "nothing by itself"
    assert premiere.systeme
    dites, seconde = _beyond(vingt_neuf, premiere.systeme)
    assert dites == {"T2": MASQUE, "T3": MASQUE, "T4": 120, "*": 254}
    assert seconde.dites == 0


def test_a_third_delai_is_compared_with_both() -> None:
    """From 31 to 29 months are 8 demandes of a T2, told by no neighbours: 3 to 30, then 5."""

    def tables(delai: int, t2: int) -> dict[str, Any]:
        return _au_dela(delai, **TRENTE_MOIS | {"T2": (200, t2, 100, 20)})

    avant = [masquer_ensemble(tables(*un), SEUIL).systeme for un in ((31, 40), (29, 48))]
    dites, une = _beyond(tables(30, 43), *filter(None, avant))
    assert dites["T2"] == MASQUE
    assert une.dites > 0, "the two that were printed without it give the 8 away"


def test_the_same_delai_over_other_data_hides_nothing() -> None:
    """Four demandes entered late are no people of whom anything is told."""
    premiere = masquer_ensemble(_au_dela(30, **TRENTE_MOIS), SEUIL).systeme
    assert premiere
    assert _beyond(_au_dela(30, **VINGT_NEUF), premiere)[0]["T2"] == 44


def test_an_edition_of_before_settings_were_kept_is_of_another_delai() -> None:
    premiere = masquer_ensemble(_au_dela(30, **TRENTE_MOIS), SEUIL).systeme
    assert premiere
    ancienne = replace(premiere, reglages={})
    assert _beyond(_au_dela(29, **VINGT_NEUF), ancienne)[0]["T2"] == MASQUE
    assert _beyond(_au_dela(30, **TRENTE_MOIS), ancienne)[0]["T2"] == 40


# --- One month after the other --------------------------------------------------------------------

ATTRIBUTIONS = dict.fromkeys([f"2025-{rang:02}" for rang in range(1, 12)], 30)
ATTRIBUTIONS |= {"2025-12": 13, "2026-01": 5, "2026-02": 8, "2026-03": 6, "2026-04": 9}
FENETRES = {"mois": 1, "trimestre": 3, "12_mois": 12}


def _attributions(mois: str) -> dict[str, Any]:
    """Return what a month tells of its radiations, a hundred of each month but attributions."""
    lus = {un: n for un, n in ATTRIBUTIONS.items() if un <= mois}

    def compter(n: int) -> dict[str, Any]:
        return {"mois": mois, "total": n, "mutations": 0, "hors_mutation": n}

    plan, un_an = tableaux()["ATT-01"].plan, sum([*lus.values()][-12:])
    noms = [nom for nom in (*plan.comptes, *plan.derives) if nom not in compter(0)]
    stock = {("ACTIVES", "arrete"): 900, ("ACTIVES_UN_JOUR", "12_mois"): 2100 + un_an}
    evolution = [
        {"code": code, "libelle": code, "fenetre": fenetre, **compter(n)}
        for fenetre, duree in FENETRES.items()
        for siennes in (sum([*lus.values()][-duree:]),)
        for code, n in (
            ("RADIATIONS", 100 * duree + siennes),
            ("RADATT", siennes),
            ("RADREN", 100 * duree),
            ("DEPOTS", 200 * duree),
        )
    ]
    evolution += [
        {"code": code, "libelle": code, "fenetre": fenetre, **compter(n)}
        for (code, fenetre), n in stock.items()
    ]
    lignes = [
        {"code": un, "libelle": un, **dict.fromkeys(noms), **compter(n)}
        for un, n in [*lus.items()][-12:]
    ]
    return {"ATT-01": lignes, "TAB01-01": evolution}


def test_a_small_month_is_not_what_two_quarters_leave() -> None:
    """26 to February and 19 to March, told one after the other, would leave what each month is."""
    publies: dict[Any, Any] = {}
    dits: dict[str, int] = {}
    sommes = []
    for mois in [*ATTRIBUTIONS][11:]:
        tables = _attributions(mois)
        ensemble = masquer_ensemble(tables, SEUIL, dict(publies))
        publies |= ensemble.neufs
        montrees = montrer(tables, ensemble)
        lus = {une["code"]: une["total"] for une in montrees["ATT-01"].lignes}
        lus |= {
            f"trimestre {mois}": une["total"]
            for une in montrees["TAB01-01"].lignes
            if (une["code"], une["fenetre"]) == ("RADATT", "trimestre")
        }
        dits |= {un: n for un, n in lus.items() if n != MASQUE}
        siens = tuple([un for un in ATTRIBUTIONS if un <= mois][-3:])
        sommes.append(Somme(f"trimestre {mois}", siens))
    masquees = {un for somme in sommes for un in somme.cellules} - dits.keys()
    petits = {un for un, n in ATTRIBUTIONS.items() if n < SEUIL}
    assert petits <= masquees
    assert determinees(masquees, sommes) & petits == set()


# --- Files ----------------------------------------------------------------------------------------


def test_an_edition_made_again_is_masked_as_it_was_whatever_came_after(tmp_path: Path) -> None:
    entier = {"ATT-06": _epci(M=440, A=21, T=15, V=7)}
    sans = {"ATT-06": _epci(M=440, A=21, T=15)}

    def faire(tables: dict[str, Any]) -> object:
        registre = Registre(tmp_path / "r")
        ensemble, edition = caches._editer(registre, tables, SEUIL, {})
        registre.inscrire(*edition)
        return ensemble

    premieres = [faire(entier), faire(sans)]
    fichiers = {un: un.read_bytes() for un in (tmp_path / "r").iterdir()}
    assert len(fichiers) == 2
    assert [faire(entier), faire(sans)] == premieres
    assert {un: un.read_bytes() for un in (tmp_path / "r").iterdir()} == fichiers
    assert all(un.stat().st_mode & 0o077 == 0 for un in fichiers), "counts that nobody may read"


def test_the_same_counts_read_in_another_order_are_the_same_edition(tmp_path: Path) -> None:
    """A database gives groups in no order: printed again, a paper is masked as it was."""
    valeurs = {("a", "x"): 4, ("a", "y"): 30, ("a", "z"): 40, ("a", "*"): 74}
    somme = Somme(("a", "*"), (("a", "x"), ("a", "y"), ("a", "z")))
    autre = dict(reversed(valeurs.items()))
    masquees = [
        masquer_et_inscrire(Registre(tmp_path), Systeme(un, [somme]), SEUIL)
        for un in (valeurs, autre)
    ]
    assert masquees[0] == masquees[1] > {("a", "x")}
    assert len([*tmp_path.glob("*.json.gz")]) == 1


def test_an_edition_is_read_as_it_was_written(tmp_path: Path) -> None:
    edition = Edition(
        {
            "un": Systeme(
                {("a", ("b", 1), "c"): 3, "d": 4},
                [Somme("d", (("a", ("b", 1), "c"),))],
                frozenset({"d"}),
                {("a", ("b", 1), "c"): 30},
            )
        },
        {"x": [1]},
    )
    Registre(tmp_path).inscrire(empreinte("a"), edition)
    assert Registre(tmp_path).editions() == {empreinte("a"): edition}
    assert Registre(tmp_path).systemes("un") == [edition.systemes["un"]]
    assert Registre(tmp_path).systemes("autre") == []


def test_a_damaged_edition_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / f"{empreinte('a')}.json.gz").write_bytes(b"")
    with pytest.raises(Refus, match="registre des diffusions n'est plus lisible") as refus:
        Registre(tmp_path).editions()
    assert "sauvegarde" in refus.value.que_faire


def test_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("in the way", "utf-8")
    with pytest.raises(Refus, match="ne peut pas être inscrit"):
        Registre(tmp_path / "r" / "s").inscrire("a", Edition({}))


# --- Indicators, semester, réservataires ----------------------------------------------------------


def _valeurs(organismes: dict[str, tuple[int, int]]) -> list[Any]:
    return list(comptees("ATT_TARDIVE", organismes))


def test_an_indicator_revised_does_not_tell_the_organisme_that_was_masked(tmp_path: Path) -> None:
    """Beside a total, c would hide the 4 anomalies of a, had the first edition not told it."""
    avant = {"a": (4, 100), "b": (14, 100), "c": (50, 200), "d": (60, 200)}
    apres = avant | {"b": (80, 100)}
    regles, rien = lire_catalogue(), publies.Imprimes({})

    def masquer(organismes: dict[str, tuple[int, int]], registre: Registre) -> set[str]:
        tues = publies.masquer(_valeurs(organismes), [], regles, SEUIL, rien, registre)
        return {cle for _, niveau, cle in tues if niveau == "organisme"}

    assert masquer(apres, Registre()) == {"a", "c"}
    assert masquer(avant, Registre(tmp_path)) == {"a", "b"}
    assert masquer(apres, Registre(tmp_path)) == {"a", "b"}
    assert masquer(avant, Registre(tmp_path)) == {"a", "b"}


def test_the_yearly_bilan_printed_again_does_not_tell_a_commune(tmp_path: Path) -> None:
    """Of 4, 12, 15 and 40 dwellings the first three are hidden, as a commune leaves its own out.

    Then the 15 are 90, the 40 still told.
    """

    def masquer(registre: Registre, **communes: int) -> set[str]:
        lignes: list[AttributionsReservees] = [
            {
                "reservataire": "COLTER",
                "bailleur": "b",
                "typologie": "T3",
                "zone": "HQPV",
                "commune": commune,
                "attributions": nombre,
            }
            for commune, nombre in communes.items()
        ]
        comptes = additionner(lignes, SEUIL, {}, registre)
        return {
            commune for commune in communes if ("*", "*", "*", "*", commune) in comptes.masquees
        }

    assert masquer(Registre(), x=4, w=12, y=90, z=40) == {"x", "w", "z"}
    assert masquer(Registre(tmp_path), x=4, w=12, y=15, z=40) == {"x", "w", "y"}
    assert masquer(Registre(tmp_path), x=4, w=12, y=90, z=40) == {"x", "w", "y"}


def test_what_cannot_be_masked_any_more_is_told_to_who_prints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(partage, "_historique", lambda *_: {"2026-06": Ensemble({}, dites=2)})
    v: Any = None
    dit = partage.dire_deja_dites(v, "013", "2026-06")
    assert dit.startswith("2 petits nombres de juin 2026, masqués ici, ont été diffusés")
    assert partage.dire_deja_dites(v, "013", "2026-05") == ""


def test_what_was_shared_before_the_journal_is_entered_with_the_first_edition(
    tmp_path: Path,
) -> None:
    racine = tmp_path / "diffusions"
    ancienne = racine / "013" / "tableaux" / "2026-09" / f"{'a' * 64}.json.gz"
    ancienne.parent.mkdir(parents=True)
    ancienne.write_bytes(b"of before")
    assert diffusions.inscrites(racine) == {}
    Registre(racine / "013" / "tableaux" / "2026-10").inscrire("b" * 64, Edition({}))
    assert sorted(diffusions.inscrites(racine)) == [
        f"013/tableaux/2026-09/{'a' * 64}.json.gz",
        f"013/tableaux/2026-10/{'b' * 64}.json.gz",
    ]
