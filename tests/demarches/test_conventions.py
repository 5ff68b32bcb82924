"""Conventions: what the register says against SQL, what is signed by the clock, who leaves."""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaire, Affaires, procedures
from infocentre.affaires.modele import Role
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches.face import Face, passer
from infocentre.entrepot import Dossier
from infocentre.lecture.conventions import (
    ECHUE,
    PROCEDURE,
    PROCHE,
    a_confier,
    conventions,
    du_guichet,
    ecarts,
    par_sort,
)
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import fin_de_mois
from infocentre.procedures.conventions.classeur import TITRES
from infocentre.procedures.conventions.regles import SIGNATURE, preparer
from tests.affaires.conftest import Horloge
from tests.cli.lancer import Commande
from tests.donnees.atelier import alleger, charger, controler, copie
from tests.donnees.communs import une_fois
from tests.livraisons.atelier import Ligne, Petite, en_csv, ligne

ICI = "013"
BAILLEUR, COMMUNE, REPRIS, REPRENEUR = "903900001", "903900019", "903900027", "903900035"
REGISTRE: dict[str, Ligne] = {
    "G1301": {"TYPE_GUICHET": "BAILLEUR", "SIREN": BAILLEUR, "DATE_CONVENTION": "29/02/2020"},
    "G1302": {"TYPE_GUICHET": "COMMUNE", "SIREN": COMMUNE, "DATE_CONVENTION": "01/11/2020"},
    "G1303": {"TYPE_GUICHET": "BAILLEUR", "SIREN": REPRIS, "DATE_CONVENTION": "01/06/2021"},
    "G1304": {"TYPE_GUICHET": "BAILLEUR", "SIREN": REPRENEUR, "DATE_CONVENTION": ""},
    "G1305": {"DATE_CONVENTION": "01/01/2019", "DATE_FERMETURE": "30/09/2026", "SIREN": COMMUNE},
}
# Who does what: the last act of each, in the journal of the delivery of October 2026.
ACTES = {
    "G1301": "20/10/2026",
    "G1302": "31/10/2025",
    "G1303": "05/10/2026",
    "G1305": "02/10/2026",
}


def test_at_each_delivery_those_to_renew_are_those_that_sql_finds(entrepot_demo: Dossier) -> None:
    """Beyond six years, and within six months: the archives read apart, without a line of ours."""
    with ouvrir_pour(entrepot_demo, TOUT) as v, duckdb.connect() as con:
        livraisons = [une for une in v.version.de(ICI) if une.publiee]
        for une in livraisons:
            arrete = fin_de_mois(une.mois)
            lues = par_sort(conventions(v, ICI, arrete, une.mois), arrete)
            trouves = [len(lues.get(sort, ())) for sort in (ECHUE, PROCHE)]
            attendus = con.execute(
                """
                SELECT count(*) FILTER (DATE_CONVENTION + INTERVAL 6 YEARS <= $le),
                    count(*) FILTER (DATE_CONVENTION + INTERVAL 6 YEARS > $le
                        AND DATE_CONVENTION + INTERVAL 6 YEARS <= $le + INTERVAL 180 DAYS)
                FROM read_parquet($fichier) WHERE TYPE_GUICHET <> 'PORTAIL'
                    AND (DATE_FERMETURE IS NULL OR DATE_FERMETURE > $le)
                """,
                {"le": arrete, "fichier": str(v.dossier.archive(une) / "guichets.parquet")},
            ).fetchone()
            assert attendus is not None
            assert trouves == list(attendus), une.mois
        assert len(livraisons) > 1
        assert min(trouves) > 0


def test_who_closes_reads_what_it_leaves_by_commune(entrepot_demo: Dossier) -> None:
    """The stock of the last delivery, counted apart, is what its services are to confide."""
    with ouvrir_pour(entrepot_demo, TOUT) as v, duckdb.connect() as con:
        derniere = v.version.de(ICI)[-1]
        stock = str(v.dossier.archive(derniere) / "stock.parquet")
        siens = con.execute(
            "SELECT DISTINCT GUICHET_ENREGISTREUR FROM read_parquet($stock) ORDER BY 1 LIMIT 3",
            {"stock": stock},
        ).fetchall()
        guichets = [code for (code,) in siens]
        attendus = con.execute(
            """
            SELECT COMMUNE_LOG_RECHERCHE, count(*) AS n FROM read_parquet($stock)
            WHERE list_contains($guichets, GUICHET_ENREGISTREUR)
            GROUP BY ALL ORDER BY n DESC, 1
            """,
            {"stock": stock, "guichets": guichets},
        ).fetchall()
        assert a_confier(v, ICI, guichets) == attendus
        assert len(attendus) > 3


