"""Affaires: a hundred measures told, once whatever kills it; pages beside two thousand of them.

Then beside ten years of meetings, sendings, adhesions and confirmations.

INFOCENTRE_DOSSIER names the data directory to copy; without it a demonstration is made. Its store
is replaced by one of this benchmark. The mail server is of this process: it kills the command
itself, at the moments of a message that it can see.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import email
import hashlib
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dash
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from benchmarks.outils import Mesure, donnees_copiees, infocentre
from dashboards.app import creer_app
from dashboards.navigation import appel
from infocentre.acces.modele import SEUL
from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaires, Constat, procedures
from infocentre.affaires.gardes import envoi_en_suspens
from infocentre.affaires.registre import MESURES
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches.envoi import lever_le_doute
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import departements, mois_controles, registre
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Valeur
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.procedures.mesures_correctives.proposer import ouvrir
from infocentre.procedures.mesures_correctives.propositions import Fait, Proposition

SIGNALES, MORTS = 100, 50
SECONDES = 0.6  # of a message with its files
AFFAIRES, P50 = 2_000, 25  # milliseconds of processor of a page
TOURS = 60
PAGES = ("/", "/suivi", "/mesures")
ANS, FOIS_SANS = 10, 2  # of a page beside ten years, what the same page costs without them
D_ANIMATION = ("/", "/calendrier", "/affaires/listes", "/affaires/documents_envoyes",
               "/guichets/liste-publique")  # fmt: skip
# Where a message is when the command is killed: before its addressee is said, before its content,
# its content taken and not yet answered, answered, some milliseconds later.
MOMENTS = ("mail", "rcpt", "data", "pris", "accepte")


def mesurer(atelier: Path) -> Iterator[Mesure]:
    """Send, send again while being killed, then read pages beside two thousand affaires."""
    racine = donnees_copiees(atelier)
    for un in racine.glob("decisions.sqlite*"):
        un.unlink()
    infocentre(racine, "reparer", "--decisions-neuves")
    for partie in (_envois, _morts, _pages, _dix_ans):  # a store each: a process opens one once
        copie = atelier / partie.__name__
        yield from partie(Path(shutil.copytree(racine, copie, symlinks=True)))


# --- Sending --------------------------------------------------------------------------------------


class Serveur:
    """A mail server that keeps what it took, and kills who speaks to it at a chosen moment."""

    def __init__(self) -> None:
        self.recus: list[tuple[str, str]] = []
        self.victime: subprocess.Popen[bytes] | None = None
        self.moment, self.apres, self.retard = "", 0, 0.0
        self.vus: Counter[str] = Counter()

    def viser(self, victime: subprocess.Popen[bytes], moment: str, apres: int) -> None:
        """Kill a process at a moment of the message that comes after so many."""
        self.vus.clear()
        self.moment, self.apres = moment, apres
        self.victime = victime

    def _passer(self, moment: str) -> None:
        self.vus[moment] += 1
        if self.victime and moment == self.moment and self.vus[moment] > self.apres:
            time.sleep(self.retard)
            self.victime.send_signal(signal.SIGKILL)
            self.victime = None

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd calls
        self, _s: SMTP, _session: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        """Take who sends."""
        self._passer("mail")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _s: SMTP, _session: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        """Take an addressee."""
        self._passer("rcpt")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _s: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take the content."""
        self._passer("data")
        lu = email.message_from_bytes(_octets(envelope))
        self.recus.append((lu["Message-ID"], ", ".join(envelope.rcpt_tos)))
        self._passer("pris")
        asyncio.get_running_loop().call_later(0.001, self._passer, "accepte")
        return "250 accepté"


def _octets(envelope: Envelope) -> bytes:
    contenu = envelope.content or b""
    return contenu.encode() if isinstance(contenu, str) else contenu


@contextlib.contextmanager
def _ecouter(racine: Path) -> Iterator[Serveur]:
    recoit = Serveur()
    with socket.create_server(("127.0.0.1", 0)) as libre:
        port: int = libre.getsockname()[1]
    (racine / "messagerie.yml").write_text(
        f"serveur: 127.0.0.1\nport: {port}\nsecurite: aucune\nexpediteur: gestion@exemple.fr\n",
        "utf-8",
    )
    controle = Controller(recoit, hostname="127.0.0.1", port=port)
    controle.start()
    try:
        yield recoit
    finally:
        controle.stop()


