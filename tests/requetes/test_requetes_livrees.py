"""Every query of the library gives what its title promises, counted again without SQL."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import duckdb
import pytest

from dashboards.composants.requetes import EXEMPLE
from infocentre.catalogue import lire_catalogue
from infocentre.entrepot.relations import citer
from infocentre.noyau.config import ressources
from infocentre.requetes.bibliotheque import lire_bibliotheque
from infocentre.requetes.documentation import FICHIER, rendre_bibliotheque
from tests.requetes.demonstration import (
    NON_RENSEIGNES,
    Ligne,
    Livre,
    colonnes,
    compter,
    delai,
    grouper,
    lancer,
    livre,
    mediane,
    plus_mois,
)

Verification = Callable[[Livre], None]
VERIFICATIONS: dict[str, Verification] = {}


def verifie(fonction: Verification) -> Verification:
    """Register the check of the query that has the function's name."""
    VERIFICATIONS[fonction.__name__] = fonction
    return fonction


LIVREES = sorted(lire_bibliotheque(ressources("queries") / "bibliotheque"))


@pytest.mark.parametrize("nom", LIVREES)
def test_a_query_gives_what_its_title_promises(nom: str) -> None:
    VERIFICATIONS[nom](livre())


def test_the_library_is_large_and_every_file_is_checked() -> None:
    assert len(LIVREES) >= 25
    assert set(VERIFICATIONS) == set(LIVREES)


def test_every_query_says_who_reads_it_and_what_a_row_is() -> None:
    for requete in lire_bibliotheque(ressources("queries") / "bibliotheque").values():
        assert requete.grain, requete.nom
        assert requete.grain.startswith("une ligne par")
        assert requete.tags, requete.nom
        assert requete.auteur == "infocentre"


def test_the_published_documentation_says_what_the_files_say() -> None:
    rendue = rendre_bibliotheque(lire_bibliotheque(ressources("queries") / "bibliotheque"))
    publiee = (ressources("docs") / FICHIER.name).read_text("utf-8")
    assert publiee == rendue, "run: python -m infocentre.requetes.documentation"


def anciennete(une: Ligne) -> float:
    return float((livre().fin - une["date_creation"]).days / 30.4375)


def typologie(code: str | None) -> str:
    return livre().libelle("TYPE_LOGEMENT_RECHERCHE", code, "Non renseignée")


def arrondir(valeur: float | None) -> float | None:
    return None if valeur is None else round(valeur, 6)


def guichet(une: Ligne) -> str:
    return une["guichet_enregistreur"] or "INCONNU"


def est(champ: str, *attendus: Any) -> Callable[[Ligne], bool]:
    return lambda une: une[champ] in attendus


# --- Attributions ---------------------------------------------------------------------------------


@verifie
def attributions_reservataire_bailleur(a: Livre) -> None:
    codes = ("PPRIOR", "PFONCT", "COLTER", "COLACT", "AUTRES", "AUCUN", None)
    attendu = {
        bailleur: compter(siennes, *(est("type_reservataire", code) for code in codes))
        for bailleur, siennes in grouper(
            a.attributions, lambda une: a.bailleur(une["siren_radiation"])
        ).items()
    }
    lues = colonnes(
        lancer("attributions_reservataire_bailleur"),
        "bailleur",
        "attributions préfet_prioritaires préfet_fonctionnaires collectivités_et_epci "
        "action_logement autres_réservataires logement_non_réservé non_renseigné",
    )
    assert lues == attendu
    (ensemble,) = (une for une in a.tableau("att_04") if une["code"] == "*")
    assert sum(une[0] for une in lues.values()) == ensemble["total"]


@verifie
def attributions_bilan_reservataires(a: Livre) -> None:
    def cle(une: Ligne) -> tuple[str, ...]:
        typologie = une["type_logement_attrib"]
        qpv = "En QPV" if une["nb_qpv"] == 1 else "Hors QPV" if une["nb_hqpv"] == 1 else ""
        qpv = qpv if une["date_signature_bail"] else ""
        return (
            a.libelle("TYPE_RESERVATAIRE", une["type_reservataire"], "Réservataire non renseigné"),
            a.bailleur(une["siren_radiation"]),
            "Non renseignée" if typologie in NON_RENSEIGNES else typologie,
            qpv or "QPV ou bail non renseigné",
            a.commune(une["commune_logement_attrib"], "Commune non renseignée"),
        )

    annee = a.fin.year
    siennes = [une for une in a.attributions if une["date_radiation"].year == annee]
    attendu = {cle_: (len(unes),) for cle_, unes in grouper(siennes, cle).items()}
    lues = lancer("attributions_bilan_reservataires", annee=str(annee))
    assert colonnes(lues, "réservataire bailleur typologie qpv commune", "attributions") == attendu
    assert {une["année"] for une in lues} == {annee}
    avant = lancer("attributions_bilan_reservataires")
    assert {une["année"] for une in avant} == {annee - 1}, "the last year that is over"
    with duckdb.connect() as base:  # the demonstration has a lease behind each attribution
        base.sql(f"ATTACH {citer(str(a.analystes))} AS livre (READ_ONLY)")
        for table in ("registre", "communes", "codes"):
            base.sql(f"CREATE VIEW {table} AS FROM livre.{table}")
        base.sql(
            "CREATE TABLE demandes AS SELECT * REPLACE (NULL::date AS date_signature_bail) "
            "FROM livre.demandes WHERE nb_qpv = 1 OR nb_hqpv = 1"
        )
        sans = lancer("attributions_bilan_reservataires", base, annee=str(annee))
    assert {une["qpv"] for une in sans} == {"QPV ou bail non renseigné"}


