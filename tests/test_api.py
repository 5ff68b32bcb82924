"""The public Python API: its examples run, its frames are what the command line prints."""

from __future__ import annotations

import doctest
import io
from collections.abc import Callable

import polars as pl
import pytest

import infocentre
from infocentre import api
from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.situations import situer
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


def test_anomalies_are_those_of_the_command_line(base: api.Infocentre, ligne: Commande) -> None:
    trame = base.anomalies("DBL_ACTIF", fenetre="12m")
    texte = ligne("anomalies", "DBL_ACTIF", "--fenetre", "12m", "--format", "csv").texte
    assert trame.height > 0
    assert csv(texte, trame.schema).equals(trame)


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


@pytest.mark.parametrize(
    ("appel", "message"),
    [
        (lambda base: base.indicateurs("1999-01"), "le mois 1999-01 n'est pas publié"),
        (lambda base: base.indicateurs(code="RIEN"), "l'indicateur « RIEN » n'existe pas"),
        (lambda base: base.indicateurs(guichet="G0"), "le guichet « G0 » n'est pas connu"),
        (lambda base: base.anomalies("RIEN"), "« RIEN » n'existe pas"),
        (lambda base: base.tableau("RIEN"), "le tableau « RIEN » n'existe pas"),
    ],
)
def test_what_is_not_there_is_refused_in_french(
    appel: Callable[[api.Infocentre], object], message: str, base: api.Infocentre
) -> None:
    with pytest.raises(infocentre.Refus, match=message):
        appel(base)


def test_nothing_published_is_refused(tmp_path: object) -> None:
    with pytest.raises(infocentre.Refus):
        infocentre.ouvrir(str(tmp_path))


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
    with pytest.raises(infocentre.Refus):
        base.objectifs(epci="200000000")
