"""What does not go straight: two windows, days that nobody means, a guichet that is gone."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from typing import Any

import pytest

from infocentre.acces.perimetre import Perimetre
from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.formulaire import lire_date
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches import courriel
from infocentre.demarches.face import Face, passer
from infocentre.demarches.message import Pli
from infocentre.entrepot import Dossier
from infocentre.lecture import guichets
from infocentre.lecture.commun import mois_controles, registre
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.changements import regles as regles_des_changements
from infocentre.procedures.coordonnees import regles as regles_des_coordonnees
from tests.demarches.test_liste_publique import GUICHET, ICI, Monde, monde

__all__ = ["monde"]

QUESTION = {"theme": "autre", "question": "Que faire ?"}
FERME = "G1307"  # since 15 February 2026


@pytest.mark.parametrize(
    ("texte", "dit"),
    [
        ("0026-12-01", "« 01/12/0026 »"),  # what a browser gives of 01/12/26
        ("12026-12-01", "« 01/12/12026 »"),
        ("31/12/9999", "« 31/12/9999 »"),
        ("29/02/2027", "« 29/02/2027 »"),
        ("31/06/2026", "« 31/06/2026 »"),
        ("demain", "« demain »"),
    ],
)
def test_a_day_that_is_none_is_said_as_it_was_typed(texte: str, dit: str) -> None:
    with pytest.raises(Refus, match=f"{dit} n'est pas une date JJ/MM/AAAA, de 1900 à 2199"):
        lire_date(texte)


@pytest.mark.parametrize(
    ("texte", "jour"),
    [("1/12/26", dt.date(2026, 12, 1)), ("29/02/2028", dt.date(2028, 2, 29))],
)
def test_a_day_is_read_as_people_write_it(texte: str, jour: dt.date) -> None:
    assert lire_date(texte) == jour


def test_who_comes_second_is_told_who_came_first_and_by_what(monde: Monde) -> None:
    """The state no longer allows what they send: it is told why before it is told so."""
    face = monde.face("questions")
    une = face.ouvrir(ICI, GUICHET, QUESTION)
    max_ = Affaires(ouvrir_magasin(monde.racine), Acteur("Max"), monde.horloge)
    max_.agir(une.id, "repondre", {"reponse": "Lire le guide."})
    with pytest.raises(Refus, match="a changé entre-temps : « Réponse donnée » par Max"):
        face.agir(face.lire(une.id), "repondre", {"reponse": "Voir le guide."}, vus=1)


def test_what_is_sent_from_two_windows_is_opened_once(monde: Monde) -> None:
    face = monde.face("questions")
    une = face.ouvrir(ICI, GUICHET, QUESTION)
    with pytest.raises(Refus, match=f"{une.id} est déjà ouverte et dit la même chose"):
        face.ouvrir(ICI, GUICHET, QUESTION)
    assert face.ouvrir(ICI, GUICHET, QUESTION | {"question": "Et ensuite ?"}).etat == "recue"
    face.agir(une, "repondre", {"reponse": "Lire le guide."})
    face.agir(face.lire(une.id), "clore", {})
    assert face.ouvrir(ICI, GUICHET, QUESTION).etat == "recue"  # it comes back


def test_what_a_guichet_does_not_see_does_not_refuse_what_it_sends(monde: Monde) -> None:
    """An article is written of its question, which it does not see; then it is answered again."""
    face = monde.face("questions")
    une = face.agir(face.ouvrir(ICI, GUICHET, QUESTION), "repondre", {"reponse": "Non."})
    face.agir(une, "ecrire_article", {"titre": "Que faire", "article": "Lire le guide."})
    sien = Perimetre(departements=frozenset({ICI}), guichets=frozenset({GUICHET}))
    with ouvrir_pour(Dossier(monde.racine), sien) as v:
        leur = Face(v, monde.registre("guichet"), procedures()["questions"], "guichet")
        dit = {"question": "Et ensuite ?"}
        suite = leur.agir(leur.lire(une.id), "preciser", dit, vus=2)
        assert suite.titre_etat == "Reçue"
        with pytest.raises(Refus, match="entre-temps") as refus:
            leur.agir(leur.lire(une.id), "preciser", dit, vus=2)
    assert refus.value.quoi.endswith(": « Précision demandée »")  # and not by whom


@pytest.mark.parametrize("nom", ["rendu.xlsx", "rendu.ods", "RENDU.XLS"])
def test_a_mail_carries_what_any_spreadsheet_saves(nom: str) -> None:
    recu = EmailMessage()
    recu.set_content("Voici.")
    recu.add_attachment(b"PK", maintype="application", subtype="octet-stream", filename=nom)
    lu = courriel.ouvrir(recu.as_bytes(), "réponse.eml")
    assert (lu.nom, lu.classeur, lu.texte) == (nom, b"PK", "Voici.")


def test_what_a_row_lacks_is_said_of_its_line(monde: Monde) -> None:
    dits = {"source": "réunion", "revue_le": "20/11/2026", "inscrits": "Maire ; Ville\n"}
    with pytest.raises(Refus, match="ligne 1, il manque « Courriel »"):
        monde.face("listes").ouvrir(ICI, "etat", dits)


@pytest.mark.parametrize("objet", ["\ud800", "x" * 201])
def test_what_is_no_name_opens_nothing(monde: Monde, objet: str) -> None:
    dits = {"dite": "Écrire aux bailleurs", "par_qui": "le gestionnaire"}
    with pytest.raises(Refus, match="n'est pas de quoi ouvrir une affaire"):
        monde.face("decisions").ouvrir(ICI, objet, dits)


def test_what_opens_an_affaire_is_named_when_it_is_missing(monde: Monde) -> None:
    dits = {"dite": "Écrire aux bailleurs", "par_qui": "le gestionnaire"}
    with pytest.raises(Refus, match="il manque « Décision »"):
        monde.face("decisions").ouvrir(ICI, " ", dits)


def test_half_a_character_is_no_text(monde: Monde) -> None:
    with pytest.raises(Refus, match="« Qui » : un texte est attendu"):
        monde.face("decisions").ouvrir(ICI, "un", {"dite": "Écrire", "par_qui": "la DDT \ud800"})


# --- A guichet that is gone -----------------------------------------------------------------------


def _oter(monkeypatch: pytest.MonkeyPatch, *mois: str) -> None:
    """Take a guichet out of the register of these months."""

    def sans(v: Any, ici: str, le: str) -> Any:
        return [un for un in registre(v, ici, le) if le not in mois or un["guichet"] != GUICHET]

    monkeypatch.setattr("infocentre.lecture.guichets.registre", sans)


def test_a_guichet_is_gone_once_two_registers_are_without_it(
    monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, avant, dernier = mois_controles(monde.v, ICI)
    assert guichets.partis(monde.v, ICI, [GUICHET, FERME]) == {FERME}
    _oter(monkeypatch, dernier)
    assert guichets.partis(monde.v, ICI, [GUICHET]) == set()
    _oter(monkeypatch, avant, dernier)
    assert guichets.partis(monde.v, ICI, [GUICHET]) == {GUICHET}


def test_nothing_is_awaited_of_a_guichet_that_is_gone(
    monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    monde.changer("telephone", "04 91 00 00 01")
    face = monde.face("coordonnees")
    suivie = face.ouvrir(ICI, GUICHET, {})
    for regles in (regles_des_changements, regles_des_coordonnees):
        monkeypatch.setattr(regles, "partis", lambda *_: frozenset({GUICHET}))
    monkeypatch.setattr(regles_des_coordonnees, "publies", lambda *_: [])
    with pytest.raises(Refus, match="n'est plus dans la liste à publier : rien n'est à confirmer"):
        face.agir(suivie, "confirmer_les_coordonnees", {})
    faites = passer(monde.v, monde.registre("minuteur"), ICI)
    etats = {code: [une.titre_etat for une in unes] for code, unes in faites.items()}
    assert etats == {"changements": ["Sans objet"], "coordonnees": ["Closes"]}
    assert passer(monde.v, monde.registre("minuteur"), ICI) == {}


# --- Days that letters say ------------------------------------------------------------------------


def test_a_reminder_gives_the_delay_that_it_starts(monde: Monde) -> None:
    """Twenty-one days; Friday 25 December waits for Monday."""
    face = monde.face("revue_des_acces")
    une = face.ouvrir(ICI, GUICHET, {})
    assert "11 décembre 2026" in face.texte(Pli("envoyer", (une,)))[0]
    une = face.agir(une, "envoyer", {"canal": "courrier"})
    for le, limite in ((4, "28 décembre 2026"), (14, "4 janvier 2027")):
        monde.horloge.mettre(dt.date(2026, 12, le))
        objet, _ = face.texte(Pli("envoyer", (une,)))
        assert objet.startswith("Relance : ")
        assert objet.endswith(limite)
    relancee = face.agir(une, "envoyer", {"canal": "courrier"})
    assert [e.due for e in relancee.attendues] == [dt.date(2027, 1, 4)]
