"""Every place of the application, of the commands and of the API, asked by every role and nobody.

Each is opened or refused as the policy says, and what is opened shows nothing that the role may not
see: the other département, others' guichets, numéros uniques. A place that is not walked fails.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import dash
import pytest
from flask.testing import FlaskClient

import dashboards.documents
import infocentre.cli.acces
from dashboards.app import creer_app
from dashboards.garde import exigees, nom_du_rappel
from dashboards.navigation import appel
from infocentre import travaux
from infocentre.acces import politique
from infocentre.acces.modele import Acces, Action, Role
from infocentre.acces.perimetre import TOUT
from infocentre.api import Infocentre
from infocentre.cli.options import COMMANDES
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecteur, Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions.registre import DOCUMENTS
from tests.acces.affaires import Trois, ouvrir_affaires
from tests.dashboards.comme import acces, comme
from tests.dashboards.rappels import APPELS
from tests.dashboards.test_perimetre import (
    AILLEURS,
    EPCI,
    EXPORTS,
    ICI,
    MIEN,
    PAGES,
    ROUTES,
    donnees,
    rappels,
)
from tests.donnees.atelier import copie
from tests.donnees.retors import dossier_jetable

FIXTURES = (donnees,)  # the same data of two départements
DE_TOUS = {"GDPUB", "INCONNU", "Portail grand public"}
# A périmètre is chosen among all guichets; the audit says which numéros were seen.
A_L_ADMINISTRATEUR = {Action.COMPTES, Action.AUDIT}
A_LA_PORTE, DANS_LA_PAGE = "Ceci n'est pas ouvert à ce compte", "Cette page n’est pas ouverte"


def _d_ici(role: Role) -> Acces:
    """Return who has a role in the first département: one guichet of it, or one EPCI, or all."""
    lieux = politique.ROLES[role].lieux
    siens = {"guichets": {MIEN}} if "guichets" in lieux else {}
    siens |= {"epci": {EPCI}} if "epci" in lieux else {}
    return acces(role, *([ICI] if lieux else ()), **siens)


QUI: dict[str, Acces | None] = {"anonyme": None} | {str(role): _d_ici(role) for role in Role}


@dataclass(frozen=True)
class Registre:
    """What the files hold of the two départements: guichets, organismes, names, numéros.

    `nommes` are the guichets that an affaire of step 2 tells of: the préfet may know of them.
    """

    mots: dict[str, frozenset[str]]  # by guichet
    nommes: frozenset[str]
    departements: dict[str, str]
    numeros: dict[str, frozenset[str]]  # by département
    miens: frozenset[str]
    un_numero: dict[str, str]
    organisme: str

    def interdits(self, qui: Acces) -> tuple[frozenset[str], frozenset[str]]:
        """Return the words and the numéros that a person must never read."""
        vus = [
            guichet
            for guichet, ici in self.departements.items()
            if qui.perimetre.voit(ici)
            and (
                qui.perimetre.voit_guichet(guichet)
                or (qui.perimetre.nommables and guichet in self.nommes)
            )
        ]
        permis = frozenset[str]().union(*(self.mots[un] for un in vus))
        mots = frozenset[str]().union(*self.mots.values()) - permis - DE_TOUS
        tous = self.numeros[ICI] | self.numeros[AILLEURS]
        if not qui.perimetre.nominatif:
            return mots, tous
        if qui.perimetre.partiel:
            return mots, tous - self.miens
        return mots, self.numeros[AILLEURS] - self.numeros[ICI]


@pytest.fixture(scope="module")
def monde(donnees: Dossier) -> Dossier:
    """Return a copy: some of what is walked writes."""
    racine = dossier_jetable("parcours") / "donnees"
    copie(donnees.racine, racine)
    return Dossier(racine)


@pytest.fixture(scope="module")
def affaires(monde: Dossier) -> Trois:
    """Tell an organisme of what the month proposes (step 1), another formally (step 2)."""
    return ouvrir_affaires(monde)


@pytest.fixture(scope="module")
def registre(monde: Dossier, affaires: Trois) -> Registre:
    """Read in the files, rights or not, what nobody else may show."""
    ouverte = Lecteur(monde).ouvrir()
    assert ouverte
    v = Lecture(ouverte, TOUT)
    lus = v.tuples("SELECT DISTINCT departement, guichet, organisme, siren, nom FROM registre")
    mots: dict[str, frozenset[str]] = {}
    for _, guichet, *dits in lus:
        mots[guichet] = mots.get(guichet, frozenset()) | {guichet, *filter(None, dits)}
    numeros = {
        ici: frozenset(
            un
            for (un,) in v.tuples(
                "SELECT DISTINCT numero_unique FROM read_parquet($fichier)",
                {"fichier": str(monde.etats / v.version.etats[ici])},
            )
        )
        for ici in (ICI, AILLEURS)
    }
    sien = (
        "SELECT numero_unique FROM read_parquet($fichiers) WHERE guichet_enregistreur = $moi "
        "OR cle_guichetcreateur = $moi"
    )
    fichiers = [str(monde.etats / un) for un in v.version.etats.values()]
    fichiers_recus = [str(monde.archive(une) / "stock.parquet") for une in v.version.livraisons]
    siens = frozenset(
        un
        for lot in (fichiers, fichiers_recus)
        for (un,) in v.tuples(sien, {"fichiers": lot, "moi": MIEN})
    )
    suivis = [str(monde.suivi / nom) for nom in v.version.suivi.values()]
    suivi = "SELECT numero_unique FROM read_parquet($f) WHERE guichet = $moi"
    siens |= {un for (un,) in v.tuples(suivi, {"f": suivis, "moi": MIEN})}
    return Registre(
        mots,
        affaires.nommes,
        {guichet: ici for ici, guichet, *_ in lus},
        numeros,
        siens,
        {ici: min(numeros[ici]) for ici in (ICI, AILLEURS)},
        next(une[2] for une in lus if une[1] == MIEN),
    )


@pytest.fixture(scope="module")
def app(monde: Dossier) -> dash.Dash:
    return creer_app(monde)


@pytest.fixture(params=QUI)
def qui(request: pytest.FixtureRequest, app: dash.Dash) -> Iterator[Acces | None]:
    """Have the application take whoever asks for each role in turn."""
    with comme(app, QUI[request.param]):
        yield QUI[request.param]


@pytest.fixture(autouse=True)
def sans_effet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print nothing, start no work: who may ask for them is what is tried."""
    monkeypatch.setattr(dashboards.documents, "obtenir", lambda *_: b"imprime")
    monkeypatch.setattr(travaux, "lancer", lambda *_: None)


