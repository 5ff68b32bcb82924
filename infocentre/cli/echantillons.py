"""A sample to check by hand: drawn by strata, filled in by a person, read back as a rate."""

from __future__ import annotations

import math
from argparse import Namespace
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import python_calamine as calamine
import xlsxwriter

from infocentre.catalogue import lire_catalogue
from infocentre.catalogue.sql import condition
from infocentre.cli.lectures import code_connu, departement_voulu, dossier_courant, mois_controle
from infocentre.contrat import contrat
from infocentre.entrepot.relations import citer
from infocentre.erreurs import Refus
from infocentre.exports import lisible

VERDICTS = ("Conforme (oui ou non)", "Ce qui est faux", "Commentaire")
FEUILLE, TIRAGE = "À vérifier", "Tirage"
Z_95 = 1.96
FAITS = (
    "date_creation", "type_demandeur", "date_renouvellement", "nb_pjidentite", "nb_pjrfr",
    "doublon_force", "taille_menage", "revenu_mensuel_foyer", "revenu_fiscal1_foyer",
    "mode_logement_actuel", "commune_log_actuel", "motif_demande", "type_logement_recherche",
    "commune_log_recherche", "date_radiation", "motif_radiation", "date_signature_bail",
    "type_logement_attrib", "commune_logement_attrib", "type_reservataire", "attribue_dalo",
)  # fmt: skip


def echantillon(options: Namespace) -> None:
    """Draw a sample to a workbook, or read a filled one back."""
    if options.lire:
        _relire(options.lire)
        return
    if not options.guichet:
        raise Refus("il manque --guichet", que_faire="infocentre echantillon --guichet G --n 30")
    guichet = options.guichet.strip().upper()
    with dossier_courant().lire() as lecture:
        mois = mois_controle(lecture, options)
        departement = departement_voulu(options)
        livraisons = [
            une
            for une in lecture.version.livraisons
            if une.mois == mois and departement in {None, une.departement}
        ]
        lecture.relations(livraisons)
        _preparer_base(lecture.con, guichet, options.code and code_connu(options.code))
        tirage = _tirer(lecture.con, options.n, options.graine)
        if not tirage:
            raise Refus(
                f"le guichet « {guichet} » n'a aucune demande à vérifier en {mois}",
                que_faire="Vérifier son code : infocentre indicateurs --format csv",
            )
        sortie = options.sortie or Path(f"echantillon-{guichet}-{mois}.xlsx")
        entete = {
            "guichet": guichet,
            "mois": mois,
            "indicateur": options.code or "",
            "graine": options.graine,
        }
        _ecrire(lecture.con, sortie, tirage, entete)
    print(f"{len(tirage)} demandes à vérifier dans {sortie}.")
    print(f"Une fois rempli : infocentre echantillon --lire {sortie}")


