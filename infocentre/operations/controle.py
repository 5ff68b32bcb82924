"""Controler: one checkpoint for every pending month, then a new version with its measures."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from infocentre.catalogue import Catalogue, lire_catalogue, sql_constats
from infocentre.catalogue.motifs import (
    MOTIFS,
    Motifs,
    motif_non_calculable,
    motifs_des_indicateurs,
)
from infocentre.contrat import contrat
from infocentre.controles import Bilan
from infocentre.controles import controler as juger
from infocentre.entrepot import (
    Brouillon,
    Controle,
    Dossier,
    Livraison,
    Publication,
    Version,
    sql_relations,
)
from infocentre.entrepot.brouillon import est_peu, menager
from infocentre.entrepot.description import Description, lignes_gardees
from infocentre.entrepot.etats import PARQUET
from infocentre.entrepot.evenements import Evenement
from infocentre.entrepot.relations import (
    ajouter_colonnes,
    citer,
    en_lignes,
    fichiers_de,
    sql_archives,
)
from infocentre.entrepot.sceaux import decrire_archive, exiger_archives, exiger_derives
from infocentre.mesures import (
    Connexion,
    calculer_suivi,
    calculer_tableaux,
    ecrire_reglages,
    lire_reglages,
    nommes_tableau,
    populations,
    requis_tableau,
    reviser,
)
from infocentre.mesures.caches import masquer_departements
from infocentre.mesures.estimations import actualiser_triangle, calculer_estimations
from infocentre.mesures.objectifs import Objectif, fixes, lire_a_corriger
from infocentre.mesures.reglages import reglages_changes
from infocentre.mesures.tableaux import sources, tableaux
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import maintenant
from infocentre.operations.conserves import tenir_les_reglages

if TYPE_CHECKING:
    import duckdb

    from infocentre.catalogue.modele import Population
    from infocentre.mesures import Reglages
    from infocentre.mesures.tableaux import Tableau

Etape = Callable[[str], None]
TRAVAIL = ("calculabilite", "causes", "controles_courants", "comptes", "valeurs_calculees")


@dataclass(frozen=True, slots=True)
class Resultat:
    """What `controler` did: the months, the verdicts, the revisions per month.

    `autres_reglages`: nothing was to be controlled, and what is published follows other settings.
    """

    mois: tuple[Livraison, ...]
    bilan: Bilan | None
    revisions: tuple[tuple[str, str, int], ...] = ()
    autre_catalogue: tuple[Livraison, ...] = ()
    autres_reglages: bool = False


def controler(
    dossier: Dossier,
    *,
    mois: str | None = None,
    departement: str | None = None,
    permis: frozenset[str] | None = None,
    etape: Etape,
) -> Resultat:
    """Control the pending months (or this month again) and publish them; raise Refus.

    `permis`: those of these départements only, None for all.
    """
    catalogue = lire_catalogue()
    with dossier.ecrire():
        publication = Publication(dossier)
        version = dossier.exiger_version()
        if changes := tenir_les_reglages(dossier):
            etape(f"réglages changés depuis le dernier contrôle : {', '.join(changes)}")
        cibles = _cibles(version, mois, departement, permis)
        anciens = tuple(
            une
            for une in version.livraisons
            if une not in cibles and une.controle and une.controle.catalogue != catalogue.empreinte
        )
        if not cibles:
            return Resultat((), None, (), anciens, autres_reglages=_autres_reglages(dossier))
        exiger_lues(dossier, version, catalogue, cibles)
        reglages = lire_reglages()
        annees = {int(une.mois[:4]) for une in cibles}
        objectifs = [un for un in lire_a_corriger(dossier.racine) if un.annee in annees]
        controle = Controle(catalogue.empreinte, maintenant())
        brouillon = publication.brouillon()
        garder_catalogue(dossier, catalogue, brouillon)
        travail = Travail(dossier, brouillon, catalogue, cibles, controle, reglages, objectifs)
        with brouillon.connexion() as con:
            travail.preparer(con)
            etape(f"{len(cibles)} mois à contrôler, {len(catalogue.indicateurs)} indicateurs")
            bilan = juger(
                con,
                catalogue,
                dossier.validations,
                lambda con: travail.publier(con, etape),
                preparation=travail.relations(),
            )
            revisions = travail.finir(con)
            travail.masquer(con)
        publication.publier(brouillon, travail.evenement())
        return Resultat(tuple(cibles), bilan, revisions, anciens)


def _autres_reglages(dossier: Dossier) -> bool:
    """Tell whether the settings have changed since a month last was controlled."""
    with dossier.lire() as v:
        return any(une.publiee for une in v.version.livraisons) and reglages_changes(v.con)


def _cibles(
    version: Version, mois: str | None, departement: str | None, permis: frozenset[str] | None
) -> list[Livraison]:
    candidates = [
        une
        for une in version.livraisons
        if departement in {None, une.departement}
        and mois in {None, une.mois}
        and (permis is None or une.departement in permis)
    ]
    if mois and not candidates:
        charges = ", ".join(sorted({une.mois for une in version.livraisons}))
        raise Refus(
            f"aucune livraison chargée pour {mois}",
            que_faire=f"Mois chargés : {charges}.",
        )
    return candidates if mois else [une for une in candidates if une.controle is None]


def exiger_lues(
    dossier: Dossier, version: Version, catalogue: Catalogue, cibles: Sequence[Livraison]
) -> None:
    """Raise Refus when what controlling these months will read is not what was written.

    The other months of their départements are read too: their follow-up needs who was there.
    """
    departements = {une.departement for une in cibles}
    autres = [
        une
        for une in version.livraisons
        if une.controle and une.departement in departements and une not in cibles
    ]
    exiger_archives(dossier, cibles)
    presents = [f"{nom}.parquet" for nom in _tables_des_stocks(catalogue)]
    exiger_archives(dossier, autres, presents)
    constats = {f for une in autres for f in fichiers_constats(dossier, une)}
    for une in cibles:
        refaite = replace(une, controle=Controle(catalogue.empreinte, ""))
        constats |= set(fichiers_constats(dossier, refaite)[1:])
    exiger_derives(dossier, version, sorted(constats))


def _stocks(catalogue: Catalogue) -> list[Population]:
    """Return the populations of a stock that an indicator uses."""
    utilisees = [catalogue.populations[nom] for nom in populations(catalogue)]
    return [une for une in utilisees if une.nature == "stock"]


def _tables_des_stocks(catalogue: Catalogue) -> list[str]:
    """Return the tables of an archive that the populations of a stock read."""
    mots = {mot for une in _stocks(catalogue) for mot in re.findall(r"[a-z_]+", une.sql)}
    return [nom for nom in contrat().tables if nom in mots]


def garder_catalogue(dossier: Dossier, catalogue: Catalogue, brouillon: Brouillon) -> None:
    """Keep the catalogue by its empreinte: what `reconstruire` will compute with."""
    cible = dossier.catalogues / f"{catalogue.empreinte}.json"
    with brouillon.ecrire(cible, dossier.temporaire) as partiel:
        partiel.write_text(catalogue.en_json(), "utf-8")


@dataclass(slots=True)
class Travail:
    """The computation of some months in a version in the making."""

    dossier: Dossier
    brouillon: Brouillon
    catalogue: Catalogue
    cibles: Sequence[Livraison]
    controle: Controle
    reglages: Reglages
    objectifs: Sequence[Objectif] = ()

    def evenement(self) -> Evenement:
        """Return the journal's entry of this control: all that it needs to be done again."""
        return {
            "type": "controle",
            "le": self.controle.le,
            "catalogue": self.controle.catalogue,
            "reglages": self.reglages.model_dump(),
            "objectifs": [un.model_dump(exclude_defaults=True) for un in self.objectifs],
            "mois": [[une.departement, une.arrete, une.empreinte] for une in self.cibles],
        }

    @property
    def departements(self) -> list[str]:
        """Départements whose values this work changes."""
        return sorted({une.departement for une in self.cibles})

    def relations(self) -> list[str]:
        """Return the statements that make the archives of the months visible."""
        archives = [self.dossier.archive(une) for une in self.cibles]
        return sql_relations(archives, lues=est_peu(self._lignes()))

    def preparer(self, con: duckdb.DuckDBPyConnection) -> None:
        """Write what the judgement reads: what is calculable, the register, why values change."""
        menager(con, self._lignes())
        con.execute(
            "CREATE OR REPLACE TABLE calculabilite "
            "(code VARCHAR, departement VARCHAR, mois VARCHAR, calculable BOOLEAN); "
            f"CREATE TABLE IF NOT EXISTS {MOTIFS} "
            "(code VARCHAR, departement VARCHAR, mois VARCHAR, motif VARCHAR)"
        )
        con.execute(
            "CREATE OR REPLACE TABLE causes (departement VARCHAR, mois VARCHAR, cause VARCHAR)"
        )
        for une in self.cibles:
            self._dire_calculable(con, une)
            cause = "règle" if une.controle else "livraison"
            con.execute(f"INSERT INTO causes VALUES ('{une.departement}', '{une.mois}', '{cause}')")
        self._inscrire_registre(con)

    def _lignes(self) -> int:
        """Count the rows of the archives of the months."""
        return sum(lignes_gardees(decrire_archive(self.dossier, une)) for une in self.cibles)

    def _dire_calculable(self, con: duckdb.DuckDBPyConnection, une: Livraison) -> None:
        motifs = motifs_des_indicateurs(self.catalogue, decrire_archive(self.dossier, une))
        lignes = ", ".join(
            f"('{code}', '{une.departement}', '{une.mois}', {motif is None})"
            for code, motif in motifs.items()
        )
        con.execute(f"INSERT INTO calculabilite VALUES {lignes}")
        con.execute(
            f"DELETE FROM {MOTIFS} WHERE departement = '{une.departement}' AND mois = '{une.mois}'"
        )
        _noter_motifs(con, une, motifs)

    def _inscrire_registre(self, con: duckdb.DuckDBPyConnection) -> None:
        fichiers = [self.dossier.archive(une) / "guichets.parquet" for une in self.cibles]
        registre = (
            "SELECT departement, mois, code_guichet AS guichet, nom, type_guichet, "
            "coalesce(siren, code_guichet) AS organisme, * EXCLUDE "
            "(departement, mois, code_guichet, nom, type_guichet, arrete) "
            f"FROM ({sql_archives(contrat().tables['guichets'], fichiers)})"
        )
        con.execute(f"CREATE TABLE IF NOT EXISTS registre AS {registre} LIMIT 0")
        ajouter_colonnes(con, "registre", registre)
        con.execute(
            "DELETE FROM registre WHERE (departement, mois) IN "
            "(SELECT (departement, mois) FROM causes)"
        )
        con.execute(f"INSERT INTO registre BY NAME {registre}")

    def publier(self, con: Connexion, etape: Etape) -> None:
        """Turn the values just calculated into published ones, on the judge's own connection."""
        reviser(con, dt.datetime.fromisoformat(self.controle.le).replace(tzinfo=None))
        actualiser_triangle(con)
        calculer_estimations(con)
        etape("valeurs, révisions et estimations calculées")
        self._garder_constats(con)
        concernes = {(une.departement, int(une.mois[:4])) for une in self.cibles}
        ecrire_reglages(con, self.reglages, fixes(self.objectifs, concernes), concernes)
        exclus = self._tableaux_non_calculables(con, tableaux())
        calculer_tableaux(con, tableaux(), exclus)
        etape("tableaux calculés")
        self._suivre(con)
        etape("anomalies suivies de mois en mois")

    def _tableaux_non_calculables(
        self, con: Connexion, declares: Mapping[str, Tableau]
    ) -> list[tuple[str, str, str]]:
        """Return (code, département, mois) of the tables that a delivery does not allow."""
        exclus = []
        for une in self.cibles:
            motifs = motifs_des_tableaux(declares, decrire_archive(self.dossier, une))
            _noter_motifs(con, une, motifs)
            exclus += [
                (code, une.departement, une.mois)
                for code, motif in motifs.items()
                if motif and declares[code].sur == "archives"
            ]
        return exclus

    def _garder_constats(self, con: Connexion) -> None:
        """Write the units in anomaly of each month, in its own window, to one file per month."""
        blocs = " UNION ALL ".join(
            f"({sql_constats(self.catalogue, population)})"
            for population in populations(self.catalogue)
        )
        con.execute(f"CREATE OR REPLACE TEMP TABLE constats_du_jour AS {blocs}")
        for une in self.cibles:
            cible = fichier_constats(self.dossier, une, self.controle.catalogue)
            with self.brouillon.ecrire(cible, self.dossier.temporaire) as partiel:
                con.execute(
                    f"COPY (SELECT c.*, '{cible.stem}' AS empreinte "
                    "FROM constats_du_jour AS c JOIN calculabilite AS k "
                    "USING (code, departement, mois) WHERE k.calculable "
                    f"AND departement = '{une.departement}' AND mois = '{une.mois}' "
                    f"ORDER BY code, unite) TO {citer(str(partiel))} {PARQUET}"
                )
        con.execute("DROP TABLE constats_du_jour")

    def _suivre(self, con: Connexion) -> None:
        """Derive the lives of anomalies of the départements concerned, in the order of months."""
        self._constater_les_controles()
        courants = [
            une
            for departement in self.departements
            for une in self.brouillon.version.de(departement)
            if une.controle
        ]
        con.execute(
            "CREATE OR REPLACE TABLE controles_courants AS SELECT * FROM (VALUES "
            + ", ".join(
                f"('{une.departement}', '{une.mois}', '{fichier_constats(self.dossier, une).stem}')"
                for une in courants
            )
            + ") AS c (departement, mois, empreinte)"
        )
        fichiers = [citer(str(f)) for une in courants for f in fichiers_constats(self.dossier, une)]
        con.execute(
            "CREATE OR REPLACE TEMP VIEW constats AS "
            f"SELECT * FROM read_parquet([{', '.join(fichiers)}])"
        )
        con.execute(f"CREATE OR REPLACE TEMP VIEW presents AS {self._sql_presents(courants)}")
        calculer_suivi(con)
        self._garder_suivi(con, courants)

    def _constater_les_controles(self) -> None:
        version = self.brouillon.version
        for une in self.cibles:
            version = version.avec(replace(une, controle=self.controle))
        self.brouillon.version = version

    def _sql_presents(self, courants: Sequence[Livraison]) -> str:
        """Return the SELECT of the units of the populations of a stock, at each of these months."""
        archives = [self.dossier.archive(une) for une in courants]
        tables = [contrat().tables[nom] for nom in _tables_des_stocks(self.catalogue)]
        lues = ", ".join(
            f"{table.nom} AS NOT MATERIALIZED ({sql_archives(table, fichiers_de(table, archives))})"
            for table in tables
        )
        unites = " UNION ALL ".join(
            f"SELECT '{une.nom}' AS code_population, departement, mois, unite FROM ({une.sql})"
            for une in _stocks(self.catalogue)
        )
        return f"WITH {lues} {unites}"

    def _garder_suivi(self, con: Connexion, courants: Sequence[Livraison]) -> None:
        suivi = dict(self.brouillon.version.suivi)
        for departement in self.departements:
            cles = [
                f"{une.arrete}:{fichier_constats(self.dossier, une).stem}:{une.controle}"
                for une in courants
                if une.departement == departement
            ]
            empreinte = hashlib.sha256("\n".join(cles).encode()).hexdigest()[:16]
            nom = f"{departement}/{empreinte}.parquet"
            cible = self.dossier.suivi / nom
            with self.brouillon.ecrire(cible, self.dossier.temporaire) as partiel:
                con.execute(
                    f"COPY (FROM suivi_anomalies WHERE departement = '{departement}' "
                    "ORDER BY code, premier_mois, unite) "
                    f"TO {citer(str(partiel))} {PARQUET}"
                )
            suivi[departement] = nom
        self.brouillon.version = replace(self.brouillon.version, suivi=suivi)
        con.execute("DROP TABLE suivi_anomalies")

    def finir(self, con: duckdb.DuckDBPyConnection) -> tuple[tuple[str, str, int], ...]:
        """Count the revisions, drop what was only needed to compute."""
        revisions = con.execute(
            "SELECT departement, mois, count(*) FROM revisions "
            "WHERE niveau <> 'organisme' AND le = "
            f"TIMESTAMP '{dt.datetime.fromisoformat(self.controle.le):%Y-%m-%d %H:%M:%S}' "
            "AND (departement, mois) IN (SELECT (departement, mois) FROM causes) "
            "GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        for table in TRAVAIL:
            con.execute(f"DROP TABLE IF EXISTS {table}")
        con.execute("CHECKPOINT")
        return tuple(revisions)

    def masquer(self, con: duckdb.DuckDBPyConnection) -> None:
        """Mask these months before anybody reads them: no reader has to mask the whole history."""
        masquer_departements(
            lambda sql, parametres: en_lignes(con.execute(sql, parametres)),
            self.departements,
            self.reglages.seuil_secret,
            self.dossier,
        )


def fichier_constats(dossier: Dossier, une: Livraison, catalogue: str | None = None) -> Path:
    """Return the file of the units in anomaly of a month, for a delivery and a catalogue."""
    regle = catalogue or (une.controle.catalogue if une.controle else "")
    return (
        dossier.constats
        / une.departement
        / une.mois
        / (f"{une.empreinte[:16]}-{regle[:16]}.parquet")
    )


def fichiers_constats(dossier: Dossier, une: Livraison) -> list[Path]:
    """Files of every control of the month with the same catalogue, the present one first."""
    courant = fichier_constats(dossier, une)
    suffixe = courant.stem.split("-")[1]
    autres = [
        fichier
        for fichier in sorted(courant.parent.glob(f"*-{suffixe}.parquet"))
        if re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]{16}", fichier.stem)
    ]
    return [courant, *(fichier for fichier in autres if fichier != courant)]


def motifs_des_tableaux(tableaux: Mapping[str, Tableau], description: Description) -> Motifs:
    """Return why each standard table of a delivery is not calculable, None for one that is.

    A table made from those of other tables lacks what they lack.
    """
    return {
        code: motif_non_calculable(
            {paire for lu in sources(un) for paire in requis_tableau(lu)},
            {paire for lu in sources(un) for paire in nommes_tableau(lu)},
            description,
        )
        for code, un in tableaux.items()
    }


def _noter_motifs(con: Connexion, une: Livraison, motifs: Motifs) -> None:
    lignes = ", ".join(
        f"('{code}', '{une.departement}', '{une.mois}', {citer(motif)})"
        for code, motif in motifs.items()
        if motif
    )
    if lignes:
        con.execute(f"INSERT INTO {MOTIFS} VALUES {lignes}")