@verifie
def attributions_delais_typologie_epci(a: Livre) -> None:
    def cle(une: Ligne) -> tuple[str, str]:
        code = une["type_logement_attrib"]
        return a.epci(une["commune_logement_attrib"]), (
            "Non renseignée" if code in NON_RENSEIGNES else code
        )

    for choix, retenue in (
        ("toutes", lambda _: True),
        ("mutations", est("mode_mutation", 1)),
        ("hors_mutation", est("mode_mutation", 0, None)),
    ):
        retenues = [une for une in a.attributions if retenue(une)]
        groupes = grouper(retenues, cle)
        for epci, siennes in grouper(retenues, lambda une: cle(une)[0]).items():
            groupes[epci, "Toutes"] = siennes
        attendu = {
            nom: (len(siennes), arrondir(mediane(delai(une) for une in siennes)))
            for nom, siennes in groupes.items()
        }
        lignes = lancer("attributions_delais_typologie_epci", mutations=choix)
        for une in lignes:
            une["délai_médian_en_mois"] = arrondir(une["délai_médian_en_mois"])
        assert colonnes(lignes, "epci typologie", "attributions délai_médian_en_mois") == attendu


@verifie
def attributions_egalite_citoyennete_bailleur(a: Livre) -> None:
    def premier(une: Ligne) -> bool:
        return 1 in (une["nb_q1"], une["estanru"])

    def attendu(signees: list[Ligne]) -> dict[str, tuple[int, ...]]:
        return {
            bailleur: compter(
                siennes,
                est("nb_hqpv", 1),
                lambda une: une["nb_hqpv"] == 1 and premier(une),
                est("nb_qpv", 1),
                lambda une: une["nb_qpv"] == 1 and 1 in (une["nb_q2"], une["nb_q3"], une["nb_q4"]),
            )[1:]
            for bailleur, siennes in grouper(
                signees, lambda une: a.bailleur(une["siren_radiation"])
            ).items()
        }

    voulues = (
        "attributions_hors_qpv premier_quartile_hors_qpv attributions_en_qpv quartiles_2_à_4_en_qpv"
    )
    signees = [une for une in a.attributions if une["date_signature_bail"]]
    lignes = lancer("attributions_egalite_citoyennete_bailleur", objectif="30")
    assert colonnes(lignes, "bailleur", voulues) == attendu(signees)
    assert sum(une["attributions_hors_qpv"] for une in lignes) == next(
        une["attributions_hors_qpv"] for une in a.tableau("att_06") if une["code"] == "*"
    )
    for une in lignes:
        visees = math.ceil(round(0.3 * une["attributions_hors_qpv"], 6))
        assert une["attributions_manquantes"] == max(0, visees - une["premier_quartile_hors_qpv"])

    arles = "CA d'Arles-Crau-Camargue-Montagnette"
    la = [une for une in signees if a.epci(une["commune_logement_attrib"]) == arles]
    restreintes = lancer("attributions_egalite_citoyennete_bailleur", epci="241300417")
    assert colonnes(restreintes, "bailleur", voulues) == attendu(la)


@verifie
def attributions_hors_commune_souhaitee(a: Livre) -> None:
    def distance(une: Ligne) -> str:
        souhait, logement = une["commune_log_recherche"], une["commune_logement_attrib"]
        if not a.commune_connue(souhait) or not a.commune_connue(logement):
            return "inconnue"
        if souhait == logement:
            return "même"
        if {souhait[:3], logement[:3]} == {"132"}:
            return "arrondissement"
        return "epci" if a.epci(souhait) == a.epci(logement) else "hors"

    attendu = {
        epci: compter(
            siennes,
            *(
                lambda une, ici=ici: distance(une) == ici
                for ici in ("même", "arrondissement", "epci", "hors", "inconnue")
            ),
            lambda une: distance(une) in ("epci", "hors") and une["est_demande_elargie"] == 1,
        )
        for epci, siennes in grouper(
            a.attributions, lambda une: a.epci(une["commune_log_recherche"])
        ).items()
    }
    assert (
        colonnes(
            lancer("attributions_hors_commune_souhaitee"),
            "epci_souhaité",
            "attributions même_commune_ou_arrondissement autre_arrondissement "
            "autre_commune_du_même_epci hors_epci commune_inconnue hors_commune_demande_élargie",
        )
        == attendu
    )


@verifie
def attributions_aucun_bailleur(a: Livre) -> None:
    attendu = {
        bailleur: compter(siennes, est("type_reservataire", "AUCUN"))
        for bailleur, siennes in grouper(
            a.attributions, lambda une: a.bailleur(une["siren_radiation"])
        ).items()
    }
    lignes = lancer("attributions_aucun_bailleur")
    assert colonnes(lignes, "bailleur", "attributions non_réservées") == attendu
    total, aucunes = compter(a.attributions, est("type_reservataire", "AUCUN"))
    for une in lignes:
        p, n = aucunes / total, une["attributions"]
        au_dela = une["part_non_réservées"] > min(1, p + 3.09 * math.sqrt(p * (1 - p) / n))
        assert (une["lecture"] == "à interroger") == au_dela
    assert any(une["lecture"] == "à interroger" for une in lignes), "the demo plants one"


@verifie
def attributions_prioritaires_reservataire_epci(a: Livre) -> None:
    attendu = {
        cle: compter(
            siennes,
            est("nb_dalo", 1),
            lambda une: 1 in (une["nb_dalo"], une["nb_menage_prioritaire"]),
        )
        for cle, siennes in grouper(
            a.attributions,
            lambda une: (
                a.epci(une["commune_logement_attrib"]),
                a.libelle("TYPE_RESERVATAIRE", une["type_reservataire"], "Non renseigné"),
            ),
        ).items()
    }
    lignes = lancer("attributions_prioritaires_reservataire_epci", objectif="50")
    assert (
        colonnes(lignes, "epci réservataire", "attributions dalo dalo_et_prioritaires") == attendu
    )
    for une in lignes:
        visees = math.ceil(0.5 * une["attributions"])
        assert une["attributions_manquantes"] == max(0, visees - une["dalo_et_prioritaires"])


@verifie
def attributions_logement_dabord_guichet(a: Livre) -> None:
    attendu = {
        nom: compter(siennes, *(est("mode_logement_actuel", c) for c in ("SD", "SH", "HOT")))
        for nom, siennes in grouper(a.attributions, guichet).items()
    }
    lignes = lancer("attributions_logement_dabord_guichet")
    lues = colonnes(lignes, "guichet", "attributions sans_abri structure_d_hébergement hôtel")
    assert lues == attendu
    assert sum(une["logement_d_abord"] for une in lignes) == sum(
        une["attributions_12_mois"] for une in a.tableau("att_08") if une["code"] == "*"
    )


