"""What accounts were shown is what the audit says, no numéro more and none less.

Walks at random: pages, exports, samples, extracts, messages, work lists, forms sent back, each read
again by other readers than the audit's, with numéros of others in the addresses.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import hmac
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import dash
import openpyxl
import pikepdf
import pypdfium2
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import dashboards.gestes
from dashboards.app import creer_app
from dashboards.navigation import appel
from infocentre.acces.audit import Recherche, chercher, nom_de, verifier
from infocentre.acces.modele import SEUL, Acces, Action, Role
from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaires
from infocentre.analystes.fichier import cle
from infocentre.decisions.doublons import Memoire, Verdict
from infocentre.decisions.magasin import Magasin, ouvrir_magasin
from infocentre.decisions.schema import audit, audit_numeros
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.operations.doublons import chercher as chercher_les_doublons
from infocentre.procedures.doublons import cas as dossiers
from infocentre.procedures.doublons.decider import Geste, Revue
from infocentre.procedures.doublons.formulaire import choix
from tests.acces.affaires import Trois, ouvrir_affaires
from tests.dashboards.comme import acces, comme
from tests.dashboards.rappels import APPELS, corps_de
from tests.dashboards.test_perimetre import (
    AILLEURS,
    EPCI,
    EXPORTS,
    ICI,
    MIEN,
    PAGES,
    donnees,
)
from tests.donnees.atelier import copie
from tests.donnees.retors import dossier_jetable
from tests.profondeur import PROFONDEUR

pytestmark = pytest.mark.lent

FIXTURES = (donnees,)
PARCOURS = 4 * PROFONDEUR
PAS = 4
GRAINE = 20261129
COMPTES: dict[str, Acces] = {
    "gestionnaire": acces(Role.GESTIONNAIRE, ICI),
    "gestionnaire de tout": acces(Role.GESTIONNAIRE, ICI, AILLEURS),
    "guichet": acces(Role.GUICHET, ICI, guichets={MIEN}),
    "partenaire": acces(Role.PARTENAIRE, ICI, epci={EPCI}),
    "analyste": acces(Role.ANALYSTE, ICI),
    "prefet": acces(Role.PREFET, ICI),
    "administrateur": acces(Role.ADMINISTRATEUR),
    "seul": SEUL,
}
TIRES = (*COMPTES, *("gestionnaire", "gestionnaire de tout", "guichet") * 2)
BRUIT = ("bruit", "x", "recherche", "organisme")  # the first begins what is added to an address


@dataclass(frozen=True)
class Monde:
    """The data, and which numéros there are: all, those of a département, those of one's own."""

    dossier: Dossier
    magasin: Magasin
    tous: frozenset[str]
    d_ici: frozenset[str]
    miens: frozenset[str]
    affaires: Trois
    sceaux: dict[str, str]  # numéro by its HMAC, worked out here

    def visibles(self, qui: Acces) -> frozenset[str]:
        """Return the numéros that an account may open."""
        if not qui.peut(Action.NOMINATIF):
            return frozenset()
        if qui.perimetre.partiel:
            return self.miens
        return self.tous if qui.perimetre.voit(AILLEURS) else self.d_ici


def _sceau(secret: str, numero: str) -> str:
    texte = "".join(f"{len(un)}:{un}" for un in ("audit", numero))
    return hmac.new(secret.encode(), texte.encode(), hashlib.sha256).hexdigest()[:32]


@pytest.fixture(scope="module")
def monde(donnees: Dossier) -> Monde:
    """Return a copy of two départements, with affaires."""
    racine = dossier_jetable("montres") / "donnees"
    copie(donnees.racine, racine)
    dossier = Dossier(racine)
    affaires = ouvrir_affaires(dossier)
    chercher_les_doublons(dossier)
    _decider(dossier)
    ouverte = Lecteur(dossier).ouvrir()
    assert ouverte
    v = Lecture(ouverte, TOUT)
    etats = {ici: str(dossier.etats / nom) for ici, nom in v.version.etats.items()}
    lu = "SELECT numero_unique FROM read_parquet($f)"
    par_ici = {
        ici: frozenset(un for (un,) in v.tuples(lu, {"f": fichier}))
        for ici, fichier in etats.items()
    }
    sien = f"{lu} WHERE guichet_enregistreur = $moi OR cle_guichetcreateur = $moi"
    miens = frozenset(un for (un,) in v.tuples(sien, {"f": etats[ICI], "moi": MIEN}))
    tous, secret = frozenset().union(*par_ici.values()), cle(dossier)
    return Monde(
        dossier,
        ouvrir_magasin(racine),
        tous,
        par_ici[ICI],
        miens,
        affaires,
        {_sceau(secret, un): un for un in tous},
    )


