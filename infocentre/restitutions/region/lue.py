"""What the papers of several départements read: what each of them shares, and sums of what is told.

Nothing else is read: a count that a département hides never comes into a sum, whatever it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, replace

from infocentre.catalogue import Indicateur
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.objectifs import REGLES, Suivie
from infocentre.lecture.region import Chiffre, EpciPartage, grandeurs, par_epci, partages
from infocentre.lecture.situations import Situation, situer
from infocentre.lecture.sommes import Comparee
from infocentre.lecture.tableaux import lire_tableau
from infocentre.mesures.lignes_tableaux import Territoires
from infocentre.noyau.etats import MAUVAIS, SIGNIFICATIFS
from infocentre.noyau.temps import mois_avant
from infocentre.restitutions.bilan.releve import Denombree, Valeur, relever
from infocentre.restitutions.lecture import EditionReunie


def assez(dites: Sized, toutes: Sized) -> bool:
    """Tell whether most départements tell theirs: a sum of fewer would pass for that of all."""
    return 2 * len(dites) > len(toutes)


def _ensemble(n: int, d: int, dites: Sized, toutes: Sized) -> tuple[int, int] | None:
    """Return a sum and what it is out of, None when it would say what all are not.

    A zero is never masked: where one is, there is some of it, and « 0 % » of the others is not all.
    """
    return (n, d) if assez(dites, toutes) and (n or len(dites) == len(toutes)) else None


@dataclass(frozen=True, slots=True)
class Compare:
    """An indicator in the départements that have it, as each shares it: by whom, by which rule."""

    un: Indicateur
    valeurs: Mapping[str, Valeur]
    versions: Mapping[str, int]

    @property
    def dire_versions(self) -> str:
        """Say by which rule each département judged, '' when it is the same."""
        return Comparee(self.un.code, {}, self.versions).dire_versions()

    @property
    def dites(self) -> list[Valeur]:
        """The values whose counts are told, none of what makes no rate together."""
        lues = self.valeurs.values() if self.en_taux else ()
        return [une for une in lues if not une.masquee and une.n is not None]

    @property
    def somme(self) -> tuple[int, int] | None:
        """The anomalies that are told and what they are out of, None when that is not all."""
        n, d = (sum(getattr(une, nom) or 0 for une in self.dites) for nom in ("n", "d"))
        return _ensemble(n, d, self.dites, self.valeurs)

    @property
    def en_taux(self) -> bool:
        """Tell whether it is a rate, judged by one rule: what none is tolerated of is counted."""
        return not (self.dire_versions or self.denombree)

    @property
    def denombree(self) -> bool:
        """Tell whether anomalies of a semester are counted: each tells its zero or its state."""
        return any(isinstance(une, Denombree) for une in self.valeurs.values())

    @property
    def mauvais(self) -> list[str]:
        """The départements where it is rouge or à traiter."""
        return [d for d, une in self.valeurs.items() if une.etat in MAUVAIS]

    @property
    def juges(self) -> list[str]:
        """The départements where its state is a judgement."""
        return [d for d, une in self.valeurs.items() if une.etat in SIGNIFICATIFS]


@dataclass(frozen=True, slots=True)
class Suivi:
    """A measure of the policy of attributions in the départements that count it."""

    mesure: Suivie
    situations: Mapping[str, Situation]

    def la_ou_on_attribue(self) -> Suivi:
        """Return it without the départements that attributed nothing: theirs is told, and empty."""
        siennes = {d: une for d, une in self.situations.items() if une.sur != 0}
        return replace(self, situations=siennes or self.situations)

    @property
    def dites(self) -> dict[str, Situation]:
        """Where it is told, by département."""
        return {d: une for d, une in self.situations.items() if not une.masquee}

    @property
    def somme(self) -> tuple[int, int] | None:
        """What is done and out of how many attributions, None when that is not all."""
        dites = self.dites.values()
        realise, sur = sum(une.realise or 0 for une in dites), sum(une.sur or 0 for une in dites)
        return _ensemble(realise, sur, dites, self.situations)

    @property
    def manques(self) -> dict[str, int]:
        """What is missing by département, where something is (of a ceiling, what exceeds it)."""
        lus = {d: une.manque or 0 for d, une in self.dites.items()}
        return {d: manque for d, manque in lus.items() if manque > 0}

    @property
    def situee(self) -> bool:
        """Tell whether it is said somewhere what is missing, be it nothing."""
        return any(une.manque is not None for une in self.dites.values())

    @property
    def plafond(self) -> bool:
        """Tell whether it is not to be exceeded."""
        return REGLES[self.mesure].plafond


@dataclass(frozen=True, slots=True)
class Lue:
    """All that the papers say: `avant` are the figures of a year before, {} unless all have it.

    `jointes`: by département, how it names an EPCI with which it shares others.
    """

    edition: EditionReunie
    chiffres: Mapping[str, Mapping[str, Chiffre]]
    avant: Mapping[str, Mapping[str, Chiffre]]
    compares: Sequence[Compare]
    politique: Sequence[Suivi]
    epcis: Sequence[EpciPartage]
    jointes: Mapping[str, str]

    @property
    def presents(self) -> tuple[str, ...]:
        """The départements that are there."""
        return self.edition.reunion.presents


def lire(edition: EditionReunie) -> Lue:
    """Return what the départements of an edition share."""
    v, reunion = edition.v, edition.reunion
    avant = replace(reunion, mois=mois_avant(reunion.mois, 12))
    tous = all(avant.mois in mois_controles(v, d) for d in reunion.presents)
    entier = not reunion.ensemble.epci
    return Lue(
        edition,
        grandeurs(v, reunion, reunion.lieux, partage=True),
        grandeurs(v, avant, avant.lieux, partage=True) if tous else {},
        _compares(edition) if entier else [],
        _politique(edition),
        partages(par_epci(v, reunion, partage=True), reunion) if entier else [],
        _jointes(edition),
    )


def _jointes(edition: EditionReunie) -> dict[str, str]:
    ensemble, mois = edition.reunion.ensemble, edition.mois
    if not ensemble.epci:
        return {}
    lus = {d: lire_tableau(edition.v, Territoires, d, mois, partage=True)
           for d in edition.reunion.presents}  # fmt: skip
    noms = {
        d: une["libelle"]
        for d, lu in lus.items()
        for une in lu.lignes
        if une["code"] == ensemble.epci
    }
    return {d: nom for d, nom in noms.items() if nom != ensemble.nom}


def _compares(edition: EditionReunie) -> list[Compare]:
    """Return the indicators in the order of the catalogue; those of guichets of an EPCI are not."""
    v, mois = edition.v, edition.mois
    catalogues = {d: catalogue_du_mois(v, Filtres(d, mois)) for d in edition.reunion.presents}
    releves = {d: relever(v, d, mois, un.en_json(), partage=True) for d, un in catalogues.items()}
    connus = {code: un for cat in catalogues.values() for code, un in cat.indicateurs.items()}
    return [
        Compare(
            un,
            {d: une for d, releve in releves.items() if (une := releve(code)) is not None},
            {
                d: cat.indicateurs[code].version
                for d, cat in catalogues.items()
                if code in cat.indicateurs
            },
        )
        for code, un in connus.items()
    ]


def _politique(edition: EditionReunie) -> list[Suivi]:
    v, mois, epci = edition.v, edition.mois, edition.reunion.ensemble.epci
    lues = {
        d: {une.mesure: une for une in situer(v, d, mois, epci, partage=True).ensemble}
        for d in edition.reunion.presents
    }
    suivis = [
        Suivi(mesure, {d: un[mesure] for d, un in lues.items() if mesure in un})
        for mesure in REGLES
    ]
    return [un.la_ou_on_attribue() for un in suivis if un.situations]
