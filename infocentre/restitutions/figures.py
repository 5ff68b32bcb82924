"""The charts of standard tables, described once: pages show them, documents print them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from infocentre.graphiques import Barre
from infocentre.graphiques.base import BLEU, GRIS_NEUTRE
from infocentre.graphiques.carte import Etiquette, Fond, Lieu, classer
from infocentre.graphiques.colonnes import Serie
from infocentre.graphiques.descriptions import (
    NOMBRE,
    TAUX,
    Barres,
    Carte,
    Colonnes,
    Pyramide,
    Unite,
    Vis,
)
from infocentre.lecture.tableaux import LigneTableau, TableauDe, chiffre
from infocentre.mesures.lignes_tableaux import FormeRepartition, Nommee, Profil
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.francais import nombre, pourcent
from infocentre.restitutions.tables import connu

SANS_REPONSE = frozenset({"NR", "HL"})
N = TypeVar("N", bound=Nommee)


def sans_detail(_: object) -> str:
    """Add nothing to what a mark says."""
    return ""


def repartition(
    lu: TableauDe[FormeRepartition],
    titre: str,
    *,
    trier: bool = False,
    retenues: int = 0,
    detail: Callable[[FormeRepartition], str] = sans_detail,
) -> Barres:
    """Return bars of the share of each category with its count, the largest ones when asked.

    Nothing is drawn of an empty category, nor of a residual one that is masked. Where every share
    is masked, the bars are of counts, in whole numbers. `detail` is what pointing at a bar adds.
    """
    lignes = sorted(lu.modalites, key=du_plus_grand) if trier else list(lu.modalites)
    retenus = [une for une in lignes if _a_dessiner(une)][: retenues or None]
    if not any(connu(une["part_total"]) for une in retenus):
        return mesures(retenus, titre, "total", NOMBRE, detail=detail)
    return parts(retenus, titre, ("part_total", "total"), detail=detail)


def _a_dessiner(ligne: FormeRepartition) -> bool:
    return bool(connu(ligne["total"])) or (
        ligne["total"] == MASQUE and ligne["code"] not in SANS_REPONSE
    )


def du_plus_grand(ligne: FormeRepartition) -> tuple[bool, float]:
    """Rank a category: the largest first, those without an answer last."""
    return ligne["code"] in SANS_REPONSE, -(connu(ligne["total"]) or 0)


def parts(
    lignes: Iterable[N],
    titre: str,
    champs: tuple[str, ...],
    *,
    cible: float | None = None,
    detail: Callable[[N], str] = sans_detail,
) -> Barres:
    """Return bars of a share, its counts written beside; `champs` are the share, then the counts.

    `cible` is an objective.
    """
    return Barres(
        titre=titre,
        nom="Modalité",
        valeurs="Part",
        unite=TAUX,
        cible=None if cible is None else (cible, f"objectif {pourcent(cible)}"),
        lignes=tuple(
            Barre(
                une["libelle"],
                connu(chiffre(une, champs[0])),
                couleur=_couleur(une),
                ecrit=part_ecrite(une, *champs),
                detail=detail(une),
            )
            for une in lignes
        ),
    )


def objectif_commun(lignes: Iterable[Nommee]) -> float | None:
    """Return the objective that all the rows have, None where some have one of their own."""
    vises = {chiffre(une, "objectif") for une in lignes}
    return vises.pop() if len(vises) == 1 else None


def avec_part(lignes: Iterable[Nommee], part: str) -> list[Nommee]:
    """Return the rows whose share is known: others stand in the table only."""
    return [une for une in lignes if connu(chiffre(une, part)) is not None]


def part_ecrite(ligne: LigneTableau, part: str, *comptes: str) -> str:
    """Return « 12,1 % (2 447) » or « 25,0 % (12 sur 48) », MASQUE when a part of it is masked."""
    taux, *lus = (chiffre(ligne, nom) for nom in (part, *comptes))
    if MASQUE in {taux, *lus}:
        return MASQUE
    if taux is None:
        return "–"
    return f"{pourcent(taux, 1)} ({' sur '.join(map(nombre, lus))})"


def _couleur(ligne: Nommee) -> str:
    return GRIS_NEUTRE if ligne["code"] in SANS_REPONSE else BLEU


def mesures(
    lignes: Iterable[N],
    titre: str,
    colonne: str,
    unite: Unite,
    *,
    ensemble: float | None = None,
    detail: Callable[[N], str] = sans_detail,
) -> Barres:
    """Return bars of a measure; what has none stands in the table only.

    `ensemble` is that of all the rows together, beside which they are drawn.
    """
    repere = None if ensemble is None else (ensemble, f"ensemble {unite.ecrire(ensemble)}")
    return Barres(
        titre=titre,
        nom="Modalité",
        unite=unite,
        cible=repere,
        lignes=tuple(
            Barre(
                une["libelle"],
                valeur,
                couleur=_couleur(une),
                ecrit=unite.ecrire(valeur),
                detail=detail(une),
            )
            for une in lignes
            if (valeur := connu(chiffre(une, colonne))) is not None
        ),
    )


def face_a_face(lignes: Iterable[Profil], titre: str) -> Pyramide:
    """Return the share of the demandes and that of the attributions, face to face."""
    return Pyramide(
        titre=titre,
        nom="Modalité",
        noms=("Part des demandes", "Part des attributions"),
        suffixes=("des demandes", "des attributions"),
        lignes=tuple(
            Vis(une["libelle"], connu(une["part_demandes"]), connu(une["part_attributions"]))
            for une in lignes
        ),
    )


def avant_apres(
    lignes: Iterable[tuple[str, float, float]], titre: str, noms: tuple[str, str]
) -> Pyramide:
    """Return two bars of a rate: at a month, then at another, as `noms` call them."""
    return Pyramide(
        titre=titre,
        nom="Indicateur",
        noms=noms,
        suffixes=noms,
        lignes=tuple(Vis(nom, avant, ici) for nom, avant, ici in lignes),
    )


def serie(
    periodes: Sequence[str], series: Sequence[Serie], titre: str, *, empilees: bool = True
) -> Colonnes:
    """Return columns over periods."""
    return Colonnes(titre=titre, periodes=tuple(periodes), series=tuple(series), empilees=empilees)


# --- Maps -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Montre:
    """What a map shows: a column, as a ratio in shades when it has an `effectif`.

    `demandes` is the column by which territories are named, the largest first.
    """

    colonne: str
    effectif: str | None = None
    demandes: str = "demandes_actives"


def carte(  # noqa: PLR0913 - what a map is made of
    fond: Fond,
    lignes: Sequence[N],
    montre: Montre,
    titre: str,
    seuil: int,
    *,
    noms: int,
    dire: Callable[[N], str],
    bornes: Sequence[float] = (),
    hachures: str = "",
    lien: Callable[[N], str | None] = lambda _: None,
) -> Carte:
    """Return a map; what rests on too few units, or is masked, is hatched.

    `noms`: how many are written, the most demandes first; `bornes`: the classes of another map.
    """
    lieux = {une["code"]: Lieu(_valeur(une, montre, seuil), dire(une), lien(une)) for une in lignes}
    valeurs = [
        un.valeur for code, un in lieux.items() if un.valeur is not None and code in fond.traces
    ]
    tries = sorted(lignes, key=lambda une: -(connu(chiffre(une, montre.demandes)) or 0))
    etiquettes = [Etiquette(nom_court(une["libelle"]), (une["code"],)) for une in tries]
    masque = any(lieux[code].valeur is None for code in fond.traces if code in lieux)
    sans = montre.effectif and any(code not in lieux for code in fond.traces)
    return Carte(
        titre=titre,
        nom="Territoire",
        fond=fond,
        lieux=lieux,
        bornes=tuple(bornes or classer(valeurs)) if montre.effectif else None,
        etiquettes=tuple(etiquettes[:noms]),
        hachures=hachures if masque else "",
        vide="ni demande ni attribution" if sans else "",
        unite=NOMBRE,
    )


def _valeur(ligne: LigneTableau, montre: Montre, seuil: int) -> float | None:
    effectif = connu(chiffre(ligne, montre.effectif)) if montre.effectif else None
    if montre.effectif and (effectif is None or effectif < seuil):
        return None
    return connu(chiffre(ligne, montre.colonne))


def nom_court(nom: str) -> str:
    """Return « 8e » for « Marseille 8e Arrondissement », and a name without its brackets."""
    if nom.endswith("Arrondissement"):
        return nom.split()[1]
    return nom.split(" (", maxsplit=1)[0]
