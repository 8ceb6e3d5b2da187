"""Records of files and webhooks that were rejected: kept as they were read, and read again."""

import json
from pathlib import Path

import httpx
import pytest

from services.intake.domain.decode.body import NDJSON
from services.intake.settings import IntakeSettings
from shared.platform.errors import TransientFailure
from tests.services.intake.given import Data, event, lines, visit
from tests.services.intake.given_imports import MAPPING, ImportWorld, file_of, row, to_the_end
from tests.services.intake.given_rejected import NAME, content_of, rejected, replay
from tests.services.intake.given_webhooks import RECORD, VISITS, webhook
from tests.services.intake.signing import signed
from tests.services.intake.world import World

MONTHS = "2026-13-01T09:00:00+08:00"


@pytest.fixture
def imports(tmp_path: Path) -> ImportWorld:
    found = ImportWorld(tmp_path)
    plate = MAPPING.replace("vehicle.vin: vin", "vehicle.plate: vin")
    found.write_mapping(plate, "vins-are-plates")
    return found


async def imported(imports: ImportWorld, *rows: str) -> Data:
    answer = await imports.sent(file_of(rows))
    await to_the_end(imports.runner())
    return answer


async def test_a_record_that_the_mapping_or_intake_refuses_is_kept(imports: ImportWorld) -> None:
    answer = await imported(
        imports, row(1), row(2, opened_at=MONTHS), row(3, vin="NO VIN"), row(4, status=NAME)
    )
    async with imports.client() as http:
        found = {each["record"]: each for each in await rejected(http)}
        assert sorted(found) == [2, 3, 4]
        assert {each["door"] for each in found.values()} == {"import"}
        assert {each["name"] for each in found.values()} == {answer["import_id"]}
        assert {each["mapping"] for each in found.values()} == {"test-visits"}
        assert (found[2]["reason"], found[2]["place"]) == ("mapping", "line 3")
        assert found[2]["places"][0]["column"] == "opened_at"
        assert found[3]["reason"] == "invalid-event/vehicle"
        assert found[3]["places"][0]["column"] == "vin"
        (kept,) = await content_of(http, found[4]["rejected_id"])
        assert (kept["status"], kept["ro_no"]) == (NAME, "RO-4")
        assert NAME not in json.dumps(list(found.values()), ensure_ascii=False)


async def test_it_is_corrected_by_hand(imports: ImportWorld) -> None:
    await imported(imports, row(2, opened_at=MONTHS))
    async with imports.client() as http:
        (found,) = await rejected(http)
        (kept,) = await content_of(http, found["rejected_id"])
        assert (await replay(http, found["rejected_id"]))["outcome"] == "rejected"
        mended = kept | {"opened_at": "2026-11-01T09:00:00+08:00"}
        done = await replay(http, found["rejected_id"], mended)
        assert done["outcome"] == "accepted", done
        assert await rejected(http) == []
    assert imports.numbers() == ["RO-2"]


async def test_it_is_corrected_by_another_mapping(imports: ImportWorld) -> None:
    await imported(imports, row(3, vin="沪A12345"))
    async with imports.client() as http:
        (found,) = await rejected(http)
        done = await replay(http, found["rejected_id"], mapping="vins-are-plates", validate=True)
        assert (done["outcome"], imports.numbers()) == ("accepted", [])
        done = await replay(http, found["rejected_id"], mapping="vins-are-plates")
        assert done["outcome"] == "accepted"
    assert imports.numbers() == ["RO-3"]


async def test_it_is_taken_as_it_came_when_its_mapping_is_mended(imports: ImportWorld) -> None:
    await imported(imports, *(row(number, vin="沪A12345") for number in range(3)))
    imports.write_mapping(MAPPING.replace("vehicle.vin: vin", "vehicle.plate: vin"))
    async with imports.client() as http:
        query = {"dealer_id": "sunrise/pudong", "source": "cdk"}
        page = (await http.post("/v1/rejected/all/replay", params=query)).json()
    assert (page["accepted"], page["rejected"]) == (3, 0), page


