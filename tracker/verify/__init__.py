"""Verify 核对: proves the books from the database alone, sharing no code with what wrote them.

Standard library for chain, balances, claims, decisions and anchors (psycopg reads PostgreSQL), and
the naive back end of ``rules`` for the money; nothing else of the tracker. Rules that leagues put
together themselves are read from the database, so nothing else is needed to run them again. Works
on a copied file, without sign-in: ``python -m tracker.verify /backup/tracker.sqlite --anchor
120:9f86…``. An anchor is what a receipt or a filing has printed, or a line of the file that the
clock keeps (``--anchors``): without one, a cut tail or a rewrite of everything cannot show. A
package (``….zip``) is held against its own list as well, brings an anchor with it, and is asked for
none that was kept after it was made. A league's package is proved as far as it reaches, and what
it does not reach is said beside the verdict.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from rules.registry import every_rule
from rules.rule import Rule
from tracker.verify import (
    adjustments,
    chain,
    composed,
    divisions,
    files,
    forecasts,
    holds,
    levels,
    matters,
    near_pairs,
    publications,
    receipts,
    records,
    requirements,
    self_evaluations,
    takers,
    withheld,
)
from tracker.verify import anchors as written
from tracker.verify.anchors import Anchor
from tracker.verify.package import opened_package
from tracker.verify.reading import Fault, Rows, opened, tables

__all__ = ["Fault", "Report", "verify"]

MOST_FAULTS = 100
PACKAGE = ".zip"
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What forged content can make a check stumble over; itself a fault, never a crash."""


@dataclass(frozen=True)
class Report:
    """What was read, and every fault found (at most ``MOST_FAULTS``), the first line first."""

    entries: int
    postings: int
    assessments: int
    events: int
    seq: int
    head: str
    faults: tuple[Fault, ...]
    unseen: tuple[str, ...] = ()
    """Of a league's package: what could not be checked, because it is not in it."""


def verify(
    url: str,
    anchors: Mapping[int, str] | None = None,
    rules: Mapping[str, Rule] | None = None,
    kept: Iterable[Anchor] = (),
    folder: Path | None = None,
) -> Report:
    """Check the database at this address (SQLite file, package) against itself and the anchors.

    ``anchors`` maps a sequence to the hash somebody wrote down, ``kept`` are the lines of a file of
    such; ``rules`` compute the money again, by default every installed one; ``folder`` is where the
    raw files lie, which a package brings itself. Raises ``OSError`` when the database cannot be
    read.
    """
    if url.endswith(PACKAGE):
        with opened_package(url) as package:
            named = package.anchors | dict(anchors or {})
            until = [one for one in kept if not one.kept_at or one.kept_at <= package.made_at]
            report = _verified(str(package.books), named, rules, until, league=package.league)
            faults = (*package.faults, *report.faults)[:MOST_FAULTS]
            return replace(report, faults=faults)
    return _verified(url, anchors or {}, rules, kept, folder)


def _verified(
    url: str,
    anchors: Mapping[int, str],
    rules: Mapping[str, Rule] | None,
    kept: Iterable[Anchor],
    folder: Path | None = None,
    league: str = "",
) -> Report:
    walk = chain.Walk(league=league)
    known: Mapping[str, Rule] = every_rule().rules if rules is None else rules
    with opened(url) as rows:
        there = tables(url, rows)
        own_rules = composed.kept(rows) if composed.TABLE in there else ()
        known = {**composed.usable(own_rules), **known}
        held = (*written.given(anchors), *kept)
        checks = _checks(rows, walk, held, known, own_rules, there)
        if folder is not None:
            checks["原始文件"] = lambda: files.kept(rows, there, folder)
        found = tuple(islice(_faults(checks), MOST_FAULTS))
        unseen = tuple(withheld.told(rows, walk)) if league else ()
    return Report(
        entries=walk.entries,
        postings=walk.postings,
        assessments=walk.assessments,
        events=walk.events,
        seq=walk.seq,
        head=walk.head,
        faults=found,
        unseen=unseen,
    )


def _nothing(_query: str) -> Iterator[tuple[object, ...]]:
    """The rows of tables that an earlier version did not have."""
    return iter(())


Checks = dict[str, Callable[[], Iterator[Fault]]]


def _checks(
    rows: Rows,
    walk: chain.Walk,
    anchors: Sequence[Anchor],
    known: Mapping[str, Rule],
    kept: Sequence[composed.Kept],
    there: Collection[str],
) -> Checks:
    """Name of each check -> what it finds, in the order in which they build on each other."""

    def of(table: str) -> Rows:
        return rows if table in there else _nothing

    checks: Checks = {
        "分录": lambda: chain.walked(rows, walk),
        "锚点": lambda: chain.anchored(walk, anchors),
        "余额": lambda: chain.balanced(rows, walk),
        "唯一键": lambda: records.claims(rows, walk),
        "补贴办法": lambda: records.methods(rows),
        "办理记录": lambda: records.decisions(rows, walk),
        "测算": lambda: records.assessments(rows, walk, known),
        "资金分配": lambda: divisions.divisions(rows),
        "差额调整": lambda: (
            adjustments.adjustments(rows) if adjustments.TABLE in there else iter(())
        ),
        "审批层级": lambda: levels.levels(rows) if levels.TABLE in there else iter(()),
        "环节要求": lambda: (
            requirements.requirements(rows) if requirements.TABLE in there else iter(())
        ),
        "经办单位": lambda: takers.takers(rows) if takers.TABLE in there else iter(()),
        "疑似重复": lambda: near_pairs.near_pairs(of(near_pairs.TABLE)),
        "暂缓": lambda: holds.holds(of(holds.TABLE)),
        "审计日志": lambda: records.events(rows, walk),
        "组合规则": lambda: composed.faults(kept, walk.composed),
        "申报事项": lambda: matters.matters(of(matters.TABLE), walk),
        "公示": lambda: publications.publications(of(publications.TABLE), walk),
        "绩效自评": lambda: self_evaluations.self_evaluations(of(self_evaluations.TABLE)),
        "需求测算": lambda: forecasts.forecasts(of(forecasts.TABLE)),
        "说明单": lambda: receipts.receipts(of(receipts.TABLE), walk),
        "发运明细表": lambda: files.uploads(of(files.TABLE), walk),
    }
    if walk.league:
        del checks["审计日志"], checks["说明单"]
        checks["组合规则"] = lambda: composed.faults(
            kept, {one.rule_id: one.sha256 for one in kept}
        )
        checks["范围"] = lambda: withheld.foreign(rows, walk)
    return checks


def _faults(checks: Checks) -> Iterator[Fault]:
    for name, check in checks.items():
        try:
            yield from check()
        except UNREADABLE as error:
            yield Fault(name, f"内容无法读取，核对在此中断：{error!r}")
