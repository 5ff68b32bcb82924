"""The bilan of each partner: only what its reader may see.

What several partners read is made once.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from infocentre.contrat.territoires import territoires
from infocentre.lecture.commun import registre
from infocentre.lecture.fiche import AUTRES_MINIMUM, Niveau
from infocentre.lecture.lieux import guichets_par_epci
from infocentre.lecture.lignes import Inscription
from infocentre.mesures.lignes_tableaux import Territoires
from infocentre.noyau.etats import DEPASSES
from infocentre.noyau.francais import compter, enumerer, majuscule
from infocentre.noyau.lecteurs import Lecteur
from infocentre.noyau.types_guichet import TYPES_JUGES, TypeGuichet
from infocentre.restitutions import bilan, fiche, liste_guichets, vos_attributions
from infocentre.restitutions import portrait as portrait_
from infocentre.restitutions.bilan import CHAPITRES, Contexte, annexes, essentiel, methode
from infocentre.restitutions.bilan import territoires as territoires_
from infocentre.restitutions.bilan.attributions import table_territoires
from infocentre.restitutions.bilan.methode import ZONAGE
from infocentre.restitutions.document import (
    Document,
    Mots,
    Section,
    Tableau,
)
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.partenaires import CONTINGENTS, Genre, Partenaire
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.registre import editer
from infocentre.restitutions.tables import ENSEMBLE

SIENS, ATTRIBUTIONS, CONTINGENT, QUALITE, TERRITOIRE, PORTRAIT, COMMUNES, LISTE = (
    "siens",
    "vos_attributions",
    "votre_contingent",
    "qualite",
    "territoires",
    "portrait",
    "communes",
    "liste",
)
COMPARAISONS = "comparaisons"
# What places a partner in its département, on a page or less.
BREF: Mapping[str, Callable[[Contexte], Section]] = {
    "departement": functools.partial(essentiel.chapitre, court=True),
    "limites": functools.partial(methode.chapitre, court=True),
}
COURTE = 8  # guichets that need no page of their own
PROPRES = frozenset({SIENS, ATTRIBUTIONS, CONTINGENT, PORTRAIT, COMMUNES, LISTE})
_GENERAL = ("methode", "demande", "attributions", "publics")
# What each kind of partner reads, in order, before the annexes; those that are not here read the
# whole bilan. Its own part comes first, and what it lives by; of the rest, what places it.
SOMMAIRES: Mapping[Genre, Sequence[str]] = {
    "action_logement": (SIENS, CONTINGENT, *BREF),
    "ush": ("essentiel", *_GENERAL, TERRITOIRE, COMPARAISONS, QUALITE),
    "collectivite": (TERRITOIRE, PORTRAIT, COMMUNES, SIENS, LISTE, *BREF, COMPARAISONS),
    "organisme": (SIENS, ATTRIBUTIONS, *BREF),
}


@dataclass(frozen=True)
class Communes(Contenu):
    """The communes of a partner, between their EPCI and the département."""

    modele = "bilan/communes.md"

    table: Tableau


@dataclass(frozen=True)
class Types(Contenu):
    """How many organismes a type must have, besides the reader's own, to be shown."""

    modele = "bilan/types.md"

    autres: int


