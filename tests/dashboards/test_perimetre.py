"""A reader of one guichet, walked through everything that gives data out.

Nothing of others appears: no name, code or numéro, and no figure, since the same walk over data in
which theirs are others gives the same answers. What may be asked and is not here fails.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dash
import duckdb
import pytest
from flask.testing import FlaskClient

import dashboards.courant
from dashboards import exports
from dashboards.app import creer_app
from dashboards.navigation import appel
from infocentre.acces.modele import SEUL
from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.affaires import procedures
from infocentre.api import Infocentre
from infocentre.cli import main
from infocentre.demo import fabriquer
from infocentre.entrepot import Dossier
from infocentre.entrepot.dossier import ENTREPOT
from infocentre.lecture import droits, publies
from infocentre.lecture.accueil import chiffres, objectifs
from infocentre.lecture.droits import Droit
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.lecture.lieux import du_departement, guichets_par_epci
from infocentre.lecture.ouverture import lire_comme
from infocentre.lecture.publies import dit_au_semestre, dits_du_departement, masquer_mois, tus
from infocentre.mesures.diffusions import Registre
from infocentre.restitutions import lecture
from infocentre.restitutions.registre import DOCUMENTS
from tests.dashboards.rappels import rappeler, texte
from tests.donnees.atelier import charger, controler, copie, lire_ailleurs
from tests.donnees.communs import RACINE, une_fois
from tests.donnees.retors import dossier_jetable
from tests.profondeur import PROFONDEUR, profond

pytestmark = pytest.mark.lent

ICI, AILLEURS, MIEN = "013", "084", "G1302"
MOIS, AVANT = "2026-10", "2026-09"
EPCI = "241300417"
# Of the accueil, what is counted; the rest are ratios.
CHIFFRES = {"actives", "actives_hors_mutation", "depots", "depots_portail", "attributions"}
Reponses = dict[str, str]


def _publier(atelier: Path) -> None:
    for departement, taille in ((ICI, 700), (AILLEURS, 200)):
        recues = atelier / "recues" / departement
        charger(
            atelier / "donnees", *fabriquer(recues, taille=taille, mois=2, departement=departement)
        )
    controler(atelier / "donnees")


@pytest.fixture(scope="module")
def donnees() -> Dossier:
    """Return the data of two départements."""
    return Dossier(une_fois("deux-departements", _publier) / "donnees")


@pytest.fixture(scope="module")
def entieres(donnees: Dossier) -> Dossier:
    """The data for who walks all of it, by which what the bilan hides is decided.

    A guichet is then told what all are, which the figures of others do change.
    """
    return Dossier(lire_ailleurs(donnees.racine, dossier_jetable("entieres") / "donnees"))


AUTRES = f"""
DELETE FROM valeurs WHERE niveau IN ('guichet', 'organisme') AND {{autre}}
    AND hash(guichet) % 3 = 0;
UPDATE valeurs SET numerateur = denominateur, numerateur_12m = denominateur_12m, n_etat = d_etat,
    taux = 1, taux_12m = 1, taux_etat = 1, etat = 'rouge', rang = 1
    WHERE niveau IN ('guichet', 'organisme') AND {{autre}};
