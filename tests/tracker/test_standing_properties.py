"""Any sequence of uploads, corrections, replacements, withdrawals leaves what the last words say.

The model is plain: of each truck a firm's last upload that counts has the word. Money is what the
standing shipments are worth, and after everything is withdrawn there is none.
"""

from dataclasses import dataclass, field
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests import journeys, way
from tests.journeys import RATE_FEN, commit, replace, sheet, upload, withdraw
from tests.tracker.test_shipments import truck
from tests.tracker.test_withdrawal import sound
from tests.trails import Standing
from tracker import jobs
from tracker.models.cargo import CargoLine, ClaimKey, Shipment
from tracker.models.people import Firm, User

TRUCKS = 3
Said = dict[int, tuple[str, int]]
"""Truck -> plate and packages."""


@dataclass
class Model:
    """The uploads that count, by firm, in the order of their commits."""

    live: dict[str, dict[int, Said]] = field(default_factory=dict)

    def standing(self, login: str) -> list[tuple[str, int]]:
        """What stands of a firm: the last word of each truck."""
        last: Said = {}
        for said in self.live.get(login, {}).values():
            last |= said
        return sorted(last.values())


def said_by(chance: Random) -> Said:
    """What a file says of some trucks: plates right or mistyped, packages one of two."""
    chosen = chance.sample(range(1, TRUCKS + 1), chance.randint(1, TRUCKS))
    return {
        number: (chance.choice((f"蒙A1000{number}", f"蒙A01{number}00")), chance.choice((100, 7)))
        for number in chosen
    }


def file_of(said: Said, turn: int) -> bytes:
    """The file; no two have the same bytes."""
    rows = [
        truck(number, 车牌号=plate, 货物运输批次号=f"B{number}", 件数=str(packages))
        for number, (plate, packages) in said.items()
    ]
    return sheet(*rows) + b"\r\n" * (turn + 1)


def step(bench: jobs.Bench, model: Model, chance: Random, turn: int) -> None:
    """Upload, replace or withdraw something, in the books and in the model."""
    login = chance.choice(("clerk", "clerk", "other_clerk"))
    live = model.live.setdefault(login, {})
    kind = chance.choice(("upload", "upload", "replace", "withdraw")) if live else "upload"
    if kind == "withdraw":
        key = chance.choice(list(live))
        assert withdraw(bench, key, login) == "done"
        del live[key]
        return
    said = said_by(chance)
    raw = file_of(said, turn)
    if kind == "upload":
        key = upload(bench, raw, login=login)
        commit(bench, key, login)
    else:
        old = chance.choice(list(live))
        key = replace(bench, old, raw, login)
        commit(bench, key, login)
        del live[old]
    live[key] = said


def check(bench: jobs.Bench, model: Model) -> None:
    """Lines as the model has them; money and claims as the standing shipments are worth."""
    with bench.database.reading() as session:
        for login in model.live:
            lines = (
                select(CargoLine.fields, CargoLine.packages)
                .join(Shipment, Shipment.id == CargoLine.shipment_id)
                .join(Firm, Firm.id == Shipment.firm_id)
                .join(User, User.firm_id == Firm.id)
                .where(User.login == login, CargoLine.standing)
            )
            stand = [(said["truck_plate"], number) for said, number in session.execute(lines)]
            assert sorted(stand) == model.standing(login)
        standing = select(Shipment.id).where(Shipment.state == "standing")
        count = len(session.scalars(standing).all())
        holding = select(func.count(ClaimKey.shipment_id.distinct()))
        held = holding.where(ClaimKey.released_seq.is_(None))
        assert session.scalar(held.where(ClaimKey.shipment_id.in_(standing))) == count
        assert session.scalar(held) == count
    assert way.stages(bench).get("accrued", 0) == count * RATE_FEN


@settings(max_examples=5)
@given(seed=st.integers(0, 10**9), turns=st.integers(3, 7))
def test_what_stands_is_the_last_word_and_money_is_what_that_is_worth(
    standing: Standing, seed: int, turns: int
) -> None:
    standing.set_back()
    bench = jobs.Bench(standing.database, standing.settings, journeys.REGISTRY)
    chance, model = Random(seed), Model()  # noqa: S311  a seed of hypothesis
    for turn in range(turns):
        step(bench, model, chance, turn)
        check(bench, model)
    for login, live in model.live.items():
        for key in chance.sample(list(live), len(live)):
            assert withdraw(bench, key, login) == "done"
            del live[key]
            check(bench, model)
    assert way.stages(bench) == {}
    assert sound(bench)
