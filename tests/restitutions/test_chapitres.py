"""What the chapters draw from their tables: nothing of chance, nothing of what is empty."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from infocentre.lecture.lecteur import Ligne
from infocentre.lecture.tableaux import TableauDe, trouver
from infocentre.mesures.lignes_tableaux import FluxSemestres, Motifs, Profil
from infocentre.mesures.partage import MASQUE
from infocentre.restitutions.bilan import attributions, distributions, flux
from infocentre.restitutions.document import Graphique
from infocentre.restitutions.tables import changement, imprimer


def lire(de: type, *lignes: Ligne) -> Any:
    """Return a context that reads one table of these rows, whatever is asked."""
    lu: Any = TableauDe(trouver(CODES[de]), "013", "2026-06", lignes, 11, 0)
    return SimpleNamespace(
        lire=lambda _: lu,
        lire_avant=lambda _: None,
        manque=lambda _: None,
        imprimer=imprimer,
        source_de=lambda *_: "",
    )


CODES = {Motifs: "DEM-01", Profil: "ATT-14", FluxSemestres: "FLUX-03"}


def ligne(code: str, total: int | str, ensemble: int = 1000) -> Ligne:
    part = total if isinstance(total, str) else total / ensemble
    un = dict.fromkeys(trouver("DEM-01").colonnes)
    return un | {
        "code": code,
        "libelle": f"Motif {code}",
        "total": total,
        "part_total": part,
        "total_ensemble": ensemble,
    }


def test_repartition_sans_ligne_vide_dans_l_ordre_de_son_image() -> None:
    ctx = lire(
        Motifs, *(ligne(*une) for une in (("1", 100), ("2", 0), ("3", 700), ("NR", MASQUE))),
        ligne("*", 1000),
    )  # fmt: skip
    lue = distributions.repartir(ctx, Motifs, images=10, trier=True)
    assert lue.table
    noms = [une[0].valeur for une in lue.table.lignes]
    assert noms == ["Motif 3", "Motif 1", "Motif NR", "Motif *"]
    assert isinstance(lue.image, Graphique)
    assert "Motif 1" in lue.image.svg
    assert "Motif 2" not in lue.image.svg
    assert "Motif NR" not in lue.image.svg  # masked, and no answer: nothing to look at
    assert [une["code"] for une in lue.tete] == ["3", "1"]
    assert (lue.cumul("1", "3"), lue.part("3"), lue.cumul("1", "NR")) == (800, 0.7, None)


def profil(dimension: str, code: str, demandes: int, attributions_: int) -> Ligne:
    return {
        "dimension": dimension,
        "libelle_dimension": "Logement actuel",
        "code": code,
        "libelle": code,
        "demandes": demandes,
        "attributions": attributions_,
        "demandes_ensemble": 10_000,
        "attributions_ensemble": 1_000,
        "part_demandes": demandes / 10_000,
        "part_attributions": attributions_ / 1_000,
    }


def test_attributaires_differents_au_dela_du_hasard_seulement() -> None:
    """500 expected, give or take 16: 545 is beyond 2.58 times that, 535 is not."""
    ctx = lire(
        Profil,
        profil("logement", "HLM", 5_000, 545),
        profil("logement", "LP", 4_840, 439),
        profil("logement", "SD", 160, 16),
    )
    lue = attributions._face(ctx)
    assert [une["code"] for une in lue.mieux] == ["HLM"]
    assert [une["code"] for une in lue.moins] == ["LP"]
    ctx = lire(Profil, profil("logement", "HLM", 5_000, 535), profil("logement", "LP", 5_000, 465))
    assert (attributions._face(ctx).mieux, attributions._face(ctx).moins) == ([], [])


def test_semestre_compare_a_meme_delai_de_saisie() -> None:
    """Each as the delivery that ends it said; the first one, never so delivered, as read since."""
    vide: dict[str, Any] = dict.fromkeys(trouver("FLUX-03").colonnes)
    ctx = lire(
        FluxSemestres,
        vide | {"periode": "2024-S2", "libelle": "2e semestre 2024", "depots": 90},
        vide
        | {"periode": "2025-S1", "libelle": "1er semestre 2025", "depots": 120}
        | {"depots_en_fin": 100},
        vide
        | {"periode": "2026-S1", "libelle": "1er semestre 2026", "depots": 110}
        | {"depots_en_fin": 110},
    )
    lu = flux.du_semestre(ctx)
    assert lu.depots == flux.Mouvement(110, 100)
    assert (lu.nom, lu.nom_avant) == ("1er semestre 2026", "1er semestre 2025")
    assert lu.table
    depots = [case.valeur for case in lu.table.lignes[0]]
    assert depots[:4] == ["Demandes déposées", 90, 100, 110]
    assert round(cast("float", depots[4]), 6) == 0.1


def test_pas_d_evolution_en_pourcentage_sous_trente() -> None:
    assert changement(60, 30) == 1.0
    assert changement(60, 29) is None
    assert not flux.Mouvement(60, 29).comparable
