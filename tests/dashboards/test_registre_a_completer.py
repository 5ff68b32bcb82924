"""With a draft for a register, every page opens, says what is missing, and takes it back."""

from __future__ import annotations

import base64
from pathlib import Path

import dash
import pytest

from dashboards.app import creer_app
from dashboards.registres import recevoir
from infocentre import travaux
from infocentre.demarches.travaux import executer
from infocentre.entrepot import Dossier
from infocentre.livraisons import classeurs
from infocentre.noyau.erreurs import Refus
from tests.dashboards.vues import ouvrir
from tests.donnees.atelier import copie
from tests.operations.registre_rempli import MOIS, au_brouillon, brouillon, rempli, vrai_registre

PAGES = """
/ /suivi /suivi?par=organisme /suivi?par=organismes /suivi?par=liste /suivi?type=INCONNU
/suivi?contenu=effectifs /indicateurs /indicateurs/CPL_CHAMPS /indicateurs/ATT_HORS_BAILLEUR
/indicateurs/CPL_CHAMPS?type=INCONNU /pourquoi/CPL_CHAMPS /pourquoi/CPL_CHAMPS?type=INCONNU
/demandes?code=CPL_CHAMPS /guichets /guichets?montrer=lacunes /guichets/liste-publique
/guichet/{guichet} /guichet/GDPUB /organisme/{guichet} /livraisons /livraisons/2026-03 /documents
/mesures /acces /tableaux /tableaux/ATT-11 /recherche?q={guichet} /reglages /echantillon
/doublons/signaler /doublons/recherche /registre /depot /requetes
""".split()


@pytest.fixture(autouse=True)
def sans_processus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read workbooks in this process: the limits of the other one have their own tests."""
    monkeypatch.setattr(classeurs, "_demander", lambda demande, *_, **__: classeurs._faire(demande))


@pytest.fixture(scope="module")
def racine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copie(au_brouillon(), tmp_path_factory.mktemp("brouillon") / "donnees")


@pytest.fixture(scope="module")
def app(racine: Path) -> dash.Dash:
    return creer_app(Dossier(racine))


def guichet() -> str:
    return next(code for code in vrai_registre() if code != "GDPUB")


def test_every_page_opens(app: dash.Dash) -> None:
    for adresse in PAGES:
        texte = ouvrir(app, adresse.format(guichet=guichet())).texte.replace("’", "'")
        assert "n'a pas pu être" not in texte, adresse
        assert texte, adresse
    assert "Aucun guichet ne passe en rouge" in ouvrir(app, "/").texte


def test_what_is_missing_is_said_where_one_comes_in(app: dash.Dash) -> None:
    combien = f"{len(set(vrai_registre()) - {'GDPUB'})} guichets à compléter au registre"
    for adresse in ("/", "/guichets"):
        assert combien[2:] in ouvrir(app, adresse).texte.replace("\u00a0", " ")
    assert "Registre des guichets non livré" in ouvrir(app, f"/livraisons/{MOIS[1]}").texte
    assert "Type inconnu" in ouvrir(app, f"/guichet/{guichet()}").texte


def test_the_page_gives_the_workbook_and_what_it_takes_back_completes_the_months(
    app: dash.Dash, racine: Path
) -> None:
    lieu = f"departement=013&mois={MOIS[1]}"
    donne = app.server.test_client().get(f"/guichets/registre.xlsx?{lieu}")
    assert donne.status_code == 200
    assert donne.data == brouillon(racine)
    with app.server.test_request_context(f"/guichets?{lieu}"):
        with pytest.raises(Refus, match="pas le classeur"):
            recevoir(_en_contenu(b"rien"), "registre.xlsx", f"?{lieu}")
        faux = rempli(donne.data, {guichet(): {"siren": "12"}})
        with pytest.raises(Refus, match="SIREN"):
            recevoir(_en_contenu(faux), "registre.xlsx", f"?{lieu}")
        assert not travaux.lister(racine)
        bon = rempli(donne.data, vrai_registre())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(travaux, "lancer", lambda _: None)
            dit = str(recevoir(_en_contenu(bon), "registre.xlsx", f"?{lieu}"))
    assert "Registre reçu" in dit
    executer(racine)
    (fait,) = travaux.lister(racine)
    assert (fait.etat, fait.departement) == ("fait", "013")
    assert fait.resultat == {
        "departement": "013",
        "guichets": len(vrai_registre()),
        "completes": list(MOIS),
    }
    assert not fait.garde  # the workbook is not kept
    assert "À contrôler" in ouvrir(app, "/").texte


def _en_contenu(octets: bytes) -> str:
    return f"data:application/octet-stream;base64,{base64.b64encode(octets).decode()}"
