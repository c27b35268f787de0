"""Receipt 测算说明单: what a receipt's content says, laid out in Chinese or English. Pure.

The content was kept as JSON when the receipt was made; nothing here asks the books, so that the
same receipt reads the same years later.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ingest.km import km
from ingest.tracks import words
from tracker.chinese import said
from tracker.errors import mark
from tracker.models.money import MONEY_STAGES
from tracker.papers import journeys, strips
from tracker.papers.journeys import Journey
from tracker.papers.paper import Cell, Grid, Heading, Money, Paper, Picture, figure
from tracker.steps.assessment import OUTCOMES
from tracker.steps.codes import REASON_CODES, STAGES

TITLES: dict[str, str] = {
    "shipment": mark("Receipt of a computation (no ground for payment)"),
    "application": mark("Receipt of an application (no ground for payment)"),
    "firm_year": mark("Receipt of a firm's year (no ground for payment)"),
}
SAMPLE = mark("SAMPLE: made up, not a real computation")
KINDS: dict[str, str] = {
    "require": mark("condition"),
    "nothing": mark("pays nothing"),
    "pay": mark("pay"),
    "times": mark("factor"),
    "less": mark("taken off"),
    "count": mark("count"),
    "measure": mark("added up"),
    "cap": mark("cap"),
    "cap_total": mark("shared cap"),
    "whole_total": mark("shared cap, whole or not at all"),
    "prorate": mark("divided in proportion"),
}
"""Kind of a line of a tally -> msgid."""
MODES = {"ROAD": mark("Road"), "RAIL": mark("Rail")}
DIRECTIONS = {"E": mark("Outbound"), "I": mark("Inbound")}
AMOUNT = mark("Amount (yuan)")
SCHEMATIC = mark(
    "Schematic of the route in kilometres, not to scale; it shows no national boundary."
)
WHEN = mark(
    "Where the vehicle was when, in Beijing time. Dashed: between two points far apart in time; "
    "blue shade: the way between can have been driven; yellow shade: it cannot be told. Red "
    "crosses: off the corridor."
)

Content = Mapping[str, Any]
Facts = Sequence[tuple[str, str]]
Say = Callable[..., str]


def laid_out(content: Content, *, code: str, sha256: str, lang: str) -> Paper:
    """The receipt as a paper in "zh" or "en"."""

    def say(msgid: str, **values: object) -> str:
        return said(msgid, lang, **values)

    facts, grids = LAYOUTS[content["kind"]](content, say, lang)
    as_of = content["as_of"]
    return Paper(
        lang=lang,
        title=say(TITLES[content["kind"]]),
        mark=say(SAMPLE) if content["is_sample"] else "",
        facts=(
            (say(mark("Firm")), content["firm"]["name"]),
            (say(mark("Credit code")), content["firm"]["uscc"]),
            *facts,
            (say(mark("As of")), str(as_of["at"]).replace("T", " ")[:16]),
            (say(mark("Entry of the ledger")), f"#{as_of['seq']}"),
            (say(mark("Verification code")), code),
            (say(mark("Total (yuan)")), figure(Money(content["total_fen"]))),
        ),
        grids=(*grids, *_balances(content, say)),
        pictures=tuple(_pictures(content["about"], say, lang)),
        notes=(
            say(
                mark(
                    "An explanation of what was computed by then, no ground for payment: what is "
                    "paid follows from the approval and the allotment."
                )
            ),
            say(
                mark(
                    "Whoever holds this paper can ask on the tracker's page “Verify a receipt” "
                    "with the code and the total whether it is true."
                )
            ),
            say(mark("Content SHA-256 %(hash)s"), hash=sha256),
            say(mark("Head of the ledger %(hash)s"), hash=as_of["hash"]),
        ),
        foot=f"{code} · #{as_of['seq']} · {sha256[:16]}",
    )


def _shipment(content: Content, say: Say, lang: str) -> tuple[Facts, Sequence[Grid]]:
    about = content["about"]
    corridor = about["corridor"]
    facts = [
        (say(mark("Shipment")), content["title"]),
        (say(mark("Key")), about["unit_key"]),
        (
            say(mark("Mode and direction")),
            f"{say(MODES[about['mode']])} · {say(DIRECTIONS[about['direction']])}",
        ),
        (say(mark("Day of departure")), about["departed_on"]),
        (say(mark("Border exit")), about["exited_on"] or "—"),
        (say(mark("Waybills")), "、".join(about["waybills"])),
        (say(mark("Corridor")), f"{corridor['id']} {corridor[lang]}" if corridor else "—"),
    ]
    if corridor:
        facts += [
            (say(mark("Whole distance (km)")), _km(about["distance_tenth_km"])),
            (say(mark("Inside China (km)")), _km(about["domestic_tenth_km"])),
        ]
    if about.get("tracks"):
        facts.append((say(mark("Track check")), _verdicts(about["tracks"], lang)))
    return facts, [_tally(due, say, lang) for due in content["dues"]]


def _verdicts(tracks: Sequence[Content], lang: str) -> str:
    """Each vehicle's verdict, section by section."""
    english = lang == "en"
    return "；".join(
        f"{track['plate'] or '—'} "
        + "、".join(
            f"{words.SECTION_NAMES[name][english]} {words.OUTCOMES[track[name]][english]}"
            for name in words.SECTION_NAMES
        )
        for track in tracks
    )


