"""The portrait of an EPCI: its own counts, and nothing of a few others by what the bilan tells."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import duckdb
import pytest

from infocentre.mesures.partage import MASQUE
from infocentre.restitutions import portrait
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Document, Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.portrait import AUTRES, JOINTES, Modalite, communes_de, joindre

SEUIL = 11
METROPOLE, BAUX = "200054807", "241300375"


def nombres(*dites: tuple[int, int | None], tout: int) -> list[tuple[str, int]]:
    """Return what is told of categories (here, in the département)."""
    toutes = [Modalite(str(rang), str(rang), *une) for rang, une in enumerate(dites)]
    return [(une.code, une.ici) for une in joindre(toutes, tout, SEUIL)]


def test_what_leaves_a_few_others_is_joined() -> None:
    # 20 and 30 leave 5 and 4 to others: told together, they leave 9, so 100 joins them: 109 left.
    assert nombres((20, 25), (30, 34), (100, 200), (10, 500), tout=759) == [
        ("3", 10),
        (AUTRES, 150),
    ]


def test_nothing_is_joined_that_leaves_enough_or_nothing() -> None:
    assert nombres((20, 31), (30, 30), tout=61) == [("0", 20), ("1", 30)]


def test_one_that_is_alone_takes_another_with_it() -> None:
    """Alone, what is joined would be its own count."""
    assert nombres((20, 25), (30, 60), (40, 100), tout=185) == [("2", 40), (AUTRES, 50)]


def test_what_the_bilan_masks_is_joined() -> None:
    assert nombres((20, None), (30, None), (5, 100), tout=200) == [("2", 5), (AUTRES, 50)]


def test_nothing_is_told_when_all_leave_a_few() -> None:
    assert nombres((20, 25), (30, 30), tout=55) == []
    assert nombres((20, None), tout=100) == []


def test_a_table_of_nothing_but_others_is_no_table(edition_demo: Edition) -> None:
    """Each count of the bilan is masked: « Autres, réunies : 100 % » would say nothing."""
    lu = Contexte(edition_demo).lire("reservataires")
    lignes = [
        {**une, "total": 100 if une["code"] == "*" else MASQUE, "total_ensemble": 100}
        for une in lu.lignes
    ]
    montre = SimpleNamespace(lire=lambda _: replace(lu, lignes=lignes), seuil=SEUIL)
    ici = replace(lu, lignes=[{**une, "total": 5} for une in lu.modalites[:3]])
    assert portrait._table(montre, ici, "reservataires") is None  # type: ignore[arg-type]


@pytest.mark.parametrize("epci", [METROPOLE, BAUX])
def test_its_counts_are_those_of_the_archive(edition_demo: Edition, epci: str) -> None:
    e, ctx = edition_demo, Contexte(edition_demo)
    livraison = e.v.version.publiee(e.departement, e.mois)
    assert livraison
    codes = ", ".join(f"'{un}'" for un in communes_de(epci))
    ((demandes,),) = duckdb.sql(
        f"SELECT count(*) FROM '{e.v.dossier.archive(livraison)}/stock.parquet' "
        f"WHERE commune_log_recherche IN ({codes})"
    ).fetchall()
    section = portrait.section(ctx, epci, 3)
    assert section
    document = Document("bilan", "", "", "", e.arrete, 1, (section,))
    tables = {un.cle: un for un in document.tableaux()}
    reunies = any(une[0].valeur == JOINTES for un in tables.values() for une in un.lignes)
    assert ("« Autres, réunies » :" in str(section)) == reunies  # explained where it is
    typologies = next(un for cle, un in tables.items() if "dem-04" in cle)
    assert typologies.lignes[-1][1].valeur == demandes
    assert not any(un.masque for un in tables.values())
    for table in tables.values():
        assert sum(une[1].valeur for une in table.lignes[:-1]) == table.lignes[-1][1].valeur  # type: ignore[misc]
        _laisse_assez(ctx, table)


def _laisse_assez(ctx: Contexte, table: Tableau) -> None:
    """Check that no row, less the one of the bilan, is a few of others: read in the bilan."""
    lu = next(un for un in ctx.tous() if f"portrait-{un.cle}" == table.cle)
    publics = {str(une["libelle"]): une["total"] for une in lu.modalites}
    reste = lu.ensemble["total"]
    assert isinstance(reste, int)
    reste -= table.lignes[-1][1].valeur  # type: ignore[operator]
    for nom, ici, *_ in table.lignes[:-1]:
        if nom.valeur in publics:
            ailleurs = publics[str(nom.valeur)] - ici.valeur  # type: ignore[operator]
            assert ailleurs == 0 or ailleurs >= ctx.seuil, (table.cle, nom.valeur)
            reste -= ailleurs
    assert reste == 0 or reste >= ctx.seuil, table.cle


def _lire(ctx: Contexte, epci: str) -> str:
    return str(portrait.section(ctx, epci, 1)).replace("\\'", "'")


def test_an_objective_of_its_own_is_not_said_to_be_the_departement_s(
    edition_demo: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page and the note judge the EPCI by the 30 % of objectifs.yml, its bilan by 25 %."""
    ctx, dits = Contexte(edition_demo), []
    monkeypatch.setattr(portrait, "_prioritaires", lambda *_: 1)  # whatever is masked here
    for propres in ({}, {"prioritaires": 0.3}):
        monkeypatch.setattr(portrait, "objectifs_propres", lambda *_, siens=propres: siens)
        dits += re.findall(r"L'objectif (.*? est de \d+)", _lire(ctx, METROPOLE))
    assert dits == ["du département est de 25", "de ce territoire est de 30"]


def test_the_threshold_of_what_is_joined_is_the_setting(
    edition_demo: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """« moins de onze demandes » was written whatever is set, and of attributions."""
    monkeypatch.setattr(Contexte, "seuil", 6)
    ctx = Contexte(edition_demo)
    lus = [un for un in (_lire(ctx, METROPOLE), _lire(ctx, BAUX)) if "« Autres, réunies » :" in un]
    assert lus
    assert all("laisserait ailleurs un nombre de 1 à 5." in un for un in lus)
