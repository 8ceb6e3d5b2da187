"""The addresses of what pages lead to, behind `/d/`."""

from shared.contracts.identifiers import dealer_of, number_in, source_of


def place_of_case(case_id: str) -> tuple[str, str]:
    """The address of a case, and its number: of what is no id of a case, nothing, and itself."""
    parts = case_id.split("/", 4)
    if len(parts) != 5 or parts[3] != "complaint":
        return "", case_id
    return f"{dealer_of(case_id)}/cases/{source_of(case_id)}/{parts[4]}", number_in(case_id)


def place_of_customer(key: str, screen: str) -> str:
    """The address of a customer on a screen: `customers`, `calls`, `file-complaint`. Of who has no
    number of their own, nothing."""
    parts = key.split("/")
    if len(parts) != 4:
        return ""
    return f"{dealer_of(key)}/{screen}/{parts[2]}/{parts[3]}"
