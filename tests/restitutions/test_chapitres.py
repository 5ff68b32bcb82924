"""What the chapters draw from their tables: nothing of chance, nothing of what is empty."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

from infocentre.lecture.lecteur import Ligne
from infocentre.lecture.tableaux import TableauDe, trouver
from infocentre.mesures.lignes_tableaux import (
    FluxSemestres,
    LogementDabord,
    Motifs,
    PressionTypologies,
    Prioritaires,
    Profil,
)
from infocentre.mesures.partage import MASQUE
from infocentre.restitutions.bilan import actions, attributions, distributions, flux, publics
from infocentre.restitutions.document import Graphique, Paragraphe
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


CODES = {
    Motifs: "DEM-01",
    Profil: "ATT-14",
    FluxSemestres: "FLUX-03",
    LogementDabord: "ATT-08",
    PressionTypologies: "ATT-12",
    Prioritaires: "ATT-05",
}


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


def test_ce_qui_est_du_pour_les_mois_ecoules_l_est_en_entier() -> None:
    """De 100 par an, 83,3 en dix mois : 84, comme la politique d'attribution et la synthèse."""
    un = dict.fromkeys(trouver("ATT-08").colonnes) | {"code": "*", "attributions_annee": 83}
    ctx = lire(LogementDabord, un | {"objectif_annuel": 100, "prorata": 100 * 10 / 12})
    lu = publics._logement_dabord(cast("Any", ctx))
    assert (lu.annee, lu.du) == (83, 84)


def prioritaires(*lignes: tuple[str, int, int, float]) -> tuple[publics.Objectif, str]:
    """Return what is told of réservataires, and its text: (name, of which, out of, objective)."""
    vides = dict.fromkeys(trouver("ATT-05").colonnes)
    ctx = lire(
        Prioritaires,
        *(
            vides | {"code": code, "libelle": code, "prioritaires": n, "attributions": d}
            | {"part_prioritaires": n / d, "objectif": objectif}
            for code, n, d, objectif in lignes
        ),
    )  # fmt: skip
    ctx.relever = lambda: lambda _: None
    un, rien = publics.menages_prioritaires(ctx), publics.Objectif(None)
    attente, logement = publics.EnAttente(None), publics.LogementDAbord(None)
    contenu = publics.Publics("2026", attente, un, rien, rien, rien, logement)
    section = contenu.section()
    blocs = [b for une in section.sections for b in une.blocs]
    return un, " ".join(b.texte for b in blocs if isinstance(b, Paragraphe))


def test_each_reservataire_is_judged_by_the_objective_that_is_its_own() -> None:
    """25 % is over 20 %, 37 % under 50 %: no sentence and no line says 30 % of each of them."""
    lus = (("PPRIOR", 83, 225), ("COLTER", 36, 144), ("COLACT", 48, 214), ("*", 257, 893))
    un, dit = prioritaires(*((*lu, 0.3) for lu in lus))
    assert "Sous l'objectif de 30\u202f% : COLTER et COLACT." in dit
    assert isinstance(un.image, Graphique)
    assert un.image.objectif == 0.3
    siens = zip(lus, (0.5, 0.2, 0.3, 0.3), strict=True)
    un, dit = prioritaires(*((*lu, sien) for lu, sien in siens))
    assert "Sous leur objectif : PPRIOR (50\u202f%) ; COLACT (30\u202f%)." in dit
    assert isinstance(un.image, Graphique)
    assert un.image.objectif is None
    assert (un.objectif, "objectif" in un.image.svg) == (0.3, False)
    _, dit = prioritaires(("COLTER", 36, 144, 0.0), ("COLACT", 48, 214, 0.2), ("*", 84, 358, 0.3))
    assert "Chaque réservataire atteint son objectif." in dit


def test_a_masked_epci_is_put_on_a_side_of_its_own_objective() -> None:
    """Of 50 attributions 10 are counted: 60 less 50 of B's. It is under 25 %, over 15 %."""
    for sien, atteint in ((0.25, False), (0.15, True)):
        lignes: Any = [
            {"code": code, "libelle": code, "n": n, "d": d, "objectif": objectif}
            for code, n, d, objectif in (
                ("A", MASQUE, 50, sien), ("B", 50, 150, 0.2), ("*", 60, 200, 0.2),
            )
        ]  # fmt: skip
        assert publics.deduire(lignes, "n", "d") == {"A": atteint}, sien


def test_epci_under_objectives_that_differ_are_told_each_with_its_own() -> None:
    """134 of 569 are under 30 %, 2 of 14 under 20 %: neither is the objective of both."""
    rien, metropole = actions.Part("", None, None, None), actions.Part("A", 134, 569, 0.3)
    for sien, dit in (
        (0.3, "pas l'objectif de 30\u202f% au premier quartile"),
        (0.2, "pas leur objectif au premier quartile"),
    ):
        hors_qpv = [metropole, actions.Part("B", 2, 14, sien)]
        chapitre = actions.Enjeux(
            None, None, None, None, rien, hors_qpv, [], [], [], [], [], None
        ).section()
        (texte,) = (un for bloc in chapitre.blocs for un in cast("Any", bloc).points if "Mix" in un)
        assert f"deux EPCI n'atteignent {dit}" in texte
        assert ("569 (23,6\u202f%), pour 30\u202f% ; B, 2" in texte) == (sien != 0.3), texte
        assert texte.endswith("14 (14,3\u202f%), pour 20\u202f%.") == (sien != 0.3), texte


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