class Monde:
    """A data directory and the clock of who acts on it."""

    def __init__(self, racine: Path) -> None:
        self.racine, self.horloge = racine, Horloge(dt.date(2026, 11, 5))

    def livrer(
        self, mois: str, fin: int, registre: dict[str, Ligne], utilisateur: str = "G1305"
    ) -> None:
        depot = Petite()
        depot.texte("stock", en_csv([ligne("stock", 1)]))
        depot.texte("radiation", en_csv([ligne("radiation", 1)]))
        siens = [ligne("guichets", int(code[1:])) | un for code, un in registre.items()]
        nommes = [un | {"NOM": f"Service {un['CODE_GUICHET']}"} for un in siens]
        depot.texte("guichets", en_csv(nommes))
        actes = [
            ligne("journal", rang) | {"GUICHET": code, "DATE_EVENEMENT": le, "DATE_SAISIE": le}
            for rang, (code, le) in enumerate(ACTES.items(), 1)
        ]
        depot.texte("journal", en_csv(actes))
        depot.texte("utilisateurs", en_csv([ligne("utilisateurs", 1, GUICHET=utilisateur)]))
        depot.manifeste(departement=ICI, arrete=f"{mois}-{fin}")
        charger(self.racine, depot.ecrire(self.racine.parent / mois), confirmer="petite")
        controler(self.racine)

    def registre(self, role: Role = "gestionnaire") -> Affaires:
        return Affaires(ouvrir_magasin(self.racine), Acteur("Léa", role), self.horloge)

    @contextmanager
    def face(self) -> Iterator[Face]:
        with ouvrir_pour(Dossier(self.racine), TOUT) as v:
            yield Face(v, self.registre(), procedures()[PROCEDURE])

    def passer(self) -> list[str]:
        """Let the clock and the newest delivery act; return the events, in order."""
        with self.face() as face:
            avant = {une.id: len(une.situation.evenements) for une in self.toutes()}
            passer(face.v, self.registre("minuteur"), ICI, [face.procedure])
        return [un.nom for une in self.toutes() for un in une.situation.evenements[avant[une.id] :]]

    def toutes(self) -> list[Affaire]:
        return self.registre().lister(ICI, procedure=PROCEDURE, finies=True)


def _livrer(atelier: Path) -> None:
    """Load and control a first delivery, whose guichets have an address."""
    adresses = {code: une | {"COURRIEL": f"{code}@exemple.fr"} for code, une in REGISTRE.items()}
    with pytest.MonkeyPatch.context() as patch:
        alleger(patch)
        Monde(atelier / "donnees").livrer("2026-10", 31, adresses)


@functools.cache
def octobre() -> Path:
    """Return the data directory that nobody may change."""
    return une_fois("conventions", _livrer) / "donnees"


@pytest.fixture
def monde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Monde:
    """Return a small data directory, one of whose guichets is closed."""
    racine = copie(octobre(), tmp_path / "donnees")
    alleger(monkeypatch)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(racine))
    return Monde(racine)


def test_a_convention_lives_by_the_clock_and_by_its_register(monde: Monde) -> None:
    """Seven years: signed on a leap day, renewed five times, beyond its term, signed again."""
    le = dt.date(2026, 10, 31)
    with monde.face() as face:
        assert du_guichet(face.v, ICI, "2026-10", "G1301", dt.date(2026, 2, 27)) == (
            "du 29/02/2020, reconduite 5 fois, jusqu'au 28/02/2026"
        )
        assert du_guichet(face.v, ICI, "2026-10", "G1301", dt.date(2026, 2, 28)) == (
            "du 29/02/2020, échue depuis le 28/02/2026"
        )
        # Data against conventions, by hand: G1302 is one day short of a year; G1305 is closed.
        assert {(un.genre, un.guichet) for un in ecarts(face.v, ICI, le)} == {
            ("sans", "G1301"), ("muet", "G1302"), ("ferme", "G1305"), ("acces", "G1305"),
        }  # fmt: skip
        (reste,) = face.regles.restes(face.v, face.registre, ICI)
        assert reste.dit == "2 conventions au-delà de six ans"  # that of 1 November 2020 is too
        assert {un.objet for un in face.a_ouvrir(ICI)} == {BAILLEUR, COMMUNE, REPRENEUR}
        une = preparer(face.v, face.registre, ICI, REPRENEUR, {"mandats": ["G1303"]})
        une = face.agir(une, SIGNATURE, {"signee_le": "29/02/2024"})
        assert une.situation.dite("terme") == "2030-02-28"
        with pytest.raises(Refus, match="déjà ouverte pour le même objet"):
            preparer(face.v, face.registre, ICI, REPRENEUR)
        assert ("mandant", "G1303") in {(un.genre, un.guichet) for un in ecarts(face.v, ICI, le)}
    assert monde.passer() == ["prendre_effet", "reconduire", "reconduire"]
    assert monde.passer() == []
    vecus = []
    for mois in range(1, 12 * 7):
        annee, rang = divmod(10 + mois, 12)
        monde.horloge.mettre(dt.date(2026 + annee, rang + 1, 5))
        vecus += [(f"{monde.horloge():%Y-%m}", nom) for nom in monde.passer()]
    assert vecus == [
        ("2027-03", "reconduire"),
        ("2028-03", "reconduire"),
        ("2029-03", "reconduire"),
        ("2029-09", "approcher"),
        ("2030-03", "echoir"),
    ]
    with monde.face() as face:
        (une,) = face.lister(ICI)
        papier = face.imprimer(une, "convention", "docx")
        assert papier == face.imprimer(une, "convention", "docx")
        une = face.agir(une, SIGNATURE, {"signee_le": "01/10/2033"})
        assert (une.etat, une.situation.dite("terme")) == ("signee", "2039-10-01")


