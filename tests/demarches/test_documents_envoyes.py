"""Documents sent to lists: to each what is theirs, exactly once, with what came back."""

from __future__ import annotations

import csv
import hashlib
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from infocentre.affaires import Affaire, procedures
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches import plis, rebonds
from infocentre.demarches.envoi import Messagerie, envoyer
from infocentre.demarches.face import Face
from infocentre.demarches.message import Message, Pli
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.reunions import remis
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.procedures.documents_envoyes.regles import CODE, tableau
from infocentre.procedures.listes.regles import DIFFUSER, proposes, recevoir
from infocentre.restitutions import prepares
from infocentre.restitutions.envoi import ENTETES, MANIFESTE, dossier_des_bilans
from infocentre.restitutions.registre import LETTRE
from tests.demarches import test_conventions
from tests.demarches.test_conventions import ICI, Monde
from tests.demarches.test_envoi import (
    Serveur,
    _envoyer_et_mourir,
    _lever_les_doutes,
    ecouter,
)
from tests.demarches.test_reunions import _liste
from tests.profondeur import PROFONDEUR

pytestmark = pytest.mark.lent
monde = test_conventions.monde
SEMESTRE = "2026-S1"
# (partner, kind): each has a bilan of its own; of « ush » there is one for all its members.
PARTENAIRES = (
    ("Logis du Sud", "organisme"), ("Habitat 13", "organisme"), ("Office muet", "organisme"),
    ("Union sociale pour l'habitat", "ush"),
)  # fmt: skip
BAILLEURS = (
    ("Direction", "Logis du Sud", "logis@exemple.fr"),
    ("Qualité", "LOGIS DU SUD", "qualite@exemple.fr"),
    ("Direction", "Habitat 13", "habitat@exemple.fr"),
    ("Direction", "Bailleur inconnu", "inconnu@exemple.fr"),
)
USH = (("Déléguée", "USH", "ush@exemple.fr"), ("Direction", "USH", "logis@exemple.fr"))


def _imprimer(racine: Path) -> None:
    """Print as `infocentre bilan --tous` does: a file a partner, and the manifest."""
    ou = dossier_des_bilans(racine, ICI, SEMESTRE)
    ou.mkdir(parents=True)
    with (ou / MANIFESTE).open("w", encoding="utf-8", newline="") as flux:
        lignes = csv.writer(flux, delimiter=";")
        lignes.writerow(ENTETES)
        for rang, (nom, genre) in enumerate(PARTENAIRES):
            octets = f"%PDF {nom}".encode()
            (ou / f"{rang}.pdf").write_bytes(octets)
            empreinte = hashlib.sha256(octets).hexdigest()
            lignes.writerow((nom, genre, f"{rang}.pdf", empreinte, 1, "2026-06-30", ""))


def _face(monde: Monde, v: Lecture, code: str) -> Face:
    return Face(v, monde.registre(), procedures()[code])


def _listes(monde: Monde, v: Lecture) -> Mapping[str, Affaire]:
    return {
        nom: recevoir(v, monde.registre(), ICI, nom, _liste(*membres), "l.xlsx", "Préfecture")
        for nom, membres in (("bailleurs", BAILLEURS), ("ush", USH))
    }


def _diffuser(monde: Monde, v: Lecture, une: Affaire, **dits: str) -> Affaire:
    return _face(monde, v, "listes").agir(une, DIFFUSER, dits)


def _messages(monde: Monde, v: Lecture) -> list[Message]:
    toutes = plis.faces(v, monde.registre())
    ceux = plis.attendent(toutes, ICI)
    return [plis.face_de(toutes, un.affaires[0]).message(un) for un in ceux]


@pytest.fixture
def serveur() -> Iterator[tuple[Serveur, Messagerie]]:
    recoit = Serveur()
    with ecouter(recoit) as port:
        par: dict[str, Any] = {"serveur": "127.0.0.1", "port": port, "securite": "aucune"}
        yield recoit, Messagerie(**par, expediteur="g@exemple.fr", secondes=2)


