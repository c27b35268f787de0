"""Commerce keeps lines back on the pages and through the API; the figures stand side by side."""

from __future__ import annotations

from flask import Flask

from ingest.oddities import MESSAGES
from tests import holds, journeys, questions, way
from tests.due import due
from tests.journeys import LEAGUE, RATE_FEN, act_on
from tests.web import test_sheets_back, walks
from tests.web.api.callers import call
from tests.web.visitors import Page, People, found, visit
from tracker import jobs
from tracker.models.filings import Filing
from tracker.models.holds import HOLD_CATEGORIES
from tracker.steps.categories import MEETS
from tracker.web.holds import CATEGORIES, ODDITIES

WHY = {"reason_code": "evidence_missing", "reason": "待补运单（示例）"}


def options(page: Page, name: str = "what") -> list[str]:
    return [str(one.get("value")) for one in found(page.tree, f"//select[@name='{name}']/option")]


def test_one_line_is_held_on_its_row_and_the_others_are_approved(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 3)
    way.a_fund(bench)
    address = walks.filed(bench)
    officer = people["commerce_officer"]
    walks.reduced(people, "commerce_officer", address, "10")
    page = officer.see(address)
    forms = found(page.tree, "//tbody//form[@action='/holds']")
    value = str(found(forms[0], ".//input[@name='what']")[0].get("value"))
    page = officer.send(page.form("/holds", what=value), **WHY)
    assert "Every line it holds is listed below" in page.words
    assert page.table()[1][2:5] == ["BS-00001", "490.00", "On hold"]
    page = officer.see(address)
    assert page.table(2)[-1][1:] == ["1,500.00", "0.00", "10.00", "490.00", "1,000.00", ""]
    assert "on hold" in page.words
    assert page.table(0)[1][1:] == ["1,500.00", "10.00", "490.00", "1,000.00"], "by firm"
    way.approve(bench, 1)
    page = people["finance_officer"].see(address)
    assert page.table()[1][0] == "BS-00001-2"
    assert page.table()[1][2:] == ["500.00", "10.00", "490.00", "0.00"]
    assert page.table()[2][1:] == ["1,500.00", "10.00", "490.00", "1,000.00"], "to the fen"
    page = people["league_officer"].see("/filings/2")
    assert "This is what was held back of BS-00001" in page.words
    assert "ZH-00001" in page.words
    officer.send(officer.see("/holds/1").form("/holds/1/lift"), reason="已补齐（示例）")
    assert "已补齐（示例）" in people["league_officer"].see("/holds/1").words
    way.approve(bench, 2)
    assert way.stages(bench)["approved"] == 3 * RATE_FEN - 1_000
    page = people["manager"].see("/applications/1")
    assert page.table()[-1][1:5] == ["1,500.00", "0.00", "10.00", "1,490.00"]
    assert way.proven(bench)


