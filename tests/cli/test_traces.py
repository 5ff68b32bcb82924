"""Commands leave traces, before they show anything; the policy says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from infocentre.acces import politique
from infocentre.acces.audit import Recherche, Trace, chercher, verifier
from infocentre.acces.roles import Action
from infocentre.analystes.fichier import cle
from infocentre.cli import main
from infocentre.cli.options import COMMANDES
from infocentre.cli.traces import genre
from infocentre.contrat.numeros import numeros_ouverts
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.entrepot import Dossier


def test_a_command_that_lists_demandes_is_told_and_refused_without_its_trace(
    entrepot_demo: Dossier,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(entrepot_demo.racine))
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path}/decisions.sqlite")
    monkeypatch.setenv("INFOCENTRE_UTILISATEUR", "Zoé")
    assert main(["anomalies", "CPL_CONTACT", "--guichet", "G1302"]) == 0
    assert main(["demande", "0130199000001G0000"]) == 1
    assert main(["indicateurs", "--format", "csv", "--sortie", str(tmp_path / "a.csv")]) == 0
    magasin = ouvrir_magasin(tmp_path)
    (liste,) = chercher(magasin, Recherche(qui="Zoé"))[1]
    assert (liste.action, liste.objet) == (Trace.LISTE, "infocentre anomalies")
    dites = {nom: un for nom, un in liste.precisions.items() if nom != "numeros_empreinte"}
    vues = {"numeros": liste.nombre}
    assert dites == {"code": "CPL_CONTACT", "guichet": "G1302", "fenetre": "mois"} | vues
    with magasin.ecrire() as con:
        con.exec_driver_sql("DROP TABLE audit")
    capsys.readouterr()
    assert main(["anomalies", "CPL_CONTACT"]) == 1
    assert capsys.readouterr().out == ""


def test_each_command_that_gives_numeros_or_documents_leaves_a_trace() -> None:
    for une in COMMANDES.values():
        voulue = politique.COMMANDES.get(une.nom)
        attendu = voulue in {Action.NOMINATIF, Action.DOCUMENTS, Action.LIVRAISONS, Action.CONDUIRE}
        assert bool(genre(une)) or not attendu, une.nom
    assert genre(COMMANDES["sql"]) == ""  # traced where it is run


def test_what_a_command_gives_is_found_by_each_numero(
    entrepot_demo: Dossier,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(entrepot_demo.racine))
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path}/decisions.sqlite")
    (tmp_path / "cle").symlink_to(entrepot_demo.racine / "cle")
    fichier, tirage = tmp_path / "a.xlsx", tmp_path / "t.xlsx"
    assert main(["anomalies", "CPL_CONTACT", "--format", "xlsx", "--sortie", str(fichier)]) == 0
    assert main(["echantillon", "--guichet", "G1302", "--n", "4", "--sortie", str(tirage)]) == 0
    emportes = numeros_ouverts(fichier.read_bytes())
    tires = numeros_ouverts(tirage.read_bytes())
    numero = min(emportes)
    capsys.readouterr()
    assert main(["demande", numero.lower(), "--format", "csv"]) == 0
    assert numero not in capsys.readouterr().out  # its life is, without its numéro
    sceau = cle(entrepot_demo)
    verifier(ouvrir_magasin(tmp_path))

    def vue(numero: str) -> list[tuple[str, str]]:
        lues = chercher(ouvrir_magasin(tmp_path), Recherche(numero=numero), page=None, cle=sceau)[1]
        return [(une.action, une.objet) for une in reversed(lues)]

    liste = ("export", "infocentre anomalies")
    for un in emportes - tires - {numero}:
        assert vue(un) == [liste]
    for un in tires - emportes:
        assert vue(un) == [("export", "infocentre echantillon")]
    assert vue(numero)[0] == liste
    assert vue(numero)[-1] == ("demande", "infocentre demande")
    assert len(tires) == 4
    assert main(["droits", "traces", numero.lower()]) == 0
    dit = capsys.readouterr().out
    assert "fichier emporté" in dit
    assert "demande consultée" in dit


def test_nothing_is_written_without_its_trace(
    entrepot_demo: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(entrepot_demo.racine))
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path}/decisions.sqlite")
    with ouvrir_magasin(tmp_path).ecrire() as con:
        con.exec_driver_sql("DROP TABLE audit_numeros")
    sortie = tmp_path / "a.csv"
    commande = ["anomalies", "CPL_CONTACT", "--format", "csv", "--sortie", str(sortie)]
    assert main(commande) == 1
    assert not sortie.exists()
    magasin = ouvrir_magasin(tmp_path)
    assert chercher(magasin, Recherche())[0] == 0
