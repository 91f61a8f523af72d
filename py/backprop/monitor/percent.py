"""Fractions formatted as percentages."""

from decimal import ROUND_HALF_UP, Decimal

MAX_DIGITS = 6  # decimals


def percent(share: float | None, digits: int = 1) -> str:
    """Format a fraction as a percentage: ``97.5%``; "–" for None.

    Rounds half up. Only 0 is 0% and only 1 is 100%: numbers near them get more decimals, up to `MAX_DIGITS`.
    """
    if share is None:
        return "–"
    exact = 100 * Decimal(repr(float(share)))
    for places in range(digits, MAX_DIGITS + 1):
        rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if rounded not in (0, 100) or rounded == exact:
            return f"{rounded.normalize():f}%"
    least = Decimal(1).scaleb(-MAX_DIGITS)
    return f"under {least:f}%" if exact < 50 else f"over {100 - least:f}%"
