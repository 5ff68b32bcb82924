"""« De la requête à l'indicateur »: the rule that a query holds, tried over past months."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dash
import pytest
from flask.testing import FlaskClient

from dashboards.composants.candidat import _commande
from infocentre.acces.audit import Trace, tracer
from infocentre.acces.modele import Role
from infocentre.catalogue import lire_catalogue
from infocentre.cli.analyseur import lire_ligne
from infocentre.decisions import Requetes, ouvrir_magasin, utilisateur
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecteur
from infocentre.noyau import fichiers_yaml
from infocentre.noyau.config import ressources
from tests.dashboards.comme import acces, comme
from tests.dashboards.rappels import composants, rappeler, texte
from tests.dashboards.vues import Ecran

pytestmark = pytest.mark.lent

Afficher = Callable[[str], Ecran]
UN_AN = (
    "select * from attributions where date_signature_bail is not null "
    "and date_radiation > date_signature_bail + interval 1 month"
)


@pytest.fixture(autouse=True)
def chez_lea(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path}/decisions.sqlite")


def champs(ecran: Ecran) -> dict[str, Any]:
    """Return what the form of the rule holds."""
    lus: dict[str, Any] = ecran.trouver("regle").valeurs
    return lus


def essayer(
    app: dash.Dash,
    client: FlaskClient,
    code: str,
    formulaire: str = "regle",
    seuils: dict[str, str] | None = None,
    **textes: Any,
) -> Any:
    """Return what the page shows when a form is sent, three months being asked for."""
    tenus = {
        f"{formulaire}.envois": 1,
        "regle.valeurs": {**textes, "nombre": textes.get("nombre", "3")},
        "seuils.valeurs": {"nombre": "3", **(seuils or {})},
        "code-essaye.data": {"code": code, "ou": ""},
    }
    lu = rappeler(app, client, "apercu.children", f"{formulaire}.envois", tenus)
    return lu["apercu.children"]


def definition(apercu: Any) -> dict[str, Any]:
    """Return the YAML that a preview gives to take away."""
    *_, dernier = (un for un in composants(apercu) if un["type"] == "Pre")
    lue: dict[str, Any] = fichiers_yaml.lire(dernier["props"]["children"])
    return lue


def test_a_query_fills_the_form_of_its_rule(afficher: Afficher) -> None:
    ecran = afficher(f"/requetes/indicateur?code=att_candidat&sql={quote(UN_AN)}")
    assert ecran.trouver("code-essaye").data["code"] == "ATT_CANDIDAT"
    lus = champs(ecran)
    assert lus["population"] == "attributions"
    assert lus["applicable"] == "date_signature_bail is not null"
    assert lus["anomalie"] == "date_radiation > date_signature_bail + interval 1 month"
    assert (lus["orange"], lus["rouge"]) == ("2", "5")


def test_a_kept_query_gives_its_title(afficher: Afficher, entrepot_demo: Dossier) -> None:
    miennes = Requetes(ouvrir_magasin(entrepot_demo.racine), utilisateur())
    gardee = miennes.garder("Baux anciens", UN_AN, partagee=False)
    lus = champs(afficher(f"/requetes/indicateur?requete={gardee.id}"))
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
    afficher: Afficher, app: dash.Dash, client: FlaskClient, entrepot_demo: Dossier
) -> None:
    ecran = afficher("/requetes/indicateur?code=ATT_TARDIVE")
    apercu = essayer(app, client, "ATT_TARDIVE", **champs(ecran) | {"nombre": "3"})
    v = Lecteur(entrepot_demo).ouvrir()
    assert v
    (publie,) = v.lignes(
        "SELECT numerateur_12m, denominateur_12m FROM valeurs WHERE code = 'ATT_TARDIVE' "
        "AND niveau = 'departement' AND mois = (SELECT max(mois) FROM valeurs)"
    )
    compte = f"{publie['numerateur_12m']} anomalies sur {publie['denominateur_12m']} unités"
    dit = texte(apercu)
    assert f"{compte} des 12 mois ; 0 entre, 0 sort ; 0 guichet change d'état" in dit
    avant = fichiers_yaml.lire((ressources("expectations") / "ATT_TARDIVE.yml").read_text("utf-8"))
    assert definition(apercu) == avant


def test_a_threshold_is_changed_without_reading_the_rule(
    afficher: Afficher, app: dash.Dash, client: FlaskClient
) -> None:
    ecran = afficher("/requetes/indicateur?code=ATT_TARDIVE")
    assert ecran.filtre("code").valeur == "ATT_TARDIVE"
    seuils = ecran.trouver("seuils").valeurs
    assert seuils == {"orange": "5", "rouge": "15", "nombre": "12"}
    bas = {"orange": "1", "rouge": "3,5"}
    apercu = essayer(app, client, "ATT_TARDIVE", "seuils", bas, **champs(ecran))
    assert definition(apercu)["seuils"] == {"orange": 0.01, "rouge": 0.035}
    avant = lire_catalogue().indicateurs["ATT_TARDIVE"]
    assert definition(apercu)["version"] == avant.version
    assert texte(apercu).startswith("ATT_TARDIVE, seuils essayés")
    assert "0 entre, 0 sort ; " in texte(apercu)
    sans = next(un for un in lire_catalogue().indicateurs.values() if un.tolerance_zero)
    ecran = afficher(f"/requetes/indicateur?code={sans.code}")
    assert ecran.trouver("seuils").groupes == []
    assert "à traiter dès la première anomalie" in ecran.texte


def test_a_changed_rule_is_a_new_version(
    afficher: Afficher, app: dash.Dash, client: FlaskClient
) -> None:
    lus = champs(afficher("/requetes/indicateur?code=ATT_TARDIVE")) | {"nombre": "3"}
    avant = lire_catalogue().indicateurs["ATT_TARDIVE"]
    regle = lus | {"anomalie": "date_radiation > date_signature_bail + 60"}
    apercu = essayer(app, client, "ATT_TARDIVE", **regle)
    assert definition(apercu)["version"] == avant.version + 1
    assert definition(apercu)["ordre"] == avant.ordre
    assert definition(apercu)["suivi"] is True
    assert texte(apercu).startswith("ATT_TARDIVE, règle changée")
    assert "0 sort ;" not in texte(apercu)


def test_the_command_that_writes_it_is_read_back_whatever_a_rule_begins_with() -> None:
    champs = {"population": "stock", "anomalie": "-surface>0", "libelle": "l'un"}
    commande = _commande("ATT_CANDIDAT", champs).replace("\\\n", "")  # as a shell reads it
    _, lue = lire_ligne(shlex.split(commande)[1:])
    assert (lue.code, lue.population, lue.anomalie) == ("ATT_CANDIDAT", "stock", "-surface>0")
    assert (lue.libelle, lue.ecrire) == ("l'un", True)


def test_a_candidate_is_tried_without_being_written(
    afficher: Afficher, app: dash.Dash, client: FlaskClient
) -> None:
    lus = champs(afficher(f"/requetes/indicateur?code=ATT_CANDIDAT&sql={quote(UN_AN)}"))
    apercu = essayer(app, client, "ATT_CANDIDAT", **lus | {"nombre": "3"})
    dit = texte(apercu)
    assert "ATT_CANDIDAT, indicateur nouveau" in dit
    assert "infocentre candidat ATT_CANDIDAT" in dit
    assert "Reste à compléter : libelle, pourquoi, correction." in dit
    (image,) = (un for un in composants(apercu) if un["type"] == "Graph")
    assert len(image["props"]["figure"]["data"][-1]["x"]) == 3
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
    afficher: Afficher, app: dash.Dash, client: FlaskClient, change: dict[str, str], dit: str
) -> None:
    lus = champs(afficher(f"/requetes/indicateur?code=ATT_CANDIDAT&sql={quote(UN_AN)}"))
    code = change.pop("code", "ATT_CANDIDAT")
    apercu = essayer(app, client, code, **{**lus, "nombre": "3", **change})
    assert apercu["props"]["role"] == "alert"
    assert dit in texte(apercu)
    assert "root:" not in texte(apercu)


def test_who_sees_small_counts_sees_who_tries_how_many_rules(
    app: dash.Dash, afficher: Afficher, entrepot_demo: Dossier
) -> None:
    ana = acces(Role.ANALYSTE, "013")
    magasin = ouvrir_magasin(entrepot_demo.racine)
    for _ in range(3):
        tracer(magasin, ana, Trace.ESSAI, "ATT_CANDIDAT")
    titre = "Essais des sept derniers jours, par compte"
    adresse = "/requetes/indicateur?departement=013"
    with comme(app, acces(Role.GESTIONNAIRE, "013")):
        vue = afficher(adresse).texte
        assert titre in vue
        assert "analyste@exemple.fr" in vue.split(titre, 1)[1]
    with comme(app, ana):
        assert titre not in afficher(adresse).texte
