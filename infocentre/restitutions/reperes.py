"""The file of repères of a month: deciles made of what the bilan tells, and of nothing else.

An organisme whose counts it masks has the rate that those of its type have together, masked ones
alone: the file does not change whatever they are, so that neither two months nor one's own data
give one of them away.
"""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Final

from infocentre.catalogue import Catalogue
from infocentre.lecture.commun import registre
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.publies import dit_au_semestre
from infocentre.lecture.reperes import DECILES, DECIMALES, FORMAT, Repere, empreinte
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.restitutions.bilan.releve import Releve, Valeur, relever
from infocentre.restitutions.lecture import Edition

_SANS_TAUX: Final = {Etat.EFFECTIF_INSUFFISANT, Etat.NON_CALCULABLE, Etat.SANS_OBJET}


def produire(edition: Edition) -> bytes:
    """Return the file of a month; raise Refus when too few organismes make it."""
    v, departement, mois = edition.v, edition.departement, edition.mois
    v.exiger_departements("Un fichier de repères")
    seuil = seuil_secret(v)
    regles = catalogue_du_mois(v, edition.filtres)
    releve = relever(v, departement, mois, regles.en_json(), partage=True)
    siens = list(tirer(releve, types_uniques(edition), regles, seuil))
    if not siens:
        raise Refus(
            f"aucun type n'a {seuil} organismes dont l'effectif suffit, la moitié dits, en {mois}",
            que_faire="Attendre un mois mieux fourni : des repères d'un plus petit nombre "
            "désigneraient des organismes.",
        )
    contenu = {
        "format": FORMAT,
        "departement": departement,
        "mois": mois,
        "seuil": seuil,
        "reperes": [asdict(un) for un in siens],
    }
    return (json.dumps({**contenu, "empreinte": empreinte(contenu)}, indent=1) + "\n").encode()


def types_uniques(edition: Edition) -> dict[str, str]:
    """Return the type of the organismes whose guichets are all of one."""
    types: dict[str, set[str]] = defaultdict(set)
    for une in registre(edition.v, edition.departement, edition.mois):
        types[une["organisme"]].add(une["type_guichet"])
    return {organisme: min(siens) for organisme, siens in types.items() if len(siens) == 1}


def tirer(
    releve: Releve, types: Mapping[str, str], regles: Catalogue, seuil: int
) -> Iterator[Repere]:
    """Yield the deciles that the shared values of a month give, of as many organismes as `seuil`.

    Half of them are told at least: fewer would be a mean more than deciles.
    """
    valeurs: dict[tuple[str, str], list[Valeur]] = defaultdict(list)
    for une in releve.valeurs.values():
        if une.niveau == "organisme" and une.cle in types and une.etat not in _SANS_TAUX:
            valeurs[une.un.code, types[une.cle]].append(une)
    for (code, type_guichet), siennes in sorted(valeurs.items()):
        dites = [une for une in siennes if not une.masquee]
        if len(siennes) < seuil or 2 * len(dites) < len(siennes) or dit_au_semestre(regles, code):
            continue
        ensemble = _ensemble(releve(code, "type", type_guichet), dites)
        if ensemble is not None or len(dites) == len(siennes):
            taux = [ensemble if une.masquee else une.taux for une in siennes]
            lus = _deciles([un for un in taux if un is not None])
            version = regles.indicateurs[code].version
            yield Repere(code, version, type_guichet, len(siennes), lus)


def _ensemble(type_: Valeur | None, dites: Sequence[Valeur]) -> float | None:
    """Return the rate of the masked organismes of a type together, as a reader may work it out."""
    if type_ is None or type_.masquee:
        return type_.environ if type_ else None
    n, d = ((getattr(type_, un) or 0) - sum(getattr(une, un) for une in dites) for un in ("n", "d"))
    return n / d if 0 <= n <= d and d else None


def _deciles(taux: Sequence[float]) -> tuple[float, ...]:
    lus = statistics.quantiles(taux, n=DECILES, method="inclusive")
    return tuple(round(un, DECIMALES) for un in lus)
