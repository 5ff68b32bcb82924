"""What a delivery says of the rows that the arrêté before had already: the same values, or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from infocentre.contrat import Colonne, contrat
from infocentre.contrat.graphies import NON_DOCUMENTE
from infocentre.contrat.intitules import DE_LA_TABLE
from infocentre.controles.vraisemblance.examen import Examen, Mesure
from infocentre.livraisons.relecture import (
    AUTRE,
    MEME,
    RENSEIGNEE,
    VIDE,
    Perte,
    Relecture,
)
from infocentre.mesures.probabilites import parts_certaines
from infocentre.noyau.francais import entier, enumerer

RISQUE = 0.001
# What another table says in the same way is told with it, not again.
DE_MEME = 0.5


def relues(examen: Examen) -> Iterator[Mesure]:
    """Measure, by column, the value that the most of its rows lost: a share by month."""
    jugees = [
        une
        for une in examen.relectures
        if _jugeable(une) and not examen.inutilisable(une.table, une.colonne)
    ]
    certaines = parts_certaines(
        [une.changees for une in jugees], [une.lignes for une in jugees], RISQUE
    )
    par_mois = [_par_mois(part, examen) for part in certaines]
    for controle, manque in (("relues", False), ("remplies", True)):
        siennes = [
            (part, une)
            for part, une in zip(par_mois, jugees, strict=True)
            if _manque(une) is manque and part > 0
        ]
        for nom in dict.fromkeys(une.colonne for _, une in siennes):
            yield _pire(controle, [deux for deux in siennes if deux[1].colonne == nom])


def _pire(controle: str, siennes: list[tuple[float, Relecture]]) -> Mesure:
    """Say the worst value of a column, and the other tables that say as much."""
    part, pire = max(siennes, key=lambda deux: (deux[0], deux[1].lignes))
    aussi = {
        une.table for autre, une in siennes if une.table != pire.table and autre >= DE_MEME * part
    }
    dit = _dire(pire, [pire.table, *sorted(aussi)])
    return Mesure(controle, pire.colonne, part, pire.changees, dit)


def _dire(une: Relecture, tables: list[str]) -> str:
    """Say what became of a value, with the figures of its table."""
    quoi = f"{une.colonne} {enumerer([DE_LA_TABLE[nom] for nom in tables])}"
    combien = f"dans {entier(une.changees)} des {entier(une.lignes)} lignes déjà livrées"
    if len(tables) > 1:
        combien += f" {DE_LA_TABLE[tables[0]]}"
    if _manque(une):
        return f"{quoi} : remplie {combien} où elle manquait"
    if une.valeur == RENSEIGNEE:
        return f"{quoi} : {_devenue(une)} {combien} où elle était renseignée"
    return f"{quoi} : {_devenue(une)} {combien} où elle valait « {une.valeur} »"


def _devenue(une: Relecture) -> str:
    autres = sorted(set(une.devenues) - {MEME})
    pire = max(autres, key=lambda cle: une.devenues[cle])
    dites = {VIDE: "vide maintenant", AUTRE: "a changé"}
    return dites.get(pire, f"vaut maintenant « {pire} »")


def _colonne(une: Relecture) -> Colonne:
    return contrat().tables[une.table].par_nom[une.colonne]


def _jugeable(une: Relecture) -> bool:
    """Tell a value that should stay: what evolves may be filled, what no list has is judged so."""
    colonne = _colonne(une)
    if une.valeur == VIDE:
        return not colonne.evolue
    return not colonne.codes or une.valeur in contrat().codes[colonne.codes]


def _manque(une: Relecture) -> bool:
    """Tell a value that a campaign of entry is there to replace."""
    aucune = une.valeur == "0" and _colonne(une).type == "entier"
    return une.valeur in {VIDE, NON_DOCUMENTE} or aucune


def _par_mois(part: float, examen: Examen) -> float:
    """Return the share of one month which, month after month, gives this one."""
    return float(1 - (1 - part) ** (1 / max(abs(examen.ecart_mois), 1)))


def perdues(examen: Examen) -> Iterator[Mesure]:
    """Measure, by organisme, the table of which most of its rows are in no file now."""
    siennes: dict[str, list[tuple[float, Perte]]] = {}
    pertes = [une for une in examen.pertes if une.perdues]
    certaines = parts_certaines(
        [une.perdues for une in pertes], [une.lignes for une in pertes], RISQUE
    )
    for part, une in zip(certaines, pertes, strict=True):
        if part > 0:
            siennes.setdefault(une.organisme, []).append((_par_mois(part, examen), une))
    for organisme, parts in siennes.items():
        pire, la_pire = max(parts, key=lambda deux: deux[0])
        dites = enumerer(_dire_pertes(une for part, une in parts if part >= DE_MEME * pire))
        dit = f"{organisme} : {dites}, déjà livrées, ne sont plus dans la livraison"
        yield Mesure("perdues", organisme, pire, la_pire.perdues, dit)


def _dire_pertes(pertes: Iterable[Perte]) -> list[str]:
    return [
        f"{entier(une.perdues)} des {entier(une.lignes)} lignes {DE_LA_TABLE[une.table]}"
        for une in pertes
    ]
