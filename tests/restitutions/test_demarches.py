"""What was asked of organismes, in every document, as it was known at its edition.

The seven stories are those of the demonstration; what each document must say of them was worked out
by hand from their days.
"""

from __future__ import annotations

import datetime as dt
import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass
from html import unescape
from typing import Any

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.catalogue import lire_catalogue
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import registre, valeurs
from infocentre.lecture.comptes import comptes
from infocentre.lecture.effets import bilan_des_mesures
from infocentre.lecture.indicateurs import mesure
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.radiations import sans_preavis
from infocentre.noyau.organismes import noms_organismes
from infocentre.restitutions import bilan, fiche, html, lecture, mission, pdf, synthese
from infocentre.restitutions.atelier import Atelier
from infocentre.restitutions.bilan import actions
from infocentre.restitutions.document import Document
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.partenaires import partenaires, trouver
from tests.affaires.conftest import Horloge
from tests.affaires.test_registre import CONSTAT
from tests.donnees.atelier import copie
from tests.donnees.communs import en_memoire

pytestmark = pytest.mark.lent

ICI = "013"
MESURES = procedures()["mesures_correctives"]
MAIL, COURRIER = {"canal": "courriel"}, {"canal": "courrier"}


def plan(le: str) -> dict[str, Any]:
    return {"actions": [{"action": "Corriger", "qui": "l'agence", "pour_le": le}]}


def vu(mois: str, *, depasse: bool | None, tenu: bool | None = None) -> dict[str, Any]:
    dit = {"livraison": mois, "mois": mois, "jugement": 2, "depasse": depasse, "plan_tenu": tenu}
    return {**dit, "comptes": [{"guichet": "G1"}]}


# (day, organisme, family, event, what it carries), in the order in which they were entered.
AGENDA: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("2025-09-05", "Valdoule", "enregistrement", "signaler", MAIL),
    ("2025-09-12", "Valdoule", "enregistrement", "repondre", MAIL | {"choix": "accord"}),
    ("2025-09-13", "Valdoule", "enregistrement", "recevoir_plan", plan("2025-09-30")),
    ("2025-11-04", "Valdoule", "enregistrement", "verifier",
     vu("2025-10", depasse=False, tenu=True)),
    ("2025-12-04", "Valdoule", "enregistrement", "verifier",
     vu("2025-11", depasse=False, tenu=True)),
    ("2025-12-05", "Valdoule", "enregistrement", "clore", {"issue": "corrige"}),
    ("2026-02-05", "Sainte-Baume", "acces", "signaler", MAIL),
    ("2026-02-11", "Sainte-Baume", "acces", "repondre", MAIL | {"choix": "accord"}),
    ("2026-03-04", "Sainte-Baume", "acces", "verifier", vu("2026-02", depasse=False)),
    ("2026-04-04", "Sainte-Baume", "acces", "verifier", vu("2026-03", depasse=False)),
    ("2026-04-10", "Sainte-Baume", "acces", "clore", {"issue": "corrige"}),
    ("2026-05-05", "Garlaban", "doublons", "signaler", MAIL),
    ("2026-05-20", "Garlaban", "doublons", "relancer", MAIL),
    ("2026-05-27", "Garlaban", "doublons", "constater_silence", {}),
    ("2026-06-02", "Garlaban", "doublons", "formaliser", COURRIER),
    ("2026-06-03", "Garlaban", "doublons", "demander_observations", COURRIER),
    ("2026-06-06", "Provence Habitat", "attributions", "signaler", MAIL),
    ("2026-06-15", "Provence Habitat", "attributions", "repondre", MAIL | {"choix": "engage"}),
    ("2026-06-16", "Provence Habitat", "attributions", "recevoir_plan", plan("2026-07-20")),
    ("2026-06-24", "Garlaban", "doublons", "recevoir_plan", plan("2026-09-30")),
    ("2026-06-25", "Garlaban", "doublons", "recevoir_observations", {"texte": "Notre logiciel…"}),
    ("2026-07-05", "Garlaban", "doublons", "soumettre", {}),
    ("2026-07-06", "Étang", "attributions", "signaler", MAIL),
    ("2026-07-12", "Étang", "attributions", "repondre",
     MAIL | {"choix": "conteste", "contestation": "logiciel"}),
    ("2026-07-25", "Étang", "attributions", "clore",
     {"issue": "conteste_a_raison", "raison": "défaut de l'éditeur"}),
    ("2026-08-05", "Font-Claire", "radiations", "signaler", MAIL),
    ("2026-08-27", "Font-Claire", "radiations", "constater_silence", {}),
    ("2026-09-03", "Font-Claire", "radiations", "formaliser", COURRIER),
    ("2026-10-04", "Provence Habitat", "attributions", "verifier",
     vu("2026-09", depasse=True, tenu=False)),
    ("2026-10-06", "Sainte-Baume", "acces", "rouvrir", {}),
    ("2026-10-06", "Sainte-Baume", "acces", "signaler", MAIL),
    ("2026-10-20", "Vieux-Bassin", "acces", "signaler", MAIL),
    ("2026-10-21", "Sainte-Baume", "acces", "relancer", MAIL),
)  # fmt: skip


