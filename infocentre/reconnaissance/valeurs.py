"""What the values of a column say of it, whatever its name: numbers, dates, codes, shapes."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from infocentre.contrat import Colonne, contrat
from infocentre.contrat.graphies import NON, OUI, VIDES_AILLEURS
from infocentre.contrat.numeros import NUMERO_UNIQUE
from infocentre.livraisons import traduction
from infocentre.livraisons.intrus import NIR
from infocentre.livraisons.typage import ANNEE, DATE
from infocentre.noyau.francais import simplifier
from infocentre.reconnaissance.lexique import lexique

JUGES = 100  # distinct texts that are looked at
NAISSANCES = (1900, 2012)
DISTINCTS_MAX = 60  # distinct values beyond which a column holds no codes of a list
FORT = 0.95
LIANTS = frozenset("a au aux d de des du e en et l la le les ou par pour un une".split())
UNIQUE = 0.97
FORME, DRAPEAU = 0.6, 0.2  # what a code of any form is worth, and a yes or no in its place
GRAPHIES_MAX = 12  # spellings of yes and no in one column
JOUR = rf"{DATE}|\d\d[/-]\d\d[/-]{ANNEE}[ T]\d.*"  # reception drops any time of day
DEUX_NOMBRES = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d\d)\b")
A_PARTIES = re.compile(r"\d{1,4}(er)?[ /.-].*\d.*")  # as any date but a bare number
MOIS_MAX = 12
MOIS_PART = 0.2  # of dates whose second number is no month: six in ten where it is the day
NUMERO = re.compile(NUMERO_UNIQUE)
FORMES = {
    "numero": NUMERO,
    "nir": re.compile(rf"{NIR}|[1-478]\d{{12}}(\d\d)?"),
    "date": re.compile(JOUR),
    "naissance": re.compile(rf"{JOUR}|\d\d/{ANNEE}|{ANNEE}"),
    "entier": re.compile(r"[+-]?\d{1,9}([.,]0+)?|\d([.,]\d+)?[eE][+]?\d+"),
    "decimal": re.compile(
        r"[+-]?\d{1,3}([ .\u00a0\u202f]\d{3})*([.,]\d+)?([ \u00a0\u202f]?(€|m²|m2))?"
        r"|[+-]?\d{1,9}([.,]\d+)?([eE][+]?\d+)?"
    ),
    "commune": re.compile(r"[0-9][0-9AB][0-9]{3}( ?[-–:/] ?\D.*)?"),
    "siren": re.compile(r"[0-9]{3} ?[0-9]{3} ?[0-9]{3}"),
    "guichet": re.compile(r"([0-9A-Z]*[A-Z][0-9A-Z]*[0-9]{2,}|GDPUB|[0-9]{5})( [-–:/] .*)?"),
    "courriel": re.compile(r"[^@\s]+@[^@\s]+"),
    "telephone": re.compile(r"(\+33|0)[ .]?\d([ .]?\d\d){4}"),
    "chiffres": re.compile(r"\d+"),
    "mots": re.compile(r"(?=.*[A-Za-zÀ-ÿ]{2}).{2,}"),
    "identifiant": re.compile(r"(?=.*\d)[0-9A-Z_.:/-]{2,40}"),
}


@dataclass(frozen=True, slots=True)
class Valeurs:
    """A column by its values: how many rows are filled, its texts by count, the share of forms."""

    remplies: int
    lignes: int
    textes: tuple[tuple[str, int], ...]
    distinctes: int
    parts: Mapping[str, float]

    @property
    def vide(self) -> bool:
        """Tell whether nothing is known of it."""
        return not self.remplies

    @property
    def part_remplie(self) -> float:
        """The share of the rows in which it is filled."""
        return self.remplies / self.lignes if self.lignes else 0.0

    @property
    def unique(self) -> bool:
        """Tell whether hardly any value comes twice: a few rows may be repeated."""
        return self.remplies > 1 and self.distinctes >= UNIQUE * self.remplies


def regarder(serie: pl.Series) -> Valeurs:
    """Look at the texts of a column."""
    comptes = Counter(texte.strip() for texte in serie.to_list() if texte)
    for nul in VIDES_AILLEURS:
        comptes.pop(nul, None)
    juges = tuple(comptes.most_common(JUGES))
    total = sum(fois for _, fois in juges) or 1
    ecrits = _dates_ecrites([texte for texte, _ in juges])
    lus = [(_sans_blancs(ecrits.get(texte, texte).upper()), fois) for texte, fois in juges]
    parts = {
        nom: sum([fois for texte, fois in lus if forme.fullmatch(texte)]) / total
        for nom, forme in FORMES.items()
    }
    return Valeurs(sum(comptes.values()), serie.len(), juges, len(comptes), parts)


def _dates_ecrites(textes: list[str]) -> dict[str, str]:
    """Return dates that reception reads as the contract writes them; a bare number may be none."""
    possibles = [texte for texte in textes if A_PARTIES.fullmatch(texte)]
    if not possibles:
        return {}
    return dict(zip(possibles, traduction.en_jours(pl.Series(possibles)), strict=True))


def _sans_blancs(texte: str) -> str:
    """Return a numéro that is written by groups of figures as one word, another text as it is."""
    serre = re.sub(traduction.BLANCS, "", texte)
    return serre if NUMERO.fullmatch(serre) else texte


@functools.lru_cache(maxsize=8192)
def graphie(texte: str) -> str:
    """Return a value as it is compared: no accents, case, punctuation nor spaces too many."""
    return " ".join(re.findall(r"[a-z0-9+<>=]+", simplifier(texte).replace("œ", "oe")))


@functools.cache
def graphies(liste: str) -> Mapping[str, str]:
    """Return the code of each spelling of the values of a list: codes, labels, other spellings."""
    codes = contrat().codes.get(liste, {})
    autres = lexique()["valeurs"].get(liste, {})
    lues = {graphie(str(un)): code for code, noms in autres.items() for un in noms}
    lues |= {graphie(libelle): code for code, libelle in codes.items()}
    lues |= {graphie(code): code for code in codes}
    if liste == "indicatrice":
        lues |= {graphie(un): "1" for un in OUI} | {graphie(un): "0" for un in NON}
    return lues


def liste_de(colonne: Colonne) -> str | None:
    """Return the name of the list that holds the values of a column, None if there is none."""
    if colonne.type == "indicatrice":
        return "indicatrice"
    return colonne.codes or (colonne.forme if colonne.forme in {"etat", "pieces"} else None)


@functools.lru_cache(maxsize=8192)
def code_de(valeur: str, liste: str) -> str | None:
    """Return the code that a value of a file means, None when it must be asked.

    By the code, by the label, by « code - label », by a known spelling, by a label that it begins.
    """
    lue, connues = graphie(valeur), graphies(liste)
    if lue in connues:
        return connues[lue]
    if seul := _seul(lue, liste, connues):
        return seul
    if liste.startswith(("TYPE_LOGEMENT", "pieces")) and (pieces := _pieces(lue, liste)):
        return pieces
    code, _, reste = valeur.partition("-") if "-" in valeur else valeur.partition(":")
    if reste and (seul := _seul(graphie(code), liste, connues)):
        return seul
    return _par_le_debut(lue, connues)


def _seul(lue: str, liste: str, connues: Mapping[str, str]) -> str | None:
    """Return the code that a text is, a figure being written with its zero or without."""
    codes = {graphie(un) for un in contrat().codes.get(liste, {})}
    return next((connues[un] for un in (lue, f"0{lue}") if un in codes), None)


def _pieces(lue: str, liste: str) -> str | None:
    trouve = re.fullmatch(
        r"(?:type |t ?|f ?|p ?)?(\d{1,2})(?: ?(?:p|pieces?|bis))?( ?(?:et|ou) plus| et \+|\+)?", lue
    )
    if lue in {"studio", "t1 bis"}:
        return "T1"
    if not trouve:
        return None
    codes = contrat().codes.get(liste)
    for code in (f"T{int(trouve[1])}P", f"T{int(trouve[1])}"):
        if (codes is None and not code.endswith("P")) or (codes and code in codes):
            return code
    return None


def _par_le_debut(lue: str, connues: Mapping[str, str]) -> str | None:
    """Return the only code whose label begins with a text, or that a text begins with.

    What such a text adds must not be what tells another code: « couple avec 2 enfants » is not
    « couple ».
    """
    if len(lue) < 6:  # noqa: PLR2004 - shorter, it could be anything
        return None
    debuts = [
        une
        for une in connues
        if len(une) >= 6 and (une.startswith(lue) or lue.startswith(f"{une} "))  # noqa: PLR2004
    ]
    codes = {connues[une] for une in debuts}
    if len(codes) != 1:
        return None
    (code,) = codes
    ajoutes = set(lue.removeprefix(max(debuts, key=len)).split()) - set(" ".join(debuts).split())
    autres = {mot for une, autre in connues.items() if autre != code for mot in une.split()}
    return None if ajoutes & autres - LIANTS else code


def part_connue(valeurs: Valeurs, liste: str) -> float:
    """Return the share of the filled rows whose value has a code in a list."""
    if valeurs.distinctes > DISTINCTS_MAX:
        return 0.0
    total = sum(fois for _, fois in valeurs.textes)
    connues = sum(fois for texte, fois in valeurs.textes if code_de(texte, liste))
    return connues / total if total else 0.0


def accord(valeurs: Valeurs, colonne: Colonne) -> float:
    """Return how well the values of a column are those of one of the contract, from 0 to 1."""
    parts = valeurs.parts
    if colonne.nom == "NUMERO_UNIQUE":
        return parts["numero"]
    if colonne.type == "naissance":
        return 0.9 * parts["naissance"] * _part_des_naissances(valeurs)
    if colonne.type == "date":
        return 0.9 * parts["date"] * (1 - 0.7 * _part_des_naissances(valeurs))
    if colonne.type in {"entier", "decimal"}:
        return _nombre(valeurs, colonne)
    if (liste := liste_de(colonne)) is not None:
        return _code(valeurs, liste)
    return _texte(valeurs, colonne)


def _code(valeurs: Valeurs, liste: str) -> float:
    """Say how far values are on a list; a flag says little, and keys nothing."""
    connue = part_connue(valeurs, liste)
    if liste == "indicatrice":
        return 0.85 * connue if valeurs.distinctes <= GRAPHIES_MAX else 0.0
    if connue < 0.5 and valeurs.distinctes <= DISTINCTS_MAX and not valeurs.parts["date"]:  # noqa: PLR2004
        return 0.4
    return connue


def _part_des_naissances(valeurs: Valeurs) -> float:
    """Return the share of dates whose year is that of the birth of who asks for a dwelling."""
    annees = [
        (int(annee[0]), fois)
        for texte, fois in valeurs.textes
        if (annee := re.search(r"(19|20)\d\d", texte))
    ]
    total = sum(fois for _, fois in annees)
    anciennes = sum(fois for annee, fois in annees if NAISSANCES[0] <= annee <= NAISSANCES[1])
    return anciennes / total if total else 0.0


def _nombre(valeurs: Valeurs, colonne: Colonne) -> float:
    lus = [(_reel(texte), fois) for texte, fois in valeurs.textes]
    total = sum(fois for _, fois in lus)
    if not total:
        return 0.0
    bas, haut = colonne.etendue
    admis = sum(
        fois
        for lu, fois in lus
        if lu is not None
        and (bas <= lu <= haut or lu == 999)  # noqa: PLR2004 - « not known »
        and (colonne.type == "decimal" or lu.is_integer())
    )
    return 0.9 * admis / total * _grandeur(colonne, [lu for lu, _ in lus if lu is not None])


# The usual size of what a column holds, from the tenth to the ninetieth of a hundred.
GRANDEURS = {
    "REVENU_MENSUEL_FOYER": (200, 6000),
    "REVENU_FISCAL1_FOYER": (1500, 80000),
    "REVENU_FISCAL2_FOYER": (1500, 80000),
    "MT_LOYER_MENSUEL_ACTUEL": (100, 2000),
    "MONTANT_LOYER": (100, 2000),
    "MONTANT_LOYER_MAXI": (100, 2500),
    "SURFACE": (9, 200),
    "SURFACE_ACTUEL": (9, 250),
    "AGE_DEMANDEUR_DEMANDE": (16, 100),
    "DELAI_ATTRIBUTION": (0, 8000),
    "UNITE_CONSO": (1, 8),
}


def _grandeur(colonne: Colonne, lus: list[float]) -> float:
    """Return 1 when the middle of the numbers is of the usual size of a column, less if not."""
    bornes = GRANDEURS.get(colonne.nom)
    positifs = sorted(un for un in lus if un > 0)
    if bornes is None or not positifs:
        return 1.0 if bornes is None or not lus else 0.6
    milieu = positifs[len(positifs) // 2]
    return 1.0 if bornes[0] <= milieu <= bornes[1] else 0.4


def _reel(texte: str) -> float | None:
    net = re.sub(r"[\s\u00a0\u202f€]|m²|m2", "", texte)
    if "," in net:
        net = net.replace(".", "").replace(",", ".")
    try:
        return float(net)
    except ValueError:
        return None


DE_MEME_FORME = {"code_postal": "commune", "compte": "identifiant"}


def _texte(valeurs: Valeurs, colonne: Colonne) -> float:
    parts = valeurs.parts
    if colonne.nature == "guichet" or colonne.forme == "guichet":
        return parts["guichet"] * (0.3 if valeurs.parts["numero"] else 1)
    propre = colonne.forme or ""
    forme = DE_MEME_FORME.get(propre, propre)
    if forme in parts:
        return parts[forme]
    if colonne.libre:
        return 0.8 * parts["mots"] * (1 - parts["date"]) * (1 - parts["numero"])
    return DRAPEAU if part_connue(valeurs, "indicatrice") >= FORT else FORME


def mois_d_abord(valeurs: Valeurs) -> bool:
    """Tell dates of which the second number may be no month, and the first always may be one."""
    lus = [DEUX_NOMBRES.match(texte) for texte, _ in valeurs.textes]
    nombres = [(int(lu[1]), int(lu[2])) for lu in lus if lu]
    seconds = sum(second > MOIS_MAX for _, second in nombres)
    return seconds >= MOIS_PART * len(lus) > 0 and all(un <= MOIS_MAX for un, _ in nombres)


def en_jours(serie: pl.Series) -> pl.Series:
    """Return the days of the dates of a column, null for what is none."""
    texte = traduction.en_jours(serie.str.strip_chars())
    a_l_endroit = texte.str.extract(r"^(\d{4}-\d\d-\d\d)").str.to_date("%Y-%m-%d", strict=False)
    francais = texte.str.replace_all("-", "/").str.extract(r"^(\d\d/\d\d/\d{4})")
    return a_l_endroit.fill_null(francais.str.to_date("%d/%m/%Y", strict=False))


def somme_des_parts(parts: Iterable[float]) -> float:
    """Return a mean, 0 of nothing."""
    lues = list(parts)
    return sum(lues) / len(lues) if lues else 0.0
