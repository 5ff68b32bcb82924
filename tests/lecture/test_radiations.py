"""Radiations to be checked: reasons by rows, windows by the calendar, deliveries another way."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
from dateutil.relativedelta import relativedelta

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.affaires import procedures
from infocentre.affaires.reglages import reglages_de
from infocentre.catalogue.schema import creer_tables
from infocentre.entrepot import Dossier
from infocentre.lecture import radiations
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.radiations import (
    PROCEDURE,
    PUBLICS,
    Radiee,
    _lire,
    a_verifier,
    comptes,
    radiee,
    sans_preavis,
    sql_radiations,
)
from infocentre.noyau.erreurs import Refus
from tests.donnees.atelier import base_legere
from tests.donnees.communs import en_memoire

ARRETE = dt.date(2026, 10, 31)
ICI = {"departement": "013", "arrete": ARRETE, "mois": "2026-10"}
NUMERO = "013012500000100001"
RADIEE = {
    "numero_unique": NUMERO,
    "guichet_enregistreur": "G1201",
    "motif_radiation": "RADREN",
    "date_creation": "2025-09-10",
    "date_radiation": "2026-10-10",
    "date_preavis_simple": "2026-07-20",
}


def lire(*, preavis: bool = True, **tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the list that rows give; those of `radiation` are RADIEE but for what they say."""
    with duckdb.connect(config={"threads": 1}) as con:
        creer_tables(con)
        tables["radiation"] = [RADIEE | une for une in tables.get("radiation", [{}])]
        for table, lignes in tables.items():
            toutes = [ICI | _cle(table, rang) | une for rang, une in enumerate(lignes)]
            noms = list(dict.fromkeys(itertools.chain(*toutes)))
            marques = ", ".join([f"({', '.join('?' * len(noms))})"] * len(toutes))
            con.execute(
                f"insert into {table} ({', '.join(noms)}) values {marques}",
                [une.get(nom) for une in toutes for nom in noms],
            )
        con.execute(sql_radiations(reglages_de(procedures()[PROCEDURE]), preavis=preavis))
        lus = [un[0] for un in con.description or []]
        return [dict(zip(lus, une, strict=True)) for une in con.fetchall()]


def _cle(table: str, rang: int) -> dict[str, str]:
    cles = {"plis": "id_pli", "journal": "id_evenement"}
    propre = {"numero_unique": NUMERO} if table in cles else {}
    return propre | ({cles[table]: f"{table}-{rang:05}"} if table in cles else {})


def pli(le: str, statut: str = "NPAI", type_: str = "PREAVIS_SIMPLE") -> dict[str, Any]:
    return {"type_pli": type_, "date_envoi": le, "statut": statut, "date_statut": le}


def test_preavis_are_told_by_day_then_by_their_number() -> None:
    envois = [pli("2026-08-01", "DISTRIBUE"), pli("2026-07-20", "NPAI", "PREAVIS_AR")]
    (une,) = lire(plis=[*envois, pli("2026-07-20", "EN_COURS"), pli("2025-07-20")])
    dits = [(un["type"], f"{un['envoye_le']}", un["statut"]) for un in une["plis"]]
    assert dits == [
        ("PREAVIS_AR", "2026-07-20", "NPAI"),
        ("PREAVIS_SIMPLE", "2026-07-20", "EN_COURS"),
        ("PREAVIS_SIMPLE", "2026-08-01", "DISTRIBUE"),
    ]
    assert [*une["plis"][0]] == ["type", "envoye_le", "statut", "le"]


