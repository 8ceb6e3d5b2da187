"""One customer, one conversation: what is put together, what waits, and in which words."""

from datetime import time

from services.followup.domain.offsets import TaskOffset
from services.followup.domain.policy import FollowUpPolicy
from tests.services.followup.given import at, consent, delivery, given, local, outcome, visit
from tests.services.followup.given_plans import CALL_BACK, case, graded, known, rule

ASK = rule("ask", "closing", "owed", 1, 3)
LATER = rule("later", "closing", "owed", 5, 7)
SOON = rule("later", "closing", "reminding", 5, 7)
FAR = rule("far", "closing", "owed", 20, 25)
REMIND = rule("remind", "closing", "reminding", 20, 30)
OFFER = rule("offer", "closing", "selling", 20, 40, instead=("email",))


def by(*rules: object, **more: object) -> FollowUpPolicy:
    return FollowUpPolicy.model_validate({"rules": rules, **more})


def test_what_is_due_within_days_is_one_conversation_at_once() -> None:
    story = (
        given(visit("2025-01-10"))
        .by(by(ASK, SOON, FAR, contact_gap_days=1))
        .when("2025-01-11 17:00")
    )
    assert story.conversations == ["ask/R1 + later/R1"]
    [task] = story.tasks
    assert (local(task.due_at), len(task.purposes)) == ("2025-01-13 18:00", 2)
    assert task.why_now[1].en == "Put together with “later”, as they are due within 5 days"


def test_what_is_owed_is_said_in_its_own_time() -> None:
    """Who was just served is not asked how it went because something else is due."""
    story = given(visit("2025-01-10")).by(by(ASK, LATER)).when("2025-01-15 08:59")
    assert story.conversations == ["ask/R1"]
    assert story.when("2025-01-15 09:00").conversations == ["ask/R1 + later/R1"]


def test_a_conversation_ends_for_all_that_it_is_for() -> None:
    story = given(visit("2025-01-10"), outcome("2025-01-15 10:00", "later/visit/R1", "done"))
    story.by(by(ASK, LATER)).when("2025-01-16").then("ask/R1 done: done", "later/R1 done: done")


def test_urgent_ones_are_conversations_of_their_own_at_any_hour() -> None:
    urgent = CALL_BACK.model_copy(update={"opens": ASK.opens.model_copy(update={"at": time(3)})})
    story = given(visit("2025-01-10")).by(by(ASK, urgent)).when("2025-01-11 03:00")
    assert story.conversations == ["call_back/R1"]
    assert sorted(story.when("2025-01-11 09:00").conversations) == ["ask/R1", "call_back/R1"]


def test_after_a_contact_others_wait_for_fourteen_days() -> None:
    soon = rule("soon", "closing", "reminding", 2, 30)
    story = given(visit("2025-01-10 17:00")).by(by(soon)).when("2025-01-12 09:00").then()
    assert story.silences == {"soon/R1": "recent_contact until 2025-01-24 17:00"}
    story.when("2025-01-24 16:59").then()
    story.when("2025-01-24 17:00").then("soon/R1 open")
    assert (
        story.tasks[0].why_now[1].en.startswith("Held back until 2025-01-24: There was a contact")
    )


def test_one_that_comes_once_in_a_while_waits_for_the_other_and_then_joins_it() -> None:
    story = given(visit("2025-01-10")).by(by(REMIND, OFFER)).when("2025-02-01")
    story.then("remind/R1 open")
    assert story.silences == {"offer/R1": "other_conversation until 2025-02-13 09:00"}
    assert story.when("2025-02-13 09:00").conversations == ["remind/R1 + offer/R1"]


def test_selling_is_silent_while_a_complaint_is_open_and_goes_on_after() -> None:
    story = known(
        given(visit("2025-01-10")), case((at("2025-02-01"), at("2025-02-10"))), graded("quality")
    ).by(by(OFFER))
    story.when("2025-01-31").then("offer/R1 open")
    story.when("2025-02-01").then("offer/R1 cancelled: complaint_open")
    assert story.silences == {"offer/R1": "complaint_open until 2025-02-10 17:00"}
    story.when("2025-02-13 09:00").then("offer/R1 open")


def test_what_waited_beyond_its_day_is_never_said() -> None:
    story = known(given(visit("2025-01-10")), case((at("2025-01-20"), None))).by(by(OFFER))
    assert story.when("2025-02-19 17:59").silences == {"offer/R1": "complaint_open"}
    story.when("2025-02-19 18:00").then()
    assert story.silences == {"offer/R1": "window_passed"}


def test_a_refusal_that_is_lifted_in_time_holds_back_no_longer() -> None:
    never, again = consent("2025-01-10", "N1", do_not_contact=True), consent("2025-01-12", "N2")
    story = given(visit("2025-01-10"), never, again).by(by(ASK))
    assert story.when("2025-01-11 12:00").then().silences == {"ask/R1": "do_not_contact"}
    story.when("2025-01-12 17:00").then("ask/R1 open")


def test_another_way_is_taken_where_the_first_is_refused() -> None:
    refuses = consent("2025-01-15", opt_outs=("phone",))
    story = given(visit("2025-01-10"), refuses).by(by(OFFER)).when("2025-01-30 09:00")
    [task] = story.tasks
    assert task.channel == "email"
    assert task.why_now[-1].en == "By e-mail, as they refuse to be contacted by phone"


def test_a_call_back_is_made_though_they_want_no_contact_but_by_no_refused_channel() -> None:
    never = consent("2025-01-10", do_not_contact=True)
    given(visit("2025-01-10"), never).by(by(CALL_BACK)).when("2025-01-13").then("call_back/R1 open")
    nohow = consent("2025-01-10", do_not_contact=True, opt_outs=("email",))
    given(visit("2025-01-10"), nohow).by(by(CALL_BACK)).when("2025-01-13").then()


def test_it_opens_when_the_dealer_does_and_is_due_that_day_at_the_earliest() -> None:
    at_once = {"opens": TaskOffset(), "due": TaskOffset(hours=2)}
    thanks = rule("thanks", "delivery", "owed", 0, 1).model_copy(update=at_once)
    story = given(delivery("2025-01-10 20:00")).by(by(thanks)).when("2025-01-10 23:00").then()
    story.next_due("2025-01-11 09:00")
    [task] = story.when("2025-01-11 09:00").tasks
    assert (local(task.opens_at), local(task.due_at)) == ("2025-01-11 09:00", "2025-01-11 18:00")
    assert task.why_now[1].en == "Opened on 2025-01-11 at 09:00, when the dealer opens"
