"""A league uploads what customs sent and sees both sides; a firm learns which fields differ."""

import io
from typing import Any

import openpyxl
import pytest
from flask import Flask

from tests import crossed, journeys, way
from tests.crossed import row, sheet
from tests.ingest.manifest_samples import xlsx_bytes
from tests.web.api.callers import call
from tests.web.visitors import Page, Visitor, visit
from tracker import jobs
from tracker.web import downloads

PLATE, OTHER = "蒙A10000", "蒙A10001"
STATED = {
    "source": "customs",
    "source_name": "示例海关",
    "document_no": "示例关函〔2026〕1号",
    "first_day": "2026-03-01",
    "last_day": "2026-03-31",
}


def send(officer: Visitor, raw: bytes, name: str = "海关数据.csv", **stated: str) -> Page:
    """Upload a file by the form on the page."""
    form = officer.see("/cross-checks").form("/cross-checks")
    data: dict[str, Any] = {**form.fields, **STATED, **stated}
    data["file"] = (io.BytesIO(raw), name)
    answer = officer.client.post("/cross-checks", data=data, follow_redirects=True)
    return Page(answer.request.path, answer.status_code, answer)


def test_an_officer_uploads_and_sees_ours_beside_theirs(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench, 3)
    officer = visit(app, "league_officer")
    assert "There is no data to compare yet." in officer.see("/cross-checks").words
    raw = sheet(row(0), row(1, 毛重="9000", 进出境口岸="0603"), row(77))
    page = send(officer, raw, port="", mode="ROAD")
    assert "The file is being read." in page.words
    jobs.drain(bench)
    page = officer.see("/cross-checks/1")
    limits = "days at most 1 apart, weights at most 0.5% or 1 kg apart"
    for told in ("示例海关", "示例关函〔2026〕1号", "2026-03-01 – 2026-03-31", "Road", limits):
        assert told in page.words
    first = " ".join(page.table(0)[1])
    assert OTHER in first
    assert "Differs Exit customs: ours 0705" in first
    assert "Gross weight (kg): ours 8000, theirs 9000" in first
    differing = officer.see("/cross-checks/1", outcome="differs").words
    assert OTHER in differing
    assert PLATE not in differing
    assert "No shipment that you may see" in officer.see("/cross-checks/1", outcome="near").words
    listed = officer.see("/cross-checks").words
    assert "海关数据.csv" in listed
    assert "No file fits the filter." in officer.see("/cross-checks", source="port").words
    assert "No file fits the filter." in officer.see("/cross-checks", state="refused").words
    assert officer.client.get("/cross-checks/1/original", buffered=True).get_data() == raw


def test_rows_that_name_none_are_listed_for_the_uploader(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench, 1)
    crossed.upload(bench, sheet(row(0), row(77), row(0), row(78, 毛重="约八吨")))
    officer = visit(app, "league_officer")
    assert "#problems-words" in officer.see("/cross-checks/1").links
    page = officer.see("/cross-checks/1/rows", state="unnamed").words
    assert "蒙A10077" in page
    assert PLATE not in page
    assert "cannot be read" in page
    assert PLATE in officer.see("/cross-checks/1/rows", state="named").words
    assert "Twice in this file" in officer.see("/cross-checks/1/rows", state="doubled").words
    assert "No row fits" in officer.see("/cross-checks/1/rows", state="several").words
    assert "Not data" in officer.see("/cross-checks/1/rows").words
    visit(app, "clerk").see("/cross-checks/1/rows", 403)
    visit(app, "commerce_officer").see("/cross-checks/1/rows", 404)
    visit(app, "auditor").see("/cross-checks/1/rows")


