"""Chiffres-clés, what is to be remembered, and the gestionnaire's faits marquants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infocentre.lecture.tableaux import LigneTableau
from infocentre.mesures.declarations import Role
from infocentre.mesures.lignes_tableaux import (
    Attributions,
    Depots,
    Evolution,
    MixiteHorsQpv,
    Prioritaires,
)
from infocentre.noyau.etats import MAUVAIS
from infocentre.noyau.francais import (
    compter,
    entier,
    evolution_points,
    nombre,
    phrase,
    pourcentage,
    rapport,
)
from infocentre.noyau.temps import dater
from infocentre.restitutions.bilan.absences import NON_CALCULABLES
from infocentre.restitutions.bilan.commun import en_un_an, ligne, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Chiffre, Chiffres, Liste, Paragraphe, Section
from infocentre.restitutions.tables import origine

Dire = Callable[[LigneTableau], str]


@dataclass(frozen=True, slots=True)
class _Cle:
    """A key figure: where it is read, how it is written, what it is out of."""

    libelle: str
    role: Role
    ligne: str
    colonne: str
    genre: str
    sur: Dire
    fenetre: str = ""


def _mutations(une: LigneTableau) -> str:
    hors, dedans = valeur(une, "hors_mutation"), valeur(une, "mutations")
    if hors is None or dedans is None:
        return ""
    return f"{entier(hors)} hors mutation, {entier(dedans)} mutations"


def _deux(premier: str, second: str, texte: str) -> Dire:
    """Return what writes two counts of a row in a text, nothing when one is masked."""

    def dire(une: LigneTableau) -> str:
        n, d = valeur(une, premier), valeur(une, second)
        return "" if n is None or d is None else texte.format(entier(n), entier(d))

    return dire


def _portail(une: LigneTableau) -> str:
    portail, total = valeur(une, "portail"), valeur(une, "total")
    if portail is None or not total:
        return ""
    return f"portail grand public : {rapport(portail, total)}"


CLES = (
    _Cle("Demandes actives", "evolution", "ACTIVES", "total", "nombre", _mutations, "arrete"),
    _Cle("Demandes déposées en 12 mois", "depots", "*", "total", "nombre",
         _portail),
    _Cle("Attributions en 12 mois", "attributions", "*", "total", "nombre", _mutations),
    _Cle("Demandes pour une attribution", "attributions", "*", "demandes_pour_une_attribution",
         "decimal", _deux("demandes_actives", "total", "{} demandes actives, {} attributions")),
    _Cle("Demandes pour une attribution, hors mutation", "attributions", "*",
         "demandes_pour_une_attribution_hors_mutation", "decimal",
         _deux("demandes_actives_hors_mutation", "hors_mutation",
               "{} demandes actives, {} attributions")),
    _Cle("Délai médian d'attribution", "delais", "*", "delai_median_mois", "mois",
         _deux("delais_connus", "attributions", "{} délais connus sur {} attributions")),
    _Cle("Ancienneté médiane des demandes", "anciennete", "*", "anciennete_mediane_mois", "mois",
         lambda une: "" if (n := valeur(une, "total")) is None
         else f"{entier(n)} demandes, hors associations"),
    _Cle("Attributions aux ménages prioritaires", "prioritaires", "*", "part_prioritaires", "taux",
         _deux("prioritaires", "attributions", "{} sur {} attributions de 12 mois")),
    _Cle("Premier quartile ou relogement ANRU, hors QPV", "mixite_hors_qpv", "*", "part_du_total",
         "taux", _deux("premier_quartile_ou_anru", "attributions_hors_qpv",
               "{} sur {} attributions suivies d'un bail")),
)  # fmt: skip


def chapitre(ctx: Contexte) -> Section:
    """Return the page that says most."""
    chiffres = tuple(un for cle in CLES if (un := _chiffre(ctx, cle)))
    alerte = ctx.edition.provisoire
    return Section(
        "L'essentiel",
        (
            *([Paragraphe(alerte, "alerte")] if alerte else []),
            *([Paragraphe(_comparaison(ctx), "chapeau")]),
            *([Chiffres(chiffres)] if chiffres else []),
        ),
        (
            Section("À retenir", (Liste(tuple(retenir(ctx))),)),
            Section("Faits marquants du semestre", (ctx.mots("faits-marquants", ATTENTE),)),
        ),
        page=True,
    )


ATTENTE = (
    "Faits marquants du semestre, en quelques lignes : conventions signées, guichets ouverts ou "
    "fermés, incidents, livraisons retardées."
)


def _comparaison(ctx: Contexte) -> str:
    if ctx.compare:
        return (
            f"Données arrêtées au {dater(ctx.arrete)}. Les évolutions se lisent par rapport au "
            f"{dater(ctx.arrete_avant)}."
        )
    return (
        f"Données arrêtées au {dater(ctx.arrete)}. Les données arrêtées au "
        f"{dater(ctx.arrete_avant)} ne sont pas publiées : aucune évolution n'est donnée."
    )


def _chiffre(ctx: Contexte, cle: _Cle) -> Chiffre | None:
    lu = ctx.lire(cle.role)
    une = ligne(lu, cle.ligne, cle.fenetre)
    ici = valeur(une, cle.colonne)
    if ici is None:
        return None
    avant = valeur(ligne(ctx.lire_avant(cle.role), cle.ligne, cle.fenetre), cle.colonne)
    return Chiffre(
        cle.libelle,
        ecrire(ici, cle.genre),
        _evolution(ici, avant, cle.genre),
        cle.sur(une),
        origine(lu, une, cle.colonne),
    )


def ecrire(valeur_: float, genre: str) -> str:
    """Return a key figure as people read it."""
    if genre == "taux":
        return pourcentage(valeur_)
    ecrit = entier(valeur_) if genre == "nombre" else nombre(valeur_, 1)
    return f"{ecrit} mois" if genre == "mois" else ecrit


def _evolution(ici: float, avant: float | None, genre: str) -> str:
    if avant is None:
        return ""
    if genre == "nombre":
        return en_un_an(ici, avant)
    if genre == "taux":
        return _sur_un_an(evolution_points(ici, avant))
    ecart = round(ici, 1) - round(avant, 1)
    if abs(ecart) < 0.05:  # noqa: PLR2004 - half of what is written
        return "stable sur un an"
    unite = " mois" if genre == "mois" else ""
    return f"en {'hausse' if ecart > 0 else 'baisse'} de {nombre(abs(ecart), 1)}{unite} en un an"


def _sur_un_an(dit: str) -> str:
    return f"{dit} sur un an" if dit == "stable" else f"{dit} en un an"


# --- À retenir ------------------------------------------------------------------------------------


def retenir(ctx: Contexte) -> list[str]:
    """Return the sentences that hold without the rest of the document."""
    lectures = (_stock, _flux, _tension, _prioritaires, _mixite, _qualite)
    dites = [dire(ctx) for dire in lectures]
    return [une for une in dites if une] or [
        (
            "Aucun chiffre n'est mis en avant : "
            + (
                "les tables livrées sont trop incomplètes."
                if any(une.cause in NON_CALCULABLES for une in ctx.absences())
                else "les effectifs sont trop petits pour être diffusés."
            )
        )
    ]


def _stock(ctx: Contexte) -> str:
    une = ligne(ctx.lire(Evolution), "ACTIVES", "arrete")
    total, mutations = valeur(une, "total"), valeur(une, "mutations")
    if total is None:
        return ""
    avant = ligne(ctx.lire_avant(Evolution), "ACTIVES", "arrete")
    suite = en_un_an(total, avant.get("total"))
    part = f" ; {rapport(mutations, total)} sont des mutations" if mutations and total else ""
    return phrase(
        f"**{compter(total, 'demande active', 'demandes actives')}** au {dater(ctx.arrete)}"
        + (f", {suite}" if suite else "")
        + part
    )


def _flux(ctx: Contexte) -> str:
    depots, attributions = ctx.lire(Depots).ensemble, ctx.lire(Attributions).ensemble
    deposees, attribuees = valeur(depots, "total"), valeur(attributions, "total")
    if deposees is None or attribuees is None:
        return ""
    avant = ctx.lire_avant(Attributions)
    suite = en_un_an(attribuees, avant.ensemble.get("total") if avant else None)
    return phrase(
        f"en 12 mois, {compter(deposees, 'demande déposée', 'demandes déposées')} et "
        f"**{compter(attribuees, 'attribution')}**" + (f" ({suite})" if suite else "")
    )


def _tension(ctx: Contexte) -> str:
    une = ctx.lire(Attributions).ensemble
    toutes = valeur(une, "demandes_pour_une_attribution")
    hors = valeur(une, "demandes_pour_une_attribution_hors_mutation")
    actives, attributions = valeur(une, "demandes_actives"), valeur(une, "total")
    if toutes is None or actives is None or attributions is None:
        return ""
    suite = f", {ecrire(hors, 'decimal')} hors mutation" if hors is not None else ""
    return phrase(
        f"**{ecrire(toutes, 'decimal')} demandes pour une attribution**{suite} "
        f"({entier(actives)} demandes actives pour {compter(attributions, 'attribution')})"
    )


def _prioritaires(ctx: Contexte) -> str:
    return _objectif(
        ctx.lire(Prioritaires).ensemble,
        ("prioritaires", "attributions", "part_prioritaires"),
        "des attributions vont à des ménages prioritaires",
    )


def _mixite(ctx: Contexte) -> str:
    return _objectif(
        ctx.lire(MixiteHorsQpv).ensemble,
        ("premier_quartile_ou_anru", "attributions_hors_qpv", "part_du_total"),
        "des attributions hors QPV suivies d'un bail vont au premier quartile ou à un relogement "
        "ANRU",
    )


def _objectif(une: LigneTableau, champs: tuple[str, str, str], quoi: str) -> str:
    numerateur, denominateur, part = (valeur(une, nom) for nom in champs)
    objectif = valeur(une, "objectif")
    if numerateur is None or not denominateur or part is None:
        return ""
    suite = ""
    if objectif is not None:
        atteint = "atteint" if part >= objectif else "non atteint"
        suite = f", pour un objectif de {pourcentage(objectif, 0)} ({atteint})"
    return phrase(
        f"**{pourcentage(part)}** {quoi} ({entier(numerateur)} sur {entier(denominateur)}){suite}"
    )


def aucun_rouge(juges: int) -> str:
    """Say that none of the indicators judged for the département is bad, be it the only one."""
    if juges == 1:
        return "le seul indicateur jugé pour le département n'est ni en rouge ni à traiter"
    return f"aucun des {juges} indicateurs jugés pour le département n'est en rouge ni à traiter"


def _qualite(ctx: Contexte) -> str:
    releve = ctx.relever()
    juges = [une for une in releve.valeurs.values() if une.niveau == "departement" and une.jugee]
    rouges = [une for une in juges if une.etat in MAUVAIS]
    if not juges:
        return ""
    nombre = compter(len(juges), "indicateur jugé", "indicateurs jugés")
    return phrase(
        f"qualité de l'enregistrement : sur {nombre} "
        f"pour le département, {len(rouges)} en rouge ou à traiter"
        if rouges
        else f"qualité de l'enregistrement : {aucun_rouge(len(juges))}"
    )
