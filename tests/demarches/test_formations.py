"""Sessions and questions of the guichets: needs read in deliveries, who sees what, what comes back.

The needs are found again from the published values, month by month, in Python.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.modele import Role
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches.face import Face, passer
from infocentre.entrepot import Dossier
from infocentre.lecture.changements import liste_a_publier
from infocentre.lecture.commun import mois_controles, registre
from infocentre.lecture.effets import FORMATION, dire_effet, effet_suppose
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.mesures.effets import Silence
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.formations.besoins import besoins
from infocentre.procedures.questions.importer import importer
from infocentre.procedures.questions.regles import articles, par_theme
from tests.affaires.conftest import Horloge
from tests.donnees.retors import dossier_jetable

pytestmark = pytest.mark.lent

ICI, MIEN, AUTRE, MOIS = "013", "G1302", "G1307", "2026-10"
MAUVAIS = {"rouge", "a_traiter", "orange"}


@pytest.fixture(scope="module")
def dossier(entrepot_demo: Dossier) -> Dossier:
    """A data directory that reads the demonstration and has decisions of its own."""
    racine = dossier_jetable("formations")
    for chose in entrepot_demo.racine.iterdir():
        if not chose.name.startswith(("decisions", "temoins")):
            (racine / chose.name).symlink_to(chose)
    return Dossier(racine)


@contextmanager
def face(dossier: Dossier, code: str, le: dt.date, guichet: str = "") -> Iterator[Face]:
    """A procedure before the gestionnaire on a day, or before a guichet."""
    p = TOUT
    if guichet:
        p = Perimetre(departements=frozenset({ICI}), guichets=frozenset({guichet}))
    role: Role = "guichet" if guichet else "gestionnaire"
    with ouvrir_pour(dossier, p) as v:
        registre = Affaires(ouvrir_magasin(dossier.racine), Acteur(guichet, role), Horloge(le))
        yield Face(v, registre, procedures()[code], role)


def test_the_needs_are_those_that_the_published_months_show(dossier: Dossier) -> None:
    """Bad in each of the last three months; in a register for six months, and not in the first."""
    with ouvrir_pour(dossier, TOUT) as v:
        mois = mois_controles(v, ICI)
        etats = {
            (une["guichet"], une["code"], une["mois"]): une["etat"]
            for une in v.lignes("SELECT * FROM valeurs WHERE niveau = 'guichet'")
        }
        vus = {
            (guichet, code)
            for guichet, code, dernier in etats
            if dernier == mois[-1]
            and all(etats.get((guichet, code, un)) in MAUVAIS for un in mois[-3:])
        }
        inscrits: dict[str, set[str]] = {un: set() for un in mois}
        for une in v.lignes("SELECT mois, guichet FROM registre"):
            inscrits.setdefault(une["mois"], set()).add(une["guichet"])
        anciens = set().union(*(inscrits[un] for un in mois[:-6]))
        nouveaux = {(un, "") for un in inscrits[mois[-1]] - anciens}
        trouves = besoins(v, ICI)
    assert {(un.guichet, un.code) for un in trouves} == vus | nouveaux
    assert {(AUTRE, "ACC_DEPART_OUVERT")} < vus
    assert nouveaux
    for un in trouves:
        if un.code and un.depuis > mois[0]:
            avant = mois[mois.index(un.depuis) - 1]
            assert etats.get((un.guichet, un.code, avant)) not in MAUVAIS, un


def test_the_effect_of_a_session_is_that_of_the_estimator_of_measures(dossier: Dossier) -> None:
    """Of six guichets and an indicator; of four, nothing is said."""
    with face(dossier, "formations", dt.date(2025, 11, 3)) as ici:
        dits = {"theme": "qualite", "lieu": "préfecture", "seance_le": "20/11/2025",
                "places": "9", "codes": "CPL_CHAMPS"}  # fmt: skip
        seances = [ici.ouvrir(ICI, nom, dits) for nom in ("Six", "Quatre")]
        compte = "SELECT guichet FROM valeurs WHERE niveau = 'guichet' AND code = 'CPL_CHAMPS' AND "
        lus = ici.v.tuples(compte + "mois = '2025-10' AND d_etat > 0 ORDER BY d_etat DESC, guichet")
        venus = [un for (un,) in lus if un not in {MIEN, AUTRE}]
        for une, combien in zip(seances, (6, 4), strict=True):
            for guichet in venus[:combien]:
                ici.agir(une, "inscrire_un_guichet", {"guichet": guichet, "personnes": "1"})
    with face(dossier, "formations", dt.date(2025, 11, 21)) as ici:
        minuteur = Affaires(
            ouvrir_magasin(dossier.racine), Acteur("", "minuteur"), Horloge(dt.date(2025, 11, 21))
        )
        passer(ici.v, minuteur, ICI)
        dits_ = []
        for une, combien in zip(seances, (6, 4), strict=True):
            tenue = ici.lire(une.id)
            presences = {"venus": "\n".join(f"{un} ; 1" for un in venus[:combien])}
            close = ici.agir(tenue, "noter_presences", presences)
            dits_.append(dict(ici.regles.faits(ici.v, close))["Effet"])
        premiers = {("CPL_CHAMPS", un): "2025-10" for un in venus[:6]}
        attendu = effet_suppose(ici.v, ICI, "2026-10", premiers)
    assert attendu is not Silence.CONTACTEES
    assert dits_[0] == dire_effet(attendu, cause=FORMATION)
    assert "moins de 5 indicateurs de guichets formés" in dits_[1]


def test_a_session_meets_the_needs_of_who_came_and_is_read_by_each_of_itself(
    dossier: Dossier,
) -> None:
    dits = {"theme": "qualite", "lieu": "préfecture", "seance_le": "04/12/2026", "places": "3"}
    with face(dossier, "formations", dt.date(2026, 11, 2)) as ici:
        une = ici.ouvrir(ICI, "Qualité", dits)
        ici.agir(une, "inscrire_un_guichet", {"guichet": AUTRE, "personnes": "1"})
        for faux, dit in (
            ({"codes": "ATT_RIEN"}, "n'existe pas"),
            ({"seance_le": "01/11/2026"}, "le 01/11/2026 est passé"),
            ({"places": "0"}, "une place au moins"),
        ):
            with pytest.raises(Refus, match=dit):
                ici.ouvrir(ICI, "Autre", dits | faux)
        besoin = next(un for un in besoins(ici.v, ICI) if un.guichet == AUTRE and un.code)
        assert (besoin.seance, besoin.venu) == (dt.date(2026, 12, 4), False)
    with face(dossier, "formations", dt.date(2026, 11, 3), MIEN) as sien:
        une = sien.lire(une.id)
        with pytest.raises(Refus, match="pas dans l'annuaire"):
            sien.agir(une, "inscrire_un_guichet", {"guichet": AUTRE, "personnes": "1"})
        with pytest.raises(Refus, match="il reste 2 places sur 3"):
            sien.agir(une, "inscrire_un_guichet", {"guichet": MIEN, "personnes": "3"})
        une = sien.agir(une, "inscrire_un_guichet", {"guichet": MIEN, "personnes": "2"})
        dit = " ".join(sien.citer(une, un) for un in une.situation.evenements)
        assert "2 personnes" in dit
        assert "1 personne" not in dit.replace("2 personnes", "")
        inscriptions = sien.regles.bloc_d_une(sien.v, une)
        assert inscriptions
        assert len(inscriptions.lignes) == 1
        assert {un.guichet for un in besoins(sien.v, ICI)} <= {MIEN}
    with face(dossier, "formations", dt.date(2026, 12, 7)) as ici:
        minuteur = Affaires(
            ouvrir_magasin(dossier.racine), Acteur("", "minuteur"), Horloge(dt.date(2026, 12, 7))
        )
        passer(ici.v, minuteur, ICI)
        une = ici.lire(une.id)
        assert une.titre_etat == "Tenue"
        une = ici.agir(une, "noter_presences", {"venus": f"{AUTRE} ; 1\n{MIEN} ; 1"})
        (rapport,) = ici.regles.releve(ici.v, ici.registre, ICI, "rapport").tableaux()
        assert [cellule.valeur for cellule in rapport.lignes[0]][-2:] == [2, 2]
        besoin = next(un for un in besoins(ici.v, ICI) if un.guichet == AUTRE and un.code)
        assert besoin.venu
        restes = ici.regles.restes(ici.v, ici.registre, ICI)
        assert not any("aucune séance" in un.dit.lower() for un in restes)
    with face(dossier, "formations", dt.date(2028, 1, 3)) as ici:
        restes = ici.regles.restes(ici.v, ici.registre, ICI)
        assert any("Aucune séance depuis 12 mois" in un.dit for un in restes)


def test_the_same_question_twice_calls_for_an_article_that_every_guichet_reads(
    dossier: Dossier,
) -> None:
    """The first is answered on the third working day, one too late; the second on the first."""
    dits = {"theme": "radiation", "question": "Jusqu'à quand réactiver ?"}
    with face(dossier, "questions", dt.date(2028, 2, 7), MIEN) as sien:
        premiere = sien.ouvrir(ICI, MIEN, dits)
        with pytest.raises(Refus, match="pas dans l'annuaire"):
            sien.ouvrir(ICI, AUTRE, dits)
        with pytest.raises(Refus, match="un numéro unique"):
            sien.ouvrir(ICI, MIEN, dits | {"question": "Et 013 11 24 034585 G1301 ?"})
    with face(dossier, "questions", dt.date(2028, 2, 10)) as ici:
        seconde = ici.ouvrir(ICI, AUTRE, dits)
        for posee in (premiere, seconde):
            une = ici.agir(ici.lire(posee.id), "repondre", {"reponse": "Dix-huit mois."})
        (reste,) = ici.regles.restes(ici.v, ici.registre, ICI)
        assert "2 questions sur un thème sans article : radiation et réactivation" in reste.dit
        themes = par_theme(ici.v, ICI, dt.date(2028, 2, 10))
        assert themes
        assert [cellule.valeur for cellule in themes.lignes[-1]] == ["Ensemble", 2, 2, 1, 0, 0]
        ici.agir(une, "ecrire_article", {"titre": "Réactiver", "article": "Dix-huit mois."})
        assert ici.regles.restes(ici.v, ici.registre, ICI) == []
    with face(dossier, "questions", dt.date(2028, 2, 11), MIEN) as sien:
        assert [un.titre for un in articles(sien.v, ICI)] == ["Réactiver"]
        assert not sien.voit(seconde)


def test_the_questions_of_a_helpdesk_are_read_once_and_whole(
    dossier: Dossier, tmp_path: Path
) -> None:
    """In Windows-1252, with a curly apostrophe; a file that is wrong in one line opens nothing."""
    titres = "Guichet;Thème;Question;Indicateur en cause;Reçue par"
    bonne = f"{MIEN};attribution et bail;Quelle date quand l’état des lieux précède ?;;courriel"
    fautes = {
        "n'est pas dans l'annuaire": "G9999;autre;Quoi ?;;",
        "« Thème »": f"{MIEN};tout;Quoi ?;;",
        "un numéro unique": f"{MIEN};autre;Et 013112403458500001 ?;;",
        "il manque « Question »": f"{MIEN};autre;;;",
        "n'existe pas": f"{MIEN};autre;Quoi ?;ATT_RIEN;",
    }
    fichier = tmp_path / "x.csv"
    with face(dossier, "questions", dt.date(2028, 3, 6)) as ici:
        avant = len(ici.lister(ICI))
        fichier.write_text("\n".join([titres, bonne, *fautes.values()]), encoding="cp1252")
        with pytest.raises(Refus) as refus:
            importer(ici.v, ici.registre, ICI, fichier)
        assert [faute for faute in fautes if faute not in refus.value.quoi] == []
        fichier.write_text("Guichet;Objet\nG1302;Quoi ?\n", encoding="cp1252")
        with pytest.raises(Refus, match="pas une liste de questions"):
            importer(ici.v, ici.registre, ICI, fichier)
        assert len(ici.lister(ICI)) == avant
        fichier.write_text(f"{titres}\n{bonne}\n", encoding="cp1252")
        (une,) = importer(ici.v, ici.registre, ICI, fichier)
        assert importer(ici.v, ici.registre, ICI, fichier) == []
        dit = "Quelle date quand l’état des lieux précède ?"
        assert (une.objet, une.situation.dite("question")) == (MIEN, dit)


def test_a_change_that_is_accepted_is_in_the_list_to_publish_until_a_delivery_shows_it(
    dossier: Dossier,
) -> None:
    """The newest register has the old address; of the telephone, it has the new one."""
    le = dt.date(2028, 3, 6)
    with face(dossier, "changements", le, MIEN) as sien:
        dits = {"change": "adresse", "valeur": "12 rue des Pins", "a_compter_du": "01/10/2026"}
        une = sien.ouvrir(ICI, MIEN, dits)
        connu = next(un for un in registre(sien.v, ICI, MOIS) if un["guichet"] == MIEN)
        for faux, dit in (
            ({"change": "adresse", "valeur": (connu["adresse"] or "").upper()}, "le dit déjà"),
            ({"change": "telephone", "valeur": "04 91"}, "n'est pas un numéro de téléphone"),
            ({"change": "adresse", "valeur": " "}, "il manque « Nouvelle valeur »"),
        ):
            with pytest.raises(Refus, match=dit):
                sien.ouvrir(ICI, MIEN, faux)
        with pytest.raises(Refus, match=r"."):
            sien.agir(une, "accepter_le_changement", {})
    with face(dossier, "changements", le) as ici:
        filtres = Filtres(ICI, MOIS)

        def adresse(jour: dt.date = le) -> str | None:
            lues = liste_a_publier(ici.v, filtres, jour)
            return next(un["adresse"] for un in lues if un["guichet"] == MIEN)

        assert adresse() == connu["adresse"]
        une = ici.agir(une, "accepter_le_changement", {})
        assert adresse() == "12 rue des Pins"
        assert adresse(dt.date(2026, 9, 30)) == connu["adresse"], "before the day it holds from"
        vu = {"change": "telephone", "valeur": connu["telephone"], "a_compter_du": "2026-10-01"}
        autre = ici.registre.ouvrir(procedures()["changements"], ICI, MIEN, "telephone", vu)
        ici.agir(ici.lire(autre.id), "accepter_le_changement", {})
        minuteur = Affaires(ouvrir_magasin(dossier.racine), Acteur("", "minuteur"), Horloge(le))
        passer(ici.v, minuteur, ICI)
        assert [ici.lire(un.id).titre_etat for un in (une, autre)] == [
            "Absent du SNE",
            "Dans le SNE",
        ]
        assert adresse() == "12 rue des Pins", "a delivery does not overwrite it"
        une = ici.agir(ici.lire(une.id), "reporter_au_portail", {})
        assert passer(ici.v, minuteur, ICI).get("changements", []) == [], "a delivery tells once"
