"""A small OpenID Connect provider, in this process: all that a sign-in asks of one."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
from fastapi import FastAPI, Request, Response

from services.desk.adapters.oidc import OidcIssuer
from services.desk.settings import OidcSettings
from shared.platform.issuer import DOCUMENT
from shared.time.clock import TimeSource
from tests.access.dealers import MINE
from tests.issuer import Signer

ISSUER = "https://issuer.example"
SECRET = "the secret of the client"
CODE = "the-code"


@dataclass
class SignInProvider:
    """Whoever comes is let in as the same person, once they have come with a browser."""

    clock: TimeSource
    settings: OidcSettings
    signer: Signer = field(default_factory=lambda: Signer("sign-in"))
    published: list[Signer] = field(default_factory=list)
    """Whose keys it shows; its signer's where nobody is named."""
    claims: dict[str, Any] = field(default_factory=dict)
    """What its tokens say otherwise than usually; None: nothing."""
    userinfo: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    """Of all that it answers."""
    asked: dict[str, str] = field(default_factory=dict)
    """What the browser came with last."""
    exchanged: dict[str, list[str]] = field(default_factory=dict)
    """What the desk showed for the code."""
    authorization: str | None = None

    def issuer(self) -> OidcIssuer:
        """What a desk asks it with."""
        app = self._app()

        def client() -> httpx.AsyncClient:
            return httpx.AsyncClient(transport=httpx.ASGITransport(app))

        return OidcIssuer(self.settings, self.clock, client)

    def visited(self, address: str, **other: str) -> dict[str, str]:
        """A browser comes, its user signs in; what it is sent back with. `other`: changed on the
        way."""
        assert address.startswith(f"{ISSUER}/authorize?")
        self.asked = dict(parse_qsl(urlsplit(address).query))
        return {"code": CODE, "state": self.asked["state"], **other}

    def token(self) -> str:
        now = self.clock.now()
        usual = {
            "iss": ISSUER,
            "aud": self.settings.client_id,
            "sub": "8f3c",
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=5)).timestamp()),
            "nonce": self.asked.get("nonce"),
            "name": "Lin Wei 林伟",
            "staff_id": "s1",
            "aftercare": [f"agent@{MINE}", "events:write@*", 7],
        }
        told = {name: value for name, value in (usual | self.claims).items() if value is not None}
        return self.signer.token(told)

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.get(DOCUMENT)
        async def document() -> Response:
            usual = {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "userinfo_endpoint": f"{ISSUER}/userinfo",
                "jwks_uri": f"{ISSUER}/keys",
            }
            return self._answer(usual | self.document)

        @app.get("/keys")
        async def keys() -> Response:
            shown = self.published or [self.signer]
            return self._answer({"keys": [each.jwk() for each in shown]})

        @app.get("/userinfo")
        async def userinfo(request: Request) -> Response:
            assert request.headers["authorization"] == "Bearer the-access-token"
            return self._answer({"sub": "8f3c"} | self.userinfo)

        @app.post("/token")
        async def token(request: Request) -> Response:
            form = parse_qs((await request.body()).decode())
            self.exchanged, self.authorization = form, request.headers.get("authorization")
            digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if form["code"] != [CODE] or challenge != self.asked["code_challenge"]:
                return Response(json.dumps({"error": "invalid_grant"}), status_code=400)
            return self._answer(
                {
                    "access_token": "the-access-token",
                    "token_type": "Bearer",
                    "id_token": self.token(),
                }
            )

        return app

    def _answer(self, told: dict[str, Any]) -> Response:
        return Response(json.dumps(told), self.status, media_type="application/json")


def back_with(found: dict[str, str]) -> str:
    """The address on the desk that the browser is sent back to."""
    return f"/sign-in/elsewhere/back?{urlencode(found)}"
