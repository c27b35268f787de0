"""Forecast paper 需求测算表: a version of a forecast to be signed and sealed, as PDF. Pure."""

from collections.abc import Sequence

from tracker.chinese import said
from tracker.db import SHANGHAI
from tracker.errors import mark
from tracker.models.forecasts import Forecast, ForecastVersion
from tracker.papers import demand
from tracker.papers.demand import NEWCOMERS, QUARTER, Totals, totals
from tracker.papers.formulas import ten_thousands
from tracker.papers.paper import Cell, Grid, Heading, Money, Paper
from tracker.papers.statement import SAMPLE, in_tongue
from tracker.steps.forecast_lines import MEANS, Line

NOT_FOR_PAYMENT = mark(
    "A forecast to plan money by: no basis for payment, and it moves no money.",
)
MARKED = mark("FORECAST: no basis for payment")
SIGNING = mark(
    "Made by:            Checked by:            Head:            (seal)            Date:"
)
SUMS = (
    mark("Standing shipments"),
    mark("Expected shipments"),
    mark("Standing (yuan)"),
    mark("Approved of it (yuan)"),
    mark("Expected (yuan)"),
    mark("Need (yuan)"),
    mark("Not approved yet (yuan)"),
)


def of_version(one: Forecast, made: ForecastVersion, lines: Sequence[Line], *, lang: str) -> Paper:
    """The paper of a version."""
    added = totals(lines)
    at = f"{made.made_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    facts = (
        (mark("League"), in_tongue(one.league, lang)),
        (mark("Programme"), in_tongue(one.programme, lang)),
        (mark("Document number"), one.document_no),
        (mark("Number"), f"{one.code} · v{made.version_no}"),
        (mark("Period"), period(one, lang)),
        (mark("Basis"), one.basis),
        (mark("Shipments known up to"), made.computed_on.isoformat()),
        (mark("Ledger"), f"#{made.seq} {made.head[:16]}"),
        (mark("Made at"), at),
        (mark("Need in ten thousand yuan"), f"{ten_thousands(added.need_fen):,}"),
        (
            mark("Of it not approved yet, in ten thousand yuan"),
            f"{ten_thousands(added.left_fen):,}",
        ),
    )
    marks = (MARKED, SAMPLE) if made.is_sample else (MARKED,)
    return Paper(
        lang=lang,
        title=said(mark("Forecast of a league's need"), lang),
        mark="  ".join(said(one, lang) for one in marks),
        facts=tuple((said(label, lang), value) for label, value in facts),
        grids=(_by_quarter(lines, lang), _by_firm(lines, lang), _by_line(lines, lang)),
        notes=(
            said(NOT_FOR_PAYMENT, lang),
            said(
                mark(
                    "Standing is what the ledger holds, less what is to be recovered. Expected is "
                    "the number of shipments times the mean; the mean does not know of caps that "
                    "may bite later."
                ),
                lang,
            ),
            said(SIGNING, lang),
        ),
        foot=f"{one.code} v{made.version_no} · #{made.seq} · {made.head[:16]}",
    )


def period(one: Forecast, lang: str) -> str:
    """The quarters of a forecast in words."""
    return demand.period(one.year, one.first_quarter, one.last_quarter, lang)


def by_firm(lines: Sequence[Line]) -> list[tuple[str, Totals]]:
    """Name of each firm, none for newcomers, with its sums."""
    return [(own[0].firm, totals(own)) for _, own in demand.by_firm(lines)]


def by_quarter(lines: Sequence[Line]) -> list[tuple[int, Totals]]:
    """Number of each quarter with its sums."""
    numbers = sorted({one.quarter for one in lines})
    return [(number, totals([one for one in lines if one.quarter == number])) for number in numbers]


def _by_quarter(lines: Sequence[Line], lang: str) -> Grid:
    rows = [
        (said(QUARTER, lang, number=number), *_sums(added)) for number, added in by_quarter(lines)
    ]
    return _summed(mark("By quarter"), mark("Quarter"), rows, lines, lang)


def _by_firm(lines: Sequence[Line], lang: str) -> Grid:
    rows = [(firm or said(NEWCOMERS, lang), *_sums(added)) for firm, added in by_firm(lines)]
    return _summed(mark("By firm"), mark("Firm"), rows, lines, lang)


def _summed(
    title: str, head: str, rows: Sequence[tuple[Cell, ...]], lines: Sequence[Line], lang: str
) -> Grid:
    return Grid(
        title=said(title, lang),
        headings=(
            Heading(said(head, lang), 4),
            *(Heading(said(one, lang), numeric=True) for one in SUMS),
        ),
        rows=tuple(rows),
        total=(said(mark("Sum"), lang), *_sums(totals(lines))),
    )


def _sums(added: Totals) -> tuple[Cell, ...]:
    return (
        added.known,
        added.expected,
        Money(added.known_fen),
        Money(added.approved_fen),
        Money(added.expected_fen),
        Money(added.need_fen),
        Money(added.left_fen),
    )


def _by_line(lines: Sequence[Line], lang: str) -> Grid:
    heads = (
        (mark("Quarter"), 1, False),
        (mark("Firm"), 3, False),
        (mark("Route"), 3, False),
        (mark("Standing (yuan)"), 2, True),
        (mark("Mean (yuan)"), 2, True),
        (mark("Mean of"), 3, False),
        (mark("Suggested by the pace"), 1, True),
        (mark("Expected"), 1, True),
        (mark("Reason"), 3, False),
        (mark("Expected (yuan)"), 2, True),
    )
    return Grid(
        title=said(mark("Line by line"), lang),
        headings=tuple(Heading(said(label, lang), width, num) for label, width, num in heads),
        rows=tuple(
            (
                said(QUARTER, lang, number=one.quarter),
                one.firm or said(NEWCOMERS, lang),
                one.route,
                Money(one.known_fen),
                Money(one.mean_fen),
                f"{said(MEANS[one.mean_from], lang)} ({one.mean_count})",
                one.suggested,
                one.expected,
                one.reason,
                Money(one.expected_fen),
            )
            for one in lines
        ),
    )
