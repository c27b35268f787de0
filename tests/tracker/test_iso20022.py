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
STATUS_REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"><CstmrPmtStsRpt>
<GrpHdr><MsgId>HD-1</MsgId><CreDtTm>2026-06-02T09:00:00+08:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>ZF-00001</OrgnlMsgId>
<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>ZF-00001</OrgnlPmtInfId>
<TxInfAndSts><OrgnlEndToEndId>DF-0001-001</OrgnlEndToEndId><TxSts>ACSC</TxSts>
<AcctSvcrRef>HD-7</AcctSvcrRef>
<OrgnlTxRef><Amt><InstdAmt Ccy="CNY">1234.56</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>DF-0001-002</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>账号有误</AddtlInf></StsRsnInf></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""


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


def test_a_status_report_of_the_standard_is_read() -> None:
    raw = STATUS_REPORT.encode()
    assert not iso20022.fault(raw, iso20022.STATUS)
    found = bank_answers.read(raw)
    assert [(one.code, one.outcome, one.amount_fen, one.receipt_no) for one in found] == [
        ("DF-0001-001", "confirmed", 123_456, "HD-7"),
        ("DF-0001-002", "failed", None, ""),
    ]
    assert found[1].words == "AC01 账号有误"


@pytest.mark.parametrize("status", ["ACSC", "ACCC", "RJCT", "ACSP", "PDNG"])
def test_every_status_of_the_standard_is_read_without_a_guess(status: str) -> None:
    raw = STATUS_REPORT.replace("<TxSts>ACSC", f"<TxSts>{status}").encode()
    assert not iso20022.fault(raw, iso20022.STATUS)
    outcomes = {"ACSC": "confirmed", "ACCC": "confirmed", "RJCT": "failed"}
    assert bank_answers.read(raw)[0].outcome == outcomes.get(status, "unknown")
