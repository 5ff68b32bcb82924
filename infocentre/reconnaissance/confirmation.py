"""What a person is shown of unknown files, and what their answers say: plain values, by rank.

Nothing here holds a value of a file that may name somebody: `apercu` says which may be shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infocentre.contrat import contrat
from infocentre.contrat.numeros import LONGUEUR
from infocentre.contrat.territoires import departements
from infocentre.correspondances.modele import (
    DEMANDES,
    ENCODAGES,
    SEPARATEURS,
    Dialecte,
    Fichier,
    nom_de_colonne,
)
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, composer, enumerer
from infocentre.noyau.temps import fin_de_mois
from infocentre.reconnaissance.apercu import apercu, montrables
from infocentre.reconnaissance.association import Convenance
from infocentre.reconnaissance.codes import Demandee
from infocentre.reconnaissance.proposition import (
    Choix,
    ColonneProposee,
    FichierPropose,
    Proposition,
)
from infocentre.reconnaissance.valeurs import regarder

MONTREES = 12  # values without a code that a person is asked
Cle = tuple[str, str]  # a file, a column
CONNUE = "connue"  # a column that the correspondance in use reads already
Texte = Annotated[str, Field(max_length=500)]
_EXACT = ConfigDict(extra="forbid")


class Reponses(BaseModel):
    """What a person answered, by the rank of files, of their columns, of values without a code.

    `fichiers`: the table of a file, "" to leave it; `colonnes`: what columns become, "" to leave
    them; `valeurs`: the code of each value, "" to leave it as it stands; `vues`: the compulsory
    columns of which they have seen the values.
    """

    model_config = _EXACT

    fichiers: dict[int, Texte] = {}
    colonnes: dict[int, dict[int, Texte]] = {}
    valeurs: dict[int, dict[int, dict[int, Texte]]] = {}
    vues: dict[int, list[int]] = {}
    source: Texte = ""
    departement: Texte = ""
    arrete: Texte = ""
    essayer: bool = False


def lire_reponses(brutes: Mapping[str, Any]) -> Reponses:
    """Return what a page sent; raise Refus for what is no answer."""
    try:
        return Reponses.model_validate(brutes)
    except ValidationError:
        raise Refus(
            "ces réponses ne sont pas celles de cette page", que_faire="Reprendre la page."
        ) from None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A proposition and what a person answered of it, what is known already before.

    `connues` are the columns that the correspondance in use reads already, or leaves; `nouvelles`
    those that it does not know in a file that lost some, with what these became.
    """

    proposition: Proposition
    choix: Choix
    reponses: Reponses
    connues: frozenset[Cle] = frozenset()
    nouvelles: Mapping[Cle, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def lire(
        cls, proposition: Proposition, reponses: Reponses, connue: Convenance | None = None
    ) -> Confirmation:
        """Return the answers as choices; those of a correspondance in use stand before them."""
        reprise = _reprendre(proposition, connue) if connue else Choix()
        nouvelles = dict(_nouvelles(proposition, connue)) if connue else {}
        fichiers = {
            _a(proposition.fichiers, rang).cle: table or None
            for rang, table in reponses.fichiers.items()
        }
        choix = reprise.avec(Choix(fichiers=fichiers))
        lue = proposition.avec(choix)
        colonnes = {
            (_a(lue.fichiers, f).cle, _colonne(lue.fichiers[f], c).nom): vers or None
            for f, siennes in reponses.colonnes.items()
            for c, vers in siennes.items()
            if _a(lue.fichiers, f).colonnes
        }
        choix = choix.avec(Choix(colonnes=colonnes))
        choix = choix.avec(Choix(valeurs=dict(_valeurs(lue, choix, reponses))))
        return cls(lue, choix, reponses, frozenset(reprise.colonnes), nouvelles)

    @property
    def restent(self) -> list[str]:
        """What is still to be answered, in French."""
        questions = [une.texte for une in self.proposition.questions(self.choix)]
        attendent = [
            f"« {une.nom} » ({un.cle}) : nouvelle"
            for _, un in self._lus()
            for une in un.colonnes
            if self._nouvelle(un, une) and (un.cle, une.nom) not in self.choix.colonnes
        ]
        a_voir = [texte for un in self._lus() for texte in self._a_voir(*un)]
        return [*questions, *attendent, *a_voir]

    @property
    def nouvelles_a_dire(self) -> list[str]:
        """What new columns may be where one that was read went, in French."""
        return [
            f"« {une.nom} » ({un.cle}), nouvelle : est-ce {self._perdues(un, une)} ?"
            for _, un in self._lus()
            for une in un.colonnes
            if self._nouvelle(un, une)
        ]

    def _perdues(self, fichier: FichierPropose, une: ColonneProposee) -> str:
        siennes = self.nouvelles[fichier.cle, une.nom]
        return enumerer([f"« {_libelle(fichier, nom)} »" for nom in siennes], "ou")

    def _nouvelle(self, fichier: FichierPropose, une: ColonneProposee) -> bool:
        """Tell a column that nobody proposes to read, where one that was read went."""
        return une.etat == "laissée" and (fichier.cle, une.nom) in self.nouvelles

    def _lus(self) -> Iterator[tuple[int, FichierPropose]]:
        for rang, un in enumerate(self.proposition.fichiers):
            if un.genre != "codes" and not un.a_choisir and un.colonnes:
                yield rang, un

    def _a_voir(self, rang: int, fichier: FichierPropose) -> Iterator[str]:
        vues = set(self.reponses.vues.get(rang, []))
        retenues = self.proposition.retenues(fichier, self.choix)
        restent = [
            nom
            for nom, une in retenues.items()
            if self._obligatoire(fichier, une.vers)
            and une.rang not in vues
            and (fichier.cle, nom) not in self.connues
        ]
        if restent:
            dites = accorder(len(restent), "colonne obligatoire", "colonnes obligatoires")
            yield f"{dites} à voir dans {fichier.cle}"

    def _obligatoire(self, fichier: FichierPropose, vers: str | None) -> bool:
        tables = contrat().tables
        return fichier.genre != "complément" and any(
            (une := tables[t].par_nom.get(vers or "")) is not None and une.obligatoire
            for t in fichier.tables
        )

    def decrire(self) -> dict[str, Any]:
        """Return what a page shows: files, columns, what they would become, what is asked."""
        fichiers = [self._fichier(rang, un) for rang, un in enumerate(self.proposition.fichiers)]
        tables = contrat().tables
        absentes = [f"« {tables[une].libelle} »" for une in self.proposition.absentes]
        parts = (f"{une.texte}." for une in self.proposition.parts())
        avis = [*parts, *self.proposition.avis]
        if absentes:
            avis.append(f"Aucun fichier n'est encore reconnu comme {enumerer(absentes)}.")
        return {
            "avis": [composer(un) for un in avis],
            "tables": [[une.nom, composer(une.libelle)] for une in tables.values()],
            "colonnes": dict(_options(self.proposition.fichiers)),
            "fichiers": fichiers,
        }

    def _fichier(self, rang: int, un: FichierPropose) -> dict[str, Any]:
        retenues = self.proposition.retenues(un, self.choix)
        return {
            "rang": rang,
            "nom": un.cle,
            "quoi": composer(quoi(un)),
            "ecriture": composer(ecriture(un.profil.dialecte)),
            "genre": un.genre,
            "table": un.tables[0] if un.genre == "table" and not un.a_choisir else "",
            "a_choisir": un.a_choisir,
            "possibles": list(un.tables),
            "raison": composer(un.raison),
            "avis": [composer(une) for une in un.avis],
            "options": _cle_options(un),
            "colonnes": [self._colonne(un, une, retenues.get(une.nom)) for une in un.colonnes],
            "manquent": [
                [une.colonne, _libelle(un, une.colonne), list(une.possibles)] for une in un.manquent
            ],
        }

    def _colonne(
        self, fichier: FichierPropose, une: ColonneProposee, retenue: ColonneProposee | None
    ) -> dict[str, Any]:
        cle = (fichier.cle, une.nom)
        lue = retenue or une
        vers = retenue.vers if retenue else None if cle in self.choix.colonnes else une.vers
        restent = self.choix.restent(cle, lue.demandees) if cle in self.connues else lue.demandees
        demandees = _demandees(fichier, lue, restent) if vers else []
        etat, raison = (CONNUE if cle in self.connues else une.etat), une.raison
        if self._nouvelle(fichier, une):
            dites = self._perdues(fichier, une)
            etat = "à choisir"
            raison = f"nouvelle : est-ce {dites}, dont la colonne n'est plus là ?"
        return {
            "rang": une.rang,
            "nom": une.nom,
            "etat": etat,
            "vers": vers or "",
            "raison": composer(raison),
            "obligatoire": self._obligatoire(fichier, vers),
            "apercu": [composer(ligne) for ligne in apercu(fichier.profil, une.rang, vers)],
            "candidats": list(
                dict.fromkeys([*self.nouvelles.get(cle, ()), *(u.colonne for u in une.candidats)])
            ),
            "valeurs": demandees,
            "cachees": len(restent) - len(demandees),
            "codes": _codes(fichier, vers) if demandees else [],
        }


# --- Words ----------------------------------------------------------------------------------------


def quoi(fichier: FichierPropose) -> str:
    """Return what the rows of a file are, in French."""
    tables = [contrat().tables[une].libelle for une in fichier.tables]
    if fichier.a_choisir:
        return "À choisir : " + (enumerer(tables, "ou") or "aucune table ne lui ressemble")
    return {
        "table": tables[0] if tables else "",
        "partage": f"{enumerer(tables)}, selon « {fichier.partage.colonne} »"
        if fichier.partage
        else "",
        "complément": "Complète les demandes",
        "codes": f"Liste de codes ({fichier.reference})",
        "inconnu": "Laissé de côté",
    }[fichier.genre]


def ecriture(dialecte: Dialecte) -> str:
    """Return how a file is written: « Windows-1252, point-virgule, noms en ligne 5 »."""
    dits = [
        ENCODAGES.get(dialecte.encodage or "", ""),
        SEPARATEURS.get(dialecte.separateur or "", ""),
        f"feuille « {dialecte.feuille} »" if dialecte.feuille else "",
        f"noms en ligne {dialecte.entete}",
    ]
    return ", ".join(un for un in dits if un)


def _tables(fichier: FichierPropose) -> tuple[str, ...]:
    return tuple(DEMANDES) if fichier.genre == "complément" else fichier.tables


def _cle_options(fichier: FichierPropose) -> str:
    return "+".join(_tables(fichier))


def _options(fichiers: Iterable[FichierPropose]) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield the columns that those of a file may become, with their French labels."""
    for un in fichiers:
        if un.colonnes:
            colonnes = {
                nom: une.libelle
                for table in _tables(un)
                for nom, une in contrat().tables[table].par_nom.items()
            }
            fois = Counter(colonnes.values())
            yield (
                _cle_options(un),
                [
                    [nom, composer(dit if fois[dit] == 1 else f"{dit} ({nom})")]
                    for nom, dit in colonnes.items()
                ],
            )


def _libelle(fichier: FichierPropose, nom: str) -> str:
    tables = contrat().tables
    siens = (tables[table].par_nom.get(nom) for table in _tables(fichier))
    return next((composer(une.libelle) for une in siens if une), nom)


def _codes(fichier: FichierPropose, vers: str | None) -> list[list[str]]:
    """Return the codes of a column with their labels."""
    tables = contrat().tables
    colonne = next(
        (une for t in _tables(fichier) if (une := tables[t].par_nom.get(vers or ""))), None
    )
    if colonne and colonne.codes and colonne.codes in contrat().codes:
        liste = contrat().codes[colonne.codes]
        return [[code, composer(f"{libelle} ({code})")] for code, libelle in liste.items()]
    if colonne and colonne.type == "indicatrice":
        return [["1", "Oui"], ["0", "Non"]]
    return []


def _demandees(
    fichier: FichierPropose, une: ColonneProposee, restent: Sequence[Demandee]
) -> list[list[Any]]:
    """Return the values without a code that may be shown: rank, text, rows, label."""
    if not restent:
        return []
    valeurs = regarder(fichier.profil.exemples[str(une.rang)])
    montrees = montrables(une.nom, valeurs, une.vers)
    lues = [
        [rang, un.texte, un.fois, un.libelle]
        for rang, un in enumerate(une.demandees)
        if un.texte in montrees and un in restent
    ]
    return lues[:MONTREES]


# --- Answers --------------------------------------------------------------------------------------


def _a(fichiers: Sequence[FichierPropose], rang: int) -> FichierPropose:
    if not 0 <= rang < len(fichiers):
        raise Refus("ce fichier n'est pas de ce dépôt", que_faire="Reprendre la page.")
    return fichiers[rang]


def _colonne(fichier: FichierPropose, rang: int) -> ColonneProposee:
    une = next((une for une in fichier.colonnes if une.rang == rang), None)
    if une is None:
        raise Refus("cette colonne n'est pas de ce fichier", fichier.cle, "Reprendre la page.")
    return une


def _valeurs(
    lue: Proposition, choix: Choix, reponses: Reponses
) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    for f, siennes in reponses.valeurs.items():
        fichier = _a(lue.fichiers, f)
        if not fichier.colonnes:
            continue
        retenues = lue.retenues(fichier, choix)
        for c, codes in siennes.items():
            une = _colonne(fichier, c)
            demandees = retenues.get(une.nom, une).demandees
            donnes = {
                demandees[rang].texte: code
                for rang, code in codes.items()
                if code and 0 <= rang < len(demandees)
            }
            yield (fichier.cle, une.nom), donnes


def _reprendre(proposition: Proposition, convenance: Convenance) -> Choix:
    """Return what the correspondance in use says of these files, as if a person answered it."""
    fichiers: dict[str, str | None] = {}
    colonnes: dict[Cle, str | None] = {}
    valeurs: dict[Cle, dict[str, str]] = {}
    for propose, connu in _connus(proposition, convenance):
        if propose.genre == "inconnu" and connu.table:
            fichiers[propose.cle] = connu.table
        lectures = {nom_de_colonne(nom): une for nom, une in connu.colonnes.items()}
        laissees = {nom_de_colonne(nom) for nom in connu.laissees}
        for nom in filter(None, propose.profil.entete):
            lecture = lectures.get(nom_de_colonne(nom))
            if lecture:
                colonnes[propose.cle, nom] = lecture.vers
                valeurs[propose.cle, nom] = dict(lecture.valeurs)
            elif nom_de_colonne(nom) in laissees:
                colonnes[propose.cle, nom] = None
    return Choix(fichiers, colonnes, connues=valeurs)


def _connus(
    proposition: Proposition, convenance: Convenance
) -> Iterator[tuple[FichierPropose, Fichier]]:
    """Yield each file with what the correspondance in use says of it."""
    par_source = {
        (lu.chemin, lu.dialecte.feuille): fichier
        for fichier, lus in convenance.association.associes()
        for lu in lus
    }
    for propose in proposition.fichiers:
        connu = par_source.get((propose.profil.chemin, propose.profil.dialecte.feuille))
        autrement = propose.genre == "inconnu" or (connu and connu.complete)
        if connu and (autrement or connu.tables == propose.tables):
            yield propose, connu


def _nouvelles(
    proposition: Proposition, convenance: Convenance
) -> Iterator[tuple[Cle, tuple[str, ...]]]:
    """Yield the columns that it does not know of a file that lost some, with what these became."""
    for propose, connu in _connus(proposition, convenance):
        presentes = {nom_de_colonne(nom): nom for nom in propose.profil.entete if nom}
        perdues = tuple(
            une.vers for nom, une in connu.colonnes.items() if nom_de_colonne(nom) not in presentes
        )
        connues = {nom_de_colonne(nom) for nom in connu.connues}
        if perdues:
            yield from (
                ((propose.cle, nom), perdues)
                for net, nom in presentes.items()
                if net not in connues
            )


# --- What is guessed of a delivery ----------------------------------------------------------------


def departement_des_numeros(proposition: Proposition) -> str:
    """Return the département by which most numéros begin, '' when they do not tell it."""
    debuts: Counter[str] = Counter()
    for fichier in proposition.fichiers:
        for une in fichier.colonnes:
            if une.vers == "NUMERO_UNIQUE":
                numeros = fichier.profil.exemples[str(une.rang)].str.strip_chars()
                numeros = numeros.filter(numeros.str.len_chars() == LONGUEUR)
                debuts.update(numeros.str.slice(0, 3).to_list())
    return next((code for code, _ in debuts.most_common(1) if code in departements()), "")


def arrete_des_dates(proposition: Proposition) -> str:
    """Return the end of the month of the newest act of demandes, '' when there is none."""
    recents = [
        un.recent
        for un in proposition.fichiers
        if set(un.tables) & set(DEMANDES) and re.fullmatch(r"\d{4}-\d\d-\d\d", un.recent)
    ]
    return fin_de_mois(max(recents)[:7]).isoformat() if recents else ""
