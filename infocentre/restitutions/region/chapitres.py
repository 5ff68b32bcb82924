"""The chapters of the papers of several départements; None when one has nothing to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from infocentre.contrat.territoires import nom_departement
from infocentre.lecture.objectifs import REGLES
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.region import ENSEMBLE, Chiffre, EpciPartage
from infocentre.lecture.situations import dire_vise
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import enumerer
from infocentre.restitutions import entetes
from infocentre.restitutions.document import Cellule, Colonne, Section, Tableau
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.region.lue import Compare, Lue, Suivi

Chapitre = Callable[[Lue], Section | None]
ACTIVES, DEPOTS, RADIATIONS, ATTRIBUTIONS, TENSION = (
    "Demandes actives",
    "Demandes déposées en 12 mois",
    "Demandes radiées en 12 mois",
    "Attributions en 12 mois",
    "Demandes pour une attribution",
)
COTE_A_COTE = 8  # départements in the columns of a table, on paper
PARTAGES = 2  # départements that are rouge for an indicator to be the region's


# --- What stands out ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Etendue:
    """Where a figure is lowest and highest, in words and in number."""

    bas: str
    moins: float
    haut: str
    plus: float


@dataclass(frozen=True, slots=True)
class EnRouge:
    """An indicator that is rouge or à traiter in several départements, among those judged."""

    libelle: str
    mauvais: Sequence[str]
    juges: int


@dataclass(frozen=True, slots=True)
class Seul:
    """A département that is alone to be rouge or à traiter for some indicators."""

    nom: str
    libelles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Manque:
    """An objective that some départements miss, by how many attributions; `plafond`: exceed."""

    titre: str
    qui: Sequence[str]
    manque: int
    plafond: bool


@dataclass(frozen=True)
class Essentiel(Contenu):
    """The names of reports/region/essentiel.md; a figure is None when a département hides it."""

    modele = "region/essentiel.md"

    nom: str
    arrete: dt.date
    presents: int
    actives: int | None
    actives_avant: int | None
    depots: int | None
    depots_avant: int | None
    attributions: int | None
    attributions_avant: int | None
    tension: float | None
    tension_avant: float | None
    tensions: Etendue | None
    croissances: Etendue | None
    rouges: Sequence[EnRouge]
    seuls: Sequence[Seul]
    manques: Sequence[Manque]
    absents: str


def essentiel(lue: Lue) -> Section:
    """Return the key figures, and what stands out."""

    def ici(titre: str) -> int | None:
        return _entier(lue.chiffres.get(titre, {}).get(ENSEMBLE))

    def avant(titre: str) -> int | None:
        return _entier(lue.avant.get(titre, {}).get(ENSEMBLE))

    return Essentiel(
        nom=lue.edition.reunion.ensemble.nom,
        arrete=lue.edition.arrete,
        presents=len(lue.presents),
        actives=ici(ACTIVES),
        actives_avant=avant(ACTIVES),
        depots=ici(DEPOTS),
        depots_avant=avant(DEPOTS),
        attributions=ici(ATTRIBUTIONS),
        attributions_avant=avant(ATTRIBUTIONS),
        tension=_connu(lue.chiffres[TENSION][ENSEMBLE]),
        tension_avant=_connu(lue.avant.get(TENSION, {}).get(ENSEMBLE)),
        tensions=_etendue({d: _connu(lue.chiffres[TENSION].get(d)) for d in lue.presents}, 1),
        croissances=_etendue({d: _croissance(lue, d) for d in lue.presents}, 3),
        rouges=_rouges(lue),
        seuls=_seuls(lue),
        manques=[
            Manque(
                REGLES[un.mesure].titre,
                [nom_departement(d) for d in un.manques],
                sum(un.manques.values()),
                un.plafond,
            )
            for un in lue.politique
            if un.manques
        ],
        absents=lue.edition.reunion.dire_absents(),
    ).section()


def _connu(chiffre: Chiffre) -> float | None:
    return chiffre if isinstance(chiffre, (int, float)) else None


def _entier(chiffre: Chiffre) -> int | None:
    return chiffre if isinstance(chiffre, int) else None


def _croissance(lue: Lue, ou: str) -> float | None:
    """Return how the active demandes changed in a year, as a ratio."""
    ici = _entier(lue.chiffres[ACTIVES].get(ou))
    avant = _entier(lue.avant.get(ACTIVES, {}).get(ou))
    return ici / avant - 1 if ici is not None and avant else None


def _etendue(par_departement: dict[str, float | None], decimales: int) -> Etendue | None:
    """Return the lowest and the highest, None where they are the same as they are written."""
    connus = {d: round(un, decimales) for d, un in par_departement.items() if un is not None}
    if len(set(connus.values())) < 2:  # noqa: PLR2004 - nothing stands out
        return None
    bas, haut = min(connus, key=connus.__getitem__), max(connus, key=connus.__getitem__)
    return Etendue(nom_departement(bas), connus[bas], nom_departement(haut), connus[haut])


def _rouges(lue: Lue) -> list[EnRouge]:
    """Return the indicators that are rouge in several départements, in the most of them first."""
    lus = [un for un in lue.compares if len(un.mauvais) >= PARTAGES]
    return [
        EnRouge(un.un.libelle, [nom_departement(d) for d in un.mauvais], len(un.juges))
        for un in sorted(lus, key=lambda un: -len(un.mauvais))
    ]


def _seuls(lue: Lue) -> list[Seul]:
    siens = {
        d: [un.un.libelle for un in lue.compares if un.mauvais == [d] and len(un.juges) >= PARTAGES]
        for d in lue.presents
    }
    return [Seul(nom_departement(d), noms) for d, noms in siens.items() if noms]


# --- A row a département --------------------------------------------------------------------------


@dataclass(frozen=True)
class Departements(Contenu):
    """The names of reports/region/departements.md."""

    modele = "region/departements.md"

    tableau: Tableau
    doubles: bool
    jointes: Sequence[str]


def departements(lue: Lue) -> Section:
    """Return a row a département, and what they have together."""
    lignes = tuple(
        (
            Cellule(nom_departement(d) if d != ENSEMBLE else "Ensemble"),
            *(_case(lue.chiffres.get(titre, {}).get(d)) for titre in _COLONNES.values()),
            Cellule(_croissance(lue, d), masquee=_masque_en_un_an(lue, d)),
            Cellule(_graves(lue, d)),
        )
        for d in (*lue.presents, ENSEMBLE)
    )
    colonnes = entetes.colonnes(
        "region-departements",
        "departement",
        "actives",
        "depots",
        "radiations",
        "attributions",
        "tension",
        "en_un_an",
        "graves",
    )
    titre = entetes.titre("region-departements")
    tableau = Tableau(
        "region-departements", titre, colonnes, lignes, totaux=frozenset({len(lignes) - 1})
    )
    sans = {nom for nom, titre in _COLONNES.items() if titre not in lue.chiffres}
    sans |= set() if lue.avant else {"en_un_an"}
    sans |= set() if lue.compares else {"graves"}
    jointes = [f"{nom_departement(d)} : {nom}" for d, nom in lue.jointes.items()]
    return Departements(tableau.sans(sans), len(lue.presents) > 1, jointes).section()


_COLONNES = {
    "actives": ACTIVES,
    "depots": DEPOTS,
    "radiations": RADIATIONS,
    "attributions": ATTRIBUTIONS,
    "tension": TENSION,
}


def _case(chiffre: Chiffre) -> Cellule:
    if chiffre == MASQUE:
        return Cellule(masquee=True)
    return Cellule(chiffre if isinstance(chiffre, (int, float)) else None)


def _masque_en_un_an(lue: Lue, ou: str) -> bool:
    return MASQUE in {lus.get(ACTIVES, {}).get(ou) for lus in (lue.chiffres, lue.avant)}


def _graves(lue: Lue, ou: str) -> int | None:
    """Return how many indicators are rouge or à traiter, None for the whole: it has no state."""
    return None if ou == ENSEMBLE else sum(ou in un.mauvais for un in lue.compares)


# --- Indicators -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Indicateurs(Contenu):
    """The names of reports/region/indicateurs.md; `alertes`: only those above a threshold."""

    modele = "region/indicateurs.md"

    tableaux: Sequence[Tableau]
    alertes: bool
    departements: Sequence[str]
    autres_regles: Sequence[str]


def indicateurs(lue: Lue) -> Section | None:
    """Return every indicator in each département."""
    return _chapitre_des_indicateurs(lue, lue.compares, alertes=False)


def indicateurs_en_alerte(lue: Lue) -> Section | None:
    """Return the indicators that are rouge or à traiter somewhere."""
    return _chapitre_des_indicateurs(lue, [un for un in lue.compares if un.mauvais], alertes=True)


def _chapitre_des_indicateurs(
    lue: Lue, compares: Sequence[Compare], *, alertes: bool
) -> Section | None:
    if not lue.compares:
        return None
    return Indicateurs(
        tableaux=list(_cote_a_cote(lue, compares)) if compares else [],
        alertes=alertes,
        departements=[f"{_court(d)} {nom_departement(d)}" for d in lue.presents],
        autres_regles=[dit for un in compares if (dit := un.dire_versions)],
    ).section()


def _cote_a_cote(lue: Lue, compares: Sequence[Compare]) -> Iterator[Tableau]:
    """Yield an indicator a row, a département a column: as many tables as paper needs."""
    for rang in range(0, len(lue.presents), COTE_A_COTE):
        siens = lue.presents[rang : rang + COTE_A_COTE]
        colonnes = (
            *entetes.colonnes("region-indicateurs", "indicateur", "ensemble", "sommes"),
            *(Colonne(_court(d), "taux", nom=d) for d in siens),
        )
        lignes = tuple(
            (
                Cellule(un.un.libelle),
                _ensemble(un),
                Cellule(f"{len(un.dites)} sur {len(un.valeurs)}" if not un.denombree else None),
                *(_valeur(un, d) for d in siens),
            )
            for un in compares
        )
        titre = entetes.titre("region-indicateurs")
        if len(siens) < len(lue.presents):
            titre += f", {_court(siens[0])} à {_court(siens[-1])}"
        yield Tableau(f"region-indicateurs-{rang}", titre, colonnes, lignes)


def _ensemble(un: Compare) -> Cellule:
    """Return the rate of the sums, masked when too few départements tell theirs."""
    if un.somme is None:
        return Cellule(masquee=any(une.masquee for une in un.valeurs.values()) and un.en_taux)
    n, d = un.somme
    return Cellule(n / d, sur=d) if d else Cellule(etat=Etat.SANS_OBJET)


def _court(departement: str) -> str:
    """Return a code as people write it: 13, 2A, 974."""
    return departement.removeprefix("0")


def _valeur(un: Compare, departement: str) -> Cellule:
    """Return the value of a département; where a figure comes from is said of one alone."""
    une = un.valeurs.get(departement)
    if une is None or une.d == 0:
        return Cellule(etat=Etat.SANS_OBJET)
    dite = une.cellule()
    return replace(dite, origine=None)


# --- The policy of attributions -------------------------------------------------------------------


@dataclass(frozen=True)
class Politique(Contenu):
    """The names of reports/region/politique.md."""

    modele = "region/politique.md"

    annee: str
    tableau: Tableau
    parts: Tableau
    manques: Tableau | None


def politique(lue: Lue) -> Section | None:
    """Return the attributions of the year and the objectives, together and by département."""
    if not lue.politique:
        return None
    annee = lue.edition.mois[:4]
    vises = [un for un in lue.politique if any(une.vise for une in un.situations.values())]
    return Politique(
        annee=annee,
        tableau=Tableau(
            "region-politique",
            entetes.titre("region-politique", annee=annee),
            entetes.colonnes(
                "region-politique",
                "mesure",
                "realise",
                "sur",
                "part",
                "objectif",
                "manque",
                "sommes",
            ),
            tuple(_ligne(un) for un in lue.politique),
        ),
        parts=_par_departement(lue, lue.politique, "region-parts", "taux", _part),
        manques=_par_departement(lue, vises, "region-manques", "nombre", _manque)
        if any(un.manques for un in vises)
        else None,
    ).section()


def _ligne(un: Suivi) -> tuple[Cellule, ...]:
    vises = list(dict.fromkeys(dire_vise(une.vise) for une in un.situations.values() if une.vise))
    au_plus = " au plus" if un.plafond else ""
    return (
        Cellule(REGLES[un.mesure].titre),
        *_comptes(un),
        Cellule(
            f"{vises[0]}{au_plus}" if len(vises) == 1 else "selon le département" * bool(vises)
        ),
        Cellule(sum(un.manques.values()) if un.situee else None),
        Cellule(f"{len(un.dites)} sur {len(un.situations)}"),
    )


def _comptes(un: Suivi) -> tuple[Cellule, Cellule, Cellule]:
    """Return what is done, out of what, its share."""
    if un.somme is None:
        return Cellule(masquee=True), Cellule(masquee=True), Cellule(masquee=True)
    realise, sur = un.somme
    return Cellule(realise), Cellule(sur), Cellule(realise / sur if sur else None)


def _part(un: Suivi, departement: str) -> Cellule:
    une = un.situations.get(departement)
    if une is None:
        return Cellule()
    return Cellule(masquee=True) if une.masquee else Cellule(une.part, sur=une.sur)


def _manque(un: Suivi, departement: str) -> Cellule:
    une = un.situations.get(departement)
    if une is None:
        return Cellule()
    if une.masquee and une.vise:
        return Cellule(masquee=True)
    return Cellule(None if une.manque is None else max(une.manque, 0))


def _par_departement(
    lue: Lue,
    suivis: Sequence[Suivi],
    cle: str,
    genre: str,
    case: Callable[[Suivi, str], Cellule],
) -> Tableau:
    """Return a département a row, a measure a column."""
    (tete,) = entetes.colonnes("region-departements", "departement")
    return Tableau(
        cle,
        entetes.titre(cle, annee=lue.edition.mois[:4]),
        (
            tete,
            *(
                Colonne(
                    REGLES[un.mesure].titre, "taux" if genre == "taux" else "nombre", nom=un.mesure
                )
                for un in suivis
            ),
        ),
        tuple((Cellule(nom_departement(d)), *(case(un, d) for un in suivis)) for d in lue.presents),
    )


# --- EPCI of several départements, method ---------------------------------------------------------


@dataclass(frozen=True)
class Epcis(Contenu):
    """The names of reports/region/epcis.md."""

    modele = "region/epcis.md"

    tableau: Tableau


def epcis(lue: Lue) -> Section | None:
    """Return the EPCI of several départements, whole as far as these are there."""
    if not lue.epcis:
        return None
    return Epcis(
        Tableau(
            "region-epcis",
            entetes.titre("region-epcis"),
            entetes.colonnes(
                "region-epcis", "epci", "departements", "actives", "attributions", "tension"
            ),
            tuple(
                (
                    Cellule(un.nom),
                    Cellule(_dans(un)),
                    _case(un.ligne["demandes_actives"]),
                    _case(un.ligne["attributions"]),
                    _case(un.ligne["demandes_pour_une_attribution"]),
                )
                for un in lue.epcis
            ),
        )
    ).section()


def _dans(un: EpciPartage) -> str:
    dit = enumerer([nom_departement(d) for d in un.presents])
    sans = enumerer([nom_departement(d) for d in un.absents])
    return f"{dit} ; sans {sans}" if sans else dit


@dataclass(frozen=True)
class Methode(Contenu):
    """The names of reports/region/methode.md."""

    modele = "region/methode.md"

    seuil: int
    epci: bool


def methode(lue: Lue) -> Section:
    """Return how the figures are made, and what is not said."""
    epci = bool(lue.edition.reunion.ensemble.epci)
    return Methode(seuil_secret(lue.edition.v), epci).section()