def test_both_sides_go_home_in_a_workbook(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench, 2)
    crossed.upload(bench, sheet(row(0), row(1, 件数="99", 进出境日期="2026-03-05"), row(77)))
    for language, names in (
        ("en", ("Compared", "Rows of the file")),
        ("zh", ("比对结果", "文件中的行")),
    ):
        officer = visit(app, "league_officer", language)
        raw = officer.client.get("/cross-checks/1/workbook", buffered=True).get_data()
        book = openpyxl.load_workbook(io.BytesIO(raw))
        assert tuple(book.sheetnames) == names
        cells = [[cell for cell in line if cell] for line in book.worksheets[0].values]
        assert [OTHER in line for line in cells[4:]] == [True, True, False]
        assert cells[4][-3:] == ["100", "99", "3"]
        rows = list(book.worksheets[1].values)
        assert [line[0] for line in rows[4:]] == [1, 2, 3, 4]


def test_a_workbook_that_cannot_hold_all_rows_says_so(
    bench: jobs.Bench, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    way.shipped(bench, 2)
    crossed.upload(bench, sheet(row(0), row(1)))
    officer = visit(app, "league_officer", "en")
    for most, told in ((1, True), (3, False)):
        monkeypatch.setattr(downloads, "MOST_ROWS", most)
        raw = officer.client.get("/cross-checks/1/workbook", buffered=True).get_data()
        for page in openpyxl.load_workbook(io.BytesIO(raw)).worksheets:
            lines = [line[0] for line in page.values][4:]
            assert str(lines[-1]).startswith("Only the first 1 rows are here") == told
            assert len(lines) == 2 if told else len(lines) > 1


def test_a_firm_learns_which_fields_differ_and_nothing_of_the_file(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench, 2)
    crossed.upload(bench, sheet(row(0), row(1, 毛重="9876.5", 件数="77")))
    officer = visit(app, "league_officer").see("/shipments/2").words
    for told in ("9876.5", "示例海关", "Differs", "Theirs"):
        assert told in officer
    clerk = visit(app, "clerk")
    page = clerk.see("/shipments/2").words
    assert "Not the same as ours: Packages、Gross weight (kg)" in page
    for hidden in ("9876.5", "示例海关", "示例关函", "海关数据.csv"):
        assert hidden not in page
    assert "与申报不一致的项目：件数、毛重" in visit(app, "clerk", "zh").see("/shipments/2").words
    assert "Agrees" in clerk.see("/shipments/1").words
    clerk.see("/cross-checks", 403)
    visit(app, "other_clerk").see("/shipments/2", 404)
    assert OTHER in clerk.see("/shipments", crossed="differs").words
    assert PLATE not in clerk.see("/shipments", crossed="differs").words
    assert OTHER in " ".join(clerk.see("/shipments", sort="crossed").table()[1])


def test_a_person_says_what_columns_mean_and_takes_it_back(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench, 1)
    headings = ("过卡车辆", *crossed.HEADINGS[1:])
    key = crossed.upload(bench, sheet(row(0, 进出境日期="03/04/2026"), headings=headings))
    officer = visit(app, "league_officer")
    page = officer.see(f"/cross-checks/{key}")
    assert "The file cannot be compared as it was understood." in page.words
    assert "No column tells which shipment a row is about" in page.words
    where = f"/cross-checks/{key}/understanding"
    officer.send(page.form(where), 422)
    page = officer.send(page.form(where), **{"column-A": "truck_plate"})
    jobs.drain(bench)
    page = officer.see(f"/cross-checks/{key}")
    assert PLATE in page.words
    assert "meaning of column A" in page.words
    asking = f"/cross-checks/{key}/answers"
    form = page.form(asking, offer="1")
    officer.send(form, 422, offer="9")
    officer.send(form, 422, problem="99")
    page = officer.send(form)
    officer.send(form, 409)
    jobs.drain(bench)
    officer.send(form, 422)
    page = officer.see(f"/cross-checks/{key}")
    assert "2026-03-04" in page.words
    page = officer.send(page.form(f"/cross-checks/{key}/answers/1/take-back"))
    jobs.drain(bench)
    assert "cannot be compared" in officer.see(f"/cross-checks/{key}").words
    assert "taken back" in officer.see(f"/cross-checks/{key}").words
    visit(app, "league_approver").see(f"/cross-checks/{key}")


def test_another_sheet_of_a_workbook_is_read_when_it_is_named(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench, 1)
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([list(crossed.HEADINGS), row(5)])))
    more = book.create_sheet("三月")
    for line in (list(crossed.HEADINGS), row(0)):
        more.append(line)
    out = io.BytesIO()
    book.save(out)
    key = crossed.upload(bench, out.getvalue())
    officer = visit(app, "league_officer")
    page = officer.see(f"/cross-checks/{key}")
    officer.send(page.form(f"/cross-checks/{key}/understanding"), sheet="三月")
    jobs.drain(bench)
    assert crossed.outcomes(bench) == {PLATE: "agrees"}


