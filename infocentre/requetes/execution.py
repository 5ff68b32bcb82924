"""Ask the analysts' file of the published version, in a process that cannot do anything else.

    executer(dossier, "SELECT … WHERE mois = $mois", {"mois": "2026-10"}, acces=lea)   a screen
    exporter(dossier, sql, parametres, "xlsx", fichier, acces=lea)                     a file
    annuler(dossier, identifiant)                                  from any process, by its name

Every call is written in INFOCENTRE_DOSSIER/requetes.jsonl: who, what, how long, rows, verdict; and,
without what it compares with, in the audit: no answer is given whose trace cannot be kept.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from infocentre.acces.audit import Trace, nom_de, requete_sans_valeurs, tracer
from infocentre.acces.conservation import en_classes
from infocentre.acces.modele import Acces, Action
from infocentre.acces.perimetre import Perimetre
from infocentre.acces.veille import Veille
from infocentre.analystes.partie import tenir_partie
from infocentre.catalogue.analyse import SQL_MAX
from infocentre.decisions.magasin import ouvrir_magasin
from infocentre.entrepot import Dossier
from infocentre.exports import dire_emport
from infocentre.noyau import file
from infocentre.noyau.erreurs import Refus, RefusMotive
from infocentre.noyau.formats import FichierRequete
from infocentre.noyau.francais import entier
from infocentre.requetes import ecriture
from infocentre.requetes.journal import noter
from infocentre.requetes.messages import limite_lignes, refuser, traduire
from infocentre.requetes.modele import (
    ECRAN,
    EXPORTS,
    Colonne,
    Limites,
    RequeteRefusee,
    Resultat,
)
from infocentre.requetes.processus import Recue, recevoir, trames
from infocentre.requetes.reserves import reserves
from infocentre.requetes.valeurs import en_json, lecteur_de_lignes

EN_MEMOIRE = 1 << 22


def executer(
    dossier: Dossier,
    sql: str,
    parametres: Mapping[str, object] | None = None,
    limites: Limites = ECRAN,
    *,
    acces: Acces,
    identifiant: str | None = None,
) -> Resultat:
    """Run one SELECT or EXPLAIN; return its first rows.

    `parametres` are the values of its `$named` parameters. `identifiant` (8 to 64 letters, digits,
    dashes; unguessable, chosen by the caller) is what `annuler` takes.

    Raises:
        RefusMotive: in French, with the place in the text when there is one.
        Refus: nothing is published yet.
    """
    with _interroger(dossier, sql, parametres or {}, limites, acces, identifiant) as reponse:
        lignes = [ligne for lot in reponse.lots() for ligne in lot]
        Veille(dossier.racine, acces).exiger()
        dites = reserves(dossier, sql, acces.perimetre)
        secondes = reponse.recue.secondes
        return Resultat(reponse.colonnes, lignes, reponse.tronquee, secondes, dites)


def exporter(
    dossier: Dossier,
    sql: str,
    parametres: Mapping[str, object] | None,
    format_: FichierRequete,
    cible: Path,
    *,
    acces: Acces,
    identifiant: str | None = None,
) -> int:
    """Write the full result of one SELECT to a file; return its number of rows.

    The file appears whole or not at all. Same refusals as `executer`; too many rows is one.
    """
    limites = EXPORTS[format_]
    with _interroger(dossier, sql, parametres or {}, limites, acces, identifiant) as reponse:
        if reponse.tronquee:
            raise limite_lignes(limites.lignes)
        lecture = _lecture(dossier, sql, parametres or {}, acces)
        lots = _surveiller(reponse.lots(), Veille(dossier.racine, acces))
        ecriture.ecrire(reponse.colonnes, lots, format_, cible, lecture)
        return reponse.nombre


def _surveiller(
    lots: Iterator[list[tuple[Any, ...]]], veille: Veille
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield batches as long as the account that asked for them may have them."""
    for lot in lots:
        veille()
        yield lot
    veille.exiger()


def _lecture(
    dossier: Dossier, sql: str, parametres: Mapping[str, object], acces: Acces
) -> list[tuple[str, str]]:
    """Return what a file of a result is: of which data, who took it away and when, the query."""
    return [
        ("Source", f"fichier des analystes, version {dossier.version().numero}"),
        ("Emporté", dire_emport(nom_de(acces))),
        *((f"${nom}", str(valeur)) for nom, valeur in parametres.items()),
        *(("Réserve", dite) for dite in reserves(dossier, sql, acces.perimetre)),
        ("Requête", sql.strip()),
    ]


def annuler(dossier: Dossier, identifiant: str) -> bool:
    """Stop the query of this name, waiting or running, in whatever process; tell if it was there.

    Its caller gets RefusMotive, motif « annulee », within a quarter of a second.
    """
    return file.retirer(dossier.file, identifiant)