@dataclass
class Monde:
    """The demonstration and its store, whose stories are lived up to a day."""

    v: Lecture
    affaires: Affaires
    horloge: Horloge
    noms: Mapping[str, str]
    faits: int = 0
    ids: dict[tuple[str, str], str] | None = None

    def cle(self, debut: str) -> str:
        (trouvee,) = (cle for cle, nom in self.noms.items() if debut in nom)
        return trouvee

    def vivre(self, jusqu_a: str) -> None:
        self.ids = self.ids or {}
        while self.faits < len(AGENDA) and AGENDA[self.faits][0] <= jusqu_a:
            jour, qui, famille, nom, donnees = AGENDA[self.faits]
            self.faits += 1
            self.horloge.mettre(dt.date.fromisoformat(jour))
            propose = {"mois": jour[:7], "motif": "rouge"}
            if (qui, famille) not in self.ids:
                objet = self.cle(qui)
                une = self.affaires.ouvrir(
                    MESURES, ICI, objet, famille, propose, constats_=[CONSTAT]
                )
                self.ids[qui, famille] = une.id
                self.affaires.agir(une.id, "accepter")
            id_ = self.ids[qui, famille]
            if nom == "rouvrir":
                self.affaires.agir(id_, nom, propose, constats_=[CONSTAT])
                self.affaires.agir(id_, "accepter")
            else:
                self.affaires.agir(id_, nom, donnees)

    def edition(self, mois: str = "", semestre: str = "") -> Edition:
        if semestre:
            return lecture.du_semestre(self.v, semestre)
        return lecture.du_mois(self.v, mois=mois)


def imprimer(document: Document) -> str:
    return html.en_html(document, impression=True)


def dits(document: Document) -> str:
    """Return the words of a document, its markup taken off."""
    corps = imprimer(document).split("<main>", 1)[1]
    corps = re.sub(r"</?(?:strong|em|abbr|span|sup)\b[^>]*>", "", corps)
    texte = unescape(re.sub(r"<[^>]+>", " ", corps)).replace("\u2019", "'")
    return re.sub(r"\s+", " ", texte).replace("\u202f", " ").replace("1er", "1er")


# What is printed again, of December and of the semester that it ends.
PAPIERS: Mapping[str, Callable[[Monde], Document]] = {
    "synthese": lambda m: synthese.construire(m.edition("2025-12")),
    "mission": lambda m: mission.construire(m.edition(semestre="2025-S2")),
    "bilan": lambda m: bilan.construire(m.edition(semestre="2025-S2")),
    "fiche": lambda m: fiche.construire(m.edition("2025-12"), m.cle("Garlaban")),
}


@pytest.fixture(scope="module")
def monde(
    entrepot_demo: Dossier, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Monde, dict[str, list[str]]]]:
    """Live the stories, printing December 2025 before July 2026 and after."""
    importlib.import_module("pandas")
    racine = tmp_path_factory.mktemp("demarches") / "donnees"
    copie(entrepot_demo.racine, racine)
    horloge = Horloge(dt.date(2025, 9, 1))
    affaires = Affaires(ouvrir_magasin(racine), Acteur("Léa"), horloge)
    with lecture.ouvrir(Dossier(racine), TOUT) as v:
        noms = noms_organismes(registre(v, ICI, "2026-10"))
        un = Monde(v, affaires, horloge, noms)
        imprimes: dict[str, list[str]] = {}
        for jour in ("2026-06-30", "2026-10-31"):
            un.vivre(jour)
            for nom, faire in PAPIERS.items():
                imprimes.setdefault(nom, []).append(imprimer(faire(un)))
        yield un, imprimes


