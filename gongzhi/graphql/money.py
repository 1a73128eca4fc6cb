"""Money: exact, in fen."""

import msgspec
import strawberry

from gongzhi.graphql.fields import object_type, public
from gongzhi.graphql.scalars import SafeInt


class Amount(msgspec.Struct, frozen=True):
    """What Money reads."""

    fen: int


@object_type(Amount)
class Money:
    """An amount of money, exact in fen."""

    fen: SafeInt = public("In hundredths of a yuan.")

    @public("In yuan with two decimals, as text: 12.50.")
    def yuan(root: strawberry.Parent[Amount]) -> str:
        """Without any rounding."""
        sign, fen = ("-", -root.fen) if root.fen < 0 else ("", root.fen)
        return f"{sign}{fen // 100}.{fen % 100:02d}"

    @public("The currency by ISO 4217: CNY.")
    def currency(root: strawberry.Parent[Amount]) -> str:
        """Always the same."""
        return "CNY"
