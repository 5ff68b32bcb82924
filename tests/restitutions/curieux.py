"""A curious reader: has all that is shared of a département, and looks for what it hides.

It knows the standard tables of every month, the indicators of every bilan, what the semesters
add up. What binds them it finds by itself, column by column, in all the months at once; what the
project knows to bind its tables it knows too. Rates that are told bind their counts.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from infocentre.contrat.territoires import territoires
from infocentre.lecture.commun import mois_controles, registre
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Inscription
from infocentre.lecture.partage import _historique as cachees
from infocentre.lecture.partage import partages
from infocentre.lecture.publies import MILLE, pas_dit
from infocentre.lecture.reservataires_masques import AUTRES_BAILLEURS, TOTAL, TOUS, compter
from infocentre.lecture.semestres import semestre_des_indicateurs
from infocentre.mesures.caches import lire_tables
from infocentre.mesures.liens import faits, liens, place
from infocentre.mesures.partage import MASQUE, Partage, fusionner
from infocentre.mesures.plans import Ligne, Plan
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.restitutions.atelier import Atelier
from infocentre.restitutions.bilan import semestre
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.releve import Denombree, Valeur
from infocentre.restitutions.bilan.semestre import COMPTE, DuSemestre, six_mois
from infocentre.restitutions.document import Cellule, Chiffres, Document, Origine
from infocentre.restitutions.gestion_en_flux import RESERVATAIRES
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.partenaires import CONTINGENTS, Partenaire
from tests.mesures.grand_juge import Contrainte, juger, parties, resserrer

# What a count is: a table or indicator, a month, a row, a column, as `document.Origine` says it.
Lieu = tuple[Any, ...]
# Hidden counts that hang together, and what binds them.
Partie = tuple[list[Any], list[Contrainte]]
# What finds the bounds of small hidden counts, of counts, hidden ones, what binds them.
Juge = Callable[..., dict[Lieu, tuple[int, int]]]
DISTINCTES = 5  # values that a column has at least, for another one to be the same by no chance
MOIS, JOINTES = "du mois", "+"
# Counts of the annual paper, by what they tell apart.
RESERVEES, _RESERVATAIRE, _BAILLEUR = "RES-", 0, 1
RANG = "rang"  # whether an organisme stands on one side of a decile: 0 or 1
QUOTIENT = 2
PARTIES = 4  # of a place of a table or indicator; a fact has two
_DEMI, _SIGNES = 0.5, 6
SEUIL = 11


@dataclass
class Savoir:
    """Counts, which of them nobody tells, and what is known to bind them."""

    vraies: dict[Lieu, int] = field(default_factory=dict)
    cachees: set[Lieu] = field(default_factory=set)
    contraintes: list[Contrainte] = field(default_factory=list)
    # Ratios that the shared tables hide, and counts that are those of twelve months.
    tues: set[Lieu] = field(default_factory=set)
    annuelles: set[Lieu] = field(default_factory=set)

    def sur_un_an(self, lieu: Lieu) -> bool:
        """Tell whether an indicator is that of twelve months."""
        return lieu in self.annuelles

    def dire(self, lieu: Lieu, valeur: int, *, masquee: bool) -> None:
        """Read a count: told once, it is known."""
        connue = lieu in self.vraies and lieu not in self.cachees
        self.vraies[lieu] = valeur
        if masquee and not connue:
            self.cachees.add(lieu)
        elif not masquee:
            self.cachees.discard(lieu)

    def egaler(self, total: Lieu, parts: Iterable[Lieu], reste: int = 0) -> None:
        """Bind a total to its parts; they leave a `reste` that is known to be, 0 for none."""
        termes = {total: 1}
        for part in parts:
            termes[part] = termes.get(part, 0) - 1
        if reste >= 0 and termes.keys() <= self.vraies.keys():
            self.contraintes.append(Contrainte(termes, 0, None if reste else 0))

    def rapporter(self, numerateur: Lieu, denominateur: Lieu, rapport: float) -> None:
        """Read a ratio as a file has it: all its digits, or a few of them."""
        n, d = self.vraies[numerateur], self.vraies[denominateur]
        if not d:
            return
        if abs(rapport - n / d) < 10 ** -(2 * _SIGNES):
            exact = Fraction(n, d)
            termes = {numerateur: exact.denominator, denominateur: -exact.numerator}
            self.contraintes.append(Contrainte(termes, 0, 0))
            return
        demi = _DEMI * 10 ** -len(f"{rapport:.{_SIGNES}f}".rstrip("0").partition(".")[2])
        self._encadrer(numerateur, denominateur, rapport - demi, rapport + demi)

    def approcher(self, numerateur: Lieu, denominateur: Lieu, rapport: float) -> None:
        """Read a rate told about, knowing to what it is rounded and that no edge is near."""
        pas = pas_dit(self.vraies[denominateur], SEUIL)
        assert pas is not None
        demi = pas / MILLE / 2
        self._encadrer(numerateur, denominateur, rapport - demi, rapport + demi, SEUIL - 1)

    def _encadrer(
        self, numerateur: Lieu, denominateur: Lieu, bas: float, haut: float, loin: int = 0
    ) -> None:
        """Bind a count between two rates of another one, as far as that from both."""
        self.contraintes += [
            Contrainte({numerateur: 1.0, denominateur: -haut}, None, -loin),
            Contrainte({numerateur: 1.0, denominateur: -bas}, loin, None),
        ]


# --- Standard tables ---


def lire_les_tables(
    savoir: Savoir, v: Lecture, departement: str, seuls: Collection[str] = ()
) -> None:
    """Read the shared tables of every month, of `seuls` if told, and what binds their counts."""
    lues = lire_tables(v.lignes, departement)
    tables = {mois: siennes for mois, siennes in lues.items() if not seuls or mois in seuls}
    for mois, siennes in tables.items():
        montrees = partages(v, departement, mois)
        fusions = cachees(v, departement)[mois].fusions
        for code, lignes in siennes.items():
            _lire_une(savoir, code, mois, lignes, montrees[code], fusions.get(code, ()))
    _colonnes(savoir, tables)
    for mois, siennes in tables.items():
        _relier(savoir, mois, siennes)


def _lire_une(
    savoir: Savoir, code: str, mois: str, vraies: Sequence[Ligne], montre: Partage, fusions: Any
) -> None:
    """Read a table; rows that are joined are told as one, by the name of a row."""
    plan = tableaux()[code].plan
    vues = {place(code, une, "")[1]: une for une in montre.lignes}
    reperes = [place(code, une, "")[1] for une in vraies]
    fondues = fusionner(plan, vraies, fusions)
    for repere, ligne, fondue in zip(reperes, vraies, fondues, strict=True):
        vue = vues.get(repere)
        for nom in plan.comptes:
            if ligne[nom] is not None:
                tait = vue is None or vue[nom] == MASQUE or fondue[nom] != ligne[nom]
                savoir.dire((code, mois, repere, nom), ligne[nom], masquee=tait)
    for fusion in fusions:
        repere = reperes[fusion.vers]
        for nom in fusion.colonnes:
            if fondues[fusion.vers][nom] is not None:
                ici = (code, mois, (*repere, JOINTES), nom)
                masquee = vues[repere][nom] == MASQUE
                savoir.dire(ici, fondues[fusion.vers][nom], masquee=masquee)
                lieux = [(code, mois, reperes[un], nom) for un in (fusion.vers, *fusion.de)]
                savoir.egaler(ici, [un for un in lieux if un in savoir.vraies])
    for repere, vue in vues.items():
        _lire_les_rapports(savoir, (code, mois, repere), plan, vue)


def _lire_les_rapports(
    savoir: Savoir, ou: tuple[Any, ...], plan: Plan, vue: Mapping[str, Any]
) -> None:
    savoir.tues |= {(*ou, nom) for nom, lu in vue.items() if lu == MASQUE}
    for nom, de in plan.derives.items():
        if len(de) == QUOTIENT and isinstance(vue.get(nom), float):
            n, d = (_jointe(savoir, (*ou, un)) for un in de)
            if n in savoir.vraies and d in savoir.vraies:
                savoir.rapporter(n, d, vue[nom] + nom.startswith("evolution"))


def _jointe(savoir: Savoir, lieu: Lieu) -> Lieu:
    """Return where the count of a row is told, with those of the rows that join it."""
    code, mois, repere, nom = lieu
    avec = (code, mois, (*repere, JOINTES), nom)
    return avec if avec in savoir.vraies else lieu


def _colonnes(savoir: Savoir, tables: Mapping[str, Mapping[str, Any]]) -> None:
    """Find what adds up: a column of two others, a row of those that differ by one name."""
    par_code: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for mois, siennes in tables.items():
        for code, lignes in siennes.items():
            par_code[code].append((mois, lignes))
    for code, lus in par_code.items():
        plan = tableaux()[code].plan
        _en_ligne(savoir, code, plan, lus)
        _en_colonne(savoir, code, plan, lus)


def _en_ligne(savoir: Savoir, code: str, plan: Plan, lus: Sequence[tuple[str, Any]]) -> None:
    lignes = [(mois, une) for mois, siennes in lus for une in siennes]
    for total, (une, autre) in itertools.product(
        plan.comptes, itertools.combinations(plan.comptes, 2)
    ):
        if total not in {une, autre} and all(
            None not in (lu[total], lu[une], lu[autre]) and lu[total] == lu[une] + lu[autre]
            for _, lu in lignes
        ):
            for mois, lu in lignes:
                ou = (code, mois, place(code, lu, "")[1])
                savoir.egaler((*ou, total), ((*ou, une), (*ou, autre)))


def _en_colonne(savoir: Savoir, code: str, plan: Plan, lus: Sequence[tuple[str, Any]]) -> None:
    proposees: dict[tuple[Any, ...], list[tuple[Lieu, list[Lieu]]]] = defaultdict(list)
    for mois, lignes in lus:
        reperes = [place(code, une, "")[1] for une in lignes]
        for (quoi, total), parts in _groupes(reperes).items():
            for nom in plan.comptes:
                lieux = [(code, mois, un, nom) for un in parts]
                siens = [un for un in lieux if un in savoir.vraies]
                if (code, mois, total, nom) in savoir.vraies and siens:
                    proposees[quoi, nom].append(((code, mois, total, nom), siens))
    for siennes in proposees.values():
        if all(savoir.vraies[t] == sum(savoir.vraies[un] for un in p) for t, p in siennes):
            for total, parts in siennes:
                savoir.egaler(total, parts)


def _groupes(
    reperes: Sequence[tuple[str, ...]],
) -> dict[tuple[Any, tuple[str, ...]], list[tuple[str, ...]]]:
    """Return what may be the parts of a row: those that differ by one name, or lie in it."""
    connus = set(reperes)
    groupes: dict[tuple[Any, tuple[str, ...]], list[tuple[str, ...]]] = defaultdict(list)
    for repere in reperes:
        for rang in range(len(repere)):
            for total in (
                (*repere[:rang], "*", *repere[rang + 1 :]),
                ("*",) * len(repere),
                ("RADIATIONS", *repere[1:]) if rang == 0 else (),
            ):
                if total in connus and total != repere and "*" not in repere[: rang or 1]:
                    fixe = repere[0] if len(repere) == 2 and rang == 1 else ""
                    groupes[(rang, fixe), total].append(repere)
        if (dessus := _dessus(repere)) in connus:
            groupes["lieux", dessus].append(repere)
    motifs = {"RADIATIONS", "DEPOTS", "ACTIVES", "ACTIVES_UN_JOUR"}
    return {
        (quoi, total): [un for un in parts if total[0] != "RADIATIONS" or un[0] not in motifs]
        for (quoi, total), parts in groupes.items()
    }


def _dessus(repere: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a commune or an arrondissement of Marseille is in, an EPCI's département."""
    connue = territoires().get(repere[-1])
    if repere[0] == "epci":
        return ("departement", "*")
    if repere[0] == "commune":
        return ("epci", connue.epci if connue and connue.epci else "NR")
    if repere[0] == "arrondissement" and connue:
        return ("commune", connue.mere)
    return ()


