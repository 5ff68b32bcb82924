"""Papers of an affaire: a text of its procedure's folder, and what the affaire holds.

Nothing else is printed: the same affaire gives the same bytes, whatever deliveries came since.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from infocentre.affaires import Affaire, Affaires, Evenement
from infocentre.affaires.echeances import echeances
from infocentre.affaires.formulaire import ecrire
from infocentre.affaires.modele import DocumentDeProcedure, Donnee
from infocentre.affaires.procedure import TEXTES
from infocentre.affaires.situation import replier
from infocentre.contrat.territoires import nom_departement
from infocentre.demarches.cas import cas
from infocentre.demarches.courrier import courrier
from infocentre.demarches.regles import Regles
from infocentre.demarches.texte import rediger
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.noyau.lecteurs import lecteur_de
from infocentre.restitutions.document import Cellule, Colonne, Document, Tableau
from infocentre.restitutions.redaction import rediger_modele
from infocentre.restitutions.service import lire_service


def documents(une: Affaire) -> dict[str, DocumentDeProcedure]:
    """Return the papers that may be written of an affaire in its state, by name."""
    return {
        nom: un
        for nom, un in une.procedure.documents.items()
        if (not un.etats or une.etat in un.etats)
        and (un.apres is None or une.situation.dernier(un.apres))
    }


def ecrire_document(
    v: Lecture, registre: Affaires, regles: Regles, une: Affaire, nom: str
) -> Document:
    """Return a paper of an affaire, one of `documents`."""
    trouve = documents(une)[nom]
    parti = une.situation.dernier(trouve.evenement) if trouve.evenement else None
    jour = parti.jour if parti else registre.aujourdhui
    alors = avant(une, parti) if parti else une
    noms = valeurs(v, registre, regles, alors, jour, parti)
    noms |= regles.valeurs(v, registre, alors, nom)
    modele = f"procedures/{une.procedure.code}/{TEXTES}/{trouve.modele}"
    return courrier(
        v,
        une.departement,
        trouve.titre,
        regles.nom(v, une),
        rediger_modele(modele, noms),
        jour,
        lecteur=lecteur_de(trouve.visible),
        reference=une.id,
    )


def avant(une: Affaire, parti: Evenement) -> Affaire:
    """Return an affaire as it was when a paper left: what is said later does not change it."""
    s = une.situation
    jusqu_a = max(1, s.evenements.index(parti))  # what opens is before all that leaves
    alors = replier(s.procedure, s.evenements[:jusqu_a], s.departement)
    return replace(une, situation=alors, echeances=tuple(echeances(alors, une.reglages)))


def exiger_ses_pages(une: Affaire, nom: str, document: Document) -> None:
    """Raise Refus when a paper is longer than the pages that its procedure declares."""
    voulu = documents(une)[nom]
    if voulu.pages is None:
        return
    from infocentre.restitutions.pdf import nombre_de_pages  # heavy

    pages = nombre_de_pages(document)
    if pages > voulu.pages:
        raise Refus(
            f"« {voulu.titre} » a {accorder(pages, 'page')}, pour {voulu.pages} au plus",
            f"affaire {une.id}",
            "Abréger ce que l'on y a écrit : rien n'est imprimé.",
        )


def message(
    v: Lecture, registre: Affaires, regles: Regles, une: Affaire, evenement: str
) -> tuple[str, str]:
    """Return (subject, body) of the mail by which an event leaves; raise Refus when it has none."""
    modele = une.procedure.evenements[evenement].message
    if modele is None:
        raise Refus("cet événement ne part pas par courriel", f"affaire {une.id}")
    noms = valeurs(v, registre, regles, une, registre.aujourdhui)
    noms |= regles.valeurs(v, registre, une, evenement)
    return rediger(f"procedures/{une.procedure.code}/{TEXTES}/{modele}", noms)


def valeurs(
    v: Lecture,
    registre: Affaires,
    regles: Regles,
    une: Affaire,
    jour: dt.date,
    parti: Evenement | None = None,
) -> dict[str, Any]:
    """Return what the text of any affaire may name: what it is, what its events last said.

    `parti` is the event that says that a paper left: what it carries is of that paper.
    """
    service, s = lire_service(v.dossier.racine), une.situation
    portees = {nom: d for un in une.procedure.evenements.values() for nom, d in un.donnees.items()}
    dites = {nom: _lire(donnee, s.dite(nom)) for nom, donnee in portees.items()}
    if parti:
        dites |= {
            nom: _lire(portees[nom], parti.dit(nom)) for nom in parti.donnees if nom in portees
        }
    return dites | {
        "affaire": une.id,
        "departement": nom_departement(une.departement),
        "objet": regles.nom(v, une),
        "ouverte_le": une.ouverte_le,
        "etat": une.titre_etat,
        "jour": jour,
        "faits": {un.nom: un.jour for un in s.evenements},
        "reglages": une.reglages,
        "echeances": {une_e.nature: une_e.due for une_e in une.echeances},
        "service": "\n".join(filter(None, [service.auteur, service.nom])),
        "contact": service.contact or service.nom,
        "liste": tableau(registre, une),
    }


def _lire(donnee: Donnee, dite: Any) -> Any:  # noqa: ANN401 - as the type says
    """Return what an event carries as a text names it: a day as one, a choice as it is read."""
    if dite is None:
        return None
    if donnee.type == "date":
        return dt.date.fromisoformat(dite)
    return ecrire(donnee, dite) if donnee.type == "choix" else dite


def tableau(registre: Affaires, une: Affaire) -> Tableau | None:
    """Return the frozen list of an affaire as a table to fill, by the columns of its workbook."""
    classeur = une.procedure.classeur
    if classeur is None or not une.constats:
        return None
    colonnes = {
        nom: Colonne(titre, "date" if nom == "jour" else "texte")
        for nom, titre in classeur.colonnes.items()
    }
    lignes = tuple(
        (*(_cellule(nom, getattr(un, nom, "")) for nom in colonnes), Cellule("…" * 12))
        for un in cas(registre.constats(une.constats))
    )
    return Tableau("liste-a-remplir", "", (*colonnes.values(), Colonne("Votre réponse")), lignes)


def _cellule(nom: str, valeur: object) -> Cellule:
    if nom == "jour" and isinstance(valeur, str) and valeur:
        return Cellule(dt.date.fromisoformat(valeur))
    return Cellule(str(valeur))