def _pictures(about: Content, say: Say, lang: str) -> Iterator[Picture]:
    """Where each vehicle was when, or without tracks the route; nothing where none was kept."""
    stops = [
        (one[lang], one["tenth_km"], strips.KINDS[one["kind"]]) for one in about.get("stops", ())
    ]
    tracks = about.get("tracks", ())
    drawn = [(say(mark("Route")), Journey(()), say(SCHEMATIC))] if stops and not tracks else []
    for track in tracks:
        verdict = words.OUTCOMES[track["outcome"]][lang == "en"]
        title = say(
            mark("Where %(plate)s was when: %(verdict)s"),
            plate=track["plate"] or "—",
            verdict=verdict,
        )
        drawn.append((title, journeys.read(track), f"{say(WHEN)} {say(SCHEMATIC)}"))
    for title, journey, caption in drawn:
        lying = journeys.lying(stops, journey, title, lang)
        yield Picture(title, lying, journeys.standing(stops, journey, title, lang), caption)


def _tally(due: Content, say: Say, lang: str) -> Grid:
    """Article by article what the method says of the shipment."""
    method = due["method"]
    reasons = [f"{one['article']} {one[lang]}".strip() for one in due["reasons"]]
    return Grid(
        title=f"{due['league'][lang]} · {due['programme'][lang]}",
        above=(
            say(
                mark("%(title)s, %(number)s, version %(version)s, in force from %(day)s"),
                title=method["title"],
                number=method["document_no"],
                version=method["version_no"],
                day=method["valid_from"],
            ),
        ),
        headings=(
            Heading(say(mark("Article")), 3),
            Heading(say(mark("Kind")), 2),
            Heading(say(mark("What it comes to")), 9),
            Heading(say(mark("Before (yuan)")), 3, numeric=True),
            Heading(say(mark("After (yuan)")), 3, numeric=True),
        ),
        rows=tuple(
            (
                line["article"],
                say(KINDS[line["kind"]]),
                line[f"title_{lang}"],
                "" if line["before_fen"] is None else Money(line["before_fen"]),
                "" if line["after_fen"] is None else Money(line["after_fen"]),
            )
            for line in due["lines"]
        ),
        total=(
            say(mark("Result")),
            say(OUTCOMES[due["outcome"]]),
            "；".join(reasons),
            "",
            Money(None if due["outcome"] == "waiting" else due["award_fen"]),
        ),
        below=(
            say(
                mark("Rule %(rule)s, SHA-256 %(hash)s; run %(run)s"),
                rule=method["rule_id"],
                hash=method["rule_sha256"],
                run=due["run_sha256"],
            ),
        ),
    )


