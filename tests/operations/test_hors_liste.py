"""A column of keys in place of codes says nothing: what rests on it is told, never 0 nor s.o."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dash
import pytest

from dashboards.app import creer_app
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.catalogue import lire_catalogue, nommes
from infocentre.catalogue.motifs import motif_non_calculable
from infocentre.entrepot import Dossier
from infocentre.noyau.erreurs import Refus
from infocentre.requetes.reserves import reserves
from tests.dashboards.vues import ouvrir
from tests.donnees.atelier import charger, controler, ecrire_livraison, interroger

pytestmark = pytest.mark.lent

RAISON = "MOTIF_RADIATION hors de sa liste pour 100 % des valeurs (80 sur 80)"
# Read by hand in expectations/ and queries/populations/: all that is over the attributions, what
# names a motif of radiation, and who was housed since, which reception tells by the attributions.
SUR_LE_MOTIF = {
    *(code for code in lire_catalogue().indicateurs if code.startswith("ATT_")),
    "RAD_SANS_PREAVIS",
    "RAD_IRR_NJ",
    "RAD_IRR_HORS_BAILLEUR",
    "DBL_RELOGE",
}


def decrite(table: str, colonne: str, hors_liste: int, renseignees: int) -> Any:  # in part
    compte = {"renseignees": renseignees, "illisibles": 0, "hors_liste": hors_liste}
    return {"tables": {table: {"livrees": [colonne], "faits": {"colonnes": {colonne: compte}}}}}


@pytest.mark.parametrize(
    ("colonne", "hors_liste", "renseignees", "raison"),
    [
        ("MOTIF_RADIATION", 80, 80, "hors de sa liste pour 100 % des valeurs (80 sur 80)"),
        ("MOTIF_RADIATION", 19, 80, None),  # fewer than 20
        ("MOTIF_RADIATION", 20, 400, None),  # 5 % is not more than 5 %
        ("MOTIF_RADIATION", 21, 400, "hors de sa liste pour 5 % des valeurs (21 sur 400)"),
        ("COMMUNE_LOGEMENT_ATTRIB", 30, 60, "hors de sa forme pour 50 % des valeurs (30 sur 60)"),
        # What names one thing: the indicators count themselves what is ill-formed of it.
        ("SIREN_RADIATION", 80, 80, None),
        ("NUMERORPLS", 80, 80, None),
    ],
)
def test_more_than_5_percent_and_at_least_20_values_off_their_list(
    colonne: str, hors_liste: int, renseignees: int, raison: str | None
) -> None:
    description = decrite("radiation", colonne, hors_liste, renseignees)
    dite = motif_non_calculable((), {("radiation", colonne)}, description)
    assert (dite and lisible(dite)) == (raison and f"{colonne} {raison}")


def lisible(texte: str) -> str:
    return " ".join(texte.replace("’", "'").split())


def test_an_indicator_rests_on_its_population_s_filters_and_on_no_column_it_does_not_ask() -> None:
    catalogue = lire_catalogue()
    sur = {
        colonne: {code for code in catalogue.indicateurs if paire in nommes(catalogue, code)}
        for paire in (
            ("radiation", "MOTIF_RADIATION"),
            ("radiation", "COMMUNE_LOGEMENT_ATTRIB"),
            ("stock", "SEXE_DEMANDEUR"),
            ("journal", "TYPE_EVENEMENT"),
            ("guichets", "MODE_ENREGISTREMENT"),
        )
        for colonne in [paire[1]]
    }
    assert sur["MOTIF_RADIATION"] == SUR_LE_MOTIF
    assert sur["COMMUNE_LOGEMENT_ATTRIB"] == {"ATT_COMMUNE_NR"}
    assert sur["SEXE_DEMANDEUR"] == {"CPL_CHAMPS"}
    assert sur["MODE_ENREGISTREMENT"] == {"MSG_ANOMALIE"}
    du_journal = "ENR_DELAI ENR_ATTESTATION REN_SAISIE_TARDIVE REN_ANTICIPE REN_TARDIF RAD_ANNULEE"
    assert sur["TYPE_EVENEMENT"] == {*du_journal.split(), "DBL_FORCE"}


# --- Three months, of which the second holds keys -------------------------------------------------


def demande(rang: int, **valeurs: object) -> dict[str, object]:
    return {
        "NUMERO_UNIQUE": f"0130125{rang:06d}G1301",
        "TYPE_DEMANDEUR": "PP",
        "GUICHET_ENREGISTREUR": "G1301",
        "CLE_GUICHETCREATEUR": "G1301",
        "DATE_CREATION": "2026-01-12",
        "DOUBLON_FORCE": "0",
        "ESTCREEESITEGRANDPUBLIC": "0",
        "MODE_MUTATION": "0",
        **valeurs,
    }


def radiees(mois: str, cles: dict[str, str]) -> list[dict[str, object]]:
    """80 of the month, of which 60 attributions, none with its réservataire: all of it is rouge."""
    motifs = ["RADATT"] * 60 + ["RADREN"] * 20
    return [
        demande(
            1000 + rang,
            DATE_RADIATION=f"{mois}-10",
            MOTIF_RADIATION=cles.get(motif, motif),
            TYPE_RESERVATAIRE="",
            TYPE_LOGEMENT_RECHERCHE="T3",
        )
        for rang, motif in enumerate(motifs)
    ]


def livraison(dossier: Path, mois: str, cles: dict[str, str]) -> Path:
    guichet: dict[str, object] = {
        "CODE_GUICHET": "G1301",
        "NOM": "Bailleur",
        "TYPE_GUICHET": "BAILLEUR",
        "MODE_ENREGISTREMENT": "DIRECT",
    }
    stock = [demande(rang, TYPE_LOGEMENT_RECHERCHE="9" if cles else "T3") for rang in range(50)]
    tables: dict[str, Sequence[dict[str, object]]] = {
        "stock": stock,
        "radiation": radiees(mois, cles),
        "guichets": [guichet],
    }
    return ecrire_livraison(dossier, mois, tables)


@pytest.fixture(scope="module")
def racine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dossier = tmp_path_factory.mktemp("hors_liste")
    for mois, cles in (
        ("2026-01", {}),
        ("2026-02", {"RADATT": "1", "RADREN": "2"}),
        ("2026-03", {}),
    ):
        une = livraison(dossier, mois, cles)
        if cles:
            with pytest.raises(Refus) as refus:
                charger(dossier / "donnees", une)
            (dossier / "refus.txt").write_text(str(refus.value), "utf-8")
        charger(dossier / "donnees", une, confirmer="vu, pour l'essai")
    controler(dossier / "donnees")
    return dossier / "donnees"


@pytest.fixture(scope="module")
def app(racine: Path) -> dash.Dash:
    return creer_app(Dossier(racine))


def test_the_refusal_names_first_what_most_rests_on_and_says_it_once(racine: Path) -> None:
    premiere, *autres = lisible((racine.parent / "refus.txt").read_text("utf-8")).split(" - ")[1:]
    assert premiere.startswith(
        "Codes dans leur liste : MOTIF_RADIATION hors de sa liste de codes : 80 sur 80, "
        f"soit 100 % ({len(SUR_LE_MOTIF)} indicateurs,"
    )
    assert "tout le compte des attributions en dépendent) (seuil : 5 %)" in premiere
    assert any("TYPE_LOGEMENT_RECHERCHE du stock" in une for une in autres)
    assert not any("MOTIF_RADIATION" in une for une in autres), "it is said once"


def test_not_one_indicator_is_sans_objet_for_keys_and_each_says_why(racine: Path) -> None:
    lus = interroger(
        racine, "SELECT code, mois, etat, denominateur FROM valeurs WHERE niveau = 'departement'"
    )
    etats = {(code, mois): etat for code, mois, etat, _ in lus}
    for code in SUR_LE_MOTIF:
        assert etats[code, "2026-02"] == "non_calculable", code
    assert (etats["ATT_RESERVATAIRE_NR", "2026-01"], etats["ATT_HORS_BAILLEUR", "2026-01"]) == (
        "rouge",
        "vert",
    )
    assert all(d is None for code, mois, etat, d in lus if etat == "non_calculable")
    motifs = dict(
        interroger(racine, "SELECT code, motif FROM motifs_non_calculable WHERE mois = '2026-02'")
    )
    assert {code for code, motif in motifs.items() if RAISON in lisible(motif)} >= SUR_LE_MOTIF
    assert {"ATT-01", "ATT-04", "TAB01-01", "TAB02-03"} <= motifs.keys()
    for mart in ("att_01", "tab01_01"):
        assert interroger(racine, f"SELECT count(*) FROM {mart} WHERE mois = '2026-02'") == [(0,)]


@pytest.mark.parametrize(
    "page",
    ["/", "/suivi?colonnes=tous", "/indicateurs/ATT_HORS_BAILLEUR", "/tableaux/ATT-01"],
)
def test_pages_say_why(app: dash.Dash, page: str) -> None:
    adresse = f"{page}{'&' if '?' in page else '?'}mois=2026-02"
    assert RAISON in lisible(ouvrir(app, adresse).texte)


def test_the_month_in_one_screen_keeps_what_does_not_rest_on_keys(app: dash.Dash) -> None:
    texte = lisible(ouvrir(app, "/?mois=2026-02").texte)
    assert f"Attributions sur 12 mois non calculable : {RAISON}" in texte
    assert re.search(r"Demandes actives 50\b", texte)
    assert re.search(rf"Logement d'abord[^.]* : non calculable : [^.]*{re.escape(RAISON)}", texte)


def test_a_month_that_says_nothing_is_no_change_for_its_neighbours(app: dash.Dash) -> None:
    ici, apres = (lisible(ouvrir(app, f"/?mois=2026-{un}").texte) for un in ("02", "03"))
    assert "non comparable à janvier 2026 : d'autres indicateurs sont calculables" in ici
    assert "Aucun guichet ne passe en rouge." in apres
    assert re.search(r"\d+ indicateurs n'étaient pas calculables en février 2026 :", apres)


def test_a_query_says_what_it_names_that_says_nothing(racine: Path) -> None:
    compte = "select mois, count(*) from radiation where motif_radiation = 'RADATT' group by mois"
    (dite,) = reserves(Dossier(racine), compte, TOUT)
    assert dite.startswith("MOTIF_RADIATION ne dit rien en février 2026 :")
    assert reserves(Dossier(racine), "select count(*) from radiation", TOUT) == ()
    assert reserves(Dossier(racine), compte, Perimetre(departements=frozenset({"075"}))) == ()
