"""Meetings, from their list and invitation to minutes, and to the decisions that come back."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import icalendar
import pytest
import xlsxwriter
from docx import Document

from infocentre.acces.modele import SEUL
from infocentre.affaires import Affaire, procedures
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches import emportes, plis, rebonds
from infocentre.demarches.calendrier import dates
from infocentre.demarches.envoi import Messagerie, envoyer
from infocentre.demarches.face import Face
from infocentre.demarches.message import Pli
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.reunions import PROCEDURE, remis, tenues
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.coordonnees.regles import publies
from infocentre.procedures.listes.regles import recevoir
from infocentre.procedures.reunions import odj, regles
from infocentre.procedures.reunions.odj import proposer
from infocentre.procedures.revue_des_acces import regles as revue
from infocentre.restitutions import prepares
from tests.demarches import test_conventions
from tests.demarches.test_conventions import ICI, REGISTRE, Monde
from tests.demarches.test_envoi import Serveur, ecouter

monde = test_conventions.monde

TITRES = ("Qualité", "Organisme", "Courriel", "Rôle")
MEMBRES = (
    ("Directrice", "DDETS", "ddets@exemple.fr", "préside"),
    ("Déléguée", "USH", "ush@exemple.fr", ""),
)


def _liste(*membres: tuple[str, ...]) -> bytes:
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon) as livre:
        feuille = livre.add_worksheet("Liste")
        for rang, une in enumerate((TITRES, *membres)):
            feuille.write_row(rang, 0, une)
    return tampon.getvalue()


def test_a_list_is_read_whole_or_refused_whole(monde: Monde) -> None:
    def lire(*membres: tuple[str, ...]) -> int:
        octets = _liste(*membres)
        une = recevoir(face.v, face.registre, ICI, "copil", octets, "copil.xlsx", "Préfecture")
        return len(une.situation.dite("inscrits"))

    with monde.face() as face:
        deux_mille = [("Q", "O", f"a{n}@exemple.fr" if n % 50 else "rien") for n in range(2000)]
        for membres, faute in (
            ([*MEMBRES, ("Q", "O", "DDETS@exemple.fr")], "« ddets@exemple.fr » est déjà à la"),
            ([("Q", "O", "g1305@exemple.fr")], "est l'adresse d'un guichet fermé"),
            ([("Q", "", "a@exemple.fr")], "il manque « Organisme »"),
            (deux_mille, "40 lignes sont à corriger"),
            ([une for une in deux_mille if "@" in une[2]], "1960 adresses, pour 500 au plus"),
            ([], "n'est pas une liste de diffusion"),
        ):
            with pytest.raises(Refus, match=faute):
                lire(*membres)
        assert face.registre.lister(ICI, procedure="listes") == []
        assert (lire(*MEMBRES), lire(*MEMBRES[:1])) == (2, 1)  # the second takes its place
        (une,) = face.registre.lister(ICI, procedure="listes")
        assert [len(un.dit("inscrits")) for un in une.situation.evenements] == [2, 1]


def _face(monde: Monde, v: Lecture) -> Face:
    return Face(v, monde.registre(), procedures()[PROCEDURE])


def _remplir(octets: bytes, chemin: Path) -> Path:
    """Fill minutes as a person does: who came, a sentence, two decisions."""
    lu = Document(io.BytesIO(octets))
    presents, decisions = lu.tables
    presents.rows[1].cells[2].text = "oui"
    presents.rows[2].cells[2].text = "excusée"
    for rang, dite in enumerate(
        (("Écrire aux bailleurs", "Le gestionnaire", "15/01/2027"), ("Former", "USH")), 1
    ):
        for cellule, texte in zip(decisions.rows[rang].cells, dite, strict=False):
            cellule.text = texte
    next(un for un in lu.paragraphs if "……" in un.text).text = "Approuvé sans réserve."
    lu.save(str(chemin))
    return chemin


def _evenement(ics: bytes) -> Any:
    return icalendar.Calendar.from_ical(ics).walk("VEVENT")[0]


def _dates_le(monde: Monde, v: Lecture, le: dt.date) -> list[tuple[str, str, str]]:
    monde.horloge.mettre(le)
    lues = dates(v, monde.registre(), SEUL, ICI)
    siennes = [un for un in lues if un.de == "Réunions" and un.affaire]
    return [(f"{un.le:%m-%d}", un.quoi, un.dans(le)) for un in siennes]


def _revenus(monde: Monde, face: Face, une: Affaire, message_id: str) -> list[list[str]]:
    """Have a notice come back twice; return what the slip says of it."""
    avis = rebonds.Rebond("ush@exemple.fr", "boîte pleine", message_id)
    for _ in range(2):
        rebonds.noter(ouvrir_magasin(monde.racine), face.registre, [avis])
    lu = Document(io.BytesIO(face.imprimer(face.lire(une.id), "bordereau", "docx")))
    return [
        [cellule.text for cellule in rangee.cells[1:]]
        for table in lu.tables
        if "Motif" in [cellule.text for cellule in table.rows[0].cells]
        for rangee in table.rows[1:]
    ]


def _inviter(face: Face, une: Affaire) -> Affaire:
    """Send the invitation, once, then move the meeting: its calendar file follows."""
    recoit = Serveur()
    with ecouter(recoit) as port:
        par = Messagerie(
            serveur="127.0.0.1", port=port, securite="aucune", expediteur="g@exemple.fr"
        )
        message = face.message(Pli("convoquer", (une,)))
        assert envoyer(face.registre, [message], par).envoyees == (une.id,)
        assert envoyer(face.registre, [message], par).envoyees == ()  # never twice
    assert len(recoit.recus) == 1
    assert [un.nom.rpartition(".")[2] for un in message.pieces] == ["ics", "pdf"]
    avant = _evenement(message.pieces[0].octets)
    une = face.agir(
        face.lire(une.id), "deplacer_la_reunion", {"le_jour": "17/12/2026", "heure": "09:30"}
    )
    ics = face.imprimer(une, "calendrier", "ics")
    apres = _evenement(ics)
    assert ics == face.imprimer(une, "calendrier", "ics")
    assert (avant["UID"], avant["SEQUENCE"], apres["SEQUENCE"]) == (apres["UID"], 0, 1)
    assert apres["DTSTART"].dt == dt.datetime(2026, 12, 17, 8, 30, tzinfo=dt.UTC)
    return face.remis(une, "convoquer", "courrier")


def test_where_no_meeting_was_ever_held_none_is_due_on_a_day(monde: Monde) -> None:
    """It was due « today », every day: `restes` ask for one."""
    with monde.face() as v_face:
        face = _face(monde, v_face.v)
        lus = face.regles.jalons(v_face.v, face.registre, ICI, dt.date(2027, 10, 1))
        assert [un.quoi for un in lus if "à tenir" in un.quoi] == []


def test_a_comite_goes_from_its_list_to_the_decisions_that_come_back(
    monde: Monde, tmp_path: Path
) -> None:
    with monde.face() as v_face:
        v = v_face.v
        recevoir(v, monde.registre(), ICI, "copil", _liste(*MEMBRES), "copil.xlsx", "Préfecture")
        face = _face(monde, v)
        assert [un.dit for un in face.regles.restes(v, face.registre, ICI)] == [
            "Aucun comité de pilotage en 12 mois, ni à venir",
            "Aucune réunion des guichets en 6 mois, ni à venir",
        ]
        dits = {"le_jour": "10/12/2026", "heure": "14h", "lieu": "Préfecture"}
        une = face.ouvrir(ICI, "comité de pilotage", dits)
        for autres, refus in (
            ({}, "déjà ouverte pour le même objet"),  # two comités on one day
            ({"le_jour": "04/11/2026"}, "le 04/11/2026 est passé"),
            ({"heure": "25h"}, "« 25h » n'est pas une heure"),
        ):
            with pytest.raises(Refus, match=refus):
                face.ouvrir(ICI, "copil", dits | autres)
        # The list changes afterwards: who was invited stays.
        recevoir(v, monde.registre(), ICI, "copil", _liste(*MEMBRES[:1]), "copil.xlsx", "")
        assert face.regles.adresses(v, Pli("convoquer", (une,))) == (
            "ddets@exemple.fr",
            "ush@exemple.fr",
        )
        assert [un.dit for un in face.regles.restes(v, face.registre, ICI)] == [
            "Aucune réunion des guichets en 6 mois, ni à venir"
        ]
        une = _inviter(face, une)

        # What has a date of meetings, by hand: what was done, the papers, the meeting.
        assert _dates_le(monde, v, dt.date(2026, 12, 1)) == [
            ("11-19", "Invitation à envoyer", "fait le 05/11/2026"),
            ("11-26", "Invitation à envoyer", "fait le 05/11/2026"),  # again, once it moved
            ("12-07", "Dossier à envoyer", "J−6"),
            ("12-17", "Réunion", "J−16"),
        ]
        monde.horloge.mettre(dt.date(2026, 12, 17))
        une = face.agir(une, "tenir", {})
        a_remplir = face.imprimer(une, "a_remplir", "docx")
        rempli = _remplir(a_remplir, tmp_path / "rempli.docx")
        une, lu = face.recevoir(rempli)
        s = une.situation
        assert len(lu.lignes) == 2
        assert s.dite("presents") == [{"qualite": "Directrice", "organisme": "DDETS"}]
        assert s.dite("dits") == [{"point": "1", "dit": "Approuvé sans réserve."}]
        assert s.dite("rempli") == hashlib.sha256(rempli.read_bytes()).hexdigest()
        # Minutes are due on the 24th; on the 25th, which is a holiday, they are late already.
        monde.horloge.mettre(dt.date(2026, 12, 24))
        assert face.retard(face.lire(une.id).echeances[0].due) == 0
        monde.horloge.mettre(dt.date(2026, 12, 25))
        assert face.retard(face.lire(une.id).echeances[0].due) == 1
        une = face.agir(une, "valider_le_compte_rendu", {})
        message = face.message(Pli("diffuser", (une,)))
        with ecouter(Serveur()) as port:
            par = Messagerie(
                serveur="127.0.0.1", port=port, securite="aucune", expediteur="g@exemple.fr"
            )
            assert envoyer(face.registre, [message], par).envoyees == (une.id,)
        une = face.lire(une.id)
        assert face.imprimer(une, "compte_rendu", "pdf") == message.pieces[0].octets
        assert _revenus(monde, face, une, message.message_id) == [
            ["ush@exemple.fr", "boîte pleine"]
        ]

        (tenue,) = tenues(v, ICI, dt.date(2026, 7, 1), dt.date(2026, 12, 31))
        assert tenue[1:] == (
            "Comité de pilotage",
            dt.date(2026, 12, 17),
            1,
            2,
            dt.date(2026, 12, 25),
        )
        assert (
            tenues(v, ICI, dt.date(2026, 7, 1), dt.date(2026, 12, 31), dt.date(2026, 12, 16)) == []
        )
        partis = remis(v, ICI)
        assert (partis[0].sha256, partis[0].a_qui) == (
            message.pieces[0].empreinte,
            "ddets@exemple.fr, ush@exemple.fr",
        )

        dites = face.registre.lister(ICI, procedure="decisions")
        assert [un.situation.dite("dite") for un in dites] == ["Écrire aux bailleurs", "Former"]
        points = proposer(v, face.registre, ICI, nommer=True)
        assert len([un for un in points if un.startswith("Décision en cours")]) == 2
        Face(v, monde.registre(), procedures()["decisions"]).agir(
            dites[0], "faire_une_decision", {}
        )
        restent = [un for un in proposer(v, face.registre, ICI, nommer=True) if "Décision" in un]
        assert restent == [f"Décision en cours : Former (USH, {dites[1].id})"]
        with pytest.raises(Refus, match="n'est pas un compte rendu à remplir"):
            face.recevoir(Path(__file__))


def test_a_comite_has_its_slides_its_mandates_and_what_gets_worse(
    monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    faits = {"code": "ENR_DELAI", "nature": "stock", "recul": "an", "n_mois": 1, "taux_avant": 0.1}
    lignes = [
        {**faits, "guichet": guichet, "taux": taux}
        for guichet, taux in (("*", 0.125), ("*", 0.05), ("G1301", 0.9))
    ]
    monkeypatch.setattr(odj, "mouvements_nets", lambda *_: SimpleNamespace(lignes=lignes))
    monkeypatch.setattr(regles, "dernier_semestre", lambda _: "2026-S1")
    monkeypatch.setattr(prepares, "obtenir", lambda _, commande: commande.forme.encode())
    with monde.face() as ouverte:
        recevoir(ouverte.v, monde.registre(), ICI, "copil", _liste(*MEMBRES), "copil.xlsx", "")
        face = _face(monde, ouverte.v)
        dits = {"le_jour": "10/12/2026", "heure": "14:00", "lieu": "Préfecture"}
        for instance, joints in (
            ("guichets", []),
            ("copil", [("diapositives-013-2026-S1.pptx", b"pptx")]),
        ):
            une = face.ouvrir(ICI, instance, dits)
            (dit,) = (un for un in une.situation.dite("odj") if "se dégradent" in un)
            assert dit.count("demandes saisies plus d'un mois après le dépôt") == 1
            assert "%" not in dit  # a rate that a bilan may mask
            pli = Pli("envoyer_le_dossier", (une,))
            lus = face.regles.joints(ouverte.v, pli, dt.date(2026, 12, 1), None)
            assert [(un.nom, un.octets) for un in lus] == joints
            assert bool(face.regles.dire_joints(ouverte.v, pli)) == bool(joints)
        une = face.agir(une, "noter_un_pouvoir", {"donne_par": "USH", "donne_a": "Directrice"})
        monde.horloge.mettre(dt.date(2026, 12, 10))
        une = face.remis(une, "convoquer", "courrier")
        table = Document(io.BytesIO(face.imprimer(une, "a_remplir", "docx"))).tables[0]
        assert [[c.text for c in rangee.cells] for rangee in table.rows[1:]] == [
            ["Directrice", "DDETS", "", "USH"],
            ["Déléguée", "USH", "", ""],
        ]


def test_few_reclamations_are_not_counted_for_all_guichets_to_read() -> None:
    def recue(sur: str) -> SimpleNamespace:
        return SimpleNamespace(
            situation=SimpleNamespace(dite={"sur": sur}.get), ouverte_le=dt.date(2026, 10, 1)
        )

    unes = [recue("preavis")] * 11 + [recue("motif")] * 10
    registre: Any = SimpleNamespace(lister=lambda *_, **__: unes)
    (dit,) = odj._reclamations(registre, ICI, "2026-10", 11)
    causes = "11 pour préavis non reçu et moins de 11 pour motif de radiation erroné"
    assert dit == f"Réclamations depuis six mois : {causes}"


def test_an_organisme_is_named_beside_its_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """« 1 à l'étape 2 et 1 à l'étape 3 (A et B) »: B was at step 2, as nothing said."""
    siennes = [SimpleNamespace(objet=un, etape=n) for un, n in (("a", 3), ("b", 2), ("c", 1))]
    monkeypatch.setattr(odj, "affaires", lambda *_: siennes)
    monkeypatch.setattr(odj, "noms", lambda *_: {"a": "Garlaban", "b": "Font-Claire"})
    rien: Any = None
    assert [odj._mesures(rien, ICI, "2026-10", nommer=un) for un in (True, False)] == [
        ["Mesures correctives : 1 à l'étape 2 (Font-Claire) et 1 à l'étape 3 (Garlaban)"],
        ["Mesures correctives : 1 à l'étape 2 et 1 à l'étape 3"],
    ]


def test_what_a_person_takes_away_and_sends_is_kept_by_its_sha256(monde: Monde) -> None:
    with monde.face() as ouverte:
        v = ouverte.v
        recevoir(v, monde.registre(), ICI, "copil", _liste(*MEMBRES), "copil.xlsx", "")
        face = _face(monde, v)
        dits = {"le_jour": "10/12/2026", "heure": "14:00", "lieu": "Préfecture"}
        une = face.ouvrir(ICI, "copil", dits)
        magasin, faces = ouvrir_magasin(monde.racine), plis.faces(v, face.registre)
        message = face.message(Pli("convoquer", (une,)))
        emportes.garder(magasin, face.registre, "Léa", [message])
        # The day after, it is said: the words of that day's paper would have another sha256.
        monde.horloge.mettre(dt.date(2026, 11, 6))
        pli = plis.relire(faces, [une.id], "convoquer")
        assert face.message(pli).pieces[-1].empreinte != message.pieces[-1].empreinte
        (une,) = plis.dire_envoyes(faces, [pli], "courriel")
        assert [(un.fichier, un.sha256) for un in remis(v, ICI)] == [
            (un.nom, un.empreinte) for un in message.pieces
        ]
        # Moved: what was taken away before is of another day, and nothing says what left.
        une = face.agir(une, "deplacer_la_reunion", {"le_jour": "17/12/2026", "heure": "09:30"})
        (une,) = plis.dire_envoyes(faces, [plis.relire(faces, [une.id], "convoquer")], "courriel")
        assert une.situation.evenements[-1].dit("fichiers") is None


def test_who_closes_leaves_the_list_the_mailing_and_the_review_that_very_day(monde: Monde) -> None:
    """A delivery of October says that G1302 closes on the 10th of November."""
    ferme = REGISTRE["G1302"] | {
        "DATE_FERMETURE": "10/11/2026",
        "COURRIEL": "mailto:G1302@exemple.fr ; accueil@exemple.fr",
    }
    monde.livrer("2026-10", 31, REGISTRE | {"G1302": ferme}, utilisateur="G1302")
    for le, vu in ((dt.date(2026, 11, 9), True), (dt.date(2026, 11, 10), False)):
        monde.horloge.mettre(le)
        with monde.face() as ouverte:
            v, registre = ouverte.v, monde.registre()
            dits = {"le_jour": f"{le + dt.timedelta(days=30):%d/%m/%Y}", "heure": "14:00"}
            une = _face(monde, v).ouvrir(ICI, "guichets", dits | {"lieu": "Préfecture"})
            ou = (
                "G1302" in {un["guichet"] for un in publies(v, ICI, le)},
                {"g1302@exemple.fr", "accueil@exemple.fr"}
                <= {*regles.REGLES.adresses(v, Pli("convoquer", (une,)))},
                "G1302" in {un.objet for un in revue.REGLES.a_ouvrir(v, registre, ICI)},
            )
            assert ou == (vu, vu, vu), le
