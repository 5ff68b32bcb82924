"""Repères: deciles and nothing that names; what is altered, mixed or given twice is refused."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from infocentre.catalogue import Catalogue, lire_catalogue
from infocentre.contrat.numeros import numeros_ecrits
from infocentre.contrat.territoires import departements
from infocentre.lecture import reperes as lus
from infocentre.lecture import reperes_recus
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.publies import Niveau
from infocentre.lecture.reperes import Fichier, Repere, empreinte, situer
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.restitutions import reperes
from infocentre.restitutions.bilan import qualite
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.releve import Releve, Valeur
from infocentre.restitutions.document import Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.reperes import tirer
from tests.cli.lancer import Commande
from tests.restitutions.curieux import Savoir, retrouver
from tests.restitutions.curieux_reperes import (
    Mois,
    lire_les_reperes,
    petites_de,
    tirer_des_taux,
)

pytestmark = pytest.mark.lent


SEUIL = 3  # of a demonstration that is too small for the threshold
RATES = 0.005  # half of what a decile is told to


@pytest.fixture
def ligne(
    donnees: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commande:
    for module in (reperes, lus):
        monkeypatch.setattr(module, "seuil_secret", lambda _: SEUIL)
    return Commande(donnees, monkeypatch, capsys)


def sceller(contenu: Mapping[str, Any], **change: object) -> str:
    """Return a file of repères, as somebody else's program would write it."""
    dit = {un: valeur for un, valeur in contenu.items() if un != "empreinte"} | change
    return json.dumps({**dit, "empreinte": empreinte(dit)})


