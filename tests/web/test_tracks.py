"""A firm uploads tracks and sees what they prove; reviewers see both sides, others nothing."""

import io
from typing import Any

from flask import Flask

from tests import tracked, way
from tests.tracked import CORRIDOR, PLATE, TURNED, WHOLE
from tests.web.api.callers import call
from tests.web.visitors import Page, Visitor, file, found, visit
from tracker import jobs


def send(clerk: Visitor, raw: bytes, datum: str = "WGS84") -> Page:
    """Upload a file by the form on the page."""
    form = clerk.see("/tracks").form("/tracks")
    files = [file(raw, "轨迹.csv")]
    return clerk.send(form, datum=datum, zone="+08:00", files=files)


def test_a_clerk_uploads_and_sees_verdicts_findings_and_the_picture(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench, 1)
    clerk = visit(app, "clerk")
    assert "The datum of the positions is not declared." in send(clerk, b"x", "").words
    raw = tracked.drive(PLATE, CORRIDOR, TURNED)
    page = send(clerk, raw)
    assert "The file is being read." in page.words
    jobs.drain(bench)
    assert PLATE in clerk.see("/tracks/files/1").words
    assert PLATE in clerk.see("/tracks", state="contradicted").words
    assert "No track fits the filter." in clerk.see("/tracks", state="loose").words
    page = clerk.see("/shipments/1")
    for told in ("A track speaks against what was declared.", "turned back", "abroad"):
        assert told in page.words
    (figure,) = found(page.tree, "//figure[@class='journey']")
    assert [one.get("class") for one in found(figure, "./svg")] == ["lying", "standing"]
    chinese = visit(app, "clerk", "zh").see("/shipments/1").words
    assert "与轨迹不符" in chinese
    assert "折返" in chinese
    page = clerk.see("/tracks/1")
    page = clerk.send(page.form("/tracks/links/1/remove"))
    jobs.drain(bench)
    assert "Earlier checks" in clerk.see("/tracks/1").words
    page = clerk.send(clerk.see("/tracks/1").form("/tracks/1/links"), numbers=PLATE)
    assert "Linked to 1." in page.words
    assert "is linked and not checked yet" in clerk.see("/shipments/1").words
    page = clerk.send(clerk.see("/tracks/files/1").form("/tracks/files/1/withdraw"), reason="传错")
    assert "It proves nothing any more" in page.words
    assert "It proves nothing any more" in clerk.see("/tracks/1").words
    kept = clerk.client.get("/tracks/files/1/bytes", buffered=True)
    assert kept.get_data() == raw


def test_of_a_copy_the_reviewer_sees_both_and_the_firm_only_that_there_is_one(
    bench: jobs.Bench, app: Flask
) -> None:
    tracked.copied(bench)
    theirs = visit(app, "other_clerk").see("/tracks/2").words
    assert "this is another truck's track" in theirs
    assert PLATE not in theirs
    reviewer = visit(app, "league_officer").see("/tracks/2").words
    assert f"also the track of {PLATE} 示例企业甲" in reviewer
    visit(app, "other_clerk").see("/tracks/1", 404)
    visit(app, "league_officer").see("/tracks/files/1", 403)


def test_a_wrong_datum_is_warned_of_and_nothing_is_converted(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench, 1)
    tracked.upload(bench, tracked.drive(PLATE, CORRIDOR, WHOLE), datum="GCJ02")
    page = visit(app, "clerk").see("/shipments/1").words
    assert "the declared datum is GCJ02" in page
    assert "Nothing is converted by itself." in page


def test_a_system_uploads_lists_links_and_reads_the_verdicts(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench, 1)
    api = call(app, "clerk")
    raw = tracked.drive(PLATE, CORRIDOR, WHOLE)
    sent = {"file": (io.BytesIO(raw), "轨迹.csv")}
    made: Any = api.ask("POST", "tracks?datum=WGS84&zone=%2B08:00", 201, data=sent).json
    assert (made["state"], made["datum"]) == ("received", "WGS84")
    jobs.drain(bench)
    assert [one["state"] for one in api.get("tracks/files")] == ["read"]
    (listed,) = api.get("tracks")
    one = api.get(f"tracks/{listed['id']}")
    (check,) = one["checks"]
    assert check["verdict"] == "proven"
    assert {part["name"]: part["verdict"] for part in check["sections"]} == dict.fromkeys(
        ("province", "domestic", "abroad"), "proven"
    )
    assert {found["bearing"] for found in check["findings"]} == {"supports"}
    one = api.post(f"tracks/links/{one['links'][0]['id']}/remove")
    assert one["links"] == []
    one = api.post(f"tracks/{one['id']}/links", numbers=PLATE)
    assert [link["by_hand"] for link in one["links"]] == [True]
    jobs.drain(bench)
    gone = api.post(f"tracks/files/{made['id']}/withdraw", reason="传错")
    assert gone["state"] == "withdrawn"
    assert api.get(f"tracks/files/{made['id']}")["withdrawn_reason"] == "传错"


def test_a_reviewer_finds_the_line_that_its_track_speaks_against_first(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench, 2)
    tracked.upload(bench, tracked.drive("蒙A10001", CORRIDOR, TURNED))
    key = way.applied(bench)
    officer = visit(app, "league_officer")
    first, second = officer.see(f"/applications/{key}").table()[1:3]
    assert "蒙A10001" in " ".join(first)
    assert "a track speaks against it" in " ".join(first)
    assert "a track speaks against it" not in " ".join(second)
