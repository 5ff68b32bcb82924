"""Indicators: what a value rests on, one indicator over the guichets and over the months."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from infocentre.acces.perimetre import Perimetre
from infocentre.catalogue import Catalogue, Indicateur
from infocentre.catalogue.conserve import catalogue_du_controle
from infocentre.contrat import Colonne, contrat
from infocentre.lecture.commun import catalogue, mois_controles, par_version, registre
from infocentre.lecture.filtres import Filtres, retenir
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import du_departement
from infocentre.lecture.lignes import Compte, Estimation, Revision, Valeur, ValeurNommee
from infocentre.noyau.etats import DEPASSES, MAUVAIS, SIGNIFICATIFS, Etat, est_masque
from infocentre.noyau.francais import accorder, clef_de_tri
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.temps import annuels, est_annuel, mois_avant, mois_entre
from infocentre.noyau.types_guichet import EN_LIGNE

MOIS_MONTRES, ANNEES_MONTREES = 24, 10


@dataclass(frozen=True, slots=True)
class Mesure:
    """The counts that a state rests on: those of the month, or of the 12 months.

    `masquee`: one of them is small, and the reader may not see it.
    """

    numerateur: int
    denominateur: int
    sur_12_mois: bool
    masquee: bool = False

    @property
    def taux(self) -> float | None:
        """Rate, None without a unit, or where a count is hidden."""
        if self.masquee or not self.denominateur:
            return None
        return self.numerateur / self.denominateur


def mesure(ligne: Valeur) -> Mesure:
    """Return what the state of a published value rests on."""
    n, d = ligne["n_etat"], ligne["d_etat"]
    return Mesure(
        n or 0,
        d or 0,
        ligne["fenetre"] == "12m",
        masquee=est_masque(ligne["etat"], n),
    )


def se_distingue(ligne: Valeur, taux: float) -> bool:
    """Tell whether a rate of others is out of the margin of a value."""
    return not (ligne["borne_basse"] or 0.0) <= taux <= (ligne["borne_haute"] or 1.0)


def nature(cat: Catalogue, un: Indicateur) -> str:
    """Return the noun of a unit: demande, message, pli, accès (an act is that of a demande)."""
    trouve = re.search(r"par (\w+)", cat.populations[un.population].grain)
    return trouve[1] if trouve and trouve[1] != "acte" else "demande"


def parmi(comparaisons: int) -> str:
    """Say how many comparisons a page or document makes: movements are corrected for it."""
    if comparaisons < 2:  # noqa: PLR2004 - one alone needs no correction
        return f"sur {accorder(comparaisons, 'comparaison')}"
    return f"parmi {accorder(comparaisons, 'comparaison')}, corrigées de leur nombre"


def catalogue_du_mois(v: Lecture, filtres: Filtres) -> Catalogue:
    """Return the catalogue that the month was controlled with."""
    une = v.version.publiee(filtres.departement, filtres.mois)
    return catalogue_du_controle(v.dossier, une) if une and une.controle else catalogue()


@dataclass(frozen=True, slots=True)
class Resume:
    """One indicator in a month: the département's value, a year before, guichets per state."""

    un: Indicateur
    departement: Valeur | None
    avant: Valeur | None
    etats: Counter[str]

    @property
    def graves(self) -> int:
        """How many guichets are rouge or à traiter."""
        return sum(self.etats[un] for un in MAUVAIS)

    @property
    def gravite(self) -> tuple[int, int, int]:
        """What it is sorted by, the worst being the highest: the département, then guichets."""
        etat = Etat.lire(self.departement["etat"]) if self.departement else None
        return (etat.gravite if etat else 0), self.graves, self.etats[Etat.ORANGE]

    @property
    def vert(self) -> bool:
        """Tell whether the département is judged, and under the thresholds."""
        return self.departement is not None and self.departement["etat"] == Etat.VERT

    @property
    def depasse(self) -> bool:
        """Tell whether the département is above a threshold, or a guichet is rouge or à traiter."""
        etat = self.departement["etat"] if self.departement else ""
        return etat in DEPASSES or bool(self.graves)


