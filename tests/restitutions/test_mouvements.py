"""What moved in a bilan and in a synthèse: it stands among all that the document compares."""

from __future__ import annotations

from pathlib import Path

import pytest

from infocentre.lecture.accueil import mouvements
from infocentre.restitutions import bilan, synthese
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.mouvements import comparer
from infocentre.restitutions.document import Document, Paragraphe, Tableau
from infocentre.restitutions.lecture import Edition
from tests.restitutions.changes import entrepot_change, sur

# A rate that was 40 in 4 000 is 400 in 4 000; another hardly moved.
BOUGE = """
UPDATE valeurs SET numerateur_12m = if(mois = '{mois}', 400, 40), denominateur_12m = 4000,
    etat = if(mois = '{mois}', 'rouge', 'vert')
WHERE niveau = 'departement' AND code = 'ENR_DELAI';
UPDATE valeurs SET numerateur_12m = if(mois = '{mois}', 231, 180), denominateur_12m = 4000,
    etat = 'rouge'
WHERE niveau = 'departement' AND code = 'ENR_ATTESTATION'
"""


def paragraphes(document: Document, titre: str) -> str:
    """Return the words of the sections of this title, spaces made plain."""
    dits = [
        f"{bloc.texte}" if isinstance(bloc, Paragraphe) else f"{bloc.lecture}"
        for _, section in document.toutes_sections()
        if titre in section.titre
        for bloc in section.blocs
        if isinstance(bloc, Paragraphe | Tableau)
    ]
    return " ".join(dits).replace("\u202f", " ").replace("\u00a0", " ")


def test_a_bilan_counts_the_departement_and_the_organismes_it_may_show(
    edition_demo: Edition,
) -> None:
    ctx = Contexte(edition_demo)
    ici, avant = ctx.relever().valeurs, ctx.relever(ctx.mois_avant).valeurs
    juges = [
        cle
        for cle in ici.keys() & avant.keys()
        if cle[1] in ("departement", "organisme")
        and all(une.jugee and not une.masquee and une.d for une in (ici[cle], avant[cle]))
    ]
    assert len(juges) > 20
    assert comparer(ctx).nombre == len(juges)
    seuls = Contexte(edition_demo, organismes=frozenset())
    assert comparer(seuls).nombre == len([cle for cle in juges if cle[1] == "departement"])


def test_a_movement_of_the_departement_is_told_with_the_comparisons(
    edition_demo: Edition, tmp_path: Path
) -> None:
    with entrepot_change(edition_demo, tmp_path / "d", BOUGE.format(mois=edition_demo.mois)) as v:
        edition = sur(v, edition_demo)
        faites = comparer(Contexte(edition))
        assert [un.ici.un.code for un in faites.de("departement")] == ["ENR_DELAI"]
        dit = paragraphes(bilan.construire(edition), "Ce qui a bougé dans le département")
    assert "(de 1,0 % à 10,0 %)" in dit
    assert "Attestations" not in dit, "231 against 180 : 1.1 %, which many comparisons find"
    assert f"parmi {faites.nombre} comparaisons, corrigées de leur nombre".lower() in dit.lower()


def test_a_bilan_without_movement_says_among_how_many(
    edition_demo: Edition, tmp_path: Path
) -> None:
    pareil = "UPDATE valeurs SET numerateur = 0, numerateur_12m = 0 WHERE numerateur IS NOT NULL"
    with entrepot_change(edition_demo, tmp_path / "d", pareil) as v:
        document = bilan.construire(sur(v, edition_demo))
        dit = paragraphes(document, "Ce qui a bougé dans le département")
    assert "Aucun mouvement d'un indicateur du département ne tient" in dit
    assert "comparaisons, corrigées de leur nombre" in dit


def test_a_synthese_says_among_how_many_its_rises_stand(
    edition_demo: Edition, tmp_path: Path
) -> None:
    with entrepot_change(edition_demo, tmp_path / "d", BOUGE.format(mois=edition_demo.mois)) as v:
        edition = sur(v, edition_demo)
        nombre = mouvements(v, edition.filtres).comparaisons
        dit = paragraphes(synthese.construire(edition), "lerte")
    assert f"Hausses retenues parmi {nombre} comparaisons, corrigées de leur nombre." in dit


@pytest.mark.parametrize("mot", ["hasard", "marge d'incertitude des deux taux"])
def test_a_bilan_never_says_that_chance_is_ruled_out(edition_demo: Edition, mot: str) -> None:
    assert mot not in paragraphes(bilan.construire(edition_demo), "")