def _peut(qui: Acces | None, action: Action | None) -> bool:
    return qui is not None and qui.peut(action)


def _lire(client: FlaskClient, adresse: str) -> tuple[int, str]:
    reponse = client.get(adresse)
    return reponse.status_code, reponse.get_data().decode(errors="replace")


def _page(client: FlaskClient, adresse: str) -> tuple[int, str]:
    reponse = client.post(APPELS, json=appel(adresse))
    texte = reponse.get_data(as_text=True).encode().decode("unicode_escape", "ignore")
    return reponse.status_code, texte.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def _fuites(registre: Registre, qui: Acces, adresse: str, texte: str) -> list[str]:
    """Return what a person must never read of an answer, but what the address said."""
    mots, numeros = registre.interdits(qui)
    codes = set(re.findall(r"(?<![0-9A-Za-z])[0-9A-Z]{4,14}(?![0-9A-Za-z])", texte)) & mots
    phrases = {mot for mot in mots if " " in mot and mot in texte}
    lus = set(re.findall(r"[0-9A-Z]{18}", texte)) & numeros
    return sorted((codes | phrases | lus) - set(re.split(r"\W", adresse)))[:4]


@pytest.mark.tentative(
    "adresse",
    "chaque page, chaque rôle : autre guichet, autre organisme, autre département",
    "une affaire d'étape 1, d'étape 2, d'ailleurs",
)
def test_each_page_is_open_as_the_policy_says(
    app: dash.Dash, qui: Acces | None, registre: Registre, affaires: Trois
) -> None:
    client = app.server.test_client()
    assert PAGES.keys() == politique.PAGES.keys()
    fautes = []
    for chemin, action in politique.PAGES.items():
        for patron in (*(PAGES[chemin] or (chemin,)), *affaires.adresses(chemin)):
            adresse = _remplir(registre, patron)
            for demandee in (adresse, f"{adresse}{'&' if '?' in adresse else '?'}departement=084"):
                code, texte = _page(client, demandee)
                ouverte = code == 200 and DANS_LA_PAGE not in texte
                attendue = _peut(qui, action) or (chemin == "/" and qui is not None)  # one's own
                if ouverte != attendue or code != (401 if qui is None else 200):
                    fautes.append(f"{demandee} : {code}, ouverte {ouverte}")
                elif "n’a pas pu être préparée" in texte:
                    fautes.append(f"{demandee} : en échec")
                elif (
                    qui
                    and action not in A_L_ADMINISTRATEUR
                    and not _invente(qui, chemin)
                    and (trouves := _fuites(registre, qui, demandee, texte))
                ):
                    fautes.append(f"{demandee} : {trouves}")
                if qui and ouverte and (clos := _liens_clos(app, qui, texte)):
                    fautes.append(f"{demandee} mène à {clos}")
    assert not fautes, "\n".join(fautes)