def resumes(v: Lecture, filtres: Filtres) -> list[Resume]:
    """Return every indicator of the month, in the order of the catalogue."""
    mois = (filtres.mois, mois_avant(filtres.mois, 12))
    departement = _du_departement(v, filtres.departement, mois)
    etats: dict[str, Counter[str]] = {}
    for code, etat, nombre in _etats(v, retenir(v, filtres), filtres.departement, filtres.mois):
        etats.setdefault(code, Counter())[etat] = nombre
    return [
        Resume(
            un,
            departement.get((code, mois[0])),
            departement.get((code, mois[1])),
            etats.get(code, Counter()),
        )
        for code, un in catalogue_du_mois(v, filtres).indicateurs.items()
    ]


@par_version
def _du_departement(
    v: Lecture, departement: str, mois: tuple[str, ...]
) -> dict[tuple[str, str], Valeur]:
    """Return {(code, month): value} of a département in some months."""
    lignes = v.lignes(
        "SELECT * FROM valeurs WHERE departement = $departement "
        "AND list_contains($mois, mois) AND niveau = 'departement'",
        {"departement": departement, "mois": list(mois)},
        Valeur,
    )
    return {(une["code"], une["mois"]): une for une in lignes}


@par_version
def _etats(v: Lecture, vus: Perimetre, departement: str, mois: str) -> list[tuple[str, str, int]]:
    """Return (code, state, how many guichets) of a month, within a périmètre."""
    siens = "AND list_contains($guichets, guichet)" if vus.partiel else ""
    return v.tuples(
        "SELECT code, etat, count(*) FROM valeurs WHERE departement = $departement "
        f"AND mois = $mois AND niveau = 'guichet' {siens} GROUP BY code, etat",
        {
            "departement": departement,
            "mois": mois,
            **({"guichets": sorted(vus.guichets or ())} if vus.partiel else {}),
        },
    )


@par_version
def histoire(
    v: Lecture,
    filtres: Filtres,
    niveau: str,
    guichet: str,
    *,
    etats: tuple[str, ...] = (),
    nombre: int | None = None,
) -> dict[str, dict[str, Valeur]]:
    """Return {code: {month: value}} of one guichet, organisme or '*', up to the month.

    With `etats`, an indicator that has none of them in the month is read for the month and the same
    month a year before only.
    """
    siennes = "departement = $departement AND niveau = $niveau AND guichet = $guichet"
    choix = f"SELECT code FROM valeurs WHERE {siennes} AND mois = $mois AND etat IN $etats"
    restriction = f"AND (mois IN ($mois, $avant) OR code IN ({choix}))" if etats else ""
    lignes = v.lignes(
        f"SELECT * FROM valeurs WHERE {siennes} AND mois BETWEEN $debut AND $mois {restriction}",
        {
            "departement": filtres.departement,
            "niveau": niveau,
            "guichet": guichet,
            "debut": _debut(v, filtres, nombre),
            "mois": filtres.mois,
            **({"etats": etats, "avant": mois_avant(filtres.mois, 12)} if etats else {}),
        },
        Valeur,
    )
    par_code: dict[str, dict[str, Valeur]] = {}
    for ligne in lignes:
        par_code.setdefault(ligne["code"], {})[ligne["mois"]] = ligne
    return par_code


@par_version
def histoire_departement(
    v: Lecture, filtres: Filtres, code: str, nombre: int | None = None
) -> dict[str, Valeur]:
    """Return {month: value} of the département for one indicator, up to the month."""
    lignes = v.lignes(
        "SELECT * FROM valeurs WHERE departement = $departement "
        "AND niveau = 'departement' AND code = $code AND mois BETWEEN $debut AND $mois",
        {
            "departement": filtres.departement,
            "code": code,
            "debut": _debut(v, filtres, nombre),
            "mois": filtres.mois,
        },
        Valeur,
    )
    return {ligne["mois"]: ligne for ligne in lignes}


def _debut(v: Lecture, filtres: Filtres, nombre: int | None) -> str:
    """Return the first of so many months up to that of the filters; by default of those shown."""
    debut = mois_avant(filtres.mois, (nombre or MOIS_MONTRES) - 1)
    connus = mois_controles(v, filtres.departement)
    return debut if nombre or not connus else min(debut, derniers_mois(filtres, connus)[0])


