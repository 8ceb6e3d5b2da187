"""Files that are imported: what becomes of their records, whatever happens meanwhile."""

from pathlib import Path

import pytest

from tests.services.intake.given_imports import ImportWorld, file_of, row, to_the_end


@pytest.fixture
def imports(tmp_path: Path) -> ImportWorld:
    return ImportWorld(tmp_path)


async def test_each_record_becomes_what_intake_makes_of_it(imports: ImportWorld) -> None:
    rows = [row(1), row(2, status="nonsense"), row(3, opened_at=""), row(4, ro_no="Total"), row(5)]
    sent = await imports.sent(file_of(rows))
    assert sent["state"] == "waiting"
    await to_the_end(imports.runner())
    async with imports.client() as http:
        found = (await http.get(f"/v1/imports/{sent['import_id']}")).json()
    print(found)
    assert found["state"] == "done"
    assert imports.numbers() == ["RO-1", "RO-5"]
