"""What differs between the three markets of the sample: names, telephones, cars, prices.

Telephone numbers come from ranges that are kept free for fiction where a country has them;
e-mail addresses are at domains reserved for examples.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from deploy.sandbox.feed.cars import Model


@dataclass(frozen=True, slots=True)
class Market:
    """One country's flavour. Amounts are in the dealer's currency, whole units."""

    source: str
    """The name of the dealer-management system its dealers use."""
    people: Callable[[random.Random], tuple[str, str]]
    """A person's name, as written and as it goes into an e-mail address."""
    businesses: tuple[tuple[str, str], ...]
    mobile: Callable[[random.Random], str]
    landline: Callable[[random.Random], str]
    plate: Callable[[random.Random], str]
    models: tuple[Model, ...]
    unit: str
    labour: tuple[int, int]
    parts: tuple[int, int]
    staff: tuple[str, ...]
    narratives: tuple[str, ...]
    occupations: tuple[str, ...]
    areas: tuple[str, ...]


_CHINESE_FAMILY = (
    ("王", "wang"), ("李", "li"), ("张", "zhang"), ("刘", "liu"), ("陈", "chen"), ("杨", "yang"),
    ("赵", "zhao"), ("黄", "huang"), ("周", "zhou"), ("吴", "wu"), ("徐", "xu"), ("孙", "sun"),
    ("胡", "hu"), ("朱", "zhu"), ("高", "gao"), ("林", "lin"), ("何", "he"), ("郭", "guo"),
    ("马", "ma"), ("罗", "luo"), ("梁", "liang"), ("宋", "song"), ("郑", "zheng"), ("谢", "xie"),
)  # fmt: skip
_CHINESE_GIVEN = (
    ("伟", "wei"), ("芳", "fang"), ("娜", "na"), ("敏", "min"), ("静", "jing"), ("丽", "li"),
    ("强", "qiang"), ("磊", "lei"), ("军", "jun"), ("洋", "yang"), ("勇", "yong"), ("艳", "yan"),
    ("杰", "jie"), ("涛", "tao"), ("明", "ming"), ("超", "chao"), ("秀英", "xiuying"),
    ("晓东", "xiaodong"), ("建国", "jianguo"), ("雨欣", "yuxin"), ("子涵", "zihan"),
    ("浩然", "haoran"), ("思远", "siyuan"), ("佳怡", "jiayi"), ("文博", "wenbo"), ("雪", "xue"),
)  # fmt: skip
_GERMAN_FAMILY = (
    "Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz",
    "Hoffmann", "Schäfer", "Koch", "Bauer", "Richter", "Klein", "Wolf", "Schröder", "Neumann",
    "Schwarz", "Zimmermann", "Braun", "Krüger", "Hofmann", "Yılmaz", "Nowak", "Köhler", "Lange",
)  # fmt: skip
_GERMAN_GIVEN = (
    "Anna", "Ben", "Clara", "David", "Elif", "Felix", "Greta", "Hannes", "Ida", "Jonas", "Katrin",
    "Lukas", "Mia", "Niklas", "Olga", "Paul", "Renate", "Stefan", "Tobias", "Ulrike", "Werner",
)  # fmt: skip
_AMERICAN_FAMILY = (
    "Smith", "Johnson", "Williams", "Brown", "Jones", "Garcia", "Miller", "Davis", "Rodriguez",
    "Martinez", "Hernandez", "Lopez", "Wilson", "Anderson", "Thomas", "Taylor", "Moore", "Jackson",
    "Lee", "Perez", "Thompson", "White", "Harris", "Clark", "Lewis", "Robinson", "Kowalski",
)  # fmt: skip
_AMERICAN_GIVEN = (
    "Ava", "Brandon", "Carla", "Darnell", "Emily", "Frank", "Grace", "Hector", "Isabel", "James",
    "Kayla", "Luis", "Maria", "Nathan", "Olivia", "Peter", "Quinn", "Rosa", "Samuel", "Tara",
)  # fmt: skip
_TO_ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i"})


def _chinese(rng: random.Random) -> tuple[str, str]:
    family, given = rng.choice(_CHINESE_FAMILY), rng.choice(_CHINESE_GIVEN)
    return family[0] + given[0], f"{given[1]}.{family[1]}"


def _western(
    given: tuple[str, ...], family: tuple[str, ...]
) -> Callable[[random.Random], tuple[str, str]]:
    def name(rng: random.Random) -> tuple[str, str]:
        first, last = rng.choice(given), rng.choice(family)
        return f"{first} {last}", f"{first}.{last}".lower().translate(_TO_ASCII)

    return name


def _chinese_plate(rng: random.Random) -> str:
    return f"沪{rng.choice('ABCDEFG')}{rng.choice('DF')}{rng.randint(10_000, 99_999)}"


def _german_plate(rng: random.Random) -> str:
    letters = "".join(rng.choices("ABCDEFGHKLMNPRSTUVWXYZ", k=2))
    return f"B-{letters} {rng.randint(100, 9999)}"


def _american_plate(rng: random.Random) -> str:
    return f"{''.join(rng.choices('ABCDEFGHJKLMNPRSTUVWXYZ', k=2))} {rng.randint(10_000, 99_999)}"


def _number(*formats: str) -> Callable[[random.Random], str]:
    """A telephone number in one of the notations people use; `{}` are random digits."""

    def number(rng: random.Random) -> str:
        pattern = rng.choice(formats)
        return "".join(rng.choice("0123456789") if mark == "#" else mark for mark in pattern)

    return number


