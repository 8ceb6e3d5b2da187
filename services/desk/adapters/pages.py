"""Makes pages of templates, in the language of who looks at them."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from services.desk.adapters.assets import Assets
from services.desk.adapters.words import LOCALES, translations
from services.desk.domain.users import LANGUAGES, Language
from services.desk.views import case_words, lead_words, survey_words, terms, times
from services.desk.views.manager_words import period_name

NOT_KEPT = "no-store"
"""Pages tell of customers: a browser keeps none, so that nobody finds any after a sign-out. A page
that is open asks by a mark of its own whether it is still the same."""


class Pages:
    """The desk's templates."""

    def __init__(self, assets: Assets) -> None:
        self._environments = {each: _environment(each, assets) for each in LANGUAGES}

    def page(
        self,
        request: Request,
        template: str,
        shown: Mapping[str, Any],
        *,
        language: Language,
        status: int = 200,
    ) -> Response:
        """A page, or, for a part of one that the page itself asks for, what has changed of it;
        304 where the browser has it already."""
        whole = request.headers.get("hx-request") is None or "hx-boosted" in request.headers
        text = self.text(
            template, {**shown, "layout": "layout.html" if whole else "part.html"}, language
        )
        response = HTMLResponse(text, status_code=status)
        response.headers["Cache-Control"] = NOT_KEPT
        response.headers["Vary"] = "Cookie, HX-Request, Accept-Language"
        if status == 200 and request.method == "GET":
            tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
            if request.headers.get("if-none-match") == tag:
                return Response(status_code=304, headers={"ETag": tag, "Cache-Control": NOT_KEPT})
            response.headers["ETag"] = tag
        return response

    def text(self, template: str, shown: Mapping[str, Any], language: Language) -> str:
        """What the template makes of it."""
        environment = self._environments[language]
        return environment.get_template(template).render(shown, language=language)

    def word(self, language: Language, message: str, /, **inserted: object) -> str:
        """A word or sentence of the desk's in this language, with `%(name)s` filled in."""
        found = translations(language).gettext(message) if message else ""
        return found % inserted if inserted else found


def _environment(language: Language, assets: Assets) -> Environment:
    environment = Environment(
        loader=PackageLoader("services.desk", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    found = translations(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        found.gettext, found.ngettext, newstyle=True
    )
    environment.globals["asset"] = assets.url
    environment.globals |= {
        "terms": terms,
        "case_words": case_words,
        "lead_words": lead_words,
        "survey_words": survey_words,
    }
    environment.filters |= {
        "said": partial(_said, language=language),
        "word": partial(_word, gettext=found.gettext),
        "instant": _at_dealer(format_datetime, "d MMM, HH:mm", language),
        "instant_long": _at_dealer(format_datetime, "d MMM y, HH:mm", language),
        "clock_time": _at_dealer(format_datetime, "HH:mm", language),
        "day": partial(_day, language=language),
        "period": partial(period_name, language=language),
        "number": partial(_number, language=language),
        "money": partial(_money, language=language),
        "language": partial(_language, language=language),
        "term": lambda code, words: _word(terms.term(code, words), gettext=found.gettext),
        "lasting": lambda seconds: times.lasting(timedelta(seconds=seconds), found.gettext),
        "left": pass_context(partial(_left, gettext=found.gettext)),
    }
    return environment


def _said(thing: Any, name: str = "", *, language: Language) -> str:
    """What a service says in both languages: of a `Bilingual`, or of a thing with fields `NAME_en`
    and `NAME_zh`. Nothing of None."""
    if thing is None:
        return ""
    found = getattr(thing, f"{name}_{language}" if name else language)
    return str(found)


def _word(text: str, *, gettext: Callable[[str], str]) -> str:
    """A word that a variable has, in the language: as it stands where it is none of the desk's. It
    is plain text, which a page escapes, whatever a dealer's system wrote there."""
    return gettext(str(text)) if text else ""


def _at_dealer(
    write: Callable[..., str], form: str, language: Language
) -> Callable[[Context, datetime | None], str]:
    """Writes instants by the clocks of the dealer whose page it is: its `zone`."""

    @pass_context
    def written(context: Context, instant: datetime | None) -> str:
        if instant is None:
            return ""
        zone: tzinfo = context.get("zone", UTC)
        shape = times.CHINESE.get(form, form) if language == "zh" else form
        return write(instant, shape, tzinfo=zone, locale=LOCALES[language])

    return written


def _day(day: date | None, *, language: Language) -> str:
    if day is None:
        return ""
    return format_date(day, "y年M月d日" if language == "zh" else "d MMM y", LOCALES[language])


def _number(number: float | None, *, language: Language) -> str:
    """`12,345` or `8.5`: at most one digit after the point."""
    return "" if number is None else format_decimal(number, "#,##0.#", LOCALES[language])


def _money(amount: str, currency: str, *, language: Language) -> str:
    """An amount as a decimal string, such as `1200.50`, in this currency."""
    return format_currency(amount, currency, locale=LOCALES[language])


def _language(tag: str, *, language: Language) -> str:
    """What a language is called, by its tag, such as `zh-CN`; what is no tag as it is."""
    try:
        found = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return tag
    return found.get_display_name(LOCALES[language]) or tag


def _left(context: Context, due: datetime, *, gettext: Callable[[str], str]) -> str:
    """How long until then, or since: `2 h 10 min left`, `3 d over`. By the page's `now`."""
    return times.left(due - context["now"], gettext)
