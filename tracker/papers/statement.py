"""Statement 对账单 and balances 余额表 as papers, in Chinese or English. Pure."""

from collections.abc import Callable, Sequence
from datetime import date

from tracker.chinese import said
from tracker.db import SHANGHAI
from tracker.errors import mark
from tracker.models.methods import Programme
from tracker.models.money import MONEY_STAGES, Entry
from tracker.models.people import Firm, League
from tracker.papers.paper import Cell, Grid, Heading, Money, Paper
from tracker.steps.codes import STAGES
from tracker.steps.positions import Position
from tracker.steps.statements import Statement

STANDING = MONEY_STAGES[1:]
"""Stages in which money stands: all but the one it comes from."""
BY: dict[str, tuple[str, ...]] = {
    "league": (mark("League"),),
    "firm": (mark("League"), mark("Firm")),
    "programme": (mark("League"), mark("Programme")),
    "month": (mark("League"), mark("Month of departure")),
}
"""What balances are summed by -> msgids of the columns in front."""
KNOWN = mark("As known at entry #%(seq)s of %(at)s, head %(hash)s")
SAMPLE = mark("SAMPLE: made up, not real money")


def balances(
    by: str, rows: Sequence[Position], known: Entry, *, lang: str, is_sample: bool
) -> Paper:
    """What stood in each stage once the entry was written."""
    heads = [said(one, lang) for one in BY[by]]
    total: list[Cell] = [said(mark("Sum"), lang), *([""] * (len(heads) - 1))]
    sums = [sum(row.sums.get(stage, 0) for row in rows) for stage in STANDING]
    grid = Grid(
        title="、".join(heads) if lang == "zh" else ", ".join(heads),
        headings=(
            *(Heading(one) for one in heads),
            *(Heading(said(STAGES[stage], lang), numeric=True) for stage in STANDING),
        ),
        rows=tuple(
            (*names(row, lang), *(Money(row.sums.get(stage, 0)) for stage in STANDING))
            for row in rows
        ),
        total=(*total, *map(Money, sums)),
    )
    return Paper(
        lang=lang,
        title=said(mark("Balances by stage (yuan)"), lang),
        mark=said(SAMPLE, lang) if is_sample else "",
        facts=((said(mark("As of"), lang), _known(known, lang)),),
        grids=(grid,),
        notes=(),
        foot=f"#{known.seq} · {known.hash[:16]}",
    )


def names(row: Position, lang: str) -> tuple[str, ...]:
    """What a row of balances is about, in words."""
    league = _name(row.league, lang)
    if row.part is None:
        return (league,)
    if isinstance(row.part, Firm):
        return (league, row.part.name)
    if isinstance(row.part, date):
        return (league, f"{row.part:%Y-%m}")
    return (league, _name(row.part, lang))


def of_firm(
    found: Statement, kind: Callable[[str], str], cause: Callable[[Entry], str], *, lang: str
) -> Paper:
    """A firm's money in a period; ``kind`` and ``cause`` put an entry into words."""
    known = found.known
    return Paper(
        lang=lang,
        title=said(mark("Statement of a firm's money (yuan)"), lang),
        mark=said(SAMPLE, lang) if found.firm.is_sample else "",
        facts=(
            (said(mark("Firm"), lang), found.firm.name),
            (said(mark("Credit code"), lang), found.firm.uscc),
            (said(mark("Period"), lang), f"{found.first} — {found.last}"),
            (said(mark("As of"), lang), _known(known, lang)),
        ),
        grids=(_stages(found, lang), _moves(found, kind, cause, lang)),
        notes=(
            said(
                mark(
                    "Business days decide what belongs to the period; what was recorded later than "
                    "the entry above is on a later statement."
                ),
                lang,
            ),
        ),
        foot=f"{found.firm.uscc} · #{known.seq} · {known.hash[:16]}",
    )


def _stages(found: Statement, lang: str) -> Grid:
    return Grid(
        title=said(mark("By stage"), lang),
        headings=(
            Heading(said(mark("Stage"), lang)),
            *(
                Heading(said(one, lang), numeric=True)
                for one in (
                    mark("At the beginning"),
                    mark("Came in"),
                    mark("Went out"),
                    mark("At the end"),
                )
            ),
        ),
        rows=tuple(
            (
                said(STAGES[one.name], lang),
                *map(Money, (one.opening, one.came, one.went, one.closing)),
            )
            for one in found.stages
        ),
    )


def _moves(
    found: Statement, kind: Callable[[str], str], cause: Callable[[Entry], str], lang: str
) -> Grid:
    return Grid(
        title=said(mark("Entry by entry"), lang),
        headings=(
            Heading(said(mark("Entry"), lang), 1),
            Heading(said(mark("Business day"), lang)),
            Heading(said(mark("Kind"), lang), 3),
            Heading(said(mark("Cause"), lang), 3),
            Heading(said(mark("From stage"), lang)),
            Heading(said(mark("To stage"), lang)),
            Heading(said(mark("Lines"), lang), 1, numeric=True),
            Heading(said(mark("Amount (yuan)"), lang), numeric=True),
        ),
        rows=tuple(
            (
                f"#{one.entry.seq}",
                one.entry.business_date.isoformat(),
                kind(one.entry.kind),
                cause(one.entry),
                said(STAGES[one.source], lang),
                said(STAGES[one.target], lang),
                one.items,
                Money(one.fen),
            )
            for one in found.moves
        ),
    )


def _known(known: Entry, lang: str) -> str:
    at = f"{known.recorded_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return said(KNOWN, lang, seq=known.seq, at=at, hash=known.hash[:16])


def _name(of: League | Programme, lang: str) -> str:
    return of.name_en if lang == "en" else of.name_zh
