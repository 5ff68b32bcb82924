"""What an analyst reads when a query is wrong: what, where in the text, what to do."""

from __future__ import annotations

import dataclasses

import pytest

from infocentre.entrepot import Dossier
from infocentre.requetes.messages import arrete, traduire
from infocentre.requetes.modele import Motif, RequeteRefusee
from tests.requetes.aide import refus


@dataclasses.dataclass(frozen=True)
class Faute:
    """A wrong query; `«` marks the place at fault, and is not part of it."""

    sql: str
    motif: Motif
    quoi: str
    que_faire: str = ""
    longueur: int = 1


FAUTES = {
    # Names
    "colonne inconnue": Faute(
        "select statut,\n  «guichet_enregistre\nfrom demandes",
        "colonne", "la colonne « guichet_enregistre » n'existe pas ici",
        "Noms proches : guichet_enregistreur", 18),
    "colonne d'une autre table": Faute(
        "select «taux_12m from demandes", "colonne", "la colonne « taux_12m » n'existe pas ici",
        "Une colonne de ce nom est dans : valeurs.", 8),
    "colonne d'un alias": Faute(
        "select «d.statu from demandes d", "colonne", "la colonne « statu » n'existe pas ici",
        "Noms proches : statut", 7),
    "texte entre guillemets": Faute(
        'from demandes where statut = «"active"', "colonne", "la colonne « active » n'existe pas",
        "Un texte s'écrit entre apostrophes : 'active'.", 8),
    "texte sans apostrophes": Faute(
        "from demandes where statut = «active", "colonne", "la colonne « active » n'existe pas",
        "Un texte s'écrit entre apostrophes : 'active'.", 6),
    "texte sans apostrophes dans une liste": Faute(
        "from demandes where statut in ('radiée', «active)", "colonne",
        "la colonne « active » n'existe pas", "entre apostrophes : 'active'.", 6),
    "mot d'un autre dialecte": Faute(
        "select «sysdate from demandes", "colonne", "la colonne « sysdate » n'existe pas",
        "Ici : current_date.", 7),
    "fonction d'un autre dialecte": Faute(
        "select «nvl(statut, '') from demandes", "fonction", "la fonction « nvl » n'existe pas",
        "Ici : coalesce(valeur, autre).", 3),
    "top": Faute("select top «10 * from demandes", "syntaxe", "« 10 » n'est pas attendu ici",
        "Ici : limit 10, à la fin de la requête.", 2),
    "fonction d'une extension": Faute(
        "select st_point(1, 2)", "fonction", "« st_point » vient d'une extension"),
    "colonne sans table": Faute("select «age", "colonne", "la colonne « age » n'existe pas", "", 3),
    "colonne de deux tables": Faute(
        "select «code from communes, codes", "colonne", "« code » est dans plusieurs tables",
        "Écrire communes.code ou codes.code.", 4),
    "colonne de jointure": Faute(
        "from demandes join codes using (code)", "colonne", "la colonne « code » n'existe pas"),
    "table inconnue": Faute(
        "select *\nfrom «demande", "table", "la table « demande » n'existe pas",
        "Noms proches : demandes.", 7),
    "alias inconnu": Faute(
        "select «x.statut from demandes d", "table", "« x » n'est ni une table ni un alias",
        "from demandes as d", 1),
    "fonction inconnue": Faute(
        "select «moyenne(age_demandeur_demande) from demandes", "fonction",
        "la fonction « moyenne » n'existe pas", "", 7),
    "sans regroupement": Faute(
        "select «statut, count(*) from demandes", "colonne",
        "« statut » n'est ni regroupée ni calculée", "any_value(statut)", 6),
    # Syntax
    "mot de trop": Faute(
        "select * form «demandes", "syntaxe", "« demandes » n'est pas attendu ici", "Relire", 8),
    "fin trop tôt": Faute("select count(*«", "syntaxe", "la requête s'arrête avant la fin"),
    "apostrophe": Faute(
        "select «'attribution", "syntaxe", "une apostrophe ouverte n'est pas refermée",
        "l''attribution"),
    "guillemet": Faute('select «"age', "syntaxe", "un guillemet ouvert n'est pas refermé"),
    "commentaire": Faute("select 1 «/* fin", "syntaxe", "un commentaire /* ouvert n'est pas"),
    "where et sum": Faute(
        "from demandes where «count(*) > 1", "syntaxe", "where juge ligne à ligne", "having"),
    "sans colonnes": Faute("select from demandes", "syntaxe", "select ne dit pas quelles colonnes"),
    "union inégale": Faute("select 1 union select 1, 2", "syntaxe", "les deux côtés d'union"),
    # Types and values
    "nombre illisible": Faute(
        "select cast('abc' as integer)", "type", "« abc » ne se lit pas comme nombre entier"),
    "date illisible": Faute(
        "from demandes where date_creation > «'2026-99-01'", "type",
        "« 2026-99-01 » n'est pas une date du calendrier", "AAAA-MM-JJ", 12),
    "date et texte": Faute(
        "select date_creation «+ 'abc' from demandes", "type",
        "« + » ne s'applique pas à : date, texte", "cast(", 1),
    "somme d'un texte": Faute(
        "select «sum(statut) from demandes", "type", "« sum » ne s'applique pas à : texte", "", 3),
    "date et nombre": Faute(
        "from demandes where date_creation = «3", "type",
        "nombre entier et date ne vont pas ensemble"),
    "limite trop grande": Faute(
        "select 1 limit 10«**30", "calcul", "1e+30 ne tient pas", "Prendre un nombre plus petit"),
    "dépassement": Faute("select 9223372036854775807 + 1", "calcul", "un calcul dépasse"),
    "sous-requête": Faute(
        "select (select code from codes)", "calcul", "une sous-requête prise pour une valeur"),
    "unité de temps": Faute(
        "select date_trunc('moi', date '2026-01-01')", "type", "« moi » n'est pas une unité",
        "month"),
    # What is not asked here
    "écriture": Faute("delete from demandes", "instruction", "une requête lit", "Ni écriture"),
    "deux requêtes": Faute("select 1; select 2", "instruction", "2 instructions : une seule"),
    "vide": Faute("-- rien", "instruction", "la requête est vide"),
    "pivot": Faute("pivot codes on liste", "instruction", "pivot doit dire les valeurs", "in ("),
    "fichier": Faute("from «read_csv('x.csv')", "interdit", "une requête n'ouvre aucun fichier"),
    "fichier nommé": Faute("from 'x.parquet'", "interdit", "une requête n'ouvre aucun fichier"),
    "sans valeur": Faute("select $mois", "parametre", "sans valeur : $mois"),
    "caractère nul": Faute("select 1\0", "syntaxe", "la requête contient un caractère nul"),
}  # fmt: skip


