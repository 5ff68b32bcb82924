"""Documents: what is printed for the préfet, the comité, a guichet; made when it is asked, kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash
from dash import html

from dashboards.composants.elements import (
    Filtre,
    barre_filtres,
    choix,
    lien,
    repli,
    titre,
    typographie,
)
from dashboards.composants.listes import Cellule, liste
from dashboards.courant import acces
from dashboards.documents import BILAN, bilans_ouverts, guichet_de_bailleur
from dashboards.page import Contexte, Vue, page
from dashboards.preparations import Suivis, avancer, forme_a_preparer, suivi, zone
from infocentre.acces import politique
from infocentre.acces.modele import Action
from infocentre.contrat.territoires import nom_departement
from infocentre.lecture.commun import noms_guichets
from infocentre.lecture.reglages import a_fixer, dire_a_fixer
from infocentre.lecture.reunions import dire_empreinte, remis
from infocentre.noyau.francais import accorder, clef_de_tri, majuscule
from infocentre.noyau.lecteurs import Lecteur
from infocentre.noyau.temps import bornes, nom_mois, nom_semestre, semestre_du_mois
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.restitutions import mots
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.prepares import Moment, moment
from infocentre.restitutions.registre import DOCUMENTS, SITE, Imprime, Periode, du_departement

PARTIS = 200  # files that left, shown at most
_DU_SITE = (
    "Le site est à ouvrir, ou à déposer là où ce partenaire seul le lit : ce que son bilan dit de "
    "lui, et les pages publiques. À ne pas diffuser."
)


@page
def documents(c: Contexte) -> Vue:
    """Return the documents of a month, of its semester and of its year."""
    return Vue(
        html.Div(
            [
                html.P(
                    "Un document est préparé quand on le demande, quelques secondes, une dizaine "
                    "pour le bilan, puis gardé tant que les données et les mots ne changent pas."
                ),
                _reglages(c),
                zone("documents", _tous(c)),
                _partis(c),
            ]
        ),
        tete=titre("Documents", nom_departement(c.filtres.departement)),
        filtres=barre_filtres(
            c.filtres,
            c.mois,
            c.departements,
            plus=[
                *([_choix_guichet(c)] if _peut(c, "fiche") else []),
                *([_choix_partenaire(c)] if _peut(c, BILAN) and bilans_ouverts(c) else []),
            ],
        ),
    )


@suivi("documents")
def suivre(_clics: object, _battements: object, recherche: str | None, suivis: object) -> Suivis:
    """Start what was clicked, and show where each document is."""
    return avancer(recherche, suivis, _tous)


def _peut(c: Contexte, nom: str) -> bool:
    """Tell whether the reader may have a document, for a guichet or a partner at least."""
    permis = acces().peut(politique.DOCUMENTS.get(nom))
    return permis and (acces().role is not None or not c.v.p.partiel or DOCUMENTS[nom].d_un_guichet)


def _entier(c: Contexte, un: Imprime) -> bool:
    """Tell whether the reader may have a document about the whole département."""
    return _peut(c, un.nom) and not un.d_un_guichet


def _choix_guichet(c: Contexte) -> Filtre:
    noms = noms_guichets(c.v, c.filtres.departement, c.filtres.mois)
    tries = sorted(noms.items(), key=lambda un: clef_de_tri(un[1]))
    options = [("", "Choisir…"), *tries]
    return choix("guichet", "Documents d'un guichet", options, c.adresse.get("guichet", ""))


def _choix_partenaire(c: Contexte) -> Filtre:
    noms = {cle: un.nom for cle, un in bilans_ouverts(c).items()}
    seul = len(noms) == 1 and not _entier(c, DOCUMENTS[BILAN])
    options = [*([] if seul else [("", "Choisir…")]), *noms.items()]
    return choix("partenaire", "Bilan d'un partenaire", options, _partenaire(c))


def _partenaire(c: Contexte) -> str:
    """Return the key of the partner that is chosen, or the only one that the reader may choose."""
    choisi = c.adresse.get("partenaire", "")
    if choisi or not _peut(c, BILAN) or _entier(c, DOCUMENTS[BILAN]):
        return choisi
    ouverts = list(bilans_ouverts(c))
    return ouverts[0] if len(ouverts) == 1 else ""


def _reglages(c: Contexte) -> html.P | None:
    """Say which settings the documents go without, to who may set them."""
    if not acces().peut(Action.REGLER):
        return None
    dit = dire_a_fixer(a_fixer(c.v, c.filtres.departement, c.filtres.mois))
    vers = lien("Les fixer", c.filtres.lien("/reglages"))
    return html.P([typographie(f"{dit} "), vers, "."]) if dit else None


def _partis(c: Contexte) -> html.Details | None:
    """Return who was sent which file, by its sha256, to who conducts: the last ones, folded."""
    if not acces().peut(Action.CONDUIRE) or c.v.p.partiel:
        return None
    partis = remis(c.v, c.filtres.departement)
    if not partis:
        return None
    lignes: list[list[Cellule]] = [
        [
            un.fichier,
            ecrire_jour(un.le),
            " ".join(filter(None, [un.a_qui.replace(",", ", "), f"({un.par})" if un.par else ""])),
            dire_empreinte(un.sha256),
            un.procedure,
            un.affaire,
        ]
        for un in partis[:PARTIS]
    ]
    titres = ("Fichier", "Le", "À qui", "Empreinte (sha256)", "Procédure", "Affaire")
    combien = f", les {PARTIS} derniers" if len(partis) > PARTIS else ""
    dit = (
        f"Qui a reçu quoi : {accorder(len(partis), 'fichier envoyé', 'fichiers envoyés')}{combien}"
    )
    return repli(dit, liste(titres, lignes, "Fichiers envoyés, le dernier d'abord"))


def _tous(c: Contexte) -> list[Any]:
    de = moment(c.v.dossier)
    semestre, annee = semestre_du_mois(c.filtres.mois), c.filtres.mois[:4]
    return [
        *_choisis(c, de),
        *_section(c, "mois", nom_mois(c.filtres.mois), None, de),
        *_section(c, "semestre", nom_semestre(semestre), semestre, de),
        *_section(c, "annee", f"année {annee}", annee, de),
    ]


def _section(c: Contexte, periode: Periode, nom: str, dite: str | None, de: Moment) -> list[Any]:
    """Return the documents of the whole département for a period, nothing when there is none."""
    voulus = [un for un in du_departement() if un.periode == periode and _entier(c, un)]
    if not voulus:
        return []
    provisoire = _provisoire(c, dite) if dite else None
    return [
        html.H2(majuscule(nom), className="fr-h5"),
        html.P(provisoire) if provisoire else None,
        _a_ecrire(c, dite) if periode == "semestre" and dite else None,
        *(_document(c, un, un.formes, de) for un in voulus),
    ]


def _a_ecrire(c: Contexte, semestre: str) -> html.P | None:
    """Say which words of the bilan nobody wrote yet, to who makes it."""
    if not acces().peut(Action.CONDUIRE):
        return None
    dit = mots.dire_manquants(c.v.dossier.racine, semestre)
    return html.P(typographie(dit)) if dit else None


def _choisis(c: Contexte, de: Moment) -> list[Any]:
    """Return the documents of the guichet and of the partner that are chosen, first."""
    guichet, cle = c.adresse.get("guichet", ""), _partenaire(c)
    partenaire = bilans_ouverts(c).get(cle) if cle and _peut(c, BILAN) else None
    blocs: list[Any] = []
    if guichet in noms_guichets(c.v, c.filtres.departement, c.filtres.mois):
        flux = guichet_de_bailleur(c, guichet)
        siens = [
            un for un in DOCUMENTS.values() if un.d_un_guichet and (flux or not un.d_un_bailleur)
        ]
        blocs += [_document(c, un, un.formes, de, guichet=guichet) for un in siens]
    if partenaire:
        formes = [forme for forme in DOCUMENTS[BILAN].formes if FORMES[forme].pour_tous]
        a_lui_seul = partenaire.lecteur == Lecteur.DESTINATAIRE
        formes += [SITE] if a_lui_seul else []
        titre_ = f"Bilan semestriel, {partenaire.nom}"
        dit = f"Le bilan du semestre, tel que ce partenaire le lit. {partenaire.lecteur.diffusion}."
        blocs.append(_document(c, DOCUMENTS[BILAN], formes, de, titre_, dit, partenaire=cle))
        blocs.append(
            html.P(typographie(_DU_SITE), className="fr-hint-text") if a_lui_seul else None
        )
    return blocs


def _provisoire(c: Contexte, periode: str) -> str | None:
    """Say on which month a semester, or a year, rests while its last one is not published."""
    annuel = len(periode) == len("2026")
    premier, dernier = (f"{periode}-01", f"{periode}-12") if annuel else bornes(periode)
    publie = max(mois for mois in c.mois if premier <= mois <= dernier)
    if publie == dernier:
        return None
    quoi = "Cette année n'est pas terminée" if annuel else "Ce semestre n'est pas terminé"
    return (
        f"{quoi} ou pas {'entièrement publiée' if annuel else 'entièrement publié'} : ses "
        f"documents s'appuient sur {nom_mois(publie)}."
    )


def _document(
    c: Contexte,
    un: Imprime,
    formes: Sequence[str],
    de: Moment,
    libelle: str = "",
    dit: str = "",
    **pour: str,
) -> html.Section:
    """Return one document: what it is, and where each of its forms is."""
    titre_ = libelle or un.libelle
    sous_une_periode = not pour  # what is chosen stands before the periods
    return html.Section(
        [
            (html.H3 if sous_une_periode else html.H2)(titre_, className="fr-h6"),
            html.P(typographie(dit or un.description)),
            html.Div(
                [forme_a_preparer(c, un.nom, forme, titre_, pour, de) for forme in formes],
                className="exports",
            ),
        ],
        className="document",
    )


dash.register_page(
    __name__,
    path="/documents",
    menu=70,
    name="Documents",
    title="Documents – Infocentre",
    layout=documents,
)