def test_what_is_not_stated_or_no_sheet_is_told_with_the_way_out(
    bench: jobs.Bench, app: Flask
) -> None:
    officer = visit(app, "league_officer")
    raw = sheet(row(0))
    for stated, words in (
        ({"source": ""}, "It is not stated whose data it is."),
        ({"first_day": ""}, "The days that the file covers are not stated."),
        ({"last_day": "2026-02-01"}, "The first day is after the last"),
    ):
        page = send(officer, raw, **stated)
        assert page.status == 422
        assert words in page.words
    form = officer.see("/cross-checks").form("/cross-checks")
    assert "No file was chosen." in officer.send(form, 422, **STATED).words
    page = send(officer, b"%PDF-1.7", "来函.pdf")
    jobs.drain(bench)
    assert "Cannot be used" in officer.see(page.address).words
    page = officer.see(page.address)
    page = officer.send(page.form(f"{page.address}/withdraw"), reason="传错")
    assert "It tells nothing any more" in page.words
    assert "Withdrawn" in officer.see("/cross-checks").words


def test_commerce_sees_its_own_rows_and_results_only_once_they_are_filed(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench, 1)
    crossed.upload(bench, sheet(row(0, 件数="98")))
    own = crossed.upload(bench, sheet(row(0, 件数="97"), row(77)), login="commerce_officer")
    commerce = visit(app, "commerce_officer")
    page = commerce.see(f"/cross-checks/{own}").words
    assert "No shipment that you may see is compared" in page
    assert "Names none of ours" in commerce.see(f"/cross-checks/{own}/rows", state="unnamed").words
    assert PLATE in commerce.see(f"/cross-checks/{own}/rows", state="unnamed").words
    commerce.see("/cross-checks/1", 404)
    way.filed(bench)
    page = commerce.see(f"/cross-checks/{own}").words
    assert "97" in page
    assert PLATE not in commerce.see(f"/cross-checks/{own}/rows", state="unnamed").words
    shipment = commerce.see("/shipments/1")
    assert "98" in shipment.words
    assert f"/cross-checks/{own}" in shipment.links
    assert "/cross-checks/1" not in shipment.links
    league = visit(app, "league_officer")
    assert "97" in league.see("/shipments/1").words
    league.see(f"/cross-checks/{own}", 404)
    auditor = visit(app, "auditor")
    assert "the Department of Commerce" in auditor.see("/cross-checks").words
    assert "Upload data to compare" not in auditor.see("/cross-checks").words


def test_a_reviewer_finds_the_lines_that_differ_first(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench, 4)
    raw = sheet(row(0), row(1, 进出境日期="2026-03-05"), row(3, 毛重="1"))
    crossed.upload(bench, raw)
    key = way.applied(bench)
    officer = visit(app, "league_officer")
    page = officer.see(f"/applications/{key}", sort="crossed")
    plates = [next(cell for cell in line if "蒙A" in cell).split()[0] for line in page.table()[1:5]]
    assert [plate[-1] for plate in plates] == ["3", "2", "1", "0"]
    first = " ".join(officer.see(f"/applications/{key}").table()[1])
    assert "Customs Differs Gross weight (kg): ours 8000, theirs 1" in first
    for told in ("Customs Agrees", "Customs Near Border exit date: ours", "Customs No answer"):
        assert told in page.words


