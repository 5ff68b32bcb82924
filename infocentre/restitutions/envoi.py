"""The bilan of each partner: only what its reader may see, then all of them in one directory.

What several partners read is made once. The directory appears whole, with its manifest, or not
at all.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from infocentre.consultation.commun import registre
from infocentre.consultation.fiche import Niveau
from infocentre.consultation.lecteur import Ligne
from infocentre.consultation.lieux import guichets_par_epci
from infocentre.contrat.territoires import territoires
from infocentre.entrepot import Dossier
from infocentre.erreurs import Refus
from infocentre.restitutions import bilan, fiche, lecture, liste_guichets
from infocentre.restitutions.bilan import CHAPITRES, Contexte
from infocentre.restitutions.bilan.methode import ZONAGE
from infocentre.restitutions.bilan.qualite import TYPES
from infocentre.restitutions.document import (
    Colonne,
    Document,
    Mots,
    Paragraphe,
    Section,
    Tableau,
)
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.partenaires import Genre, Partenaire
from infocentre.restitutions.tables import cellule

MANIFESTE = "manifeste.csv"
ENTETES = ("destinataire", "genre", "fichier", "sha256", "version_donnees", "arrete", "diffusion")
PROCESSUS = 2
AUTRES_MINIMUM = fiche.AUTRES_MINIMUM
SIENS, QUALITE, TERRITOIRE, COMMUNES, LISTE = "siens", "qualite", "territoires", "communes", "liste"
_GENERAL = ("methode", "demande", "attributions", "publics")
_ANNEXES = ("definitions", "secret", "glossaire")
# What each kind of partner reads, in order; those that are not here read the whole bilan.
SOMMAIRES: Mapping[Genre, Sequence[str]] = {
    "action_logement": ("essentiel", SIENS, *_GENERAL, TERRITOIRE, "comparaisons", QUALITE,
                        *_ANNEXES),
    "ush": ("essentiel", *_GENERAL, TERRITOIRE, "comparaisons", QUALITE, *_ANNEXES),
    "collectivite": (TERRITOIRE, COMMUNES, SIENS, "essentiel", "methode", "comparaisons", QUALITE,
                     LISTE, *_ANNEXES),
    "organisme": (SIENS, "essentiel", "methode", *_ANNEXES),
}  # fmt: skip
_COMMUNES = ("attributions", "demandes_actives", "demandes_pour_une_attribution")

Former = Callable[[Document], bytes]


class Atelier:
    """Makes the documents of an edition; chapters that readers have in common are made once."""

    def __init__(self, edition: Edition) -> None:
        """Make nothing yet."""
        self.edition = edition
        self._faits: dict[str, Section] = {}
        self._registre = registre(edition.v, edition.p, edition.departement, edition.mois)

    def construire(self, un: Partenaire) -> Document:
        """Return the bilan of a partner."""
        if un.genre not in SOMMAIRES:
            entier = bilan.construire(self.edition, self._contexte(un, organismes=None))
            return replace(entier, destinataire=un.nom)
        e = self.edition
        return Document(
            "bilan",
            "Bilan semestriel",
            e.territoire,
            e.periode,
            e.arrete,
            e.version,
            tuple(une for nom in SOMMAIRES[un.genre] for une in self._sections(nom, un)),
            un.nom,
            {"Périmètre": self._perimetre(un), "Zonage": ZONAGE},
        )

    def _contexte(self, un: Partenaire, organismes: frozenset[str] | None) -> Contexte:
        epcis = frozenset(un.epci) if un.epci else None
        return Contexte(self.edition, epcis=epcis, organismes=organismes)

    def _sections(self, nom: str, un: Partenaire) -> Iterator[Section]:
        if nom == SIENS:
            yield from self._siens(un)
        elif nom == QUALITE:
            yield self._qualite(un)
        elif nom == COMMUNES:
            yield from self._communes(un)
        elif nom == LISTE:
            yield from self._liste(un)
        elif nom == TERRITOIRE and un.genre == "collectivite":
            if un.epci:
                section = CHAPITRES[nom](self._contexte(un, frozenset()))
                yield _sans_mots(replace(section, titre="Le territoire"))
        else:
            yield self._commun(nom)

    def _commun(self, nom: str) -> Section:
        """Return a chapter without any organisme, made once, people's words left out."""
        if nom not in self._faits:
            ctx = Contexte(self.edition, organismes=frozenset())
            self._faits[nom] = _sans_mots(CHAPITRES[nom](ctx))
        return self._faits[nom]

    def _siens(self, un: Partenaire) -> Iterator[Section]:
        """Yield the fiche of each organisme that is all the partner's, else of its guichets."""
        for niveau, cle in self.unites(un):
            lue = fiche.lire(self.edition, niveau, cle)
            yield Section(lue.nom, (), fiche.sections(self.edition, lue), page=True)

    def unites(self, un: Partenaire) -> list[tuple[Niveau, str]]:
        """Return the organismes of a partner, and its guichets of others that are not all its."""
        voulus = set(un.guichets)
        unites: list[tuple[Niveau, str]] = []
        for organisme, guichets in _par_organisme(self._registre).items():
            communs = guichets & voulus
            if communs == guichets:
                unites.append(("organisme", organisme))
            else:
                unites += [("guichet", guichet) for guichet in sorted(communs)]
        return unites

    def _perimetre(self, un: Partenaire) -> str:
        if un.guichets:
            nombre = len(un.guichets)
            return f"{nombre} guichet{'s' if nombre > 1 else ''} et l'ensemble du département"
        return (
            "Son territoire et l'ensemble du département"
            if un.epci or un.communes
            else ("L'ensemble du département, sans le nom des organismes")
        )

    def _qualite(self, un: Partenaire) -> Section:
        section = self._commun(QUALITE)
        caches = {
            TYPES[nom] for nom in TYPES.keys() - types_montrables(self._registre, un.guichets)
        }
        par_type, ensemble, *_ = section.sections
        blocs = tuple(
            _sans_colonnes(bloc, caches) if isinstance(bloc, Tableau) else bloc
            for bloc in par_type.blocs
        )
        note = Paragraphe(
            "Un type de guichet n'est montré que si trois autres organismes au moins en sont.",
            "note",
        )
        return replace(section, sections=(replace(par_type, blocs=(*blocs, note)), ensemble))

    def _communes(self, un: Partenaire) -> Iterator[Section]:
        """Yield the rows of its communes, when its territory is made of some."""
        if not un.communes:
            return
        lu = Contexte(self.edition).lire("ATT-09")
        corps = tuple(
            (cellule(lu, une, "libelle"), *(cellule(lu, une, nom) for nom in _COMMUNES))
            for une in lu.lignes
            if une["niveau"] in {"commune", "arrondissement"} and une["code"] in un.communes
        )
        colonnes = (Colonne("Commune"), Colonne("Attributions de 12 mois", "nombre"),
                    Colonne("Demandes actives", "nombre"),
                    Colonne("Demandes pour une attribution", "decimal"))  # fmt: skip
        source = Contexte(self.edition).source("ATT-09")
        table = Tableau("communes", "Demande et attributions", colonnes, corps, source=source)
        yield Section("Les communes", (table,), page=True)

    def _liste(self, un: Partenaire) -> Iterator[Section]:
        places = guichets_par_epci(self.edition.v, self.edition.departement)
        ici = {guichet for epci in un.epci for guichet in places.get(epci, ())}
        communes = {*un.communes, *(c for c in un.communes for c in _arrondissements(c))}
        ici |= {une["guichet"] for une in self._registre if une["commune"] in communes}
        if ici:
            premiere = liste_guichets.sections(self.edition, frozenset(ici))[0]
            titre = "Les guichets du territoire"
            yield replace(premiere, titre=titre, annexe=True, page=True)


