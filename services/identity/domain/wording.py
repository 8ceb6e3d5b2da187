"""Why two customers are one person, in the words that staff read. Pure."""

from shared.contracts.identifiers import number_in, source_of
from shared.contracts.identity import Link
from shared.contracts.values import Bilingual


def words_of(link: Link) -> Bilingual:
    """In both languages; names the other customer as its source does."""
    who = f"{source_of(link.customer_key)} {number_in(link.customer_key)}"[:200]
    car = link.vin or ""
    match link.rule:
        case "telephone":
            return Bilingual(
                en=f"The same telephone number and the same name as {who}",
                zh=f"与 {who} 的电话和姓名相同",
            )
        case "vehicle":
            return Bilingual(
                en=f"Car {car} is theirs and {who}'s, under the same name",
                zh=f"与 {who} 同为车辆 {car} 的车主，且姓名相同",
            )
        case "telephone_and_vehicle":
            return Bilingual(
                en=f"Car {car} and a telephone number are theirs and {who}'s; "
                "of one of the two no name is known",
                zh=f"与 {who} 同为车辆 {car} 的车主，且电话相同；其中一方姓名不详",
            )
        case "staff":
            return Bilingual(
                en=f"Staff say that they and {who} are one person",
                zh=f"员工确认与 {who} 为同一人",
            )
