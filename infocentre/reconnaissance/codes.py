"""What the values of a column become: by a file of codes, by their labels, or asked of a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from infocentre.contrat import Colonne, contrat
from infocentre.contrat.graphies import NON, OUI, VIDE
from infocentre.contrat.territoires import communes_par_nom, nom_compare, territoires
from infocentre.livraisons.intrus import SOUVENT
from infocentre.livraisons.traduction import GUICHET, SANS_ZEROS, SERIE
from infocentre.noyau.francais import simplifier
from infocentre.reconnaissance.lexique import lexique, lire_nom
from infocentre.reconnaissance.profil import LIGNES, Profil, est_une_cle
from infocentre.reconnaissance.valeurs import (
    DISTINCTS_MAX,
    FORT,
    Valeurs,
    code_de,
    liste_de,
)

DE_CODES = re.compile(r"(cle|code|libl|libc)_(\w+)")
FICHIER = re.compile(r"ref_[a-z_]*[a-z]")
COUVRE = 0.9  # share of the values of a column that are keys of its file of codes
CODE_MAX = 20  # characters
EXPLIQUE = 0.5  # share of them that it must explain to be used: one of another year lacks a few
AUTRES_MAX = 2  # columns of a file of codes beside its key, its code and its labels
ROLES = {"cle": {"cle", "id", "identifiant", "numero"}, "code": {"code"}, "libelle": {"nom"}}
CLE = re.compile(r"[A-Z]{0,3}\d{1,6}")  # what few rows carry may be a name, but this
DATES_EN_NOMBRES = (
    "des dates y sont des nombres de jours (46326), comme un classeur les tient : elles seront lues"
)
PIECES = re.compile(r"C|T\d{1,2}P?")


@dataclass(frozen=True, slots=True)
class Reference:
    """A file of codes: the code and the label of each key.

    `lue` tells that reception reads it by itself, its columns being named CLE_x, CODE_x, LIBL_x.
    """

    nom: str
    champ: str
    codes: Mapping[str, str]
    libelles: Mapping[str, str]
    entiere: bool
    lue: bool

    def couvre(self, valeurs: Valeurs) -> float:
        """Return the share of the filled rows whose value is one of its keys."""
        total = sum(fois for _, fois in valeurs.textes)
        connues = sum(fois for texte, fois in valeurs.textes if cle(texte) in self.codes)
        return connues / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Demandee:
    """A value of which a person must say the code: how many rows have it, and its label if any."""

    texte: str
    fois: int
    libelle: str = ""


@dataclass(frozen=True, slots=True)
class Traduites:
    """What the values of a column become; `demandees` are those that nobody knows, by number.

    `inexpliquees` is the share of the filled rows whose key has no row in the file of codes;
    `repare` says in French what values lost and are given back, for a person to confirm.
    """

    reference: str | None = None
    valeurs: Mapping[str, str] = field(default_factory=dict)
    demandees: tuple[Demandee, ...] = ()
    inexpliquees: float = 0.0
    repare: str = ""


def cle(texte: str) -> str:
    """Return a key as it is compared: a whole number plain, else without case."""
    entier = re.fullmatch(r"0*(\d+)(?:[.,]0+)?", texte.strip())
    return entier[1] if entier else " ".join(texte.split()).casefold()


def lire_reference(profil: Profil) -> Reference | None:
    """Return the codes that a file holds, None when it is no file of codes."""
    roles, champ = _roles(profil)
    if not roles:
        return None
    colonnes = {role: profil.exemples[str(rang)].to_list() for role, rang in roles.items()}
    cles = colonnes.get("cle") or colonnes.get("code") or []
    libelles = colonnes.get("libl") or colonnes.get("libc") or [""] * len(cles)
    nom = FICHIER.search(simplifier(profil.chemin.name.split(".", 1)[0]))
    return Reference(
        nom=nom[0] if nom else f"ref_{champ}",
        champ=champ,
        codes={cle(c): code for c, code in zip(cles, colonnes.get("code") or cles, strict=True)},
        libelles={cle(c): libelle for c, libelle in zip(cles, libelles, strict=True)},
        entiere=profil.exemples.height < LIGNES,
        lue=any(map(_de_codes, profil.entete)),
    )


def _de_codes(nom: str) -> re.Match[str] | None:
    return None if est_une_cle(nom) else DE_CODES.fullmatch(simplifier(nom.strip()))


def _roles(profil: Profil) -> tuple[dict[str, int], str]:
    """Return the rank of the key, the code and the labels of a file of codes, and its field."""
    lus = [_de_codes(nom) for nom in profil.entete]
    champs = {lu[2] for lu in lus if lu}
    if len(champs) == 1 and sum(lu is None for lu in lus) <= AUTRES_MAX:
        roles = {lu[1]: rang for rang, lu in enumerate(lus) if lu}
        return (roles, champs.pop()) if {"cle", "code"} & roles.keys() else ({}, "")
    return _roles_nus(profil)


def _roles_nus(profil: Profil) -> tuple[dict[str, int], str]:
    """Return those of a file of two or three columns: a code, once each, and its label."""
    if not 2 <= len(profil.entete) <= 3 or not 1 < profil.exemples.height < LIGNES:  # noqa: PLR2004
        return {}, ""
    codes = profil.exemples["0"].str.strip_chars()
    libelle = next(
        (r for r, un in enumerate(profil.entete) if r and "nom" in lire_nom(un).mots), None
    )
    longs = codes.str.len_chars() > CODE_MAX
    if libelle is None or codes.n_unique() < codes.len() or longs.any():
        return {}, ""
    nom = simplifier(profil.chemin.name.split(".", 1)[0])
    champ = re.sub(r"[^a-z]+", "_", nom).strip("_").removeprefix("ref_")
    return {"code": 0, "libl": libelle}, champ


def traduire(
    colonne: Colonne,
    valeurs: Valeurs,
    references: Sequence[Reference],
    departement: str | None = None,
) -> Traduites:
    """Say what the values of a column become in one of the contract."""
    reference = reference_de(colonne, valeurs, references)
    if reference is not None:
        return _par_reference(colonne, valeurs, reference)
    if colonne.forme == "commune":
        return _communes(valeurs, departement)
    if colonne.forme == "guichet":
        return _guichets(valeurs)
    if colonne.type in {"date", "naissance"}:
        return _dates(valeurs)
    liste = liste_de(colonne)
    if liste is None or liste == "etat" or valeurs.distinctes > DISTINCTS_MAX:
        return Traduites()
    lues = _par_libelle(colonne, liste, valeurs.textes)
    return (
        replace(lues, valeurs={**lues.valeurs, VIDE: "0"})
        if _ne_dit_que_oui(valeurs, liste)
        else lues
    )


def _ne_dit_que_oui(valeurs: Valeurs, liste: str) -> bool:
    """Tell a flag in which some rows say yes, none says no, and the others are empty."""
    dits = {code_de(texte, liste) for texte, _ in valeurs.textes}
    return liste == "indicatrice" and dits == {"1"} and valeurs.remplies < valeurs.lignes


def _par_libelle(colonne: Colonne, liste: str, lus: Iterable[tuple[str, int]]) -> Traduites:
    """Translate values, each with its number, by the labels that they are."""
    valeurs, demandees = {}, []
    for texte, fois in lus:
        if _est_code(texte, colonne, liste):
            continue
        code = code_de(texte, liste)
        if code is not None:
            valeurs[texte] = code
        elif fois >= SOUVENT or CLE.fullmatch(texte):
            demandees.append(Demandee(texte, fois))
    return Traduites(None, valeurs, tuple(demandees))


def _est_code(texte: str, colonne: Colonne, liste: str) -> bool:
    """Tell whether reception reads a value as it stands."""
    lu = texte.upper()
    if colonne.type == "indicatrice":
        return lu in OUI + NON
    if liste == "pieces":
        return PIECES.fullmatch(lu) is not None
    codes: Mapping[str, str] = contrat().codes[liste]
    return lu in codes


def reference_de(
    colonne: Colonne, valeurs: Valeurs, references: Sequence[Reference]
) -> Reference | None:
    """Return the file whose keys the values are, the one named for the column if there is one."""
    nommees = [une for une in references if _est_nommee(une, colonne)]
    possibles = [
        une for une in nommees if not une.entiere or une.couvre(valeurs) >= EXPLIQUE or valeurs.vide
    ]
    if not possibles or _sont_des_codes(valeurs, colonne, possibles[0]):
        return None
    return possibles[0]


def _est_nommee(reference: Reference, colonne: Colonne) -> bool:
    voulue: str | None = lexique()["references"].get(colonne.nom)
    if voulue:
        return voulue in {reference.nom, f"ref_{reference.champ}"}
    if colonne.type != "code" or not (colonne.codes or colonne.forme in {"commune", "pieces"}):
        return False
    legers = set(lexique()["legers"])
    champ = lire_nom(reference.champ).mots - legers
    return bool(champ) and champ <= lire_nom(colonne.nom).mots


def _sont_des_codes(valeurs: Valeurs, colonne: Colonne, reference: Reference) -> bool:
    """Tell whether a column already holds codes, and no keys."""
    codes = contrat().codes.get(colonne.codes or "", {})
    total = sum(fois for _, fois in valeurs.textes)
    dits = {code.upper() for code in reference.codes.values()} | set(codes)
    connus = sum(fois for texte, fois in valeurs.textes if texte.upper() in dits)
    return bool(total) and connus >= FORT * total and reference.couvre(valeurs) < COUVRE


def _par_reference(colonne: Colonne, valeurs: Valeurs, reference: Reference) -> Traduites:
    """Translate keys by a file of codes, and by its labels the codes that are not ours."""
    liste = liste_de(colonne)
    traduits: dict[str, str] = {}
    demandees = []
    for une, code in reference.codes.items():
        lu = code if reference.lue else une
        if liste is None or _est_code(code, colonne, liste):
            traduits |= {} if cle(lu) == cle(code) else {lu: code}
        elif (autre := code_de(reference.libelles[une] or code, liste)) is not None:
            traduits[lu] = autre
        else:
            demandees.append(Demandee(lu, _fois(valeurs, une), reference.libelles[une]))
    vues = sorted((une for une in demandees if une.fois), key=lambda une: -une.fois)
    inexpliquees = 1 - reference.couvre(valeurs) if reference.entiere and not valeurs.vide else 0.0
    nom = reference.nom if reference.lue else None
    return Traduites(nom, traduits, tuple(vues), inexpliquees)


def _fois(valeurs: Valeurs, voulue: str) -> int:
    return sum(fois for texte, fois in valeurs.textes if cle(texte) == voulue)


def _guichets(valeurs: Valeurs) -> Traduites:
    """Say which codes lost the zeros that reception gives them back."""
    perdus = (texte for texte, _ in valeurs.textes if re.match(SANS_ZEROS, texte))
    if (court := next(perdus, None)) is None:
        return Traduites()
    entier = court.zfill(GUICHET)
    dit = f"des codes de guichet y ont perdu leurs zéros : « {court} » sera lu « {entier} »"
    return Traduites(repare=dit)


def _dates(valeurs: Valeurs) -> Traduites:
    """Say that dates are numbers of days; none is shown, a birth being among them."""
    nombres = any(re.match(SERIE, texte) for texte, _ in valeurs.textes)
    return Traduites(repare=DATES_EN_NOMBRES if nombres else "")


def _communes(valeurs: Valeurs, departement: str | None) -> Traduites:
    """Translate names of communes of a département; what is neither is asked while few are."""
    if valeurs.parts["commune"] >= FORT or departement is None:
        return Traduites()
    if repares := _sans_zero(valeurs, departement):
        texte, code = next(iter(repares.items()))
        return Traduites(
            None,
            repares,
            repare=f"ses codes INSEE ont perdu leur zéro : « {texte} » sera lu « {code} »",
        )
    codes = communes_par_nom(departement)
    lues = {texte: codes.get(nom_compare(texte)) for texte, _ in valeurs.textes}
    return Traduites(None, {texte: code for texte, code in lues.items() if code})


def _sans_zero(valeurs: Valeurs, departement: str) -> dict[str, str]:
    """Return the codes of communes of a département whose zero a workbook dropped.

    None when the column holds much else than these and whole codes: they may be keys.
    """
    connues = territoires()
    siens = {
        texte: f"0{texte}"
        for texte, _ in valeurs.textes
        if (une := connues.get(f"0{texte}")) and une.departement == departement
    }
    total = sum(fois for _, fois in valeurs.textes)
    dits = sum(fois for texte, fois in valeurs.textes if texte in siens or texte in connues)
    return siens if dits >= FORT * total else {}