def test_each_line_of_a_review_says_what_every_file_says_of_it(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench, 2)
    crossed.upload(bench, sheet(row(0, 件数="99"), row(1)))
    crossed.upload(bench, sheet(row(0), row(1)), source="port", source_name="示例口岸")
    key = way.applied(bench)
    about = "Customs Differs Packages: ours 100, theirs 99"
    officer = visit(app, "league_officer")
    page = officer.see(f"/applications/{key}")
    cells = next(line for line in page.table() if PLATE in line[1])
    assert f"{about} Port Agrees" in " ".join(cells)
    assert "Customs Agrees · Port Agrees" in page.words
    listed = officer.client.get(f"/applications/{key}/lines.csv", buffered=True).get_data(
        as_text=True
    )
    assert f',"{about}; Port Agrees",' in listed
    clerk = visit(app, "clerk").see(f"/applications/{key}").words
    assert "Customs Differs Packages" in clerk
    assert "theirs" not in clerk
    lines = call(app, "league_officer").get(f"applications/{key}/lines")
    told = {one["label"]: one["cross_checks"] for one in lines}
    assert [one["outcome"] for one in told[PLATE]] == ["differs", "agrees"]
    assert (told[PLATE][0]["source"], told[PLATE][0]["from_whom"]) == (
        "customs",
        "示例海关 示例关函〔2026〕1号",
    )
    assert next(one["theirs"] for one in told[PLATE][0]["findings"]) == "99"
    assert [one["outcome"] for one in told[OTHER]] == ["agrees", "agrees"]
    own = call(app, "clerk").get(f"applications/{key}/lines")
    assert {each["theirs"] for one in own for each in one["cross_checks"][0]["findings"]} == {""}
    assert {one["from_whom"] for line in own for one in line["cross_checks"]} == {""}


def test_an_office_is_told_of_data_to_explain_and_of_shipments_without_answer(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench, 2)
    crossed.upload(bench, sheet(row(0)))
    crossed.upload(bench, sheet(row(1), headings=("过卡车辆", *crossed.HEADINGS[1:])))
    silent, refused = "/shipments?crossed=no_answer&stage=applied", "/cross-checks?state=refused"
    officer = visit(app, "league_officer")
    assert [one in officer.see("/").links for one in (silent, refused)] == [False, True]
    way.applied(bench)
    assert [one in officer.see("/").links for one in (silent, refused)] == [True, True]
    assert OTHER in officer.see(silent).words
    assert PLATE not in officer.see(silent).words
    for login in ("league_approver", "commerce_officer", "clerk"):
        assert not {silent, refused} & set(visit(app, login).see("/").links)


def test_a_row_that_fits_several_is_told_to_who_sees_them_all(
    bench: jobs.Bench, app: Flask
) -> None:
    rows = [journeys.row("W0", f"蒙A{number}") for number in (10000, 10001)]
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(*rows)))
    headings = ("运单号", *crossed.HEADINGS)
    key = crossed.upload(bench, sheet(["W0", *row(0, 运输工具名称="")], headings=headings))
    officer = visit(app, "league_officer")
    assert "W0" in officer.see(f"/cross-checks/{key}/rows", state="several").words
    assert "Fits several" in officer.see(f"/cross-checks/{key}/rows").words


