"""A sample to check by hand: drawn by strata, filled in by a person, read back as a rate."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import xlsxwriter

from infocentre.catalogue.conserve import catalogue_du_controle
from infocentre.catalogue.sql import condition
from infocentre.contrat import Colonne, contrat, montres
from infocentre.contrat.listes import Motif
from infocentre.decisions.magasin import magasin_present
from infocentre.decisions.verdicts import VerdictGarde, lister_verdicts
from infocentre.entrepot import Livraison
from infocentre.entrepot.dossier import VersionLue
from infocentre.entrepot.relations import citer, inserer
from infocentre.lecture.archives import ouvrir_lecture
from infocentre.lecture.commun import noms_guichets
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.mots import en_mots
from infocentre.livraisons import feuilles
from infocentre.livraisons.classeurs import FeuilleLue
from infocentre.livraisons.feuilles import Ligne
from infocentre.noyau.erreurs import Refus

VERDICTS = ("Conforme (oui ou non)", "Ce qui est faux", "Commentaire")
FEUILLE, TIRAGE = "À vérifier", "Tirage"
UNITE = ("Strate", "Unité", "Numéro unique")  # titles of what tells a row
REPERES, STRATE, TIREES = ("departement", "guichet", "mois", "graine"), "strate", "tirees"
Z_95 = 1.96
Unite = tuple[str, str | None, str]


@dataclass(frozen=True, slots=True)
class Demande:
    """What a person asks: the guichet, the population of an indicator if any, size and seed."""

    guichet: str
    n: int
    graine: int
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Echantillon:
    """Drawn units with the facts to check, and the size of each stratum they come from.

    `noms` are those of the guichets, so that the facts are read in words.
    """

    demande: Demande
    departement: str
    mois: str
    effectifs: dict[str, int]
    lignes: list[tuple[Any, ...]]
    noms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a filled sample says: error rate weighted by stratum, with its 95 % interval.

    `tirage` is how it was drawn: departement, guichet, mois, indicateur, graine, tirees. Those
    drawn whose row was taken away are not judged.
    """

    tirage: dict[str, str]
    tirees: int
    jugees: dict[str, int]
    fausses: dict[str, int]
    taux: float
    borne_basse: float
    borne_haute: float


def tirer(v: Lecture, livraison: Livraison, demande: Demande) -> Echantillon:
    """Draw a sample of a guichet in the delivery of a month.

    Raises:
        Refus: the reader may not see its demandes, or there is none to check.
    """
    v.exiger_nominatif()
    if not v.p.voit_guichet(demande.guichet):
        raise Refus("Ce guichet n'est pas ouvert à ce compte", que_faire="En choisir un autre.")
    with ouvrir_lecture(v) as lecture:
        tire = _tirer(lecture, livraison, demande)
    montres.lire_lignes(tire.lignes)
    return replace(tire, noms=noms_guichets(v, livraison.departement, livraison.mois))


def _tirer(lecture: VersionLue, livraison: Livraison, demande: Demande) -> Echantillon:
    lecture.relations([livraison])
    _preparer_base(lecture, livraison, demande)
    effectifs = dict(
        lecture.con.execute("SELECT strate, count(*) FROM base GROUP BY 1 ORDER BY 1").fetchall()
    )
    if not effectifs:
        raise Refus(
            f"le guichet « {demande.guichet} » n'a aucune demande à vérifier en {livraison.mois}",
            que_faire="Vérifier son code dans la liste des guichets, ou changer de mois.",
        )
    unites = _choisir(lecture.con, effectifs, demande)
    faits = _faits(lecture.con, unites)
    return Echantillon(demande, livraison.departement, livraison.mois, effectifs, faits)


