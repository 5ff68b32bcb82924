"""`infocentre affaires PROCEDURE …`: what any procedure lets be done, from what its folder says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from infocentre.affaires import Acteur, Affaire
from infocentre.affaires.modele import Donnee
from infocentre.cli import options as demandes
from infocentre.cli.affaires import dire_bilan, en_bref, exiger_tout_lu, exiger_une_affaire
from infocentre.cli.lectures import departement_voulu, ouvrir
from infocentre.decisions import utilisateur
from infocentre.demarches.envoi import (
    FICHIER,
    envoyer,
    lever_le_doute,
    limiter,
    lire_messagerie,
    preparer_chacun,
)
from infocentre.demarches.face import Face, passer, procedure_de
from infocentre.demarches.message import Pli, brouillon
from infocentre.demarches.registre import registre_de
from infocentre.exports import Donnees, exporter
from infocentre.lecture.choix import choisir_departement
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import remettre
from infocentre.noyau.formats import exiger_forme
from infocentre.noyau.francais import accorder, minuscule
from infocentre.procedures.revue_des_acces.anciens import ancienne_commande
from infocentre.restitutions.service import lire_service


@dataclass(frozen=True, slots=True)
class _Ici:
    """A procedure in a département, and what is asked of it."""

    face: Face
    departement: str
    demande: demandes.Affaires

    @property
    def unes(self) -> list[Affaire]:
        """Return the affaires that are named; raise Refus without any."""
        if not self.demande.quoi:
            raise Refus(
                "il manque l'affaire",
                que_faire=f"Les affaires : infocentre affaires {self.demande.procedure} lister",
            )
        return [self.face.lire(id_) for id_ in self.demande.quoi]

    @property
    def jour(self) -> str:
        """Return the day that is told, as a form has it."""
        return self.demande.le or ""

    @property
    def dits(self) -> dict[str, str]:
        """Return what is told of an event, {name: text}."""
        dits = {}
        for paire in self.demande.donnee:
            nom, egal, texte = paire.partition("=")
            if not egal:
                raise Refus(
                    f"« {paire[:40]} » n'est pas de la forme NOM=VALEUR",
                    que_faire="Écrire --donnee NOM=VALEUR ; sans --donnee, les noms sont dits.",
                )
            if nom in dits:
                raise Refus(f"« {nom[:40]} » est dit deux fois", que_faire="Ne le dire qu'une.")
            dits[nom] = texte
        return dits


def affaires(options: demandes.Affaires) -> None:
    """Do what is asked of the affaires of a procedure."""
    procedure = procedure_de(options.procedure)
    with ouvrir() as v:
        ici = choisir_departement(v.version, departement_voulu(options))
        face = Face(v, registre_de(v.dossier, Acteur(utilisateur())), procedure)
        face.regles.exiger(v, ici)
        _GESTES[options.action](_Ici(face, ici, options))


def _lister(ici: _Ici) -> None:
    donnees = ici.face.exporter(ici.departement, finies=ici.demande.finies)
    exporter(donnees, ici.demande.format, ici.demande.sortie)


def _a_ouvrir(ici: _Ici) -> None:
    lignes = [(un.objet, un.nom, un.motif, un.avant) for un in ici.face.a_ouvrir(ici.departement)]
    titres = {"objet": "de quoi", "nom": "nom", "motif": "pourquoi", "avant": "avant le"}
    donnees = Donnees(f"{ici.face.procedure.titre}, à ouvrir", tuple(titres), lignes, titres=titres)
    exporter(donnees, ici.demande.format, ici.demande.sortie)


def _ouvrir(ici: _Ici) -> None:
    if not ici.demande.quoi:
        raise Refus(
            f"il manque de quoi ouvrir une affaire ({ici.face.procedure.objet})",
            que_faire=f"infocentre affaires {ici.face.procedure.code} ouvrir QUOI",
        )
    if ici.demande.le is not None:
        raise Refus(
            "une affaire s'ouvre aujourd'hui : --le n'en change pas le jour",
            que_faire="Retirer --le ; un jour qui compte pour l'affaire se dit par --donnee.",
        )

    def faire(objet: str) -> None:
        with _par_leurs_noms(ici.face, ici.face.ouverture):
            une = ici.face.ouvrir(ici.departement, objet, ici.dits)
        _dire(ici.face, une)

    _un_a_un(ici.demande.quoi, faire)


def _un_a_un(noms: Sequence[str], faire: Callable[[str], None]) -> None:
    """Do something of each; what is refused after others were done says where to go on from."""
    for rang, nom in enumerate(noms):
        try:
            faire(nom)
        except Refus as refus:
            if not rang:
                raise
            suite = f"Ce qui le précède est fait : recommencer à partir de {nom}."
            que_faire = f"{refus.que_faire} {suite}".strip()
            raise Refus(refus.quoi, refus.ou or nom, que_faire) from None


@contextmanager
def _par_leurs_noms(face: Face, evenement: str, une: Affaire | None = None) -> Iterator[None]:
    """Say of what an event carries, when it is refused, the names that --donnee takes."""
    try:
        yield
    except Refus as refus:
        regle = (une.situation.procedure if une else face.procedure).transition(evenement)
        if regle is None or refus.ou != regle.titre:
            raise
        noms = [_dire_donnee(nom, un) for nom, un in face.champs(evenement, une).items()]
        dits = [f"--donnee NOM=VALEUR : {' ; '.join(noms)}."] if noms else []
        procedure = face.procedure
        if procedure.classeur and procedure.classeur.evenement == evenement:
            dits += [f"Le classeur rempli : infocentre affaires {procedure.code} lire FICHIER."]
        raise Refus(refus.quoi, refus.ou, " ".join(dits) or "Il ne porte rien.") from None


def _dire_donnee(nom: str, une: Donnee) -> str:
    precisions = [*une.choix, *([] if une.requis else ["facultatif"])]
    return f"{nom} ({une.titre}{' : ' if precisions else ''}{', '.join(precisions)})"


def _montrer(ici: _Ici) -> None:
    for une in ici.unes:
        regle = une.situation.procedure.regle
        lignes = [
            (un.rang, un.jour, regle(un.nom).arrive, un.auteur, en_bref(regle(un.nom), un.donnees))
            for un in une.situation.evenements
        ]
        titres = {"rang": "Rang", "jour": "Jour", "evenement": "Événement"}
        titres |= {"auteur": "Auteur", "donnees": "Contenu"}
        titre = f"Affaire {une.id}, {une.titre_etat}"
        donnees = Donnees(titre, tuple(titres), lignes, titres=titres)
        exporter(donnees, ici.demande.format, ici.demande.sortie)
        suite = ici.face.suite_dite(une)
        if suite and ici.demande.format == "table":
            print(f"Ce qui vient : {suite}.")


def _agir(ici: _Ici) -> None:
    if not ici.demande.evenement:
        possibles = ici.face.possibles(ici.unes[0])
        raise Refus("il manque --evenement", que_faire=f"Possibles : {', '.join(possibles)}.")
    evenement, dits = ici.demande.evenement, ici.dits | {"jour": ici.jour}
    par_id = {une.id: une for une in ici.unes}

    def faire(id_: str) -> None:
        with _par_leurs_noms(ici.face, evenement, par_id[id_]):
            suite = ici.face.agir(par_id[id_], evenement, dits)
        _dire(ici.face, suite)

    _un_a_un(list(par_id), faire)


def _ensemble(ici: _Ici) -> None:
    v, face = ici.face.v, ici.face
    connus = face.regles.ensembles(v, face.registre, ici.departement, face.lister(ici.departement))
    if len(ici.demande.quoi) != 1 or ici.demande.quoi[0] not in {un.nom for un in connus}:
        raise Refus(
            "il manque ce qui est à faire de toutes",
            que_faire=f"Possibles : {', '.join(un.nom for un in connus) or 'rien'}.",
        )
    dit = face.regles.ensemble(v, face.registre, ici.departement, ici.demande.quoi[0])
    print(dit or "Fait.")


def _envoyer(ici: _Ici) -> None:
    """Send by SMTP; with --canal, write the files and record that they leave."""
    face, v = ici.face, ici.face.v
    unes = ici.unes if ici.demande.quoi else face.a_envoyer(face.lister(ici.departement))
    par_id = {une.id: une for une in unes}
    if ici.demande.arrive:
        for une in unes:
            lever_le_doute(face.registre, une.id, arrive=ici.demande.arrive == "oui")
            _dire(face, face.lire(une.id))
    elif ici.demande.canal is None and (v.dossier.racine / FICHIER).exists():
        limiter(face.registre, list(par_id))
        messages = preparer_chacun(
            par_id,
            lambda id_: face.message(
                Pli(_exiger_envoi(face, par_id[id_]), (par_id[id_],)), ici.demande.destinataire
            ),
        )
        dire_bilan(envoyer(face.registre, messages, lire_messagerie(v.dossier.racine)))
    else:
        for une in unes:
            _remettre(ici, une)
        print(f"{accorder(len(unes), 'envoi')} à remettre.")


def _exiger_envoi(face: Face, une: Affaire) -> str:
    evenement = face.envoi(une)
    if evenement is None:
        raise Refus("rien n'est à envoyer dans cet état", f"affaire {une.id}")
    return evenement


def _remettre(ici: _Ici, une: Affaire) -> None:
    """Write the files of an event, and record that they leave by a person."""
    face, evenement = ici.face, _exiger_envoi(ici.face, une)
    face.registre.exiger(une.id, evenement)
    dossier = ici.demande.sortie or face.v.dossier.racine / "courriers"
    pli, canal = Pli(evenement, (une,)), ici.demande.canal or "courriel"
    joints = (
        *face.regles.joints(face.v, pli, face.registre.aujourdhui, None),
        *face.fichiers(une, evenement),
    )
    for un in joints:
        remettre(dossier / un.nom, un.octets, dossiers=True)
        print(dossier / un.nom)
    vers = ici.demande.destinataire or face.regles.adresses(face.v, pli)
    if canal == "courriel" and vers:
        message, service = face.message(pli, vers), lire_service(face.v.dossier.racine)
        courriel = dossier / f"{une.id}-{evenement}.eml"
        remettre(courriel, brouillon(message, service, face.registre.instant), dossiers=True)
        print(courriel)
    face.remis(une, evenement, canal, joints, vers if canal == "courriel" else ())


def _lire(ici: _Ici) -> None:
    if not ici.demande.quoi:
        raise Refus("il manque le classeur rendu", que_faire="Le donner après « lire ».")

    refusees: list[str] = []

    def faire(nom: str) -> None:
        suite, lu = ici.face.recevoir(Path(nom), ici.demande.canal or "courriel")
        dites = accorder(len(lu.lignes), "réponse")
        print(f"{suite.id} : {dites} ; {minuscule(suite.titre_etat)}")
        for ligne in lu.refusees:
            print(f"  refusé : {ligne}")
        refusees.extend(lu.refusees)

    _un_a_un(ici.demande.quoi, faire)
    exiger_tout_lu(len(refusees))


def _classeur(ici: _Ici) -> None:
    for une in ici.unes:
        declare = ici.face.procedure.classeur
        titre = declare.titre if declare else "classeur"
        chemin = _vers(ici, ici.face.nom_de_fichier(une, titre, "xlsx"))
        remettre(chemin, ici.face.classeur(une), dossiers=True)
        print(chemin)


def _imprimer(ici: _Ici) -> None:
    for une in ici.unes:
        connus = ici.face.documents(une)
        nom = ici.demande.document or next(iter(connus), "")
        titre, formes = connus.get(nom, ("document", ("pdf",)))
        sortie = ici.demande.sortie
        forme = exiger_forme(sortie, formes) if sortie and sortie.suffix else formes[0]
        octets = ici.face.imprimer(une, nom, forme)
        chemin = _vers(ici, ici.face.nom_de_fichier(une, titre, forme))
        remettre(chemin, octets, dossiers=True)
        print(chemin)


def _releve(ici: _Ici) -> None:
    connus = {un.nom: un for un in ici.face.releves()}
    nom = next(iter(ici.demande.quoi or connus), "")
    if nom not in connus:
        raise Refus(
            "ce relevé n'existe pas", que_faire=f"Relevés : {', '.join(connus) or 'aucun'}."
        )
    sortie = ici.demande.sortie or Path(f"{nom}-{ici.departement}.{connus[nom].formes[0]}")
    forme = exiger_forme(sortie, connus[nom].formes)
    octets, _ = ici.face.releve(ici.departement, nom, forme)
    remettre(sortie, octets)
    print(sortie)


def _constater(ici: _Ici) -> None:
    """Record what the newest delivery and the clock say."""
    face, minuteur = ici.face, registre_de(ici.face.v.dossier, Acteur(utilisateur(), "minuteur"))
    faites = passer(face.v, minuteur, ici.departement, [face.procedure])
    siennes = faites.get(face.procedure.code, [])
    for une in siennes:
        _dire(face, une)
    print(f"{accorder(len(siennes), 'affaire changée', 'affaires changées')}.")


def _vers(ici: _Ici, nom: str) -> Path:
    """Return where a file is written: as asked, else among the letters."""
    sortie = ici.demande.sortie
    if sortie is None:
        return ici.face.v.dossier.racine / "courriers" / nom
    if not sortie.suffix:
        return sortie / nom
    exiger_une_affaire(ici.demande.quoi, sortie, "Donner à --sortie un dossier.")
    return sortie


def _dire(face: Face, une: Affaire) -> None:
    print(f"{une.id} : {face.nom(une)}, {minuscule(une.titre_etat)}")


_GESTES: Mapping[str, Callable[[_Ici], None]] = {
    "lister": _lister,
    "a_ouvrir": _a_ouvrir,
    "ouvrir": _ouvrir,
    "montrer": _montrer,
    "agir": _agir,
    "ensemble": _ensemble,
    "envoyer": _envoyer,
    "lire": _lire,
    "classeur": _classeur,
    "imprimer": _imprimer,
    "releve": _releve,
    "constater": _constater,
}


# --- Names of before ------------------------------------------------------------------------------


def acces(options: demandes.Acces) -> None:
    """Do what `infocentre acces` asks, by the name that it has now."""
    une = demandes.Affaires(
        procedure="revue_des_acces",
        action="lister",
        quoi=options.quoi,
        finies=True,
        departement=options.departement,
        format=options.format,
        sortie=options.sortie,
        canal=options.canal,
        destinataire=options.destinataire,
        arrive=options.arrive,
    )
    for pas in ancienne_commande(options.action, options.quoi, options.issue or ""):
        affaires(replace(une, **pas))
