"""Commands that need no database 命令行: `python -m ingest check FILE`, `match FILE`, `track FILE`.

For firms that want to know before they upload, for league programmers, and for tests.
"""

import argparse
import errno
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from ingest import examine, tracks
from ingest.days import BEIJING
from ingest.examination import MAX_BYTES
from ingest.match import Match, match
from ingest.network import load_seed
from ingest.rows import Json, Problem, Report
from ingest.shipments import ShipmentUnit, group
from ingest.tracks import words

OUTCOMES = {"accept": "可以入库", "ask": "有待确认", "reject": "不能入库"}
STATES = {
    "accepted": "可入库",
    "waiting": "待确认",
    "refused": "退回",
    "doubled": "文件内重复",
    "skipped": "非数据行",
}
SEVERITIES = {"refuse": "退回", "ask": "待确认", "notice": "提示"}
UNREAD = {
    errno.ENOENT: "没有这个文件 No such file",
    errno.EISDIR: "这是文件夹，不是文件 It is a folder, not a file",
    errno.EACCES: "没有读取权限 Permission denied",
}
TRACK_HELP = "核查轨迹是否行驶了某一通道 check whether tracks were driven on a corridor"
STATUSES = {"matched": "已匹配", "ambiguous": "待人工确定", "unmatched": "未匹配"}


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    top = argparse.ArgumentParser(
        prog="python -m ingest",
        description="校验发运明细表、匹配其中各车次的线路，或核查轨迹；不需要数据库。"
        " Check a manifest, match its shipments to corridors, or check tracks; no database.",
        epilog="退出码：能给出结果即为 0（不论结果如何），不能则为 2。"
        " Exit status: 0 when an answer could be given, whatever it is; 2 when it could not.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, told in (
        ("check", "校验发运明细表 read and check a manifest"),
        ("match", "校验并匹配线路 check it, and match its shipments to corridors"),
    ):
        one = commands.add_parser(name, help=told, description=told)
        _common(
            one,
            "xlsx、xlsm、xls、et、网页表格、XML 表格 2003、JSON，或 CSV（UTF-8、GB18030、UTF-16）"
            " a workbook, web page, XML spreadsheet, JSON records or a text table",
        )
        one.set_defaults(answer=answer)
        one.add_argument(
            "--day",
            type=_day,
            default=None,
            metavar="YYYY-MM-DD",
            help="以哪天为今天，默认北京时间今天 the day that counts as today (Beijing)",
        )
        one.add_argument(
            "--firm",
            type=_firm,
            default=None,
            metavar="USCC",
            help="申报企业的统一社会信用代码 code of the firm that applies",
        )
    _track(commands.add_parser("track", help=TRACK_HELP, description=TRACK_HELP))
    return top


def _common(one: argparse.ArgumentParser, kinds: str) -> None:
    one.add_argument("file", type=Path, metavar="FILE", help=kinds)
    one.add_argument("--json", action="store_true", help="输出一个 JSON 对象 print one JSON object")
    one.add_argument(
        "--lang", choices=("zh", "en"), default="zh", help="消息的语言 language of the messages"
    )


def _track(one: argparse.ArgumentParser) -> None:
    _common(
        one, "平台导出的 CSV、工作簿，或 GPX、GeoJSON the table a portal exports, GPX or GeoJSON"
    )
    one.set_defaults(answer=track_answer)
    one.add_argument(
        "--corridor",
        required=True,
        choices=[corridor.id for corridor in load_seed().corridors],
        help="申报的通道 the declared corridor",
    )
    one.add_argument(
        "--datum", required=True, choices=tracks.DATUMS, help="文件的坐标系 datum of the file"
    )
    one.add_argument(
        "--zone",
        metavar="+08:00",
        help="时间没有写时区时，整个文件的时区 zone of times that carry no offset",
    )
    one.add_argument(
        "--inwards", action="store_true", help="进口方向，驶向集结中心 driven towards the hub"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"“{text}”不是日期，请写成 2025-03-01 的样子 is no date like 2025-03-01"
        ) from error


def _firm(text: str) -> str:
    return text.strip().upper()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # whatever the locale: programs read this
    chosen = parser().parse_args(arguments)
    try:
        with chosen.file.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        why = UNREAD.get(error.errno or 0, error.strerror)
        sys.stderr.write(f"读不了文件 {chosen.file}：{why}\n")
        return 2
    try:
        return int(chosen.answer(chosen, raw))
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def answer(chosen: argparse.Namespace, raw: bytes) -> int:
    """Examine the file and print what was asked for."""
    day = chosen.day or datetime.now(BEIJING).date()
    name = os.fsencode(chosen.file.name).decode(errors="replace")
    report = examine(raw, name, day=day, firm_code=chosen.firm, progress=_progress())
    routes = routed(report) if chosen.command == "match" else None
    if chosen.json:
        body = report.as_json(chosen.lang)
        if routes is not None:
            body["shipments"] = [shipment(unit, found, chosen.lang) for unit, found in routes]
        sys.stdout.write(json.dumps(body, ensure_ascii=False) + "\n")
    else:
        for line in told(report, routes, chosen.lang):
            sys.stdout.write(line + "\n")
    sys.stdout.flush()
    return 0


def track_answer(chosen: argparse.Namespace, raw: bytes) -> int:
    """Check every track of a file against a corridor of the seed network."""
    network = load_seed()
    name = os.fsencode(chosen.file.name).decode(errors="replace")
    reading = tracks.read(name, raw, datum=chosen.datum, zone=chosen.zone)
    declared = tracks.Declared(direction="I" if chosen.inwards else "E")
    corridor = network.corridor(chosen.corridor)
    asks = [tracks.Ask(one, corridor, declared) for one in reading.tracks]
    verdicts = tracks.check_many(asks, corridors=network.corridors)
    if chosen.json:
        body = {
            "reading": reading.as_json(chosen.lang),
            "verdicts": [v.as_json() for v in verdicts],
        }
        sys.stdout.write(json.dumps(body, ensure_ascii=False) + "\n")
    else:
        for line in driven(reading, verdicts, chosen.lang):
            sys.stdout.write(line + "\n")
    sys.stdout.flush()
    return 0


def driven(reading: tracks.Reading, verdicts: Sequence[tracks.Verdict], lang: str) -> Iterator[str]:
    """Tell the verdicts in sentences, for a person at a terminal."""
    at = lang == "en"
    yield f"{reading.name}：{reading.kind}，读到 {reading.rows_read} 点，采用 {reading.points} 点"
    for problem in reading.problems:
        yield f"  [{SEVERITIES[problem.severity]}] {problem.message(lang)}"
        yield f"      {problem.remedy(lang)}"
    for one in verdicts:
        yield f"{one.plate or '-'} {one.corridor_id}：{words.OUTCOMES[one.outcome][at]}"
        for name, outcome, ledger in one.sections:
            km = " / ".join(words.show("km_tenths", tenths) for tenths in ledger)
            section = words.SECTION_NAMES[name][at]
            yield f"  {section}：{words.OUTCOMES[outcome][at]}（{km} 公里 证实/推定/缺失）"
        for finding in one.findings:
            yield f"  - {words.say(finding, lang)}"
    if verdicts:
        yield words.BEIJING_TIME[at]


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
