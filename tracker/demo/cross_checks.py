"""Cross-check of the demo 示例数据比对: a made-up list of a customs office, beside a firm's trucks.

Made anew each time from the trucks of the first league: most agree, some differ in weight, day or
port, one is not in it, and some rows are of trucks that nobody here ever declared.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import blobs, jobs
from tracker.demo.doing import person
from tracker.demo.people import LEAGUES
from tracker.models.cargo import Shipment
from tracker.models.cross_checks import CrossCheckFile
from tracker.models.people import League
from tracker.steps import cross_checks

LEAGUE = "150100"
NAME = "示例_某海关1月出境车辆.xlsx"
TITLE = "某海关 2026 年 1 月出境公路车辆清单（示例数据，并非真实记录）"
HEADINGS = (
    *("序号", "运输工具名称", "挂车号", "提运单号", "进出境日期", "进出境口岸"),
    *("进出口标志", "件数", "毛重（千克）", "运抵国", "放行备注"),
)
JANUARY = (date(2026, 1, 1), date(2026, 1, 31))
STRANGE = ("蒙A00X01", "蒙K77777", "蒙B55555")
"""Plates that no firm of the demo declares; the first cannot be one."""
Cells = dict[str, str]


def upload(bench: jobs.Bench) -> str:
    """The officer of the first league uploads the list; it is read and compared."""
    with bench.database.reading() as session:
        raw = workbook(list(_rows(session)))
    limit = bench.settings.upload_limit_bytes
    sha256, size = blobs.store(bench.settings.home, io.BytesIO(raw), limit)

    def store(session: Session) -> None:
        if session.scalar(select(CrossCheckFile.id).where(CrossCheckFile.sha256 == sha256)) is None:
            told = cross_checks.Upload(
                name=NAME,
                sha256=sha256,
                size_bytes=size,
                source="customs",
                source_name="某海关（示例）",
                first_day=JANUARY[0],
                last_day=JANUARY[1],
                mode="ROAD",
                document_no="示例关函〔2026〕3号",
            )
            officer = person(session, f"{LEAGUES[LEAGUE]}_officer")
            cross_checks.store(session, officer, told, datetime.now(UTC))

    bench.database.transact(store)
    jobs.drain(bench)
    return "某海关示例清单：一致、相近、不一致、无应答各有，另有未对应的行"


def _rows(session: Session) -> Iterator[Cells]:
    query = (
        select(Shipment)
        .join(League, League.id == Shipment.league_id)
        .where(League.code == LEAGUE, Shipment.mode == "ROAD")
        .where(Shipment.border_exit_date.between(*JANUARY))
        .order_by(Shipment.accepted_seq)
    )
    stories = [*STORIES]
    for number, truck in enumerate(session.scalars(query)):
        story = stories[number] if number < len(stories) else _same
        yield from story(_said(truck))
    for plate in STRANGE:
        yield {
            "运输工具名称": plate,
            "进出境日期": "2026-01-15",
            "件数": "300",
            "毛重（千克）": "7000",
        }


def _said(truck: Shipment) -> Cells:
    """What the truck's firm said, under the headings of customs."""
    unit = truck.unit
    weight_g, left = unit["gross_weight_g"], truck.border_exit_date
    return {
        "运输工具名称": unit["truck_plate"],
        "挂车号": unit["trailer_plate"],
        "进出境日期": left.isoformat() if left else "",
        "进出境口岸": unit["exit_customs"],
        "进出口标志": "出口" if truck.direction == "E" else "进口",
        "件数": str(unit["packages"]),
        "毛重（千克）": str(weight_g // 1000) if weight_g else "",
        "运抵国": unit["dest_country"],
    }


Story = Callable[[Cells], Sequence[Cells]]


def _same(said: Cells) -> Sequence[Cells]:
    return [said]


def _next_day(said: Cells) -> Sequence[Cells]:
    """Released before midnight, told as of the day after."""
    day = date.fromisoformat(said["进出境日期"]) + timedelta(days=1)
    return [said | {"进出境日期": day.isoformat()}]


def _lighter(said: Cells) -> Sequence[Cells]:
    weight = int(said["毛重（千克）"] or 0) * 8 // 10
    return [said | {"毛重（千克）": str(weight), "放行备注": "过磅"}]


def _elsewhere(said: Cells) -> Sequence[Cells]:
    return [said | {"进出境口岸": "0603" if said["进出境口岸"] != "0603" else "0705"}]


def _missing(said: Cells) -> Sequence[Cells]:
    del said
    return []


def _illegible(said: Cells) -> Sequence[Cells]:
    """A weight that nobody can read."""
    return [said | {"毛重（千克）": "见磅单"}]


STORIES: tuple[Story, ...] = (_same, _next_day, _lighter, _elsewhere, _missing, _illegible)
"""What customs say of the first trucks, one after the other; of all others, the same."""


def workbook(rows: Sequence[Cells]) -> bytes:
    """The list as an office sends it: a title, a blank row, headings, a total below."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 2, 1, tzinfo=UTC)})
    sheet = book.add_worksheet("出境车辆")
    bold = book.add_format({"bold": True})
    sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, TITLE, bold)
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(2, column, heading, bold)
        sheet.set_column(column, column, 14)
    for number, said in enumerate(rows, start=1):
        values = {**said, "序号": str(number)}
        for column, heading in enumerate(HEADINGS):
            sheet.write_string(2 + number, column, values.get(heading, ""))
    sheet.write_string(3 + len(rows), 1, "合计")
    sheet.write_string(3 + len(rows), 7, str(sum(int(one.get("件数") or 0) for one in rows)))
    book.close()
    return out.getvalue()
