"""Every route of the desk, and what whoever asks for it has to be allowed."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from services.desk.domain.allowed import Act
from tests.access.dealers import MINE

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
    streams: bool = False
    """It never ends: that it is answered is tested elsewhere."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


AT_DEALER = "/d/{group}/{dealer}"
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
    DeskRoute("GET", f"{AT_DEALER}/manager", ("see_the_team",)),
    DeskRoute("GET", f"{AT_DEALER}/manager/satisfaction", ("see_the_team",)),
    DeskRoute("GET", f"{AT_DEALER}/manager/customers", ("see_the_team",)),
    DeskRoute("GET", f"{AT_DEALER}/manager/customers/list", ("see_the_team",)),
    DeskRoute("GET", f"{AT_DEALER}/manager/tasks", ("see_the_team",)),
    DeskRoute("POST", f"{AT_DEALER}/manager/tasks", ("assign_tasks",)),
    DeskRoute("GET", f"{AT_DEALER}/exports", ("export",)),
    DeskRoute("POST", f"{AT_DEALER}/exports", ("export",)),
    DeskRoute(
        "GET", "/live", ("to be signed in",), f"/live?dealer={MINE}&shows=tasks", streams=True
    ),
    DeskRoute(
        "GET",
        f"{AT_DEALER}/present",
        ("see_customers",),
        f"/d/{MINE}/present?about=customer:{MINE}/cdk/C1",
    ),
)
