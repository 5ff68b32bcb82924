"""French words and figures: numbers, agreement, articles, elision, changes, lists, order.

Pure functions: no data, no clock. A ratio is between 0 and 1, a change is written in percent.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

MOINS, STABLE, INSECABLE, FINE = "−", "stable", "\u00a0", "\u202f"
A_PEU_PRES = "≈"
_UNITES = tuple(
    (
        "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
        "seize"
    ).split()
)
# What keeps its capital within a sentence.
NOMS_PROPRES = ("Action Logement", "Logement d'abord", "Union européenne")
# The last one of a text is that of an elision: « L' » before a link.
_APOSTROPHE = re.compile(r"'(?:(?<=\w')(?=[\w«])|(?<=\b[cdjlmnstCDJLMNST]')$|(?<=\b[Qq]u')$)")
_ORDINAL = re.compile(r"\b(\d+)(er|re|e)\b")
_TELEPHONE = re.compile(r"\b0\d(?: \d\d){4}\b")
_EXPOSANTS = str.maketrans("er", "ᵉʳ")
_VOYELLES = "aeiouyœæ"
# Words before which nothing is elided: an aspirated h, a y said as a consonant, a numeral.
_SANS_ELISION = re.compile(
    r"(?:haut|hall|hameau|handicap|hangar|hasard|hauss|havre|holland|hongr|hors\b|huit|huppe|"
    r"onz|oui\b|yerres|yacht|yaourt)"
)
_ARTICLE = re.compile(r"([Ll]e|[Ll]es|La|L')(?:\s+|(?<='))(?=\S)")
# Common nouns that the names of guichets, organismes and EPCI begin with, by their gender.
_COMMUNS = {
    "le": "bureau ccas centre cias comite conseil departement foyer groupement guichet pole relais "
    "service syndicat",
    "la": "agence association ca cc commission communaute commune cooperative cu direction "
    "entreprise maison mairie metropole mission prefecture societe sous-prefecture ville",
    "l'": "espace etablissement office opac oph",
    "les": "services",
}
_ARTICLE_COMMUN = {mot: article for article, mots in _COMMUNS.items() for mot in mots.split()}
# The article of each département; the others take « la ».
_ARTICLES = {
    "": "075 974 976 975 977 978 986 987 988",
    "l'": "001 002 003 007 009 010 011 012 027 028 034 035 036 037 038 060 061 089 091",
    "le": "014 015 018 025 029 030 032 039 041 045 046 047 049 056 059 062 063 067 068 069 081 "
    "082 083 084 090 094 095",
    "les": "004 005 006 008 013 022 040 064 065 066 078 079 088 092",
}
_ARTICLE_DE = {code: article for article, codes in _ARTICLES.items() for code in codes.split()}
_CONTRACTES = {"de": {"le": "du", "les": "des"}, "à": {"le": "au", "les": "aux"}}


# --- Figures --------------------------------------------------------------------------------------


def nombre(valeur: float | Decimal, decimales: int = 0) -> str:
    """Return a number as French people write it: 1 234,5, −2."""
    ecrit = f"{valeur:,.{decimales}f}".replace(",", FINE).replace(".", ",")
    return ecrit.replace("-", MOINS)


def exact(valeur: float) -> str:
    """Return a number with the decimals that it has: 0,5, 90."""
    return f"{valeur:.10g}".replace(".", ",")


def entier(valeur: float) -> str:
    """Return a count, rounded: 1 234."""
    return nombre(round(valeur))


def pourcent(ratio: float | Decimal, decimales: int | None = None) -> str:
    """Return a ratio in percent, with no more decimals than it needs unless they are given."""
    valeur = 100 * float(ratio)
    if decimales is None:
        decimales = next((d for d in (0, 1) if abs(valeur - round(valeur, d)) < 1e-9), 2)  # noqa: PLR2004
    return f"{nombre(valeur, decimales)}{FINE}%"


def pourcentage(ratio: float | Decimal, decimales: int = 1) -> str:
    """Return a ratio in percent: 3,2 %."""
    return pourcent(ratio, decimales)


def approche(ratio: float | Decimal) -> str:
    """Return a rounded ratio in percent, with no more decimals than it needs: ≈ 5 %."""
    return f"{A_PEU_PRES}{INSECABLE}{pourcent(ratio)}"


def signee(ratio: float, decimales: int = 1) -> str:
    """Return a change in a table: +3,2 %, −1,0 %, « stable » when nothing is to be read."""
    ecrit = pourcentage(abs(ratio), decimales)
    if ecrit == pourcentage(0, decimales):
        return STABLE
    return f"{'+' if ratio > 0 else MOINS}{ecrit}"


def evolution(valeur: float, avant: float, decimales: int = 1) -> str:
    """Return « en hausse de 3,2 % », « en baisse de 1,0 % », « stable »; '' from nothing."""
    if not avant:
        return ""
    ecart = valeur / avant - 1
    return _sens(ecart, pourcentage(abs(ecart), decimales), pourcentage(0, decimales))


def evolution_points(ratio: float, avant: float, decimales: int = 1) -> str:
    """Return « en hausse de 1,2 point » for a change between two ratios, « stable »."""
    ecart = ratio - avant
    return _sens(ecart, points(abs(ecart), decimales), points(0, decimales))


def evolution_nombre(
    valeur: float, avant: float, nom: str = "", pluriel: str = "", decimales: int = 0
) -> str:
    """Return « en hausse de 3 guichets », « en baisse de 0,2 », « stable »: no percentage.

    The difference is that of the two figures as they are written.
    """
    ecart = round(valeur, decimales) - round(avant, decimales)
    ecrit = nombre(abs(ecart), decimales)
    unite = f"{INSECABLE}{accord(ecart, nom, pluriel)}" if nom else ""
    return _sens(ecart, f"{ecrit}{unite}", f"{nombre(0, decimales)}{unite}")


def _sens(ecart: float, ecrit: str, nul: str) -> str:
    if ecrit == nul:
        return STABLE
    return f"en {'hausse' if ecart > 0 else 'baisse'} de {ecrit}"


def points(ecart: float, decimales: int = 1) -> str:
    """Return a difference of ratios in points of percentage: 1,2 point, 3,4 points."""
    arrondi = round(100 * ecart, decimales)
    return f"{nombre(arrondi, decimales)}{INSECABLE}{accord(arrondi, 'point')}"


def points_signes(ecart: float, decimales: int = 1) -> str:
    """Return a difference of ratios with its sign: +1,2 point, −3,4 points, 0,0 point."""
    arrondi = round(100 * ecart, decimales)
    signe = ("+" if arrondi > 0 else MOINS) if arrondi else ""
    return f"{signe}{points(abs(ecart), decimales)}"


def part(ratio: float) -> str:
    """Return a ratio for a reader in a hurry: 31 %, 3,1 %, 100 %."""
    return pourcentage(ratio, 0 if ratio >= 0.0995 else 1)  # noqa: PLR2004 - 9,95 % reads 10 %


def rapport(partie: float, ensemble: float, decimales: int = 1, unite: str = "") -> str:
    """Return « 123 sur 1 234 (10,0 %) », « 123 demandes sur … »: a percentage and its base."""
    compte = compter(partie, unite) if unite else entier(partie)
    ecrit = f"{compte} sur {entier(ensemble)}"
    return f"{ecrit} ({pourcentage(partie / ensemble, decimales)})" if ensemble else ecrit


def avec_part(partie: float, ensemble: float, decimales: int = 1) -> str:
    """Return « 123 (10,0 %) »: a count and its share of a whole that was said before."""
    ecrit = entier(partie)
    return f"{ecrit} ({pourcentage(partie / ensemble, decimales)})" if ensemble else ecrit


def mois(duree: float, decimales: int = 0) -> str:
    """Return a duration: 23 mois, 1,5 mois."""
    return f"{nombre(duree, decimales)}{INSECABLE}mois"


# --- Agreement ------------------------------------------------------------------------------------


def accord(nombre_: float, singulier: str, pluriel: str = "") -> str:
    """Return the form that goes with a number: plural from 2, as French has it."""
    return singulier if abs(nombre_) < 2 else pluriel or _pluriel(singulier)  # noqa: PLR2004


def _pluriel(mot: str) -> str:
    return mot if mot[-1] in "sxz" else f"{mot}s"


def compter(nombre_: float, singulier: str, pluriel: str = "", espace: str = INSECABLE) -> str:
    """Return « 1 demande », « 1 234 demandes », for paper."""
    return f"{entier(nombre_)}{espace}{accord(round(nombre_), singulier, pluriel)}"


def accorder(nombre_: float, singulier: str, pluriel: str = "") -> str:
    """Return « 1 demande », « 1 234 demandes », for a screen, that may cut the line between."""
    return compter(nombre_, singulier, pluriel, " ")


def denombrer(nombre_: int, singulier: str, pluriel: str = "", *, feminin: bool = False) -> str:
    """Return « aucun guichet », « une commune », « trois guichets », « 17 guichets »."""
    nom = accord(nombre_, singulier, pluriel)
    if nombre_ == 0:
        return f"aucun{'e' if feminin else ''} {nom}"
    return f"{en_lettres(nombre_, feminin=feminin)} {nom}"


def en_lettres(nombre_: int, *, feminin: bool = False) -> str:
    """Return a small count in letters, up to sixteen; in figures beyond."""
    if not 0 <= nombre_ < len(_UNITES):
        return entier(nombre_)
    return "une" if nombre_ == 1 and feminin else _UNITES[nombre_]


def enumerer(morceaux: Sequence[str], lien: str = "et") -> str:
    """Return « a, b et c »; empty for nothing."""
    *debut, dernier = morceaux or [""]
    return f"{', '.join(debut)} {lien} {dernier}" if debut else dernier


def citer(morceaux: Sequence[str], maximum: int, autre: str, autres: str = "") -> str:
    """Return the first ones and « et 3 autres »: « a, b et 3 autres communes »."""
    if len(morceaux) <= maximum:
        return enumerer(morceaux)
    reste = len(morceaux) - maximum
    return enumerer([*morceaux[:maximum], compter(reste, autre, autres)])


def premiers(morceaux: Sequence[str], maximum: int, autre: str, autres: str = "") -> list[str]:
    """Return the first ones as rows, then « et 3 autres »."""
    reste = len(morceaux) - maximum
    return [*morceaux[:maximum], *([f"et {accorder(reste, autre, autres)}"] if reste > 0 else [])]


# --- Articles and elision -------------------------------------------------------------------------


def elide(mot: str) -> bool:
    """Tell whether « de », « le », « que » lose their vowel before a word."""
    nu = simplifier(mot.lstrip("«“\"' \u00a0"))
    if not nu or _SANS_ELISION.match(nu):
        return False
    return nu[0] in _VOYELLES or nu[0] == "h"


def avec_article(nom: str) -> str:
    """Return « la Mairie de Cassis », « l'Office public », « Unicil »: a proper name takes none."""
    mot = re.match(r"[^\W\d_][\w-]*(?=\s|$)", nom)
    article = _ARTICLE_COMMUN.get(simplifier(mot[0])) if mot and mot[0][0].isupper() else None
    if mot is None or article is None:
        return nom
    return f"l'{nom}" if article in {"la", "l'"} and elide(mot[0]) else f"{article} {nom}"