def _preparer_base(con: duckdb.DuckDBPyConnection, guichet: str, code: str | None) -> None:
    """Create `base` (unite, numero_unique, strate): what the sample is drawn from."""
    if code:
        un = lire_catalogue().indicateurs[code]
        population = lire_catalogue().populations[un.population].sql
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE base AS SELECT unite, numero_unique, "
            f"if({condition(un)}, 'en anomalie', 'sans anomalie') AS strate "
            f"FROM ({population}) WHERE guichet = {citer(guichet)} AND ({un.applicable or 'true'}) "
            "AND strftime(jour, '%Y-%m') = mois"
        )
        return
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE base AS
        SELECT numero_unique AS unite, numero_unique,
            CASE WHEN date_creation > arrete - INTERVAL 12 MONTH
                THEN 'active, déposée depuis moins d''un an' ELSE 'active, plus ancienne' END
                AS strate
        FROM stock WHERE guichet_enregistreur = {citer(guichet)}
        UNION ALL
        SELECT numero_unique, numero_unique,
            if(motif_radiation = 'RADATT', 'attribution', 'autre radiation')
        FROM radiation WHERE guichet_enregistreur = {citer(guichet)}
            AND date_radiation > arrete - INTERVAL 12 MONTH""")


def repartir(effectifs: dict[str, int], n: int) -> dict[str, int]:
    """Share a sample among strata in proportion, at least one each when there is room."""
    total = sum(effectifs.values())
    n = min(n, total)
    exactes = {strate: n * effectif / total for strate, effectif in effectifs.items()}
    parts = {strate: int(part) for strate, part in exactes.items()}
    if n >= len(effectifs):
        parts = {strate: max(1, part) for strate, part in parts.items()}
    par_reste = sorted(effectifs, key=lambda s: (parts[s] - exactes[s], s))
    while sum(parts.values()) < n:
        libres = [s for s in par_reste if parts[s] < effectifs[s]]
        strate = min(libres, key=lambda s: (parts[s] - exactes[s], s))
        parts[strate] += 1
    while sum(parts.values()) > n:
        strate = max(parts, key=lambda s: (parts[s] - exactes[s], s))
        parts[strate] -= 1
    return parts


def _tirer(
    con: duckdb.DuckDBPyConnection, n: int, graine: int
) -> list[tuple[str, str | None, str]]:
    """Return (unite, numéro, strate): each stratum in the order of md5(seed, unit)."""
    effectifs = dict(
        con.execute("SELECT strate, count(*) FROM base GROUP BY 1 ORDER BY 1").fetchall()
    )
    if not effectifs:
        return []
    tirage: list[tuple[str, str | None, str]] = []
    for strate, nombre in sorted(repartir(effectifs, n).items()):
        tirage += con.execute(
            f"SELECT unite, numero_unique, strate FROM base WHERE strate = {citer(strate)} "
            f"ORDER BY md5('{graine}' || '|' || unite), unite LIMIT {nombre}"
        ).fetchall()
    return tirage


def _ecrire(
    con: duckdb.DuckDBPyConnection,
    sortie: Path,
    tirage: list[tuple[str, str | None, str]],
    entete: dict[str, object],
) -> None:
    effectifs = dict(con.execute("SELECT strate, count(*) FROM base GROUP BY 1").fetchall())
    lignes = _faits(con, tirage)
    partiel = sortie.with_name(f".{sortie.name}.partiel")
    with xlsxwriter.Workbook(str(partiel)) as classeur:
        titre = classeur.add_format({"bold": True, "bg_color": "#E3E3FD", "text_wrap": True})
        saisie = classeur.add_format({"bg_color": "#FFF9E0"})
        feuille = classeur.add_worksheet(FEUILLE)
        colonnes = ["Strate", "Unité", "Numéro unique", *(_intitule(f) for f in FAITS), *VERDICTS]
        feuille.write_row(0, 0, colonnes, titre)
        for rang, ligne in enumerate(lignes, start=1):
            feuille.write_row(rang, 0, [lisible(valeur) for valeur in ligne])
            for decalage in range(len(VERDICTS)):
                feuille.write_blank(rang, len(ligne) + decalage, None, saisie)
        verdict = len(colonnes) - len(VERDICTS)
        choix = {"validate": "list", "source": ["oui", "non"]}
        feuille.data_validation(1, verdict, max(len(lignes), 1), verdict, choix)
        feuille.freeze_panes(1, 3)
        feuille.autofit(max_width=260)
        tirage_feuille = classeur.add_worksheet(TIRAGE)
        for rang, (cle, valeur) in enumerate(entete.items()):
            tirage_feuille.write_row(rang, 0, [cle, str(valeur)])
        for rang, (strate, effectif) in enumerate(sorted(effectifs.items()), start=len(entete) + 1):
            tirage_feuille.write_row(rang, 0, ["strate", strate, effectif])
    partiel.replace(sortie)


def _intitule(champ: str) -> str:
    return contrat().tables["radiation"].par_nom[champ.upper()].libelle


def _faits(
    con: duckdb.DuckDBPyConnection, tirage: list[tuple[str, str | None, str]]
) -> list[tuple[Any, ...]]:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE tirage "
        "(rang BIGINT, unite VARCHAR, numero VARCHAR, strate VARCHAR)"
    )
    con.executemany("INSERT INTO tirage VALUES (?, ?, ?, ?)",
                    [(rang, *ligne) for rang, ligne in enumerate(tirage)])  # fmt: skip
    return con.execute(
        f"SELECT t.strate, t.unite, t.numero, {', '.join(f'd.{fait}' for fait in FAITS)} "
        "FROM tirage AS t LEFT JOIN "
        "(SELECT * FROM stock UNION ALL BY NAME SELECT * FROM radiation) AS d "
        "ON d.numero_unique = t.numero "
        "QUALIFY row_number() OVER (PARTITION BY t.rang) = 1 ORDER BY t.rang"
    ).fetchall()


def _relire(chemin: Path) -> None:
    """Print the error rate of a filled sample, weighted by stratum, with its 95 % interval."""
    verdicts, effectifs = _lire_classeur(chemin)
    juges = Counter(strate for strate, conforme in verdicts if conforme is not None)
    faux = Counter(strate for strate, conforme in verdicts if conforme is False)
    if not juges:
        raise Refus(
            "aucun verdict n'est rempli", str(chemin), f"Remplir la colonne « {VERDICTS[0]} »."
        )
    total = sum(effectifs[strate] for strate in juges)
    taux = sum(effectifs[s] / total * faux[s] / juges[s] for s in juges)
    bas, haut = intervalle(taux, juges.total())
    print(f"{juges.total()} verdicts sur {len(verdicts)} demandes tirées")
    for strate in sorted(juges):
        print(f"  {strate} : {faux[strate]} erreurs sur {juges[strate]}")
    print(
        f"Taux d'erreur : {lisible(taux, taux=True)} "
        f"(marge d'incertitude à 95 % : de {lisible(bas, taux=True)} à {lisible(haut, taux=True)})"
    )


def intervalle(taux: float, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a rate on n verdicts.

    Strata drawn in proportion only narrow it: it is a prudent one.
    """
    centre = (taux + Z_95**2 / (2 * n)) / (1 + Z_95**2 / n)
    demi = Z_95 / (1 + Z_95**2 / n) * math.sqrt(taux * (1 - taux) / n + Z_95**2 / (4 * n**2))
    return max(0.0, centre - demi), min(1.0, centre + demi)


