"""The rows behind each numerator, the sums over guichets, and what a correction changes."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from infocentre.catalogue import lire_catalogue
from infocentre.cli import main
from infocentre.entrepot import Dossier
from infocentre.operations import controle
from tests.donnees.atelier import (
    alleger,
    alterer,
    base,
    base_legere,
    charger,
    contenu,
    controler,
    copie,
    differences,
    interroger,
    octets,
)
from tests.donnees.communs import en_memoire
from tests.donnees.retors import MOIS, livraisons

pytestmark = pytest.mark.lent

CODES = list(lire_catalogue().indicateurs)


def lister(tmp_path: Path, *arguments: str) -> list[dict[str, Any]]:
    sortie = tmp_path / "sortie.json"
    assert main([*arguments, "--format", "json", "--sortie", str(sortie)]) == 0
    lignes: list[dict[str, Any]] = json.loads(sortie.read_text("utf-8"))
    return lignes


@pytest.mark.parametrize("mois", MOIS[-1:])
def test_anomalies_lists_exactly_the_units_of_the_numerator(
    mois: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(base(1, 2, 3)))
    numerateurs: dict[str, dict[str, int]] = defaultdict(dict)
    for code, guichet, nombre in interroger(
        base(1, 2, 3),
        "SELECT code, guichet, numerateur FROM valeurs "
        f"WHERE mois = '{mois}' AND niveau = 'guichet' AND numerateur > 0",
    ):
        numerateurs[code][guichet] = nombre
    assert len(numerateurs) > 25
    for code in CODES:
        lignes = lister(tmp_path, "anomalies", code, "--mois", mois)
        assert Counter(une["guichet"] for une in lignes) == numerateurs[code], code
        assert len({une["unite"] for une in lignes}) == len(lignes), code
        assert all(une["mois"] == mois == une["jour"][:7] for une in lignes), code
        assert all(une["explication"].strip() for une in lignes), code
        assert not any("None" in une["explication"] for une in lignes), code


@pytest.mark.parametrize("mois", MOIS[-1:])
def test_anomalies_of_the_12_months_lists_what_the_state_rests_on(
    mois: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By guichet, by organisme and in all; a stock has no 12 months: its units are the arrêté's.

    Those of the month are among them, and make its numerator.
    """
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(base(1, 2, 3)))
    publies: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for niveau, code, guichet, nombre in interroger(
        base(1, 2, 3),
        "SELECT niveau, code, guichet, coalesce(numerateur_12m, numerateur) AS n FROM valeurs "
        f"WHERE mois = '{mois}' AND n > 0",
    ):
        publies[niveau][code][guichet] = nombre
    organismes = dict(
        interroger(base(1, 2, 3), f"SELECT guichet, organisme FROM registre WHERE mois = '{mois}'")
    )
    assert len(publies["guichet"]) > 25
    du_mois = {
        (code, guichet): nombre
        for code, guichet, nombre in interroger(
            base(1, 2, 3),
            "SELECT code, guichet, numerateur FROM valeurs "
            f"WHERE mois = '{mois}' AND niveau = 'guichet' AND numerateur > 0",
        )
    }
    listees: Counter[tuple[str, str]] = Counter()
    for code in CODES:
        lignes = lister(tmp_path, "anomalies", code, "--mois", mois, "--fenetre", "12m")
        listees.update((code, une["guichet"]) for une in lignes if une["mois_juge"] == mois)
        guichets = Counter(une["guichet"] for une in lignes)
        assert guichets == publies["guichet"][code], code
        assert len(lignes) == publies["departement"][code].get("*", 0), code
        par_organisme: Counter[str] = Counter()
        for guichet, nombre in guichets.items():
            par_organisme[organismes.get(guichet, "")] += nombre
        par_organisme.pop("", None)
        assert par_organisme == publies["organisme"][code], code
        assert all(une["mois_juge"] == une["jour"][:7] <= une["mois"] == mois for une in lignes)
    assert listees == du_mois