def test_each_gets_the_bilan_of_its_name_once_and_what_comes_back_is_kept(
    monde: Monde, serveur: tuple[Serveur, Messagerie]
) -> None:
    recoit, messagerie = serveur
    _imprimer(monde.racine)
    with monde.face() as ouverte:
        v = ouverte.v
        listes = _listes(monde, v)
        une = _diffuser(monde, v, listes["bailleurs"], document="partenaires", periode=SEMESTRE)
        assert (
            _face(monde, v, "listes")
            .contenu(une, une.situation.evenements[-1])
            .endswith("3 envois préparés ; sans document à leur nom : Bailleur inconnu")
        )
        _diffuser(monde, v, listes["ush"], document="partenaires", periode=SEMESTRE)
        with pytest.raises(Refus, match="rien n'est à envoyer"):  # asked twice
            _diffuser(monde, v, une, document="partenaires", periode=SEMESTRE)
        # By hand: whom each file is for; the same address has that of its organisme and the whole.
        messages = _messages(monde, v)
        assert Counter((un.destinataires, un.pieces[0].nom) for un in messages) == Counter(
            [(("logis@exemple.fr",), "0.pdf"), (("qualite@exemple.fr",), "0.pdf"),
             (("habitat@exemple.fr",), "1.pdf"), (("ush@exemple.fr",), "3.pdf"),
             (("logis@exemple.fr",), "3.pdf")]
        )  # fmt: skip
        # Withdrawn after it was prepared: what was frozen leaves, and the slip keeps it.
        recevoir(v, monde.registre(), ICI, "bailleurs", _liste(*BAILLEURS[:1]), "l.xlsx", "")
        par_main = [un for un in messages if "habitat@exemple.fr" in un.destinataires]
        autres = [un for un in messages if un not in par_main]
        assert len(envoyer(monde.registre(), autres, messagerie).envoyees) == 4
        assert envoyer(monde.registre(), autres, messagerie).envoyees == ()
        # Sent by a person from « Tous les messages (.zip) »: the same file, by its sha256.
        faces = plis.faces(v, monde.registre())
        plis.dire_envoyes(faces, plis.attendent(faces, ICI), "courriel")
        partis = remis(v, ICI, CODE)
        assert {(un.a_qui, un.fichier, un.sha256) for un in partis} == {
            (un.destinataires[0], un.pieces[0].nom, un.pieces[0].empreinte) for un in messages
        }
        # A notice of the server: that sending came back, its address is corrected, it leaves again.
        (revenu,) = [un for un in autres if "qualite@exemple.fr" in un.destinataires]
        avis = rebonds.Rebond("qualite@exemple.fr", "boîte inconnue", revenu.message_id)
        for _ in range(2):
            rebonds.noter(ouvrir_magasin(monde.racine), monde.registre(), [avis])
        face = _face(monde, v, CODE)
        une = face.lire(revenu.affaire)
        assert une.etat == "piece_revenue"
        with pytest.raises(Refus, match="part déjà à cette adresse"):
            face.agir(une, "readresser_la_piece", {"courriel": "Logis@exemple.fr"})
        une = face.agir(une, "readresser_la_piece", {"courriel": "direction@exemple.fr"})
        envoyer(monde.registre(), _messages(monde, v), messagerie)
        assert Counter(vers for _, vers in recoit.recus) == {
            (un,): fois
            for un, fois in (
                ("logis@exemple.fr", 2), ("qualite@exemple.fr", 1), ("ush@exemple.fr", 1),
                ("direction@exemple.fr", 1),
            )
        }  # fmt: skip
        bordereau = tableau(v, ICI)
        assert bordereau is not None
        suites = Counter(str(ligne[5].valeur).partition(" le ")[0] for ligne in bordereau.lignes)
        assert suites == {"Parti": 5, "Envoi revenu": 1}