def derniers_mois(filtres: Filtres, connus: list[str], nombre: int = MOIS_MONTRES) -> list[str]:
    """Return the months to show, oldest first: at most `nombre`, none before the first known.

    Yearly arrêtés stand side by side, ten years of them: no month is expected between.
    """
    jusqu_ici = [un for un in connus if un <= filtres.mois]
    if len(jusqu_ici) > 1 and est_annuel(*jusqu_ici[-2:]):
        return annuels(jusqu_ici)[-ANNEES_MONTREES:]
    debut = max(mois_avant(filtres.mois, nombre - 1), connus[0])
    return [*mois_entre(mois_avant(debut), filtres.mois), filtres.mois]


@par_version
def guichets_de(v: Lecture, filtres: Filtres, code: str, niveau: str) -> list[ValeurNommee]:
    """Return the values of an indicator in the month, each with its `nom`, by name; all types."""
    vus = retenir(v, filtres)
    connus = registre(v, filtres.departement, filtres.mois, vus)
    noms = (
        noms_organismes(connus)
        if niveau == "organisme"
        else {une["guichet"]: une["nom"] for une in connus}
    )
    lignes = v.lignes(
        "SELECT * FROM valeurs WHERE departement = $departement "
        "AND mois = $mois AND niveau = $niveau AND code = $code",
        {"departement": filtres.departement, "mois": filtres.mois, "niveau": niveau, "code": code},
        Valeur,
    )
    gardees: list[ValeurNommee] = [
        {**une, "nom": noms.get(une["guichet"]) or nom_hors_registre(une["guichet"])}
        for une in lignes
        if not vus.partiel or une["guichet"] in noms
    ]
    return sorted(gardees, key=lambda une: (clef_de_tri(une["nom"]), une["guichet"]))


@par_version
def seuls_de_leur_type(
    v: Lecture, departement: str, mois: str, niveau: str
) -> frozenset[tuple[str, str]]:
    """Return (code, guichet or organisme) of those that alone, of their type, have units.

    The rate of their type is their own: nobody is to be compared with it.
    """
    lignes = du_departement(v, departement).tuples(
        "SELECT code, any_value(guichet) FROM valeurs WHERE departement = $departement "
        "AND mois = $mois AND niveau = $niveau AND d_etat > 0 "
        "GROUP BY code, type_guichet HAVING count(*) = 1",
        {"departement": departement, "mois": mois, "niveau": niveau},
    )
    return frozenset(lignes)


def nom_hors_registre(guichet: str) -> str:
    """Return what a guichet that the register does not name is called."""
    return "Guichet non renseigné" if guichet == "INCONNU" else f"Guichet {guichet} (hors registre)"


def type_principal(lignes: Sequence[Valeur]) -> str:
    """Return the type of the funnel shown first: of the worst guichet, or of most that are judged.

    The worst is rouge or à traiter, with most anomalies.
    """
    connues = [une for une in lignes if une["type_guichet"] not in {None, "", EN_LIGNE}]
    pires = [une for une in connues if une["etat"] in MAUVAIS]
    if pires:
        pire = max(pires, key=lambda une: (mesure(une).numerateur, une["guichet"]))
        return pire["type_guichet"] or ""
    poids = Counter(
        une["type_guichet"]
        for une in connues
        for _ in range(3 if une["etat"] in SIGNIFICATIFS else 1)
    )
    return (poids.most_common(1)[0][0] or "") if poids else ""


def versions_de_la_regle(
    v: Lecture, filtres: Filtres, code: str, mois: Sequence[str]
) -> dict[str, int]:
    """Return {month: version of the rule that it was counted by} of the months that have it."""
    versions = {}
    for m in mois:
        un = catalogue_du_mois(v, Filtres(filtres.departement, m)).indicateurs.get(code)
        if un:
            versions[m] = un.version
    return versions


@dataclass(frozen=True, slots=True)
class MoisRevu:
    """A month judged: published by its own delivery, seen in the newest, and what it may become.

    `rupture`: habits of entry changed, the estimate is withheld.
    """

    mois: str
    publie: tuple[int, int] | None
    vu: tuple[int, int] | None
    estime: tuple[float, float, float] | None
    tardif: bool
    rupture: bool = False


