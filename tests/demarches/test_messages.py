"""From the values of a month to the mail of an organisme, and back from its workbook."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from dashboards.composants.mesures import dementis
from infocentre.acces.audit import Recherche, chercher
from infocentre.acces.comptes import Comptes, Fiche
from infocentre.acces.modele import Role
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.affaires import Acteur, Affaire, Affaires, Constat
from infocentre.affaires.registre import MESURES
from infocentre.analystes.fichier import cle
from infocentre.cli import main
from infocentre.contrat.numeros import numeros_ouverts
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches.cas import par_demande
from infocentre.demarches.face import Face, passer, procedure_de
from infocentre.demarches.message import Pli, brouillon
from infocentre.demarches.regles import Imprimer
from infocentre.demarches.verifier import apres_controle
from infocentre.entrepot import Dossier
from infocentre.lecture import commun, effets
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.ouverture import lire_comme, ouvrir_pour
from infocentre.livraisons import classeurs
from infocentre.mesures.effets import Effet, Silence
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.mesures_correctives import (
    classeur,
    ecrits,
    message,
    proposer,
    reponses,
    verifier,
)
from infocentre.procedures.mesures_correctives import comptes as attendus
from infocentre.procedures.mesures_correctives import propositions as propositions_
from infocentre.procedures.mesures_correctives import sorts as sorts_
from infocentre.procedures.mesures_correctives.classeur import CONTESTATIONS, SORTS
from infocentre.procedures.mesures_correctives.demonstration import planter
from infocentre.restitutions import masques_decides
from infocentre.restitutions.atelier import Atelier
from infocentre.restitutions.diaporama.copil import du_bilan
from infocentre.restitutions.document import Document, Liste, Paragraphe, Tableau
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.lecture import de_l_annee, du_mois, du_semestre
from infocentre.restitutions.partenaires import partenaires
from infocentre.restitutions.registre import DOCUMENTS, du_departement
from infocentre.restitutions.service import lire_service
from tests.affaires.conftest import Horloge
from tests.dashboards.comme import acces
from tests.demarches.cas import listes
from tests.demarches.test_envoi import Serveur, ecouter
from tests.donnees.atelier import MAGASIN, lier

pytestmark = pytest.mark.lent

MOIS = "2026-08"
LUNDI = dt.date(2026, 9, 7)
FONT_CLAIRE, VIEUX_BASSIN, TINY = "G1309", "G1307", "G1305"
SAINTE_BAUME = "G1304"
OCTOBRE = """SELECT code, taux_etat FROM valeurs
    WHERE departement = '013' AND mois = '2026-10' AND niveau = 'departement'"""


@pytest.fixture(scope="module")
def racine(entrepot_demo: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the demonstration in which things may be decided."""
    copie = tmp_path_factory.mktemp("demarches") / "donnees"
    sans = shutil.ignore_patterns(*(f"{un}*" for un in MAGASIN))
    shutil.copytree(entrepot_demo.racine, copie, symlinks=True, ignore=sans, copy_function=lier)
    return copie