@pytest.fixture(scope="module")
def app(monde: Monde) -> dash.Dash:
    return creer_app(monde.dossier)


def _decider(dossier: Dossier) -> None:
    """Open an affaire of duplicates a case, for two of them."""
    magasin = ouvrir_magasin(dossier.racine)
    with ouvrir_pour(dossier, TOUT) as v:
        revue = Revue(v, magasin, Affaires(magasin, Acteur("Léa")), Memoire(magasin, "Léa"))
        for un in dossiers.file(v, None, ICI)[:2]:
            revue.decider(un, Geste(Verdict.MEME))


def _page_vide(*_: object) -> bytes:
    """Return a fiche as printed elsewhere: a document of the register, that holds no numéro."""
    tampon = io.BytesIO()
    with pikepdf.new() as papier:
        papier.add_blank_page()
        papier.save(tampon)
    return tampon.getvalue()


@pytest.fixture(autouse=True)
def sans_impression(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboards.gestes, "imprimer_a_part", _page_vide)


# --- What is read again ---------------------------------------------------------------------------


def _textes(octets: bytes, forme: str) -> Iterator[str]:
    """Yield what a file shows, by other means than the audit's."""
    if forme == "xlsx":
        for feuille in openpyxl.load_workbook(io.BytesIO(octets)):
            yield from (str(un.value) for ligne in feuille for un in ligne if un.value is not None)
    elif forme in {"zip", "docx"}:
        with zipfile.ZipFile(io.BytesIO(octets)) as lue:
            for nom in lue.namelist():
                dedans = nom.rpartition(".")[2] if forme == "zip" else "xml"
                yield from _textes(lue.read(nom), dedans)
    elif forme == "pdf":
        with pypdfium2.PdfDocument(octets) as lu:
            yield from (page.get_textpage().get_text_range() for page in lu)
    elif forme == "eml":
        courriel = email.message_from_bytes(octets, policy=email.policy.default)
        yield from map(str, courriel.values())
        for partie in courriel.walk():
            if not partie.is_multipart():
                nom = partie.get_filename() or ".txt"
                contenu = partie.get_payload(decode=True)
                assert isinstance(contenu, bytes)
                yield from _textes(contenu, nom.rpartition(".")[2])
    else:
        yield octets.decode("utf-8", "replace")


def ecrits(monde: Monde, octets: bytes, forme: str) -> frozenset[str]:
    """Return the numéros of the data that a file or an answer shows."""
    return (
        frozenset(
            un
            for texte in _textes(octets, forme)
            for un in re.findall(r"(?<![0-9A-Za-z])[0-9AB]{13}[0-9A-Z]{5}(?![0-9A-Za-z])", texte)
        )
        & monde.tous
    )


# --- What is asked --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Demande:
    """What is asked, its form, the numéro that it is about, those that it names beside."""

    adresse: str
    forme: str = "page"
    sujet: str = ""
    nommes: tuple[str, ...] = ()
    corps: Any = None

    @property
    def nue(self) -> Demande:
        """The same, naming nobody beside."""
        return Demande(self.adresse.partition("&bruit=")[0], self.forme, self.sujet)


def _demander(client: FlaskClient, une: Demande) -> TestResponse:
    if une.corps is not None:
        return client.post(APPELS, json=une.corps)
    if une.forme == "page":
        return client.post(APPELS, json=appel(une.adresse))
    return client.get(une.adresse)


def _adresse(hasard: random.Random, monde: Monde) -> Demande:
    """Return a page, a file or a form at random."""
    return hasard.choice(_GENRES)(hasard, monde)


def _une_page(hasard: random.Random, monde: Monde) -> Demande:
    sans = [un for un in PAGES.values() if un]
    patron = hasard.choice(hasard.choice(sans))
    if "numero}" in patron:
        return _au_sujet(hasard, monde)
    return Demande(patron.format(autre="G1301", organisme="O1302"))


def _une_liste(hasard: random.Random, _: Monde) -> Demande:
    code = hasard.choice(["CPL_CONTACT", "CPL_RESSOURCES", "DBL_ACTIF", "ATT_TARDIVE", "DBL_FORCE"])
    tri, page = hasard.choice(["numero", "gravite", "guichet"]), hasard.randint(1, 2)
    ici = hasard.choice([ICI, AILLEURS])
    return Demande(f"/demandes?code={code}&tri={tri}&page={page}&departement={ici}")


