"""Sentences as titles."""

from __future__ import annotations

import re

from infocentre.restitutions.document import morceaux

_FIN_DE_PHRASE = re.compile(r"(?<=[a-zàâçéèêëîïôûùü0-9%»)*])[.!?](?=\s+[A-ZÀÂÇÉÈÊÎÔÛ«]|$)")


def premiere_phrase(texte: str) -> tuple[str, str]:
    """Cut a text after its first sentence, which loses its full stop and its bold."""
    trouve = _FIN_DE_PHRASE.search(texte)
    fin = trouve.start() if trouve else len(texte)
    premiere = "".join(morceau for morceau, _ in morceaux(texte[:fin]))
    return premiere, texte[fin + 1 :].strip()