def _envois(racine: Path) -> Iterator[Mesure]:
    with _ecouter(racine) as recoit:
        ids = _accepter(racine)
        fait = infocentre(racine, "mesures", "envoyer")
        messages = len({nom for nom, _ in recoit.recus})
        yield Mesure(
            f"{messages} messages of {len(ids)} affaires, each with its files",
            fait.secondes,
            "s",
            SECONDES * messages,
        )
        yield Mesure("  the same, of processor", fait.processeur, "s")
        yield from _exiger(racine, recoit, ids)


def _morts(racine: Path) -> Iterator[Mesure]:
    with _ecouter(racine) as recoit:
        ids = _accepter(racine)
        hasard = random.Random(14)  # noqa: S311 - moments of death
        morts = sum(
            _mourir(racine, recoit, MOMENTS[rang % len(MOMENTS)], hasard) for rang in range(MORTS)
        )
        yield Mesure("deaths of `mesures envoyer`, each at a moment of a message", morts, "")
        infocentre(racine, "mesures", "envoyer")
        yield from _exiger(racine, recoit, ids)


def _accepter(racine: Path) -> list[str]:
    """Open and accept an affaire for a hundred pairs of an organisme and a family, real figures."""
    affaires = _registre(racine)
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        ids = [ouvrir(v, affaires, une).id for une in _propositions(v)]
    for id_ in ids:
        affaires.agir(id_, "accepter")
    return ids


def _registre(racine: Path) -> Affaires:
    return Affaires(ouvrir_magasin(racine), Acteur("banc"))


def _propositions(v: Lecture) -> list[Proposition]:
    """Return what may be told of organismes, good or bad: the first family of each, then more."""
    ici = departements(v)[0]
    mois = mois_controles(v, ici)[-1]
    inscrits = {une["guichet"]: une for une in registre(v, ici, mois) if une["courriel"]}
    indicateurs = catalogue_du_mois(v, Filtres(ici, mois)).indicateurs
    lues = v.lignes(
        "SELECT * FROM valeurs WHERE departement = $d AND mois = $m AND niveau = 'guichet' "
        "AND n_etat > 0 ORDER BY guichet, code",
        {"d": ici, "m": mois},
        Valeur,
    )
    groupes: dict[tuple[str, str], list[Fait]] = {}
    for une in lues:
        un, lieu = indicateurs.get(une["code"]), inscrits.get(une["guichet"])
        if un and lieu:
            fait = Fait(un, une, une["guichet"], lieu["nom"] or une["guichet"], mois)
            groupes.setdefault((lieu["organisme"], un.famille), []).append(fait)
    rangs: Counter[str] = Counter()
    tries = []
    for (organisme, sujet), faits in groupes.items():
        tries.append((rangs[organisme], organisme, sujet, faits))
        rangs[organisme] += 1
    return [
        Proposition(ici, mois, organisme, organisme, sujet, tuple(faits))
        for _, organisme, sujet, faits in sorted(tries, key=lambda un: un[:3])[:SIGNALES]
    ]