def test_the_month_speaks_of_guichets_to_who_sees_them(app: dash.Dash, qui: Acces | None) -> None:
    if not _peut(qui, Action.SYNTHESE):
        return
    code, texte = _page(app.server.test_client(), "/")
    assert code == 200
    if qui:
        dites = ("Guichets en rouge" in texte, "Ce mois-ci" in texte, "Le fixer" in texte)
        assert dites == (*(qui.peut(Action.INDICATEURS),) * 2, qui.peut(Action.REGLER))


@pytest.mark.tentative(
    "affaire",
    "le préfet : une affaire avant l'étape 2, une d'un autre département",
    "le préfet : un numéro unique dans une affaire qu'il peut lire",
)
def test_the_prefet_has_affaires_from_step_two(
    app: dash.Dash, registre: Registre, affaires: Trois
) -> None:
    client = app.server.test_client()
    with comme(app, QUI["prefet"]):
        (liste, sienne, trop_tot, ailleurs) = (
            _page(client, adresse)[1]
            for adresse in ("/mesures", *map("/mesures?affaire={}".format, affaires.trois))
        )
    assert affaires.formalisee in liste
    assert affaires.signalee not in liste
    assert all(any(mot in sienne for mot in registre.mots[un]) for un in affaires.nommes)
    assert not {un[:18] for un in re.findall(r"[0-9A-Z]{18}", sienne)} & registre.numeros[ICI]
    for refusee in (trop_tot, ailleurs):
        assert "n'existe pas" in refusee.replace("’", "'")
    with comme(app, QUI["gestionnaire"]):
        assert affaires.signalee in _page(client, "/mesures")[1]


def test_a_browser_reads_a_page_where_it_is_refused(app: dash.Dash, qui: Acces | None) -> None:
    if qui is None or qui.peut(Action.COMPTES):
        return
    reponse = app.server.test_client().get("/comptes", headers={"Accept": "text/html"})
    texte = reponse.get_data(as_text=True)
    assert (reponse.status_code, "<h1" in texte, 'href="/"' in texte) == (403, True, True)
    assert A_LA_PORTE in texte.replace("’", "'").replace("&#39;", "'")


def _liens_clos(app: dash.Dash, qui: Acces, texte: str) -> list[str]:
    """Return where the links and the marks of a page lead that the policy closes to its reader."""
    menent = set(re.findall(r'"href":\s*"(/[^"?#]*)', texte))
    for marques in re.findall(r'"customdata":\s*\[([^\]]*)\]', texte):
        menent |= set(re.findall(r'"(/[^"?#]*)', marques))
    with app.server.app_context():
        return sorted(un for un in menent if not all(map(qui.peut, exigees(un))))


def _invente(qui: Acces, chemin: str) -> bool:
    """Tell whether a page shows guichets that are invented: the help, where some come in."""
    return (qui.accueil if chemin == "/" else chemin).startswith("/aide")