def memes_colonnes(savoir: Savoir) -> None:
    """Find columns, or cells of all, that are the same in two tables in every month."""
    colonnes: dict[tuple[str, str], dict[Lieu, int]] = defaultdict(dict)
    seules: dict[Lieu, dict[str, int]] = defaultdict(dict)
    for lieu, valeur in savoir.vraies.items():
        if _d_un_tableau(lieu):
            code, mois, repere, nom = lieu
            colonnes[code, nom][mois, repere[-1]] = valeur
            if TOUS in repere:
                seules[code, repere, nom][mois] = valeur
    for une, autre in itertools.combinations(colonnes, 2):
        communs = colonnes[une].keys() & colonnes[autre].keys()
        lues = {colonnes[une][un] for un in communs}
        if len(lues) >= DISTINCTES and all(
            colonnes[une][un] == colonnes[autre][un] for un in communs
        ):
            for ici in communs:
                for premier, second in itertools.product(
                    _lieux(savoir, une, ici), _lieux(savoir, autre, ici)
                ):
                    savoir.egaler(premier, (second,))
    _memes_totaux(savoir, seules)


def _d_un_tableau(lieu: Lieu) -> bool:
    return len(lieu) == PARTIES and not isinstance(lieu[2], str) and lieu[2][-1] != JOINTES