def _arrondissements(commune: str) -> list[str]:
    return [un.code for un in territoires().values() if un.mere == commune]


def _par_organisme(lignes: Collection[Ligne]) -> dict[str, set[str]]:
    siens: dict[str, set[str]] = {}
    for une in lignes:
        siens.setdefault(une["organisme"], set()).add(une["guichet"])
    return siens


def types_montrables(lignes: Collection[Ligne], guichets: Collection[str]) -> set[str]:
    """Return the types of guichets whose total tells nothing of one organisme that is not his.

    At least three others of the type; what the hidden types leave of the département's total
    is that of two organismes or more too.
    """
    siens = {une["organisme"] for une in lignes if une["guichet"] in guichets}
    autres = {une["organisme"]: une["type_guichet"] for une in lignes
              if une["organisme"] not in siens and une["type_guichet"] in TYPES}  # fmt: skip
    nombre = Counter(autres.values())
    montres = [nom for nom, combien in nombre.most_common() if combien >= AUTRES_MINIMUM]
    if sum(nombre.values()) - sum(nombre[nom] for nom in montres) == 1:
        montres = montres[:-1]
    return set(montres)


def _sans_colonnes(tableau: Tableau, titres: Collection[str]) -> Tableau:
    gardees = [rang for rang, une in enumerate(tableau.colonnes) if une.titre not in titres]
    return replace(
        tableau,
        colonnes=tuple(tableau.colonnes[rang] for rang in gardees),
        lignes=tuple(tuple(ligne[rang] for rang in gardees) for ligne in tableau.lignes),
    )


