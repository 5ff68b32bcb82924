"""The review of the users of the SNE, from the list of a delivery to what the next one shows."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.affaires import Acteur, Affaire, Affaires, procedures
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches import papiers
from infocentre.demarches.envoi import Messagerie, envoyer
from infocentre.demarches.face import Face, passer
from infocentre.demarches.message import Pli
from infocentre.demarches.verifier import apres_controle
from infocentre.entrepot import Dossier
from infocentre.lecture.acces_sne import Departs, departs, utilisateurs
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.revue_des_acces import regles
from infocentre.procedures.revue_des_acces.gardes import DEPART
from infocentre.restitutions.formes import FORMES
from tests.affaires.conftest import Horloge
from tests.cli.lancer import Commande
from tests.demarches.test_envoi import Serveur, ecouter
from tests.donnees.atelier import alleger, charger, controler
from tests.livraisons.atelier import DEPARTEMENT, Ligne, Petite, en_csv, guichets, ligne

pytestmark = pytest.mark.lent

ICI = DEPARTEMENT
PROCEDURE = procedures()["revue_des_acces"]
# Four open at the end of September: one kept, one whose departure is told, one idle, one to change.
SEPTEMBRE: dict[str, Ligne] = {
    "U1": {"PROFIL": "Agent", "DATE_DERNIERE_CONNEXION": "28/09/2026"},
    "U2": {"PROFIL": "Agent", "DATE_DERNIERE_CONNEXION": "28/08/2026", "DATE_DEPART": "27/09/2026"},
    "U3": {"PROFIL": "Agent", "DATE_DERNIERE_CONNEXION": "29/03/2026"},
    # Six months after the 30th of March is the arrêté itself: not yet more than six.
    "U4": {"PROFIL": "Agent", "DATE_DERNIERE_CONNEXION": "30/03/2026"},
    "U5": {"DATE_DEPART": "01/09/2026", "DATE_FERMETURE": "03/09/2026"},
    "U6": {"DATE_DEPART": "10/09/2026", "DATE_FERMETURE": "10/09/2026"},
}


def _livrer(racine: Path, mois: str, fin: int, siens: dict[str, Ligne]) -> None:
    depot = Petite()
    depot.texte("stock", en_csv([ligne("stock", 1)]))
    depot.texte("radiation", en_csv([ligne("radiation", 1)]))
    depot.texte("guichets", en_csv(guichets()))
    vide = dict.fromkeys(("PROFIL", "DATE_DERNIERE_CONNEXION", "DATE_DEPART", "DATE_FERMETURE"), "")
    lignes = [
        ligne("utilisateurs", 1, **vide) | un | {"ID_UTILISATEUR": nom} for nom, un in siens.items()
    ]
    if lignes:
        depot.texte("utilisateurs", en_csv(lignes))
    depot.manifeste(departement=ICI, arrete=f"{mois}-{fin}").ecrire(
        racine.parent / f"{mois}-{len(siens)}"
    )
    charger(racine, racine.parent / f"{mois}-{len(siens)}", confirmer="envoi complété")


def _remplir(octets: bytes, rendu: Path, reponses: dict[str, Sequence[str]]) -> Path:
    livre = openpyxl.load_workbook(io.BytesIO(octets))
    feuille = livre["Accès"]
    (choix,) = feuille.data_validations.dataValidation
    assert choix.formula1 == '"maintenir,fermer,modifier"'
    for rangee in feuille.iter_rows(min_row=2):
        for place, texte in enumerate(reponses.get(rangee[1].value, ()), start=4):
            rangee[place].value = texte
    livre.save(rendu)
    return rendu


def _exiger_toutes_les_fautes(face: Face, classeur: bytes, rendu: Path) -> None:
    """Each row that is refused is told when none is read."""
    faux: dict[str, Sequence[str]] = {f"U{rang}": ["supprimer"] for rang in (1, 3)}
    with pytest.raises(Refus, match=r"n'est lue : .*ligne \d+ : .*; .*ligne \d+ : ") as refus:
        face.recevoir(_remplir(classeur, rendu, faux))
    assert refus.value.quoi.count("« supprimer » n'est pas l'un de maintenir") == 2
    assert "rien n'a été gardé" in refus.value.que_faire


def _envoyer(v: Lecture, registre: Affaires, une: Affaire) -> None:
    """Send a list as measures are sent; it is told that it left, with its name and files."""
    face = Face(v, registre, PROCEDURE)
    with pytest.raises(Refus, match="aucune adresse électronique"):
        face.message(Pli("envoyer", (une,)))  # nothing is controlled yet: no register
    un_message = face.message(Pli("envoyer", (une,)), ["guichet@exemple.fr"])
    assert "dont 2 à regarder de près" in un_message.corps
    recoit = Serveur()
    with ecouter(recoit) as port:
        messagerie = Messagerie(
            serveur="127.0.0.1", port=port, securite="aucune", expediteur="g@exemple.fr"
        )
        assert envoyer(registre, [un_message], messagerie).envoyees == (une.id,)
    assert recoit.recus == [(un_message.message_id, ("guichet@exemple.fr",))]
    partie = registre.lire(une.id).situation.evenements[-1]
    assert (partie.nom, partie.donnees["canal"]) == ("envoyer", "courriel")
    assert [un["nom"].rpartition(".")[2] for un in partie.donnees["fichiers"]] == ["xlsx", "pdf"]


def _partir(face: Face, demandee: Affaire) -> None:
    """One who is kept leaves: told under the reference of the list, asked for the same day."""
    assert face.a_faire(demandee) is None
    partante = face.agir(demandee, DEPART, {"reference": "U1", "parti_le": "15/10/2026"})
    annonce = face.a_faire(partante)  # a fortnight before, while a delivery is awaited
    assert annonce is not None
    assert (annonce.tache, annonce.evenement, annonce.due) == (
        "fenetre", "demander", dt.date(2026, 10, 15),
    )  # fmt: skip
    porte = partante.situation.evenements[-1].donnees
    assert {*porte} == {"reference", "parti_le"}
    (reference,) = (un.reference for un in face.cas(partante) if un.unite == "U1")
    assert partante.situation.dite("reference") == reference
    assert regles.REGLES.dites(partante)[reference]["precision"] == "départ le 15/10/2026"
    with pytest.raises(Refus, match="n'a pas d'accès dans la liste figée"):
        face.agir(partante, DEPART, {"reference": "U9", "parti_le": "15/10/2026"})
    (demandee,) = regles.demander(face.registre, ICI)
    assert face.a_faire(demandee) is None
    assert [
        (un.unite, dite.get("precision")) for un, dite, _ in regles.suivi(face.registre, demandee)
    ][:2] == [("U1", "départ le 15/10/2026"), ("U2", None)]


def test_a_review_goes_from_the_list_to_what_the_next_delivery_shows(tmp_path: Path) -> None:
    racine = tmp_path / "donnees"
    _livrer(racine, "2026-09", 30, SEPTEMBRE)
    horloge = Horloge(dt.date(2026, 10, 1))
    registre = Affaires(ouvrir_magasin(racine), Acteur("Léa"), horloge)
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        face = Face(v, registre, PROCEDURE)
        (une,) = regles.proposer(v, registre, ICI)
        assert regles.proposer(v, registre, ICI) == []
        (dit,) = registre.constats(une.constats)
        assert (une.objet, dit.numerateur, dit.denominateur) == ("G1301", 2, 4)
        assert "départ déclaré le 27/09/2026" in dit.unites[1][3]

        classeur = face.classeur(une)
        assert classeur == face.classeur(une)
        assert face.imprimer(une, "liste", "pdf").startswith(b"%PDF")
        a_signer = papiers.tableau(registre, une)  # it is asked to be filled by hand
        assert a_signer
        assert [un.titre for un in a_signer.colonnes][-1] == "Votre réponse"
        assert len(a_signer.lignes) == 4
        assert {set(str(ligne[-1].valeur)) == {"…"} for ligne in a_signer.lignes} == {True}
        _envoyer(v, registre, une)

        _exiger_toutes_les_fautes(face, classeur, tmp_path / "rendu.xlsx")
        rendu = _remplir(
            classeur,
            tmp_path / "rendu.xlsx",
            {"U1": ["Maintenir"], "U2": ["fermer"], "U3": ["supprimer"], "U4": ["modifier"]},
        )
        _, lu = face.recevoir(rendu)
        assert [un["reponse"] for un in lu.lignes] == ["maintenir", "fermer"]
        assert [un.partition(" : ")[2] for un in lu.refusees] == [
            "« supprimer » n'est pas l'un de maintenir, fermer ou modifier",
            "« Précision » est attendu avec « modifier »",
        ]
        with pytest.raises(Refus, match="déjà été lu le 01/10/2026"):
            face.recevoir(rendu)
        _remplir(classeur, rendu, {"U3": ["fermer"], "U4": ["modifier", "profil Référent"]})
        face.recevoir(rendu)

        (demandee,) = regles.demander(registre, ICI)
        assert regles.demander(registre, ICI) == []
        demandes = regles.suivi(registre, demandee)
        assert [(un.unite, dite["reponse"]) for un, dite, _ in demandes] == [
            ("U2", "fermer"), ("U3", "fermer"), ("U4", "modifier"),
        ]  # fmt: skip
        assert FORMES["xlsx"](face.regles.releve(v, registre, ICI, "acces"))
        assert passer(v, registre, ICI) == {}  # nothing was delivered since
        _partir(face, demandee)
        # U2 left on the 27th and is open at the 30th; U5 took two days, U6 none.
        assert departs(utilisateurs(v, v.version.de(ICI)[-1]), dt.date(2026, 9, 30)) == [
            Departs("G1301", 3, 2, 1, 24.0, 48, 1, 72)
        ]

    _livrer(racine, "2026-10", 31, {})  # without the table of users: nothing is told closed
    assert apres_controle(Dossier(racine), "minuteur", ()) == {}

    octobre = {nom: un for nom, un in SEPTEMBRE.items() if nom != "U5"}
    octobre["U2"] = {**octobre["U2"], "DATE_FERMETURE": "02/10/2026"}
    octobre["U4"] = {**octobre["U4"], "PROFIL": "Référent"}
    _livrer(racine, "2026-10", 31, octobre)  # sent again, whole
    (vue,) = apres_controle(Dossier(racine), "minuteur", ())[PROCEDURE.code]
    assert vue.etat == "demandee"
    assert [vu for *_, vu in regles.suivi(registre, vue)] == [
        "encore ouvert",
        "fermé",
        "encore ouvert",
        "modifié",
    ]
    assert apres_controle(Dossier(racine), "minuteur", ()) == {}
    registre.verifier()


def test_who_sees_one_guichet_reads_its_users_alone_and_reviews_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    racine = tmp_path / "donnees"
    _livrer(racine, "2026-09", 30, {"U1": {}, "U2": {"GUICHET": "G1302"}})
    alleger(monkeypatch)
    controler(racine)
    registre = Affaires(ouvrir_magasin(racine), Acteur("Léa"), Horloge(dt.date(2026, 10, 1)))
    siens = Perimetre(guichets=frozenset({"G1301"}))
    with ouvrir_pour(Dossier(racine), siens) as v:
        assert [un["id_utilisateur"] for un in utilisateurs(v, v.version.de(ICI)[-1])] == ["U1"]
        with pytest.raises(Refus, match="La revue des accès porte sur tout le département"):
            regles.proposer(v, registre, ICI)


def test_the_command_of_before_does_as_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`infocentre acces …` is what guides and people have: it is another name of `affaires`."""
    racine, horloge = tmp_path / "donnees", Horloge(dt.date(2026, 10, 1))
    _livrer(racine, "2026-09", 30, SEPTEMBRE)
    alleger(monkeypatch)
    controler(racine)
    registre = Affaires(ouvrir_magasin(racine), Acteur("Léa"), horloge)
    monkeypatch.setattr("infocentre.cli.procedures.registre_de", lambda *_: registre)
    lancer = Commande(racine, monkeypatch, capsys)

    assert "Fait." in lancer("acces", "proposer").texte
    assert "Aucun guichet n'a d'accès à revoir" in lancer("acces", "proposer").texte
    assert "n'a pas d'accès ouvert au 30/09/2026" in lancer("acces", "proposer", "G1399").erreur
    (une,) = registre.lister(ICI, procedure=PROCEDURE.code)
    liste = lancer("acces", "lister", "--format", "csv").texte.splitlines()
    assert liste[1].startswith(f"{une.id};G1301;Mairie de Salon;Liste figée;4;0;0;2026-10-01;")

    lancer("acces", "envoyer", une.id, "--canal", "courrier", "--sortie", tmp_path / "envoi")
    assert sorted(un.suffix for un in (tmp_path / "envoi").iterdir()) == [".pdf", ".xlsx"]
    (classeur,) = (tmp_path / "envoi").glob("*.xlsx")
    _remplir(classeur.read_bytes(), classeur, {"U1": ["maintenir"], "U2": ["fermer"]})
    assert "2 réponses ; répondue" in lancer("acces", "lire", classeur).texte

    sans_forme = lancer("acces", "releve", "--sortie", tmp_path)
    assert sans_forme.code == 1
    assert f"{tmp_path} : ce nom de fichier ne dit pas une des formes" in sans_forme.erreur
    assert lancer("acces", "releve", "--sortie", tmp_path / "releve.xlsx").code == 0
    feuilles = openpyxl.load_workbook(tmp_path / "releve.xlsx").worksheets
    assert "U2" in {un for feuille in feuilles for rangee in feuille.values for un in rangee}
    assert registre.lire(une.id).etat == "demandee"
    refus = lancer("acces", "clore", une.id, "--issue", "maintenus").erreur
    assert "accès sur 4 est maintenu par le guichet" in refus
    assert ": close" not in refus
    assert "close" in lancer("acces", "clore", une.id, "--issue", "erreur").texte