@verifie
def attributions_tardives_effets(a: Livre) -> None:
    signees = [une for une in a.attributions if une["date_signature_bail"]]

    def retard(une: Ligne) -> int:
        return int((une["date_radiation"] - une["date_signature_bail"]).days)

    preavis = grouper(
        (un for un in a.table("plis") if un["type_pli"] in ("PREAVIS_SIMPLE", "PREAVIS_AR")),
        lambda un: un["numero_unique"],
    )

    def pour_rien(une: Ligne) -> int:
        return sum(
            une["date_signature_bail"] < pli["date_envoi"] <= une["date_radiation"]
            for pli in preavis.get(une["numero_unique"], ())
        )

    attendu = {}
    for nom, siennes in grouper(signees, guichet).items():
        tardives = [une for une in siennes if retard(une) > 20]
        if tardives:
            retards = [retard(une) for une in tardives]
            attendu[nom] = (
                len(siennes),
                len(tardives),
                mediane(retards),
                max(retards),
                sum(map(pour_rien, tardives)),
            )
    assert attendu
    assert (
        colonnes(
            lancer("attributions_tardives_effets", jours="20"),
            "guichet",
            "attributions_avec_bail tardives retard_médian_en_jours plus_long_retard_en_jours "
            "préavis_pour_rien",
        )
        == attendu
    )


@verifie
def attributions_mutations_bailleur(a: Livre) -> None:
    attendu = {
        bailleur: (
            *compter(siennes, est("mode_mutation", 1)),
            arrondir(mediane(delai(une) for une in siennes if une["mode_mutation"] == 1)),
        )
        for bailleur, siennes in grouper(
            a.attributions, lambda une: a.bailleur(une["siren_radiation"])
        ).items()
    }
    lignes = lancer("attributions_mutations_bailleur")
    for une in lignes:
        une["délai"] = arrondir(une["délai_médian_mutations_en_mois"])
    assert colonnes(lignes, "bailleur", "attributions mutations délai") == attendu


@verifie
def attributions_ressources_epci(a: Livre) -> None:
    def plafond(une: Ligne) -> str:
        return a.libelle("POSITION_PLAFOND", une["position_plafond"], "Non renseigné")

    attribuees = Counter((a.epci(u["commune_logement_attrib"]), plafond(u)) for u in a.attributions)
    demandees = Counter((a.epci(u["commune_log_recherche"]), plafond(u)) for u in a.actives)
    lues = colonnes(
        lancer("attributions_ressources_epci"), "epci ressources", "attributions demandes_actives"
    )
    assert lues == {cle: (attribuees[cle], demandees[cle]) for cle in {*attribuees, *demandees}}


# --- Demandes -------------------------------------------------------------------------------------


@verifie
def demandes_delai_anormalement_long(a: Livre) -> None:
    def au_dela(une: Ligne) -> bool:
        return plus_mois(une["date_creation"], 24) < a.fin

    attendu = {
        cle: compter(
            siennes,
            au_dela,
            lambda une: au_dela(une) and une["mode_mutation"] != 1,
            lambda une: au_dela(une) and une["nb_dalo"] == 1,
        )
        for cle, siennes in grouper(
            (une for une in a.actives if une["type_demandeur"] == "PP"),
            lambda une: (
                a.epci(une["commune_log_recherche"]),
                typologie(une["type_logement_recherche"]),
            ),
        ).items()
    }
    lues = colonnes(
        lancer("demandes_delai_anormalement_long", delai="24"),
        "epci typologie_recherchée",
        "demandes au_delà_du_délai dont_hors_mutation dont_dalo",
    )
    assert lues == attendu
    assert any(une[1] for une in lues.values())


@verifie
def demandes_tension_epci_typologie(a: Livre) -> None:
    def grande(code: str | None) -> str:
        return typologie("T6P" if code in ("T6", "T7", "T8", "T9P") else code)

    demandes: Counter[Any] = Counter()
    attributions: Counter[Any] = Counter()
    for une in a.actives:
        epci = a.epci(une["commune_log_recherche"])
        demandes.update([(epci, "Toutes"), (epci, typologie(une["type_logement_recherche"]))])
    for une in a.attributions:
        epci = a.epci(une["commune_logement_attrib"])
        attributions.update([(epci, "Toutes"), (epci, grande(une["type_logement_attrib"]))])
    lignes = lancer("demandes_tension_epci_typologie")
    assert colonnes(lignes, "epci typologie", "demandes_actives attributions_12_mois") == {
        cle: (demandes[cle], attributions[cle]) for cle in {*demandes, *attributions}
    }
    publiees = {
        une["libelle"]: une["demandes_pour_une_attribution"]
        for une in a.tableau("att_09")
        if une["niveau"] == "epci"
    }
    for une in lignes:
        if une["typologie"] == "Toutes" and une["epci"] in publiees:
            assert une["demandes_pour_une_attribution"] == publiees[une["epci"]]


@verifie
def demandes_anciennete_guichet(a: Livre) -> None:
    groupes = grouper(a.actives, guichet)
    attendu = {
        nom: (
            *compter(siennes, lambda une: anciennete(une) < 12, lambda une: anciennete(une) > 60),
            arrondir(mediane(anciennete(une) for une in siennes)),
        )
        for nom, siennes in groupes.items()
    }
    lignes = lancer("demandes_anciennete_guichet")
    for une in lignes:
        une["médiane"] = arrondir(une["ancienneté_médiane_en_mois"])
        assert une["demandes_actives"] == sum(
            une[nom]
            for nom in ("moins_d_un_an", "un_à_deux_ans", "deux_à_cinq_ans", "plus_de_cinq_ans")
        )
    voulues = "demandes_actives moins_d_un_an plus_de_cinq_ans médiane"
    assert colonnes(lignes, "guichet", voulues) == attendu

    communes = lancer("demandes_anciennete_guichet", type_guichet="COMMUNE")
    types = {une["code_guichet"]: une["type_guichet"] for une in a.table("guichets")}
    assert {une["guichet"] for une in communes} == {
        nom for nom in groupes if types.get(nom) == "COMMUNE"
    }


