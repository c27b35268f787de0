"""Fuzzing 模糊测试: many mutants are read, and nothing worse than a problem may come of it.

`python -m tests.ingest.fuzzing SEED NUMBER` reads one mutant again, `SEED FIRST COUNT` many: in
processes forked from this one once all is loaded, so that each is ready at once, may die, and
leaves nothing behind. What went wrong is written to standard output, one JSON object a line, the
last one a summary.
"""

import json
import os
import resource
import select
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from ingest import examine, formats, headings, messages, readings, sniff
from ingest.answers import Answer
from ingest.formats import _child, _process
from ingest.rows import Report
from ingest.shipments import group
from tests.ingest import apart, mutants
from tests.ingest.manifest_samples import DAY

SECONDS = 30
"""A mutant of a few kilobytes that takes longer hangs."""
BATCH = 50
"""Mutants read by one process."""
ANSWERED = 8
"""One in so many is read again, with the first answer to every question."""

MESSAGES = frozenset({"mt", "ceb"})
FILLS = tuple(
    Answer(kind="fill", field=name, value=text)
    for name, text in (
        ("origin_place", "呼和浩特"),
        ("dest_country", "俄罗斯"),
        ("departure_date", "2025-03-01"),
        ("goods_name", "示例"),
        ("transport_mode", "公路"),
        ("exit_customs", "0705"),
        ("supervision_mode", "9610"),
        ("packages", "1"),
        ("gross_weight_kg", "1"),
    )
)


class WrongError(Exception):
    """What must never come of a file."""


def stored(report: Report) -> Iterator[object]:
    """Return everything of a report that is written down somewhere."""
    for lang in ("zh", "en"):
        yield report.as_json(lang)
    for lines in (report.lines, report.waiting, report.refused, report.doubled):
        for line in lines:
            yield dict(line.fields), dict(line.raw)
    for one in report.problems:
        yield one.value, dict(one.args)
        yield [(one.label_zh, one.label_en, one.answer.value) for one in readings.offers(one)]


def weigh(report: Report) -> None:
    """Raise where a report is no answer that can be kept and shown."""
    text = json.dumps(list(stored(report)), ensure_ascii=False, default=str)
    if "\\u0000" in text:
        raise WrongError("a NUL would be stored")
    text.encode()  # half a character has no bytes
    if sum(report.states.values()) != report.rows_read:
        raise WrongError(f"{report.states} are not {report.rows_read} rows")
    if (report.outcome == "reject") != (not (report.lines or report.waiting)):
        raise WrongError(f"{report.outcome} with {report.states}")
    whole = [one for one in report.problems if not one.rows]
    for level, lines in (("refuse", report.refused), ("ask", report.waiting)):
        told = {row for one in report.problems if one.severity == level for row in one.rows}
        silent = {line.row for line in lines} - told
        if silent and not any(one.severity == level for one in whole):
            raise WrongError(f"rows {silent} have no reason to {level}")
    units = group(report.lines)
    if sum(len(unit.lines) for unit in units) != len(report.lines):
        raise WrongError("a line belongs to no shipment, or to two")
    if report.outcome == "reject" and not any(one.severity == "refuse" for one in report.problems):
        raise WrongError("a file is refused without a reason")


def read(raw: bytes, number: int) -> Report:
    """Read one mutant and weigh what came of it; some once more, with answers to every question.

    Messages are read with what they never say: else none of their lines would come through.
    """
    said = FILLS if sniff.kind(raw) in MESSAGES else ()
    report = examine(raw, "变异.xlsx", day=DAY, answers=said)
    weigh(report)
    offered = [offers[-1].answer for one in report.problems if (offers := readings.offers(one))]
    if offered and not number % ANSWERED:
        weigh(examine(raw, "变异.xlsx", day=DAY, answers=[*said, *offered]))
    return report


def warm() -> None:
    """Load what reading needs, but start no thread: a fork would not have it."""
    formats.by_kind()
    messages.table()
    headings.dictionary()
    mutants.sources()


@dataclass(slots=True)
class Found:
    """What came of many mutants: how many ended how, and what went wrong."""

    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[dict[str, object]] = field(default_factory=list)


def run(seed: int, first: int, count: int) -> Found:
    """Read mutants in forked processes, a batch each; one that dies or hangs costs only itself.

    What went wrong is written at once.
    """
    warm()
    found = Found()
    begin = first
    while begin < first + count:
        told = len(found.wrong)
        begin = _batch(seed, begin, min(begin + BATCH, first + count), found)
        for one in found.wrong[told:]:
            sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    return found


def _batch(seed: int, first: int, end: int, found: Found) -> int:
    """Read mutants up to the end, or to the first one that dies or hangs; return the next one."""
    coming, going = os.pipe()
    child = _forked(partial(_reads, seed, first, end, going))
    os.close(going)
    number = first
    with os.fdopen(coming, "rb") as told:
        while number < end:
            ready, _, _ = select.select([told], [], [], SECONDS)
            line = told.readline() if ready else b""
            if not line:
                if not ready:
                    os.kill(child, signal.SIGKILL)
                break
            kind, said = json.loads(line)
            found.ends[kind] += 1
            if kind == "wrong":
                found.wrong.append({"seed": seed, "number": number, "what": said})
            number += 1
    _, status = os.waitpid(child, 0)
    if number == end:
        return end
    died = os.waitstatus_to_exitcode(status)
    if died == -signal.SIGKILL:
        found.wrong.append({"seed": seed, "number": number, "what": "hangs"})
    elif os.waitpid(_forked(partial(_as_ever, seed, number)), 0)[1]:
        found.wrong.append({"seed": seed, "number": number, "what": f"ends with {died}"})
    else:
        found.ends["died apart"] += 1
    return number + 1


def _forked(work: Callable[[], None]) -> int:
    """Do something in a fork of this process, in silence; it leaves with 0 if all went well."""
    child = os.fork()
    if child:
        return child
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        work()
        os._exit(0)
    finally:
        os._exit(1)


def _as_ever(seed: int, number: int) -> None:
    """Read a mutant as the program does, in a child that may die of it without harm."""
    read(mutants.mutant(seed, number), number)


def _reads(seed: int, first: int, end: int, going: int) -> None:
    """Read mutants in this forked process and tell the end of each."""
    resource.setrlimit(resource.RLIMIT_DATA, (2 * _child.MEMORY, 2 * _child.MEMORY))
    _process.ask = apart.ask
    for number in range(first, end):
        line = json.dumps(_told(seed, number)) + "\n"
        os.write(going, line.encode())


def _told(seed: int, number: int) -> tuple[str, str]:
    try:
        raw = mutants.mutant(seed, number)
        report = read(raw, number)
    except BaseException:  # noqa: BLE001  whatever it is, it is what we look for
        return "wrong", traceback.format_exc(limit=-4)
    return f"{sniff.kind(raw)} {report.outcome}", ""


def main(seed: int, first: int, count: int | None = None) -> int:
    """Read one mutant here, or many apart; 1 where anything went wrong."""
    if count is None:
        report = read(mutants.mutant(seed, first), first)
        sys.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n")
        return 0
    begun = time.process_time()
    found = run(seed, first, count)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = time.process_time() - begun + used.ru_utime + used.ru_stime
    summary = {"ends": dict(sorted(found.ends.items())), "cpu_seconds": round(seconds, 1)}
    sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
