"""What customers are found by, and that what is typed of one is asked for by a term of theirs."""

from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.find.asked import asked_of
from services.desk.domain.find.looking import Looking
from services.desk.domain.find.matches import hit
from services.desk.domain.find.terms import terms_of
from shared.contracts.intake import KnownVehicle, PhoneNumber, ProfileRecorded
from tests.services.desk.given_customers import customer, number_of, profile

HAN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗小明丽强伟芳娜秀英敏静磊军洋勇艳杰娟涛超"
NAMES = st.one_of(
    st.text(HAN, min_size=2, max_size=4),
    st.lists(
        st.sampled_from(["Hannes", "Müller", "O’Brien", "Jo", "Ng"]), min_size=1, max_size=3
    ).map(" ".join),
)


@st.composite
def profiles(draw: st.DrawFn) -> ProfileRecorded:
    digits = draw(st.text("0123456789", min_size=9, max_size=9))
    plate = draw(st.from_regex(r"沪[A-E][0-9]{5}", fullmatch=True))
    vin = draw(st.from_regex(r"[A-HJ-NPR-Z0-9]{11}[0-9]{6}", fullmatch=True))
    return profile(
        name=draw(NAMES),
        phones=(PhoneNumber(kind="mobile", e164=f"+8613{digits}"),),
        vehicles={vin: KnownVehicle(plate=plate)},
        email=draw(st.none() | st.just("a.b@example.org")),
    )


def typed_of(who: ProfileRecorded) -> list[str]:
    """What staff type of this customer."""
    phone = who.phones[0].e164
    (vin, car), *_ = who.vehicles.items()
    assert car.plate
    assert who.name
    typed = [
        who.name,
        phone,
        phone[3:],
        phone[-8:],
        phone[-6:],
        phone[-4:],
        vin,
        vin[-8:],
        vin[-6:],
    ]
    typed += [car.plate, car.plate[1:], car.plate[2:], car.plate[-4:], car.plate[-3:]]
    typed += [each for each in who.name.split() if len(each) > 1]
    typed += [f"{who.name} {phone[-4:]}", f"{who.name.split()[0]} {car.plate[-3:]}"]
    return [*typed, who.email or who.name, number_of(who.customer_key)]


@given(profiles())
def test_whatever_is_typed_of_a_customer_finds_them(who: ProfileRecorded) -> None:
    terms = terms_of(who, number_of(who.customer_key))
    known = customer(
        **{name: getattr(who, name) for name in ("name", "phones", "vehicles", "email")}
    )
    for text in typed_of(who):
        asked = asked_of(text)
        assert asked is not None, text
        assert hit(asked, known) is not None, text
        assert not Looking(asked).terms.isdisjoint(terms), text


def test_there_are_few_of_one_customer() -> None:
    assert len(terms_of(profile(), "C1")) <= 25
