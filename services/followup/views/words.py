"""What tables and calendars call grades, ways of contact and roles. Pure."""

from collections.abc import Mapping

from shared.contracts.http.table import Heading, Lang

GRADES: Mapping[str, Heading] = {
    "quality": Heading("quality", "优质"),
    "potential": Heading("potential", "潜力"),
    "general": Heading("general", "一般"),
}
CHANNELS: Mapping[str, Heading] = {
    "phone": Heading("phone", "电话"),
    "email": Heading("e-mail", "邮件"),
    "sms": Heading("text message", "短信"),
    "app": Heading("app", "应用"),
    "post": Heading("letter", "信函"),
}
ROLES: Mapping[str, Heading] = {
    "sales_consultant": Heading("sales consultant", "销售顾问"),
    "sales_manager": Heading("sales manager", "销售经理"),
    "service_advisor": Heading("service advisor", "服务顾问"),
    "service_manager": Heading("service manager", "服务经理"),
    "insurance_consultant": Heading("insurance consultant", "保险顾问"),
    "customer_relations": Heading("customer relations", "客户关系专员"),
    "customer_relations_manager": Heading("customer relations manager", "客户关系经理"),
}
"""Those of the rules that ship."""
TOTAL = Heading("total", "合计")


def word(name: str, words: Mapping[str, Heading], lang: Lang | None) -> str:
    """A name in that language, or in both; one of a dealer's own as it is."""
    return words[name].of(lang) if name in words else name
