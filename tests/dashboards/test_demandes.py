"""Demandes: the list is the numerator, a demande tells its life, a sample is read back."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import dash
import openpyxl
import pytest
from flask.testing import FlaskClient

from dashboards import fichiers
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.contrat import contrat
from infocentre.entrepot import Dossier
from infocentre.lecture import archives, demandes
from infocentre.lecture.commun import indicateurs, noms_guichets, registre
from infocentre.lecture.echantillons import VERDICTS, verdicts
from infocentre.lecture.filtres import PAR_PAGE, Filtres
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.liens import ROLES
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import nom_mois
from tests.dashboards.listes import liens, table, tables
from tests.dashboards.vues import Ecran, ouvrir

Afficher = Callable[[str], Ecran]
CODES = [un.code for un in indicateurs()]


@pytest.fixture(scope="module")
def v(entrepot_demo: Dossier) -> Lecture:
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte
    return Lecture(ouverte, TOUT)


@pytest.fixture
def filtres(v: Lecture) -> Filtres:
    return Filtres("013", v.version.de("013")[-1].mois)


def demandee(v: Lecture, f: Filtres, code: str, **adresse: str) -> demandes.Demandee:
    un = next(un for un in indicateurs() if un.code == code)
    return demandes.demandee(v, f, un, adresse)


def listees(v: Lecture, f: Filtres, d: demandes.Demandee, **options: Any) -> Any:
    return demandes.anomalies(v, demandes.livraison_controlee(v, f), d.choix, **options)


def test_the_lists_that_are_kept_are_the_last_and_stay_right(
    v: Lecture, filtres: Filtres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LIGNES_TENUES", 20)
    tables = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'listes'"
    d_autres = {une["table_name"] for une in v.lignes(tables)}
    codes = ["CPL_RESSOURCES", "CPL_CONTACT", "REN_ECHUE", "ATT_TARDIVE"]
    attendus = {code: listees(v, filtres, demandee(v, filtres, code))[0] for code in codes}
    with ThreadPoolExecutor(8) as fils:  # each list is dropped while others read it
        lus = list(
            fils.map(
                lambda code: (code, listees(v, filtres, demandee(v, filtres, code))[0]), codes * 12
            )
        )
    assert all(nombre == attendus[code] for code, nombre in lus)
    tenues = {une["table_name"] for une in v.lignes(tables)}
    assert {f"listes.{nom}" for nom in tenues - d_autres} <= {
        une.table for une in v.ouverte.listes.values()
    }
    lignes = [une.lignes for une in v.ouverte.listes.values()]
    assert len(lignes) == 1 or sum(lignes) <= 20


@pytest.mark.parametrize("fenetre", ["mois", "12m"])
@pytest.mark.parametrize("code", CODES)
def test_the_list_is_the_numerator(v: Lecture, filtres: Filtres, code: str, fenetre: str) -> None:
    f = replace(filtres, fenetre=fenetre)
    d = demandee(v, f, code, fenetre=fenetre)
    total, lignes = listees(v, f, d, page=None)
    compte = demandes.comptes(v, f, None)[code]
    assert d.choix.douze_mois == (fenetre == "12m" and not d.stock)
    nom = "numerateur_12m" if d.choix.douze_mois else "numerateur"
    assert total == len(lignes) == (dict(compte)[nom] or 0)
    assert all(une["explication"] for une in lignes)
    # … for each guichet, and each organisme, too.
    organismes = {une["guichet"]: une["organisme"] for une in registre(v, "013", f.mois)}
    par_guichet = Counter(une["guichet"] for une in lignes)
    par_organisme = Counter(organismes.get(une["guichet"]) for une in lignes)
    par_organisme.pop(None, None)
    for niveau, listes in (("guichet", par_guichet), ("organisme", par_organisme)):
        publies = v.lignes(
            f"SELECT guichet, {nom} AS n FROM valeurs WHERE niveau = '{niveau}' "
            f"AND code = '{code}' AND departement = '013' AND mois = '{f.mois}' AND {nom} > 0"
        )
        assert listes == {une["guichet"]: une["n"] for une in publies}, niveau


def test_the_list_of_a_guichet_and_of_an_organisme(v: Lecture, filtres: Filtres) -> None:
    d = demandee(v, filtres, "CPL_CONTACT")
    _, toutes = listees(v, filtres, d, page=None)
    guichet = toutes[0]["guichet"]
    seul = demandee(v, filtres, "CPL_CONTACT", guichet=guichet)
    total, lignes = listees(v, filtres, seul, page=None)
    assert total == sum(une["guichet"] == guichet for une in toutes)
    assert {une["guichet"] for une in lignes} == {guichet}
    siren = v.lignes("SELECT organisme FROM registre WHERE guichet = $g LIMIT 1", {"g": guichet})
    organisme = demandee(v, filtres, "CPL_CONTACT", guichet=siren[0]["organisme"])
    assert guichet in (organisme.choix.guichets or ())
    assert listees(v, filtres, organisme, page=None)[0] >= total


def test_pages_follow_each_other_and_do_not_overlap(v: Lecture, filtres: Filtres) -> None:
    d = demandee(v, filtres, "CPL_CONTACT", tri="anciennete")
    total, toutes = listees(v, filtres, d, page=None)
    pages = [une for page in (1, 2, 3, 4, 5) for une in listees(v, filtres, d, page=page)[1]]
    assert total > PAR_PAGE
    assert [une["unite"] for une in pages] == [une["unite"] for une in toutes]
    premiers = [une["premier_mois"] for une in toutes]
    assert premiers == sorted(premiers)


def test_the_gravest_come_first_and_may_be_kept_alone(v: Lecture, filtres: Filtres) -> None:
    tous = listees(v, filtres, demandee(v, filtres, "ATT_TARDIVE"), page=None)[1]
    jours = [une["gravite"] or 0 for une in tous]
    assert jours == sorted(jours, reverse=True)
    for une in tous:
        dit = re.search(r"(\d+) jours après$", une["constat"])
        assert dit
        assert une["gravite"] == int(dit[1])
    d = demandee(v, filtres, "ATT_TARDIVE", gravite="30")
    total, graves = listees(v, filtres, d, page=1)
    assert total == sum(un > 30 for un in jours) > 0
    assert all((une["gravite"] or 0) > 30 for une in graves)
    assert demandee(v, filtres, "ATT_TARDIVE", gravite="1 OR 1").choix.plus_de is None


def test_what_stands_is_told_from_what_ended(v: Lecture, filtres: Filtres) -> None:
    avant = replace(filtres, mois="2026-06")
    comptes = {
        suite: listees(v, avant, demandee(v, avant, "CPL_RESSOURCES", suite=suite), page=None)
        for suite in ("", "ouvertes", "closes")
    }
    assert comptes[""][0] == comptes["ouvertes"][0] + comptes["closes"][0]
    assert {une["statut"] for une in comptes["closes"][1]} == {"close"}
    assert "close" not in {une["statut"] for une in comptes["ouvertes"][1]}


def test_a_filtered_list_says_of_how_many_it_is(afficher: Afficher) -> None:
    ecran = afficher("/demandes?code=ATT_TARDIVE&gravite=365")
    tous, gardees = re.findall(r"(\d+) demandes? (?:en anomalie|pour ces filtres)", ecran.texte)
    assert int(tous) > int(gardees) == 0, "the total is that of the indicator"
    assert "Pas de demandes en anomalie ici" in ecran.texte
    proches = afficher("/demandes?code=ATT_TARDIVE&gravite=30")
    assert [un for un in proches.liens if "/export/demandes" in un and "gravite=30" in un]


def test_all_that_a_guichet_has_is_a_row_per_demande(
    afficher: Afficher, client: FlaskClient
) -> None:
    ecran = afficher("/demandes?code=TOUS&guichet=G1303")
    assert any(un.startswith("/guichet/G1303?") for un in ecran.liens)
    demandes_ = [une[0] for une in table(ecran, "De 1 à ")]
    assert len(demandes_) == len(set(demandes_)) > 1
    classeur = openpyxl.load_workbook(
        io.BytesIO(client.get("/export/a-corriger.xlsx?guichet=G1303").data)
    )
    remises = [une[2].value for une in classeur["Cas"].iter_rows(min_row=2)]
    assert demandes_[: len(remises)] == remises[: len(demandes_)]


def test_the_age_of_an_anomaly_of_a_stock(v: Lecture, filtres: Filtres) -> None:
    assert demandes.mois_ouverts("2025-11", "2026-02") == 4
    assert demandes.mois_ouverts(None, "2026-02") is None
    _, lignes = listees(v, filtres, demandee(v, filtres, "CPL_CONTACT"), page=None)
    assert all(une["premier_mois"] <= filtres.mois for une in lignes)


def test_the_page_without_a_code_counts_each_indicator(
    afficher: Afficher, v: Lecture, filtres: Filtres
) -> None:
    lignes = {ligne[1]: ligne for ligne in table(afficher("/demandes"), "Choisir un indicateur")}
    assert list(lignes) == CODES
    attendu = demandes.comptes(v, filtres, None)["CPL_CONTACT"]["numerateur"]
    assert lignes["CPL_CONTACT"][2] == str(attendu)


def test_the_page_of_an_indicator(afficher: Afficher) -> None:
    ecran = afficher("/demandes?code=CPL_CONTACT&page=2")
    assert "Demandes actives sans adresse électronique" in ecran.texte
    assert len(table(ecran, "De 51 à 100")) == PAR_PAGE
    assert any(un.startswith("/demande/013") for un in liens(ecran))
    assert any("/export/demandes.xlsx?" in un and "code=CPL_CONTACT" in un for un in ecran.liens)


@pytest.mark.parametrize(
    ("adresse", "message"),
    [
        ("/demandes?code=XX_YY", "L'indicateur « XX_YY » n'existe pas"),
        ("/demandes?code=CPL_CONTACT&guichet=G0000", "Le guichet « G0000 » n'est pas connu"),
        ("/demandes?guichet=G0000", "Le guichet « G0000 » n'est pas connu"),
        ("/demande", "Chercher une demande"),
        ("/demande/0130199000001G0000", "n'est dans aucune livraison chargée"),
        ("/demande?numero=%27%20OR%201", "n'est dans aucune livraison chargée"),
    ],
)
def test_addresses_that_lead_to_nothing(afficher: Afficher, adresse: str, message: str) -> None:
    assert message in afficher(adresse).texte


@pytest.mark.parametrize("page", ["999", "9999999999999", "0", "-1", "x", "1e3", "²", "٣"])
@pytest.mark.parametrize(
    "adresse",
    [
        "/demandes?code=CPL_CONTACT",
        "/demandes?code=CPL_CONTACT&guichet={guichet}&tri=anciennete",
        "/livraisons/{premier}?liste=rejets",
        "/guichets?montrer=tous",
    ],
)
def test_no_page_says_that_a_list_is_empty_when_it_is_not(
    afficher: Afficher, v: Lecture, filtres: Filtres, adresse: str, page: str
) -> None:
    """A bookmark of page 4 must not say « rien à corriger » when the list becomes shorter."""
    guichet = listees(v, filtres, demandee(v, filtres, "CPL_CONTACT"))[1][0]["guichet"]
    adresse = adresse.format(guichet=guichet, premier=v.version.de("013")[0].mois)
    premiere, ecran = afficher(adresse), afficher(f"{adresse}&page={page}")
    assert lignes_montrees(ecran)
    for mot in ("Rien", "Aucun guichet", "Pas de", "0 demande", "0 ligne"):
        assert (mot in ecran.texte) == (mot in premiere.texte), mot


def lignes_montrees(ecran: Ecran) -> int:
    return max(map(len, tables(ecran).values()))


def test_the_page_beyond_the_last_is_the_last(
    afficher: Afficher, v: Lecture, filtres: Filtres
) -> None:
    total, toutes = listees(v, filtres, demandee(v, filtres, "CPL_CONTACT"), page=None)
    reste = total % PAR_PAGE or PAR_PAGE
    ecran = afficher("/demandes?code=CPL_CONTACT&page=9999")
    montrees = table(ecran, f"De {total - reste + 1} à {total}")
    assert [une[0] for une in montrees] == [une["unite"] for une in toutes[-reste:]]
    assert f"{total} demandes en anomalie" in ecran.texte


def test_the_export_gives_the_whole_list(client: FlaskClient) -> None:
    reponse = client.get("/export/demandes.csv?code=CPL_CONTACT")
    lignes = list(csv.DictReader(io.StringIO(reponse.get_data(as_text=True)), delimiter=";"))
    assert len(lignes) > PAR_PAGE
    assert all(une["mois_ouverts"] and une["nom"] for une in lignes)


def test_a_perimetre_restricts_the_lists(v: Lecture, filtres: Filtres) -> None:
    statistique = Lecture(v.ouverte, Perimetre(nominatif=False))
    with pytest.raises(Refus, match="ne sont pas ouvertes"):
        demandes.livraison_controlee(statistique, filtres)
    with pytest.raises(Refus, match="ne sont pas ouvertes"):
        demandes.demande(statistique, "0130126003573GDPUB")
    seul = Lecture(v.ouverte, Perimetre(guichets=frozenset({"G1302"})))
    assert demandes.choisir_guichets(seul, filtres, "") == ("G1302",)
    with pytest.raises(Refus, match="pas connu"):
        demandes.choisir_guichets(seul, filtres, "G1301")


@pytest.fixture
def numero(v: Lecture) -> str:
    lignes = v.lignes(
        f"SELECT numero_unique FROM {v.suivi('013')} WHERE code = 'ATT_TARDIVE' "
        "ORDER BY premier_mois DESC, numero_unique LIMIT 1"
    )
    return cast("str", lignes[0]["numero_unique"])


def test_a_demande_is_in_the_order_of_time(afficher: Afficher, numero: str) -> None:
    ecran = afficher(f"/demande/{numero}")
    assert "Radiée le" in ecran.texte
    anomalies = table(ecran, "Indicateurs dans lesquels")
    assert any("Attributions enregistrées tardivement" in une[0] for une in anomalies)
    dates = ["/".join(reversed(une[0].split("/"))) for une in table(ecran, "Actes, plis")]
    assert dates == sorted(dates)
    faits = {une[1] for une in table(ecran, "Actes, plis")}
    assert {"Dépôt de la demande", "Radiation : Attribution"} <= faits


def test_a_part_of_a_numero_leads_to_the_demandes_that_have_it(
    afficher: Afficher, numero: str
) -> None:
    ecran = afficher(f"/demande?numero={numero[:13].lower()}")
    assert f"dont le numéro contient {numero[:13]}" in ecran.texte
    assert any(un.startswith(f"/demande/{numero}?") for un in ecran.liens)


def test_a_demande_names_its_guichets(afficher: Afficher, v: Lecture, numero: str) -> None:
    mois = v.version.de("013")[-1].mois
    noms = noms_guichets(v, "013", mois)
    connus = registre(v, "013", mois)
    assert noms == {une["guichet"]: une["nom"] or une["guichet"] for une in connus}
    montres = {une[2] for une in table(afficher(f"/demande/{numero}"), "Actes, plis")} - {""}
    assert montres
    assert montres <= set(noms.values())
    seul = Lecture(v.ouverte, Perimetre(guichets=frozenset({"G1302"})))
    assert noms_guichets(seul, "013", mois) == {"G1302": noms["G1302"]}


def test_the_search_tolerates_spaces_and_lower_case(afficher: Afficher, numero: str) -> None:
    saisi = f"{numero[:3]}+{numero[3:].lower()}+"
    assert f"Demande {numero}" in afficher(f"/demande?numero={saisi}").texte


def test_a_demande_says_no_name(afficher: Afficher, numero: str, entrepot_demo: Dossier) -> None:
    fichiers = sorted(entrepot_demo.nominatif.rglob("*.parquet"))
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte
    noms = ouverte.lignes(
        f"SELECT nom, prenom FROM read_parquet({[str(un) for un in fichiers]}) "
        "WHERE numero_unique = $numero",
        {"numero": numero},
    )
    ecran = afficher(f"/demande/{numero}")
    contenu = f"{ecran.texte} {table(ecran, 'Actes, plis')}".upper()
    assert noms
    assert all(une["nom"].upper() not in contenu for une in noms)


def test_a_demande_keeps_nothing_personal(v: Lecture, numero: str) -> None:
    etat = demandes.demande(v, numero).etat
    personnelles = {une.champ for une in contrat().tables["radiation"].colonnes if une.personnelle}
    assert etat["numero_unique"] == numero
    assert set(etat) & personnelles <= {"numero_unique"}


def tire(client: FlaskClient, **parametres: object) -> openpyxl.Workbook:
    reponse = client.get("/echantillon/classeur.xlsx", query_string=parametres)
    assert reponse.status_code == 200, reponse.get_data(as_text=True)
    return openpyxl.load_workbook(io.BytesIO(reponse.data))


def unites(classeur: openpyxl.Workbook) -> Iterator[tuple[Any, ...]]:
    yield from classeur.worksheets[0].iter_rows(min_row=2, max_col=3, values_only=True)


def test_the_same_seed_makes_the_same_draw(client: FlaskClient) -> None:
    un, deux, autre = (tire(client, guichet="g1302", n=12, graine=g) for g in (7, 7, 8))
    assert list(unites(un)) == list(unites(deux)) != list(unites(autre))


def rempli(client: FlaskClient, **changements: str) -> Any:
    """Post a sample of 10 filled in, the first one wrong; `changements` are of its drawing."""
    classeur = tire(client, guichet="G1302", n=10)
    feuille = classeur.worksheets[0]
    colonne = [cellule.value for cellule in feuille[1]].index(VERDICTS[0]) + 1
    for rang in range(2, feuille.max_row + 1):
        feuille.cell(rang, colonne, "non" if rang == 2 else "oui")
    for cle, valeur in classeur["Tirage"].iter_rows(max_col=2):
        if cle.value in changements:
            valeur.value = changements[cle.value]
    tampon = io.BytesIO()
    classeur.save(tampon)
    tampon.seek(0)
    return client.post("/echantillon/lecture", data={"classeur": (tampon, "rempli.xlsx")})


def test_a_verdict_is_read_back_kept_and_shown(
    client: FlaskClient,
    afficher: Afficher,
    v: Lecture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path / 'd.sqlite'}")
    for _ in range(2):  # the same sample read again takes the place of its first verdict
        reponse = rempli(client)
        assert reponse.status_code == 303
    (garde,) = verdicts(v, "013", "G1302")
    assert (garde.tirees, garde.jugees, garde.fausses, garde.graine) == (10, 10, 1, "1")
    assert 0 < garde.borne_basse < garde.taux < garde.borne_haute < 1
    texte = afficher(reponse.headers["Location"]).texte
    assert "Verdict gardé : Provence Habitat Solidaire – agence du Phare, 10 demandes" in texte
    fiche = afficher("/guichet/G1302").texte
    assert "Vérifié sur pièces Octobre 2026, tous actes : 1 non conforme sur 10 dem" in fiche
    assert "Vérifié sur pièces" not in afficher("/guichet/G1303").texte
    sien = Lecture(v.ouverte, Perimetre(guichets=frozenset({"G1303"})))
    assert verdicts(sien, "013") == verdicts(v, "013", "G1303") == []
    refuse = rempli(client, guichet="G0000")
    assert refuse.status_code == 400
    assert "le tirage d&#39;un guichet inconnu" in refuse.get_data(as_text=True)


def test_the_sample_says_its_facts_in_words(client: FlaskClient) -> None:
    entete, *lignes = tire(client, guichet="G1302", n=40).worksheets[0].iter_rows(values_only=True)
    dits = [dict(zip(entete, ligne, strict=True)) for ligne in lignes]
    codes = contrat().codes["MOTIF_DEMANDE"]
    assert {une["Motif de la demande"] for une in dits} <= {*codes.values(), None}
    communes = {une["Commune recherchée"] for une in dits if une["Commune recherchée"]}
    assert communes
    assert not any(re.fullmatch(r"\d{5}", commune) for commune in communes)


@pytest.mark.parametrize(
    ("parametres", "message"),
    [
        ({"guichet": ""}, "Aucun guichet n'est choisi"),
        ({"guichet": "G0000"}, "n'est pas connu"),
        ({"guichet": "G1302", "n": "0"}, "n'est pas une taille"),
        ({"guichet": "G1302", "n": "beaucoup"}, "n'est pas une taille"),
        ({"guichet": "G1302", "graine": "x"}, "n'est pas une graine"),
        ({"guichet": "G1302", "code": "XX_YY"}, "n'existe pas"),
    ],
)
def test_what_cannot_be_drawn_is_said_beside_the_form(
    client: FlaskClient, afficher: Afficher, parametres: dict[str, str], message: str
) -> None:
    reponse = client.get("/echantillon/classeur.xlsx", query_string=parametres)
    assert reponse.status_code == 303
    texte = afficher(reponse.headers["Location"]).texte
    assert message in texte.replace("’", "'")
    assert "1. Tirer" in texte
    assert message not in afficher("/echantillon").texte


@pytest.mark.parametrize(
    ("nom", "message"), [(None, "Aucun fichier n"), ("faux.xlsx", "pas un échantillon")]
)
def test_workbooks_that_are_refused(client: FlaskClient, nom: str | None, message: str) -> None:
    envoi = {"classeur": (io.BytesIO(b"PK rien"), nom)} if nom else {}
    reponse = client.post("/echantillon/lecture", data=envoi)
    assert reponse.status_code == 400
    assert message in reponse.get_data(as_text=True)


def test_a_workbook_that_is_too_big(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fichiers, "OCTETS_MAX", 100)
    envoi = {"classeur": (io.BytesIO(b"0" * 1000), "gros.xlsx")}
    assert client.post("/echantillon/lecture", data=envoi).status_code == 413


def test_an_empty_warehouse(app_vide: dash.Dash) -> None:
    reponse = app_vide.server.test_client().get("/echantillon/classeur.xlsx?guichet=G1302")
    assert "Aucun mois n'est encore publié" in ouvrir(app_vide, reponse.headers["Location"]).texte


def test_the_attributed_dwelling_is_told_by_the_name_of_its_commune(
    v: Lecture, afficher: Callable[[str], Ecran]
) -> None:
    archive = v.dossier.archive(v.version.de("013")[-1]) / "radiation.parquet"
    (une,) = v.lignes(
        f"SELECT numero_unique FROM read_parquet('{archive}') "
        "WHERE commune_logement_attrib = '13201' LIMIT 1"
    )
    ecran = afficher(f"/demande/{une['numero_unique']}")
    assert "à Marseille 1er Arrondissement" in str(table(ecran, "Actes, plis"))


# --- The window of the state, the guichet that manages, the other demande ---


def test_the_window_that_is_shown_is_that_of_the_state(
    afficher: Afficher, v: Lecture, filtres: Filtres
) -> None:
    fin = v.version.de("013")[-1].arrete
    jour = f"{fin[8:]}/{fin[5:7]}/{fin[:4]}"
    mois = nom_mois(filtres.mois)
    douze = f"sur les 12 mois qui finissent en {mois}"
    for un in indicateurs():
        d = demandee(v, filtres, un.code)
        assert d.choix.douze_mois == (not d.stock and not un.tolerance_zero), un.code
    assert douze in afficher("/demandes?code=ATT_TARDIVE").texte
    assert douze not in afficher("/demandes?code=ATT_TARDIVE&fenetre=mois").texte
    assert f"en anomalie à l'arrêté du {jour}" in afficher("/demandes?code=CPL_CONTACT").texte
    # Tolérance zéro is judged on the month; the 12 months are one choice away.
    assert f"en anomalie en {mois}" in afficher("/demandes?code=RAD_SANS_PREAVIS").texte
    assert douze in afficher("/demandes?code=RAD_SANS_PREAVIS&fenetre=12m").texte


def test_the_exports_of_two_windows_have_two_names(client: FlaskClient) -> None:
    noms = {
        client.get(f"/export/demandes.csv?code=ATT_TARDIVE{suite}").headers["Content-Disposition"]
        for suite in ("", "&fenetre=mois", "&type=BAILLEUR", "&guichet=G1302")
    }
    assert len(noms) == 4


def lien_connu(v: Lecture, code: str) -> dict[str, Any]:
    archive = v.dossier.archive(v.version.de("013")[-1])
    return v.lignes(
        f"SELECT * FROM read_parquet('{archive}/liens.parquet') WHERE code = '{code}' "
        "AND autre_numero IS NOT NULL ORDER BY numero_unique LIMIT 1"
    )[0]


@pytest.mark.parametrize("code", ["DBL_ACTIF", "DBL_RELOGE"])
def test_the_list_names_the_other_demande(
    afficher: Afficher, client: FlaskClient, v: Lecture, code: str
) -> None:
    lien = lien_connu(v, code)
    ecran = afficher(f"/demandes?code={code}")
    (ligne,) = [une for une in table(ecran, "De 1 à") if une[0] == lien["numero_unique"]]
    assert lien["autre_numero"] in ligne[3]
    assert f"Déposée le {lien['autre_date_creation']:%d/%m/%Y}" in ligne[3]
    assert f"/demande/{lien['autre_numero']}" in " ".join(liens(ecran))
    reponse = client.get(f"/export/demandes.csv?code={code}")
    lues = csv.DictReader(io.StringIO(reponse.get_data(as_text=True)), delimiter=";")
    (une,) = [une for une in lues if une["numero_unique"] == lien["numero_unique"]]
    assert une["autre_numero"] == lien["autre_numero"]
    assert une["autre_guichet"] == lien["autre_guichet"]
    assert une["autre_gestionnaire"] == (lien["autre_gestionnaire"] or "")
    assert lien["autre_numero"] in une["explication"]


@pytest.mark.parametrize("code", ["DBL_ACTIF", "DBL_RELOGE"])
def test_each_of_two_demandes_leads_to_the_other(afficher: Afficher, v: Lecture, code: str) -> None:
    lien = lien_connu(v, code)
    un, autre = lien["numero_unique"], lien["autre_numero"]
    for depuis, vers, sens in ((un, autre, "autre"), (autre, un, "inverse")):
        ecran = afficher(f"/demande/{depuis}")
        montres = table(ecran, "Demandes de même nom")
        role = ROLES[code, sens]
        (dit,) = (une[1].lower() for une in montres if une[0] == vers)
        assert role.lower() in dit
        assert any(adresse.startswith(f"/demande/{vers}") for adresse in liens(ecran))


def test_the_guichet_that_manages_is_beside_the_one_that_is_judged(
    afficher: Afficher, v: Lecture, filtres: Filtres
) -> None:
    code = "DBL_ACTIF"
    _, lignes = listees(v, filtres, demandee(v, filtres, code), page=None)
    archive = v.dossier.archive(v.version.de("013")[-1])
    gere = {
        une["numero_unique"]: une["guichet_enregistreur"]
        for une in v.lignes(
            f"SELECT numero_unique, guichet_enregistreur FROM read_parquet(['{archive}/"
            f"stock.parquet', '{archive}/radiation.parquet'])"
        )
    }
    assert {une["numero_unique"]: une["gestionnaire"] for une in lignes} == {
        une["numero_unique"]: gere[une["numero_unique"]] for une in lignes
    }
    autres = [une for une in lignes if une["gestionnaire"] != une["guichet"]]
    assert autres
    noms = noms_guichets(v, "013", filtres.mois)
    guichet = autres[0]["guichet"]
    ecran = afficher(f"/demandes?code={code}&guichet={guichet}")
    (ligne,) = [une for une in table(ecran, "De 1") if une[0] == autres[0]["unite"]]
    assert f"Gérée par {noms[autres[0]['gestionnaire']]}" in " ".join(ligne[1].split())
