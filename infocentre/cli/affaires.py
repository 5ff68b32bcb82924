"""The commands on what is asked of organismes."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infocentre.affaires import Acteur, Affaire, Affaires
from infocentre.affaires.donnees import Donnees as DonneesDits
from infocentre.affaires.formulaire import ecrire, lire_date
from infocentre.affaires.modele import Donnee, Role, Transition
from infocentre.affaires.registre import MESURES
from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, dossier_courant, mois_controle, perimetre
from infocentre.decisions import ouvrir_magasin, utilisateur
from infocentre.demarches.registre import registre_de
from infocentre.exports import Donnees, exporter
from infocentre.lecture import affaires as lues
from infocentre.lecture.choix import choisir_departement
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import remettre
from infocentre.noyau.formats import exiger_forme
from infocentre.noyau.francais import accorder, minuscule
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.procedures.mesures_correctives.actes import a_accepter, a_envoyer, accepter, pour
from infocentre.restitutions import lecture

if TYPE_CHECKING:
    from infocentre.demarches.envoi import Empeche
    from infocentre.demarches.message import Message, Pli

BREF = 80  # letters of a text that a screen shows
COLONNES = (
    "affaire",
    "organisme",
    "nom",
    "sujet",
    "etape",
    "etat",
    "depuis",
    "echeance",
    "due",
    "a_revoir",
)
# Those that the dictionary does not have, or says in other words.
TITRES = {
    "affaire": "affaire",
    "sujet": "famille",
    "etape": "étape",
    "depuis": "dernier événement",
    "echeance": "échéance",
    "due": "due le",
    "a_revoir": "à revoir",
}


def mesures(options: demandes.Mesures) -> None:
    """List the corrective measures, or do what is asked of them."""
    with lecture.ouvrir(dossier_courant(), perimetre()) as v:
        if options.action is None:
            exporter(_liste(v, options), options.format, options.sortie)
        else:
            _ACTIONS[options.action](v, _registre(), options)


def _registre(role: Role = "gestionnaire") -> Affaires:
    return registre_de(dossier_courant(), Acteur(utilisateur(), role))


def _lieu(v: Lecture, options: demandes.Departement) -> str:
    return choisir_departement(v.version, departement_voulu(options))


def _liste(v: Lecture, options: demandes.Mesures) -> Donnees:
    ici, mois = _lieu(v, options), mois_controle(v, options)
    noms = lues.noms(v, ici, mois)
    lignes = [_ligne(une, noms) for une in lues.affaires(v, ici, finies=options.finies)]
    return Donnees("Mesures correctives", COLONNES, lignes, titres=TITRES)


def _ligne(une: Affaire, noms: Mapping[str, str]) -> tuple[Any, ...]:
    due = une.echeance
    return (
        une.id,
        une.objet,
        noms.get(une.objet, une.objet),
        une.sujet,
        une.etape,
        une.titre_etat,
        une.situation.evenements[-1].jour,
        due.titre if due else "",
        due.due if due else None,
        une.a_revoir,
    )


# --- What is done ---------------------------------------------------------------------------------


def _proposer(v: Lecture, registre: Affaires, options: demandes.Mesures) -> None:
    """List what a month proposes to tell organismes; open an affaire of each when it is asked."""
    from infocentre.procedures.mesures_correctives.proposer import proposer
    from infocentre.procedures.mesures_correctives.propositions import a_ouvrir

    ici, mois = _lieu(v, options), mois_controle(v, options)
    if not options.ouvrir:
        proposees = a_ouvrir(v, ici, mois, registre.aujourdhui)
        for autre in proposees:
            print(f"{autre.nom} – {autre.titre} : {autre.motif}")
        print(f"{accorder(len(proposees), 'proposition')}, rien n'est ouvert.")
        if proposees:
            print("Pour ouvrir une affaire de chacune : infocentre mesures proposer --ouvrir")
        return
    changees = proposer(v, registre, ici, mois)
    noms = lues.noms(v, ici, mois)
    for une in changees:
        dit = une.situation.evenements[-1]
        print(f"{une.id} {noms.get(une.objet, une.objet)} : {dit.donnees['motif']}")
    print(f"{accorder(len(changees), 'proposition')}. À accepter, fusionner ou écarter.")


def _accepter(_: Lecture, registre: Affaires, options: demandes.Mesures) -> None:
    unes = map(registre.lire, options.quoi) if options.quoi else a_accepter(registre.lister())
    for une in accepter(registre, unes):
        _dire(une)


def _faire(_: Lecture, registre: Affaires, options: demandes.Mesures) -> None:
    """Do the event that the command is named after, with what its options say of it."""
    for id_ in _exiger(options):
        connues = registre.lire(id_).situation.procedure.evenements[str(options.action)].donnees
        dites = {
            "issue": options.issue,
            "raison": options.raison,
            "comite_du": options.comite,
        }
        donnees = {nom: dit for nom, dit in dites.items() if nom in connues}
        _dire(registre.agir(id_, str(options.action), donnees, jour=_jour(options)))


def _fusionner(_: Lecture, registre: Affaires, options: demandes.Mesures) -> None:
    from infocentre.procedures.mesures_correctives.proposer import fusionner

    if not options.avec:
        raise Refus("il manque --avec", que_faire="infocentre mesures fusionner A --avec B")
    for id_ in _exiger(options):
        _dire(fusionner(registre, id_, options.avec))


def _attendent(registre: Affaires, options: demandes.Mesures) -> list[Affaire]:
    """Return the affaires that are named, else all that wait for a message."""
    if options.quoi:
        return list(map(registre.lire, options.quoi))
    return [
        une
        for une in a_envoyer(registre.lister(), relance=options.relance)
        if not options.relance or _a_relancer(une, registre.aujourdhui)
    ]


def _a_relancer(une: Affaire, le: dt.date) -> bool:
    """Tell whether the deadline that proposes the reminder has come."""
    regles, voulu = une.situation.procedure.delais, pour(relance=True)
    return any(e.due <= le and regles[e.nature].propose == voulu for e in une.echeances)


def _messages(
    v: Lecture, registre: Affaires, ceux: Sequence[Pli], options: demandes.Mesures
) -> Iterator[Message | Empeche]:
    """Yield each message, or why there is none."""
    from infocentre.demarches.envoi import preparer_chacun
    from infocentre.demarches.face import Face, procedure_de

    face = Face(v, registre, procedure_de(MESURES))

    def permis(pli: Pli) -> Pli:
        for id_ in pli.ids:
            registre.exiger(id_, pli.pour)
            lues.une_affaire(v, id_)
        return pli

    def un(pli: Pli) -> Message:
        prete = dataclasses.replace(face, imprimer_ailleurs=imprimer)
        return prete.message(permis(pli), options.destinataire)

    prevus = []
    for pli in ceux:
        with contextlib.suppress(Refus):  # said when its message is asked for
            prevus.append(permis(pli))
    with face.regles.imprimant(v, prevus, None, contextlib.nullcontext) as imprimer:
        yield from preparer_chacun(ceux, un, lambda pli: ", ".join(pli.ids))


def _plis(registre: Affaires, options: demandes.Mesures) -> list[Pli]:
    """Return the messages of the affaires that are named, or that wait for one."""
    from infocentre.procedures.mesures_correctives.message import plis

    return plis(_attendent(registre, options), pour(relance=options.relance))


def _courriers(v: Lecture, registre: Affaires, options: demandes.Mesures) -> None:
    from infocentre.demarches import emportes
    from infocentre.demarches.envoi import Empeche
    from infocentre.demarches.message import brouillon
    from infocentre.restitutions.service import lire_service

    dossier = options.sortie or dossier_courant().racine / "courriers"
    service, faits, empeches = lire_service(v.dossier.racine), 0, 0
    lignes, emportes_ = [], []
    for un in _messages(v, registre, _plis(registre, options), options):
        if isinstance(un, Empeche):
            print(f"{un.affaire} : pas écrit, {un.raison}")
            empeches += 1
            continue
        chemin = dossier / f"{un.affaire}-{un.pour}.eml"
        remettre(chemin, brouillon(un, service, registre.instant), dossiers=True)
        print(f"{chemin} → {', '.join(un.destinataires)}")
        joints = [(une.nom, une.empreinte) for une in un.pieces]
        lignes += [(un.nom, ", ".join(un.destinataires), *joint) for joint in joints]
        emportes_.append(un)
        faits += 1
    emportes.garder(ouvrir_magasin(v.dossier.racine), registre, utilisateur(), emportes_)
    if lignes:
        colonnes = ("affaire", "destinataires", "fichier", "sha256")
        exporter(Donnees("Bordereau", colonnes, lignes), "csv", dossier / "bordereau.csv")
    print(
        f"{accorder(faits, 'message')} à relire et à envoyer. Une fois partis : infocentre mesures "
        "envoyer AFFAIRE --canal courriel"
    )
    if empeches:
        raise Refus(f"{accorder(empeches, 'message')} sur {faits + empeches} à écrire autrement")


def _envoyer(v: Lecture, registre: Affaires, options: demandes.Mesures) -> None:
    from infocentre.demarches import envoi

    if options.arrive:
        for id_ in _exiger(options):
            envoi.lever_le_doute(registre, id_, arrive=options.arrive == "oui")
            _dire(registre.lire(id_))
    elif options.canal:
        _dire_envoye(v, registre, options)
    else:
        messagerie = envoi.lire_messagerie(v.dossier.racine)
        ceux = _plis(registre, options)
        envoi.limiter(registre, [un.ids[0] for un in ceux])
        dire_bilan(envoi.envoyer(registre, _messages(v, registre, ceux, options), messagerie))


def _dire_envoye(v: Lecture, registre: Affaires, options: demandes.Mesures) -> None:
    """Record what a person sent by another way, with the words that were prepared."""
    from infocentre.demarches.plis import dire_envoyes, faces
    from infocentre.procedures.mesures_correctives.message import plis

    unes = [lues.une_affaire(v, id_) for id_ in _exiger(options)]
    ceux = plis(unes, pour(relance=options.relance))
    canal, jour, vers = str(options.canal), _jour(options), options.destinataire
    for une in dire_envoyes(faces(v, registre), ceux, canal, jour, vers):
        _dire(une)


def dire_bilan(bilan: Any) -> None:  # noqa: ANN401 - imported when it is needed
    """Print what became of a batch; raise Refus when some of it did not leave."""
    for id_ in bilan.envoyees:
        print(f"{id_} : envoyé")
    for id_, raison in bilan.echouees:
        print(f"{id_} : pas envoyé, {raison}")
    for id_, raison in bilan.en_suspens:
        print(f"{id_} : en suspens, {raison}. Est-il arrivé ? --arrive oui, ou --arrive non")
    if bilan.echouees or bilan.en_suspens:
        raise Refus(
            f"{accorder(len(bilan.envoyees), 'message envoyé', 'messages envoyés')}, "
            f"{accorder(len(bilan.echouees), 'pas envoyé', 'pas envoyés')}, "
            f"{len(bilan.en_suspens)} en suspens",
            que_faire="Corriger ce qui est dit ci-dessus, puis recommencer : rien ne part deux "
            "fois.",
        )


def exiger_tout_lu(refusees: int) -> None:
    """Raise Refus when rows of what was read, said and kept are refused: it is not all done."""
    if refusees:
        raise Refus(
            accorder(refusees, "ligne refusée", "lignes refusées"),
            que_faire="Le reste est gardé : faire corriger ce qui est dit ci-dessus.",
        )


def _lire(_: Lecture, registre: Affaires, options: demandes.Mesures) -> None:
    from infocentre.procedures.mesures_correctives import reponses

    refus: list[Refus] = []
    refusees = 0
    for nom in _exiger(options):
        try:
            lue = reponses.lire(registre, Path(nom), registre.aujourdhui)
            canal = options.canal or "courriel"
            prises, contre = reponses.enregistrer_tout(registre, lue, _jour(options), canal)
        except Refus as un:
            print(f"{nom} : refusé, {un.quoi}")
            refus.append(un)
            continue
        for une, suite in prises:
            print(
                f"{suite.id} : {une.choix_dit}, {accorder(len(une.unites), 'cas', 'cas')}, "
                f"{accorder(len(une.actions), 'action')} ; {suite.titre_etat}"
            )
        for ligne in (*lue.refusees, *contre):
            print(f"  refusé : {ligne}")
        refusees += len(lue.refusees) + len(contre)
    if refus:
        raise refus[0]
    exiger_tout_lu(refusees)


def _agir(_: Lecture, registre: Affaires, options: demandes.Mesures) -> None:
    if not options.evenement:
        raise Refus("il manque --evenement", que_faire="Les événements : docs/procedures.md")
    for id_ in _exiger(options):
        donnees = _donnees(registre.lire(id_), options.evenement, options.donnee)
        _dire(registre.agir(id_, options.evenement, donnees, jour=_jour(options)))


def _donnees(une: Affaire, evenement: str, paires: Iterable[str]) -> dict[str, Any]:
    """Return what an event carries, each text read as its procedure says."""
    regle = une.situation.procedure.evenements.get(evenement)
    if regle and regle.automatique:
        raise Refus(
            f"« {regle.titre} » ne se fait pas à la main",
            f"affaire {une.id}",
            "Attendre que le contrôle d'une livraison le propose, et l'accepter alors.",
        )
    lus: dict[str, Any] = {}
    for paire in paires:
        nom, egal, texte = paire.partition("=")
        if not egal:
            raise Refus(f"« {paire} » n'est pas de la forme NOM=VALEUR")
        attendue = regle.donnees.get(nom) if regle else None
        lus[nom] = _lire_donnee(attendue.type if attendue else "texte", texte, nom)
    return lus


def _lire_donnee(type_: str, texte: str, nom: str) -> Any:  # noqa: ANN401 - as the type says
    if type_ == "oui_non":
        return texte == "oui" if texte in {"oui", "non"} else texte
    if type_ == "date":
        return lire_date(texte).isoformat()
    if type_ in {"liste", "lignes", "entier"}:
        try:
            return json.loads(texte)
        except ValueError:
            raise Refus(f"« {nom} » : ce n'est pas du JSON ({texte[:40]})") from None
    return texte


def _formaliser(v: Lecture, registre: Affaires, options: demandes.Mesures) -> None:
    """Write the letter of step 2; with --canal, say that it left."""
    from infocentre.procedures.mesures_correctives.ecrits import lettre

    for id_ in _exiger_un_fichier(options):
        registre.exiger(id_, str(options.action))
        jour = _jour(options) or registre.aujourdhui
        document = lettre(v, lues.une_affaire(v, id_), jour)
        empreinte = _imprimer(document, options.sortie, f"lettre-{id_}.docx")
        if options.canal:
            fichiers = [{"nom": f"lettre-{id_}", "sha256": empreinte}]
            donnees = {"canal": options.canal, "fichiers": fichiers}
            _dire(registre.agir(id_, str(options.action), donnees, jour=jour))
        else:
            print(f"Une fois partie : infocentre mesures formaliser {id_} --canal courrier")


def _imprimer(document: Any, sortie: Path | None, nom: str) -> str:  # noqa: ANN401
    import hashlib

    from infocentre.restitutions.formes import FORMES

    chemin = sortie or dossier_courant().racine / "courriers" / nom
    octets = FORMES[exiger_forme(chemin, ("pdf", "docx"))](document)
    remettre(chemin, octets, dossiers=True)
    print(chemin)
    return hashlib.sha256(octets).hexdigest()


def _dossier(v: Lecture, registre: Affaires, options: demandes.Mesures) -> None:
    from infocentre.procedures.mesures_correctives.ecrits import dossier

    if options.sortie:
        exiger_forme(options.sortie, ("zip",))
    for id_ in _exiger_un_fichier(options):
        chemin = options.sortie or dossier_courant().racine / "courriers" / f"dossier-{id_}.zip"
        remettre(
            chemin,
            dossier(v, lues.une_affaire(v, id_), registre.aujourdhui),
            dossiers=True,
        )
        print(chemin)


def _releve(v: Lecture, registre: Affaires, options: demandes.Mesures) -> None:
    """Print what the comité is told of the measures."""
    from infocentre.procedures.mesures_correctives.ecrits import releve

    ici, mois = _lieu(v, options), mois_controle(v, options)
    document = releve(v, ici, mois, registre.aujourdhui)
    _imprimer(document, options.sortie, f"releve-{ici}-{mois}.pdf")


def _montrer(v: Lecture, _: Affaires, options: demandes.Mesures) -> None:
    for id_ in _exiger(options):
        une = lues.une_affaire(v, id_)
        regle = une.situation.procedure.regle
        ecrire = en_bref if options.format == "table" else _en_entier
        lignes = [
            (
                un.rang,
                un.jour,
                un.saisi_le.replace(tzinfo=None),
                regle(un.nom).arrive,
                un.auteur,
                ecrire(regle(un.nom), un.donnees),
            )
            for un in une.situation.evenements
        ]
        colonnes = ("rang", "jour", "saisi_le", "evenement", "auteur", "donnees")
        nommes = {"rang": "Rang", "saisi_le": "Saisi le", "evenement": "Événement"}
        nommes |= {"jour": "Jour", "auteur": "Auteur", "donnees": "Contenu"}
        donnees = Donnees(f"Affaire {une.id}, {une.titre_etat}", colonnes, lignes, titres=nommes)
        exporter(donnees, options.format, options.sortie)


def _en_entier(_: Transition, donnees: DonneesDits) -> str:
    """Return what an event carries, whole, for a program."""
    return json.dumps(donnees, ensure_ascii=False)


def en_bref(regle: Transition, donnees: DonneesDits) -> str:
    """Return what an event carries as a screen shows it: rows counted, texts cut short."""
    dites: Mapping[str, Any] = donnees
    return " ; ".join(
        f"{minuscule(attendue.titre)} : {_valeur_en_bref(attendue, dites[nom])}"
        for nom, attendue in regle.donnees.items()
        if nom in dites
    )


def _valeur_en_bref(attendue: Donnee, valeur: Any) -> str:  # noqa: ANN401 - as the type says
    if isinstance(valeur, list):
        return accorder(len(valeur), "ligne")
    return textwrap.shorten(ecrire(attendue, valeur), BREF, placeholder="…")


def _horloge(_: Lecture, registre: Affaires, options: demandes.Mesures) -> None:
    if not options.raison:
        raise Refus("il manque --raison", que_faire="Dire pourquoi l'horloge était fausse.")
    for une in registre.corriger_l_horloge(options.raison, _jour(options)):
        _dire(une)


_ACTIONS: dict[str, Callable[[Lecture, Affaires, demandes.Mesures], None]] = {
    "proposer": _proposer,
    "accepter": _accepter,
    "ecarter": _faire,
    "fusionner": _fusionner,
    "courriers": _courriers,
    "envoyer": _envoyer,
    "lire": _lire,
    "agir": _agir,
    "formaliser": _formaliser,
    "soumettre": _faire,
    "dossier": _dossier,
    "clore": _faire,
    "montrer": _montrer,
    "releve": _releve,
    "horloge": _horloge,
}


def _exiger(options: demandes.Mesures) -> tuple[str, ...]:
    if not options.quoi:
        quoi = "le fichier reçu" if options.action == "lire" else "l'affaire"
        raise Refus(f"il manque {quoi}", que_faire="Les affaires : infocentre mesures")
    return options.quoi


def _exiger_un_fichier(options: demandes.Mesures) -> tuple[str, ...]:
    """Return the affaires; raise Refus for one file that several would be written to."""
    affaires = _exiger(options)
    if options.sortie:
        dossier = "Sans --sortie, chacune a le sien dans « courriers » ; ou les demander une à une."
        exiger_une_affaire(affaires, options.sortie, dossier)
    return affaires


def exiger_une_affaire(affaires: Sequence[str], fichier: Path, que_faire: str) -> None:
    """Raise Refus for a file that the papers of several affaires would be written to."""
    if len(affaires) > 1:
        quoi = f"un seul fichier ne tient pas les papiers de {len(affaires)} affaires"
        raise Refus(quoi, str(fichier), que_faire)


def _jour(options: demandes.Mesures) -> dt.date | None:
    return None if options.le is None else lire_date(options.le)


def _dire(une: Affaire) -> None:
    due = (
        f" ; {minuscule(une.echeance.titre)} le {ecrire_jour(une.echeance.due)}"
        if une.echeance
        else ""
    )
    print(f"{une.id} : {une.titre_etat}{due}")
