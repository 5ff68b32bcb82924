"""`infocentre notes`: what was noted, or what happened in a département; added, taken back."""

from __future__ import annotations

import datetime as dt

from infocentre.affaires import Acteur
from infocentre.cli import options as demandes
from infocentre.cli.acces import acces
from infocentre.cli.lectures import departement_voulu, ouvrir
from infocentre.decisions import utilisateur
from infocentre.decisions.notes import Genre, Lecteurs, Note, Sujet
from infocentre.demarches.notes import exiger_vu
from infocentre.demarches.registre import registre_de
from infocentre.exports import Donnees, exporter
from infocentre.lecture.choix import choisir_departement
from infocentre.lecture.demandes import demande
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.notes import carnet, notes_de
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder
from infocentre.noyau.temps import dater_heure, jour

TITRES = {
    "note": "note",
    "genre": "sur",
    "objet": "code",
    "du": "du",
    "au": "au",
    "texte": "texte",
    "par": "par",
    "le": "le",
    "lecteurs": "lue par",
}


def notes(options: demandes.Notes) -> None:
    """List notes, add one, take one back."""
    with ouvrir() as v:
        moi = acces()
        if options.action == "lister":
            _lister(v, options)
        elif options.action == "ajouter":
            sujet = _sujet(v, options)
            exiger_vu(v, registre_de(v.dossier, Acteur(utilisateur())), moi, sujet)
            lecteurs = Lecteurs(options.lecteurs)
            if sujet.genre is Genre.EVENEMENT:
                lecteurs = Lecteurs.TOUS
            siennes = carnet(v, moi, moi.qui or utilisateur())
            du, au = _jour(options.du), _jour(options.au)
            une = siennes.ecrire(sujet, options.texte or "", lecteurs, du, au)
            print(f"Note {une.id} enregistrée.")
        else:
            for id_ in options.quoi or ("",):
                carnet(v, moi, moi.qui or utilisateur()).retirer(id_, moi.perimetre.departements)
            print(f"{accorder(len(options.quoi), 'note retirée', 'notes retirées')}.")


def _lister(v: Lecture, options: demandes.Notes) -> None:
    if options.quoi:
        lues = notes_de(v, acces(), _sujet(v, options))
    else:
        voulu = departement_voulu(options)
        siens = v.p.departements if voulu is None else frozenset({voulu})
        lues = carnet(v, acces(), acces().qui or utilisateur()).lister(siens, toutes=True)
    donnees = Donnees("Notes", tuple(TITRES), [_ligne(une) for une in lues], titres=TITRES)
    exporter(donnees, options.format, options.sortie)


def _ligne(une: Note) -> tuple[str, ...]:
    objet = "" if une.genre == Genre.DEMANDE else une.objet  # an HMAC tells nobody anything
    jours = (jour(une.du) if une.du else "", jour(une.au) if une.au else "")
    texte, le = " ".join(une.texte.split()), dater_heure(une.le)
    return (une.id, une.genre, objet, *jours, texte, une.nom, le, une.lecteurs)


def _sujet(v: Lecture, options: demandes.Notes) -> Sujet:
    dits = options.quoi
    if not dits or dits[0] not in set(Genre):
        raise Refus(
            "il manque ce dont c'est la note",
            que_faire=f"Dire l'un de : {', '.join(Genre)} ; puis son code. "
            'Par exemple : infocentre notes ajouter guichet G1302 --texte "Rappeler lundi".',
        )
    ici, genre = choisir_departement(v.version, departement_voulu(options)), Genre(dits[0])
    objet = dits[1].strip().upper() if len(dits) > 1 else ""
    if genre is Genre.EVENEMENT:
        return Sujet(ici, genre, ici)
    if not objet:
        raise Refus(f"il manque le code : {genre}", que_faire="Le donner après le genre.")
    if genre is Genre.DEMANDE:
        ici = str(demande(v, objet).etat["departement"])
    return Sujet(ici, genre, objet)


def _jour(texte: str | None) -> dt.date | None:
    if not texte:
        return None
    try:
        return dt.date.fromisoformat(texte)
    except ValueError:
        raise Refus(
            f"« {texte[:20]} » n'est pas un jour", que_faire="L'écrire AAAA-MM-JJ."
        ) from None
