"""What only the préfet can set is asked of who runs the infocentre, not of who reads a document."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from infocentre.lecture.reglages import dire_a_fixer


def dire(*cles: str) -> str:
    v: Any = SimpleNamespace(tuples=lambda *_: [(cle,) for cle in cles])
    return dire_a_fixer(cast("Any", v), "013", "2026-06")


def test_ce_qui_manque_se_dit_avec_ce_qu_il_faut_ecrire() -> None:
    assert dire("dalo_objectif", "logement_dabord_objectif") == (
        "Les documents disent « non fixé » pour le délai anormalement long. Une fois l'arrêté "
        "pris, écrire delai_anormalement_long dans reglages.yml, puis lancer infocentre controler "
        "--mois 2026-06."
    )


def test_rien_a_dire_quand_tout_est_fixe() -> None:
    assert dire("delai_anormalement_long", "logement_dabord_objectif") == ""