def _memes_totaux(savoir: Savoir, seules: Mapping[Lieu, Mapping[str, int]]) -> None:
    par_valeurs: dict[tuple[tuple[str, int], ...], list[Lieu]] = defaultdict(list)
    for lieu, lues in seules.items():
        if len(set(lues.values())) >= DISTINCTES:
            par_valeurs[tuple(sorted(lues.items()))].append(lieu)
    for valeurs, lieux in par_valeurs.items():
        for (a, r, n), (b, s, m) in itertools.pairwise(lieux):
            for mois, _ in valeurs:
                savoir.egaler((a, mois, r, n), ((b, mois, s, m),))


def _lieux(savoir: Savoir, colonne: tuple[str, str], ici: Lieu) -> Iterator[Lieu]:
    (code, nom), (mois, dernier) = colonne, ici
    for repere in ((dernier,), ("commune", dernier), ("epci", dernier), ("departement", dernier)):
        if (code, mois, repere, nom) in savoir.vraies:
            yield (code, mois, repere, nom)


def _relier(savoir: Savoir, mois: str, tables: Mapping[str, Any]) -> None:
    """Bind the counts that the project knows to be one, and its sums between tables."""
    lieux: dict[Any, Lieu] = {}
    for code, lignes in tables.items():
        for ligne in lignes:
            for nom in tableaux()[code].plan.comptes:
                lieu = (code, mois, place(code, ligne, nom)[1], nom)
                if lieu not in savoir.vraies:
                    continue
                lieux[place(code, ligne, nom)] = lieu
                _nommer(savoir, lieu, faits(code, ligne, nom), lieux)
    for lien in liens(tables):
        total, *parts = (lieux.get(un) or ("fait", un) for un in (lien.total, *lien.parts))
        if lien.revision or not {total, *parts} <= savoir.vraies.keys():
            continue  # what was entered since each month was published is told by nobody
        laisse = savoir.vraies[total] - sum(savoir.vraies[un] for un in parts)
        if lien.reste or not laisse:
            savoir.egaler(total, parts, laisse or int(lien.reste))


