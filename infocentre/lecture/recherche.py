"""One search over all that has a page: guichet, organisme, indicator, commune, table, numéro.

Each kind is read as the reader may see it. A numéro may be typed with spaces, in lower case, or be
a part of one; what is close in letters is proposed when nothing has the words.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

from infocentre.acces.perimetre import TOUT
from infocentre.contrat import contrat, montres
from infocentre.contrat.territoires import territoires
from infocentre.entrepot.relations import sql_archives
from infocentre.lecture.commun import departements, indicateurs, par_version
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.guichets import nom_commune
from infocentre.lecture.lecteur import Lecture
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.francais import clef_de_tri, simplifier
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.temps import jour
from infocentre.noyau.types_guichet import SINGULIERS

TEXTE_MAX, TROUVES_MAX = 100, 10
_NUMERO = re.compile(r"(?=(?:\D*\d){6})[0-9A-Z]{6,18}")


@dataclass(frozen=True, slots=True)
class Trouve:
    """A thing that has a page: its name, what tells it from others, its address."""

    nom: str
    precision: str
    adresse: str


@dataclass(frozen=True, slots=True)
class Groupe:
    """What a page shows of a kind, TROUVES_MAX at most, and how many there are."""

    nom: str
    trouves: tuple[Trouve, ...]
    total: int


class Inscrit(TypedDict):
    """A guichet as the last register that has it says; grain: departement × guichet."""

    departement: str
    guichet: str
    nom: str | None
    type_guichet: str | None
    organisme: str | None
    siren: str | None
    code_postal: str | None
    commune: str | None
    adresse: str | None


class _Demande(TypedDict):
    numero_unique: str
    statut: str
    vue_le: dt.date
    total: int


# What the rights are judged on, beside what is shown.
_LUES = "numero_unique, departement, statut, vue_le, guichet_enregistreur, cle_guichetcreateur"


def rechercher(v: Lecture, filtres: Filtres, texte: str, page: int = 1) -> list[Groupe]:
    """Return what has every word of a text, by kind; the kinds where nothing has are left out.

    A page has TROUVES_MAX of each kind: one that has no more there has none.
    """
    if not simplifier(texte[:TEXTE_MAX]).strip():
        return []
    groupes = (
        numeros(v, filtres, texte[:TEXTE_MAX], page),
        retenir("Guichets", texte, _guichets(v, filtres), page),
        retenir("Organismes", texte, _organismes(v, filtres), page),
        retenir("Indicateurs", texte, _indicateurs(filtres), page),
        retenir("Communes", texte, _communes(v, filtres), page),
        retenir("Tableaux", texte, _tableaux(filtres), page),
    )
    return [un for un in groupes if un.total]


def proches(v: Lecture, filtres: Filtres, texte: str) -> list[Trouve]:
    """Return the guichets and indicators whose code or name is written almost so."""
    noms: dict[str, Trouve] = {}
    for cles, un in (*_guichets(v, filtres), *_indicateurs(filtres)):
        for cle in (cles[0], un.nom):
            noms.setdefault(simplifier(cle), un)
    lus = difflib.get_close_matches(simplifier(texte[:TEXTE_MAX]), noms, n=5, cutoff=0.75)
    return list(dict.fromkeys(noms[un] for un in lus))


# A thing and what it is looked for by: its code first.
Cherchable = tuple[tuple[str, ...], Trouve]


def retenir(nom: str, texte: str, parmi: Iterable[Cherchable], page: int) -> Groupe:
    """Keep what has every word: the code that is the text, then the names that begin with it."""
    texte = texte[:TEXTE_MAX]
    mots = tuple(simplifier(texte).split())
    if not mots:
        return Groupe(nom, (), 0)
    debut = simplifier(texte.strip())
    lus: list[tuple[int, str, Trouve]] = []
    for cles, un in parmi:
        dit = simplifier(" ".join((un.nom, *cles)))
        if all(mot in dit for mot in mots):
            rang = 0 if simplifier(cles[0]) == debut else 2 - simplifier(un.nom).startswith(debut)
            lus.append((rang, clef_de_tri(un.nom), un))
    lus.sort(key=lambda trouve: trouve[:2])
    debut_page = TROUVES_MAX * (page - 1)
    vus = lus[debut_page : debut_page + TROUVES_MAX]
    return Groupe(nom, tuple(un for _, _, un in vus), len(lus))


@par_version
def inscrits(v: Lecture) -> list[Inscrit]:
    """Return every guichet that a register had, as its last register says."""
    derniers = ", ".join(
        f"arg_max({nom}, mois) AS {nom}"
        for nom in (
            "nom",
            "type_guichet",
            "organisme",
            "siren",
            "code_postal",
            "commune",
            "adresse",
        )
    )
    return v.lignes(
        f"SELECT departement, guichet, {derniers} FROM registre GROUP BY departement, guichet",
        {},
        Inscrit,
    )


def _lien(filtres: Filtres, chemin: str, departement: str = "", **changements: str) -> str:
    """Return an address; in another département, the month is its last one."""
    if departement in {"", filtres.departement}:
        return filtres.lien(chemin, epci="", type="", **changements)
    return Filtres(departement, "").lien(chemin, **changements)


def _guichets(v: Lecture, filtres: Filtres) -> Iterable[Cherchable]:
    for une in inscrits(v):
        commune = nom_commune(une["commune"])
        type_ = SINGULIERS.get(une["type_guichet"] or "", une["type_guichet"] or "")
        cles = (
            une["guichet"],
            une["siren"] or "",
            une["code_postal"] or "",
            commune,
            une["adresse"] or "",
        )
        precision = " – ".join(filter(None, (une["guichet"], type_, commune)))
        adresse = _lien(filtres, f"/guichet/{une['guichet']}", une["departement"])
        yield cles, Trouve(une["nom"] or une["guichet"], precision, adresse)


def _organismes(v: Lecture, filtres: Filtres) -> Iterable[Cherchable]:
    ensembles: dict[tuple[str, str], list[Inscrit]] = {}
    for une in inscrits(v):
        if (organisme := une["organisme"]) and v.voit("organisme", organisme):
            ensembles.setdefault((une["departement"], organisme), []).append(une)
    for (departement, organisme), siens in ensembles.items():
        if len(siens) == 1:  # the guichet is there, and is the same
            continue
        nom = noms_organismes(
            {"guichet": un["guichet"], "nom": un["nom"], "organisme": organisme} for un in siens
        )[organisme]
        combien = f"{len(siens)} guichets"
        yield (
            (organisme, *{une["siren"] or "" for une in siens}),
            Trouve(
                nom,
                f"{organisme} – {combien}",
                _lien(filtres, f"/organisme/{organisme}", departement),
            ),
        )


def _indicateurs(filtres: Filtres) -> Iterable[Cherchable]:
    for un in indicateurs():
        trouve = Trouve(
            un.libelle,
            f"{un.code} – {un.titre_famille}",
            _lien(filtres, f"/indicateurs/{un.code}"),
        )
        yield (un.code, un.titre_famille), trouve


def _communes(v: Lecture, filtres: Filtres) -> Iterable[Cherchable]:
    connus = set(departements(v))
    fiche = {"bibliotheque": "fiche_commune"} if v.p == TOUT else {}
    for une in territoires().values():
        if une.departement in connus and (une.actuelle or une.arrondissement):
            voulue = {**fiche, "p_commune": une.code} if fiche else {"recherche": une.nom}
            chemin = "/requetes" if fiche else "/guichets"
            adresse = _lien(filtres, chemin, une.departement, **voulue)
            yield (une.code, une.epci_nom), Trouve(une.nom, f"{une.code} – {une.epci_nom}", adresse)


def _tableaux(filtres: Filtres) -> Iterable[Cherchable]:
    for un in tableaux().values():
        yield (
            (un.code,),
            Trouve(un.titre, un.code, _lien(filtres, f"/tableaux/{un.code}")),
        )


def numeros(v: Lecture, filtres: Filtres, texte: str, page: int = 1) -> Groupe:
    """Return the demandes whose numéro has these letters, those that begin with them first."""
    partie = "".join(texte.split()).upper()
    etats = [v.dossier.etats / nom for nom in v.version.etats.values()]
    if not v.p.nominatif or not etats or not _NUMERO.fullmatch(partie):
        return Groupe("Demandes", (), 0)
    lus = sql_archives(contrat().tables["radiation"], etats)
    source = v.filtrer(
        "etats", f"(SELECT {_LUES} FROM ({lus}) WHERE contains(numero_unique, '{partie}'))"
    )
    trouvees = v.lignes(
        f"SELECT *, count(*) OVER () AS total FROM {source} "
        "ORDER BY NOT starts_with(numero_unique, $partie), numero_unique "
        f"LIMIT {TROUVES_MAX} OFFSET {TROUVES_MAX * (page - 1)}",
        {"partie": partie},
        _Demande,
    )
    if not trouvees and page > 1:
        with montres.en_silence():
            return Groupe("Demandes", (), numeros(v, filtres, texte).total)
    return Groupe(
        "Demandes",
        tuple(
            Trouve(
                une["numero_unique"],
                f"demande {une['statut']}, vue pour la dernière fois au {jour(une['vue_le'])}",
                _lien(filtres, f"/demande/{une['numero_unique']}"),
            )
            for une in trouvees
        ),
        trouvees[0]["total"] if trouvees else 0,
    )
