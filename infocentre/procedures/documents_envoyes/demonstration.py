"""Sendings of the demonstration: the bilan of a semester to three bailleurs, one comes back."""

from __future__ import annotations

from itertools import islice

from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.modele import REVENIR
from infocentre.affaires.registre import Horloge, maintenant
from infocentre.decisions import Magasin
from infocentre.demarches.message import Piece, Pli
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.temps import dernier_semestre
from infocentre.procedures.documents_envoyes.preparer import LISTE_DE, Destine, preparer
from infocentre.procedures.documents_envoyes.regles import REGLES, REMETTRE
from infocentre.procedures.mesures_correctives.demonstration import QUI
from infocentre.procedures.reunions.regles import LISTES
from infocentre.restitutions.atelier import Atelier
from infocentre.restitutions.formes import FORMES
from infocentre.restitutions.lecture import du_semestre
from infocentre.restitutions.partenaires import partenaires
from infocentre.restitutions.registre import DOCUMENTS

GENRE = "organisme"
# What becomes of the sendings, in the order of the list: acknowledged, come back, waited for.
SUITES: tuple[tuple[str, dict[str, str]] | None, ...] = (
    ("accuser_la_piece", {}),
    (REVENIR, {"motif": "550 5.1.1 : boîte inconnue"}),
    None,
)


def planter(v: Lecture, magasin: Magasin, departement: str, horloge: Horloge = maintenant) -> int:
    """Send its bilan of the last whole semester to three bailleurs; return how many were sent."""
    semestre = dernier_semestre(mois_controles(v, departement))
    if semestre is None:
        return 0
    registre, edition = Affaires(magasin, Acteur(QUI), horloge), du_semestre(v, semestre)
    bailleurs = (un for un in partenaires(edition).values() if un.genre == GENRE)
    siens = list(islice(bailleurs, len(SUITES)))
    if not siens:
        return 0
    inscrits = [
        {"qualite": "Directeur", "organisme": un.nom, "courriel": f"{un.cle}@exemple.fr"}
        for un in siens
    ]
    dite = {"source": "Préfecture", "revue_le": registre.aujourdhui.isoformat()}
    liste = registre.ouvrir(
        procedures()[LISTES], departement, LISTE_DE[GENRE], "liste", dite | {"inscrits": inscrits}
    )
    atelier, libelle = Atelier(edition), DOCUMENTS["bilan"].libelle
    ceux = [
        Destine(
            f"{libelle}, {un.nom}",
            "bilan",
            Piece(
                f"bilan-{departement}-{semestre}-{un.cle}.pdf",
                FORMES["pdf"](atelier.construire(un)),
            ),
            (inscrit,),
            periode=semestre,
        )
        for un, inscrit in zip(siens, inscrits, strict=True)
    ]
    unes = preparer(v, registre, departement, liste, ceux)
    for une, suite in zip(unes, SUITES, strict=False):
        joints = REGLES.joints(v, Pli(REMETTRE, (une,)), registre.aujourdhui, None)
        partis = [{"nom": un.nom, "sha256": un.empreinte} for un in joints]
        vers = str(une.situation.dite("courriel"))
        registre.agir(
            une.id, REMETTRE, {"canal": "courriel", "destinataire": vers, "fichiers": partis}
        )
        if suite:
            registre.agir(une.id, *suite)
    return len(unes)
