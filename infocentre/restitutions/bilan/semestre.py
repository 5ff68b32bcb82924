"""The six months in a bilan: what its last month alone does not tell.

Where no anomaly is tolerated, acts are judged month by month: a semester is as bad as its worst
month, whatever its last one says. An indicator of the gestionnaire is told month by month too.

What is shared tells no month, but its state, or that it has none. It tells what the département
adds up as long as two sums of a semester that were told differ by nothing or by the threshold at
least (the register of diffusions knows them), and the worst month within the same limits. Types
and organismes are added up once the semester is over.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypedDict

from infocentre.catalogue import Indicateur
from infocentre.contrat.listes import Motif
from infocentre.lecture.commun import par_version, registre, valeurs
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.publies import TOTAL, Cle, Niveau, lire_epci, parties
from infocentre.lecture.radiations import SansPreavis, les_compte, sans_preavis
from infocentre.lecture.semestres import IndicateurDuSemestre, semestre_des_indicateurs
from infocentre.mesures.diffusions import (
    Edition,
    Registre,
    Systeme,
    empreinte,
    masquer_et_inscrire,
)
from infocentre.mesures.effectifs import Cellules, Lieu, detenteurs, partie
from infocentre.mesures.lignes_tableaux import Evolution
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.secret import ESSENTIELLE
from infocentre.noyau.etats import MAUVAIS, Etat
from infocentre.noyau.francais import clef_de_tri
from infocentre.noyau.temps import bornes, semestre_du_mois
from infocentre.restitutions.bilan.commun import ligne, valeur
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.releve import Denombree, Releve, Valeur, relever

_NIVEAUX: tuple[Niveau, ...] = ("departement", "type", "organisme")
COMPTE = "numerateur_semestre"


@dataclass(frozen=True, slots=True)
class DuSemestre(Denombree):
    """Anomalies of a semester, none being tolerated; its worst state.

    `lus` is the number of months that it adds up.
    """

    colonne: ClassVar[str] = COMPTE
    lus: int = 0


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
    organismes = {un["guichet"]: un["organisme"] for un in registre(v, departement, mois)}
    epci = lire_epci(parties(v, departement, mois)) if partage else {}
    for code, siens in par_code.items():
        masquees = _masquees(v, departement, mois, siens, organismes, epci) if partage else ()
        for lieu, un in siens.items():
            connue = lu.valeurs.get((code, *lieu))
            if connue:
                tenues[code, connue.niveau, connue.cle] = _valeur(
                    connue, un, masquee=lieu in masquees
                )
    return Releve(mois, tenues)


def fini(mois: str) -> bool:
    """Tell whether a month is the last one of its semester."""
    return mois == bornes(semestre_du_mois(mois))[1]


def _masquees(
    v: Lecture,
    departement: str,
    mois: str,
    siens: Mapping[Cle, IndicateurDuSemestre],
    organismes: Mapping[str, str],
    epci: Mapping[Lieu, str],
) -> Collection[Cle]:
    """Return the places whose anomalies may not be told: few, or found through sums.

    Before a semester is over, only what the département adds up is told, when it may be.
    """
    code = siens[TOTAL].code
    tue = siens[TOTAL].n and code not in sommes_dites(v, departement, mois)
    tues: set[Cle] = {TOTAL} if tue else set()
    if not fini(mois):
        return tues | {lieu for lieu, un in siens.items() if un.n and lieu != TOTAL}
    colonne: Counter[Cle] = Counter()
    for lieu, un in siens.items():
        niveau, cle = lieu
        if niveau in _NIVEAUX:
            colonne[lieu] = un.n or 0
        elif un.type_guichet and cle in organismes:
            colonne[partie(organismes[cle], un.type_guichet)] += un.n or 0
    cellules = Cellules()
    cellules.compter((COMPTE,), colonne)
    aussi = {((COMPTE,), lieu) for lieu in tues}
    prix = {((COMPTE,), TOTAL): ESSENTIELLE}
    systeme = Systeme(cellules.valeurs, cellules.sommes)
    sujet = Registre(v.dossier.diffusions / departement / "semestres" / mois / code)
    connaissent = detenteurs(colonne, epci)
    caches = masquer_et_inscrire(sujet, systeme, seuil_secret(v), aussi, prix, connaissent)
    return {lieu for _, lieu in caches if lieu in siens}


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
    or when units are the same from one arrêté to the next (`stock`); `pire` is MASQUE and
    `pire_n` None when they would tell of a small count (to be the worst month bounds the others),
    else `ex_aequo` tells whether another month has as much. `touches` are
    the months à traiter or rouge, `manquants` those that were not published, `organismes` who is à
    traiter. `annee` are the anomalies of 12 months and
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
    ex_aequo: bool
    touches: tuple[str, ...]
    manquants: tuple[str, ...]
    organismes: tuple[str, ...]
    annee: tuple[int, int] | None

    @property
    def fini(self) -> bool:
        """Tell whether the last month shows nothing of what happened in another one."""
        return bool(self.touches) and self.ici.mois not in self.touches

    @property
    def sans_objet(self) -> bool:
        """Tell whether the last month had nothing to judge: no radiation, no attribution."""
        return self.ici.etat == Etat.SANS_OBJET


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


def preavis(ctx: Contexte, un: SixMois | None = None) -> SansPreavis | None:
    """Return the radiations of the semester without a préavis in time, told whole.

    None for none, and where a count of it may not be shared: the indicator tells its own then.
    """
    e = ctx.edition
    if ctx.organismes is not None or (un is not None and not les_compte(un.un)):
        return None
    lu = sans_preavis(e.v, e.departement, ctx.mois, bornes(ctx.semestre)[0])
    if lu is None or not ctx.partage:
        return lu
    seuil = seuil_secret(e.v)
    comptes = (lu.total, lu.portail, lu.hors_portail, lu.absents, lu.total - lu.absents)
    suites = (lu.remises, lu.total - lu.remises, lu.ouvertes, lu.total - lu.ouvertes)
    tus = any(0 < nombre < seuil for nombre in (*comptes, *suites))
    return None if tus or not fini(ctx.mois) else lu


def _six_mois(
    ctx: Contexte, un: IndicateurDuSemestre, ici: Valeur, siens: Sequence[IndicateurDuSemestre]
) -> SixMois:
    dite, pire = _somme_dite(ctx, un), _pire_dit(ctx, un)
    return SixMois(
        ici.un,
        ici,
        un.stock,
        len(un.mois),
        un.n if dite else None,
        un.d if dite and un.n and not un.tolerance_zero else None,
        un.etat_pire or "",
        un.pire_mois if pire or un.pire is None else MASQUE,
        un.pire_n if pire else None,
        un.pire_d if pire and not un.tolerance_zero else None,
        pire and un.ex_aequo,
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


def _somme_dite(ctx: Contexte, un: IndicateurDuSemestre) -> bool:
    """Tell whether what the département adds up may be told."""
    e = ctx.edition
    if not ctx.partage or not un.n:
        return True
    if un.tolerance_zero:
        lue = juger(ctx)(un.code)
        return lue is not None and not lue.masquee
    return un.code in sommes_dites(e.v, e.departement, ctx.mois)


def _pire_dit(ctx: Contexte, un: IndicateurDuSemestre) -> bool:
    """Tell whether the worst month may be told: it is all the sum, or leaves no small count."""
    if un.pire is None or not ctx.partage:
        return un.pire is not None
    if un.stock:
        lu = ctx.relever(un.pire.mois)(un.code)
        return lu is not None and not lu.masquee
    if not _somme_dite(ctx, un) or un.pire.n == un.n or not fini(ctx.mois):
        return un.pire.n == un.n and _somme_dite(ctx, un)
    v, seuil = ctx.edition.v, seuil_secret(ctx.edition.v)
    dites = _dites(_registre(v, ctx.edition.departement, ctx.mois, un.code))
    avant = max((mois for mois in dites if mois < un.pire.mois), default=None)
    jusqu = min(mois for mois in dites if mois >= un.pire.mois)
    autour = [dites[jusqu], dites.get(avant or "", (0,) * len(dites[jusqu]))]
    pire = _comptes(un, un.pire.n, un.pire.d)
    return not any(
        _petit(nombre, seuil) or _petit(la - ici - nombre, seuil)
        for la, ici, nombre in zip(*autour, pire, strict=True)
    )


# --- Sums of the département that were told -------------------------------------------------------


@par_version
def sommes_dites(v: Lecture, departement: str, mois: str) -> frozenset[str]:
    """Return the codes of which what the département adds up to a month may be told."""
    seuil = seuil_secret(v)
    return frozenset(
        un.code
        for un in semestre_des_indicateurs(v, departement, mois)
        if un.niveau == "departement"
        and un.n
        and _inscrire(_registre(v, departement, mois, un.code), un, mois, seuil)
    )


def _registre(v: Lecture, departement: str, mois: str, code: str) -> Registre:
    sujet = v.dossier.diffusions / departement / "sommes" / semestre_du_mois(mois)
    return Registre(sujet / code)


def _comptes(un: IndicateurDuSemestre, n: int | None, d: int | None) -> tuple[int, ...]:
    """Return what is told: anomalies, and the units that are right unless none is tolerated."""
    return (n or 0,) if un.tolerance_zero else (n or 0, (d or 0) - (n or 0))


class _SommeInscrite(TypedDict):
    """A sum in the register: up to which month it goes, its counts, whether it was told."""

    mois: str
    comptes: Sequence[int]
    dite: bool


def _inscrire(registre: Registre, un: IndicateurDuSemestre, mois: str, seuil: int) -> bool:
    """Tell whether a sum may be told, once the register has it: the first one told is kept."""
    comptes = _comptes(un, un.n, un.d)
    nom = empreinte(mois, comptes, seuil)
    connue = registre.editions().get(nom)
    if connue is None:
        autres = [siens for ici, siens in _dites(registre).items() if ici != mois]
        ecarts = [abs(a - b) for siens in autres for a, b in zip(comptes, siens, strict=True)]
        justes = (un.d or 0) - (un.n or 0)
        dite = not any(_petit(nombre, seuil) for nombre in (*comptes, *ecarts, justes))
        fait: _SommeInscrite = {"mois": mois, "comptes": comptes, "dite": dite}
        connue = Edition({}, fait)
        registre.inscrire(nom, connue)
    return _fait(connue)["dite"]


def _dites(registre: Registre) -> dict[str, tuple[int, ...]]:
    """Return the sums that were told, by the month up to which they go."""
    faits = map(_fait, registre.editions().values())
    return {un["mois"]: tuple(un["comptes"]) for un in faits if un["dite"]}


def _fait(edition: Edition) -> _SommeInscrite:
    fait: _SommeInscrite = edition.fait
    return fait


def _petit(nombre: int, seuil: int) -> bool:
    return 0 < nombre < seuil


def _petits(ctx: Contexte, *nombres: int) -> bool:
    seuil = seuil_secret(ctx.edition.v)
    return any(_petit(nombre, seuil) for nombre in nombres)


def _annee(ctx: Contexte, un: IndicateurDuSemestre) -> tuple[int, int] | None:
    """Return the anomalies of 12 months and the radiations that a table prints, when both may be.

    What 12 months add to the semester is told by them: it must not be a small count either.
    """
    e, irrecevables = ctx.edition, ctx.catalogue.indicateurs[un.code]
    if un.stock or not un.n or (ctx.partage and not fini(ctx.mois)):
        return None
    if Motif.IRRECEVABILITE not in (irrecevables.applicable or ""):
        return None
    imprime = valeur(ligne(ctx.lire(Evolution), Motif.IRRECEVABILITE, "12_mois"), "total")
    for une in valeurs(e.v, e.departement, e.mois, niveau="departement"):
        n, d = une["numerateur_12m"], une["denominateur_12m"]
        if une["code"] != un.code or n is None or imprime is None or d != imprime:
            continue
        if not ctx.partage or not _petits(ctx, n, d - n, abs(n - un.n)):
            return n, d
    return None
