"""What was delivered: the history with its refusals, and the lists behind a report's numbers."""

from __future__ import annotations

from dataclasses import dataclass

from infocentre.entrepot import Dossier, Livraison, Version
from infocentre.entrepot.description import GuichetInconnu
from infocentre.entrepot.etats import FLUX, sql_mouvements
from infocentre.entrepot.evenements import Evenement, Refusee
from infocentre.entrepot.journal import lire_evenements
from infocentre.entrepot.relations import citer
from infocentre.entrepot.sceaux import decrire_archive
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import jour

EN_VIGUEUR, REMPLACEE, REFUSEE, RETIREE = "en vigueur", "remplacée", "refusée", "retirée"
LISTES = {
    "rejets": "Lignes rejetées",
    "anomalies_format": "Anomalies de format",
    "guichets_inconnus": "Guichets inconnus du registre",
    "sans_population": "Plis et messages dans aucune population",
    "creations": "Entrées par création",
    "deradiations": "Entrées par déradiation",
    "autres_entrees": "Autres entrées",
    "radiations": "Sorties par radiation",
    "disparues": "Sorties sans radiation",
}


@dataclass(frozen=True, slots=True)
class Passage:
    """One delivery that was loaded (`livraison`) or refused (`motif`), with what became of it.

    `confirmation` is the reason given for one that was to confirm.
    """

    nom: str
    le: str
    statut: str
    livraison: Livraison | None = None
    motif: str = ""
    confirmation: str = ""


def historique(dossier: Dossier, version: Version, departement: str | None = None) -> list[Passage]:
    """Return every loading in its order, then the refusals, which name no département."""
    en_vigueur = {(*une.cle, une.empreinte, une.chargee_le): une for une in version.livraisons}
    journal = dossier.publications()
    passages = [
        _passage(entree, en_vigueur, journal[rang + 1 :])
        for rang, entree in enumerate(journal)
        if entree["type"] == "chargement" and departement in {None, entree["departement"]}
    ]
    refus = lire_evenements(dossier.refus, Refusee)
    return passages + [
        Passage(un["livraison"], un["le"], REFUSEE, motif=un["motif"]) for un in refus
    ]


def _passage(
    entree: Evenement,
    en_vigueur: dict[tuple[str, str, str, str], Livraison],
    suite: list[Evenement],
) -> Passage:
    livraison = Livraison(
        departement=entree["departement"],
        arrete=entree["arrete"],
        empreinte=entree["empreinte"],
        nom=entree["nom"],
        chargee_le=entree["le"],
    )
    actuelle = en_vigueur.get((*livraison.cle, livraison.empreinte, livraison.chargee_le))
    return Passage(
        nom=livraison.nom,
        le=livraison.chargee_le,
        statut=EN_VIGUEUR if actuelle else _devenir(entree, suite),
        livraison=actuelle or livraison,
        confirmation=entree.get("confirmation", ""),
    )


def _devenir(entree: Evenement, suite: list[Evenement]) -> str:
    """Tell what became of a loading that is not in force: the next event of its arrêté says it."""
    suivant = next(
        (
            une
            for une in suite
            if une["type"] in {"chargement", "retrait"}
            and (une["departement"], une["arrete"]) == (entree["departement"], entree["arrete"])
        ),
        None,
    )
    return RETIREE if suivant and suivant["type"] == "retrait" else REMPLACEE


def sql_liste(dossier: Dossier, version: Version, livraison: Livraison, liste: str) -> str:
    """Return the SELECT of a list of LISTES, in order; raise Refus for a balance without before."""
    archive = dossier.archive(livraison)
    if liste in FLUX:
        return _sql_mouvements(dossier, version, livraison, liste)
    if liste == "rejets":
        fichier = citer(str(archive / "rejets.parquet"))
        return f"SELECT * FROM read_parquet({fichier}) ORDER BY fichier, ligne"
    if liste == "guichets_inconnus":
        return _sql_guichets_inconnus(decrire_archive(dossier, livraison)["guichets_inconnus"])
    if liste == "sans_population":
        return _sql_sans_population(
            {
                table: f"read_parquet({citer(str(archive / f'{table}.parquet'))})"
                for table in ("stock", "radiation", "guichets", "plis", "messages")
            }
        )
    fichier = citer(str(archive / "anomalies_format.parquet"))
    return f"SELECT * FROM read_parquet({fichier}) ORDER BY ALL"


def _sql_guichets_inconnus(inconnus: list[GuichetInconnu]) -> str:
    lignes = ", ".join(
        f"({citer(un['guichet'])}, {citer(un['table'])}, {un['lignes']})" for un in inconnus
    )
    if not lignes:
        return "SELECT '' AS guichet, '' AS \"table\", 0 AS lignes WHERE false"
    return f'SELECT * FROM (VALUES {lignes}) AS inconnus (guichet, "table", lignes)'


def _sql_sans_population(tables: dict[str, str]) -> str:
    return f"""
        SELECT 'plis' AS "table", id_pli AS identifiant, numero_unique,
            'demande dans aucun fichier' AS raison
        FROM {tables["plis"]} WHERE numero_unique NOT IN
            (SELECT numero_unique FROM {tables["stock"]}
            UNION ALL SELECT numero_unique FROM {tables["radiation"]})
        UNION ALL SELECT 'messages', id_message, numero_unique,
            concat('guichet inconnu : ', coalesce(guichet, 'vide'))
        FROM {tables["messages"]} WHERE guichet IS NULL
            OR guichet NOT IN (SELECT code_guichet FROM {tables["guichets"]})
        ORDER BY ALL"""


def precedente(version: Version, livraison: Livraison) -> Livraison:
    """Return the delivery in force of the arrêté before; raise Refus for the first of all."""
    avant = [une for une in version.de(livraison.departement) if une.arrete < livraison.arrete]
    if not avant:
        raise Refus(
            f"le {jour(livraison.arrete)} est le premier arrêté du département : rien à comparer",
            que_faire="Charger aussi la livraison du mois d'avant.",
        )
    return avant[-1]


def _sql_mouvements(dossier: Dossier, version: Version, livraison: Livraison, liste: str) -> str:
    avant = dossier.archive(precedente(version, livraison))
    return (
        "SELECT numero_unique, guichet_enregistreur AS guichet, date_creation FROM "
        f"({sql_mouvements(avant, dossier.archive(livraison))}) "
        f"WHERE mouvement = '{liste}' ORDER BY numero_unique"
    )