def _au_sujet(hasard: random.Random, monde: Monde) -> Demande:
    sujet = hasard.choice(sorted(hasard.choice([monde.miens, monde.d_ici, monde.tous])))
    sujet = hasard.choice([sujet, sujet, f"0130126{hasard.randint(0, 999999):06d}ZZZZZ"])
    ecrit = hasard.choice([sujet, sujet.lower()])
    adresse, forme = hasard.choice(
        [
            (f"/demande/{sujet}?a=b", "page"),
            (f"/recherche?q={ecrit}", "page"),
            (f"/export/demande.xlsx?numero={ecrit}", "xlsx"),
            (f"/export/demande.csv?numero={ecrit}", "csv"),
            (f"/droits/extrait?forme=json&numero={ecrit}", "json"),
            (f"/droits/extrait?forme=pdf&numero={ecrit}", "pdf"),
        ]
    )
    return Demande(adresse, forme, sujet)


def _un_export(hasard: random.Random, monde: Monde) -> Demande:
    nom = hasard.choice([*EXPORTS, "demandes", "a-corriger"])
    patron = hasard.choice(EXPORTS[nom])
    if "numero}" in patron:
        return _au_sujet(hasard, monde)
    forme = hasard.choice(["csv", "xlsx", "json", "csv-excel"])
    return Demande(
        f"/export/{nom}.{forme}?{patron.format(autre='G1301', organisme='O1302')}", forme
    )


def _un_fichier(hasard: random.Random, monde: Monde) -> Demande:
    affaire = hasard.choice(monde.affaires.trois)
    nom = hasard.choice(
        ["lettre.docx", "lettre.pdf", "note.docx", "observations.pdf", "dossier.zip"]
    )
    adresses = [
        f"/mesures/{affaire}/{nom}?a=b",
        f"/echantillon/classeur.xlsx?guichet={MIEN}&n={hasard.randint(1, 9)}",
        "/echantillon/classeur.xlsx?guichet=G1301&n=3&code=CPL_CONTACT",
        f"/doublons/listes/{MIEN}/travail.{hasard.choice(['xlsx', 'pdf'])}?departement={ICI}",
        f"/doublons/formulaire/{MIEN}.xlsx?departement={ICI}",
        "/audit/acces.csv?qui=a",
        "/affaires/revue_des_acces/releve/acces.xlsx?a=b",
    ]
    adresse = hasard.choice([*adresses[:3], *adresses])
    return Demande(adresse, adresse.partition("?")[0].rpartition(".")[2])


def _une_affaire(hasard: random.Random, monde: Monde) -> Demande:
    return Demande(f"/mesures?affaire={hasard.choice(monde.affaires.trois)}")


def _des_doublons(hasard: random.Random, _: Monde) -> Demande:
    lieu = hasard.choice(["", "/suivi", "/recherche", "/corrections", "/signaler"])
    return Demande(f"/doublons{lieu}?liste={hasard.choice(['paires', 'forcages'])}")


_GENRES: list[Callable[[random.Random, Monde], Demande]] = [
    _une_page, _une_page, _une_liste, _au_sujet, _au_sujet, _un_export, _un_fichier, _une_affaire,
    _des_doublons,
]  # fmt: skip


def _nommer(hasard: random.Random, monde: Monde, une: Demande) -> Demande:
    """Return the same address, with numéros of others in it."""
    autres = hasard.sample(sorted(monde.tous), hasard.randint(1, 3))
    if une.adresse.startswith("/recherche?q="):  # a page that is about what it names
        return une
    bruit = "&".join(f"{nom}={quote(un)}" for nom, un in zip(BRUIT, autres, strict=False))
    lien = "&" if "?" in une.adresse else "?a=b&"
    return Demande(f"{une.adresse}{lien}{bruit}", une.forme, une.sujet, tuple(autres))


# --- What must be -------------------------------------------------------------------------------


def rendus(monde: Monde, client: FlaskClient, qui: Acces, une: Demande) -> frozenset[str]:
    """Return what an answer shows: what it holds, but the names that the request put in it."""
    reponse = _demander(client, une)
    if not 200 <= reponse.status_code < 300:
        return frozenset()
    vus = ecrits(monde, reponse.get_data(), une.forme)
    if une.nommes:  # shown as well if it is when nobody names them
        nue = _demander(client, une.nue)
        vus -= set(une.nommes) - ecrits(monde, nue.get_data(), une.forme)
    ouverte = une.sujet in monde.visibles(qui)
    return (vus - {une.sujet}) | ({une.sujet} if ouverte and une.sujet in monde.tous else set())