@verifie
def demandes_ressources_manquantes_guichet(a: Livre) -> None:
    lignes = lancer("demandes_ressources_manquantes_guichet", effectif="1")
    publiees = {
        une["guichet"]: (une["denominateur"], une["numerateur"])
        for une in a.tableau("valeurs")
        if une["code"] == "CPL_RESSOURCES" and une["niveau"] == "guichet"
    }
    assert colonnes(lignes, "guichet", "demandes_actives ressources_manquantes") == publiees
    restreintes = lancer("demandes_ressources_manquantes_guichet", effectif="30")
    assert [une["guichet"] for une in restreintes] == [
        une["guichet"] for une in lignes if une["demandes_actives"] >= 30
    ]


@verifie
def demandes_mutations_motifs(a: Livre) -> None:
    def motif(une: Ligne) -> str:
        return a.libelle("MOTIF_DEMANDE", une["motif_demande"], "Non renseigné")

    actives = Counter(motif(une) for une in a.actives if une["mode_mutation"] == 1)
    obtenues = Counter(motif(une) for une in a.attributions if une["mode_mutation"] == 1)
    lues = colonnes(
        lancer("demandes_mutations_motifs"), "motif", "demandes_de_mutation attributions_12_mois"
    )
    assert {motif: une for motif, une in lues.items() if any(une)} == {
        cle: (actives[cle], obtenues[cle]) for cle in {*actives, *obtenues}
    }


@verifie
def demandes_motifs_urgents_epci(a: Livre) -> None:
    attendu = {
        cle: compter(
            siennes,
            lambda une: 1 in (une["nb_dalo"], une["nb_menage_prioritaire"]),
            lambda une: anciennete(une) > 12,
        )
        for cle, siennes in grouper(
            (une for une in a.actives if une["motif_demande"] in ("01", "03", "05", "06")),
            lambda une: (
                a.epci(une["commune_log_recherche"]),
                a.libelle("MOTIF_DEMANDE", une["motif_demande"], ""),
            ),
        ).items()
    }
    voulues = "demandes dont_dalo_ou_prioritaires depuis_plus_d_un_an"
    assert colonnes(lancer("demandes_motifs_urgents_epci"), "epci motif", voulues) == attendu


@verifie
def demandes_handicap_epci(a: Livre) -> None:
    def handicap(une: Ligne) -> bool:
        return bool((une["nb_phandicap"] or 0) > 0)

    demandes = grouper(a.actives, lambda une: a.epci(une["commune_log_recherche"]))
    obtenues = grouper(a.attributions, lambda une: a.epci(une["commune_logement_attrib"]))
    attendu = {
        epci: compter(demandes.get(epci, ()), handicap) + compter(obtenues.get(epci, ()), handicap)
        for epci in {*demandes, *obtenues}
    }
    voulues = (
        "demandes_actives demandes_avec_handicap attributions_12_mois attributions_avec_handicap"
    )
    assert colonnes(lancer("demandes_handicap_epci"), "epci", voulues) == attendu


@verifie
def demandes_dalo_non_reloges(a: Livre) -> None:
    attendu = {
        cle: compter(
            siennes,
            lambda une: plus_mois(une["date_creation"], 18) < a.fin,
            est("mode_logement_actuel", "SD", "SH", "HOT"),
        )
        for cle, siennes in grouper(
            (une for une in a.actives if une["nb_dalo"] == 1),
            lambda une: (
                a.epci(une["commune_log_recherche"]),
                typologie(une["type_logement_recherche"]),
            ),
        ).items()
    }
    voulues = "ménages_dalo au_delà_de_l_ancienneté_signalée sans_abri_hébergés_ou_à_l_hôtel"
    lignes = lancer("demandes_dalo_non_reloges", mois="18")
    assert colonnes(lignes, "epci typologie_recherchée", voulues) == attendu


@verifie
def demandes_dalo_plus_anciennes(a: Livre) -> None:
    dalo = sorted(une["date_creation"] for une in a.actives if une["nb_dalo"] == 1)
    lignes = lancer("demandes_dalo_plus_anciennes", nombre="5")
    assert [une["date_de_dépôt"] for une in lignes] == dalo[:5]
    numeros = {une["numero_unique"] for une in a.actives}
    assert not any(numero[:12] == une["pseudonyme"] for numero in numeros for une in lignes)
    assert len({une["pseudonyme"] for une in lignes}) == 5


@verifie
def demandes_taille_typologie(a: Livre) -> None:
    lignes = lancer("demandes_taille_typologie", mutations="mutations")
    concernees = [
        une for une in a.actives if une["type_demandeur"] == "PP" and une["mode_mutation"] == 1
    ]

    def taille(une: Ligne) -> str:
        nombre = une["taille_menage"]
        if nombre is None:
            return "Non renseignée"
        if nombre >= 6:
            return "6 personnes et plus"
        return "1 personne" if nombre == 1 else f"{nombre} personnes"

    champ = "type_logement_recherche"
    attendu = {
        nom: compter(
            siennes,
            est(champ, "C", "T1"),
            est(champ, "T2"),
            est(champ, "T3"),
            est(champ, "T4"),
            est(champ, "T5", "T6P"),
        )
        for nom, siennes in grouper(concernees, taille).items()
    }
    voulues = "demandes chambre_ou_t1 t2 t3 t4 t5_et_plus"
    assert colonnes(lignes, "personnes_à_loger", voulues) == attendu


