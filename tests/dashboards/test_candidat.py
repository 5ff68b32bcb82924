"""« De la requête à l'indicateur »: the rule that a query holds, tried over past months."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from flask.testing import FlaskClient

from infocentre.catalogue import lire_catalogue
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecteur
from infocentre.noyau.config import ressources
from tests.dashboards.vues import Ecran, ecrit

Afficher = Callable[[str], Ecran]
UN_AN = (
    "select * from attributions where date_signature_bail is not null "
    "and date_radiation > date_signature_bail + interval 1 month"
)


@pytest.fixture(autouse=True)
def chez_lea(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path}/decisions.sqlite")


def champs(ecran: Ecran) -> dict[str, str]:
    """Return what the form of the rule holds."""
    contenu = next(un for un in (ecrit(c) for c in ecran.composants()) if "data-candidat" in un)
    lus = re.findall(r'<input [^>]*?name="(\w+)"[^>]*?value="([^"]*)"', contenu, re.DOTALL)
    lus += re.findall(r'<textarea [^>]*?name="(\w+)"[^>]*>\n(.*?)</textarea>', contenu, re.DOTALL)
    for nom, options in re.findall(
        r'<select [^>]*?name="(\w+)">(.*?)</select>', contenu, re.DOTALL
    ):
        lus += [(nom, choisi) for choisi in re.findall(r'value="(\w+)" selected', options)]
    return {nom: unescape(valeur) for nom, valeur in lus}


def essayer(client: FlaskClient, **textes: str) -> dict[str, Any]:
    lu: dict[str, Any] = client.post(
        "/requetes/indicateur/essayer", json={"nombre": "3", **textes}
    ).get_json()
    return lu


def definition(reponse: dict[str, Any]) -> dict[str, Any]:
    """Return the YAML that a preview gives to take away."""
    texte = re.findall(
        r"<summary>La définition</summary><pre[^>]*>(.*?)</pre>", reponse["html"], re.DOTALL
    )[0]
    lue: dict[str, Any] = yaml.safe_load(unescape(texte))
    return lue


def test_a_query_fills_the_form_of_its_rule(afficher: Afficher) -> None:
    lus = champs(afficher(f"/requetes/indicateur?code=att_candidat&sql={quote(UN_AN)}"))
    assert lus["code"] == "ATT_CANDIDAT"
    assert lus["population"] == "attributions"
    assert lus["applicable"] == "date_signature_bail is not null"
    assert lus["anomalie"] == "date_radiation > date_signature_bail + interval 1 month"
    assert (lus["orange"], lus["rouge"]) == ("2", "5")


def test_a_kept_query_gives_its_title(afficher: Afficher, client: FlaskClient) -> None:
    gardee = client.post("/requetes/garder", json={"titre": "Baux anciens", "sql": UN_AN})
    lus = champs(afficher(f"/requetes/indicateur?requete={gardee.get_json()['id']}"))
    assert lus["libelle"] == "Baux anciens"


def test_a_code_in_force_opens_its_rule(afficher: Afficher) -> None:
    lus = champs(afficher("/requetes/indicateur?code=ATT_TARDIVE"))
    en_vigueur = lire_catalogue().indicateurs["ATT_TARDIVE"]
    assert lus["anomalie"] == en_vigueur.anomalie
    assert lus["libelle"] == en_vigueur.libelle


@pytest.mark.parametrize(
    ("adresse", "dit"),
    [
        ("code=RIEN_DE_TEL", "aucun indicateur n'a le code"),
        (f"sql={quote('select count(*) from demandes group by statut')}", "une seule table"),
        (f"sql={quote('select oups oups oups')}", "select"),
    ],
)
def test_what_is_no_rule_says_so(afficher: Afficher, adresse: str, dit: str) -> None:
    texte = afficher(f"/requetes/indicateur?{adresse}").texte
    assert dit.lower() in texte.lower()
    assert "2. Relire" not in texte


def test_a_rule_unchanged_gives_the_published_values(
    afficher: Afficher, client: FlaskClient, entrepot_demo: Dossier
) -> None:
    reponse = essayer(client, **champs(afficher("/requetes/indicateur?code=ATT_TARDIVE")))
    v = Lecteur(entrepot_demo).ouvrir()
    assert v
    (publie,) = v.lignes(
        "SELECT numerateur_12m, denominateur_12m FROM valeurs WHERE code = 'ATT_TARDIVE' "
        "AND niveau = 'departement' AND mois = (SELECT max(mois) FROM valeurs)"
    )
    resume = re.findall(r'<p class="fr-text--lead">(.*?)</p>', unescape(reponse["html"]))[0]
    compte = f"{publie['numerateur_12m']} anomalies sur {publie['denominateur_12m']} unités"
    assert f"{compte} des 12 mois ; 0 entre, 0 sort ; 0 guichet change d'état" in resume
    avant = yaml.safe_load((ressources("expectations") / "ATT_TARDIVE.yml").read_text("utf-8"))
    assert definition(reponse) == avant


def test_a_changed_rule_is_a_new_version(afficher: Afficher, client: FlaskClient) -> None:
    lus = champs(afficher("/requetes/indicateur?code=ATT_TARDIVE"))
    seuils = definition(essayer(client, **{**lus, "orange": "1", "rouge": "3,5"}))
    avant = lire_catalogue().indicateurs["ATT_TARDIVE"]
    assert seuils["seuils"] == {"orange": 0.01, "rouge": 0.035}
    assert (seuils["version"], seuils["ordre"]) == (avant.version, avant.ordre)
    regle = essayer(client, **{**lus, "anomalie": "date_radiation > date_signature_bail + 60"})
    assert definition(regle)["version"] == avant.version + 1
    assert definition(regle)["suivi"] is True
    assert "0 sort ;" not in regle["html"]


def test_a_candidate_is_tried_without_being_written(
    afficher: Afficher, client: FlaskClient
) -> None:
    lus = champs(afficher(f"/requetes/indicateur?code=ATT_CANDIDAT&sql={quote(UN_AN)}"))
    reponse = essayer(client, **lus)
    assert "ATT_CANDIDAT, indicateur nouveau" in reponse["html"]
    assert reponse["html"].count('<th role="rowheader" scope="row">') >= 3
    assert "<svg" in reponse["html"]
    assert "infocentre candidat ATT_CANDIDAT" in reponse["html"]
    assert "Reste à compléter : libelle, pourquoi, correction." in reponse["html"]
    assert not (ressources("expectations") / "ATT_CANDIDAT.yml").exists()


@pytest.mark.parametrize(
    ("change", "dit"),
    [
        ({"anomalie": "colonne_absente > 1"}, "colonne_absente"),
        ({"orange": "beaucoup"}, "orange"),
        ({"orange": "9", "rouge": "3"}, "inférieur"),
        ({"code": "x"}, "code"),
        ({"nombre": "0"}, "nombre de mois"),
        ({"anomalie": "date_radiation > (select max(nom) from read_csv('/etc/passwd'))"}, ""),
    ],
)
def test_a_wrong_rule_is_refused_in_french(
    afficher: Afficher, client: FlaskClient, change: dict[str, str], dit: str
) -> None:
    lus = champs(afficher(f"/requetes/indicateur?code=ATT_CANDIDAT&sql={quote(UN_AN)}"))
    reponse = essayer(client, **{**lus, **change})
    assert "html" not in reponse
    assert dit in unescape(reponse["refus"])
    assert "root:" not in reponse["refus"]
