"""What goes to the bank is held to the standard's own schema, and what comes back is read by it."""

import hashlib
import re
import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import iso20022
from tests.tracker.test_instructions import LISTED
from tracker.papers import bank_answers, instruction_list

README = (iso20022.FOLDER / "README.md").read_text(encoding="utf-8")
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1
).filter(str.strip)
NUMBERS = st.text(string.ascii_letters + string.digits, min_size=1, max_size=34)
FEN = st.integers(1, 10**15)


def test_the_schemas_are_those_whose_source_is_told() -> None:
    told = dict(re.findall(r"`(pain\.[\d.]+xsd)` \| `([0-9a-f]{64})`", README))
    there = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in iso20022.FOLDER.glob("*.xsd")
    }
    assert there == told


def test_a_message_to_the_bank_is_as_the_standard_has_it() -> None:
    assert not iso20022.fault(instruction_list.message(LISTED))


def test_the_schema_finds_what_is_missing_too_long_or_out_of_place() -> None:
    raw = instruction_list.message(LISTED)
    for before, after in (
        (b"<PmtMtd>TRF</PmtMtd>", b""),
        (b"DF-0001-001", b"9" * 36),
        (b'Ccy="CNY"', b'Ccy="yuan"'),
        (b"1234.56", b"1234.5678901"),
        (b"<NbOfTxs>1</NbOfTxs>", b"<NbOfTxs>one</NbOfTxs>"),
    ):
        assert before in raw
        assert iso20022.fault(raw.replace(before, after))


@given(
    payer=WORDS,
    banks=st.lists(WORDS, min_size=1, max_size=4),
    purpose=WORDS,
    account=NUMBERS,
    cash_fen=FEN,
)
def test_whatever_names_and_amounts_there_are_the_message_stays_so(
    payer: str, banks: list[str], purpose: str, account: str, cash_fen: int
) -> None:
    (one,) = LISTED.members
    members = [
        replace(
            one, bank=bank, payee=bank * 40, purpose=purpose, account=account, cash_fen=cash_fen
        )
        for bank in banks
    ]
    listed = replace(LISTED, payer=payer, payer_bank=payer, members=tuple(members))
    assert not iso20022.fault(instruction_list.message(listed))


def test_the_status_report_that_tests_read_is_as_the_standard_has_it() -> None:
    assert not iso20022.fault(iso20022.REPORT.encode(), iso20022.STATUS)


@pytest.mark.parametrize("status", ["ACSC", "ACCC", "RJCT", "ACSP", "PDNG"])
def test_every_status_of_the_standard_is_read_without_a_guess(status: str) -> None:
    raw = iso20022.REPORT.replace("<TxSts>ACSC", f"<TxSts>{status}").encode()
    assert not iso20022.fault(raw, iso20022.STATUS)
    outcomes = {"ACSC": "confirmed", "ACCC": "confirmed", "RJCT": "failed"}
    assert bank_answers.read(raw)[0].outcome == outcomes.get(status, "unknown")
