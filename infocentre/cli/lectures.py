"""The commands that read: each opens the published version, and shows or exports rows."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from infocentre.acces.perimetre import Perimetre, exiger_tout
from infocentre.cli import options as demandes
from infocentre.cli.acces import acces
from infocentre.entrepot import Dossier, Livraison, Version
from infocentre.exports import Donnees, en_donnees, exporter, sans_colonnes
from infocentre.lecture.choix import choisir_departement, choisir_mois, dire_remplacee
from infocentre.lecture.commun import catalogue
from infocentre.lecture.extraits import (
    anomalies_du_mois,
    autre_demande,
    code_connu,
    empechement,
    est_un_stock,
    exiger_guichet,
    filtre,
    motifs,
    publiees,
    tableau_publie,
)
from infocentre.lecture.historique import (
    EN_VIGUEUR,
    LISTES,
    Passage,
    historique,
)
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.lecture.parcours import vie
from infocentre.lecture.rapport import lignes_rapport
from infocentre.lecture.valeurs import dire_motifs, sql_valeurs
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.config import dossier_donnees
from infocentre.noyau.depart import sans
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.noyau.temps import periode

# What of the other demande stands in a table of the terminal: its explication says the rest.
COURTES = ("autre_numero",)


def dossier_courant() -> Dossier:
    """Return the data directory of a command about whole départements; raise Refus."""
    if perimetre().partiel:
        raise Refus(
            "cette commande porte sur des départements entiers, "
            "qui ne sont pas ouverts à ce compte",
            que_faire="S'adresser au gestionnaire territorial.",
        )
    return Dossier(dossier_donnees())


@contextlib.contextmanager
def ouvrir() -> Iterator[Lecture]:
    """Open the published version as whoever types the command may see it."""
    with sans("pandas"), ouvrir_pour(Dossier(dossier_donnees()), perimetre()) as v:
        yield v


def perimetre() -> Perimetre:
    """Return what a command may see: everything, or what the account that it reads with may."""
    return acces().perimetre


def departement_voulu(options: demandes.Departement) -> str | None:
    """Return the département asked, on three characters."""
    if not options.departement:
        return None
    # What receives deliveries loads polars, which nobody who reads needs.
    from infocentre.contrat.territoires import normaliser_departement

    return normaliser_departement(options.departement)


def mois_controle(v: Lecture, options: demandes.Mois) -> str:
    """Return the month asked, else the newest controlled one; raise Refus when there is none."""
    mois = choisir_mois(v.version, options.mois, departement_voulu(options))
    if remplacee := dire_remplacee(v.version, mois):
        print(remplacee, file=sys.stderr)
    return mois


def indicateurs(options: demandes.Indicateurs) -> None:
    """Show the values of a month: a summary on the terminal, every row in the other formats."""
    code = options.code and code_connu(options.code)
    if options.plusieurs:
        from infocentre.cli import ensembles

        with ouvrir() as v:
            donnees = ensembles.indicateurs(v, options, code)
        exporter(donnees, options.format, options.sortie)
        return
    with ouvrir() as v:
        mois = mois_controle(v, options)
        guichet = options.guichet and options.guichet.strip().upper()
        departement = departement_voulu(options)
        if guichet:
            exiger_guichet(v, guichet, mois)
        if options.format == "table":
            departement = choisir_departement(v.version, departement_voulu(options))
            donnees = _synthese(v, mois, departement, guichet, code, options.par)
            donnees = _avec_motifs(v, donnees, mois, departement, code)
        elif options.format == "xlsx":
            donnees = _valeurs(v, mois, departement, guichet, code, options.par)
            donnees = _avec_motifs(v, donnees, mois, departement, code)
        else:
            donnees = _valeurs(v, mois, departement, guichet, code, options.par)
    exporter(donnees, options.format, options.sortie)


def _avec_motifs(
    v: Lecture, donnees: Donnees, mois: str, departement: str | None, code: str | None
) -> Donnees:
    """Say under the rows why some indicators are not calculable."""
    tous = motifs(v, filtre(mois=mois, departement=departement, code=code))
    connus = {un: motif for un, motif in tous.items() if un in catalogue().indicateurs}
    return replace(donnees, note="\n".join(filter(None, [donnees.note, dire_motifs(connus)])))


def _exiger_publie(v: Lecture, mois: str | None, guichet: str | None) -> None:
    """Raise Refus when no value was ever published for the month, or the guichet."""
    if mois and not v.tuples(f"SELECT 1 FROM valeurs WHERE mois = '{mois}' LIMIT 1"):
        raise Refus(
            f"aucune valeur n'a été publiée pour {mois}",
            que_faire="Les mois chargés : infocentre livraisons",
        )
    if guichet:
        exiger_guichet(v, guichet, mois)


def _valeurs(
    v: Lecture,
    mois: str,
    departement: str | None,
    guichet: str | None,
    code: str | None,
    par: str,
) -> Donnees:
    condition = filtre(mois=mois, departement=departement, guichet=guichet, code=code)
    with v.relation(sql_valeurs(par, condition)) as relation:
        return en_donnees(relation, f"Indicateurs de {mois}", de="valeurs")


def _synthese(
    v: Lecture,
    mois: str,
    departement: str | None,
    guichet: str | None,
    code: str | None,
    par: str,
) -> Donnees:
    libelles = {code: un.libelle for code, un in catalogue().indicateurs.items()}
    comptes = {"rouges": Etat.ROUGE, Etat.A_TRAITER: Etat.A_TRAITER, "oranges": Etat.ORANGE}
    if guichet or code:
        valeurs = _valeurs(v, mois, departement, guichet, code, par)
        return _pour_le_terminal(valeurs, libelles if guichet else None)
    combien = ", ".join(
        f"count(*) FILTER (niveau = '{par}' AND etat = '{etat}') AS {nom}"
        for nom, etat in comptes.items()
    )
    lues = v.tuples(f"""
        SELECT departement, code, any_value(numerateur) FILTER (niveau = 'departement') AS num,
            any_value(denominateur) FILTER (niveau = 'departement') AS den,
            any_value(taux) FILTER (niveau = 'departement') AS taux,
            any_value(taux_12m) FILTER (niveau = 'departement') AS taux_12m,
            any_value(etat) FILTER (niveau = 'departement') AS etat,
            {combien}
        FROM valeurs LEFT JOIN regles USING (code)
        WHERE {filtre(mois=mois, departement=departement)}
        GROUP BY departement, code, ordre ORDER BY departement, ordre""")
    lignes = [(dep, code_, libelles.get(code_, ""), *reste) for dep, code_, *reste in lues]
    return Donnees(
        f"Suivi des guichets, {mois}",
        ("departement", "code", "libelle", "num", "den", "taux", "taux_12m", "etat", *comptes),
        lignes,
        titres={nom: etat.ecrit for nom, etat in comptes.items()},
        note=f"Les trois dernières colonnes comptent les {par}s ; un seul : --{par} CODE, "
        "un indicateur : --code CODE, tout : --format csv.".replace("--organisme", "--guichet"),
        de="suivi",
    )


def _pour_le_terminal(donnees: Donnees, libelles: dict[str, str] | None) -> Donnees:
    donnees = sans_colonnes(
        donnees, ("departement", "mois", "nb_mois", "borne_basse", "borne_haute")
    )
    if libelles is None:
        return donnees
    lignes = [(code, libelles.get(code, ""), *reste) for code, *reste in donnees.lignes]
    colonnes = ("code", "indicateur", *donnees.colonnes[1:])
    return replace(donnees, colonnes=colonnes, lignes=lignes)


def anomalies(options: demandes.Anomalies) -> None:
    """List the units behind a numerator, of the month or of the 12 months, explained."""
    code = code_connu(options.code)
    with ouvrir() as v:
        mois = mois_controle(v, options)
        concernees = _calculables(v, options, mois, code)
        guichet = options.guichet and options.guichet.strip().upper()
        if guichet:
            exiger_guichet(v, guichet, mois)
        douze, autre = options.fenetre == "12m", autre_demande(code)
        quand = periode(mois, stock=est_un_stock(code), douze_mois=douze)
        dits = catalogue().indicateurs[code].mots.des
        titre = f"{code} : demandes en anomalie {quand} ({dits})"
        with anomalies_du_mois(v, concernees, code, guichet=guichet, douze_mois=douze) as relation:
            donnees = en_donnees(relation, titre, de="anomalies")
    if options.format == "table":
        longues = [nom for nom in autre if nom not in COURTES]
        donnees = sans_colonnes(donnees, longues if douze else ["mois_juge", *longues])
    exporter(donnees, options.format, options.sortie)


def _calculables(
    v: Lecture, options: demandes.Departement, mois: str, code: str
) -> list[Livraison]:
    """Return the controlled deliveries of the month that allow the indicator; say which do not."""
    gardees = []
    for une in publiees(v.version, mois, departement_voulu(options)):
        if motif := empechement(v, une, code):
            print(
                f"{code} n'est pas calculable dans le département {une.departement} en {mois} : "
                f"{motif}.",
                file=sys.stderr,
            )
        else:
            gardees.append(une)
    return gardees


def revisions(options: demandes.Revisions) -> None:
    """List the published values that changed since, old and new, and why."""
    with ouvrir() as v:
        mois_controle(v, replace(options, mois=None))
        guichet = options.guichet and options.guichet.strip().upper()
        _exiger_publie(v, options.mois, guichet)
        condition = filtre(
            mois=options.mois, departement=departement_voulu(options), guichet=guichet
        )
        with v.relation(
            f"SELECT * FROM revisions WHERE niveau <> 'organisme' AND {condition} "
            "ORDER BY le, departement, mois, code, guichet"
        ) as relation:
            donnees = en_donnees(relation, "Révisions", de="revisions")
    exporter(donnees, options.format, options.sortie)


def choisir_livraison(v: Lecture, options: demandes.UneLivraison) -> Livraison:
    """Return the delivery named by its month or the start of its empreinte, else the newest."""
    departement = departement_voulu(options)
    v.exiger_departements("Le rapport d'une livraison")
    candidates = [une for une in v.version.livraisons if departement in {None, une.departement}]
    voulue = options.livraison
    trouvees = (
        [
            une
            for une in candidates
            if voulue in {une.mois, une.arrete, une.nom} or une.empreinte.startswith(str(voulue))
        ]
        if voulue
        else sorted(candidates, key=lambda une: une.arrete)[-1:]
    )
    if not trouvees:
        raise Refus(
            f"la livraison « {voulue} » n'est pas chargée",
            que_faire="Les livraisons chargées : infocentre livraisons",
        )
    if len(trouvees) > 1:
        raise Refus(
            f"{len(trouvees)} livraisons répondent à « {voulue} »",
            que_faire="Préciser --departement.",
        )
    return trouvees[0]


def livraisons(options: demandes.Livraisons) -> None:
    """Show the history of deliveries, the report of one, or a list behind one of its numbers."""
    from infocentre.lecture.livraisons import description, solde

    if options.livraison is None and options.liste is None:
        exiger_tout(perimetre(), "l'histoire de toutes les livraisons")
        donnees = _historique(dossier_courant(), departement_voulu(options))
        exporter(donnees, options.format, options.sortie)
        return
    with ouvrir() as v:
        livraison = choisir_livraison(v, options)
        if options.liste is None:
            rapport = lignes_rapport(description(v, livraison), solde(v, livraison), None)
            print("\n".join(rapport))
            return
        donnees = _liste(v, livraison, options.liste)
    exporter(donnees, options.format, options.sortie)


def _historique(dossier: Dossier, departement: str | None) -> Donnees:
    passages = historique(dossier, dossier.exiger_version(), departement)
    return Donnees(
        "Livraisons",
        ("departement", "arrete", "nom", "le", "empreinte", "statut", "controlee"),
        [_ligne_historique(un) for un in passages],
        de="livraisons",
    )


def _ligne_historique(passage: Passage) -> tuple[Any, ...]:
    une = passage.livraison
    le = dt.datetime.fromisoformat(passage.le).astimezone().replace(tzinfo=None)
    if une is None:
        return ("", "", passage.nom, le, "", passage.statut, passage.motif)
    controlee = ("oui" if une.controle else "non") if passage.statut == EN_VIGUEUR else ""
    confirmee = f"confirmée : {passage.confirmation}" if passage.confirmation else ""
    return (
        une.departement,
        dt.date.fromisoformat(une.arrete),
        passage.nom,
        le,
        une.empreinte[:12],
        passage.statut,
        " ; ".join(filter(None, [controlee, confirmee])),
    )


def _liste(v: Lecture, livraison: Livraison, liste: str) -> Donnees:
    from infocentre.lecture.livraisons import sql_de_liste

    with v.relation(sql_de_liste(v, livraison, liste)) as relation:
        return en_donnees(relation, f"{LISTES[liste]}, {livraison.nom}", de="livraison")


def rejets(options: demandes.Rejets) -> None:
    """List the rejected rows of a delivery: table, file, physical line, column, value, reason."""
    with ouvrir() as v:
        donnees = _liste(v, choisir_livraison(v, options), "rejets")
    exporter(donnees, options.format, options.sortie)


def tableau(options: demandes.Tableau) -> None:
    """Show a standard table of a month, or the list of the tables."""
    from infocentre.lecture.tableaux import en_donnees as a_emporter
    from infocentre.lecture.tableaux import lire_tableau

    if options.code is None:
        lignes = [(code, un.titre) for code, un in tableaux().items()]
        exporter(Donnees("Tableaux", ("code", "titre"), lignes), options.format, options.sortie)
        return
    if options.plusieurs:
        from infocentre.cli import ensembles

        with ouvrir() as v:
            donnees = ensembles.tableau(v, options, options.code)
        exporter(_court(donnees, options), options.format, options.sortie)
        return
    with ouvrir() as v:
        mois = mois_controle(v, options)
        departement = choisir_departement(v.version, departement_voulu(options))
        code = tableau_publie(v, options.code).code
        lu = lire_tableau(v, code, departement, mois, partage=False)
    titre = f"{lu.tableau.code} – {lu.tableau.titre}, {departement}, {mois}"
    donnees = replace(a_emporter(lu), titre=titre, titres={})
    exporter(_court(donnees, options), options.format, options.sortie)


def _court(donnees: Donnees, options: demandes.Tableau) -> Donnees:
    """Return a standard table as the terminal has room for it."""
    if options.format != "table":
        return donnees
    return sans_colonnes(donnees, ("departement", "mois", "code"), "_ensemble")


def demande(options: demandes.Demande) -> None:
    """Show everything known of one demande, in the order of time."""
    numero = options.numero.strip().upper()
    with ouvrir() as v:
        faits = vie(v, numero)
    if not faits:
        raise Refus(
            f"la demande « {numero} » n'est dans aucune livraison chargée",
            que_faire="Vérifier le numéro unique (18 caractères).",
        )
    donnees = Donnees(f"Demande {numero}", tuple(faits[0]), [tuple(un.values()) for un in faits])
    exporter(donnees, options.format, options.sortie)


def expliquer(options: demandes.Expliquer) -> None:
    """Print what stands behind an indicator or a standard table."""
    from infocentre.lecture.explication import expliquer as dire

    dossier = Dossier(dossier_donnees())
    if not dossier.a_publie():
        print(dire(dossier, Version(), options.code), end="")
        return
    with ouvrir() as v:
        print(dire(dossier, v.version, options.code), end="")
