"""Signing in by a provider of identities, as ProConnect is: OpenID Connect, with a signed userinfo.

Only signatures by the provider's own published keys count, with an algorithm of two keys: a secret
that both know proves nothing.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from infocentre.acces.reglage_oidc import Reglage, joignable
from infocentre.acces.roles import Role
from infocentre.noyau.erreurs import Refus

ALGORITHMES: Final = ["RS256", "ES256"]
SECONDES, TOLERANCE = 10, 30
AGE = 600  # seconds since a token was made
ENDROITS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Identite:
    """Who the provider says that a person is; `id_token` ends their session there.

    `niveau` is the level that was asked and proved, '' when it is none of those.
    """

    sujet: str
    courriel: str
    siret: str
    id_token: str
    niveau: str


class Fournisseur:
    """The provider, as it says today that it is to be spoken to."""

    def __init__(self, reglage: Reglage) -> None:
        """Ask it where it is spoken to; raise Refus when it does not answer, or for another."""
        self._reglage = reglage
        with self._session("") as http:
            self._endroits = self._lire(
                http, f"{reglage.emetteur}/.well-known/openid-configuration"
            )
        dits = [str(self._endroits.get(nom, "")) for nom in ENDROITS]
        if str(self._endroits.get("issuer", "")).rstrip("/") != reglage.emetteur:
            raise self._refus("il se donne pour un autre")
        if not all(joignable(un, reglage.emetteur) for un in dits):
            raise self._refus("ce qu'il dit de lui-même est incomplet")

    def partir(self, retour: str, etat: str, nonce: str, verificateur: str) -> str:
        """Return where to send a browser; it comes back to `retour` with `etat`."""
        niveaux = self._reglage.niveaux
        demande = {"acr_values": " ".join(niveaux)} if niveaux else {}
        with self._session(retour) as http:
            adresse, _ = http.create_authorization_url(
                self._endroits["authorization_endpoint"],
                state=etat,
                nonce=nonce,
                code_verifier=verificateur,
                **demande,
            )
        return str(adresse)

    def revenir(self, retour: str, code: str, nonce: str, verificateur: str) -> Identite:
        """Return who a browser that came back is; raise Refus unless all of it is proved."""
        with self._session(retour) as http:
            try:
                jetons = http.fetch_token(
                    self._endroits["token_endpoint"],
                    code=code,
                    code_verifier=verificateur,
                    grant_type="authorization_code",
                    timeout=SECONDES,
                )
            except (OSError, ValueError, AuthlibBaseError) as erreur:
                raise self._refus("il n'a pas confirmé cette identification") from erreur
            cles = self._cles(http)
            dite = self._signee(str(jetons.get("id_token", "")), cles, nonce=nonce)
            precisee = self._signee(self._userinfo(http), cles)
        if precisee["sub"] != dite["sub"]:
            raise self._refus("il parle de deux personnes différentes")
        siret, niveau = str(precisee.get("siret") or ""), str(dite.get("acr", ""))
        return Identite(
            str(dite["sub"]),
            self._courriel(precisee),
            siret,
            str(jetons["id_token"]),
            niveau if niveau in self._reglage.niveaux else "",
        )

    def _courriel(self, precisee: Mapping[str, Any]) -> str:
        """Return the address of a person, that the provider says, or is known, to have checked."""
        courriel = precisee.get("email")
        verifie = precisee.get("email_verified", self._reglage.courriels_verifies)
        if not isinstance(courriel, str) or verifie is not True:
            raise self._refus(
                "il ne dit pas l'adresse électronique de cette personne, ou pas qu'il l'a vérifiée"
            )
        return courriel

    def exiger_niveau(self, identite: Identite, role: Role) -> None:
        """Raise Refus when a role must come by a level that was not proved."""
        r = self._reglage
        if r.niveaux and role in r.roles and not identite.niveau:
            raise self._refus("il n'a pas prouvé le niveau de sécurité exigé")

    def quitter(self, id_token: str, retour: str) -> str:
        """Return where to send a browser to end its session there, '' when this is not done."""
        fin = str(self._endroits.get("end_session_endpoint", ""))
        if not joignable(fin, self._reglage.emetteur):
            return ""
        dits = {
            "id_token_hint": id_token,
            "state": secrets.token_urlsafe(32),
            "post_logout_redirect_uri": retour,
        }
        return f"{fin}?{urlencode(dits)}"

    def _session(self, retour: str) -> Any:  # noqa: ANN401 - Authlib's, which has no types
        http = OAuth2Session(
            self._reglage.client,
            self._reglage.secret,
            scope=self._reglage.portee,
            redirect_uri=retour,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 - the name of a method
        )
        http.max_redirects = 0  # what it answers never sends a code and a secret elsewhere
        return http

    def _lire(self, http: Any, adresse: str) -> dict[str, Any]:  # noqa: ANN401
        try:
            reponse = http.get(adresse, timeout=SECONDES, withhold_token=True)
            reponse.raise_for_status()
            lu = reponse.json()
        except (OSError, ValueError) as erreur:
            raise self._refus("il ne répond pas") from erreur
        if not isinstance(lu, dict):
            raise self._refus("il ne répond pas comme il doit")
        return lu

    def _cles(self, http: Any) -> KeySet:  # noqa: ANN401
        publiees: Any = self._lire(http, self._endroits["jwks_uri"])
        try:
            return KeySet.import_key_set(publiees)
        except (JoseError, KeyError, TypeError, ValueError) as erreur:
            raise self._refus("ses clés ne peuvent être lues") from erreur

    def _userinfo(self, http: Any) -> str:  # noqa: ANN401
        try:
            reponse = http.get(self._endroits["userinfo_endpoint"], timeout=SECONDES)
            reponse.raise_for_status()
        except (OSError, AuthlibBaseError) as erreur:
            raise self._refus("il n'a pas dit qui est cette personne") from erreur
        if not str(reponse.headers.get("Content-Type", "")).startswith("application/jwt"):
            raise self._refus("ce qu'il dit de cette personne n'est pas signé")
        return str(reponse.text).strip()

    def _signee(self, jeton: str, cles: KeySet, nonce: str = "") -> Mapping[str, Any]:
        """Return what a token says, its signature, its issuer, its reader and its age checked."""
        r = self._reglage
        exigences: dict[str, Any] = {
            "iss": {"essential": True, "values": [r.emetteur, f"{r.emetteur}/"]},
            "aud": {"essential": True, "value": r.client},
            "exp": {"essential": True},
            "iat": {"essential": True},
            "sub": {"essential": True},
        }
        if nonce:
            exigences["nonce"] = {"essential": True, "value": nonce}
        try:
            lu = jwt.decode(jeton, cles, algorithms=ALGORITHMES).claims
            jwt.JWTClaimsRegistry(leeway=TOLERANCE, **exigences).validate(lu)
        except (JoseError, ValueError, TypeError, KeyError) as erreur:
            raise self._refus("ce qu'il affirme n'est pas prouvé") from erreur
        if not -TOLERANCE <= time.time() - lu["iat"] <= AGE:
            raise self._refus("ce qu'il affirme est trop ancien")
        if isinstance(lu["aud"], list) and len(lu["aud"]) > 1 and lu.get("azp") != r.client:
            raise self._refus("ce qu'il affirme est destiné à d'autres")
        return lu

    def _refus(self, raison: str) -> Refus:
        return Refus(
            f"{self._reglage.nom} ne permet pas de vous reconnaître : {raison}",
            que_faire="Recommencer ; si cela dure, le signaler à l'administrateur des comptes.",
        )