UPDATE valeurs SET rang = 77 WHERE guichet = '{MIEN}';
UPDATE registre SET nom = 'Autre ' || nom, commune = '13001', telephone = '0' WHERE {{autre}};
DELETE FROM registre WHERE {{autre}} AND hash(guichet) % 7 = 0;
DELETE FROM revisions WHERE {{autre}} AND hash(guichet) % 2 = 0;
UPDATE triangle SET numerateur = 9 WHERE {{autre}};
UPDATE soldes SET avant = avant + 5;
UPDATE estimations SET estime = 1 WHERE departement <> '{ICI}';
UPDATE att_01 SET total = total + 1 WHERE departement <> '{ICI}';
"""


@pytest.fixture(scope="module")
def changees(donnees: Dossier) -> Dossier:
    """Return the same, all that is of others being other: names, states, counts, lives."""
    racine = dossier_jetable("changees") / "donnees"
    copie(donnees.racine, racine)
    dossier = Dossier(racine)
    with duckdb.connect(str(dossier.courante / ENTREPOT)) as con:
        con.execute(
            AUTRES.format(autre=f"(departement <> '{ICI}' OR guichet NOT IN ('{MIEN}', '*'))")
        )
        for departement, nom in dossier.version().suivi.items():
            fichier = dossier.suivi / nom
            con.execute(
                f"COPY (FROM read_parquet('{fichier}') WHERE departement = '{ICI}' "
                f"AND guichet = '{MIEN}' OR hash(unite) % 2 = 0) TO '{fichier}.neuf' "
                "(FORMAT parquet)"
            )
            Path(f"{fichier}.neuf").replace(fichier)
            assert departement in {ICI, AILLEURS}
    return dossier


@dataclass(frozen=True)
class Secrets:
    """What a reader of one guichet must never read: words, and numéros."""

    mots: frozenset[str]
    numeros: frozenset[str]
    un_autre: str
    leur_numero: str
    mon_numero: str

    def trouver(self, texte: str, *, dits: Iterable[str] = ()) -> list[str]:
        """Return those of a text, but what the address said itself."""
        ecrits = set(re.findall(r"[0-9A-Z]{18}", texte)) & self.numeros
        codes = set(re.findall(r"(?<![0-9A-Za-z])[0-9A-Z]{4,14}(?![0-9A-Za-z])", texte))
        phrases = {mot for mot in self.mots if " " in mot and mot in texte}
        return sorted((ecrits | (codes & self.mots) | phrases) - set(dits))


@pytest.fixture(scope="module")
def secrets(donnees: Dossier) -> Secrets:
    """Read them in the files, rights or not."""
    ouverte = Lecteur(donnees).ouvrir()
    assert ouverte
    v = Lecture(ouverte, TOUT)
    registre = v.lignes("SELECT DISTINCT departement, guichet, organisme, siren, nom FROM registre")
    (moi,) = {une["organisme"] for une in registre if une["guichet"] == MIEN}
    autres = [une for une in registre if une["guichet"] not in {MIEN, "GDPUB"}]
    mots = {une[nom] for une in autres for nom in ("guichet", "organisme", "siren", "nom")}
    mots |= {une["guichet"] for une in v.lignes("SELECT DISTINCT guichet FROM valeurs "
             "WHERE niveau = 'guichet'")}  # fmt: skip
    miens = {une["nom"] for une in registre if une["guichet"] == MIEN}  # elsewhere, the same name
    mots -= {moi, MIEN, "GDPUB", "INCONNU", None, *miens}
    etats = [str(donnees.etats / nom) for nom in v.version.etats.values()]
    recus = [str(donnees.archive(une) / "stock.parquet") for une in v.version.livraisons]
    suivis = [str(donnees.suivi / nom) for nom in v.version.suivi.values()]
    numeros = v.lignes(
        f"SELECT numero_unique AS numero, bool_or(sien) AS sien FROM ("
        "SELECT numero_unique, coalesce(guichet_enregistreur, '') = $g "
        f"OR coalesce(cle_guichetcreateur, '') = $g AS sien FROM read_parquet({etats}) "
        f"UNION ALL SELECT numero_unique, true FROM read_parquet({recus}) "
        "WHERE guichet_enregistreur = $g "
        f"UNION ALL SELECT numero_unique, guichet = $g FROM read_parquet({suivis})) GROUP BY ALL "
        "ORDER BY 1",
        {"g": MIEN},
    )
    leurs = [une["numero"] for une in numeros if not une["sien"] and une["numero"]]
    (mien,) = v.lignes(
        f"SELECT min(numero_unique) AS numero FROM read_parquet({etats}) "
        "WHERE guichet_enregistreur = $g AND departement = $d",
        {"g": MIEN, "d": ICI},
    )
    return Secrets(frozenset(mots), frozenset(leurs), "G1301", leurs[0], mien["numero"])


# --- What is asked --------------------------------------------------------------------------------

FILTRES = (f"mois={AVANT}", "fenetre=mois", "type=COMMUNE", "epci=200054807",
           f"departement={AILLEURS}", f"guichet={MIEN}", "guichet={autre}")  # fmt: skip
# How many each address has, in turn: they are read in one place. All of them in canary.
CHACUNE = 2 if PROFONDEUR == 1 else len(FILTRES)
# Addresses of each page: {autre} and {leur_numero} are what the reader should not see.
PAGES: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/aide": (),  # says the same to all, of guichets that are invented
    "/aide/gestionnaire": (),
    "/aide/guichet": ("/aide/guichet",),
    "/aide/glossaire": ("/aide/glossaire",),
    "/aide/colonnes": ("/aide/colonnes",),
    "/aide/codes": ("/aide/codes",),
    "/aide/contrat": ("/aide/contrat",),
    "/aide/procedures": ("/aide/procedures",),
    "/aide/convention": ("/aide/convention",),
    "/aide/tableaux": ("/aide/tableaux",),
    "/aide/demonstration": (),
    "/acces": ("/acces",),
    "/affaires": ("/affaires",),
    "/affaires/<code>": tuple(f"/affaires/{code}{un}" for code in procedures()
                              for un in ("", "?etat=toutes", "?ouvrir={autre}")),
    "/attributions": ("/attributions", f"/attributions?epci={EPCI}"),
    "/audit": (),  # for who has accounts, walked by tests/acces/test_parcours.py
    "/calendrier": ("/calendrier",),
    "/demandes": ("/demandes?code=CPL_RESSOURCES", "/demandes?code=DBL_ACTIF",
                  "/demandes?code=ATT_TARDIVE&tri=numero", "/demandes?code=CPL_CONTACT"),
    "/depot": ("/depot",),
    "/documents": ("/documents", "/documents?guichet={autre}", "/documents?partenaire=ush"),
    "/doublons": ("/doublons",),
    "/doublons/corrections": ("/doublons/corrections",),
    "/doublons/recherche": ("/doublons/recherche",),
    "/doublons/signaler": ("/doublons/signaler", "/doublons/signaler?guichet={autre}"),
    "/doublons/suivi": ("/doublons/suivi",),
    "/echantillon": ("/echantillon",),
    "/envois": ("/envois",),
    "/guichet/<guichet>": (f"/guichet/{MIEN}", f"/guichet/{MIEN}?tous=oui", "/guichet/{autre}"),
    "/indicateurs/<code>": ("/indicateurs/CPL_RESSOURCES", "/indicateurs/ATT_TARDIVE",
                            "/indicateurs/ATT_TARDIVE?par=organisme"),
    "/indicateurs": ("/indicateurs",),
    "/introuvable": ("/introuvable",),
    "/mesures": ("/mesures", "/mesures?etape=finies"),
    "/organisme/<organisme>": ("/organisme/{organisme}",),
    "/pourquoi/<code>": ("/pourquoi/ATT_TARDIVE", "/pourquoi/CPL_RESSOURCES?type=BAILLEUR",
                         "/pourquoi/CPL_CHAMPS?organisme={organisme}"),
    "/recherche": ("/recherche?q=a", "/recherche?q=agence", "/recherche?q={leur_numero}",
                   "/recherche?q=013012", "/recherche?q={autre}", "/recherche?q=zzz"),
    "/reconnaitre": ("/reconnaitre",),
    "/region": ("/region", "/region?region=93", f"/region?region=tous&arrete={AVANT}"),
    "/registre": ("/registre",),
    "/reglages": ("/reglages", "/reglages?reglage=dalo_objectif"),
    "/reglages/messagerie": ("/reglages/messagerie",),
    "/reglages/comparaisons": ("/reglages/comparaisons",),
    "/reglages/objectifs": ("/reglages/objectifs",),
    "/reglages/signature": ("/reglages/signature",),
    "/requetes": ("/requetes", "/requetes?sql=FROM+registre"),
    "/suivi": ("/suivi", "/suivi?par=organisme", "/suivi?par=organismes", "/suivi?par=liste",
               "/suivi?affichage=tableau", "/suivi?contenu=effectifs", "/suivi?recherche=agence",
               "/suivi?etat=rouge", "/suivi?etat=change&tri=nom"),
    "/tableaux/<code>": ("/tableaux/ATT-11", "/tableaux/TAB01-01?partage=oui", "/tableaux/ATT-09"),
    "/tableaux": ("/tableaux",),
    "/demande": ("/demande?numero={leur_numero}",),
    "/demande/<numero>": ("/demande/{mon_numero}", "/demande/{leur_numero}"),
    "/guichets": ("/guichets", "/guichets?recherche=a", "/guichets?montrer=lacunes"),
    "/guichets/liste-publique": ("/guichets/liste-publique",),
    "/livraisons/<cle>": (f"/livraisons/{MOIS}", f"/livraisons/{MOIS}?liste=rejets"),
    "/livraisons": ("/livraisons", "/livraisons?vue=revisions"),
    "/requetes/bibliotheque": ("/requetes/bibliotheque",),
    "/requetes/indicateur": ("/requetes/indicateur",),
    "/requetes/outils": ("/requetes/outils",),
}  # fmt: skip
EXPORTS: dict[str, tuple[str, ...]] = {
    "a-corriger": (f"guichet={MIEN}", "guichet={autre}", "organisme={organisme}"),
    "demande": ("numero={mon_numero}", "numero={leur_numero}"),
    "demandes": ("code=CPL_RESSOURCES", "code=DBL_ACTIF", "code=DBL_RELOGE", "code=DBL_FORCE",
                 "code=ATT_TARDIVE&guichet={autre}"),
    "guichets": ("",),
    "indicateur": ("code=CPL_RESSOURCES", "code=ATT_TARDIVE&par=organisme"),
    "livraison": (f"cle={MOIS}&liste=rejets", f"cle={MOIS}&liste=creations",
                  f"cle={MOIS}&liste=guichets_inconnus"),
    "region": ("", "region=93"),
    "revisions": ("", "guichet={autre}"),
    "suivi": ("", "par=organismes", "contenu=effectifs"),
    "tableau": ("code=ATT-01", "code=ATT-11", "code=TAB03-01"),
    "valeurs": ("", "par=organismes"),
}  # fmt: skip
ROUTES: dict[str, tuple[str, ...]] = {
    "/aide/contrat/<nom>": ("",),
    "/affaires/<code>/<id_>/<nom>.<forme>": ("",),
    "/affaires/<code>/liste.<format_>": ("",),
    "/affaires/<code>/releve/<nom>.<forme>": ("",),
    "/doublons/accuse/<guichet>.<forme>": ("",),
    "/doublons/formulaire/<guichet>.<forme>": ("",),
    "/doublons/listes/<guichet>/<nom>.<forme>": ("",),
    "/echantillon/classeur.xlsx": ("guichet={autre}",),
    "/envois/messages.zip": ("",),
    "/guichets/liste-a-publier.<forme>": ("",),
    "/guichets/liste-a-publier.html": ("",),
    "/guichets/registre.xlsx": ("",),
    "/mesures/<id_>/<nom>.<forme>": ("",),
    "/requetes/schema.json": ("",),
    "/version": ("",),
}
# Calls of the pages of SQL: all of them are refused.
APPELS = {"/requetes/annuler", "/requetes/fichier/<jeton>/<nom>"}
SANS_DONNEES = {
    "/compte",
    "/comptes",
    "/comptes/<identifiant>",
    "/connexion",
    "/connexion/code",
    "/connexion/fournisseur",
    "/connexion/retour",
    "/deconnexion",
    "/lien/<jeton>",
    "/", "/<path:path>", "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    "/_dash-dependencies", "/_dash-layout", "/_favicon.ico", "/_reload-hash",
    "/assets/<path:filename>", "/dsfr.css", "/dsfr/<path:chemin>", "/dsfr/fonts/<nom>",
    "/editeur/editeur.js", "/static/<path:filename>", "/echantillon/lecture", "/depot",
    "/_dash-component-suites/plotly/package_data/plotly.min.js",
    "/plotly/plotly-basic-4.1.1.min.js",
}  # fmt: skip
# Walked by a table of their own: pages, exports, documents.
# By tests/acces/test_parcours.py; the calendar, which a secret opens, by tests/demarches.
A_PART = {"/audit/acces.<format_>", "/droits/extrait", "/calendrier/<jeton>.ics"}
PAR_TABLE = {"/_dash-update-component", "/export/<nom>.<format_>", "/documents/<nom>.<forme>"}
# Callbacks of SQL, which reads all that there is: an event of each, what a page holds.
DE_SQL = {
    "annuler-export.title": "annuler-export.n_clicks", "annuler.title": "annuler.n_clicks",
    "apercu.children": "regle.envois", "brouillon-dit.children": "editeur.valeur",
    "copie.data": "copier.n_clicks",
    "course-dite.children": "horloge.n_intervals", "dessin-bloc.children": "dessiner.n_clicks",
    "export-dit.children": "exporter-csv.n_clicks", "garder-dit.children": "garder.envois",
    "image.children": "points.data", "parametres-dit.children": "editeur.valeur",
    "reponses.children": "question.envois", "resultat.children": "executer.n_clicks",
}  # fmt: skip
TENUS = {
    "editeur.valeur": "SELECT * FROM registre", "course.data": "a" * 32, "dessiner.n_clicks": 1,
    "executee.data": {"sql": "SELECT * FROM registre", "donnes": {}}, "garder.envois": 1,
    "garder.valeurs": {"titre": "x"}, "question.valeurs": {"question": "relancer"},
    "code-essaye.data": {"code": "ATT_TARDIVE", "ou": ICI}, "regle.valeurs": {"nombre": "2"},
}  # fmt: skip


def page_de(client: FlaskClient, adresse: str) -> str:
    """Return all that the router of the pages answers."""
    reponse = client.post("/_dash-update-component", json=appel(adresse))
    assert reponse.status_code == 200
    texte: str = reponse.get_data(as_text=True).encode().decode("unicode_escape", "ignore")
    return texte.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def avec(adresse: str, filtre: str) -> str:
    """Return an address with a filter added to it."""
    return f"{adresse}{'&' if '?' in adresse else '?'}{filtre}"


def lire(client: FlaskClient, adresse: str) -> str:
    """Return what a route answers."""
    octets: bytes = client.get(adresse).get_data()
    return octets.decode(errors="replace")


def demandes(chacune: int) -> Iterator[tuple[str, Callable[[FlaskClient, str], str]]]:
    """Yield every address with what asks for it: bare, then with so many filters."""
    tour, sans_guichet = itertools.cycle(FILTRES), itertools.cycle(FILTRES[:5])
    for adresse in itertools.chain(*PAGES.values()):
        yield adresse, page_de
        for filtre in itertools.islice(tour, 0 if adresse.startswith("/aide") else chacune):
            yield avec(adresse, filtre), page_de
    for nom, choix in EXPORTS.items():
        for un in choix:
            yield (adresse := f"/export/{nom}.csv{un and '?'}{un}"), lire
            for filtre in itertools.islice(sans_guichet, min(chacune, 5)):
                yield avec(adresse, filtre), lire
    for chemin, choix in ROUTES.items():
        yield from ((f"{chemin}?{un}", lire) for un in choix)


def marcher(
    dossier: Dossier, secrets: Secrets, *, debut: str = "/", chacune: int = CHACUNE
) -> Iterator[tuple[str, str]]:
    """Yield each address and its answer."""
    app = creer_app(dossier)
    (organisme,) = {
        une["organisme"]
        for une in Lecture(_ouverte(dossier), TOUT).lignes(
            "SELECT DISTINCT organisme FROM registre WHERE guichet = $g", {"g": MIEN}
        )
    }
    client = app.server.test_client()
    for patron, demander in demandes(chacune):
        adresse = patron.format(
            autre=secrets.un_autre, leur_numero=secrets.leur_numero,
            mon_numero=secrets.mon_numero, organisme=organisme,
        )  # fmt: skip
        if adresse.startswith(debut):
            yield adresse, demander(client, adresse)


@functools.cache
def _ouverte(dossier: Dossier) -> Any:
    return Lecteur(dossier).ouvrir()


def rappels(app: dash.Dash) -> Iterator[dict[str, Any]]:
    """Yield a call of each callback of the server, as if what it listens to had been clicked."""
    for sortie, connu in app.callback_map.items():
        if "callback" not in connu:  # the browser answers alone
            continue
        une, *_ = connu["inputs"]
        noms = sortie.strip(".").split("...") if sortie.startswith("..") else [sortie]
        sorties = [dict(zip(("id", "property"), nom.rsplit(".", 1), strict=True)) for nom in noms]
        yield {
            "output": sortie,
            "outputs": sorties if sortie.startswith("..") else sorties[0],
            "inputs": [_donner(entree) for entree in connu["inputs"]],
            "state": [_donner(etat) for etat in connu["state"]],
            "changedPropIds": []
            if une["id"].startswith("{")
            else [f"{une['id']}.{une['property']}"],
        }


def _donner(une: Mapping[str, Any]) -> Any:
    """Return what a page gives of a property: a click, an address of elsewhere, no component."""
    if une["id"].startswith("{"):
        return []
    valeurs = {"pathname": "/documents", "search": f"?departement={AILLEURS}", "n_clicks": 1}
    return {**une, "value": valeurs.get(une["property"])}


def fuites(reponses: Iterable[tuple[str, str]], secrets: Secrets) -> list[str]:
    """Return the addresses whose answers hold something of others, with it."""
    return [
        f"{adresse} : {trouves[:5]}"
        for adresse, texte in reponses
        if (trouves := secrets.trouver(texte, dits=re.split(r"\W", adresse)))
    ]


@pytest.fixture
def un_guichet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every reader one who sees a guichet alone."""
    ne_voir_que_le_sien(monkeypatch)


