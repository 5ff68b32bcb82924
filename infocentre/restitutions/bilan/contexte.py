"""What the chapters of a bilan read: the edition, and the same month a year before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

from infocentre.catalogue import Catalogue
from infocentre.lecture.commun import arrete_precedent, motifs, noms_des_organismes, registre
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.lecture.lignes import Inscription
from infocentre.lecture.livraisons import description
from infocentre.lecture.tableaux import LigneTableau, R, TableauDe, TableauLu, lire_tableau, trouver
from infocentre.mesures.declarations import Role, role_du_genre
from infocentre.mesures.plans import reperes
from infocentre.mesures.tableaux import tableaux
from infocentre.noyau.temps import est_annuel, fin_de_mois, mois_avant, semestre_du_mois
from infocentre.restitutions.bilan.absences import Absence, expliquer
from infocentre.restitutions.bilan.releve import Releve, relever
from infocentre.restitutions.document import Bloc, Mots, Tableau
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.mots import lire as lire_mots
from infocentre.restitutions.tables import imprimer, nom_de_ligne

UN_AN = 12


def _code(de: type | Role) -> str:
    """Return the code of the table of a role, or of the type of its rows."""
    return tableaux().code(role_du_genre(de) if isinstance(de, type) else de)


def _repere(une: LigneTableau) -> tuple[str, str]:
    return reperes(une).get("niveau", ""), reperes(une)["code"]


@dataclass(frozen=True, slots=True)
class Contexte:
    """What a bilan is made from; `epcis` and `organismes` keep a part of them, None all.

    `comite`: for the comité or the préfet, who are told who was formally asked for measures.
    `siens`: the communes and EPCI of its reader, whose counts are not masked.
    """

    edition: Edition
    partage: bool = True
    epcis: frozenset[str] | None = None
    organismes: frozenset[str] | None = None
    comite: bool = True
    siens: frozenset[str] = frozenset()

    @property
    def mois(self) -> str:
        """Return the month that is read."""
        return self.edition.mois

    @property
    def mois_avant(self) -> str:
        """Return the same month a year before."""
        return mois_avant(self.mois, UN_AN)

    @property
    def arrete(self) -> dt.date:
        """Return the last day of the month."""
        return self.edition.arrete

    @property
    def arrete_avant(self) -> dt.date:
        """Return the arrêté of a year before."""
        return fin_de_mois(self.mois_avant)

    @property
    def annuel(self) -> bool:
        """Tell whether the arrêté before is that of a year before, and none was expected since."""
        avant = arrete_precedent(self.edition.v, self.edition.departement, self.mois)
        return avant is not None and est_annuel(avant, self.mois)

    @property
    def compare(self) -> bool:
        """Tell whether the month of a year before is published."""
        return self.mois_avant in self.edition.mois_connus

    @property
    def catalogue(self) -> Catalogue:
        """Return the catalogue that the month was controlled with."""
        return catalogue_du_mois(self.edition.v, self.edition.filtres)

    @property
    def seuil(self) -> int:
        """Return the threshold of the secret statistique."""
        return self.lire("evolution").seuil

    @property
    def guichets(self) -> list[Inscription]:
        """Return the register of the month."""
        return registre(self.edition.v, self.edition.departement, self.mois)

    @property
    def noms_organismes(self) -> dict[str, str]:
        """Return the names of the organismes, by their key."""
        return noms_des_organismes(self.edition.v, self.edition.departement, self.mois)

    @property
    def semestre(self) -> str:
        """Return « 2026-S1 », the name of the folder of people's words."""
        return semestre_du_mois(self.mois)

    def mots(self, cle: str) -> Mots | None:
        """Return what the gestionnaire wrote, None for nothing; raise Refus for what may not be."""
        lus = lire_mots(self.edition.v.dossier.racine, self.semestre, cle, "")
        return lus if lus.markdown else None

    @overload
    def lire(self, de: type[R]) -> TableauDe[R]: ...

    @overload
    def lire(self, de: Role) -> TableauLu: ...

    def lire(self, de: type | Role) -> TableauDe[Any]:
        """Return the standard table of a role in the month; without a row when none has it."""
        return self._lire(_code(de), self.mois)

    @overload
    def lire_avant(self, de: type[R]) -> TableauDe[R] | None: ...

    @overload
    def lire_avant(self, de: Role) -> TableauLu | None: ...

    def lire_avant(self, de: type | Role) -> TableauDe[Any] | None:
        """Return the standard table of a role a year before, None when it has no row."""
        return self._avant(_code(de))

    def tous(self) -> list[TableauLu]:
        """Return every standard table of the month."""
        return [self._lire(code, self.mois) for code in tableaux()]

    def _lire(self, code: str, mois: str) -> TableauLu:
        e = self.edition
        lu = lire_tableau(e.v, code, e.departement, mois, partage=self.partage)
        if not self.siens or not lu.tableau.declare.par_epci:
            return lu
        tous = lire_tableau(e.v, code, e.departement, mois, partage=False)
        vraies = {_repere(une): une for une in tous.lignes if _repere(une)[1] in self.siens}
        return replace(lu, lignes=[vraies.get(_repere(une), une) for une in lu.lignes])

    def _avant(self, code: str) -> TableauLu | None:
        if not self.compare:
            return None
        lu = self._lire(code, self.mois_avant)
        return lu if lu.lignes else None

    def relever(self, mois: str | None = None) -> Releve:
        """Return the values of the indicators in the month, or in another one."""
        e = self.edition
        return relever(
            e.v, e.departement, mois or self.mois, self.catalogue.en_json(), partage=self.partage
        )

    def source(self, *noms: str) -> str:
        """Return what a table rests on: « SNE, données arrêtées au 30/06/2026 (DEM-01). »."""
        return f"SNE, données arrêtées au {self.arrete:%d/%m/%Y} ({', '.join(noms)})."

    def source_de(self, *roles: Role) -> str:
        """Return the source of what is drawn from the tables of some roles."""
        return self.source(*map(tableaux().code, roles))

    def imprimer(
        self,
        lu: TableauLu,
        lignes: Sequence[LigneTableau] | None = None,
        *,
        sorte: str = "",
        nommer: Callable[[Any], str] = nom_de_ligne,
    ) -> Tableau:
        """Return a standard table as its file says, beside that of a year before."""
        code = lu.tableau.code
        table = imprimer(lu, lignes, self._avant(code), sorte=sorte, nommer=nommer)
        return replace(table, source=self.source(code))

    def _absence(self, code: str) -> Absence | None:
        """Return why a table has no row this month, None when it has some."""
        if self._lire(code, self.mois).lignes:
            return None
        e = self.edition
        return expliquer(
            code,
            self._livrees(),
            # Known of the warehouse, be it without a row for the month.
            calcule=trouver(code).mart in e.v.relations,
            motifs=motifs(e.v, e.departement, self.mois),
        )

    def absences(self) -> list[Absence]:
        """Return the standard tables that have no row this month, and why."""
        return [une for code in tableaux() if (une := self._absence(code))]

    def manque(self, role: Role) -> Bloc | None:
        """Say why the table of a role has no row this month, None when it has some."""
        absence = self._absence(tableaux().code(role))
        return absence.dire(self.arrete) if absence else None

    def _livrees(self) -> set[tuple[str, str]]:
        """Return the (table, COLUMN) of the delivery of the month, and (table, '*') for each."""
        e = self.edition
        une = e.v.version.publiee(e.departement, self.mois)
        tables = description(e.v, une)["tables"] if une else {}
        return {
            (nom, colonne) for nom, table in tables.items() for colonne in ("*", *table["livrees"])
        }
