"""The standard tables of a month as they may be shared: masked together, and month after month."""

from __future__ import annotations

from collections.abc import Mapping

from infocentre.lecture.commun import par_version
from infocentre.lecture.lecteur import Lecture
from infocentre.mesures.caches import lire_tables, masquer_mois
from infocentre.mesures.partage import Ensemble, Partage, montrer
from infocentre.noyau.francais import de
from infocentre.noyau.temps import nom_mois


@par_version
def partages(
    v: Lecture, departement: str, mois: str, codes: frozenset[str] | None = None
) -> Mapping[str, Partage]:
    """Return the tables of a month that have rows, by code, fit to be shared; `codes` only.

    Pages, exports and documents all show these, so that none gives away what another one hides.
    """
    tables = lire_tables(v.lignes, departement, mois, codes)[mois]
    return {} if not tables else montrer(tables, _historique(v, departement)[mois])


def dire_deja_dites(v: Lecture, departement: str, mois: str) -> str:
    """Say how many small counts earlier editions of a month gave away, '' for none."""
    ensemble = _historique(v, departement).get(mois)
    if ensemble is None or not ensemble.dites:
        return ""
    un = ensemble.dites == 1
    return (
        f"{ensemble.dites} {'petit nombre' if un else 'petits nombres'} {de(nom_mois(mois))}, "
        f"{'masqué ici, a été diffusé' if un else 'masqués ici, ont été diffusés'} par une édition "
        f"antérieure, ou s’en {'déduit' if un else 'déduisent'} : demander à ses destinataires de "
        "ne plus s’en servir."
    )


@par_version
def seuil_secret(v: Lecture) -> int:
    """Return the count from which a figure may be shared."""
    ((valeur,),) = v.tuples("SELECT valeur FROM reglages WHERE cle = 'seuil_secret'")
    return int(valeur)


@par_version
def _historique(v: Lecture, departement: str) -> Mapping[str, Ensemble]:
    """Return what each month hides, once masked after all those before it."""
    return masquer_mois(v.lignes, departement, seuil_secret(v), v.dossier)
