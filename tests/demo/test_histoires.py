"""Each planted story is told by the bilan of its semester: its direction, its figures.

The figures are asked of the values in SQL; what is to be read is in docs/demonstration.md.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import pytest

from infocentre.acces.perimetre import TOUT
from infocentre.catalogue import lire_catalogue
from infocentre.entrepot import Dossier
from infocentre.entrepot.version import Controle, Livraison, Version
from infocentre.lecture.lecteur import Lecture, VersionOuverte
from infocentre.mesures import ecrire_reglages
from infocentre.noyau.temps import bornes, fin_de_mois, nom_semestre
from infocentre.restitutions.bilan import contexte, essentiel, mouvements, qualite
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.lecture import Edition
from tests.demo.conftest import Demonstration
from tests.restitutions.test_mouvements import dits, sous

pytestmark = pytest.mark.lent

Bilan = Callable[[str], Contexte]
NOMS = {
    "G1301": "Garlaban Résidences",
    "G1302": "Provence Habitat Solidaire",
    "G1303": "Étang Bleu Habitat",
    "G1304": "Sainte-Baume Logis",
    "G1305": "Mairie de Roque-Imaginaire",
    "G1306": "Maison du logement des Trois-Collines",
    "G1307": "Bureau d’accueil du Vieux-Bassin",
    "G1308": "Mairie de Valdoule-les-Pins",
    "G1309": "Mairie de Font-Claire-en-Provence",
    "G1310": "Crau Solidaire Habitat",
}


@pytest.fixture(scope="module")
def bilan(
    demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bilan]:
    """Return what gives the bilan of a semester, nothing being masked."""
    con = demonstration.con
    con.execute("CREATE VIEW valeurs AS FROM valeurs_calculees")
    ecrire_reglages(con)
    controle = Controle("", "2026-11-25T08:00:00+00:00")
    livraisons = tuple(
        Livraison("013", str(fin_de_mois(mois)), "", mois, "", controle)
        for (mois,) in con.execute("SELECT DISTINCT mois FROM registre ORDER BY mois").fetchall()
    )
    dossier = Dossier(tmp_path_factory.mktemp("histoires"))
    v = Lecture(VersionOuverte(dossier, Version(livraisons=livraisons), con), TOUT)

    def ouvrir(semestre: str) -> Contexte:
        dernier = max(une.mois for une in livraisons if une.mois <= bornes(semestre)[1])
        edition = Edition(v, "013", dernier, nom_semestre(semestre))
        return Contexte(edition, partage=False)

    avec = pytest.MonkeyPatch()
    for module in (contexte, mouvements):
        avec.setattr(module, "catalogue_du_mois", lambda *_: lire_catalogue())
    avec.setattr(contexte, "description", lambda *_: {"tables": {}})
    # Where a movement comes from needs what deliveries revised: tests/lecture has its stories.
    avec.setattr(qualite, "provenances", lambda *_: ())
    yield functools.cache(ouvrir)
    avec.undo()


@pytest.fixture(scope="module")
def raconter(bilan: Bilan) -> Callable[[str, str], str]:
    """Return the words of a section of the chapter on quality, in the bilan of a semester."""
    chapitre = functools.cache(lambda semestre: qualite.chapitre(bilan(semestre)))
    return lambda semestre, titre: sous(chapitre(semestre), titre)


def compte(demo: Demonstration, code: str, guichet: str, mois: str) -> str:
    """Return « 12 sur 340 » of the organisme of a guichet, over what its state rests on."""
    (organisme,) = demo.con.execute(
        f"SELECT DISTINCT organisme FROM registre WHERE guichet = '{guichet}'"
    ).fetchall()[0]
    n, d = demo.con.execute(
        "SELECT n_etat, d_etat FROM valeurs_calculees WHERE niveau = 'organisme' "
        f"AND guichet = '{organisme}' AND code = '{code}' AND mois = '{mois}'"
    ).fetchall()[0]
    return f"{n} sur {d}"


DEGRADATIONS = "Les dégradations"


@pytest.mark.parametrize(
    ("titre", "guichet", "code"),
    [
        (DEGRADATIONS, "G1302", "ATT_TARDIVE"),
        (DEGRADATIONS, "G1307", "ACC_DEPART_OUVERT"),
        ("Les progrès", "G1308", "ENR_ATTESTATION"),
    ],
)
def test_what_moved_in_2026_s1(
    demonstration: Demonstration,
    raconter: Callable[[str, str], str],
    titre: str,
    guichet: str,
    code: str,
) -> None:
    dit = raconter("2026-S1", titre)
    avant, ici = (compte(demonstration, code, guichet, mois) for mois in ("2025-06", "2026-06"))
    assert f"{NOMS[guichet]} : " in dit
    assert f"(de {avant} [" in dit
    assert f" à {ici} [" in dit


@pytest.mark.parametrize(
    ("guichet", "code"),
    [
        ("G1301", "DBL_FORCE"),
        ("G1301", "DBL_ACTIF"),
        ("G1303", "ATT_RPLS_NR"),
        ("G1309", "RAD_IRR_HORS_BAILLEUR"),
        ("G1310", "MSG_ANOMALIE"),
    ],
)
def test_who_stays_bad_from_one_semester_to_the_next(
    bilan: Bilan, raconter: Callable[[str, str], str], guichet: str, code: str
) -> None:
    assert NOMS[guichet] in raconter("2026-S1", "Les difficultés persistantes")
    tenues = qualite.persistances(bilan("2026-S1"))
    assert (NOMS[guichet], code) in {(une.nom, une.ici.un.code) for une in tenues}


def test_the_radiations_without_preavis_of_2026_s1(
    demonstration: Demonstration, bilan: Bilan, raconter: Callable[[str, str], str]
) -> None:
    lues = demonstration.con.execute(
        "SELECT mois, numerateur FROM valeurs_calculees WHERE niveau = 'departement' "
        "AND code = 'RAD_SANS_PREAVIS' AND numerateur > 0 AND mois BETWEEN '2026-01' AND '2026-06'"
    ).fetchall()
    total = sum(n for _, n in lues)
    assert {mois for mois, _ in lues} <= {"2026-01", "2026-02", "2026-03"}
    dit = raconter("2026-S1", "Ce qui s'est passé dans le semestre")
    assert "Radiations pour non-renouvellement sans préavis dans les délais, hors portail" in dit
    assert f"{total} dans le semestre, à traiter en" in dit
    assert "juin 2026 n'en montre plus" in dit
    assert "sans préavis" in dits(essentiel.chapitre(bilan("2026-S1")))


def test_the_irrecevabilites_of_who_is_no_bailleur(
    demonstration: Demonstration, raconter: Callable[[str, str], str]
) -> None:
    n = demonstration.un(
        "SELECT sum(numerateur) FROM valeurs_calculees WHERE niveau = 'departement' "
        "AND code = 'RAD_IRR_HORS_BAILLEUR' AND mois BETWEEN '2026-01' AND '2026-06'"
    )
    dit = raconter("2026-S1", "Ce qui s'est passé dans le semestre")
    assert f"par un autre qu'un bailleur : {n} dans le semestre" in dit
    assert NOMS["G1309"] in dit


def test_the_default_reservataire_is_told_apart_without_a_colour(
    demonstration: Demonstration, raconter: Callable[[str, str], str]
) -> None:
    dit = raconter("2026-S1", "Des pratiques à part")
    vu = compte(demonstration, "ATT_AUCUN", "G1304", "2026-06")
    assert f"{NOMS['G1304']} : attributions déclarées sur un logement non réservé, {vu} (" in dit


def test_who_does_too_little_is_named_and_never_judged(bilan: Bilan) -> None:
    annexe = qualite.annexe(bilan("2026-S1"))
    assert NOMS["G1305"] in dits(annexe).split("trop peu d'actes")[1]


@pytest.mark.parametrize(
    ("semestre", "guichet", "dite"),
    [("2026-S1", "G1307", "fermé le 15 février 2026"), ("2026-S2", "G1306", "ouvert en")],
)
def test_the_register_of_each_semester(
    bilan: Bilan, semestre: str, guichet: str, dite: str
) -> None:
    assert f"{NOMS[guichet]}, {dite}" in dits(essentiel.chapitre(bilan(semestre)))