@pytest.mark.parametrize("nom", PAPIERS)
def test_a_past_edition_is_the_same_whatever_happened_since(
    monde: tuple[Monde, dict[str, list[str]]], nom: str
) -> None:
    avant, apres = monde[1][nom]
    assert avant == apres


@pytest.mark.parametrize(
    ("mois", "dit"),
    [
        # the end of the month after: what July brought up to its last day
        ("2026-06", "soumis au comité de pilotage le 5 juillet 2026"),
        ("2026-05", "saisine du comité de pilotage, possible à partir du 2 juillet 2026"),
    ],
)
def test_an_edition_tells_what_was_known_when_the_next_arrete_came(
    monde: tuple[Monde, dict[str, list[str]]], mois: str, dit: str
) -> None:
    assert dit in dits(synthese.construire(monde[0].edition(mois)))


def test_an_edition_of_before_affaires_tells_none(
    monde: tuple[Monde, dict[str, list[str]]],
) -> None:
    lu = dits(synthese.construire(monde[0].edition("2025-12")))
    assert "comité de pilotage" not in lu
    assert "demande formalisée" not in lu


# By organisme: what the synthèse of October says of it, what it must not, what its own paper says
# it is asked; « étape 1 » is named nowhere but there (convention 3.2.2 b).
SEPT: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "Valdoule": ((), ("Valdoule-les-Pins : signalé",), "clos le 5 décembre 2025 : corrigé"),
    "Sainte-Baume": (
        ("une rechute",),
        ("Sainte-Baume Logis : signalé",),
        (
            "rouvert le 6 octobre 2026 après une rechute, signalé le 6 octobre 2026, relancé le "
            "21 octobre 2026. Ensuite : réponse attendue pour le 28 octobre 2026"
        ),
    ),
    "Garlaban": (
        (
            (
                "demande formalisée le 2 juin 2026, observations reçues le 25 juin 2026, soumis au "
                "comité de pilotage le 5 juillet 2026"
            ),
            "Décision proposée",
        ),
        ("est joint",),
        (
            "signalé le 5 mai 2026, relancé le 20 mai 2026 ; sans réponse au 27 mai 2026 ; plan "
            "d'action reçu le 24 juin 2026, promis pour le 30 septembre 2026 ; demande "
            "formalisée le 2 juin 2026 ; observations reçues le 25 juin 2026 ; soumis au comité de "
            "pilotage le 5 juillet 2026. Ensuite : le comité de pilotage se prononce"
        ),
    ),
    "Provence Habitat": (
        ("un plan d'action promis n'est pas tenu",),
        ("Provence Habitat Solidaire : signalé",),
        (
            "signalé le 6 juin 2026 ; réponse le 15 juin 2026 : déjà engagé ; plan d'action reçu "
            "le 16 juin 2026, promis pour le 20 juillet 2026, non tenu à la livraison de septembre "
            "2026"
        ),
    ),
    "Étang": (
        (),
        ("Étang Bleu Habitat : plan",),
        (
            "contestation reconnue fondée ; clos le 25 juillet 2026 (défaut de l'éditeur). Rien ne "
            "vous est demandé"
        ),
    ),
    "Font-Claire": (
        (
            (
                "Signalé le 5 août 2026 ; sans réponse au 27 août 2026 ; demande formalisée le "
                "3 septembre 2026. Ensuite : observations à demander, avant toute "
                "saisine du comité de pilotage, possible à partir du 5 octobre 2026"
            ),
        ),
        ("lui rappeler la règle",),
        "demande formalisée le 3 septembre 2026",
    ),
    "Vieux-Bassin": (
        ("Trois signalements informels en cours",),
        ("Vieux-Bassin : signalé",),
        "signalé le 20 octobre 2026. Ensuite : réponse attendue pour le 10 novembre 2026",
    ),
}