def _nommer(savoir: Savoir, lieu: Lieu, noms: Iterable[Any], lieux: dict[Any, Lieu]) -> None:
    """Make a count one with the first fact of its names that has its value, in any month."""
    valeur, masquee = savoir.vraies[lieu], lieu in savoir.cachees
    for nom in noms:
        fait = ("fait", nom)
        if savoir.vraies.get(fait, valeur) == valeur:
            savoir.dire(fait, valeur, masquee=masquee)
            savoir.egaler(fait, (lieu,))
            lieux.setdefault(nom, fait)
            return


# --- Indicators ---


def lire_les_indicateurs(savoir: Savoir, editions: Sequence[Edition]) -> None:
    """Read the indicators that the bilans of these editions tell, and those of a year before."""
    valeurs: dict[tuple[str, str], dict[str, Valeur]] = {}
    for edition in editions:
        ctx = Contexte(edition)
        for mois in (ctx.mois, *([ctx.mois_avant] if ctx.compare else [])):
            for (code, niveau, cle), une in ctx.relever(mois).valeurs.items():
                if une.d:
                    valeurs.setdefault((code, mois), {})[f"{niveau}/{cle}"] = une
                    _lire_une_valeur(savoir, une)
            for (code, _, _), une in semestre.juger(ctx, mois).valeurs.items():
                if isinstance(une, DuSemestre) and une.n is not None:
                    ou = (code, mois, f"{une.niveau}/{une.cle}")
                    savoir.dire((*ou, COMPTE), une.n, masquee=une.masquee)
        _lire_le_semestre(savoir, ctx)
    _additionner(savoir, editions[0])
    _memes_effectifs(savoir, valeurs)
    for edition in editions:
        _lire_les_mois(savoir, Contexte(edition))


