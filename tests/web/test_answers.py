"""A firm answers what its file leaves open; the file is read again, its bytes stay as they are."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests import journeys
from tests.web.visitors import Page, Visitor, upload, visit
from tracker import jobs
from tracker.models.answers import FirmHeading, ManifestAnswer
from tracker.models.cargo import Manifest

Upload = Callable[[bytes], Page]


@pytest.fixture
def clerk(bench: jobs.Bench, app: Flask) -> Visitor:
    assert bench.settings.home.exists()
    return visit(app, "clerk")


@pytest.fixture
def read(bench: jobs.Bench, clerk: Visitor) -> Upload:
    """Upload a file and see what was read of it."""

    def uploaded(raw: bytes) -> Page:
        address = upload(clerk, (raw, "发运.csv")).address
        jobs.drain(bench)
        return clerk.see(address)

    return uploaded


def again(bench: jobs.Bench, clerk: Visitor, page: Page) -> Page:
    jobs.drain(bench)
    return clerk.see(page.address.removesuffix("/mend"))


def test_a_cell_is_corrected_in_place_and_the_row_goes_in(
    clerk: Visitor, bench: jobs.Bench, read: Upload
) -> None:
    page = read(
        journeys.sheet(
            journeys.row("W1"), journeys.row("W2", "蒙A20002", **{"毛重(KG)": "abc", "件数": "1.5"})
        )
    )
    before = manifest_of(bench).sha256
    grid = clerk.see(f"{page.address}/mend")
    form = grid.form(f"{page.address}/mend")
    corrected = {name for name in form_fields(grid) if name.startswith("cell-")}
    assert {name.rpartition("-")[2] for name in corrected} == {"S", "T"}
    answers = {name: "8000" if name.endswith("T") else "12" for name in corrected}
    assert "2 corrections were kept" in clerk.send(form, **answers).words
    page = again(bench, clerk, page)
    assert "Rows read 3 = New 2 + Not data 1" in page.words
    assert "cell T3" in page.words
    assert manifest_of(bench).sha256 == before


def test_nothing_is_kept_where_nothing_was_changed(clerk: Visitor, read: Upload) -> None:
    page = read(journeys.sheet(journeys.row("W1", **{"毛重(KG)": "abc"})))
    grid = clerk.see(f"{page.address}/mend")
    told = clerk.send(grid.form(f"{page.address}/mend"), 422)
    assert "Nothing was changed" in told.words


def test_a_field_that_no_grid_has_changes_nothing(clerk: Visitor, read: Upload) -> None:
    page = read(journeys.sheet(journeys.row("W1", **{"毛重(KG)": "abc"})))
    form = clerk.see(f"{page.address}/mend").form(f"{page.address}/mend")
    named = {"cell-1": "8000", "cell-x-T": "8000", "cell-99-T": "8000", "cell--": "1"}
    assert "Nothing was changed" in clerk.send(form, 422, **named).words


def test_a_column_is_given_its_meaning_which_is_remembered_for_the_next_file(
    clerk: Visitor, bench: jobs.Bench, read: Upload
) -> None:
    named = "我方发货号码"
    raw = journeys.sheet(journeys.row("W1")).replace(gb("运单号"), gb(named), 1)
    page = read(raw)
    assert "No row of this file can go in" in page.words
    form = page.form(f"{page.address}/understanding")
    clerk.send(form, **{"column-A": "waybill_no"})
    assert "New 1" in again(bench, clerk, page).words
    with bench.database.reading() as session:
        remembered = session.scalars(select(FirmHeading)).one()
        assert (remembered.heading, remembered.field) == (named, "waybill_no")
    other = raw.replace(b"W1", b"W9").replace(gb("蒙A"), gb("蒙B"))
    assert "New 1" in read(other).words


def test_a_meaning_that_is_taken_back_is_forgotten_too(
    clerk: Visitor, bench: jobs.Bench, read: Upload
) -> None:
    raw = journeys.sheet(journeys.row("W1")).replace(gb("运单号"), gb("我方发货号码"), 1)
    page = read(raw)
    clerk.send(page.form(f"{page.address}/understanding"), **{"column-A": "waybill_no"})
    page = again(bench, clerk, page)
    clerk.send(page.form(f"{page.address}/answers/1/take-back"))
    assert "No row of this file can go in" in again(bench, clerk, page).words
    assert "No row of this file can go in" in read(raw.replace(b"W1", b"W9")).words


def test_a_column_that_is_not_there_is_filled_with_one_value(
    clerk: Visitor, bench: jobs.Bench, read: Upload
) -> None:
    raw = journeys.sheet(journeys.row("W1")).replace(gb("运输方式"), b"X", 1)
    page = read(raw)
    clerk.send(page.form(f"{page.address}/answers"), value="公路")
    assert "New 1" in again(bench, clerk, page).words


def test_no_one_number_is_offered_for_all_the_waybills_of_a_file(read: Upload) -> None:
    page = read(journeys.sheet(journeys.row("W1")).replace(gb("运单号"), b"X", 1))
    assert "which column of the file it is" in page.words
    assert f"{page.address}/answers" not in [form.action for form in page.tree.forms]


def test_a_lost_zero_is_restored_in_the_whole_column_and_can_be_taken_back(
    clerk: Visitor, bench: jobs.Bench, read: Upload
) -> None:
    rows = [journeys.row(f"W{one}", f"蒙A2000{one}", 出境口岸="705") for one in range(3)]
    page = read(journeys.sheet(*rows))
    assert "New" not in page.words.partition("Rows read")[2][:20]
    clerk.send(page.form(f"{page.address}/answers", whole="1"))
    page = again(bench, clerk, page)
    assert "Rows read 4 = New 3 + Not data 1" in page.words
    clerk.send(page.form(f"{page.address}/answers/1/take-back"))
    assert "New 3" not in again(bench, clerk, page).words
    with bench.database.reading() as session:
        values = list(session.scalars(select(ManifestAnswer.value)))
        assert len(values) == 2
        assert values[1] is None


def test_what_is_committed_takes_no_more_answers(
    clerk: Visitor, bench: jobs.Bench, read: Upload
) -> None:
    page = read(journeys.sheet(journeys.row("W1"), journeys.row("W2", **{"毛重(KG)": "abc"})))
    grid = clerk.see(f"{page.address}/mend")
    clerk.send(page.form(f"{page.address}/commit"))
    jobs.drain(bench)
    form = grid.form(f"{page.address}/mend")
    (name,) = form_fields(grid)
    assert "has been read and not committed" in clerk.send(form, 409, **{name: "8000"}).words
    assert "mend" not in " ".join(clerk.see(page.address).links)


def test_of_two_uploads_of_one_refused_file_only_one_is_read_again(
    clerk: Visitor, bench: jobs.Bench, read: Upload
) -> None:
    raw = journeys.sheet(journeys.row("W1")).replace(gb("运单号"), b"X", 1)
    first, second = read(raw), read(raw)
    assert first.address != second.address
    clerk.send(second.form(f"{second.address}/understanding"), **{"column-A": "waybill_no"})
    assert "New 1" in again(bench, clerk, second).words
    form = first.form(f"{first.address}/understanding")
    told = clerk.send(form, 409, **{"column-A": "waybill_no"})
    assert "The same file was uploaded before" in told.words


def gb(text: str) -> bytes:
    """The text as journeys write it into a file."""
    return text.encode("gb18030")


def form_fields(grid: Page) -> list[str]:
    """Names of the cells that the grid shows as fields."""
    names = [str(one.get("name")) for one in grid.tree.iter("input")]
    return [name for name in names if name.startswith("cell-")]


def manifest_of(bench: jobs.Bench) -> Manifest:
    with bench.database.reading() as session:
        return session.scalars(select(Manifest)).one()
