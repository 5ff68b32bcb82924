"""What people write keeps its place, and nothing but words gets in."""

from __future__ import annotations

from pathlib import Path

import pytest

from infocentre.noyau.erreurs import Refus
from infocentre.restitutions import html, mots
from infocentre.restitutions.document import Mots
from tests.restitutions import exemples


def ecrire(racine: Path, texte: str | bytes) -> Path:
    chemin = mots.fichier(racine, "2026-S1", "faits-marquants")
    chemin.parent.mkdir(parents=True, exist_ok=True)
    chemin.write_bytes(texte if isinstance(texte, bytes) else texte.encode())
    return chemin


def lire(racine: Path) -> Mots:
    return mots.lire(racine, "2026-S1", "faits-marquants", "Les faits du semestre")


def test_le_texte_vient_du_fichier_de_la_personne(tmp_path: Path) -> None:
    ecrire(tmp_path, "\n## Un fait\n\nTrois **guichets** ont fermé.\n")
    attendu = "## Un fait\n\nTrois **guichets** ont fermé."
    assert lire(tmp_path) == Mots("faits-marquants", attendu, "Les faits du semestre")


def test_sans_fichier_le_document_dit_ce_qui_est_attendu_et_n_ecrit_rien(tmp_path: Path) -> None:
    lus = lire(tmp_path)
    assert (lus.markdown, list(tmp_path.iterdir())) == ("", [])
    page = html.en_html(exemples.document(lus))
    assert "Les faits du semestre" in page
    assert page.count('<div class="ligne">') == 4


def test_le_markdown_est_mis_en_forme_sous_les_titres_du_document(tmp_path: Path) -> None:
    ecrire(tmp_path, "# Un fait\n\n- un\n- *deux*\n\n| a | b |\n| - | - |\n| 1 | 2 |\n")
    page = html.en_html(exemples.document(lire(tmp_path)))
    for attendu in ("<h4>Un fait</h4>", "<li><em>deux</em></li>", "<td>2</td>"):
        assert attendu in page
    assert page.count("<h1>") == 1


@pytest.mark.parametrize(
    ("texte", "ligne", "quoi"),
    [
        ("Bien.\n\n<script>alert(1)</script>", 3, "HTML"),
        ("un\ndeux <b>gras</b>", 2, "HTML"),
        ("- un\n- deux <i>x</i>", 2, "HTML"),
        ("<!-- caché -->", 1, "HTML"),
        ("<img\nsrc=x>", 1, "HTML"),
        ("&lt;script&gt;", 1, "HTML"),
        ("| a |\n| - |\n| <u>b</u> |", 3, "HTML"),
        ("a\n\n![plan](plan.png)", 3, "image"),
        ("![x](https://example.org/x.png)", 1, "image"),
        ("[ici](https://example.org)", 1, "lien"),
        ("<https://example.org>", 1, "lien"),
        ("[ici](../cle)", 1, "lien"),
        ("voir [là]\n\n[là]: /x", 1, "lien"),
    ],
)
def test_html_images_et_liens_sont_refuses_avec_leur_ligne(
    texte: str, ligne: int, quoi: str, tmp_path: Path
) -> None:
    chemin = ecrire(tmp_path, texte)
    with pytest.raises(Refus) as refus:
        lire(tmp_path)
    assert refus.value.ou == f"{chemin}, ligne {ligne}"
    assert quoi in refus.value.quoi


@pytest.mark.parametrize("texte", ["5 < 6 et 7 > 3", "a <3 b", "code `<b>`", "1. un\n2. deux"])
def test_ce_qui_ressemble_a_du_html_sans_en_etre_passe(texte: str, tmp_path: Path) -> None:
    ecrire(tmp_path, texte)
    assert lire(tmp_path).markdown == texte


def test_rien_de_ce_qui_est_rendu_n_est_du_html_meme_sans_verification() -> None:
    assert "<script" not in mots.rendre("a <script>x</script>\n\n<div onclick=x>")


def test_un_fichier_illisible_est_refuse(tmp_path: Path) -> None:
    ecrire(tmp_path, b"\xe9t\xe9")
    with pytest.raises(Refus, match="UTF-8"):
        lire(tmp_path)
    ecrire(tmp_path, "a" * 300_000)
    with pytest.raises(Refus, match="trop long"):
        lire(tmp_path)


def test_un_fichier_enregistre_par_windows_est_lu(tmp_path: Path) -> None:
    ecrire(tmp_path, b"\xef\xbb\xbfBien.\r\n\r\nOui.\r\n")
    assert lire(tmp_path).markdown.startswith("Bien.")
