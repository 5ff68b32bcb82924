"""Each procedure does what its rows say; each file that is wrong is refused by file and field."""

from __future__ import annotations

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any, cast, get_args, get_type_hints

import pytest
from holidays import country_holidays

from infocentre.affaires import documentation, procedures
from infocentre.affaires.echeances import ajouter, echeances
from infocentre.affaires.gardes import GARDES
from infocentre.affaires.modele import Procedure
from infocentre.affaires.procedure import FICHIER, TEXTES, lire_procedure, lire_procedures
from infocentre.affaires.registre import MESURES, Acteur, Affaires
from infocentre.affaires.reglages import reglages_de
from infocentre.affaires.situation import Situation
from infocentre.cli import main
from infocentre.cli.options import COMMANDES
from infocentre.decisions import Magasin
from infocentre.demarches import texte
from infocentre.demarches.regles import Regles, regles_de
from infocentre.noyau import fichiers_yaml
from infocentre.noyau.config import DES_PROCEDURES, ressources
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.corrections_identite import regles as corrections
from infocentre.restitutions import redaction
from tests.affaires.conftest import Horloge

LIGNES = Path(__file__).parents[1] / "procedures"
ESSAIS = {
    (code, un["nom"]): (un, lu.get("communs", {}))
    for code in procedures()
    if (LIGNES / f"{code}.yml").exists()
    for lu in [fichiers_yaml.lire((LIGNES / f"{code}.yml").read_text("utf-8"))]
    for un in lu["cas"]
}


def _jouer(code: str, cas: dict[str, Any], communs: dict[str, Any]) -> Situation:
    horloge, magasin, par = Horloge(cas["faits"][0][1]), Magasin("sqlite://"), cas.get("par", {})
    registre, id_ = Affaires(magasin, Acteur("Léa"), horloge), ""
    for nom, jour, *propres in cas["faits"]:
        horloge.mettre(jour)
        donnees = copy.deepcopy(communs.get(nom, {})) | dict(*propres)
        donnees = {
            c: un.isoformat() if isinstance(un, dt.date) else un for c, un in donnees.items()
        }
        if id_:
            role = par.get(nom, "gestionnaire")
            Affaires(magasin, Acteur("Léa", role), horloge).agir(id_, nom, donnees)
        else:
            id_ = registre.ouvrir(procedures()[code], "013", "903900000", "doublons", donnees).id
    return registre.lire(id_).situation


@pytest.mark.parametrize(("code", "nom"), ESSAIS)
def test_a_procedure_does_what_its_rows_say(code: str, nom: str) -> None:
    cas, communs = ESSAIS[code, nom]
    if refus := cas.get("refus"):
        with pytest.raises(Refus, match="(?s)" + _texte(refus)):
            _jouer(code, cas, communs)
        return
    situation = _jouer(code, cas, communs)
    assert situation.etat == cas["etat"]
    if "echeances" in cas:
        dues = echeances(situation, reglages_de(situation.procedure))
        assert {une.nature: une.due for une in dues} == cas["echeances"]


def _texte(attendu: str) -> str:
    import re

    return ".*".join(re.escape(mot) for mot in attendu.split())


@pytest.mark.parametrize("code", procedures())
def test_each_state_has_a_row_and_a_page(code: str) -> None:
    atteints = {cas["etat"] for (un, _), (cas, _) in ESSAIS.items() if un == code and "etat" in cas}
    etats = procedures()[code].etats
    assert set(etats) - atteints == set(), f"states without a row in tests/procedures/{code}.yml"
    page = (ressources("docs") / "procedures.md").read_text("utf-8")
    assert [
        nom for nom, un in etats.items() if f"### {un.titre}" not in page or un.page not in page
    ] == [], "python -m infocentre.affaires.documentation"


@pytest.mark.parametrize("code", procedures())
def test_each_text_is_written_with_filters_that_exist(code: str) -> None:
    une = procedures()[code]
    papiers = [f"procedures/{code}/{TEXTES}/{un.modele}" for un in une.documents.values()]
    messages = [un.message for un in une.evenements.values() if un.message]
    for modele in papiers:
        redaction._milieu().get_template(modele)
    for modele in messages:
        texte._milieu().get_template(f"procedures/{code}/{TEXTES}/{modele}")


@pytest.mark.parametrize("code", procedures())
def test_its_rules_are_its_own(code: str) -> None:
    assert regles_de(code).code == code


def test_a_numero_is_never_the_object_of_an_affaire_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    une = procedures()["reclamations"]
    monkeypatch.setattr(Regles, "_procedure", lambda _: une)
    with pytest.raises(Refus, match="rien ne garde le numéro d'une demande à part"):
        Regles("reclamations").ouvrir(cast("Any", None), cast("Any", None), "013", "0131", {})