def _remplir(registre: Registre, patron: str) -> str:
    return patron.format(
        autre="G1301", organisme=registre.organisme,
        leur_numero=registre.un_numero[AILLEURS], mon_numero=min(registre.miens),
    )  # fmt: skip


@pytest.mark.tentative(
    "force",
    "chaque route, chaque rôle et sans compte, GET et POST",
)
def test_each_route_is_open_as_the_policy_says(
    app: dash.Dash, qui: Acces | None, registre: Registre
) -> None:
    client = app.server.test_client()
    fautes = []
    for regle in app.server.url_map.iter_rules():
        action = politique.ROUTES[str(regle)]
        choix = [f"{regle}?{_remplir(registre, un)}" for un in ROUTES.get(str(regle), ("",))]
        for adresse in (re.sub(r"<[^>]+>", "x", un) for un in choix):
            for methode in sorted((regle.methods or set()) & {"GET", "POST"}):
                with client.open(adresse, method=methode) as reponse:
                    texte = reponse.get_data().decode(errors="replace")
                inconnu = qui is None and reponse.status_code in {400, 401}
                refuse = A_LA_PORTE in texte or (inconnu and action is not None)
                if refuse == (action is None or _peut(qui, action)):
                    fautes.append(f"{methode} {adresse} : {reponse.status_code}")
                elif action in A_L_ADMINISTRATEUR:
                    continue
                elif qui and (trouves := _fuites(registre, qui, adresse, texte)):
                    fautes.append(f"{methode} {adresse} : {trouves}")
                if reponse.status_code == 500:
                    fautes.append(f"{methode} {adresse} : en échec")
    assert not fautes, "\n".join(fautes)


@pytest.mark.tentative(
    "export",
    "chaque export et document, chaque rôle, autre guichet, autre département",
)
def test_each_export_and_document_is_given_as_the_policy_says(
    app: dash.Dash, qui: Acces | None, registre: Registre
) -> None:
    client = app.server.test_client()
    assert EXPORTS.keys() == politique.EXPORTS.keys()
    adresses = [
        (f"/export/{nom}.csv?{_remplir(registre, un)}", politique.EXPORTS[nom])
        for nom, choix in EXPORTS.items()
        for patron in choix
        for un in (patron, f"{patron}&departement=084")
    ]
    for nom, action in politique.DOCUMENTS.items():
        siens = DOCUMENTS[nom].d_un_guichet
        choix = (f"guichet={MIEN}", "guichet=G1301") if siens else ("", "departement=084")
        adresses += [(f"/documents/{nom}.pdf?{un}", action) for un in choix]
    adresses += [
        (f"/documents/bilan.zip?{un}", politique.DOCUMENTS["bilan"])
        for un in ("", "partenaire=metropole", "departement=084&partenaire=metropole")
    ]
    fautes = []
    for adresse, action in adresses:
        code, texte = _lire(client, adresse)
        refuse = code == 401 or A_LA_PORTE in texte
        if refuse == _peut(qui, action) or code == 500:
            fautes.append(f"{adresse} : {code}")
        elif qui and (trouves := _fuites(registre, qui, adresse, texte)):
            fautes.append(f"{adresse} : {trouves}")
        elif "departement=084" in adresse and code == 200:
            fautes.append(f"{adresse} : un autre département")
    assert not fautes, "\n".join(fautes)


@pytest.mark.tentative(
    "rappel",
    "chaque appel, chaque rôle et sans compte, adresse d'un autre département",
)
def test_each_callback_answers_as_the_policy_says(
    app: dash.Dash, qui: Acces | None, registre: Registre
) -> None:
    client = app.server.test_client()
    fautes, vus = [], set()
    for corps in rappels(app):
        nom = nom_du_rappel(app, corps)
        vus.add(nom)
        reponse = client.post(APPELS, json=corps)
        texte = reponse.get_data(as_text=True)
        refuse = reponse.status_code == 401 or A_LA_PORTE in texte
        if refuse == _peut(qui, politique.RAPPELS[nom]) or reponse.status_code == 500:
            fautes.append(f"{nom} : {reponse.status_code}")
        elif qui and (trouves := _fuites(registre, qui, "", texte)):
            fautes.append(f"{nom} : {trouves}")
    assert not fautes, "\n".join(fautes)
    assert {nom for nom in politique.RAPPELS if nom.startswith(("pages.", "navigation."))} <= vus


