"""The calendar: a year under a moving clock, and its file for who has the secret of an account."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import signal
import smtplib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import duckdb
import icalendar
import pytest

from dashboards.app import creer_app
from infocentre.acces.abonnements import Abonnements
from infocentre.acces.audit import Entree
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import SEUL, Acces, Role
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.affaires import Acteur, Affaire, Affaires, procedures
from infocentre.affaires.echeances import tenues
from infocentre.decisions import Magasin, ouvrir_magasin
from infocentre.demarches import journee, plis
from infocentre.demarches.calendrier import TARD, Date, _livraison, dates, en_ics
from infocentre.demarches.envoi import Messagerie, envoyer
from infocentre.demarches.face import Face, passer
from infocentre.demarches.journee import _emporte
from infocentre.demarches.message import Message, Piece
from infocentre.entrepot import Dossier, Livraison
from infocentre.entrepot.sceaux import DESCRIPTION
from infocentre.lecture.accueil import Attente
from infocentre.lecture.lecteur import Lecture, VersionOuverte
from infocentre.noyau.fichiers import sha256
from infocentre.noyau.temps import fin_de_mois, mois_avant
from infocentre.procedures.conventions.regles import SIGNATURE, preparer
from infocentre.procedures.documents_envoyes.preparer import Destine
from infocentre.procedures.documents_envoyes.preparer import preparer as preparer_un_envoi
from infocentre.procedures.listes.regles import recevoir
from infocentre.restitutions import mission
from infocentre.restitutions.lecture import du_semestre
from tests.affaires.conftest import Horloge
from tests.demarches import test_conventions
from tests.demarches.test_conventions import BAILLEUR, COMMUNE, ICI, REPRENEUR, Monde
from tests.demarches.test_envoi import Serveur, _lever_les_doutes, ecouter
from tests.demarches.test_reunions import MEMBRES, _liste
from tests.profondeur import profond

pytestmark = pytest.mark.lent
monde = test_conventions.monde
DEBUT, FIN = dt.date(2026, 11, 5), dt.date(2027, 10, 31)
UN_JOUR = dt.timedelta(days=1)
REUNIONS = {
    dt.date(2026, 12, 10): "copil",
    dt.date(2027, 2, 12): "guichets",
    dt.date(2027, 4, 15): "pleniere",
    dt.date(2027, 6, 10): "copil",
    dt.date(2027, 8, 10): "guichets",
}
TARDIVE = dt.date(2027, 6, 10)  # whose minutes leave on the ninth day
SIGNEES = {
    dt.date(2026, 11, 20): REPRENEUR,
    dt.date(2027, 1, 11): COMMUNE,
    dt.date(2027, 3, 1): BAILLEUR,
}
RETRAIT, FERMETURE = dt.date(2027, 7, 1), dt.date(2027, 8, 31)
LIVRAISONS, MOMENTS, PAS = 12, 12, 7
ADRESSES = tuple(("Direction", f"Bailleur {rang}", f"b{rang}@exemple.fr") for rang in range(12))
BILANS = {dt.date(2027, 2, 25): "2026-S2", dt.date(2027, 8, 5): "2027-S1"}
# A look each fortnight, and on each day when something happens or is due.
JOURS = sorted(
    {
        *(DEBUT + n * UN_JOUR for n in (0, 1, *range(14, (FIN - DEBUT).days, 14))),
        *(le + n * UN_JOUR for le in REUNIONS for n in (-40, -21, -10, 0, 5, 7, 8, 9, 20)),
        *SIGNEES,
        *BILANS,
        RETRAIT,
        FIN,
    }
    - {un for un in (le - 40 * UN_JOUR for le in REUNIONS) if un < DEBUT}
)


def livraisons(v: Lecture, combien: int) -> list[Lecture]:
    """Return a reading as of each of these deliveries: the one that there is, month after month.

    Who withdrew is closed from the month that ends it on.
    """
    (une,) = v.version.livraisons
    mois = [mois_avant(une.mois, -rang) for rang in range(combien)]
    con = duckdb.connect()
    for nom in v.relations:
        ici = v.ouverte.con.execute(f"FROM {nom}").pl()
        con.execute(f"CREATE TABLE {nom} AS FROM ici")
        if "mois" in ici.columns:
            for un in mois[1:]:
                con.execute(f"INSERT INTO {nom} SELECT * REPLACE ($m AS mois) FROM ici", {"m": un})
    con.execute(
        "UPDATE registre SET date_fermeture = $le WHERE mois >= $mois AND siren = $siren",
        {"le": FERMETURE, "mois": f"{FERMETURE:%Y-%m}", "siren": COMMUNE},
    )
    toutes = [une, *(_copier(v.dossier, une, fin_de_mois(un).isoformat()) for un in mois[1:])]
    return [
        Lecture(
            VersionOuverte(
                v.dossier,
                replace(v.version, numero=100 + rang, livraisons=tuple(toutes[:rang])),
                con,
            ),
            TOUT,
        )
        for rang in range(1, combien + 1)
    ]


def _copier(dossier: Dossier, une: Livraison, arrete: str) -> Livraison:
    """Return a delivery of another month: its files are those of the first one."""
    autre = replace(une, arrete=arrete)
    ou = dossier.archive(autre)
    ou.mkdir(parents=True)
    for fichier in dossier.archive(une).iterdir():
        if fichier.name == DESCRIPTION:
            dit = json.loads(fichier.read_text("utf-8")) | {"arrete": arrete}
            (ou / DESCRIPTION).write_text(json.dumps(dit), "utf-8")
        else:
            (ou / fichier.name).symlink_to(fichier)
    return replace(autre, sceau=sha256(ou / DESCRIPTION))


class Annee:
    """What a person does each day of a year: what is proposed, and what has its own day."""

    def __init__(self, monde: Monde, v: Lecture, recoit: Serveur, par: Messagerie) -> None:
        self.monde, self.recoit, self.par = monde, recoit, par
        self.lectures = livraisons(v, LIVRAISONS)
        self.v, self.recues, self.morts = self.lectures[0], 1, 0
        self.vues: dict[str, set[dt.date]] = defaultdict(set)
        self.rouges: dict[dt.date, set[str]] = {}

    def face(self, code: str) -> Face:
        return Face(self.v, self.monde.registre(), procedures()[code])

    def dates(self) -> tuple[Date, ...]:
        return dates(self.v, self.monde.registre(), SEUL, ICI)

    def livrer(self, jour: dt.date) -> None:
        """Receive what is delivered by a day, on the fifth of the next month."""
        arrives = [
            une
            for une in self.lectures
            if fin_de_mois(une.version.livraisons[-1].mois) + 5 * UN_JOUR <= jour
        ]
        while self.recues < len(arrives):
            self.v = arrives[self.recues]
            self.recues += 1
            passer(self.v, self.monde.registre("minuteur"), ICI)

    def vivre(self) -> None:
        recevoir(self.v, self.monde.registre(), ICI, "copil", _liste(*MEMBRES), "l.xlsx", "DDETS")
        recevoir(self.v, self.monde.registre(), ICI, "pleniere", _liste(*MEMBRES), "l.xlsx", "")
        for jour in JOURS:
            self.monde.horloge.mettre(jour)
            self.un_jour(jour)

    def un_jour(self, jour: dt.date) -> None:
        self.livrer(jour)
        minuteur = self.monde.registre("minuteur")
        lentes = ("conventions", "listes")
        passer(self.v, minuteur, ICI, [procedures()[code] for code in lentes])
        self._fixer(jour)
        self._signer(jour)
        self._diffuser(jour)
        for une in self.face("listes").lister(ICI):
            if une.etat == "a_relire":
                self.face("listes").agir(une, "confirmer_liste", {"revue_le": f"{jour:%d/%m/%Y}"})
        for une in self.face("reunions").lister(ICI):
            self._reunir(une, jour)
        for date in self.dates():
            if date.affaire:
                self.vues[date.cle].add(date.le)
        self.rouges[jour] = {un.quoi for un in self.dates() if un.etat(jour) == TARD and un.affaire}
        self._envoyer(jour)

    def _fixer(self, jour: dt.date) -> None:
        """Fix each meeting forty days before, that of December at once."""
        for le, instance in REUNIONS.items():
            if jour == max(le - 40 * UN_JOUR, DEBUT):
                dits = {"le_jour": f"{le:%d/%m/%Y}", "heure": "14:00", "lieu": "Préfecture"}
                self.face("reunions").ouvrir(ICI, instance, dits)

    def _signer(self, jour: dt.date) -> None:
        face = self.face("conventions")
        if organisme := SIGNEES.get(jour):
            dits = {"categorie": "e"} if organisme == COMMUNE else {}
            siennes = [une for une in face.lister(ICI) if une.objet == organisme]
            une = siennes[0] if siennes else preparer(self.v, face.registre, ICI, organisme, dits)
            face.agir(une, SIGNATURE, {"signee_le": f"{jour:%d/%m/%Y}"})
        if jour == DEBUT + UN_JOUR:  # the campaign: all that is beyond its term, or near it
            face.regles.ensemble(self.v, face.registre, ICI, "renouveler")
        if jour == RETRAIT:
            (une,) = (une for une in face.lister(ICI) if une.objet == COMMUNE)
            face.agir(une, "preciser", {"categorie": "e"})
            dits = {"dit_le": f"{jour:%d/%m/%Y}", "fin": "31/12/2027"}
            face.agir(face.lire(une.id), "annoncer_retrait", dits)

    def _diffuser(self, jour: dt.date) -> None:
        """Prepare the bilan of a semester for each of a list."""
        if semestre := BILANS.get(jour):
            liste = recevoir(
                self.v, self.monde.registre(), ICI, "bailleurs", _liste(*ADRESSES), "b.xlsx", ""
            )
            membres = tuple(liste.situation.dite("inscrits"))
            piece = Piece(f"bilan-{semestre}.pdf", f"%PDF {semestre}".encode())
            destine = Destine(f"Bilan, {semestre}", "bilan", piece, membres, periode=semestre)
            preparer_un_envoi(self.v, self.monde.registre(), ICI, liste, [destine])

    def _reunir(self, une: Affaire, jour: dt.date) -> None:
        """Hold a meeting on its day; its minutes are written on the fifth, or the ninth, after."""
        face, le = self.face("reunions"), dt.date.fromisoformat(str(une.situation.dite("le_jour")))
        if jour == le:
            une = face.agir(une, "tenir", {})
        if jour == le + (9 if le == TARDIVE else 5) * UN_JOUR:
            presents = [{"qualite": "Directrice", "organisme": "DDETS", "represente": "USH"}]
            decisions = [{"dite": "Écrire", "par_qui": "Gestionnaire"}]
            dits = {"presents": presents, "decisions": decisions}
            une = face.registre.agir(une.id, "rendre_compte", dits)
            face.agir(une, "valider_le_compte_rendu", {})
        if jour == le + 20 * UN_JOUR:
            face.agir(une, "clore_la_reunion", {})

    def _envoyer(self, jour: dt.date) -> None:
        """Send what waits: an invitation once its deadline has come."""
        faces = plis.faces(self.v, self.monde.registre())
        for pli in plis.attendent(faces, ICI):
            (une,) = pli.affaires
            invite = pli.pour == "convoquer"
            if invite and not any(
                e.nature == "invitation" and e.due <= jour for e in une.echeances
            ):
                continue
            face, rang = plis.face_de(faces, une), len(self.recoit.recus)
            message = face.message(pli)
            for moment in (rang, rang + PAS)[: 1 + rang % 2]:
                self.morts += self._mourir(message, moment % MOMENTS)
                if face.lire(une.id).situation.dernier(pli.pour):
                    break
            else:
                assert envoyer(self.monde.registre(), [message], self.par).envoyees == (une.id,)

    def _mourir(self, message: Message, moment: int) -> bool:
        """Send in a process that dies at one of its moments, then look at what arrived."""
        fils = os.fork()
        if not fils:
            _compter_jusqu_a(moment)
            with contextlib.suppress(BaseException):
                envoyer(self.monde.registre(), [message], self.par)
            os._exit(0)
        mort = os.waitpid(fils, 0)[1] == signal.SIGKILL
        une = self.monde.registre().lire(message.affaire)
        _lever_les_doutes(self.monde.registre(), self.recoit, une.procedure.code)
        return mort


def _compter_jusqu_a(moment: int) -> None:
    """Die at this moment: before and after what is written, before each line to the server."""
    reste = iter(range(moment, -1, -1))

    def passer_par(fait: Callable[..., Any], *, apres: bool) -> Callable[..., Any]:
        def faire(*arguments: Any, **nommes: Any) -> Any:
            if next(reste, -1) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            rendu = fait(*arguments, **nommes)
            if apres and next(reste, -1) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return rendu

        return faire

    for ou, nom, apres in (
        (Affaires, "agir", True), (Affaires, "agir_ensemble", True), (smtplib.SMTP, "send", False),
    ):  # fmt: skip
        setattr(ou, nom, passer_par(getattr(ou, nom), apres=apres))


@pytest.fixture
def poste() -> Iterator[tuple[Serveur, Messagerie]]:
    recoit = Serveur()
    with ecouter(recoit) as port:
        par: dict[str, Any] = {"serveur": "127.0.0.1", "port": port, "securite": "aucune"}
        yield recoit, Messagerie(**par, expediteur="g@exemple.fr")


@profond
def test_a_year_of_meetings_conventions_and_lists_is_in_the_calendar(
    monde: Monde, poste: tuple[Serveur, Messagerie]
) -> None:
    recoit, par = poste
    with monde.face() as ouverte:
        annee = Annee(monde, ouverte.v, recoit, par)
        annee.vivre()
        assert annee.recues == LIVRAISONS
        assert annee.morts >= 50
        assert len(recoit.recus) >= 40
        # Each deadline has one day, told once; nothing is sent twice.
        assert {cle: jours for cle, jours in annee.vues.items() if len(jours) != 1} == {}
        assert set(Counter(nom for nom, _ in recoit.recus).values()) == {1}
        # Minutes are red from the eighth day on, until they leave; no others ever are.
        rouges = [jour for jour, dites in annee.rouges.items() if "Compte rendu à envoyer" in dites]
        assert rouges == [TARDIVE + 8 * UN_JOUR, TARDIVE + 9 * UN_JOUR]
        # Five meetings, each with its invitation, its papers and its minutes.
        partis = Counter(nom.split(".")[1] for nom, _ in recoit.recus)
        assert partis["convoquer"] == partis["envoyer_le_dossier"] == partis["diffuser"] == 5
        assert _de(annee.dates(), "Réunions", FIN) == PREVUES

        document = mission.construire(du_semestre(annee.v, "2026-S2", ICI))
        assert [un.cle for un in document.tableaux() if not un.lignes] == []
        assert {"mission-reunions", "mission-envois"} <= {un.cle for un in document.tableaux()}


# On 31 October 2027, by hand. Of the last three months: the papers and the minutes of the meeting
# of 10 August, the invitation having left on 20 July. Then a comité within twelve months of that of
# June, guichets within six of that of August, and each semester sixty days after its end: the bilan
# of the first one of 2027 left on 5 August, its compte rendu never did.
PREVUES = [
    ("2027-07-31", "Dossier à envoyer", "fait le 31/07/2027"),
    ("2027-08-10", "Réunion", "fait le 10/08/2027"),
    ("2027-08-17", "Compte rendu à envoyer", "fait le 15/08/2027"),
    ("2027-08-29", "Bilans aux partenaires, 1er semestre 2027", "fait le 05/08/2027"),
    ("2027-08-29", "Compte rendu de mission, 1er semestre 2027", "en retard de 63 jours"),
    ("2028-02-10", "Réunion des guichets à tenir", "J−102"),
    ("2028-02-29", "Bilans aux partenaires, 2e semestre 2027", "J−121"),
    ("2028-02-29", "Compte rendu de mission, 2e semestre 2027", "J−121"),
    ("2028-06-10", "Comité de pilotage à tenir", "J−223"),
    ("2028-08-29", "Bilans aux partenaires, 1er semestre 2028", "J−303"),
    ("2028-08-29", "Compte rendu de mission, 1er semestre 2028", "J−303"),
]


def _de(lues: tuple[Date, ...], de: str, le: dt.date) -> list[tuple[str, str, str]]:
    return [(un.le.isoformat(), un.quoi, un.dans(le)) for un in lues if un.de == de]


def test_what_falls_with_the_rest_is_not_done() -> None:
    """The papers of a meeting that was held without them: neither done nor late."""
    horloge = Horloge(DEBUT)
    registre = Affaires(Magasin("sqlite://"), Acteur("Léa"), horloge)
    dits = {"le_jour": "2026-12-10", "heure": "14:00", "lieu": "Préfecture", "instance": "copil"}
    une = registre.ouvrir(procedures()["reunions"], ICI, "copil", "réunion", dits)
    for jour, nom in (
        ("2026-11-06", "deplacer_la_reunion"),  # to the same day: what moves is not done
        ("2026-11-19", "convoquer"),
        ("2026-12-10", "tenir"),
    ):
        horloge.mettre(dt.date.fromisoformat(jour))
        siens = {"canal": "courrier"} if nom == "convoquer" else {}
        siens = {"le_jour": "2026-12-10", "heure": "14:00"} if "deplacer" in nom else siens
        une = registre.agir(une.id, nom, siens)
    faites = [(e.nature, le.isoformat()) for e, le in tenues(une.situation, une.reglages, DEBUT)]
    assert faites == [("invitation", "2026-11-19"), ("reunion", "2026-12-10")]
    assert list(tenues(une.situation, une.reglages, dt.date(2026, 12, 11))) == []


# --- The file to subscribe to ---------------------------------------------------------------------

GESTIONNAIRE = Fiche(
    "lea@exemple.fr", "Léa", Role.GESTIONNAIRE, Perimetre(departements=frozenset({ICI}))
)
GUICHET = Fiche("g@exemple.fr", "Guichet", Role.GUICHET, Perimetre(guichets=frozenset({"G1302"})))


@pytest.mark.tentative(
    "force",
    "l'adresse de calendrier d'un autre compte",
    "celle d'un compte fermé, ou révoquée",
)
def test_the_file_has_what_its_account_may_see_until_it_is_revoked(
    monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    magasin = ouvrir_magasin(monde.racine)
    comptes, abonnements = Comptes(magasin), Abonnements(magasin)
    comptes.inviter(Fiche("a@exemple.fr", "Ada", Role.ADMINISTRATEUR, Perimetre(frozenset())))
    monkeypatch.setattr("dashboards.calendrier.registre_de", lambda *_: monde.registre())
    client = creer_app(Dossier(monde.racine)).server.test_client()

    def lire(jeton: str) -> tuple[int, list[tuple[dt.date, str]]]:
        reponse = client.get(f"/calendrier/{jeton}.ics")
        if reponse.status_code != 200:
            assert "n'est pas, ou n'est plus, ouverte" in reponse.get_data(as_text=True)
            return reponse.status_code, []
        assert reponse.mimetype == "text/calendar"
        lu: Any = icalendar.Calendar.from_ical(reponse.get_data())
        assert len({str(un["UID"]) for un in lu.walk("VEVENT")}) == len(lu.walk("VEVENT"))
        return 200, [(un["DTSTART"].dt, str(un["SUMMARY"])) for un in lu.walk("VEVENT")]

    with monde.face() as face:
        dits = {"le_jour": "10/12/2026", "heure": "14:00", "lieu": "Préfecture"}
        Face(face.v, monde.registre(), procedures()["reunions"]).ouvrir(ICI, "copil", dits)
        tout = dates(face.v, monde.registre(), SEUL, ICI)
        attendues = [
            (un.le, " – ".join(filter(None, (un.quoi, un.qui)))) for un in tout if not un.fait
        ]
        assert en_ics(tout, "x", DEBUT) == en_ics(tout, "x", DEBUT)
        # By hand: a delivery a month, fifteen days after its arrêté; the flux of the year.
        prevues = [
            (f"{un.le:%m-%d}", un.quoi[:20]) for un in tout if not un.fait and un.de == "Livraisons"
        ]
        mois = [12, *range(1, 11)]
        assert prevues == [(f"{un:02}-15", "Livraison arrêtée au") for un in mois]
        assert [un.le.isoformat() for un in tout if un.de == "Gestion en flux"] == ["2027-02-28"]
    for fiche in (GESTIONNAIRE, GUICHET):
        comptes.inviter(fiche)
    jetons = {un.identifiant: abonnements.donner(un.identifiant) for un in (GESTIONNAIRE, GUICHET)}
    assert lire(jetons[GESTIONNAIRE.identifiant]) == (200, attendues)
    assert (dt.date(2026, 12, 10), "Réunion – Comité de pilotage du 10/12/2026") in attendues
    assert lire(jetons[GUICHET.identifiant]) == (200, [])  # nothing is asked of it
    assert lire("x" * 43)[0] == 404
    with monkeypatch.context() as patch:  # a numéro that a procedure would let through
        quoi = Date(DEBUT, "Doublons", "À décider", "0130120003675G1351", "c")
        patch.setattr("dashboards.calendrier.dates", lambda *_: (quoi,))
        reponse = client.get(f"/calendrier/{jetons[GESTIONNAIRE.identifiant]}.ics")
        assert (reponse.status_code, b"0130120003675" in reponse.get_data()) == (404, False)
    base = (monde.racine / "decisions.sqlite").read_bytes()
    assert all(jeton.encode() not in base for jeton in jetons.values())
    neuf = abonnements.donner(GESTIONNAIRE.identifiant)  # in the place of the one before
    assert lire(jetons[GESTIONNAIRE.identifiant])[0] == 404
    assert abonnements.a(GESTIONNAIRE.identifiant)
    assert abonnements.revoquer(GESTIONNAIRE.identifiant)
    assert lire(neuf)[0] == 404
    comptes.fermer(GUICHET.identifiant)
    assert lire(jetons[GUICHET.identifiant])[0] == 404


def test_an_account_that_may_not_is_shown_nothing(monde: Monde) -> None:
    partenaire = Acces("p", "P", Role.PARTENAIRE, Perimetre(departements=frozenset({ICI})))
    with monde.face() as face:
        assert dates(face.v, monde.registre(), partenaire, ICI) == ()
        ailleurs = Acces("l", "L", Role.GESTIONNAIRE, Perimetre(departements=frozenset({"084"})))
        assert dates(face.v, monde.registre(), ailleurs, "084") == ()


@pytest.mark.parametrize(
    ("dites", "faits"),
    [
        ({"document": "flux-etat", "annee": "2026"}, ["flux-"]),
        ({"document": "bilan", "annee": "2026"}, ["flux-"]),  # --tous: one per bailleur
        ({"document": "attributions", "annee": "2026"}, []),
        ({"document": "reservataires", "annee": "2026"}, []),
        ({"document": "bilan", "semestre": "2026-S2"}, ["bilan"]),
        ({"document": "mission", "semestre": "2026-S2"}, []),
    ],
)
def test_a_command_made_the_document_that_it_names_and_no_other(
    dites: dict[str, str], faits: list[str]
) -> None:
    entree = Entree(1, "2027-01-04T09:00", "lea", "", "document", "infocentre bilan", "", 1, dites)
    un = _emporte(entree)
    assert [nom for nom in ("flux-", "bilan") if un.est(nom, "013", "2026-12")] == faits


def test_a_delivery_is_as_late_today_as_in_the_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrêtée on 31 October, due on 15 November: 16 days late on 1 December, not 31."""
    monkeypatch.setattr(journee, "attente", lambda *_: Attente(dt.date(2026, 10, 31), [], [], []))
    monkeypatch.setattr(journee, "a_completer", lambda *_: None)
    jour, aucune = dt.date(2026, 12, 1), cast("Any", None)
    (ligne,) = journee._des_livraisons(aucune, "013", jour)
    assert (ligne.dit, ligne.retard(jour)) == ("La livraison arrêtée au 31/10/2026 manque.", 16)
    assert _livraison("013", "2026-10").le == ligne.due