def ne_voir_que_le_sien(patch: pytest.MonkeyPatch) -> None:
    siens = Perimetre(departements=frozenset({ICI}), guichets=frozenset({MIEN}))
    patch.setattr(dashboards.courant, "reconnu", lambda: replace(SEUL, perimetre=siens))


@pytest.fixture(scope="module")
def lues(donnees: Dossier, secrets: Secrets) -> Reponses:
    """Return all that a reader of one guichet is answered."""
    with pytest.MonkeyPatch.context() as patch:
        ne_voir_que_le_sien(patch)
        return dict(marcher(donnees, secrets))


# --- Nothing is left out --------------------------------------------------------------------------


def test_all_that_gives_data_out_is_walked(donnees: Dossier) -> None:
    app = creer_app(donnees)
    routes = {str(un) for un in app.server.url_map.iter_rules()}
    assert routes == SANS_DONNEES | ROUTES.keys() | PAR_TABLE | APPELS | A_PART
    pages = {un.get("path_template") or un["path"] for un in dash.page_registry.values()}
    assert PAGES.keys() == pages
    assert EXPORTS.keys() == exports.EXPORTS.keys()
    siens = [un.nom for un in DOCUMENTS.values() if un.d_un_guichet and not un.d_un_bailleur]
    assert siens == ["fiche"]