@pytest.mark.parametrize("role", list(QUI)[1:])
def test_each_command_is_done_as_the_policy_says(
    role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    qui = QUI[role]
    assert qui
    monkeypatch.setenv(infocentre.cli.acces.COMPTE, qui.qui)
    monkeypatch.setattr("infocentre.acces.comptes.lire_acces", lambda *_: qui)
    monkeypatch.setattr(infocentre.cli, "tracer_la_commande", lambda *_: contextlib.nullcontext())
    faites: list[str] = []
    faire: Callable[[str], Any] = lambda nom: lambda _: faites.append(nom)  # noqa: E731
    for nom, commande in COMMANDES.items():
        monkeypatch.setattr(f"infocentre.cli.{commande.module}.{nom}", faire(nom))
        code = infocentre.cli._executer(commande, None)
        assert code == (0 if qui.peut(politique.COMMANDES[nom]) else 1), nom
    assert set(faites) == {nom for nom, action in politique.COMMANDES.items() if qui.peut(action)}


@pytest.mark.parametrize("role", list(QUI)[1:])
def test_the_api_answers_as_the_policy_says(role: str, monde: Dossier, registre: Registre) -> None:
    qui = QUI[role]
    assert qui
    base = Infocentre(monde, qui)
    demandes: dict[str, Callable[[], Any]] = {
        "version": lambda: base.version,
        "departements": lambda: base.departements,
        "mois": lambda: base.mois,
        "tableaux": base.tableaux,
        "indicateurs": lambda: base.indicateurs("2026-10").write_csv(),
        "anomalies": lambda: base.anomalies("DBL_ACTIF").write_csv(),
        "tableau": lambda: base.tableau("ATT-01", departement=ICI).write_csv(),
        "mesures": lambda: base.mesures(departement=ICI).write_csv(),
        "affaires": lambda: base.affaires("reclamations", departement=ICI).write_csv(),
        "effet": lambda: base.effet(departement=ICI).write_csv(),
        "objectifs": lambda: base.objectifs(departement=ICI).write_csv(),
        "sql": lambda: base.sql(
            "select guichet, departement from registre union all "
            "select numero_unique, departement from demandes"
        ).write_csv(),
    }
    assert demandes.keys() == politique.API.keys()
    for nom, demander in demandes.items():
        if not qui.peut(politique.API[nom]):
            with pytest.raises(Refus, match="à ce compte"):
                demander()
            continue
        texte = str(demander())
        assert _fuites(registre, qui, "", texte) == [], nom
        assert AILLEURS not in re.findall(r"\b\d{3}\b", texte), nom


PAIRES = (
    ("numerateur", "denominateur", "taux"),
    ("numerateur_12m", "denominateur_12m", "taux_12m"),
    ("n_etat", "d_etat", "taux_etat"),
)


@pytest.mark.tentative(
    "effectifs",
    "un compte de 1 à 10, ou ce qui permet de le calculer, par l'analyste",
)
def test_small_counts_are_hidden_from_who_sees_all_guichets_and_no_case(monde: Dossier) -> None:
    ouverte = Lecteur(monde).ouvrir()
    assert ouverte

    def petits(qui: Acces | None) -> int:
        """Return how many values tell a count of 1 to 10, or let it be calculated."""
        v = Lecture(ouverte, qui.perimetre if qui else TOUT)
        dits = 0
        for une in v.lignes("SELECT * FROM valeurs WHERE departement = $d", {"d": ICI}):
            for n, d, taux in PAIRES:
                comptes = (une[n], une[d], None if None in {une[n], une[d]} else une[d] - une[n])
                dits += any(un is not None and 0 < un < 11 for un in comptes)
                assert une[n] is not None or une[taux] is None
        return dits

    assert petits(QUI["analyste"]) == 0
    assert petits(QUI["gestionnaire"]) == petits(None) > 0
