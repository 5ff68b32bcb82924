"""Who receives a bilan: typed in partenaires.yml, derived from the register without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import registre
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.types_guichet import SANS_ORGANISME
from infocentre.restitutions import lecture
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.partenaires import (
    EXEMPLE,
    Partenaire,
    cle,
    partenaires,
    trouver,
)


@pytest.fixture
def ici(donnees: Path) -> Iterator[Edition]:
    """An edition whose directory may hold a partenaires.yml."""
    with lecture.ouvrir(Dossier(donnees), TOUT) as v:
        yield lecture.du_mois(v)


def ecrire(edition: Edition, texte: str) -> None:
    (edition.v.dossier.racine / "partenaires.yml").write_text(texte, "utf-8")


def test_sans_fichier_ce_sont_ceux_du_registre(edition_demo: Edition) -> None:
    """Those of the convention first, then each EPCI, commune and organisme, once."""
    connus = partenaires(edition_demo)
    noms = [un.nom for un in connus.values()]
    assert noms[:4] == [
        "GIP SNE",
        "DDETS des Bouches-du-Rhône",
        "Action Logement",
        "Union sociale pour l'habitat",
    ]
    epcis = [un for un in connus.values() if un.epci]
    assert {un.genre for un in epcis} == {"collectivite"}
    assert "200054807" in {code for un in epcis for code in un.epci}
    (aix,) = (un for un in connus.values() if un.nom == "Aix-en-Provence")
    assert (aix.genre, aix.communes) == ("collectivite", ("13001",))


def test_un_guichet_est_d_un_seul_partenaire(edition_demo: Edition) -> None:
    """Every guichet that has a SIREN is somebody's, and nobody else's."""
    confies = [guichet for un in partenaires(edition_demo).values() for guichet in un.guichets]
    lignes = registre(edition_demo.v, edition_demo.departement, edition_demo.mois)
    attendus = {
        une["guichet"]
        for une in lignes
        if une["siren"] and une["type_guichet"] not in SANS_ORGANISME
    }
    assert len(confies) == len(set(confies))
    assert attendus <= set(confies)


def test_le_fichier_remplace_le_registre(ici: Edition) -> None:
    ecrire(ici, EXEMPLE)
    assert list(partenaires(ici).values()) == [
        Partenaire(
            nom="DDETS des Bouches-du-Rhône",
            genre="etat",
            diffusion=("bureau.logement@exemple.fr",),
        ),
        Partenaire(nom="CC Vallée des Baux-Alpilles", genre="collectivite", epci=("241300375",)),
    ]


UN = "partenaires:\n  - nom: DDETS\n    genre: etat\n"
FAUX = {
    "champ inconnu": (f"{UN}    zone: sud\n", "zone"),
    "genre inconnu": (UN.replace("etat", "mairie"), "genre"),
    "sans nom": ("partenaires:\n  - genre: etat\n", "nom"),
    "nom vide": ("partenaires:\n  - {nom: '…', genre: etat}\n", "le nom est vide"),
    "adresse": (f"{UN}    diffusion: [bureau]\n", "n'est pas une adresse électronique"),
    "EPCI": (f"{UN}    epci: ['999999999']\n", "999999999 n'existe pas"),
    "commune": (f"{UN}    communes: ['99999']\n", "99999 n'existe pas"),
    "guichet": (f"{UN}    guichets: [G0000]\n", "G0000 n'existe pas"),
    "deux fois": (f"{UN}  - {{nom: ddets, genre: ush}}\n", "deux partenaires s'appellent"),
    "sans guichet": ("partenaires:\n  - {nom: A, genre: organisme}\n", "un organisme a des guich"),
    "vide": ("", "partenaires"),
    "personne": ("partenaires: []\n", "partenaires"),
}


@pytest.mark.parametrize(("texte", "attendu"), FAUX.values(), ids=FAUX)
def test_un_fichier_faux_est_refuse(ici: Edition, texte: str, attendu: str) -> None:
    """The message names the file and what is wrong in it."""
    ecrire(ici, texte)
    with pytest.raises(Refus) as refus:
        partenaires(ici)
    assert attendu in refus.value.quoi
    assert "partenaires.yml" in refus.value.ou
    assert "rien n'a été imprimé" in refus.value.que_faire


@pytest.mark.parametrize(
    ("texte", "quoi", "ou"),
    [
        ("partenaires: [\n", "le texte n'est pas du YAML valide", "partenaires.yml, ligne 2"),
        (f"{UN}partenaires: []\n", "champ « partenaires » : écrit deux fois", "yml, ligne "),
    ],
    ids=["ouvert", "deux fois"],
)
def test_un_texte_qui_n_est_pas_du_yaml_est_refuse(
    ici: Edition, texte: str, quoi: str, ou: str
) -> None:
    """The line is named; a key said twice would keep the last of the two, unseen."""
    ecrire(ici, texte)
    with pytest.raises(Refus) as refus:
        partenaires(ici)
    assert refus.value.quoi == quoi
    assert ou in refus.value.ou


def test_un_fichier_qui_n_est_pas_en_utf8_est_refuse(ici: Edition) -> None:
    ecrire(ici, UN)
    (ici.v.dossier.racine / "partenaires.yml").write_bytes("nom: été".encode("cp1252"))
    with pytest.raises(Refus, match="UTF-8"):
        partenaires(ici)


def test_on_trouve_un_partenaire_par_une_partie_de_son_nom(edition_demo: Edition) -> None:
    connus = partenaires(edition_demo)
    for dit in ("DDETS", "ddets des bouches-du-rhone", "DDETS des Bouches-du-Rhône"):
        assert trouver(connus, dit).nom == "DDETS des Bouches-du-Rhône"
    with pytest.raises(Refus, match="désigne plusieurs partenaires") as refus:
        trouver(connus, "arrondissement")
    assert "Marseille" in refus.value.que_faire
    with pytest.raises(Refus, match="« Action Logemant » n'est pas un partenaire") as refus:
        trouver(connus, "Action Logemant")
    assert all(un.nom in refus.value.que_faire for un in connus.values())


@pytest.mark.parametrize(
    ("dit", "nom"),
    [
        ("État", "DDETS des Bouches-du-Rhône"),
        ("USH", "Union sociale pour l'habitat"),
        ("action logement", "Action Logement"),
    ],
)
def test_on_trouve_un_partenaire_par_ce_qu_on_l_appelle(
    edition_demo: Edition, dit: str, nom: str
) -> None:
    assert trouver(partenaires(edition_demo), dit).nom == nom


def test_le_nom_d_un_fichier_est_court_et_simple() -> None:
    assert cle("CC Vallée des Baux-Alpilles (œuvre)") == "cc-vallee-des-baux-alpilles-oeuvre"
    assert len(cle("Société anonyme " * 10)) <= 60