@pytest.fixture(scope="module")
def produit(edition_demo: Edition) -> dict[str, Any]:
    """The file of the demonstration, as if three organismes were enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reperes, "seuil_secret", lambda _: SEUIL)
        lu: dict[str, Any] = json.loads(reperes.produire(edition_demo))
    return lu


@pytest.fixture
def ailleurs(produit: dict[str, Any], tmp_path: Path) -> Callable[..., Path]:
    """Return what writes the same file as if another département had given it."""

    def ecrire(departement: str, **change: object) -> Path:
        cible = tmp_path / f"r{departement}.json"
        cible.write_text(sceller(produit, departement=departement, **change), "utf-8")
        return cible

    return ecrire


# --- What a file tells ----------------------------------------------------------------------------


def test_too_few_organismes_give_no_file(
    donnees: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    refusee = Commande(donnees, monkeypatch, capsys)(
        "reperes", "produire", "--sortie", tmp_path / "a.json"
    )
    assert refusee.code == 1
    assert "aucun type n'a 11 organismes" in refusee.erreur
    assert not (tmp_path / "a.json").exists()


def test_a_file_tells_deciles_of_many_organismes_and_names_none(
    ligne: Commande, edition_demo: Edition, tmp_path: Path
) -> None:
    nomme = ligne("reperes", "produire", "--sortie", tmp_path / "a.pdf")
    assert (nomme.code, "Nommer un fichier .json" in nomme.erreur) == (1, True)
    assert ligne("reperes", "produire", "--sortie", tmp_path / "a.json").code == 0
    octets = (tmp_path / "a.json").read_bytes()
    contenu = json.loads(octets)
    assert contenu["reperes"]
    assert all(une["organismes"] >= SEUIL for une in contenu["reperes"])
    assert contenu.keys() == {"format", "departement", "mois", "seuil", "reperes", "empreinte"}
    guichets = edition_demo.v.tuples("SELECT DISTINCT guichet, organisme FROM registre")
    noms = {un for une in guichets for un in une} - set(TypeGuichet)
    assert not any(f'"{un}"'.encode() in octets for un in noms)
    assert not numeros_ecrits(octets)


CODE, ONZE = "CPL_CHAMPS", 11
# Twelve bailleurs: what they count, out of how many; two are few, two more are masked for them.
DITS = ((0, 60), (0, 45), (12, 80), (14, 200), (20, 150), (30, 100), (33, 300), (40, 90))
TUS = ((3, 50), (6, 120), (15, 60), (25, 500))


def _inventer() -> tuple[Releve, dict[str, str], Catalogue]:
    """Return a month of an indicator as it is shared, the type being told."""
    regles = lire_catalogue()
    comptes = [*((*un, False) for un in DITS), *((*un, True) for un in TUS)]

    def valeur(niveau: Niveau, cle: str, n: int, d: int, *, masquee: bool = False) -> Valeur:
        un = regles.indicateurs[CODE]
        return Valeur(un, niveau, cle, "2026-10", "vert", n, d, None, None, False, masquee)  # noqa: FBT003

    lues = [valeur("organisme", f"B{rang}", n, d, masquee=masquee)
            for rang, (n, d, masquee) in enumerate(comptes)]  # fmt: skip
    n, d = (sum(une[rang] for une in comptes) for rang in (0, 1))
    lues.append(valeur("type", TypeGuichet.BAILLEUR, n, d))
    types = {f"B{rang}": TypeGuichet.BAILLEUR.value for rang in range(len(comptes))}
    return Releve("2026-10", {(CODE, une.niveau, une.cle): une for une in lues}), types, regles


def test_deciles_are_of_what_is_told_masked_organismes_having_their_common_rate() -> None:
    releve, types, regles = _inventer()
    (un,) = tirer(releve, types, regles, ONZE)
    commun = (3 + 6 + 15 + 25) / (50 + 120 + 60 + 500)
    lus = np.quantile([*(n / d for n, d in DITS), *[commun] * 4], np.arange(1, 10) / 10)
    assert (un.indicateur, un.type_guichet, un.organismes) == (CODE, "BAILLEUR", 12)
    assert un.deciles == pytest.approx(lus, abs=RATES + 1e-9)
    # A type whose own count is masked has no common rate that a reader could work out.
    tu = {
        cle: replace(une, masquee=une.masquee or une.niveau == "type")
        for cle, une in releve.valeurs.items()
    }
    assert list(tirer(replace(releve, valeurs=tu), types, regles, ONZE)) == []
    # Nor has one of fewer organismes than the threshold, nor one of which more than half is masked.
    assert list(tirer(releve, types, regles, 13)) == []
    peu = {
        cle: une for cle, une in releve.valeurs.items() if cle[2] not in {f"B{n}" for n in range(5)}
    }
    assert list(tirer(replace(releve, valeurs=peu), types, regles, 5)) == []


def test_a_file_binds_no_masked_count_and_one_of_rates_as_they_are_gives_two_away() -> None:
    """Effectifs are told by another indicator; a reader lacks two counts, and has their sum."""
    releve, types, regles = _inventer()
    savoir = Savoir()
    for une in releve.valeurs.values():
        ou = (CODE, releve.mois, f"{une.niveau}/{une.cle}")
        savoir.dire((*ou, "n"), une.n or 0, masquee=une.masquee)
        savoir.dire((*ou, "d"), une.d or 0, masquee=False)
    siens = [un for un in savoir.vraies if "organisme" in un[2] and un[3] == "n"]
    savoir.egaler((CODE, releve.mois, f"type/{TypeGuichet.BAILLEUR}", "n"), siens)
    mois, n = [Mois(releve, types, regles, ONZE)], len(savoir.contraintes)
    petites = {(CODE, releve.mois, f"organisme/B{rang}", "n") for rang in (8, 9)}
    assert petites_de(mois, ONZE) == petites, "the file rests on them"
    lire_les_reperes(savoir, mois[0])
    assert len(savoir.contraintes) == n
    for un in savoir.cachees - petites:
        savoir.dire(un, savoir.vraies[un], masquee=False)
    assert retrouver(savoir, ONZE) == {}
    lire_les_reperes(savoir, mois[0], tirer_des_taux)
    assert {un: retrouver(savoir, ONZE).get(un) for un in petites} == {
        un: (savoir.vraies[un],) * 2 for un in petites
    }


# --- A place --------------------------------------------------------------------------------------


def lire_csv(texte: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(texte), delimiter=";"))


def test_a_place_is_read_and_a_rule_of_another_version_is_not_compared(
    ligne: Commande, produit: dict[str, Any], ailleurs: Callable[..., Path]
) -> None:
    premier = produit["reperes"][0]
    autre = [{**premier, "regle": premier["regle"] + 1}]
    un, deux = ailleurs("083"), ailleurs("084", reperes=autre)
    (seule,) = lire_csv(ligne("reperes", "lire", deux, "--format", "csv").texte)
    assert (seule["decile"], seule["departements"]) == ("", "0")
    assert "rien n'est comparé" in seule["motif"]
    lue = lire_csv(ligne("reperes", "lire", un, deux, "--format", "csv").texte)[0]
    assert (lue["departements"], lue["regle"]) == ("1", seule["regle"])
    # One's own file, from a folder that all share, and one that tells of too few are not counted.
    siens = ailleurs(produit["departement"])
    peu = ailleurs("085", seuil=2, reperes=[{**premier, "organismes": 2}])
    lue = lire_csv(ligne("reperes", "lire", un, siens, peu, "--format", "csv").texte)[0]
    assert lue["departements"] == "1"


def changer_un_repere(texte: str, **champs: object) -> str:
    """Return a file whose first repère is another one, sealed anew."""
    premier, *autres = json.loads(texte)["reperes"]
    return sceller(json.loads(texte), reperes=[{**premier, **champs}, *autres])


@pytest.mark.parametrize(
    ("changer", "dit"),
    [
        (lambda texte: texte.replace('"organismes": ', '"organismes": 1'), "a été modifié"),
        (lambda _: "{}", "n'est pas un fichier de repères"),
        (lambda _: "[" * 100_000, "n'est pas un fichier de repères"),
        (lambda texte: texte.replace("infocentre-reperes-1", "infocentre-reperes-2"), "reperes-1"),
        (lambda texte: texte.replace("{", '{"a": "013102612345613A12",', 1), "numéro unique"),
        (lambda texte: sceller(json.loads(texte), mois="2020-01"), "sont de 2020-01"),
        (lambda texte: sceller(json.loads(texte), mois="../../x"), "mal formé"),
        (lambda texte: sceller(json.loads(texte), departement="999"), "mal formé"),
        (lambda texte: sceller(json.loads(texte), seuil=1000), "mal formé"),
        (lambda texte: sceller(json.loads(texte), reperes=[{"indicateur": "X"}]), "mal formé"),
        (lambda texte: changer_un_repere(texte, organismes=float("inf")), "mal formé"),
        (lambda texte: changer_un_repere(texte, indicateur=None), "mal formé"),
        (lambda texte: changer_un_repere(texte, organismes=10**400), "mal formé"),
        (lambda texte: changer_un_repere(texte, regle=10**400), "mal formé"),
        (lambda texte: changer_un_repere(texte, deciles=[10**400] * 9), "mal formé"),
        (lambda texte: sceller(json.loads(texte), seuil=True), "mal formé"),
        (lambda texte: sceller(json.loads(texte), mois="20\uff126-10"), "mal formé"),
    ],
    ids=["modifie", "vide", "profond", "autre_format", "numero", "autre_mois", "faux_mois",
         "faux_departement", "moins_que_son_seuil", "mal_forme", "sans_fin", "sans_indicateur",
         "trop_d_organismes", "trop_de_regles", "hors_de_portee", "seuil_vrai", "autres_chiffres"],
)  # fmt: skip
def test_a_file_that_is_not_what_was_given_is_refused(
    ligne: Commande, ailleurs: Callable[..., Path], changer: Callable[[str], str], dit: str
) -> None:
    fichier = ailleurs("083")
    fichier.write_text(changer(fichier.read_text("utf-8")), "utf-8")
    refusee = ligne("reperes", "lire", fichier)
    assert (refusee.code, dit in refusee.erreur) == (1, True), refusee.erreur


def test_files_are_kept_apart_shown_and_removed(
    ligne: Commande, donnees: Path, ailleurs: Callable[..., Path], tmp_path: Path
) -> None:
    assert "n'est donné, ni gardé" in ligne("reperes", "lire").erreur
    assert "il n'existe pas" in ligne("reperes", "lire", tmp_path / "rien.json").erreur
    un, deux = ailleurs("083"), ailleurs("084")
    vieux = ailleurs("02A", mois="2020-01")
    assert "est le même que r083.json" in ligne("reperes", "garder", un, un).erreur
    (tmp_path / "copie.json").write_bytes(un.read_bytes())
    deux_fois = ligne("reperes", "garder", un, tmp_path / "copie.json").erreur
    assert "est le même que" in deux_fois
    assert "retirer" not in deux_fois, "nothing is kept"
    lus = ligne("reperes", "lire", un, tmp_path / "copie.json")
    assert (lus.code, "est le même que" in lus.erreur) == (1, True)
    (tmp_path / "faux.json").write_text("{}")
    assert ligne("reperes", "garder", un, tmp_path / "faux.json").code == 1
    assert not list((donnees / "reperes").glob("*/*"))  # none of them
    assert "3 fichiers gardés" in ligne("reperes", "garder", un, deux, vieux).texte
    deja = ligne("reperes", "garder", un)
    assert (deja.code, "reperes retirer 083" in deja.erreur) == (1, True)
    listes = lire_csv(ligne("reperes", "liste", "--format", "csv").texte)
    assert [(une["departement"], une["fichier"]) for une in listes] == [
        ("02A", "r02A.json"),
        ("083", "r083.json"),
        ("084", "r084.json"),
    ]
    jour = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"  # by the clock of who reads
    assert all(len(une["sha256"]) == 64 and re.fullmatch(jour, une["recu_le"]) for une in listes)
    lue = lire_csv(ligne("reperes", "lire", "--format", "csv").texte)[0]
    assert lue["departements"] == "2"
    # One that is damaged is counted no more, and said.
    (abime,) = (donnees / "reperes").glob("2*/084.json")
    abime.write_text(abime.read_text("utf-8").replace("deciles", "decilas"), "utf-8")
    assert lire_csv(ligne("reperes", "lire", "--format", "csv").texte)[0]["departements"] == "1"
    etats = [une["etat"] for une in lire_csv(ligne("reperes", "liste", "--format", "csv").texte)]
    assert [bool(un) for un in etats] == [False, False, True]
    assert ligne("reperes", "retirer", "83", "075").code == 1  # nothing of the second: none goes
    assert "3 fichiers retirés" in ligne("reperes", "retirer", "83", "84", "2A").texte
    assert not list((donnees / "reperes").iterdir())


def test_the_bilan_tells_deciles_where_the_rate_of_a_type_is_told(
    edition_demo: Edition, produit: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = Contexte(edition_demo)
    assert qualite._table_reperes(ctx) is None
    siens = tuple(Repere(**{**un, "deciles": tuple(un["deciles"])}) for un in produit["reperes"])
    donnes = [Fichier(un, edition_demo.mois, SEUIL, siens) for un in ("083", "084")]
    monkeypatch.setattr(reperes_recus, "lus", lambda *_: donnes)
    monkeypatch.setattr(Contexte, "seuil", SEUIL)
    tables = (un for une in qualite.chapitre(ctx).sections for un in une.blocs)
    (table,) = (un for un in tables if isinstance(un, Tableau) and un.cle == "qualite-reperes")
    dit = ctx.relever()
    types = [une.nom for une in table.colonnes[1:]]
    for ligne in table.lignes:
        code = next(un.code for un in ctx.catalogue.indicateurs.values()
                    if un.libelle == ligne[0].valeur)  # fmt: skip
        for type_, case in zip(types, ligne[1:], strict=True):
            valeur = dit(code, "type", type_)
            if case.valeur:
                assert valeur is not None
                assert not valeur.masquee
                assert str(case.valeur).endswith("(2 dép.)")
    assert qualite._table_reperes(replace(ctx, organismes=frozenset())) is None


@pytest.mark.parametrize(
    ("taux", "rang"),
    [
        (0.0, "1er au 4e"),
        (0.013, "6e au 8e"),  # as 1 %: the file tells no more than the percent
        (0.02, "9e"),  # a third of the way from the eighth decile to the ninth
        (0.9, "10e"),
    ],
)
def test_who_has_the_rate_of_others_is_not_told_to_be_before_them(
    edition_demo: Edition, taux: float, rang: str
) -> None:
    """Deciles of 0, 0, 0, 0, 1, 1, 1, 1 and 4 %: four tenths have none, three have 1 %."""
    regles = catalogue_du_mois(edition_demo.v, edition_demo.filtres)
    code, un = next(iter(regles.indicateurs.items()))
    deciles = (*[0.0] * 4, *[0.01] * 4, 0.04)
    repere = Repere(code, un.version, TypeGuichet.AUTRE, 12, deciles)
    fichiers = [Fichier("083", "2026-10", 11, (repere,))]
    (place,) = situer(regles, lambda *_: taux, fichiers, 11)
    assert place.phrase.startswith(f"{rang} décile des guichets de type « Autre » de 1 département")
    # Everybody has the same: neither the first nor the last.
    pareils = replace(repere, deciles=(0.01,) * 9)
    (place,) = situer(regles, lambda *_: 0.013, [Fichier("083", "2026-10", 11, (pareils,))], 11)
    assert place.rang == "1er au 10e"


def test_all_the_versions_of_a_rule_elsewhere_are_told(edition_demo: Edition) -> None:
    regles = catalogue_du_mois(edition_demo.v, edition_demo.filtres)
    code, un = next(iter(regles.indicateurs.items()))
    fichiers = [
        Fichier(
            departement,
            "2026-10",
            11,
            (Repere(code, un.version + plus, TypeGuichet.BAILLEUR, 12, (0.1,) * 9),),
        )
        for departement, plus in (("083", 2), ("084", 1))
    ]
    (place,) = situer(regles, lambda *_: 0.1, fichiers, 11)
    assert f"en version {un.version + 1} ou {un.version + 2} :" in place.phrase


def test_deciles_of_101_departements_are_those_of_all_their_rates(edition_demo: Edition) -> None:
    """Each has its own spread; those that have fewer organismes than the threshold give no file."""
    regles = catalogue_du_mois(edition_demo.v, edition_demo.filtres)
    hasard, seuil = np.random.default_rng(7), 11
    code, version = next((un.code, un.version) for un in regles.indicateurs.values())
    taux = [hasard.beta(2, hasard.uniform(4, 30), size=hasard.integers(5, 60)) for _ in range(101)]
    donnes = [siens for siens in taux if len(siens) >= seuil]
    assert 70 < len(donnes) < 101
    fichiers = [
        Fichier(
            departement,
            "2026-10",
            seuil,
            (
                Repere(
                    code,
                    version,
                    TypeGuichet.BAILLEUR,
                    len(siens),
                    reperes._deciles([float(un) for un in siens]),
                ),
            ),
        )
        for departement, siens in zip(departements(), donnes, strict=False)
    ]
    tous = np.sort(np.concatenate(donnes))
    juges = 0
    for ici in np.arange(0.0005, 0.6, 0.001):
        (place,) = situer(regles, lambda *_, lu=float(ici): lu, fichiers, seuil)
        vraie = float(np.searchsorted(tous, ici)) / len(tous) * 10
        if abs(vraie - round(vraie)) > 0.25:  # no file tells more than deciles to the percent
            assert place.decile == int(vraie) + 1, (ici, vraie)
            juges += 1
    assert juges > 200
    assert (
        place.phrase == f"10e décile des bailleurs de {len(donnes)} départements, règle {version}"
    )
