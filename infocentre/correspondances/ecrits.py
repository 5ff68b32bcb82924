"""Correspondances as people write them: YAML read with care, what is wrong in it being named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from infocentre.contrat import Colonne, Table, contrat
from infocentre.contrat.interdites import est_interdite
from infocentre.correspondances.modele import (
    DEMANDES,
    Correspondance,
    Fichier,
    Lecture,
    doubles,
    nom_de_colonne,
)
from infocentre.noyau import fichiers_yaml
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import lire_texte
from infocentre.noyau.fichiers_yaml import lire_yaml
from infocentre.noyau.francais import citer, denombrer, enumerer

NOMMES = 5  # files of one table that are named
OCTETS_MAX = 1 << 20
QUE_FAIRE = "Corriger ce fichier, ou faire reconnaître les fichiers de nouveau."
COMPLETER = (
    "Dire sous « colonnes » laquelle donne chacune, ou demander une extraction complète : rien ne "
    "se charge sans elles."
)
_FORME = TypeAdapter(Correspondance)
_MOIS = "un mois AAAA-MM est attendu"
_ATTENDUES = {
    "source": "des minuscules, des chiffres et « - » sont attendus",
    "departement": "trois caractères sont attendus (013, 02A)",
    "du": _MOIS,
    "au": _MOIS,
}
A_CHOISIR = "?"  # what a draft has where a person has not chosen yet
AUCUNE = "aucune"  # the table of a file that a person chose not to read
RESTE = "elle reste à choisir"
Faute = tuple[str, str]  # where in the file, and what


def lire(chemin: Path) -> Correspondance:
    """Read a correspondance; raise Refus that names all that is wrong in it."""
    return lire_contenu(_brut(chemin), chemin.name)


def lire_contenu(brut: object, ou: str) -> Correspondance:
    """Return the correspondance that plain values describe; raise Refus as `lire`."""
    try:
        lue = _FORME.validate_python(_abreger(brut))
    except ValidationError as erreur:
        raise refus_champs(erreur, ou, "", _ATTENDUES) from None
    except RecursionError:
        raise Refus("la correspondance tourne en rond", ou, QUE_FAIRE) from None
    if fautes := list(fautes_de(lue)):
        dites = " ; ".join(f"{place} : {quoi}" if place else quoi for place, quoi in fautes)
        raise Refus(dites, ou, QUE_FAIRE)
    return lue


def _brut(chemin: Path) -> dict[str, Any]:
    try:
        demesuree = chemin.stat().st_size > OCTETS_MAX
    except OSError:
        demesuree = False  # reading it says why it cannot be
    if demesuree:
        raise Refus("cette correspondance pèse plus d'un mégaoctet", chemin.name, QUE_FAIRE)
    try:
        _refuser_renvois(chemin)
        return lire_yaml(chemin, "une correspondance")
    except RecursionError:
        raise Refus("la correspondance tourne en rond", chemin.name, QUE_FAIRE) from None


def _refuser_renvois(chemin: Path) -> None:
    """Refuse a YAML that refers to itself: a few lines of it may fill the memory."""
    try:
        for evenement in yaml.parse(lire_texte(chemin), Loader=fichiers_yaml.SUR):
            if isinstance(evenement, yaml.AliasEvent):
                marque = evenement.start_mark
                ligne = marque.line + 1 if marque else 1
                raise Refus(
                    "un renvoi (« * ») n'est pas accepté dans une correspondance",
                    f"{chemin.name}, ligne {ligne}",
                    "Écrire en entier ce à quoi il renvoie.",
                )
    except yaml.YAMLError:
        return  # what is no YAML is said by who reads it


def _abreger(brut: object) -> object:
    """Accept `COLONNE: COLONNE` for a column that only has another name."""
    if not isinstance(brut, dict) or not isinstance(brut.get("fichiers"), list):
        return brut
    return {**brut, "fichiers": tuple(_abreger_fichier(un) for un in brut["fichiers"])}


def _abreger_fichier(brut: object) -> object:
    if not isinstance(brut, dict):
        return brut
    if brut.get("table") == AUCUNE and isinstance(brut.get("colonnes"), dict):
        return _laisser(brut)
    return {
        **brut,
        **{
            champ: {
                str(nom): {"vers": une} if isinstance(une, str) else une
                for nom, une in brut[champ].items()
            }
            for champ in ("colonnes", "premiers")
            if isinstance(brut.get(champ), dict)
        },
    }


def _laisser(brut: dict[str, Any]) -> dict[str, Any]:
    """Return a file that is left whole, each of its columns with why."""
    garde = {cle: une for cle, une in brut.items() if cle in {"dialecte", "exemple", "laissees"}}
    lues = dict.fromkeys(map(str, brut["colonnes"]), "fichier laissé de côté")
    laissees = brut.get("laissees", {})
    return {
        **garde,
        "colonnes": {},
        "laissees": {**lues, **laissees} if isinstance(laissees, dict) else laissees,
    }


def texte(correspondance: Correspondance) -> str:
    """Return a correspondance as YAML: the same bytes for the same content."""
    return yaml.safe_dump(contenu(correspondance), allow_unicode=True, sort_keys=False, width=100)


def contenu(correspondance: Correspondance) -> dict[str, Any]:
    """Return the plain values of a correspondance, without those that say nothing."""
    plein = _FORME.dump_python(correspondance, mode="json")
    nettoye = {cle: une for cle, une in plein.items() if une not in (None, "", [], {})}
    nettoye["fichiers"] = [_court(fichier) for fichier in plein["fichiers"]]
    return {"format": nettoye.pop("format"), **nettoye}


def _court(fichier: Mapping[str, Any]) -> dict[str, Any]:
    garde = {cle: une for cle, une in fichier.items() if une not in (None, "", [], {}, False)}
    garde["dialecte"] = {cle: une for cle, une in fichier["dialecte"].items() if une is not None}
    for champ in ("colonnes", "premiers"):
        if fichier[champ] or champ == "colonnes":
            garde[champ] = {nom: _une(lecture) for nom, lecture in fichier[champ].items()}
    return garde


def _une(lecture: Mapping[str, Any]) -> object:
    garde = {cle: une for cle, une in lecture.items() if une not in (None, "", {})}
    return garde["vers"] if garde.keys() == {"vers"} else garde


def empreinte(correspondance: Correspondance) -> str:
    """Return the sha256 of what a correspondance says of files: not of who fixed it, nor when."""
    dit = contenu(correspondance)
    for cle in ("auteur", "le", "version", "libelle"):
        dit.pop(cle, None)
    ecrit = json.dumps(dit, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(ecrit.encode()).hexdigest()


# --- What is wrong in one -------------------------------------------------------------------------


def fautes_de(correspondance: Correspondance) -> Iterator[Faute]:
    """Yield what is wrong in a correspondance that has the right form: where, and what."""
    if not correspondance.fichiers:
        yield "", "aucun fichier n'y est décrit"
    if correspondance.du and correspondance.au and correspondance.du > correspondance.au:
        yield "", f"elle vaut de {correspondance.du} à {correspondance.au} : l'ordre est inverse"
    pars = {un.par for un in correspondance.fichiers if un.par}
    if len(pars) > 1:
        yield "", f"une seule colonne joint les fichiers, {len(pars)} sont nommées"
    if parts := list(_tables_en_double(correspondance)):
        yield from parts
        return  # these files are to be made one: what is wrong in each is nothing yet
    for rang, fichier in enumerate(correspondance.fichiers, 1):
        for ou, quoi in _fautes_du_fichier(fichier):
            nom = f"fichier {rang} ({fichier.exemple})" if fichier.exemple else f"fichier {rang}"
            yield f"{nom}, {ou}" if ou else nom, quoi


def _tables_en_double(correspondance: Correspondance) -> Iterator[Faute]:
    tables = (t for un in correspondance.fichiers for t in un.tables if t != A_CHOISIR)
    for table in doubles(tables):
        siens = [un.exemple or "un fichier" for un in correspondance.fichiers if table in un.tables]
        dits = citer(siens, NOMMES, "autre")
        quoi = (
            f"{denombrer(len(siens), 'fichier')} y sont de la table « {table} » ({dits}), et une "
            "livraison n'en lit qu'un : les réunir en un seul, ou n'en laisser qu'un, puis les "
            "faire reconnaître de nouveau"
        )
        yield "", quoi


def exigees(table: Table, par: str | None) -> list[Colonne]:
    """Return the columns of a table that a file must have, but those that a join gives.

    `par` is the column by which the file is joined, if it is.
    """
    donnees = {"NUMERO_UNIQUE", table.cle} if par else set[str]()
    return [une for une in table.exigees if une.nom not in donnees]


def manques(
    correspondance: Correspondance, presentes: Mapping[int, Collection[str]]
) -> Iterator[tuple[str, Fichier | None, list[str]]]:
    """Yield the compulsory tables that no file gives, and what each file of a table lacks of it.

    `presentes`: the names of the columns that are there, as they are compared, by rank of the file.
    """
    siens = [(correspondance.fichiers[rang], noms) for rang, noms in sorted(presentes.items())]
    for table in contrat().tables.values():
        concernes = [(un, noms) for un, noms in siens if table.nom in un.tables]
        if not concernes and table.obligatoire:
            yield table.nom, None, []
        for fichier, noms in concernes:
            lues = {u.vers for n, u in fichier.colonnes.items() if nom_de_colonne(n) in noms}
            absentes = [c.nom for c in exigees(table, fichier.par) if c.nom not in lues]
            if absentes:
                yield table.nom, fichier, absentes


def exiger_complete(correspondance: Correspondance) -> None:
    """Raise Refus for one that no delivery could be read by: a table or a column is not there."""
    fichiers = enumerate(correspondance.fichiers)
    presentes = {rang: {nom_de_colonne(nom) for nom in un.colonnes} for rang, un in fichiers}
    dits = [
        f"{fichier.exemple or 'un fichier'} ne donne pas {enumerer(absentes)}, que la table "
        f"« {table} » exige"
        if fichier
        else f"aucun fichier n'y est de la table « {table} », qui est obligatoire"
        for table, fichier, absentes in manques(correspondance, presentes)
    ]
    if dits:
        raise Refus(" ; ".join(dits), correspondance.nom, COMPLETER)


def _fautes_du_fichier(fichier: Fichier) -> Iterator[Faute]:
    yield from _fautes_de_nature(fichier)
    if A_CHOISIR in fichier.tables:
        return  # what its columns may be depends on it
    noms = [nom_de_colonne(nom) for nom in (*fichier.colonnes, *fichier.laissees)]
    for nom in doubles(iter(noms)):
        yield f"colonne « {nom} »", "elle y est écrite deux fois"
    choisies = (une.vers for une in fichier.colonnes.values() if une.vers != A_CHOISIR)
    for vers in doubles(choisies):
        siennes = [nom for nom, une in fichier.colonnes.items() if une.vers == vers]
        yield f"colonnes « {' » et « '.join(siennes)} »", f"elles deviennent toutes deux {vers}"
    if fichier.premiers and not (fichier.table and fichier.par):
        yield "", "« premiers » ne vaut que pour une table jointe par une colonne (par)"
    for nom, lecture in fichier.premiers.items():
        for quoi in _fautes_de_lecture(lecture, _colonnes_de(DEMANDES)):
            yield f"colonne « {nom} »", quoi
    connues = _colonnes_de(DEMANDES if fichier.complete else fichier.tables)
    for nom, lecture in fichier.colonnes.items():
        if est_interdite(nom):
            yield f"colonne « {nom} »", "elle n'est jamais lue : NIR ou texte libre"
        for quoi in _fautes_de_lecture(lecture, connues):
            yield f"colonne « {nom} »", quoi


def _fautes_de_nature(fichier: Fichier) -> Iterator[Faute]:
    natures = [bool(fichier.table), bool(fichier.partage), fichier.complete]
    if not fichier.colonnes and not any(natures):
        return  # a file that is left whole, each column with why
    if sum(natures) != 1:
        yield "", "il est d'une table, ou partagé entre deux, ou complète : l'un des trois"
    if A_CHOISIR in fichier.tables:
        yield "", f"sa table reste à choisir ; « {AUCUNE} » pour un fichier à ne pas lire"
        return
    for table in fichier.tables:
        if table not in contrat().tables:
            yield "", f"« {table} » n'est pas une table du contrat"
    if fichier.complete and not fichier.par:
        yield "", "il complète des demandes sans dire par quelle colonne (par)"
    if not fichier.colonnes:
        yield "", "aucune de ses colonnes n'est lue"
    aides = [fichier.indice.colonne] if fichier.indice else []
    aides += [fichier.partage.colonne] if fichier.partage else []
    for nom in aides:
        if nom_de_colonne(nom) not in {nom_de_colonne(une) for une in fichier.connues}:
            yield f"colonne « {nom} »", "elle n'est pas de ce fichier"


def _colonnes_de(tables: Iterable[str]) -> dict[str, Colonne]:
    connues = [contrat().tables[nom] for nom in tables if nom in contrat().tables]
    return {nom: une for table in connues for nom, une in table.par_nom.items()}


def _fautes_de_lecture(lecture: Lecture, connues: Mapping[str, Colonne]) -> Iterator[str]:
    if lecture.vers == A_CHOISIR:
        yield RESTE
        return
    if A_CHOISIR in lecture.valeurs.values():
        restent = [valeur for valeur, code in lecture.valeurs.items() if code == A_CHOISIR]
        yield f"reste à dire le code de « {' », « '.join(restent[:5])} »"
        return
    colonne = connues.get(lecture.vers)
    if colonne is None:
        yield f"« {lecture.vers} » n'est pas une colonne du contrat pour ce fichier"
        return
    codes = contrat().codes.get(colonne.codes or "")
    for valeur, code in lecture.valeurs.items():
        if codes and code not in codes:
            yield f"« {valeur} » y devient « {code} », qui n'est pas un code de {lecture.vers}"
    if tourne_en_rond(lecture.valeurs):
        yield "ses valeurs tournent en rond : l'une devient l'autre, et l'autre la première"


def tourne_en_rond(valeurs: Mapping[str, str]) -> bool:
    """Tell whether following values from one to the next comes back to the first."""
    for depart in valeurs:
        ici = valeurs[depart]
        vus = {depart}
        while ici in valeurs and valeurs[ici] != ici:
            if ici in vus:
                return True
            vus.add(ici)
            ici = valeurs[ici]
    return False
