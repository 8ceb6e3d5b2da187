"""The endpoints of what a dealer's figures are made of: answers, leads, and with whom somebody is
done today."""

from fastapi import APIRouter

from services.followup.adapters.parameters import (
    DEFAULT_LIMIT,
    After,
    InFigure,
    IsLow,
    LostBecause,
    OfChannel,
    OfGrade,
    OfItem,
    OfSurvey,
    PageLimit,
    WhoIsDone,
)
from services.followup.adapters.reading import months_of, page_behind
from services.followup.domain.facts import FollowUpFacts
from services.followup.views.figure_lines import AskedAnswers, AskedDone, AskedLeadLines
from shared.contracts.http.followup_figures import DoneToday, Leads, SurveyAnswers
from shared.dealers.dealer import Dealers
from shared.platform.asked import OF_A_DEALER, FromMonth, ToMonth
from shared.platform.needs import in_path, needs
from shared.runtime import Reader, known_dealer
from shared.time.clock import TimeSource


def routes_behind_figures(
    router: APIRouter, reader: Reader[FollowUpFacts], clock: TimeSource, dealers: Dealers
) -> None:
    """Adds them to `router`."""
    _route_of_answers(router, reader, clock, dealers)
    _route_of_leads(router, reader, clock, dealers)
    _route_of_who_is_done(router, reader, clock, dealers)


def _route_of_answers(
    router: APIRouter, reader: Reader[FollowUpFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/satisfaction/answers",
        dependencies=[needs("tasks:read", in_path)],
        summary="The answers that satisfaction figures are made of, the newest first",
        responses=OF_A_DEALER,
    )
    async def answers(
        group: str,
        dealer: str,
        *,
        survey: OfSurvey,
        item: OfItem = None,
        is_low: IsLow = None,
        first: FromMonth = None,
        last: ToMonth = None,
        after: After = "",
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> SurveyAnswers:
        """As the figures count them. Where not all of a month are asked for, a page may be shorter
        than asked for and still have an `after`."""
        dealer_id, now = known_dealer(reader, group, dealer), clock.now()
        zone = dealers.zone_of(dealer_id)
        months = months_of(first, last, now, zone)
        asked = AskedAnswers(
            dealer_id=dealer_id, months=months, zone=zone, survey=survey, item=item, is_low=is_low
        )
        return await page_behind(reader, asked, after, limit, now)


def _route_of_leads(
    router: APIRouter, reader: Reader[FollowUpFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/leads/list",
        dependencies=[needs("tasks:read", in_path)],
        summary="The leads that the figures of leads are made of, the newest first",
        responses=OF_A_DEALER,
    )
    async def leads(
        group: str,
        dealer: str,
        *,
        figure: InFigure = "leads",
        reason: LostBecause = None,
        channel: OfChannel = None,
        grade: OfGrade = None,
        first: FromMonth = None,
        last: ToMonth = None,
        after: After = "",
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Leads:
        """As the figures count them, by the month in which they came; in pages as answers are."""
        dealer_id, now = known_dealer(reader, group, dealer), clock.now()
        zone = dealers.zone_of(dealer_id)
        asked = AskedLeadLines(
            dealer_id=dealer_id,
            months=months_of(first, last, now, zone),
            zone=zone,
            figure=figure,
            reason=reason,
            channel=channel,
            grade=grade,
        )
        return await page_behind(reader, asked, after, limit, now)


def _route_of_who_is_done(
    router: APIRouter, reader: Reader[FollowUpFacts], clock: TimeSource, dealers: Dealers
) -> None:
    @router.get(
        "/dealers/{group}/{dealer}/tasks/done",
        dependencies=[needs("tasks:read", in_path)],
        summary="The customers with whom a person is done today, the last one first",
        responses=OF_A_DEALER,
    )
    async def done(
        group: str,
        dealer: str,
        *,
        person: WhoIsDone,
        after: After = "",
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> DoneToday:
        dealer_id, now = known_dealer(reader, group, dealer), clock.now()
        zone = dealers.zone_of(dealer_id)
        asked = AskedDone(dealer_id=dealer_id, person=person, now=now, zone=zone)
        return await page_behind(reader, asked, after, limit, now)