@pytest.fixture(scope="module")
def octobre(monde: tuple[Monde, dict[str, list[str]]]) -> tuple[str, str]:
    """Return the synthèse of October and the compte rendu of its semester."""
    un, _ = monde
    rendu = mission.construire(un.edition(semestre="2026-S2"))
    return dits(synthese.construire(un.edition("2026-10"))), dits(rendu)


@pytest.mark.parametrize("qui", SEPT)
def test_each_of_the_seven_is_told_right(
    monde: tuple[Monde, dict[str, list[str]]], octobre: tuple[str, str], qui: str
) -> None:
    un, _ = monde
    dites, tues, sienne = SEPT[qui]
    for dit in dites:
        assert dit in octobre[0]
    for dit in tues:
        assert dit not in octobre[0]
    edition = un.edition(semestre="2026-S2")
    partenaire = trouver(partenaires(edition), un.noms[un.cle(qui)])
    assert sienne in dits(Atelier(edition).construire(partenaire))


def test_the_compte_rendu_names_from_step_2_on(
    monde: tuple[Monde, dict[str, list[str]]], octobre: tuple[str, str]
) -> None:
    """Two formal demands, a contestation that was accepted; three others without a name."""
    un, _ = monde
    table = octobre[1].split("Ce qui a été demandé, par organisme")[1]
    table = table.split("Un organisme n'est nommé")[0]
    nommes = {qui for qui in SEPT if un.noms[un.cle(qui)] in table}
    assert nommes == {"Garlaban", "Font-Claire", "Étang"}
    assert table.count("ignalé le") == 6  # Valdoule's was closed in another semester


def test_the_bilan_repeats_the_plans_of_who_may_be_named(
    monde: tuple[Monde, dict[str, list[str]]],
) -> None:
    """Garlaban, of step 2; that of Provence Habitat, of step 1, is counted; partners read none."""
    edition = monde[0].edition(semestre="2026-S2")
    lu = dits(bilan.construire(edition)).split("Plans d'action que les organismes ont donnés")[1]
    lu = lu.split("Relevé de décisions")[0]
    assert "Garlaban Résidences" in lu
    assert "Corriger 30/09/2026 À vérifier par une livraison" in lu
    assert "Un autre plan d'action est suivi sans que l'organisme soit nommé" in lu
    assert "Provence Habitat" not in lu
    partenaire = trouver(partenaires(edition), monde[0].noms[monde[0].cle("Garlaban")])
    assert "plans d'action" not in dits(Atelier(edition).construire(partenaire)).lower()


def test_what_is_closed_is_no_longer_asked(monde: tuple[Monde, dict[str, list[str]]]) -> None:
    """« Ce qui vous est demandé » stood over « clos le 5 décembre 2025 : corrigé » alone."""
    un, _ = monde
    lus = [
        dits(fiche.construire(un.edition(semestre=semestre), un.cle(qui)))
        for semestre, qui in (("2025-S2", "Valdoule"), ("2026-S1", "Provence Habitat"))
    ]
    assert "clos le 5 décembre 2025" in lus[0]
    assert [re.findall(r"Ce qui vous (.*?) demandé", lu) for lu in lus] == [["a été"], ["est"]]


def test_observations_are_an_answer(monde: tuple[Monde, dict[str, list[str]]]) -> None:
    """« aucune réponse reçue » stood beside « observations reçues le 25 juin 2026 »."""
    repondues = [
        fait.repondues
        for fin in ("2026-05", "2026-06")
        if (fait := bilan_des_mesures(monde[0].v, ICI, "2026-01", fin))
    ]
    # Sainte-Baume in February; in June Provence Habitat, and the observations of Garlaban.
    assert repondues == [1, 3]


def test_the_synthese_fits_with_all_that_is_conducted(
    monde: tuple[Monde, dict[str, list[str]]],
) -> None:
    for mois in ("2026-06", "2026-07", "2026-10"):
        assert pdf.nombre_de_pages(synthese.construire(monde[0].edition(mois))) == 2


def test_no_decision_is_asked_before_the_comite_has_it(octobre: tuple[str, str]) -> None:
    demande = octobre[0].split("Points soumis à votre décision")[1].split("Réalisé et obj")[0]
    assert "Garlaban Résidences" in demande
    for qui in ("Font-Claire", "Crau Solidaire", "Étang Bleu", "Provence Habitat", "ANCOLS"):
        assert qui not in demande


