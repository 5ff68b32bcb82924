"""The review of the users of the SNE: a list frozen, sent, answered, asked for, then checked.

One affaire a guichet. The list is a constat; events name accesses by the reference of its rows. A
returned workbook and any other way of answering are read by `lire_lignes`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import xlsxwriter

from infocentre.affaires import Affaire, Affaires, Constat, procedures
from infocentre.affaires.donnees import Donnees, ReponseAcces, Vu
from infocentre.affaires.gardes import RESTENT, reponses_de_revue
from infocentre.affaires.reglages import reglages_de
from infocentre.contrat.territoires import nom_departement
from infocentre.demarches.classeur import REFERENCE, Cas, cas
from infocentre.demarches.doublons.decrire import noms_des_guichets
from infocentre.demarches.message import Message, Piece, lien
from infocentre.demarches.reponses import lire_octets, ouvrir_rendu
from infocentre.demarches.texte import rediger
from infocentre.lecture.acces_sne import Departs, Utilisateur, departs, utilisateurs
from infocentre.lecture.commun import catalogue, mois_controles
from infocentre.lecture.commun import registre as inscrits_au
from infocentre.lecture.lecteur import Lecture
from infocentre.livraisons import feuilles
from infocentre.livraisons.feuilles import Ligne, comparable
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import compter
from infocentre.noyau.temps import fin_de_mois
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.restitutions.bureautique.paquet import figer
from infocentre.restitutions.document import Cellule, Colonne, Document, Tableau
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.service import lire_service

PROCEDURE = "revue_des_acces"
SUJET = "revue des accès"
PAGE, MESSAGE = "/acces", "acces/envoi.txt"
REPONDENT = frozenset({"envoyee", "repondue", "demandee"})
FEUILLE = "Accès"
MAINTENIR, FERMER, MODIFIER = CHOIX = tuple(
    procedures()[PROCEDURE].evenements["repondre"].donnees["reponses"].colonnes["reponse"].choix
)
FORMES_DU_RELEVE = ("pdf", "xlsx", "docx")
TITRES = ("Référence", "Utilisateur", "Ouvert le", "Accès", "Votre réponse", "Précision")
CLES = ("Référence", "Utilisateur", "Votre réponse")  # without which nothing is read
PRECISION_MAX = 500
SORTS: Mapping[str, str] = (
    procedures()[PROCEDURE].evenements["constater"].donnees["sorts"].colonnes["sort"].choix
)


@dataclass(frozen=True, slots=True)
class Lu:
    """What a returned workbook answers, and rows refused."""

    affaire: str
    reponses: tuple[ReponseAcces, ...]
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
        if un["ouvert"]:
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
    return Constat(
        departement,
        siens[0]["guichet"],
        nom,
        PROCEDURE,
        "Accès ouverts au SNE",
        procedures()[PROCEDURE].version,
        mois,
        version,
        sum(bool(un["anomalies"]) for un in siens),
        len(siens),
        None,
        None,
        "",
        "stock",
        mois,
        tuple(
            (un["id_utilisateur"], "", un["date_ouverture"].isoformat(), _dire(un)) for un in siens
        ),
    )


def _dire(un: Utilisateur) -> str:
    connexion, depart = un["date_derniere_connexion"], un["date_depart"]
    dits = [
        un["profil"],
        f"dernière connexion le {ecrire_jour(connexion)}" if connexion else "aucune connexion",
        f"départ déclaré le {ecrire_jour(depart)}" if depart else "",
        *(catalogue().indicateurs[code].compte or code for code in un["anomalies"]),
    ]
    return " ; ".join(filter(None, dits))


def acces_de(registre: Affaires, une: Affaire) -> list[Cas]:
    """Return the accesses of a review, frozen: `unite` is the identifiant of the user."""
    return list(cas(registre.constats(une.constats)))


def vue(v: Lecture, une: Affaire) -> bool:
    """Tell whether a reader sees a review: all of them, or those sent to its guichets."""
    if not v.p.nominatif or not v.p.voit(une.departement):
        return False
    envoyee = une.situation.dernier("envoyer") is not None
    return not v.p.partiel or (envoyee and v.p.voit_guichet(une.objet))


def revues(v: Lecture, registre: Affaires, departement: str) -> list[Affaire]:
    """Return the reviews of a département that the reader sees, the oldest first."""
    toutes = registre.lister(departement, procedure=PROCEDURE, finies=True)
    return [une for une in toutes if vue(v, une)]


def revue(v: Lecture, registre: Affaires, id_: str) -> Affaire:
    """Return a review that the reader sees; raise Refus."""
    une = registre.lire(id_)
    if une.situation.procedure.code != PROCEDURE or not vue(v, une):
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
    lues = feuilles.ouvrir(contenu, faux)
    dites = feuilles.references(lues, {"affaire", "constat"})
    if len(dites.get("affaire", ())) != 1:
        raise faux
    une = revue(v, registre, dites["affaire"][0])
    if tuple(dites.get("constat", ())) != une.constats:
        raise Refus(
            f"ce classeur ne porte pas la liste de l'affaire {une.id}",
            nom,
            "Faire remplir le classeur envoyé.",
        )
    listes = feuilles.lire_tables(lues, TITRES, CLES, TITRES[4:])
    if not listes:
        raise faux
    lignes = [ligne for liste in listes for ligne in liste.lignes]
    reponses, refusees = lire_lignes(lignes, acces_de(registre, une))
    refusees = [*(dit for liste in listes for dit in liste.refusees), *refusees]
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
    lignes: Iterable[Ligne], attendus: Iterable[Cas]
) -> tuple[list[ReponseAcces], list[str]]:
    """Return the answers of rows, and why others are refused, in order.

    The same answer twice is one; of two that differ, which one holds is asked.
    """
    connus, reponses = {un.reference: un for un in attendus}, dict[str, ReponseAcces]()
    places, contredites = dict[str, str](), dict[str, str]()
    refusees = []
    for ou, dit in lignes:
        reference, reponse = dit["Référence"].upper(), comparable(dit["Votre réponse"])
        if not reponse and not dit["Précision"]:
            continue
        if faute := _faute(dit, connus.get(reference), reponse):
            refusees.append(f"{ou} : {faute}")
            continue
        lue: ReponseAcces = {
            "reference": reference,
            "reponse": reponse,
            "precision": dit["Précision"],
        }
        place = places.setdefault(reference, ou)
        if reponses.setdefault(reference, lue) != lue:
            contredites[reference] = (
                f"{place} ; {ou} : la référence {reference} a deux réponses différentes"
            )
    gardees = [lue for reference, lue in reponses.items() if reference not in contredites]
    return gardees, [*refusees, *contredites.values()]


def _faute(dit: Mapping[str, str], un: Cas | None, reponse: str) -> str:
    if un is None:
        return f"la référence « {dit['Référence'][:20]} » n'est pas l'une de celles envoyées"
    if dit["Utilisateur"] != un.unite:
        return f"l'utilisateur n'est pas celui de la référence {un.reference}"
    if reponse not in CHOIX:
        return f"« {dit['Votre réponse'][:30]} » n'est pas l'un de {', '.join(CHOIX)}"
    if reponse == MODIFIER and not dit["Précision"]:
        return "une précision est attendue : ce qui est à modifier"
    if len(dit["Précision"]) > PRECISION_MAX:
        return f"la précision dépasse {compter(PRECISION_MAX, 'lettre')} : l'abréger"
    return ""


def lire_saisie(registre: Affaires, une: Affaire, saisie: Mapping[str, str]) -> Lu:
    """Return what the page of a review answers, {« reference.reponse » or « .precision »: text}.

    What was answered before and is the same is not answered again.

    Raises:
        Refus: an answer cannot be taken, or none is new.
    """
    attendus = acces_de(registre, une)
    connus = {un.reference: un.unite for un in attendus}
    lignes = [
        Ligne(
            f"cette page, {connus.get(reference, reference)}",
            {
                "Référence": reference,
                "Utilisateur": connus.get(reference, ""),
                "Votre réponse": saisie.get(f"{reference}.reponse", "").strip(),
                "Précision": saisie.get(f"{reference}.precision", "").strip(),
            },
        )
        for reference in dict.fromkeys(nom.partition(".")[0] for nom in saisie)
    ]
    reponses, refusees = lire_lignes(lignes, attendus)
    if refusees:
        raise Refus(refusees[0], que_faire="Rien n'a été gardé : corriger, puis recommencer.")
    deja = reponses_de_revue(une.situation)
    neuves = tuple(un for un in reponses if un != deja.get(un["reference"]))
    if not neuves:
        raise Refus(
            "aucune réponse n'est nouvelle", que_faire="Choisir maintenir, fermer ou modifier."
        )
    return Lu(une.id, neuves, ())


def enregistrer(
    registre: Affaires, lu: Lu, canal: str = "courriel", *, vus: int | None = None
) -> Affaire:
    """Write what was read; raise Refus when this very file was read before.

    `vus` is how many events the person had before them.
    """
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
    return registre.agir(lu.affaire, "repondre", donnees, vus=vus)


# --- What is asked, and what the next delivery shows ----------------------------------------------


def changements(une: Affaire) -> dict[str, ReponseAcces]:
    """Return {reference: its answer} of the accesses that the guichet wants closed or changed."""
    return {
        reference: dite
        for reference, dite in reponses_de_revue(une.situation).items()
        if dite["reponse"] != MAINTENIR
    }


def a_demander(une: Affaire) -> list[ReponseAcces]:
    """Return what is to be asked of the administrator of the SNE, [] when it already is."""
    voulus = list(changements(une).values())
    return voulus if une.etat in {"repondue", "demandee"} and voulus != _demandes(une) else []


def demander(registre: Affaires, departement: str) -> list[Affaire]:
    """Record as asked of the administrator of the SNE what was answered and not asked yet."""
    return [
        registre.agir(une.id, "demander", {"changements": voulus})
        for une in registre.lister(departement, procedure=PROCEDURE)
        if (voulus := a_demander(une))
    ]


def issues(une: Affaire, registre: Affaires) -> dict[str, str]:
    """Return the ways in which a review may be closed now, as people read them."""
    regle = une.situation.procedure.evenements["clore"]
    return {
        code: dit
        for code, dit in regle.donnees["issue"].choix.items()
        if not registre.contre(une.id, "clore", {"issue": code})
    }


def _demandes(une: Affaire) -> list[ReponseAcces]:
    demande = une.situation.dernier("demander")
    return demande.donnees["changements"] if demande else []


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
        sorts = _sorts(registre, une, livres)
        sans_reponse = nombre(une) > len(reponses_de_revue(une.situation))
        reste = sans_reponse or any(un["sort"] in RESTENT for un in sorts)
        donnees = {"livraison": mois, "mois": mois, "sorts": sorts}
        suites.append(registre.agir(une.id, "dementir" if reste else "constater", donnees))
    return suites


def nombre(une: Affaire) -> int:
    """Return how many accesses the frozen list has."""
    return len(_lignes(une))


def _lignes(une: Affaire) -> dict[str, str]:
    """Return {reference: profile} of the frozen list."""
    debut = une.situation.evenements[0]
    return {un["reference"]: un["profil"] for un in debut.donnees["lignes"]}


def _sorts(registre: Affaires, une: Affaire, livres: Mapping[str, Utilisateur]) -> list[Vu]:
    profils, siens = _lignes(une), {un.reference: un for un in acces_de(registre, une)}
    sorts: list[Vu] = []
    for dite in _demandes(une):
        reference = dite["reference"]
        un = livres.get(siens[reference].unite)
        if un is None:
            sort = "absent"
        elif not un["ouvert"]:
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
        (
            Cellule(un.unite),
            Cellule(dt.date.fromisoformat(un.jour)),
            Cellule(un.explication),
            Cellule("…" * 8),
        )
        for un in cas([dit])
    )
    colonnes = (
        Colonne("Utilisateur"),
        Colonne("Ouvert le", "date"),
        Colonne("Accès"),
        Colonne("Maintenir, fermer ou modifier"),
    )
    contenu = Revue(
        Tableau("acces", "", colonnes, lignes),
        dit.denominateur,
        dit.numerateur,
        une.reglages["delai_reponse"],
    )
    return _document(
        v, une.departement, f"{dit.nom} ({une.objet})", "Revue des accès au SNE", contenu, le
    )


def releve(v: Lecture, registre: Affaires, departement: str, le: dt.date) -> Document:
    """Return what is asked of the administrator of the SNE, and the hours to closing by guichet."""
    exiger_revue(v, departement)
    noms = noms_des_guichets(v, departement)
    lignes = tuple(
        (
            Cellule(une.id),
            Cellule(noms.get(une.objet, une.objet)),
            Cellule(acces.unite),
            Cellule(dite["reponse"]),
            Cellule(dite["precision"]),
            Cellule(vu),
        )
        for une in registre.lister(departement, procedure=PROCEDURE)
        for acces, dite, vu in suivi(registre, une)
    )
    titres = ("Affaire", "Guichet", "Utilisateur", "À faire", "Précision", "Dernière livraison")
    liste = Tableau("demandes", "", tuple(map(Colonne, titres)), lignes) if lignes else None
    contenu = Demandes(liste, len(lignes), _departs(v, departement, noms))
    return _document(
        v, departement, "Administrateur du SNE", "Accès à fermer ou à modifier", contenu, le
    )


def suivi(registre: Affaires, une: Affaire) -> list[tuple[Cas, ReponseAcces, str]]:
    """Return (access, answer, what the last delivery shows) of what was asked in a review."""
    siens = {un.reference: un for un in acces_de(registre, une)}
    sorts = sorts_vus(une)
    return [
        (siens[dite["reference"]], dite, sorts.get(dite["reference"], ""))
        for dite in _demandes(une)
    ]


def sorts_vus(une: Affaire) -> dict[str, str]:
    """Return {reference: what the last delivery that was looked at shows of it}."""
    vu = une.situation.dernier("constater", "dementir")
    return {un["reference"]: SORTS[un["sort"]] for un in vu.donnees["sorts"]} if vu else {}


@dataclass(frozen=True, slots=True)
class Etat:
    """The accesses of a guichet as the newest delivery shows them."""

    guichet: str
    ouverts: int
    a_regarder: int
    departs: Departs | None


def etats(v: Lecture, departement: str) -> list[Etat]:
    """Return the accesses by guichet that the reader sees: those of people gone first."""
    livraison = v.version.de(departement)[-1]
    tous = utilisateurs(v, livraison)
    partis = {un.guichet: un for un in departs(tous, fin_de_mois(livraison.mois))}
    siens: dict[str, list[Utilisateur]] = {}
    for un in tous:
        siens.setdefault(un["guichet"], []).append(un)
    lus = [
        Etat(
            guichet,
            sum(un["ouvert"] for un in leurs),
            sum(bool(un["anomalies"]) for un in leurs),
            partis.get(guichet),
        )
        for guichet, leurs in siens.items()
    ]
    return sorted(
        lus,
        key=lambda un: (
            -(un.departs.encore_ouverts if un.departs else 0),
            -un.a_regarder,
            un.guichet,
        ),
    )


def _departs(v: Lecture, departement: str, noms: Mapping[str, str]) -> Tableau | None:
    livraison = v.version.de(departement)[-1]
    lus = departs(utilisateurs(v, livraison), fin_de_mois(livraison.mois))
    if not lus:
        return None
    lignes = tuple((Cellule(noms.get(un.guichet, un.guichet)), *map(Cellule, un[1:])) for un in lus)
    titres = (
        "Départs",
        "Fermés",
        "Le jour même",
        "Heures (médiane)",
        "Heures (maximum)",
        "Encore ouverts",
        "Depuis (heures)",
    )
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


# --- Sending --------------------------------------------------------------------------------------


def pieces(v: Lecture, registre: Affaires, une: Affaire) -> tuple[Piece, ...]:
    """Return the workbook of a review, and its list to sign."""
    papier = liste_a_signer(v, registre, une, registre.aujourdhui)
    nom = f"acces-{une.objet}-{une.id}"
    return (
        Piece(f"{nom}.xlsx", classeur(registre, une)),
        Piece(f"{nom}.pdf", FORMES["pdf"](papier)),
    )


def donnees_d_envoi(jointes: Iterable[Piece], canal: str) -> Donnees:
    """Return what the sending of a list keeps: by where, each file and its sha256."""
    return {
        "canal": canal,
        "fichiers": [{"nom": un.nom, "sha256": un.empreinte} for un in jointes],
    }


def preparer(v: Lecture, registre: Affaires, une: Affaire, a: Iterable[str] = ()) -> Message:
    """Return the message that takes a list to its guichet, at the address of the register.

    A guichet that has an account answers in the application: no identifiant leaves by mail.

    Raises:
        Refus: no address is known.
    """
    dits, vers = registre.constats(une.constats), tuple(a) or _adresses(v, une)
    if not vers:
        raise Refus(
            "aucune adresse électronique n'est connue pour ce guichet",
            f"affaire {une.id}",
            "Remettre la liste autrement, puis dire par où : --canal courrier.",
        )
    ici = lien(v, une, dits, PAGE)
    service = lire_service(v.dossier.racine)
    delai = une.reglages["delai_reponse"]
    objet, corps = rediger(
        MESSAGE,
        {
            "guichet": dits[0].nom,
            "code": une.objet,
            "arrete": fin_de_mois(dits[0].mois),
            "total": dits[0].denominateur,
            "a_regarder": dits[0].numerateur,
            "relance": une.etat == "envoyee",
            "limite": une.echeance.due
            if une.echeance
            else registre.aujourdhui + dt.timedelta(days=delai),
            "lien": ici,
            "contact": service.contact or service.nom,
            "signature": "\n".join(filter(None, [service.auteur, service.nom])),
            "reference": une.id,
        },
    )
    jointes = () if ici else pieces(v, registre, une)
    return Message(une.id, "envoyer", vers, objet, corps, jointes)


def _adresses(v: Lecture, une: Affaire) -> tuple[str, ...]:
    """Return the address that the register of the last controlled month gives to a guichet."""
    mois = mois_controles(v, une.departement)
    inscrits = inscrits_au(v, une.departement, mois[-1]) if mois else []
    dites = [
        (un["courriel"] or "").strip().lower() for un in inscrits if un["guichet"] == une.objet
    ]
    return tuple(un for un in dites if "@" in un)
