"""Commands leave traces, before they show anything; the policy says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from infocentre.acces import politique
from infocentre.acces.audit import Recherche, Trace, chercher
from infocentre.acces.roles import Action
from infocentre.cli import main
from infocentre.cli.options import COMMANDES
from infocentre.cli.traces import genre
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
    total, (demande, liste) = chercher(magasin, Recherche(qui="Zoé"))
    assert total == 2
    assert (liste.action, liste.objet) == (Trace.LISTE, "infocentre anomalies")
    assert liste.precisions == {"code": "CPL_CONTACT", "guichet": "G1302", "fenetre": "mois"}
    assert (demande.action, demande.numero) == (Trace.DEMANDE, "0130199000001G0000")
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
