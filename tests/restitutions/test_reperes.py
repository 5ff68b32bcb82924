"""Repères: deciles and nothing that names; what is altered, mixed or given twice is refused."""

from __future__ import annotations

import csv
import io
import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from infocentre.contrat.numeros import numeros_ecrits
from infocentre.restitutions import reperes
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.reperes import Repere, _empreinte, _situer
from tests.cli.lancer import Commande

pytestmark = pytest.mark.lent


SEUIL = 3  # of a demonstration that is too small for the threshold


@pytest.fixture
def ligne(
    donnees: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commande:
    monkeypatch.setattr(reperes, "seuil_secret", lambda _: SEUIL)
    return Commande(donnees, monkeypatch, capsys)


def test_too_few_guichets_give_no_file(
    donnees: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    refusee = Commande(donnees, monkeypatch, capsys)(
        "reperes", "produire", "--sortie", tmp_path / "a.json"
    )
    assert refusee.code == 1
    assert "aucun type n'a 11 guichets" in refusee.erreur
    assert not (tmp_path / "a.json").exists()


def sceller(contenu: dict[str, Any]) -> str:
    return json.dumps({**contenu, "empreinte": _empreinte(contenu)})


def test_a_file_tells_deciles_of_many_guichets_and_names_none(
    ligne: Commande, edition_demo: Edition, tmp_path: Path
) -> None:
    assert ligne("reperes", "produire", "--sortie", tmp_path / "a.json").code == 0
    octets = (tmp_path / "a.json").read_bytes()
    contenu = json.loads(octets)
    assert contenu["reperes"]
    assert all(une["guichets"] >= SEUIL for une in contenu["reperes"])
    assert set(contenu) == {"format", "mois", "seuil", "reperes", "empreinte"}
    guichets = edition_demo.v.tuples("SELECT DISTINCT guichet, organisme FROM registre")
    assert not any(un.encode() in octets for une in guichets for un in une)
    assert not numeros_ecrits(octets)
    # Worked out another way: by numpy, from the published values.
    un = contenu["reperes"][0]
    taux = edition_demo.v.tuples(
        "SELECT n_etat / d_etat FROM valeurs AS v JOIN registre AS r "
        "USING (departement, mois, guichet) WHERE v.niveau = 'guichet' AND d_etat >= $seuil "
        "AND code = $code AND r.type_guichet = $type AND mois = $mois",
        {"seuil": SEUIL, "code": un["indicateur"], "type": un["type_guichet"],
         "mois": contenu["mois"]},
    )  # fmt: skip
    assert un["guichets"] == len(taux)
    lus = np.quantile([float(une[0]) for une in taux], np.arange(1, 10) / 10)
    assert un["deciles"] == pytest.approx(lus, abs=0.0051)


def test_a_place_is_read_and_a_rule_of_another_version_is_not_compared(
    ligne: Commande, tmp_path: Path
) -> None:
    ligne("reperes", "produire", "--sortie", tmp_path / "a.json")
    contenu = json.loads((tmp_path / "a.json").read_text("utf-8"))
    del contenu["empreinte"]
    contenu["reperes"] = contenu["reperes"][:1]
    contenu["reperes"][0]["regle"] += 1
    (tmp_path / "b.json").write_text(sceller(contenu), "utf-8")
    lue = ligne("reperes", "lire", tmp_path / "b.json", "--format", "csv")
    (seule,) = csv.DictReader(io.StringIO(lue.texte), delimiter=";")
    assert (seule["decile"], seule["departements"]) == ("", "0")
    assert "rien n'est comparé" in seule["motif"]
    lue = ligne("reperes", "lire", tmp_path / "a.json", tmp_path / "b.json", "--format", "csv")
    premiere = next(csv.DictReader(io.StringIO(lue.texte), delimiter=";"))
    assert (premiere["departements"], premiere["regle"]) == ("1", seule["regle"])


@pytest.mark.parametrize(
    ("changer", "dit"),
    [
        (lambda texte: texte.replace('"guichets": ', '"guichets": 1'), "a été modifié"),
        (lambda _: "{}", "n'est pas un fichier de repères"),
        (lambda _: "[" * 100_000, "n'est pas un fichier de repères"),
        (lambda texte: texte.replace("infocentre-reperes-1", "infocentre-reperes-2"), "reperes-1"),
        (lambda texte: texte.replace("{", '{"a": "013102612345613A12",', 1), "numéro unique"),
        (lambda _: sceller({"format": reperes.FORMAT, "mois": "2020-01", "seuil": 11,
                            "reperes": []}), "sont de 2020-01"),
        (lambda texte: sceller({"format": reperes.FORMAT, "mois": json.loads(texte)["mois"],
                                "seuil": 11, "reperes": [{"indicateur": "X"}]}), "mal formé"),
    ],
    ids=["modifie", "vide", "profond", "autre_format", "numero", "autre_mois", "mal_forme"],
)  # fmt: skip
def test_a_file_that_is_not_what_was_given_is_refused(
    ligne: Commande, tmp_path: Path, changer: Callable[[str], str], dit: str
) -> None:
    ligne("reperes", "produire", "--sortie", tmp_path / "a.json")
    texte = (tmp_path / "a.json").read_text("utf-8")
    (tmp_path / "b.json").write_text(changer(texte), "utf-8")
    refusee = ligne("reperes", "lire", tmp_path / "b.json")
    assert refusee.code == 1
    assert dit in refusee.erreur
    deux = ligne("reperes", "lire", tmp_path / "a.json", tmp_path / "a.json")
    assert (deux.code, "est le même que a.json" in deux.erreur) == (1, True)


def test_pooled_places_are_those_of_the_rates_themselves() -> None:
    """Five départements of 40 guichets each, whose rates are spread otherwise."""
    hasard = np.random.default_rng(7)
    taux = [hasard.beta(2, 6 + 4 * rang, size=40) for rang in range(5)]
    lus = [
        Repere("X", 1, "COMMUNE", 40, tuple(statistics.quantiles(un, n=10, method="inclusive")))
        for un in taux
    ]
    tous = np.sort(np.concatenate(taux))
    for ici in (0.02, 0.1, 0.2, 0.3, 0.5):
        place = _situer(("X", 1, "COMMUNE"), ici, lus)
        vraie = float(np.searchsorted(tous, ici)) / len(tous) * 10
        assert place.decile is not None
        assert abs(place.decile - (vraie + 0.5)) <= 0.8
