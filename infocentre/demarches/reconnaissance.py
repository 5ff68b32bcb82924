"""Files that nobody knows: looked at for a person, tried, then read by what they confirmed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from infocentre import travaux
from infocentre.catalogue import Catalogue, lire_catalogue
from infocentre.contrat import contrat
from infocentre.contrat.territoires import departement_connu
from infocentre.correspondances import ecrits, garde
from infocentre.correspondances.modele import Correspondance
from infocentre.livraisons.depot import Depot
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.fichiers import ecrire
from infocentre.noyau.francais import composer, slug
from infocentre.noyau.temps import jour
from infocentre.reconnaissance import apport, confirmation
from infocentre.reconnaissance.apport import Apport
from infocentre.reconnaissance.association import Convenance, annee_de, deja_connue
from infocentre.reconnaissance.confirmation import Confirmation, Reponses, lire_reponses
from infocentre.reconnaissance.dialecte import profiler
from infocentre.reconnaissance.essai import Essai, TableEssayee, essayer
from infocentre.reconnaissance.ouverture import Ouverture, arrete_dit, ouvrir, territoire_dit
from infocentre.reconnaissance.proposition import Proposition, proposer
from infocentre.restitutions.registre import du_departement
from infocentre.travaux import Reconnus, Travail

ANOMALIES = 8  # columns of which the anomalies are shown, of a table
Etape = Callable[[str], None]


def reconnaitre(racine: Path, un: Travail, etape: Etape) -> Reconnus:
    """Look at the files of a work, keep what a page shows of them; try them once all is answered.

    Nothing is written but in the directory of the work.

    Raises:
        Refus: the files cannot be read, or the answers are not of these files.
    """
    travaux.correspondance(racine, un).unlink(missing_ok=True)
    reponses = lire_reponses(travaux.reponses(racine, un))
    with travaux.atelier(racine, un) as atelier:
        etape("Lecture des fichiers")
        profils = profiler(travaux.archive(racine, un), atelier)
        connue = deja_connue(racine, profils)
        etape("Recherche de ce que sont les colonnes")
        proposition = proposer(profils, un.parametres.get("departement"))
        lue = Confirmation.lire(proposition, reponses, connue)
        restent = lue.restent
        contenu = {
            **lue.decrire(),
            "reponses": reponses.model_dump(mode="json"),
            "restent": len(restent),
            "change": _change(connue),
            **_prerempli(racine, un, proposition, connue),
        }
        if reponses.essayer and not restent:
            etape("Essai sur les premières lignes")
            contenu |= _essayer(racine, un, lue, connue, atelier)
    travaux.montrer(racine, un, contenu)
    return {"restent": len(restent)}


def adopter(racine: Path, un: Travail) -> str:
    """Keep the correspondance that was tried, in the name of who asks for it; return its name.

    Raises:
        Refus: nothing was tried since the last answer.
    """
    fichier = travaux.correspondance(racine, un)
    if not fichier.exists():
        raise RefusMotive(
            travaux.A_RECONNAITRE,
            "ces fichiers n'ont pas été essayés depuis la dernière réponse",
            "Les essayer, puis les utiliser.",
        )
    adoptee = garde.adopter(racine, ecrits.lire(fichier), un.par, _aujourd_hui())
    return ecrits.lire(adoptee).nom


# --- What is known already ------------------------------------------------------------------------


def _change(connue: Convenance | None) -> list[str]:
    """Say which columns of files are no longer those of the correspondance in use."""
    if connue is None:
        return []
    nom = connue.association.correspondance.libelle
    dits = [f"Ces fichiers ressemblent à « {nom} », déjà connus : seul ce qui change est demandé."]
    for ecart in connue.ecarts:
        if ecart.absentes:
            dits.append(f"{ecart.fichier} n'a plus : {', '.join(ecart.absentes[:8])}.")
        if ecart.nouvelles:
            dits.append(f"{ecart.fichier} a en plus : {', '.join(ecart.nouvelles[:8])}.")
    return [composer(un) for un in dits]


def _prerempli(
    racine: Path, un: Travail, proposition: Proposition, connue: Convenance | None
) -> dict[str, Any]:
    """Return what the fields of the page hold before a person writes in them.

    Files of several years tell each its own arrêté: none is asked.
    """
    annees = _annees(proposition)
    noms = [fichier.profil.chemin.name for fichier in proposition.fichiers]
    nom = re.sub(r"[\d_.\-]+", " ", un.objet.rsplit(".", 1)[0]).strip()
    if connue:
        nom = connue.association.correspondance.libelle
    return {
        "source": nom if len(nom) > 2 and not nom.startswith("fichiers") else "Mes fichiers",  # noqa: PLR2004
        "departement": un.parametres.get("departement")
        or territoire_dit(noms)
        or confirmation.departement_des_numeros(proposition),
        "annees": annees if len(annees) > 1 else [],
        "arrete": ""
        if len(annees) > 1
        else _arrete(racine, un, proposition, noms, "".join(annees)),
    }


def _annees(proposition: Proposition) -> list[str]:
    """Return the years that the names of files of demandes bear."""
    lues = {
        annee_de(fichier.profil.chemin.name)
        for fichier in proposition.fichiers
        if set(fichier.tables) & set(apport.DEMANDES)
    }
    return sorted(lues - {""})


def _arrete(
    racine: Path, un: Travail, proposition: Proposition, noms: Sequence[str], annee: str
) -> str:
    """Return the arrêté that names tell, else the end of the month of the newest act."""
    quoi = Ouverture(travaux.archive(racine, un), un.parametres.get("arrete"))
    try:
        return jour(arrete_dit(quoi, noms, annee))
    except RefusMotive:
        lu = confirmation.arrete_des_dates(proposition)
        return jour(lu) if lu else ""


# --- The trial ------------------------------------------------------------------------------------


def _essayer(
    racine: Path, un: Travail, lue: Confirmation, connue: Convenance | None, atelier: Path
) -> dict[str, Any]:
    """Return what the files will give, and what became of their first rows.

    What was tried without a refusal is kept beside the files: it is what may be adopted.
    """
    fichier = atelier / travaux.CORRESPONDANCE
    try:
        une = _correspondance(un, lue, connue)
        ecrire(fichier, ecrits.texte(une))
        une = ecrits.lire(fichier)
        dits = {"apport": _apport(une)}
        depots = ouvrir(racine, _ouverture(racine, un, lue.reponses, fichier), atelier / "lus")
        essai = essayer(depots[-1], atelier)
    except Refus as refus:
        motif = refus.motif if isinstance(refus, RefusMotive) else ""
        return {"demande": motif, "refus": _refus(refus)}
    if essai.refus:
        return dits | {"demande": "", "refus": _refus(essai.refus)}
    ecrire(travaux.correspondance(racine, un), ecrits.texte(une), droits=0o600)
    return dits | {"essai": _essai(depots, essai), "demande": "", "refus": []}


def _correspondance(un: Travail, lue: Confirmation, connue: Convenance | None) -> Correspondance:
    libelle = lue.reponses.source or "Mes fichiers"
    source = slug(libelle)[:40].strip("-") or "mes-fichiers"
    if connue and connue.association.correspondance.libelle == libelle:
        source = connue.association.correspondance.source
    une = lue.proposition.correspondance(source, libelle, un.par, _aujourd_hui(), lue.choix)
    dit = lue.reponses.departement
    return replace(une, departement=departement_connu(dit) if dit else une.departement)


def _aujourd_hui() -> dt.date:
    return dt.datetime.now().astimezone().date()


def _ouverture(racine: Path, un: Travail, reponses: Reponses, fichier: Path) -> Ouverture:
    return Ouverture(
        travaux.archive(racine, un),
        reponses.arrete or un.parametres.get("arrete"),
        reponses.departement or un.parametres.get("departement"),
        str(fichier),
    )


def _refus(refus: Refus) -> list[str]:
    ou = Path(refus.ou).name if refus.ou.startswith("/") else refus.ou
    return [composer(un) for un in (refus.quoi, ou, refus.que_faire)]


def _essai(depots: Sequence[Depot], essai: Essai) -> dict[str, Any]:
    dernier = depots[-1]
    return {
        "arrete": jour(dernier.arrete.isoformat()),
        "departement": dernier.departement,
        "annees": [f"{un.arrete.year}" for un in depots] if len(depots) > 1 else [],
        "tables": [_table(une) for une in essai.tables],
    }


def _table(une: TableEssayee) -> dict[str, Any]:
    colonnes = contrat().tables[une.table].par_nom
    return {
        "table": composer(contrat().tables[une.table].libelle),
        "fichier": une.fichier,
        "lues": une.lues,
        "gardees": une.gardees,
        "rejets": [[composer(motif), nombre] for motif, nombre in une.rejets.items()],
        "anomalies": [
            [composer(colonnes[c].libelle if c in colonnes else c), composer(nature), nombre]
            for c, nature, nombre in une.anomalies[:ANOMALIES]
        ],
    }


# --- What they will have --------------------------------------------------------------------------


def _apport(une: Correspondance) -> list[dict[str, Any]]:
    catalogue, donnees = lire_catalogue(), apport.donnees(une)
    indicateurs = apport.des_indicateurs(catalogue, donnees)
    connus = apport.des_tableaux(tableaux(), donnees)
    groupes = {
        "Indicateurs": indicateurs,
        "Tableaux": connus,
        "Documents": _documents(catalogue, indicateurs, connus),
    }
    return [
        {
            "titre": titre,
            "elements": [
                [un.code, composer(un.libelle), un.etat, [composer(d) for d in un.dits]]
                for un in siens
            ],
        }
        for titre, siens in groupes.items()
    ]


def _documents(
    catalogue: Catalogue, indicateurs: Sequence[Apport], connus: Sequence[Apport]
) -> list[Apport]:
    """Say of each document whether what it shows will be there."""
    definis = catalogue.indicateurs
    parties = {
        "synthese": [un for un in indicateurs if definis[un.code].question],
        "fiche": [un for un in indicateurs if definis[un.code].suivi],
        "bilan": list(connus),
        "reservataires": [
            un for un in connus if "reservataire" in (tableaux()[un.code].declare.role or "")
        ],
    }
    return [
        apport.composer("", document.libelle, parties.get(document.nom, []))
        for document in du_departement()
    ]
