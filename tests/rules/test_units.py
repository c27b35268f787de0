"""Units multiply, cancel and refuse to be mixed."""

import pytest

from rules.units import CNY, PLAIN, RuleError, multiply, same, unit


def test_kilometres_cancel_against_a_rate_per_kilometre() -> None:
    assert multiply(unit("CNY/km"), unit("km")) == CNY
    assert multiply(unit("FEU/FEU"), PLAIN) == PLAIN


def test_a_unit_reads_in_both_languages() -> None:
    assert (str(unit("CNY/km")), unit("CNY/km").zh) == ("CNY/km", "元/公里")
    square = multiply(unit("km"), multiply(unit("km"), unit("CNY/trip")))
    assert str(square) == "CNY·km^2/trip"
    assert str(multiply(PLAIN, unit("/km"))) == "1/km"


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(RuleError, match="furlong"):
        unit("CNY/furlong")


def test_kilometres_are_not_money() -> None:
    with pytest.raises(RuleError, match="计量单位不同"):
        same(unit("km"), CNY, "金额")
    with pytest.raises(RuleError, match="无单位"):
        same(PLAIN, CNY, "金额")