def de(nom: str) -> str:
    """Return « de Marseille », « d'Arles », « du Rove », « de la Mairie de Cassis »."""
    dit = avec_article(nom)
    return _contracter("de", dit) or (f"d'{dit}" if elide(dit) else f"de {dit}")


def a(nom: str) -> str:
    """Return « à Marseille », « au Rove », « aux Baux », « à la Mairie de Cassis »."""
    dit = avec_article(nom)
    return _contracter("à", dit) or f"à {dit}"


def _contracter(preposition: str, nom: str) -> str:
    """Contract a preposition with the article of a name; '' when there is nothing to contract."""
    lu = _ARTICLE.match(nom)
    contracte = _CONTRACTES[preposition].get(lu[1].lower()) if lu else None
    return f"{contracte} {nom[lu.end() :]}" if lu and contracte else ""


def que(mot: str) -> str:
    """Return « qu'Arles », « que Marseille »."""
    return f"qu'{mot}" if elide(mot) else f"que {mot}"


def departement(code: str, nom: str) -> str:
    """Return a département with its article: les Bouches-du-Rhône, l'Ain, Paris."""
    article = _ARTICLE_DE.get(code, "la")
    return f"{article}{nom}" if article in {"", "l'"} else f"{article} {nom}"


def du_departement(code: str, nom: str) -> str:
    """Return « des Bouches-du-Rhône », « du Var », « de l'Ain », « de la Loire », « de Paris »."""
    article = _ARTICLE_DE.get(code, "la")
    if article in _CONTRACTES["de"]:
        return f"{_CONTRACTES['de'][article]} {nom}"
    return f"de {departement(code, nom)}" if article else de(nom)