@pytest.fixture
def registre(racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Affaires:
    """Return an empty store of affaires, beside the demonstration."""
    monkeypatch.setenv("INFOCENTRE_DECISIONS", f"sqlite:///{tmp_path / 'decisions.sqlite'}")
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    return Affaires(ouvrir_magasin(racine), Acteur("Léa"), Horloge(LUNDI))


@pytest.fixture
def v(racine: Path) -> Iterator[Lecture]:
    with ouvrir_pour(Dossier(racine), TOUT) as lecture:
        yield lecture


def _proposer(v: Lecture, registre: Affaires, mois: str = MOIS) -> dict[str, Affaire]:
    """Return the affaires that a month opens, by their guichet."""
    ouvertes = proposer.proposer(v, registre, "013", mois)
    return {registre.constats(une.constats)[0].guichet: une for une in ouvertes}


def _pli(une: Affaire, pour: str = "signaler") -> Pli:
    return Pli(pour, (une,))


def _face(v: Lecture, registre: Affaires, imprimer: Imprimer | None = None) -> Face:
    return Face(v, registre, procedure_de(MESURES), imprimer_ailleurs=imprimer)


def _signaler(v: Lecture, registre: Affaires) -> Affaire:
    une = _proposer(v, registre)[FONT_CLAIRE]
    registre.agir(une.id, "accepter")
    return registre.agir(une.id, "signaler", {"canal": "courriel"})


def test_the_planted_guichets_are_proposed_once_the_tiny_one_never(
    v: Lecture, registre: Affaires
) -> None:
    ouvertes = _proposer(v, registre)
    assert set(ouvertes) == {FONT_CLAIRE, VIEUX_BASSIN}
    assert TINY not in ouvertes
    (constat,) = registre.constats(ouvertes[FONT_CLAIRE].constats)
    assert (constat.mois, len(constat.unites)) == (MOIS, constat.numerateur)
    assert "depuis février 2026" in ouvertes[VIEUX_BASSIN].situation.evenements[0].donnees["motif"]
    assert proposer.proposer(v, registre, "013", MOIS) == []


def test_the_next_month_refreshes_what_waits_and_says_what_was_set_aside(
    v: Lecture, registre: Affaires
) -> None:
    ouvertes = _proposer(v, registre)
    registre.agir(ouvertes[VIEUX_BASSIN].id, "ecarter", {"raison": "comptes fermés hier"})
    suite = proposer.proposer(v, registre, "013", "2026-09")
    neuve, reprise = suite
    assert reprise.id == ouvertes[FONT_CLAIRE].id
    assert {registre.constats(une.constats)[0].mois for une in suite} == {"2026-09"}
    assert registre.constats(neuve.constats)[0].guichet == SAINTE_BAUME
    (ecartee,) = [
        une for une in propositions_.propositions(v, "013", "2026-09") if "Bassin" in une.nom
    ]
    assert ecartee.avant[0].situation.evenements[-1].donnees["raison"] == "comptes fermés hier"


def test_two_affaires_of_one_organisme_are_merged_into_one(v: Lecture, registre: Affaires) -> None:
    une = _proposer(v, registre)[FONT_CLAIRE]
    dits = registre.constats(une.constats)
    autre = registre.ouvrir(
        une.situation.procedure, "013", une.objet, "doublons",
        {"mois": MOIS, "motif": "x"}, constats_=dits,
    )  # fmt: skip
    reprise = proposer.fusionner(registre, autre.id, une.id)
    assert reprise.constats == une.constats
    assert registre.lire(autre.id).etat == "fusionne"
    with pytest.raises(Refus, match="ne sont pas deux affaires d'un même organisme"):
        proposer.fusionner(registre, une.id, une.id)


def test_the_message_says_what_how_many_by_when_and_whom_to_ask(
    v: Lecture, registre: Affaires
) -> None:
    une = _proposer(v, registre)[FONT_CLAIRE]
    (constat,) = registre.constats(une.constats)
    prepare = _face(v, registre).message(_pli(registre.lire(une.id)))
    assert prepare.destinataires == ("g1309@exemple.fr",)
    corps = prepare.corps
    assert "Mairie de Font-Claire-en-Provence – service de l’habitat (G1309)" in corps
    assert f"{constat.numerateur} sur {constat.denominateur}" in corps
    # Its first published month.
    assert "à traiter (aucun cas n’est admis) depuis septembre 2025 au moins" in corps
    assert "Ce qui est compté\xa0: irrecevabilité prononcée par un guichet" in corps
    assert "répondez à ce message" in corps  # no service said how to reach it
    assert "d’ici au 28 septembre 2026" in corps  # 21 days after Monday 7
    assert une.id in corps
    assert "{{" not in corps + prepare.objet
    assert [un.nom for un in prepare.pieces] == [
        "fiche-mairie-de-font-claire-en-provence-2026-08.pdf",
        "cas-mairie-de-font-claire-en-provence-2026-08.xlsx",
    ]
    encore = _face(v, registre).message(_pli(registre.lire(une.id)))
    assert encore == prepare
    brouillons = {
        brouillon(un, lire_service(v.dossier.racine), dt.datetime(2026, 9, 7, tzinfo=dt.UTC))
        for un in (prepare, encore)
    }
    assert len(brouillons) == 1
    relu = email.message_from_bytes(brouillons.pop(), policy=email.policy.default)
    assert isinstance(relu, EmailMessage)
    assert (relu["X-Unsent"], relu["Message-ID"]) == ("1", prepare.message_id)
    assert {un.get_filename() for un in relu.iter_attachments()} == {
        un.nom for un in prepare.pieces
    }


def test_units_are_counted_once_by_their_own_noun() -> None:
    """Three constats on the same attributions: « sans RPLS ni adresse » is inside « sans RPLS »."""

    def constat(code: str, unites: Sequence[str]) -> Constat:
        lignes = tuple((un, un, "", "") for un in unites)
        return Constat("013", "G1", "G", code, code, 1, MOIS, 1, len(unites), 200, None, None,
                       "rouge", "12m", MOIS, lignes)  # fmt: skip

    rpls = constat("ATT_RPLS_NR", ["a", "b", "c", "d", "e"])
    adresse = constat("ATT_ADRESSE_NR", ["c", "d", "f"])
    courriel = constat("MSG_ANOMALIE", ["a"])  # a message of this id is no attribution
    assert message.ampleur([rpls]) == "5\xa0attributions"
    assert message.ampleur([rpls, adresse]) == "6\xa0attributions"
    # What is told of one demande by two populations is that demande.
    assert message.ampleur([rpls, adresse, courriel]) == "6\xa0demandes"
    acces = constat("ACC_INACTIF", ["u"])
    assert message.ampleur([acces]) == "1\xa0accès"
    assert message.ampleur([constat("DBL_ACTIF", ["n", "o"])]) == "2\xa0demandes"


def test_two_messages_of_one_demande_are_two(v: Lecture, registre: Affaires) -> None:
    """Three messages, two of one numéro, one that has none yet: three wherever they are counted.

    The workbook has two rows, and the text says so.
    """
    une = _proposer(v, registre)[FONT_CLAIRE]
    lignes = (("M1", "a", "", ""), ("M2", "a", "", ""), ("M3", "", "", ""))
    constat = Constat("013", "G1309", "G", "MSG_ANOMALIE", "Messages en anomalie", 1, MOIS, 3, 3,
                      200, None, None, "rouge", "12m", MOIS, lignes)  # fmt: skip
    autre = registre.ouvrir(
        une.situation.procedure, "013", FONT_CLAIRE, "messages", {"mois": MOIS, "motif": "x"},
        constats_=[constat],
    )  # fmt: skip
    objet, corps = message.texte_des_faits(v, _pli(autre), dt.date(2026, 9, 7))
    assert "3 messages à examiner" in objet
    assert "3 sur 200" in corps
    assert "les 3\xa0constats passés" in corps
    assert "une seule pour ceux d’une même demande" in corps
    assert len(par_demande(FONT_CLAIRE, message.dits_de(v, _pli(autre)))) == 2


def test_each_population_that_is_told_of_has_its_noun() -> None:
    connu = commun.catalogue()
    dites = {un.population for un in connu.indicateurs.values() if un.imputable == "guichet"}
    sans = {un for un in dites if un not in classeur.UNITES}
    # Those whose grain is a demande, by their file.
    assert {un for un in sans if "par demande" not in connu.populations[un].grain} == set()


def test_a_late_reminder_gives_days_that_are_to_come(v: Lecture, registre: Affaires) -> None:
    une = _signaler(v, registre)
    dits = {
        jours: message.texte(v, _pli(une, "relancer"), LUNDI + dt.timedelta(days=jours))[1]
        for jours in (15, 30)
    }
    assert "Une réponse est attendue d’ici au 29 septembre 2026, par le classeur joint" in dits[15]
    assert (
        "Elle était attendue pour le 28 septembre 2026. Une réponse peut encore être donnée d’ici "
        "au 14 octobre 2026, par le classeur joint" in dits[30]
    )
    assert all("CCH R.441-2-6" in dit for dit in dits.values())  # the workbook leaves again


def test_a_person_s_words_replace_those_of_the_facts(v: Lecture, registre: Affaires) -> None:
    une = _proposer(v, registre)[FONT_CLAIRE]
    registre.agir(une.id, "accepter")
    registre.agir(une.id, "rediger", {"objet": "Bonjour", "corps": "Appelez-nous."})
    assert message.texte(v, _pli(registre.lire(une.id)), LUNDI) == (
        "Bonjour",
        "Appelez-nous.",
    )


# --- Answers --------------------------------------------------------------------------------------


def _sans_fiche(*_: object) -> bytes:
    """Print no fiche, where only the workbook is looked at."""
    return b""


def _classeur(v: Lecture, affaire: Affaire) -> Any:
    (_, xlsx) = message.joindre(v, _pli(affaire), LUNDI, _sans_fiche)
    return openpyxl.load_workbook(io.BytesIO(xlsx.octets))


def _lire(registre: Affaires, chemin: Path) -> reponses.Reponse:
    (lue,) = reponses.lire(registre, chemin, LUNDI).reponses
    return lue


def _rendre(classeur: Any, tmp_path: Path, nom: str = "rendu.xlsx") -> Path:
    chemin = tmp_path / nom
    classeur.save(chemin)
    return chemin


def _remplir(classeur: Any) -> None:
    feuille, cas = classeur["Réponse"], classeur["Cas"]
    feuille["B1"] = "d’accord, besoin d’aide"  # typed with the apostrophe of a word processor
    feuille["B3"] = dt.date(2026, 10, 15)
    feuille["B4"] = "Deux agents formés en septembre."
    feuille["A8"], feuille["B8"], feuille["C8"] = "Former les agents", "La mairie", "30/09/2026"
    cas["G2"], cas["I2"] = "justifié", "décision du bailleur jointe"
    cas["G3"], cas["H3"] = "corrigé", dt.date(2026, 9, 3)


def test_the_list_of_answers_offers_each_of_them_whole(
    v: Lecture, registre: Affaires, tmp_path: Path
) -> None:
    """A list that a rule writes itself is cut at commas: Excel then gives « besoin d'aide »."""
    une = _signaler(v, registre)
    classeur = _classeur(v, une)
    (regle,) = (un for un in classeur["Réponse"].data_validations.dataValidation if "B1" in un)
    feuille, plage = regle.formula1.split("!")
    cellules = classeur[feuille.strip("'")][plage.replace("$", "")]
    assert [un.value for (un,) in cellules] == [
        "d'accord", "d'accord, besoin d'aide", "déjà engagé", "conteste"
    ]  # fmt: skip
    assert not any("," in un for un in (*SORTS, *CONTESTATIONS))
    classeur["Réponse"]["B1"] = "besoin d'aide"  # of a workbook sent before
    assert _lire(registre, _rendre(classeur, tmp_path)).choix == "aide"


def test_a_filled_workbook_is_read_back(v: Lecture, registre: Affaires, tmp_path: Path) -> None:
    une = _signaler(v, registre)
    classeur = _classeur(v, une)
    _remplir(classeur)
    lue = _lire(registre, _rendre(classeur, tmp_path))
    (constat,) = registre.constats(une.constats)
    assert (lue.choix, lue.delai_demande, lue.refusees) == ("aide", "2026-10-15", ())
    assert lue.texte == "Deux agents formés en septembre."
    assert [(u["unite"], u["sort"], u["le"]) for u in lue.unites] == [
        (constat.unites[0][0], "justifie", ""),
        (constat.unites[1][0], "corrige", "2026-09-03"),
    ]
    assert lue.actions[0]["pour_le"] == "2026-09-30"
    suite = reponses.enregistrer(registre, lue)
    assert (suite.etat, [un.nom for un in suite.situation.evenements[-2:]]) == (
        "en_cours",
        ["repondre", "recevoir_plan"],
    )
    assert not [e for e in suite.echeances if e.nature in {"relance", "reponse"}]
    with pytest.raises(Refus, match="ce fichier a déjà été lu le 07/09/2026"):
        reponses.enregistrer(registre, lue)
    nets = attendus.justifies(suite)
    assert nets == {constat.id: {constat.unites[0][0]}}
    attendu = (constat.numerateur - 1) / constat.denominateur
    assert attendus.taux_net(constat, nets[constat.id]) == attendu


def test_a_cause_that_several_share_is_told_once(v: Lecture, registre: Affaires) -> None:
    une, autre = _proposer(v, registre).values()
    causes = ("Éditeur Alpha", "Formation"), ("éditeur alpha",)
    for affaire, dites in zip((une, autre), causes, strict=True):
        for cause in dites:
            registre.agir(affaire.id, "regrouper", {"cause_commune": cause})
    (seule, autre) = (registre.lire(un.id) for un in (une, autre))
    assert attendus.causes_communes([seule, autre]) == {
        "éditeur alpha": (autre,),
        "Formation": (seule,),
    }
    seule = registre.agir(seule.id, "regrouper", {"cause_commune": "EDITEUR ALPHA"})
    assert attendus.causes_communes([seule, autre]) == {"EDITEUR ALPHA": (seule, autre)}


def test_a_mail_that_carries_the_workbook_gives_its_words_too(
    v: Lecture, registre: Affaires, tmp_path: Path
) -> None:
    une = _signaler(v, registre)
    classeur = _classeur(v, une)
    classeur["Cas"]["G2"], classeur["Cas"]["I2"] = "contesté", "demande d'un bailleur"
    courriel = EmailMessage()
    courriel.set_content("Bonjour,\nce cas n'est pas le nôtre.\n\n> Bonjour,\n> les données\n")
    octets = _rendre(classeur, tmp_path).read_bytes()
    courriel.add_attachment(octets, maintype="application", subtype="zip", filename="rendu.xlsx")
    fichier = tmp_path / "réponse.eml"
    fichier.write_bytes(courriel.as_bytes())
    lue = _lire(registre, fichier)
    assert (lue.choix, lue.texte) == ("conteste", "Bonjour,\nce cas n'est pas le nôtre.")


def test_a_mail_of_parts_within_parts_costs_a_process_and_is_refused(
    registre: Affaires, tmp_path: Path
) -> None:
    parties = (f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(5_000))
    fichier = tmp_path / "poupées.eml"
    fichier.write_text("".join(parties), "ascii")
    with pytest.raises(Refus, match=r"ce courriel est abîmé|porte 0\sclasseur|trop de temps"):
        reponses.lire(registre, fichier, LUNDI)


def _cellule(feuille: str, case: str, valeur: object) -> Callable[[Any], None]:
    def poser(classeur: Any) -> None:
        classeur[feuille][case] = valeur

    return poser


def _retirer(feuille: str) -> Callable[[Any], None]:
    return lambda classeur: classeur.remove(classeur[feuille])


def _vider(classeur: Any) -> None:
    for case in classeur["Cas"][3]:
        case.value = None


def _ajouter(classeur: Any) -> None:
    classeur["Cas"].append(["ABCDEF123456", "G1309", "x", "n", "", "", "justifié", "", "ajouté"])


# What is done to a filled workbook, besides what `test_classeurs_alteres` does; how many rows are
# kept, of 2; words of the refusal (of the file when no row is told), or none.
ALTERATIONS: dict[str, tuple[Callable[[Any], None], int | None, str]] = {
    "ligne vidée": (_vider, 1, ""),
    "ligne supprimée": (lambda c: c["Cas"].delete_rows(3), 1, ""),
    "ligne ajoutée": (_ajouter, 2, "n'est pas l'une de celles envoyées"),
    "guichet changé": (_cellule("Cas", "B2", "G0001"), 2, ""),
    "formule sans valeur": (_cellule("Cas", "G2", '="justifié"'), 1, "la réponse manque"),
    "formule dans une précision": (_cellule("Cas", "I2", "=1+1"), 1, "un commentaire est attendu"),
    "sans la feuille de réponse": (_retirer("Réponse"), 2, ""),
    "réponse générale inventée": (
        _cellule("Réponse", "B1", "oui"),
        2,
        "n'est pas l'un de : d'accord",
    ),
    "délai en mots": (_cellule("Réponse", "B3", "bientôt"), 2, "n'est pas une date"),
    "action sans date lisible": (_cellule("Réponse", "C8", "vite"), 2, "n'est pas une date"),
    "action sans nom": (_cellule("Réponse", "A8", None), 2, "l'action manque"),
    "cellule d'erreur": (_cellule("Cas", "G2", "#REF!"), 1, "la réponse manque"),
    "autre organisme": (_cellule("Référence", "B2", "903900000"), None, "d'un autre organisme"),
    "autre mois": (_cellule("Référence", "B5", "0" * 64), None, "celui d'un autre mois"),
    "cellule très loin": (_cellule("Cas", "XFD1048576", "x"), None, "s'étend sur"),
    "un million de lignes": (_cellule("Cas", "A1000001", "x"), None, "s'étend sur"),
}


def test_a_workbook_altered_otherwise_keeps_what_can_be_kept(
    v: Lecture,
    registre: Affaires,
    tmp_path: Path,
    subtests: pytest.Subtests,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def ici(demande: classeurs._Demande, *_: object) -> object:
        """Read in this process: the limits of the other one have their own tests."""
        return classeurs._faire(demande)

    monkeypatch.setattr(classeurs, "_demander", ici)
    une = _signaler(v, registre)
    (_, xlsx) = message.joindre(v, _pli(une), LUNDI, _sans_fiche)
    for rang, (nom, (alterer, gardees, dit)) in enumerate(ALTERATIONS.items()):
        with subtests.test(nom):
            classeur = openpyxl.load_workbook(io.BytesIO(xlsx.octets))
            _remplir(classeur)
            alterer(classeur)
            chemin = _rendre(classeur, tmp_path, f"{rang}.xlsx")
            if gardees is None:
                with pytest.raises(Refus, match=dit):
                    reponses.lire(registre, chemin, LUNDI)
                continue
            lue = _lire(registre, chemin)
            assert len(lue.unites) == gardees, lue
            assert (dit in " ".join(lue.refusees)) if dit else not lue.refusees
    assert registre.lire(une.id).etat == "signale"


@pytest.mark.parametrize(
    ("nom", "octets", "dit"),
    [
        ("a.xlsx", b"", "ce n'est pas le classeur"),
        ("a.xlsx", b"PK\x03\x04 rien", "ce n'est pas le classeur"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "ce n'est pas le classeur"),
        ("a.eml", b"", r"porte 0\sclasseur"),
        (
            "a.eml",
            b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: ?;;\n",
            r"0\sclasseur",
        ),
    ],
)
def test_what_is_no_answer_is_refused(
    registre: Affaires, tmp_path: Path, nom: str, octets: bytes, dit: str
) -> None:
    (tmp_path / nom).write_bytes(octets)
    with pytest.raises(Refus, match=dit):
        reponses.lire(registre, tmp_path / nom, LUNDI)


def test_a_macro_is_refused(v: Lecture, registre: Affaires, tmp_path: Path) -> None:
    classeur = _classeur(v, _signaler(v, registre))
    _remplir(classeur)
    rendu = _rendre(classeur, tmp_path, "rendu.xlsm")
    with zipfile.ZipFile(rendu, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Auto_Open")
    with pytest.raises(Refus, match="ce classeur contient des macros"):
        reponses.lire(registre, rendu, LUNDI)


# --- The deliveries that follow -------------------------------------------------------------------


def _passer(v: Lecture, registre: Affaires) -> list[tuple[str, str]]:
    """Return (affaire, event) of what deliveries say, in order."""
    siennes = passer(v, registre, "013").get("mesures_correctives", ())
    return [(une.id, une.situation.evenements[-1].nom) for une in siennes]


def test_the_next_delivery_says_case_by_case_what_became_of_them(
    v: Lecture, registre: Affaires
) -> None:
    une = _signaler(v, registre)
    verifiees = _passer(v, registre)
    assert [un.donnees["mois"] for un in registre.lire(une.id).situation.tous("verifier")] == [
        "2026-09",
        "2026-10",
    ]
    assert [nom for _, nom in verifiees] == ["verifier"] * 2
    assert _passer(v, registre) == []
    (compte,) = registre.lire(une.id).situation.tous("verifier")[0].donnees["comptes"]
    (constat,) = registre.constats(une.constats)
    # An irrecevabilité is a past fact: its cases stay, new ones are those that September lists.
    september = [
        ligne
        for ligne in listes(v, "2026-09", constat.code)
        if ligne[0] == FONT_CLAIRE and ligne[1] not in {un[0] for un in constat.unites}
    ]
    assert (compte["passee"], compte["nouvelle"]) == (len(constat.unites), len(september))


def test_cases_of_a_stock_leave_as_the_follow_up_says(v: Lecture, registre: Affaires) -> None:
    une = _proposer(v, registre)[VIEUX_BASSIN]
    dits = registre.constats(une.constats)
    (sort,) = sorts_.sorts(v, dits, "2026-10")
    avant = {un[0] for un in dits[0].unites}
    la = {unite for guichet, unite in listes(v, "2026-10", dits[0].code) if unite in avant}
    assert set(sort.unites["encore"]) == la
    assert {u for nom in sorts_.DEVENIRS for u in sort.unites[nom]} == avant
    assert sort.depasse


def test_cases_said_to_be_put_right_that_are_still_there_are_listed(
    v: Lecture, registre: Affaires
) -> None:
    """F8: « 226 encore là » is not enough to be answered: which were said to be put right."""
    une = _proposer(v, registre)[VIEUX_BASSIN]
    registre.agir(une.id, "accepter")
    registre.agir(une.id, "signaler", {"canal": "courriel"})
    (dit,) = registre.constats(une.constats)
    dites, tues = [un[0] for un in dit.unites[:3]], [un[0] for un in dit.unites[3:]]
    lignes = [
        {"constat": dit.id, "unite": un, "sort": "corrige", "le": "2026-09-03", "texte": ""}
        for un in dites
    ]
    registre.agir(une.id, "repondre", {"canal": "courriel", "choix": "engage", "unites": lignes})
    assert dementis(v, registre.lire(une.id), Filtres("013", MOIS)) is None  # no delivery yet
    _passer(v, registre)
    encore = {unite for _, unite in listes(v, "2026-10", dit.code)}
    assert encore >= {*dites, tues[0]}
    page = str(dementis(v, registre.lire(une.id), Filtres("013", MOIS)))
    assert "3 cas dits corrigés sont encore là" in page
    assert "Dits corrigés et encore là en octobre 2026" in page
    assert page.count("03/09/2026") == 3
    assert [un for un in (*dites, *tues) if un in page] == dites


def test_a_changed_rule_marks_and_sends_nothing(
    v: Lecture, registre: Affaires, monkeypatch: pytest.MonkeyPatch
) -> None:
    une = _signaler(v, registre)
    connu = catalogue_du_mois

    def change(*arguments: Any) -> Any:
        catalogue = connu(*arguments)
        neufs = {c: u.model_copy(update={"version": 9}) for c, u in catalogue.indicateurs.items()}
        return catalogue.model_copy(update={"indicateurs": neufs})

    monkeypatch.setattr(verifier, "catalogue_du_mois", change)
    faites = _passer(v, registre)
    assert une.id in [id_ for id_, _ in faites]
    # The one that waits for a decision too; none is checked.
    assert [nom for _, nom in faites] == ["marquer_a_revoir"] * 2
    assert registre.lire(une.id).a_revoir
    assert _passer(v, registre) == []
    assert not registre.agir(une.id, "revoir", {"suite": "maintenue"}).a_revoir


# --- Steps 2 and 3 --------------------------------------------------------------------------------


def test_step_three_makes_a_dossier_that_proves_itself_and_lists_no_one(
    v: Lecture, registre: Affaires
) -> None:
    horloge = Horloge(LUNDI)
    registre._horloge = horloge
    une = _signaler(v, registre)
    for ecrit in (ecrits.note, ecrits.demande_d_observations, ecrits.dossier):
        with pytest.raises(Refus, match="n'est pas nommé au comité"):
            ecrit(v, une, LUNDI)
    horloge.avancer(21)
    lettre = ecrits.lettre(v, registre.lire(une.id), horloge().date())
    assert FORMES["docx"](lettre) == FORMES["docx"](lettre)
    dit = " ".join(un.texte for un in lettre.blocs() if isinstance(un, Paragraphe))
    assert "de notre considération distinguée. Gestion territoriale" in dit
    assert lettre.mentions["À"].startswith("Mairie de Font-Claire-en-Provence, ")
    assert re.search(r"\b13\d{3} ", lettre.mentions["À"])
    assert lettre.mentions["Envoi"] == "contre accusé de réception"
    signalee = registre.lire(une.id)
    registre.agir(une.id, "formaliser", {"canal": "courrier"})
    partie = ecrits.lettre(v, registre.lire(une.id), horloge().date())
    assert partie.mentions["Envoi"] == "par courrier, contre accusé de réception"
    # As it left, for ever after.
    plus_tard = ecrits.lettre(v, registre.lire(une.id), horloge().date() + dt.timedelta(40))
    assert FORMES["docx"](plus_tard) == FORMES["docx"](partie)
    with pytest.raises(Refus, match="n'ont pas été demandées"):
        registre.agir(une.id, "soumettre")
    # Friday 25 December is off, Saturday 26 too: both wait for Monday, as the deadlines do.
    for ecrit, de, le in (
        (ecrits.lettre, signalee, (12, 4)),
        (ecrits.demande_d_observations, registre.lire(une.id), (11, 26)),
    ):
        courrier = ecrit(v, de, dt.date(2026, *le))
        dit = " ".join(un.texte for un in courrier.blocs() if isinstance(un, Paragraphe))
        assert "28 décembre 2026" in dit, courrier.titre
    registre.agir(une.id, "demander_observations", {"canal": "courrier"})
    horloge.avancer(31)
    registre.agir(une.id, "recevoir_observations", {"texte": "Un agent mal formé."})
    soumise = registre.agir(une.id, "soumettre")
    zip_ = ecrits.dossier(v, soumise, horloge().date())
    assert zip_ == ecrits.dossier(v, soumise, horloge().date())
    _exiger_dossier(zip_, registre, soumise)


def test_what_is_not_told_of_a_constat_is_not_told_by_its_cases() -> None:
    """62 were signalled, which the comité is not told: 23 put right and 39 still there say it."""
    compte = {"constat": "C", "guichet": "G1301", "code": "DBL_ACTIF",
              "corrigee": 23, "encore": 39, "nouvelle": 3}  # fmt: skip
    derniere = SimpleNamespace(donnees={"comptes": [compte]})
    une = SimpleNamespace(situation=SimpleNamespace(dernier=lambda _: derniere))

    def dit(tus: frozenset[str]) -> str:
        table = ecrits._verifications(une, [], 11, tus)  # type: ignore[arg-type]
        assert table
        return str(table.lignes[0][2].valeur).replace("\xa0", " ")

    assert dit(frozenset()) == "23 corrigés, 39 encore là et nouveaux"
    assert dit(frozenset("C")) == "corrigés, encore là et nouveaux"


def _exiger_dossier(octets: bytes, registre: Affaires, une: Affaire) -> None:
    import hashlib

    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        contenus = {nom: archive.read(nom) for nom in archive.namelist()}
    lignes = contenus.pop("SHA256SUMS").decode().splitlines()
    sommes = {nom: somme for somme, nom in (une.split("  ") for une in lignes)}
    assert sommes == {nom: hashlib.sha256(un).hexdigest() for nom, un in contenus.items()}
    assert "Un agent mal formé." in contenus["observations.txt"].decode()
    lisez = contenus["LISEZMOI.txt"].decode()
    assert lisez.startswith(f"Dossier de l’affaire {une.id}, Mairie de Font-Claire-en-Provence")
    assert all(f"{un.id}  constats/{un.guichet}-{un.code}.json" in lisez
               for un in registre.constats(une.constats))  # fmt: skip
    (constat,) = registre.constats(une.constats)
    (fichier,) = [nom for nom in contenus if nom.startswith("constats/")]
    assert hashlib.sha256(contenus[fichier]).hexdigest() == constat.id
    tout = b"".join(contenus.values())
    assert all(numero.encode() not in tout for _, numero, *_ in constat.unites if numero)
    assert "Léa".encode() not in tout


def test_the_commands_go_from_the_proposal_to_the_answer(
    v: Lecture,
    registre: Affaires,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def lancer(*arguments: str) -> str:
        code = main(["mesures", *arguments])
        lu = capsys.readouterr()
        assert code == 0, lu.err
        return lu.out

    assert "4 propositions, rien n'est ouvert" in lancer("proposer")  # F16: to look opens nothing
    assert registre.lister("013") == []
    assert "4 propositions." in lancer("proposer", "--ouvrir")
    assert "0 proposition." in lancer("proposer", "--ouvrir")
    assert "0 proposition, rien" in lancer("proposer")
    ids = [une.id for une in registre.lister("013")]
    lancer("accepter")
    lancer("ecarter", ids[0], "--raison", "déjà vu")
    dossier = tmp_path / "courriers"
    assert "3 messages à relire" in lancer("courriers", "--sortie", str(dossier))
    assert len(list(dossier.glob("*.eml"))) == 3
    assert len((dossier / "bordereau.csv").read_text("utf-8").splitlines()) == 1 + 3 * 2
    assert "Signalé ; relance à proposer le" in lancer("envoyer", ids[1], "--canal", "courriel")
    json_ = lancer("--format", "json")
    assert ids[1] in json_
    assert ids[0] not in json_
    assert ids[0] in lancer("--finies", "--format", "csv")
    monkeypatch.setattr(masques_decides, "MOIS", 1)
    for ailleurs in ("masquees", "croiser"):  # no bilan reads what they decide
        monkeypatch.setattr(masques_decides, ailleurs, lambda *_: None)
    octobre = _oublier_ce_qui_fut_masque_en_octobre(v.dossier)
    assert main(["quotidien", "--format", "csv"]) == 0
    (dite,) = (un for un in capsys.readouterr().out.splitlines() if f";{ids[2]};" in un)
    assert dite.startswith("Signaler à l'organisme;")
    assert octobre.exists(), "no bilan has to decide it"
    assert main(["mesures", "soumettre", ids[1]]) == 1
    assert "n'est pas possible dans l'état « Signalé »" in capsys.readouterr().err
    assert main(["mesures", "envoyer", ids[2]]) == 1
    assert "aucun serveur de messagerie n'est réglé" in capsys.readouterr().err


@pytest.mark.usefixtures("registre")
def test_a_guichet_reads_its_departement_from_the_control_on(racine: Path) -> None:
    """Who is told on a morning that the month is published does not read « masqué » until night.

    Nor who was reading meanwhile: a server keeps what it opened.
    """
    dossier = Dossier(racine)
    lecteur = Lecteur(dossier)
    (octobre,) = (une for une in dossier.version().livraisons if une.mois == "2026-10")
    _oublier_ce_qui_fut_masque_en_octobre(dossier)
    apres_controle(dossier, "minuteur", [octobre])
    assert _dits_a(lecteur, "G1302") == [], "nobody has an account to read it with"
    p = Perimetre(departements=frozenset({"013"}))
    Comptes(ouvrir_magasin(racine)).inviter(Fiche("ada@exemple.fr", "Ada", Role.ADMINISTRATEUR, p))
    apres_controle(dossier, "minuteur", [octobre])
    lus = _dits_a(lecteur, "G1302")
    with ouvrir_pour(dossier, TOUT) as v:
        publies = dict(v.tuples(OCTOBRE))
    assert lus
    assert [une for une in lus if publies[une[0]] != une[1]] == []


def _dits_a(lecteur: Lecteur, guichet: str) -> list[tuple[str, float]]:
    """Return (code, rate) of what a guichet reads of its département in October."""
    ouverte = lecteur.ouvrir()
    assert ouverte
    p = Perimetre(departements=frozenset({"013"}), guichets=frozenset({guichet}))
    sien = lire_comme(ouverte, p)
    return [une for une in sien.tuples(OCTOBRE) if une[1] is not None]


def _oublier_ce_qui_fut_masque_en_octobre(dossier: Dossier) -> Path:
    """Return the directory of the indicators of October, of which nothing was decided any more.

    Nor of what was decided after them, by whoever printed papers of this world before.
    """
    octobre, registre = dossier.diffusions / "013/indicateurs/2026-10", dossier.diffuses
    lignes = registre.read_text("utf-8").splitlines(keepends=True)
    fichiers = [Path(json.loads(une)["fichier"]) for une in lignes]
    premiere = [un.parent for un in fichiers].index(octobre.relative_to(dossier.diffusions))
    registre.write_text("".join(lignes[:premiere]), "utf-8")
    for un in fichiers[premiere:]:
        (dossier.diffusions / un).unlink()
    shutil.rmtree(octobre)
    return octobre


def test_the_screen_counts_the_rows_of_an_answer_and_a_wrong_clock_is_told(
    registre: Affaires, v: Lecture, capsys: pytest.CaptureFixture[str]
) -> None:
    une = _signaler(v, registre)
    (constat,) = registre.constats(une.constats)
    unites = [
        {"constat": constat.id, "unite": f"u{rang}", "sort": "justifie", "texte": "pièce"}
        for rang in range(165)
    ]
    donnees = {"canal": "courriel", "choix": "accord", "texte": "x" * 300, "unites": unites}
    demain = dt.datetime.now().astimezone().date() + dt.timedelta(days=3)
    registre._horloge = Horloge(demain)
    registre.agir(une.id, "repondre", donnees)
    assert main(["mesures", "montrer", une.id]) == 0
    lu = capsys.readouterr().out
    assert "cas : 165 lignes" in " ".join(lu.split())
    assert "justifie" not in lu
    assert main(["mesures", "montrer", une.id, "--format", "json"]) == 0
    assert capsys.readouterr().out.count("justifie") == 165
    assert main(["mesures", "agir", une.id, "--evenement", "verifier"]) == 1
    assert "ne se fait pas à la main" in capsys.readouterr().err
    assert main(["mesures", "agir", une.id, "--evenement", "revoir", "--donnee", "suite=x"]) == 1
    assert "infocentre mesures horloge" in capsys.readouterr().err
    assert main(["mesures", "horloge"]) == 1
    assert "--raison" in capsys.readouterr().err
    assert main(["mesures", "horloge", "--raison", "pile changée"]) == 0
    assert une.id in capsys.readouterr().out
    situation = registre.lire(une.id).situation
    assert situation.evenements[-1].nom == "horloge_erronee"
    assert situation.tous("repondre")[0].jour < demain


def test_an_effect_is_said_from_five_contacted_only(v: Lecture, registre: Affaires) -> None:
    _signaler(v, registre)
    assert effets.effet_des_mesures(v, "013", "2026-10") is Silence.CONTACTEES
    assert effets.dire_effet(Silence.CONTACTEES) == (
        "L'effet ne peut pas être estimé : moins de 5 indicateurs de guichets signalés ont un mois "
        "publié depuis."
    )
    assert "moins de 10 guichets non signalés" in effets.dire_effet(Silence.TEMOINS)
    assert len({effets.dire_effet(un) for un in Silence}) == len(Silence)
    assert effets.bilan_des_mesures(v, "013", "2026-01", "2026-06") is None
    fait = effets.bilan_des_mesures(v, "013", "2026-07", "2026-12")
    assert fait
    assert (fait.ouvertes, fait.signalees, fait.repondues, fait.closes) == (2, 1, 0, 0)
    with ouvrir_pour(v.dossier, acces(Role.PREFET, "013").perimetre) as du_prefet:
        assert effets.bilan_des_mesures(du_prefet, "013", "2026-07", "2026-12") == fait
    estime = Effet(6, 30, 60.0, 0.5, 0.35, 0.72, 0.2)
    marge = (
        "(rapport de 0,50, marge de 0,35 à 0,72, variations propres des guichets (20\u202f%) "
        "comprises) : 50\u202f% de moins que ce qui était attendu."
    )
    assert effets.dire_effet(estime) == (
        f"30 anomalies depuis les signalements, pour 60 anomalies attendues sans eux {marge}"
    )
    assert effets.dire_effet(estime, comptes=False) == (
        f"Anomalies depuis les signalements, sur celles attendues sans eux {marge}"
    )
    assert effets.dire_effet(replace(estime, borne_haute=1.1)).endswith(
        ": l'écart ne se distingue pas du hasard ni de ces variations."
    )


def test_the_cases_since_are_counted_as_the_months_publish_them(
    v: Lecture, registre: Affaires
) -> None:
    """Each guichet: its state when it was told, its own months since, added up."""
    (un,) = registre.constats(_signaler(v, registre).constats)
    lues = effets._lire(v, "013", [(un.code, un.mois)], "2026-10")
    lignes = {x["constat"]: x for x in lues if x["guichet"] == FONT_CLAIRE}
    assert un.mois == "2026-08"
    assert lignes.keys() <= {"2026-08", "2026-06", "2026-04", "2026-02"}, "two months, and before"
    lue = lignes["2026-08"]
    assert (lue["n_avant"], lue["d_avant"]) == (un.numerateur, un.denominateur)
    for constat, debut, fin in (("2026-08", "2026-09", "2026-10"), ("2026-06", "2026-07", un.mois)):
        mois = [
            commun.valeurs(v, "013", m, guichet=FONT_CLAIRE, code=un.code) for m in (debut, fin)
        ]
        assert lignes[constat]["n"] == sum(x["numerateur"] or 0 for lu in mois for x in lu)
        assert lignes[constat]["d"] == sum(x["denominateur"] or 0 for lu in mois for x in lu)


def test_a_dossier_is_written_in_a_zip_and_in_nothing_else(
    entrepot_demo: Dossier,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(entrepot_demo.racine))
    sortie = tmp_path / "dossier.pdf"
    assert main(["mesures", "dossier", "013-2026-00003", "--sortie", str(sortie)]) == 1
    assert "Nommer un fichier .zip." in capsys.readouterr().err
    assert not sortie.exists()
    for action, forme in (("dossier", "zip"), ("formaliser", "docx")):
        sortie = tmp_path / f"deux.{forme}"
        deux = ["013-2026-00003", "013-2026-00004"]
        assert main(["mesures", action, *deux, "--sortie", str(sortie)]) == 1
        erreur = capsys.readouterr().err.replace("\u2019", "'")
        assert "un seul fichier ne tient pas les papiers de 2 affaires" in erreur
        assert not sortie.exists()


def test_who_was_only_asked_informally_is_named_to_neither_comite_nor_prefet(
    v: Lecture, registre: Affaires
) -> None:
    """At step 1 no document tells more of it than before anything was asked; at step 2 some do."""
    horloge = Horloge(LUNDI)
    registre._horloge = horloge
    nom = "Mairie de Font-Claire-en-Provence"
    tous = _dits(v, "")
    avant = {(ou, dit) for ou, dit in tous if nom in dit}
    une = _signaler(v, registre)
    dits = _dits(v, "")
    etape_1 = {(ou, dit) for ou, dit in dits if nom in dit}
    # The comité reads how many are to be asked, never whom.
    assert any("du gestionnaire, un signalement à" in dit for ou, dit in tous if ou == "bilan")
    assert not [dit for ou, dit in avant if ou == "bilan" and "un signalement à" in dit]
    jamais = " ; personne ne lui a encore écrit"
    # Its figures stand as they did: what falls silent is that nobody wrote to it.
    assert etape_1 - {(ou, dit.replace(jamais, "")) for ou, dit in avant} == {
        ("synthese", next(dit for ou, dit in etape_1 if ou == "synthese" and "refaire" in dit))
    }
    assert not [dit for _, dit in etape_1 if re.search("ignalé|étape|écrit|formalis", dit)]
    assert any(jamais in dit for _, dit in avant)
    assert any("**Jamais signalé**" in dit for ou, dit in avant if ou == "synthese")
    signale = ": deux affaires ouvertes, un signalement, aucune réponse"
    for document in ("mission", "bilan", "diapositives"):
        siens = [un for ou, un in dits if ou == document and "affaires ouvertes" in un]
        assert siens, document
        assert all(signale in un for un in siens), document
    assert "Un signalement informel est en cours" in str(_releve(v).sections)

    horloge.avancer(21)
    registre.agir(une.id, "formaliser", {"canal": "courrier"})
    formalisee = "demande formalisée le 28 septembre 2026"
    dites = {ou for ou, dit in _dits(v, nom) if formalisee in dit}
    assert {"bilan", "bilan etat", "mission", "releve", "synthese"} <= dites
    assert not [ou for ou in dites if ou.startswith("bilan ") and ou != "bilan etat"]
    registre.agir(une.id, "demander_observations", {"canal": "courrier"})
    horloge.avancer(30)
    registre.agir(une.id, "constater_absence")
    registre.agir(une.id, "soumettre")
    soumise = "soumis au comité de pilotage le 28 octobre 2026"
    soumises = [(ou, dit) for ou, dit in _dits(v, nom) if soumise in dit]
    siennes = [dit for ou, dit in soumises if ou == "synthese"]
    assert [f"(dossier {une.id})" in dit for dit in siennes] == [True]
    assert "bilan" in {ou for ou, _ in soumises}
    synthese = DOCUMENTS["synthese"].construire(du_mois(v))
    assert "scellées par" in synthese.mentions["Mesures"]

    # Closed, and still in red: it is not told that nobody ever wrote to it.
    registre.agir(une.id, "clore", {"issue": "devenu_sans_objet", "raison": "un autre service"})
    au_moins = re.compile(f"{jamais}|Jamais signalé|un signalement à|depuis au moins")
    assert any(au_moins.search(dit) for ou, dit in avant if ou == "mission")
    assert [dit for _, dit in _dits(v, nom) if au_moins.search(dit)] == []


def _dits(v: Lecture, mots: str) -> set[tuple[str, str]]:
    """Return (document, sentence, point or row) of those that hold words, of all documents."""
    edition = du_semestre(v, "2026-S2")
    bilan = DOCUMENTS["bilan"].construire(edition)
    atelier = Atelier(edition)
    genres = {un.genre: un for un in reversed(partenaires(edition).values())}
    documents = {
        "bilan": bilan,
        "infographie": DOCUMENTS["infographie"].construire(edition),
        "mission": DOCUMENTS["mission"].construire(edition),
        "guichets": DOCUMENTS["guichets"].construire(du_mois(v)),
        "synthese": DOCUMENTS["synthese"].construire(du_mois(v)),
        **{
            nom: DOCUMENTS[nom].construire(de_l_annee(v, "2026"))
            for nom in ("reservataires", "attributions", "attributions-prefet")
        },
        "releve": _releve(v),
        **{f"bilan {genre}": atelier.construire(un) for genre, un in genres.items()},
    }
    # All of them but the fiche of an organisme, which is for itself.
    assert {un.nom for un in du_departement() if not un.d_un_guichet} <= set(documents)
    lus = {
        (ou, dit)
        for ou, document in documents.items()
        for _, section in document.toutes_sections()
        for bloc in section.blocs
        for dit in (section.titre, *_dires(bloc))
    }
    lus |= {
        ("diapositives", dit)
        for une in du_bilan(bilan)
        for colonne in une.colonnes
        for bloc in colonne
        for dit in (une.titre, *_dires(bloc))
    }
    return {(ou, dit) for ou, dit in lus if mots in dit}


def _dires(bloc: object) -> list[str]:
    """Return the sentences, points or rows of a block."""
    if isinstance(bloc, Tableau):
        return [" | ".join(str(un.valeur) for un in ligne) for ligne in bloc.lignes]
    if isinstance(bloc, Liste):
        return list(bloc.points)
    return [bloc.texte if isinstance(bloc, Paragraphe) else str(bloc)]


def _releve(v: Lecture) -> Document:
    return ecrits.releve(v, "013", "2026-10", LUNDI + dt.timedelta(days=90))


def test_the_demonstration_lives_the_months_of_its_planted_guichets(
    v: Lecture, registre: Affaires
) -> None:
    """Of this small one, the three whose figures are enough: told, formalised, a relapse."""
    ouvertes = planter(v, registre._magasin, "013")
    siennes = {registre.constats(une.constats)[0].guichet: une for une in registre.lister()}
    assert ouvertes == 3
    assert {guichet: une.etat for guichet, une in siennes.items()} == {
        FONT_CLAIRE: "formalise", VIEUX_BASSIN: "signale", SAINTE_BAUME: "relance"
    }  # fmt: skip
    rechute = siennes[SAINTE_BAUME].situation
    (fin,) = rechute.tous("clore")
    assert fin.donnees["issue"] == "corrige"
    assert [un.donnees["mois"] for un in rechute.depuis(fin, "rouvrir")] == ["2026-09"]
    # The last delivery was controlled before affaires were lived: they say what it tells as well.
    assert siennes[FONT_CLAIRE].situation.evenements[-1].donnees["mois"] == "2026-10"
    # The six accesses of January, closed in February: corrected, and said so at two deliveries.
    comptes = [un.donnees["comptes"][0] for un in rechute.tous("verifier") if un.rang < fin.rang]
    assert [(un["corrigee"], un["sortie"]) for un in comptes] == [(6, 0), (6, 0)]
    registre.verifier()


def test_a_changed_rule_says_which_affaires_it_would_open_or_end(
    v: Lecture, registre: Affaires
) -> None:
    une = _signaler(v, registre)
    (dit,) = registre.constats(une.constats)
    un = commun.catalogue().indicateurs[dit.code]
    rien = attendus.suites_d_une_regle(v, un, "013", MOIS, {})
    assert (rien.ouvriraient, rien.a_revoir, rien.cesseraient) == ((), (une.id,), ())
    mauvais, bon = dit.etat, "vert"
    etats = {FONT_CLAIRE: (mauvais, bon), "G1302": (bon, mauvais), "G1303": (mauvais, mauvais)}
    suites = attendus.suites_d_une_regle(v, un, "013", MOIS, etats)
    assert suites.ouvriraient == ("Provence Habitat Solidaire",)
    assert (suites.cesseraient, suites.nommees) == ((une.id,), ())
    assert suites.dites == (
        "Mesures correctives : 1 organisme serait à signaler (Provence Habitat Solidaire) ; 1 "
        f"affaire serait à revoir ({une.id}) ; 1 n'aurait plus d'objet ({une.id}). Aucun message "
        "ne part d'un changement de règle."
    )


def test_the_audit_knows_the_numeros_of_what_is_written_and_sent(
    v: Lecture, registre: Affaires, tmp_path: Path
) -> None:
    def vus() -> set[tuple[str, ...]]:
        magasin, sceau = ouvrir_magasin(v.dossier.racine), cle(v.dossier)
        lues = (chercher(magasin, Recherche(numero=un), cle=sceau)[1] for un in dits)
        return {tuple(une.action for une in siennes) for siennes in lues}

    for action in (("proposer", "--ouvrir"), ("accepter",)):
        assert main(["mesures", *action]) == 0
    une, dits = next(
        (une, dits)
        for une in registre.lister("013")
        if (dits := {n for lu in registre.constats(une.constats) for _, n, *_ in lu.unites if n})
    )
    assert vus() == {()}
    assert main(["mesures", "courriers", une.id, "--sortie", str(tmp_path / "courriers")]) == 0
    assert vus() == {("document",)}
    recoit, reglages = Serveur(), v.dossier.racine / "messagerie.yml"
    with ecouter(recoit) as port:
        serveur = f"serveur: 127.0.0.1\nport: {port}\nsecurite: aucune\nexpediteur: g@exemple.fr\n"
        reglages.write_text(serveur, "utf-8")
        assert main(["mesures", "envoyer", une.id]) == 0
    reglages.unlink()
    (envoye,) = recoit.contenus
    assert numeros_ouverts(envoye) == dits
    assert vus() == {("message", "document")}
    ((_, (vers,)),) = recoit.recus
    (parti,) = chercher(ouvrir_magasin(v.dossier.racine), Recherche(destinataire=vers))[1]
    assert (parti.action, parti.objet) == ("message", "infocentre mesures")
    assert parti.precisions["affaire"] == une.id