def test_the_list_and_the_leagues_side_by_side_say_what_is_on_hold(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    key = way.filed(bench)
    commerce = people["commerce_officer"]
    page = commerce.see("/filings")
    assert page.table()[1][-3:] == ["1,000.00", "—", "1,000.00"]
    assert "On hold" not in page.words, "no column for what there is not"
    holds.placed(bench, "line", holds.item(bench), key)
    page = commerce.see("/filings")
    assert page.table()[1][-4:] == ["1,000.00", "—", "500.00", "500.00"]
    row, total = (row for row in page.table(1) if row[1] == "1")
    assert row[2:6] == ["0.10", "—", "0.05", "0.05"], "requested, reduced, on hold, proposed"
    assert total[2:6] == ["0.10", "0.00", "0.05", "0.05"]


def test_a_category_of_a_filing_and_of_a_league_is_held(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    address = walks.filed(bench)
    officer = people["commerce_officer"]
    assert "Nothing is on hold" in officer.see("/holds").words
    page = officer.see(address)
    assert {"vehicle:ROAD", "cargo:9610", "programme:freight", f"firm:{journeys.FIRM}"} <= {
        *options(page)
    }
    page = officer.send(page.form("/holds", what=""), **WHY, what="vehicle:ROAD")
    assert "Kind of vehicle: " in page.words
    assert len(page.table()) == 3
    act_on(bench, Filing, 1, "commerce_officer", "return", reason_code="other", reason="示例")
    page = officer.see("/holds/new", league=LEAGUE)
    page = officer.send(page.form("/holds"), **WHY, what="oddity:too_fast")
    assert "all filings of the league, later ones too" in page.words
    rows = people["auditor"].see("/holds", league=LEAGUE).table()
    assert [row[0] for row in rows[1:]] == ["ZH-00002", "ZH-00001"]
    assert "No hold fits" in officer.see("/holds", league="150900").words
    officer.see("/holds/new", 404, league="x")
    assert "Lines put on hold" in people["auditor"].see("/ledger", kind="hold.place").words
    people["commerce_approver"].see("/holds/new", 403)


def test_what_was_being_decided_on_is_named(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench)
    key = way.filed(bench)
    act_on(bench, Filing, key, "commerce_officer", "propose")
    holds.placed(bench, "cargo", "9610")
    page = people["league_approver"].see("/holds/1")
    assert "Not touched, because they were being decided on: BS-00001" in page.words
    assert "Lift the hold" not in page.words


def test_a_hold_is_placed_and_lifted_through_the_api(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench, 2)
    key = way.filed(bench)
    officer = call(app, "commerce_officer")
    item = holds.item(bench)
    body = {"filing": key, "category": "line", "value": item, **WHY}
    made = officer.post("holds", 201, **body)
    (line,) = made["lines"]
    assert (line["item"], line["held"], line["amount_fen"]) == (item, True, RATE_FEN)
    one = call(app, "finance_officer").get(f"filings/{key}")
    assert (one["filed_fen"], one["held_fen"], one["approved_fen"]) == (
        *(2 * RATE_FEN, RATE_FEN, RATE_FEN),
    )
    assert (one["rests"], one["rest_of"]) == ([], "")
    lines = officer.get(f"filings/{key}/lines")
    assert sorted(each["held_fen"] for each in lines) == [0, RATE_FEN]
    assert officer.get("holds")[0]["open_count"] == 1
    lifted = officer.post(f"holds/{made['id']}/lift", reason="示例")
    assert (lifted["open_count"], lifted["lifted_reason"]) == (0, "示例")
    league = {**body, "category": "vehicle", "value": "ROAD", "league": LEAGUE}
    del league["filing"]
    assert officer.post("holds", 201, **league)["filing_id"] is None
    assert call(app, "league_officer").post("holds", 403, **body)
    assert way.proven(bench)


def test_a_sheet_takes_nothing_off_lines_that_are_not_in_the_filing_now(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench, 2)
    way.a_fund(bench)
    key = way.filed(bench)
    holds.placed(bench, "line", holds.item(bench), key)
    way.approve(bench, key)
    commerce, rest = visit(app, "commerce_officer"), "/filings/2"
    raw = test_sheets_back.sheet(commerce, rest)
    page = test_sheets_back.sent(commerce, rest, raw)
    assert "the very workbook that was filed" in page.words, "the rest stands on the same sheet"
    off, why = test_sheets_back.OFF, test_sheets_back.WHY
    typed = [(line, column, cell) for line in (0, 1) for column, cell in ((off, 1), (why, "示例"))]
    page = test_sheets_back.sent(commerce, rest, test_sheets_back.filled(raw, *typed))
    refused = commerce.send(page.form(page.address), 422)
    assert "lines that are decided, or held back" in refused.words


def test_a_list_of_more_holds_asks_the_database_no_oftener(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    key = way.filed(bench)
    counts, auditor = list[int](), people["auditor"]
    for number in (0, 1):
        holds.placed(bench, "line", holds.item(bench, number), key)
        holds.placed(bench, "firm", journeys.FIRM, key)
        with questions.asked(bench.database) as asked:
            assert len(auditor.see("/holds").table()) == 2 * number + 3
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_every_category_and_oddity_has_words_and_a_way_to_be_met() -> None:
    assert set(CATEGORIES) == set(MEETS) == set(HOLD_CATEGORIES)
    assert set(ODDITIES) == set(MESSAGES)


def test_the_league_replies_and_commerce_reads_it(bench: jobs.Bench, app: Flask) -> None:
    due(bench, "reply", 5, login="commerce_approver")
    way.shipped(bench)
    key = holds.placed(bench, "vehicle", "ROAD", way.filed(bench))
    officer, commerce = visit(app, "league_officer"), visit(app, "commerce_officer")
    assert "Holds · Reply to what is held · the first by 2026-05-11" in officer.see("/").words
    assert "by 2026-05-11" in officer.see("/holds", replied="no").words
    page = officer.see(f"/holds/{key}")
    assert "The league replies up to and with 2026-05-11." in page.words
    page = officer.send(page.form(f"/holds/{key}/replies"), words="已补运单，见佐证（示例）")
    assert "已补运单，见佐证（示例）" in page.words
    assert "up to and with" not in page.words
    assert "Read the reply, and decide" in commerce.see("/").words
    assert "ZH-00001" in commerce.see("/holds", replied="yes").words
    assert "ZH-00001" not in commerce.see("/holds", replied="no").words
    assert "已补运单，见佐证（示例）" in commerce.see(f"/holds/{key}").words
    told = call(app, "league_officer").post(f"holds/{key}/replies", 201, words="另附照片（示例）")
    assert [one["words"] for one in told["replies"]] == [
        "已补运单，见佐证（示例）",
        "另附照片（示例）",
    ]
    assert call(app, "auditor").get("holds", replied="yes")[0]["due_on"] == "2026-05-11"
    call(app, "commerce_officer").post(f"holds/{key}/replies", 403, words="不可")
