"""The workbook that a procedure asks to fill in: a row per case, then what is asked of each.

Each row has a reference that its constat and case give, by which it is known again however the
rows were sorted; its columns, their choices and their types are those that the procedure declares.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infocentre.affaires import Affaire, Affaires, Procedure
from infocentre.affaires.formulaire import lire_une, options
from infocentre.affaires.modele import ClasseurDeProcedure, Donnee
from infocentre.demarches.cas import REFERENCE, Cas, cas
from infocentre.demarches.rendus import dire_refusees, lire_octets, ouvrir_rendu
from infocentre.livraisons import feuilles
from infocentre.livraisons.feuilles import Ligne
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import compter
from infocentre.noyau.temps import fin_de_mois
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.restitutions.bureautique.paquet import figer

TEXTE_MAX = 500
TITRE_REFERENCE = "Référence"
LARGEURS = {"date": 13, "choix": 16, "oui_non": 10}


@dataclass(frozen=True, slots=True)
class Lu:
    """What a returned workbook or a form answers, and its rows refused."""

    affaire: str
    lignes: tuple[Mapping[str, Any], ...]
    refusees: tuple[str, ...]
    nom: str = ""
    empreinte: str = ""


def du_classeur(procedure: Procedure) -> ClasseurDeProcedure:
    """Return the workbook that a procedure declares; raise Refus when it has none."""
    if procedure.classeur is None:
        raise Refus(f"« {procedure.titre} » n'a pas de classeur à remplir")
    return procedure.classeur


def champs(procedure: Procedure) -> dict[str, Donnee]:
    """Return what is asked of each row, by name."""
    une = du_classeur(procedure)
    colonnes = procedure.evenements[une.evenement].donnees[une.donnee].colonnes
    return {nom: un for nom, un in colonnes.items() if nom != une.reference and not un.calculee}


def liste(registre: Affaires, une: Affaire) -> list[Cas]:
    """Return the frozen list of an affaire."""
    return list(cas(registre.constats(une.constats)))


def _textes(un: Cas, noms: Iterable[str]) -> dict[str, str]:
    """Return the columns of a case as people read them."""
    dits = {
        "unite": un.unite,
        "numero": un.numero,
        "jour": ecrire_jour(un.jour) if un.jour else "",
        "explication": un.explication,
        "guichet": un.constat.guichet,
        "indicateur": un.constat.libelle,
    }
    return {nom: dits[nom] for nom in noms}


def en_octets(registre: Affaires, une: Affaire) -> bytes:
    """Return the workbook of an affaire, a drop-down a choice; the same list, the same bytes."""
    import xlsxwriter

    procedure = une.procedure
    declare, demandes = du_classeur(procedure), champs(procedure)
    dits = registre.constats(une.constats)
    lignes, tampon = list(cas(dits)), io.BytesIO()
    arrete = fin_de_mois(dits[0].mois) if dits else une.ouverte_le
    titres = (TITRE_REFERENCE, *declare.colonnes.values(), *(un.titre for un in demandes.values()))
    libres = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(tampon, libres) as livre:
        livre.set_properties({"created": dt.datetime.combine(arrete, dt.time(), dt.UTC)})
        titre = livre.add_format({"bold": True, "bg_color": "#E3E3FD", "text_wrap": True})
        saisie = livre.add_format({"bg_color": "#FFF9E0", "text_wrap": True})
        date = livre.add_format({"bg_color": "#FFF9E0", "num_format": "dd/mm/yyyy"})
        feuille = livre.add_worksheet(declare.feuille)
        feuille.write_row(0, 0, titres, titre)
        debut = 1 + len(declare.colonnes)
        for rang, un in enumerate(lignes, start=1):
            textes = (un.reference, *_textes(un, declare.colonnes).values())
            for colonne, texte in enumerate(textes):
                feuille.write_string(rang, colonne, texte)
            for colonne, champ in enumerate(demandes.values(), start=debut):
                feuille.write_blank(rang, colonne, None, date if champ.type == "date" else saisie)
        feuille.freeze_panes(1, 1)
        feuille.set_column(0, 0, 15)
        for colonne, nom in enumerate(declare.colonnes, start=1):
            feuille.set_column(colonne, colonne, 60 if nom == "explication" else 16)
        for colonne, champ in enumerate(demandes.values(), start=debut):
            feuille.set_column(colonne, colonne, LARGEURS.get(champ.type, 40))
            if choix := [dit for _, dit in options(champ)]:
                regle = {"validate": "list", "source": choix}
                feuille.data_validation(1, colonne, max(len(lignes), 1), colonne, regle)
        reference = livre.add_worksheet(REFERENCE)
        reference.set_column(0, 1, 40)
        reference.write_row(0, 0, ("affaire", une.id))
        for rang, dit in enumerate(dits, start=1):
            reference.write_row(rang, 0, ("constat", dit.id))
    return figer(tampon.getvalue(), arrete)


def lire(registre: Affaires, procedure: Procedure, chemin: Path) -> Lu:
    """Read a returned .xlsx, or an .eml that carries it; nothing is written.

    Raises:
        Refus: it is no such workbook, it answers to another list, or nothing in it is an answer.
    """
    declare, demandes = du_classeur(procedure), champs(procedure)
    octets = lire_octets(chemin)
    _, contenu, nom = ouvrir_rendu(chemin.name, octets)
    faux = Refus(
        f"ce n'est pas le classeur d'une affaire « {procedure.titre} »",
        nom,
        "Rendre le classeur .xlsx tel qu'il a été reçu, rempli.",
    )
    lues = feuilles.ouvrir(contenu, faux)
    dites = feuilles.references(lues, {"affaire", "constat"})
    if len(dites.get("affaire", ())) != 1:
        raise faux
    try:
        une = registre.lire(dites["affaire"][0])
    except Refus as refus:
        raise Refus(refus.quoi, nom, faux.que_faire) from None
    if une.procedure.code != procedure.code:
        raise faux
    if tuple(dites.get("constat", ())) != une.constats:
        raise Refus(
            f"ce classeur ne porte pas la liste de l'affaire {une.id}",
            nom,
            "Faire remplir le classeur envoyé.",
        )
    saisies = [un.titre for un in demandes.values()]
    titres = (TITRE_REFERENCE, *declare.colonnes.values(), *saisies)
    cles = (TITRE_REFERENCE, *(declare.colonnes[un] for un in declare.cles), saisies[0])
    listes = feuilles.lire_tables(lues, titres, cles, saisies)
    if not listes:
        raise faux
    lignes = [ligne for une_liste in listes for ligne in une_liste.lignes]
    reponses, refusees = lire_lignes(procedure, lignes, liste(registre, une))
    refusees = [*(dit for une_liste in listes for dit in une_liste.refusees), *refusees]
    if not reponses:
        raise _sans_reponse(nom, refusees, demandes)
    empreinte = hashlib.sha256(octets).hexdigest()
    return Lu(une.id, tuple(reponses), tuple(refusees), nom, empreinte)


def _sans_reponse(nom: str, refusees: list[str], demandes: Mapping[str, Donnee]) -> Refus:
    """Return why a workbook answers nothing: each row that is refused, or none is filled in."""
    if refusees:
        quoi = f"aucune réponse de ce classeur n'est lue : {dire_refusees(refusees)}"
        return Refus(quoi, nom, "Corriger ces lignes, puis le rendre : rien n'a été gardé.")
    premier = next(iter(demandes.values()))
    choix = ", ".join(dit for _, dit in options(premier))
    return Refus(
        "ce classeur ne contient aucune réponse",
        nom,
        f"Remplir « {premier.titre} » d'une ligne au moins{f' ({choix})' if choix else ''}.",
    )


def lire_lignes(
    procedure: Procedure, lignes: Iterable[Ligne], attendus: Iterable[Cas]
) -> tuple[list[Mapping[str, Any]], list[str]]:
    """Return the answers of rows, and why others are refused, in order.

    The same answer twice is one; of two that differ, which one holds is asked.
    """
    declare, demandes = du_classeur(procedure), champs(procedure)
    connus = {un.reference: un for un in attendus}
    reponses: dict[str, Mapping[str, Any]] = {}
    places, contredites, refusees = dict[str, str](), dict[str, str](), list[str]()
    for ou, dit in lignes:
        reference = dit[TITRE_REFERENCE].upper()
        if not any(dit[un.titre] for un in demandes.values()):
            continue
        lue, faute = _ligne(declare, demandes, dit, connus.get(reference))
        if faute:
            refusees.append(f"{ou} : {faute}")
            continue
        place = places.setdefault(reference, ou)
        if reponses.setdefault(reference, lue) != lue:
            contredites[reference] = (
                f"{place} ; {ou} : la référence {reference} a deux réponses différentes"
            )
    gardees = [lue for reference, lue in reponses.items() if reference not in contredites]
    return gardees, [*refusees, *contredites.values()]


def _ligne(
    declare: ClasseurDeProcedure,
    demandes: Mapping[str, Donnee],
    dit: Mapping[str, str],
    un: Cas | None,
) -> tuple[dict[str, Any], str]:
    """Return what a row answers, and why it is refused, '' when it is not."""
    if un is None:
        reference = dit[TITRE_REFERENCE][:20]
        return {}, f"la référence « {reference} » n'est pas l'une de celles envoyées"
    lue: dict[str, Any] = {declare.reference: un.reference}
    try:
        for nom, attendu in _textes(un, declare.cles).items():
            _reconnaitre(declare.colonnes[nom], dit, attendu, un.reference)
        for nom, champ in demandes.items():
            texte = dit[champ.titre].strip()
            if texte or champ.requis:
                lue[nom] = _champ(champ, texte)
            if precision := champ.precise_par.get(lue.get(nom, "")):
                _exiger(demandes[precision], dit, texte)
    except Refus as refus:
        return {}, refus.quoi
    return lue, ""


def _reconnaitre(titre: str, dit: Mapping[str, str], attendu: str, reference: str) -> None:
    if dit[titre] != attendu:
        raise Refus(f"« {titre} » n'est pas celui de la référence {reference}")


def _champ(champ: Donnee, texte: str) -> Any:  # noqa: ANN401 - as its type says
    """Return what is said under a title; raise Refus when it cannot be taken."""
    if not texte:
        raise Refus(f"il manque « {champ.titre} »")
    if len(texte) > TEXTE_MAX:
        raise Refus(f"« {champ.titre} » dépasse {compter(TEXTE_MAX, 'lettre')} : l'abréger")
    return lire_une(champ, texte)


def _exiger(champ: Donnee, dit: Mapping[str, str], avec: str) -> None:
    if not dit[champ.titre].strip():
        raise Refus(f"« {champ.titre} » est attendu avec « {avec} »")


def lire_saisie(
    registre: Affaires, une: Affaire, saisie: Mapping[str, Mapping[str, str]]
) -> tuple[Mapping[str, Any], ...]:
    """Return what the page of an affaire answers, {reference: {column: text}}.

    Raises:
        Refus: an answer cannot be taken; nothing is kept then.
    """
    procedure = une.procedure
    declare, demandes = du_classeur(procedure), champs(procedure)
    attendus = liste(registre, une)
    connus = {un.reference: un for un in attendus}
    lignes = []
    for reference, dits in saisie.items():
        un = connus.get(reference)
        textes = _textes(un, declare.colonnes) if un else dict.fromkeys(declare.colonnes, "")
        lignes.append(
            Ligne(
                f"cette page, {un.unite if un else reference}",
                {
                    TITRE_REFERENCE: reference,
                    **{declare.colonnes[nom]: dit for nom, dit in textes.items()},
                    **{champ.titre: dits.get(nom, "") for nom, champ in demandes.items()},
                },
            )
        )
    reponses, refusees = lire_lignes(procedure, lignes, attendus)
    if refusees:
        quoi = dire_refusees(refusees)
        raise Refus(quoi, que_faire="Rien n'a été gardé : corriger, puis recommencer.")
    return tuple(reponses)


def enregistrer(
    registre: Affaires, procedure: Procedure, lu: Lu, canal: str, *, vus: int | None = None
) -> Affaire:
    """Write what was read; raise Refus when this very file was read before.

    `vus` is how many events the person had before them.
    """
    declare, une = du_classeur(procedure), registre.lire(lu.affaire)
    fichiers = [{"nom": lu.nom, "sha256": lu.empreinte}] if lu.empreinte else []
    deja = {
        autre["sha256"]: un
        for un in une.situation.tous(declare.evenement)
        for autre in un.dit("fichiers") or ()
    }
    if lu.empreinte in deja:
        raise Refus(
            f"ce fichier a déjà été lu le {ecrire_jour(deja[lu.empreinte].saisi_le.date())}",
            lu.nom,
            "Rien n'a été ajouté.",
        )
    connues = procedure.evenements[declare.evenement].donnees
    donnees = {"canal": canal, declare.donnee: list(lu.lignes), "fichiers": fichiers}
    siennes = {nom: un for nom, un in donnees.items() if nom in connues}
    return registre.agir(lu.affaire, declare.evenement, siennes, vus=vus)