@par_version
def mois_revus(v: Lecture, filtres: Filtres, code: str) -> list[MoisRevu]:
    """Return the 12 months that the delivery of the month shows again, the département's counts.

    Estimates exist for the newest delivery only.
    """
    lieu: dict[str, Any] = {"d": filtres.departement, "mois": filtres.mois, "code": code}
    vus = v.lignes(
        "SELECT * FROM triangle WHERE departement = $d AND mois = $mois AND code = $code "
        "AND guichet = '*'",
        lieu,
        Compte,
    )
    estimes = v.lignes(
        "SELECT * FROM estimations WHERE departement = $d AND mois = $mois AND code = $code "
        "AND mesure = 'denominateur'",
        lieu,
        Estimation,
    )
    publies = histoire_departement(v, filtres, code, 12)
    par_mois = {une["mois_juge"]: une for une in vus}
    attendus = {une["mois_juge"]: une for une in estimes}
    revus = []
    for mois in sorted(par_mois.keys() | publies.keys(), reverse=True):
        publie, vu, attendu = publies.get(mois), par_mois.get(mois), attendus.get(mois)
        revus.append(
            MoisRevu(
                mois,
                _comptes(publie),
                _comptes(vu),
                _estime(attendu),
                bool(attendu and attendu["saisie_tardive_probable"]),
                bool(attendu and attendu.get("rupture")),
            )
        )
    return revus


def _estime(une: Estimation | None) -> tuple[float, float, float] | None:
    """Return what a count may become, and its margins; None when the estimate is withheld."""
    if une is None or une["estime"] is None:
        return None
    return une["estime"], une["borne_basse"] or 0.0, une["borne_haute"] or 0.0


def _comptes(ligne: Valeur | Compte | None) -> tuple[int, int] | None:
    if ligne is None or ligne["numerateur"] is None or ligne["denominateur"] is None:
        return None
    return ligne["numerateur"], ligne["denominateur"]


@par_version
def saisies_tardives(v: Lecture, departement: str, mois: str) -> frozenset[str]:
    """Return the codes of which a part of the month's units has probably not come in yet."""
    codes = v.tuples(
        "SELECT DISTINCT code FROM estimations WHERE departement = $d AND mois_juge = $mois "
        "AND saisie_tardive_probable",
        {"d": departement, "mois": mois},
    )
    return frozenset(code for (code,) in codes)


@par_version
def habitudes_changees(v: Lecture, departement: str, mois: str) -> frozenset[str]:
    """Return the codes whose estimate of the month is withheld: habits of entry changed.

    A version published before ruptures were looked for has none.
    """
    lignes = v.lignes(
        "SELECT * FROM estimations WHERE departement = $d AND mois_juge = $mois",
        {"d": departement, "mois": mois},
        Estimation,
    )
    return frozenset(une["code"] for une in lignes if une.get("rupture"))


@par_version
def revisions(
    v: Lecture,
    filtres: Filtres,
    niveau: str,
    guichet: str,
    code: str | None = None,
    *,
    nombre: int | None = None,
) -> list[Revision]:
    """Return what was published otherwise for the months shown, newest change first."""
    return v.lignes(
        "SELECT * FROM revisions WHERE departement = $departement AND niveau = $niveau "
        "AND guichet = $guichet AND mois BETWEEN $debut AND $mois "
        "AND ($code IS NULL OR code = $code) ORDER BY le DESC, mois DESC, code",
        {
            "departement": filtres.departement,
            "niveau": niveau,
            "guichet": guichet,
            "debut": _debut(v, filtres, nombre),
            "mois": filtres.mois,
            "code": code,
        },
        Revision,
    )


def colonnes_lues(cat: Catalogue, un: Indicateur) -> list[Colonne]:
    """Return the columns of the contract that the rule names, as people know them."""
    regle = f"{un.applicable or ''} {un.anomalie} {cat.populations[un.population].sql}"
    tables = [nom for nom in contrat().tables if re.search(rf"\b{nom}\b", regle)]
    mots = set(re.findall(r"[a-z_0-9]+", f"{un.applicable or ''} {un.anomalie}"))
    trouvees: dict[str, Colonne] = {}
    for table in tables:
        for colonne in contrat().tables[table].colonnes:
            if colonne.champ in mots:
                trouvees.setdefault(colonne.champ, colonne)
    return list(trouvees.values())
