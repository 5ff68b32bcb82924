"""What `bilan` prints: a document of the registry, the bilan of a partner, those of all."""

from __future__ import annotations

import sys
from collections.abc import Callable

from infocentre.cli import options as demandes
from infocentre.cli.lectures import departement_voulu, dossier_courant, perimetre
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.texte import brut, imprimable
from infocentre.restitutions import lecture
from infocentre.restitutions.document import Document
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.registre import DOCUMENTS

Former = Callable[[Document], bytes]


def construire(options: demandes.Bilan, edition: Edition) -> tuple[str, Document]:
    """Return what the file's name adds, and the document: a partner's, or one of the registry."""
    from infocentre.restitutions import atelier, partenaires

    if options.partenaire:
        un = partenaires.trouver(partenaires.partenaires(edition), options.partenaire)
        return f"-{un.cle}", atelier.Atelier(edition).construire(un)
    voulu = DOCUMENTS[options.document]
    if not voulu.d_un_guichet:
        return "", voulu.construire(edition)
    if not options.guichet:
        raise Refus(
            "une fiche est celle d'un guichet ou d'un organisme",
            que_faire="Ajouter --guichet avec son code, son SIREN ou son nom.",
        )
    return f"-{partenaires.cle(options.guichet)}", voulu.construire(edition, options.guichet)


def tous(options: demandes.Bilan, forme: str, former: Former) -> None:
    """Print the bilans of all the partners, and their list."""
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