@verifie
def fiche_commune(a: Livre) -> None:
    def lues(commune: str) -> dict[str, str]:
        return {une["donnée"]: une["valeur"] for une in lancer("fiche_commune", commune=commune)}

    for commune, codes in (
        ("13001", {"13001"}),
        ("13055", {"13055", *(str(code) for code in range(13201, 13217))}),
    ):
        souhaits = [une for une in a.actives if une["commune_log_recherche"] in codes]
        obtenus = [une for une in a.attributions if une["commune_logement_attrib"] in codes]
        total, dedans, dalo = compter(
            souhaits,
            est("commune_log_actuel", *codes),
            lambda une: 1 in (une["nb_dalo"], une["nb_menage_prioritaire"]),
        )
        fiche = lues(commune)
        assert fiche["qui souhaitent la commune en premier"] == str(total)
        assert fiche["dont ménages qui y vivent déjà"] == str(dedans)
        assert fiche["dont ménages DALO ou prioritaires"] == str(dalo)
        assert fiche["logements attribués dans la commune"] == str(len(obtenus))
        tension = f"{total / len(obtenus):.1f}".replace(".", ",")
        assert fiche["demandes actives pour une attribution"] == tension


# --- Dépôts, renouvellements ----------------------------------------------------------------------


@verifie
def depots_saisonnalite(a: Livre) -> None:
    debut = a.debut(12)
    deposees = [*a.actives, *a.table("radiation")]
    attendu = Counter(
        une["date_creation"].month for une in deposees if debut <= une["date_creation"] <= a.fin
    )
    lignes = lancer("depots_saisonnalite", annees="1")
    noms = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    assert colonnes(lignes, "mois", "dépôts") == {
        nom: (attendu[rang],) for rang, nom in enumerate(noms.split(), 1)
    }
    assert sum(une["indice_saisonnier"] for une in lignes) == pytest.approx(12)
    deux = lancer("depots_saisonnalite", annees="2")
    assert sum(une["dont_12_derniers_mois"] for une in deux) == attendu.total()


@verifie
def depots_canal_mois(a: Livre) -> None:
    debut = a.debut(6)
    creations = [
        un
        for un in a.table("journal")
        if un["type_evenement"] == "CRE" and debut <= un["date_evenement"] <= a.fin
    ]
    attendu = {
        mois: compter(
            siennes,
            est("canal", "PORTAIL"),
            est("canal", "WEB"),
            est("canal", "WS", "FICHIER"),
            est("canal", None),
        )
        for mois, siennes in grouper(creations, lambda un: f"{un['date_evenement']:%Y-%m}").items()
    }
    lues = colonnes(
        lancer("depots_canal_mois", duree="6"),
        "mois_de_dépôt",
        "dépôts portail saisie_directe logiciel_du_guichet canal_inconnu",
    )
    assert lues == attendu
    assert len(lues) == 6


@verifie
def enregistrement_delais_guichet(a: Livre) -> None:
    publiees = {
        une["guichet"]: (une["denominateur_12m"], une["numerateur_12m"])
        for une in a.tableau("valeurs")
        if une["code"] == "ENR_DELAI" and une["niveau"] == "guichet"
    }
    lignes = lancer("enregistrement_delais_guichet")
    assert colonnes(lignes, "guichet", "demandes_saisies au_delà_d_un_mois") == publiees
    saisies = grouper(
        (
            un
            for un in a.table("journal")
            if un["type_evenement"] == "CRE"
            and un["canal"] != "PORTAIL"
            and a.debut() <= un["date_saisie"] <= a.fin
        ),
        lambda un: un["guichet"] or "INCONNU",
    )
    assert colonnes(lignes, "guichet", "délai_médian_en_jours") == {
        nom: (mediane((un["date_saisie"] - un["date_evenement"]).days for un in siennes),)
        for nom, siennes in saisies.items()
    }


def echeance(une: Ligne) -> dt.date:
    dates = (une["date_creation"], une["date_renouvellement"])
    return plus_mois(max(un for un in dates if un), 12)


@verifie
def renouvellements_a_venir(a: Livre) -> None:
    def a_venir(une: Ligne) -> bool:
        return a.fin <= echeance(une) <= a.fin + dt.timedelta(days=45)

    def preavis(une: Ligne) -> bool:
        dates = [un for un in (une["date_preavis_simple"], une["date_preavis_ar"]) if un]
        return bool(dates) and plus_mois(max(dates), 12) >= echeance(une)

    attendu = {
        nom: comptes[1:]
        for nom, siennes in grouper(a.actives, guichet).items()
        if any(
            (
                comptes := compter(
                    siennes,
                    lambda une: echeance(une) < a.fin,
                    a_venir,
                    lambda une: a_venir(une) and not preavis(une),
                )
            )[1:3]
        )
    }
    lues = colonnes(
        lancer("renouvellements_a_venir", jours="45"),
        "guichet",
        "échues à_échéance dont_sans_préavis",
    )
    assert lues == attendu


@verifie
def renouvellements_calendrier(a: Livre) -> None:
    def mois(une: Ligne) -> str:
        jour = echeance(une)
        return "échues à l'arrêté" if jour <= a.fin else f"{jour:%Y-%m}"

    attendu = {
        nom: compter(siennes, est("date_renouvellement", None), est("estcreeesitegrandpublic", 1))
        for nom, siennes in grouper(a.actives, mois).items()
    }
    voulues = "demandes premier_renouvellement créées_sur_le_portail"
    lignes = lancer("renouvellements_calendrier")
    assert colonnes(lignes, "mois_d_échéance", voulues) == attendu
    un_seul = lancer("renouvellements_calendrier", guichet="g1301")
    assert sum(une["demandes"] for une in un_seul) == sum(
        une["guichet_enregistreur"] == "G1301" for une in a.actives
    )


# --- Guichets, qualité ----------------------------------------------------------------------------


@verifie
def doublons_forces_guichet_mois(a: Livre) -> None:
    separes = {un["numero_unique"] for un in a.table("journal") if un["type_evenement"] == "CRS"}
    debut = a.debut(12)
    groupes = grouper(
        (
            une
            for une in (*a.actives, *a.table("radiation"))
            if debut <= une["date_creation"] <= a.fin
            and une["estcreeesitegrandpublic"] != 1
            and une["numero_unique"] not in separes
        ),
        lambda une: (une["cle_guichetcreateur"] or "INCONNU", f"{une['date_creation']:%Y-%m}"),
    )
    attendu = {
        cle: comptes
        for cle, siennes in groupes.items()
        if (comptes := compter(siennes, est("doublon_force", 1)))[1]
    }
    assert attendu
    voulues = "demandes_déposées doublons_forcés"
    lignes = lancer("doublons_forces_guichet_mois")
    assert colonnes(lignes, "guichet mois_de_dépôt", voulues) == attendu
    publie = next(
        une["numerateur_12m"]
        for une in a.tableau("valeurs")
        if une["code"] == "DBL_FORCE" and une["guichet"] == "*"
    )
    assert sum(une["doublons_forcés"] for une in lignes) == publie


