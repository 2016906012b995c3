"""Single sign-on by OpenID Connect: the authorisation-code flow with PKCE, state and nonce.

The provider's description and keys are fetched when they are first needed, and again when a key is not known. What
travels through the browser meanwhile is sealed in a cookie that lasts ten minutes.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.oauth2.auth import ClientAuth  # type: ignore[import-untyped]
from itsdangerous import BadSignature, URLSafeTimedSerializer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from intake.credentials.web import web_client
from intake.errors import SignInRefused
from intake.ledger import Role
from intake.settings import Proxy, read_secret
from intake.settings.sections import Oidc

_TIMEOUT = 15.0
_CARRY_SECONDS = 600
_LEEWAY = 60
_ALGORITHMS = ["RS256", "PS256", "ES256"]
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_SCOPE = "openid profile email"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is."""

    name: str
    display_name: str
    role: Role


class Provider:
    """One OpenID Connect provider."""

    def __init__(self, settings: Oidc, proxy: Proxy) -> None:
        self._settings = settings
        self._proxy = proxy
        self._secret = read_secret(settings.client_secret_file, "web.oidc.client_secret_file").reveal()
        self._seal = URLSafeTimedSerializer(secrets.token_hex(32), salt="oidc")
        self._lock = threading.Lock()
        self._description: dict[str, Any] | None = None
        self._keys: KeySet | None = None

    def begin(self, redirect_uri: str, target: str) -> tuple[str, str]:
        """The address to send the browser to, and what its cookie must hold meanwhile."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        question = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": _SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = self._describe()["authorization_endpoint"]
        joint = "&" if "?" in address else "?"
        carried = {"state": state, "nonce": nonce, "verifier": verifier, "target": target}
        return f"{address}{joint}{urlencode(question)}", str(self._seal.dumps(carried))

    def finish(self, answer: Mapping[str, str], cookie: str, redirect_uri: str) -> tuple[Identity, str]:
        """Who signed in, and where they wanted to go. Raises SignInRefused."""
        try:
            carried = self._seal.loads(cookie, max_age=_CARRY_SECONDS)
        except BadSignature as error:
            raise _refused("The sign-in took too long or was started elsewhere.") from error
        if not secrets.compare_digest(answer.get("state", "").encode(), carried["state"].encode()):
            raise _refused("The sign-in was started elsewhere.")
        if "code" not in answer:
            raise _refused("The sign-in was not completed.")
        claims = self._claims(answer["code"], carried["verifier"], carried["nonce"], redirect_uri)
        return self._identity(claims), str(carried["target"])

    def look(self) -> None:
        """Fetch its description and its keys. Raises SignInRefused, from what went wrong."""
        self._key_set(fresh=True)

    def _claims(self, code: str, verifier: str, nonce: str, redirect_uri: str) -> dict[str, Any]:
        body = urlencode(
            {
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": verifier,
                "redirect_uri": redirect_uri,
            }
        )
        endpoint = self._describe()["token_endpoint"]
        prove = ClientAuth(self._settings.client_id, self._secret, "client_secret_basic")
        uri, headers, body = prove.prepare("POST", endpoint, dict(_FORM), body)
        token = self._ask("POST", uri, headers=headers, content=body)
        claims = self._verified(str(token.get("id_token", "")))
        if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise _refused("The provider's answer belongs to another sign-in.")
        return claims

    def _verified(self, token: str) -> dict[str, Any]:
        """The ID token's claims, once its signature and its addressee are right (OpenID Connect Core, 3.1.3.7)."""
        registry = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": self._describe()["issuer"]},
            aud={"essential": True, "value": self._settings.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        for fresh in (False, True):  # a provider may have changed its keys since we fetched them
            try:
                decoded = jwt.decode(token, self._key_set(fresh=fresh), algorithms=_ALGORITHMS)
                registry.validate(decoded.claims)
            except (JoseError, ValueError) as error:
                if fresh:
                    raise _refused("The provider's answer is not signed as it should be.") from error
            else:
                return self._for_us(dict(decoded.claims))
        raise _refused("The provider's answer could not be read.")  # pragma: no cover - the loop ends before

    def _for_us(self, claims: dict[str, Any]) -> dict[str, Any]:
        """The claims, where nobody else's application asked for them (OpenID Connect Core, 3.1.3.7, points 3 to 5)."""
        audience, party = claims.get("aud"), claims.get("azp")
        several = isinstance(audience, list) and len(audience) != 1
        if (several and party is None) or (party is not None and party != self._settings.client_id):
            raise _refused("The provider's answer was made for another application.")
        return claims

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        settings = self._settings
        listed = claims.get(settings.groups_claim)
        # One name, or a list of names. Anything else names nobody's group: what it means is the provider's secret.
        named = [listed] if isinstance(listed, str) else listed if isinstance(listed, list) else []
        groups = {group for group in named if isinstance(group, str)}
        for role, wanted in (
            (Role.ADMINISTRATOR, settings.administrator_groups),
            (Role.CASEWORKER, settings.caseworker_groups),
            (Role.READER, settings.reader_groups),
        ):
            if groups & set(wanted):
                name = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])[:320]
                return Identity(name, str(claims.get("name") or name)[:200], role)
        raise SignInRefused(
            "You are signed in, but not in a group that may use this log.", "Ask your administrator to add you to one."
        )

    def _describe(self) -> dict[str, Any]:
        with self._lock:
            if self._description is None:
                issuer = self._settings.issuer.rstrip("/")
                found = self._ask("GET", f"{issuer}/.well-known/openid-configuration")
                if str(found.get("issuer", "")).rstrip("/") != issuer:
                    raise _refused("The provider says that it is another one.")
                self._description = found
            return self._description

    def _key_set(self, *, fresh: bool) -> KeySet:
        if self._keys is None or fresh:
            self._keys = KeySet.import_key_set(self._ask("GET", self._describe()["jwks_uri"]))  # type: ignore[arg-type]
        return self._keys

    def _ask(self, method: str, address: str, **given: Any) -> dict[str, Any]:
        try:
            with web_client(self._proxy, address, ca_file=self._settings.ca_file, timeout=_TIMEOUT) as client:
                answer = client.request(method, address, **given).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise _refused("The sign-in provider does not answer, or did not confirm the sign-in.") from error
        return dict(answer)


def _refused(reason: str) -> SignInRefused:
    return SignInRefused(reason, "Try to sign in again; if that fails too, ask your administrator.")
