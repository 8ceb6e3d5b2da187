"""`aftercare tokens`: who may use the services' endpoints for a while."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import configuration
from deploy.cli.terminal import warn, write, write_text
from deploy.cli.tokens.work import make_key, read_key, together
from shared.auth.principal import WrongGrant
from shared.auth.roles import granted
from shared.auth.tokens import LONGEST, MOST_OF_A_SUBJECT
from shared.platform.signing import public_part, signed
from shared.time.clock import SystemClock

app = typer.Typer(help="Tokens of people and services, signed by us.", no_args_is_help=True)

_LONGEST = LONGEST // timedelta(minutes=1)

File = Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key is, in PEM.")]
Others = Annotated[
    Path | None,
    typer.Option("--with", help="Show the keys of this JWKS too, so that they stay accepted."),
]
KeyFile = Annotated[Path, typer.Option("--key", help="The private key to sign it with.")]
Subject = Annotated[str, typer.Option(help="Whom it is for: an id, not a name.")]
Grants = Annotated[
    list[str],
    typer.Option("--grant", help="ROLE@DEALERS or SCOPE@DEALERS; again for more."),
]
Minutes = Annotated[int, typer.Option(min=1, max=_LONGEST, help="How long it is good for.")]


@app.command("key")
def key(file: File, others: Others = None) -> None:
    """Make a key to sign tokens with, unless it is there, and show its public part as a JWKS.

    The services read that from the file that AFTERCARE_AUTH__JWKS_FILE names.
    """
    made = read_key(file) if file.exists() else make_key(file)
    shown = together(public_part(made), others)
    write_text(json.dumps(shown, indent=2) + "\n")


@app.command("issue")
def issue(key: KeyFile, subject: Subject, grants: Grants, minutes: Minutes = 15) -> None:
    """Sign a token, and show it. Nobody can revoke it."""
    settings = configuration.auth_settings()
    if not 0 < len(subject) <= MOST_OF_A_SUBJECT or not subject.isprintable():
        raise typer.BadParameter(
            f"1 to {MOST_OF_A_SUBJECT} printable characters", param_hint="--subject"
        )
    for text in grants:
        try:
            granted(text)
        except WrongGrant as wrong:
            raise typer.BadParameter(str(wrong), param_hint="--grant") from None
    now = SystemClock().now()
    expires_at = now + timedelta(minutes=minutes)
    claims = {
        "iss": settings.jwks_issuer,
        "aud": settings.audience,
        "sub": subject,
        "iat": int(now.timestamp()),
        "exp": int(expires_at.timestamp()),
        settings.claim: grants,
    }
    write([signed(read_key(key), claims)])
    warn([f"whoever has it may do this until {expires_at:%Y-%m-%d %H:%M} UTC"])
