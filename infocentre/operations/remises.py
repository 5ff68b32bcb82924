"""Put back what is kept beside what is published: from a backup, and from what can still be read.

What a backup has is taken where it is damaged, with what was written since and still proves itself.
Nothing is thrown away: what was damaged is put aside, under its name and the hour.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from infocentre.acces import ancres, audit
from infocentre.affaires import chaine as evenements
from infocentre.correspondances import garde
from infocentre.decisions import Magasin, scelles, tenue
from infocentre.decisions.copie import copier, recopier
from infocentre.decisions.magasin import (
    FICHIER,
    _ouvrir,
    magasin_present,
    url_des_decisions,
    url_du_magasin,
)
from infocentre.decisions.scelles import SANS_SCEAU
from infocentre.decisions.schema import META, VERSION, Tenue, identite, tenues
from infocentre.entrepot import Dossier, registres
from infocentre.entrepot.journal import ajouter_ligne, dechirures, lire_journal, reparer_journal
from infocentre.entrepot.registres import dommages_registres
from infocentre.mesures import caches, diffusions
from infocentre.noyau import temoins
from infocentre.noyau.cle import lire_cle
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire, poser, sha256
from infocentre.operations import preuves, sauvegarde
from infocentre.operations.conserves import (
    FAUTES,
    connus,
    dommages_cle,
    dommages_correspondances,
    dommages_decisions,
    dommages_diffusions,
    dommages_reglages,
    exiger_decisions_a_nous,
    fichiers_reglages,
    tenir_les_reglages,
)

Etape = Callable[[str], None]
Lignes = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Remise:
    """From what to put back: a backup (None: the last one), or what is accepted to be lost."""

    source: Path | None = None
    sceller: bool = False
    nouvelle_cle: bool = False
    decisions_neuves: bool = False


def remettre(dossier: Dossier, remise: Remise, etape: Etape) -> None:
    """Put back all that can be; what cannot is left as it is, for `examiner` to name.

    Raises:
        Refus: the backup is damaged, or a newer infocentre keeps the decisions.
    """
    exiger_decisions_a_nous(dossier)
    _refaire_les_temoins(dossier, etape)
    source = _source(dossier, remise)
    _remettre_la_cle(dossier, source, remise, etape)
    _remettre_les_decisions(dossier, source, remise, etape)
    _remettre_les_reglages(dossier, source, remise, etape)
    _remettre_les_diffusions(dossier, source, remise, etape)
    _remettre_les_registres(dossier, source, etape)
    _remettre_les_correspondances(dossier, source, etape)
    _remettre_les_journaux(dossier, source, etape)
    for fichier in dossier.partages.glob("*.json"):
        if not caches.intact(fichier):
            fichier.unlink()
            etape(f"{fichier.name} : ce que masquent les tableaux sera refait à la lecture")


def _source(dossier: Dossier, remise: Remise) -> Path | None:
    """Return the backup to take from, read again whole; the last one when none is named.

    Raises:
        Refus: the one that is named is damaged.
    """
    if remise.source:
        sauvegarde.verifier(remise.source)
        return remise.source
    derniere = connus(dossier).get("sauvegarde")
    if derniere and _abime(dossier):
        with contextlib.suppress(Refus):
            sauvegarde.verifier(Path(derniere["ou"]))
            return Path(derniere["ou"])
    return None


def _abime(dossier: Dossier) -> bool:
    regards = (
        dommages_cle,
        dommages_decisions,
        dommages_reglages,
        dommages_diffusions,
        dommages_registres,
        dommages_correspondances,
    )
    return any(list(regard(dossier)) for regard in regards)


def ecarter(fichier: Path) -> None:
    """Put a damaged file aside, beside its place."""
    if fichier.exists():
        le = dt.datetime.now().astimezone()
        fichier.rename(fichier.with_name(f"{fichier.name}.ecarte-{le:%Y%m%d-%H%M%S-%f}"))


# --- Who is who, the key --------------------------------------------------------------------------


def _refaire_les_temoins(dossier: Dossier, etape: Etape) -> None:
    """Write again what the directory knows of the rest, from what is there."""
    try:
        temoins.lire(dossier.racine)
    except Refus:
        ecarter(dossier.racine / temoins.FICHIER)
        refaits: temoins.Temoins = {}
        if (dossier.diffuses).is_file():
            refaits["diffusions"] = True
        if derniers := {un.parent.name: nom for nom, un in registres.gardes(dossier).items()}:
            refaits["registres"] = derniers
        if adoptees := garde.adoptees(dossier.racine):
            refaits["correspondances"] = {un.name: sha256(un) for un in adoptees}
        temoins.remplacer(dossier.racine, refaits)
        _ouvrir.cache_clear()
        with contextlib.suppress(*FAUTES):
            magasin_present(dossier.racine)  # which says who it is, and which key is its own
        etape(f"{temoins.FICHIER} refait de ce qui est là")


def _remettre_la_cle(dossier: Dossier, source: Path | None, remise: Remise, etape: Etape) -> None:
    if not list(dommages_cle(dossier)):
        return
    fichier = dossier.racine / sauvegarde.CLE
    gardee = source / sauvegarde.DONNEES / sauvegarde.CLE if source else None
    if gardee and gardee.is_file():
        ecarter(fichier)
        ecrire(fichier, gardee.read_bytes(), droits=0o600)
        etape("clé des pseudonymes remise de la sauvegarde")
    elif remise.nouvelle_cle:
        _changer_la_cle(dossier)
        etape("clé des pseudonymes changée, chaînes scellées de nouveau : les pseudonymes changent")


def _changer_la_cle(dossier: Dossier) -> None:
    """Have a new key, and seal again with it what is there; anchors elsewhere say what was before.

    Raises:
        Refus: the store cannot be read or changed.
    """
    ecarter(dossier.racine / sauvegarde.CLE)
    ecarter(dossier.racine / ancres.FICHIER)
    tenus = connus(dossier)
    tenus.pop("cle", None)
    temoins.remplacer(dossier.racine, tenus)
    neuve = temoins.de_la_cle(lire_cle(dossier.racine))
    _ouvrir.cache_clear()
    if not url_des_decisions() and not (dossier.racine / FICHIER).is_file():
        return
    with Magasin(url_du_magasin(dossier.racine), dossier.racine).ecrire() as con:
        con.execute(identite.update().values(cle=neuve))
        scelles.refaire(con, (evenements.CHAINE, audit.CHAINE))
    ancres.ancrer(dossier.racine, "clé changée")


# --- Decisions ------------------------------------------------------------------------------------


def _remettre_les_decisions(
    dossier: Dossier, source: Path | None, remise: Remise, etape: Etape
) -> None:
    if url_des_decisions() or not dommages_decisions(dossier):
        return
    fichier = dossier.racine / FICHIER
    if source and (source / sauvegarde.DECISIONS).is_dir():
        retrouvees = _reprendre(dossier, source)
        etape(f"décisions reprises de la sauvegarde, {retrouvees} enregistrement(s) d'après elle")
    elif remise.sceller and _accepter(dossier):
        etape("décisions tenues pour bonnes telles qu'elles sont")
    elif remise.decisions_neuves:
        _remplacer(dossier, None)
        _reconnaitre(dossier, None)
        etape(f"décisions reparties de rien ; ce qui restait est à côté de {fichier}")


def _accepter(dossier: Dossier) -> bool:
    """Seal the tables as they are, when the store can be read; tell if it was done."""
    try:
        magasin = magasin_present(dossier.racine)
        if magasin:
            with magasin.ecrire() as con:
                tenue.sceller_tout(con)
    except FAUTES:
        return False
    return magasin is not None


def _reprendre(dossier: Dossier, source: Path) -> int:
    """Make the store again of a backup and of what still proves itself since; return how many."""
    abime = dossier.racine / FICHIER
    atelier = dossier.temporaire / "decisions"
    atelier.mkdir(parents=True, exist_ok=True)
    gardees = _convertir(dossier, source, atelier)
    presentes = _lisibles(abime)
    for lignes in (*(_fondre(gardees, presentes, une) for une in _PREFERENCES), gardees):
        neuf = atelier / f"{FICHIER}.neuf"
        neuf.unlink(missing_ok=True)
        try:
            _remplir(dossier, neuf, atelier / "lignes", lignes)
        except FAUTES:
            continue
        break
    else:
        raise Refus(
            "les décisions de la sauvegarde ne se relisent pas",
            str(source),
            "Prendre une autre sauvegarde : infocentre reparer --sauvegarde DOSSIER.",
        )
    _remplacer(dossier, neuf)
    chaines = [une.name for une in tenues(Tenue.CHAINE)]
    return sum(len(lignes.get(nom, [])) - len(gardees.get(nom, [])) for nom in chaines)


def _convertir(dossier: Dossier, source: Path, atelier: Path) -> dict[str, Lignes]:
    """Return the rows of a backup, of whatever step, as the tables of today have them."""
    base = f"sqlite:///{atelier / 'sauvegarde.sqlite'}"
    faite = sauvegarde.lire(source)
    recopier(base, source / sauvegarde.DECISIONS, faite.etape, lambda: None, dossier.racine)
    sortie = atelier / "gardees"
    sortie.mkdir()
    copier(Magasin(base, dossier.racine), sortie)
    return {
        fichier.stem: [json.loads(une) for une in fichier.read_text("utf-8").split("\n") if une]
        for fichier in sortie.glob("*.jsonl")
    }


@dataclass(frozen=True, slots=True)
class _Lues:
    """The rows that a damaged base still gives, and the tables that are not what was written."""

    lignes: Mapping[str, Lignes]
    alterees: frozenset[str]


def _lisibles(fichier: Path) -> _Lues:
    if not fichier.is_file():
        return _Lues({}, frozenset())
    moteur = sa.create_engine(f"sqlite:///{fichier}")
    lues: dict[str, Lignes] = {}
    alterees = {une.name for une in tenues(Tenue.SCEAU)}
    with contextlib.suppress(*FAUTES), moteur.connect() as con:
        for table in META.sorted_tables:
            lues[table.name] = _lire_ce_qui_se_lit(con, table)
        alterees = set(tenue.alterees(con))
    moteur.dispose()
    return _Lues(lues, frozenset(alterees))


def _lire_ce_qui_se_lit(con: sa.Connection, table: sa.Table) -> Lignes:
    lues: Lignes = []
    with contextlib.suppress(*FAUTES):
        for ligne in con.execute(table.select().order_by(*table.primary_key)).mappings():
            lues.append({nom: tenue.en_json(un) for nom, un in ligne.items()})
    return lues


# Whether a row that both have is the backup's or the damaged base's, but for its cached columns:
# of the tables whose writes are sealed, of the affaires. The chains say which one proves itself.
_PREFERENCES = [
    {Tenue.SCELLEE: ancienne, Tenue.DEDUITE: deduite}
    for ancienne in (False, True)
    for deduite in (False, True)
]


def _fondre(
    gardees: Mapping[str, Lignes], presentes: _Lues, ancienne: Mapping[Tenue, bool]
) -> dict[str, Lignes]:
    """Return the rows of a backup, with those that a damaged base has of after it."""
    fondues = {nom: list(siennes) for nom, siennes in gardees.items()}
    for table in META.sorted_tables:
        siennes = presentes.lignes.get(table.name, [])
        genre = table.info.get("tenue", Tenue.SCEAU)
        if genre is Tenue.SCEAU and table.name not in presentes.alterees:
            fondues[table.name] = siennes
        elif genre in {Tenue.CHAINE, Tenue.NOM, Tenue.SCELLEE, Tenue.DEDUITE}:
            avant = _par_cle(table, gardees.get(table.name, []))
            apres = _par_cle(table, siennes)
            if not ancienne.get(genre, True):
                communes = avant.keys() & apres.keys()
                avant |= {cle: _rafraichie(table, avant[cle], apres[cle]) for cle in communes}
            fondues[table.name] = list((apres | avant).values())
    return fondues


def _par_cle(table: sa.Table, lignes: Lignes) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {tuple(str(une[c.name]) for c in table.primary_key): une for une in lignes}


def _rafraichie(
    table: sa.Table, avant: Mapping[str, Any], apres: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a row as it became: of an affaire, only what its events change."""
    change = SANS_SCEAU.get(table.name) if table.info.get("tenue") is Tenue.DEDUITE else None
    return {**avant, **{nom: un for nom, un in apres.items() if change is None or nom in change}}