@pytest.mark.parametrize(
    ("attendues", "tables"),
    [
        ([], {}),
        (["absent"], {"radiation": [{"date_preavis_simple": None}]}),
        # of the year before: it says nothing of this one
        (["absent"], {"radiation": [{"date_preavis_simple": "2025-09-09"}]}),
        # due a month before the 10th of September 2026, that day included
        ([], {"radiation": [{"date_preavis_simple": "2026-08-10"}]}),
        (["tardif"], {"radiation": [{"date_preavis_simple": "2026-08-11"}]}),
        ([], {"radiation": [{"date_preavis_simple": "2026-08-11", "motif_radiation": "RADCON"}]}),
        # the portal's are radiated by the same rule, though the indicator leaves them out
        (
            ["tardif"],
            {"radiation": [{"date_preavis_simple": "2026-08-11", "estcreeesitegrandpublic": 1}]},
        ),
        (["npai"], {"plis": [pli("2026-07-20")]}),
        (["npai"], {"plis": [pli("2026-07-20"), pli("2026-08-01", "NPAI", "PREAVIS_AR")]}),
        ([], {"plis": [pli("2026-07-20"), pli("2026-08-01", "DISTRIBUE", "PREAVIS_AR")]}),
        # what was distributed a year before warned of another end
        (["npai"], {"plis": [pli("2025-07-20", "DISTRIBUE"), pli("2026-07-20")]}),
        ([], {"plis": [pli("2025-07-20")]}),
        ([], {"plis": [pli("2026-07-20", "NPAI", "ATTESTATION")]}),
        ([], {"plis": [pli("2026-07-20", "DISTRIBUE")]}),
        (["en_cours"], {"plis": [pli("2026-07-20", "EN_COURS")]}),
        ([], {"plis": [pli("2026-10-01", "EN_COURS")]}),  # 30 days before the arrêté: wait
        (
            ["renouvellement"],
            {"journal": [{"type_evenement": "REN", "date_saisie": "2026-10-11"}]},
        ),
        ([], {"journal": [{"type_evenement": "REN", "date_saisie": "2026-10-10"}]}),
        ([], {"journal": [{"type_evenement": "REN", "date_saisie": "2026-11-10"}]}),
        (["sans_bail"], {"radiation": [{"motif_radiation": "RADATT"}]}),
        (
            [],
            {"radiation": [{"motif_radiation": "RADATT", "date_signature_bail": "2026-10-01"}]},
        ),
        (["hors_bailleur"], {"radiation": [{"motif_radiation": "RADIRR"}]}),
        (
            ["hors_bailleur"],
            {
                "radiation": [{"motif_radiation": "RADIRR"}],
                "guichets": [{"code_guichet": "G1201", "type_guichet": "COMMUNE"}],
            },
        ),
        (
            [],
            {
                "radiation": [{"motif_radiation": "RADIRR"}],
                "guichets": [{"code_guichet": "G1201", "type_guichet": "BAILLEUR"}],
            },
        ),
        (["dalo"], {"radiation": [{"nb_dalo": 1, "nb_menage_prioritaire": 1}]}),
        (["prioritaire"], {"radiation": [{"nb_menage_prioritaire": 1}]}),
        ([], {"radiation": [{"nb_dalo": 1, "motif_radiation": "RADABA"}]}),
        # what is déradiée has nothing to be checked any more, the same day included
        (
            [],
            {
                "radiation": [{"date_preavis_simple": None}],
                "journal": [{"type_evenement": "DERAD", "date_evenement": "2026-10-10"}],
            },
        ),
        # déradiée, then radiée again: that one is to be checked
        (
            ["absent"],
            {
                "radiation": [{"date_preavis_simple": None}],
                "journal": [{"type_evenement": "DERAD", "date_evenement": "2026-10-09"}],
            },
        ),
    ],
)
def test_each_reason_by_its_rows(attendues: list[str], tables: dict[str, Any]) -> None:
    assert lire(**tables)[0]["raisons"] == attendues


def test_a_delivery_without_the_dates_of_preavis_accuses_nobody() -> None:
    assert lire(preavis=False, radiation=[{"date_preavis_simple": None}])[0]["raisons"] == []