@verifie
def reloges_encore_actifs_guichet(a: Livre) -> None:
    valeurs = {
        (une["code"], une["guichet"]): une["numerateur"]
        for une in a.tableau("valeurs")
        if une["niveau"] == "guichet" and une["code"] in ("DBL_RELOGE", "DBL_ACTIF")
    }
    guichets = {nom for _, nom in valeurs}
    attendu = {
        nom: (valeurs["DBL_RELOGE", nom], valeurs["DBL_ACTIF", nom])
        for nom in guichets
        if valeurs["DBL_RELOGE", nom] or valeurs["DBL_ACTIF", nom]
    }
    assert attendu
    lignes = lancer("reloges_encore_actifs_guichet")
    assert colonnes(lignes, "guichet", "relogés_encore_actifs doublons_actifs") == attendu


@verifie
def radiations_motif_guichet(a: Livre) -> None:
    codes = ("RADATT", "RADREN", "RADABA", "RADIRR", "RADCON", "RADFUS")
    attendu = {
        nom: compter(siennes, *(est("motif_radiation", code) for code in codes))
        for nom, siennes in grouper(a.radiations(4), guichet).items()
    }
    lues = colonnes(
        lancer("radiations_motif_guichet", duree="4"),
        "guichet",
        "radiations attributions non_renouvellements abandons irrecevabilités "
        "impossibilités_de_contacter fusions",
    )
    assert lues == attendu


@verifie
def radiations_annulees_guichet(a: Livre) -> None:
    journal = a.table("journal")
    annulations = grouper(
        (un for un in journal if un["type_evenement"] == "DERAD"), lambda un: un["numero_unique"]
    )

    def annulee(un: Ligne) -> bool:
        fin = un["date_evenement"] + dt.timedelta(days=60)
        return any(
            un["date_evenement"] <= autre["date_evenement"] <= fin
            for autre in annulations.get(un["numero_unique"], ())
        )

    jugees = [
        un
        for un in journal
        if un["type_evenement"] == "RAD" and un["date_evenement"] + dt.timedelta(days=60) <= a.fin
    ]
    attendu = {
        nom: comptes
        for nom, siennes in grouper(jugees, lambda un: un["guichet"] or "INCONNU").items()
        if (comptes := compter(siennes, annulee))[1]
    }
    assert attendu
    lignes = lancer("radiations_annulees_guichet", jours="60")
    assert colonnes(lignes, "guichet", "radiations annulées") == attendu


@verifie
def plis_npai_commune(a: Livre) -> None:
    demandes = {une["numero_unique"]: une for une in (*a.table("radiation"), *a.actives)}

    def commune(pli: Ligne) -> str:
        connue = demandes.get(pli["numero_unique"], {})
        return a.commune(connue.get("commune_log_actuel"), "Commune inconnue")

    envois = [
        pli
        for pli in a.table("plis")
        if pli["statut"] != "EN_COURS" and a.debut(6) <= pli["date_envoi"] <= a.fin
    ]
    actives = {une["numero_unique"] for une in a.actives}
    attendu = {
        nom: (
            *compter(siens, est("statut", "NPAI")),
            len(
                {
                    pli["numero_unique"]
                    for pli in siens
                    if pli["statut"] == "NPAI" and pli["numero_unique"] in actives
                }
            ),
        )
        for nom, siens in grouper(envois, commune).items()
        if len(siens) >= 10
    }
    voulues = "plis_envoyés non_distribués demandes_actives_concernées"
    lignes = lancer("plis_npai_commune", duree="6", effectif="10")
    assert colonnes(lignes, "commune_du_logement_actuel", voulues) == attendu


@verifie
def messages_rejetes_organisme(a: Livre) -> None:
    registre = {une["code_guichet"]: une for une in a.table("guichets")}
    noms = {
        organisme: min(une["nom"].split(" – ")[0] for une in siens)
        for organisme, siens in grouper(
            registre.values(), lambda une: une["siren"] or une["code_guichet"]
        ).items()
    }

    def organisme(message: Ligne) -> str:
        une = registre.get(message["guichet"])
        return noms[une["siren"] or une["code_guichet"]] if une else str(message["guichet"])

    envois = [
        un
        for un in a.table("messages")
        if un["type_fichier"] not in ("DIS", "RET") and a.debut() <= un["date_envoi"] <= a.fin
    ]
    attendu = {
        cle: compter(
            siens,
            est("statut", "ANOMALIE"),
            lambda un: un["statut"] == "ANOMALIE" and un["date_renvoi_ok"] is None,
        )
        for cle, siens in grouper(
            envois,
            lambda un: (
                organisme(un),
                a.libelle("TYPE_FICHIER", un["type_fichier"], un["type_fichier"]),
            ),
        ).items()
    }
    voulues = "messages_envoyés rejetés jamais_repris"
    lignes = lancer("messages_rejetes_organisme")
    assert colonnes(lignes, "organisme type_de_message", voulues) == attendu


@verifie
def messages_rejetes_anomalie(a: Livre) -> None:
    rejets = [
        un
        for un in a.table("messages")
        if un["statut"] == "ANOMALIE" and a.debut(6) <= un["date_envoi"] <= a.fin
    ]
    attendu = {
        cle: (
            *compter(siens),
            len({un["guichet"] for un in siens}),
            sum(un["date_renvoi_ok"] is None for un in siens),
        )
        for cle, siens in grouper(
            rejets,
            lambda un: (un["code_anomalie"] or "Non renseigné", f"{un['date_envoi']:%Y-%m}"),
        ).items()
    }
    assert attendu
    voulues = "messages_rejetés guichets_concernés jamais_repris"
    lignes = lancer("messages_rejetes_anomalie")
    assert colonnes(lignes, "code_d_anomalie mois_d_envoi", voulues) == attendu


