"""The ids of documents."""

from services.intake.domain.documents import document_id_of
from tests.services.intake.given import reported, step, visit


def test_document_ids_scope_the_number_and_encode_it() -> None:
    assert (
        document_id_of(reported("visit", visit(ro_no="RO 1/2 号")).report)
        == "sunrise/pudong/cdk/visit/RO%201%2F2%20%E5%8F%B7"
    )
    assert (
        document_id_of(reported("complaint-step", step()).report)
        == "sunrise/pudong/cdk/complaint-step/K1/S1"
    )