def _lire_une_valeur(savoir: Savoir, une: Valeur) -> None:
    if une.n is None or not une.d:
        return
    ou = (une.un.code, une.mois, f"{une.niveau}/{une.cle}")
    if isinstance(une, Denombree):
        savoir.dire((*ou, "n"), une.n, masquee=une.masquee)
        return
    for nom, valeur in (("n", une.n), ("d", une.d), ("reste", une.d - une.n)):
        savoir.dire((*ou, nom), valeur, masquee=une.masquee)
        if une.annee:
            savoir.annuelles.add((*ou, nom))
    savoir.egaler((*ou, "d"), ((*ou, "n"), (*ou, "reste")))
    if une.environ is not None:
        savoir.approcher((*ou, "n"), (*ou, "d"), une.environ)


def _lire_le_semestre(savoir: Savoir, ctx: Contexte) -> None:
    """Read what sentences tell of the six months: their sum, the worst of them, twelve months."""
    for un in six_mois(ctx):
        ou = (un.un.code, ctx.mois, "departement/*")
        if un.n is not None:
            savoir.dire((*ou, COMPTE), un.n, masquee=False)
        if un.pire is not None and un.pire_n is not None:
            savoir.dire((un.un.code, un.pire, "departement/*", MOIS), un.pire_n, masquee=False)
        if un.annee is not None:
            savoir.dire((*ou, "12 mois"), un.annee[0], masquee=False)


def _additionner(savoir: Savoir, edition: Edition) -> None:
    """Types make the département, organismes too, and a type where each is of one type only."""
    types: dict[str, set[str]] = defaultdict(set)
    for mois in mois_controles(edition.v, edition.departement):
        for une in registre(edition.v, edition.departement, mois):
            types[f"organisme/{une['organisme']}"].add(f"type/{une['type_guichet']}")
    groupes: dict[Lieu, dict[str, list[Lieu]]] = defaultdict(lambda: defaultdict(list))
    for lieu in savoir.vraies:
        if len(lieu) == PARTIES and isinstance(lieu[2], str):
            code, mois, ou, nom = lieu
            niveau = ou.partition("/")[0]
            if niveau != "departement":
                groupes[code, mois, "departement/*", nom][niveau].append(lieu)
            if niveau == "organisme" and len(types[ou]) == 1:
                (sien,) = types[ou]
                groupes[code, mois, sien, nom][niveau].append(lieu)
    for total, par_niveau in groupes.items():
        for parts in par_niveau.values():
            if total in savoir.vraies:
                laisse = savoir.vraies[total] - sum(savoir.vraies[un] for un in parts)
                savoir.egaler(total, parts, laisse)


def _memes_effectifs(
    savoir: Savoir, valeurs: Mapping[tuple[str, str], Mapping[str, Valeur]]
) -> None:
    """Find counts that are the same everywhere, or that two others make: effectifs, the rest."""
    vecteurs: dict[tuple[str, str, bool], dict[tuple[str, str], int]] = defaultdict(dict)
    for (code, mois), siennes in valeurs.items():
        for ou, une in siennes.items():
            for nom in ("n", "d", "reste"):
                if (code, mois, ou, nom) in savoir.vraies:
                    lu = savoir.vraies[code, mois, ou, nom]
                    vecteurs[code, nom, une.annee][mois, ou] = lu
    pleins = {q: lues for q, lues in vecteurs.items() if len(set(lues.values())) >= DISTINCTES}
    for total, part in itertools.permutations(pleins, 2):
        if total[0] != part[0] and total[2] == part[2]:
            ecarts = {
                ou: pleins[total][ou] - lu for ou, lu in pleins[part].items() if ou in pleins[total]
            }
            if len(ecarts) >= DISTINCTES and min(ecarts.values()) >= 0:
                _expliquer(savoir, pleins, (total, part), ecarts)


def _expliquer(
    savoir: Savoir, pleins: Mapping[Any, Mapping[Any, int]], deux: Any, ecarts: Mapping[Any, int]
) -> None:
    """Bind two counts that are the same, two effectifs and what is the difference of both."""
    une, autre = deux
    if not any(ecarts.values()):
        _lier(savoir, une, (autre,), ecarts)
    elif une[1] == autre[1] == "d":
        for tierce, lues in pleins.items():
            if tierce[1] != "d" and all(lues.get(ou, 0) == n for ou, n in ecarts.items()):
                _lier(savoir, une, (autre, tierce), ecarts)


def _lier(savoir: Savoir, total: Any, parts: Sequence[Any], ou: Iterable[tuple[str, str]]) -> None:
    for mois, la in ou:
        lieux = [(quoi[0], mois, la, quoi[1]) for quoi in parts]
        savoir.egaler((total[0], mois, la, total[1]), [un for un in lieux if un in savoir.vraies])