@verifie
def comptes_inactifs_guichet(a: Livre) -> None:
    def parti(un: Ligne) -> bool:
        return bool(un["date_depart"] and un["date_depart"] <= a.fin)

    def inactif(un: Ligne) -> bool:
        dates = (un["date_ouverture"], un["date_derniere_connexion"])
        return plus_mois(max(jour for jour in dates if jour), 3) < a.fin

    ouverts = [
        un
        for un in a.table("utilisateurs")
        if un["date_ouverture"] <= a.fin
        and (un["date_fermeture"] is None or un["date_fermeture"] > a.fin)
    ]
    attendu = {
        nom: comptes
        for nom, siens in grouper(ouverts, lambda un: un["guichet"] or "INCONNU").items()
        if any((comptes := compter(siens, parti, inactif))[1:])
    }
    voulues = "comptes_ouverts départs_non_fermés inactifs"
    lignes = lancer("comptes_inactifs_guichet", mois="3")
    assert colonnes(lignes, "guichet", voulues) == attendu


@verifie
def registre_incomplet(a: Livre) -> None:
    champs = {
        "adresse": "adresse",
        "téléphone": "telephone",
        "courriel": "courriel",
        "horaires": "horaires",
        "SIREN": "siren",
        "convention": "date_convention",
    }
    attendu = {}
    for une in a.table("guichets"):
        manques = [nom for nom, champ in champs.items() if une[champ] is None]
        if une["commune"] is None and "adresse" not in manques:
            manques.insert(0, "adresse")
        if manques and une["type_guichet"] != "PORTAIL" and une["date_fermeture"] is None:
            nombre = sum(une["code_guichet"] == d["guichet_enregistreur"] for d in a.actives)
            attendu[une["code_guichet"]] = (", ".join(manques), nombre)
    assert attendu
    lues = colonnes(lancer("registre_incomplet"), "guichet", "il_manque demandes_actives")
    assert lues == attendu


# --- Indicateurs ----------------------------------------------------------------------------------


def etats(a: Livre, mois: str) -> dict[tuple[str, str], str]:
    return {
        (une["guichet"], une["code"]): une["etat"]
        for une in a.publie("valeurs")
        if une["mois"] == mois and une["niveau"] == "guichet"
    }


@verifie
def guichets_changement_etat(a: Livre) -> None:
    avant = f"{plus_mois(a.fin, -2):%Y-%m}"
    anciens, nouveaux = etats(a, avant), etats(a, a.mois)
    attendu = {
        cle: (anciens[cle].replace("_", " "), etat.replace("_", " "))
        for cle, etat in nouveaux.items()
        if cle in anciens and anciens[cle] != etat and "contexte" not in (anciens[cle], etat)
    }
    assert attendu
    lignes = lancer("guichets_changement_etat", avant=avant)
    for une in lignes:
        for nom in ("état_avant", "état_après"):
            une[nom] = une[nom].replace("à traiter", "a traiter")
    assert colonnes(lignes, "guichet indicateur", "état_avant état_après") == attendu
    for une in lignes:
        if (une["état_avant"], une["état_après"]) == ("vert", "orange"):
            assert une["sens"] == "dégradation"
    veille = f"{plus_mois(a.fin, -1):%Y-%m}"
    assert {une["du_mois"] for une in lancer("guichets_changement_etat")} <= {veille}
    with duckdb.connect() as base:  # a month that was never delivered: the one before it
        base.execute(f"ATTACH '{a.analystes}' AS lu (READ_ONLY)")
        base.execute("CREATE TABLE registre AS FROM lu.registre")
        base.execute("CREATE TABLE valeurs AS FROM lu.valeurs WHERE mois <> ?", [veille])
        assert lancer("guichets_changement_etat", base) == lancer(
            "guichets_changement_etat", avant=avant
        )


@verifie
def guichets_a_relancer(a: Livre) -> None:
    mois = sorted({une["mois"] for une in a.publie("valeurs")})
    par_mois = [etats(a, un) for un in mois]
    mauvais = ("rouge", "a_traiter")
    attendu: dict[str, list[int]] = {}
    for (nom, code), etat in par_mois[-1].items():
        if etat in mauvais:
            depuis = 0
            while depuis < len(mois) and par_mois[-1 - depuis].get((nom, code)) in mauvais:
                depuis += 1
            trois = attendu.setdefault(nom, [0, 0, 0])
            trois[mauvais.index(etat)] += 1
            trois[2] = max(trois[2], depuis)
    assert attendu
    lues = colonnes(
        lancer("guichets_a_relancer"), "guichet", "rouges à_traiter depuis_mois_au_plus"
    )
    assert lues == {nom: tuple(trois) for nom, trois in attendu.items()}
    catalogue = lire_catalogue().indicateurs
    cites = colonnes(lancer("guichets_a_relancer"), "guichet", "à_corriger à_ne_plus_refaire")
    for nom, (corriger, refaire) in cites.items():
        assert {code for code in (corriger or "").split(", ") if code} == {
            code
            for (qui, code), etat in par_mois[-1].items()
            if qui == nom and etat in mauvais and catalogue[code].a_corriger
        }
        assert {code for code in (refaire or "").split(", ") if code} == {
            code
            for (qui, code), etat in par_mois[-1].items()
            if qui == nom and etat in mauvais and not catalogue[code].a_corriger
        }


# The example of the page, and those that name guichets by their last register.
AVEC_LES_NOMS = ("", "guichets_a_relancer", "renouvellements_a_venir", "comptes_inactifs_guichet")