def _mourir(racine: Path, recoit: Serveur, moment: str, hasard: random.Random) -> bool:
    """Send in a process that is killed at a moment; then say, as a person, what arrived."""
    recoit.retard = hasard.uniform(0, 0.02)
    commande = [sys.executable, "-m", "infocentre", "mesures", "envoyer"]
    milieu = os.environ | {"INFOCENTRE_DOSSIER": str(racine)}
    with subprocess.Popen(
        commande, env=milieu, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as envoi:
        recoit.viser(envoi, moment, hasard.randrange(2))
        code = envoi.wait()
    recoit.victime = None
    affaires = _registre(racine)
    arrives = {nom for nom, _ in recoit.recus}
    for une in affaires.lister():  # one that is lifted lifts those of the same message
        if suspens := envoi_en_suspens(affaires.lire(une.id).situation):
            lever_le_doute(affaires, une.id, arrive=suspens.donnees["message_id"] in arrives)
    return code == -signal.SIGKILL


def _exiger(racine: Path, recoit: Serveur, ids: list[str]) -> Iterator[Mesure]:
    """Compare what arrived with what the affaires say was sent."""
    affaires = _registre(racine)
    dits = {
        une.id: une.situation.evenements[-1].donnees.get("message_id")
        for une in affaires.lister()
        if une.etat == "signale"
    }
    recus = Counter(nom for nom, _ in recoit.recus)
    yield Mesure("  received more than once", sum(n > 1 for n in recus.values()), "", 0)
    orphelins = len(set(recus) ^ set(dits.values())) + len(set(ids) - set(dits))
    yield Mesure("  without their affaire, or affaires without theirs", orphelins, "", 0)
    affaires.verifier()


# --- Pages ----------------------------------------------------------------------------------------


def _pages(racine: Path) -> Iterator[Mesure]:
    """Time pages without an affaire, then with two thousand of ten events, half of them closed."""
    dossier = Dossier(racine)
    ouvrir_magasin(racine)
    app = creer_app(dossier, reconnaitre=lambda: SEUL)
    sans = {page: _p50(app, page) for page in PAGES}
    secondes = time.perf_counter()
    evenements = vivre(racine)
    yield Mesure(f"{evenements} events written", time.perf_counter() - secondes, "s")
    for page in PAGES:
        premiere, avec = _page(app, page), _p50(app, page)
        limite = P50 if page != "/mesures" else None
        yield Mesure(f"{page}: p50 of processor, no affaire", sans[page], "ms", limite)
        yield Mesure(f"{page}: p50 of processor, {AFFAIRES} affaires", avec, "ms", limite)
        yield Mesure(f"{page}: the first after an event", premiere, "ms")


def _dix_ans(racine: Path) -> Iterator[Mesure]:
    """Time pages without an affaire, then with ten years of animation."""
    ouvrir_magasin(racine)
    app = creer_app(Dossier(racine), reconnaitre=lambda: SEUL)
    sans = {page: _p50(app, page) for page in D_ANIMATION}
    secondes = time.perf_counter()
    evenements = animer(racine)
    yield Mesure(f"{evenements} events of {ANS} years", time.perf_counter() - secondes, "s")
    for page in D_ANIMATION:
        premiere, avec = _page(app, page), _p50(app, page)
        yield Mesure(f"{page}: p50 of processor, {ANS} years", avec, "ms")
        yield Mesure(f"{page}: {ANS} years ÷ none", avec / sans[page], "", FOIS_SANS)
        yield Mesure(f"{page}: the first after an event", premiere, "ms")


def _p50(app: dash.Dash, page: str) -> float:
    for _ in range(3):
        _page(app, page)
    return statistics.median(_page(app, page) for _ in range(TOURS))


def _page(app: dash.Dash, page: str) -> float:
    """Return the milliseconds of processor of a page."""
    client = app.server.test_client()
    debut = time.process_time()
    reponse = client.post("/_dash-update-component", json=appel(page))
    duree = time.process_time() - debut
    if reponse.status_code != 200:
        raise SystemExit(f"{page}: {reponse.status_code}")
    return 1000 * duree


class _Horloge:
    instant = dt.datetime(2025, 1, 6, 9, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.instant


def vivre(racine: Path) -> int:
    """Live two thousand affaires of ten events each; return how many events."""
    horloge = _Horloge()
    affaires = Affaires(ouvrir_magasin(racine), Acteur("banc"), horloge)
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        ici = departements(v)[0]
        inscrits = registre(v, ici, mois_controles(v, ici)[-1])
    courriel: dict[str, Any] = {"canal": "courriel"}
    for rang in range(AFFAIRES):
        une = inscrits[rang % len(inscrits)]
        constat = _constat(ici, une["guichet"], rang)
        id_ = affaires.ouvrir(
            procedures()[MESURES], ici, une["organisme"], "attributions",
            {"mois": constat.mois, "motif": "rouge"}, constats_=[constat],
        ).id  # fmt: skip
        for nom, donnees in (
            ("accepter", {}),
            ("signaler", courriel | {"corps": "Bonjour,\n" * 60}),
            ("repondre", courriel | {"choix": "accord", "texte": "Bien reçu."}),
            ("recevoir_plan", {"actions": [{"action": "former", "pour_le": "2026-02-01"}]}),
            *[("verifier", _verdict(constat, mois)) for mois in range(2, 6)],
        ):
            affaires.agir(id_, nom, donnees)
        fin = ("clore", {"issue": "corrige"}) if rang % 2 else ("verifier", _verdict(constat, 6))
        affaires.agir(id_, *fin)
        horloge.instant += dt.timedelta(minutes=300)
    return affaires.tete().rang


def animer(racine: Path) -> int:
    """Live ten years of what has no delivery of its own; return how many events."""
    horloge = _Horloge()
    affaires = Affaires(ouvrir_magasin(racine), Acteur("banc"), horloge)
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        ici = departements(v)[0]
        inscrits = registre(v, ici, mois_controles(v, ici)[-1])
    organismes = sorted({un["organisme"] for un in inscrits})
    guichets = [un["guichet"] for un in inscrits]
    membres = [
        {"qualite": "Direction", "organisme": un, "courriel": f"{un}@exemple.fr"}
        for un in organismes
    ]
    fin = horloge.instant
    horloge.instant = fin.replace(year=fin.year - ANS)
    dite = {"source": "DDETS", "revue_le": f"{horloge().date()}", "inscrits": membres}
    liste = _vivre(affaires, ici, "listes", "bailleurs", dite)
    suivis = [_vivre(affaires, ici, "coordonnees", un, {}) for un in guichets]
    for organisme in organismes:
        charte = {"charte": "entree", "numero": 1}
        signee = {"adhesion_le": f"{horloge().date()}", "qualite": "maire", "numero": 1}
        _vivre(affaires, ici, "adhesions", organisme, charte, ("enregistrer_l_adhesion", signee))
    for semestre in range(2 * ANS):
        le = horloge().date()
        for un in suivis:
            affaires.agir(un, "confirmer_les_coordonnees", {"confirmees_le": le.isoformat()})
        affaires.agir(liste, "confirmer_liste", {"revue_le": le.isoformat()})
        for instance in ("copil", "guichets"):
            dite = {"le_jour": le.isoformat(), "heure": "14:00", "instance": instance}
            presents = [{"qualite": "Directrice", "organisme": "DDETS"}]
            _vivre(
                affaires, ici, "reunions", instance, dite | {"lieu": "Préfecture"},
                ("convoquer", {"canal": "courriel"}), ("tenir", {}),
                ("rendre_compte", {"presents": presents}), ("valider_le_compte_rendu", {}),
                ("diffuser", {"canal": "courriel"}), ("clore_la_reunion", {}),
            )  # fmt: skip
        for rang, membre in enumerate(membres):
            sha256 = hashlib.sha256(f"{semestre}-{rang}".encode()).hexdigest()
            piece = {"document": "Bilan", "fichier": "bilan.pdf", "sha256": sha256}
            _vivre(
                affaires, ici, "documents_envoyes", f"{sha256[:20]}-{rang}", piece | membre,
                ("remettre_la_piece", {"canal": "courriel", "destinataire": membre["courriel"]}),
                ("accuser_la_piece", {}),
            )  # fmt: skip
        horloge.instant += dt.timedelta(days=182)
    return affaires.tete().rang


def _vivre(
    affaires: Affaires,
    ici: str,
    code: str,
    objet: str,
    dits: Mapping[str, Any],
    *faits: tuple[str, dict[str, Any]],
) -> str:
    """Open an affaire, and have these events happen; return it."""
    une = affaires.ouvrir(procedures()[code], ici, objet, code, dits)
    for nom, donnees in faits:
        affaires.agir(une.id, nom, donnees)
    return une.id


def _constat(departement: str, guichet: str, rang: int) -> Constat:
    cas = tuple(
        (f"u{rang}-{n}", f"{rang:09}{n:09}", "2024-12-02", "bail du 1er septembre 2024")
        for n in range(12)
    )
    return Constat(departement, guichet, guichet, "ATT_TARDIVE", "Attributions tardives", 1,
                   "2024-12", 1, 12, 60, 0.1, 0.3, "rouge", "12m", "2024-10", cas)  # fmt: skip


def _verdict(constat: Constat, mois: int) -> dict[str, Any]:
    compte = {
        "guichet": constat.guichet, "code": constat.code, "constat": constat.id,
        "numerateur": 3, "denominateur": 60, "depasse": False, "encore": 3, "nouvelle": 0,
    }  # fmt: skip
    livraison = {"livraison": f"l{mois}", "mois": f"2025-{mois:02}"}
    return livraison | {"depasse": False, "comptes": [compte]}