class Atelier:
    """Makes the documents of an edition; chapters that readers have in common are made once."""

    def __init__(self, edition: Edition) -> None:
        """Make nothing yet; raise Refus to who does not see the whole département."""
        edition.v.exiger_departements("ce document")
        self.edition = edition
        self._faits: dict[str, Section | None] = {}
        self._registre = registre(edition.v, edition.departement, edition.mois)

    def construire(self, un: Partenaire) -> Document:
        """Return the bilan of a partner."""
        return editer(self._construire(un), self.edition)

    def _construire(self, un: Partenaire) -> Document:
        if un.genre not in SOMMAIRES:
            entier = bilan.construire(self.edition, self._contexte(un, organismes=None))
            return replace(entier, destinataire=un.nom)
        return self._reunir(un, SOMMAIRES[un.genre])

    def propre(self, un: Partenaire) -> Document:
        """Return what the bilan of a partner says of it alone."""
        noms = [nom for nom in SOMMAIRES[un.genre] if _est_propre(nom, un)]
        return editer(self._reunir(un, noms), self.edition)

    def _reunir(self, un: Partenaire, noms: Sequence[str]) -> Document:
        """Return the document of these chapters, and the annexes that they need."""
        e = self.edition
        sections = [une for nom in noms for une in self._sections(nom, un)]
        return Document(
            "partenaire" if un.lecteur == Lecteur.DESTINATAIRE else "bilan",
            "Bilan semestriel",
            e.territoire,
            e.periode,
            e.arrete,
            e.version,
            (*sections, *_annexes(Contexte(e), self._propres(sections))),
            un.nom,
            {"Périmètre": self._perimetre(un), "Zonage": ZONAGE},
            lecteur=un.lecteur,
        )

    def _contexte(self, un: Partenaire, organismes: frozenset[str] | None) -> Contexte:
        epcis = frozenset(un.epci) if un.epci else None
        comite = un.genre == "etat"
        siens = _lieux(un) if un.lecteur == Lecteur.DESTINATAIRE else frozenset()
        return Contexte(
            self.edition, epcis=epcis, organismes=organismes, comite=comite, siens=siens
        )

    def _propres(self, sections: Sequence[Section]) -> Sequence[Section]:
        """Return the sections of a partner alone; all of them when it reads none of its own."""
        communes = {id(une) for une in self._faits.values()}
        return [une for une in sections if id(une) not in communes] or sections

    def _sections(self, nom: str, un: Partenaire) -> Iterator[Section]:
        siennes = {
            SIENS: self._siens,
            ATTRIBUTIONS: self._attributions,
            CONTINGENT: self._contingent,
            PORTRAIT: self._portraits,
            COMMUNES: self._communes,
            LISTE: self._liste,
        }
        if nom in siennes:
            yield from siennes[nom](un)
        elif nom == QUALITE:
            if commun := self._commun(nom):
                yield self._qualite(un, commun)
        elif _est_propre(nom, un):
            if un.epci:
                section = territoires_.chapitre(self._contexte(un, frozenset()))
                yield _sans_mots(replace(section, titre="Le territoire", page=False))
        elif commun := self._commun(nom):
            yield commun

    def _commun(self, nom: str) -> Section | None:
        """Return a chapter without any organisme, made once, people's words left out."""
        if nom not in self._faits:
            ctx = Contexte(self.edition, organismes=frozenset())
            chapitre = (BREF.get(nom) or CHAPITRES[nom])(ctx)
            self._faits[nom] = _sans_mots(chapitre) if chapitre else None
        return self._faits[nom]

    def _siens(self, un: Partenaire) -> Iterator[Section]:
        """Yield the fiche of each organisme that is all the partner's, else of its guichets."""
        for niveau, cle in self.unites(un):
            lue = fiche.lire(self.edition, niveau, cle)
            yield Section(lue.nom, (), fiche.sections(self.edition, lue))

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

    def _attributions(self, un: Partenaire) -> Iterator[Section]:
        """Yield what was attributed by the bailleurs that are all the partner's."""
        entiers = {cle for niveau, cle in self.unites(un) if niveau == "organisme"}
        bailleurs = {
            une["organisme"]
            for une in self._registre
            if une["organisme"] in entiers and une["type_guichet"] == TypeGuichet.BAILLEUR
        }
        if bailleurs:
            yield vos_attributions.section(Contexte(self.edition), bailleurs)

    def _contingent(self, un: Partenaire) -> Iterator[Section]:
        yield vos_attributions.contingent(Contexte(self.edition), CONTINGENTS[un.genre])

    def _perimetre(self, un: Partenaire) -> str:
        lieux = ["son territoire"] if un.epci or un.communes else []
        lieux += ["son contingent"] if un.genre in CONTINGENTS else []
        siens = [compter(len(un.guichets), "guichet")] if un.guichets else []
        if not lieux and not siens:
            return "L'ensemble du département, sans le nom des organismes"
        return majuscule(enumerer([*lieux, *siens, "l'ensemble du département"]))

    def _qualite(self, un: Partenaire, section: Section) -> Section:
        caches = set(TYPES_JUGES) - types_montrables(self._registre, un.guichets)
        par_type, ensemble, *_ = section.sections
        blocs = tuple(
            bloc.sans(caches) if isinstance(bloc, Tableau) else bloc for bloc in par_type.blocs
        )
        note = Types(AUTRES_MINIMUM).blocs()
        return replace(section, sections=(replace(par_type, blocs=(*blocs, *note)), ensemble))

    def _portraits(self, un: Partenaire) -> Iterator[Section]:
        """Yield the portrait of each of its EPCI."""
        for epci in un.epci:
            portrait = portrait_.section(Contexte(self.edition), epci, len(self._ici(un)))
            if portrait:
                yield portrait

    def _communes(self, un: Partenaire) -> Iterator[Section]:
        """Yield the rows of its communes, when its territory is made of some."""
        if not un.communes:
            return
        ctx = self._contexte(un, frozenset())
        lu = ctx.lire(Territoires)
        codes = {*un.communes, *_entourent(un.communes), ENSEMBLE}
        lignes = [une for une in reversed(lu.lignes) if une["code"] in codes]
        table = table_territoires(ctx, lu, lignes, "partenaire")
        yield Communes(replace(table, cle="communes")).section()

    def _ici(self, un: Partenaire) -> set[str]:
        """Return the guichets of a partner's territory."""
        places = guichets_par_epci(self.edition.v, self.edition.departement)
        ici = {guichet for epci in un.epci for guichet in places.get(epci, ())}
        communes = {*un.communes, *(c for c in un.communes for c in _arrondissements(c))}
        return ici | {une["guichet"] for une in self._registre if une["commune"] in communes}

    def _liste(self, un: Partenaire) -> Iterator[Section]:
        """Yield the guichets of its territory; those of an EPCI have their own paper when many."""
        ici = self._ici(un)
        if ici and (len(ici) <= COURTE or not un.epci):
            premiere = liste_guichets.sections(self.edition, frozenset(ici))[0]
            titre = "Les guichets du territoire"
            yield replace(premiere, titre=titre, annexe=False, page=False)


