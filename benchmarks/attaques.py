"""A minute of chance against the server: every route, page, form and callback, as each role.

Addresses, repeated parameters, broken JSON, NUL and halves of characters, what is huge or of
another type, headers: whatever comes, a sentence answers, never a failure. Seeded: the same seed
makes the same attempts.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dash

from benchmarks.outils import Mesure, infocentre

GRAINE, SECONDES = 20261126, 60
COUTEUSE = 5  # seconds of processor of one request: the first of a version waits for the judge
RIEN = 0.3  # of what calls hold: else nearly all are refused for their form alone
APPELS = "/_dash-update-component"
GABARITS = Path(__file__).parents[1] / "dashboards" / "gabarits"
NOMS = (
    "mois departement epci guichet organisme code sql page partage recherche q tri n graine niveau "
    "type_guichet type colonnes montrer contenu par partenaire semestre retour p_x version titre"
).split()
BONS = (
    "2026-10 013 G1301 G1302 ATT_TARDIVE ATTRIBUTION TAB01-01 guichet 1 10 select xlsx pdf".split()
)
MAUVAIS: tuple[Any, ...] = (
    None, True, -1, 10**400, 1e308, "", "\0", "\ud800", "é" * 50, "'", '"><script>', "../..",
    "%00", "%", "$x", "--", "a" * 70_000, "\u202e", "\r\nX: y", "=1+1", "2026-13", "0000-00",
    "999999999999999999999", "NaN", "{{7*7}}", "select 1", "explain select $a", "/etc/passwd",
    "-- parametre x: &a [*a]", [], [[]], [None], {}, {"id": {}}, {"a": {"b": [1e400]}},
)  # fmt: skip
CORPS = (
    b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"output":', b"1e999", b"[" * 20_000, b"\0" * 100,
    b'{"output":"a.b","a":' + b"9" * 5_000 + b"}",
)  # fmt: skip
ENTETES: tuple[tuple[str, str], ...] = (
    ("Host", "exemple.fr"), ("Host", "127.0.0.1:99999"), ("Origin", "null"), ("Origin", "http://["),
    ("Origin", "http://autre.fr"), ("Sec-Fetch-Site", "cross-site"), ("Range", "bytes=9-1"),
    ("Cookie", "infocentre=\x7f; a=b; =;"), ("Accept", "q=x"), ("Accept-Encoding", "br;q=nan, *"),
    ("Content-Type", "multipart/form-data"), ("Content-Type", "application/json; charset=utf-7"),
    ("If-Modified-Since", "hier"), ("If-None-Match", '"' * 500), ("X-Forwarded-For", "a" * 5_000),
    ("X-Forwarded-Proto", "javascript"), ("Referer", "\xff"), ("Accept-Language", ";;q=1,*"),
    ("User-Agent", "x" * 9_000), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Essai:
    """One request; `genre` says what it aims at."""

    genre: str
    methode: str
    adresse: str
    corps: bytes = b""
    contenu: str = "application/json"
    entetes: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """Write it short enough to read; of a call, what it is given."""
        donne = self.corps.partition(b'"inputs": ')[2] or self.corps
        return f"{self.methode} {self.adresse[:200]} {donne[:300]!r} {self.entetes}"


@dataclass(slots=True)
class Attaque:
    """What an application was asked, and answered: how many by kind and code; the failures.

    `lente`: the seconds of processor that the dearest answer took of this process, and to what.
    """

    comptes: Counter[tuple[str, int]] = field(default_factory=Counter)
    tombes: list[str] = field(default_factory=list)
    lente: tuple[float, str] = (0, "")


class Hasard:
    """Attempts on an application, drawn from a seed."""

    def __init__(self, app: dash.Dash, graine: int) -> None:
        """Read what the application serves: routes, pages, calls, fields of forms."""
        self._de = random.Random(graine)  # noqa: S311 - chance, not a secret
        self._app = app
        regles = list(app.server.url_map.iter_rules())
        self._lus = [un.rule for un in regles if "GET" in (un.methods or ())]
        self._postes = [
            un.rule for un in regles if "POST" in (un.methods or ()) and un.rule != APPELS
        ]
        self._pages = [un["path"] for un in dash.page_registry.values()]
        self._appels = [cle for cle, un in app.callback_map.items() if "callback" in un]
        self._champs = sorted(
            set(re.findall(r'name="(\w+)"', "".join(un.read_text() for un in GABARITS.glob("*"))))
        )
        self.preuve = ""

    def __iter__(self) -> Iterator[Essai]:
        """Draw attempts without end."""
        genres = (self._lire, self._page, self._appel, self._appel, self._poster, self._brut)
        while True:
            yield self._de.choice(genres)()

    def _valeur(self) -> Any:  # noqa: ANN401 - anything at all
        return self._de.choice(BONS) if self._de.random() < 0.4 else self._de.choice(MAUVAIS)

    def _texte(self) -> str:
        return quote(str(self._valeur()), errors="surrogatepass", safe=self._de.choice(("", "/.")))

    def _suite(self) -> str:
        noms = self._de.choices(NOMS, k=self._de.randrange(5))
        return "&".join(f"{nom}={self._texte()}" for nom in (*noms, *noms[:1]))

    def _adresse(self, regle: str) -> str:
        chemin = re.sub(r"<[^>]+>", lambda _: self._texte()[:2_000] or "x", regle)
        return f"{chemin}?{self._suite()}"

    def _entetes(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._de.sample(ENTETES, self._de.choice((0, 0, 0, 1, 2))))

    def _lire(self) -> Essai:
        adresse = self._adresse(self._de.choice(self._lus))
        methode = self._de.choice(("GET", "GET", "GET", "HEAD", "OPTIONS", "PUT", "DELETE"))
        return Essai("route", methode, adresse, entetes=self._entetes())

    def _page(self) -> Essai:
        from dashboards.navigation import appel

        chemin = self._de.choice(
            [*self._pages, f"/{self._texte()}", "/demande/1", "/guichet/G1301"]
        )
        corps: dict[str, Any] = appel(f"{chemin}?{self._suite()}")
        if self._de.random() < 0.3:
            corps[self._de.choice(list(corps))] = self._valeur()
        return Essai("page", "POST", APPELS, json.dumps(corps).encode(), entetes=self._entetes())

    def _appel(self) -> Essai:
        cle = self._de.choice(self._appels)
        sorties = [
            dict(zip(("id", "property"), un.rsplit(".", 1), strict=True))
            for un in (cle[2:-2].split("...") if cle.startswith("..") else [cle])
        ]
        un = self._app.callback_map[cle]
        entrees = [self._tenu(une) for une in un["inputs"]]
        corps: dict[str, Any] = {
            "output": cle,
            "outputs": sorties if cle.startswith("..") else sorties[0],
            "inputs": entrees,
            "state": [self._tenu(une) for une in un["state"]],
            "changedPropIds": [_change(une) for une in entrees[:1]],
        }
        if self._de.random() < 0.2:
            corps[self._de.choice(list(corps))] = self._valeur()
        return Essai("appel", "POST", APPELS, json.dumps(corps).encode(), entetes=self._entetes())

    def _tenu(self, une: dict[str, Any]) -> Any:  # noqa: ANN401 - a dict, or a list of them
        if not une["id"].startswith("{"):
            return {**une, "value": self._profond()}
        motif = json.loads(une["id"])
        ici = {nom: "x" if isinstance(un, list) else un for nom, un in motif.items()}
        tenu = {"id": ici, "property": une["property"], "value": self._profond()}
        return [tenu] if ["ALL"] in motif.values() else tenu

    def _profond(self) -> Any:  # noqa: ANN401 - anything at all
        """Return nothing yet, as a page that is just drawn, a value, or an object as pages have."""
        if self._de.random() < RIEN:
            return None
        if self._de.random() < 0.5:
            return self._valeur()
        noms = ("sql", "lignes", "valeurs", "question", "titre", "colonnes", "n", "fois", "nom")
        return {nom: self._valeur() for nom in self._de.sample((*noms, "donnes", "code"), 5)}

    def _poster(self) -> Essai:
        adresse = self._adresse(self._de.choice(self._postes))
        noms = self._de.choices(self._champs, k=self._de.randrange(9))
        valeurs = [(nom, self._texte()) for nom in (*noms, *noms[:2])]
        if self._de.random() < 0.8:
            valeurs.append(("formulaire", self.preuve))
        corps = "&".join(f"{nom}={un}" for nom, un in valeurs).encode()
        forme = "application/x-www-form-urlencoded"
        if self._de.random() < 0.2:
            corps, forme = self._de.choice(CORPS), self._de.choice((forme, "multipart/form-data"))
        return Essai("formulaire", "POST", adresse, corps, forme, self._entetes())

    def _brut(self) -> Essai:
        adresse = self._de.choice((APPELS, *self._postes))
        corps = self._de.choice((*CORPS, self._de.randbytes(200)))
        return Essai("corps", "POST", self._adresse(adresse), corps, entetes=self._entetes())


def _change(une: Any) -> str:  # noqa: ANN401 - a dict, or a list of them
    """Return how a page says that a property has changed: the first of those of a pattern."""
    lue = une[0] if isinstance(une, list) else une
    nom = lue["id"] if isinstance(lue["id"], str) else json.dumps(lue["id"], sort_keys=True)
    return f"{nom}.{lue['property']}"


def attaquer(
    app: dash.Dash, roles: list[Any], *, graine: int, essais: int = 0, secondes: float = 0
) -> Attaque:
    """Ask an application so many times, or during so many seconds, as each of these roles."""
    hasard, faite = Hasard(app, graine), Attaque()
    de = random.Random(graine)  # noqa: S311 - chance, not a secret
    client = app.server.test_client()
    avant, fin = app.server.config["RECONNAITRE"], time.monotonic() + secondes
    try:
        for rang, essai in enumerate(hasard):
            if rang >= essais > 0 or (secondes and time.monotonic() > fin):
                break
            if rang % 50 == 0:  # a visit of its own, and the proof that its forms carry
                client = app.server.test_client()
                app.server.config["RECONNAITRE"] = lambda: None
                page = client.get("/connexion").get_data(as_text=True)
                trouvee = re.search(r'name="formulaire" value="([^"]+)"', page)
                hasard.preuve = trouvee[1] if trouvee else ""
            role = de.choice(roles)
            app.server.config["RECONNAITRE"] = lambda role=role: role
            debut = time.process_time()
            code = _demander(client, essai)
            faite.lente = max(faite.lente, (time.process_time() - debut, str(essai)))
            faite.comptes[essai.genre, code] += 1
            if code >= 500 and code != 503:
                faite.tombes.append(f"{code} {role.role if role else 'personne'} {essai}")
    finally:
        app.server.config["RECONNAITRE"] = avant
    return faite


def _demander(client: Any, essai: Essai) -> int:  # noqa: ANN401 - flask's client
    reponse = client.open(
        essai.adresse,
        method=essai.methode,
        input_stream=BytesIO(essai.corps),
        content_type=essai.contenu,
        headers=[un for un in essai.entetes if un[0] != "Content-Type"],
        environ_overrides={"CONTENT_LENGTH": str(len(essai.corps))},
    )
    code: int = reponse.status_code
    reponse.close()
    return code


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Attack a published demonstration for a minute."""
    from dashboards.app import creer_app
    from infocentre.acces.comptes import Comptes, Fiche
    from infocentre.acces.modele import SEUL, Acces, Role
    from infocentre.acces.perimetre import Perimetre
    from infocentre.decisions import ouvrir_magasin
    from infocentre.entrepot import Dossier

    donnees = atelier / "donnees"
    infocentre(donnees, "demo", "--taille", "2000", "--mois", "3", "--sans-servir")
    os.environ |= {"INFOCENTRE_DOSSIER": str(donnees), "INFOCENTRE_DECISIONS": ""}
    logging.disable(logging.CRITICAL)
    fiche = Fiche("ada@exemple.fr", "Ada", Role.ADMINISTRATEUR, Perimetre())
    Comptes(ouvrir_magasin(donnees)).inviter(fiche)  # so that there is a form to sign in
    ici = Perimetre(frozenset({"013"}))
    roles = [SEUL, None, *(Acces("a@exemple.fr", "A", role, ici) for role in Role)]
    secondes = float(os.environ.get("INFOCENTRE_BENCH_SECONDES", SECONDES))
    faite = attaquer(creer_app(Dossier(donnees)), roles, graine=GRAINE, secondes=secondes)
    for (genre, code), nombre in sorted(faite.comptes.items()):
        yield Mesure(f"{genre}: {code}", nombre, "")
    for tombe in faite.tombes[:20]:
        print(f"  {tombe}")
    yield Mesure("attempts", faite.comptes.total(), "")
    yield Mesure("failures (500)", len(faite.tombes), "", 0)
    cout, a_quoi = faite.lente
    print(f"  the dearest: {a_quoi}")
    yield Mesure("processor of the dearest answer", cout, "s", COUTEUSE)
