"""The six months in a bilan: what its last month alone does not tell.

Where no anomaly is tolerated, acts are judged month by month: a semester is as bad as its worst
month, whatever its last one says. An indicator of the gestionnaire is told month by month too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infocentre.catalogue import Indicateur
from infocentre.contrat.listes import Motif
from infocentre.lecture.commun import par_version, valeurs
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.semestres import IndicateurDuSemestre, semestre_des_indicateurs
from infocentre.mesures.diffusions import Registre, masquer_et_inscrire
from infocentre.mesures.lignes_tableaux import Evolution
from infocentre.noyau.etats import MAUVAIS
from infocentre.noyau.francais import clef_de_tri, entier
from infocentre.restitutions.bilan.commun import ligne, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.releve import (
    TOTAL,
    Cle,
    Niveau,
    Releve,
    Valeur,
    relever,
    systeme_de,
)
from infocentre.restitutions.document import Cellule

_NIVEAUX: tuple[Niveau, ...] = ("departement", "type", "organisme")
COMPTE = "numerateur_semestre"


@dataclass(frozen=True, slots=True)
class DuSemestre(Valeur):
    """Anomalies of a semester, none being tolerated: a count, without a rate; its worst state.

    `lus` is the number of months that it adds up.
    """

    lus: int = 0

    @property
    def taux(self) -> None:
        """None: what is not tolerated is counted."""
        return

    def cellule(self) -> Cellule:
        """Return the count with the state."""
        origine = self.origine(COMPTE)
        if self.masquee:
            return Cellule(origine=origine, masquee=True, etat=self.etat)
        return Cellule(entier(self.n or 0), origine, etat=self.etat)


def juger(ctx: Contexte, mois: str | None = None) -> Releve:
    """Return the values of the month or of another one, tolérance zéro over its semester."""
    e, regles = ctx.edition, ctx.catalogue.en_json()
    return tenir(e.v, e.departement, mois or ctx.mois, regles, partage=ctx.partage)


@par_version
def tenir(v: Lecture, departement: str, mois: str, catalogue: str, *, partage: bool) -> Releve:
    """Return the values of a month as `relever` does, tolérance zéro over its semester."""
    lu = relever(v, departement, mois, catalogue, partage=partage)
    par_code: dict[str, dict[Cle, IndicateurDuSemestre]] = defaultdict(dict)
    for un in semestre_des_indicateurs(v, departement, mois):
        if un.tolerance_zero and not un.stock and un.etat_pire:
            par_code[un.code][un.niveau, un.cle] = un
    tenues = dict(lu.valeurs)
    for code, siens in par_code.items():
        sujet = v.dossier.diffusions / departement / "semestres" / mois / code
        masquees = _masquees(siens, seuil_secret(v), Registre(sujet)) if partage else ()
        for lieu, un in siens.items():
            connue = lu.valeurs.get((code, *lieu))
            if connue:
                tenues[code, connue.niveau, connue.cle] = _valeur(
                    connue, un, masquee=lieu in masquees
                )
    return Releve(mois, tenues)


def _masquees(
    siens: Mapping[Cle, IndicateurDuSemestre], seuil: int, registre: Registre
) -> Collection[Any]:
    """Return the places whose anomalies may not be told: few, few others, or found through sums."""
    comptes = {lieu: un.n or 0 for lieu, un in siens.items() if lieu[0] in _NIVEAUX}
    tout = siens.get(TOTAL)
    aussi = {TOTAL} if tout and _revele(tout, seuil) else set[Cle]()
    return masquer_et_inscrire(registre, systeme_de(comptes), seuil, aussi)


def _revele(un: IndicateurDuSemestre, seuil: int) -> bool:
    """Tell whether the sum would tell a few others, or a few of the months before the last."""
    n, dernier = un.n or 0, un.mois[-1].n or 0
    return 0 < (un.d or 0) - n < seuil or (dernier >= seuil and 0 < n - dernier < seuil)


def _valeur(connue: Valeur, un: IndicateurDuSemestre, *, masquee: bool) -> DuSemestre:
    return DuSemestre(
        connue.un,
        connue.niveau,
        connue.cle,
        connue.mois,
        un.etat_pire or connue.etat,
        un.n,
        un.d,
        None,
        None,
        annee=False,
        masquee=masquee,
        lus=sum(une.etat is not None for une in un.mois),
    )


# --- The indicators of the département, month by month --------------------------------------------


@dataclass(frozen=True, slots=True)
class SixMois:
    """An indicator of the département over the semester.

    `mois` is how many months it has up to the one read. `n` is None when it is masked, missing,
    or when units are the same from one arrêté to the next (`stock`); `pire_n` is None when it
    would tell a small count. `touches` are the months à traiter or rouge, `manquants` those that
    were not published, `organismes` who is à traiter. `annee` are the anomalies of 12 months and
    their effectif, where both are printed.
    """

    un: Indicateur
    ici: Valeur
    stock: bool
    mois: int
    n: int | None
    d: int | None
    etat: str
    pire: str | None
    pire_n: int | None
    pire_d: int | None
    touches: tuple[str, ...]
    manquants: tuple[str, ...]
    organismes: tuple[str, ...]
    annee: tuple[int, int] | None

    @property
    def fini(self) -> bool:
        """Tell whether the last month shows nothing of what happened in another one."""
        return bool(self.touches) and self.ici.mois not in self.touches


def six_mois(ctx: Contexte) -> list[SixMois]:
    """Return tolérance zéro and the gestionnaire's own indicators, in the catalogue's order."""
    e, regles = ctx.edition, ctx.catalogue.indicateurs
    tous = [
        un
        for un in semestre_des_indicateurs(e.v, e.departement, ctx.mois)
        if un.code in regles and un.etat_pire
    ]
    lu = ctx.relever()
    return [
        _six_mois(ctx, un, ici, [autre for autre in tous if autre.code == un.code])
        for un in tous
        if un.niveau == "departement" and (ici := lu(un.code)) is not None
    ]


def incidents(ctx: Contexte) -> list[SixMois]:
    """Return those that were à traiter or rouge in a month of the semester."""
    return [un for un in six_mois(ctx) if un.touches]


def _six_mois(
    ctx: Contexte, un: IndicateurDuSemestre, ici: Valeur, siens: Sequence[IndicateurDuSemestre]
) -> SixMois:
    n, pire = _dicibles(ctx, un)
    return SixMois(
        ici.un,
        ici,
        un.stock,
        len(un.mois),
        n,
        un.d if n is not None and not un.tolerance_zero else None,
        un.etat_pire or "",
        un.pire_mois,
        un.pire_n if pire else None,
        un.pire_d if pire and not un.tolerance_zero else None,
        tuple(une.mois for une in un.mois if une.etat in MAUVAIS),
        tuple(une.mois for une in un.mois if une.etat is None),
        _organismes(ctx, siens),
        _annee(ctx, un),
    )


def _organismes(ctx: Contexte, siens: Sequence[IndicateurDuSemestre]) -> tuple[str, ...]:
    noms = ctx.noms_organismes
    trouves = [
        noms.get(un.cle, un.cle)
        for un in siens
        if un.niveau == "organisme"
        and un.etat_pire in MAUVAIS
        and (ctx.organismes is None or un.cle in ctx.organismes)
    ]
    return tuple(sorted(trouves, key=clef_de_tri))


def _dicibles(ctx: Contexte, un: IndicateurDuSemestre) -> tuple[int | None, bool]:
    """Return the sum if it may be told, and whether its worst month may be told beside it."""
    if not ctx.partage:
        return un.n, un.pire is not None
    seuil = seuil_secret(ctx.edition.v)

    def petit(nombre: int) -> bool:
        return 0 < nombre < seuil

    pire_n, pire_d = un.pire_n or 0, un.pire_d or 0
    pire = un.pire is not None and not petit(pire_n) and not petit(pire_d - pire_n)
    if un.n is None:
        return None, pire and _seul(ctx, un)
    n = None if petit(un.n) or _revele(un, seuil) else un.n
    return n, n is not None and pire and not petit(un.n - pire_n)


def _seul(ctx: Contexte, un: IndicateurDuSemestre) -> bool:
    """Tell whether the count of an arrêté may be told: that of the month read is."""
    lue = ctx.relever()(un.code)
    return lue is not None and not lue.masquee


def _annee(ctx: Contexte, un: IndicateurDuSemestre) -> tuple[int, int] | None:
    """Return the anomalies of 12 months and the radiations that a table prints, when both may be.

    What 12 months add to the semester is told by them: it must not be a small count either.
    """
    e, irrecevables = ctx.edition, ctx.catalogue.indicateurs[un.code]
    if un.stock or not un.n or Motif.IRRECEVABILITE not in (irrecevables.applicable or ""):
        return None
    imprime = valeur(ligne(ctx.lire(Evolution), Motif.IRRECEVABILITE, "12_mois"), "total")
    for une in valeurs(e.v, e.departement, e.mois, niveau="departement"):
        n, d = une["numerateur_12m"], une["denominateur_12m"]
        if une["code"] != un.code or n is None or imprime is None or d != imprime:
            continue
        seuil = seuil_secret(e.v) if ctx.partage else 0
        if not any(0 < nombre < seuil for nombre in (n, d - n, abs(n - un.n))):
            return n, d
    return None