def _remplir(dossier: Dossier, neuf: Path, sortie: Path, lignes: Mapping[str, Lignes]) -> None:
    """Make a base of these rows, and check its chains; raise Refus when they prove nothing."""
    shutil.rmtree(sortie, ignore_errors=True)
    sortie.mkdir(parents=True)
    for nom, siennes in lignes.items():
        if nom != "sceaux":
            texte = "".join(json.dumps(une) + "\n" for une in siennes)
            (sortie / f"{nom}.jsonl").write_text(texte, "utf-8")
    recopier(f"sqlite:///{neuf}", sortie, VERSION, lambda: None, dossier.racine)
    magasin = Magasin(f"sqlite:///{neuf}", dossier.racine)
    with magasin.ecrire() as con:
        tenue.sceller_tout(con)
    with magasin.lire() as con:
        fautes = preuves.relire(con, dossier.racine, []).fautes
    magasin.fermer()
    if fautes:
        raise Refus(fautes[0])


def _remplacer(dossier: Dossier, neuf: Path | None) -> None:
    """Put a base in the place of the damaged one, which stays aside."""
    fichier = dossier.racine / FICHIER
    _ouvrir.cache_clear()
    for suite in ("", "-wal", "-shm"):
        ecarter(fichier.with_name(f"{FICHIER}{suite}"))
    if neuf:
        neuf.chmod(0o600)
        poser(neuf, fichier)
        _reconnaitre(dossier, Magasin(f"sqlite:///{fichier}", dossier.racine).identite)


