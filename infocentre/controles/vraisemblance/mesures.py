"""What is measured of a delivery, check by check, from its facts and those of a reference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from infocentre.catalogue.motifs import natures
from infocentre.contrat import contrat
from infocentre.contrat.graphies import NON_DOCUMENTE
from infocentre.contrat.intitules import DE_LA_TABLE, nommer_colonne
from infocentre.contrat.territoires import departements, territoires_des_numeros
from infocentre.controles.vraisemblance.deja_livre import perdues, relues
from infocentre.controles.vraisemblance.dependants import dependants
from infocentre.controles.vraisemblance.ensemble import deja_publies, du_mois
from infocentre.controles.vraisemblance.examen import Examen, Mesure, comptees, ecart, pourcent
from infocentre.entrepot.description import TableDecrite, compte_de
from infocentre.noyau.francais import accord, accorder, entier
from infocentre.noyau.temps import jour

VOLUMES = ("stock", "radiation")
MOIS_DE_FENETRE = 11
_INUTILISABLES: tuple[tuple[Literal["illisibles", "hors_liste"], str], ...] = (
    ("illisibles", "illisible"),
    ("hors_liste", "hors de sa liste de codes"),
)


def mesurer(examen: Examen) -> list[Mesure]:
    """Return every measure of every check."""
    return [une for mesures in _CONTROLES for une in mesures(examen)]


def _part(controle: str, objet: str, nombre: int, total: int, quoi: str) -> Mesure:
    """Measure a share of rows that are wrong: it rests on how many they are."""
    part = nombre / total if total else 0.0
    phrase = f"{quoi} : {entier(nombre)} sur {entier(total)}, soit {pourcent(part)}"
    return Mesure(controle, objet, part, nombre, phrase)


# --- The arrêté and the département ---------------------------------------------------------------


def _arrete(examen: Examen) -> Iterator[Mesure]:
    avance = (examen.arrete - examen.aujourdhui).days
    dit = f"arrêté au {jour(examen.arrete)}"
    suite = f", {accorder(avance, 'jour', 'jours')} après aujourd’hui" if avance > 0 else ""
    yield Mesure("arrete_avance", "arrêté", max(avance, 0), 1, f"{dit}{suite}")
    yield Mesure("arrete_ancien", "arrêté", -examen.arrete.year, 1, dit)


def _departement(examen: Examen) -> Iterator[Mesure]:
    code = examen.livraison["departement"]
    connu = code in departements()
    dit = (
        f"« {code} » {'est' if connu else 'n’est pas'} un département du Code officiel géographique"
    )
    yield Mesure("departement_inconnu", code, 0 if connu else 1, 1, dit)


def _territoires(examen: Examen) -> Iterator[Mesure]:
    code = examen.livraison["departement"]
    siens = territoires_des_numeros(code)
    for nom in VOLUMES:
        comptes = _repartition(examen.livraison["tables"][nom], "TERRITOIRE")
        total = sum(comptes.values())
        ailleurs = sum(n for territoire, n in comptes.items() if territoire not in siens)
        quoi = f"numéros {DE_LA_TABLE[nom]} d’un autre territoire que {code}"
        yield _part("territoire", nom, ailleurs, total, quoi)


# --- Volumes --------------------------------------------------------------------------------------


def _volumes(examen: Examen) -> Iterator[Mesure]:
    for nom, table, avant in examen.tables():
        n, n_avant = table["conserves"], avant["conserves"]
        genre = "volume" if nom in VOLUMES else "flux"
        if not n_avant:
            continue
        quand = jour(examen.reference["arrete"]) if examen.reference else ""
        dit = f"{nom} : {accorder(n, 'ligne', 'lignes')}, {entier(n_avant)} au {quand}"
        yield Mesure(f"{genre}_perte", nom, max(1 - n / n_avant, 0.0), n_avant, dit)
        yield Mesure(f"{genre}_hausse", nom, n / n_avant, n, dit)


def _doubles(examen: Examen) -> Iterator[Mesure]:
    tables = examen.livraison["tables"]
    doubles = sum(tables[nom]["rejets"].get("présent dans les deux fichiers", 0) for nom in VOLUMES)
    quoi = "demandes du stock qui sont aussi dans les radiations"
    yield _part(
        "doubles", "stock", min(doubles, tables["stock"]["lus"]), tables["stock"]["lus"], quoi
    )


def _coupes(examen: Examen) -> Iterator[Mesure]:
    for nom, table in examen.livraison["tables"].items():
        if table.get("coupe"):
            dit = f"{table['fichier']} s’arrête au milieu d’une ligne"
            yield Mesure("coupe", nom, 1, 1, dit)


def _repetees(examen: Examen) -> Iterator[Mesure]:
    for nom in VOLUMES:
        table = examen.livraison["tables"][nom]
        repetees = table["rejets"].get("ligne répétée", 0)
        quoi = f"lignes {DE_LA_TABLE[nom]} dont le numéro est aussi celui d’une autre"
        yield _part("repetees", nom, repetees, table["lus"], quoi)


def _mouvements(examen: Examen) -> Iterator[Mesure]:
    vus = examen.rapprochement
    if not vus or examen.reference is None:
        return
    avant = jour(examen.reference["arrete"])
    quoi = f"demandes identiques à celles du {avant}"
    yield _part("identiques", "stock", vus["memes"], max(vus["avant"], vus["apres"]), quoi)
    if examen.ecart_mois <= MOIS_DE_FENETRE:
        quoi = f"demandes actives au {avant} qui ont disparu sans radiation"
        yield _part("disparues", "stock", vus["disparues"], vus["avant"], quoi)
    if any("guichets" not in une["tables"] for une in (examen.livraison, examen.reference)):
        return  # one of the two registers is a draft
    quoi = f"guichets du registre du {avant} qui n’y sont plus sous ce nom"
    perdus = vus["guichets"] - vus["gardes"]
    yield _part("registre_perdu", "guichets", perdus, vus["guichets"], quoi)


# --- Columns --------------------------------------------------------------------------------------


def _colonnes(examen: Examen) -> Iterator[Mesure]:
    """Measure what cannot be used of each column, with what falls if all of it is lost."""
    for nom, table in comptees(examen.livraison):
        for colonne, compte in table["faits"]["colonnes"].items():
            for genre, dit in _INUTILISABLES:
                if compte[genre]:
                    quoi = f"{nommer_colonne(nom, colonne)} {dit}"
                    nombres = compte[genre], compte["renseignees"]
                    une = _part(genre, f"{nom}.{colonne}", *nombres, quoi)
                    perdue = any(un.fait == genre for un in natures(nom, colonne))
                    yield _avec_ce_qui_en_depend(une, nom, colonne) if perdue else une


def _avec_ce_qui_en_depend(une: Mesure, table: str, colonne: str) -> Mesure:
    eux = dependants(table, colonne)
    if not eux.nombre:
        return une
    verbe = accord(eux.nombre, "dépend", "dépendent")
    return replace(une, phrase=f"{une.phrase} ({eux.dits} en {verbe})", portee=eux.nombre)


def _registre(examen: Examen) -> Iterator[Mesure]:
    """A register is small: a type that no list has takes its indicators from every guichet."""
    table = examen.livraison["tables"].get("guichets")
    for colonne in ("TYPE_GUICHET", "MODE_ENREGISTREMENT"):
        compte = compte_de(table, colonne) if table and colonne in table["livrees"] else None
        if table and compte:
            connus = compte["renseignees"] - compte["hors_liste"]
            quoi = f"{colonne} vide ou hors de sa liste de codes"
            yield _part(
                "registre_codes", colonne, table["conserves"] - connus, table["conserves"], quoi
            )


def _videes(examen: Examen) -> Iterator[Mesure]:
    for nom, table, avant in examen.tables():
        for colonne in set(table["livrees"]) & set(avant["livrees"]):
            ici, alors = (
                une["faits"]["colonnes"][colonne]["renseignees"] for une in (table, avant)
            )
            if not (table["conserves"] and avant["conserves"] and alors):
                continue
            part, part_avant = ici / table["conserves"], alors / avant["conserves"]
            dit = (
                f"{nommer_colonne(nom, colonne)} renseignée pour {pourcent(part)} des lignes, "
                f"{pourcent(part_avant)} au {jour(examen.reference['arrete'])}"  # type: ignore[index]
            )
            yield Mesure(
                "videe",
                f"{nom}.{colonne}",
                max(1 - part / part_avant, 0.0),
                min(alors, table["conserves"]),
                dit,
            )


def _obligatoires(examen: Examen) -> Iterator[Mesure]:
    for nom, table in comptees(examen.livraison):
        for colonne, compte in table["faits"]["colonnes"].items():
            vides = table["conserves"] - compte["renseignees"]
            if vides and contrat().tables[nom].par_nom[colonne].obligatoire:
                quoi = f"{nommer_colonne(nom, colonne)} vide"
                yield _part("obligatoire_vide", f"{nom}.{colonne}", vides, table["conserves"], quoi)


def _repartition(table: TableDecrite, nom: str) -> dict[str, int]:
    return table["faits"]["repartitions"].get(nom, {}) if "faits" in table else {}


def _codes(examen: Examen) -> Iterator[Mesure]:
    for nom, table, avant in examen.tables():
        for colonne in table["faits"]["repartitions"]:
            ici, alors = _repartition(table, colonne), _repartition(avant, colonne)
            n, n_avant = sum(ici.values()), sum(alors.values())
            if colonne == "TERRITOIRE" or not (n and n_avant):
                continue
            if examen.inutilisable(nom, colonne):
                continue
            quoi = nommer_colonne(nom, colonne)
            yield _deplacement(f"{nom}.{colonne}", quoi, ici, alors)
            yield from _disparus(f"{nom}.{colonne}", quoi, ici, alors)


def _deplacement(objet: str, quoi: str, ici: dict[str, int], alors: dict[str, int]) -> Mesure:
    """Share of the rows that would have to change their code to be as before."""
    n, n_avant = sum(ici.values()), sum(alors.values())
    ecarts = {
        code: ici.get(code, 0) / n - alors.get(code, 0) / n_avant for code in ici.keys() | alors
    }
    part = sum(abs(un) for un in ecarts.values()) / 2
    pire = max(sorted(ecarts), key=lambda code: abs(ecarts[code]))
    dit = (
        f"{quoi} : {pourcent(part)} des lignes ont changé de code (« {pire} » : "
        f"{pourcent(ici.get(pire, 0) / n)}, {pourcent(alors.get(pire, 0) / n_avant)} avant)"
    )
    return Mesure("repartition", objet, part, min(n, n_avant), dit)


def _disparus(
    objet: str, quoi: str, ici: dict[str, int], alors: dict[str, int]
) -> Iterator[Mesure]:
    """Codes that many rows had and none has, once told apart from those too rare to be kept."""
    n, n_avant = sum(ici.values()), sum(alors.values())
    rare = 2 * min(ici.values()) if len(ici) > 30 else 0  # noqa: PLR2004
    for code, nombre in alors.items():
        if code not in ici and code != NON_DOCUMENTE and nombre > rare:
            attendu = nombre * n / n_avant
            dit = f"{quoi} : plus aucune ligne « {code} », {entier(nombre)} avant"
            yield Mesure("code_disparu", f"{objet}.{code}", min(nombre, attendu), n, dit)


def _grandeurs(examen: Examen) -> Iterator[Mesure]:
    for nom, table, avant in examen.tables():
        moyennes = avant["faits"]["moyennes"]
        for colonne, ici in table["faits"]["moyennes"].items():
            alors = moyennes.get(colonne)
            if not alors or not ici:
                continue
            effectif = min(
                une["faits"]["colonnes"][colonne]["renseignees"] for une in (table, avant)
            )
            quoi = nommer_colonne(nom, colonne)
            if contrat().tables[nom].par_nom[colonne].type == "decimal":
                dit = f"{quoi} : {entier(ici)} en moyenne, {entier(alors)} avant"
                yield Mesure(
                    "grandeur", f"{nom}.{colonne}", max(ici / alors, alors / ici), effectif, dit
                )
            else:
                ecart = max(abs(ici - alors) - 31 * abs(examen.ecart_mois), 0)
                dit = f"{quoi} : en moyenne le {_date(ici)}, le {_date(alors)} avant"
                naissance = contrat().tables[nom].par_nom[colonne].type == "naissance"
                controle = "naissances_ecart" if naissance else "dates_ecart"
                yield Mesure(controle, f"{nom}.{colonne}", ecart, effectif, dit)


def _milliers(examen: Examen) -> Iterator[Mesure]:
    quoi = " à trois décimales (52.038 pour 52 038 ?)"
    return _parts_de_colonnes(examen, "milliers", "milliemes", quoi)


def _communes(examen: Examen) -> Iterator[Mesure]:
    quoi = " : codes d’aucune commune"
    return _parts_de_colonnes(examen, "communes_inconnues", "communes", quoi)


def _accents(examen: Examen) -> Iterator[Mesure]:
    quoi = " aux accents illisibles (« Ã© » pour « é »)"
    return _parts_de_colonnes(examen, "accents", "accents", quoi)


def _parts_de_colonnes(
    examen: Examen, controle: str, fait: Literal["milliemes", "communes", "accents"], quoi: str
) -> Iterator[Mesure]:
    """Measure the share of what is filled of each column that a fact counts."""
    for nom, table in comptees(examen.livraison):
        for colonne, nombre in table["faits"].get(fait, {}).items():
            renseignees = table["faits"]["colonnes"][colonne]["renseignees"]
            dite = f"{nommer_colonne(nom, colonne)}{quoi}"
            yield _part(controle, f"{nom}.{colonne}", nombre, renseignees, dite)


def _date(jours: float) -> str:
    return jour(dt.date(1900, 1, 1) + dt.timedelta(days=jours))


# --- Dates and guichets ---------------------------------------------------------------------------


def _dates(examen: Examen) -> Iterator[Mesure]:
    derniers: list[str] = []
    for nom, table in comptees(examen.livraison):
        for colonne, dates in table["faits"]["dates"].items():
            renseignees = table["faits"]["colonnes"][colonne]["renseignees"]
            quoi = f"{nommer_colonne(nom, colonne)} après l’arrêté"
            yield _part("dates_futures", f"{nom}.{colonne}", dates["futures"], renseignees, quoi)
            if nom in (*VOLUMES, "journal") and dates["dernier"]:
                derniers.append(dates["dernier"])
    if derniers:
        dernier = max(derniers)
        mois = ecart(examen.livraison["arrete"], dernier)
        dit = f"acte le plus récent au {jour(dernier)}, arrêté au {jour(examen.arrete)}"
        actives = examen.livraison["tables"]["stock"]["conserves"]
        yield Mesure("sans_acte", "actes", mois, actives, dit)


def _guichets(examen: Examen) -> Iterator[Mesure]:
    for nom, table in comptees(examen.livraison):
        for colonne, inconnus in table["faits"]["guichets"].items():
            renseignees = table["faits"]["colonnes"][colonne]["renseignees"]
            quoi = f"{nommer_colonne(nom, colonne)} hors du registre"
            yield _part("guichets_inconnus", f"{nom}.{colonne}", inconnus, renseignees, quoi)


_CONTROLES = (
    _departement,
    _arrete,
    _territoires,
    _volumes,
    _coupes,
    _repetees,
    _doubles,
    _mouvements,
    relues,
    perdues,
    deja_publies,
    du_mois,
    _colonnes,
    _videes,
    _obligatoires,
    _codes,
    _grandeurs,
    _milliers,
    _communes,
    _accents,
    _dates,
    _guichets,
    _registre,
)
