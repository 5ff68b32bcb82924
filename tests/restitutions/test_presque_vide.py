"""A territory with almost no data: each document says plainly what there is not, and why."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation

from infocentre.lecture.tableaux import TableauLu, lire_tableau, trouver
from infocentre.mesures import requis_tableau
from infocentre.mesures.partage import MASQUE
from infocentre.restitutions import (
    bilan,
    diaporama,
    fiche,
    liste_guichets,
    mission,
    pdf,
    synthese,
)
from infocentre.restitutions.bilan import contexte
from infocentre.restitutions.bilan.absences import Absence, Cause, expliquer
from infocentre.restitutions.document import Document, Graphique, Liste, Paragraphe, Tableau
from infocentre.restitutions.lecture import Edition
from tests.restitutions.accessibilite import exiger_accessible
from tests.restitutions.changes import entrepot_change, sur
from tests.restitutions.exemples import ARRETE

pytestmark = pytest.mark.lent

RIEN = "Aucune attribution n'a été prononcée dans les 12 mois qui finissent le 31 octobre 2026."


@pytest.fixture(scope="module")
def document(edition_presque_vide: Edition) -> Document:
    return bilan.construire(edition_presque_vide)


def textes(document: Document) -> list[str]:
    return [
        texte
        for _, section in document.toutes_sections()
        for bloc in section.blocs
        if isinstance(bloc, Paragraphe | Liste)
        for texte in (bloc.points if isinstance(bloc, Liste) else (bloc.texte,))
    ]


def dire(absence: Absence) -> str:
    dite = absence.dire(ARRETE)
    assert isinstance(dite, Paragraphe)
    assert dite.genre == "alerte"
    return dite.texte


# --- Why there is nothing -------------------------------------------------------------------------


def test_ce_qui_n_a_pas_eu_lieu_n_est_pas_dit_non_livre(document: Document) -> None:
    dits = textes(document)
    assert dits.count(RIEN) >= 8  # volume, délais, typologies, réservataires, ressources, publics
    assert not [un for un in dits if "calculable" in un or "faute de tables" in un.lower()]
    assert any(un.startswith("Rien à compter dans la période") for un in dits)


@pytest.mark.parametrize(
    ("code", "dit"),
    [
        (
            "ATT-06",
            "Aucune attribution hors QPV suivie d'un bail n'est enregistrée dans les 12 mois",
        ),
        (
            "DEM-02",
            "Aucune demande n'a été déposée dans les 12 mois qui finissent le 30 juin 2026.",
        ),
        ("DEM-04", "Aucune demande n'est active au 30 juin 2026."),
        ("TAB03-01", "Aucune demande n'est active au 30 juin 2026, hors associations."),
        ("TAB02-03", "Aucune demande n'est enregistrée au 30 juin 2026."),
    ],
)
def test_rien_a_compter_dit_quoi_et_quand(code: str, dit: str) -> None:
    tout = requis_tableau(trouver(code)) | requis_tableau(trouver("TAB01-01"))
    absence = expliquer(code, tout, calcule=True)
    assert absence.cause is Cause.RIEN
    assert dire(absence).startswith(dit)


def test_non_livre_nomme_ce_qui_manque_et_rien_d_autre() -> None:
    tout = requis_tableau(trouver("ATT-03"))
    absence = expliquer("ATT-03", tout - {("radiation", "TYPE_LOGEMENT_ATTRIB")}, calcule=True)
    assert dire(absence) == (
        "« Typologie recherchée et typologie attribuée » n'est pas calculable : la livraison "
        "arrêtée au 30 juin 2026 ne contient pas « Typologie attribuée » (demandes radiées)."
    )


def test_serie_tiree_d_un_tableau_non_livre_est_non_livree() -> None:
    assert expliquer("TAB02-03", (), calcule=True).cause is Cause.NON_LIVRE


def test_tableau_plus_jeune_que_le_controle_se_recalcule() -> None:
    absence = expliquer("ATT-01", (), calcule=False)
    assert absence.cause is Cause.NON_CALCULE
    assert dire(absence).endswith(
        "n'est pas encore calculé pour juin 2026 : ce tableau a été ajouté depuis."
    )


def test_mois_non_publie_n_est_pas_un_bon_resultat(document: Document) -> None:
    """Nobody is told to have no persistent difficulty when only one month is known."""
    dits = textes(document)
    assert any("Ni avril 2026 ni octobre 2025 ne sont publiés" in un for un in dits)
    assert not any("n'est resté en rouge" in un for un in dits)


# --- Nothing is drawn of nothing ------------------------------------------------------------------


def test_ni_image_sans_marque_ni_liste_des_0_premieres(document: Document) -> None:
    blocs = [bloc for _, section in document.toutes_sections() for bloc in section.blocs]
    assert not [un.cle for un in blocs if isinstance(un, Graphique)]
    assert not [un.titre for un in blocs if isinstance(un, Tableau) and " 0 " in un.titre]
    assert sum("image non dessinée" in un for un in textes(document)) >= 5


@pytest.mark.parametrize("chapitre", ["demande", "attributions", "publics"])
def test_un_chapitre_dont_tout_est_masque_s_ecrit_sans_un_chiffre(
    chapitre: str, edition_demo: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No sentence rests on a figure that is hidden, no title either."""

    def masquer(*tableau: Any, **options: Any) -> TableauLu:
        lu: TableauLu = lire_tableau(*tableau, **options)
        plan = lu.tableau.plan
        caches = {*plan.comptes, *plan.repetes, *plan.derives, *plan.cumuls}
        lignes = [
            {nom: MASQUE if nom in caches else un for nom, un in une.items()} for une in lu.lignes
        ]
        return replace(lu, lignes=lignes)

    monkeypatch.setattr(contexte, "lire_tableau", masquer)
    section = bilan.CHAPITRES[chapitre](contexte.Contexte(edition_demo))
    assert section
    ecrits = textes(Document("bilan", "", "", "", ARRETE, 1, (section,)))
    blocs = [un for une in section.sections for un in une.blocs]
    ecrits += [un.titre for un in blocs if isinstance(un, Graphique)]
    assert not [un for un in ecrits if re.search(r"\d[\d\u202f,]*\u202f%|\d \(|None", un)]