def _preparer_base(lecture: VersionLue, livraison: Livraison, demande: Demande) -> None:
    """Create `base` (unite, numero_unique, strate): what the sample is drawn from."""
    guichet = citer(demande.guichet)
    if demande.code:
        catalogue = catalogue_du_controle(lecture.dossier, livraison)
        un = catalogue.indicateurs.get(demande.code)
        if un is None:
            raise Refus(
                f"l'indicateur « {demande.code} » n'existe pas en {livraison.mois}",
                que_faire="Codes : " + ", ".join(catalogue.indicateurs),
            )
        lecture.con.execute(
            f"CREATE OR REPLACE TEMP TABLE base AS SELECT unite, numero_unique, "
            f"if({condition(un)}, 'en anomalie', 'sans anomalie') AS strate "
            f"FROM ({catalogue.populations[un.population].sql}) "
            f"WHERE guichet = {guichet} AND ({un.applicable or 'true'}) "
            "AND strftime(jour, '%Y-%m') = mois"
        )
        return
    lecture.con.execute(f"""
        CREATE OR REPLACE TEMP TABLE base AS
        SELECT numero_unique AS unite, numero_unique,
            CASE WHEN date_creation > arrete - INTERVAL 12 MONTH
                THEN 'active, déposée depuis moins d''un an' ELSE 'active, plus ancienne' END
                AS strate
        FROM stock WHERE guichet_enregistreur = {guichet}
        UNION ALL
        SELECT numero_unique, numero_unique,
            if(motif_radiation = '{Motif.ATTRIBUTION}', 'attribution', 'autre radiation')
        FROM radiation WHERE guichet_enregistreur = {guichet}
            AND date_radiation > arrete - INTERVAL 12 MONTH""")


def repartir(effectifs: dict[str, int], n: int) -> dict[str, int]:
    """Share a sample among strata in proportion, at least one each when there is room."""
    total = sum(effectifs.values())
    n = min(n, total)
    exactes = {strate: n * effectif / total for strate, effectif in effectifs.items()}
    parts = {strate: int(part) for strate, part in exactes.items()}
    plancher = 1 if n >= len(effectifs) else 0
    parts = {strate: max(plancher, part) for strate, part in parts.items()}
    par_reste = sorted(effectifs, key=lambda s: (parts[s] - exactes[s], s))
    while sum(parts.values()) < n:
        libres = [s for s in par_reste if parts[s] < effectifs[s]]
        strate = min(libres, key=lambda s: (parts[s] - exactes[s], s))
        parts[strate] += 1
    while sum(parts.values()) > n:
        larges = [s for s in parts if parts[s] > plancher]
        strate = max(larges, key=lambda s: (parts[s] - exactes[s], s))
        parts[strate] -= 1
    return parts


def _choisir(
    con: duckdb.DuckDBPyConnection, effectifs: dict[str, int], demande: Demande
) -> list[Unite]:
    """Take the first units of each stratum in the order of md5(seed, unit)."""
    tirage: list[Unite] = []
    for strate, nombre in sorted(repartir(effectifs, demande.n).items()):
        tirage += con.execute(
            f"SELECT unite, numero_unique, strate FROM base WHERE strate = {citer(strate)} "
            f"ORDER BY md5('{demande.graine}' || '|' || unite), unite LIMIT {nombre}"
        ).fetchall()
    return tirage


def _a_verifier() -> tuple[Colonne, ...]:
    return contrat().tables["radiation"].rangees("echantillon")


def _faits(con: duckdb.DuckDBPyConnection, tirage: list[Unite]) -> list[tuple[Any, ...]]:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE tirage "
        "(rang BIGINT, unite VARCHAR, numero VARCHAR, strate VARCHAR)"
    )
    inserer(con, "tirage", [(rang, *ligne) for rang, ligne in enumerate(tirage)])
    faits = ", ".join(f"d.{fait.champ}" for fait in _a_verifier())
    return con.execute(
        f"SELECT t.strate, t.unite, t.numero, {faits} "
        "FROM tirage AS t LEFT JOIN "
        "(SELECT * FROM stock UNION ALL BY NAME SELECT * FROM radiation) AS d "
        "ON d.numero_unique = t.numero "
        "QUALIFY row_number() OVER (PARTITION BY t.rang) = 1 ORDER BY t.rang"
    ).fetchall()


def en_classeur(echantillon: Echantillon) -> bytes:
    """Return the workbook to fill: facts to check, empty verdicts, and how it was drawn."""
    tampon = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "dd/mm/yyyy", "strings_to_formulas": False}
    with xlsxwriter.Workbook(tampon, options) as classeur:
        _feuille_a_verifier(classeur, echantillon)
        _feuille_tirage(classeur, echantillon)
    return tampon.getvalue()