def _reconnaitre(dossier: Dossier, identite_: str | None) -> None:
    """Have the directory know the store that is there now, or none."""
    tenues_ = {un: une for un, une in connus(dossier).get("decisions", {}).items() if un != FICHIER}
    connue = {FICHIER: identite_} if identite_ else {}
    temoins.noter(dossier.racine, {"decisions": {**tenues_, **connue}})


# --- Settings, registers, journals ----------------------------------------------------------------


def _remettre_les_reglages(
    dossier: Dossier, source: Path | None, remise: Remise, etape: Etape
) -> None:
    for dommage in list(dommages_reglages(dossier)):
        gardee = source / sauvegarde.DONNEES / dommage.ou.name if source else None
        if gardee and gardee.is_file():
            ecarter(dommage.ou)
            ecrire(dommage.ou, gardee.read_bytes())
            etape(f"{dommage.ou.name} remis de la sauvegarde")
    if remise.sceller and tenir_les_reglages(dossier):
        etape("réglages tenus pour bons tels qu'ils sont")
    elif source and not list(dommages_reglages(dossier)):
        tenus = {un.name: sha256(un) for un in fichiers_reglages(dossier)}
        temoins.noter(dossier.racine, {"reglages": tenus})


def _remettre_les_diffusions(
    dossier: Dossier, source: Path | None, remise: Remise, etape: Etape
) -> None:
    gardees = source / sauvegarde.DONNEES / dossier.diffusions.name if source else None
    if gardees and gardees.is_dir() and list(dommages_diffusions(dossier)):
        _reprendre_les_diffusions(dossier, gardees)
        etape("diffusions remises de la sauvegarde")
    if remise.sceller and list(dommages_diffusions(dossier)):
        _tenir_les_diffusions(dossier)
        etape("diffusions tenues pour bonnes telles qu'elles sont")