def _lire_les_mois(savoir: Savoir, ctx: Contexte) -> None:
    """Bind what a semester adds up so far to its months, each a count that a bilan told."""
    e = ctx.edition
    for un in semestre_des_indicateurs(e.v, e.departement, ctx.mois):
        ou = f"{un.niveau}/{un.cle}"
        compte = (un.code, ctx.mois, ou, COMPTE)
        if un.stock or un.n is None or savoir.vraies.get(compte) != un.n:
            continue
        lieux = []
        for une in un.mois:
            if une.n is not None:
                lieux.append((un.code, une.mois, ou, MOIS))
                savoir.dire(lieux[-1], une.n, masquee=True)
                lu = (un.code, une.mois, ou, "n")
                if savoir.vraies.get(lu) == une.n and not savoir.sur_un_an(lu):
                    savoir.egaler(lu, (lieux[-1],))
        savoir.egaler(compte, lieux)


# --- Bilan by réservataire ---


def lire_les_reservataires(savoir: Savoir, edition: Edition) -> None:
    """Read the bilan of a year: every count of it, and all that one part of its key adds up."""
    lu = compter(edition.v, edition.departement, edition.mois)
    lieux: dict[Lieu, Lieu] = {}
    for place_, valeur in lu.valeurs.items():
        dits = [(rang, un) for rang, un in enumerate(place_) if un != TOUS]
        quoi = "+".join(str(rang) for rang, _ in dits) or "0"
        repere = tuple(un for _, un in dits) or (TOUS,)
        lieux[place_] = (RESERVEES + quoi, edition.mois, repere, "attributions")
        savoir.dire(lieux[place_], valeur, masquee=place_ in lu.masquees)
    for rang in range(len(TOTAL)):
        parts: dict[Lieu, list[Lieu]] = defaultdict(list)
        for place_, lieu in lieux.items():
            if place_[rang] != TOUS:
                parts[(*place_[:rang], TOUS, *place_[rang + 1 :])].append(lieu)
        for total, siennes in parts.items():
            if total in lieux:
                laisse = savoir.vraies[lieux[total]] - sum(savoir.vraies[un] for un in siennes)
                savoir.egaler(lieux[total], siennes, laisse)
    # Of a whole year, the tables of the objectives say in QPV and out of it too.
    for code, nom, zone in (
        ("ATT-06", "attributions_hors_qpv", "HQPV"),
        ("ATT-07", "attributions_en_qpv", "QPV"),
    ):
        dans, tableau = (*TOTAL[:3], zone, TOUS), (code, edition.mois, (TOUS,), nom)
        if edition.mois.endswith("-12") and dans in lieux and tableau in savoir.vraies:
            laisse = savoir.vraies[lieux[dans]] - savoir.vraies[tableau]
            savoir.egaler(lieux[dans], (tableau,), laisse)


# --- Documents ---

_COMPTES = {"numerateur": ("n",), "denominateur": ("d",), "taux": ("n", "d"), COMPTE: (COMPTE,)}


def lire_un_document(
    savoir: Savoir, document: Document, siens: Collection[str] = ()
) -> tuple[int, dict[Lieu, Any]]:
    """Return how many figures a document tells, and those that are hidden elsewhere.

    `siens`: the organismes and guichets of its reader, who knows their counts.
    """
    lus = 0
    trahis: dict[Lieu, Any] = {}
    cases = [case for un in document.tableaux() for ligne in un.lignes for case in ligne]
    for origine, valeur in [
        *((case.origine, case.valeur) for case in cases if case.origine and not case.masquee),
        *(
            (un.origine, un.ecrit)
            for bloc in document.blocs()
            if isinstance(bloc, Chiffres)
            for un in bloc.chiffres
            if un.origine
        ),
    ]:
        if valeur is None or origine.ligne in siens:
            continue
        lus += 1
        for lieu in (_jointe(savoir, un) for un in _lieux_de(origine)):
            if lieu in savoir.tues or lieu in savoir.cachees:
                trahis[lieu] = valeur
    return lus, trahis


def _lieux_de(origine: Origine) -> list[Lieu]:
    """Return the counts that a figure tells."""
    if origine.code in tableaux():
        lieu = (origine.code, origine.mois, tuple(origine.ligne.split("/")), origine.colonne)
        return [lieu]
    ligne = origine.ligne
    ou = "departement/*" if ligne == TOUS else ligne if "/" in ligne else f"organisme/{ligne}"
    noms = _COMPTES.get(origine.colonne.removesuffix("_12m"), ())
    return [(origine.code, origine.mois, ou, nom) for nom in noms]


