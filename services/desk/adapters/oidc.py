"""Signing in with an OpenID Connect issuer: code flow with PKCE. Needs the extra `oidc`.

Nothing of what the issuer says is logged or shown; only that it cannot be had, or was not believed.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.desk.domain.elsewhere import NotLetInElsewhere, RoundTrip, user_in
from services.desk.domain.users import User
from services.desk.settings import OidcSettings
from shared.auth.tokens import can_be_believed
from shared.platform.errors import TransientFailure
from shared.platform.issuer import DOCUMENT, MOST_BYTES, PATIENCE_SECONDS
from shared.time.clock import TimeSource

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""All of them with the keys that the issuer publishes, none with a secret."""
CURRENT_FOR = timedelta(minutes=10)
LEEWAY_SECONDS = 30

log = structlog.get_logger()


class OidcIssuer:
    """By its document, whatever it is made by."""

    def __init__(
        self,
        settings: OidcSettings,
        clock: TimeSource,
        client: Callable[[], httpx.AsyncClient],
    ) -> None:
        """`clock`: the computer's; `client`: what the issuer is asked with, each time another."""
        self._settings = settings
        self._clock = clock
        self._client = client
        self._document: tuple[Mapping[str, Any], datetime] | None = None

    async def address(self, trip: RoundTrip, back: str) -> str:
        document = await self._current()
        return str(
            prepare_grant_uri(
                _address(document, "authorization_endpoint"),
                self._settings.client_id,
                "code",
                redirect_uri=back,
                scope=self._settings.scope,
                state=trip.state,
                nonce=trip.nonce,
                code_challenge=create_s256_code_challenge(trip.verifier),
                code_challenge_method="S256",
            )
        )

    async def user(self, trip: RoundTrip, code: str, back: str) -> User:
        document = await self._current()
        tokens = await self._exchanged(document, trip, code, back)
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str):
            raise NotLetInElsewhere("nobody")
        keys = await self._asked("GET", _address(document, "jwks_uri"))
        claims = self._believed(id_token, keys, trip.nonce, access_token)
        asked_of = {self._settings.claim, self._settings.staff_id_claim}
        if not asked_of <= claims.keys() and isinstance(access_token, str):
            claims = {**await self._told_of(document, access_token, claims["sub"]), **claims}
        return user_in(
            claims, claim=self._settings.claim, staff_id_claim=self._settings.staff_id_claim
        )

    async def _exchanged(
        self, document: Mapping[str, Any], trip: RoundTrip, code: str, back: str
    ) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": trip.verifier,
        }
        secret = self._settings.client_secret.get_secret_value()
        ways = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        auth = None
        if secret and "client_secret_basic" in ways:
            auth = httpx.BasicAuth(self._settings.client_id, secret)
        else:
            form["client_id"] = self._settings.client_id
            form |= {"client_secret": secret} if secret else {}
        return await self._asked("POST", _address(document, "token_endpoint"), data=form, auth=auth)

    def _believed(
        self, id_token: str, keys: Mapping[str, Any], nonce: str, access_token: object
    ) -> dict[str, Any]:
        """What the token says. Raises `NotLetInElsewhere` where it is not for us, from them, of
        this round trip and of now."""
        now = int(self._clock.now().timestamp())
        try:
            token = jwt.decode(
                id_token, KeySet.import_key_set({"keys": keys["keys"]}), algorithms=ALGORITHMS
            )
            CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self._settings.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                },
                params={
                    "nonce": nonce,
                    "client_id": self._settings.client_id,
                    "access_token": access_token,
                },
            ).validate(now=now, leeway=LEEWAY_SECONDS)
        except (JoseError, KeyError, TypeError, ValueError) as wrong:
            log.warning("a token of the issuer is not believed", because=type(wrong).__name__)
            raise NotLetInElsewhere("forged") from None
        return dict(token.claims)

    async def _told_of(
        self, document: Mapping[str, Any], access_token: str, subject: str
    ) -> Mapping[str, Any]:
        """What the issuer tells beside the token, of the same person."""
        if "userinfo_endpoint" not in document:
            return {}
        shown = {"Authorization": f"Bearer {access_token}"}
        found = await self._asked("GET", _address(document, "userinfo_endpoint"), headers=shown)
        if found.get("sub") != subject:
            raise NotLetInElsewhere("forged")
        return found

    async def _current(self) -> Mapping[str, Any]:
        """The issuer's document."""
        now = self._clock.now()
        if self._document is not None and now < self._document[1] + CURRENT_FOR:
            return self._document[0]
        found = await self._asked("GET", self._settings.issuer.rstrip("/") + DOCUMENT)
        if found.get("issuer") != self._settings.issuer:
            raise _away("its document is of another issuer")
        self._document = (found, now)
        return found

    async def _asked(self, method: str, address: str, **more: Any) -> Mapping[str, Any]:
        """What it answers. Nobody is followed elsewhere."""
        try:
            async with self._client() as client:
                answer = await client.request(
                    method, address, timeout=PATIENCE_SECONDS, follow_redirects=False, **more
                )
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise _away(f"it cannot be reached ({type(error).__name__})") from None
        if answer.status_code in (400, 401, 403):
            raise NotLetInElsewhere("refused")
        if answer.status_code != httpx.codes.OK or len(answer.content) > MOST_BYTES:
            raise _away(f"it answers {answer.status_code}")
        try:
            found = json.loads(answer.content)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise _away("what it answers is no JSON object")
        return found


def _address(document: Mapping[str, Any], name: str) -> str:
    address = document.get(name)
    if not isinstance(address, str) or not can_be_believed(address):
        raise _away(f"its document names no {name} over TLS")
    return address


def _away(why: str) -> TransientFailure:
    log.warning("the issuer for signing in is not to be had", because=why)
    return TransientFailure(f"AFTERCARE_DESK_OIDC__ISSUER: {why}")
