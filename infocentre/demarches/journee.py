"""All that waits for whoever reads, on a day: one queue, each line with the next thing to do.

What waits in an affaire is said by `infocentre.affaires.attentes` and the rules of its procedure;
beside affaires, by these rules (`restes`), by deliveries and by what is printed each month. Nothing
else is in the queue, and nothing leaves it but by being done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple

from infocentre.acces.audit import Entree, documents_depuis, nom_de, tete_de
from infocentre.acces.modele import Acces, Action
from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.attentes import AFaire, decide_par, demande_a, entree
from infocentre.affaires.reglages import signature
from infocentre.decisions import Magasin, magasin_present
from infocentre.demarches.face import BOUTONS, Face, chemin, role_de, voir
from infocentre.demarches.message import partants
from infocentre.demarches.regles import regles_de
from infocentre.lecture.accueil import DELAI_LIVRAISON, attente
from infocentre.lecture.affaires import en_cours, etat_des_affaires, noms, tete
from infocentre.lecture.commun import mois_controles, noms_des_guichets
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.registre_a_completer import a_completer
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accord, accorder, majuscule, minuscule
from infocentre.noyau.memoire import Memoire
from infocentre.noyau.temps import (
    bornes,
    de_mois,
    dernier_semestre,
    fin_de_mois,
    nom_semestre,
    noms_mois,
    semestre_du_mois,
)
from infocentre.noyau.temps import jour as ecrire_jour

INFORMATION = "information"  # what is told, and waits for nothing
# What waits, the most harmful first, in the words of the heads of a queue.
GENRES: Mapping[str, str] = {
    "demande": "Ce qui vous est demandé",
    "avis": "Ce qui attend une décision",
    "aide": "Aide demandée",
    "report": "Délai demandé",
    "litige": "Contestation à trancher",
    "reponse": "Réponses à lire",
    "suspens": "Envois peut-être partis",
    "fenetre": "Délai qui se ferme",
    "livraison": "Livraisons",
    "etape": "Étapes à engager",
    "silence": "Sans réponse",
    "rappel": "Relances à envoyer",
    "message": "Messages à envoyer",
    "decision": "À décider",
    "ouverture": "À ouvrir",
    "retard": "Attendu, en retard",
    "fin": "À clore",
    "doute": "À revoir : une règle a changé",
    "document": "Documents du mois",
    INFORMATION: "Pour information : demandes formalisées",
}
A_UN = frozenset({"demande", "avis", INFORMATION})  # to who answers or decides
RANGS = {genre: rang for rang, genre in enumerate(GENRES)}
OUVRIR = "ouvrir"  # what a click does of what is not open yet


@dataclass(frozen=True, slots=True)
class Ligne:
    """Something that waits: of whom, what in a sentence, since when, and where it is done.

    `cite` are words that someone wrote, read on the page and in nothing that leaves by mail.
    `geste` is the event that one click does, '' when it is done on the page of `chemin`; of what is
    not open yet, `objet` is what opens it. `part` tells that it leaves by a message, which is read
    again where all are sent. `arrivee` is the moment from which it waits, `auteur` who made it wait
    ('' : the calendar), `vus` how many events its affaire has.
    """

    genre: str
    dit: str
    chemin: str
    bouton: str
    qui: str = ""
    cite: str = ""
    depuis: dt.date | None = None
    due: dt.date | None = None
    procedure: str = ""
    affaire: str = ""
    evenement: str = ""
    geste: str = ""
    parametres: tuple[tuple[str, str], ...] = ()
    objet: str = ""
    part: bool = False
    arrivee: dt.datetime | None = None
    auteur: str = ""
    vus: int = 0

    @property
    def groupe(self) -> tuple[str, str, str]:
        """What lines that are done together have in common.

        What is answered a page at a time is told together, of whatever procedure.
        """
        if self.genre in A_UN:
            return self.genre, "", ""
        return self.genre, self.procedure, self.evenement if self.procedure else ""

    @property
    def cle(self) -> str:
        """Its name on a page: what it asks, of which affaire as the page shows it."""
        quoi = f"{self.affaire or self.objet}:{self.geste or self.evenement}"
        return f"{self.procedure}:{quoi}:{self.vus}"

    def retard(self, jour: dt.date) -> int:
        """Return how many days late it is, 0 when it is not."""
        return max(0, (jour - self.due).days) if self.due else 0

    def nouvelle(self, depuis: dt.datetime | None, qui: str = "") -> bool:
        """Tell whether it came after a moment, by another than who reads."""
        return bool(depuis and self.arrivee and self.arrivee > depuis and self.auteur != qui)


_FILES: Memoire[tuple[Ligne, ...]] = Memoire(64)
_LIGNES: Memoire[tuple[Ligne, ...]] = Memoire(256)  # of one procedure


def file_d_attente(
    v: Lecture, registre: Affaires, acces: Acces, departement: str
) -> tuple[Ligne, ...]:
    """Return what waits for an account in a département, the most harmful first.

    Worked out again, a procedure at a time, when an event, a decision, a delivery or a day is new.
    """
    if not acces.peut(Action.AFFAIRES):
        return ()
    jour = registre.aujourdhui
    autres = [*_des_livraisons(v, departement, jour)] if acces.peut(Action.DEPOSER) else []
    autres += _des_documents(v, acces, departement)

    cle = (*v.cle, departement, acces.qui, acces.role, jour)
    temoins = {code: _temoin(v, acces, departement, code) for code in procedures()}

    def lire(_: object) -> tuple[Ligne, ...]:
        siennes = (_d_une_procedure(v, registre, acces, departement, *un) for un in temoins.items())
        return tuple(sorted(chain(autres, *siennes), key=lambda une: _ordre(une, jour)))

    version = (tete(v), signature(), tuple(temoins.values()), tuple(autres))
    return _FILES.lire(cle, lire, version)


def _ordre(une: Ligne, jour: dt.date) -> tuple[object, ...]:
    depuis = une.depuis or jour
    return RANGS[une.genre], une.procedure, une.evenement, -une.retard(jour), depuis, une.affaire


def grouper(lignes: Iterable[Ligne]) -> dict[tuple[str, str, str], list[Ligne]]:
    """Return the lines that are done together, in the order of the queue."""
    groupes: dict[tuple[str, str, str], list[Ligne]] = {}
    for une in lignes:
        groupes.setdefault(une.groupe, []).append(une)
    return groupes


def titre_du_groupe(groupe: tuple[str, str, str]) -> str:
    """Return the head of lines that are done together: what is to be done, of what."""
    genre, code, evenement = groupe
    une = procedures().get(code)
    regle = une.transition(evenement) if une and evenement else None
    if genre == "fenetre" and regle:
        return f"{GENRES[genre]} : {minuscule(regle.titre)}"
    if une is None or genre not in {"decision", "etape", "message", "ouverture"}:
        return GENRES[genre]
    return f"{une.titre} : {minuscule(regle.titre)}" if regle else une.titre


def _temoin(v: Lecture, acces: Acces, departement: str, code: str) -> Hashable:
    return regles_de(code).temoin(v, departement) if _conduit(acces, v) else None


def _conduit(acces: Acces, v: Lecture) -> bool:
    return acces.peut(Action.CONDUIRE) and not v.p.partiel


# --- Affaires -------------------------------------------------------------------------------------


def _d_une_procedure(
    v: Lecture, registre: Affaires, acces: Acces, departement: str, code: str, temoin: Hashable
) -> tuple[Ligne, ...]:
    """Return what waits of a procedure, kept while nothing happens to its own affaires."""
    return _LIGNES.lire(
        (*v.cle, departement, acces.qui, acces.role, registre.aujourdhui, code),
        lambda _: tuple(_calculer(v, registre, acces, departement, code)),
        (etat_des_affaires(v, departement, code), temoin),
    )


def _calculer(
    v: Lecture, registre: Affaires, acces: Acces, departement: str, code: str
) -> Iterator[Ligne]:
    face = _face(v, registre, acces, code)
    if face is None or not v.p.voit(departement):
        return
    noms_ = Noms(v, departement)
    for une in en_cours(v, departement, code):
        if face.voit(une):
            yield from _d_une(face, une, noms_)
    if face.conduit:
        yield from _des_restes(face, departement)


def _face(v: Lecture, registre: Affaires, acces: Acces, code: str) -> Face | None:
    """Return a procedure before an account, None when it has no part in it.

    One that has a page of its own says there what each may see of its affaires.
    """
    try:
        return voir(acces, v, registre, code)
    except Refus:
        procedure = procedures()[code]
        return Face(v, registre, procedure, role_de(acces)) if procedure.page else None


class Noms:
    """How people read the guichets and the organismes of a département, read once."""

    def __init__(self, v: Lecture, departement: str) -> None:
        mois = mois_controles(v, departement)
        organismes = noms(v, departement, mois[-1]) if mois else {}
        self._noms = {**organismes, **noms_des_guichets(v, departement)}

    def qui(self, face: Face, une: Affaire) -> str:
        """Return of whom an affaire is: a guichet, an organisme, else its object as people read it.

        Of a demande, its guichet: never its numéro.
        """
        sien = self._noms.get(face.regles.guichet(une)) or self._noms.get(une.objet)
        return sien or ("" if face.par_numero else face.nom(une))


def _d_une(face: Face, une: Affaire, noms_: Noms) -> Iterator[Ligne]:
    if face.conduit:
        for fait in face.regles.a_faire(une, face.registre.aujourdhui):
            yield _a_conduire(face, une, fait, noms_)
        return
    demande = demande_a(une, face.role) if face.role in {"guichet", "partenaire"} else None
    if face.role == "prefet":
        demande = decide_par(une, "prefet", "copil")
        if demande is None and not une.situation.finie:
            yield _pour_information(face, une, noms_)
    if demande:
        yield _a_rendre(face, une, demande, noms_)


def _pour_information(face: Face, une: Affaire, noms_: Noms) -> Ligne:
    """Return what who reads is told of an affaire of which nothing is asked of them."""
    dernier = face.dernier_vu(une)
    dit = f"{minuscule(une.mots(dernier).arrive)} le {ecrire_jour(dernier.jour)}"
    return replace(
        _ligne(face, une, AFaire("decision", None, dernier.jour), noms_),
        genre=INFORMATION,
        dit=f"{majuscule(_sur(face, une, dit))}. Rien ne vous est demandé.",
        bouton="Lire",
        arrivee=dernier.saisi_le,
        auteur=dernier.auteur,
    )


def _a_conduire(face: Face, une: Affaire, fait: AFaire, noms_: Noms) -> Ligne:
    evenement = fait.evenement or ""
    regle = une.situation.procedure.transition(evenement) if evenement else None
    donnees = face.regles.geste(une, evenement) if regle else None
    titre = regle.titre if regle else "Ouvrir"
    rendue = face.rendue(une, fait)
    return replace(
        _ligne(face, une, fait, noms_),
        dit=_dire(face, une, fait),
        cite=face.citer(une, rendue) if rendue else "",
        bouton=BOUTONS.get(fait.tache, titre),
        part=face.par_courriel and evenement in partants(face.procedure),
        evenement=evenement,
        geste=evenement if donnees is not None else "",
    )


def _a_rendre(face: Face, une: Affaire, fait: AFaire, noms_: Noms) -> Ligne:
    """Return what is asked of who answers: in the words of the deadline, or of what is awaited."""
    if fait.tache == "reponse":
        limite = f", avant le {ecrire_jour(fait.due)}" if fait.due else ""
        attendu = minuscule(fait.dit or une.titre_etat)
        if not fait.dit and une.attend:
            attendu = f"on attend {une.attend}"
        genre, bouton, dit = "demande", "Répondre", attendu + limite
    else:
        depuis = f"{minuscule(une.titre_etat)} depuis le {ecrire_jour(fait.depuis)}"
        genre, bouton, dit = "avis", "Lire", f"{depuis} ; on attend {fait.dit}"
    dit = majuscule(f"{face.regles.sujet(une) or face.procedure.titre}, {dit}")
    return replace(_ligne(face, une, fait, noms_), genre=genre, dit=dit, bouton=bouton)


def _ligne(face: Face, une: Affaire, fait: AFaire, noms_: Noms) -> Ligne:
    dernier = une.situation.evenements[-1]
    par_date = fait.due == fait.depuis  # the calendar made it wait
    minuit = dt.datetime.combine(fait.depuis, dt.time(), face.registre.instant.tzinfo)
    return Ligne(
        fait.tache,
        "",
        face.procedure.page or chemin(face.procedure.code),
        "",
        qui=noms_.qui(face, une),
        depuis=fait.depuis,
        due=fait.due,
        procedure=face.procedure.code,
        affaire=une.id,
        parametres=(("affaire", une.id),),
        vus=len(une.situation.evenements),
        arrivee=minuit if par_date else dernier.saisi_le,
        auteur="" if par_date else dernier.auteur,
    )


def _sur(face: Face, une: Affaire, dit: str) -> str:
    sujet = face.sujet(une)
    return f"{sujet}, {dit}" if sujet else dit


def _dire(face: Face, une: Affaire, fait: AFaire) -> str:
    """Return why a line waits, in a sentence: what was answered, what its state says, its days."""
    if lue := face.rendue(une, fait):
        return majuscule(
            _sur(face, une, f"{minuscule(une.mots(lue).arrive)} le {ecrire_jour(lue.jour)}")
        )
    if fait.dit and fait.due is None:
        return _sur(face, une, fait.dit)
    dit = f"{minuscule(une.titre_etat)} depuis le {ecrire_jour(_depuis_l_etat(une, fait))}"
    if fait.due and fait.dit:
        dit += f" ; {minuscule(fait.dit)} le {ecrire_jour(fait.due)}"
    fins = [e for e in une.echeances if e.a_terme]
    if fins:
        dit += f" ; {minuscule(fins[0].titre)} le {ecrire_jour(fins[0].due)}"
    return majuscule(_sur(face, une, dit))


def _depuis_l_etat(une: Affaire, fait: AFaire) -> dt.date:
    return entree(une) if fait.due else fait.depuis


def _des_restes(face: Face, departement: str) -> Iterator[Ligne]:
    code = face.procedure.code
    try:
        restes = face.regles.restes(face.v, face.registre, departement)
    except Refus:  # not theirs, or this delivery says nothing of it
        return
    for un in restes:
        yield Ligne(
            "fenetre" if un.presse else "ouverture",
            majuscule(un.dit),
            un.chemin,
            un.bouton,
            qui=un.qui,
            depuis=un.depuis,
            due=un.avant,
            procedure=code,
            parametres=un.parametres,
            objet=un.objet,
            geste=OUVRIR if un.objet else "",
        )


# --- Deliveries and documents ---------------------------------------------------------------------

ARRIVEE, CONTROLE, REGISTRE = "arrivee", "controle", "registre"  # what a line of them is about


def _des_livraisons(v: Lecture, departement: str, jour: dt.date) -> Iterator[Ligne]:
    """Yield what deliveries ask for: late, refused, never received, to control, to complete."""
    vue = attente(v, departement, jour)
    if vue.attendue:
        dit = f"La livraison arrêtée au {ecrire_jour(vue.attendue)} manque."
        due = vue.attendue + dt.timedelta(days=DELAI_LIVRAISON)
        yield _livraison(ARRIVEE, dit, "/depot", "Déposer", due=due)
    for refus in vue.refusees:
        dit = f"Livraison « {refus['livraison']} » refusée : {refus['motif']}"
        le = dt.datetime.fromisoformat(refus["le"])
        yield _livraison(ARRIVEE, dit, "/livraisons", "Voir", depuis=le.date(), arrivee=le)
    if vue.jamais_livres:
        demander = accord(len(vue.jamais_livres), "La demander", "Les demander")
        dit = f"Sans livraison : {noms_mois(vue.jamais_livres)}. {demander}."
        yield _livraison(ARRIVEE, dit, "/livraisons", "Voir")
    if vue.a_controler:
        dit = f"À contrôler : {noms_mois(vue.a_controler)}."
        yield _livraison(CONTROLE, dit, "/depot", "Contrôler et publier")
    if manque := a_completer(v, departement):
        dit = f"{majuscule(manque.phrase)}."
        yield _livraison(REGISTRE, dit, "/guichets", "Compléter le registre")


def _livraison(quoi: str, dit: str, chemin_: str, bouton: str, **dites: Any) -> Ligne:  # noqa: ANN401
    return Ligne("livraison", dit, chemin_, bouton, evenement=quoi, **dites)


class Emporte(NamedTuple):
    """A document that was made, as the journal of accesses tells it: « » for what it does not."""

    qui: str
    nom: str
    departement: str
    mois: str
    semestre: str
    annee: str
    le: str

    def est(self, nom: str, departement: str, mois: str) -> bool:
        """Tell whether it is this document, of a month or of its semester."""
        if self.departement not in {"", departement} or not self._porte(nom):
            return False
        if nom == BILAN:
            dit = self.semestre or (semestre_du_mois(self.mois) if self.mois else "")
            return dit == semestre_du_mois(mois)
        if nom == FLUX:
            return (self.annee or self.mois[:4]) == mois[:4]
        return self.mois == mois if self.mois else self.le > fin_de_mois(mois).isoformat()

    def _porte(self, nom: str) -> bool:
        """Tell whether it is this document; of the flux, one of them, or all by the command."""
        if nom == FLUX:
            return self.nom.startswith(FLUX) or (self.nom == BILAN and bool(self.annee))
        return self.nom == nom


@dataclass(frozen=True, slots=True)
class _Emportes:
    """What the journal tells of documents, up to an entry."""

    rang: int = 0
    dits: frozenset[Emporte] = frozenset()


_EMPORTES: Memoire[_Emportes] = Memoire(4)
SYNTHESE, BILAN, FLUX = "synthese", "bilan", "flux-"
COMMANDE = "infocentre "
_PRECISIONS = ("departement", "mois", "semestre", "annee")


def _des_documents(v: Lecture, acces: Acces, departement: str) -> Iterator[Ligne]:
    """Yield the synthèse of the last month, the bilan of the last semester, those of the flux.

    Each until made.

    By anyone for who prints them, by oneself for who reads them: the journal of accesses tells it.
    """
    mois, magasin = mois_controles(v, departement), magasin_present(v.dossier.racine)
    if not mois or magasin is None:
        return
    emportes = _EMPORTES.lire(
        v.dossier.racine, lambda avant: _relire(magasin, avant), tete_de(magasin).rang
    ).dits
    imprime = acces.peut(Action.CONDUIRE)
    siens = [un for un in emportes if imprime or un.qui == nom_de(acces)]
    semestre = dernier_semestre(mois)
    voulus = [(SYNTHESE, Action.IMPRIMER_SYNTHESE, mois[-1], f"Synthèse {de_mois(mois[-1])}")]
    if semestre:
        fin = bornes(semestre)[1]
        voulus.append((BILAN, Action.BILANS, fin, f"Bilan du {nom_semestre(semestre)}"))
    for nom, action, le, titre in voulus:
        if acces.peut(action) and not any(un.est(nom, departement, le) for un in siens):
            dit = f"{titre} : {'à imprimer' if imprime else 'à lire'}."
            parametres = (("mois", le),)
            yield Ligne(
                "document", dit, "/documents", "Ouvrir", evenement=nom, parametres=parametres
            )
    annee = annee_a_rendre(mois)
    if imprime and annee and not any(un.est(FLUX, departement, annee) for un in siens):
        limite = dt.date(int(annee) + 1, 2, 28)
        yield Ligne(
            "document",
            f"Bilans annuels de la gestion en flux {annee} : à imprimer, à transmettre avant le "
            f"{ecrire_jour(limite)}.",
            "/documents",
            "Ouvrir",
            due=limite,
            evenement=FLUX,
            parametres=(("mois", f"{annee}-12"),),
        )


def flux_rendus(v: Lecture, departement: str, annee: str) -> dt.date | None:
    """Return the day on which the bilans of the flux of a year were first made, None before."""
    magasin = magasin_present(v.dossier.racine)
    if magasin is None:
        return None
    dits = _EMPORTES.lire(
        v.dossier.racine, lambda avant: _relire(magasin, avant), tete_de(magasin).rang
    ).dits
    jours = [un.le for un in dits if un.est(FLUX, departement, annee)]
    return dt.date.fromisoformat(min(jours)) if jours else None


def annee_a_rendre(mois: Sequence[str]) -> str:
    """Return the civil year whose flux are due: from its December to the February after."""
    annee = str(int(mois[-1][:4]) - (not mois[-1].endswith("-12")))
    ouverte = mois[-1] <= f"{int(annee) + 1}-02"
    return annee if ouverte and f"{annee}-12" in mois else ""


def _relire(magasin: Magasin, avant: _Emportes | None) -> _Emportes:
    avant = avant or _Emportes()
    neufs = documents_depuis(magasin, avant.rang)
    return _Emportes(
        neufs[-1].rang if neufs else avant.rang, avant.dits | {_emporte(un) for un in neufs}
    )


def _emporte(un: Entree) -> Emporte:
    dits = {nom: str(un.precisions.get(nom, "")) for nom in _PRECISIONS}
    nom = un.objet.rpartition("/")[2].partition(".")[0]
    if nom.startswith(COMMANDE):  # a command makes several documents, and says which
        nom = str(un.precisions.get("document", "")) or nom.removeprefix(COMMANDE)
    return Emporte(un.qui, nom, le=un.le[:10], **dits)


# --- By a click -----------------------------------------------------------------------------------


class Faits(NamedTuple):
    """What became of lines: what was done of each, the affaires opened, why the others were not."""

    dits: list[str]
    ouvertes: list[Affaire]
    refuses: list[str]


def faire(
    v: Lecture,
    registre: Affaires,
    acces: Acces,
    departement: str,
    cles: Iterable[str] = (),
    groupe: str = "",
    vue_le: dt.datetime | None = None,
) -> Faits:
    """Do what lines of the queue ask, or a whole group; return what was done, or why it was not.

    What is no longer in the queue was done meanwhile, or changed: nothing is done twice, nor of
    what came since they looked, at `vue_le`.
    """
    acces.exiger(Action.CONDUIRE, "Cette action")
    ici = {une.cle: une for une in file_d_attente(v, registre, acces, departement) if une.geste}
    dits, ouvertes, refuses = [], [], []
    if groupe:
        siennes = [une for une in ici.values() if ":".join(une.groupe) == groupe]
        neuves = [une for une in siennes if une.nouvelle(vue_le, registre.acteur)]
        cles = [une.cle for une in siennes if une not in neuves]
        if neuves:
            sont = accord(len(neuves), "est arrivée", "sont arrivées")
            dites = accorder(len(neuves), "ligne")
            refuses.append(f"{dites} {sont} entre-temps : à lire, ci-dessous.")
    for cle in dict.fromkeys(cles):
        une = ici.get(cle)
        if une is None:
            refuses.append(
                "Une ligne n'attendait plus telle quelle : quelqu'un l'a faite entre-temps, ou y a "
                "répondu."
            )
            continue
        regles = regles_de(une.procedure)
        try:
            if une.geste == OUVRIR:
                ouvertes.append(regles.ouvrir_un_reste(v, registre, departement, une.objet))
                fait = "affaire ouverte"
            else:
                affaire = registre.lire(une.affaire)
                donnees, vus = regles.geste(affaire, une.geste), len(affaire.situation.evenements)
                affaire = registre.agir(une.affaire, une.geste, donnees, vus=vus)
                fait = affaire.mots(affaire.situation.evenements[-1]).arrive
        except Refus as refus:
            refuses.append(f"{une.qui or une.affaire} : {minuscule(refus.quoi)}.")
        else:
            dits.append(f"{une.qui or une.affaire} : {minuscule(fait)}")
    return Faits(dits, ouvertes, refuses)


# --- In plain text --------------------------------------------------------------------------------


def en_texte(lignes: Iterable[Ligne], jour: dt.date) -> str:
    """Return the queue as plain text: a head by group, a line each, « en retard de » last."""
    ecrites: list[str] = []
    for groupe, siennes in grouper(lignes).items():
        ecrites += ["", f"{titre_du_groupe(groupe)} ({len(siennes)})"]
        ecrites += [f"- {dire(une, jour)}" for une in siennes]
    return "\n".join(ecrites).strip() or "Rien n'attend."


def dire(une: Ligne, jour: dt.date) -> str:
    """Return a line in words: of whom, what, how late."""
    tard = une.retard(jour)
    fin = f" (en retard de {accorder(tard, 'jour', 'jours')})" if tard else ""
    return f"{une.qui} : {minuscule(une.dit)}{fin}" if une.qui else f"{une.dit}{fin}"
