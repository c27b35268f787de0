"""Proposing on pages: a league fills in a form or a table, Commerce approves it from a day on."""

import io

import openpyxl
from flask import Flask

from ingest.network import load_seed
from ingest.network.exchange import FORMAT, of, read
from tests.web.api.callers import call
from tests.web.visitors import Page, Visitor, file, visit
from tracker import jobs
from tracker.demo import scans

SEED = load_seed()
FALLING = {"km.place:ulanqab": "150", "km.place:erenhot": "140"}
DOCUMENT = "示例呼商字〔2026〕7号"


def drafted(officer: Visitor, status: int = 200, /, **filled: str) -> Page:
    """A draft from the form on corridor T01."""
    page = officer.see("/proposals/new", corridor="T01")
    given = {"document_no": DOCUMENT, "id": "T11", "zh": "呼和浩特—乌兰巴托（示例）", **filled}
    return officer.send(page.form("/proposals", base="T01"), status, **given)


def uploaded(visitor: Visitor, name: str, raw: bytes, status: int = 200, **filled: str) -> Page:
    """A draft from a file."""
    page = visitor.see("/proposals/new", corridor="T01", by="file")
    form = page.form("/proposals", base="T01")
    filled = {"document_no": DOCUMENT, **filled}
    return visitor.send(form, status, file=file(raw, name), **filled)


def test_a_league_proposes_a_corridor_and_commerce_puts_it_in_force(
    bench: jobs.Bench, app: Flask
) -> None:
    officer, approver = visit(app, "league_officer"), visit(app, "commerce_approver")
    km = {"km.place:erenhot": "475.0", "km.place:ulaanbaatar": "1141.5"}
    page = drafted(officer, km_source="示例里程表", names="莫斯科 = 示例货场", **km)
    told = {tuple(row[:3]) for row in page.table()[1:]}
    assert ("Corridor", "T11", "added") in told
    assert ("Place", "moscow", "further names") in told
    page = officer.press(page, "submit")
    assert "Department of Commerce, approver" in page.words
    page = approver.see(page.address)
    page = approver.press(page, "approve", valid_from="2026-01-01")
    jobs.drain(bench)
    corridor = approver.see("/networks/2/corridors/T11")
    rows = {row[0]: row[-1] for row in corridor.table()[1:]}
    assert (rows["Erenhot"], rows["Ulaanbaatar"]) == ("475.0", "1,141.5")
    assert "示例里程表" in corridor.words
    assert DOCUMENT in visit(app, "clerk").see("/networks/2").words
    assert "Approved" in officer.see("/proposals").words
    visit(app, "clerk").see("/proposals", 403)


def test_what_is_wrong_in_the_form_is_told_and_nothing_typed_is_lost(app: Flask) -> None:
    officer = visit(app, "league_officer", "zh")
    wrong: tuple[tuple[dict[str, str], str], ...] = (
        ({"km.place:erenhot": "475"}, "注明所依据的文件"),
        ({"km.place:erenhot": "四百", "km_source": "示例"}, "不是公里数"),
        ({**FALLING, "km_source": "示例"}, "里程须递增"),
        ({"first": "place:sainshand"}, "依次在通道上"),
        ({"id": "T 11"}, "字母、数字"),
        ({"id": "T01", "zh": SEED.corridor("T01").names.zh}, "没有任何不同"),
        ({"names": "某地 = 别名"}, "没有写明路网中的地点"),
        ({"valid_from": "2026-02-31"}, "不是日期"),
        ({"document_no": ""}, "缺少文号"),
    )
    for filled, why in wrong:
        page = drafted(officer, 422, **filled)
        assert why in page.words, (filled, page.words[:600])
        form = page.form("/proposals", base="T01")
        assert all(form.fields[name] == said for name, said in filled.items())