def _est_propre(nom: str, un: Partenaire) -> bool:
    """Tell whether a chapter of a partner is of it alone: that of territories, once it has one."""
    return nom in PROPRES or (nom == TERRITOIRE and un.genre == "collectivite")


def _annexes(ctx: Contexte, sections: Sequence[Section]) -> Iterator[Section]:
    """Yield the annexes of sections: indicators over a threshold there, words used there."""
    document = Document("bilan", "", "", "", ctx.arrete, 0, tuple(sections))
    codes = {
        case.origine.code
        for tableau in document.tableaux()
        for ligne in tableau.lignes
        for case in ligne
        if case.origine and case.etat in DEPASSES
    }
    if codes:
        yield annexes.definitions(ctx, codes)
    texte = document.texte.lower()
    yield annexes.secret(ctx, texte)
    yield annexes.glossaire(ctx, texte)


def _lieux(un: Partenaire) -> frozenset[str]:
    """Return the communes and EPCI of a partner, the arrondissements of its commune."""
    voulus = {*un.epci, *un.communes}
    return frozenset(
        {*un.epci}
        | {
            lieu.code
            for lieu in territoires().values()
            if not voulus.isdisjoint({lieu.code, lieu.epci, lieu.mere})
        }
    )


def _entourent(communes: Collection[str]) -> set[str]:
    """Return the EPCI of communes, and the commune of arrondissements."""
    lieux = [territoires()[code] for code in communes if code in territoires()]
    return {code for un in lieux for code in (un.epci, un.mere) if code}


def _arrondissements(commune: str) -> list[str]:
    return [un.code for un in territoires().values() if un.mere == commune]


def _par_organisme(lignes: Collection[Inscription]) -> dict[str, set[str]]:
    siens: dict[str, set[str]] = {}
    for une in lignes:
        siens.setdefault(une["organisme"], set()).add(une["guichet"])
    return siens


def types_montrables(lignes: Collection[Inscription], guichets: Collection[str]) -> set[str]:
    """Return the types of guichets whose total tells nothing of one organisme that is not his.

    At least three others of the type; what the hidden types leave of the département's total
    is that of two organismes or more too.
    """
    siens = {une["organisme"] for une in lignes if une["guichet"] in guichets}
    autres = {
        une["organisme"]: une["type_guichet"]
        for une in lignes
        if une["organisme"] not in siens and une["type_guichet"] in TYPES_JUGES
    }
    nombre = Counter(autres.values())
    montres = [nom for nom, combien in nombre.most_common() if combien >= AUTRES_MINIMUM]
    if sum(nombre.values()) - sum(nombre[nom] for nom in montres) == 1:
        montres = montres[:-1]
    return set(montres)


def _sans_mots(section: Section) -> Section:
    """Return a section without what people wrote for the comité de pilotage, nor its heading."""
    blocs = tuple(bloc for bloc in section.blocs if not isinstance(bloc, Mots))
    restantes = tuple(une for une in map(_sans_mots, section.sections) if une.blocs or une.sections)
    return replace(section, blocs=blocs, sections=restantes)
