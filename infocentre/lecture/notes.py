"""Notes and events, as whoever reads may see them; what is drawn on the curves of indicators.

Who conducts reads all notes of what they may open; any other reader, those that say so. An event
of a département is read by whoever sees its curves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from infocentre.acces.modele import Acces, Action
from infocentre.acces.politique import ROLES
from infocentre.affaires import Affaire
from infocentre.analystes.fichier import cle
from infocentre.catalogue.familles import famille
from infocentre.decisions import magasin_present, ouvrir_magasin
from infocentre.decisions.notes import Auteur, Genre, Lecteurs, Note, Notes, Sujet
from infocentre.lecture.affaires import affaires, mesures_suivies, selon_les_affaires
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.francais import accorder
from infocentre.noyau.temps import mois_apres

# Who reads a note, as it is said beside it.
LUE_PAR = {
    Lecteurs.GESTIONNAIRES: "lue par les gestionnaires",
    Lecteurs.TOUS: "lue par tous ceux qui ouvrent cette page",
}


class Marque(NamedTuple):
    """What is drawn on a curve: its day, its last one ('' when it did not last), its words."""

    jour: str
    au: str
    mots: str


def notes_de(v: Lecture, qui: Acces, sujet: Sujet) -> list[Note]:
    """Return the notes on what the reader has before them, the last first."""
    magasin = magasin_present(v.dossier.racine)
    if magasin is None:
        return []
    return Notes(magasin, cle(v.dossier)).de(sujet, toutes=qui.peut(Action.NOTER))


def carnet(v: Lecture, qui: Acces, identifiant: str) -> Notes:
    """Return the notes, to which whoever asks adds theirs; raise Refus to who may write none."""
    qui.exiger(Action.NOTER, "l'écriture de notes")
    role = ROLES[qui.role].nom if qui.role else ""
    auteur = Auteur(identifiant, qui.nom, role)
    return Notes(ouvrir_magasin(v.dossier.racine), cle(v.dossier), auteur)


def evenements(v: Lecture, departement: str) -> list[Note]:
    """Return what happened in a département, the first first."""
    magasin = magasin_present(v.dossier.racine)
    if magasin is None or not v.p.voit(departement):
        return []
    sujet = Sujet(departement, Genre.EVENEMENT, "")
    lues = Notes(magasin, cle(v.dossier)).de(sujet, toutes=False)
    return sorted(lues, key=lambda une: (str(une.du), une.le))


def marques(
    v: Lecture, qui: Acces, departement: str, mois: Iterable[str], *objets: str
) -> Callable[[str], tuple[Marque, ...]]:
    """Return what gives, of a family of indicators, what happened and was said in these months.

    With `objets`, a guichet and its organisme, what was said to them and by them; without, how many
    were written to, or answered, in each month.
    """
    lus = sorted(mois)
    if not lus:
        return lambda _: ()
    debut, fin = f"{lus[0]}-01", f"{mois_apres(lus[-1])}-01"
    arrivees = [
        Marque(str(une.du), str(une.au or ""), " ".join(une.texte.split()))
        for une in evenements(v, departement)
        if str(une.du) < fin and str(une.au or une.du) >= debut
    ]
    dites: Mapping[str, Sequence[Marque]] = {}
    if qui.peut(Action.AFFAIRES):
        de_qui = frozenset(objets)
        dites = _d_un_objet(v, departement, de_qui) if objets else _de_tous(v, departement)

    def de(sujet: str) -> tuple[Marque, ...]:
        siennes = [une for une in dites.get(sujet, ()) if debut <= une.jour < fin]
        return tuple(
            sorted(une._replace(jour=max(une.jour, debut)) for une in (*arrivees, *siennes))
        )

    return de


@selon_les_affaires
def _d_un_objet(
    v: Lecture, departement: str, objets: frozenset[str]
) -> Mapping[str, Sequence[Marque]]:
    siennes = {une.id: une for cle_ in objets for une in _suivies(v, departement, cle_)}
    siennes |= {une.id: une for une in affaires(v, departement, finies=True) if une.objet in objets}
    par_sujet: dict[str, list[Marque]] = {}
    for une in siennes.values():
        par_sujet.setdefault(une.sujet, []).extend(
            Marque(jour, "", f"{fait} (affaire {une.id})") for jour, fait in _echanges(v, une)
        )
    return par_sujet


def _suivies(v: Lecture, departement: str, objet: str) -> list[Affaire]:
    return mesures_suivies(v, departement).get(objet, [])


@selon_les_affaires
def _de_tous(v: Lecture, departement: str) -> Mapping[str, Sequence[Marque]]:
    comptes: dict[tuple[str, str, str], list[str]] = {}
    for une in affaires(v, departement, finies=True):
        for jour, fait in _echanges(v, une):
            comptes.setdefault((une.sujet, jour[:7], fait), []).append(jour)
    par_sujet: dict[str, list[Marque]] = {}
    for (sujet, _, fait), jours in comptes.items():
        combien = f"{accorder(len(jours), 'affaire')} « {famille(sujet).titre} »"
        par_sujet.setdefault(sujet, []).append(Marque(min(jours), "", f"{fait} : {combien}"))
    return par_sujet


def _echanges(v: Lecture, une: Affaire) -> list[tuple[str, str]]:
    """Return when something was said in an affaire, and what, as the reader may know it."""
    return [
        (f"{un.jour:%Y-%m-%d}", mots.fait or mots.titre)
        for un in une.situation.evenements
        if (mots := une.mots(un)).echange and ("guichet" in mots.visible or not v.p.partiel)
    ]
