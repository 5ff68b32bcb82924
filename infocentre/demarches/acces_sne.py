"""The review of the users of the SNE: a list frozen, sent, answered, asked for, then checked.

One affaire a guichet. The list is a constat; events name accesses by the reference of its rows. A
returned workbook and any other way of answering are read by `lire_lignes`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import xlsxwriter

from infocentre.affaires import Affaire, Affaires, Constat, procedures
from infocentre.affaires.gardes import reponses_de_revue
from infocentre.affaires.reglages import reglages_de
from infocentre.contrat.territoires import nom_departement
from infocentre.demarches.classeur import REFERENCE, Cas, cas
from infocentre.demarches.doublons.decrire import noms_des_guichets
from infocentre.demarches.reponses import (
    Lignes,
    cellule,
    comparable,
    lire_octets,
    ouvrir_rendu,
)
from infocentre.lecture.acces_sne import Utilisateur, departs, ouvert, parti, utilisateurs
from infocentre.lecture.lecteur import Lecture
from infocentre.livraisons.classeurs import lire_feuilles
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import fin_de_mois
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.restitutions.bureautique.paquet import figer
from infocentre.restitutions.document import Cellule, Colonne, Document, Tableau
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.service import lire_service

PROCEDURE = "revue_des_acces"
SUJET = "revue des accès"
FEUILLE = "Accès"
MAINTENIR, FERMER, MODIFIER = "maintenir", "fermer", "modifier"
CHOIX = (MAINTENIR, FERMER, MODIFIER)
TITRES = ("Référence", "Utilisateur", "Ouvert le", "Accès", "Votre réponse", "Précision")
SORTS: Mapping[str, str] = {
    "ferme": "fermé",
    "ouvert": "encore ouvert",
    "modifie": "modifié",
    "inchange": "pas modifié",
    "absent": "absent de la livraison",
}
RESTE = frozenset({"ouvert", "inchange"})


@dataclass(frozen=True, slots=True)
class Lu:
    """What a returned workbook answers, {reference, reponse, precision}, and rows refused."""

    affaire: str
    reponses: tuple[dict[str, str], ...]
    refusees: tuple[str, ...]
    nom: str = ""
    empreinte: str = ""


def exiger_revue(v: Lecture, departement: str) -> None:
    """Raise Refus to who may not read who has an access in all the département."""
    v.exiger_nominatif()
    v.exiger_departements("La revue des accès")
    if not v.p.voit(departement):
        raise Refus("ce département n'est pas ouvert à ce compte")


# --- The list -------------------------------------------------------------------------------------


def proposer(
    v: Lecture, registre: Affaires, departement: str, guichets: Sequence[str] = ()
) -> list[Affaire]:
    """Freeze the list of each guichet whose last review is old enough, of these alone if named.

    Run twice, it does nothing the second time.
    """
    exiger_revue(v, departement)
    procedure, livraison = procedures()[PROCEDURE], v.version.de(departement)[-1]
    arrete, periode = fin_de_mois(livraison.mois), reglages_de(procedure)["periode"]
    siens: dict[str, list[Utilisateur]] = {}
    for un in utilisateurs(v, livraison):
        if ouvert(un, arrete):
            siens.setdefault(un["guichet"], []).append(un)
    if inconnus := [un for un in guichets if un not in siens]:
        raise Refus(
            f"le guichet « {inconnus[0][:10]} » n'a pas d'accès ouvert au {ecrire_jour(arrete)}",
            que_faire="Vérifier son code dans l'annuaire des guichets.",
        )
    faites = registre.lister(departement, procedure=PROCEDURE, finies=True)
    recentes = {
        une.objet
        for une in faites
        if not une.situation.finie or (registre.aujourdhui - une.ouverte_le).days < periode
    }
    noms = noms_des_guichets(v, departement)
    ouvertes = []
    for guichet in guichets or sorted(siens):
        if guichet in recentes:
            continue
        nom = noms.get(guichet, guichet)
        dit = _figer(siens[guichet], departement, nom, livraison.mois, v.version.numero)
        profils = {un["id_utilisateur"]: un["profil"] for un in siens[guichet]}
        lignes = [{"reference": un.reference, "profil": profils[un.unite]} for un in cas([dit])]
        donnees = {"mois": livraison.mois, "lignes": lignes}
        ouvertes.append(
            registre.ouvrir(
                procedure, departement, guichet, SUJET, donnees, constats_=[dit], seule=True
            )
        )
    return ouvertes


def _figer(
    siens: Sequence[Utilisateur], departement: str, nom: str, mois: str, version: int
) -> Constat:
    arrete = fin_de_mois(mois)
    return Constat(
        departement,
        siens[0]["guichet"],
        nom,
        PROCEDURE,
        "Accès ouverts au SNE",
        procedures()[PROCEDURE].version,
        mois,
        version,
        sum(parti(un, arrete) or un["inactif"] for un in siens),
        len(siens),
        None,
        None,
        "",
        "stock",
        mois,
        tuple(
            (un["id_utilisateur"], "", un["date_ouverture"].isoformat(), _dire(un, arrete))
            for un in siens
        ),
    )


def _dire(un: Utilisateur, arrete: dt.date) -> str:
    connexion, depart = un["date_derniere_connexion"], un["date_depart"]
    dits = [
        un["profil"],
        f"dernière connexion le {ecrire_jour(connexion)}" if connexion else "aucune connexion",
    ]
    if depart and parti(un, arrete):
        dits.append(f"départ déclaré le {ecrire_jour(depart)}, à fermer")
    elif un["inactif"]:
        dits.append("rien depuis plus de six mois")
    return " ; ".join(filter(None, dits))


def acces_de(registre: Affaires, une: Affaire) -> list[Cas]:
    """Return the accesses of a review, frozen: `unite` is the identifiant of the user."""
    return list(cas(registre.constats(une.constats)))


def revue(v: Lecture, registre: Affaires, id_: str) -> Affaire:
    """Return a review of a département that the reader sees; raise Refus."""
    une = registre.lire(id_)
    if une.situation.procedure.code != PROCEDURE or not v.p.voit(une.departement):
        raise Refus(
            f"l'affaire « {id_[:24]} » n'est pas une revue des accès",
            que_faire="Les revues : infocentre acces lister",
        )
    return une


def classeur(registre: Affaires, une: Affaire) -> bytes:
    """Return the workbook of a review, a drop-down answer a row; the same list, the same bytes."""
    dits = registre.constats(une.constats)
    lignes, arrete, tampon = list(cas(dits)), fin_de_mois(dits[0].mois), io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(tampon, options) as livre:
        livre.set_properties({"created": dt.datetime.combine(arrete, dt.time(), dt.UTC)})
        titre = livre.add_format({"bold": True, "bg_color": "#E3E3FD", "text_wrap": True})
        saisie = livre.add_format({"bg_color": "#FFF9E0", "text_wrap": True})
        feuille = livre.add_worksheet(FEUILLE)
        feuille.write_row(0, 0, TITRES, titre)
        for rang, un in enumerate(lignes, start=1):
            textes = (un.reference, un.unite, ecrire_jour(un.jour), un.explication)
            for colonne, texte in enumerate(textes):
                feuille.write_string(rang, colonne, texte)
            feuille.write_blank(rang, 4, None, saisie)
            feuille.write_blank(rang, 5, None, saisie)
        feuille.data_validation(1, 4, len(lignes), 4, {"validate": "list", "source": list(CHOIX)})
        feuille.freeze_panes(1, 1)
        for colonne, largeur in enumerate((15, 16, 12, 60, 16, 40)):
            feuille.set_column(colonne, colonne, largeur)
        reference = livre.add_worksheet(REFERENCE)
        reference.set_column(0, 1, 40)
        reference.write_row(0, 0, ("affaire", une.id))
        reference.write_row(1, 0, ("constat", dits[0].id))
    return figer(tampon.getvalue(), arrete)


# --- The answers ----------------------------------------------------------------------------------


def lire(v: Lecture, registre: Affaires, chemin: Path) -> Lu:
    """Read a returned .xlsx, or an .eml that carries it; nothing is written.

    Raises:
        Refus: it is no such workbook, it answers to another list, or nothing in it is an answer.
    """
    octets = lire_octets(chemin)
    _, contenu, nom = ouvrir_rendu(chemin.name, octets)
    faux = Refus(
        "ce n'est pas le classeur d'une revue des accès",
        nom,
        "Rendre le classeur .xlsx tel qu'il a été reçu, rempli.",
    )
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as fichier:
        fichier.write(contenu)
        fichier.flush()
        lignes, references = lire_feuilles(Path(fichier.name), (FEUILLE, REFERENCE), faux)
    dites = {un[0]: un[1].strip() for un in references if len(un) > 1}
    if not lignes or not dites.get("affaire"):
        raise faux
    une = revue(v, registre, dites["affaire"])
    if (dites.get("constat"),) != une.constats:
        raise Refus(
            f"ce classeur ne porte pas la liste de l'affaire {une.id}",
            nom,
            "Faire remplir le classeur envoyé.",
        )
    reponses, refusees = lire_lignes(lignes, acces_de(registre, une), f"feuille « {FEUILLE} »")
    if not reponses:
        dit = f" ({refusees[0]})" if refusees else ""
        raise Refus(
            f"ce classeur ne contient aucune réponse{dit}",
            nom,
            "Choisir maintenir, fermer ou modifier pour un accès au moins.",
        )
    empreinte = hashlib.sha256(octets).hexdigest()
    return Lu(une.id, tuple(reponses), tuple(refusees), nom, empreinte)


def lire_lignes(
    lignes: Lignes, attendus: Iterable[Cas], ou: str
) -> tuple[list[dict[str, str]], list[str]]:
    """Return the answers of rows under their titles, and why others are refused, in order."""
    connus, reponses = {un.reference: un for un in attendus}, dict[str, dict[str, str]]()
    colonnes = {comparable(nom): rang for rang, nom in enumerate(lignes[0])}
    if manquent := [nom for nom in TITRES if comparable(nom) not in colonnes]:
        return [], [f"{ou} : il manque la colonne « {manquent[0]} »"]
    refusees = []
    for numero, ligne in enumerate(lignes[1:], start=2):
        dit = {nom: cellule(ligne, colonnes[comparable(nom)]) for nom in TITRES}
        reference, reponse = dit["Référence"].upper(), comparable(dit["Votre réponse"])
        if not reponse and not dit["Précision"]:
            continue
        if faute := _faute(dit, connus.get(reference), reponse, deja=reference in reponses):
            refusees.append(f"{ou}, ligne {numero} : {faute}")
            continue
        reponses[reference] = {
            "reference": reference, "reponse": reponse, "precision": dit["Précision"][:500],
        }  # fmt: skip
    return list(reponses.values()), refusees


def _faute(dit: Mapping[str, str], un: Cas | None, reponse: str, *, deja: bool) -> str:
    if un is None:
        return f"la référence « {dit['Référence'][:20]} » n'est pas l'une de celles envoyées"
    if deja:
        return f"la référence {un.reference} a déjà sa réponse plus haut"
    if dit["Utilisateur"] != un.unite:
        return f"l'utilisateur n'est pas celui de la référence {un.reference}"
    if reponse not in CHOIX:
        return f"« {dit['Votre réponse'][:30]} » n'est pas l'un de {', '.join(CHOIX)}"
    if reponse == MODIFIER and not dit["Précision"]:
        return "une précision est attendue : ce qui est à modifier"
    return ""


def enregistrer(registre: Affaires, lu: Lu, canal: str = "courriel") -> Affaire:
    """Write what was read; raise Refus when this very file was read before."""
    une = registre.lire(lu.affaire)
    fichiers = [{"nom": lu.nom, "sha256": lu.empreinte}] if lu.empreinte else []
    for un in une.situation.tous("repondre"):
        if fichiers and fichiers[0]["sha256"] in {
            autre["sha256"] for autre in un.donnees.get("fichiers", [])
        }:
            raise Refus(
                f"ce fichier a déjà été lu le {ecrire_jour(un.saisi_le.date())}",
                lu.nom,
                "Rien n'a été ajouté.",
            )
    donnees = {"canal": canal, "reponses": list(lu.reponses), "fichiers": fichiers}
    return registre.agir(lu.affaire, "repondre", donnees)


# --- What is asked, and what the next delivery shows ----------------------------------------------


def changements(une: Affaire) -> dict[str, Mapping[str, str]]:
    """Return {reference: its answer} of the accesses that the guichet wants closed or changed."""
    return {
        reference: dite
        for reference, dite in reponses_de_revue(une.situation).items()
        if dite["reponse"] != MAINTENIR
    }


def demander(registre: Affaires, departement: str) -> list[Affaire]:
    """Record as asked of the administrator of the SNE what was answered and not asked yet."""
    faites = []
    for une in registre.lister(departement, procedure=PROCEDURE):
        voulus = list(changements(une).values())
        if une.etat in {"repondue", "demandee"} and voulus and voulus != _demandes(une):
            faites.append(registre.agir(une.id, "demander", {"changements": voulus}))
    return faites


def _demandes(une: Affaire) -> list[Mapping[str, str]]:
    demande = une.situation.dernier("demander")
    return list(demande.donnees["changements"]) if demande else []


def passer(v: Lecture, registre: Affaires, departement: str) -> list[Affaire]:
    """Check what was asked by the newest delivery; done twice, it does nothing more."""
    demandees = [
        une for une in registre.lister(departement, procedure=PROCEDURE) if une.etat == "demandee"
    ]
    if not demandees:
        return []
    livraison = v.version.de(departement)[-1]
    mois, arrete = livraison.mois, fin_de_mois(livraison.mois)
    livres = {un["id_utilisateur"]: un for un in utilisateurs(v, livraison)}
    if not livres:
        return []  # a delivery without its users shows nothing
    suites = []
    for une in demandees:
        demande = une.situation.dernier("demander")
        vus = [un.donnees["mois"] for un in une.situation.tous("dementir")]
        if demande is None or demande.jour > arrete or max(vus, default="") >= mois:
            continue
        sorts = _sorts(registre, une, livres, arrete)
        sans_reponse = len(_lignes(une)) > len(reponses_de_revue(une.situation))
        reste = sans_reponse or any(un["sort"] in RESTE for un in sorts)
        donnees = {"livraison": mois, "mois": mois, "sorts": sorts}
        suites.append(registre.agir(une.id, "dementir" if reste else "constater", donnees))
    return suites


def _lignes(une: Affaire) -> dict[str, str]:
    """Return {reference: profile} of the frozen list."""
    debut = une.situation.evenements[0]
    return {un["reference"]: un["profil"] for un in debut.donnees["lignes"]}


def _sorts(
    registre: Affaires, une: Affaire, livres: Mapping[str, Utilisateur], arrete: dt.date
) -> list[dict[str, str]]:
    profils, siens = _lignes(une), {un.reference: un for un in acces_de(registre, une)}
    sorts = []
    for dite in _demandes(une):
        reference = dite["reference"]
        un = livres.get(siens[reference].unite)
        if un is None:
            sort = "absent"
        elif not ouvert(un, arrete):
            sort = "ferme"
        elif dite["reponse"] == FERMER:
            sort = "ouvert"
        else:
            avant = (une.objet, profils[reference])
            sort = "inchange" if (un["guichet"], un["profil"]) == avant else "modifie"
        sorts.append({"reference": reference, "sort": sort})
    return sorts


# --- Documents ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Revue(Contenu):
    """The list of a guichet, to be answered by hand and signed."""

    modele: ClassVar[str] = "acces/revue.md"

    liste: Tableau
    total: int
    a_regarder: int
    delai: int


@dataclass(frozen=True)
class Demandes(Contenu):
    """What is asked of the administrator of the SNE, with what deliveries show of it."""

    modele: ClassVar[str] = "acces/demandes.md"

    liste: Tableau | None
    total: int
    departs: Tableau | None


def liste_a_signer(v: Lecture, registre: Affaires, une: Affaire, le: dt.date) -> Document:
    """Return the list of a guichet on paper."""
    (dit,) = registre.constats(une.constats)
    lignes = tuple(
        (Cellule(un.unite), Cellule(dt.date.fromisoformat(un.jour)), Cellule(un.explication),
         Cellule("…" * 8))
        for un in cas([dit])
    )  # fmt: skip
    colonnes = (Colonne("Utilisateur"), Colonne("Ouvert le", "date"), Colonne("Accès"),
                Colonne("Maintenir, fermer ou modifier"))  # fmt: skip
    contenu = Revue(
        Tableau("acces", "", colonnes, lignes),
        dit.denominateur,
        dit.numerateur,
        reglages_de(une.situation.procedure)["delai_reponse"],
    )
    return _document(
        v, une.departement, f"{dit.nom} ({une.objet})", "Revue des accès au SNE", contenu, le
    )


def releve(v: Lecture, registre: Affaires, departement: str, le: dt.date) -> Document:
    """Return what is asked of the administrator of the SNE, and the hours to closing by guichet."""
    exiger_revue(v, departement)
    noms = noms_des_guichets(v, departement)
    lignes = tuple(
        (Cellule(une.id), Cellule(noms.get(une.objet, une.objet)), Cellule(acces.unite),
         Cellule(dite["reponse"]), Cellule(dite["precision"]), Cellule(vu))
        for une in registre.lister(departement, procedure=PROCEDURE)
        for acces, dite, vu in suivi(registre, une)
    )  # fmt: skip
    titres = ("Affaire", "Guichet", "Utilisateur", "À faire", "Précision", "Dernière livraison")
    liste = Tableau("demandes", "", tuple(map(Colonne, titres)), lignes) if lignes else None
    contenu = Demandes(liste, len(lignes), _departs(v, departement, noms))
    return _document(
        v, departement, "Administrateur du SNE", "Accès à fermer ou à modifier", contenu, le
    )


def suivi(registre: Affaires, une: Affaire) -> list[tuple[Cas, Mapping[str, str], str]]:
    """Return (access, answer, what the last delivery shows) of what was asked in a review."""
    siens = {un.reference: un for un in acces_de(registre, une)}
    vu = une.situation.dernier("constater", "dementir")
    sorts = {un["reference"]: SORTS[un["sort"]] for un in vu.donnees["sorts"]} if vu else {}
    return [
        (siens[dite["reference"]], dite, sorts.get(dite["reference"], ""))
        for dite in _demandes(une)
    ]


def _departs(v: Lecture, departement: str, noms: Mapping[str, str]) -> Tableau | None:
    livraison = v.version.de(departement)[-1]
    lus = departs(utilisateurs(v, livraison), fin_de_mois(livraison.mois))
    if not lus:
        return None
    lignes = tuple((Cellule(noms.get(un.guichet, un.guichet)), *map(Cellule, un[1:])) for un in lus)
    titres = ("Départs", "Fermés", "Le jour même", "Heures (médiane)", "Heures (maximum)",
              "Encore ouverts", "Depuis (heures)")  # fmt: skip
    colonnes = (Colonne("Guichet"), *(Colonne(un, "nombre") for un in titres))
    return Tableau("departs", "", colonnes, lignes)


def _document(
    v: Lecture, departement: str, nom: str, titre: str, contenu: Contenu, le: dt.date
) -> Document:
    return Document(
        "courriers",
        nom,
        nom_departement(departement),
        titre,
        fin_de_mois(v.version.de(departement)[-1].mois),
        v.version.numero,
        contenu.rediger(),
        mentions={"Date": f"{le:%d/%m/%Y}"},
        partage=False,
        service=lire_service(v.dossier.racine),
        edite=le,
    )


def donnees_d_envoi(fichiers: Iterable[tuple[str, bytes]], canal: str) -> dict[str, Any]:
    """Return what the sending of a list keeps: by where, each file and its sha256."""
    scelles = [{"nom": n, "sha256": hashlib.sha256(o).hexdigest()} for n, o in fichiers]
    return {"canal": canal, "fichiers": scelles}