# --- Accounts -------------------------------------------------------------------------------------


def test_every_account_of_every_edition_balances(edition_demo: Edition) -> None:
    """What there was, plus what came, less what went: what there is, as the values say it."""
    v, mois = edition_demo.v, edition_demo.mois_connus
    for rang, fin in enumerate(mois[1:], start=1):
        for avant in {mois[max(0, rang - 6)], mois[rang - 1]}:
            lues = valeurs(v, ICI, fin, niveau="departement", guichet="*")
            publies = {une["code"]: mesure(une).numerateur for une in lues}
            for code, un in comptes(v, ICI, avant, fin).items():
                debut, ouvertes, corrigees, sorties, vieillies, restent = astuple(un)
                assert debut + ouvertes - corrigees - sorties - vieillies == restent, code
                assert restent == publies[code], (code, avant, fin)


def test_an_act_that_nobody_corrected_grows_too_old(edition_demo: Edition) -> None:
    """Counted apart in the archive: the acts of a month that leave the window with the next one."""
    v, (avant, fin) = edition_demo.v, edition_demo.mois_connus[-2:]
    vieux = sum(
        n
        for (n,) in v.tuples(
            "SELECT numerateur FROM triangle WHERE code = 'ATT_RPLS_NR' AND guichet = '*' "
            "AND mois = $avant AND mois_juge = '2025-10'",
            {"avant": avant},
        )
    )
    assert (avant, fin) == ("2026-09", "2026-10")
    assert comptes(v, ICI, avant, fin)["ATT_RPLS_NR"].vieillies == vieux


# --- The incident ---------------------------------------------------------------------------------


def test_radiations_without_a_preavis_are_counted_whole(edition_demo: Edition) -> None:
    """By SQL that imports nothing of ours: those of the portal too."""
    v, mois = edition_demo.v, "2026-06"
    livraison = v.version.publiee(ICI, mois)
    assert livraison
    fichier = v.dossier.archive(livraison) / "radiation.parquet"
    attendu = (
        en_memoire()
        .execute(
            "WITH r AS (SELECT *, greatest(date_creation, date_renouvellement) AS depart FROM "
            f"read_parquet('{fichier}') WHERE motif_radiation = 'RADREN' "
            "AND date_radiation BETWEEN DATE '2026-01-01' AND DATE '2026-06-30'), p AS (SELECT *, "
            "list_min([x FOR x IN [date_preavis_simple, date_preavis_ar] IF x >= depart]) "
            "AS premier FROM r) SELECT count(*), count(*) FILTER (estcreeesitegrandpublic = 1), "
            "min(premier), max(premier), min(date_radiation), max(date_radiation) FROM p "
            "WHERE premier IS NULL OR premier > depart + INTERVAL 12 MONTH - INTERVAL 1 MONTH"
        )
        .fetchone()
    )
    lu = sans_preavis(v, ICI, mois, "2026-01")
    assert lu
    assert attendu
    assert (lu.total, lu.portail) == attendu[:2]
    assert lu.premiers == attendu[2:4]
    assert lu.radiees == attendu[4:]
    assert lu.remises == 0


def test_what_it_was_right_to_contest_is_asked_of_nobody(
    monde: tuple[Monde, dict[str, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """« Rien ne vous est demandé », and two lines below 47 demandes to correct."""
    un, _ = monde

    def papiers() -> tuple[str, str]:
        sienne = fiche.construire(un.edition("2026-08"), un.cle("Font-Claire"))
        return dits(sienne), dits(bilan.construire(un.edition(semestre="2026-S1")))

    avant = papiers()
    familles = {autre.famille for autre in lire_catalogue().indicateurs.values()}
    justes = frozenset((cle, famille) for cle in un.noms for famille in familles)
    for module in (fiche, actions):
        monkeypatch.setattr(module, "reconnues", lambda _: justes)
    apres = papiers()
    assert ("Les priorités" in avant[0], "Les priorités" in apres[0]) == (True, False)
    assert "(contestation reconnue)" not in avant[1]
    assert "(contestation reconnue)" in apres[1]
