"""What happens to money, each event by its name and to the fen, on the life of three waybills.

The worked example of the ledger's design: 1,200 yuan for the first waybill, 900 for the second, 700
for the third, out of a pool; every event is an entry, and what it may not do the books refuse.
"""

import pytest

from tests.ledger_samples import account, limit_move, move, post, seeded
from tracker.books import ledger
from tracker.books.ledger import Move
from tracker.db import Database
from tracker.errors import Conflict
from tracker.verify import verify

FUND, POOL, NEXT_YEAR = "fund:示例〔2026〕1号", "pool:示例办法:2026", "fund:示例〔2027〕1号"
YUAN = 100


class Life:
    """The three items and what stands where, in yuan."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.first, self.second, self.third = seeded(database).items[:3]

    def happens(self, cause: str, *moves: Move) -> int:
        """One entry; its sequence."""
        return post(self.database, cause, *moves)

    def stands(self, seq: int | None = None) -> dict[str, float]:
        """Stage of money, or owner and stage of a limit -> yuan; empty ones are left out."""
        with self.database.reading() as session:
            at = ledger.balances_at(session, ledger.head(session).seq if seq is None else seq)
        named = {
            ref.stage if ref.unit == "fen" else f"{ref.owner} {ref.stage}": fen / YUAN
            for ref, fen in at.items()
        }
        return {name: yuan for name, yuan in named.items() if yuan}

    def appropriated(self) -> None:
        """Event 0."""
        self.happens("approp:示例", limit(FUND, "granted", "headroom", 1_000_000))
        self.happens("pool:示例", limit(POOL, "granted", "headroom", 5_000))

    def accrued(self) -> None:
        """Event 1."""
        self.appropriated()
        self.happens(
            "accrue:1",
            yuan(self.first, "entitlement", "accrued", 1_200),
            yuan(self.second, "entitlement", "accrued", 900),
            yuan(self.third, "entitlement", "accrued", 700),
            limit(POOL, "headroom", "used", 2_800),
        )

    def corrected(self) -> None:
        """Event 2, before anything is applied for."""
        self.accrued()
        self.happens(
            "correct:1",
            yuan(self.second, "accrued", "entitlement", 250, "recomputed"),
            limit(POOL, "used", "headroom", 250),
        )

    def filed(self) -> None:
        """Event 3: the firm applies, the league files."""
        self.corrected()
        amounts = ((self.first, 1_200), (self.second, 650), (self.third, 700))
        self.happens("apply:1", *(yuan(one, "accrued", "applied", fen) for one, fen in amounts))
        self.happens("file:1", *(yuan(one, "applied", "filed", fen) for one, fen in amounts))

    def decided(self) -> None:
        """Event 4: one approved, one reduced, one declined."""
        self.filed()
        self.happens(
            "decide:1",
            yuan(self.first, "filed", "approved", 1_200),
            yuan(self.second, "filed", "approved", 500),
            yuan(self.second, "filed", "entitlement", 150, "weight_differs"),
            yuan(self.third, "filed", "entitlement", 700, "not_eligible"),
            limit(FUND, "headroom", "used", 1_700),
            limit(POOL, "used", "headroom", 850),
        )

    def paid(self) -> None:
        """Event 5: the instruction, then the bank's word."""
        self.decided()
        amounts = ((self.first, 1_200), (self.second, 500))
        self.happens("pay:1", *(yuan(one, "approved", "instructed", fen) for one, fen in amounts))
        self.happens("ok:1", *(yuan(one, "instructed", "disbursed", fen) for one, fen in amounts))


def yuan(item: str, source: str, target: str, amount: int, reason: str = "") -> Move:
    return move(item, source, target, amount * YUAN, reason)


def limit(owner: str, source: str, target: str, amount: int) -> Move:
    return limit_move(owner, source, target, amount * YUAN)


@pytest.fixture
def life(database: Database) -> Life:
    return Life(database)


def test_0_a_fund_is_appropriated_and_raised_by_a_further_document(life: Life) -> None:
    life.appropriated()
    life.happens("approp:示例2", limit(FUND, "granted", "headroom", 5))
    assert life.stands()[f"{FUND} headroom"] == 1_000_005


def test_1_what_shipments_earn_is_accrued_and_uses_the_pool(life: Life) -> None:
    life.accrued()
    assert life.stands() == {
        "entitlement": -2_800,
        "accrued": 2_800,
        f"{FUND} granted": -1_000_000,
        f"{FUND} headroom": 1_000_000,
        f"{POOL} granted": -5_000,
        f"{POOL} headroom": 2_200,
        f"{POOL} used": 2_800,
    }


def test_1_nothing_is_accrued_beyond_the_pool_and_nothing_of_the_entry_remains(life: Life) -> None:
    life.accrued()
    before = life.stands()
    with pytest.raises(Conflict, match=r"only 2,200\.00 yuan stand in stage headroom"):
        life.happens(
            "accrue:2",
            yuan(life.first, "entitlement", "accrued", 2_201),
            limit(POOL, "headroom", "used", 2_201),
        )
    assert life.stands() == before


def test_1_a_zero_result_is_an_entry_too(life: Life) -> None:
    life.accrued()
    before = life.stands()
    assert life.happens("accrue:zero") == life.happens("accrue:zero") == 4
    assert life.stands() == before


def test_2_a_correction_before_the_application_gives_back_the_difference(life: Life) -> None:
    life.corrected()
    assert (life.stands()["accrued"], life.stands()[f"{POOL} headroom"]) == (2_550, 2_450)