# --- What a partner has besides ---


def lire_le_sien(savoir: Savoir, fabrique: Atelier, qui: Partenaire) -> Savoir:
    """Return what a partner knows who has all that is shared, and its own bilan beside it.

    It knows all its own counts, printed or not. Of « Autres organismes » it tries each type: own
    and others may make it.
    """
    e = fabrique.edition
    siens = les_siens(savoir, e, qui)
    lu = Savoir(savoir.vraies.copy(), savoir.cachees - siens, [])
    for tableau in fabrique.construire(qui).tableaux():
        noms = [une.nom for une in tableau.colonnes]
        if "autres" in noms:
            for ligne in tableau.lignes:
                _lire_les_autres(lu, e.mois, tableau.cle, dict(zip(noms, ligne, strict=True)))
    return lu


def les_siens(savoir: Savoir, e: Edition, qui: Partenaire) -> set[Lieu]:
    """Return what is hidden of a partner itself: its organismes, its type where it is alone.

    So are those of its EPCI and of its communes, and of its contingent, in whatever table.
    """
    inscrits = registre(e.v, e.departement, e.mois)
    organismes = {une["organisme"] for une in inscrits if une["guichet"] in qui.guichets}
    autres = {une["type_guichet"] for une in inscrits if une["organisme"] not in organismes}
    types = {f"type/{une['type_guichet']}" for une in inscrits} - {f"type/{un}" for un in autres}
    reperes = {*types, *(f"organisme/{un}" for un in organismes)}
    lieux = {
        code
        for code, un in territoires().items()
        if not {code, un.epci, un.mere}.isdisjoint({*qui.epci, *qui.communes})
    }
    flux = CONTINGENTS.get(qui.genre)
    contingent = RESERVATAIRES[flux].codes if flux else ()
    noms = {*organismes, *qui.epci, *lieux, *contingent}
    return {
        un
        for un in savoir.cachees | savoir.tues
        if _est_a(un, reperes, noms)
        or (un in savoir.cachees and _est_tout(savoir, un, organismes, inscrits))
        or (un in savoir.cachees and contingent and _est_du_contingent(savoir, un, contingent))
    }


def _est_tout(
    savoir: Savoir, lieu: Lieu, organismes: Collection[str], inscrits: Iterable[Inscription]
) -> bool:
    """Tell whether a count of a type, or of all, is an organisme's own: the others have none."""
    if len(lieu) != PARTIES:
        return False
    if str(lieu[0]).startswith(f"{RESERVEES}0") and f"+{_BAILLEUR}" not in lieu[0]:
        # Zeros are told, but of the bailleurs that are told together.
        joints = (f"{RESERVEES}0+1", lieu[1], (lieu[2][0], AUTRES_BAILLEURS), lieu[3])
        leurs = (savoir.vraies.get(_de(lieu, un)) for un in organismes)
        return joints not in savoir.vraies and savoir.vraies[lieu] in leurs
    siens = {
        une["organisme"]
        for une in inscrits
        if une["organisme"] in organismes
        and lieu[2] in {"departement/*", f"type/{une['type_guichet']}"}
    }
    lus = (savoir.vraies.get((*lieu[:2], f"organisme/{un}", lieu[3])) for un in siens)
    return savoir.vraies[lieu] in lus


def _est_du_contingent(savoir: Savoir, lieu: Lieu, contingent: Collection[str]) -> bool:
    """Tell whether a count of the annual paper is a contingent's own: zeros of others are told."""
    if not str(lieu[0]).startswith(RESERVEES) or str(lieu[0]).startswith(f"{RESERVEES}0"):
        return False
    leurs = (savoir.vraies.get(_de(lieu, un, _RESERVATAIRE), 0) for un in contingent)
    return savoir.vraies[lieu] == sum(leurs)


def _de(lieu: Lieu, qui: str, rang: int = _BAILLEUR) -> Lieu:
    """Return the count of a bailleur, or of another, beside one of all, in the annual paper."""
    dits = dict(zip(map(int, lieu[0].removeprefix(RESERVEES).split("+")), lieu[2], strict=True))
    dits = dict(sorted({_RESERVATAIRE: TOUS, **dits, rang: qui}.items()))
    rangs = [rang for rang, un in dits.items() if un != TOUS]
    return (RESERVEES + "+".join(map(str, rangs)), lieu[1], tuple(dits[r] for r in rangs), lieu[3])


