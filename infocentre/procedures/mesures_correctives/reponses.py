"""Answers: a returned workbook, the mail that carries it, or a page, read row by row alike.

Nothing of it is believed: it is opened in a process with limits, each row must be one that was
sent, with an answer that exists. What is not understood is said with its line and why; the rest
counts, and when no row that was filled is understood, nothing is an answer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from infocentre.affaires import Affaire, Affaires, Constat
from infocentre.affaires.donnees import Action, CasRepondu, Donnees
from infocentre.demarches.cas import Cas, Demande, cas, par_demande
from infocentre.demarches.rendus import dire_refusees, lire_octets, ouvrir_rendu
from infocentre.lecture.commun import catalogue
from infocentre.livraisons import feuilles
from infocentre.livraisons.classeurs import FeuilleLue
from infocentre.livraisons.feuilles import Ligne, cellule, comparable
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import compter, entier, enumerer
from infocentre.noyau.jours import Ordre, lire_jour
from infocentre.noyau.temps import fin_de_mois, nom_mois
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.procedures.mesures_correctives.classeur import (
    CHOIX,
    CONTESTATIONS,
    QUESTIONS,
    SORTS,
    TITRE_PLAN,
    TITRES_CAS,
    TITRES_PLAN,
    numero_de,
)

REPONDRE = "repondre"
# What the list of workbooks sent before cut at its comma, as Excel then gives it.
COUPES = {"besoin d'aide": "d'accord, besoin d'aide"}
SAISIES = TITRES_CAS[6:]  # what people fill in of a case
CLES_CAS = ("Référence", "Numéro unique", "Votre réponse")  # without which nothing is read
REFERENCES = frozenset({"organisme", "mois"})
TEXTE_MAX = 40_000  # letters of what is observed: a cell has 32 767 at most
PRECISION_MAX = 4_000  # of what is said of a case
ACTION_MAX = 1_000  # of each cell of the plan
PLAN_AU_PLUS = dt.timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Reponse:
    """What a file answers to an affaire, and its lines that cannot be taken, each with why."""

    affaire: str
    nom: str
    empreinte: str
    choix: str
    contestation: str = ""
    delai_demande: str = ""
    texte: str = ""
    unites: tuple[CasRepondu, ...] = ()
    actions: tuple[Action, ...] = ()
    refusees: tuple[str, ...] = field(default=())

    @property
    def choix_dit(self) -> str:
        """The answer in words."""
        return next((dit for dit, code in CHOIX.items() if code == self.choix), self.choix)

    @property
    def donnees(self) -> Donnees:
        """Return what the event keeps of it."""
        return {
            "choix": self.choix,
            "contestation": self.contestation,
            "delai_demande": self.delai_demande,
            "texte": self.texte,
            "unites": list(self.unites),
            "fichiers": [{"nom": self.nom, "sha256": self.empreinte}] if self.nom else [],
        }


@dataclass(frozen=True, slots=True)
class Lue:
    """What a returned file answers, affaire by affaire, and its lines that cannot be taken."""

    nom: str
    reponses: tuple[Reponse, ...]
    refusees: tuple[str, ...]


def lire(registre: Affaires, chemin: Path, jour: dt.date) -> Lue:
    """Read a returned .xlsx, or an .eml that carries it; nothing is written.

    What is answered of a demande is answered of each of its cases, in the affaire that tells it.

    Raises:
        Refus: it is no such file, it answers to another affaire or to what was replaced since, or
            nothing in it is an answer.
    """
    octets = lire_octets(chemin)
    courrier, classeur, nom = ouvrir_rendu(chemin.name, octets)
    lues = feuilles.ouvrir(classeur, _faux(nom))
    unes = _affaires(registre, lues, nom)
    rendu = _du_classeur(lues)
    if not feuilles.references(lues, REFERENCES).get("affaire"):
        rendu = replace(rendu, inconnue="n'est dans aucune mesure en cours")
    dits = {une.id: registre.constats(une.constats) for une in unes}
    tous = [un for siens in dits.values() for un in siens]
    lue = _composer("", par_demande(unes[0].objet, tous), rendu, jour, courrier)
    if rendu.perdus and not lue.unites:
        raise Refus(
            _avec_refusees("aucun des cas de ce classeur n'est compris", lue.refusees),
            nom,
            "Rien n'a été gardé. Corriger les lignes dites, puis rendre de nouveau le classeur.",
        )
    connu = replace(lue, nom=nom, empreinte=hashlib.sha256(octets).hexdigest())
    reponses = [_part(connu, une, dits[une.id]) for une in unes]
    dites = tuple(une for une in reponses if une.choix)
    if not dites:
        raise Refus(
            _avec_refusees("ce classeur ne contient aucune réponse", lue.refusees),
            nom,
            "Choisir une réponse dans la feuille « Réponse », ou dire pour un cas au moins qu'il "
            "est corrigé ou contesté.",
        )
    return Lue(nom, dites, lue.refusees)


def _part(lue: Reponse, une: Affaire, dits: Sequence[Constat]) -> Reponse:
    """Return what is answered to one affaire: its cases, and the actions that are not of others."""
    siens = {un.id for un in dits}
    unites = tuple(un for un in lue.unites if un["constat"] in siens)
    actions = tuple(un for un in lue.actions if _concerne(un, dits))
    return replace(
        lue,
        affaire=une.id,
        choix=lue.choix or _choix_deduit(unites, actions),
        unites=unites,
        actions=actions,
    )


def _concerne(action: Action, dits: Sequence[Constat]) -> bool:
    """Tell whether an action is of what constats tell: it names one, or none that is known."""
    nomme = comparable(action["indicateur"])
    connus = {comparable(un.libelle) for un in catalogue().indicateurs.values()}
    return nomme not in connus or nomme in {comparable(un.libelle) for un in dits}


@dataclass(frozen=True, slots=True)
class Saisie:
    """What a page has written of an answer: the questions, the cases by reference, the plan.

    `cas` are {reference: (answer, corrected on, why)}, `plan` an action a line, « action ; qui ;
    JJ/MM/AAAA ».
    """

    questions: Mapping[str, str]
    cas: Mapping[str, tuple[str, str, str]]
    plan: str = ""


def lire_saisie(
    affaire: Affaire, dits: Sequence[Constat], saisie: Saisie, jour: dt.date
) -> Reponse:
    """Read what a page has written, as a workbook is; `dits` are the constats that it may answer.

    Raises:
        Refus: a line of it cannot be taken, or nothing is an answer; nothing is kept then.
    """
    demandes = [Demande(un.reference, (un,)) for un in cas(dits)]
    numeros = {un.reference: un.numero for un in demandes}
    lignes = [
        Ligne(
            f"cas {numeros.get(reference) or reference}",
            {
                "Référence": reference,
                "Numéro unique": numeros.get(reference, ""),
                **dict(zip(SAISIES, rendu, strict=True)),
            },
        )
        for reference, rendu in saisie.cas.items()
    ]
    plan = [
        (f"plan d'action, ligne {rang}", [un.strip() for un in ligne.split(";")])
        for rang, ligne in enumerate(saisie.plan.split("\n"), start=1)
    ]
    questions = {nom: dit for nom, dit in saisie.questions.items() if nom in QUESTIONS}
    page = _Rendu("réponse", questions, plan, lignes)
    lue = _composer(affaire.id, demandes, page, jour)
    lue = replace(lue, choix=lue.choix or _choix_deduit(lue.unites, lue.actions))
    if lue.refusees:
        quoi = dire_refusees(lue.refusees)
        raise Refus(quoi, que_faire="Rien n'a été gardé : corriger, puis envoyer.")
    if not lue.choix:
        raise Refus(
            "il manque la réponse",
            que_faire="Choisir une réponse, ou dire pour un cas au moins ce qu'il en est.",
        )
    return lue


@dataclass(frozen=True, slots=True)
class _Rendu:
    """What is read of an answer: its questions by name, plan and cases, each with its place.

    `refusees` are what could not be read, `cas_refuses` those of the cases; `strict` asks for a
    proof of the order of day and month, where nothing tells people which one is expected.
    """

    ou: str
    questions: Mapping[str, str]
    plan: Sequence[tuple[str, Sequence[str]]]
    cas: Sequence[Ligne]
    refusees: tuple[str, ...] = ()
    cas_refuses: tuple[str, ...] = ()
    strict: bool = False
    inconnue: str = "n'est pas l'une de celles envoyées"

    @property
    def perdus(self) -> bool:
        """Tell whether something was said of cases."""
        return bool(self.cas_refuses) or any(map(_remplie, self.cas))


def _remplie(une: Ligne) -> bool:
    return any(une.dit.get(nom) for nom in SAISIES)


def _composer(
    affaire: str, demandes: Sequence[Demande], rendu: _Rendu, jour: dt.date, courrier: str = ""
) -> Reponse:
    refusees = [*rendu.refusees, *rendu.cas_refuses]
    questions = _questions(rendu, refusees, jour)
    unites = _unites(rendu, {un.reference: un for un in demandes}, jour, refusees)
    actions = _actions(rendu.plan, refusees, jour)
    return Reponse(
        affaire,
        "",
        "",
        questions["choix"],
        questions["contestation"],
        questions["delai_demande"],
        questions["texte"] or courrier[:TEXTE_MAX],
        tuple(unites),
        tuple(actions),
        tuple(refusees),
    )


def enregistrer_tout(
    registre: Affaires,
    lue: Lue,
    jour: dt.date | None = None,
    canal: str = "courriel",
) -> tuple[list[tuple[Reponse, Affaire]], list[str]]:
    """Write what a file answers, affaire by affaire; return those, and why others refuse it.

    Raises:
        Refus: none of them takes it.
    """
    prises: list[tuple[Reponse, Affaire]] = []
    refus: list[tuple[str, Refus]] = []
    for une in lue.reponses:
        try:
            prises.append((une, enregistrer(registre, une, jour, canal)))
        except Refus as contre:
            refus.append((une.affaire, contre))
    if not prises:
        raise refus[0][1]
    return prises, [f"affaire {id_} : {contre.quoi}" for id_, contre in refus]


def enregistrer(
    registre: Affaires,
    reponse: Reponse,
    jour: dt.date | None = None,
    canal: str = "courriel",
    vus: int | None = None,
) -> Affaire:
    """Write what was read as events: the answer, then its plan when it has one.

    While observations are awaited, its words are those observations. `vus` is how many events
    the person had before them.

    Raises:
        Refus: the affaire does not await it, or this very file was read before.
    """
    affaire = registre.lire(reponse.affaire)
    for un in affaire.situation.tous("repondre"):
        if any(f["sha256"] == reponse.empreinte for f in un.donnees.get("fichiers") or []):
            raise Refus(
                f"ce fichier a déjà été lu le {ecrire_jour(un.saisi_le.date())}",
                reponse.nom,
                "Rien n'a été ajouté.",
            )
    suite = registre.agir(
        reponse.affaire, "repondre", {**reponse.donnees, "canal": canal}, jour=jour, vus=vus
    )
    if suite.etat == "observations" and reponse.texte:
        observations = {"texte": reponse.texte, "fichiers": reponse.donnees["fichiers"]}
        suite = registre.agir(reponse.affaire, "recevoir_observations", observations, jour=jour)
    if reponse.actions:
        plan = {"actions": list(reponse.actions)}
        suite = registre.agir(reponse.affaire, "recevoir_plan", plan, jour=jour)
    return suite


def _choix_deduit(unites: Sequence[CasRepondu], actions: Sequence[object]) -> str:
    """Return what an answer by rows alone says: contested rows contest, corrected ones engage.

    So does a plan. That someone agrees is never deduced.
    """
    if any(une["sort"] == "conteste" for une in unites):
        return "conteste"
    return "engage" if actions or any(une["sort"] == "corrige" for une in unites) else ""


def _avec_refusees(quoi: str, refusees: Sequence[str]) -> str:
    return f"{quoi} ({dire_refusees(refusees)})" if refusees else quoi


def _faux(nom: str) -> Refus:
    return Refus(
        "ce n'est pas le classeur d'une mesure corrective",
        nom,
        "Rendre le classeur .xlsx tel qu'il a été reçu, rempli.",
    )


def _du_classeur(lues: Sequence[FeuilleLue]) -> _Rendu:
    """Find the questions, the plan and the cases in the sheets, wherever they are."""
    des_cas = list(feuilles.tables(lues, TITRES_CAS, CLES_CAS))
    listes = [feuilles.lire_table(une, r, TITRES_CAS, CLES_CAS, SAISIES) for une, r in des_cas]
    pris = [une for une, _ in des_cas]
    autres = [une for une in lues if une not in pris and not feuilles.references([une], REFERENCES)]
    dites, refusees, reponses = feuilles.questions(autres, QUESTIONS, _commence_le_plan)
    connues = [une for une, _ in reponses]
    perdues = [
        f"feuille « {une['nom']} » : ce n'est pas une feuille de ce classeur, elle n'est pas lue"
        for une in autres
        if une not in connues and any(map(any, une["lignes"]))
    ]
    for nom, siennes in dites.items():
        if len(siennes) > 1:
            refusees.append(
                f"« {QUESTIONS[nom]} » a deux réponses différentes : "
                f"{enumerer([f'« {un[:30]} »' for un in siennes])}"
            )
    sans_cas = () if listes else ("aucune feuille ne porte la liste des cas",)
    return _Rendu(
        "feuille « Réponse »",
        {nom: siennes[0] for nom, siennes in dites.items() if len(siennes) == 1},
        [ligne for une, fin in reponses for ligne in _plan(une, fin)],
        [ligne for une in listes for ligne in une.lignes],
        tuple(refusees),
        (*sans_cas, *perdues, *(dit for une in listes for dit in une.refusees)),
        strict=True,
    )


def _commence_le_plan(texte: str) -> bool:
    return comparable(texte) in {comparable(TITRE_PLAN), comparable(TITRES_PLAN[0])}


def _plan(feuille: FeuilleLue, debut: int) -> list[tuple[str, Sequence[str]]]:
    """Return the rows of a plan, in the order of its titles; as they stand without titles."""
    lignes = feuille["lignes"]
    rang = feuilles.rang_des_titres(lignes, TITRES_PLAN)
    if rang is None:
        colonnes = list(range(len(TITRES_PLAN)))
    else:
        entete = [comparable(un) for un in lignes[rang]]
        colonnes = [entete.index(comparable(un)) for un in TITRES_PLAN]
    return [
        (
            f"feuille « {feuille['nom']} », plan d'action, ligne {numero}",
            [cellule(ligne, colonne) for colonne in colonnes],
        )
        for numero, ligne in enumerate(lignes[debut:], start=debut + 1)
        if not any(map(_commence_le_plan, ligne))
    ]


def _affaires(registre: Affaires, lues: Sequence[FeuilleLue], nom: str) -> list[Affaire]:
    """Return the affaires that a workbook answers to; refuse another month's or organisme's.

    One that was taken before anything was told names none: it answers to those that are open.
    """
    dites = feuilles.references(lues, REFERENCES)
    organismes, mois = dites.get("organisme", []), dites.get("mois", [])
    if len(organismes) != 1 or len(mois) != 1:
        raise _faux(nom)
    if not dites.get("affaire"):
        return _ouvertes(registre, dites, nom)
    unes = [registre.lire(id_) for id_ in dites["affaire"]]
    autre = next((une for une in unes if une.objet != organismes[0]), None)
    if autre:
        raise Refus(
            f"ce classeur est celui d'un autre organisme que l'affaire {autre.id}",
            nom,
            "Vérifier à qui il a été envoyé.",
        )
    tenus = {un for une in unes for un in une.constats}
    if set(dites.get("constat", [])) != tenus:
        quelles = enumerer([une.id for une in unes])
        raise Refus(
            f"ce classeur ({nom_mois(mois[0])}) ne porte pas les constats de l'affaire {quelles} : "
            "il est celui d'un autre mois, ou sa feuille « Référence » a été changée",
            nom,
            "Faire remplir le dernier classeur envoyé.",
        )
    return unes


def _ouvertes(registre: Affaires, dites: Mapping[str, Sequence[str]], nom: str) -> list[Affaire]:
    """Return the affaires of an organisme that await an answer, told of the month of a workbook."""
    (organisme,), (mois,) = dites["organisme"], dites["mois"]
    ici = next(iter(dites.get("departement", ())), None)
    attendent = [
        une for une in registre.lister(ici, objet=organisme) if REPONDRE in _possibles(une)
    ]
    siennes = {une.id: {un.mois for un in registre.constats(une.constats)} for une in attendent}
    du_mois = [une for une in attendent if mois in siennes[une.id]]
    if du_mois:
        return du_mois
    autres = sorted({un for dits in siennes.values() for un in dits})
    suite = f" : celles qui le sont portent sur {enumerer(list(map(nom_mois, autres)))}"
    raise Refus(
        f"aucune réponse n'est attendue de cet organisme pour {nom_mois(mois)}"
        + (suite if autres else ""),
        nom,
        "Signaler d'abord ce qui est à dire, ou faire remplir le dernier classeur remis.",
    )


def _possibles(une: Affaire) -> Collection[str]:
    return une.situation.procedure.possibles(une.etat)


def _questions(rendu: _Rendu, refusees: list[str], jour: dt.date) -> dict[str, str]:
    lues = {nom: rendu.questions.get(nom, "").strip() for nom in QUESTIONS}
    choisi = COUPES.get(comparable(lues["choix"]), lues["choix"])
    lues["choix"] = _choisir(CHOIX, choisi, f"{rendu.ou}, votre réponse", refusees)
    lues["contestation"] = _choisir(
        CONTESTATIONS, lues["contestation"], f"{rendu.ou}, ce que vous contestez", refusees
    )
    delai, lu = lues["delai_demande"], lire_jour(lues["delai_demande"])
    lues["delai_demande"] = lu.isoformat() if lu else ""
    if delai and not lu:
        refusees.append(f"{rendu.ou} : « {delai[:30]} » n'est pas une date JJ/MM/AAAA")
    elif lu and not jour <= lu <= jour + PLAN_AU_PLUS:
        refusees.append(f"{rendu.ou}, délai demandé : le {ecrire_jour(lu)} n'est pas à venir")
        lues["delai_demande"] = ""
    if len(lues["texte"]) > TEXTE_MAX:
        refusees.append(
            f"{rendu.ou}, vos observations : {compter(len(lues['texte']), 'lettre')}, "
            f"{entier(TEXTE_MAX)} au plus ; les joindre autrement"
        )
        lues["texte"] = ""
    return lues


def _choisir(choix: Mapping[str, str], dit: str, quoi: str, refusees: list[str]) -> str:
    connus = {comparable(nom): code for nom, code in choix.items()}
    if dit and comparable(dit) not in connus:
        refusees.append(f"{quoi} : « {dit[:30]} » n'est pas l'un de : {' ; '.join(choix)}")
    return connus.get(comparable(dit), "")


def _unites(
    rendu: _Rendu, attendus: Mapping[str, Demande], jour: dt.date, refusees: list[str]
) -> list[CasRepondu]:
    """Return the answers of the rows, in their order; what is refused is added to the list.

    The same answer twice is one; of two that differ, which one holds is asked.
    """
    remplies = list(filter(_remplie, rendu.cas))
    debut = min(map(_arrete, attendus.values()), default=jour)
    ordre = Ordre.de((une.dit["Corrigé le"] for une in remplies), debut, jour)

    def douter(dit: str, un: Demande) -> str:
        return ordre.doute(dit, _arrete(un), jour, strict=rendu.strict)

    lus: dict[str, tuple[str, list[CasRepondu]]] = {}
    contredites: dict[str, list[str]] = {}
    for une in remplies:
        if une.dit["Référence"].upper() not in attendus:
            dite = une.dit["Référence"][:20].upper()
            refusees.append(f"{une.ou} : la référence « {dite} » {rendu.inconnue}")
            continue
        try:
            reference, siennes = _unite(une.dit, attendus, douter, jour)
        except ValueError as erreur:
            refusees.append(f"{une.ou} : {erreur}")
            continue
        if lus.setdefault(reference, (une.ou, siennes))[1] != siennes:
            contredites.setdefault(reference, [lus[reference][0]]).append(une.ou)
    refusees += [
        f"{' ; '.join(ou)} : la référence {reference} a deux réponses différentes"
        for reference, ou in contredites.items()
    ]
    return [
        unite
        for reference, (_, siennes) in lus.items()
        if reference not in contredites
        for unite in siennes
    ]


def _arrete(une: Demande) -> dt.date:
    """Return the day on which a demande was open, by the delivery that lists it."""
    return fin_de_mois(max(un.constat.mois for un in une.cas))


def _unite(
    dit: Mapping[str, str],
    attendus: Mapping[str, Demande],
    douter: Callable[[str, Demande], str],
    jour: dt.date,
) -> tuple[str, list[CasRepondu]]:
    """Return the reference and the answers of a row; raise ValueError that says why none."""
    reference = dit["Référence"].upper()
    une = attendus[reference]
    if dit["Numéro unique"] not in {une.numero, numero_de(une)}:
        message = f"le numéro unique n'est pas celui de la référence {reference}"
        raise ValueError(message)
    le = lire_jour(dit["Corrigé le"])
    unite: CasRepondu = {
        "sort": _sort(dit["Votre réponse"]),
        "le": le.isoformat() if le else "",
        "texte": dit["Commentaire"],
    }
    faute = _incomplete(unite, dit["Corrigé le"]) or _hors_du_temps(le, une, jour)
    if faute := faute or douter(dit["Corrigé le"], une):
        raise ValueError(faute)
    siens = _corrigeables(une.cas) if unite["sort"] == "corrige" else une.cas
    return reference, [{"constat": un.constat.id, "unite": un.unite, **unite} for un in siens]


def _corrigeables(siens: Sequence[Cas]) -> Sequence[Cas]:
    """Return the cases that « corrigé » is said of: past facts when nothing else is."""
    connus = catalogue().indicateurs
    dits = [un for un in siens if (une := connus.get(un.constat.code)) and une.a_corriger]
    return dits or siens


def _sort(dit: str) -> str:
    if not dit:
        message = f"la réponse manque : {', '.join(SORTS)}"
        raise ValueError(message)
    connus = {_accorde(nom): code for nom, code in SORTS.items()}
    if _accorde(dit) not in connus:
        message = f"« {dit[:30]} » n'est pas l'un de {', '.join(SORTS)}"
        raise ValueError(message)
    return connus[_accorde(dit)]


def _accorde(dit: str) -> str:
    """Return a choice without its agreement: « corrigée », « justifiés »."""
    return comparable(dit).rstrip("es")


def _incomplete(unite: CasRepondu, date: str) -> str:
    if date and not unite["le"]:
        return f"« {date[:30]} » n'est pas une date JJ/MM/AAAA"
    if unite["sort"] == "corrige" and not unite["le"]:
        return "la date de la correction manque"
    if unite["sort"] != "corrige" and not unite["texte"]:
        return "un commentaire est attendu : pourquoi ce cas est justifié ou contesté"
    if len(unite["texte"]) > PRECISION_MAX:
        return (
            f"le commentaire a {compter(len(unite['texte']), 'lettre')}, {entier(PRECISION_MAX)} "
            "au plus : l'abréger, ou le mettre dans vos observations"
        )
    return ""


def _hors_du_temps(le: dt.date | None, un: Demande, jour: dt.date) -> str:
    if le is None:
        return ""
    if le > jour:
        return f"le {ecrire_jour(le)} n'est pas encore passé"
    if le < _arrete(un):
        return (
            f"le {ecrire_jour(le)} est avant le {ecrire_jour(_arrete(un))}, jour où ce cas était "
            "encore ouvert : vérifier la date, le mois et l'année"
        )
    return ""


def _actions(
    lignes: Sequence[tuple[str, Sequence[str]]], refusees: list[str], jour: dt.date
) -> list[Action]:
    siennes = [(ou, [cellule(une, rang) for rang in range(len(TITRES_PLAN))]) for ou, une in lignes]
    ordre = Ordre.de((une[2] for _, une in siennes), jour, jour + PLAN_AU_PLUS)
    actions: list[Action] = []
    for ou, (action, qui, pour_le, indicateur, cible) in siennes:
        dite = (action, qui, pour_le, indicateur, cible)
        le = lire_jour(pour_le)
        if not any(dite):
            continue
        if faute := _faute_d_action(dite, le, ordre, jour):
            refusees.append(f"{ou} : {faute}")
            continue
        une: Action = {
            "action": action,
            "qui": qui,
            "pour_le": le.isoformat() if le else "",
            "indicateur": indicateur,
            "cible": cible,
        }
        if une not in actions:
            actions.append(une)
    return actions


def _faute_d_action(dite: Sequence[str], le: dt.date | None, ordre: Ordre, jour: dt.date) -> str:
    if not dite[0]:
        return "l'action manque"
    if dite[2] and le is None:
        return f"« {dite[2][:30]} » n'est pas une date JJ/MM/AAAA"
    if any(len(un) > ACTION_MAX for un in dite):
        return f"un texte y dépasse {compter(ACTION_MAX, 'lettre')}"
    return ordre.doute(dite[2], jour, jour + PLAN_AU_PLUS, strict=False)
