"""A register that a person completed is kept, and every month that it completes published again.

All in one version: its months wait to be controlled, and what was published of them stays until
then. Nothing else of them changes, so that nothing else is computed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from infocentre.entrepot import Dossier, Livraison, Publication, registres
from infocentre.entrepot.evenements import Evenement
from infocentre.entrepot.registres import Inscrit, Tenu
from infocentre.entrepot.retrouvailles import evenement_chargement
from infocentre.entrepot.sceaux import decrire_archive, exiger_archives, fichiers_archive
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import maintenant
from infocentre.operations.chargement import COMPLETE, completee, sceller_et_ranger


@dataclass(frozen=True, slots=True)
class Adoption:
    """What reading a completed register did: the months that it completed, what it leaves.

    `restent`: guichets of the newest month that still lack a type or a mode. `deja`: it says
    nothing that was not known.
    """

    tenu: Tenu
    mois: tuple[Livraison, ...]
    restent: tuple[str, ...]
    deja: bool


def adopter(
    dossier: Dossier,
    departement: str,
    guichets: Sequence[Inscrit],
    par: str,
    permis: frozenset[str] | None = None,
) -> Adoption:
    """Keep a completed register, and publish again the months that it completes.

    The guichets that it does not name stay as known.
    `permis`: the départements that the person may load, None for all. The months are all read
    before anything is written.

    Raises:
        Refus: nothing is loaded for this département, or an archive of it is damaged.
    """
    with dossier.ecrire():
        publication = Publication(dossier)
        suite = publication.version.de(departement)
        if not suite or (permis is not None and departement not in permis):
            raise Refus(
                f"aucune livraison du département {departement} n'est chargée"
                if not suite
                else f"le département {departement} n'est pas ouvert à ce compte",
                que_faire="Charger ses livraisons d'abord : infocentre charger LIVRAISON.",
            )
        exiger_archives(dossier, suite, fichiers_archive())
        avant = registres.tenu(dossier, departement)
        fondus = _fondre(avant.guichets if avant else (), guichets)
        deja = avant is not None and list(avant.guichets) == fondus
        if avant is None or not deja:
            avant = registres.garder(dossier, departement, fondus, maintenant(), par)
        tenu = avant
        completes = list(_completer(dossier, suite, tenu))
        if completes:
            _publier(publication, completes, tenu)
        dernier = publication.version.de(departement)[-1]
        dit = decrire_archive(dossier, dernier).get("registre")
        restent = tuple(dit["a_completer"]) if dit else ()
        return Adoption(tenu, tuple(une for une, _ in completes), restent, deja)


def _fondre(avant: Sequence[Inscrit], neufs: Sequence[Inscrit]) -> list[Inscrit]:
    """Return what is known of each guichet, by code: the newest words take the place of the old."""
    dits = {un["code_guichet"]: un for un in (*avant, *neufs)}
    return [un for _, un in sorted(dits.items())]


def _completer(
    dossier: Dossier, suite: Sequence[Livraison], tenu: Tenu
) -> Iterator[tuple[Livraison, Livraison]]:
    """Put in its place the archive of each month that a register completes; yield it, the old."""
    for une in suite:
        atelier = dossier.temporaire / f"registre-{une.mois}"
        atelier.mkdir()
        neuve = completee(dossier, une, dossier.archive(une), tenu, atelier)
        if neuve:
            sceau = sceller_et_ranger(dossier, neuve, atelier / COMPLETE)
            yield replace(neuve, sceau=sceau, controle=None, chargee_le=maintenant()), une


def _publier(
    publication: Publication, completes: Sequence[tuple[Livraison, Livraison]], tenu: Tenu
) -> None:
    """Publish these months in one version; the journal says each, as a delivery that replaces."""
    brouillon = publication.brouillon(copie=True)
    for neuve, _ in completes:
        brouillon.version = brouillon.version.avec(neuve)
    evenements: list[Evenement] = [
        {**evenement_chargement(neuve, ancienne), "registre": tenu.empreinte}
        for neuve, ancienne in completes
    ]
    version = publication.publier(brouillon, evenements[-1])
    for evenement in evenements[:-1]:
        publication.dossier.ajouter_ligne(
            publication.dossier.journal, {"version": version.numero, **evenement}
        )
