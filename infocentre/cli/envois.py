"""What `bilan` prints beside the bilan of the département: partners, and the other documents."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, dossier_courant, perimetre
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.texte import brut, imprimable
from infocentre.restitutions import lecture
from infocentre.restitutions.document import Document
from infocentre.restitutions.lecture import Edition

Rendre = Callable[[Document, str, Path | None, str], Path]
Former = Callable[[Document], bytes]


def concerne(options: demandes.Bilan) -> bool:
    """Tell whether `bilan` is asked for something else than the département's bilan."""
    return bool(options.document != "bilan" or options.partenaire or options.tous)


def imprimer(options: demandes.Bilan, forme: str, former: Former, rendre: Rendre) -> None:
    """Print another document, the bilan of a partner, or those of all; raise Refus."""
    if options.tous:
        _tous(options, forme, former)
        return
    with lecture.ouvrir(dossier_courant(), perimetre()) as v:
        edition = lecture.du_semestre(v, options.semestre, departement_voulu(options))
        suffixe, document = _document(options, edition)
    semestre = options.semestre.strip().upper()
    nom = f"{options.document}-{edition.departement}-{semestre}{suffixe}"
    rendre(document, forme, options.sortie, nom)


def _document(options: demandes.Bilan, edition: Edition) -> tuple[str, Document]:
    """Return what the file's name adds, and the document."""
    from infocentre.restitutions import atelier, fiche, liste_guichets, mission, partenaires

    if options.partenaire:
        un = partenaires.trouver(partenaires.partenaires(edition), options.partenaire)
        return f"-{un.cle}", atelier.Atelier(edition).construire(un)
    if options.document == "fiche":
        if not options.guichet:
            raise Refus(
                "une fiche est celle d'un guichet ou d'un organisme",
                que_faire="Ajouter --guichet avec son code, son SIREN ou son nom.",
            )
        return f"-{partenaires.cle(options.guichet)}", fiche.construire(edition, options.guichet)
    return "", {"mission": mission, "guichets": liste_guichets}[options.document].construire(
        edition
    )


def _tous(options: demandes.Bilan, forme: str, former: Former) -> None:
    from infocentre.restitutions import envoi, partenaires

    dossier, semestre = dossier_courant(), options.semestre.strip().upper()
    with lecture.ouvrir(dossier, perimetre()) as v:
        edition = lecture.du_semestre(v, semestre, departement_voulu(options))
        liste = list(partenaires.partenaires(edition).values())
    nom = f"bilans-{edition.departement}-{semestre}"
    demande = envoi.Envoi(
        racine=dossier.racine,
        perimetre=perimetre(),
        departement=edition.departement,
        semestre=semestre,
        version=edition.version,
        forme=forme,
        former=former,
        sortie=(options.sortie or dossier.racine / "restitutions" / nom).absolute(),
    )
    sortie = envoi.envoyer(demande, liste, edition.arrete.isoformat(), _barre(len(liste)))
    print(f"{len(liste)} bilans, {edition.periode} : {sortie}")
    print(f"Destinataires, fichiers et empreintes : {sortie / envoi.MANIFESTE}")


def _barre(total: int) -> Callable[[str], None]:
    """Return what says that one more is done: a bar on a terminal, a line each elsewhere."""
    faits = 0

    def avancer(nom: str) -> None:
        nonlocal faits
        faits += 1
        if not sys.stdout.isatty():
            print(f"  {faits}/{total} {nom}", flush=True)
            return
        pleins = round(30 * faits / total)
        barre = "█" * pleins + "·" * (30 - pleins)
        fin = "\r\033[K" if faits == total else ""
        terminal = brut(sys.stdout)
        terminal.write(f"\r  {barre} {faits}/{total}  {imprimable(nom[:40])}\033[K{fin}")
        terminal.flush()

    return avancer
