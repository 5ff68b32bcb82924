"""The register to complete: a workbook of the guichets that act, written, then read back.

What is known of a guichet is in its row already; a person fills the rest. Read back, a workbook is
taken whole or refused whole, each line with what is wrong and what to do.
"""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

from infocentre.contrat import Colonne, contrat
from infocentre.contrat.territoires import normaliser_departement
from infocentre.entrepot import Dossier, Version, registres
from infocentre.entrepot.registres import Inscrit
from infocentre.entrepot.sceaux import exiger_archives
from infocentre.livraisons import feuilles
from infocentre.livraisons import registre as livre
from infocentre.livraisons.classeurs import FeuilleLue
from infocentre.livraisons.feuilles import comparable
from infocentre.livraisons.registre import REGISTRE, Inscription, Vu
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, premiers
from infocentre.noyau.types_guichet import INCONNU
from infocentre.restitutions.bureautique.paquet import figer

FEUILLE, REFERENCE = "Registre", "Référence"
FORMAT = "1"
VUS = ("Demandes actives", "Radiations", "Autres actes", "Premier acte", "Dernier acte")
REFERENCES = ("registre", "departement")
DITES = 30  # lines of a refusal
LISTES = ("TYPE_GUICHET", "MODE_ENREGISTREMENT")
# What a column of a form, or of a type, expects, as a refusal says it.
ATTENDU = {
    "siren": "les 9 chiffres d'un SIREN",
    "code_postal": "les 5 chiffres d'un code postal",
    "commune": "le code INSEE d'une commune (5 caractères)",
    "courriel": "une adresse électronique",
    "telephone": "un numéro de téléphone",
    "date": "une date (JJ/MM/AAAA)",
}


class Ligne(NamedTuple):
    """A row to fill: the guichet as deliveries show it, and what is known of it by field."""

    vu: Vu
    connu: Inscription


@dataclass(frozen=True, slots=True)
class Lu:
    """What a returned workbook says: the guichets of one département, by field.

    A row of which nothing but the code is filled is a guichet of which nothing is known yet.
    """

    departement: str
    guichets: tuple[Inscrit, ...]


def _colonnes() -> tuple[Colonne, ...]:
    return contrat().tables[REGISTRE].colonnes


def titres() -> tuple[str, ...]:
    """Return the titles of the sheet: the code, what deliveries show, then what is to fill."""
    code, *autres = (une.libelle for une in _colonnes())
    return (code, *VUS, *autres)


# --- Written --------------------------------------------------------------------------------------


def lignes(dossier: Dossier, version: Version, departement: str) -> list[Ligne]:
    """Return the guichets that act in a département, those that do the most first.

    Raises:
        Refus: nothing is loaded of it, or what is read is not what was written.
    """
    suite = version.de(departement)
    if not suite:
        raise Refus(
            f"aucune livraison du département {departement} n'est chargée",
            que_faire="Charger une livraison : infocentre charger LIVRAISON.",
        )
    exiger_archives(dossier, suite)
    archives = [dossier.archive(une) for une in suite]
    connus = livre.registres_connus(archives)
    vus = {un.guichet: un for un in livre.guichets_vus(archives)}
    tenu = registres.tenu(dossier, departement)
    for un in tenu.guichets if tenu else ():
        vus.setdefault(un["code_guichet"], Vu(un["code_guichet"], 0, 0, 0, None, None))
    ordre = sorted(vus.values(), key=lambda un: (-sum(un[1:4]), un.guichet))
    return [Ligne(un, connus.get(un.guichet, {})) for un in ordre]


def en_octets(departement: str, arrete: dt.date, a_remplir: Sequence[Ligne]) -> bytes:
    """Return the workbook of a register to fill; the same rows give the same bytes."""
    tampon = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(tampon, options) as classeur:
        classeur.set_properties({"created": dt.datetime.combine(arrete, dt.time(), dt.UTC)})
        _feuille(classeur, a_remplir)
        reference = classeur.add_worksheet(REFERENCE)
        for rang, dite in enumerate(
            (("registre", FORMAT), ("departement", departement), ("arrete", arrete.isoformat()))
        ):
            reference.write_row(rang, 0, dite)
    return figer(tampon.getvalue(), arrete)


