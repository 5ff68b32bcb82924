"""Fiche: priorities, story, place among pairs, downloads; numbers equal to what is published."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import dash
import openpyxl
import pytest
from flask.testing import FlaskClient

from dashboards.composants.fiche import _consequences, dire_les_cas, revisees
from dashboards.composants.fiche_indicateurs import dire_le_mois_seul
from dashboards.composants.multiples import points_de
from dashboards.navigation import appel
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.acces.roles import Role
from infocentre.catalogue import Indicateur, lire_catalogue
from infocentre.entrepot import Dossier
from infocentre.lecture.demandes import Choix, anomalies, livraison_controlee
from infocentre.lecture.fiche import (
    Fiche,
    Niveau,
    Semblables,
    Vies,
    lire_fiche,
    priorites,
    rang_lisible,
)
from infocentre.lecture.filtres import Filtres, lire_filtres
from infocentre.lecture.indicateurs import mesure
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.lignes import Inscription, Revision, Valeur
from infocentre.lecture.remise import donnees_a_remettre
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import DEPASSES
from infocentre.noyau.temps import mois_avant
from infocentre.restitutions.recit import raconter
from tests.dashboards.comme import acces, comme
from tests.dashboards.listes import liens, table, tables
from tests.dashboards.vues import Ecran, ouvrir

MOIS = "2026-10"
CATALOGUE = lire_catalogue()


def ligne(n: int, d: int, etat: str, *, stock: bool = False, **autres: Any) -> Valeur:
    """Return a published value; its margins are twice narrower than its rate."""
    taux = n / d if d else None
    une: dict[str, Any] = {
        "numerateur": n,
        "denominateur": d,
        "taux": taux,
        "numerateur_12m": None if stock else n,
        "denominateur_12m": None if stock else d,
        "taux_12m": None if stock else taux,
        "etat": etat,
        "etat_mois": etat,
        "fenetre": "mois" if stock else "12m",
        "n_etat": n,
        "d_etat": d,
        "borne_basse": (taux or 0) * 0.9,
        "borne_haute": (taux or 0) * 1.1,
        "rang": 3,
        "taux_ensemble": 0.02,
        "type_guichet": "BAILLEUR",
        **autres,
    }
    return cast("Valeur", une)


def fiche(
    valeurs: dict[str, Valeur],
    *,
    avant: dict[str, Valeur] | None = None,
    suites: dict[str, int] | None = None,
    suivies: tuple[Vies, ...] = (),
    type_guichet: str = "BAILLEUR",
    registre: dict[str, Any] | None = None,
) -> Fiche:
    """Return the fiche of an invented guichet with these values in the month, and a year before."""
    histoire = {code: {MOIS: une} for code, une in valeurs.items()}
    for code, une in (avant or {}).items():
        histoire.setdefault(code, {})[mois_avant(MOIS, 12)] = une
    inscrit = dict.fromkeys(Inscription.__annotations__) | {
        "guichet": "G1",
        "nom": "Un guichet",
        "mode_enregistrement": "PRIVATIF",
        "mois": MOIS,
    }
    return Fiche(
        niveau="guichet",
        cle="G1",
        nom="Un guichet",
        type_guichet=type_guichet,
        guichets=(cast("Inscription", inscrit | (registre or {})),),
        organisme=None,
        catalogue=CATALOGUE,
        filtres=Filtres("013", MOIS),
        histoire=histoire,
        pairs={},
        revisions=(),
        suivies=suivies,
        tardives=frozenset(),
        suites=suites or {},
    )


@pytest.fixture(scope="module")
def v(entrepot_demo: Dossier) -> Lecture:
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte is not None
    return Lecture(ouverte, TOUT)


@pytest.fixture(scope="module")
def filtres(v: Lecture) -> Filtres:
    lus = lire_filtres(v, {})
    assert lus is not None
    return lus


@pytest.fixture(scope="module")
def guichet(v: Lecture, filtres: Filtres) -> str:
    """Return the bailleur with most to correct."""
    return str(
        v.lignes(
            "SELECT guichet FROM valeurs WHERE niveau = 'guichet' AND type_guichet = 'BAILLEUR' "
            "AND mois = $mois AND code IN (SELECT code FROM regles WHERE imputable = 'guichet') "
            "GROUP BY guichet ORDER BY sum(coalesce(numerateur_12m, numerateur)) DESC, guichet "
            "LIMIT 1",
            {"mois": filtres.mois},
        )[0]["guichet"]
    )


# --- Priorities ---


def test_red_comes_before_orange_even_when_fewer() -> None:
    une = fiche(
        {
            "ENR_DELAI": ligne(40, 1000, "orange"),
            "ATT_TARDIVE": ligne(9, 30, "rouge"),
            "ACC_DEPART_OUVERT": ligne(2, 10, "a_traiter", stock=True),
        }
    )
    assert [p.un.code for p in priorites(une)] == ["ATT_TARDIVE", "ACC_DEPART_OUVERT", "ENR_DELAI"]


def test_of_one_state_who_is_furthest_from_the_threshold_in_number_comes_first() -> None:
    une = fiche(
        {
            "ENR_DELAI": ligne(30, 1000, "orange"),  # 10 beyond 2 %
            "ATT_BAIL_NR": ligne(15, 400, "orange"),  # 11 beyond 1 %
        }
    )
    assert [p.un.code for p in priorites(une)] == ["ATT_BAIL_NR", "ENR_DELAI"]


def test_what_the_guichet_does_not_do_is_no_priority() -> None:
    une = fiche(
        {
            "REN_ECHUE": ligne(50, 100, "rouge", stock=True),  # the gestionnaire's
            "CPL_CONTACT": ligne(90, 100, "contexte", stock=True),
            "ENR_DELAI": ligne(9, 19, "effectif_insuffisant"),
            "ENR_ATTESTATION": ligne(0, 100, "vert"),
        }
    )
    assert priorites(une) == []


def test_what_follows_from_a_missing_rpls_is_said_with_it() -> None:
    une = fiche(
        {
            "ATT_RPLS_NR": ligne(60, 200, "rouge"),
            "ATT_QPV_NR": ligne(40, 200, "rouge"),
            "ATT_ADRESSE_NR": ligne(10, 60, "rouge"),
        },
        suites={"ATT_QPV_NR": 35, "ATT_ADRESSE_NR": 3},
    )
    premiere, seconde = priorites(une)
    assert premiere.un.code == "ATT_RPLS_NR"
    assert [(s.un.code, s.nombre, s.total) for s in premiere.suites] == [
        ("ATT_QPV_NR", 35, 40),
        ("ATT_ADRESSE_NR", 3, 10),
    ]
    consequences = Ecran(_consequences(premiere)).texte
    assert consequences == (
        "Entraîne aussi 35 des 40 demandes sans situation QPV et 3 des 10 demandes sans adresse."
    )
    assert seconde.un.code == "ATT_ADRESSE_NR"  # 3 of 10 only follow from it


def test_when_no_rpls_is_the_cause_the_qpv_stays_a_fault() -> None:
    une = fiche({"ATT_QPV_NR": ligne(40, 200, "rouge")}, suites={"ATT_QPV_NR": 40})
    assert [p.un.code for p in priorites(une)] == ["ATT_QPV_NR"]


# --- Story ---


def test_the_story_of_a_guichet_that_is_all_green() -> None:
    une = fiche({"ENR_DELAI": ligne(0, 120, "vert"), "ATT_BAIL_NR": ligne(0, 1, "vert")})
    assert [dit.replace("\u00a0", " ") for dit in raconter(une)] == [
        "Ce guichet de bailleur enregistre dans son propre logiciel, qui échange avec le SNE.",
        (
            "120 demandes enregistrées et 1 attribution enregistrée sur les 12 mois qui finissent "
            "en octobre 2026."
        ),
        "Ses 2 indicateurs jugés sont tous en vert.",
    ]


@pytest.mark.parametrize(
    ("etat", "dit"),
    [("rouge", "en rouge ou à traiter"), ("orange", "en orange"), ("vert", "en vert")],
)
def test_the_story_of_the_only_indicator_that_is_judged(etat: str, dit: str) -> None:
    texte = " ".join(raconter(fiche({"ENR_DELAI": ligne(30, 120, etat)})))
    assert f"Son seul indicateur jugé est {dit}" in texte
    assert "Sur " not in texte


def test_the_story_agrees_and_compares() -> None:
    une = fiche(
        {"ENR_DELAI": ligne(30, 120, "rouge"), "ENR_ATTESTATION": ligne(3, 100, "orange")},
        avant={"ENR_DELAI": ligne(2, 110, "vert"), "ENR_ATTESTATION": ligne(3, 100, "orange")},
    )
    texte = " ".join(raconter(une))
    assert "Sur 2 indicateurs jugés, 1 est en rouge ou à traiter et 1 en orange" in texte
    assert "(aucun en rouge ou à traiter un an plus tôt)" in texte
    assert (
        "À ne plus refaire d'abord : demandes saisies plus d'un mois après le dépôt (25,0" in texte
    )
    assert (
        "En hausse en un an, parmi 2 comparaisons, corrigées de leur nombre : demandes saisies"
        in texte
    )
    assert "attestations" not in texte.split("En hausse")[1]


def test_the_story_says_nothing_of_a_movement_that_chance_explains() -> None:
    une = fiche(
        {"ENR_DELAI": ligne(12, 100, "rouge")}, avant={"ENR_DELAI": ligne(11, 100, "rouge")}
    )
    assert "en un an" not in " ".join(raconter(une))


def test_the_story_of_the_cases_apart() -> None:
    petit = " ".join(raconter(fiche({"ENR_DELAI": ligne(1, 3, "effectif_insuffisant")})))
    assert "trop petits" in petit
    inconnu = fiche({"ENR_DELAI": ligne(30, 500, "contexte")}, type_guichet="INCONNU")
    assert "Son type n'est pas connu" in " ".join(raconter(inconnu))
    contexte = " ".join(raconter(fiche({"CPL_CONTACT": ligne(1, 900, "contexte", stock=True)})))
    assert "Aucun de ses indicateurs n'est jugé" in contexte
    assert "trop petits" not in contexte
    portail = fiche({"CPL_CONTACT": ligne(1, 9, "contexte", stock=True)}, type_guichet="PORTAIL")
    assert "élément de contexte" in " ".join(raconter(portail))
    assert "Aucune activité" in " ".join(raconter(fiche({})))


# --- Pages ---

# The hours that the demonstration's guichets have, as they are read aloud.
EN_CLAIR = {
    "lun-ven 9h-12h": "Du lundi au vendredi de 9 h à 12 h",
    "lun-jeu 8h30-12h et 13h30-17h ; ven 8h30-12h": "Du lundi au jeudi de 8 h 30 à 12 h et de "
    "13 h 30 à 17 h ; vendredi de 8 h 30 à 12 h",
    "mar et jeu 14h-17h, sur rendez-vous": "Mardi et jeudi de 14 h à 17 h, sur rendez-vous",
    "lun-sam 9h-18h": "Du lundi au samedi de 9 h à 18 h",
}


def test_the_fiche_says_what_the_register_says(
    afficher: Callable[[str], Ecran], v: Lecture, filtres: Filtres, guichet: str
) -> None:
    ecran = afficher(f"/guichet/{guichet}")
    inscrit = v.lignes(
        "SELECT * FROM registre WHERE guichet = $g AND mois = $m", {"g": guichet, "m": filtres.mois}
    )[0]
    for champ in ("nom", "telephone", "courriel", "adresse"):
        if inscrit[champ]:
            assert " ".join(inscrit[champ].split()) in ecran.texte
    assert EN_CLAIR.get(inscrit["horaires"], "Non renseignés") in ecran.texte
    assert len(ecran.composants("H1")) == 1
    assert any(un.startswith(f"/organisme/{inscrit['organisme']}") for un in ecran.liens)


def test_the_rates_of_the_fiche_are_those_published(
    afficher: Callable[[str], Ecran], v: Lecture, filtres: Filtres, guichet: str
) -> None:
    lue = lire_fiche(v, filtres, "guichet", guichet, tous=True)
    lignes = table(afficher(f"/guichet/{guichet}?tous=oui"), "Tous les indicateurs")
    assert [une[0] for une in lignes] == [un.libelle for un in lue.indicateurs]
    for un, (_, *cases) in zip(lue.indicateurs, lignes, strict=True):
        assert _attendu(lue, un) in cases[0].replace("\u202f", "")


def _attendu(lue: Fiche, un: Indicateur) -> str:
    publie = lue.valeur(un.code)
    m = mesure(publie) if publie else None
    return f"{m.numerateur} / {m.denominateur}" if m and m.denominateur else "–"


def test_each_indicator_of_the_month_is_in_its_place(
    afficher: Callable[[str], Ecran], v: Lecture, filtres: Filtres, guichet: str
) -> None:
    """Red and orange each have a picture; the others are lines, of which some judge nobody."""
    lue, ecran = lire_fiche(v, filtres, "guichet", guichet), afficher(f"/guichet/{guichet}")
    panneaux = [un for un in ecran.composants("Article") if "panneau" in un.className]
    depasses = [
        un
        for un in lue.indicateurs
        if un.imputable == "guichet"
        and (ligne := lue.valeur(un.code))
        and ligne["etat"] in DEPASSES
    ]
    assert {Ecran(un).composants("H3")[0].children.children for un in panneaux} == {
        un.libelle for un in depasses
    }
    rangs = [un.className.split("-")[-1] for un in panneaux]
    assert rangs == sorted(rangs, key=lambda etat: etat == "orange")
    listes = tables(ecran)
    lus = [une for nom, lignes in listes.items() if _est_une_liste(nom) for une in lignes]
    attendus = {
        un.libelle: _attendu(lue, un)
        for un in lue.indicateurs
        if un not in depasses and _attendu(lue, un) != "–"
    }
    assert {une[0] for une in lus} == attendus.keys()
    for une in lus:
        assert attendus[une[0]] in une[1].replace("\u202f", "")


def _est_une_liste(legende: str) -> bool:
    return legende.startswith("En vert") or "qui ne juge" in legende or "insuffisant" in legende


def test_the_month_alone_is_read_beside_the_twelve() -> None:
    douze = ligne(158, 205, "rouge", numerateur=14, denominateur=16, taux=14 / 16)
    une = fiche({"ATT_TARDIVE": douze})
    lue = une.histoire["ATT_TARDIVE"][MOIS]
    dit = dire_le_mois_seul(une, lue)
    assert dit.replace("\u202f", " ") == "En octobre 2026 seul : 87,5 % (14 sur 16)"
    point = points_de(une.histoire["ATT_TARDIVE"], [MOIS], seul=True)[0]
    assert (point.valeur, point.autre) == (158 / 205, 14 / 16)
    rien = ligne(158, 205, "rouge", numerateur=0, denominateur=0, taux=None)
    assert dire_le_mois_seul(une, rien) == "En octobre 2026 seul : aucun cas"
    assert not dire_le_mois_seul(une, ligne(4, 348, "vert", stock=True))


def test_a_rank_orders_neither_chance_nor_ties() -> None:
    """10 of 100, margins of 9 to 11 %; five others, then others of the type at 2 or 10 %."""
    une = replace(
        fiche({"ENR_DELAI": ligne(10, 100, "rouge")}), pairs={"ENR_DELAI": [0.0, 0.0, 0.01, 0.02]}
    )
    loin, proche = Semblables(2, 100), Semblables(20, 200)
    assert rang_lisible(replace(une, semblables={"ENR_DELAI": loin}), "ENR_DELAI") == (3, 5)
    assert rang_lisible(replace(une, semblables={"ENR_DELAI": proche}), "ENR_DELAI") is None
    ex_aequo = replace(une, pairs={"ENR_DELAI": [0.0, 0.0, 0.1]}, semblables={"ENR_DELAI": loin})
    assert rang_lisible(ex_aequo, "ENR_DELAI") is None
    assert rang_lisible(une, "ENR_DELAI") is None, "nobody to compare with"


def test_anomalies_make_one_number() -> None:
    une = fiche(
        {
            "ATT_TARDIVE": ligne(158, 205, "rouge"),
            "CPL_RESSOURCES": ligne(4, 348, "vert", stock=True),
            "ENR_DELAI": ligne(4, 146, "vert"),
            "CPL_CONTACT": ligne(138, 348, "contexte", stock=True),
        }
    )
    assert dire_les_cas(une) == (
        "166 cas, dont 158 pour « attributions enregistrées tardivement » : 4 à corriger et 162 "
        "constats passés."
    )
    un_seul = fiche({"CPL_RESSOURCES": ligne(1, 348, "vert", stock=True)})
    assert dire_les_cas(un_seul) == (
        "1 cas, pour « demandes actives sans ressources exploitables » : 1 à corriger."
    )
    assert dire_les_cas(fiche({})) == "Aucune anomalie dont le guichet réponde."
    organisme = replace(fiche({}), niveau="organisme")
    assert dire_les_cas(organisme) == "Aucune anomalie dont l'organisme réponde."


def test_a_fiche_names_no_other_guichet(
    client: FlaskClient, v: Lecture, filtres: Filtres, guichet: str
) -> None:
    contenu = _contenu(client, f"/guichet/{guichet}")
    autres = v.lignes(
        "SELECT guichet, nom FROM registre WHERE mois = $m AND guichet <> $g AND organisme NOT IN "
        "(SELECT organisme FROM registre WHERE guichet = $g)",
        {"m": filtres.mois, "g": guichet},
    )
    assert autres
    assert guichet in contenu
    for autre in autres:
        assert not re.search(rf"\b{autre['guichet']}\b", contenu)
        assert autre["nom"] not in contenu


def _contenu(client: FlaskClient, chemin: str) -> str:
    reponse = client.post("/_dash-update-component", json=appel(chemin))
    return reponse.get_data(as_text=True).encode().decode("unicode_escape", "ignore")


def test_the_organisme_adds_up_its_guichets(
    afficher: Callable[[str], Ecran], v: Lecture, filtres: Filtres
) -> None:
    organisme = v.lignes(
        "SELECT organisme, count(*) AS n FROM registre WHERE mois = $m GROUP BY organisme "
        "ORDER BY n DESC, organisme LIMIT 1",
        {"m": filtres.mois},
    )[0]
    ecran = afficher(f"/organisme/{organisme['organisme']}")
    membres = table(ecran, "Guichets de l'organisme")
    assert len(membres) == organisme["n"] == 4
    assert "Quatre guichets ouverts." in ecran.texte
    assert not any(re.fullmatch(r"\d{5}", une[3]) for une in membres), "communes by their names"
    assert sum(un.startswith("/guichet/") for un in liens(ecran)) == organisme["n"]


@pytest.mark.parametrize("adresse", ["/guichet/NULLEPART", "/organisme/000000000"])
def test_an_unknown_guichet_says_what_to_do(afficher: Callable[[str], Ecran], adresse: str) -> None:
    texte = afficher(adresse).texte
    assert "n'est pas connu" in texte
    assert "Vérifier son code, ou le chercher" in texte


def test_a_guichet_out_of_the_perimetre_does_not_exist(
    v: Lecture, filtres: Filtres, guichet: str
) -> None:
    ailleurs = Lecture(v.ouverte, Perimetre(guichets=frozenset({"AUTRE"})))
    with pytest.raises(Refus, match="pas connu"):
        lire_fiche(ailleurs, filtres, "guichet", guichet)


def test_an_organisme_is_seen_whole_or_not_at_all(v: Lecture, filtres: Filtres) -> None:
    membres = v.lignes(
        "SELECT organisme, list(guichet) AS guichets FROM registre WHERE mois = $m "
        "GROUP BY organisme HAVING count(*) > 1 ORDER BY organisme LIMIT 1",
        {"m": filtres.mois},
    )[0]
    cle, guichets = membres["organisme"], frozenset(membres["guichets"])
    entier = lire_fiche(Lecture(v.ouverte, Perimetre(guichets=guichets)), filtres, "organisme", cle)
    assert {une["guichet"] for une in entier.guichets} == guichets
    en_partie = Lecture(v.ouverte, Perimetre(guichets=frozenset(membres["guichets"][1:])))
    ailleurs = Lecture(v.ouverte, Perimetre(guichets=frozenset({"AUTRE"})))
    with pytest.raises(Refus, match="pas connu"):
        lire_fiche(en_partie, filtres, "organisme", cle)
    with pytest.raises(Refus, match="pas connu"):
        lire_fiche(ailleurs, filtres, "organisme", cle)


def test_a_fiche_leads_to_its_organisme_only_who_sees_it_whole(
    app: dash.Dash, v: Lecture, filtres: Filtres
) -> None:
    membres = v.lignes(
        "SELECT organisme, list(guichet) AS guichets FROM registre WHERE mois = $m "
        "GROUP BY organisme HAVING count(*) > 1 ORDER BY organisme LIMIT 1",
        {"m": filtres.mois},
    )[0]
    organisme, guichets = f"/organisme/{membres['organisme']}", sorted(membres["guichets"])
    for siens, mene in ((guichets, True), (guichets[:1], False)):
        with comme(app, acces(Role.GUICHET, guichets=set(siens))):
            liens = ouvrir(app, f"/guichet/{guichets[0]}").liens
        assert any(un.startswith(organisme) for un in liens) is mene, siens


def test_a_revised_value_is_read_and_seen() -> None:
    revision = {
        "code": "ENR_DELAI",
        "mois": MOIS,
        "numerateur_avant": 1,
        "denominateur_avant": 50,
        "numerateur_apres": 3,
        "denominateur_apres": 60,
        "etat_avant": "vert",
        "etat_apres": "orange",
        "le": dt.datetime(2026, 11, 24, tzinfo=dt.UTC),
        "cause": "livraison",
    }
    une = fiche({"ENR_DELAI": ligne(3, 60, "orange")})
    revisee = revisees(replace(une, revisions=(cast("Revision", revision),)))
    lignes = table(Ecran(revisee), "Valeurs publiées")
    assert lignes == [
        [
            "Demandes saisies plus d'un mois après le dépôt",
            "octobre 2026",
            "2,0\u202f% (1 / 50)",
            "5,0\u202f% (3 / 60)",
            "●  vert",
            "▲  orange",
            "24/11/2026",
            "livraison corrigée ou tardive",
        ]
    ]
    point = points_de(une.histoire["ENR_DELAI"], [MOIS], frozenset({MOIS}))[0]
    assert point.revise
    assert "révisé" in str(point.bulle)
    assert revisees(une) is None


def test_peers_without_their_names_and_without_oneself(
    v: Lecture, filtres: Filtres, guichet: str
) -> None:
    lue = lire_fiche(v, filtres, "guichet", guichet)
    for code, taux in lue.pairs.items():
        assert len(taux) >= 4
        attendus = v.lignes(
            "SELECT count(*) AS n FROM valeurs WHERE niveau = 'guichet' AND mois = $m "
            "AND code = $c AND type_guichet = 'BAILLEUR' AND guichet <> $g "
            "AND etat IN ('vert', 'orange', 'rouge', 'a_traiter')",
            {"m": filtres.mois, "c": code, "g": guichet},
        )[0]["n"]
        assert len(taux) == attendus


# --- Downloads ---


def de_l_etat(lue: Fiche, code: str) -> int:
    """Count the units that the state of an indicator rests on."""
    valeur = lue.valeur(code)
    return mesure(valeur).numerateur if valeur else 0


@pytest.mark.parametrize("niveau", ["guichet", "organisme"])
def test_the_export_lists_each_unit_to_correct(
    v: Lecture, filtres: Filtres, guichet: str, niveau: Niveau
) -> None:
    cle = guichet
    if niveau == "organisme":
        cle = lire_fiche(v, filtres, "guichet", guichet).organisme[0]  # type: ignore[index]
    lue = lire_fiche(v, filtres, niveau, cle)
    donnees = donnees_a_remettre(v, lue)
    rendues: dict[str, set[str]] = {}
    for feuille in (donnees, *donnees.autres):
        lignes = [dict(zip(feuille.colonnes, une, strict=True)) for une in feuille.lignes]
        demandes = [une["numero_unique"] or une["unite"] for une in lignes]
        assert len(demandes) == len(set(demandes)), "one row per demande"
        for demande, une in zip(demandes, lignes, strict=True):
            codes = une["codes"].split()
            assert {CATALOGUE.indicateurs[code].mots.titre for code in codes} == {feuille.feuille}
            assert (une["reponse"], une["commentaire"]) == (None, None)
            for code in codes:
                rendues.setdefault(code, set()).add(demande)
    guichets = tuple(un["guichet"] for un in lue.guichets)
    livraison = livraison_controlee(v, filtres)
    attendues: dict[str, set[str]] = {}
    for un in lue.indicateurs:
        valeur = lue.valeur(un.code)
        if un.imputable == "guichet" and valeur and de_l_etat(lue, un.code):
            choix = Choix(un.code, guichets, mesure(valeur).sur_12_mois)
            total, unites = anomalies(v, livraison, choix, page=None)
            assert total == de_l_etat(lue, un.code)
            attendues[un.code] = {une["numero_unique"] or une["unite"] for une in unites}
    assert rendues == attendues
    assert rendues


def test_the_export_of_one_indicator_as_a_workbook(
    client: FlaskClient, v: Lecture, filtres: Filtres, guichet: str
) -> None:
    lue = lire_fiche(v, filtres, "guichet", guichet)
    code = next(
        un.code for un in lue.indicateurs if un.imputable == "guichet" and de_l_etat(lue, un.code)
    )
    reponse = client.get(f"/export/a-corriger.xlsx?guichet={guichet}&code={code}")
    assert reponse.status_code == 200
    nom = CATALOGUE.indicateurs[code].mots.reste.replace("à", "a").replace(" ", "-")
    assert f"filename={nom}-" in reponse.headers["Content-Disposition"]
    livre = openpyxl.load_workbook(io.BytesIO(reponse.get_data()))
    entete, *lignes = list(livre["Cas"].iter_rows(values_only=True))
    assert entete[-3:] == ("Votre réponse", "Corrigé le", "Commentaire")
    assert len(lignes) == de_l_etat(lue, code)
    libelle = CATALOGUE.indicateurs[code].libelle
    assert all(une[3].startswith(f"{libelle} : ") for une in lignes)
    assert not any(map(any, (une[6:] for une in lignes)))


def test_without_nominative_lists_there_is_no_export(
    v: Lecture, filtres: Filtres, guichet: str
) -> None:
    lue = lire_fiche(v, filtres, "guichet", guichet)
    with pytest.raises(Refus):
        donnees_a_remettre(Lecture(v.ouverte, Perimetre(nominatif=False)), lue)