@pytest.mark.parametrize("nom", FAUTES)
def test_a_mistake_is_told_in_french_at_its_place(nom: str, dossier: Dossier) -> None:
    faute = FAUTES[nom]
    avant, marque, _ = faute.sql.partition("«")
    leve = refus(dossier, faute.sql.replace("«", ""))
    assert isinstance(leve, RequeteRefusee)
    assert leve.motif == faute.motif
    assert leve.quoi.startswith(faute.quoi)
    assert faute.que_faire in leve.que_faire
    if marque:
        ligne, colonne = avant.count("\n") + 1, len(avant) - avant.rfind("\n")
        assert (leve.ligne, leve.colonne, leve.longueur) == (ligne, colonne, faute.longueur)
        assert leve.ou == f"ligne {ligne}, colonne {colonne}"


def test_the_place_is_counted_in_characters_not_in_bytes(dossier: Dossier) -> None:
    leve = refus(dossier, "-- été\nselect 'é\U0001f3e0', absente")
    assert isinstance(leve, RequeteRefusee)
    assert (leve.ligne, leve.colonne) == (2, 14)


def test_too_many_tables_have_this_column(dossier: Dossier) -> None:
    que_faire = refus(dossier, "select mois from demandes").que_faire
    assert "dans : estimations, registre, revisions, valeurs, att_01… (" in que_faire


def test_a_parameter_too_many_is_refused(dossier: Dossier) -> None:
    leve = refus(dossier, "select $a", parametres={"a": 1, "b": 2})
    assert leve.quoi == "la requête n'a pas de paramètre $b"


def test_an_unknown_message_keeps_the_words_of_duckdb_without_a_path() -> None:
    leve = traduire(
        {"exception_type": "IO", "exception_message": "Odd at /home/lea/donnees/x.db\nmore"}, ""
    )
    assert (leve.motif, leve.quoi) == ("interdit", "une requête n'ouvre aucun fichier")
    leve = traduire({"exception_type": "Odd", "exception_message": "odd /home/lea/x.db end\n1"}, "")
    assert leve.quoi == "DuckDB refuse : odd … end"


def test_a_failure_of_the_program_says_nothing_of_it() -> None:
    leve = traduire({"exception_type": "ValueError", "exception_message": "in /srv/enfant.py"}, "")
    assert leve.quoi == "la requête n'a pas pu être exécutée"


@pytest.mark.parametrize(("code", "motif"), [(-6, "memoire"), (-9, "memoire"), (-11, "autre")])
def test_a_dead_process_is_told(code: int, motif: str) -> None:
    assert arrete(code).motif == motif