def _feuille_a_verifier(classeur: xlsxwriter.Workbook, echantillon: Echantillon) -> None:
    titre = classeur.add_format({"bold": True, "bg_color": "#E3E3FD", "text_wrap": True})
    saisie = classeur.add_format({"bg_color": "#FFF9E0"})
    feuille = classeur.add_worksheet(FEUILLE)
    colonnes = [*UNITE, *(f.libelle for f in _a_verifier()), *VERDICTS]
    feuille.write_row(0, 0, colonnes, titre)
    verdict = len(colonnes) - len(VERDICTS)
    for rang, ligne in enumerate(echantillon.lignes, start=1):
        for colonne, valeur in enumerate(_en_mots(ligne, echantillon.noms)):
            if valeur is not None:
                feuille.write(rang, colonne, valeur)
        for colonne in range(verdict, len(colonnes)):
            feuille.write_blank(rang, colonne, None, saisie)
    choix = {"validate": "list", "source": ["oui", "non"]}
    feuille.data_validation(1, verdict, max(len(echantillon.lignes), 1), verdict, choix)
    feuille.freeze_panes(1, 3)
    feuille.autofit(max_width=260)


def _en_mots(ligne: tuple[Any, ...], noms: Mapping[str, str]) -> list[Any]:
    """Return a row as it is checked on paper: words for codes, dates and numbers as they are."""
    unite, faits = ligne[: -len(_a_verifier())], ligne[-len(_a_verifier()) :]
    lus = [
        valeur if valeur is None or _tel_quel(colonne) else en_mots(colonne, valeur, noms)
        for colonne, valeur in zip(_a_verifier(), faits, strict=True)
    ]
    return [*unite, *lus]


def _tel_quel(colonne: Colonne) -> bool:
    return colonne.type in {"date", "entier", "decimal"} and not colonne.codes


def _feuille_tirage(classeur: xlsxwriter.Workbook, echantillon: Echantillon) -> None:
    demande = echantillon.demande
    entete = {
        "departement": echantillon.departement,
        "guichet": demande.guichet,
        "mois": echantillon.mois,
        "indicateur": demande.code or "",
        "graine": str(demande.graine),
        TIREES: str(len(echantillon.lignes)),
    }
    feuille = classeur.add_worksheet(TIRAGE)
    for rang, (cle, valeur) in enumerate(entete.items()):
        feuille.write_row(rang, 0, [cle, valeur])
    effectifs = sorted(echantillon.effectifs.items())
    for rang, (strate, effectif) in enumerate(effectifs, start=len(entete) + 1):
        feuille.write_row(rang, 0, [STRATE, strate, effectif])


def relire(contenu: bytes, nom: str) -> Verdict:
    """Read a filled workbook; `nom` is how messages call it. Raise Refus when it is none."""
    tirage, effectifs, verdicts = _lire_classeur(contenu, nom)
    juges = Counter(strate for strate, conforme in verdicts if conforme is not None)
    faux = Counter(strate for strate, conforme in verdicts if conforme is False)
    if not juges:
        raise Refus("aucun verdict n'est rempli", nom, f"Remplir la colonne « {VERDICTS[0]} ».")
    total = sum(effectifs[strate] for strate in juges)
    taux = sum(effectifs[s] / total * faux[s] / juges[s] for s in juges)
    bas, haut = intervalle(taux, juges.total())
    return Verdict(
        tirage=tirage,
        tirees=max(len(verdicts), _entier(tirage.get(TIREES, ""))),
        jugees={strate: juges[strate] for strate in sorted(juges)},
        fausses={strate: faux[strate] for strate in sorted(juges)},
        taux=taux,
        borne_basse=bas,
        borne_haute=haut,
    )


def a_garder(v: Lecture, verdict: Verdict, auteur: str) -> VerdictGarde:
    """Return what is kept of the verdict of a sample of a guichet that the reader may see.

    Raises:
        Refus: its workbook does not say of what it is a sample, or of what one may not see.
    """
    tirage = verdict.tirage
    departement, guichet, mois = (tirage.get(nom, "") for nom in ("departement", "guichet", "mois"))
    connus = noms_guichets(v, departement, mois) if v.p.voit(departement) else {}
    if guichet not in connus or not v.p.voit_guichet(guichet):
        raise Refus(
            f"ce classeur est le tirage d'un guichet inconnu (« {guichet or 'non dit'} »)",
            que_faire="Donner un classeur que cet infocentre a tiré, sans changer sa feuille "
            f"« {TIRAGE} ».",
        )
    return VerdictGarde(
        departement,
        guichet,
        mois,
        tirage.get("indicateur", "")[:60],
        tirage.get("graine", "")[:12],
        verdict.tirees,
        sum(verdict.jugees.values()),
        sum(verdict.fausses.values()),
        verdict.taux,
        verdict.borne_basse,
        verdict.borne_haute,
        auteur,
        dt.datetime.now(dt.UTC),
    )