def _rang(magasin: Magasin) -> int:
    with magasin.lire() as con:
        return max(con.scalars(audit.select().with_only_columns(audit.c.rang)), default=0)


def traces(monde: Monde, depuis: int) -> frozenset[str]:
    """Return the numéros that the entries written since then say were shown."""
    c = audit_numeros.c
    with monde.magasin.lire() as con:
        lus = con.execute(audit_numeros.select().where(c.rang > depuis)).all()
    return frozenset(monde.sceaux[un.empreinte] for un in lus)


def _parcourir(app: dash.Dash, monde: Monde, hasard: random.Random) -> Iterator[str]:
    """Walk as an account taken at random; yield what the audit says wrong, as it goes."""
    nom = hasard.choice(TIRES)
    qui, client = COMPTES[nom], app.server.test_client()
    with comme(app, qui):
        for _ in range(PAS):
            une = _adresse(hasard, monde)
            if hasard.random() < 0.6:
                une = _nommer(hasard, monde, une)
            avant = _rang(monde.magasin)
            reponse = _demander(client, une)
            traces_ = traces(monde, avant)
            attendus = rendus(monde, client, qui, une)
            if traces_ != attendus:
                faux, manquent = sorted(traces_ - attendus)[:3], sorted(attendus - traces_)[:3]
                yield f"{nom} {une} {reponse.status_code} : faux {faux}, manquent {manquent}"
            yield from _inexpliques(monde, avant, f"{nom} {une}")
            for numero in sorted(attendus)[:2]:
                lues = chercher(
                    monde.magasin, Recherche(numero=numero), page=None, cle=cle(monde.dossier)
                )[1]
                if not any(vue.rang > avant and vue.qui == nom_de(qui) for vue in lues):
                    yield f"{nom} {une} : qui a vu {numero} ne le dit pas"
            BILAN["demandes"] += 1
            BILAN["rendus"] += len(attendus)
            BILAN["nommes"] += len(set(une.nommes) - attendus)


BILAN = dict.fromkeys(("demandes", "rendus", "nommes"), 0)


def _inexpliques(monde: Monde, avant: int, quoi: str) -> Iterator[str]:
    """Tell of an answer with numéros that nothing said were read."""
    with monde.magasin.lire() as con:
        for ligne in con.execute(audit.select().where(audit.c.rang > avant)):
            if "sans_lecture" in json.loads(ligne.precisions):
                yield f"{quoi} : sans lecture, {ligne.precisions}"


@pytest.mark.tentative(
    "adresse",
    "des numéros d'autrui dans toutes les adresses : personne n'est dit les avoir vus",
)
def test_on_random_walks_what_is_traced_is_what_was_rendered(app: dash.Dash, monde: Monde) -> None:
    fautes: list[str] = []
    for graine in range(PARCOURS):
        fautes += _parcourir(app, monde, random.Random(GRAINE + graine))  # noqa: S311
    verifier(monde.magasin)
    assert not fautes, f"{len(fautes)} écarts de {BILAN}\n" + "\n".join(fautes[:20])
    assert BILAN["rendus"] > PARCOURS
    assert BILAN["nommes"] > PARCOURS


CHOIX = {"donnees": "donnees_a_garder", "pourquoi": "pourquoi"}


def _signaler(app: dash.Dash, numeros: Iterable[str]) -> Any:
    dits = {nom: next(iter(choix(de))) for nom, de in CHOIX.items()}
    valeurs = {"numeros": "\n".join(numeros), "garder": "1", **dits}
    tenus = {
        "signalement.envois": 1,
        "signalement.valeurs": valeurs,
        "signalement-guichet.data": MIEN,
        "adresse.search": f"?departement={ICI}",
    }
    return corps_de(app, "signalement-dit.children", "signalement.envois", tenus)


def test_a_form_that_sends_back_what_was_typed_shows_nothing(app: dash.Dash, monde: Monde) -> None:
    autres = sorted(monde.tous - monde.miens)[:3]
    client = app.server.test_client()
    with comme(app, COMPTES["guichet"]):
        avant = _rang(monde.magasin)
        reponse = client.post(APPELS, json=_signaler(app, autres))
        assert ecrits(monde, reponse.get_data(), "json") == set(autres)
        assert traces(monde, avant) == frozenset()
        assert list(_inexpliques(monde, avant, "")) == []
