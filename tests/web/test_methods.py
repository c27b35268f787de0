"""A method reads as sentences, is drafted in a form made from its rule, and recorded by two."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from rules.registry import Fault, Registry, every_rule
from tests import journeys
from tests.web import programs
from tests.web.visitors import Page, Values, Visitor, visit
from tests.web.zone_rule import SAMPLE, zones
from tracker import jobs
from tracker.models.methods import Method
from tracker.settings import Settings

RULES = Registry(
    {**journeys.REGISTRY.rules, zones.id: zones}, [Fault("别的模块", "规则模块 别的模块 无法载入")]
)
DOCUMENT: dict[str, Values] = {
    "document_no": "示例办〔2027〕1号",
    "issued_on": "2026-12-01",
    "valid_from": "2027-01-01",
    "valid_to": "2027-12-31",
}


@pytest.fixture
def wide(settings: Settings, bench: jobs.Bench) -> Iterator[Flask]:
    """The program with a further rule of the same league."""
    assert bench.settings == settings
    with programs.made(settings, registry=RULES) as app:
        yield app


@pytest.fixture
def officer(wide: Flask) -> Visitor:
    return visit(wide, "league_officer")


def form_of(officer: Visitor) -> Page:
    assert "/methods/new" in officer.see("/methods").links
    chosen = [link for link in officer.see("/methods/new").links if "tests/zones" in link]
    return officer.see(chosen[0])


def drafted(officer: Visitor) -> Page:
    return officer.send(form_of(officer).form("/methods"), 200, **DOCUMENT)


@pytest.mark.no_cover
def test_a_draft_through_the_form_reads_back_as_sentences(officer: Visitor) -> None:
    words = drafted(officer).words
    assert "第三条 zones: Germany 远程; Mongolia 近程." in words
    assert "第四条 rate: 近程 900.00 CNY/FEU; 远程 12,000.50 CNY/FEU." in words
    assert "第五条 tiers: from trip no. 1 on 100%; from trip no. 51 on 110.5%." in words
    assert "minimum e-commerce share: 12.5%." in words


@pytest.mark.no_cover
def test_the_same_in_chinese(officer: Visitor, wide: Flask) -> None:
    address = drafted(officer).address
    words = visit(wide, "league_officer", "zh").see(address).words
    assert "第三条 分区：德国 远程；蒙古 近程。" in words
    assert "第四条 标准：近程 900.00 元/大箱(FEU)；远程 12,000.50 元/大箱(FEU)。" in words
    assert "第五条 分档：自第 1 车次起 100%；自第 51 车次起 110.5%。" in words
    assert "跨境电商占比的口径：按重量。" in words


def test_what_was_typed_is_kept_with_what_is_wrong_beside_it(officer: Visitor) -> None:
    form = form_of(officer).form("/methods")
    wrong: dict[str, Values] = {
        "p.zones.key": ["DE", "deutschland", "", ""],
        "p.zones.value": ["远程", "远程", "", ""],
        "p.minimum_share": "101",
        "p.rate.key": ["近程", "", "", ""],
        "p.rate.value": ["1,500.00", "", "", ""],
        "document_no": "",
        "valid_to": "2026-01-01",
    }
    page = officer.send(form, 422, **(DOCUMENT | wrong))
    again = page.form("/methods").fields
    assert again["p.zones.key"][:2] == ["DE", "deutschland"]
    assert again["p.minimum_share"] == "101"
    for told in (
        "Nothing was saved.",
        "两位国家代码",
        "“101”应在",
        "“1,500.00”不是至多 2 位小数",
        "The document number is missing.",
        "The last day in force lies before the first.",
    ):
        assert told in page.words


def test_one_country_twice_in_a_table_is_refused_and_not_guessed(officer: Visitor) -> None:
    twice: dict[str, Values] = {
        "p.zones.key": ["DE", "DE"],
        "p.zones.value": ["远程", "近程"],
    }
    page = officer.send(form_of(officer).form("/methods"), 422, **(DOCUMENT | twice))
    assert "“DE” stands twice" in page.words


def test_two_people_of_commerce_examine_and_record(
    officer: Visitor, wide: Flask, bench: jobs.Bench
) -> None:
    page = drafted(officer)
    assert "Drafted. Lay it beside the document" in page.words
    clerk = visit(wide, "clerk")
    clerk.see(page.address, 404)
    officer.press(page, "submit")
    examiner, recorder = visit(wide, "commerce_officer"), visit(wide, "commerce_approver")
    assert recorder.see(page.address).steps == ["return"]
    examiner.press(examiner.see(page.address), "examine")
    assert examiner.see(page.address).steps == ["return"]
    recorder.press(recorder.see(page.address), "record")
    assert "Recorded" in clerk.see(page.address).words
    with bench.database.reading() as session:
        made = session.get_one(Method, int(page.address.rsplit("/", 1)[1]))
    assert (made.state, made.valid_from, made.version_no) == ("recorded", date(2027, 1, 1), 2)
    assert made.params["rate"] == SAMPLE["rate"]


@pytest.mark.no_cover
def test_a_returned_method_says_why_and_is_drafted_anew_from_its_numbers(
    officer: Visitor, wide: Flask
) -> None:
    page = officer.press(drafted(officer), "submit")
    examiner = visit(wide, "commerce_officer")
    said = {"reason_code": "other", "reason": "请补充公平竞争审查"}
    examiner.press(examiner.see(page.address), "return", 200, **said)
    page = officer.see(page.address)
    assert "请补充公平竞争审查" in page.words
    assert set(page.steps) == {"submit", "withdraw"}
    again = officer.see("/methods/new", rule="tests/zones").form("/methods")
    assert again.fields["p.rate.value"][:2] == ["900.00", "12000.50"]
    assert again.fields["document_no"] == ""


@pytest.mark.no_cover
def test_days_that_overlap_a_recorded_method_are_refused_when_recording(
    officer: Visitor, wide: Flask
) -> None:
    form = form_of(officer).form("/methods")
    days = {"valid_from": "2026-06-01", "valid_to": "2026-06-30"}
    page = officer.send(form, 200, **(DOCUMENT | days))
    officer.press(page, "submit")
    examiner, recorder = visit(wide, "commerce_officer"), visit(wide, "commerce_approver")
    examiner.press(examiner.see(page.address), "examine")
    refused = recorder.press(recorder.see(page.address), "record", 409)
    assert "in force beyond the last day of this one" in refused.words


def test_the_list_says_what_is_in_force_today_and_what_is_a_sample(wide: Flask) -> None:
    page = visit(wide, "clerk").see("/methods")
    (row,) = page.table()[1:]
    assert "in force today" in row[4]
    assert "sample" in row[1]
    assert "A sample: made up" in visit(wide, "clerk").see("/methods/1").words
    assert "规则模块 别的模块 无法载入" in page.words
    auditor = visit(wide, "auditor")
    assert len(auditor.see("/methods", league=journeys.LEAGUE, state="recorded").table()) == 2
    assert "No method fits the filter." in auditor.see("/methods", q="别的").words


def test_a_method_whose_rule_is_gone_or_changed_says_so(bench: jobs.Bench) -> None:
    with programs.made(bench.settings, registry=Registry({}, [])) as without:
        page = visit(without, "auditor").see("/methods/1")
        assert "The rule tests/journey cannot be used" in page.words
        assert "rate: 500.00." in page.words, "the numbers as recorded still stand"
        chosen = visit(without, "league_officer").see("/methods/new")
        assert "No rule is installed" in chosen.words


def test_only_a_rule_of_ones_own_league_is_drafted(officer: Visitor, wide: Flask) -> None:
    form = form_of(officer).form("/methods")
    officer.send(form, 404, **(DOCUMENT | {"rule": "别的"}))
    visit(wide, "league_approver").see("/methods/new", 403)


def test_a_league_without_a_rule_of_its_own_takes_a_shape_with_its_numbers(
    bench: jobs.Bench,
) -> None:
    names = ("volume-tiers", "pool-in-proportion", "growth-gate")
    shapes = {f"shapes/{name}": every_rule().rules[f"shapes/{name}"] for name in names}
    with programs.made(bench.settings, registry=Registry(shapes, [])) as app:
        officer = visit(app, "league_officer")
        offered = officer.see("/methods/new")
        assert {link for link in offered.links if "rule=" in link} == {
            "/methods/new?rule=shapes/volume-tiers",
            "/methods/new?rule=shapes/pool-in-proportion",
            "/methods/new?rule=shapes/growth-gate",
        }
        assert "Pays each part of boxes of each firm, each year" in offered.words
        assert "where more is asked it is divided in proportion" in offered.words
        assert "about a firm's year" in offered.words
        assert "Freight subsidy" not in officer.see("/methods/new", rule="shapes/growth-gate").words
        form = officer.see("/methods/new", rule="shapes/volume-tiers").form("/methods")
        bands: dict[str, Values] = {
            "p.rates.key": ["0", "1000", "", ""],
            "p.rates.value": ["150.00", "2000.00", "", ""],
        }
        said = officer.send(form, 200, **(DOCUMENT | bands)).words
        assert "第四条 Pays each part of boxes of each firm, each year" in said
        assert "TEU ≥ 0 150.00 CNY/TEU; TEU ≥ 1,000 2,000.00 CNY/TEU." in said