def attente(dossier: Dossier, identifiant: str) -> file.Attente | None:
    """Tell if the query of this name waits or runs, in whatever process; None when it is over."""
    return file.etat(dossier.file, identifiant)


@dataclass(slots=True)
class _Reponse:
    """The answer of a process that ended well, still as it wrote it."""

    recue: Recue
    colonnes: tuple[Colonne, ...] = ()
    nombre: int = 0
    tronquee: bool = False

    def lire(self, sql: str) -> None:
        """Read all but the rows; raise RequeteRefusee when the answer is an error."""
        for lettre, contenu in trames(self.recue.tampon, "CFER"):
            if lettre == "R":
                raise refuser(contenu)
            if lettre == "E":
                raise traduire(contenu, sql)
            if lettre == "C":
                self.colonnes = tuple(Colonne(str(nom), str(type_)) for nom, type_ in contenu)
            else:
                self.nombre, self.tronquee = int(contenu[0]), bool(contenu[1])

    def lots(self) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows by batches, as Python values."""
        lire = lecteur_de_lignes(self.colonnes)
        for _, lignes in trames(self.recue.tampon, "L"):
            yield [lire(ligne) for ligne in lignes]


@contextlib.contextmanager
def _interroger(
    dossier: Dossier,
    sql: str,
    parametres: Mapping[str, object],
    limites: Limites,
    acces: Acces,
    identifiant: str | None,
) -> Iterator[_Reponse]:
    """Run a query in its turn, give its answer, and write down what became of it."""
    qui = nom_de(acces)
    suite: dict[str, object] = {"qui": qui, "sql": sql, "parametres": parametres}
    verdict, debut = "faite", time.monotonic()
    with dossier.manque_de_place(), _tampon(dossier) as tampon:
        reponse = _Reponse(Recue(tampon))
        try:
            nom = identifiant or uuid.uuid4().hex
            _demander(dossier, reponse, sql, parametres, limites, (nom, acces))
            yield reponse
        except BaseException as erreur:
            verdict = erreur.motif if isinstance(erreur, RefusMotive) else "interrompue"
            raise
        finally:
            recue, total = reponse.recue, time.monotonic() - debut
            suite |= {"secondes": round(recue.secondes, 3), "total": round(total, 3)}
            suite |= {"memoire": recue.memoire, "lignes": reponse.nombre, "verdict": verdict}
            noter(dossier, suite)
            dit = requete_sans_valeurs(sql)
            magasin = ouvrir_magasin(dossier.racine)
            tracer(magasin, acces, Trace.REQUETE, verdict, reponse.nombre, **dit)


def _siens(p: Perimetre) -> frozenset[str] | None:
    """Return the départements whose rows a query may read, None for all; raise Refus."""
    if p.partiel:
        raise Refus(
            "la base des analystes porte sur des départements entiers, "
            "qui ne sont pas ouverts à ce compte",
            que_faire="S'adresser au gestionnaire territorial.",
        )
    return p.departements


@contextlib.contextmanager
def _tampon(dossier: Dossier) -> Iterator[IO[bytes]]:
    """Give where an answer waits: in memory, beyond some size in a file without a name."""
    dossier.exiger_version()
    dossier.file.mkdir(mode=0o700, exist_ok=True)
    with tempfile.SpooledTemporaryFile(EN_MEMOIRE, dir=str(dossier.file)) as tampon:
        yield tampon


def _demander(
    dossier: Dossier,
    reponse: _Reponse,
    sql: str,
    parametres: Mapping[str, object],
    limites: Limites,
    course: tuple[str, Acces],
) -> None:
    """Have a query run in its turn; `course` is its name, and who asks."""
    if len(sql) > SQL_MAX:
        trop = f"la requête dépasse {entier(SQL_MAX)} caractères"
        raise RequeteRefusee("volume", trop, "La raccourcir, ou la couper en plusieurs.")
    if "\0" in sql:  # DuckDB would stop there, and show what it did not read
        raise RequeteRefusee("syntaxe", "la requête contient un caractère nul")
    valeurs = {nom: en_json(nom, valeur) for nom, valeur in parametres.items()}
    acces = course[1]
    siens = _siens(acces.perimetre)
    classes = en_classes(dossier.racine, nominatif=acces.peut(Action.NOMINATIF))
    masquee = not acces.peut(Action.PETITS_NOMBRES)
    with (
        file.place(
            dossier.file,
            course[0],
            limites.attente,
            nom_de(acces),
            permis=Veille(dossier.racine, acces),
            partage=acces.role is not None,
        ) as voulue,
        tenir_partie(dossier, siens, classes=classes, masquee=masquee) as base,
    ):
        recevoir(base, sql, valeurs, limites, voulue, reponse.recue)
    reponse.lire(sql)