@pytest.mark.parametrize(
    ("depot", "renouvellement", "fin"),
    [
        ("2025-09-10", None, "2027-03-10"),
        ("2024-02-29", None, "2025-08-29"),
        ("2024-08-31", None, "2026-02-28"),
        ("2022-08-31", None, "2024-02-29"),
        ("2020-01-15", "2024-08-31", "2026-02-28"),
        ("2025-09-10", "2020-01-15", "2027-03-10"),  # before the deposit: the deposit counts
        (None, None, None),
    ],
)
def test_the_window_ends_by_the_calendar(
    depot: str | None, renouvellement: str | None, fin: str | None
) -> None:
    une = lire(radiation=[{"date_creation": depot, "date_renouvellement": renouvellement}])[0]
    assert une["fenetre_fin"] == (dt.date.fromisoformat(fin) if fin else None)
    assert une["jours_restants"] == ((une["fenetre_fin"] - ARRETE).days if fin else None)


def test_radiated_again_without_a_renewal_the_window_stays() -> None:
    actes = [
        {"type_evenement": "RAD", "date_evenement": "2026-02-10", "date_saisie": "2026-02-10"},
        {"type_evenement": "DERAD", "date_evenement": "2026-03-02", "date_saisie": "2026-03-02"},
        {"type_evenement": "RAD", "date_evenement": "2026-04-10", "date_saisie": "2026-04-10"},
    ]
    depot = {"date_creation": "2025-01-10", "date_radiation": "2026-04-10"}
    (une,) = lire(radiation=[depot], journal=actes)
    assert (une["fenetre_fin"], une["deradiee_le"]) == (dt.date(2026, 7, 10), None)
    renouvelee = depot | {"date_renouvellement": "2026-03-05"}
    (une,) = lire(radiation=[renouvelee], journal=actes)
    assert une["fenetre_fin"] == dt.date(2027, 9, 5)


def _envois(jours: Iterator[dt.date], par_jour: int, sauf: set[dt.date]) -> list[dict[str, Any]]:
    """Return préavis of other demandes: so many a day, none on some days."""
    return [
        {**pli(jour.isoformat(), "DISTRIBUE"), "numero_unique": "autre"}
        for jour in jours
        if jour not in sauf
        for _ in range(par_jour)
    ]


@pytest.mark.parametrize(
    ("par_jour", "silence", "panne"),
    [
        (5, {13, 14, 15}, True),
        (20, {13}, False),  # a single day: a holiday
        (4, {13, 14, 15}, False),  # twelve: chance may do it
        (20, set[int](), False),
    ],
)
def test_a_breakdown_is_days_without_what_usually_leaves(
    *, par_jour: int, silence: set[int], panne: bool
) -> None:
    debut = dt.date(2026, 6, 1)
    jours = (debut + dt.timedelta(days=n) for n in range(90))
    muets = {dt.date(2026, 7, jour) for jour in silence}
    (une,) = lire(
        radiation=[{"date_preavis_simple": "2026-08-11"}], plis=_envois(jours, par_jour, muets)
    )
    assert une["raisons"] == (["tardif", "panne"] if panne else ["tardif"])
    if panne:
        assert une["panne"] == {"debut": min(muets), "fin": max(muets)}


@pytest.mark.parametrize(
    ("mois", "debut", "panne"),
    [(7, 7, False), (7, 8, True), (8, 10, True), (8, 11, False)],
)
def test_a_breakdown_counts_while_a_preavis_should_leave(
    *, mois: int, debut: int, panne: bool
) -> None:
    """From two months before the 10th of September to one, a day of it at least."""
    jours = (dt.date(2026, 6, 1) + dt.timedelta(days=n) for n in range(90))
    muets = {dt.date(2026, mois, debut) + dt.timedelta(days=n) for n in range(3)}
    plis = _envois(jours, 20, muets)
    (une,) = lire(radiation=[{"date_preavis_simple": "2026-08-11"}], plis=plis)
    assert ("panne" in une["raisons"]) == panne


