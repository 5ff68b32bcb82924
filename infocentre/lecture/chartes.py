"""Charters in force: their commitments, who signed them, and where each organisme stands.

A commitment is verified by the published states of its indicators over twelve months, by the
samples that were checked, or by what the organisme declared when it signed.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeVar

from dateutil.relativedelta import relativedelta
from pydantic import BaseModel, ConfigDict, ValidationError

from infocentre.affaires import Affaire
from infocentre.lecture.affaires import toutes
from infocentre.lecture.commun import catalogue, mois_controles, registre
from infocentre.lecture.echantillons import verdicts
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.guichets import ferme_le
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.suivi import Case, grille, lire_cases
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.config import DES_PROCEDURES
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.noyau.fichiers_yaml import lire_yaml
from infocentre.noyau.francais import clef_de_tri
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.temps import fin_de_mois
from infocentre.noyau.temps import jour as ecrire_jour
from infocentre.noyau.types_guichet import EN_LIGNE

PROCEDURE, ADHESIONS = "chartes", "adhesions"
EN_VIGUEUR, SIGNATURES = "mises_en_vigueur", "adhesions"  # what counts call these events
CODES = ("entree", "qualite", "dossier_unique")
RIEN, DISPARU = "–", "indicateur disparu"
A_DEMANDER = "À demander"
MOIS = 12

Verification = Literal["indicateurs", "echantillon", "declare", "non_verifiable"]
VERIFICATIONS: Mapping[str, str] = {
    "indicateurs": "Indicateurs",
    "echantillon": "Échantillon",
    "declare": "Déclaré",
    "non_verifiable": "Non vérifiable",
}


class _Fige(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Engagement(_Fige):
    """What is committed to, and what verifies it; `indicateurs` are codes of the catalogue."""

    code: str
    texte: str
    verification: Verification
    indicateurs: tuple[str, ...] = ()


class Texte(_Fige):
    """The words that a version of a charter begins with."""

    titre: str
    objet: str
    engagements: tuple[Engagement, ...]


class ReglePiece(_Fige):
    """A pièce of the dossier unique: who is asked for it, from which day until which one."""

    piece: str
    situation: str
    duree: str
    source: str
    de: dt.date
    a: dt.date | None = None


class _Regles(_Fige):
    regles: tuple[ReglePiece, ...]


T = TypeVar("T", bound=_Fige)


class Charte(NamedTuple):
    """A version that is in force; `affaire` is the one that it lives in."""

    affaire: str
    code: str
    titre: str
    numero: int
    engagements: tuple[Engagement, ...]


class Tenue(NamedTuple):
    """Where an organisme stands with a commitment, in words."""

    engagement: Engagement
    dit: str


class Chiffre(NamedTuple):
    """What the state of an indicator rests on: how many are wrong, of how many."""

    engagement: str
    indicateur: str
    n: int | None
    d: int | None
    etat: str


class Position(NamedTuple):
    """Where an organisme stands with a charter: its adhesion in words, then each commitment.

    `chiffres` are those of the indicators that verify them, over what their states rest on.
    """

    charte: Charte
    organisme: str
    nom: str
    adhesion: str
    tenues: tuple[Tenue, ...]
    chiffres: tuple[Chiffre, ...]


@functools.cache
def textes() -> Mapping[str, Texte]:
    """Return {code: text} of the charters that may be proposed; raise Refus for a wrong file."""
    return {code: _lire(f"{code}.yml", Texte) for code in CODES}


def pieces(le: dt.date) -> list[ReglePiece]:
    """Return the rules of the pièces that hold on a day."""
    lues = _lire("pieces.yml", _Regles).regles
    return [une for une in lues if une.de <= le and (une.a is None or le < une.a)]


def _lire(nom: str, genre: type[T]) -> T:
    chemin = DES_PROCEDURES / PROCEDURE / nom
    try:
        return genre.model_validate(lire_yaml(chemin, "une charte"))
    except ValidationError as erreur:
        raise refus_champs(erreur, nom, " d'une charte", {}) from None


def titre(code: str) -> str:
    """Return the title of a charter, its code when there is none of it."""
    une = textes().get(code)
    return une.titre if une else code


def exiger(code: str) -> str:
    """Return the code of a charter; raise Refus when there is none."""
    if code not in CODES:
        raise Refus(
            f"« {code[:30]} » n'est pas une charte",
            que_faire=f"Écrire l'un de : {', '.join(CODES)}.",
        )
    return code


def engagements_de(une: Affaire) -> tuple[Engagement, ...]:
    """Return the commitments of a version, in the words that they have since they were amended."""
    mots = {un.dit("engagement"): un.dit("texte_amende") for un in une.situation.evenements}
    return tuple(
        Engagement(
            code=ligne["code"],
            texte=mots.get(ligne["code"]) or ligne["texte"],
            verification=ligne["verification"],
            indicateurs=tuple(str(ligne.get("indicateurs") or "").split()),
        )
        for ligne in une.situation.dite("engagements") or []
    )


def en_vigueur(v: Lecture, departement: str) -> list[Charte]:
    """Return the charters that are in force, one a kind: the last that was put in force."""
    trouvees: dict[str, tuple[int, Charte]] = {}
    for une in toutes(v, departement, PROCEDURE):
        if une.situation.finie or not (dits := une.comptes(EN_VIGUEUR)):
            continue
        code, numero = une.objet, int(une.situation.dite("numero"))
        charte = Charte(une.id, code, titre(code), numero, engagements_de(une))
        if dits[-1].rang >= trouvees.get(code, (0, charte))[0]:
            trouvees[code] = (dits[-1].rang, charte)
    return [trouvees[code][1] for code in CODES if code in trouvees]


def adhesions_de(v: Lecture, departement: str) -> dict[tuple[str, str], Affaire]:
    """Return {(organisme, charter): adhesion}, the last of each."""
    return {(une.objet, une.sujet): une for une in toutes(v, departement, ADHESIONS)}


def dire_adhesion(une: Affaire | None) -> str:
    """Say where an adhesion is: signed when, of which version; asked of nobody yet."""
    if une is None:
        return A_DEMANDER
    signees = une.comptes(SIGNATURES)
    if not signees or une.situation.evenements[-1] is not signees[-1]:
        return une.titre_etat
    le = ecrire_jour(str(signees[-1].dit("adhesion_le")))
    return f"{une.titre_etat} le {le} (version {une.situation.dite('numero')})"


def organismes(v: Lecture, departement: str) -> dict[str, str]:
    """Return {code: name} of those that have an open guichet, the portal apart, that one sees."""
    mois = mois_controles(v, departement)
    ouverts = [
        un
        for un in (registre(v, departement, mois[-1]) if mois else [])
        if un["type_guichet"] != EN_LIGNE and ferme_le(un, fin_de_mois(mois[-1])) is None
    ]
    return {
        code: nom for code, nom in noms_organismes(ouverts).items() if v.voit("organisme", code)
    }


def positions(v: Lecture, departement: str, charte: Charte, organisme: str = "") -> list[Position]:
    """Return where each organisme that the reader sees stands, or one of them, by name."""
    mois = mois_controles(v, departement)
    if not mois:
        return []
    lus = registre(v, departement, mois[-1])
    noms = organismes(v, departement)
    siens = [code for code in noms if organisme in {"", code}]
    cases = _cases(v, Filtres(departement, mois[-1]), charte)
    par_guichet = {un["guichet"]: un["organisme"] for un in lus}
    controles = _controles(v, departement, mois[-1], par_guichet)
    adhesions = adhesions_de(v, departement)
    return [
        Position(
            charte,
            code,
            noms[code],
            dire_adhesion(sienne),
            tuple(
                Tenue(un, _dire(un, siennes, controles.get(code), sienne))
                for un in charte.engagements
            ),
            tuple(
                Chiffre(un.code, nom, case.numerateur, case.denominateur, case.etat)
                for un in charte.engagements
                for nom in un.indicateurs
                if (case := siennes.get(nom))
            ),
        )
        for code in sorted(siens, key=lambda code: clef_de_tri(noms[code]))
        for sienne in [adhesions.get((code, charte.code))]
        for siennes in [cases.get(code, {})]
    ]


def _dire(
    un: Engagement,
    cases: Mapping[str, Case],
    controle: tuple[int, int] | None,
    adhesion: Affaire | None,
) -> str:
    if un.verification == "indicateurs":
        return _pire(un.indicateurs, cases)
    if un.verification == "echantillon":
        return f"{controle[0]} fausses sur {controle[1]}" if controle else RIEN
    if un.verification == "declare":
        declares = adhesion.situation.dite("declares") if adhesion else None
        return "déclaré" if un.code in (declares or []) else RIEN
    return RIEN


def _pire(codes: Sequence[str], cases: Mapping[str, Case]) -> str:
    """Return the worst published state of these indicators; say of one that is no more."""
    if any(code not in catalogue().indicateurs for code in codes):
        return DISPARU
    connus = [Etat.lire(cases[code].etat) for code in codes if code in cases]
    dits = [lu for lu in connus if lu and lu.gravite]
    return max(dits, key=lambda un: un.gravite).ecrit if dits else RIEN


def _cases(v: Lecture, filtres: Filtres, charte: Charte) -> dict[str, dict[str, Case]]:
    """Return what is published over twelve months, by organisme and indicator."""
    codes = tuple(dict.fromkeys(code for un in charte.engagements for code in un.indicateurs))
    return {
        une.cle: {codes[rang]: case for rang, case in lire_cases(une.cases).items()}
        for une in grille(v, filtres, codes, "organismes")
        if une.nature == "organisme"
    }


def _controles(
    v: Lecture, departement: str, mois: str, organismes: Mapping[str, str]
) -> dict[str, tuple[int, int]]:
    """Return (wrong, checked) by organisme in the samples of twelve months, of all demandes."""
    depuis = fin_de_mois(mois) - relativedelta(months=MOIS)
    sommes: dict[str, tuple[int, int]] = {}
    for un in verdicts(v, departement):
        code = organismes.get(un.guichet)
        if code and not un.indicateur and fin_de_mois(un.mois) > depuis:
            fausses, jugees = sommes.get(code, (0, 0))
            sommes[code] = (fausses + un.fausses, jugees + un.jugees)
    return sommes


def disparus(chartes: Iterable[Charte]) -> list[str]:
    """Return the indicators that a charter in force names and that the catalogue has no more."""
    nommes = {c for une in chartes for un in une.engagements for c in un.indicateurs}
    return sorted(nommes - catalogue().indicateurs.keys())