def test_ou_personne_n_a_repondu_aucune_part_n_est_dite() -> None:
    """Of 1000 demandes none says its motif: « 0 % » would be told of those that have another."""
    lignes = [ligne(*une) for une in (("1", 0), ("3", 0), ("NR", 1000), ("*", 1000))]
    lue = distributions.repartir(lire(Motifs, *lignes), Motifs)
    assert (lue.cumul("1", "3"), lue.part("1"), lue.tete) == (None, None, [])


def test_rien_n_est_dit_premier_que_ce_qui_est_masque_peut_depasser() -> None:
    """350 and 250 are told, two are masked: one of 400 together may have 399, of 300 has 299."""
    dites = [ligne("1", 250), ligne("2", 350), ligne("3", MASQUE), ligne("4", MASQUE)]
    for total, tete in ((1000, []), (900, ["2"]), (850, ["2", "1"])):
        ctx = lire(Motifs, *dites, ligne("*", total))
        assert [une["code"] for une in distributions.repartir(ctx, Motifs).tete] == tete
    ctx = lire(Motifs, *dites, ligne("*", MASQUE))
    assert distributions.repartir(ctx, Motifs).tete == []


def test_sans_aucune_part_l_image_est_celle_des_nombres_les_plus_grands_d_abord() -> None:
    """A total that is masked masks every share; the counts stay, and are what is drawn."""
    sans_part = [ligne(*une) | {"part_total": MASQUE} for une in (("1", 110), ("2", 340))]
    ctx = lire(Motifs, *sans_part, ligne("*", MASQUE))
    lue = distributions.repartir(ctx, Motifs, images=10, trier=True)
    assert lue.table
    assert [une[0].valeur for une in lue.table.lignes] == ["Motif 2", "Motif 1", "Motif *"]
    assert isinstance(lue.image, Graphique)
    assert lue.image.lignes == (0, 1)
    assert [lue.table.colonnes[rang].nom for rang in lue.image.series] == ["total"]
    assert ">340<" in lue.image.svg
    assert MASQUE not in re.findall(">([^<]+)<", lue.image.svg)


def pression(code: str, demandes: int, attributions_: int) -> Ligne:
    ratio = demandes / attributions_ if attributions_ else None
    return dict.fromkeys(trouver("ATT-12").colonnes) | {
        "code": code,
        "libelle": code,
        "demandes_actives": demandes,
        "attributions": attributions_,
        "demandes_pour_une_attribution": ratio,
    }


def test_la_plus_en_tension_l_est_parmi_celles_dont_le_rapport_se_dit() -> None:
    """A room nobody got has no ratio: T2 is the most wanted of the others only."""
    dites = [pression("T2", 300, 30), pression("T3", 300, 50), pression("*", 600, 80)]
    lue = attributions._pression(
        lire(PressionTypologies, *dites), PressionTypologies, "pression_typologies"
    )
    assert lue.plus
    assert (lue.plus["code"], lue.partielle) == ("T2", False)
    for autre, partielle in ((pression("C", 9, 0), True), (pression("T6P", 0, 0), False)):
        ctx = lire(PressionTypologies, autre, *dites)
        assert (
            attributions._pression(ctx, PressionTypologies, "pression_typologies").partielle
            is partielle
        )


def commune(code: str, attributions_: int | str) -> Any:
    return {"niveau": "commune", "code": code, "attributions": attributions_}


def test_une_commune_n_est_la_premiere_que_si_aucune_masquee_n_est_devant() -> None:
    """« Viennent ensuite Aix (205) et Martigues (64) » left out Arles, masked, and its 71.

    Masked rows come after the others, whatever they hide; one alone is first of nothing.
    """
    aix, istres = commune("13001", 40), commune("13047", 11)
    deux = [commune("13005", MASQUE), commune("13004", MASQUE)]
    # Of 90, two that are masked share 39: one may have 38, less than Aix, more than Istres.
    assert attributions._premieres([aix, istres, *deux], 90) == [aix]
    # Of 92 they share 41, of which one may have 40, as Aix; of 93, 41.
    assert attributions._premieres([aix, istres, *deux], 92) == [aix]
    assert attributions._premieres([aix, istres, *deux], 93) == []
    assert attributions._premieres([aix, istres, *deux], None) == []
    assert attributions._premieres([aix, istres], 90) == [aix, istres]
    assert attributions._premieres([aix], 40) == []


def test_a_range_is_told_only_where_its_ends_are_written_otherwise() -> None:
    """« De 6,9 (Marseille) à 6,9 (Aix-en-Provence) demandes pour une attribution »."""
    ratio = attributions.RATIO
    marseille = commune("13055", 176) | {ratio: 6.86}
    aix, arles = commune("13001", 33) | {ratio: 6.88}, commune("13004", 40) | {ratio: 6.1}
    assert attributions._extremes([marseille, aix], 30) == (None, None)
    assert attributions._extremes([marseille, aix, arles], 30) == (aix, arles)


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
    assert attributions._face(ctx).image
    sans = lire(Profil, profil("logement", "HLM", 5_000, 545) | {"part_demandes": MASQUE})
    assert attributions._face(sans).image is None  # nothing is compared: nothing resembles


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