def test_week_ends_without_mail_are_no_breakdown_nor_hide_one() -> None:
    debut = dt.date(2026, 6, 1)
    ouvres = [un for n in range(90) if (un := debut + dt.timedelta(days=n)).weekday() < 5]
    tardive = [{"date_preavis_simple": "2026-08-11"}]
    (une,) = lire(radiation=tardive, plis=_envois(iter(ouvres), 20, set()))
    assert une["raisons"] == ["tardif"]
    # Friday the 17th and Monday the 20th of July, and the week-end between them.
    muets = {dt.date(2026, 7, 17), dt.date(2026, 7, 20)}
    (une,) = lire(radiation=tardive, plis=_envois(iter(ouvres), 20, muets))
    assert une["panne"] == {"debut": dt.date(2026, 7, 17), "fin": dt.date(2026, 7, 20)}


# --- The demonstration, judged another way --------------------------------------------------------


@pytest.fixture(scope="module")
def v(entrepot_demo: Dossier) -> Lecture:
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte is not None
    return Lecture(ouverte, TOUT)


def _mois(jour: dt.date, nombre: int) -> dt.date:
    fin: dt.date = jour + relativedelta(months=nombre)
    return fin


def _lignes(archive: Path, table: str, colonnes: str) -> list[tuple[Any, ...]]:
    return en_memoire().execute(f"SELECT {colonnes} FROM '{archive}/{table}.parquet'").fetchall()


def _muets(partis: list[dt.date]) -> set[dt.date]:
    """Return the days of each breakdown: two at least, on which fifteen would have left."""
    nombre, jour, suite, trouves = Counter(partis), min(partis), list[dt.date](), set[dt.date]()
    while jour <= max(partis):
        if nombre[jour]:
            voulus = [
                [
                    nombre[autre]
                    for n in (-4, -3, -2, -1, 1, 2, 3, 4)
                    if min(partis) <= (autre := un + dt.timedelta(weeks=n)) <= max(partis)
                ]
                for un in suite
            ]
            habituels = [sum(un) / len(un) for un in voulus]
            if sum(un > 0 for un in habituels) >= 2 and sum(habituels) >= 15:
                trouves |= set(suite)
            suite = []
        else:
            suite.append(jour)
        jour += dt.timedelta(days=1)
    return trouves


class Demande(NamedTuple):
    """A row of the radiations of a delivery."""

    numero: str
    guichet: str
    motif: str
    depot: dt.date
    renouvellement: dt.date | None
    radiee: dt.date
    bail: dt.date | None
    simple: dt.date | None
    ar: dt.date | None
    dalo: int | None
    prioritaire: int | None

    @property
    def debut(self) -> dt.date:
        return max(filter(None, [self.depot, self.renouvellement]))


COLONNES = (
    "numero_unique, guichet_enregistreur, motif_radiation, date_creation, date_renouvellement, "
    "date_radiation, date_signature_bail, date_preavis_simple, date_preavis_ar, nb_dalo, "
    "nb_menage_prioritaire"
)
Lignes = dict[str, list[tuple[Any, ...]]]


def _par_numero(lignes: list[tuple[Any, ...]]) -> Lignes:
    groupes: Lignes = {}
    for numero, *reste in lignes:
        groupes.setdefault(numero, []).append(tuple(reste))
    return groupes