def _est_a(lieu: Lieu, reperes: Collection[str], noms: Collection[str]) -> bool:
    """Tell whether a count is told of one of these places, or of one of these names."""
    if len(lieu) == PARTIES and isinstance(lieu[2], str):
        return lieu[2] in reperes
    dits = lieu[1] if len(lieu) == QUOTIENT else lieu[2]
    return not {un for un in dits if isinstance(un, str)}.isdisjoint(noms)


def _lire_les_autres(lu: Savoir, mois: str, cle: str, ligne: Mapping[str, Cellule]) -> None:
    """Read « Autres organismes : taux sur effectif », and bind them to the types that they fit."""
    autres, origine = ligne["autres"], ligne["taux"].origine
    if origine is None or not isinstance(autres.valeur, float) or autres.sur is None:
        return
    d = autres.sur
    for nom, leurs in (("n", round(autres.valeur * d)), ("d", d)):
        ici = ("autres", mois, (origine.code, cle), nom)
        lu.dire(ici, leurs, masquee=False)
        le_sien = (origine.code, mois, f"organisme/{origine.ligne}", nom)
        for une in TypeGuichet:
            type_ = (origine.code, mois, f"type/{une}", nom)
            if lu.vraies.get(type_) == lu.vraies.get(le_sien, 0) + leurs:
                lu.egaler(type_, (le_sien, ici))


def retrouver_avec(
    savoir: Savoir, lus: Savoir, seuil: int, liees: Sequence[Partie], juge: Juge = juger
) -> dict[Lieu, tuple[int, int]]:
    """Return the bounds of the small counts that a reader finds tight, given what it has besides.

    `liees` are those of `savoir`: only what its own counts touch is judged again.
    """
    touchees = (savoir.cachees - lus.cachees) | {un for c in lus.contraintes for un in c.termes}
    cachees: set[Lieu] = set()
    contraintes = list(lus.contraintes)
    for siennes, siens in liees:
        if not touchees.isdisjoint(siennes):
            cachees |= lus.cachees.intersection(siennes)
            contraintes += siens
    bornes = juge(lus.vraies, sorted(cachees, key=str), contraintes, seuil, _sans_nom)
    return {lieu: un for lieu, un in bornes.items() if not _a_personne(lieu)}


def _sans_nom(lieu: Lieu) -> bool:
    """Tell whether no row names a hidden count: « Autres communes » tells none of them."""
    return str(lieu[0]) in {f"{RESERVEES}0+4", RANG}


def _a_personne(lieu: Lieu) -> bool:
    """Tell whether a count is that of units of no known place or guichet: it is nobody's."""
    dits = lieu[1:2] if len(lieu) == QUOTIENT else lieu[2:3]
    noms = dits[0] if isinstance(dits[0], tuple) else dits
    return not {"NR", "type/INCONNU", "organisme/INCONNU"}.isdisjoint(noms)


# --- All of it ---


def tout_lire(editions: Sequence[Edition], seuls: Collection[str] = ()) -> Savoir:
    """Return what a reader has of every shared table, and of the bilans of these editions.

    `seuls`: the only months whose tables it has.
    """
    savoir, derniere = Savoir(), editions[-1]
    lire_les_tables(savoir, derniere.v, derniere.departement, seuls)
    lire_les_indicateurs(savoir, editions)
    annees = {une.mois[:4]: une for une in editions}
    for une in annees.values():
        lire_les_reservataires(savoir, une)
    memes_colonnes(savoir)
    return savoir


def parties_de(savoir: Savoir) -> list[Partie]:
    """Return what hangs together of all that is hidden."""
    return parties(savoir.vraies, savoir.cachees, savoir.contraintes)


def retrouver(savoir: Savoir, seuil: int) -> dict[Lieu, tuple[int, int]]:
    """Return the bounds of the small counts that are found tight: (x, x) is one found again."""
    cachees = sorted(savoir.cachees, key=str)
    return juger(savoir.vraies, cachees, savoir.contraintes, seuil, _sans_nom)


def resserrees(savoir: Savoir, seuil: int) -> dict[Lieu, tuple[int, int]]:
    """Return the bounds of the small counts of which more is found than « s » tells."""
    cachees = sorted(savoir.cachees, key=str)
    bornes = resserrer(savoir.vraies, cachees, savoir.contraintes, seuil, _sans_nom)
    return {lieu: un for lieu, un in bornes.items() if not _a_personne(lieu)}
