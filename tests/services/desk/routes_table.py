"""Every route of the desk, and what whoever asks for it has to be allowed."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from services.desk.domain.allowed import Act

Needed: TypeAlias = Act | Literal["nothing", "to be signed in", "a key"]


@dataclass(frozen=True, slots=True)
class DeskRoute:
    """One of them."""

    method: str
    path: str
    needs: tuple[Needed, ...]
    """Any of them; acts at the dealer of the address, or, where it has none, at some dealer."""
    url: str = ""
    """As it is asked for; else the path with a dealer and a customer of the rig."""
    also: tuple[Act, ...] = ()
    """All of these beside."""
    streams: bool = False
    """It never ends: that it is answered is tested elsewhere."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


AT_DEALER = "/d/{group}/{dealer}"
CASE = f"{AT_DEALER}/cases/{{source}}/{{number:path}}"
ROUTES = (
    DeskRoute("GET", "/health/live", ("nothing",)),
    DeskRoute("GET", "/health/ready", ("nothing",)),
    DeskRoute("GET", "/metrics", ("a key",)),
    DeskRoute("GET", "/static/{mark}/{name}", ("nothing",), "/static/0/desk.css"),
    DeskRoute("GET", "/sign-in", ("nothing",)),
    DeskRoute("POST", "/sign-in", ("nothing",)),
    DeskRoute("GET", "/sign-in/elsewhere", ("nothing",)),
    DeskRoute("GET", "/sign-in/elsewhere/back", ("nothing",)),
    DeskRoute("POST", "/sign-out", ("to be signed in",)),
    DeskRoute("GET", "/", ("to be signed in",)),
    DeskRoute("POST", "/language", ("to be signed in",)),
    DeskRoute("GET", "/password", ("to be signed in",)),
    DeskRoute("POST", "/password", ("to be signed in",)),
    DeskRoute("POST", "/password/elsewhere", ("to be signed in",)),
    DeskRoute("GET", "/trail", ("see_the_trail",)),
    DeskRoute("POST", "/trail", ("see_the_trail",)),
    DeskRoute("POST", "/trail/export", ("see_the_trail",)),
    DeskRoute("POST", "/trail/verify", ("see_the_trail",)),
    DeskRoute("GET", AT_DEALER, ("see_tasks", "see_customers", "see_the_trail")),
    DeskRoute("GET", f"{AT_DEALER}/today", ("see_tasks",)),
    DeskRoute("GET", f"{AT_DEALER}/complaints", ("see_complaints",)),
    DeskRoute("GET", CASE, ("see_complaints",)),
    DeskRoute("POST", CASE, ("work_on_complaints",)),
    DeskRoute("GET", f"{CASE}/print", ("see_complaints",)),
    DeskRoute("GET", f"{CASE}/narrative", ("see_complaints",)),
    DeskRoute("POST", f"{CASE}/narrative", ("see_narratives",), also=("see_complaints",)),
    DeskRoute(
        "GET", f"{AT_DEALER}/file-complaint/{{source}}/{{number:path}}", ("file_complaints",)
    ),
    DeskRoute(
        "POST", f"{AT_DEALER}/file-complaint/{{source}}/{{number:path}}", ("file_complaints",)
    ),
)