def test_a_module_of_rules_without_any_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corrections, "REGLES", Regles("autre"))
    with pytest.raises(Refus, match="ne dit pas les règles de sa procédure"):
        regles_de.__wrapped__("corrections_identite")


@pytest.mark.parametrize("code", procedures())
def test_each_guard_refuses_in_a_row(code: str) -> None:
    nommees = {un.garde for un in procedures()[code].evenements.values()} - {None}
    assert nommees <= set(GARDES)


def test_the_page_says_what_the_files_say() -> None:
    page = (ressources("docs") / "procedures.md").read_text("utf-8")
    assert page == documentation.rediger(), "python -m infocentre.affaires.documentation"


def test_a_deadline_of_one_is_singular() -> None:
    page = documentation.rediger()
    assert "| 1 jour calendaire après : comité du ; sans cette date, 60 jours |" in page
    assert "| 0 jour ouvré après : parti le |" in page
    assert "| 1 an après : effet le |" in page
    assert "| 10 jours ouvrés après : reçue le |" in page


@pytest.mark.parametrize(
    ("code", "commande"), [("mesures_correctives", "mesures"), ("revue_des_acces", "acces")]
)
def test_the_command_closes_by_each_outcome_of_its_procedure(code: str, commande: str) -> None:
    dits = get_type_hints(COMMANDES[commande].options)["issue"]
    (choix,) = (un for un in get_args(dits) if un is not type(None))
    assert get_args(choix) == tuple(procedures()[code].evenements["clore"].donnees["issue"].choix)


FAUTES = {
    "inconnu: 1": "champ « inconnu » : champ inconnu",
    "version: un": "champ « version » : un nombre entier",
    "evenements.accepter.vers: nulle_part": "l'état « nulle_part » n'existe pas",
    "evenements.accepter.garde: personne": "la garde « personne » n'existe pas",
    "evenements.accepter.garde: jour_a_venir": "la garde « jour_a_venir » n'existe pas",
    "evenements.accepter.de: []": "il manque « de »",
    "evenements.accorder_delai.donnees.raison.jour: passe": "« jour » va avec « type: date »",
    "evenements.accorder_delai.donnees.jusqu_au.jour: demain": "donnees.jusqu_au.jour",
    "evenements.accepter.duree: 3": "champ « evenements.accepter.duree » : champ inconnu",
    "evenements.accepter.qui: [passant]": "champ « evenements.accepter.qui »",
    "delais.relance.reglage: rien": "delais.relance.reglage : le réglage « rien » n'existe pas",
    "delais.relance.propose: rien": "delais.relance : l'événement « rien » n'existe pas",
    "etats.cul_de_sac: {titre: Cul-de-sac, page: Rien.}": "etats.cul_de_sac : aucun événement",
    "etats.clos.final: false": "champ « etats.clos.suite » : dire l'événement qui vient ensuite",
    "reglages.delai_relance.valeur: -1": "hors des bornes",
    "code: autre_nom": "champ « code » : autre_nom n'est pas le nom de son dossier",
}


def _ecrire(dossier: Path, brut: dict[str, Any]) -> Path:
    """Return the file of a procedure, in the folder of its code, whatever code it says."""
    fichier = dossier / MESURES / FICHIER
    fichier.parent.mkdir()
    fichier.write_text(json.dumps(brut), "utf-8")  # which is YAML too
    return fichier


@pytest.mark.parametrize("faute", FAUTES)
def test_a_file_that_is_wrong_is_refused_by_file_and_field(faute: str, tmp_path: Path) -> None:
    brut = fichiers_yaml.lire((DES_PROCEDURES / MESURES / FICHIER).read_text("utf-8"))
    chemin, valeur = faute.split(": ", 1)
    *pas, dernier = chemin.split(".")
    cible = brut
    for un in pas:
        cible = cible[un]
    cible[dernier] = fichiers_yaml.lire(valeur)
    fichier = _ecrire(tmp_path, brut)
    with pytest.raises(Refus) as refus:
        lire_procedure(fichier)
    assert FAUTES[faute] in refus.value.quoi
    assert refus.value.ou == "mesures_correctives/procedure.yml"