def test_the_list_says_its_window(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(base(1, 2, 3)))
    dits = {
        ("ATT_TARDIVE",): "demandes en anomalie en mars 2026",
        ("ATT_TARDIVE", "--fenetre", "12m"): "sur les 12 mois qui finissent en mars 2026",
        ("CPL_CONTACT", "--fenetre", "12m"): "demandes en anomalie à l'arrêté du 31/03/2026",
    }
    for arguments, dit in dits.items():
        assert main(["anomalies", *arguments]) == 0
        assert dit in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        main(["anomalies", "ATT_TARDIVE", "--fenetre", "24m"])


def test_anomalies_of_a_guichet_are_those_of_the_guichet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(base(1, 2, 3)))
    toutes = lister(tmp_path, "anomalies", "CPL_RESSOURCES")
    une = lister(tmp_path, "anomalies", "CPL_RESSOURCES", "--guichet", "g1204")
    assert une == [ligne for ligne in toutes if ligne["guichet"] == "G1204"] != []


def test_anomalies_of_an_organisme_are_those_of_its_guichets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A SIREN was accepted, and nothing was listed: read as « no anomaly »."""
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(base(1, 2, 3)))
    ((siren, nombre),) = interroger(
        base(1, 2, 3),
        "SELECT guichet, numerateur FROM valeurs WHERE niveau = 'organisme' AND mois = '2026-03' "
        "AND code = 'CPL_CONTACT' AND length(guichet) = 9 ORDER BY numerateur DESC LIMIT 1",
    )
    lignes = lister(tmp_path, "anomalies", "CPL_CONTACT", "--guichet", siren)
    assert len(lignes) == nombre > 0


NOMBRES = ("numerateur", "denominateur", "numerateur_12m", "denominateur_12m")


@pytest.mark.parametrize("niveau", ["departement", "organisme"])
@pytest.mark.parametrize("ordre", [(1, 2, 3), (3, 1, 2)], ids=str)
def test_the_sum_of_guichets_is_the_value_above(niveau: str, ordre: tuple[int, ...]) -> None:
    # A guichet that the register does not know belongs to no organisme.
    cle, jointure = ("'*'", "LEFT") if niveau == "departement" else ("r.organisme", "INNER")
    sommes = ", ".join(f"sum(v.{nombre})" for nombre in NOMBRES)
    attendues = interroger(
        base(*ordre),
        f"SELECT code, mois, {cle} AS cle, {sommes} FROM valeurs AS v {jointure} JOIN "
        "(SELECT departement, mois, guichet, organisme FROM registre) AS r "
        "USING (departement, mois, guichet) "
        "WHERE niveau = 'guichet' GROUP BY ALL ORDER BY ALL",
    )
    obtenues = interroger(
        base(*ordre),
        f"SELECT code, mois, guichet, {', '.join(NOMBRES)} FROM valeurs WHERE niveau = '{niveau}' "
        "AND (denominateur > 0 OR denominateur_12m > 0) ORDER BY ALL",
    )
    assert obtenues == [une for une in attendues if une[4] or une[6]]
    assert {code for code, *_ in obtenues} >= set(CODES) - {"DBL_RELOGE"}


def sans_bail(lignes: list[dict[str, str]]) -> Iterable[dict[str, str]]:
    """Forget the lease of every attribution of March by one guichet."""
    for ligne in lignes:
        if ligne["MOTIF_RADIATION"] == "RADATT" and ligne["GUICHET_ENREGISTREUR"] == GUICHET:
            ligne["DATE_SIGNATURE_BAIL"] = ""
        yield ligne


GUICHET = "G1202"


@pytest.fixture(scope="module")
def corrigee(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return alterer(livraisons()[2], tmp_path_factory.mktemp("corrigee"), "radiation", sans_bail)


def bail_nr(racine: Path) -> tuple[Any, ...]:
    return interroger(
        racine,
        "SELECT numerateur, denominateur, numerateur_12m, denominateur_12m, etat FROM valeurs "
        f"WHERE code = 'ATT_BAIL_NR' AND mois = '2026-03' AND guichet = '{GUICHET}' "
        "AND niveau = 'guichet'",
    )[0]


REVISION = (
    "SELECT numerateur_avant, numerateur_apres, numerateur_12m_avant, numerateur_12m_apres, "
    "etat_avant, etat_apres, cause FROM revisions WHERE code = 'ATT_BAIL_NR' "
    f"AND mois = '2026-03' AND guichet = '{GUICHET}' AND niveau = 'guichet' ORDER BY le, 1"
)


def test_a_corrected_delivery_keeps_the_former_values_as_revisions(
    tmp_path: Path, corrigee: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alleger(monkeypatch)
    racine = copie(base_legere(1, 2, 3), tmp_path / "donnees")
    avant, ancienne = contenu(racine), bail_nr(racine)
    (chargement,) = charger(racine, corrigee, confirmer="baux retirés, pour l'essai")
    assert chargement.remplace
    assert chargement.changements
    assert chargement.changements["radiation"]["modifiees"] > 0
    assert chargement.changements["stock"] == {"ajoutees": 0, "retirees": 0, "modifiees": 0}

    resultat = controler(racine)
    nouvelle = bail_nr(racine)
    assert [une.mois for une in resultat.mois] == ["2026-03"]
    assert [mois for _, mois, _ in resultat.revisions] == ["2026-03"]
    assert nouvelle[:4] == (nouvelle[1], ancienne[1], ancienne[3], ancienne[3])
    aller = (ancienne[0], nouvelle[0], ancienne[2], nouvelle[2], ancienne[4], nouvelle[4])
    assert interroger(racine, REVISION) == [(*aller, "livraison")]
    touches = interroger(racine, "SELECT DISTINCT mois FROM revisions")
    assert touches == [("2026-03",)]

    # A after B: the first content is in its archive already, and is in force again.
    charger(racine, livraisons()[2])
    controler(racine)
    assert bail_nr(racine) == ancienne
    retour = (nouvelle[0], ancienne[0], nouvelle[2], ancienne[2], nouvelle[4], ancienne[4])
    assert Counter(interroger(racine, REVISION)) == Counter(
        [(*aller, "livraison"), (*retour, "livraison")]
    )
    ecarts = differences(avant, contenu(racine))
    assert set(ecarts) <= {"infocentre/revisions", "analystes/revisions", "suivi/013"}

    # The lease is there again: what its lack had opened is corrected.
    (suivi,) = (racine / "suivi" / un for un in Dossier(racine).version().suivi.values())
    fermees = en_memoire().execute(
        f"SELECT DISTINCT guichet, motif_cloture FROM read_parquet('{suivi}') "
        "WHERE code = 'ATT_BAIL_NR' AND mois_cloture = '2026-03' AND premier_mois = '2026-03'"
    )
    assert fermees.fetchall() == [(GUICHET, "corrigée")]

    fige = octets(racine)
    assert charger(racine, livraisons()[2])[0].deja_chargee
    assert octets(racine) == fige


def test_a_changed_rule_gives_revisions_whose_cause_is_the_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    racine = copie(base(1, 2, 3), tmp_path / "donnees")
    alleger(monkeypatch)  # the tables: all indicators are judged, one by another rule
    catalogue = lire_catalogue()
    stricte = catalogue.indicateurs["ATT_TARDIVE"].model_copy(
        update={"anomalie": "date_radiation > date_signature_bail", "version": 2}
    )
    change = catalogue.model_copy(
        update={"indicateurs": {**catalogue.indicateurs, "ATT_TARDIVE": stricte}}
    )
    monkeypatch.setattr(controle, "lire_catalogue", lambda: change)
    resultat = controler(racine)
    assert resultat.bilan is None
    assert [une.mois for une in resultat.autre_catalogue] == list(MOIS)
    assert controler(racine, "2026-02").revisions
    causes = interroger(racine, "SELECT DISTINCT code, mois, cause FROM revisions")
    assert causes == [("ATT_TARDIVE", "2026-02", "règle")]

    # The list follows the rule that the month was controlled with, not today's.
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    for mois in MOIS:
        lignes = lister(tmp_path, "anomalies", "ATT_TARDIVE", "--mois", mois)
        numerateur = interroger(
            racine,
            f"SELECT numerateur FROM valeurs WHERE code = 'ATT_TARDIVE' AND mois = '{mois}' "
            "AND guichet = '*'",
        )
        assert [(len(lignes),)] == numerateur, mois