def _reprendre_les_diffusions(dossier: Dossier, gardees: Path) -> None:
    """Copy the editions that are damaged or gone, and enter again those that no line tells."""
    inscrites = {**diffusions.inscrites(gardees), **diffusions.inscrites(dossier.diffusions)}
    for nom, attendue in inscrites.items():
        fichier, gardee = dossier.diffusions / nom, gardees / nom
        intacte = fichier.is_file() and sha256(fichier) == attendue
        if not intacte and gardee.is_file() and sha256(gardee) == attendue:
            ecarter(fichier)
            ecrire(fichier, gardee.read_bytes(), droits=0o600)
    _inscrire(dossier, inscrites)


def _remettre_les_registres(dossier: Dossier, source: Path | None, etape: Etape) -> None:
    """Copy the completed registers that are damaged or gone, when the backup has them whole."""
    for dommage in dommages_registres(dossier) if source else ():
        gardee = source and source / sauvegarde.DONNEES / dommage.ou.relative_to(dossier.racine)
        if gardee and gardee.is_file() and sha256(gardee) == dommage.ou.stem:
            ecarter(dommage.ou)
            ecrire(dommage.ou, gardee.read_bytes(), droits=0o600)
            etape(
                f"registre complété du département {dommage.ou.parent.name} remis de la sauvegarde"
            )


def _remettre_les_correspondances(dossier: Dossier, source: Path | None, etape: Etape) -> None:
    """Copy the adopted correspondances that went or were changed, when the backup has them."""
    tenues = connus(dossier).get("correspondances", {})
    for dommage in dommages_correspondances(dossier) if source else ():
        gardee = source and source / sauvegarde.DONNEES / dommage.ou.relative_to(dossier.racine)
        if gardee and gardee.is_file() and sha256(gardee) == tenues.get(dommage.ou.name):
            ecarter(dommage.ou)
            ecrire(dommage.ou, gardee.read_bytes())
            etape(f"correspondance {dommage.ou.stem} remise de la sauvegarde")


def _tenir_les_diffusions(dossier: Dossier) -> None:
    presentes = sorted(dossier.diffusions.rglob("*.json.gz"))
    _inscrire(dossier, {str(un.relative_to(dossier.diffusions)): sha256(un) for un in presentes})


def _inscrire(dossier: Dossier, inscrites: Mapping[str, str]) -> None:
    registre = dossier.diffuses
    ecarter(registre)
    for nom, une in inscrites.items():
        ligne: diffusions.Inscrite = {"fichier": nom, "empreinte": une}
        ajouter_ligne(registre, ligne)


def _remettre_les_journaux(dossier: Dossier, source: Path | None, etape: Etape) -> None:
    """Put the damaged lines of journals aside, and back those that a backup has."""
    for fichier in filter(dechirures, sorted(dossier.racine.glob("*.jsonl"))):
        reparer_journal(fichier)
        gardee = source / sauvegarde.DONNEES / fichier.name if source else None
        if gardee and gardee.is_file():
            presentes = lire_journal(fichier)
            perdues = [une for une in lire_journal(gardee) if une not in presentes]
            for une in perdues:
                ajouter_ligne(fichier, une)
            etape(f"{fichier.name} : {len(perdues)} ligne(s) remise(s) de la sauvegarde")