def test_a_state_without_a_way_out_is_refused(tmp_path: Path) -> None:
    brut = fichiers_yaml.lire((DES_PROCEDURES / MESURES / FICHIER).read_text("utf-8"))
    for un in brut["evenements"].values():
        un["de"] = [etat for etat in un.get("de", []) if etat != "soumis"]
        if not un["de"]:
            un.pop("de")
    brut["evenements"].pop("transmettre")
    fichier = _ecrire(tmp_path, brut)
    with pytest.raises(Refus, match=r"etats\.soumis : aucun événement n'en sort vers une fin"):
        lire_procedure(fichier)


def test_settings_of_the_installation_replace_the_defaults(tmp_path: Path) -> None:
    une, fichier = procedures()["mesures_correctives"], tmp_path / "affaires.yml"
    fichier.write_text("mesures_correctives:\n  delai_relance: 10\n", "utf-8")
    assert reglages_de(une, fichier)["delai_relance"] == 10
    assert reglages_de(une, fichier)["delai_reponse"] == 21
    for faux, dit in (("delai: 3", "n'existe pas"), ("delai_relance: dix", "un nombre entier")):
        fichier.write_text(f"mesures_correctives:\n  {faux}\n", "utf-8")
        with pytest.raises(Refus, match=dit):
            reglages_de(une, fichier)


TABLE = fichiers_yaml.lire(Path(__file__).with_name("echeances.yml").read_text("utf-8"))


@pytest.mark.parametrize("rang", range(len(TABLE)))
def test_a_deadline_falls_on_the_day_that_a_calendar_says(rang: int) -> None:
    une = dict(TABLE[rang])
    porte, nombre, attendu = une.pop("porte", None), une.pop("nombre", None), une.pop("attendu")
    sans = une.pop("sans", None)
    depuis, ici = une.pop("depuis", dt.date(2026, 1, 5)), une.pop("departement", "013")
    procedure = Procedure.model_validate(_a_un_delai(une, porte=porte, nombre=nombre, sans=sans))
    registre = Affaires(Magasin("sqlite://"), Acteur("Léa"), Horloge(depuis))
    donnees = {"porte": porte.isoformat()} if porte else {}
    affaire = registre.ouvrir(procedure, ici, "o", "s", donnees)
    assert [un.due for un in affaire.echeances] == [attendu]


def _a_un_delai(
    dit: dict[str, Any], *, porte: dt.date | None, nombre: int | None, sans: int | None
) -> dict[str, Any]:
    """Return a procedure that has a deadline, as its row says."""
    delai = {"titre": "Délai", "depuis": ["ouvrir"], "dans": ["ouverte"], **dit}
    delai |= {"donnee": "porte"} if porte or sans else {}
    delai |= {"sans_donnee": "sans"} if sans else {}
    delai |= {"reglage": "nombre"} if nombre is not None else {}
    date = {"porte": {"titre": "Date", "type": "date"}}
    return {
        "code": "essai",
        "titre": "Essai",
        "version": 1,
        "objet": "essai",
        "resume": "Un délai.",
        "reglages": {
            "nombre": {"titre": "Nombre", "valeur": nombre or 0},
            "sans": {"titre": "Sans la date", "valeur": sans or 0},
        },
        "etats": {
            "ouverte": {"titre": "Ouverte", "page": "Elle est ouverte.", "suite": "clore"},
            "close": {"titre": "Close", "page": "Elle est close.", "final": True},
        },
        "evenements": {
            "ouvrir": {"titre": "Ouvrir", "ouvre": True, "vers": "ouverte", "donnees": date},
            "clore": {"titre": "Clore", "de": ["ouverte"], "vers": "close"},
        },
        "delais": {"un": delai},
    }


def test_the_table_of_deadlines_is_long_enough() -> None:
    assert len(TABLE) >= 40


def test_the_days_off_are_those_of_the_calendar_of_france() -> None:
    feries = country_holidays("FR", years=range(2008, 2100))
    jours = [dt.date(2008, 1, 1) + dt.timedelta(days=un) for un in range(92 * 365)]
    ouvres = {un for un in jours if ajouter(un, 0) == un}
    assert ouvres == {un for un in jours if un.weekday() < 5 and un not in feries}


def test_a_server_does_not_start_with_a_procedure_that_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Every page would say the fault, and none the file."""
    brut = fichiers_yaml.lire((DES_PROCEDURES / MESURES / FICHIER).read_text("utf-8"))
    _ecrire(tmp_path, {**brut, "couleur": "bleu"})
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path / "donnees"))
    monkeypatch.setattr("infocentre.affaires.procedures", lambda: lire_procedures(tmp_path))
    monkeypatch.setattr("dashboards.servir.demarrer", lambda _: pytest.fail("it serves"))
    assert main(["servir"]) == 1
    assert "mesures_correctives/procedure.yml" in capsys.readouterr().err