@pytest.mark.usefixtures("un_guichet")
@pytest.mark.tentative(
    "rappel",
    "tous les appels, par un guichet",
)
def test_a_callback_tells_nothing_of_others(donnees: Dossier, secrets: Secrets) -> None:
    app = creer_app(donnees)
    client = app.server.test_client()
    for corps in rappels(app):
        reponse = client.post("/_dash-update-component", json=corps)
        assert reponse.status_code in {200, 204, 403}, corps["output"]
        assert not secrets.trouver(reponse.get_data(as_text=True), dits=[]), corps["output"]


SEULS_A_LIRE = ("archives.py", "droits.py", "lecteur.py", "lieux.py", "ouverture.py")


def test_nothing_reads_beside_a_lecture() -> None:
    """Pages and documents have no connection, nor do most readers: they have what is filtered."""
    dossiers = (
        "dashboards", "infocentre/restitutions", "infocentre/lecture", "infocentre/cli/lectures.py",
        "infocentre/cli/echantillons.py", "infocentre/api.py",
    )  # fmt: skip
    fautes = [
        f"{chemin.relative_to(RACINE)}:{noeud.lineno} .{noeud.attr}"
        for dossier in dossiers
        for chemin in sorted((RACINE / dossier).rglob("*.py")) or [RACINE / dossier]
        if not (chemin.parent.name == "lecture" and chemin.name in SEULS_A_LIRE)
        for noeud in ast.walk(ast.parse(chemin.read_text("utf-8")))
        if (isinstance(noeud, ast.Attribute) and noeud.attr in {"ouverte", "vues_de", "curseur"})
        or (isinstance(noeud, ast.Attribute) and noeud.attr == "con" and "lecture" not in dossier)
    ]
    assert fautes == []


