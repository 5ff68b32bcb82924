"""A real provider of identities on this machine, that signs its userinfo as ProConnect does.

It can be told to lie: what it signs, and with which key, passes through `dire`.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import hmac
import json
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
from authlib.deprecate import AuthlibDeprecationWarning
from joserfc import jwt
from joserfc.jwk import RSAKey

Dire = Callable[[dict[str, Any], RSAKey], str]


def signer(claims: dict[str, Any], cle: RSAKey) -> str:
    """Sign as it should."""
    return jwt.encode({"alg": "RS256", "kid": cle.kid}, claims, cle)


def sans_signature(claims: dict[str, Any], cle: RSAKey) -> str:
    """Sign with nothing."""
    return f"{_a_signer({'alg': 'none', 'kid': cle.kid}, claims)}."


def par_la_cle_publique(claims: dict[str, Any], cle: RSAKey) -> str:
    """Sign with a secret that is the public key, which everybody has."""
    texte = _a_signer({"alg": "HS256", "kid": cle.kid}, claims)
    sceau = hmac.new(cle.as_pem(private=False), texte.encode(), hashlib.sha256).digest()
    return f"{texte}.{_en_base64(sceau)}"


def par_une_autre(claims: dict[str, Any], cle: RSAKey) -> str:
    """Sign with a key of one's own, under the name of the provider's."""
    return jwt.encode({"alg": "RS256", "kid": cle.kid}, claims, _MECHANTE)


def par_la_cle_jointe(claims: dict[str, Any], _: RSAKey) -> str:
    """Sign with a key of one's own, which the token itself carries."""
    jointe = _MECHANTE.as_dict(private=False)
    return jwt.encode({"alg": "RS256", "jwk": jointe}, claims, _MECHANTE)


_MECHANTE = RSAKey.generate_key(2048)


def _a_signer(entete: dict[str, Any], claims: dict[str, Any]) -> str:
    return ".".join(_en_base64(json.dumps(un).encode()) for un in (entete, claims))


def _en_base64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def en_disant(**autres: Any) -> Dire:
    """Sign as it should, other things than what is so; None leaves one out."""

    def dire(claims: dict[str, Any], cle: RSAKey) -> str:
        dits = {nom: un for nom, un in (claims | autres).items() if un is not None}
        return signer(dits, cle)

    return dire


class Provider:
    """What the provider says next of who it recognises."""

    def __init__(self) -> None:
        self.id_token: Dire = signer
        self.userinfo: Dire | None = signer
        self.renvois: dict[str, str] = {}
        self.adresse = ""
        self.client = "infocentre"

    def rendre(self, reponse: flask.Response) -> flask.Response:
        """Sign what was answered, as it is told to, or send elsewhere for it."""
        if ailleurs := self.renvois.get(flask.request.path):
            return flask.make_response(flask.redirect(ailleurs, 307))
        if reponse.status_code != 200:
            return reponse
        lu: dict[str, Any] = reponse.get_json(silent=True) or {}
        if flask.request.path == "/oauth2/token":
            cle = _cle(flask.g.oidc_provider_mock_storage.jwk)
            claims = jwt.decode(lu["id_token"], cle).claims
            reponse.set_data(json.dumps(lu | {"id_token": self.id_token(claims, cle)}))
        elif flask.request.path == "/userinfo" and self.userinfo:
            tous = {"email_verified": True, "iat": int(time.time())} | lu
            tous |= {"iss": self.adresse, "aud": self.client, "exp": 4_000_000_000}
            cle = _cle(flask.g.oidc_provider_mock_storage.jwk)
            reponse.set_data(self.userinfo(tous, cle))
            reponse.content_type = "application/jwt"
        return reponse


def _cle(sienne: Any) -> RSAKey:
    """Return the provider's key: its version for Python 3.11 has one of another library."""
    if isinstance(sienne, RSAKey):
        return sienne
    return _importee(json.dumps(sienne.as_dict(is_private=True)))


@functools.cache
def _importee(jwk: str) -> RSAKey:
    """Import a key once: a tenth of a second each time."""
    return RSAKey.import_key(json.loads(jwk))


@contextlib.contextmanager
def provider() -> Iterator[Provider]:
    """Run the provider."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AuthlibDeprecationWarning)
        from oidc_provider_mock._app import app
        from oidc_provider_mock._server import _threaded_server

        un, application = Provider(), app()
        application.after_request(un.rendre)
        with _threaded_server(application) as serveur:
            un.adresse = f"http://localhost:{serveur.server_port}"
            yield un


def parametres(adresse: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {nom: valeurs[0] for nom, valeurs in parse_qs(urlsplit(adresse).query).items()}
