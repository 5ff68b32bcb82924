"""Letters of step 2, note and dossier of step 3: made from what was told, and from nothing else."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from infocentre.affaires import Affaire, Constat, Evenement
from infocentre.affaires.echeances import ajouter
from infocentre.catalogue.familles import famille
from infocentre.decisions.chaine import canonique
from infocentre.demarches import texte
from infocentre.demarches.courrier import courrier
from infocentre.demarches.papiers import avant
from infocentre.lecture.affaires import NOMMABLE, constats, noms
from infocentre.lecture.commun import registre
from infocentre.lecture.demarches import Demarche, demarches
from infocentre.lecture.effets import dire_effet, effet_des_mesures
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.guichets import nom_commune
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import du_departement
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.publies import lire, tus
from infocentre.noyau import archives
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.formats import ecrivain_csv
from infocentre.noyau.francais import accord, compter, enumerer, minuscule
from infocentre.noyau.lecteurs import Lecteur
from infocentre.noyau.temps import de_mois, fin_de_mois, periode
from infocentre.procedures.mesures_correctives.promesses import ANCIEN_JUGEMENT, ancien_jugement
from infocentre.restitutions.demarches import dire
from infocentre.restitutions.document import Cellule, Colonne, Document, Tableau
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.service import lire_service

PARLANTS = frozenset({"guichet", "copil", "prefet"})  # what leaves the service


@dataclass(frozen=True)
class Lettre(Contenu):
    """The formal demand of step 2."""

    modele: ClassVar[str] = "procedures/mesures_correctives/textes/lettre.md"

    titre: str
    contact: str
    signature: str
    constats: Tableau
    signale_le: dt.date
    relance_le: dt.date | None
    repondu_le: dt.date | None
    verifications: Tableau | None
    verifie_en: str | None
    limite: dt.date


@dataclass(frozen=True)
class Demande(Contenu):
    """The letter that asks for observations."""

    modele: ClassVar[str] = "procedures/mesures_correctives/textes/observations.md"

    titre: str
    contact: str
    signature: str
    constats: Tableau
    formalise_le: dt.date
    limite: dt.date


@dataclass(frozen=True)
class Note(Contenu):
    """The page of step 3, for the comité."""

    modele: ClassVar[str] = "procedures/mesures_correctives/textes/note.md"

    titre: str
    organisme: str
    reference: str
    ouverte_le: dt.date
    constats: Tableau
    verifications: Tableau | None
    verifie_en: str | None
    chronologie: Tableau
    observations: tuple[str, ...]
    demandees_le: dt.date | None
    absence_le: dt.date | None


def partie(une: Affaire, acte: str) -> Evenement | None:
    """Return the event by which a letter left; None before, and once a relapse reopened it."""
    fait = une.situation.dernier(acte)
    return None if fait is None or une.situation.depuis(fait, "rouvrir") else fait


def _telle_quelle(
    une: Affaire, acte: str, jour: dt.date
) -> tuple[Affaire, dt.date, Evenement | None]:
    """Return what a letter says and its day: those of the day that it left, for ever after."""
    fait = partie(une, acte)
    return (avant(une, fait), fait.jour, fait) if fait else (une, jour, None)


def lettre(v: Lecture, une: Affaire, jour: dt.date) -> Document:
    """Return the formal demand; raise Refus when nothing was signalled."""
    une, jour, fait = _telle_quelle(une, "formaliser", jour)
    s = une.situation
    envoi = s.dernier("signaler")
    if envoi is None:
        raise Refus("rien n'a encore été signalé", f"affaire {une.id}")
    relances = s.depuis(envoi, "relancer")
    reponses = s.depuis(envoi, "repondre") or s.depuis(envoi, "recevoir_plan")
    contenu = Lettre(
        **_communs(v, une),
        signale_le=envoi.jour,
        relance_le=relances[-1].jour if relances else None,
        repondu_le=reponses[-1].jour if reponses else None,
        verifications=_verifications(une, constats(v, une)),
        verifie_en=_verifie_en(une),
        limite=ajouter(jour, une.reglages["delai_reponse"], departement=une.departement),
    )
    return _lettre(v, une, contenu, "Demande formalisée", jour, fait)


def demande_d_observations(v: Lecture, une: Affaire, jour: dt.date) -> Document:
    """Return the letter that asks for observations; raise Refus before step 2."""
    une, jour, fait = _telle_quelle(une, "demander_observations", jour)
    formalise = _exiger_nommable(une)
    contenu = Demande(
        **_communs(v, une),
        formalise_le=formalise.jour,
        limite=ajouter(jour, une.reglages["delai_observations"], departement=une.departement),
    )
    return _lettre(v, une, contenu, "Demande d'observations", jour, fait)


def _lettre(
    v: Lecture, une: Affaire, contenu: Contenu, titre: str, jour: dt.date, fait: Evenement | None
) -> Document:
    """Return a letter: to whom and where, how it left (`fait`), or is to leave."""
    voie = ""
    if fait:
        canal = une.situation.procedure.regle(fait.nom).donnees["canal"]
        voie = f"par {canal.choix[fait.dit('canal')]}, "
    return _document(
        v, une, contenu, titre, jour, a=_adresse(v, une), envoi=f"{voie}contre accusé de réception"
    )


def _adresse(v: Lecture, une: Affaire) -> str:
    """Return the name of the organisme and where its first guichet that has an address is."""
    dits = constats(v, une)
    inscrits = registre(v, une.departement, dits[0].mois) if dits else []
    siens = [un for un in inscrits if un["organisme"] == une.objet and un["adresse"]]
    ou = siens[0] if siens else None
    ville = (ou["code_postal"], nom_commune(ou["commune"])) if ou else ()
    lignes = (_nom(v, une), ou["adresse"] if ou else "", " ".join(filter(None, ville)))
    return ", ".join(filter(None, lignes))


def note(v: Lecture, une: Affaire, jour: dt.date, lecteur: Lecteur = Lecteur.PUBLIC) -> Document:
    """Return the page for the comité; raise Refus when the organisme may not be named there.

    All partners read it there, who are told no small count of the organisme.
    """
    _exiger_nommable(une)
    s = une.situation
    demandees, absence = s.dernier("demander_observations"), s.dernier("constater_absence")
    recues, dits = s.tous("recevoir_observations"), constats(v, une)
    tus_ = _tus(v, une, dits) if lecteur.masque else frozenset()
    contenu = Note(
        famille(une.sujet).titre,
        _nom(v, une),
        une.id,
        une.ouverte_le,
        _constats(dits, tus_),
        _verifications(une, dits, seuil_secret(v) if lecteur.masque else 0, tus_),
        _verifie_en(une),
        _chronologie(une),
        tuple(" ".join(un.donnees["texte"].split()) for un in recues),
        demandees.jour if demandees else None,
        absence.jour if absence else None,
    )
    return _document(v, une, contenu, "Note au comité de pilotage", jour, lecteur)


LETTRES: Mapping[str, Callable[[Lecture, Affaire, dt.date], Document]] = {
    "lettre": lettre,
    "observations": demande_d_observations,
    "note": note,
}


@dataclass(frozen=True)
class Releve(Contenu):
    """What the comité is told of the measures: those of step 2 and 3 by name, the others counted.

    `informelles`: how many are at step 1, of whom nothing else is said.
    """

    modele: ClassVar[str] = "procedures/mesures_correctives/textes/releve.md"

    nommees: Tableau | None
    informelles: int
    effet: str


def releve(v: Lecture, departement: str, mois: str, jour: dt.date) -> Document:
    """Return the relevé of the measures for the comité de pilotage."""
    toutes = [une for une in demarches(v, departement, mois, jour) if not une.finie]
    nommees = [une for une in toutes if une.nommable]
    contenu = Releve(
        _nommees(nommees) if nommees else None,
        sum(not une.nommable for une in toutes),
        dire_effet(effet_des_mesures(v, departement, mois, jour)),
    )
    return courrier(
        v,
        departement,
        "Relevé des mesures correctives",
        "Comité de pilotage",
        contenu.rediger(),
        jour,
        lecteur=Lecteur.PUBLIC,
        arrete=fin_de_mois(mois),
    )


def _nommees(siennes: Sequence[Demarche]) -> Tableau:
    return Tableau.dresser(
        "mesures",
        "",
        siennes,
        ("Organisme", lambda une: une.nom),
        ("Objet", lambda une: une.titre),
        ("Ce qui a été fait, et ce qui est venu en réponse", lambda une: dire(une, "faits")),
        ("Ensuite", lambda une: dire(une, "ensuite")),
        ("Affaire", lambda une: une.affaire),
    )


def dossier(v: Lecture, une: Affaire, jour: dt.date) -> bytes:
    """Return the dossier of step 3 as a zip: note, chronology, constats, observations, proofs.

    The same affaire gives the same bytes.

    Raises:
        Refus: the organisme may not be named outside the service.
    """
    _exiger_nommable(une)
    dits = constats(v, une)
    fichiers = {
        "note.pdf": FORMES["pdf"](note(v, une, jour, Lecteur.PREFET)),
        "chronologie.csv": _csv(
            ("rang", "jour", "saisi le", "événement", "contenu"),
            [_evenement_ecrit(une, un) for un in une.situation.evenements if _sort(une, un)],
        ),
        "observations.txt": _observations(une),
        **{_fichier(un): un.contenu.encode() for un in dits},
        "LISEZMOI.txt": _verifier_soi_meme(v, une, dits),
    }
    sommes = "".join(
        f"{hashlib.sha256(octets).hexdigest()}  {nom}\n" for nom, octets in fichiers.items()
    )
    return archives.reunir({**fichiers, "SHA256SUMS": sommes.encode()})


def _exiger_nommable(une: Affaire) -> Evenement:
    formalise = une.situation.dernier("formaliser")
    if formalise is None or une.etape < NOMMABLE:
        raise Refus(
            "cet organisme n'est pas nommé au comité de pilotage ni au préfet avant l'étape 2",
            f"affaire {une.id}",
            "Formaliser d'abord la demande.",
        )
    return formalise


def _communs(v: Lecture, une: Affaire) -> dict[str, Any]:
    service = lire_service(v.dossier.racine)
    return {
        "titre": famille(une.sujet).titre,
        "contact": service.contact or service.nom,
        "signature": ", ".join(filter(None, [service.auteur, service.nom])),
        "constats": _constats(constats(v, une)),
    }


def _document(  # noqa: PLR0913 - what a paper says of itself
    v: Lecture,
    une: Affaire,
    contenu: Contenu,
    titre: str,
    jour: dt.date,
    lecteur: Lecteur = Lecteur.DESTINATAIRE,
    *,
    a: str = "",
    envoi: str = "",
) -> Document:
    """Return a paper of an affaire; its data are those of the last delivery that it tells of."""
    mois = [*(un.mois for un in constats(v, une)), _verifie_en(une)]
    return courrier(
        v,
        une.departement,
        _nom(v, une),
        titre,
        contenu.rediger(),
        jour,
        lecteur=lecteur,
        arrete=fin_de_mois(max(filter(None, mois))),
        reference=une.id,
        a=a,
        envoi=envoi,
    )


def _nom(v: Lecture, une: Affaire) -> str:
    dits = constats(v, une)
    connus = noms(v, une.departement, dits[0].mois) if dits else {}
    return connus.get(une.objet, une.objet)


def _tus(v: Lecture, une: Affaire, dits: Sequence[Constat]) -> frozenset[str]:
    """Return the constats whose counts are small, or would be less those of the other guichets.

    An organisme of which what is shared tells nothing is not told of here either.
    """
    entier, seuil = du_departement(v, une.departement), seuil_secret(v)
    tus_: set[str] = set()
    for un in dits:
        regles = catalogue_du_mois(entier, Filtres(une.departement, un.mois))
        caches = tus(entier, une.departement, un.mois, regles.en_json())
        siens = [
            (la["n"] or 0, la["d"] or 0)
            for la in lire(entier, une.departement, un.mois, regles)
            if (la["code"], la["niveau"], la["cle"]) == (un.code, "organisme", une.objet)
        ]
        n, d = un.numerateur, un.denominateur
        nombres = [n, d, d - n, *(reste for m, e in siens for reste in (m - n, e - d))]
        cache = (un.code, "organisme", une.objet) in caches or not siens
        if cache or any(0 < abs(nombre) < seuil for nombre in nombres):
            tus_.add(un.id)
    return frozenset(tus_)


def _constats(dits: Sequence[Constat], tus_: Collection[str] = ()) -> Tableau:
    """Return what was told of an organisme, without the counts of those of `tus_`."""
    colonnes = (
        Colonne("Guichet"),
        Colonne("Indicateur"),
        Colonne("Période"),
        Colonne("Anomalies", "nombre"),
        Colonne("Effectif", "nombre"),
        Colonne("Taux", "taux"),
    )
    lignes = tuple(
        (
            Cellule(un.nom),
            Cellule(un.libelle),
            Cellule(periode(un.mois, stock=un.fenetre == "stock", douze_mois=un.fenetre == "12m")),
            *_comptes(un, masquee=un.id in tus_),
        )
        for un in dits
    )
    return Tableau("constats", "", colonnes, lignes)


def _comptes(un: Constat, *, masquee: bool) -> tuple[Cellule, ...]:
    if masquee:
        return Cellule(masquee=True), Cellule(masquee=True), Cellule(masquee=True, etat=un.etat)
    return Cellule(un.numerateur), Cellule(un.denominateur), Cellule(un.taux, etat=un.etat)


SORTS = {
    "corrigee": ("corrigé", ""),
    "sortie": ("sorti du fichier", "sortis du fichier"),
    "encore": ("encore là", "encore là"),
    "nouvelle": ("nouveau", "nouveaux"),
}


def _verifications(
    une: Affaire, dits: Sequence[Constat], seuil: int = 0, tus_: Collection[str] = ()
) -> Tableau | None:
    """Return what the last delivery said, one row a constat; None before any.

    Under a `seuil`, cases are told without how many, and those of the month are not; nor how many
    of a constat of `tus_`, that would add up to what is not told of it.
    """
    derniere = une.situation.dernier("verifier")
    if derniere is None:
        return None
    noms_dits = {un.id: (un.nom, un.libelle) for un in dits}
    lignes = tuple(
        (
            *map(Cellule, noms_dits.get(compte["constat"], (compte["guichet"], compte["code"]))),
            Cellule(_par_sort(compte, math.inf if compte["constat"] in tus_ else seuil)),
            *(() if seuil else (Cellule(compte["numerateur"]), Cellule(compte["denominateur"]))),
        )
        for compte in derniere.donnees["comptes"]
    )
    du_mois = (Colonne("Anomalies du mois", "nombre"), Colonne("Effectif du mois", "nombre"))
    colonnes = (
        Colonne("Guichet"),
        Colonne("Indicateur"),
        Colonne("Cas signalés et nouveaux"),
        *(() if seuil else du_mois),
    )
    return Tableau("verifications", "", colonnes, lignes)


def _verifie_en(une: Affaire) -> str | None:
    derniere = une.situation.dernier("verifier")
    return derniere.donnees["mois"] if derniere else None


def _par_sort(compte: Mapping[str, Any], seuil: float = 0) -> str:
    dits = [
        compter(compte[nom], *mots) if compte[nom] >= seuil else accord(2, *mots)
        for nom, mots in SORTS.items()
        if compte.get(nom)
    ]
    return enumerer(dits) or "aucun"


def _sort(une: Affaire, un: Evenement) -> bool:
    """Tell whether an event may be read outside the service."""
    return bool(PARLANTS & set(une.situation.procedure.regle(un.nom).visible))


def _chronologie(une: Affaire) -> Tableau:
    regle = une.situation.procedure.regle
    lignes = tuple(
        (Cellule(un.jour), Cellule(regle(un.nom).arrive), Cellule(_resume(une, un)))
        for un in une.situation.evenements
        if _sort(une, un)
    )
    colonnes = (Colonne("Jour", "date"), Colonne("Ce qui a été fait"), Colonne("Précision"))
    return Tableau("chronologie", "", colonnes, lignes)


def _resume(une: Affaire, un: Evenement) -> str:
    """Return the choices and days that an event carries, in words."""
    regle = une.situation.procedure.regle(un.nom)
    dits = []
    dites: Mapping[str, Any] = un.donnees
    for nom, donnee in regle.donnees.items():
        valeur = dites.get(nom)
        if valeur is not None and donnee.type == "choix":
            dits.append(donnee.choix[valeur])
        elif valeur is not None and donnee.type == "date":
            dits.append(f"{minuscule(donnee.titre)} {dt.date.fromisoformat(valeur):%d/%m/%Y}")
        elif nom == "mois" and valeur:
            dits.append(f"livraison {de_mois(valeur)}")
    if un.nom == "verifier" and ancien_jugement(un):
        dits.append(ANCIEN_JUGEMENT)
    return ", ".join(dits)


def _evenement_ecrit(une: Affaire, un: Evenement) -> tuple[str, ...]:
    titre = une.situation.procedure.regle(un.nom).arrive
    if un.nom == "verifier" and ancien_jugement(un):
        titre += f" ({ANCIEN_JUGEMENT})"
    return (
        str(un.rang),
        f"{un.jour:%d/%m/%Y}",
        f"{un.saisi_le:%d/%m/%Y %H:%M}",
        titre,
        canonique(dict(un.donnees)),
    )


def _csv(entetes: Sequence[str], lignes: Sequence[Sequence[str]]) -> bytes:
    from infocentre.exports import sans_formule

    texte = io.StringIO()
    ecrivain = ecrivain_csv(texte)
    ecrivain.writerow(entetes)
    ecrivain.writerows([[sans_formule(cellule) for cellule in ligne] for ligne in lignes])
    return texte.getvalue().encode("utf-8-sig")


def _observations(une: Affaire) -> bytes:
    """Return the observations word for word, or that there are none."""
    recues = une.situation.tous("recevoir_observations")
    if not recues:
        absence = une.situation.dernier("constater_absence")
        quand = f" Absence constatée le {absence.jour:%d/%m/%Y}." if absence else ""
        return f"Aucune observation n’a été reçue.{quand}\n".encode()
    morceaux = [f"Reçues le {un.jour:%d/%m/%Y} :\n\n{un.donnees['texte']}\n" for un in recues]
    return "\n---\n\n".join(morceaux).encode()


def _verifier_soi_meme(v: Lecture, une: Affaire, dits: Sequence[Constat]) -> bytes:
    fichiers = [{"id": un.id, "fichier": _fichier(un)} for un in dits]
    noms = {"reference": une.id, "organisme": _nom(v, une), "constats": fichiers}
    return "\n\n".join(
        texte.rediger("procedures/mesures_correctives/textes/lisezmoi.txt", noms)
    ).encode()


def _fichier(un: Constat) -> str:
    return f"constats/{un.guichet}-{un.code}.json"
