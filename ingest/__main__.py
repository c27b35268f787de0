"""Commands that need no database 命令行: `python -m ingest check FILE`, and `match FILE`.

For firms that want to know before they upload, for league programmers, and for tests.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from ingest import examine
from ingest.days import BEIJING
from ingest.match import Match, match
from ingest.network import load_seed
from ingest.rows import Json, Problem, Report
from ingest.shipments import ShipmentUnit, group

OUTCOMES = {"accept": "可以入库", "ask": "有待确认", "reject": "不能入库"}
STATES = {
    "accepted": "可入库",
    "waiting": "待确认",
    "refused": "退回",
    "doubled": "文件内重复",
    "skipped": "非数据行",
}
SEVERITIES = {"refuse": "退回", "ask": "待确认", "notice": "提示"}
STATUSES = {"matched": "已匹配", "ambiguous": "待人工确定", "unmatched": "未匹配"}


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    top = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Check a manifest 发运明细表, or match its shipments 匹配线路; no database.",
        epilog="Exit status: 0 when an answer could be given, whatever it is; 2 when it could not.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, told in (
        ("check", "read and check a manifest 校验发运明细表"),
        ("match", "check it, and match its shipments to corridors 校验并匹配线路"),
    ):
        one = commands.add_parser(name, help=told, description=told)
        one.add_argument("file", type=Path, metavar="FILE", help="xlsx, or CSV in any encoding")
        one.add_argument("--json", action="store_true", help="print one JSON object")
        one.add_argument(
            "--day",
            type=date.fromisoformat,
            default=None,
            metavar="YYYY-MM-DD",
            help="the day that counts as today (default: today in Beijing)",
        )
        one.add_argument(
            "--firm",
            default=None,
            metavar="USCC",
            help="code of the firm that applies 申报企业代码",
        )
        one.add_argument(
            "--lang", choices=("zh", "en"), default="zh", help="language of the messages"
        )
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    chosen = parser().parse_args(arguments)
    try:
        raw = chosen.file.read_bytes()
    except OSError as error:
        sys.stderr.write(f"读不了文件 {chosen.file}：{error.strerror}\n")
        return 2
    day = chosen.day or datetime.now(BEIJING).date()
    report = examine(raw, chosen.file.name, day=day, firm_code=chosen.firm, progress=_progress())
    routes = routed(report) if chosen.command == "match" else None
    if chosen.json:
        body = report.as_json(chosen.lang)
        if routes is not None:
            body["shipments"] = [shipment(unit, found, chosen.lang) for unit, found in routes]
        json.dump(body, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return 0
    for line in told(report, routes, chosen.lang):
        sys.stdout.write(line + "\n")
    return 0


def routed(report: Report) -> list[tuple[ShipmentUnit, Match]]:
    """Group the accepted lines and match them to the seed network."""
    units = group(report.lines)
    return list(zip(units, match(units, load_seed()), strict=True))


def shipment(unit: ShipmentUnit, found: Match, lang: str) -> Json:
    """Return a shipment and its route as JSON values."""
    boxes = [
        {"container_no": one.container_no, "type": one.container_type, "feu_halves": one.feu_halves}
        for one in unit.containers
    ]
    exit_day = unit.border_exit_date
    return {
        "unit_key": unit.unit_key,
        "mode": unit.mode,
        "direction": unit.direction,
        "departure_date": unit.departure_date.isoformat(),
        "border_exit_date": exit_day.isoformat() if exit_day else None,
        "truck_plate": unit.truck_plate,
        "trailer_plate": unit.trailer_plate,
        "train_no": unit.train_no,
        "containers": boxes,
        "empty": unit.empty,
        "packages": unit.packages,
        "gross_weight_g": unit.gross_weight_g,
        "rows": [line.row for line in unit.lines],
        "waybills": sorted({line["waybill_no"] for line in unit.lines}),
        "problems": [one.as_json(lang) for one in unit.problems],
        "route": found.as_json(lang),
    }


def told(
    report: Report, routes: list[tuple[ShipmentUnit, Match]] | None, lang: str
) -> Iterator[str]:
    """Tell the report in sentences, for a person at a terminal."""
    info = report.file
    place = f"，工作表 {info.sheet}" if info.sheet else ""
    head = f"，表头在第 {info.header_row} 行" if info.header_row else ""
    yield f"{info.name}：{info.kind} {info.encoding or ''}".rstrip() + place + head
    sums = " + ".join(f"{STATES[name]} {count}" for name, count in report.states.items())
    yield f"{OUTCOMES[report.outcome]}：读到 {report.rows_read} 行 = {sums}"
    for heading in info.unknown.items():
        yield "  未识别的列 {}：{}".format(*heading)
    for problem in report.problems:
        yield f"  {_where(problem)}[{SEVERITIES[problem.severity]}] {problem.message(lang)}"
        if remedy := problem.remedy(lang):
            yield f"      {remedy}"
    for unit, found in routes or ():
        yield _route(unit, found)


def _where(problem: Problem) -> str:
    row = f"第 {problem.row} 行" if problem.row else ""
    column = f"{problem.column} 列" if problem.column else ""
    return f"{row}{column} " if row or column else ""


def _route(unit: ShipmentUnit, found: Match) -> str:
    said = f"  {unit.unit_key}：{len(unit.lines)} 行，{STATUSES[found.status]}"
    if found.corridor_id is None or found.distance_km_tenths is None:
        return said
    whole, tenth = divmod(found.distance_km_tenths, 10)
    return f"{said} {found.corridor_id}，{whole}.{tenth} 公里"


def _progress() -> Callable[[int, int], None] | None:
    """Show rows done of rows in all on a terminal; nothing where nobody looks."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        end = "\n" if done >= total else ""
        sys.stderr.write(f"\r校验 {done}/{total} 行{end}")
        sys.stderr.flush()

    return show


if __name__ == "__main__":
    sys.exit(main())
