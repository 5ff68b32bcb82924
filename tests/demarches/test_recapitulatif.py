"""What waits, by mail to oneself: when it is due, once a day whatever kills it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any, cast

import pytest

from infocentre.acces.attribution import perimetre_du_role
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.habitudes import Habitudes
from infocentre.acces.modele import Role
from infocentre.affaires import Acteur, Affaires
from infocentre.decisions import Magasin
from infocentre.demarches import recapitulatif
from infocentre.demarches.envoi import Messagerie
from infocentre.demarches.journee import Ligne
from infocentre.demarches.recapitulatif import ENVOYE, RYTHME, Fait, du
from infocentre.lecture.lecteur import Lecture
from tests.affaires.conftest import Horloge
from tests.demarches.test_envoi import Serveur, ecouter
from tests.demarches.test_messages import LUNDI as LE
from tests.demarches.test_messages import _signaler, racine, registre, v

__all__ = ["racine", "registre", "v"]  # the world of test_messages

LEA, LUNDI = "lea@exemple.fr", dt.date(2026, 11, 30)
LIGNES = [
    Ligne("aide", "Réponse reçue le 28/11/2026", "/mesures", "Aide apportée", qui="Mairie",
          cite="rappelez le 0131234567890"),
    Ligne("rappel", "Signalé depuis le 20/10/2026", "/mesures", "Relancer", qui="Bailleur",
          due=dt.date(2026, 11, 3)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rythme", "envoye", "jour", "attendu"),
    [
        ("", "", LUNDI, False),
        ("jour", "", LUNDI, True),
        ("jour", "2026-11-30", LUNDI, False),
        ("jour", "2026-11-29", LUNDI, True),
        ("lundi", "2026-11-23", LUNDI, True),
        ("lundi", "2026-11-30", dt.date(2026, 12, 6), False),  # the Sunday after
        ("lundi", "2026-11-23", dt.date(2026, 12, 2), True),  # nothing ran on Monday
        ("lundi", "2026-12-02", dt.date(2026, 12, 7), True),
    ],
)
def test_when_it_is_due(rythme: str, envoye: str, jour: dt.date, attendu: object) -> None:
    assert du({RYTHME: rythme, ENVOYE: envoye}, jour) is attendu


@pytest.fixture
def magasin(monkeypatch: pytest.MonkeyPatch) -> Magasin:
    """Return a store with Léa, who chose « Chaque lundi », and another who chose nothing."""
    un = Magasin("sqlite://")
    _inviter_lea(un, "lundi")
    monkeypatch.setattr(recapitulatif, "file_d_attente", lambda *_: tuple(LIGNES))
    monkeypatch.setattr(recapitulatif, "departements", lambda _: ["013"])
    return un


def _inviter_lea(magasin: Magasin, rythme: str) -> None:
    comptes = Comptes(magasin)
    admin = perimetre_du_role(Role.ADMINISTRATEUR, {})
    comptes.inviter(Fiche("ada@exemple.fr", "Ada", Role.ADMINISTRATEUR, admin))
    siens = perimetre_du_role(Role.GESTIONNAIRE, {"departements": ["013"]})
    comptes.inviter(Fiche(LEA, "Léa", Role.GESTIONNAIRE, siens))
    Habitudes(magasin, LEA).garder(**{RYTHME: rythme})


@pytest.fixture
def boite() -> Iterator[tuple[Serveur, Messagerie]]:
    recoit = Serveur()
    with ecouter(recoit) as port:
        lue = Messagerie(
            serveur="127.0.0.1", port=port, securite="aucune", expediteur="g@exemple.fr"
        )
        yield recoit, lue


def _envoyer(magasin: Magasin, messagerie: Messagerie, jour: dt.date = LUNDI) -> list[Fait]:
    registre = Affaires(magasin, Acteur(LEA), Horloge(jour))
    lire = lambda _: (cast("Any", None), registre)  # noqa: E731
    return list(recapitulatif.envoyer(magasin, messagerie, lire, jour))


def test_it_leaves_once_and_says_what_waits_without_what_people_typed(
    magasin: Magasin, boite: tuple[Serveur, Messagerie]
) -> None:
    recoit, messagerie = boite
    assert _envoyer(magasin, messagerie) == [Fait(LEA)]
    assert _envoyer(magasin, messagerie) == []
    assert _envoyer(magasin, messagerie, LUNDI + dt.timedelta(days=3)) == []
    ((nom, vers),) = recoit.recus
    assert (nom, vers) == (
        "<recapitulatif.20261130.lea.exemple.fr@infocentre.invalid>", (LEA,)
    )  # fmt: skip
    texte = recoit.contenus[0].decode()
    assert "text/plain" in texte
    lu = message_from_bytes(recoit.contenus[0], policy=policy.default).get_content()
    assert "- Bailleur : signalé depuis le 20/10/2026 (en retard de 27 jours)" in lu
    assert "0131234567890" not in lu


@pytest.mark.lent
def test_what_a_guichet_asks_comes_first_without_its_words(
    v: Lecture, registre: Affaires, boite: tuple[Serveur, Messagerie]
) -> None:
    """From its answer to the mail, by the queue itself."""
    recoit, messagerie = boite
    une, magasin = _signaler(v, registre), registre._magasin
    _inviter_lea(magasin, "jour")
    dits = {"canal": "application", "choix": "aide", "texte": "Pouvez-vous nous aider ?"}
    Affaires(magasin, Acteur("accueil@exemple.fr", "guichet"), Horloge(LE)).agir(
        une.id, "repondre", dits
    )
    assert list(recapitulatif.envoyer(magasin, messagerie, lambda _: (v, registre), LE)) == [
        Fait(LEA)
    ]
    lu = message_from_bytes(recoit.contenus[0], policy=policy.default).get_content()
    assert lu.splitlines()[2:4] == [
        "Aide demandée (1)",
        "- Mairie de Font-Claire-en-Provence : radiations, réponse reçue le 07/09/2026",
    ]
    assert "Pouvez-vous" not in lu


def test_what_is_only_told_is_told_once_and_by_itself_when_nothing_waits(
    magasin: Magasin, boite: tuple[Serveur, Messagerie], monkeypatch: pytest.MonkeyPatch
) -> None:
    recoit, messagerie = boite
    quand = dt.datetime.combine(LUNDI - dt.timedelta(days=2), dt.time(9), dt.UTC)
    dite = Ligne("information", "Formalisée.", "/mesures", "Lire", qui="Mairie", arrivee=quand)
    monkeypatch.setattr(recapitulatif, "file_d_attente", lambda *_: (dite,))
    assert _envoyer(magasin, messagerie) == [Fait(LEA)]
    (un,) = (message_from_bytes(octets, policy=policy.default) for octets in recoit.contenus)
    assert un["Subject"] == "Infocentre : pour information au 30/11/2026"
    assert _envoyer(magasin, messagerie, LUNDI + dt.timedelta(days=7)) == []


def test_a_server_that_takes_nothing_is_tried_again_and_one_in_doubt_is_not(
    magasin: Magasin, boite: tuple[Serveur, Messagerie]
) -> None:
    recoit, messagerie = boite
    recoit.refuses = {LEA}
    (fait,) = _envoyer(magasin, messagerie)
    assert "n'est pas parti" in fait.echec
    recoit.refuses = set()
    recoit.au_contenu = lambda _: "451 réessayez"  # after the content: nobody knows
    (fait,) = _envoyer(magasin, messagerie)
    assert fait.echec
    recoit.au_contenu = lambda _: None
    assert _envoyer(magasin, messagerie) == []
    assert recoit.recus == []


def test_a_death_before_the_mail_is_given_sends_none_that_day(
    magasin: Magasin, boite: tuple[Serveur, Messagerie], monkeypatch: pytest.MonkeyPatch
) -> None:
    recoit, messagerie = boite

    def mourir(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as mp:
        mp.setattr(recapitulatif, "envoyer_un", mourir)
        with pytest.raises(KeyboardInterrupt):
            _envoyer(magasin, messagerie)
    assert _envoyer(magasin, messagerie) == []
    assert recoit.recus == []
    assert _envoyer(magasin, messagerie, LUNDI + dt.timedelta(days=7)) == [Fait(LEA)]
