"""The public Python API: its examples run, its frames are what the command line prints."""

from __future__ import annotations

import datetime as dt
import doctest
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

import infocentre
from infocentre import api
from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.choix import autres_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.situations import Politique, situer
from infocentre.restitutions import lecture
from tests.cli.lancer import Commande


@pytest.fixture(scope="module")
def base(entrepot_demo: Dossier) -> api.Infocentre:
    return infocentre.ouvrir(entrepot_demo.racine)


@pytest.fixture
def ligne(
    entrepot_demo: Dossier, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commande:
    return Commande(entrepot_demo.racine, monkeypatch, capsys)


def csv(texte: str, schema: pl.Schema) -> pl.DataFrame:
    """What a command printed, with the types of a frame."""
    return pl.read_csv(io.StringIO(texte), separator=";", schema=schema)


@pytest.mark.parametrize("module", [infocentre, api], ids=lambda un: un.__name__)
def test_the_examples_of_the_documentation_are_true(
    module: object, entrepot_demo: Dossier, base: api.Infocentre
) -> None:
    essais = doctest.DocTestFinder().find(
        module, globs={"dossier": entrepot_demo.racine, "base": base}
    )
    lanceur = doctest.DocTestRunner()
    for essai in essais:
        lanceur.run(essai)
    assert lanceur.summarize(verbose=False).failed == 0
    assert lanceur.tries > 0


def test_indicators_are_those_of_the_command_line(base: api.Infocentre, ligne: Commande) -> None:
    for par in ("guichet", "organisme"):
        trame = base.indicateurs(par=par).drop("fenetre", "n_etat", "d_etat", "taux_etat")
        imprime = csv(ligne("indicateurs", "--format", "csv", "--par", par).texte, trame.schema)
        arrondie = trame.with_columns(pl.selectors.float().round(6))
        assert imprime.equals(arrondie)
    assert base.indicateurs([*base.mois, base.mois[-1]]).equals(base.indicateurs(base.mois))


def test_anomalies_are_those_of_the_command_line(base: api.Infocentre, ligne: Commande) -> None:
    trame = base.anomalies("DBL_ACTIF", fenetre="12m")
    texte = ligne("anomalies", "DBL_ACTIF", "--fenetre", "12m", "--format", "csv").texte
    assert trame.height > 0
    assert csv(texte, trame.schema).equals(trame)
    assert base.anomalies("DBL_ACTIF", fenetre="12m", guichet="*").equals(trame)  # as of values
    tous = ligne("anomalies", "DBL_ACTIF", "--fenetre", "12m", "--guichet", "*", "--format", "csv")
    assert tous.texte == texte


def test_a_table_is_that_of_the_command_line(base: api.Infocentre, ligne: Commande) -> None:
    mois = base.mois[0]
    trame = base.tableau("TAB01-01", mois)
    texte = ligne("tableau", "TAB01-01", "--mois", mois, "--format", "csv").texte
    assert set(trame["mois"]) == {mois}
    assert csv(texte, trame.schema).equals(trame)


def test_the_sql_is_that_of_analysts(base: api.Infocentre) -> None:
    trame = base.sql("select code, mois, taux from valeurs where niveau = 'departement'")
    assert trame.schema == {"code": pl.String, "mois": pl.String, "taux": pl.Float64}
    assert set(trame["mois"]) == set(base.mois)
    with pytest.raises(infocentre.Refus):
        base.sql("select * from read_csv('/etc/passwd')")
    assert base.sql("select $requete as r", requete="x")["r"].to_list() == ["x"]


@pytest.mark.parametrize(
    ("appel", "message"),
    [
        (lambda base: base.indicateurs("1999-01"), "le mois 1999-01 n'est pas publié"),
        (lambda base: base.indicateurs(code="RIEN"), "l'indicateur « RIEN » n'existe pas"),
        (lambda base: base.indicateurs(guichet="G0"), "le guichet « G0 » n'est pas connu"),
        (lambda base: base.anomalies("RIEN"), "« RIEN » n'existe pas"),
        (lambda base: base.tableau("RIEN"), "le tableau « RIEN » n'existe pas"),
        (lambda base: base.indicateurs(departement="075"), "aucun mois n'est publié pour"),
        (lambda base: base.indicateurs(departement=13), "departement=13 n'est pas un texte"),
        (lambda base: base.indicateurs(dt.date(2026, 10, 1)), "un mois est un texte"),
        (lambda base: base.indicateurs([]), "un mois est un texte, plusieurs une liste"),
        (lambda base: base.indicateurs(["2026-10", 9]), "un mois est un texte, plusieurs"),
        (lambda base: base.indicateurs(par="commune"), 'par="commune" n\'est pas un choix'),
        (
            lambda base: base.indicateurs(region="93", departement="013"),
            'region="93" et departement="013" ne vont pas ensemble',
        ),
        (lambda base: base.indicateurs(region="93", guichet="*"), "pas de ligne par guichet"),
        (lambda base: base.indicateurs(region="93"), "moins de deux départements"),
        (lambda base: base.anomalies("ENR_DELAI", fenetre="3m"), "n'est pas un choix"),
        (lambda base: base.objectifs(epci="200000000"), "n'est pas de ce département"),
        (lambda base: base.affaires("rien"), "la procédure « rien » n'existe pas"),
        (lambda base: base.sql(5), "requete=5 n'est pas un texte"),
        (lambda base: base.tableau(None), "code=None n'est pas un texte"),
        (lambda base: base.indicateurs(guichet="G\udc80"), "udc80' n'est pas un texte"),
        (lambda base: base.anomalies("ENR_DELAI", guichet="G\0"), "x00' n'est pas un texte"),
    ],
)
def test_what_is_not_there_is_refused_in_french(
    appel: Callable[[Any], object], message: str, base: api.Infocentre
) -> None:
    with pytest.raises(infocentre.Refus, match=message):
        appel(base)


@pytest.mark.parametrize(
    ("connus", "dit"),
    [
        (["2026-08"], "2026-08."),
        (["2026-08", "2026-09"], "2026-08 à 2026-09."),
        (["2026-06", "2026-08", "2026-09"], "2026-06 à 2026-09, sauf 2026-07."),
        (["2024-12", "2025-12"], "2024-12 et 2025-12."),
    ],
)
def test_the_months_that_may_be_asked_are_those_that_there_are(connus: list[str], dit: str) -> None:
    """« Le mois 2026-07 n'est pas publié », then « Mois publiés : 2026-06 à 2026-09 »."""
    assert autres_mois(connus) == f"Mois publiés : {dit} Sinon : infocentre controler"


def test_a_departement_not_told_is_none(base: api.Infocentre) -> None:
    assert base.indicateurs(departement="").equals(base.indicateurs(departement=" 13"))


def test_nothing_published_is_refused(tmp_path: object) -> None:
    with pytest.raises(infocentre.Refus, match="aucune livraison n'est encore chargée"):
        infocentre.ouvrir(str(tmp_path))
    ailleurs: tuple[Any, ...] = (f"{tmp_path}/rien", 12, "x" * 5000)
    for dit in ailleurs:
        with pytest.raises(infocentre.Refus, match=f"« {dit} » n'est pas un dossier"):
            infocentre.ouvrir(dit)


@pytest.mark.parametrize(
    ("compte", "message"),
    [(4, "compte=4 n'est pas un texte"), ("", "aucun compte ouvert"), ("a\0", "pas un texte")],
)
def test_an_account_that_is_none_sees_nothing(
    entrepot_demo: Dossier, compte: Any, message: str
) -> None:
    with pytest.raises(infocentre.Refus, match=message):
        infocentre.ouvrir(entrepot_demo.racine, compte=compte)


def test_objectives_are_those_of_the_page(base: api.Infocentre, entrepot_demo: Dossier) -> None:
    trame = base.objectifs()
    assert trame.filter(pl.col("axe") == "")["mesure"].to_list()[0] == "prioritaires"
    assert set(trame["axe"]) == {"", "bailleur", "reservataire"}
    with lecture.ouvrir(entrepot_demo, TOUT) as v:
        lue = situer(v, base.departements[0], base.mois[-1])
    bailleurs = trame.filter(pl.col("axe") == "bailleur", mesure="mixite_hors_qpv")
    assert list(zip(bailleurs["nom"], bailleurs["manque"], strict=True)) == [
        (une.nom, une.manque) for une in lue.parts["mixite_hors_qpv", "bailleur"]
    ]


def test_it_is_said_why_nothing_is_told_of_an_objective(
    base: api.Infocentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No objective is set of the Logement d'abord; of a measure, columns are not delivered."""
    par_mesure = dict(base.objectifs().filter(axe="").select("mesure", "pourquoi").rows())
    assert par_mesure["logement_dabord"] == "sans objectif"
    assert par_mesure["prioritaires"] is None

    def sans(v: Lecture, *ou: str) -> Politique:
        lue = situer(v, *ou)
        restent = [une for une in lue.ensemble if une.mesure != "prioritaires"]
        return replace(lue, ensemble=restent, motifs={"prioritaires": "colonne absente"})

    monkeypatch.setattr(api, "situer", sans)
    (une,) = base.objectifs().filter(axe="", mesure="prioritaires").to_dicts()
    assert (une["realise"], une["manque"], une["pourquoi"]) == (None, None, "colonne absente")