# --- Sentences ------------------------------------------------------------------------------------


def majuscule(texte: str) -> str:
    """Return a text with its first letter in upper case."""
    return texte[:1].upper() + texte[1:]


def minuscule(texte: str) -> str:
    """Return a text as it stands within a sentence: an acronym, a name keep their capitals."""
    acronyme = not texte[1:2].islower() and texte[1:2] not in {"'", " "}
    garde = acronyme or texte.startswith(NOMS_PROPRES)
    return texte if garde else texte[:1].lower() + texte[1:]


def phrase(*morceaux: str) -> str:
    """Join what is not empty into a sentence: a capital, a full stop."""
    texte = " ".join(morceau for morceau in morceaux if morceau).strip()
    if not texte:
        return ""
    return majuscule(texte) + ("" if texte[-1] in ".!?…" else ".")


def typographier(texte: str, guillemet: str = INSECABLE) -> str:
    """Put the no-break spaces that French typography wants: « a », b ; c : 3 %."""
    texte = re.sub(r"«[ \u00a0\u202f]?", f"«{guillemet}", texte)
    texte = re.sub(r"[ \u00a0\u202f]?»", f"{guillemet}»", texte)
    texte = re.sub(r" ([;!?%€])", rf"{FINE}\1", texte)
    return re.sub(r" :(?=\s|$)", f"{INSECABLE}:", texte)