def _lire_classeur(chemin: Path) -> tuple[list[tuple[str, bool | None]], dict[str, int]]:
    faux = Refus(
        "ce n'est pas un échantillon de l'infocentre",
        str(chemin),
        "Donner le classeur écrit par infocentre echantillon.",
    )
    try:
        classeur = calamine.CalamineWorkbook.from_path(chemin)
        lignes = classeur.get_sheet_by_name(FEUILLE).to_python()
        tirage = classeur.get_sheet_by_name(TIRAGE).to_python()
    except (calamine.CalamineError, OSError, ValueError) as erreur:
        raise faux from erreur
    if not lignes or VERDICTS[0] not in lignes[0]:
        raise faux
    colonne = lignes[0].index(VERDICTS[0])
    effectifs = {
        str(une[1]): int(float(str(une[2]))) for une in tirage if une and une[0] == "strate"
    }
    verdicts = [
        (str(ligne[0]), _verdict(ligne[colonne], numero, chemin))
        for numero, ligne in enumerate(lignes[1:], start=2)
        if str(ligne[0]) in effectifs
    ]
    return verdicts, effectifs


def _verdict(cellule: object, numero: int, chemin: Path) -> bool | None:
    texte = str(cellule).strip().lower()
    if texte in {"", "oui", "non"}:
        return None if not texte else texte == "oui"
    raise Refus(
        f"« {cellule} » n'est ni oui ni non",
        f"{chemin}, ligne {numero}",
        f"Remplir « {VERDICTS[0]} » par oui ou non.",
    )
