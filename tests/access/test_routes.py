"""Every route of every service, asked with every key that is not good for it."""

import base64
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from shared.auth.scopes import OF_A_SOURCE, OF_ALL
from shared.platform.needs import needed_by
from tests.access.dealers import EVERY, MINE, SISTER, SOURCES, STRANGER, bearer, marks_in
from tests.access.services import SERVICES, Houses
from tests.access.table import DOCUMENTS, HEALTH, ROWS, WEBHOOKS, Row

each_row = pytest.mark.parametrize("row", ROWS, ids=str)
each_service = pytest.mark.parametrize("service", SERVICES)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def houses(tmp_path: Path, request: pytest.FixtureRequest) -> Houses:
    """The service that the test is about."""
    about = request.node.callspec.params
    return await Houses.open(tmp_path, about["row"].service if "row" in about else about["service"])


def basic(key: str) -> dict[str, str]:
    """As a browser shows a key: it is the password."""
    return {"authorization": "Basic " + base64.b64encode(f"me:{key}".encode()).decode()}


def may(houses: Houses, row: Row) -> dict[str, str]:
    """Shows a key that is good for the row, and for no more."""
    assert row.scope is not None
    dealers = ["*"] if row.whose == "everybody's" else [MINE]
    return bearer(houses.holders.key(row.scope, dealers=dealers))


@each_service
async def test_the_table_has_every_route_and_no_other(houses: Houses, service: str) -> None:
    """Whoever adds a route says here who may ask for it."""
    apis, others = set(), set()
    for context in iter_route_contexts(houses.apps[service].routes):
        if isinstance(context.original_route, APIRoute) and context.path not in DOCUMENTS:
            apis |= {(service, method, context.path) for method in context.methods or ()}
        else:
            others.add(context.path)
    table = {(row.service, row.method, row.path) for row in ROWS} | WEBHOOKS
    health = {(service, "GET", path) for path in HEALTH}
    assert apis == {each for each in table if each[0] == service} | health
    assert others == DOCUMENTS


@each_service
async def test_each_route_needs_what_the_table_says(houses: Houses, service: str) -> None:
    scopes = {(row.method, row.path): row.scope for row in ROWS if row.service == service}
    for context in iter_route_contexts(houses.apps[service].routes):
        found = needed_by(context.original_route)
        for method in context.methods or ():
            if (method, context.path) in scopes:
                assert found is not None
                assert found.scope == scopes[method, str(context.path)]


@each_service
async def test_the_openapi_document_says_what_each_needs(houses: Houses, service: str) -> None:
    scopes = {
        (row.path.replace(":path", ""), row.method): row.scope
        for row in ROWS
        if row.service == service
    }
    document = houses.apps[service].openapi()
    for path, methods in document["paths"].items():
        for method, endpoint in methods.items():
            scope = scopes.get((path, method.upper()))
            is_open = path in HEALTH or path.startswith("/v1/webhooks/")
            assert is_open == (scope is None)
            assert endpoint.get("security") == (None if is_open else [{"bearer": [scope]}])
            assert is_open or {"401", "403"} <= endpoint["responses"].keys()


@each_row
async def test_who_may_is_answered(houses: Houses, row: Row) -> None:
    answer = await row.answer(houses, MINE, may(houses, row))
    assert answer.status_code == row.good, answer.text


def strangers(houses: Houses, row: Row) -> dict[str, Mapping[str, str]]:
    """What those show whom nobody knows."""
    holders = houses.holders
    assert row.scope is not None
    dealers = ["*"]
    good = holders.key(row.scope, dealers=dealers)
    known, secret = good.rsplit("_", 1)
    at = houses.clock.now()
    revoked = holders.key(row.scope, dealers=dealers, revoked_at=at)
    expired = holders.key(row.scope, dealers=dealers, expires_at=at)
    return {
        "nothing": {},
        "an empty header": {"authorization": ""},
        "no scheme": {"authorization": good},
        "another scheme": {"authorization": f"Key {good}"},
        "a scheme alone": {"authorization": "Bearer"},
        "half a key": bearer(known),
        "one letter too many": bearer(good + "x"),
        "two in one": bearer(f"{good} {good}"),
        "two with a comma": bearer(f"{good},{good}"),
        "in quotes": bearer(f'"{good}"'),
        "in capitals": bearer(good.upper()),
        "another's secret": bearer(f"{known}_{secret[:-1]}x"),
        "a key that is not known": bearer(f"ac_unknown000_{secret}"),
        "the digest": bearer(f"{known}_{holders.keys.by_id[known[3:]].digest[:43]}"),
        "a revoked key": bearer(revoked),
        "an expired key": bearer(expired),
        "a token that nobody reads": bearer("eyJhbGciOiJub25lIn0.e30."),
        "in another header": {"x-api-key": good},
        "in a cookie": {"cookie": f"authorization=Bearer {good}"},
        "as the name of who asks": {
            "authorization": "Basic " + base64.b64encode(f"{good}:".encode()).decode()
        },
        "what is no base64": {"authorization": "Basic ac_%%%"},
    }


@each_row
async def test_strangers_are_told_to_show_who_they_are_and_nothing_else(
    houses: Houses, row: Row
) -> None:
    for what, shown in strangers(houses, row).items():
        answer = await row.answer(houses, MINE, shown)
        assert answer.status_code == 401, what
        assert answer.json()["type"] == "urn:aftercare:problem:unauthenticated", what
        assert answer.headers["www-authenticate"].startswith("Bearer "), what
        assert not marks_in(answer.text, MINE), what


