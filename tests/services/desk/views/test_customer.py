"""What is shown of a customer: masked or not, and where each document is to be seen."""

from functools import partial

import pytest

from services.desk.domain.find.documents import KeptDocument
from services.desk.views.customer import (
    PartOfCustomer,
    allowed_now,
    anchors,
    car_words,
    cases_of_steps,
    document_place,
    listed,
    particulars,
    reason_lines,
    veiled,
)
from shared.contracts.http.followup import AllowedContact
from shared.contracts.http.scoring import ExplainedReason, ReasonPart
from tests.access.services import NOW
from tests.services.desk.given_customers import DEALER, OTHER_DEALER, VIN, WANG, customer
from tests.services.desk.given_tasks import plan

VISIT = f"{DEALER}/cdk/visit/RO-1"


def kept(document_id: str, kind: str = "visit", **said: object) -> KeptDocument:
    return KeptDocument(
        document_id=document_id,
        customer_key=WANG,
        dealer_id=DEALER,
        version="1",
        kind=kind,  # type: ignore[arg-type]
        at=NOW,
        said=said,
    )


def test_particulars_are_masked_and_shown() -> None:
    masked = particulars(customer(), None, shown=False)
    assert masked.phones == (("mobile", "+86****1234", False),)
    assert (masked.cars[0].vin, masked.cars[0].plate) == ("***********100606", "沪A***45")
    assert masked.email == "x****@example.cn"
    shown = particulars(customer(), None, shown=True)
    assert (shown.phones[0][1], shown.cars[0].vin) == ("+8613812341234", VIN)
    assert "13812341234" not in repr(shown)


def test_what_services_say_of_cars_is_masked_too() -> None:
    said = veiled(f"{VIN} (沪A12345) is due", customer())
    assert said == "***********100606 (沪A***45) is due"


def test_a_document_leads_to_its_place() -> None:
    places = anchors([kept(VISIT)])
    assert document_place(VISIT, places, DEALER, {}).href == "#document-1"
    case = document_place(f"{DEALER}/cdk/complaint/K-1", places, DEALER, {})
    assert case.href == f"/d/{DEALER}/cases/cdk/K-1"
    elsewhere = document_place(f"{OTHER_DEALER}/cdk/complaint/K-1", places, DEALER, {})
    assert (elsewhere.href, elsewhere.dealer_id, elsewhere.number) == (None, OTHER_DEALER, "K-1")


def test_a_step_on_a_complaint_leads_to_its_case_and_has_no_row() -> None:
    step, case = f"{DEALER}/desk/complaint-step/cdk%2FK-1/7", f"{DEALER}/cdk/complaint/K-1"
    documents = [kept(step, "complaint-step", case_id=case), kept(VISIT)]
    assert [each.document_id for each in listed(documents)] == [VISIT]
    found = document_place(step, {}, DEALER, cases_of_steps(documents))
    assert found.href == f"/d/{DEALER}/cases/cdk/K-1"


def test_a_document_is_of_a_car_that_is_masked_like_the_others() -> None:
    assert car_words(customer(), VIN, shown=False) == "Sunrise Lanting 沪A***45"
    assert car_words(customer(), VIN, shown=True) == "Sunrise Lanting 沪A12345"
    assert car_words(customer(), "LSVAU2180N2000001", shown=False) == "***********000001"
    assert car_words(customer(), None, shown=True) == ""


def test_reasons_come_by_axis_the_weightiest_first_down_to_their_documents() -> None:
    def reason(rule: str, points: int, *parts: ReasonPart) -> ExplainedReason:
        return ExplainedReason(axis="loyalty", rule=rule, points=points, parts=parts)

    part = ReasonPart(document_id=VISIT, points=-9)
    rest = ReasonPart(document_id=None, points=1)
    where = partial(document_place, places={VISIT: "d"}, dealer_id=DEALER, steps={})
    lines = reason_lines([reason("a", 3), reason("b", -8, part, rest)], where)
    assert [each.reason.rule for each in lines["loyalty"]] == ["b", "a"]
    (first, nine), (nothing, one) = lines["loyalty"][0].documents
    assert first is not None
    assert (first.href, nine, nothing, one) == ("#d", -9, None, 1)
    assert lines["value"] == []


def test_what_they_allow_is_what_followup_has() -> None:
    known = customer(opt_outs=("email",))
    found = plan(allowed=AllowedContact(opt_outs=("sms",), said_at=NOW))
    allowed = allowed_now(PartOfCustomer(found), known, [])
    assert (allowed.is_known, allowed.opt_outs, allowed.mark) == (True, ("sms",), "yes|sms")
    said_nothing = allowed_now(PartOfCustomer(None), known, [])
    assert (said_nothing.is_known, said_nothing.opt_outs) == (True, ("email",))


@pytest.mark.parametrize("why", ["away", "hidden", "late"])
def test_where_followup_does_not_tell_a_refusal_of_all_contact_holds(why: str) -> None:
    late = PartOfCustomer(plan(), holds=False)
    part = late if why == "late" else PartOfCustomer(None, **{why: True})
    silent = kept("d/3", "consent", opt_outs=["sms"])
    yes, no = kept("d/2", "consent", do_not_contact=True), kept("d/1", "consent")
    allowed = allowed_now(part, customer(), [silent, yes, no])
    assert (allowed.is_known, allowed.do_not_contact, allowed.mark) == (False, True, "")
    later = kept("d/4", "consent", do_not_contact=False)
    assert not allowed_now(part, customer(), [later, yes]).do_not_contact
    assert not allowed_now(part, customer(), []).do_not_contact