def _application(content: Content, say: Say, lang: str) -> tuple[Facts, Sequence[Grid]]:
    about = content["about"]
    facts = [
        (say(mark("Application")), content["title"]),
        (say(mark("League")), about["league"][lang]),
        (say(mark("Programme")), about["programme"][lang]),
        (say(mark("Period")), f"{about['period_from']} – {about['period_to']}"),
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            line["label"],
            line["departed_on"],
            line["method"],
            Money(line["computed_fen"]),
            Money(line["applied_fen"]),
            Money(line["reduced_fen"]),
            Money(line["applied_fen"] - line["reduced_fen"]),
            "；".join(_why(one, say) for one in line["reasons"]),
        )
        for line in content["lines"]
    ]
    sums = [
        Money(sum(line[name] for line in content["lines"]))
        for name in ("computed_fen", "applied_fen", "reduced_fen")
    ]
    grid = Grid(
        title=say(mark("Item by item")),
        headings=(
            Heading(say(mark("Shipment or matter")), 4),
            Heading(say(mark("Day of departure, or last day")), 4),
            Heading(say(mark("Method")), 4),
            Heading(say(mark("Computed (yuan)")), 4, numeric=True),
            Heading(say(mark("Applied for (yuan)")), 4, numeric=True),
            Heading(say(mark("Taken off (yuan)")), 4, numeric=True),
            Heading(say(mark("After reductions (yuan)")), 4, numeric=True),
            Heading(say(mark("Why")), 5),
        ),
        rows=tuple(rows),
        total=(say(mark("Sum")), "", "", *sums, Money(content["total_fen"]), ""),
    )
    return facts, [grid]


def _why(reason: Mapping[str, str], say: Say) -> str:
    words = (say(REASON_CODES[reason["code"]]) if reason["code"] else "", reason["words"])
    return "：".join(one for one in words if one)


def _firm_year(content: Content, say: Say, lang: str) -> tuple[Facts, Sequence[Grid]]:
    lines = content["lines"]
    grid = Grid(
        title=say(mark("Month by month")),
        headings=(
            Heading(say(mark("Month")), 3),
            Heading(say(mark("League")), 4),
            Heading(say(mark("Programme")), 5),
            Heading(say(mark("Items")), 2, numeric=True),
            Heading(say(mark("Computed (yuan)")), 4, numeric=True),
            Heading(say(mark("Disbursed (yuan)")), 4, numeric=True),
        ),
        rows=tuple(
            (
                line["month"],
                line["league"][lang],
                line["programme"][lang],
                line["shipments"],
                Money(line["computed_fen"]),
                Money(line["balances"].get("disbursed", 0)),
            )
            for line in lines
        ),
        total=(
            say(mark("Sum")),
            "",
            "",
            sum(line["shipments"] for line in lines),
            Money(content["total_fen"]),
            Money(sum(line["balances"].get("disbursed", 0) for line in lines)),
        ),
    )
    return [(say(mark("Year")), str(content["about"]["year"]))], [grid]


def _balances(content: Content, say: Say) -> Sequence[Grid]:
    """Where the money stands; nothing where none does."""
    found: dict[str, int] = {}
    for one in content.get("dues", [content]):
        for stage, fen in one["balances"].items():
            found[stage] = found.get(stage, 0) + fen
    rows = [(say(STAGES[stage]), Money(found[stage])) for stage in MONEY_STAGES if stage in found]
    if not rows:
        return []
    headings = (Heading(say(mark("Stage")), 5), Heading(say(AMOUNT), 3, numeric=True))
    return [Grid(say(mark("Where the money is")), headings, tuple(rows))]


def _km(tenths: int | None) -> str:
    return "—" if tenths is None else km(tenths)


Layout = Callable[[Content, Say, str], tuple[Facts, Sequence[Grid]]]
LAYOUTS: dict[str, Layout] = {
    "shipment": _shipment,
    "application": _application,
    "firm_year": _firm_year,
}
"""Kind of a receipt -> what stands above, and its tables."""
