"""A consent: of one customer, and silent where it does not speak."""

from tests.services.intake.given import consent, key, only_of, submitted


def test_a_consent_is_of_its_customer() -> None:
    assert only_of("consent", consent()).customer_key == key()


def test_a_consent_that_names_channels_alone_does_not_speak_of_contact() -> None:
    silent, allows = consent(), consent(do_not_contact=False)
    assert only_of("consent", silent).model_dump()["do_not_contact"] is None
    assert only_of("consent", allows).model_dump()["do_not_contact"] is False
    assert submitted("consent", silent).content_hash != submitted("consent", allows).content_hash