def a_part(archive: Path, arrete: dt.date) -> Mapping[str, tuple[frozenset[str], dt.date]]:
    """Return {numéro: (its reasons, the end of its window)} of those that have one: in Python."""
    types = dict(_lignes(archive, "guichets", "code_guichet, type_guichet"))
    envois = [
        un
        for un in _lignes(archive, "plis", "numero_unique, type_pli, date_envoi, statut")
        if un[1].startswith("PREAVIS")
    ]
    partis: dict[str, list[dt.date]] = {}
    for _, genre, le, _ in envois:
        partis.setdefault(genre, []).append(le)
    muets = set[dt.date]().union(*map(_muets, partis.values()))
    plis = _par_numero([(numero, le, statut) for numero, _, le, statut in envois])
    colonnes = "numero_unique, type_evenement, date_evenement, date_saisie"
    actes = _par_numero(_lignes(archive, "journal", colonnes))
    il_y_a_un_an = _mois(arrete + dt.timedelta(days=1), -12)
    trouvees = {}
    for une in itertools.starmap(Demande, _lignes(archive, "radiation", COLONNES)):
        siens, fin = actes.get(une.numero, []), _mois(une.debut, 18)
        if any(type_ == "DERAD" and le >= une.radiee for type_, le, _ in siens):
            continue
        raisons = _d_une_date(une, muets) | _d_un_pli(une, plis.get(une.numero, []))
        raisons |= _d_un_acte(une, siens, types) | _du_menage(une)
        if raisons and (une.radiee >= il_y_a_un_an or fin >= arrete):
            trouvees[une.numero] = (frozenset(raisons), fin)
    return trouvees


def _d_une_date(une: Demande, muets: set[dt.date]) -> set[str]:
    dates = [un for un in (une.simple, une.ar) if un and un >= une.debut]
    echeance = _mois(une.debut, 12)
    limite, prevu = _mois(echeance, -1), _mois(echeance, -2)
    if une.motif != "RADREN" or (dates and min(dates) <= limite):
        return set()
    panne = {"panne"} if any(prevu <= un <= limite for un in muets) else set[str]()
    return panne | ({"tardif"} if dates else {"absent"})


def _d_un_pli(une: Demande, plis: list[tuple[Any, ...]]) -> set[str]:
    sorts = {statut for le, statut in plis if une.debut <= le <= une.radiee}
    return {"npai"} if une.motif == "RADREN" and sorts == {"NPAI"} else set()


def _d_un_acte(une: Demande, actes: list[tuple[Any, ...]], types: Mapping[str, str]) -> set[str]:
    trouvees = set()
    if une.motif in {"RADREN", "RADCON"} and any(
        type_ == "REN" and 0 < (saisi - une.radiee).days <= 30 for type_, _, saisi in actes
    ):
        trouvees.add("renouvellement")
    if une.motif == "RADATT" and une.bail is None:
        trouvees.add("sans_bail")
    if une.motif == "RADIRR" and types.get(une.guichet) != "BAILLEUR":
        trouvees.add("hors_bailleur")
    return trouvees


def _du_menage(une: Demande) -> set[str]:
    if une.motif not in {"RADREN", "RADCON", "RADIRR"} or 1 not in (une.dalo, une.prioritaire):
        return set()
    return {"dalo" if une.dalo == 1 else "prioritaire"}


def _cles(unes: list[Radiee]) -> Mapping[str, tuple[frozenset[str], dt.date]]:
    return {
        une["numero_unique"]: (frozenset(une["raisons"]), une["fenetre_fin"])
        for une in unes
        if une["fenetre_fin"]
    }


def test_each_delivery_gives_the_list_that_is_made_another_way(v: Lecture) -> None:
    avec = 0
    for livraison in v.version.de("013"):
        arrete = dt.date.fromisoformat(livraison.arrete)
        attendues = a_part(v.dossier.archive(livraison), arrete)
        fondees = {n: un for n, un in attendues.items() if un[0] - PUBLICS}
        assert _cles(a_verifier(v, livraison)) == fondees, livraison.mois
        for public in PUBLICS:
            siennes = {n: un for n, un in attendues.items() if public in un[0]}
            assert _cles(a_verifier(v, livraison, raison=public)) == siennes, livraison.mois
        avec += bool(fondees)
    assert avec == len(v.version.de("013"))


def test_counts_are_those_of_the_list(v: Lecture) -> None:
    livraison = v.version.de("013")[-1]
    unes = a_verifier(v, livraison)
    lus = {un.raison: un for un in comptes(v, livraison)}
    assert lus["toutes"].toutes == len(unes)
    assert lus["toutes"].ouvertes == sum((une["jours_restants"] or 0) >= 0 for une in unes)
    raisons = Counter(itertools.chain.from_iterable(une["raisons"] for une in unes))
    assert all(lus[un].toutes == n for un, n in raisons.items() if un not in PUBLICS)


