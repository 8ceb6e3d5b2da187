"""Of few customers all are found, of very many some: little is read for either, and what is said is
true."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.find.asked import asked_of
from services.desk.domain.find.looking import MOST_READ, SHARES, Looking, shares_of
from services.desk.domain.find.matches import MOST_HITS, Hits, hit
from services.desk.domain.find.terms import Term, characters_of, terms_of
from services.desk.domain.people import CustomerCard
from shared.contracts.identifiers import customer_key, number_in
from shared.contracts.intake import KnownVehicle, PhoneNumber
from tests.services.desk.given_customers import DEALER, customer

RARE, COMMON = 30, 4_000


def somebody(number: int, name: str, phone: str, plate: str) -> CustomerCard:
    return customer(
        customer_key(DEALER, "cdk", f"N{number}"),
        name=name,
        phones=(PhoneNumber(kind="mobile", e164=f"+86{phone}"),),
        vehicles={f"LSRCB6C16S{2_000_000 + number}": KnownVehicle(plate=plate)},
        email=None,
    )


def many(
    customers: int,
    name: Callable[[int], str] = lambda number: "赵钱孙"[number % 3] + "一二三四五"[number % 5],
    phone: Callable[[int], str] = lambda number: f"138{number:08}",
    plate: Callable[[int], str] = lambda number: f"沪A{number:05}",
    first: int = 0,
) -> list[CustomerCard]:
    numbers = range(first, first + customers)
    return [somebody(each, name(each), phone(each), plate(each)) for each in numbers]


@dataclass
class Index:
    """As a database has it: who has a term, in each share of all."""

    customers: list[CustomerCard]
    read: int = 0
    """Rows, by the last search."""
    opened: int = 0

    def __post_init__(self) -> None:
        self.by_key = {each.customer_key: each for each in self.customers}
        self.terms: dict[str, frozenset[Term]] = {}
        self.having: dict[tuple[int, Term], list[str]] = {}
        for key, each in self.by_key.items():
            assert each.profile is not None
            terms = terms_of(each.profile, number_in(key))
            self.terms[key] = terms | characters_of(each.profile)
            for share in shares_of(key):
                for term in terms:
                    self.having.setdefault((share, term), []).append(key)

    def find(self, text: str) -> Hits:
        asked = asked_of(text)
        assert asked is not None
        self.read = self.opened = 0
        looking = Looking(asked)
        while looking.terms:
            asked_at_once = looking.questions
            assert sorted(each for some in asked_at_once for each in some) == sorted(looking.terms)
            some = (self.having.get((looking.share, term), ()) for term in looking.terms)
            seen = {key: self.terms[key] & looking.asked_for for keys in some for key in keys}
            self.read += len(seen)
            looking.saw(seen, self.open)
        return looking.hits

    def open(self, key: str) -> CustomerCard:
        self.opened += 1
        return self.by_key[key]

    def meant(self, text: str, of: Iterable[str] | None = None) -> set[str]:
        """By looking at everybody, or at these."""
        asked = asked_of(text)
        assert asked is not None
        everybody = self.by_key if of is None else of
        return {key for key in everybody if hit(asked, self.by_key[key]) is not None}


def keys(hits: Hits) -> set[str]:
    return {each.customer.customer_key for each in hits.found}


@given(
    st.lists(
        st.tuples(
            st.text("王李小明伟", min_size=2, max_size=4),
            st.text("18", min_size=11, max_size=11),
            st.from_regex("沪[AB][18]{5}", fullmatch=True),
        ),
        max_size=40,
    ),
    st.sampled_from(["王", "小明", "王小明", "wang", "li", "xm", "wxm", "wan", "18", "111", "118"])
    .flatmap(
        lambda first: st.sampled_from(["", " 小明", " wang", " 111", "1818", " 81818181"]).map(
            lambda then: first + then
        )
    )
    .filter(lambda text: asked_of(text) is not None),
)
def test_it_finds_who_would_be_found_by_looking_at_everybody(
    people: list[tuple[str, str, str]], text: str
) -> None:
    index = Index([somebody(number, *each) for number, each in enumerate(people)])
    hits, meant = index.find(text), index.meant(text)
    assert keys(hits) <= meant
    assert len(hits.found) == min(len(meant), MOST_HITS)
    assert hits.more == (len(meant) > MOST_HITS)


def test_of_what_thousands_have_some_are_found_and_few_are_read() -> None:
    index = Index(
        many(
            COMMON,
            lambda number: f"王{'小大中'[number % 3]}明",
            lambda number: f"138{number:04}8888",
        )
        + many(RARE, first=COMMON)
    )
    for text in ("wang", "wxm", "王小", "小明", "8888", "wan", "王小明", "王小明8888"):
        hits = index.find(text)
        assert (len(hits.found), hits.more) == (MOST_HITS, True), text
        assert index.meant(text, keys(hits)) == keys(hits)
        assert index.read < 8 * 4 * MOST_HITS, text
        assert index.opened < 3 * MOST_HITS, text


def test_the_few_who_are_surer_are_found_among_thousands_and_come_first() -> None:
    index = Index(
        many(COMMON, lambda number: f"王伟{'一二三四'[number % 4]}")
        + many(3, lambda _: "王伟", first=COMMON)
    )
    hits = index.find("王伟")
    assert [each.by for each in hits.found[:4]] == ["name", "name", "name", "bigram"]
    assert hits.more


def test_it_asks_for_the_word_that_fewest_have_whatever_it_is() -> None:
    """Ends of plates are rarer than names, as a rule."""
    index = Index(
        many(900, plate=lambda number: f"沪A{number % 100:02}888")
        + many(5, lambda _: "欧阳娜", plate=lambda _: "沪B12888", first=900)
        + many(5, lambda _: "欧阳娜", first=990)
    )
    hits = index.find("欧阳 888")
    assert (len(hits.found), hits.more) == (5, False)
    assert keys(hits) == index.meant("欧阳 888")
    assert index.read < 150
    assert index.opened <= 5


def test_so_a_company_is_found_by_the_middle_of_its_name() -> None:
    index = Index(
        many(COMMON, lambda number: f"上海{'东南西北'[number % 4]}方汽车贸易有限公司")
        + many(2, lambda _: "上海日升汽车贸易有限公司", first=COMMON)
    )
    hits = index.find("上海日升汽车贸易有限公司")
    assert (len(hits.found), hits.more) == (2, False)
    assert index.read < 300


def test_a_whole_telephone_number_is_one_whoever_else_has_its_last_digits() -> None:
    index = Index(many(COMMON, phone=lambda number: f"138{number:04}8888"))
    for text in ("13800078888", "+86 138 0007 8888", "0086 13800078888"):
        hits = index.find(text)
        assert (len(hits.found), hits.more) == (1, False)
        assert index.read < 30


def test_where_too_many_would_be_read_it_says_that_there_may_be_more() -> None:
    few = many(1, lambda _: "欧娜", lambda _: "13900008888", first=COMMON)
    index = Index(many(COMMON, phone=lambda number: f"138{number:04}8888") + few)
    hits = index.find("欧 8888")
    assert index.meant("欧 8888", keys(hits)) == keys(hits)
    assert hits.more
    assert index.read < MOST_READ
    assert not index.find("欧娜 8888").more
    assert keys(index.find("欧娜 8888")) == {few[0].customer_key}


def test_each_share_is_a_part_of_the_next_and_as_large_as_it_says() -> None:
    shares = [shares_of(f"{DEALER}/cdk/{number}") for number in range(20_000)]
    for found in shares:
        assert [*found] == [each for each in SHARES if each <= max(found)]
    for share in SHARES:
        assert abs(sum(share in found for found in shares) * share / 20_000 - 1) < 0.5