def verdicts(v: Lecture, departement: str, guichet: str = "") -> list[VerdictGarde]:
    """Return the verdicts kept of a département, or of one guichet, the last given first."""
    magasin = magasin_present(v.dossier.racine)
    if magasin is None or not v.p.voit(departement):
        return []
    return [
        un
        for un in lister_verdicts(magasin, departement)
        if guichet in {"", un.guichet} and v.p.voit_guichet(un.guichet)
    ]


def intervalle(taux: float, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a rate on n verdicts.

    Strata drawn in proportion only narrow it: it is a prudent one.
    """
    centre = (taux + Z_95**2 / (2 * n)) / (1 + Z_95**2 / n)
    demi = Z_95 / (1 + Z_95**2 / n) * math.sqrt(taux * (1 - taux) / n + Z_95**2 / (4 * n**2))
    return max(0.0, centre - demi), min(1.0, centre + demi)


def _lire_classeur(
    contenu: bytes, nom: str
) -> tuple[dict[str, str], dict[str, int], list[tuple[str, bool | None]]]:
    """Return how it was drawn, the size of each stratum, (stratum, verdict) of each unit.

    Sheets are found by what they hold, whatever they are called; copies of one count once.
    """
    faux = Refus(
        "ce n'est pas un échantillon de l'infocentre",
        nom,
        "Donner le classeur .xlsx tel que l'infocentre l'a écrit, rempli.",
    )
    lues = feuilles.ouvrir(contenu, faux)
    tirage, effectifs = _lire_tirage(lues, nom, faux)
    verdicts: dict[tuple[str, str], bool | None] = {}
    for ligne in _a_lire(lues, nom, faux):
        _retenir(verdicts, ligne, effectifs, f"{nom}, {ligne.ou}")
    return tirage, effectifs, [(strate, dit) for (strate, _), dit in verdicts.items()]


def _lire_tirage(
    lues: Sequence[FeuilleLue], nom: str, faux: Refus
) -> tuple[dict[str, str], dict[str, int]]:
    dites = feuilles.references(lues, REPERES)
    if not dites:
        raise faux
    if any(len(siennes) > 1 for cle, siennes in dites.items() if cle != STRATE):
        raise Refus(
            "ce classeur dit deux tirages", nom, f"N'y laisser qu'une feuille « {TIRAGE} »."
        )
    strates = [une for lue in lues for une in lue["lignes"] if une and une[0] == STRATE]
    try:
        effectifs = {une[1]: int(float(une[2])) for une in strates}
    except (ValueError, IndexError, OverflowError) as erreur:
        raise faux from erreur
    return {cle: siennes[0] for cle, siennes in dites.items() if cle != STRATE}, effectifs


def _a_lire(lues: Sequence[FeuilleLue], nom: str, faux: Refus) -> list[Ligne]:
    """Return the rows of the sheets to fill in; what a person added beside is theirs."""
    titres = (*UNITE, VERDICTS[0])
    tables = feuilles.lire_tables(lues, titres, (*UNITE[:2], VERDICTS[0]), (VERDICTS[0],))
    if not tables:
        raise faux
    for une in tables:
        if une.refusees and not une.lignes:
            raise Refus(une.refusees[0], nom, "Remettre les colonnes telles qu'elles étaient.")
    return [ligne for une in tables for ligne in une.lignes]


def _retenir(
    verdicts: dict[tuple[str, str], bool | None],
    ligne: Ligne,
    effectifs: Mapping[str, int],
    ou: str,
) -> None:
    """Keep the verdict of a row; raise Refus for one that is of no unit, or says the contrary."""
    strate, unite, _, dit = (ligne.dit[titre] for titre in (*UNITE, VERDICTS[0]))
    conforme = _verdict(dit, ou)
    if strate not in effectifs or not unite:
        if conforme is not None:
            raise Refus("ce verdict n'est d'aucune demande tirée", ou, "Ôter cette ligne.")
        return
    deja = verdicts.setdefault((strate, unite), conforme)
    if conforme is not None:
        if deja not in (None, conforme):
            raise Refus("deux verdicts contraires sur une même demande", ou, "N'en laisser qu'un.")
        verdicts[strate, unite] = conforme


def _verdict(cellule: str, ou: str) -> bool | None:
    texte = cellule.strip().lower()
    if texte in {"", "oui", "non"}:
        return None if not texte else texte == "oui"
    raise Refus(
        f"« {cellule} » n'est ni oui ni non", ou, f"Remplir « {VERDICTS[0]} » par oui ou non."
    )


def _entier(texte: str) -> int:
    return int(texte) if texte.isascii() and texte.isdigit() else 0
