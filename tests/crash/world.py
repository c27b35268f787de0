"""A world for crash and race tests 中断与并发试验: leagues, firms, people, methods, manifests."""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.rule import Rule
from tests import journeys
from tests.crash.crash_rules import ERENHOT, HOHHOT, MANZHOULI, REGISTRY, ULANQAB
from tracker import blobs, jobs
from tracker.db import connect
from tracker.errors import Conflict
from tracker.models.methods import Method
from tracker.models.people import Firm, League
from tracker.settings import Settings
from tracker.steps import beginnings, manifests

ROOT = Path(__file__).resolve().parents[2]
FIRST_DAY = date(2026, 1, 5)
PROVINCE = ("commerce_officer", "commerce_approver", "finance_officer", "finance_approver")


@dataclass(frozen=True)
class Place:
    """Where trucks of a league start and leave the country."""

    hub: str
    exit_customs: str
    rule: Rule

    @property
    def rate_fen(self) -> int:
        """What a trip earns."""
        yuan, _, fen = str(self.rule.sample_params["rate"]).partition(".")
        return int(yuan) * 100 + int(fen)


PLACES = (
    Place("呼和浩特", "0705", HOHHOT),
    Place("乌兰察布", "0705", ULANQAB),
    Place("二连浩特", "0705", ERENHOT),
    Place("满洲里", "0603", MANZHOULI),
)


def installed(folder: Path) -> Path:
    """A folder with the crash rules as an installed package, for the path of real processes."""
    info = folder / "crash_rules-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: crash-rules\nVersion: 1\n")
    points = "[subsidy_tracker.rules]\ncrash = tests.crash.crash_rules\n"
    (info / "entry_points.txt").write_text(points)
    return folder


def made(settings: Settings, firms: int = 2) -> jobs.Bench:
    """An open world: places, firms with a clerk and a manager each, and recorded methods."""
    bench = jobs.Bench(connect(settings), settings, REGISTRY)
    bench.database.transact(lambda session: _people(session, firms))
    for place in PLACES:
        officer = f"officer_{place.rule.league}"
        key = journeys.method_drafted(bench, place.rule.id, place.rule.sample_params, login=officer)
        for login, step in (
            (officer, "submit"),
            ("commerce_officer", "examine"),
            ("commerce_approver", "record"),
        ):
            journeys.act_on(bench, Method, key, login, step)
    return bench


def sheet(number: int, lines: int, seed: int, *, encoding: str = "gb18030") -> bytes:
    """Manifest no. ``number``: so many trucks of one league, no plate or batch used twice."""
    chance = Random(f"{seed}:{number}")  # noqa: S311  made-up data, seeded so that it repeats
    place = PLACES[number % len(PLACES)]
    rows = [
        journeys.row(
            f"W{number:05d}-{line}",
            f"蒙A{number * lines + line:05d}",
            **_truck(place, FIRST_DAY + timedelta(days=chance.randrange(80))),
        )
        for line in range(lines)
    ]
    return journeys.sheet(*rows, encoding=encoding)


def _truck(place: Place, left: date) -> dict[str, str]:
    return {
        "始发地": place.hub,
        "集结中心": place.hub,
        "出境口岸": place.exit_customs,
        "发车日期": left.isoformat(),
        "出境日期": (left + timedelta(days=2)).isoformat(),
    }


def upload(bench: jobs.Bench, raw: bytes, name: str, login: str) -> int | None:
    """Keep and register a file; None where the same bytes stand already."""
    sha256, size = blobs.store(bench.settings.home, io.BytesIO(raw), 10**7)

    def store(session: Session) -> int:
        user = journeys.person(session, login)
        return manifests.store(session, user, name, sha256, size, journeys.NOW).id

    try:
        return bench.database.transact(store)
    except Conflict:
        return None


def _people(session: Session, firms: int) -> None:
    beginnings.seed(session, journeys.NOW)
    leagues = {league.code: league.id for league in session.scalars(select(League))}
    people: list[tuple[str, str, int | None, int | None]] = [
        (login, login, None, None) for login in PROVINCE
    ]
    for place in PLACES:
        code = place.rule.league
        people += [
            (f"{role}_{code}", f"league_{role}", None, leagues[code])
            for role in ("officer", "approver", "finance")
        ]
    for number in range(firms):
        firm = Firm(uscc=f"91150100MA0CR{number:05d}", name=f"示例企业{number}", is_sample=True)
        session.add(firm)
        session.flush()
        people += [
            (f"{role}_{number}", f"firm_{role}", firm.id, None) for role in ("clerk", "manager")
        ]
    for login, role, firm_id, league_id in people:
        session.add(journeys.user(login, role, firm_id, league_id))
    session.flush()
