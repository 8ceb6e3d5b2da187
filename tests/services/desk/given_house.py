"""A desk over a dealer where much has happened: whatever its screens can say, they say somewhere.

Who people are, and what they wrote, is in the language of who reads: what is left in the other one
is the desk's own.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.desk.adapters.users import StoredUser
from services.desk.domain.find.documents import KeptDocument, KeptKind
from services.desk.domain.trail import TRAIL_ACTS
from services.desk.domain.users import Language, User
from services.desk.views.exports import EXPORTS
from services.desk.views.trail_words import ABOUT, SPOKEN_OF
from shared.contracts.envelope import Event
from shared.contracts.intake import KnownVehicle, PhoneNumber
from tests.access.dealers import MINE, SISTER
from tests.access.services import NOW, followup_with
from tests.services.desk.cases import Complaints, step
from tests.services.desk.given_customers import VIN, WANG, customer
from tests.services.desk.rig import BASE, Browser, Rig
from tests.services.followup import given as followup_story
from tests.services.followup.given_leads import lead

EVERYTHING = (f"manager@{MINE}", f"manager@{SISTER}", "admin@*")
STAFF_MET = ("s-chen", "s-gone", "seller")
"""Staff ids in what the services say; who the second is does not work here any more."""


@dataclass(frozen=True, slots=True)
class HouseWords:
    """What people are called, and wrote."""

    customer: str
    plate: str
    car: str
    said: str


WORDS: dict[Language, HouseWords] = {
    "en": HouseWords("Wang Xiaoming", "SHA 12345", "Lanting", "It squeals."),
    "zh": HouseWords("王小明", "沪A12345", "兰亭", "有异响。"),
}
STAFF: dict[Language, dict[str, str]] = {
    "en": {"s-lin": "Lin Wei", "s-chen": "Chen Hao", "s-gone": "Zhao Lei", "seller": "Sun Li"},
    "zh": {"s-lin": "林薇", "s-chen": "陈浩", "s-gone": "赵磊", "seller": "孙丽"},
}


@dataclass
class House:
    """The desk, and its complaints."""

    rig: Rig
    complaints: Complaints
    language: Language

    @classmethod
    async def open(cls, folder: Path, language: Language) -> "House":
        """With staff, customers, documents, tasks, complaints and a trail."""
        rig = await Rig.open(folder)
        house = cls(rig, Complaints.at(rig), language)
        words = WORDS[language]
        await house._staff()
        for key in (WANG, f"{MINE}/cdk/C2", f"{SISTER}/berlinonly/C1"):
            rig.directory.known[key] = customer(
                key,
                name=words.customer,
                area=words.said,
                language="zh-CN",
                phones=(
                    PhoneNumber(kind="mobile", e164="+8613812341234", verified=True),
                    PhoneNumber(kind="work", e164="+862112345678"),
                ),
                vehicles={VIN: KnownVehicle(plate=words.plate, make=None, model=words.car)},
            )
        rig.directory.kept += _documents()
        await rig.houses.tell("followup", followup_with(*_followed()))
        for act in TRAIL_ACTS:
            await rig.trail.note(house.user, MINE, act, "")
        for about in ABOUT:
            await rig.trail.note(house.user, MINE, "saw_list", about)
        for table in EXPORTS:
            await rig.trail.note(house.user, MINE, "exported", f"{table}.xlsx", how="rows: 1")
        for how in (*SPOKEN_OF, "hits: 1"):
            await rig.trail.note(house.user, MINE, "reported", "", how=how)
        return house

    @property
    def user(self) -> User:
        return User(username="lin", name=STAFF[self.language]["s-lin"], staff_id="s-lin", grants=())

    async def worked_on(self) -> list[str]:
        """The addresses of complaints at which steps were taken: one was closed and reopened, one
        is on hold, one merged, all are overdue."""
        said = WORDS[self.language].said
        more = {"narrative": said, "desired_outcome": "refund"}
        file = self.complaints.filed
        places = [
            await file("N1", category="workshop-quality", department="service", **more),
            await file("N2", category="price", severity="major", owner="s-gone", **more),
            await file("N3", category="delivery", channel="app", regulator_ref="12315-9", **more),
            await file("N4", category="other", channel="in_store", **more),
            await file("N5", category="parts", channel="regulator", **more),
        ]
        first, second, third, fourth, _ = places
        async with self.reader() as browser:
            for name in ("contacted", "answered", "resolved"):
                await step(browser, first, name)
            await step(browser, first, "called_back", satisfied="yes")
            await step(browser, second, "reassigned", assigned_to="s-chen")
            await step(browser, second, "held", reason="waiting-for-parts")
            await step(browser, third, "demanded", reason="exchange")
            await step(browser, third, "regraded", severity="major")
            await step(browser, fourth, "merged", merged_into="N3")
        self.rig.houses.clock.advance(timedelta(days=4))
        await self.complaints.store.wake()
        async with self.reader() as browser:
            await step(browser, third, "acknowledged")
            await step(browser, first, "reopened", reason="")
        return places

    def reader(self) -> AbstractAsyncContextManager[Browser]:
        """The browser of who may see all."""
        return self.rig.browser(*EVERYTHING, name=self.user.name, language=self.language)

    async def _staff(self) -> None:
        for staff_id, name in STAFF[self.language].items():
            user = User(username=staff_id, name=name, staff_id=staff_id, grants=(f"agent@{MINE}",))
            gone = NOW if staff_id == "s-gone" else None
            await self.rig.users.save(StoredUser(user=user, disabled_at=gone))


def _followed() -> list[Event[Any]]:
    return [
        followup_story.visit("2025-05-20", "R2", recommended=[followup_story.advised("B2")]),
        followup_story.survey(
            "2025-05-29", 6, kind="csi", items={"on_time": 5, "explanation": 7, "reception": 9}
        ),
        followup_story.survey("2025-05-30", 9, "S2", kind="ssi", items={"delivery": 9}),
        followup_story.outcome(
            "2025-05-31", "service_satisfaction/visit/R1", "not_reached", by="s-gone"
        ),
        lead("2025-05-20", "L2", status="lost", since="2025-05-28", reason="price"),
        followup_story.consent("2025-05-15", opt_outs=("sms",)),
        followup_story.scored(1, 70, grade="quality", risk="due"),
    ]


def _documents() -> list[KeptDocument]:
    said: dict[KeptKind, dict[str, object]] = {
        "sale": {"status": "delivered", "vin": VIN, "role": "buyer"},
        "visit": {
            "status": "in_progress",
            "paid": "1800.50",
            "currency": "CNY",
            "odometer_km": 12345,
            "declined": ["B2"],
        },
        "complaint": {
            "status": "open",
            "category": "workshop-quality",
            "channel": "in_store",
            "severity": "major",
        },
        "consent": {"do_not_contact": False, "opt_outs": ["sms", "post"]},
        "survey": {
            "survey": "csi",
            "overall": 8.5,
            "items": {"on_time": 7.0, "fixed_first_time": 9.0},
        },
        "task-outcome": {"outcome": "declined", "channel": "phone", "by": "s-gone"},
        "referral": {"role": "referred", "other": f"{SISTER}/berlinonly/C1"},
        "lead": {"status": "quasi_lost", "channel": "walk_in"},
    }
    return [
        KeptDocument(
            document_id=f"{MINE}/cdk/{kind}/X{at}",
            customer_key=WANG,
            dealer_id=MINE,
            version="1",
            kind=kind,
            at=NOW - timedelta(days=at),
            said=said[kind],
        )
        for at, kind in enumerate(said)
    ]


ADDRESSES = (
    f"{BASE}/today?whose=all",
    f"{BASE}/today?whose=nobody&overdue=true",
    f"{BASE}/today?whose=role&role=sales_consultant&grade=quality",
    f"{BASE}/complaints?show=all",
    f"{BASE}/complaints?show=broken",
    f"{BASE}/complaints?did=regraded&of=N5",
    f"{BASE}/customers/cdk/C1?done=corrected&late=true&left_out=email,birth_year",
    f"{BASE}/customers/cdk/C1?done=consent",
    f"{BASE}/manager/customers/list?sort=risk",
    f"{BASE}/manager/tasks?person=s-gone",
    "/find?phone=13812341234",
    "/find?phone=13800000000",
    "/nowhere",
    f"{BASE}/cases/cdk/nowhere",
)
"""Besides those of the table of routes."""
