"""What a test reads of a list that the server wrote as HTML."""

from __future__ import annotations

import re
from html import unescape

from tests.dashboards.vues import Ecran, ecrit


def tables(ecran: Ecran) -> dict[str, list[list[str]]]:
    """Return {caption: rows of texts} of the lists of a page, headings of groups left out."""
    trouvees = {}
    for un in ecran.composants():
        contenu = ecrit(un)
        if contenu and "<caption>" in contenu:
            legende = re.findall(r"<caption>(.*?)</caption>", contenu)[0]
            trouvees[unescape(legende)] = [
                [_texte(cellule) for cellule in re.findall(r"<t[hd]\b.*?>(.*?)</t[hd]>", ligne)]
                for ligne in re.findall(r"<tr\b[^>]*>(.*?)</tr>", contenu.split("<tbody")[1])
                if "colspan" not in ligne
            ]
    return trouvees


def table(ecran: Ecran, debut: str) -> list[list[str]]:
    """Return the rows of the list whose caption begins so."""
    return next(lignes for legende, lignes in tables(ecran).items() if legende.startswith(debut))


def liens(ecran: Ecran) -> list[str]:
    """Return the addresses that the HTML of a page leads to."""
    contenus = [ecrit(un) for un in ecran.composants()]
    return [unescape(un) for contenu in contenus for un in re.findall(r'href="(.*?)"', contenu)]


def _texte(cellule: str) -> str:
    return unescape(re.sub(r"<.*?>", " ", cellule)).strip()