def _sans_mots(section: Section) -> Section:
    """Return a section without what people wrote for the comité de pilotage."""
    blocs = tuple(bloc for bloc in section.blocs if not isinstance(bloc, Mots))
    return replace(section, blocs=blocs, sections=tuple(map(_sans_mots, section.sections)))


# --- All of them ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Envoi:
    """All the bilans of a semester: which, in what form, where."""

    racine: Path
    departement: str
    semestre: str
    version: int
    forme: str
    former: Former
    sortie: Path

    def fichier(self, un: Partenaire) -> str:
        """Return the name of a partner's file."""
        return f"bilan-{self.departement}-{self.semestre}-{un.cle}.{self.forme}"


def envoyer(
    envoi: Envoi, liste: Sequence[Partenaire], arrete: str, avancer: Callable[[str], None]
) -> Path:
    """Print the bilans of all partners in a directory that replaces the one before; return it.

    Raises:
        Refus: one of them cannot be printed; the directory is left as it was.
    """
    partiel = envoi.sortie.with_name(f".{envoi.sortie.name}.partiel")
    shutil.rmtree(partiel, ignore_errors=True)
    try:
        partiel.mkdir(parents=True)
        empreintes = _imprimer(replace(envoi, sortie=partiel), liste, avancer)
        manifeste = _manifeste(envoi, liste, empreintes, arrete)
        (partiel / MANIFESTE).write_text(manifeste, "utf-8")
        _remplacer(partiel, envoi.sortie)
    except OSError as erreur:
        raise Refus(
            f"l'écriture a échoué ({erreur.strerror})",
            str(envoi.sortie),
            "Choisir un autre dossier.",
        ) from erreur
    finally:
        shutil.rmtree(partiel, ignore_errors=True)
    return envoi.sortie


def _imprimer(
    envoi: Envoi, liste: Sequence[Partenaire], avancer: Callable[[str], None]
) -> dict[str, str]:
    """Print each bilan, the longest first, in two processes; return the sha256 by key."""
    empreintes: dict[str, str] = {}
    ordre = sorted(liste, key=lambda un: un.genre in {"organisme", "collectivite"})
    with ProcessPoolExecutor(
        PROCESSUS, get_context("spawn"), initializer=_ouvrir, initargs=(envoi,)
    ) as processus:
        taches = {processus.submit(_imprimer_un, un): un for un in ordre}
        try:
            for tache in as_completed(taches):
                un = taches[tache]
                empreintes[un.cle] = tache.result()
                avancer(un.nom)
        except BaseException:
            processus.shutdown(cancel_futures=True)
            raise
    return empreintes


_OUVERT: dict[str, tuple[Envoi, Atelier]] = {}
_TENUE = contextlib.ExitStack()


def _ouvrir(envoi: Envoi) -> None:
    """Open the published version for the life of a process."""
    v = _TENUE.enter_context(lecture.ouvrir(Dossier(envoi.racine)))
    edition = lecture.du_semestre(v, envoi.semestre, envoi.departement)
    _OUVERT["ici"] = (envoi, Atelier(edition))


def _imprimer_un(un: Partenaire) -> str:
    envoi, atelier = _OUVERT["ici"]
    if atelier.edition.version != envoi.version:
        raise Refus("une autre version des données vient d'être publiée", que_faire="Recommencer.")
    octets = envoi.former(atelier.construire(un))
    (envoi.sortie / envoi.fichier(un)).write_bytes(octets)
    return hashlib.sha256(octets).hexdigest()


def _manifeste(
    envoi: Envoi, liste: Sequence[Partenaire], empreintes: Mapping[str, str], arrete: str
) -> str:
    texte = io.StringIO()
    lignes = csv.writer(texte, delimiter=";", lineterminator="\n")
    lignes.writerow(ENTETES)
    for un in liste:
        lignes.writerow((un.nom, un.genre, envoi.fichier(un), empreintes[un.cle], envoi.version,
                         arrete, " ".join(un.diffusion)))  # fmt: skip
    return texte.getvalue()


def _remplacer(partiel: Path, sortie: Path) -> None:
    """Put a finished directory in place of the one before, which only holds an earlier sending."""
    ancien = sortie.with_name(f".{sortie.name}.ancien")
    shutil.rmtree(ancien, ignore_errors=True)
    if sortie.exists():
        if not (sortie / MANIFESTE).is_file():
            raise Refus(
                "ce dossier existe et n'est pas un envoi précédent",
                str(sortie),
                "Choisir un autre dossier avec --sortie.",
            )
        sortie.rename(ancien)
    partiel.rename(sortie)
    shutil.rmtree(ancien, ignore_errors=True)