def apostropher(texte: str) -> str:
    """Return a text with its apostrophes curly, as French is printed."""
    return _APOSTROPHE.sub("’", texte) if "'" in texte else texte


def composer(texte: str) -> str:
    """Return a text as a printer composes it: spaces, curly apostrophes, 1ᵉʳ, whole numbers."""
    net = _TELEPHONE.sub(lambda un: un[0].replace(" ", INSECABLE), typographier(texte))
    return _ORDINAL.sub(_en_exposant, apostropher(net))


def _en_exposant(trouve: re.Match[str]) -> str:
    return trouve[1] + trouve[2].translate(_EXPOSANTS)


def borner(texte: str, maximum: int) -> str:
    """Return a text of at most that many letters, cut after a word with « … »."""
    if len(texte) <= maximum:
        return texte
    debut = texte[: maximum - 1]
    coupe = debut.rsplit(" ", 1)[0] if " " in debut[maximum // 2 :] else debut
    return coupe.rstrip(" ,;:–-") + "…"


# --- Search, order, names of files ----------------------------------------------------------------


@functools.lru_cache(maxsize=8192)
def simplifier(texte: str) -> str:
    """Return a text as it is searched and sorted in French: no accents, lower case."""
    return "".join(
        lettre
        for lettre in unicodedata.normalize("NFD", texte)
        if not unicodedata.combining(lettre)
    ).lower()


@functools.lru_cache(maxsize=8192)
def clef_de_tri(texte: str | None) -> str:
    """Return what a text is sorted by: É with E, œ with oe, the 9th before the 10th."""
    nu = simplifier(texte or "").replace("œ", "oe").replace("æ", "ae")
    return re.sub(r"\d+", lambda lu: lu[0].zfill(9), nu)


@functools.lru_cache(maxsize=8192)
def slug(texte: str) -> str:
    """Return « delais-d-attribution » for « Délais d'attribution »: safe in a name or a link."""
    nu = unicodedata.normalize("NFKD", texte.lower().replace("œ", "oe").replace("’", "-"))
    return re.sub(r"[^a-z0-9]+", "-", nu.encode("ascii", "ignore").decode()).strip("-")