@pytest.mark.parametrize("login", ["league_officer", "commerce_officer"])
def test_a_system_uploads_maps_reads_and_withdraws(
    bench: jobs.Bench, app: Flask, login: str
) -> None:
    way.shipped(bench, 2)
    way.filed(bench)
    api = call(app, login)
    headings = ("过卡车辆", *crossed.HEADINGS[1:])
    raw = sheet(row(0, 件数="7", 毛重="?"), row(77), headings=headings)
    stated = "source=port&source_name=某口岸&first_day=2026-03-01&last_day=2026-03-31&port=0705"
    sent = {"file": (io.BytesIO(raw), "口岸.csv")}
    made: Any = api.ask("POST", f"cross-checks?{stated}", 201, data=sent).json
    jobs.drain(bench)
    one = api.get(f"cross-checks/{made['id']}")
    assert (one["file"]["state"], one["file"]["source_name"]) == ("refused", "某口岸")
    assert one["problems"][0]["severity"] == "refuse"
    answers = f"cross-checks/{made['id']}/answers"
    means = {"kind": "column", "column": "A", "value": "truck_plate"}
    api.post(answers, 202, answers=[means, {"kind": "header", "row": 1}])
    jobs.drain(bench)
    given = api.get(answers)
    assert [(one["kind"], one["value"]) for one in given] == [
        ("header", ""),
        ("column", "truck_plate"),
    ]
    one = api.get(f"cross-checks/{made['id']}")
    assert one["outcomes"] == {"differs": 1, "no_answer": 1, "near": 0, "agrees": 0}
    assert one["rows"] == {"named": 1, "unnamed": 1, "not_data": 1}
    assert [each["id"] for each in api.get("cross-checks", state="read")] == [made["id"]]
    first, second = api.get(f"cross-checks/{made['id']}/results")
    assert (first["outcome"], second["findings"]) == ("differs", [])
    assert first["from_whom"] == "某口岸"
    (only,) = api.get(f"cross-checks/{made['id']}/rows", state="named")
    assert (only["row"], only["unread"]) == (2, ["gross_weight_kg"])
    assert only["shipment_id"] == first["shipment_id"]
    kept = api.ask("GET", f"cross-checks/{made['id']}/original")
    assert kept.get_data() == raw
    told = api.get(f"shipments/{first['shipment_id']}")["cross_checks"]
    assert [each["outcome"] for each in told] == ["differs"]
    own = call(app, "clerk").get(f"shipments/{first['shipment_id']}")["cross_checks"]
    assert own[0]["from_whom"] == ""
    differing = {each["field"] for each in own[0]["findings"] if each["outcome"] != "agrees"}
    assert differing == {"packages"}
    assert {each["theirs"] for each in own[0]["findings"]} == {""}
    one = api.post(f"cross-checks/{made['id']}/withdraw", reason="传错")
    assert one["file"]["state"] == "withdrawn"


def test_a_system_chooses_a_sheet_its_columns_and_their_unit_in_one_go(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench, 1)
    book = openpyxl.Workbook()
    book.create_sheet("三月").append(["过卡车辆", "出境日期", "总重"])
    book["三月"].append([PLATE, "2026-03-04", "8"])
    out = io.BytesIO()
    book.save(out)
    key = crossed.upload(bench, out.getvalue())
    api = call(app, "league_officer")
    named = {"A": "truck_plate", "C": "gross_weight_kg"}
    columns = [{"kind": "column", "column": at, "value": name} for at, name in named.items()]
    sheet_named = {"kind": "sheet", "value": "三月"}
    answers = f"cross-checks/{key}/answers"
    api.post(answers, 422, answers=[])
    api.post(answers, 422, answers=[*columns, {"kind": "cell", "column": "A", "row": 2}])
    header = {"kind": "header", "row": 1}
    api.post(answers, 202, answers=[*columns, header, sheet_named])
    api.post(answers, 409, answers=columns)
    jobs.drain(bench)
    (asked,) = api.get(f"cross-checks/{key}")["problems"]
    assert (asked["code"], asked["field"], asked["column"]) == ("tonnes", "gross_weight_kg", "C")
    assert crossed.differing(bench, PLATE, key) == {}
    tonnes, _kilograms = asked["answers"]
    api.post(answers, 202, answers=[tonnes])
    jobs.drain(bench)
    (result,) = api.get(f"cross-checks/{key}/results")
    told = {one["field"]: one["outcome"] for one in result["findings"]}
    assert (told["gross_weight_kg"], result["outcome"]) == ("agrees", "agrees")
