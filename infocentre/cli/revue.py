"""What `infocentre doublons` does of the pairs that were found: listed, decided, told, printed.

Numéros are shown, names never: they are for the page where people decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from infocentre.affaires import Acteur, Affaire
from infocentre.cli import options as demandes
from infocentre.cli.affaires import exiger_tout_lu
from infocentre.cli.lectures import departement_voulu, mois_controle, ouvrir
from infocentre.decisions import Magasin, ouvrir_magasin, utilisateur
from infocentre.decisions.doublons import Memoire, Verdict
from infocentre.demarches.registre import registre_de
from infocentre.exports import Donnees, exporter
from infocentre.lecture.choix import choisir_departement
from infocentre.lecture.commun import noms_des_guichets
from infocentre.lecture.doublons import corrections as lues
from infocentre.lecture.doublons.demandes import numeros_de
from infocentre.lecture.doublons.paires import PROCEDURE, personnes
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import remettre
from infocentre.noyau.formats import exiger_forme
from infocentre.noyau.francais import accorder, enumerer, minuscule
from infocentre.procedures.corrections_identite import corrections
from infocentre.procedures.doublons import cas as dossiers
from infocentre.procedures.doublons import forcages, formulaire, listes, tirage
from infocentre.procedures.doublons.cas import Cas
from infocentre.procedures.doublons.decider import Geste, Revue, Suite
from infocentre.restitutions.document import Document
from infocentre.restitutions.formes import FORMES

TITRES = {
    "demandes": "demandes",
    "niveau": "niveau",
    "poids": "poids",
    "correction": "correction",
    "affaire": "affaire",
    "etat": "état",
    "due": "avant le",
}


def revue(options: demandes.Doublons) -> None:
    """Do what is asked of pairs and of their cases."""
    with ouvrir() as v:
        ici = choisir_departement(v.version, departement_voulu(options))
        _ACTIONS[options.action](_Ici(v, ici), options)


class _Ici:
    """A département, and whoever acts there."""

    def __init__(self, v: Lecture, departement: str) -> None:
        self.v = v
        self.departement = departement
        self.magasin: Magasin = ouvrir_magasin(v.dossier.racine)
        self.registre = registre_de(v.dossier, Acteur(utilisateur()))
        self.memoire = Memoire(self.magasin, utilisateur(), personnes())

    def affaires(self) -> list[Affaire]:
        """Return the cases of the département, those at an end too."""
        return self.registre.lister(self.departement, procedure=PROCEDURE, finies=True)


def _lister(ici: _Ici, options: demandes.Doublons) -> None:
    if options.liste == "corrections":
        _lister_les_corrections(ici, options)
        return
    if options.liste == "suivi":
        siennes = ici.affaires()
        numeros = numeros_de(ici.v, siennes)
        lignes: list[tuple[Any, ...]] = [
            (
                une.id,
                " ".join(sorted(numeros.get(une.id, {}).values())),
                une.objet,
                une.titre_etat,
                une.echeance.due if une.echeance else None,
            )
            for une in siennes
        ]
        colonnes = ("affaire", "demandes", "guichet", "etat", "due")
        exporter(_donnees("Cas de doublons", colonnes, lignes), options.format, options.sortie)
        return
    donnees = _donnees(
        "Doublons à décider",
        ("demandes", "affaire", "niveau", "poids"),
        [_ligne(un) for un in _cas(ici, options)],
    )
    exporter(donnees, options.format, options.sortie)


def _cas(ici: _Ici, options: demandes.Doublons) -> list[Cas]:
    if options.liste == dossiers.A_INSTRUIRE:
        return dossiers.a_instruire(ici.v, ici.registre, ici.departement)
    if options.liste == "tirage":
        return tirage.a_relire(ici.v, ici.memoire, ici.departement)
    if options.liste == "forcages":
        guichet = (options.guichet or "").strip().upper()
        return forcages.a_revoir(ici.v, ici.memoire, ici.departement, guichet)
    guichets = frozenset({options.guichet}) if options.guichet else None
    return dossiers.file(
        ici.v,
        ici.memoire,
        ici.departement,
        guichets=guichets,
        desaccords=options.liste == "desaccords",
    )


def _ligne(un: Cas) -> tuple[Any, ...]:
    """Return a case as a row; its tier and weight are left out while people decide blind."""
    if dossiers.aveugle():
        return " ".join(un.numeros), un.affaire, "", None
    niveaux = sorted({une.niveau.value for une in un.trouvees})
    poids = [une.poids for une in un.trouvees if une.poids is not None]
    return " ".join(un.numeros), un.affaire, " ".join(niveaux), max(poids, default=None)


def _tirer(ici: _Ici, _: demandes.Doublons) -> None:
    fait = tirage.tirer_au_sort(ici.v, ici.magasin, ici.memoire, ici.departement)
    tirees = sum(une.tirees for une in fait.bandes)
    trouvees = sum(une.effectif for une in fait.bandes)
    dites = accorder(tirees, "paire tirée", "paires tirées")
    print(f"{dites} au sort parmi {trouvees} : infocentre doublons lister --liste tirage")


def _donnees(titre: str, colonnes: tuple[str, ...], lignes: list[tuple[Any, ...]]) -> Donnees:
    return Donnees(titre, colonnes, lignes, titres=TITRES)


def _lister_les_corrections(ici: _Ici, options: demandes.Doublons) -> None:
    siennes = lues.corrections(ici.v, ici.departement)
    numeros = numeros_de(ici.v, siennes)
    lignes: list[tuple[Any, ...]] = [
        (
            une.id,
            " ".join(numeros.get(une.id, {}).values()),
            lues.dire(une),
            une.objet,
            une.titre_etat,
            une.echeance.due if une.echeance else None,
        )
        for une in siennes
    ]
    colonnes = ("affaire", "demandes", "correction", "guichet", "etat", "due")
    exporter(_donnees("Corrections d'identité", colonnes, lignes), options.format, options.sortie)


def _corriger(ici: _Ici, options: demandes.Doublons) -> None:
    if len(options.quoi) != 1:
        raise Refus(
            "il manque la demande dont l'identité est à corriger",
            que_faire="infocentre doublons corriger NUMERO --nature changement_justifie "
            "--piece decision --champ nom_naissance",
        )
    (numero,) = formulaire.nettoyer(options.quoi)
    demandee = corrections.Correction(
        numero, options.nature or "", options.piece or "", tuple(options.champ), options.mois or ""
    )
    une = corrections.demander(ici.v, ici.magasin, ici.registre, ici.departement, demandee)
    print(f"{une.id} : {une.titre_etat} ; {lues.dire(une)}")


def _corrigee(ici: _Ici, options: demandes.Doublons) -> None:
    for id_ in options.quoi:
        une = corrections.exiger_sienne(ici.v, ici.registre.lire(id_))
        print(f"{une.id} : {corrections.dire_faite(ici.registre, une).titre_etat}")


def _decider(ici: _Ici, options: demandes.Doublons) -> None:
    if options.verdict is None or not options.quoi:
        raise Refus(
            "il manque les demandes ou le verdict",
            que_faire="infocentre doublons decider NUMERO NUMERO --verdict distinctes",
        )
    numeros = formulaire.nettoyer(options.quoi)
    un = dossiers.retrouver(ici.v, ici.memoire, ici.departement, numeros)
    geste = Geste(Verdict(options.verdict), (options.garder or "").strip().upper())
    suite = Revue(ici.v, ici.magasin, ici.registre, ici.memoire).decider(un, geste)
    print(f"{enumerer(un.numeros)} : {geste.verdict.dit}{_dire_suite(suite)}")


def _dire_suite(suite: Suite) -> str:
    if suite.attend:
        return " ; une autre personne décide aussi"
    if suite.desaccord:
        return " ; une autre personne a dit autre chose, à arbitrer"
    une = suite.affaire
    return f" ; affaire {une.id}, {minuscule(une.titre_etat)}" if une else ""


def _formulaire(ici: _Ici, options: demandes.Doublons) -> None:
    guichet = _guichet(ici, options)
    sortie = options.sortie or Path(f"formulaire-doublons-{guichet}.xlsx")
    le = ici.registre.aujourdhui
    if sortie.suffix == ".xlsx":
        nom = noms_des_guichets(ici.v, ici.departement)[guichet]
        remettre(sortie, formulaire.classeur(ici.departement, guichet, nom, le))
        print(sortie)
        return
    _ecrire(listes.formulaire(ici.v, ici.departement, guichet, le), sortie)


def _lire(ici: _Ici, options: demandes.Doublons) -> None:
    if len(options.quoi) != 1:
        raise Refus("il manque le formulaire rendu", que_faire="infocentre doublons lire FICHIER")
    lu = formulaire.lire(ici.v, ici.departement, Path(options.quoi[0]))
    ouvertes, refusees = formulaire.enregistrer(
        ici.v, ici.magasin, ici.registre, ici.departement, lu
    )
    for une in ouvertes:
        due = f", à traiter avant le {une.echeance.due:%d/%m/%Y}" if une.echeance else ""
        print(f"{une.id} : {une.titre_etat}{due}")
    for refus in refusees:
        print(f"refusé, {refus}")
    print(
        f"{accorder(len(ouvertes), 'cas reçu', 'cas reçus')}, "
        f"{accorder(len(refusees), 'cas refusé', 'cas refusés')}."
    )
    if options.sortie:
        jour = ici.registre.aujourdhui
        _ecrire(
            listes.accuse(ici.v, ici.departement, lu.guichet, ouvertes, refusees, jour),
            options.sortie,
        )
    exiger_tout_lu(len(refusees))


def _travail(ici: _Ici, options: demandes.Doublons) -> None:
    guichet, le = _guichet(ici, options), ici.registre.aujourdhui
    document = listes.travail(ici.v, ici.departement, guichet, ici.affaires(), le)
    _ecrire(document, options.sortie or Path(f"doublons-{guichet}.xlsx"))


def _releve(ici: _Ici, options: demandes.Doublons) -> None:
    guichet = _guichet(ici, options) if options.guichet else ""
    mois, le = mois_controle(ici.v, options), ici.registre.aujourdhui
    document = listes.releve(ici.v, ici.departement, guichet, ici.affaires(), mois, le)
    _ecrire(document, options.sortie or Path(f"suppressions-{mois}.pdf"))


def _guichet(ici: _Ici, options: demandes.Doublons) -> str:
    guichet = (options.guichet or "").strip().upper()
    if guichet not in noms_des_guichets(ici.v, ici.departement):
        raise Refus(
            f"le guichet « {guichet} » n'est pas au registre" if guichet else "il manque --guichet",
            que_faire="Donner son code : --guichet G1301",
        )
    return guichet


def _ecrire(document: Document, sortie: Path) -> None:
    forme = exiger_forme(sortie, [nom for nom, une in FORMES.items() if une.pour_tous])
    remettre(sortie, FORMES[forme](document))
    print(sortie)


_ACTIONS: Mapping[str, Callable[[_Ici, demandes.Doublons], None]] = {
    "lister": _lister,
    "tirer": _tirer,
    "decider": _decider,
    "formulaire": _formulaire,
    "lire": _lire,
    "travail": _travail,
    "releve": _releve,
    "corriger": _corriger,
    "corrigee": _corrigee,
}
