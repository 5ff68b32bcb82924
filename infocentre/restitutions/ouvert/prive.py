"""The site of a partner, for it alone: the public pages as they are, and its part of its bilan.

No figure is made for it: a page is that of the public site, or a chapter of what its bilan prints
of it (`Atelier.propre`). It is no publication, and has no data to download.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from infocentre.noyau import archives
from infocentre.noyau.config import polices, ressources
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import slug
from infocentre.noyau.lecteurs import Lecteur
from infocentre.restitutions.atelier import Atelier
from infocentre.restitutions.document import Document, Section
from infocentre.restitutions.html import SIGNES_TTF
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.ouvert import paquet
from infocentre.restitutions.ouvert.paquet import Paquet
from infocentre.restitutions.ouvert.site import (
    ACCUEIL,
    NIVEAUX,
    Lien,
    Methode,
    Page,
    Territoire,
    ecrire_pages,
    pages,
)
from infocentre.restitutions.partenaires import Partenaire


@dataclass(frozen=True, slots=True)
class Accueil(Page):
    """Where a partner comes in: its own pages, then the territory, its places first."""

    gabarit = "ouvert/accueil.html"

    siennes: Sequence[Lien]
    lieux: Sequence[Lien]


@dataclass(frozen=True, slots=True)
class Chapitre(Page):
    """A chapter of its bilan, as a document that the page has the title of."""

    gabarit = "ouvert/chapitre.html"

    document: Document


def faire(edition: Edition, un: Partenaire, dossier: Path, *, cartes: bool = False) -> int:
    """Write the site of a partner, of its bilan in an edition; return how many pages it has.

    Raises:
        Refus: nothing of its bilan is its own, or nothing may be published as it is.
    """
    _exiger_le_sien(un)
    publie = paquet.preparer(edition.v, edition.departement, publique=False)
    return ecrire(publie, un, Atelier(edition).propre(un), dossier, cartes=cartes)


def en_zip(edition: Edition, un: Partenaire) -> bytes:
    """Return the same as an archive, without maps; raise Refus as `faire`."""
    with tempfile.TemporaryDirectory() as nom:
        dossier = Path(nom)
        faire(edition, un, dossier)
        fichiers = sorted(lu for lu in dossier.rglob("*") if lu.is_file())
        return archives.reunir(
            {lu.relative_to(dossier).as_posix(): lu.read_bytes() for lu in fichiers}
        )


def _exiger_le_sien(un: Partenaire) -> None:
    if un.lecteur != Lecteur.DESTINATAIRE:
        raise Refus(
            f"rien du bilan de « {un.nom} » n'est à lui seul",
            que_faire="Lui donner le site public (sans --partenaire), et son bilan : infocentre "
            f'bilan SEMESTRE --partenaire "{un.nom}"',
        )


def ecrire(
    publie: Paquet, un: Partenaire, bilan: Document, dossier: Path, *, cartes: bool = False
) -> int:
    """Write the site of a partner, of what its bilan says of it; return how many pages it has."""
    accueil = Lien("Accueil", ACCUEIL)
    publiques = list(pages(publie, cartes=cartes, sous=accueil))
    siennes = [_chapitre(rang, une, bilan, accueil) for rang, une in enumerate(bilan.sections, 1)]
    premiere = Accueil(
        ACCUEIL,
        un.nom,
        (),
        [Lien(une.titre, une.chemin) for une in siennes],
        [Lien(une.titre, une.chemin) for une in _les_siens_d_abord(publiques, un)],
    )
    methode = Methode("methode.html", "Méthode", (accueil,))
    nombre = ecrire_pages(publie, [premiere, *siennes, *publiques, methode], dossier, bilan)
    shutil.copyfile(ressources("reports") / "ouvert" / "prive.css", dossier / "style" / "prive.css")
    shutil.copyfile(polices() / SIGNES_TTF, dossier / "style" / "fonts" / SIGNES_TTF)
    return nombre


def _chapitre(rang: int, section: Section, bilan: Document, accueil: Lien) -> Chapitre:
    """Return the page of a chapter: what stands under its title, then its sections."""
    tete = replace(section, titre="", sections=())
    seul = replace(bilan, gabarit="courriers", sections=(tete, *section.sections))
    chemin = f"siennes/{rang}-{slug(section.titre)}.html"
    return Chapitre(chemin, section.titre, (accueil,), seul)


def _les_siens_d_abord(publiques: Sequence[Territoire], un: Partenaire) -> list[Territoire]:
    """Return its EPCI and communes that have a page, then the département."""
    voulues = {
        *(f"{NIVEAUX['epci']}/{code}.html" for code in un.epci),
        *(f"{NIVEAUX['commune']}/{code}.html" for code in un.communes),
    }
    return [*(une for une in publiques if une.chemin in voulues), publiques[0]]
