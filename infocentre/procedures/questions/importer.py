"""Questions read from the CSV of a helpdesk: taken whole, or refused whole, each line with why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.donnees import verifier
from infocentre.affaires.formulaire import lire
from infocentre.lecture.affaires import toutes
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import simplifier
from infocentre.procedures.conventions.classeur import refuser_les_lignes
from infocentre.procedures.questions.regles import PROCEDURE, REGLES
from infocentre.reconnaissance import texte

GUICHET = "guichet"


def importer(v: Lecture, registre_: Affaires, departement: str, chemin: Path) -> list[Affaire]:
    """Open the questions of a file; read twice, it opens nothing more.

    Raises:
        Refus: it is no such file, or some of its lines cannot be: none is kept.
    """
    deja = {
        (une.objet, str(une.situation.evenements[0].dit("question")))
        for une in toutes(v, departement, PROCEDURE)
    }
    ouvertes = []
    for guichet, sujet, donnees in _lire(v, registre_, departement, chemin):
        cle = (guichet, str(donnees["question"]))
        if cle not in deja:
            deja.add(cle)
            procedure = procedures()[PROCEDURE]
            ouvertes.append(registre_.ouvrir(procedure, departement, guichet, sujet, donnees))
    return ouvertes


def _lire(
    v: Lecture, registre_: Affaires, departement: str, chemin: Path
) -> list[tuple[str, str, dict[str, Any]]]:
    lu = texte.lire(chemin, chemin.name)
    procedure = procedures()[PROCEDURE]
    (debut,) = procedure.possibles(None)
    champs = procedure.evenements[debut].donnees
    noms = {simplifier(un.titre): nom for nom, un in champs.items()} | {GUICHET: GUICHET}
    rangs = {
        noms[simplifier(dit.strip())]: rang
        for rang, dit in enumerate(lu.tableau.noms)
        if simplifier(dit.strip()) in noms
    }
    requis = [GUICHET, *(nom for nom, un in champs.items() if un.requis)]
    if any(nom not in rangs for nom in requis):
        dits = ", ".join(["Guichet", *(un.titre for un in champs.values())])
        raise Refus("ce fichier n'est pas une liste de questions", chemin.name, f"Titres : {dits}.")
    lues, fautes = [], []
    for numero, ligne in enumerate(texte.enregistrements(chemin, lu), start=lu.tableau.ligne + 1):
        dits_ = {nom: ligne[r].strip() if r < len(ligne) else "" for nom, r in rangs.items()}
        try:
            lues.append(_question(v, registre_, departement, dits_))
        except Refus as refus:
            fautes.append(f"ligne {numero} : {refus.quoi}")
    refuser_les_lignes(fautes, chemin.name)
    return lues


def _question(
    v: Lecture, registre_: Affaires, departement: str, dits: Mapping[str, str]
) -> tuple[str, str, dict[str, Any]]:
    """Return (guichet, theme, what the event carries); raise Refus for what is wrong of a line."""
    procedure = procedures()[PROCEDURE]
    (debut,) = procedure.possibles(None)
    regle = procedure.evenements[debut]
    lus = lire(regle, {nom: un for nom, un in dits.items() if nom != GUICHET})
    verifier(regle, lus, registre_.aujourdhui)
    une = REGLES.ouvrir(v, registre_, departement, dits[GUICHET], lus)
    return une.objet, une.sujet, {**lus, **une.donnees}