def brouillon(dossier: Dossier, version: Version, departement: str) -> bytes:
    """Return the workbook by which the register of a département is completed."""
    a_remplir = lignes(dossier, version, departement)
    arrete = dt.date.fromisoformat(version.de(departement)[-1].arrete)
    return en_octets(departement, arrete, a_remplir)


def _feuille(classeur: Any, a_remplir: Sequence[Ligne]) -> None:  # noqa: ANN401 - XlsxWriter ships no types
    titre = classeur.add_format({"bold": True, "bg_color": "#E3E3FD", "text_wrap": True})
    saisie = classeur.add_format({"bg_color": "#FFF9E0", "num_format": "@", "valign": "top"})
    feuille = classeur.add_worksheet(FEUILLE)
    feuille.write_row(0, 0, titres(), titre)
    debut = 1 + len(VUS)
    for rang, (vu, connu) in enumerate(a_remplir, start=1):
        feuille.write_string(rang, 0, vu.guichet)
        for colonne, nombre in enumerate(vu[1:4], start=1):
            feuille.write_number(rang, colonne, nombre)
        for colonne, jour in enumerate(vu[4:], start=4):
            feuille.write_string(rang, colonne, f"{jour:%d/%m/%Y}" if jour else "")
        for colonne, une in enumerate(_colonnes()[1:], start=debut):
            feuille.write_string(rang, colonne, _dire(une, vu.guichet, connu), saisie)
    fin = max(len(a_remplir), 1)
    for colonne, une in enumerate(_colonnes()[1:], start=debut):
        if une.nom in LISTES:
            choix = {"validate": "list", "source": list(_choix(une).values())}
            feuille.data_validation(1, colonne, fin, colonne, choix)
    feuille.freeze_panes(1, 1)
    feuille.set_column(0, len(VUS), 12)
    feuille.set_column(debut, len(titres()) - 1, 22)
    feuille.autofilter(0, 0, fin, len(titres()) - 1)


def _choix(colonne: Colonne) -> Mapping[str, str]:
    return contrat().codes[colonne.codes or ""]


def _dire(colonne: Colonne, guichet: str, connu: Mapping[str, object]) -> str:
    """Return what is known already of a guichet, as a person reads it; '' for what is to fill."""
    valeur = connu.get(colonne.champ)
    if valeur in {None, INCONNU} or (colonne.nom == "NOM" and valeur == guichet):
        return ""
    if isinstance(valeur, dt.date):
        return f"{valeur:%d/%m/%Y}"
    return _choix(colonne).get(str(valeur), "") if colonne.nom in LISTES else str(valeur)


# --- Read back ------------------------------------------------------------------------------------


def guichets_connus(dossier: Dossier, version: Version) -> Callable[[str], Collection[str]]:
    """Return what gives, for a département, the guichets that its register may name."""

    def siens(departement: str) -> Collection[str]:
        return {une.vu.guichet for une in lignes(dossier, version, departement)}

    return siens


def lire(
    octets: bytes,
    nom: str,
    connus: Callable[[str], Collection[str]],
    departement: str | None = None,
) -> Lu:
    """Read a returned workbook; `departement` is the one asked for, None for its own.

    Raises:
        Refus: it is none, is of another département, or a line of it is wrong: each is told.
    """
    lues = feuilles.ouvrir(octets, _faux(nom))
    dites = feuilles.references(lues, REFERENCES)
    if len(dites.get("departement", [])) != 1:
        raise _faux(nom)
    ici = normaliser_departement(dites["departement"][0])
    if departement and departement != ici:
        raise Refus(
            f"ce classeur est celui du département {ici}, et non du {departement}",
            nom,
            "Déposer le classeur téléchargé pour ce département.",
        )
    voulues, fautes = _rassembler(lues, nom)
    fautes += list(_exiger_codes(voulues, connus(ici), ici))
    lus, autres = _typer([un for _, un in voulues]) if not fautes else ([], [])
    fautes += [_faute(voulues[une.rang][0], une) for une in autres]
    if fautes:
        raise _refus(nom, fautes)
    return Lu(ici, tuple(lus))


def _faux(nom: str) -> Refus:
    return Refus(
        "ce n'est pas le classeur d'un registre à compléter",
        nom,
        "Remplir celui que donne infocentre registre brouillon (ou « Télécharger le registre à "
        "compléter »), sans en ôter de feuille, et l'enregistrer en .xlsx.",
    )


