"""Figures, days and the machine's words are written as people expect them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tracker.web import filters, words


def page(language: str) -> Flask:
    app = Flask("tracker.web")
    words.install(app, lambda: words.LOCALES[language])
    filters.install(app)
    app.add_url_rule("/shipments/<int:number>", "shipments.one", str)
    return app


@pytest.fixture
def chinese() -> Iterator[None]:
    with page("zh").test_request_context():
        yield


@pytest.fixture
def english() -> Iterator[None]:
    with page("en").test_request_context():
        yield


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (5, "0.05"), (123450, "1,234.50"), (-5, "-0.05"), (-123450, "-1,234.50")],
)
def test_fen_are_written_as_yuan(fen: int, text: str) -> None:
    assert filters.yuan(fen) == text


@given(st.integers(-(10**18), 10**18))
def test_yuan_lose_no_fen(fen: int) -> None:
    assert int(filters.yuan(fen).replace(",", "").replace(".", "")) == fen


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "0.00"),
        (4_999, "0.00"),
        (5_000, "0.01"),
        (-4_999, "0.00"),
        (-5_000, "-0.01"),
        (123_456_789, "123.46"),
        (100_000_000_000_000, "100,000,000.00"),
    ],
)
def test_wan_are_rounded_half_away_from_zero(fen: int, text: str) -> None:
    assert filters.wan(fen) == text


def test_what_is_not_known_is_a_dash_and_not_a_zero() -> None:
    for one in (filters.yuan, filters.wan, filters.km_tenths, filters.percent):
        assert one(None) == "—"
    assert filters.day(None) == filters.moment(None) == filters.territory(None) == "—"


def test_tenths_of_kilometres_and_thousandths_keep_their_last_digit() -> None:
    assert filters.km_tenths(12345) == "1,234.5"
    assert filters.km_tenths(-5) == "-0.5"
    assert filters.percent(125) == "12.5%"


def test_a_number_kept_as_text_gets_its_thousands_apart_and_loses_no_digit() -> None:
    assert [filters.grouped(one) for one in ("250000", "12024.50", "0.001")] == [
        *("250,000", "12,024.50", "0.001")
    ]
    assert filters.grouped("") == filters.grouped(None) == "—"


def test_a_moment_is_shown_in_shanghai() -> None:
    late = datetime(2025, 3, 8, 23, 30, tzinfo=UTC)
    assert filters.moment(late) == "2025-03-09 07:30"
    assert filters.day(late) == "2025-03-09"
    assert filters.day(date(2025, 3, 9)) == "2025-03-09"


@pytest.mark.usefixtures("chinese")
def test_taiwan_hong_kong_and_macao_are_named_as_parts_of_china() -> None:
    assert [filters.territory(code) for code in ("TW", "HK", "MO")] == [
        "中国台湾",
        "中国香港",
        "中国澳门",
    ]
    assert filters.territory("de") == "德国"
    assert filters.territory("XX") == "XX"


@pytest.mark.usefixtures("english")
def test_territories_in_english() -> None:
    assert filters.territory("tw") == "Taiwan, China"
    assert filters.territory("PL") == "Poland"


@pytest.mark.usefixtures("chinese")
def test_a_name_is_said_in_chinese() -> None:
    league = SimpleNamespace(name_zh="呼和浩特市", name_en="Hohhot")
    assert filters.said(league, "name") == "呼和浩特市"
    assert filters.said({"name_zh": None, "name_en": "Hohhot"}, "name") == "—"
    assert filters.role("league_officer") == "盟市商务局经办人"
    assert filters.stage("disbursed") == "已拨付兑现"
    assert filters.state_label("filed", "filing") == "已报送自治区"


@pytest.mark.usefixtures("english")
def test_a_name_is_said_in_english() -> None:
    assert filters.said({"name_zh": "呼和浩特市", "name_en": "Hohhot"}, "name") == "Hohhot"
    assert filters.state_label("filed", "filing") == "Filed to the province"


def test_an_address_keeps_its_other_arguments() -> None:
    with page("zh").test_request_context("/shipments/7?state=a&state=b&page=3"):
        assert filters.here(page=4) == "/shipments/7?state=a&state=b&page=4"
        assert filters.here(page=None, sort="-day") == "/shipments/7?state=a&state=b&sort=-day"


@pytest.mark.parametrize("name", ["endpoint", "_anchor", "_external", "_method", "_scheme"])
def test_whatever_an_address_asks_for_stays_an_argument_of_the_address(
    app: Flask, name: str
) -> None:
    with app.test_request_context(f"/shipments?{name}=甲"):
        assert filters.here(page=2) == f"/shipments?{name}=%E7%94%B2&page=2"
    with app.test_request_context("/shipments?page=2"):
        assert filters.here(page=None) == "/shipments"