async def test_it_is_corrected_by_an_event(imports: ImportWorld) -> None:
    await imported(imports, row(2, opened_at=MONTHS))
    async with imports.client() as http:
        (found,) = await rejected(http)
        done = await replay(http, found["rejected_id"], event("visit", visit(ro_no="RO-2")))
    assert done["outcome"] == "accepted"


async def test_a_record_that_the_mapping_says_is_none_is_done_with(imports: ImportWorld) -> None:
    await imported(imports, row(2, opened_at=MONTHS))
    async with imports.client() as http:
        (found,) = await rejected(http)
        (kept,) = await content_of(http, found["rejected_id"])
        done = await replay(http, found["rejected_id"], kept | {"ro_no": "Total 12"})
        assert (done["outcome"], await rejected(http)) == ("skipped", []), done


@pytest.mark.parametrize("body", [[], ["text"], "text", 7])
async def test_what_is_no_record_stays_rejected(imports: ImportWorld, body: object) -> None:
    await imported(imports, row(2, opened_at=MONTHS))
    async with imports.client() as http:
        (found,) = await rejected(http)
        done = await replay(http, found["rejected_id"], body)
        assert (done["outcome"], done["reason"]) == ("rejected", "not-possible")


async def test_without_its_mapping_it_stays_and_says_what_to_do(imports: ImportWorld) -> None:
    await imported(imports, row(2, opened_at=MONTHS))
    imports.forget_mapping()
    async with imports.client() as http:
        (found,) = await rejected(http)
        done = await replay(http, found["rejected_id"])
        assert "name another one" in done["places"][0]["detail"]
        (again,) = await rejected(http)
        assert again["reason"] == "mapping"


async def test_an_import_waits_where_nothing_can_be_kept(imports: ImportWorld) -> None:
    answer = await imports.sent(file_of([row(1), row(2, opened_at=MONTHS)]))
    imports.world.rejected.fail_next = [TransientFailure("away")]
    await to_the_end(imports.runner())
    assert imports.job(answer).state == "done"
    assert len(imports.world.rejected.rows) == 1


async def test_the_same_file_again_is_kept_once(imports: ImportWorld) -> None:
    rows = [row(2, opened_at=MONTHS)]
    await imported(imports, *rows)
    await imports.sent(file_of(rows), again="true")
    await to_the_end(imports.runner())
    async with imports.client() as http:
        (found,) = await rejected(http)
    assert found["times"] == 2


async def test_a_record_of_a_webhook_is_kept(world: World, tmp_path: Path) -> None:
    (tmp_path / "tool-visits.yaml").write_text(VISITS)
    expecting = world.expecting(
        webhook("events"), webhook("visits", mapping="tool-visits"), mappings=tmp_path
    )
    transport = httpx.ASGITransport(world.app(IntakeSettings(), expecting=expecting))
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as http:
        body = lines([RECORD, RECORD | {"number": "RO 2", "opened": "never"}])
        headers = signed(body, at=world.clock.now(), id_="1") | {"content-type": NDJSON}
        for query in ("?validate=true", ""):
            await http.post(f"/v1/webhooks/visits{query}", content=body, headers=headers)
        (found,) = await rejected(http)
        assert (found["door"], found["name"], found["times"]) == ("webhook", "visits", 1)
        (kept,) = await content_of(http, found["rejected_id"])
        done = await replay(http, found["rejected_id"], kept | {"opened": RECORD["opened"]})
        assert done["outcome"] == "accepted"
        stranger = json.dumps(event("visit", visit(dealer_id="sunrise/berlin"))).encode()
        media = {"content-type": "application/cloudevents+json"}
        headers = signed(stranger, at=world.clock.now(), id_="2") | media
        await http.post("/v1/webhooks/events", content=stranger, headers=headers)
        assert await rejected(http, dealer_id="sunrise/berlin") == []
        (found,) = await rejected(http)
        assert found["places"][0]["pointer"] == "/data/dealer_id"