def test_le_pdf_est_accessible(document: Document, tmp_path: Path) -> None:
    exiger_accessible(pdf.en_octets(document), tmp_path)


def test_le_comite_a_ses_douze_diapositives_sans_image_vide(document: Document) -> None:
    diapos: Any = Presentation(io.BytesIO(diaporama.en_octets(document))).slides
    assert len(diapos) == 12
    for une in diapos:
        assert not [forme for forme in une.shapes if forme.has_chart or forme.shape_type == 13]
        ecrits = [forme.text_frame.text for forme in une.placeholders if forme.has_text_frame]
        tableaux = [forme for forme in une.shapes if forme.has_table]
        assert len([un for un in ecrits if un]) >= 2 or tableaux, ecrits
    attributions = [une for une in diapos if une.shapes.title.text_frame.text == "Les attributions"]
    lus = [une.placeholders[1].text_frame.text.replace("’", "'") for une in attributions]
    assert lus == [RIEN]


def test_sans_rien_de_juge_le_bilan_le_dit_ou_il_le_dirait(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """No register, hence no type: neither a title over nothing nor a table without a row."""
    change = "UPDATE valeurs SET etat = 'contexte', etat_mois = 'contexte'"
    with entrepot_change(edition_demo, tmp_path / "d", change) as v:
        jugeant = bilan.construire(sur(v, edition_demo))
    dits = textes(jugeant)
    assert "Aucun indicateur n'y est jugé mois par mois." in dits
    assert sum(un.startswith("Aucun indicateur jugé pour le département") for un in dits) == 1
    assert sum(un.startswith("Aucun organisme n'a de taux") for un in dits) == 1
    assert not [un.cle for un in jugeant.tableaux() if not un.lignes]


def test_les_autres_documents_s_impriment_et_le_disent(
    edition_presque_vide: Edition, tmp_path: Path
) -> None:
    """Synthèse, mission, list and fiche: accessible, without a zero as the subject of a verb."""
    edition = edition_presque_vide
    autres = (
        synthese.construire(edition),
        mission.construire(edition),
        liste_guichets.construire(edition),
        fiche.construire(edition, "G1301"),
    )
    for un in autres:
        exiger_accessible(pdf.en_octets(un), tmp_path)
        assert not [dit for dit in textes(un) if re.search(r"\b0\u00a0[a-zé]+ (a|ont) ", dit)]
    assert any("rien ne dit encore ce qui est corrigé" in un for un in textes(autres[1]))