def test_an_organisme_taken_over_keeps_its_life(monde: Monde) -> None:
    with monde.face() as face:
        for organisme in (REPRIS, REPRENEUR):
            une = preparer(face.v, face.registre, ICI, organisme, {"categorie": "a"})
            face.agir(une, SIGNATURE, {"signee_le": "01/06/2026"})
    monde.passer()
    monde.horloge.mettre(dt.date(2026, 12, 5))
    monde.livrer("2026-11", 30, REGISTRE | {"G1303": REGISTRE["G1303"] | {"SIREN": REPRENEUR}})
    assert monde.passer() == ["absorber"]
    with monde.face() as face:
        repris, repreneur = (une for une in monde.toutes())
        assert repris.situation.dite("repreneurs") == [REPRENEUR]
        assert Counter(un.nom for un in repris.situation.evenements)[SIGNATURE] == 1
        assert not repreneur.situation.finie
        assert ("Services en plus depuis", "Service G1303") in face.regles.faits(face.v, repreneur)


def _classeur(chemin: Path, *lignes: tuple[str, ...]) -> str:
    with xlsxwriter.Workbook(chemin) as livre:
        feuille = livre.add_worksheet("Conventions")
        for rang, une in enumerate((TITRES, *lignes)):
            feuille.write_row(rang, 0, une)
    return str(chemin)


FAUTES = (
    (("Inconnu", "", "", "", "01/02/2026"), "l'organisme « Inconnu » n'a aucun guichet"),
    ((BAILLEUR, "", "", "", "01/02/2008"), "avant 2009"),
    ((BAILLEUR, "", "", "", "01/02/2090"), "n'est pas encore passé"),
    ((BAILLEUR, "", "", "", "le premier"), "n'est pas une date"),
    ((BAILLEUR, "z", "", "", "01/02/2026"), "« z » n'est pas l'un de"),
    ((BAILLEUR, "", "", "", "01/02/2026", "", "02/02/2032"), "de 6 ans au plus"),
    ((BAILLEUR,), "il manque « Signée le »"),
)


def test_a_workbook_is_read_whole_or_refused_whole(
    monde: Monde,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lire = Commande(monde.racine, monkeypatch, capsys)
    bonnes = (
        ("Service G1304", "a", "", "", "29/02/2024", "", "", "f" * 64),
        ("g1302", "e", "", "", "01/02/2026"),
    )
    for rang, (fausse, faute) in enumerate(FAUTES):
        dit = lire("conventions", "importer", _classeur(tmp_path / f"{rang}.xlsx", *bonnes, fausse))
        assert (dit.code, dit.texte) == (1, ""), fausse
        assert faute in dit.erreur, (fausse, dit.erreur)
    assert monde.toutes() == []
    classeur = _classeur(tmp_path / "bon.xlsx", *bonnes)
    dit = lire("conventions", "importer", classeur)
    assert dit.texte.splitlines() == [
        "2 conventions enregistrées.",
        f"  attention, {COMMUNE} : la délibération manque",
    ]
    assert sorted(une.objet for une in monde.toutes()) == [COMMUNE, REPRENEUR]
    assert monde.passer() == []  # done already
    assert (
        lire("conventions", "importer", classeur).texte
        == "0 convention enregistrée, 2 déjà connues.\n"
    )
    assert "G1301" in lire("conventions", "lister", "--echues", "--format", "csv").texte
    assert "un bailleur" in lire("conventions", "retirer", BAILLEUR, "--le", "01/11/2026").erreur
    assert len(monde.toutes()) == 2  # what is refused opens nothing