def test_a_table_of_stations_is_downloaded_filled_in_and_proposed(app: Flask) -> None:
    officer = visit(app, "league_officer")
    answer = officer.client.get("/networks/1/corridors/T01/stations.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.get_data()))
    sheet = book.worksheets[0]
    (row,) = (row for row in sheet.iter_rows(min_row=4) if row[1].value == "place:erenhot")
    row[5].value = 470.5
    stream = io.BytesIO()
    book.save(stream)
    page = uploaded(officer, "里程.xlsx", stream.getvalue(), km_source="示例里程表")
    (erenhot,) = (row for row in page.table()[1:] if row[2] == "km at Erenhot")
    assert erenhot[3:] == ["462.7", "470.5"]
    csv = "站点,里程\n二连浩特,480\n"
    assert "km at Erenhot" in uploaded(officer, "a.csv", csv.encode(), km_source="示例").words
    for raw, why in (
        ("站点,里程\n阿拉木图,480\n", "is no station of this corridor"),
        ("a,b\n1,2\n", "no table of stations"),
    ):
        assert why in uploaded(officer, "a.csv", raw.encode(), 422, km_source="示例").words


def test_a_file_of_the_network_goes_out_and_comes_back_in(app: Flask) -> None:
    officer, commerce = visit(app, "league_officer"), visit(app, "commerce_officer")
    raw = officer.client.get("/networks/1/network.json").get_data()
    assert read(raw) == SEED
    assert "Nothing is otherwise" in uploaded(commerce, "n.json", raw, 422).words
    changed = raw.replace("© OpenStreetMap contributors, ODbL 1.0".encode(), "示例".encode())
    assert "ask Commerce" in uploaded(officer, "n.json", changed, 403).words
    assert "a whole network" in uploaded(commerce, "n.json", changed).words
    one = officer.client.get("/networks/1/corridors/T01/corridor.json").get_data()
    renamed = one.replace(b'"id": "T01"', b'"id": "T12"')
    page = uploaded(officer, "c.json", renamed)
    assert [row[:3] for row in page.table()[1:]] == [["Corridor", "T12", "added"]]
    again = officer.client.get(f"{page.address}/proposal.json").get_data()
    assert read(again) == read(renamed)
    broken = one.replace(b'"km_tenths": 6\n', b'"km_tenths": "6"\n')
    assert "km_tenths" in uploaded(officer, "c.json", broken, 422).words


def test_systems_read_the_network_and_propose_by_the_api(bench: jobs.Bench, app: Flask) -> None:
    officer, approver = call(app, "league_officer"), call(app, "commerce_approver")
    (version,) = officer.get("networks")
    assert of(officer.get(f"networks/{version['id']}")["file"]) == SEED
    names = {"names": [{"place": "moscow", "aliases": ["示例货场"]}]}
    body = {"file": {"format": FORMAT, "amendment": names}, "document_no": DOCUMENT}
    one = officer.post("proposals", 201, **body)
    assert [change["id"] for change in one["changes"]] == ["moscow"]
    officer.post("proposals", 422, **(body | {"file": {"format": "x"}}))
    steps = f"proposals/{one['id']}/steps"
    officer.post(steps, step="submit", shown_sha256=one["shown_sha256"])
    shown = approver.get(f"proposals/{one['id']}")["shown_sha256"]
    approver.post(steps, 422, step="approve", shown_sha256=shown)
    approver.post(steps, step="approve", shown_sha256=shown, valid_from="2026-01-01")
    (listed,) = officer.get("proposals", state="approved")
    assert listed["network_id"] == approver.get("networks")[0]["id"]
    assert jobs.drain(bench) == 1


def test_the_document_behind_a_proposal_is_attached_to_it(app: Flask) -> None:
    officer = visit(app, "league_officer")
    page = drafted(officer)
    form = page.form("/evidence", subject="proposal:1")
    officer.send(form, kind="stamped_scan", files=file(scans.pdf("示例文件"), "示例文件.pdf"))
    officer.press(officer.see(page.address), "submit")
    seen = visit(app, "commerce_approver").see(page.address)
    assert "示例文件.pdf" in seen.words