@each_row
async def test_a_key_in_the_query_is_none(houses: Houses, row: Row) -> None:
    assert row.scope is not None
    key = houses.holders.key(row.scope, dealers=["*"])
    for name in ("key", "access_token", "authorization", "api_key", "token"):
        answer = await row.answer(houses, MINE, {}, more=f"{name}={key}")
        assert answer.status_code == 401
        assert key not in answer.text


@each_row
async def test_a_password_is_a_key_for_reading_alone(houses: Houses, row: Row) -> None:
    assert row.scope is not None
    shown = basic(houses.holders.key(row.scope, dealers=["*"]))
    answer = await row.answer(houses, MINE, shown)
    assert answer.status_code == (row.good if row.method == "GET" else 401)


@each_row
async def test_a_key_that_is_revoked_between_two_requests_opens_nothing_after_a_second(
    houses: Houses, row: Row
) -> None:
    shown = may(houses, row)
    assert (await row.answer(houses, MINE, shown)).status_code == row.good
    key_id = shown["authorization"].split("_")[1]
    houses.holders.revoke(key_id)
    houses.clock.advance(SECOND)
    assert (await row.answer(houses, MINE, shown)).status_code == 401


@each_row
async def test_a_key_opens_nothing_from_the_instant_at_which_it_expires(
    houses: Houses, row: Row
) -> None:
    assert row.scope is not None
    key = houses.holders.key(row.scope, dealers=["*"], expires_at=houses.clock.now() + SECOND / 2)
    assert (await row.answer(houses, MINE, bearer(key))).status_code == row.good
    houses.clock.advance(SECOND / 2)
    assert (await row.answer(houses, MINE, bearer(key))).status_code == 401


@each_row
async def test_no_other_scope_will_do(houses: Houses, row: Row) -> None:
    others = [scope for scope in EVERY if scope != row.scope]
    for scopes in ([each] for each in others), [others]:
        for some in scopes:
            key = houses.holders.key(*some, dealers=["*"])
            answer = await row.answer(houses, MINE, bearer(key))
            assert answer.status_code == 403, some
            assert answer.json()["type"] == "urn:aftercare:problem:not-allowed"


@each_row
async def test_the_key_of_a_dealer_never_reaches_another(houses: Houses, row: Row) -> None:
    assert row.scope is not None
    key = bearer(houses.holders.key(row.scope))
    group = bearer(houses.holders.key(row.scope, dealers=["sunrise/*"]))
    for shown, dealer_id in ((key, SISTER), (key, STRANGER), (group, STRANGER)):
        answer = await row.answer(houses, dealer_id, shown)
        asked = row.ask(houses, dealer_id).url
        assert answer.status_code == (row.good if row.whose == "nobody's" else row.not_theirs)
        assert not marks_in(answer.text, dealer_id, asked=asked)


@each_row
async def test_the_key_of_a_group_is_good_for_all_of_its_dealers(houses: Houses, row: Row) -> None:
    assert row.scope is not None
    for dealers in ["sunrise/*"], ["*"]:
        key = houses.holders.key(row.scope, dealers=dealers)
        answer = await row.answer(houses, SISTER, bearer(key))
        is_enough = row.whose != "everybody's" or dealers == ["*"]
        good = {row.good, 200}  # 200: the same was sent before
        assert answer.status_code in (good if is_enough else {403})


@each_row
async def test_the_key_of_a_source_is_good_for_no_other(houses: Houses, row: Row) -> None:
    if row.scope not in OF_A_SOURCE:
        return
    other = bearer(houses.holders.key(row.scope, source="other"))
    own = bearer(houses.holders.key(row.scope, source=SOURCES[MINE]))
    if row.whose == "a dealer's":
        assert (await row.answer(houses, MINE, other)).status_code == row.not_theirs
    assert (await row.answer(houses, MINE, own)).status_code == row.good


@each_row
async def test_what_is_of_all_needs_to_be_allowed_for_all(houses: Houses, row: Row) -> None:
    assert (row.whose == "everybody's") == (row.scope in OF_ALL)
    if row.whose == "everybody's":
        assert row.scope is not None
        for dealers, source in (([MINE], None), (["sunrise/*"], None), (["*"], "cdk")):
            key = houses.holders.key(row.scope, dealers=dealers, source=source)
            assert (await row.answer(houses, MINE, bearer(key))).status_code == 403


@each_service
async def test_health_is_open_and_says_nothing_of_anybody(houses: Houses, service: str) -> None:
    async with houses.client(service) as client:
        answers = [await client.get(path) for path in HEALTH]
    assert [answer.json() for answer in answers] == [{"status": "alive"}, {"status": "ready"}]


@each_service
async def test_strangers_do_not_learn_which_paths_there_are(houses: Houses, service: str) -> None:
    paths = [*DOCUMENTS, "/", "/v1", "/none", "/docs/", "/static-offline-docs/swagger-ui.css"]
    paths += ["/health", "/health/", "/health/live/", "/HEALTH/LIVE", "/health/../metrics"]
    paths += ["//health/live", "/health/live%00", "/health%2Flive/../../docs", "/v1/webhooks"]
    async with houses.client(service) as client:
        for path in paths:
            for method in ("GET", "HEAD", "POST", "OPTIONS", "TRACE", "PUT"):
                answer = await client.request(method, path)
                assert answer.status_code == 401, (method, path)