def test_3_what_is_applied_for_and_filed_is_what_stands_after_the_correction(life: Life) -> None:
    life.filed()
    assert life.stands()["filed"] == 2_550
    with pytest.raises(Conflict):
        life.happens("apply:2", yuan(life.second, "accrued", "applied", 1))


def test_4_a_decision_approves_reduces_and_declines_line_by_line(life: Life) -> None:
    life.decided()
    stands = life.stands()
    assert (stands["approved"], stands["entitlement"]) == (1_700, -1_700)
    assert (stands[f"{FUND} used"], stands[f"{POOL} used"]) == (1_700, 1_700)
    with pytest.raises(Conflict):
        life.happens("approve:declined", yuan(life.third, "filed", "approved", 700))


def test_5_the_bank_pays_what_was_instructed_and_no_item_twice(life: Life) -> None:
    life.paid()
    assert life.stands()["disbursed"] == 1_700
    for cause, source, target in (
        ("pay:2", "approved", "instructed"),
        ("ok:2", "instructed", "disbursed"),
    ):
        with pytest.raises(Conflict, match=r"only 0\.00 yuan"):
            life.happens(cause, yuan(life.first, source, target, 1))
    assert (
        life.happens(
            "ok:1",
            *(
                yuan(one, "instructed", "disbursed", fen)
                for one, fen in ((life.first, 1_200), (life.second, 500))
            ),
        )
        == 9
    )


def test_5_what_the_bank_refuses_is_payable_again_and_then_paid_once(life: Life) -> None:
    life.decided()
    life.happens("pay:1", yuan(life.first, "approved", "instructed", 1_200))
    life.happens("fail:1", yuan(life.first, "instructed", "approved", 1_200, "bank_refused"))
    assert life.stands()["approved"] == 1_700
    life.happens("pay:1:2", yuan(life.first, "approved", "instructed", 1_200))
    life.happens("ok:1:2", yuan(life.first, "instructed", "disbursed", 1_200))
    assert (life.stands()["approved"], life.stands()["disbursed"]) == (500, 1_200)


def test_6_what_was_paid_wrongly_is_demanded_and_comes_back(life: Life) -> None:
    life.paid()
    with pytest.raises(Conflict):
        life.happens("claw:more", yuan(life.first, "disbursed", "recoverable", 1_201))
    life.happens("claw:1", yuan(life.first, "disbursed", "recoverable", 300, "calculation"))
    assert life.stands()["recoverable"] == 300
    life.happens(
        "recover:1",
        yuan(life.first, "recoverable", "entitlement", 300),
        limit(FUND, "used", "headroom", 300),
        limit(POOL, "used", "headroom", 300),
    )
    stands = life.stands()
    assert (stands["disbursed"], stands[f"{FUND} headroom"]) == (1_400, 998_600)
    assert "recoverable" not in stands


def test_6_a_debt_is_kept_off_the_next_payment_in_one_entry(life: Life) -> None:
    life.decided()
    life.happens("pay:1", yuan(life.first, "approved", "instructed", 1_200))
    life.happens("ok:1", yuan(life.first, "instructed", "disbursed", 1_200))
    life.happens("claw:1", yuan(life.first, "disbursed", "recoverable", 300))
    life.happens("pay:2", yuan(life.second, "approved", "instructed", 500))
    life.happens(
        "ok:2",
        yuan(life.second, "instructed", "disbursed", 500),
        yuan(life.first, "recoverable", "entitlement", 300),
    )
    assert life.stands()["disbursed"] == 1_400
    assert "recoverable" not in life.stands()


def test_7_an_amended_method_takes_from_where_the_money_stands_now(life: Life) -> None:
    life.paid()
    life.happens("accrue:more", yuan(life.third, "entitlement", "accrued", 100))
    life.happens(
        "amend:1",
        yuan(life.first, "disbursed", "recoverable", 200, "method_amended"),
        yuan(life.second, "entitlement", "accrued", 50, "method_amended"),
        yuan(life.third, "accrued", "entitlement", 100, "method_amended"),
    )
    stands = life.stands()
    assert (stands["disbursed"], stands["recoverable"], stands["accrued"]) == (1_500, 200, 50)


def test_8_what_is_left_of_a_fund_lapses_at_the_end_of_its_year_and_no_more(life: Life) -> None:
    life.paid()
    with pytest.raises(Conflict):
        life.happens("lapse:more", limit(FUND, "headroom", "granted", 998_301))
    life.happens(
        "lapse:2026",
        limit(FUND, "headroom", "granted", 998_300),
        limit(NEXT_YEAR, "granted", "headroom", 998_300),
    )
    stands = life.stands()
    assert f"{FUND} headroom" not in stands
    assert (stands[f"{FUND} used"], stands[f"{NEXT_YEAR} headroom"]) == (1_700, 998_300)


def test_9_the_trial_balance_is_nought_at_every_sequence_and_the_verifier_agrees(
    life: Life,
) -> None:
    life.paid()
    with life.database.reading() as session:
        for seq in range(ledger.head(session).seq + 1):
            sums = {"fen": 0, "limit": 0}
            for ref, fen in ledger.balances_at(session, seq).items():
                sums[ref.unit] += fen
            assert sums == {"fen": 0, "limit": 0}
        assert ledger.balance(session, account(life.first, "disbursed")) == 170_000
    assert life.stands(3)["accrued"] == 2_800
    url = life.database.engine.url.render_as_string(hide_password=False)
    assert verify(url, rules={}).faults == ()
