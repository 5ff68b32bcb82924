"""Free fields: planted words found, innocent ones left; counts kept, and nothing of the text."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import openpyxl
import pytest

from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.decisions import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.lecture.chartes import PROCEDURE
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.chartes.commentaires import categories, examiner, lexique
from tests.cli.lancer import Commande

# Invented; each category with what an agent might write, in forms that are not the lexicon's own.
PLANTES = {
    "origine": (
        "Famille d'origine algérienne", "Personnes gitanes du terrain", "Mme est Comorienne",
        "Les voisins les disent Roms", "Couple de gens du voyage", "Monsieur est sans papiers",
        "De type nord-africain", "Famille d'origine étrangère, nombreuse", "Dame turque, un enfant",
        "Immigrés depuis dix ans",
    ),
    "religion": (
        "Femme voilée au guichet", "Famille musulmane pratiquante", "Témoins de Jéhovah",
        "Demande à être près de la mosquée", "Fervent catholique", "Juif, veut être près des siens",
        "Ne vient pas pendant le ramadan",
    ),
    "opinion": (
        "Syndiqué, va faire des histoires", "Déléguée CGT dans son entreprise",
        "Militante connue en mairie", "Proche de l'extrême droite", "Ancien communiste",
    ),
    "sante": (
        "Dépressive depuis son divorce", "Monsieur a un cancer", "Suivi en psychiatrie",
        "Enfant autiste", "Séropositif, à loger vite", "Problèmes d'alcool", "Épileptique",
        "Enceinte de six mois", "Handicapée à 80 %", "Sort d'hospitalisation",
    ),
    "jugement": (
        "Menteuse, ne rien croire", "Gros profiteur", "Agressif au téléphone", "Un vrai cas social",
        "De mauvaise foi", "Paresseux, ne cherche pas", "Madame est folle", "Pas net, à éviter",
        "Insupportable, rappelle tout le temps",
    ),
}  # fmt: skip
INNOCENTS = (
    "Habite 12 rue du Maroc", "Travaille boulevard de la Religion", "A envoyé l'avis d'imposition",
    "Relancé le 12/03, sans réponse", "Pièce illisible, redemandée", "Cherche un T3 à Arles",
    "Demeure avenue des Arabes", "Hébergé chez sa mère", "Salle d'eau trop petite",
    "Rappeler après 18 h", "Le logement est sale et humide", "Mutation demandée au bailleur",
    "Document d'identité à vérifier", "Salarié de l'hôpital", "Logement proche de l'école",
    "Quittance de mai reçue", "Divorce en cours", "Bail signé le 3", "Demande de parking",
    "Préfère le rez-de-chaussée", "Voir avec le CCAS", "Loyer trop élevé", "Résidence Les Turcs",
    "Romain, le fils, vit avec eux", "Course le matin, appeler l'après-midi",
)  # fmt: skip
TOTAL = 2000


def inventes() -> list[tuple[str, str]]:
    """Return (category, text) of 2 000 comments, one of five planted, the same each time."""
    plantes = itertools.cycle([(nom, un) for nom, unes in PLANTES.items() for un in unes])
    innocents = itertools.cycle(INNOCENTS)
    suites = itertools.cycle(("", " (vu au guichet)", ", à revoir", " ; dossier complet"))
    lignes = []
    for rang in range(TOTAL):
        nom, dit = next(plantes) if rang % 5 == 0 else ("", next(innocents))
        lignes.append((nom, dit.upper() + next(suites) if rang % 7 == 0 else dit + next(suites)))
    return lignes


def numero(rang: int) -> str:
    return f"01311{26:02}{rang:06}G1302"


def ecrire(chemin: Path, lignes: list[tuple[str, str]], encodage: str = "utf-8") -> Path:
    titres = "Numéro unique;Nom;Commentaire du guichet"
    corps = [f'{numero(rang)};Roms;"{dit}"' for rang, (_, dit) in enumerate(lignes)]
    chemin.write_text("\r\n".join([titres, *corps, ""]), encoding=encodage)
    return chemin


@pytest.mark.parametrize("encodage", ["utf-8", "cp1252", "utf-16"])
def test_planted_words_are_found_and_the_rest_is_left(tmp_path: Path, encodage: str) -> None:
    lignes = inventes()
    lu = examiner(ecrire(tmp_path / "x.csv", lignes, encodage))
    assert (lu.lues, lu.sans_numero) == (TOTAL, 0)
    titres = {une.titre: nom for nom, une in lexique().categories.items()}
    dits = {(un, titres[titre]) for un, titre in lu.signales}
    voulus = {(numero(rang), nom) for rang, (nom, _) in enumerate(lignes) if nom}
    rappel = len(voulus & dits) / len(voulus)
    precision = sum(un in {n for n, _ in voulus} for un, _ in dits) / len(dits)
    # A dwelling that is dirty is taken for a person: what is listed is read again by one.
    assert (f"{rappel:.1%}", f"{precision:.1%}") == ("100.0%", "86.2%")


def test_the_name_of_a_street_says_nothing_of_a_person() -> None:
    assert categories("12 rue de la Juiverie") == frozenset()
    assert categories("rue du Maroc") == frozenset()
    assert categories("Boulevard Foch. Musulman") == {"religion"}, "a sentence ends a name"
    assert categories("Salariée, malades à charge") == {"sante"}
    assert categories("") == frozenset()


def test_a_file_that_cannot_be_examined_is_refused(tmp_path: Path) -> None:
    fautes = {
        "Nom;Commentaire\nMartin;malade\n": "n'a de numéros uniques",
        f"Numéro unique;Nom\n{numero(1)};Martin\n": "de texte libre",
        "": "est vide",
    }
    for contenu, faute in fautes.items():
        (tmp_path / "x.csv").write_text(contenu)
        with pytest.raises(Refus, match=faute):
            examiner(tmp_path / "x.csv")
    bon = ecrire(tmp_path / "bon.csv", inventes()[:20])
    with pytest.raises(Refus, match="pas de colonne « Avis »"):
        examiner(bon, ["Avis"])
    sans = bon.read_text().replace(numero(0), "")
    bon.write_text(sans)
    assert examiner(bon, ["commentaire du guichet"]).sans_numero == 1


def test_counts_are_kept_and_nothing_of_the_text(
    entrepot_demo: Dossier,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    racine = tmp_path / "donnees"
    racine.mkdir()
    for chose in entrepot_demo.racine.iterdir():
        if not chose.name.startswith(("decisions", "temoins")):
            (racine / chose.name).symlink_to(chose)
    infocentre = Commande(racine, monkeypatch, capsys)
    fichier, sortie = ecrire(tmp_path / "x.csv", inventes()[:60]), tmp_path / "relire.xlsx"
    demande = ("commentaires", str(fichier), "--sortie", str(sortie))
    assert "n'est pas permis" in infocentre(*demande).erreur
    (racine / "affaires.yml").write_text("chartes: {champs_libres: 1}\n")
    dedans = infocentre(*demande[:3], str(racine / "x.xlsx"))
    assert (dedans.code, "dossier des données" in dedans.erreur) == (1, True)
    assert "Comptes non gardés" in infocentre(*demande).texte
    registre = Affaires(ouvrir_magasin(racine), Acteur("Léa"))
    une = registre.ouvrir(procedures()[PROCEDURE], "013", "qualite", "1", {"numero": 1})
    for nom, dits in (("concerter", {}), ("voter", {"votee_le": "2026-01-15"}),
                      ("mettre_en_vigueur", {})):  # fmt: skip
        registre.agir(une.id, nom, dits)
    faite = infocentre(*demande)
    assert f"Comptes gardés : affaire {une.id}" in faite.texte
    assert registre.lire(une.id).situation.dite("lues") == 60
    feuille = openpyxl.load_workbook(io.BytesIO(sortie.read_bytes())).worksheets[0]
    lues = [ligne for ligne in feuille.iter_rows(values_only=True) if ligne[0] == numero(0)]
    assert lues == [(numero(0), "Origine")]
    textes = [dit.encode() for _, dit in inventes()[:60]]
    for chemin in (un for un in racine.rglob("*") if un.is_file()):
        octets = chemin.read_bytes()
        assert not [dit for dit in textes if dit in octets], chemin.name
