"""A guichet in plain French: sentences chosen by rules, from its published values alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from infocentre.catalogue import Indicateur
from infocentre.exports import lisible
from infocentre.lecture.fiche import Fiche, priorites
from infocentre.lecture.indicateurs import Mesure, mesure, parmi
from infocentre.mesures.probabilites import chances_d_un_ecart, retenir_ensemble
from infocentre.noyau.etats import MAUVAIS, SIGNIFICATIFS, Etat
from infocentre.noyau.francais import accorder, enumerer, minuscule
from infocentre.noyau.temps import dater, mois_avant, nom_mois
from infocentre.noyau.types_guichet import EN_LIGNE, TypeGuichet

MOUVEMENTS = 2
MODES = {
    "DIRECT": "saisit directement dans le SNE",
    "PRIVATIF": "enregistre dans son propre logiciel, qui échange avec le SNE",
}


def raconter(fiche: Fiche) -> list[str]:
    """Return the sentences, in the order in which they are read."""
    phrases = [_presenter(fiche), _activite(fiche), _jugement(fiche), *_pire(fiche)]
    return [phrase for phrase in (*phrases, *_mouvements(fiche)) if phrase]


def _presenter(fiche: Fiche) -> str:
    if fiche.niveau == "organisme":
        return _tenir(fiche)
    if fiche.type_guichet == EN_LIGNE:
        return "Ses valeurs sont un élément de contexte, jamais un jugement."
    if not fiche.guichets:
        return "Ce guichet n'est pas au registre : ses demandes sont comptées à part."
    une = fiche.guichets[0]
    type_ = TypeGuichet.lire(fiche.type_guichet)
    mode = MODES.get(une["mode_enregistrement"] or "")
    debut = f"Ce guichet {type_.genre}" if type_ and type_.genre else "Ce guichet"
    if fiche.ferme:
        return f"{debut} est fermé depuis le {dater(fiche.ferme)}."
    return f"{debut} {mode}." if mode else ""


def _tenir(fiche: Fiche) -> str:
    """Say how many guichets an organisme has open, and when the last one closed if none is."""
    if fiche.ferme:
        return f"{fiche.nom} n'a plus de guichet ouvert depuis le {dater(fiche.ferme)}."
    ouverts = accorder(fiche.ouverts, "guichet")
    fermes = len(fiche.guichets) - fiche.ouverts
    dont = f" ; {accorder(fermes, 'autre est fermé', 'autres sont fermés')}" if fermes else ""
    return f"{fiche.nom} tient {ouverts}{dont}."


def _activite(fiche: Fiche) -> str:
    """Say how much it does: acts of the 12 months, demandes it answers for at the arrêté."""
    mois = nom_mois(fiche.filtres.mois)
    actes = [
        accorder(nombre, nom) + (participe if nombre == 1 else f"{participe}s")
        for population, nom, participe in (
            ("enregistrements", "demande", " enregistrée"),
            ("attributions", "attribution", " prononcée"),
        )
        if (nombre := _effectif(fiche, population, "denominateur_12m"))
    ]
    actives = _effectif(fiche, "actives", "denominateur")
    phrases = [f"{enumerer(actes)} sur les 12 mois qui finissent en {mois}"] if actes else []
    if actives:
        fin = "active à l'arrêté" if actives == 1 else "actives à l'arrêté"
        phrases.append(f"{accorder(actives, 'demande')} {fin}")
    if not phrases:
        return f"Aucune activité sur les 12 mois qui finissent en {mois}."
    return f"{' ; '.join(phrases)}."


def _effectif(
    fiche: Fiche, population: str, champ: Literal["denominateur", "denominateur_12m"]
) -> int:
    ligne = fiche.valeur(fiche.catalogue.temoin(population) or "")
    return int(ligne[champ] or 0) if ligne else 0


def _jugement(fiche: Fiche) -> str:
    etats = {etat: len(liste) for etat, liste in fiche.etats().items()}
    juges = sum(etats.get(etat, 0) for etat in SIGNIFICATIFS)
    if fiche.type_guichet == EN_LIGNE:
        return ""
    if not juges:
        return "Ses effectifs sont trop petits pour qu'un indicateur soit jugé."
    rouges = sum(etats.get(un, 0) for un in MAUVAIS)
    oranges = etats.get(Etat.ORANGE, 0)
    if not rouges + oranges:
        return (
            "Son seul indicateur jugé est en vert."
            if juges == 1
            else f"Ses {juges} indicateurs jugés sont tous en vert."
        )
    nombres = [(rouges, "en rouge ou à traiter"), (oranges, "en orange")]
    (premier, nom), *reste = [un for un in nombres if un[0]]
    morceaux = [f"{premier} {'est' if premier == 1 else 'sont'} {nom}"]
    morceaux += [f"{nombre} {nom}" for nombre, nom in reste]
    debut = f"Sur {juges} indicateurs jugés" if juges > 1 else "Sur un indicateur jugé"
    return f"{debut}, {enumerer(morceaux)}{_un_an_avant(fiche, rouges)}."


def _un_an_avant(fiche: Fiche, rouges: int) -> str:
    avant = mois_avant(fiche.filtres.mois, 12)
    etats = {etat: len(liste) for etat, liste in fiche.etats(avant).items()}
    if not any(etats.get(etat) for etat in SIGNIFICATIFS):
        return ""
    alors = sum(etats.get(un, 0) for un in MAUVAIS)
    if alors == rouges:
        return ""
    return f" ({alors or 'aucun'} en rouge ou à traiter un an plus tôt)"


def _pire(fiche: Fiche) -> list[str]:
    premieres = priorites(fiche)[:1]
    phrases = []
    for une in premieres:
        rare = une.un.tolerance_zero or une.mesure.taux is None
        part = (
            f"{accorder(une.mesure.numerateur, une.nature)} ce mois-ci, pour une tolérance de zéro"
            if rare
            else f"{lisible(une.mesure.taux, taux=True)}{_comparaison(fiche, une.un)}"
        )
        phrases.append(f"{une.un.mots.d_abord} : {minuscule(une.un.libelle)} ({part}).")
    return phrases


def _comparaison(fiche: Fiche, un: Indicateur) -> str:
    semblables = fiche.semblables.get(un.code)
    if semblables is None:
        return ""
    taux = lisible(semblables.taux, taux=True)
    return f", contre {taux} pour les autres organismes de son type"


def _mouvements(fiche: Fiche) -> list[str]:
    """Say what moved in a year, corrected for all the indicators that are compared."""
    compares = [trouve for un in fiche.indicateurs if (trouve := _comparer(fiche, un))]
    chances = chances_d_un_ecart(
        ([une.avant.numerateur for une in compares], [une.avant.denominateur for une in compares]),
        ([une.ici.numerateur for une in compares], [une.ici.denominateur for une in compares]),
    )
    tenus = zip(compares, retenir_ensemble(chances), strict=True)
    ecarts = [(une.ecart, une.texte) for une, tient in tenus if tient and une.compte]
    moins_bien = [(ecart, texte) for ecart, texte in ecarts if ecart > 0]
    mieux = [(-ecart, texte) for ecart, texte in ecarts if ecart < 0]
    return [
        f"{verbe} en un an, {parmi(len(compares))} : {enumerer(_premiers(liste))}."
        for verbe, liste in (("En hausse", moins_bien), ("En baisse", mieux))
        if liste
    ]


@dataclass(frozen=True, slots=True)
class _Comparaison:
    """What an indicator rests on in the month and a year before."""

    un: Indicateur
    avant: Mesure
    ici: Mesure

    @property
    def ecart(self) -> float:
        """Return by how much the rate moved, in ratio."""
        return (self.ici.taux or 0) - (self.avant.taux or 0)

    @property
    def compte(self) -> bool:
        """Tell whether a rate is above the first threshold: else nothing is worth telling."""
        seuils = self.un.seuils
        return not seuils or max(self.ici.taux or 0, self.avant.taux or 0) > seuils.orange

    @property
    def texte(self) -> str:
        """Say it: « libellé (de 2 % à 12 %) »."""
        de, a = (lisible(une.taux, taux=True) for une in (self.avant, self.ici))
        return f"{minuscule(self.un.libelle)} (de {de} à {a})"


def _comparer(fiche: Fiche, un: Indicateur) -> _Comparaison | None:
    """Return the two sides of a comparison, None when one of them is not judged."""
    ici = fiche.valeur(un.code)
    avant = fiche.valeur(un.code, mois_avant(fiche.filtres.mois, 12))
    if un.imputable != "guichet" or not ici or not avant:
        return None
    if ici["etat"] not in SIGNIFICATIFS or avant["etat"] not in SIGNIFICATIFS:
        return None
    return _Comparaison(un, mesure(avant), mesure(ici))


def _premiers(liste: Sequence[tuple[float, str]]) -> list[str]:
    ranges = sorted(liste, key=lambda un: -un[0])
    return [texte for _, texte in ranges[:MOUVEMENTS]]
