"""The form by which a guichet tells of duplicates: checked the same on a page and from a workbook.

Nothing of it is believed. Choices are lists: no free text, which could name a person, is asked
for nor kept. The workbook is read in a process with limits; each row is a case, and each that is
refused says why.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.analystes.fichier import cle
from infocentre.contrat.numeros import est_numero
from infocentre.decisions import Magasin
from infocentre.decisions.doublons import membre
from infocentre.demarches.rendus import lire_octets
from infocentre.lecture.commun import noms_des_guichets
from infocentre.lecture.doublons.demandes import ACTIVE, Etat, guichets_de, lire_etats
from infocentre.lecture.doublons.paires import PROCEDURE
from infocentre.lecture.lecteur import Lecture
from infocentre.livraisons import feuilles
from infocentre.livraisons.classeurs import FeuilleLue
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import compter, enumerer, majuscule, simplifier
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.procedures.doublons.decider import ouvrir, sujet
from infocentre.procedures.doublons.gardes import DEMANDES_MAX, DEMANDES_MIN
from infocentre.restitutions.bureautique.paquet import figer

FEUILLE, REFERENCE = "Formulaire", "Référence"
LIGNES = 30
OCTETS_MAX = 5 << 20
RANGS = tuple(f"Demande {rang}" for rang in range(1, DEMANDES_MAX + 1))
GARDER, DONNEES, POURQUOI = "À conserver", "Données à conserver", "Pourquoi"
TITRES = (*RANGS, GARDER, DONNEES, POURQUOI)
REMPLIR = "Demander le formulaire de nouveau, et le remplir sans changer ses titres."


@dataclass(frozen=True, slots=True)
class Signalement:
    """Demandes that a guichet says to be one person's; `garder` is one of them.

    `donnees` and `pourquoi` are codes of the procedure.
    """

    numeros: tuple[str, ...]
    garder: str
    donnees: str
    pourquoi: str


@dataclass(frozen=True, slots=True)
class Lu:
    """What a returned form holds: its cases, and its rows that are refused, each with why."""

    guichet: str
    empreinte: str
    signalements: tuple[Signalement, ...]
    refusees: tuple[str, ...] = field(default=())


def choix(nom: str) -> Mapping[str, str]:
    """Return the choices of a field of the form, {code: what people read}."""
    return procedures()[PROCEDURE].evenements["proposer"].donnees[nom].choix


# --- What is checked ------------------------------------------------------------------------------


def nettoyer(numeros: Sequence[str]) -> tuple[str, ...]:
    """Return numéros as the SNE writes them, without blanks; empty ones leave."""
    nets = ("".join(un.split()).upper() for un in numeros)
    return tuple(un for un in nets if un)


def verifier(v: Lecture, departement: str, guichet: str, un: Signalement) -> Signalement:
    """Return what a guichet tells of; raise Refus that says all that is wrong with it."""
    fautes = [*_fautes_de_forme(un)] or [*_fautes_de_fond(v, departement, guichet, un)]
    if fautes:
        raise Refus(" ; ".join(fautes), que_faire="Corriger ce cas, puis recommencer.")
    return un


def _fautes_de_forme(un: Signalement) -> Iterator[str]:
    for numero in dict.fromkeys(un.numeros):
        if not est_numero(numero):
            yield f"« {numero[:20]} » n'est pas un numéro unique (18 caractères)"
        if un.numeros.count(numero) > 1:
            yield f"le numéro {numero} est écrit deux fois"
    if len(set(un.numeros)) < DEMANDES_MIN:
        yield "un doublon a deux numéros différents au moins"
    if len(un.numeros) > DEMANDES_MAX:
        yield (
            f"{compter(len(un.numeros), 'numéro')} : un cas en a {DEMANDES_MAX} au plus, en faire "
            "plusieurs"
        )
    if un.garder not in un.numeros:
        yield "la demande à conserver n'est pas l'une de ce cas"
    if un.donnees not in choix("donnees_a_garder"):
        yield "il manque quelles données conserver"
    if un.pourquoi not in choix("pourquoi"):
        yield "il manque pourquoi ce sont des doublons"


def _fautes_de_fond(v: Lecture, departement: str, guichet: str, un: Signalement) -> Iterator[str]:
    etats = lire_etats(v, departement, un.numeros)
    for numero in un.numeros:
        if faute := _faute(etats.get(numero), numero, guichet, partiel=v.p.partiel):
            yield faute


def _faute(etat: Etat | None, numero: str, guichet: str, *, partiel: bool) -> str:
    if etat is None and partiel:
        return f"le numéro {numero} n'est pas connu, ou n'est pas de ce guichet"
    if etat is None:
        return f"le numéro {numero} n'est dans aucune livraison"
    if guichet not in guichets_de(etat):
        return (
            f"la demande {numero} n'est pas de ce guichet, qui ne l'a ni créée ni gérée : la faire "
            "signaler par le sien"
        )
    if etat["date_radiation"] and etat["statut"] != ACTIVE:
        return f"la demande {numero} est radiée depuis le {ecrire_jour(etat['date_radiation'])}"
    if etat["statut"] != ACTIVE:
        return f"la demande {numero} n'est plus dans les livraisons"
    return ""


def signaler(
    v: Lecture,
    magasin: Magasin,
    registre: Affaires,
    departement: str,
    guichet: str,
    un: Signalement,
    empreinte: str = "",
) -> Affaire:
    """Open the affaire of what a guichet tells of; `empreinte` is the sha256 of its file.

    Raises:
        Refus: something of it is wrong, or a case of the same demandes is open.
    """
    verifier(v, departement, guichet, un)
    secret = cle(v.dossier)
    nom = sujet(secret, un.numeros)
    for autre in registre.lister(departement, procedure=PROCEDURE):
        if autre.sujet == nom:
            raise Refus(
                f"l'affaire {autre.id} est déjà ouverte pour ces demandes",
                que_faire="Rien n'a été ajouté.",
            )
    return ouvrir(
        registre,
        magasin,
        departement,
        {membre(secret, n): n for n in un.numeros},
        objet=guichet,
        sujet=nom,
        donnees={
            "origine": "formulaire",
            "garder": membre(secret, un.garder),
            "donnees_a_garder": un.donnees,
            "pourquoi": un.pourquoi,
            "fichiers": [{"sha256": empreinte}] if empreinte else [],
        },
    )


# --- The workbook ---------------------------------------------------------------------------------


def classeur(departement: str, guichet: str, nom: str, le: dt.date) -> bytes:
    """Return the form of a guichet, empty, with its lists; the same day gives the same bytes."""
    tampon = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(tampon, options) as livre:
        livre.set_properties({"created": dt.datetime.combine(le, dt.time(), dt.UTC)})
        titre = livre.add_format({"bold": True, "bg_color": "#E3E3FD", "text_wrap": True})
        saisie = livre.add_format({"bg_color": "#FFF9E0", "num_format": "@"})
        feuille = livre.add_worksheet(FEUILLE)
        feuille.write_row(0, 0, TITRES, titre)
        for rang in range(1, LIGNES + 1):
            for colonne in range(len(TITRES)):
                feuille.write_blank(rang, colonne, None, saisie)
        listes = {
            GARDER: RANGS,
            DONNEES: choix("donnees_a_garder").values(),
            POURQUOI: choix("pourquoi").values(),
        }
        for titre_liste, dits in listes.items():
            rang = TITRES.index(titre_liste)
            feuille.data_validation(
                1, rang, LIGNES, rang, {"validate": "list", "source": list(dits)}
            )
        feuille.freeze_panes(1, 0)
        feuille.set_column(0, len(RANGS) - 1, 22)
        feuille.set_column(len(RANGS), len(TITRES) - 1, 34)
        reference = livre.add_worksheet(REFERENCE)
        reference.set_column(0, 1, 40)
        reference.write_row(0, 0, ("departement", departement))
        reference.write_row(1, 0, ("guichet", guichet))
        reference.write_row(2, 0, ("nom", nom))
    return figer(tampon.getvalue(), le)


def lire(v: Lecture, departement: str, chemin: Path) -> Lu:
    """Read a returned form; nothing is written.

    Raises:
        Refus: it is no such form, or that of a guichet that the register does not have.
    """
    octets = lire_octets(chemin, OCTETS_MAX)
    faux = Refus("ce n'est pas le formulaire des doublons", chemin.name, REMPLIR)
    lues = feuilles.ouvrir(octets, faux)
    dites = feuilles.references(lues, {"departement", "guichet"})
    trouvees = list(feuilles.tables(lues, TITRES, (GARDER, DONNEES, POURQUOI)))
    if not trouvees or len(dites.get("guichet", ())) != 1:
        raise faux
    guichet = dites["guichet"][0].upper()
    if dites["departement"] != [departement]:
        raise Refus("ce formulaire est celui d'un autre département", chemin.name, REMPLIR)
    if guichet not in noms_des_guichets(v, departement):
        raise Refus(f"le guichet « {guichet[:10]} » n'est pas au registre", chemin.name, REMPLIR)
    dits = {un: ou for feuille, rang in trouvees for ou, un in _dits(feuille, rang, faux)}
    signalements, refusees = [], []
    for un, ou in dits.items():
        try:
            signalements.append(verifier(v, departement, guichet, un))
        except Refus as refus:
            refusees.append(f"{ou} : {refus.quoi}")
    return Lu(guichet, hashlib.sha256(octets).hexdigest(), tuple(signalements), tuple(refusees))


def _dits(feuille: FeuilleLue, rang: int, faux: Refus) -> Iterator[tuple[str, Signalement]]:
    """Yield each row of a sheet that says something, with its place; the same twice is one."""
    lignes = feuille["lignes"]
    colonnes = _colonnes(lignes[rang], faux)
    for numero, ligne in enumerate(lignes[rang + 1 :], start=rang + 2):
        if any(map(str.strip, ligne)):
            ou = "" if feuille["nom"] == FEUILLE else f"feuille « {feuille['nom']} », "
            yield f"{ou}ligne {numero}", _signalement(colonnes, ligne)


def enregistrer(
    v: Lecture, magasin: Magasin, registre: Affaires, departement: str, lu: Lu
) -> tuple[list[Affaire], list[str]]:
    """Open an affaire for each case of a form; return them, and why the others are not.

    Raises:
        Refus: this very file was read before.
    """
    for une in registre.lister(departement, procedure=PROCEDURE, finies=True):
        fichiers = une.situation.evenements[0].donnees.get("fichiers", [])
        if any(un["sha256"] == lu.empreinte for un in fichiers):
            raise Refus(
                f"ce formulaire a déjà été lu (affaire {une.id})", que_faire="Rien n'a été ajouté."
            )
    ouvertes, refusees = [], list(lu.refusees)
    for un in lu.signalements:
        try:
            ouvertes.append(
                signaler(v, magasin, registre, departement, lu.guichet, un, lu.empreinte)
            )
        except Refus as refus:
            refusees.append(f"{enumerer(un.numeros)} : {refus.quoi}")
    return ouvertes, refusees


def _colonnes(entete: Sequence[str], faux: Refus) -> dict[str, list[int]]:
    """Return the ranks of the columns of the form: those of demandes, however many there are."""
    nets = [" ".join(simplifier(un).split()) for un in entete]
    colonnes = {
        titre: [r for r, un in enumerate(nets) if un == simplifier(titre)] for titre in TITRES
    }
    if any(not rangs for rangs in colonnes.values()):
        raise faux
    colonnes["numeros"] = [r for r, un in enumerate(nets) if re.fullmatch(r"demande \d+", un)]
    return colonnes


def _signalement(colonnes: Mapping[str, list[int]], ligne: Sequence[str]) -> Signalement:
    def dit(titre: str) -> str:
        rang = colonnes[titre][0]
        return ligne[rang].strip() if rang < len(ligne) else ""

    def code(titre: str, nom: str) -> str:
        connus = {simplifier(texte): code for code, texte in choix(nom).items()}
        return connus.get(simplifier(dit(titre)), "")

    places = {titre: nettoyer([dit(titre)]) for titre in RANGS}
    garde = places.get(majuscule(dit(GARDER)), ())
    return Signalement(
        nettoyer([ligne[r] for r in colonnes["numeros"] if r < len(ligne)]),
        garde[0] if garde else "".join(dit(GARDER).split()).upper(),
        code(DONNEES, "donnees_a_garder"),
        code(POURQUOI, "pourquoi"),
    )
