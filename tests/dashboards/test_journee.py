"""Ma journée: what each role finds first when it comes in, what a click does of it."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dash
import pytest

from dashboards import gestes, journee
from dashboards.app import creer_app
from dashboards.composants.balises import html
from dashboards.composants.envois import relecture
from dashboards.composants.journee import MONTREES, arbre
from dashboards.page import contexte_affiche
from infocentre.acces.habitudes import TOUR
from infocentre.acces.modele import Acces, Role
from infocentre.affaires import Acteur, Affaire, Affaires, procedures
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches.journee import Ligne, en_texte
from infocentre.entrepot import Dossier
from infocentre.lecture.filtres import Filtres
from infocentre.procedures.mesures_correctives.comptes import compter
from infocentre.procedures.mesures_correctives.proposer import proposer
from tests.affaires.conftest import Horloge
from tests.dashboards.comme import acces, comme
from tests.dashboards.vues import Ecran, ouvrir
from tests.donnees.atelier import SANS_MAGASIN, lier

pytestmark = pytest.mark.lent

GESTIONNAIRE = acces(Role.GESTIONNAIRE, "013")
GUICHET_QUI = "guichet@exemple.fr"
AIDE = "Pouvez-vous nous aider ?"
ENVOI = {"canal": "courriel"}


class Monde:
    """The demonstration where one acts, at a clock that the test moves."""

    def __init__(self, app: dash.Dash, racine: Path, horloge: Horloge) -> None:
        self.app = app
        self.racine = racine
        self.horloge = horloge

    def registre(self, qui: str = "Léa", role: Any = "gestionnaire") -> Affaires:
        return Affaires(ouvrir_magasin(self.racine), Acteur(qui, role), self.horloge)

    def page(self, qui: Acces, adresse: str) -> Ecran:
        with comme(self.app, qui):
            return ouvrir(self.app, adresse)

    def lignes(self, qui: Acces) -> Sequence[Ligne]:
        with comme(self.app, qui), self.app.server.test_request_context("/"):
            return journee.attendent(gestes.publiee(), "013")[0]

    def cliquer(self, qui: Acces, *cles: str) -> tuple[str, str]:
        """Click lines of the queue; return what it then shows, and what is said of it."""
        fait: Mapping[str, Any] = {"cles": list(cles), "fois": 1}
        with comme(self.app, qui), self.app.server.test_request_context("/"):
            arbre, _, dit, self.vers = journee.agir(fait, "?departement=013")
        return str(html(arbre)) if isinstance(arbre, list) else "", str(
            dit.to_plotly_json() if dit else ""
        )

    def tout_faire(self, qui: Acces, ligne: Ligne) -> str:
        """Click the button of a whole group; return what is said of it."""
        fait = {"cles": [], "groupe": ":".join(ligne.groupe), "fois": 1}
        with comme(self.app, qui), self.app.server.test_request_context("/"):
            return str(journee.agir(fait, "?departement=013")[2].to_plotly_json())

    def arrivees(self, qui: Acces) -> int:
        with comme(self.app, qui):
            lu = self.app.server.test_client().get("/version").get_json()
        return int(lu["arrivees"])


@pytest.fixture(scope="module")
def monde(entrepot_demo: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monde]:
    ici = tmp_path_factory.mktemp("journee")
    racine = ici / "donnees"
    shutil.copytree(
        entrepot_demo.racine, racine, symlinks=True, ignore=SANS_MAGASIN, copy_function=lier
    )
    horloge = Horloge(dt.date(2026, 11, 30))
    with pytest.MonkeyPatch.context() as mp:
        mp.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{ici / 'decisions.sqlite'}")
        mp.setenv("INFOCENTRE_DOSSIER", str(racine))

        def registre_de(dossier: Dossier, acteur: Acteur) -> Affaires:
            return Affaires(ouvrir_magasin(dossier.racine), acteur, horloge)

        mp.setattr(gestes, "registre_de", registre_de)
        app = creer_app(Dossier(racine))
        page = next(un["module"] for un in dash.page_registry.values() if un["path"] == "/mesures")
        mp.setattr(sys.modules[page], "aujourdhui", lambda: horloge().date())
        yield Monde(app, racine, horloge)


@pytest.fixture(scope="module")
def proposees(monde: Monde) -> Affaires:
    """Return the register with what October proposes."""
    with monde.app.server.test_request_context("/mesures"):
        proposer(gestes.publiee(), monde.registre(), "013", "2026-10")
    return monde.registre()


@pytest.fixture(scope="module")
def signalee(proposees: Affaires) -> Affaire:
    """Return an affaire of one guichet, that was told of it three weeks ago."""
    registre = proposees
    une = next(un for un in registre.lister("013") if un.sujet == "radiations")
    registre.agir(une.id, "accepter")
    return registre.agir(une.id, "signaler", ENVOI)


def test_a_call_for_help_is_first_on_the_screen_of_who_may_answer(
    monde: Monde, signalee: Affaire
) -> None:
    (guichet,) = {un.guichet for un in monde.registre().constats(signalee.constats)}
    sien = acces(Role.GUICHET, "013", guichets={guichet})
    demande = monde.page(sien, f"/guichet/{guichet}").texte
    assert "Ma journée" in demande
    assert "réponse attendue, avant le 21/12/2026" in demande
    monde.page(GESTIONNAIRE, "/")  # they have looked at what waits
    assert monde.arrivees(GESTIONNAIRE) == 0

    monde.horloge.instant += dt.timedelta(minutes=5)
    dits = {"canal": "application", "choix": "aide", "texte": AIDE, "delai_demande": "2027-01-31"}
    monde.registre(sien.qui, "guichet").agir(signalee.id, "repondre", dits)
    assert monde.arrivees(GESTIONNAIRE) == 2  # help, and time
    premiere, seconde, *_ = monde.lignes(GESTIONNAIRE)
    assert (premiere.genre, seconde.genre) == ("aide", "report")
    assert AIDE in premiere.cite
    assert AIDE not in premiere.dit
    sienne = monde.page(GESTIONNAIRE, f"/mesures?affaire={signalee.id}")
    assert AIDE in sienne.texte
    assert sienne.gestes()[0].bouton == "Aide apportée"
    monde.horloge.instant += dt.timedelta(hours=1)
    vue = monde.page(GESTIONNAIRE, "/")
    assert vue.texte.index("Aide demandée") < vue.texte.index("Délai demandé")
    assert "nouveau" in vue.texte
    assert monde.arrivees(GESTIONNAIRE) == 0
    assert "nouveau" not in monde.page(acces(Role.ANALYSTE, "013"), "/").texte

    reste, dit = monde.cliquer(GESTIONNAIRE, premiere.cle, seconde.cle)
    faites = f"2 lignes faites. {premiere.qui} : réponse lue. {premiere.qui} : délai accordé."
    assert faites in dit.replace("\\xa0", " ")
    assert "Aide demandée" not in reste
    assert "Première visite" in reste
    reste, _ = monde.cliquer(GESTIONNAIRE, TOUR)
    assert "Première visite" not in reste
    assert "Première visite" not in monde.page(GESTIONNAIRE, "/").texte
    faits = monde.registre().lire(signalee.id).situation
    accord = faits.dernier("accorder_delai")
    assert accord
    assert accord.donnees["jusqu_au"] == "2027-01-31"
    _, dit = monde.cliquer(GESTIONNAIRE, premiere.cle)  # a second click, of a page that is old
    assert "n’attendait plus" in dit
    assert monde.registre().lire(signalee.id).situation == faits


def test_what_came_since_one_looked_is_not_told_read(monde: Monde, signalee: Affaire) -> None:
    """A page that is an hour old: the guichet answered again since, which nobody has read."""
    registre = monde.registre(GUICHET_QUI, "guichet")

    def repondre(texte: str) -> Ligne:
        monde.horloge.instant += dt.timedelta(hours=1)
        dits = {"canal": "application", "choix": "accord", "texte": texte}
        registre.agir(signalee.id, "repondre", dits)
        siennes = [un for un in monde.lignes(GESTIONNAIRE) if un.affaire == signalee.id]
        return next(un for un in siennes if texte in un.cite)

    lue = repondre("C'est fait.")
    monde.page(GESTIONNAIRE, "/")
    neuve = repondre("Non, rien n'est fait.")
    assert "1 ligne est arrivée entre-temps" in monde.tout_faire(GESTIONNAIRE, neuve)
    _, dit = monde.cliquer(GESTIONNAIRE, lue.cle)
    assert "n’attendait plus telle quelle" in dit
    assert neuve.cle in {un.cle for un in monde.lignes(GESTIONNAIRE)}
    # Both showed the queue again, the new answer in it.
    assert "1 ligne faite" in monde.tout_faire(GESTIONNAIRE, neuve)
    assert neuve.cle not in {un.cle for un in monde.lignes(GESTIONNAIRE)}


def test_each_role_reads_what_is_asked_of_it_and_no_more(monde: Monde, signalee: Affaire) -> None:
    assert monde.lignes(acces(Role.ANALYSTE, "013")) == ()
    assert monde.lignes(acces(Role.PARTENAIRE, "013")) == ()
    assert "Ma journée" not in monde.page(acces(Role.ANALYSTE, "013"), "/").texte
    autre = acces(Role.GUICHET, "013", guichets={"G1302"})
    assert monde.lignes(autre) == ()
    _, dit = monde.cliquer(autre, f"mesures_correctives:{signalee.id}:clore")
    assert "n’est pas ouverte à ce compte" in dit


def test_accesses_that_nobody_began_to_review_wait_among_the_rest(monde: Monde) -> None:
    lignes = monde.lignes(GESTIONNAIRE)
    (une,) = (un for un in lignes if un.procedure == "revue_des_acces" and not un.affaire)
    assert re.fullmatch(r"\d+ guichets dont les accès au SNE sont à revoir", une.dit)
    assert (une.bouton, une.chemin) == ("Commencer", "/affaires/revue_des_acces")


def test_the_prefet_reads_what_waits_for_a_decision_of_theirs(
    monde: Monde, signalee: Affaire
) -> None:
    prefet, registre = acces(Role.PREFET, "013"), monde.registre()
    assert {un.dit for un in monde.lignes(prefet)} == {
        "Synthèse d'octobre 2026 : à lire.",
        "Bilan du 1er semestre 2026 : à lire.",
    }
    une = next(un for un in registre.lister("013") if un.id != signalee.id)
    registre.agir(une.id, "accepter")
    registre.agir(une.id, "signaler", ENVOI)

    def comptes() -> tuple[int, int]:
        with comme(monde.app, GESTIONNAIRE), monde.app.server.test_request_context("/"):
            lus = compter(gestes.publiee(), "013", "2026-10", monde.horloge().date())
        return (
            sum(un.id == une.id for un in lus.relances),
            sum(un.id == une.id for un in lus.silences),
        )

    assert len(monde.lignes(prefet)) == 2  # step 1 is not theirs to know
    monde.horloge.avancer(40)
    assert comptes() == (1, 0)  # a reminder waits until it is sent, however late the answer is
    _exiger_une_suite(monde, une.id)
    registre.agir(une.id, "relancer", ENVOI)
    monde.horloge.avancer(10)
    assert comptes() == (0, 1)
    liste = monde.page(GESTIONNAIRE, "/mesures").texte  # 7 days after the 9th, a Saturday: Monday
    assert "Réponse attendue depuis le 18/01/2027, 1 jour de retard" in liste
    vue = monde.page(GESTIONNAIRE, "/mesures?attend=silences")
    assert "1 réponse n'est pas venue" in vue.texte
    assert f"affaire={une.id}" in " ".join(vue.liens)
    assert f"affaire={signalee.id}" not in " ".join(vue.liens)
    registre.agir(une.id, "constater_silence")
    registre.agir(une.id, "formaliser", {"canal": "courrier"})
    (formalisee,) = [un for un in monde.lignes(prefet) if un.affaire]
    assert formalisee.genre == "information"
    assert "demande formalisée le" in formalisee.dit
    assert formalisee.dit.endswith("Rien ne vous est demandé.")
    assert "2 choses attendent" in monde.page(prefet, "/").texte  # the documents, not this
    registre.agir(une.id, "demander_observations", {"canal": "courrier"})
    monde.horloge.avancer(40)
    registre.agir(une.id, "constater_absence")
    comite = monde.horloge().date() + dt.timedelta(10)
    registre.agir(une.id, "soumettre", {"comite_du": comite.isoformat()})
    monde.horloge.instant += dt.timedelta(10)
    assert une.id not in {un.affaire for un in monde.lignes(GESTIONNAIRE)}  # it sits that day
    while (le := monde.horloge().date()) <= comite or le.weekday() > 4:
        monde.horloge.instant += dt.timedelta(1)
    (suite,) = [un for un in monde.lignes(GESTIONNAIRE) if un.affaire == une.id]
    assert (suite.genre, suite.geste) == ("etape", "transmettre")
    assert "suites du comité à donner le" in suite.dit
    monde.cliquer(GESTIONNAIRE, suite.cle)
    assert registre.lire(une.id).etat == "transmis"
    premiere, *_ = monde.lignes(prefet)
    assert (premiere.genre, premiere.affaire) == ("avis", une.id)
    assert "les suites du préfet" in premiere.dit
    accueil = monde.page(prefet, "/").texte
    assert accueil.index("Ce qui attend une décision") < accueil.index("Chiffres du mois")


def _exiger_une_suite(monde: Monde, id_: str) -> None:
    """An affaire says what comes next, with the one button that leads to it, then the rest."""
    vue = monde.page(GESTIONNAIRE, f"/mesures?affaire={id_}")
    dite = "Relance à proposer depuis le 14/12/2026, 26 jours de retard : le message est prêt."
    assert dite in vue.texte
    assert vue.texte.index("Relire et envoyer") < vue.texte.index("Autre chose")


def test_the_queue_is_read_as_plain_text() -> None:
    le = dt.date(2026, 12, 4)
    lignes = [
        Ligne("rappel", "Signalé", "/", "Relancer", qui="Mairie", due=dt.date(2026, 11, 3)),
        Ligne("rappel", "Signalé", "/", "Relancer", qui="Bailleur"),
        Ligne("livraison", "À contrôler : novembre 2026.", "/depot", "Contrôler"),
    ]
    assert en_texte(lignes, le) == (
        "Relances à envoyer (2)\n"
        "- Mairie : signalé (en retard de 31 jours)\n"
        "- Bailleur : signalé\n\n"
        "Livraisons (1)\n"
        "- À contrôler : novembre 2026."
    )
    assert en_texte([], le) == "Rien n'attend."


def test_many_alike_are_folded_and_done_together(monde: Monde) -> None:
    lignes = [
        Ligne("decision", "Proposée", "/mesures", "Accepter la proposition", qui=f"O{n}",
              procedure="mesures_correctives", affaire=f"A{n}", evenement="accepter",
              geste="accepter", parametres=(("affaire", f"A{n}"),))
        for n in range(40)
    ]  # fmt: skip
    with monde.app.server.test_request_context("/"):
        c = contexte_affiche("?departement=013")
        assert c
        rendu = str(html(arbre(c, lignes, dt.date(2026, 12, 4))))
    assert rendu.count("<li ") == 40
    assert rendu.index("<details") > rendu.index(f"O{MONTREES - 1}")
    assert "Voir 32 autres" in rendu
    assert rendu.count('data-tout="Tout accepter"') == 1


def test_what_is_asked_is_told_together_and_by_what_it_says_when_it_is_of_nobody(
    monde: Monde,
) -> None:
    lignes = [
        Ligne("demande", dit, f"/affaires/{code}", "Répondre", qui=qui, procedure=code,
              affaire=id_, parametres=(("affaire", id_),))
        for dit, code, qui, id_ in (
            ("Premiers pas, le 13/01/2027", "formations", "", "A1"),
            ("Doublons, le 14/01/2027", "formations", "", "A2"),
            ("Revue des accès, réponse attendue", "revue_des_acces", "Agence du Phare", "A3"),
        )
    ]  # fmt: skip
    with monde.app.server.test_request_context("/"):
        c = contexte_affiche("?departement=013")
        assert c
        rendu = str(html(arbre(c, lignes, dt.date(2026, 12, 4))))
    assert (rendu.count("<h3"), rendu.count("<li ")) == (1, 3)
    liens = re.findall(r"affaire=A\d[^>]*>([^<]+)</a>", rendu)
    assert [un for un in liens if un != "Répondre"] == [
        "Premiers pas, le 13/01/2027", "Doublons, le 14/01/2027", "Agence du Phare"
    ]  # fmt: skip
    assert 'Agence du Phare</a><span class="journee-dit">\u00a0: revue des accès' in rendu


def test_a_proposition_is_opened_where_one_is_and_its_affaire_shown(
    monde: Monde, proposees: Affaires
) -> None:
    registre = proposees
    une = next(un for un in registre.lister("013") if un.etat in {"a_proposer", "propose"})
    registre.agir(une.id, "ecarter", {"raison": "essai"})
    monde.horloge.instant += dt.timedelta(days=120)  # it may be proposed again
    (ligne,) = [un for un in monde.lignes(GESTIONNAIRE) if un.objet == f"{une.objet}/{une.sujet}"]
    reste, _ = monde.cliquer(GESTIONNAIRE, ligne.cle)
    (neuve,) = [un for un in monde.registre().lister("013") if un.objet == une.objet]
    assert (reste, neuve.etat, neuve.sujet) == ("", "a_proposer", une.sujet)
    assert f"affaire={neuve.id}" in monde.vers
    _, dit = monde.cliquer(GESTIONNAIRE, ligne.cle)  # twice
    assert "quelqu’un l’a faite entre-temps" in dit
    assert len([un for un in registre.lister("013") if un.objet == une.objet]) == 1


def test_messages_that_wait_are_ticked_and_lead_to_where_they_are_read(monde: Monde) -> None:
    lignes = [
        Ligne("message", "Acceptée", "/mesures", "Signaler", qui=f"O{n}", part=True,
              procedure="mesures_correctives", affaire=f"A{n}", evenement="signaler",
              parametres=(("affaire", f"A{n}"),))
        for n in range(3)
    ]  # fmt: skip
    with monde.app.server.test_request_context("/"):
        c = contexte_affiche("?departement=013")
        assert c
        rendu = str(html(arbre(c, lignes, dt.date(2026, 12, 4))))
    assert rendu.count('type="checkbox"') == 3
    assert "affaires=A0%2CA1%2CA2" in rendu
    assert "affaires=A1&" not in rendu
    assert rendu.count('aria-label="Relire et envoyer : O1"') == 1


def test_messages_too_many_for_an_address_are_its_first_and_the_button_says_so() -> None:
    filtres = Filtres("013", "2026-10")
    texte, vers = relecture([f"013-2026-{n:05}" for n in range(160)], filtres)
    assert texte == "Relire et envoyer les 150 premiers sur 160"
    assert vers.count("013-2026-") == 150
    assert "013-2026-00149" in vers
    assert relecture(["013-2026-00001"], filtres)[0] == "Relire et envoyer"


def test_a_guichet_reads_what_is_asked_of_it_and_need_not_name_itself(monde: Monde) -> None:
    seance = {"theme": "debuts", "seance_le": "2030-01-14", "lieu": "Préfecture", "places": 8}
    procedure = procedures()["formations"]
    une = monde.registre().ouvrir(procedure, "013", "debuts", "debuts", seance)
    sien = acces(Role.GUICHET, "013", guichets={"G1302"})
    (dite,) = [un for un in monde.lignes(sien) if un.affaire == une.id]
    assert dite.dit == "Session du 14/01/2030, on attend les inscriptions"
    (inscrire, *_) = monde.page(sien, f"/affaires/formations?affaire={une.id}").gestes()
    assert inscrire.valeurs["guichet"] == "G1302"
    assert [un["nom"] for un in inscrire.groupes[0]["champs"]] == ["guichet", "personnes"]
    conduite = monde.page(GESTIONNAIRE, f"/affaires/formations?affaire={une.id}").gestes()[0]
    assert "guichet" not in conduite.valeurs  # of a hundred, none is said in their place
