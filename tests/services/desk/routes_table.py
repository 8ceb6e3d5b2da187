"""Every route of the desk, and what whoever asks for it has to be allowed."""

import re
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
    """As it is asked for, of the rig's first dealer; else the path with that and a customer."""
    streams: bool = False
    """It never ends: that it is answered is tested elsewhere."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def asked(self) -> str:
        """The address by which tests ask for it."""
        return self.url or re.sub(r"\{(\w+)(:path)?\}", lambda found: _FILLED[found[1]], self.path)


_FILLED = {
    "group": MINE.split("/")[0],
    "dealer": MINE.split("/")[1],
    "source": "cdk",
    "number": "C1",
}


AT_DEALER = "/d/{group}/{dealer}"
NUMBERED = "{source}/{number:path}"
CUSTOMER = f"{AT_DEALER}/customers/{NUMBERED}"
CASE = f"{AT_DEALER}/cases/{NUMBERED}"
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
    DeskRoute("GET", f"{AT_DEALER}/today/next", ("see_tasks",)),
    DeskRoute("GET", f"{AT_DEALER}/calls/{NUMBERED}", ("see_tasks",)),
    DeskRoute("POST", f"{AT_DEALER}/calls/{NUMBERED}", ("do_tasks",)),
    DeskRoute("POST", f"{AT_DEALER}/assignments/{NUMBERED}", ("do_tasks",)),
    DeskRoute("POST", f"{AT_DEALER}/consents/{NUMBERED}", ("record_consent",)),
    DeskRoute("GET", "/find", ("nothing",)),
    DeskRoute("GET", "/find/{caller}", ("see_customers",), "/find/a-caller"),
    DeskRoute("GET", f"{AT_DEALER}/find", ("see_customers",)),
    DeskRoute("POST", f"{AT_DEALER}/find", ("see_customers",)),
    DeskRoute("GET", CUSTOMER, ("see_customers",)),
    DeskRoute("GET", f"{CUSTOMER}/show", ("see_customers",)),
    DeskRoute("POST", f"{CUSTOMER}/show", ("see_customers",)),
    DeskRoute("GET", f"{CUSTOMER}/correct", ("see_customers",)),
    DeskRoute("POST", f"{CUSTOMER}/correct", ("correct_customers",)),
    DeskRoute("GET", f"{CUSTOMER}/consent", ("see_customers",)),
    DeskRoute("POST", f"{CUSTOMER}/consent", ("record_consent",)),
    DeskRoute("GET", f"{AT_DEALER}/complaints", ("see_complaints",)),
    DeskRoute("GET", CASE, ("see_complaints",)),
    DeskRoute("POST", CASE, ("work_on_complaints",)),
    DeskRoute("GET", f"{CASE}/print", ("see_complaints",)),
    DeskRoute("GET", f"{CASE}/narrative", ("see_complaints", "see_narratives")),
    DeskRoute("POST", f"{CASE}/narrative", ("see_complaints", "see_narratives")),
    DeskRoute("GET", f"{AT_DEALER}/file-complaint/{NUMBERED}", ("file_complaints",)),
    DeskRoute("POST", f"{AT_DEALER}/file-complaint/{NUMBERED}", ("file_complaints",)),
    DeskRoute("GET", f"{AT_DEALER}/manager", ("see_the_team",)),
    DeskRoute("GET", f"{AT_DEALER}/manager/satisfaction", ("see_the_team",)),
    DeskRoute("GET", f"{AT_DEALER}/manager/customers", ("see_the_team",)),
    DeskRoute("GET", f"{AT_DEALER}/manager/customers/list", ("see_the_team",)),
    DeskRoute(
        "GET",
        f"{AT_DEALER}/manager/satisfaction/answers",
        ("see_the_team",),
        f"/d/{MINE}/manager/satisfaction/answers?survey=csi",
    ),
    DeskRoute("GET", f"{AT_DEALER}/manager/customers/leads", ("see_the_team",)),
    DeskRoute("GET", f"{AT_DEALER}/manager/customers/moves", ("see_the_team",)),
    DeskRoute(
        "GET",
        f"{AT_DEALER}/manager/done",
        ("see_the_team",),
        f"/d/{MINE}/manager/done?person=s-1",
    ),
    DeskRoute("GET", f"{AT_DEALER}/manager/tasks", ("assign_tasks",)),
    DeskRoute("POST", f"{AT_DEALER}/manager/tasks", ("assign_tasks",)),
    DeskRoute("GET", f"{AT_DEALER}/exports", ("export",)),
    DeskRoute("POST", f"{AT_DEALER}/exports", ("export",)),
    DeskRoute(
        "GET",
        f"{AT_DEALER}/present",
        ("see_customers",),
        f"/d/{MINE}/present?about=customer:{MINE}/cdk/C1",
    ),
    DeskRoute("GET", "/live", ("to be signed in",), f"/live?dealer={MINE}", streams=True),
)
