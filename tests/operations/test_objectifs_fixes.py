"""An objective fixed for a year is that of the tables too, of the documents, and once rebuilt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.reglages import a_fixer, differences, objectifs_propres
from infocentre.lecture.situations import Vise, situer
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures import lire_reglages
from infocentre.noyau.erreurs import Refus
from infocentre.operations import controle
from infocentre.operations.reconstruction import reconstruire
from tests.donnees.atelier import alleger, chargee, copie

MOIS = "2026-01"
DITS = """objectifs:
  - {mesure: logement_dabord, annee: 2026, source: PDALHPD, departement: "013", nombre: 240}
  - {mesure: logement_dabord, annee: 2025, source: PDALHPD, departement: "013", nombre: 7}
  - {mesure: prioritaires, annee: 2026, source: CIA, part: 40}
  - {mesure: prioritaires, annee: 2026, source: CIA, reservataire: PPRIOR, part: 100}
  - {mesure: mixite_hors_qpv, annee: 2026, source: CIA, bailleur: "123456789", part: 33}
"""


def _lire(racine: Path) -> Lecture:
    ouverte = Lecteur(Dossier(racine)).ouvrir()
    assert ouverte
    return Lecture(ouverte, TOUT)


def _objectifs(v: Lecture) -> dict[str, Any]:
    prioritaires, abris = (
        lire_tableau(v, code, "013", MOIS, partage=False).lignes for code in ("ATT-05", "ATT-08")
    )
    (ensemble,) = [un for un in abris if un["code"] == "*"]
    par_code = {un["code"]: un["objectif"] for un in prioritaires}
    return {
        "*": par_code["*"],
        "PPRIOR": par_code["PPRIOR"],
        "autres": {un for code, un in par_code.items() if code not in {"*", "PPRIOR"}},
        "logement_dabord": (ensemble["objectif_annuel"], ensemble["prorata"]),
    }


def test_tables_policy_and_a_rebuilt_store_say_one_objective(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    racine = copie(chargee(1), tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    reglages = 'logement_dabord_objectif: {"013": 120}\n'
    (racine / "reglages.yml").write_text(reglages, "utf-8")
    (racine / "objectifs.yml").write_text(DITS, "utf-8")
    assert controle.controler(Dossier(racine), mois=MOIS, etape=lambda _: None).mois
    v = _lire(racine)
    dits = _objectifs(v)
    # 240 a year, one month of it: 20.
    assert dits == {"*": 0.4, "PPRIOR": 1.0, "autres": {0.4}, "logement_dabord": (240, 20)}
    siens = [objectifs_propres(v, "013", MOIS, un) for un in ("PPRIOR", "123456789", "COLTER")]
    assert siens == [{"prioritaires": 1.0}, {"mixite_hors_qpv": 0.33}, {}]
    vises = {une.mesure: une.vise for une in situer(v, "013", MOIS, "").ensemble}
    assert (vises["prioritaires"], vises["logement_dabord"]) == (
        Vise(dits["*"], None, "CIA"),
        Vise(None, 240, "PDALHPD"),
    )
    assert a_fixer(v, "013", MOIS).keys() == {"delai_anormalement_long"}
    autres = lire_reglages(racine / "reglages.yml").model_copy(update={"dalo_objectif": 0.9})
    assert differences(v, "013", MOIS, autres) == [], "what is fixed stands before the setting"
    (racine / "objectifs.yml").unlink()
    reconstruire(Dossier(racine), lambda _: None)
    assert _objectifs(_lire(racine)) == dits, "as it was controlled"


def test_a_wrong_file_is_refused_as_settings_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of a place that is no more is none: nothing has it, and the page removes it."""
    alleger(monkeypatch)
    racine = copie(chargee(1), tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    avant = Dossier(racine).exiger_version()
    (racine / "objectifs.yml").write_text("objectifs: [{}]", "utf-8")
    with pytest.raises(Refus, match="rien n'a été calculé"):
        controle.controler(Dossier(racine), mois=MOIS, etape=lambda _: None)
    assert Dossier(racine).exiger_version() == avant
    dissous = "{mesure: mixite_hors_qpv, annee: 2026, source: CIA, part: 25, epci: '200000000'}"
    (racine / "objectifs.yml").write_text(f"objectifs: [{dissous}]", "utf-8")
    assert controle.controler(Dossier(racine), mois=MOIS, etape=lambda _: None).mois


def test_a_control_keeps_what_is_fixed_for_the_other_years(
    entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    racine = copie(entrepot_demo.racine, tmp_path / "donnees")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    lus = "SELECT annee, code, valeur FROM objectifs WHERE mesure = 'logement_dabord' ORDER BY ALL"

    def fixes_au(mois: str, dits: str) -> tuple[list[tuple[int, str, float]], bool]:
        (racine / "objectifs.yml").write_text(dits, "utf-8")
        assert controle.controler(Dossier(racine), mois=mois, etape=lambda _: None).mois
        v = _lire(racine)
        return v.tuples(lus), "logement_dabord_objectif" in a_fixer(v, "013", "2026-10")

    assert fixes_au("2026-10", DITS) == ([(2026, "*", 240)], False)
    # December 2025 is controlled late: October 2026 has its objective all the same.
    assert fixes_au("2025-12", DITS) == ([(2025, "*", 7), (2026, "*", 240)], False)
    assert fixes_au("2025-12", "objectifs: []") == ([(2026, "*", 240)], False), "2025 is removed"
