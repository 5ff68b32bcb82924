"""`expliquer` prints what stands behind a code: what it prints is what the infocentre does."""

from __future__ import annotations

import re

import pytest

from infocentre.catalogue import lire_catalogue
from infocentre.entrepot import Dossier
from infocentre.mesures.tableaux import tableaux
from tests.cli.lancer import Commande

pytestmark = pytest.mark.lent


@pytest.fixture
def infocentre(
    entrepot_demo: Dossier, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commande:
    return Commande(entrepot_demo.racine, monkeypatch, capsys)


def paragraphe(texte: str, titre: str) -> str:
    """Text after a title, or under it, its indentation taken off."""
    trouve = re.search(
        rf"^{re.escape(titre)}[^:\n]* :(.*)\n((?:    .*\n|\n)*)", texte, re.MULTILINE
    )
    assert trouve, titre
    return (trouve[1] or re.sub(r"^    ", "", trouve[2], flags=re.MULTILINE)).strip()


def test_an_indicator_says_its_rule_its_thresholds_and_who_rests_on_it(
    infocentre: Commande,
) -> None:
    texte = infocentre("expliquer", "att_tardive").texte
    assert paragraphe(texte, "En anomalie quand") == "date_radiation > date_signature_bail + 15"
    assert paragraphe(texte, "Seuils").startswith(
        "orange au-dessus de 5 %, rouge au-dessus de 15 %"
    )
    assert "version 1" in paragraphe(texte, "Mois contrôlés")
    assert "le suivi des guichets" in paragraphe(texte, "S'appuie sur lui")
    doublon = infocentre("expliquer", "DBL_RELOGE").texte
    assert "« reloges_encore_actifs_guichet »" in paragraphe(doublon, "S'appuie sur lui")


def test_the_sql_that_is_told_gives_the_published_numerator_and_denominator(
    infocentre: Commande, entrepot_demo: Dossier
) -> None:
    texte = infocentre("expliquer", "ATT_TARDIVE").texte
    with entrepot_demo.lire() as lecture:
        livraison = lecture.version.livraisons[-1]
        lecture.relations([livraison])
        d, n = lecture.con.execute(
            "select sum(d_ATT_TARDIVE), sum(n_ATT_TARDIVE) from "
            f"({paragraphe(texte, 'SQL des comptes')})"
        ).fetchall()[0]
        unites = lecture.con.execute(
            f"select count(*) from ({paragraphe(texte, 'SQL des unités en anomalie')})"
        ).fetchall()[0][0]
        publie = lecture.con.execute(
            "select denominateur_12m, numerateur_12m from valeurs where guichet = '*' "
            "and code = 'ATT_TARDIVE' and mois = ?",
            [livraison.mois],
        ).fetchall()[0]
    assert (d, n) == publie
    assert unites == n > 0


def test_a_table_says_its_sql_and_what_makes_it_reliable(infocentre: Commande) -> None:
    texte = infocentre("expliquer", "ATT-05").texte
    assert paragraphe(texte, "SQL, sur les archives") == tableaux()["ATT-05"].sql.strip()
    fiables = {un.code for un in lire_catalogue().indicateurs.values() if "ATT-05" in un.fiabilise}
    dits = paragraphe(texte, "Peut être cité selon l'état de").splitlines()
    assert {ligne.partition(" :")[0] for ligne in dits} == fiables != set()


@pytest.mark.parametrize("code", [*lire_catalogue().indicateurs, *tableaux()])
def test_each_code_is_explained(code: str, infocentre: Commande) -> None:
    sortie = infocentre("expliquer", code)
    assert sortie.code == 0
    assert sortie.texte.startswith(f"{code} : ")


def test_an_unknown_code_is_refused(infocentre: Commande) -> None:
    sortie = infocentre("expliquer", "RIEN")
    assert sortie.code == 1
    assert "ni un indicateur ni un tableau" in sortie.erreur
