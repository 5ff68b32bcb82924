"""Réalisé, objectif, prorata: policy objectives and what their figures can carry."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dash import html

from dashboards.composants.balises import balise
from dashboards.composants.direct import etat_direct, lien_direct
from dashboards.composants.elements import lien, repli, taux, typographie
from dashboards.composants.listes import Cellule, lignes_de, liste
from dashboards.composants.motifs import motif_du_role
from dashboards.courant import acces
from dashboards.page import Contexte
from infocentre.acces.roles import Action
from infocentre.lecture.accueil import ROLES_DES_OBJECTIFS, Objectif, objectifs
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import entier, enumerer, minuscule
from infocentre.noyau.temps import nom_mois

NOMS = {
    "logement_dabord": "Logement d'abord",
    "dalo": "Ménages DALO et prioritaires",
    "premier_quartile": "Premier quartile et relogements ANRU, hors QPV",
}
PERIODES = {"logement_dabord": "depuis le 1er janvier"}


def realise_et_objectifs(c: Contexte) -> html.P | html.Div:
    """Return the objectives, how to set one that is not, and what their figures can carry."""
    lus = objectifs(c.v, c.filtres)
    manques = _manques(c, {un.cle for un in lus})
    if not lus:
        raison = "Non calculable : la livraison ne porte pas les colonnes qu'il faut."
        if c.v.p.petits_masques:
            raison = "Masqué par le secret statistique, comme dans les tableaux."
        sans_raison = html.P(typographie(raison))
        return html.Div(manques) if manques else sans_raison
    colonnes = ("Politique", "Réalisé", "Objectif", "Attendu à ce jour", "Situation", "Fiabilité")
    return html.Div(
        [
            liste(
                colonnes,
                [_ligne_objectif(c, un) for un in lus],
                f"Objectifs, {nom_mois(c.filtres.mois)}",
                numeriques=(2, 3),
            ),
            *manques,
            *(
                _comment_fixer(c)
                for un in lus
                if un.cle == "logement_dabord" and un.objectif is None
            ),
            _fiabilite(c, lus),
        ]
    )


def _manques(c: Contexte, connus: Collection[str]) -> list[html.P]:
    """Say of each objective that the month does not let be calculated why, once for all."""
    par_motif: dict[str, list[str]] = {}
    for cle, role in ROLES_DES_OBJECTIFS.items():
        if cle not in connus and (motif := motif_du_role(c, role)):
            par_motif.setdefault(motif, []).append(NOMS[cle])
    return [
        html.P(typographie(f"{enumerer(noms)} : non calculable : {motif}."))
        for motif, noms in par_motif.items()
    ]


def _ligne_objectif(c: Contexte, un: Objectif) -> list[Cellule]:
    periode = PERIODES.get(un.cle, "sur 12 mois")
    nom = lien_direct(NOMS[un.cle], c.filtres.lien(f"/tableaux/{un.tableau}"))
    if c.filtres.epci and un.cle != "premier_quartile":
        periode += ", département entier"
    part = f"{entier(un.realise)} sur {entier(un.sur)}, soit {taux(un.part)}"
    if un.part_connue is not None:
        part += f" ({taux(un.part_connue)} sans les revenus inconnus)"
    debut: list[Cellule] = [lignes_de(nom, periode), part]
    if un.objectif is None or un.attendu is None:
        return [*debut, "non réglé", "–", "–", _pire(un)]
    voulu = taux(un.objectif) if un.cle != "logement_dabord" else entier(un.objectif)
    return [*debut, voulu, entier(un.attendu), _situation(un), _pire(un)]


def _pire(un: Objectif) -> Cellule:
    """Return the most frequent defect under a figure: how much of it cannot be trusted."""
    defauts = [f for f in un.fiabilite if f.mesure.taux is not None]
    if not defauts:
        return "–"
    pire = max(defauts, key=lambda f: f.mesure.taux or 0.0)
    signe, nom = Etat(pire.etat).signe, Etat(pire.etat).mot
    libelle = pire.indicateur.libelle
    texte = f"{taux(pire.mesure.taux)} {minuscule(libelle)}"
    marque = balise("span", signe, class_=f"etat-{pire.etat}", title=nom)
    return balise("span", marque, f" {texte}")


def _situation(un: Objectif) -> Cellule:
    ecart = un.realise - (un.attendu or 0)
    if un.atteint:
        etat_, texte = Etat.VERT, f"● atteint (+{entier(ecart)})"
    else:
        etat_, texte = Etat.ORANGE, f"▲ il en manque {entier(-ecart)}"
    return balise("span", texte, class_=f"etat etat-{etat_}")


def _comment_fixer(c: Contexte) -> html.P:
    dit = "Aucun objectif du Logement d'abord n'était fixé quand ce mois a été contrôlé."
    fixer = lien("Le fixer", c.filtres.lien("/reglages/objectifs"))
    return html.P(
        [dit, " ", fixer, "."] if acces().peut(Action.REGLER) else dit,
        className="fr-text--sm",
    )


def _fiabilite(c: Contexte, lus: Sequence[Objectif]) -> html.Details | None:
    """Return what these figures rest on: the records that fail the indicators under them."""
    lignes: list[list[Cellule]] = [
        [
            NOMS[un.cle],
            lien_direct(f.indicateur.libelle, c.filtres.lien(f"/indicateurs/{f.indicateur.code}")),
            f.mesure.numerateur,
            f.mesure.denominateur,
            taux(f.mesure.taux),
            etat_direct(f.etat),
        ]
        for un in lus
        for f in un.fiabilite
    ]
    if not lignes:
        return None
    colonnes = ("Objectif", "Défaut de saisie", "Attributions", "Sur", "Part", "État")
    legende = "Ce que ces chiffres peuvent porter"
    return repli(
        "Fiabilité : tous les défauts de saisie sous ces chiffres",
        liste(colonnes, lignes, legende, numeriques=(2, 3, 4)),
    )