# Where a SELECT over files is written: each is given to `v.filtrer`, or refused to who sees a part.
LISENT_DES_FICHIERS = {
    "archives.py", "demandes.py", "historique.py", "lecteur.py", "liens.py", "parcours.py",
    "recherche.py", "detenu.py", "mouvements.py", "acces_sne.py", "doublons/demandes.py",
    "doublons/forcages.py", "doublons/qualite.py", "conventions.py",
    "infocentre/restitutions/ouvert/publie.py",  # of what was published, and nothing else
}  # fmt: skip
DES_FICHIERS = ("read_parquet", "lecture_de(", "sql_archives(", "sql_vues(", "sql_liens(")


def test_few_readers_name_files() -> None:
    dossiers = ("dashboards", "infocentre/restitutions", "infocentre/lecture", "infocentre/cli")
    chemins = [un for dossier in dossiers for un in (RACINE / dossier).rglob("*.py")]
    lecture = RACINE / "infocentre" / "lecture"
    trouves = {
        str(chemin.relative_to(lecture if chemin.is_relative_to(lecture) else RACINE))
        for chemin in chemins
        if any(mot in chemin.read_text("utf-8") for mot in DES_FICHIERS)
    }
    assert trouves == LISENT_DES_FICHIERS


def test_every_relation_of_a_version_has_its_right(donnees: Dossier) -> None:
    noms = Lecture(_ouverte(donnees), TOUT).relations
    assert droits.de_la_version().keys() == noms


# --- Nothing of others ----------------------------------------------------------------------------


@pytest.mark.tentative(
    "adresse",
    "toutes les pages et leurs filtres, par un guichet",
)
def test_nothing_of_others_is_read(lues: Reponses, secrets: Secrets) -> None:
    assert fuites(lues.items(), secrets) == []


@profond
def test_the_walk_finds_others_when_everything_may_be_seen(
    entieres: Dossier, secrets: Secrets
) -> None:
    trouvees = "\n".join(fuites(marcher(entieres, secrets, chacune=0), secrets))
    for chemin in ("/ ", "/suivi", "/guichets", "/indicateurs/CPL", "/demandes", "/export/valeurs",
                   "/demande/", "/livraisons", "/export/a-corriger", "/guichets/liste-a-publier",
                   "/echantillon", "/export/livraison"):  # fmt: skip
        assert re.search(f"^{re.escape(chemin)}", trouvees, re.MULTILINE), chemin