@pytest.mark.parametrize("nom", AVEC_LES_NOMS)
def test_a_departement_has_its_own_guichets_by_its_own_month(nom: str) -> None:
    """Another département has a later register, with the same codes, as that of the portail."""

    def lire(base: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
        if not nom:
            return sorted(base.execute(EXEMPLE).fetchall())
        return [tuple(une.values()) for une in lancer(nom, base)]

    with duckdb.connect() as base:
        base.execute(f"ATTACH {citer(str(livre().analystes))} AS lu (READ_ONLY)")
        for table in ("demandes", "valeurs", "indicateurs", "utilisateurs"):
            base.execute(f"CREATE VIEW {table} AS FROM lu.{table}")
        base.execute("CREATE TABLE registre AS FROM lu.registre")
        attendues = lire(base)
        base.execute(
            "INSERT INTO registre SELECT * REPLACE ('083' AS departement, '2062-01' AS mois) "
            "FROM lu.registre UNION ALL SELECT * REPLACE ('083' AS departement) FROM lu.registre"
        )
        assert lire(base) == attendues
    assert attendues


def chance_d_un_ecart(n_avant: int, d_avant: int, n: int, d: int) -> Fraction:
    """Say twice the chance of anomalies at least so far to the same side (hypergeometric)."""
    vers_le_haut = Fraction(n, d) >= Fraction(n_avant, d_avant)
    tous, anomalies = d_avant + d, n_avant + n
    extremes = range(n, min(anomalies, d) + 1) if vers_le_haut else range(n + 1)
    sorties = sum(math.comb(anomalies, k) * math.comb(tous - anomalies, d - k) for k in extremes)
    return min(Fraction(1), 2 * Fraction(sorties, math.comb(tous, d)))


@verifie
def comparaison_deux_mois(a: Livre) -> None:
    avant = f"{plus_mois(a.fin, -2):%Y-%m}"

    def attendu(guichet_: str) -> dict[str, tuple[Any, ...]]:
        return {
            une["code"]: (
                une["numerateur_12m"] if une["numerateur_12m"] is not None else une["numerateur"],
                une["denominateur_12m"]
                if une["denominateur_12m"] is not None
                else une["denominateur"],
            )
            for une in a.tableau("valeurs")
            if une["guichet"] == guichet_ and une["niveau"] != "organisme"
        }

    lignes = lancer("comparaison_deux_mois", avant=avant)
    assert colonnes(lignes, "indicateur", "anomalies_après effectif_après") == attendu("*")
    stocks = {une["code"] for une in a.tableau("valeurs") if une["numerateur_12m"] is None}
    lues = {une["indicateur"]: une["lecture"] for une in lignes}
    assert {lues[code] for code in lues.keys() - stocks} <= {"périodes communes"}
    faites = [une for une in lignes if une["indicateur"] in stocks]
    chances = [
        chance_d_un_ecart(
            *(
                une[nom]
                for nom in (
                    "anomalies_avant",
                    "effectif_avant",
                    "anomalies_après",
                    "effectif_après",
                )
            )
        )
        for une in faites
    ]
    rangs = sorted(chances)
    tenus = [p for rang, p in enumerate(rangs, 1) if p <= Fraction(5, 100) * rang / len(rangs)]
    for une, chance in zip(faites, chances, strict=True):
        nette = "hausse nette" if une["évolution_du_taux"] > 0 else "baisse nette"
        assert une["lecture"] == (nette if chance <= max(tenus, default=-1) else "ne tient pas")
        assert une["comparaisons"] == len(faites)
    un_seul = lancer("comparaison_deux_mois", avant=avant, guichet="g1301")
    assert colonnes(un_seul, "indicateur", "anomalies_après effectif_après") == attendu("G1301")


@verifie
def revisions_recentes(a: Livre) -> None:
    """The demo has no revision: given ones, of a guichet, of the département, and an old one."""
    assert a.publie("revisions") == []
    with duckdb.connect() as con:
        con.execute(f"attach {citer(str(a.analystes))} as a (read_only)")
        con.execute("create table revisions as from a.revisions")
        con.execute("create table registre as from a.registre")
        for niveau, guichet_, le in (
            ("guichet", "G1301", "2026-11-20"),
            ("departement", "*", "2026-11-20"),
            ("organisme", "903900000", "2026-11-20"),
            ("guichet", "G1302", "2026-10-01"),
        ):
            con.execute(
                "insert into revisions (code, departement, niveau, guichet, mois, le, cause, "
                "numerateur_avant, numerateur_apres) values ('ATT_TARDIVE', '013', ?, ?, ?, ?, "
                "'livraison', 4, 3)",
                [niveau, guichet_, a.mois, le],
            )
        lignes = lancer("revisions_recentes", con, jours="30")
        toutes = lancer("revisions_recentes", con, jours="92")
    assert [(une["guichet"], une["nom_du_guichet"]) for une in lignes] == [
        ("*", "Ensemble du département"),
        ("G1301", a.noms["G1301"]),
    ]
    assert {(une["anomalies_avant"], une["anomalies_après"]) for une in lignes} == {(4, 3)}
    assert [une["guichet"] for une in toutes] == ["*", "G1301", "G1302"]


@verifie
def stock_solde_mois(a: Livre) -> None:
    lignes = lancer("stock_solde_mois", duree="2")
    assert [une["mois"] for une in lignes] == sorted(une["mois"] for une in lignes)
    assert len(lignes) == 2
    for une in lignes:
        mouvements = ("créations", "déradiations", "autres_entrées", "radiations", "disparues")
        assert une["solde"] == sum(une[nom] for nom in mouvements)
        assert une["demandes_actives_avant"] + une["solde"] == une["demandes_actives_après"]
        assert une["mois_d_avant"] < une["mois"]
    assert lignes[1]["mois_d_avant"] == lignes[0]["mois"]
    assert lignes[-1]["demandes_actives_après"] == len(a.actives)


@verifie
def saisies_tardives_estimees(a: Livre) -> None:
    attendu = {
        (une["code"], une["mesure"], une["mois_juge"]): (une["constate"], round(une["estime"]))
        for une in a.tableau("estimations")
        if une["completude"] is not None and une["completude"] < 1
    }
    lignes = lancer("saisies_tardives_estimees", completude="100")
    assert colonnes(lignes, "indicateur mesure mois_jugé", "constaté attendu") == attendu
    assert lancer("saisies_tardives_estimees", completude="0") == []