def test_what_is_not_to_be_sent_yet_or_to_them_is_refused(
    monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monde.face() as ouverte:
        v = ouverte.v
        face = _face(monde, v, "listes")
        assert {nom: len(un) for nom, un in proposes(v, ICI).items()}["bailleurs"] >= 1
        a_ouvrir = {un.objet: un.motif for un in face.a_ouvrir(ICI)}
        assert list(a_ouvrir) == [
            "gip_sne", "etat", "collectivites", "bailleurs", "ush", "action_logement",
        ]  # fmt: skip
        dits = {"source": "Annuaire", "revue_le": "05/11/2026"}
        with pytest.raises(Refus, match="aucune adresse n'est connue pour « GIP SNE »"):
            face.ouvrir(ICI, "gip_sne", dits)
        une = face.ouvrir(ICI, "bailleurs", dits)
        assert une.situation.dite("inscrits") == proposes(v, ICI)["bailleurs"]
        assert "bailleurs" not in {un.objet for un in face.a_ouvrir(ICI)}

        reunions = _face(monde, v, "reunions")
        dite = {"le_jour": "06/11/2026", "heure": "14:00", "lieu": "Préfecture"}
        reunion = reunions.ouvrir(ICI, "guichets", dite)
        papier = {"document": "papier", "de_l_affaire": reunion.id, "papier": "compte_rendu"}
        for dits, refus in (
            ({"document": "mission"}, "écrit pour le préfet : compte rendu de mission"),
            ({"document": "partenaires"}, "les bilans des partenaires ne sont pas imprimés"),
            ({"document": "rien"}, "« rien » n'est pas un document"),
            (papier, "n'est pas un papier de cette affaire"),
        ):
            with pytest.raises(Refus, match=refus):
                _diffuser(monde, v, une, **dits)
        monde.horloge.avancer(2)
        reunion = reunions.agir(reunion, "tenir", {})
        decisions = [{"dite": "Écrire", "par_qui": "Gestionnaire"}]
        monde.registre().agir(reunion.id, "rendre_compte", {"decisions": decisions})
        with pytest.raises(Refus, match="dans l'état « Compte rendu rédigé »"):  # not validated
            _diffuser(monde, v, une, **papier)
        reunions.agir(reunions.lire(reunion.id), "valider_le_compte_rendu", {})
        une = _diffuser(monde, v, une, **papier)
        assert une.situation.dite("prepares") == len(une.situation.dite("inscrits"))

        # What was frozen and is not what it was does not leave.
        envois = _face(monde, v, CODE)
        (fichier,) = v.dossier.pieces.iterdir()
        fichier.write_bytes(b"autre")
        with pytest.raises(Refus, match="n'est plus ce qu'il était"):
            envois.message(Pli("remettre_la_piece", (envois.lister(ICI)[0],)))

        # To each bailleur its letter, whose counts are its own: it goes to no other address.
        monkeypatch.setattr(
            prepares,
            "fabriquer_tous",  # by one process
            lambda _, dites: [f"%PDF {une.guichet}".encode() for une in dites],
        )
        sirens = {
            nom: siren
            for siren, nom in v.tuples(
                "SELECT organisme, nom FROM registre WHERE type_guichet = $bailleur",
                {"bailleur": TypeGuichet.BAILLEUR},
            )
        }
        inscrits = une.situation.dite("inscrits")
        une = _diffuser(monde, v, une, document=LETTRE)
        partis = {
            tuple(un.situation.dite(nom) for nom in ("courriel", "fichier", "sha256"))
            for un in envois.lister(ICI)
            if un.situation.dite("genre") == LETTRE
        }
        assert partis == {
            (
                un["courriel"],
                f"{LETTRE}-{ICI}-2026-{siren}.pdf",
                hashlib.sha256(f"%PDF {siren}".encode()).hexdigest(),
            )
            for un in inscrits
            if (siren := sirens.get(un["organisme"]))
        }
        assert une.situation.dite("sans") == ["Service G1302"]  # on the list, and no bailleur
        with pytest.raises(Refus, match="écrite à un bailleur"):
            _diffuser(monde, v, _listes(monde, v)["ush"], document=LETTRE)


MORTS = 4 * PROFONDEUR


def _couper(smtp: SMTP) -> None:
    assert smtp.transport is not None
    smtp.transport.abort()  # type: ignore[attr-defined]


def test_killed_at_any_moment_each_has_each_file_once(
    monde: Monde, serveur: tuple[Serveur, Messagerie]
) -> None:
    """Nobody twice, nobody left out: as many recipients as deaths, and their files."""
    recoit, messagerie = serveur
    recoit.attendre = 0.01
    hasard = random.Random(33)  # noqa: S311 - moments of death
    _imprimer(monde.racine)
    membres = tuple(("Direction", "USH", f"u{rang}@exemple.fr") for rang in range(3 * MORTS))
    with monde.face() as ouverte:
        v, registre = ouverte.v, monde.registre()
        une = recevoir(v, registre, ICI, "ush", _liste(*membres), "l.xlsx", "Préfecture")
        _diffuser(monde, v, une, document="partenaires", periode=SEMESTRE)
        messages = _messages(monde, v)

        def restes() -> list[Message]:
            prets = {
                un.id for un in registre.lister(ICI, procedure=CODE) if un.etat == "piece_prete"
            }
            return [un for un in messages if un.affaire in prets]

        # Taken by the server, the line being cut before it says so: who lifts the doubt keeps which
        # file left.
        recoit.au_contenu = _couper
        assert len(envoyer(registre, messages[:1], messagerie).en_suspens) == 1
        recoit.au_contenu = lambda _: None
        _lever_les_doutes(registre, recoit, CODE)
        assert [un.sha256 for un in remis(v, ICI, CODE)] == [messages[0].pieces[0].empreinte]
        for _ in range(MORTS):
            apres = hasard.uniform(0.005, 0.08)
            _envoyer_et_mourir(monde.registre, restes(), messagerie, apres)
            _lever_les_doutes(registre, recoit, CODE)
        envoyer(registre, restes(), messagerie)
        assert Counter(nom for nom, _ in recoit.recus) == {un.message_id: 1 for un in messages}
        assert {un.a_qui for un in remis(v, ICI, CODE)} == {un[2] for un in membres}
        assert {un.etat for un in registre.lister(ICI, procedure=CODE)} == {"piece_remise"}
        registre.verifier()