@pytest.mark.usefixtures("un_guichet")
@pytest.mark.tentative(
    "effectifs",
    "deviner les chiffres des autres : les changer tous ne change aucune réponse",
)
def test_figures_of_others_change_nothing(
    lues: Reponses, changees: Dossier, secrets: Secrets
) -> None:
    apres = dict(marcher(changees, secrets))
    assert [adresse for adresse in lues if lues[adresse] != apres[adresse]] == []


@profond
def test_they_change_what_is_seen_of_everything(
    entieres: Dossier, changees: Dossier, secrets: Secrets
) -> None:
    for debut in ("/guichets?", "/suivi?par=l", "/indicateurs?", "/export/valeurs"):
        avant, apres = (dict(marcher(un, secrets, debut=debut)) for un in (entieres, changees))
        assert avant
        assert avant != apres, debut


@profond
@pytest.mark.parametrize(
    ("relation", "debut"),
    [
        ("registre", f"/guichet/{MIEN}"),
        ("valeurs", "/suivi?par=organismes"),
        ("etats", "/demande/"),
    ],
)
def test_a_filter_that_is_taken_away_is_seen(
    donnees: Dossier,
    changees: Dossier,
    secrets: Secrets,
    relation: str,
    debut: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Another périmètre than elsewhere: what was read with all filters is not read again.
    siens = Perimetre(departements=frozenset({ICI}), guichets=frozenset({MIEN, relation}))
    monkeypatch.setattr(dashboards.courant, "reconnu", lambda: replace(SEUL, perimetre=siens))
    monkeypatch.setattr(droits, "VERSION", {**droits.VERSION, relation: Droit()})
    monkeypatch.setattr(droits, "FICHIERS", {**droits.FICHIERS, relation: Droit()})
    avant, apres = (dict(marcher(un, secrets, debut=debut)) for un in (donnees, changees))
    assert fuites(avant.items(), secrets) or avant != apres


@pytest.mark.usefixtures("un_guichet")
def test_calls_of_sql_are_refused(donnees: Dossier) -> None:
    app = creer_app(donnees)
    client = app.server.test_client()
    assert " à ce compte" in client.post("/requetes/annuler").get_json()["refus"]
    assert " à ce compte" in client.get("/requetes/fichier/a/b.csv").get_json()["refus"]
    for sortie, evenement in DE_SQL.items():
        lu = rappeler(app, client, sortie, evenement, TENUS)
        assert lu.keys() == {sortie}
        assert " à ce compte" in texte(lu[sortie]), (sortie, lu)


@pytest.mark.usefixtures("un_guichet")
@pytest.mark.tentative(
    "pdf",
    "le texte du PDF de sa fiche : rien d'un autre n'y est",
)
def test_only_its_own_fiche_is_printed(donnees: Dossier, secrets: Secrets) -> None:
    client = creer_app(donnees).server.test_client()
    for un in DOCUMENTS.values():
        for forme in un.formes:
            cles = ("G1301",) if un.d_un_guichet else ("",)
            for cle in cles:
                reponse = client.get(f"/documents/{un.nom}.{forme}?guichet={cle}")
                assert reponse.status_code == 404, (un.nom, forme)
                assert secrets.trouver(reponse.get_data(as_text=True), dits=[cle]) == []
    reponse = client.get(f"/documents/fiche.html?guichet={MIEN}")
    assert reponse.status_code == 200
    assert MIEN in reponse.get_data(as_text=True)
    assert secrets.trouver(reponse.get_data(as_text=True)) == []


# What reads rows shows those of the reader; the rest is about all of a département, and refuses.
LUES = (
    "indicateurs --departement 13", "indicateurs --format csv",
    "indicateurs --format csv --par organisme", "indicateurs --guichet {autre}",
    f"indicateurs --guichet {MIEN}", "indicateurs --code ATT_TARDIVE",
    "anomalies ATT_TARDIVE --fenetre 12m --format csv", "anomalies DBL_ACTIF --format csv",
    "anomalies DBL_RELOGE --fenetre 12m --format csv", "anomalies CPL_RESSOURCES --format csv",
    "anomalies ATT_TARDIVE --guichet {autre}", "demande {mon_numero}", "demande {leur_numero}",
    "tableau ATT-01 --format csv", "tableau TAB01-01", "revisions --format csv",
    "revisions --guichet {autre}", "echantillon --guichet {autre}", "expliquer ATT_TARDIVE",
)  # fmt: skip
REFUSEES = (
    "livraisons", f"livraisons {MOIS}", f"livraisons {MOIS} --liste creations", "rejets",
    "bilan 2026-S2", "synthese --departement 013", "sql VALUES(1)",
)  # fmt: skip


def lire_comme_lui(p: Perimetre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands read with a périmètre, whichever was imported first."""
    monkeypatch.setenv("INFOCENTRE_COMPTE", "lectrice@exemple.fr")
    monkeypatch.setattr(
        "infocentre.acces.comptes.lire_acces", lambda *_: replace(SEUL, perimetre=p)
    )


def lignes_de_commande(
    dossier: Dossier, secrets: Secrets, p: Perimetre, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, str]]:
    """Yield each command that reads, and the API, with all that it says."""
    lire_comme_lui(p, monkeypatch)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(dossier.racine))
    for patron in LUES:
        commande = patron.format(
            autre=secrets.un_autre, leur_numero=secrets.leur_numero, mon_numero=secrets.mon_numero
        )
        dit, tu = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(dit), contextlib.redirect_stderr(tu):
            main(commande.split())
        yield commande, dit.getvalue() + tu.getvalue()
    base = Infocentre(dossier, replace(SEUL, perimetre=p))
    yield "api", repr((base.departements, base.mois))
    yield "api indicateurs", base.indicateurs().write_csv()
    for code in ("DBL_ACTIF", "ATT_TARDIVE"):
        yield f"api anomalies {code}", base.anomalies(code, fenetre="12m").write_csv()


@pytest.mark.tentative(
    "export",
    "les commandes et l'API Python, avec le compte d'un guichet",
)
def test_commands_and_api_show_nothing_of_others(
    donnees: Dossier, changees: Dossier, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    siens = Perimetre(departements=frozenset({ICI}), guichets=frozenset({MIEN}))
    avant, apres = (
        dict(lignes_de_commande(un, secrets, siens, monkeypatch)) for un in (donnees, changees)
    )
    fuites = {
        nom: trouves[:5]
        for nom, texte in avant.items()
        if (trouves := secrets.trouver(texte, dits=nom.split()))
    }
    assert fuites == {}
    assert [nom for nom in avant if avant[nom] != apres[nom]] == []
    assert all("erreur imprévue" not in texte for texte in avant.values())
    for nom in ("indicateurs --format csv", "api indicateurs", f"demande {secrets.mon_numero}"):
        assert MIEN in avant[nom], nom
    assert "n'est dans aucune livraison" in avant[f"demande {secrets.leur_numero}"]
    assert "n'est pas connu" in avant[f"indicateurs --guichet {secrets.un_autre}"]


def test_commands_and_api_show_others_to_who_sees_everything(
    donnees: Dossier, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    lus = dict(lignes_de_commande(donnees, secrets, TOUT, monkeypatch))
    for nom in ("indicateurs --format csv", "anomalies DBL_ACTIF --format csv", "api indicateurs",
                "api anomalies DBL_ACTIF", "demande " + secrets.leur_numero):  # fmt: skip
        assert secrets.trouver(lus[nom]), nom


@pytest.mark.parametrize("commande", REFUSEES)
def test_what_is_about_a_departement_is_refused(
    commande: str, donnees: Dossier, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    siens = Perimetre(guichets=frozenset({MIEN}))
    lire_comme_lui(siens, monkeypatch)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(donnees.racine))
    assert main(commande.split()) != 0
    assert "ouvert" in capsys.readouterr().err


def test_small_counts_are_for_who_sees_the_departement(donnees: Dossier) -> None:
    ouverte, filtres = _ouverte(donnees), Filtres(ICI, MOIS, epci=EPCI)
    siens = Perimetre(departements=frozenset({ICI}), guichets=frozenset({MIEN}))
    entier, partiel = Lecture(ouverte, TOUT), Lecture(ouverte, siens)

    def petits(v: Lecture) -> list[float]:
        lus = chiffres(v, filtres)
        comptes = [un for cle in CHIFFRES & lus.keys() for un in lus[cle].values()]
        return [un for un in (*comptes, *(o.realise for o in objectifs(v, filtres))) if 0 < un < 11]

    assert petits(entier)
    assert petits(partiel) == []
    assert chiffres(partiel, filtres)["depots"] == chiffres(entier, filtres)["depots"]


@pytest.fixture
def decidees(donnees: Dossier, tmp_path: Path) -> Dossier:
    """The data once what the bilan of a month hides is decided, in a register of one's own."""
    dossier = Dossier(lire_ailleurs(donnees.racine, tmp_path / "decidees"))
    with lecture.ouvrir(dossier, TOUT) as v:
        masquer_mois(du_departement(v, ICI), ICI, MOIS)
    return dossier


_TAUX_DU_TYPE = f"""
SELECT DISTINCT code, taux_ensemble FROM valeurs WHERE mois = '{MOIS}' AND guichet = '{MIEN}'
    AND niveau = 'guichet' AND taux_ensemble IS NOT NULL
"""


@pytest.mark.tentative(
    "effectifs",
    "un petit nombre d'un organisme, par ce que son compte de guichet montre du département et de "
    "son type, et le bilan que tous ont",
)
def test_of_the_departement_and_its_type_a_guichet_reads_what_all_are_told(
    decidees: Dossier,
) -> None:
    """One decision: what the bilan hides, and what it has of another window, is not there."""
    siens = Perimetre(departements=frozenset({ICI}), guichets=frozenset({MIEN}))
    with lecture.ouvrir(decidees, TOUT) as entier:
        partiel = lire_comme(entier.ouverte, siens)
        dits = {
            (code, une["n"], une["d"])
            for code, une in dits_du_departement(entier, ICI, MOIS).items()
            if une["d"]
        }
        lus = partiel.tuples(
            "SELECT code, n_etat, d_etat FROM valeurs WHERE niveau = 'departement' "
            f"AND mois = '{MOIS}' AND d_etat > 0"
        )
        assert dits
        assert set(lus) == dits
        tus_ = "n_etat IS NULL AND coalesce(numerateur, denominateur, numerateur_12m) IS NOT NULL"
        hors = "numerateur IS NOT NULL AND fenetre = '12m'"
        communs = "niveau IN ('departement', 'type')"
        assert not partiel.tuples(f"SELECT 1 FROM valeurs WHERE {communs} AND ({tus_} OR {hors})")
        regles = catalogue_du_mois(entier, Filtres(ICI, MOIS))
        caches = tus(du_departement(entier, ICI), ICI, MOIS, regles.en_json())
        type_ = entier.tuples(
            f"SELECT any_value(type_guichet) FROM registre WHERE guichet = '{MIEN}'"
        )
        types = {code for code, _ in entier.tuples(_TAUX_DU_TYPE)}
        dites = {
            code
            for code in types
            if (code, "type", type_[0][0]) not in caches and not dit_au_semestre(regles, code)
        }
        assert types - dites
        assert {code for code, _ in partiel.tuples(_TAUX_DU_TYPE)} == dites


def test_a_month_that_hides_nothing_is_told_whole(
    decidees: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hides nothing is decided too: it is not a month of which nothing is."""
    monkeypatch.setattr(Registre, "fait", lambda *_: [])
    siens = Perimetre(departements=frozenset({ICI}), guichets=frozenset({MIEN}))
    with lecture.ouvrir(decidees, TOUT) as entier:
        regles = catalogue_du_mois(entier, Filtres(ICI, MOIS))
        attendus = {
            un["code"]: un["d"]
            for un in publies.lire(entier, ICI, MOIS, regles)
            if un["niveau"] == "departement" and un["d"] and not dit_au_semestre(regles, un["code"])
        }
        lus = lire_comme(entier.ouverte, siens).tuples(
            "SELECT code, d_etat FROM valeurs WHERE niveau = 'departement' "
            f"AND mois = '{MOIS}' AND d_etat > 0"
        )
    assert attendus
    assert dict(lus) == attendus


@pytest.mark.parametrize(
    ("relation", "communs", "n"),
    [
        ("valeurs", "niveau = 'departement'", "n_etat"),
        ("valeurs", "niveau = 'departement'", "numerateur"),
        ("revisions", "niveau = 'departement'", "numerateur_avant"),
        ("triangle", "guichet = '*'", "numerateur"),
    ],
)
def test_where_nothing_is_decided_a_guichet_reads_its_own_alone(
    donnees: Dossier, relation: str, communs: str, n: str
) -> None:
    ouverte = _ouverte(donnees)
    siens = Perimetre(departements=frozenset({ICI}), guichets=frozenset({MIEN}))
    entier, partiel = Lecture(ouverte, TOUT), Lecture(ouverte, siens)

    def lire(v: Lecture, condition: str) -> list[tuple[Any, ...]]:
        return v.tuples(
            f"SELECT code, mois, {n} FROM {relation} WHERE departement = '{ICI}' "
            f"AND {n} IS NOT NULL AND {condition} ORDER BY ALL"
        )

    assert relation == "revisions" or lire(entier, communs)
    assert lire(partiel, communs) == []
    assert lire(partiel, f"guichet = '{MIEN}'") == lire(entier, f"guichet = '{MIEN}'")


# --- Other périmètres -----------------------------------------------------------------------------


def test_an_epci_is_its_guichets(donnees: Dossier) -> None:
    ouverte = _ouverte(donnees)
    tout = Lecture(ouverte, TOUT)
    epci = max(guichets_par_epci(tout, ICI))
    siens = guichets_par_epci(tout, ICI)[epci]
    v = lire_comme(ouverte, Perimetre(departements=frozenset({ICI}), epci=frozenset({epci})))
    assert v.p.guichets == siens
    assert v.p.departements == frozenset({ICI})
    lus = v.lignes("SELECT DISTINCT guichet FROM valeurs WHERE niveau = 'guichet'")
    assert {une["guichet"] for une in lus} == siens
    assert {une["guichet"] for une in v.lignes("SELECT guichet FROM registre")} == siens


def test_an_unknown_epci_shows_nothing(donnees: Dossier) -> None:
    v = Lecture(_ouverte(donnees), Perimetre(epci=frozenset({"200054807"})))
    assert not v.version.livraisons
    assert v.lignes("FROM valeurs") == v.lignes("FROM registre") == []


def test_a_departement_is_alone(donnees: Dossier) -> None:
    v = Lecture(_ouverte(donnees), Perimetre(departements=frozenset({AILLEURS})))
    assert v.version.departements == [AILLEURS]
    for nom in v.relations - {"regles", "reglages"}:
        assert {une["departement"] for une in v.lignes(f"FROM {nom}")} <= {AILLEURS}, nom
    assert v.suivi(ICI) is None
    assert {une["departement"] for une in v.lignes(f"FROM {v.suivi(AILLEURS)}")} == {AILLEURS}


def test_without_names_no_numero_is_read(
    entieres: Dossier, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    anonyme = replace(TOUT, nominatif=False)
    monkeypatch.setattr(dashboards.courant, "reconnu", lambda: replace(SEUL, perimetre=anonyme))
    tous = Secrets(frozenset(), secrets.numeros | {secrets.mon_numero}, "G1301",
                   secrets.leur_numero, secrets.mon_numero)  # fmt: skip
    assert fuites(marcher(entieres, tous, chacune=0 if PROFONDEUR == 1 else CHACUNE), tous) == []
    v = Lecture(_ouverte(entieres), anonyme)
    assert v.lignes(f"SELECT 1 FROM {v.suivi(ICI)} WHERE numero_unique IS NOT NULL") == []