def _refus(nom: str, fautes: Sequence[str]) -> Refus:
    dites = "".join(f"\n  - {une}" for une in premiers(fautes, DITES, "autre"))
    return Refus(
        f"le registre n'a pas été repris, {accorder(len(fautes), 'chose')} à corriger :{dites}",
        nom,
        "Corriger ces lignes dans le classeur, puis le lire de nouveau ; rien n'a été gardé.",
    )


Voulue = tuple[str, dict[str, str]]  # where a row is, what it says by COLUMN


def _rassembler(lues: Sequence[FeuilleLue], nom: str) -> tuple[list[Voulue], list[str]]:
    """Return the rows of the one sheet that has the titles, and what of it cannot be taken."""
    code, *autres = (une.libelle for une in _colonnes())
    trouvees = feuilles.lire_tables(lues, titres(), (code,), autres)
    if len(trouvees) != 1:
        quoi = "n'a pas" if not trouvees else "a plusieurs fois"
        raise Refus(
            f"ce classeur {quoi} la feuille « {FEUILLE} », avec ses titres",
            nom,
            "N'en garder qu'une, telle qu'elle a été téléchargée.",
        )
    fautes = list(trouvees[0].refusees)
    voulues = []
    for ligne in trouvees[0].lignes:
        if any(ligne.dit.values()):
            voulue, siennes = _comprendre(ligne)
            voulues.append((ligne.ou, voulue))
            fautes += siennes
    return voulues, fautes or ([] if voulues else ["aucune ligne n'est remplie : les remplir"])


def _comprendre(ligne: feuilles.Ligne) -> tuple[dict[str, str], list[str]]:
    """Return a row by COLUMN, the choices as codes; then which are on no list."""
    dits, fautes = {}, []
    for une in _colonnes():
        texte = ligne.dit[une.libelle]
        if une.nom == "SIREN":
            texte = "".join(texte.split())
        if une.nom in LISTES and texte:
            code = _code(une, texte)
            if code is None:
                possibles = ", ".join(_choix(une).values())
                fautes.append(
                    f"{ligne.ou} : « {texte[:30]} » n'est pas dans la liste de « {une.libelle} » : "
                    f"choisir parmi {possibles}"
                )
            texte = code or ""
        dits[une.nom] = texte
    dits["CODE_GUICHET"] = dits["CODE_GUICHET"].upper()
    return dits, fautes


def _code(colonne: Colonne, texte: str) -> str | None:
    """Return the code of a choice, '' for « type inconnu », None for what is no choice."""
    if comparable(texte) in {comparable(INCONNU), comparable(INCONNU.singulier)}:
        return ""
    return next(
        (
            code
            for code, libelle in _choix(colonne).items()
            if comparable(texte) in {comparable(code), comparable(libelle)}
        ),
        None,
    )


def _exiger_codes(
    voulues: Sequence[Voulue], connus: Collection[str], departement: str
) -> Iterator[str]:
    """Yield what is wrong with the codes: none, unknown here, or twice."""
    places: dict[str, str] = {}
    for ou, dits in voulues:
        code = dits["CODE_GUICHET"]
        if not code:
            yield f"{ou} : le code du guichet manque : le remettre, ou vider la ligne"
        elif code in places:
            yield (
                f"{ou} : le guichet « {code[:10]} » est déjà ({places[code]}) : "
                "n'en garder qu'une ligne"
            )
        elif code not in connus:
            yield (
                f"{ou} : le guichet « {code[:10]} » n'a aucun acte dans les livraisons du "
                f"département {departement} : corriger son code, ou ôter la ligne"
            )
        places.setdefault(code, ou)


def _typer(voulues: Sequence[Mapping[str, str]]) -> tuple[list[Inscrit], list[livre.Faute]]:
    with tempfile.TemporaryDirectory() as atelier:
        return livre.juger(voulues, Path(atelier))


def _faute(ou: str, une: livre.Faute) -> str:
    colonne = contrat().tables[REGISTRE].par_nom[une.colonne]
    sinon = "un texte court, sans donnée personnelle"
    attendu = ATTENDU.get(colonne.forme or colonne.type, sinon)
    return f"{ou}, « {colonne.libelle} » : {une.quoi} ; écrire {attendu}"