def test_off_the_portal_the_indicator_says_the_same(v: Lecture) -> None:
    for livraison in v.version.de("013")[-6:]:
        siennes = [
            une
            for raison in ("absent", "tardif")
            for une in a_verifier(v, livraison, raison=raison)
            if not une["portail"] and une["mois"] == livraison.mois
        ]
        (dit,) = v.tuples(
            "SELECT numerateur_12m FROM valeurs WHERE code = 'RAD_SANS_PREAVIS' AND niveau = "
            "'departement' AND guichet = '*' AND mois = $m AND departement = '013'",
            {"m": livraison.mois},
        )
        assert len(siennes) == dit[0], livraison.mois


def test_the_first_window_is_of_those_that_may_still_be_put_back() -> None:
    """217 without a préavis in the twelve months, by SQL apart; 129 windows ended from 19/06/2025.

    The first that has not is of 1 February, the day after the arrêté; the last of 24 June.
    """
    ouverte = Lecteur(Dossier(base_legere(1))).ouvrir()
    assert ouverte
    lu = sans_preavis(Lecture(ouverte, TOUT), "013", "2026-01", "2025-02")
    assert lu
    assert (lu.total, lu.ouvertes) == (217, 88)
    assert lu.fenetres == (dt.date(2026, 2, 1), dt.date(2026, 6, 24))


def test_a_reader_of_some_guichets_sees_theirs(v: Lecture) -> None:
    livraison = v.version.de("013")[-1]
    unes = a_verifier(v, livraison)
    guichet = Counter(une["guichet"] for une in unes).most_common(1)[0][0]
    assert guichet
    p = Perimetre(guichets=frozenset({guichet}), nominatif=True)
    siennes = a_verifier(Lecture(v.ouverte, p), livraison)
    attendues = [une for une in unes if guichet in {une["guichet"], une["createur"]}]
    assert [une["numero_unique"] for une in siennes] == [un["numero_unique"] for un in attendues]
    assert {une["guichet"] for une in siennes} <= {guichet, None}
    sans = Lecture(v.ouverte, Perimetre(nominatif=False))
    assert comptes(sans, livraison) == comptes(v, livraison)
    with pytest.raises(Refus, match="ne sont pas ouvertes"):
        radiee(sans, livraison, unes[0]["numero_unique"])


def test_one_demande_is_read_alone_as_the_list_has_it(
    v: Lecture, entrepot_demo: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    livraison = v.version.de("013")[-1]
    # Any day without a préavis is a breakdown: what all préavis tell of each radiation is compared.
    reglages = {**reglages_de(procedures()[PROCEDURE]), "panne_jours": 1, "panne_plis": 1}
    monkeypatch.setattr(radiations, "reglages_de", lambda _: reglages)
    par_raison = {
        raison: une
        for une in _lire(v, livraison, "FROM {liste}", {}, Radiee)
        for raison in (une["raisons"] or [une["motif"]])
    }
    assert par_raison.keys() >= {"panne", "tardif", "npai", "dalo", "RADATT", "RADREN"}
    ouverte = Lecteur(entrepot_demo).ouvrir()
    assert ouverte is not None
    for raison, une in par_raison.items():
        assert radiee(Lecture(ouverte, TOUT), livraison, une["numero_unique"]) == une, raison
    une = par_raison["tardif"]
    for guichet, vue in ((str(une["guichet"]), True), ("G9999", False)):
        p = Perimetre(guichets=frozenset({guichet}), nominatif=True)
        sienne = radiee(Lecture(ouverte, p), livraison, une["numero_unique"])
        assert (sienne is not None) == vue
        assert sienne is None or sienne["raisons"] == une["raisons"]
    assert not ouverte.listes
