"""Purger: erase what names a person one year after the radiation (décret n° 2017-917).

Names disappear from every file of `nominatif`, whatever the version; in the archives and the
states, the dwelling's address and RPLS number are replaced by a mark of the same kind, and the
birth date by a day of its year that leaves the person in the same age class on the day of the
stock. A link between two demandes or a pair goes when either is erased, with what was decided of
it; the values of rejects and format anomalies, a year after the arrêté. No count changes: the
duplicate facts were computed at reception. All files change together, with their sha256; the
analysts' files are made again when asked for.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from infocentre import travaux
from infocentre.acces.conservation import lire_conservation, mois_avant
from infocentre.analystes.fichier import cle, oublier_analystes
from infocentre.contrat import contrat
from infocentre.decisions import contenus, doublons, magasin_present, notes
from infocentre.decisions.tirages import effacer_des_tirages
from infocentre.entrepot import Dossier, Livraison, Publication, Version
from infocentre.entrepot.description import Description
from infocentre.entrepot.dossier import ARRETE, EMPREINTE, ILLISIBLES
from infocentre.entrepot.effacees import ADRESSE_EFFACEE, RPLS_EFFACE, VALEUR_EFFACEE
from infocentre.entrepot.effacements import jour_de_la_derniere_purge, numeros_effaces
from infocentre.entrepot.etats import PARQUET, PARQUET_PAR_NUMERO
from infocentre.entrepot.evenements import Evenement
from infocentre.entrepot.liens import LIENS
from infocentre.entrepot.publication import DERIVE
from infocentre.entrepot.relations import citer
from infocentre.entrepot.remplacement import Remplacement
from infocentre.entrepot.sceaux import (
    DESCRIPTION,
    chemin_scelle,
    cle_archive,
    dommages_archive,
    dommages_derives,
    ecrire_description,
    exiger_derives,
    sceaux_du_journal,
)
from infocentre.identite.mouvements import oublier_mouvements
from infocentre.identite.paires import fichiers_doublons
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import en_place, sha256
from infocentre.noyau.scelle import SCEAU
from infocentre.noyau.temps import maintenant
from infocentre.operations.tapes import RIEN_DE_TAPE, Tapes, mots_de, taire

SANS_DEMANDE = "sans demande"
AVANT = dt.date(1900, 1, 1)  # before any radiation: nothing is erased because it is old
NUMERO = "numero_unique"  # never erased: who has it is what tells that names were
# Ages that TAB03-02 tells apart: an erased birth date stays on the same side of each.
AGES = (25, 30, 40, 50, 60, 65, 75, 121)
EFFACES = "numero_unique IN (FROM effaces)"
DES_DEUX = "numero_a IN (FROM effaces) OR numero_b IN (FROM effaces)"


def _masque_naissance(jour: str) -> str:
    """Return the first day of the year of birth, or its last when the age class asks for it."""
    debut = "date_trunc('year', date_naiss_demandeur)::DATE"
    fin = f"({debut} + INTERVAL 1 YEAR - INTERVAL 1 DAY)::DATE"

    def classe(date: str) -> str:
        ages = ", ".join(f"date_sub('year', {date}, {jour}) >= {age}" for age in AGES)
        return f"[{date} > {jour}, {ages}]"

    meme = f"{classe(debut)} IS NOT DISTINCT FROM {classe('date_naiss_demandeur')}"
    return f"if({meme}, {debut}, {fin})"


_LOGEMENT = {
    "adresse_logement_attrib": f"if(adresse_logement_attrib IS NULL, NULL, '{ADRESSE_EFFACEE}')",
    "numerorpls": "if(regexp_full_match(coalesce(numerorpls, ''), '[0-9A-Za-z]{10}'), "
    f"'{RPLS_EFFACE}', numerorpls)",
}
_ANNEE = "date_trunc('year', date_naiss_demandeur)::DATE"


@dataclass(frozen=True, slots=True)
class Regle:
    """What goes from a kind of file: the rows chosen, or only what these columns say of them.

    `table`: its other personal columns go too, whichever the contract has. `agee`: an archive's
    arrêté must be a year old. `format`: how such a file is written.
    """

    lignes: str = EFFACES
    masques: Mapping[str, str] = field(default_factory=dict)
    table: str = ""
    agee: bool = False
    format: str = PARQUET


# By the name of the file in an archive; « etats » are the newest states, `identites` the names.
REGLES = {
    "identites": Regle(),
    LIENS: Regle(f"({EFFACES} OR coalesce(autre_numero IN (FROM effaces), false))"),
    "stock": Regle(masques={"date_naiss_demandeur": _masque_naissance("arrete")}, table="stock"),
    "radiation": Regle(masques={"date_naiss_demandeur": _ANNEE, **_LOGEMENT}, table="radiation"),
    "etats": Regle(
        masques={
            "date_naiss_demandeur": f"if(statut = 'radiée', {_ANNEE}, "
            f"{_masque_naissance('vue_le')})",
            **_LOGEMENT,
        },
        table="radiation",
        format=PARQUET_PAR_NUMERO,
    ),
    "paires": Regle(DES_DEUX),
    "notees": Regle(DES_DEUX),
    "empreintes": Regle(),
    "rejets": Regle("valeur IS NOT NULL", {"valeur": f"'{VALEUR_EFFACEE}'"}, agee=True),
    "anomalies_format": Regle(
        "nature <> 'code hors liste'", {"valeur": f"'{VALEUR_EFFACEE}'"}, agee=True
    ),
}
MASQUES = frozenset(REGLES["etats"].masques)


@dataclass(frozen=True, slots=True)
class Effacement:
    """How many persons' names were erased, and in how many rows and files.

    `illisibles`: damaged files that could not be read, and keep what they held; `numeros`: those
    of whom nothing may be kept; `decisions`: how many of duplicates were forgotten, contents of
    affaires and notes; `tapes`: what people had typed of a person.
    """

    personnes: int = 0
    identites: int = 0
    lignes_masquees: int = 0
    fichiers: int = 0
    liens: int = 0
    illisibles: tuple[str, ...] = ()
    numeros: frozenset[str] = frozenset()
    decisions: int = 0
    tapes: Tapes = RIEN_DE_TAPE

    def __add__(self, autre: Effacement) -> Effacement:
        return Effacement(
            self.personnes + autre.personnes,
            self.identites + autre.identites,
            self.lignes_masquees + autre.lignes_masquees,
            self.fichiers + autre.fichiers,
            self.liens + autre.liens,
            (*self.illisibles, *autre.illisibles),
            self.numeros | autre.numeros,
            self.decisions + autre.decisions,
        )


def purger(dossier: Dossier, le: dt.date) -> Effacement:
    """Erase, in all that is kept, what names the demandeurs radiés a year ago or more on `le`."""
    _oublier_les_requetes(dossier, le)
    return _effacer(dossier, le)


def effacer(dossier: Dossier, numero: str, le: dt.date) -> Effacement:
    """Erase what names the demandeur of a numéro, now and in the deliveries to come.

    Raises:
        Refus: no delivery has it; its demande is active: the mission needs what names it.
    """
    statut = _statut(dossier, numero)
    if statut != "radiée":
        raise Refus(
            f"la demande {numero} est {statut}" if statut else f"la demande {numero} est inconnue",
            que_faire="Ce qui la nomme est nécessaire tant qu'elle n'est pas radiée (RGPD, article "
            "17, 3, b)."
            if statut
            else "Vérifier le numéro unique (18 caractères).",
        )
    mots = mots_de(dossier, numero)
    with dossier.ecrire():
        if numero not in numeros_effaces(dossier):
            dossier.ajouter_ligne(dossier.effacements, {"numero": numero, "le": le.isoformat()})
    fait = _effacer(dossier, jour_de_la_derniere_purge(dossier) or AVANT)
    return replace(fait, tapes=taire(dossier, mots))


def _statut(dossier: Dossier, numero: str) -> str:
    version = dossier.version()
    etats = [str(dossier.etats / nom) for nom in version.etats.values()]
    if not etats:
        return ""
    with duckdb.connect() as con:
        lu = con.execute(
            "SELECT statut FROM read_parquet($etats) WHERE numero_unique = $numero "
            "ORDER BY vue_le DESC LIMIT 1",
            {"etats": etats, "numero": numero},
        ).fetchone()
    return str(lu[0]) if lu else ""


def _oublier_les_requetes(dossier: Dossier, le: dt.date) -> None:
    """Delete the journals of queries of the years that are no longer kept."""
    limite = mois_avant(le, lire_conservation(dossier.racine).durees.traces.mois)
    for fichier in dossier.racine.glob("requetes-[0-9][0-9][0-9][0-9].jsonl"):
        if dt.date(int(fichier.stem[-4:]), 12, 31) < limite:
            fichier.unlink()


def _effacer(dossier: Dossier, le: dt.date) -> Effacement:
    with dossier.ecrire():
        publication = Publication(dossier)
        remplacement = Remplacement(dossier)
        total, changes = Effacement(), set[Path]()

        def ou(fichier: Path) -> Path:
            changes.add(fichier)
            return remplacement.place(fichier)

        for departement in publication.version.departements:
            exiger_derives(dossier, publication.version, _etats(dossier, publication, departement))
            fichiers = _fichiers(dossier, departement)
            total += effacer_dans(dossier, departement, fichiers, le, ou)
        if changes:
            sceaux = Sceaux(dossier, publication.version, remplacement, changes)
            remplacement.decider(
                {"type": "purge", "le": maintenant(), "au": le.isoformat(), **sceaux.evenement()}
            )
            publication.finir_remplacement()
        total += Effacement(decisions=_oublier_decisions(dossier, total.numeros))
        if dossier.doublons.is_dir() and total.numeros:
            oublies = oublier_mouvements(dossier, cle(dossier), total.numeros)
            total += Effacement(liens=oublies)
        oublier_analystes(dossier)
        travaux.balayer(dossier.racine)
        shutil.rmtree(dossier.documents, ignore_errors=True)
        dossier.ajouter_ligne(
            dossier.purges,
            {"le": le.isoformat(), "personnes": total.personnes, "identites": total.identites},
        )
        return total


def _oublier_decisions(dossier: Dossier, numeros: Collection[str]) -> int:
    """Forget what was decided of duplicates and what affaires hold of those that are erased.

    Returns:
        How much of it went.
    """
    magasin = magasin_present(dossier.racine)
    if not (magasin and numeros):
        return 0
    secret = cle(dossier)
    effacer_des_tirages(magasin, secret, numeros)
    oublies = contenus.effacer(magasin, secret, numeros) + notes.effacer(magasin, secret, numeros)
    return oublies + doublons.effacer(magasin, secret, numeros)


def _etats(dossier: Dossier, publication: Publication, departement: str) -> list[Path]:
    etat = publication.version.etats.get(departement)
    return [dossier.etats / etat] if etat else []


@dataclass(frozen=True, slots=True)
class Sceaux:
    """The sha256 of files about to be replaced; one that was damaged keeps that which denies it."""

    dossier: Dossier
    version: Version
    remplacement: Remplacement
    changes: set[Path]

    def evenement(self) -> Evenement:
        """Return the sha256 that the event tells; livraison.json of the archives follow."""
        return {"archives": self._archives(), "sceaux": self._derives()}

    def _derives(self) -> dict[str, str]:
        scelles = [
            fichier
            for fichier in self.changes
            if str(fichier.relative_to(self.dossier.racine)) in self.version.sceaux
        ]
        abimes = {un.ou for un in dommages_derives(self.dossier, self.version, scelles)}
        return {
            str(fichier.relative_to(self.dossier.racine)): sha256(self.remplacement.place(fichier))
            for fichier in scelles
            if fichier not in abimes
        }

    def _archives(self) -> dict[str, str]:
        connus, resultat = sceaux_du_journal(self.dossier), {}
        for departement in self.version.departements:
            for archive in self.dossier.toutes_archives(departement):
                une = Livraison(departement, archive.parent.name, archive.name, "", "")
                une = Livraison(
                    departement,
                    archive.parent.name,
                    archive.name,
                    "",
                    "",
                    sceau=connus.get(cle_archive(une), ""),
                )
                if sceau := self._archive(une):
                    resultat[cle_archive(une)] = sceau
        return resultat

    def _archive(self, une: Livraison) -> str:
        """Write aside the livraison.json of a changed archive; return its sha256, or nothing."""
        fichier = self.dossier.archive(une) / DESCRIPTION
        if not fichier.exists():
            return ""
        try:
            contenu = json.loads(fichier.read_text("utf-8"))
            sceaux = dict(contenu.get(SCEAU, {}))
        except (ValueError, AttributeError):
            return ""
        touches = [nom for nom in sceaux if chemin_scelle(self.dossier, une, nom) in self.changes]
        abimes = {un.ou for un in dommages_archive(self.dossier, une, touches)}
        if not touches or fichier in abimes:
            return ""
        for nom in touches:
            chemin = chemin_scelle(self.dossier, une, nom)
            if chemin not in abimes:
                sceaux[nom] = sha256(self.remplacement.place(chemin))
        return ecrire_description(self.remplacement.place(fichier), {**contenu, SCEAU: sceaux})


def _fichiers(dossier: Dossier, departement: str) -> list[Path]:
    """Directories and files that hold rows of the département, older contents and versions too."""
    noms = (dossier.nominatif / departement).glob("*/*.parquet")
    etats = (dossier.etats / departement).glob("*.parquet")
    return [
        *sorted(un for un in noms if re.fullmatch(EMPREINTE, un.stem)),
        *dossier.toutes_archives(departement),
        *sorted(un for un in etats if re.fullmatch(DERIVE, un.stem)),
        *fichiers_doublons(dossier, departement),
    ]


def effacer_dans(
    dossier: Dossier,
    departement: str,
    chemins: list[Path],
    le: dt.date,
    ou: Callable[[Path], Path] | None = None,
) -> Effacement:
    """Erase in these archives and files, which may be an archive that is being received.

    `ou` says where to write what takes the place of a file: without it, in its place.
    """
    personnes: set[str] = set()
    total = Effacement()
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        _choisir(con, dossier, departement, chemins, le)
        for fichier, regle in _deplier(dossier, chemins, le):
            try:
                touches, lignes = _reecrire(con, fichier, regle, dossier.temporaire, ou)
            except ILLISIBLES:
                total += Effacement(illisibles=(str(fichier),))
                continue
            if regle is REGLES["identites"]:
                personnes |= touches
                total += Effacement(identites=lignes, fichiers=bool(lignes))
            elif regle in (REGLES[LIENS], REGLES["paires"]):
                total += Effacement(liens=lignes, fichiers=bool(lignes))
            else:
                total += Effacement(lignes_masquees=lignes, fichiers=bool(lignes))
        effaces = con.execute("FROM effaces").fetchall()
    numeros = frozenset(numero for (numero,) in effaces)
    return total + Effacement(personnes=len(personnes), numeros=numeros)


def _deplier(dossier: Dossier, chemins: list[Path], le: dt.date) -> list[tuple[Path, Regle]]:
    """Return each file to look into, with what goes from its kind."""
    mois = lire_conservation(dossier.racine).durees.radiees.mois
    trouves = []
    for chemin in chemins:
        if chemin.is_file():
            trouves.append((chemin, REGLES[_genre(dossier, chemin)]))
            continue
        agee = _arrete(chemin) <= mois_avant(le, mois)
        trouves += [
            (chemin / f"{nom}.parquet", regle)
            for nom, regle in REGLES.items()
            if (agee or not regle.agee) and (chemin / f"{nom}.parquet").exists()
        ]
    return trouves


def _genre(dossier: Dossier, fichier: Path) -> str:
    if dossier.doublons in fichier.parents:
        return fichier.name.split("-")[0]
    return "etats" if dossier.etats in fichier.parents else "identites"


def _arrete(archive: Path) -> dt.date:
    """Return the arrêté of an archive, in its place or being received."""
    if re.fullmatch(ARRETE, archive.parent.name):
        return dt.date.fromisoformat(archive.parent.name)
    decrite: Description = json.loads((archive / DESCRIPTION).read_text("utf-8"))
    return dt.date.fromisoformat(decrite["arrete"])


def _choisir(
    con: duckdb.DuckDBPyConnection,
    dossier: Dossier,
    departement: str,
    chemins: list[Path],
    le: dt.date,
) -> None:
    """Create `effaces`: numéros whose newest known state is a radiation of a year ago or more.

    A demande that disappeared without a radiation follows a year after it was last seen. One that
    no stock and no radiation of any delivery holds was radiée before their window, which is a year
    at least: its names go with the delivery's own arrêté.
    """
    duree = f"INTERVAL {lire_conservation(dossier.racine).durees.radiees.mois} MONTH"
    demandes = ", ".join(map(citer, sorted(numeros_effaces(dossier))))
    vues = [_sql_connus(dossier, departement), *_sql_vues(con, chemins), *_sql_nommes(con, chemins)]
    con.execute(f"""
        CREATE TABLE effaces AS SELECT numero_unique FROM (
            SELECT * FROM ({" UNION ALL BY NAME ".join(vues)})
            QUALIFY row_number() OVER (
                PARTITION BY numero_unique
                ORDER BY statut = '{SANS_DEMANDE}', vue_le DESC, rang DESC
            ) = 1
        ) WHERE CASE statut WHEN 'radiée' THEN date_radiation + {duree}
            WHEN 'disparue' THEN vue_le + {duree}
            WHEN '{SANS_DEMANDE}' THEN vue_le END <= DATE '{le}'
        UNION SELECT unnest([{demandes}]::VARCHAR[])""")


def _sql_connus(dossier: Dossier, departement: str) -> str:
    """Newest state of each demande, as the published version has it."""
    etat = dossier.version().etats.get(departement)
    if etat is None:
        return (
            "SELECT NULL::VARCHAR AS numero_unique, NULL::DATE AS vue_le, "
            "NULL::VARCHAR AS statut, NULL::DATE AS date_radiation, 1 AS rang LIMIT 0"
        )
    return (
        "SELECT numero_unique, vue_le, statut, date_radiation, 1 AS rang "
        f"FROM read_parquet({citer(str(dossier.etats / etat))})"
    )


def _sql_vues(con: duckdb.DuckDBPyConnection, chemins: list[Path]) -> list[str]:
    """What each archive says of its demandes: an older content may know one that no state has."""
    return [
        f"SELECT numero_unique, arrete AS vue_le, '{statut}' AS statut, {date} AS date_radiation, "
        f"0 AS rang FROM read_parquet({citer(str(chemin / f'{table}.parquet'))})"
        for chemin in chemins
        for table, statut, date in (
            ("stock", "active", "NULL::DATE"),
            ("radiation", "radiée", "date_radiation"),
        )
        if _colonnes(con, chemin / f"{table}.parquet")
    ]


def _sql_nommes(con: duckdb.DuckDBPyConnection, chemins: list[Path]) -> list[str]:
    """Numéros that have a name, whether or not a demande is known."""
    fichiers = [chemin if chemin.is_file() else chemin / "identites.parquet" for chemin in chemins]
    return [
        f"SELECT numero_unique, arrete AS vue_le, '{SANS_DEMANDE}' AS statut, "
        f"NULL::DATE AS date_radiation, 0 AS rang FROM read_parquet({citer(str(fichier))})"
        for fichier in fichiers
        if "nom" in _colonnes(con, fichier)
    ]


def _colonnes(con: duckdb.DuckDBPyConnection, fichier: Path) -> set[str]:
    """Return the columns of a file, none when it is absent or cannot be read."""
    if not fichier.is_file():
        return set()
    try:
        lignes = con.execute(f"DESCRIBE FROM read_parquet({citer(str(fichier))})").fetchall()
    except ILLISIBLES:
        return set()
    return {ligne[0] for ligne in lignes}


def _masques(regle: Regle) -> Mapping[str, str]:
    """Return what takes the place of each column that names: nothing, unless the rule says."""
    if not regle.table:
        return regle.masques
    personnelles = {
        une.champ: "NULL"
        for une in contrat().tables[regle.table].colonnes
        if une.personnelle and une.champ != NUMERO
    }
    return personnelles | dict(regle.masques)


def _reecrire(
    con: duckdb.DuckDBPyConnection,
    fichier: Path,
    regle: Regle,
    temporaire: Path,
    ou: Callable[[Path], Path] | None,
) -> tuple[set[str], int]:
    """Write the file again without what must go; return the numéros and the number of rows."""
    lecture = f"read_parquet({citer(str(fichier))})"
    colonnes = {ligne[0] for ligne in con.execute(f"DESCRIBE FROM {lecture}").fetchall()}
    masques = {c: m for c, m in _masques(regle).items() if c in colonnes}
    change = " OR ".join(f"{c} IS DISTINCT FROM {m}" for c, m in masques.items()) or "true"
    quoi = "numero_unique" if "numero_unique" in colonnes else "NULL"
    touches = con.execute(
        f"SELECT {quoi} FROM {lecture} WHERE ({regle.lignes}) AND ({change})"
    ).fetchall()
    if touches:
        remplacements = ", ".join(
            f"if({regle.lignes}, {m}, {c}) AS {c}" for c, m in masques.items()
        )
        garde = (
            f"SELECT * REPLACE ({remplacements}) FROM {lecture}"
            if regle.masques
            else f"FROM {lecture} WHERE ({regle.lignes}) IS NOT TRUE"
        )
        cible, droits = ou(fichier) if ou else fichier, fichier.stat().st_mode & 0o777
        with en_place(cible, dans=temporaire, droits=droits) as partiel:
            con.execute(f"COPY ({garde}) TO {citer(str(partiel))} {regle.format}")
    return {numero for (numero,) in touches}, len(touches)