_AREAS = ("312", "773", "630", "847", "708", "224", "331", "872")

CHINA = Market(
    source="dms-cn",
    people=_chinese,
    businesses=(
        ("浦东朝阳物流有限公司", "chaoyang"), ("上海东方旅行社", "dongfang"),
        ("张江云帆科技有限公司", "yunfan"), ("上海新城出租汽车公司", "xincheng"),
    ),
    mobile=_number("1390000####", "139 0000 ####", "+86 139 0000 ####", "199-0000-####"),
    landline=_number("021 5555 ####", "021-5555####"),
    plate=_chinese_plate,
    models=(
        Model("LSR", "AA49J", "2", "Sunrise", "Lanting 1.5T", 129_800),
        Model("LSR", "CB6C1", "2", "Sunrise", "Lanting Pro", 168_900),
        Model("LSR", "UD54A", "4", "Sunrise", "Yunshan SUV", 236_500),
        Model("LSR", "EV8E7", "4", "Sunrise", "Qingfeng EV", 289_900),
    ),
    unit="km",
    labour=(120, 900),
    parts=(180, 2600),
    staff=("zhangmin", "lijing", "wanglei", "chentao"),
    narratives=(
        "保养后异响仍然存在，服务顾问没有回电话。",
        "维修费用与报价不一致，要求解释。",
        "交车时间推迟两天，没有人通知我。",
        "空调维修后仍不制冷。",
    ),
    occupations=("教师", "工程师", "医生", "个体经营", "公务员", "销售", "退休"),
    areas=("浦东新区", "徐汇区", "闵行区", "杨浦区", "静安区", "宝山区"),
)  # fmt: skip

GERMANY = Market(
    source="dms-de",
    people=_western(_GERMAN_GIVEN, _GERMAN_FAMILY),
    businesses=(
        ("Spreeblick Logistik GmbH", "spreeblick"), ("Havel Pflegedienst gGmbH", "havel"),
        ("Nordkiez Bau GmbH & Co. KG", "nordkiez"), ("Tempelhof Taxi eG", "tempelhof"),
    ),
    mobile=_number("0171 39200##", "+49 171 39200##", "0176/040690##"),
    landline=_number("030 23125###", "+49 (0)30 23125-###"),
    plate=_german_plate,
    models=(
        Model("WSR", "ZZZAU", "W", "Sunrise", "Kiez 1.0", 24_900),
        Model("WSR", "ZZZCD", "W", "Sunrise", "Havel Kombi", 36_400),
        Model("WSR", "ZZZ5N", "P", "Sunrise", "Brocken SUV", 44_700),
        Model("WSR", "ZZZE1", "P", "Sunrise", "Spree Elektro", 41_200),
    ),
    unit="km",
    labour=(60, 420),
    parts=(35, 680),
    staff=("k.brandt", "s.arslan", "m.vogel", "t.lehmann"),
    narratives=(
        "Das Geräusch an der Vorderachse ist nach der Reparatur immer noch da.",
        "Die Rechnung liegt deutlich über dem Kostenvoranschlag.",
        "Der Wagen war zum zugesagten Termin nicht fertig, niemand hat angerufen.",
        "Beim Service wurde eine Felge verkratzt.",
    ),
    occupations=("Lehramt", "Ingenieurwesen", "Pflege", "Handwerk", "Verwaltung", "Rente"),
    areas=("Mitte", "Pankow", "Neukölln", "Spandau", "Tempelhof", "Potsdam"),
)  # fmt: skip

AMERICA = Market(
    source="dms-us",
    people=_western(_AMERICAN_GIVEN, _AMERICAN_FAMILY),
    businesses=(
        ("Lakeshore Delivery LLC", "lakeshore"), ("Wicker Park Electric Inc.", "wickerpark"),
        ("Prairie Home Health", "prairie"), ("O'Hare Shuttle Co.", "shuttle"),
    ),
    mobile=_number(*(f"({area}) 555-01##" for area in _AREAS), *(f"{a}-555-01##" for a in _AREAS)),
    landline=_number("312.555.01##", "+1 312 555 01##"),
    plate=_american_plate,
    models=(
        Model("1SR", "BA5B4", "C", "Sunrise", "Prairie LX", 25_400),
        Model("1SR", "CU2F9", "C", "Sunrise", "Lakefront Sport", 33_900),
        Model("1SR", "DM8G3", "K", "Sunrise", "Midway SUV", 42_600),
        Model("1SR", "EF1C7", "K", "Sunrise", "Hauler Pickup", 51_800),
    ),
    unit="mi",
    labour=(70, 520),
    parts=(40, 760),
    staff=("jmorris", "apatel", "lgreen", "tnguyen"),
    narratives=(
        "The grinding noise came back the day after I picked the car up.",
        "I was charged for a part that should be under warranty.",
        "Nobody called me back about the delayed part.",
        "The car was returned with a scratch on the rear door.",
    ),
    occupations=("teacher", "engineer", "nurse", "trade", "retail", "retired"),
    areas=("Lincoln Park", "Hyde Park", "Pilsen", "Evanston", "Oak Park", "Naperville"),
)  # fmt: skip

_BY_REGION = {"CN": CHINA, "DE": GERMANY, "US": AMERICA}


def market_of(region: str) -> Market:
    """The market of an ISO 3166 country; raises `ValueError` for one the sample does not know."""
    market = _BY_REGION.get(region)
    if market is None:
        raise ValueError(f"the sample feed knows dealers in {', '.join(_BY_REGION)}, not {region}")
    return market
