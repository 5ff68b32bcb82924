"""`infocentre candidat`: from a query, or a changed rule, to an indicator, previewed first."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from infocentre.catalogue import Indicateur, lire_catalogue
from infocentre.catalogue.modele import Seuils
from infocentre.cli import options as demandes
from infocentre.cli.acces import acces
from infocentre.cli.bibliotheque import gardees
from infocentre.cli.lectures import departement_voulu, dossier_courant, ouvrir, perimetre
from infocentre.exports import Donnees, exporter, sans_colonnes
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import lire_texte, remettre
from infocentre.procedures.mesures_correctives.comptes import suites_d_une_regle
from infocentre.requetes.borne import ecrire, essayer
from infocentre.requetes.candidat import Apercu, Changement, MoisApercu
from infocentre.requetes.ebauche import A_COMPLETER, completer, en_yaml
from infocentre.requetes.proposition import Proposition, proposer


def candidat(options: demandes.Candidat) -> None:
    """Preview a candidate indicator or a changed rule, then write it when asked."""
    if options.requete:
        gardee = gardees().lire(options.requete)
        options = replace(options, sql=gardee.sql, libelle=options.libelle or gardee.titre)
    champs = _champs(options)
    if options.ecrire:
        definition, essai = ecrire(champs, options.dossier)
        print(f"{definition}\n{essai}")
        _rappeler(champs)
        return
    departement = departement_voulu(options)
    if perimetre().departements is not None and not perimetre().voit(departement or ""):
        raise Refus("ce département n'est pas ouvert à ce compte", que_faire="En choisir un.")
    apercu = essayer(
        dossier_courant(), champs, acces=acces(), mois=options.nombre, departement=departement
    )
    if options.format == "json":
        _donner_objet(apercu, options)
    elif options.format == "table":
        exporter(_abreger(apercu), "table", options.sortie)
        exporter(_changements(apercu), "table", None)
        _dire_les_mesures(apercu)
        print(f"\n{en_yaml(champs)}", file=sys.stderr)
    else:
        donnees = _changements(apercu) if options.changements else _mois(apercu)
        exporter(donnees, options.format, options.sortie)


def _dire_les_mesures(apercu: Apercu) -> None:
    """Say what the measures would become, of a rule in force that changes."""
    if not apercu.compare:
        return
    with ouvrir() as v:
        for departement in {un.departement for un in apercu.mois}:
            faits = apercu.du_dernier_mois(departement)
            print(suites_d_une_regle(v, apercu.indicateur, departement, *faits).dites)


def _donner_objet(apercu: Apercu, options: demandes.Candidat) -> None:
    objet = asdict(apercu) | {"indicateur": apercu.indicateur.model_dump(mode="json")}
    texte = json.dumps(objet, ensure_ascii=False, indent=1) + "\n"
    if options.sortie:
        remettre(options.sortie, texte)
    else:
        sys.stdout.write(texte)


def _champs(options: demandes.Candidat) -> dict[str, Any]:
    code = options.code.strip().upper()
    en_vigueur = lire_catalogue().indicateurs.get(code)
    if en_vigueur and not _a_une_requete(options):
        return en_vigueur.model_dump(mode="json", exclude_defaults=True) | _choisis(options)
    proposition = _proposition(options, en_vigueur)
    return completer(code, proposition, _choisis(options))


def _choisis(options: demandes.Candidat) -> dict[str, Any]:
    """Return the fields that the options give."""
    noms = tuple(
        "libelle imputable reference explication applicable anomalie remede encore_possible".split()
    )
    choisis = {nom: getattr(options, nom) for nom in noms if getattr(options, nom) is not None}
    seuils = {nom: getattr(options, nom) for nom in Seuils.model_fields}
    seuils = {nom: taux / 100 for nom, taux in seuils.items() if taux is not None}
    if len(seuils) == len(Seuils.model_fields):
        choisis["seuils"] = seuils
    elif seuils:
        raise Refus("il faut les deux seuils", que_faire="Donner --orange et --rouge, en %.")
    if options.tolerance_zero:
        choisis |= {"tolerance_zero": True, "seuils": None}
    return choisis


def _a_une_requete(options: demandes.Candidat) -> bool:
    return bool(options.fichier or options.sql or options.population)


def _proposition(options: demandes.Candidat, en_vigueur: Indicateur | None) -> Proposition:
    if texte := _texte(options):
        return proposer(texte, options.population, options.applicable)
    population = options.population or (en_vigueur and en_vigueur.population)
    if population and options.anomalie:
        return Proposition(population, options.applicable, options.anomalie)
    raise Refus(
        "il manque la règle de l'indicateur",
        que_faire="Donner --requete ID, --fichier F ou --sql SELECT ; "
        "ou --population P et --anomalie CONDITION.",
    )


def _texte(options: demandes.Candidat) -> str | None:
    if options.fichier and not options.requete:
        return lire_texte(options.fichier)
    return options.sql or None


def _rappeler(champs: Mapping[str, Any]) -> None:
    restes = [nom for nom, valeur in champs.items() if str(valeur).startswith(A_COMPLETER)]
    if restes:
        print(f"Reste à compléter : {', '.join(restes)}.", file=sys.stderr)
    print("Relire les lignes d'essai, puis lancer : infocentre controler", file=sys.stderr)


def _mois(apercu: Apercu) -> Donnees:
    colonnes = tuple(MoisApercu.__dataclass_fields__)
    return Donnees(
        f"{apercu.indicateur.code}, {'règle changée' if apercu.compare else 'candidat'}",
        colonnes,
        [tuple(getattr(un, nom) for nom in colonnes) for un in apercu.mois],
        note=_note(apercu),
        de="apercu",
    )


def _abreger(apercu: Apercu) -> Donnees:
    """Return the months without what a terminal need not repeat."""
    inutiles = {"numerateur_12m", "denominateur_12m", "taux_12m"} if apercu.au_mois else set()
    if len({un.departement for un in apercu.mois}) == 1:
        inutiles |= {"departement"}
    return sans_colonnes(_mois(apercu), tuple(inutiles))


def _note(apercu: Apercu) -> str:
    fenetre = "du mois" if apercu.au_mois else "des 12 mois"
    avant = "la règle en vigueur, le même mois" if apercu.compare else "le mois précédent"
    return (
        f"« avant » : {avant}, valeurs {fenetre}. « entrent » et « sortent » : unités en anomalie "
        f"qui s'ajoutent ou disparaissent.{_reserve(apercu)}"
    )


def _reserve(apercu: Apercu) -> str:
    """Say what is told less finely to who may see no small count, '' to the others."""
    if not apercu.masque:
        return ""
    classes = " ; jours lus au mois, montants en classes" if apercu.classes else ""
    return f" Effectifs arrondis à 5 près, ceux de moins de {apercu.masque} cachés{classes}."


def _changements(apercu: Apercu) -> Donnees:
    colonnes = tuple(Changement.__dataclass_fields__)
    return Donnees(
        f"{apercu.indicateur.code}, guichets dont l'état change",
        colonnes,
        [tuple(getattr(un, nom) for nom in colonnes) for un in apercu.changements],
        de="apercu",
    )
