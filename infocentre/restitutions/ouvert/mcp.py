"""The Model Context Protocol over a publication: JSON-RPC 2.0, one message a line, on two streams.

Three tools: list, describe, read. Written here rather than with the SDK of the protocol, which
brings a web server, its client and thirty distributions (70 MB) for what is a loop over lines.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Final

from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus
from infocentre.restitutions.ouvert.publie import LIGNES, Publie

VERSIONS: Final = ("2025-06-18", "2025-03-26", "2024-11-05")
OCTETS: Final = 1 << 20  # of a message
_ILLISIBLE, _MAL_FORME, _INCONNUE, _PARAMETRES = -32700, -32600, -32601, -32602


class _Faute(Exception):
    """What is wrong with a message: a code of JSON-RPC, a sentence."""

    def __init__(self, code: int, dit: str) -> None:
        super().__init__(dit)
        self.code = code


def servir(publie: Publie, entree: BinaryIO, sortie: BinaryIO) -> None:
    """Answer each message of a stream, until it ends."""
    while ligne := entree.readline(OCTETS + 1):
        entiere = len(ligne) <= OCTETS
        while not entiere and not ligne.endswith(b"\n"):  # the rest of one that is too long
            ligne = entree.readline(OCTETS) or b"\n"
        reponse = (
            _repondre(publie, ligne if entiere else b"") if ligne.strip() or not entiere else None
        )
        if reponse is not None:
            sortie.write(json.dumps(reponse, ensure_ascii=False).encode() + b"\n")
            sortie.flush()


@functools.cache
def outils() -> list[dict[str, Any]]:
    """Return the tools, as a client is told of them."""
    texte = (ressources("reports") / "ouvert" / "outils.json").read_text("utf-8")
    lus: list[dict[str, Any]] = json.loads(texte.replace("{lignes}", str(LIGNES)))
    return lus


def _repondre(publie: Publie, ligne: bytes) -> dict[str, Any] | None:
    """Return the answer to a message, None for one that waits for none."""
    message: dict[str, Any] = {}
    numero = None
    try:
        message = _lire(ligne)
        numero = message.get("id")
        resultat = _traiter(publie, message["method"], message.get("params", {}))
    except _Faute as faute:
        if faute.code not in {_ILLISIBLE, _MAL_FORME} and "id" not in message:
            return None
        erreur = {"code": faute.code, "message": str(faute)}
        return {"jsonrpc": "2.0", "id": numero, "error": erreur}
    return None if "id" not in message else {"jsonrpc": "2.0", "id": numero, "result": resultat}


def _lire(ligne: bytes) -> dict[str, Any]:
    try:
        message = json.loads(ligne.decode())
        json.dumps(message, ensure_ascii=False).encode()  # half of a character is no text
    except (ValueError, RecursionError):
        raise _Faute(_ILLISIBLE, "ce message n’est pas du JSON, ou dépasse 1 Mo") from None
    if (
        not isinstance(message, dict)
        or message.get("jsonrpc") != "2.0"
        or not isinstance(message.get("method"), str)
        or not isinstance(message.get("id"), (str, int, type(None)))
        or not isinstance(message.get("params", {}), dict)
    ):
        raise _Faute(_MAL_FORME, "ce n’est pas une demande JSON-RPC 2.0")
    return message


def _traiter(publie: Publie, methode: str, parametres: Mapping[str, Any]) -> dict[str, Any]:
    if methode == "initialize":
        return _presenter(publie, parametres)
    if methode == "tools/list":
        return {"tools": outils()}
    if methode == "tools/call":
        return _appeler(publie, parametres)
    if methode == "ping" or methode.startswith("notifications/"):
        return {}
    raise _Faute(_INCONNUE, f"« {methode[:60]} » n’existe pas ici")


def _presenter(publie: Publie, parametres: Mapping[str, Any]) -> dict[str, Any]:
    voulue = parametres.get("protocolVersion")
    return {
        "protocolVersion": voulue if voulue in VERSIONS else VERSIONS[0],
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "infocentre", "title": publie.decrit["title"],
                       "version": publie.decrit["version"]},
        "instructions": publie.decrit["description"],
    }  # fmt: skip


def _appeler(publie: Publie, parametres: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a tool says; what it refuses is said with its source, as an error of the tool."""
    outil = next((un for un in outils() if un["name"] == parametres.get("name")), None)
    if outil is None:
        raise _Faute(_PARAMETRES, f"« {str(parametres.get('name'))[:60]} » n’est pas un outil")
    arguments = parametres.get("arguments", {})
    try:
        publie.exiger_sans_personne(arguments)
        _exiger(outil, arguments)
        dit, erreur = _FAIRE[outil["name"]](publie, **arguments), False
    except Refus as refus:
        dit, erreur = {"refus": refus.quoi, "que_faire": refus.que_faire}, True
        dit["source"] = publie.citer()
    texte = json.dumps(dit, ensure_ascii=False)
    return {
        "content": [{"type": "text", "text": texte}],
        "structuredContent": dit,
        "isError": erreur,
    }


_FAIRE: Final[Mapping[str, Callable[..., dict[str, Any]]]] = {
    "lister": Publie.lister,
    "decrire": Publie.decrire,
    "lire": Publie.lire,
}


def _exiger(outil: Mapping[str, Any], arguments: Any) -> None:  # noqa: ANN401 - of any client
    """Raise Refus when arguments are not those of a tool."""
    schema = outil["inputSchema"]
    connus = schema["properties"]
    if not isinstance(arguments, dict):
        faute = "les arguments ne sont pas un objet"
    elif manquants := [nom for nom in schema.get("required", []) if nom not in arguments]:
        faute = f"l’argument « {manquants[0]} » manque"
    elif inconnus := [nom for nom in arguments if nom not in connus]:
        faute = f"l’argument « {inconnus[0][:60]} » n’existe pas"
    elif mauvais := [nom for nom, un in arguments.items() if not _est(connus[nom]["type"], un)]:
        faute = f"l’argument « {mauvais[0]} » n’est pas ce qui est attendu"
    else:
        return
    attendus = ", ".join(connus) or "aucun"
    raise Refus(faute, que_faire=f"Arguments de « {outil['name']} » : {attendus}.")


def _est(genre: str, valeur: Any) -> bool:  # noqa: ANN401 - of any client
    if genre == "array":
        return isinstance(valeur, list) and all(isinstance(un, str) for un in valeur)
    if genre == "integer":
        return isinstance(valeur, int) and not isinstance(valeur, bool) and 0 <= valeur < OCTETS
    return isinstance(valeur, {"string": str, "object": dict}[genre])
