"""A league's officer composes a rule in the browser, keeps it, and registers a method by it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.batch import Facts
from rules.composed import canonical
from rules.composed.articles import STEPS
from rules.composed.declared import KINDS
from rules.made_up import shipments
from rules.registry import Registry, every_rule
from rules.tally import assess
from tests import journeys
from tests.web import programs
from tests.web.api.callers import Journey
from tests.web.test_methods import DOCUMENT
from tests.web.visitors import Form, Page, Values, Visitor, file, found, visit
from tracker import jobs
from tracker.models.composed import ComposedDraft, ComposedRule
from tracker.models.people import User
from tracker.steps import composed
from tracker.web import composing_kit, context
from tracker.web.composing_form import next_article

INSTALLED = every_rule().rules
WHOLE = ("taper", "box-km-two-funders", "caps-coupled", "committed-volume", "destination-zones")
"""Shapes with every kind of part: a choice within a product, stated words, coupled caps, tables."""
TIERS = INSTALLED["shapes/trip-tiers"]
RULES = Registry(
    {**journeys.REGISTRY.rules, **{f"shapes/{one}": INSTALLED[f"shapes/{one}"] for one in WHOLE}},
    [],
)


@pytest.fixture
def app(program: Flask, bench: jobs.Bench) -> Iterator[Flask]:
    """The program over the small world, with a few shapes to copy."""
    with programs.over(program, bench.database) as made:
        ground: context.Ground = made.extensions[context.EXTENSION]
        made.extensions[context.EXTENSION] = replace(ground, registry=RULES)
        yield made


@pytest.fixture
def officer(app: Flask) -> Visitor:
    return visit(app, "league_officer", "zh")


def begun(officer: Visitor, **chosen: str) -> Page:
    return officer.send(officer.see("/composing/new").form("/composing", **chosen), 200)


def blank(officer: Visitor) -> Page:
    """A draft from nothing, about shipments."""
    forms = officer.see("/composing/new").tree.forms
    (token,) = {str(form.fields["csrf_token"]) for form in forms if "csrf_token" in form.fields}
    start = Form("/composing", "post", {"csrf_token": token, "subject": "shipment"})
    return officer.send(start, 200)


def press(officer: Visitor, page: Page, do: str, /, **filled: Values) -> Page:
    return officer.send(page.form(page.address), 200, do=do, **filled)


def fill(officer: Visitor, page: Page, do: str, filled: dict[str, Values]) -> Page:
    return officer.send(page.form(page.address), 200, do=do, **filled)


def option(page: Page, name: str, label: str) -> str:
    """The value of an option, as a person finds it by its words."""
    options = found(page.tree, f"//select[@name='{name}']//option")
    return next(str(one.get("value")) for one in options if one.text_content() == label)


def draft_of(bench: jobs.Bench) -> dict[str, Any]:
    with bench.database.reading() as session:
        (one,) = session.scalars(select(ComposedDraft)).all()
        return one.definition


def errors(page: Page) -> list[str]:
    told = (one.text_content().strip() for one in found(page.tree, "//*[@class='error']"))
    return [one for one in told if one]


@pytest.mark.parametrize("name", WHOLE)
def test_a_shape_goes_through_the_form_and_comes_out_as_it_was(
    officer: Visitor, bench: jobs.Bench, name: str
) -> None:
    page = begun(officer, **{"from": f"shapes/{name}"})
    assert "有 1 处待改" in page.words, "the document it follows"
    shape = INSTALLED[f"shapes/{name}"].definition
    assert shape is not None
    page = press(officer, page, "save", source=str(shape["source"]).strip())
    assert "已是一条完整的规则" in page.words
    same = ("params", "articles", "title", "stated", "subject", "monotone")
    assert {key: draft_of(bench)[key] for key in same} == json.loads(
        canonical({key: shape[key] for key in same})
    )


TITLE: dict[str, Values] = {"title.zh": "按年度车次分档（示例）", "source": "示例办〔2026〕9号"}


def composed_by_hand(officer: Visitor) -> Page:
    """The shape of tiers by trips, put together from nothing, list by list."""
    page = fill(officer, blank(officer), "add.params", {**TITLE, "new.params": "money"})
    rate: dict[str, Values] = {"zh": "每车次补贴", "per": "trip", "sample": "5000.00"}
    rate = {f"params.0.{key}": value for key, value in rate.items()}
    page = fill(officer, page, "add.params", {**rate, "new.params": "tiers"})
    tiers: dict[str, Values] = {
        "params.1.zh": "车次分档系数",
        "params.1.on": "trip",
        "params.1.sample.key": ["1", "51", "201"],
        "params.1.sample.value": ["100", "110", "120"],
    }
    page = fill(officer, page, "add.articles", {**tiers, "new.articles": "require"})
    page = press(officer, page, "open.articles.0", **{"articles.0.when": "compare"})
    share: dict[str, Values] = {
        "articles.0.when.0.left": option(page, "articles.0.when.0.left", "跨境电商占比"),
        "articles.0.when.0.right": option(page, "articles.0.when.0.right", "跨境电商占比下限"),
        "articles.0.zh": "跨境电商货物占比不足",
    }
    page = fill(officer, page, "add.articles", {**share, "new.articles": "nothing"})
    empty: dict[str, Values] = {
        "articles.1.when": option(page, "articles.1.when", "属于空驶"),
        "articles.1.zh": "空驶（空箱）不予补贴",
    }
    page = fill(officer, page, "add.articles", {**empty, "new.articles": "pay"})
    name = "articles.2.factors"
    labels = ("每车次补贴（元/车次）", "车次（车次）", "跨境电商占比（按占比补贴时）")
    pay: dict[str, Values] = {name: [option(page, name, label) for label in labels]}
    page = fill(officer, page, "add.articles", {**pay, "new.articles": "count"})
    count: dict[str, Values] = {"articles.3.per": ["firm", "year"]}
    page = fill(officer, page, "add.articles", {**count, "new.articles": "times"})
    name = "articles.4.factors"
    times = option(page, name, "车次分档系数（按第四条的车次序号分档）")
    return fill(officer, page, "save", {name: times})


def test_a_rule_put_together_from_nothing_pays_to_the_fen_what_the_shape_pays(
    officer: Visitor, bench: jobs.Bench
) -> None:
    page = composed_by_hand(officer)
    assert "已是一条完整的规则" in page.words
    assert (
        "第一条 须跨境电商占比 ≥ 跨境电商占比下限，否则不予支持：跨境电商货物占比不足。"
        in page.words
    )
    assert "第五条 金额再乘以车次分档系数（按第四条的车次序号分档）。" in page.words
    kept = press(officer, page, "keep")
    assert "已定稿" in kept.words
    assert kept.address == "/composed/1"
    with bench.database.reading() as session:
        (row,) = session.scalars(select(ComposedRule)).all()
        made = composed.rule(row)
    some = Facts.of(shipments(np.random.default_rng(9), 1_000))
    mine = assess(made, made.sample_params, some)
    theirs = assess(TIERS, TIERS.sample_params, some)
    assert bool(np.array_equal(mine.award_fen, theirs.award_fen))
    assert sum(mine.awards) > 0
    (link,) = [one for one in kept.links if one.startswith("/methods/new?")]
    form = officer.see(link).form("/methods")
    assert form.fields["p.p1"] == "5000.00"
    method = officer.send(form, 200, **DOCUMENT)
    assert "第五条 车次分档系数：自第 1 车次起 100%" in method.words, "placed where it is used"
    assert "不成立" not in method.words.replace("不成立的反例", "")
    assert kept.address in method.links
    assert officer.client.get(f"{method.address}/cases.xlsx").status_code == 200
    officer.press(method, "submit")


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    officer: Visitor, bench: jobs.Bench
) -> None:
    page = begun(officer, **{"from": "shapes/caps-coupled"})
    wrong: dict[str, Values] = {
        "params.0.sample": "五千",
        "articles.0.zh": "",
        "articles.2.factors": ["{odd", ""],
    }
    page = fill(officer, page, "keep", wrong)
    assert "已保存，尚未定稿" in page.words
    assert errors(page) == [
        "应为 1 至 600 个字",
        "“五千”不是至多 2 位小数的非负数",
        "缺少这一项，请补上",
        "应为名称（小写字母、数字和下划线）",
    ]
    assert page.form(page.address).fields["params.0.sample"] == "五千"
    assert draft_of(bench)["articles"][2]["factors"] == ["{odd"]


def test_articles_move_and_go_and_reading_saves_nothing(
    officer: Visitor, bench: jobs.Bench
) -> None:
    def articles() -> list[str]:
        return [one["article"] for one in draft_of(bench)["articles"]]

    page = begun(officer, **{"from": "shapes/caps-coupled"})
    page = press(officer, page, "down.articles.0")
    assert articles() == ["第三条", "第二条", "第四条", "第五条、第六条"]
    page = press(officer, page, "up.articles.0")
    page = press(officer, page, "drop.articles.9")
    page = press(officer, page, "drop.articles.1")
    assert articles() == ["第三条", "第四条", "第五条、第六条"]
    filled = {**page.form(page.address).fields, "articles.0.article": "第九条"}
    said = officer.client.post(f"{page.address}/reading", data=filled).get_data(as_text=True)
    assert '<span id="said-articles-0" hx-swap-oob="true">第九条 属于空驶' in said
    assert "第九条" not in articles()
    discarded = officer.send(page.form(f"{page.address}/discard"), 200)
    assert "草稿已放弃" in discarded.words
    officer.see(page.address, 404)


def test_a_part_the_form_has_no_fields_for_is_offered_as_its_sentence(
    officer: Visitor, bench: jobs.Bench
) -> None:
    deep = {"not": {"all": [{"flag": "empty"}, {"text": "mode", "in": ["RAIL"]}]}}

    def put_in(session: Session) -> int:
        user = session.scalars(select(User).where(User.login == "league_officer")).one()
        shape = INSTALLED["shapes/caps-coupled"].definition
        assert shape is not None
        definition = json.loads(canonical(shape))
        definition["articles"][1]["when"] = deep
        return composed.begin(session, user, definition, journeys.NOW).id

    key = bench.database.transact(put_in)
    page = officer.see(f"/composing/{key}")
    assert "并非属于空驶且运输方式为铁路" in page.words
    press(officer, page, "save")
    assert draft_of(bench)["articles"][1]["when"] == deep


def test_a_version_is_amended_by_its_next_and_carried_elsewhere_as_a_file(
    officer: Visitor,
) -> None:
    source: dict[str, Values] = {"source": "示例办〔2026〕9号"}
    kept = fill(officer, begun(officer, **{"from": "shapes/caps-coupled"}), "keep", source)
    raw = officer.client.get(f"{kept.address}/definition.json").data
    page = officer.send(kept.form("/composing", **{"as": "version"}), 200)
    assert "第 1 号规则的下一版" in page.words
    assert "与第 1 版完全相同" in fill_refused(officer, page)
    page = officer.see(page.address)
    amended: dict[str, Values] = {"params.0.sample": "6000.00", "articles.1.zh": "空驶一律不补"}
    second = fill(officer, page, "keep", amended)
    assert second.table()[1:] == [
        [
            "第三条 属于空驶的，补贴为零：空驶（空箱）不予补贴。",
            "第三条 属于空驶的，补贴为零：空驶一律不补。",
        ],
        ["第四条 每车次补贴：5,000.00 元/车次。", "第四条 每车次补贴：6,000.00 元/车次。"],
    ]
    assert "composed/150100/1/2" in second.words
    assert "第 2 版" in second.words
    assert "用它登记办法" not in officer.see("/composed/1").words, "only the newest is offered"
    assert officer.client.post(page.address, data={"do": "save"}).status_code in {400, 404}
    form = officer.see("/composing/new").form("/composing", **{"from": "file"})
    assert "企业年度与资金总额联动" in officer.send(form, file=file(raw, "规则.json")).words
    for bad, status in ((b"{}", 422), (b"not json", 422), (b"x" * 200_001, 413)):
        officer.send(form, status, file=file(bad, "规则.json"))
    assert len(officer.see("/composed").table(1)) == 2
    asked = {"q": "联动", "league": "150900"}
    assert "没有符合筛选条件的组合规则" in officer.see("/composed", **asked).words


def fill_refused(officer: Visitor, page: Page) -> str:
    return officer.send(page.form(page.address), 409, do="keep").words


def test_another_leagues_rules_and_drafts_are_not_there(
    app: Flask, officer: Visitor, bench: jobs.Bench
) -> None:
    source: dict[str, Values] = {"source": "示例办〔2026〕9号"}
    kept = fill(officer, begun(officer, **{"from": "shapes/caps-coupled"}), "keep", source)
    draft = begun(officer, **{"from": "shapes/taper"})
    journeys.moved(bench, "league_approver", "league_officer", "150900")
    stranger = visit(app, "league_approver", "zh")
    for address in (kept.address, f"{kept.address}/definition.json", draft.address):
        stranger.see(address, 404)
    assert "还没有组合规则" in stranger.see("/composed").words
    assert "composed/150100" not in stranger.see("/methods/new").text
    begin = stranger.see("/composing/new").form("/composing", **{"from": "shapes/taper"})
    stranger.send(begin, 404, **{"from": "composed/150100/1/1"})
    assert "企业年度与资金总额联动" in visit(app, "commerce_officer", "zh").see("/composed").words


def test_a_rule_is_kept_and_read_through_the_api(app: Flask, bench: jobs.Bench) -> None:
    journey = Journey(app, bench)
    shape = INSTALLED["shapes/caps-coupled"].definition
    assert shape is not None
    officer = journey.as_("league_officer")
    one = officer.post("composed", 201, definition=json.loads(canonical(shape)))
    assert (one["rule"], one["version_no"]) == ("composed/150100/1/1", 1)
    assert one["sentences"][0]["zh"].startswith("第二条")
    assert officer.get("composed")[0]["sha256"] == one["sha256"]
    assert officer.get(f"composed/{one['id']}")["definition"] == one["definition"]
    broken = {**json.loads(canonical(shape)), "articles": []}
    assert "articles" in officer.post("composed", 422, definition=broken)["message"]
    assert officer.post("composed", 409, definition=one["definition"], number=1)["code"]
    journey.as_("auditor").post("composed", 403, definition=broken)


def test_every_step_and_every_kind_of_parameter_has_words_in_the_lists() -> None:
    assert set(composing_kit.STEP_LABELS) == set(STEPS)
    assert set(composing_kit.KIND_LABELS) == set(KINDS)


def test_articles_are_numbered_on() -> None:
    def after(*articles: str) -> str:
        return next_article([{"article": one} for one in articles])

    assert after() == "第一条"
    assert after("第五条（货主）", "第二条") == "第六条"
    assert (after("第九条"), after("第十条"), after("第十九条")) == (
        "第十条",
        "第十一条",
        "第二十条",
    )
    assert (after("第二十九条"), after("附则"), after("第九十九条")) == ("第三十条", "第一条", "")
