"""Bank answers 回单: what a bank or the treasury's system says of payments, read. Pure.

A workbook or text table with headings as these systems print them, or a pain.002 message of ISO
20022 (CustomerPaymentStatusReport). Every answer names the payment by our number; what it says of
it is one of four: confirmed, failed, returned (退汇), or unknown while nothing is decided.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lxml import etree

from ingest import sniff
from ingest.formats import _message as messages
from ingest.headings import norm
from ingest.rows import Problem
from tracker.errors import Refused, mark
from tracker.papers import tables

MOST_BYTES = 20 << 20
MOST_ANSWERS = 20_000
CODE_LENGTH, WORDS_LENGTH = 40, 200
HEADINGS: dict[str, tuple[str, ...]] = {
    "code": (
        *("支付编号", "业务编号", "业务流水号", "客户流水号", "付款编号", "指令编号"),
        *("EndToEndId", "End to End Id", "Reference"),
    ),
    "said": (
        *("状态", "支付状态", "交易状态", "处理状态", "处理结果", "交易结果", "支付结果"),
        *("Status", "Result"),
    ),
    "amount": ("金额", "支付金额", "交易金额", "付款金额", "发生额", "Amount"),
    "receipt_no": (
        *("回单号", "回单编号", "电子回单号", "凭证号", "支付凭证号", "银行流水号", "交易流水号"),
        *("Receipt", "Bank reference"),
    ),
    "day": ("支付日期", "交易日期", "入账日期", "处理日期", "日期", "Date"),
    "words": ("失败原因", "退汇原因", "退回原因", "原因", "备注", "附言", "处理说明", "Reason"),
}
"""What a column means -> its headings, as such files print them."""
NEEDED = ("code", "said")
EXPORT = mark("Export the answers as Excel, CSV or pain.002 and upload that.")
"""What to do where a file cannot be read."""
YUAN = re.compile(r"(\d{1,13})(?:\.(\d{1,2})0*)?", re.ASCII)
"""Yuan to the fen, as files print them: further decimals are noughts."""
OUTCOMES: dict[str, tuple[str, ...]] = {
    "returned": ("退汇", "已退汇", "退回", "已退回", "退款", "returned"),
    "failed": (
        *("失败", "支付失败", "交易失败", "处理失败", "退票", "已拒绝", "拒绝", "作废", "撤销"),
        *("failed", "rejected", "rjct", "canc"),
    ),
    "confirmed": (
        *(
            "成功",
            "支付成功",
            "交易成功",
            "处理成功",
            "已支付",
            "已付款",
            "已入账",
            "已到账",
            "完成",
        ),
        *("已完成", "success", "paid", "accc", "acsc"),
    ),
}
"""What the bank says -> the words it says it with; any other leaves it unknown.

ACCC and ACSC (settled), RJCT and CANC are of ISO 20022's ExternalPaymentTransactionStatus1Code; the
others of that list (ACTC, ACCP, ACSP, ACWC, PDNG, RCVD, PATC) do not yet settle anything.
"""
FOLDED = {norm(word): outcome for outcome, words in OUTCOMES.items() for word in words}
MEANT = {
    norm(word): (name, rank) for name, words in HEADINGS.items() for rank, word in enumerate(words)
}
"""Heading -> what its column means, and how surely: the bank's own number may stand beside ours."""


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """One answer as it was read; ``amount_fen`` is None where the file gives none."""

    row: int
    code: str
    said: str
    """In the bank's own words."""
    outcome: str
    amount_fen: int | None
    receipt_no: str
    day: str
    words: str

    def as_json(self) -> dict[str, Any]:
        """Every field."""
        return asdict(self)


def read(raw: bytes) -> list[BankAnswer]:
    """Every answer of a file; raises ``Refused`` saying why there are none to be had."""
    if len(raw) > MOST_BYTES:
        raise Refused(
            mark("The file is larger than %(limit)s MB."),
            mark("Export fewer days at a time."),
            limit=MOST_BYTES >> 20,
        )
    kind = sniff.kind(raw)
    found = _once(_of_message(raw) if kind == "xml" else _of_table(raw, kind))
    if len(found) > MOST_ANSWERS:
        raise Refused(
            mark("The file has more than %(most)s answers."),
            mark("Export fewer days at a time."),
            most=MOST_ANSWERS,
        )
    return found


def _once(found: Sequence[BankAnswer]) -> list[BankAnswer]:
    """One answer a payment: said twice alike counts once; said differently is undecided."""
    kept: dict[str, BankAnswer] = {}
    for one in found:
        before = kept.get(one.code)
        if before is None:
            kept[one.code] = one
        elif (before.outcome, before.amount_fen) != (one.outcome, one.amount_fen):
            both = f"{before.said} / {one.said}"
            kept[one.code] = BankAnswer(
                one.row, one.code, both, "unknown", None, one.receipt_no, one.day, one.words
            )
    return list(kept.values())


def _of_table(raw: bytes, kind: str) -> list[BankAnswer]:
    for rows in tables.read(raw, kind, EXPORT):
        for at, (_, *cells) in enumerate(rows):
            places = _places([str(cell or "") for cell in cells])
            if set(NEEDED) <= set(places):
                return [*_answers(rows[at + 1 :], places)]
    raise Refused(
        mark("No headings were found that name the payment and what came of it: %(headings)s."),
        mark("Name two columns so, and upload the file again."),
        headings="、".join(HEADINGS[name][0] for name in NEEDED),
    )


def _places(cells: Sequence[str]) -> dict[str, list[int]]:
    """What a column means -> its places in a row of headings, as the headings are listed."""
    found: dict[str, list[tuple[int, int]]] = {}
    for place, cell in enumerate(cells):
        words = (norm(cell), norm(cell.split("（")[0].split("(")[0]))
        for name, rank in [MEANT[word] for word in words if word in MEANT][:1]:
            found.setdefault(name, []).append((rank, place))
    return {name: [place for _, place in sorted(some)] for name, some in found.items()}


def _answers(
    rows: Sequence[tuple[Any, ...]], places: Mapping[str, Sequence[int]]
) -> Iterator[BankAnswer]:
    for number, *cells in rows:
        texts = {name: [_text(cells[place]) for place in some] for name, some in places.items()}
        said = [*filter(None, texts.pop("said"))]
        told = {name: next(filter(None, some), "") for name, some in texts.items()}
        if told["code"]:  # sums and remarks below the table name no payment
            yield _answer(int(number), said=said, **told)


def _answer(
    row: int,
    code: str,
    said: Sequence[str],
    amount: str = "",
    receipt_no: str = "",
    day: str = "",
    words: str = "",
) -> BankAnswer:
    return BankAnswer(
        row=row,
        code=code[:CODE_LENGTH],
        said=" / ".join(said)[:WORDS_LENGTH],
        outcome=_outcome(said),
        amount_fen=_fen(amount, row),
        receipt_no=receipt_no[:WORDS_LENGTH],
        day=re.split(r"[ T]", day)[0][:WORDS_LENGTH],
        words=words[:WORDS_LENGTH],
    )


def _outcome(said: Sequence[str]) -> str:
    """What all that is said comes to; unknown where one word says otherwise than another."""
    found = {FOLDED.get(norm(word), "unknown") for word in said}
    return found.pop() if len(found) == 1 else "unknown"


def _of_message(raw: bytes) -> list[BankAnswer]:
    parsed = messages.parse(raw)
    if isinstance(parsed, Problem):
        raise Refused(
            mark("The file cannot be read as a table. %(why)s"),
            EXPORT,
            why=parsed.message("zh"),
        )
    every = [one for one in parsed.root.iter() if messages.name(one) == "TxInfAndSts"]
    if not every:
        raise Refused(
            mark("The message holds no status of a payment (TxInfAndSts)."),
            mark("Upload the bank's pain.002, or a table."),
        )
    return [_of_status(place, one) for place, one in enumerate(every, 1)]


def _of_status(place: int, one: etree._Element) -> BankAnswer:
    def said(*names: str) -> str:
        for name in names:
            for found in one.iter():
                if messages.name(found) == name and (found.text or "").strip():
                    return _text(found.text)
        return ""

    return _answer(
        place,
        said("OrgnlEndToEndId"),
        [said("TxSts")],
        amount=said("InstdAmt"),
        receipt_no=said("AcctSvcrRef", "ClrSysRef"),
        day=said("AccptncDtTm", "FctvIntrBkSttlmDt"),
        words=" ".join(filter(None, (said("Cd", "Prtry"), said("AddtlInf")))),
    )


def _fen(text: str, row: int) -> int | None:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip().lstrip("¥").rstrip("元")
    if not plain:
        return None
    found = YUAN.fullmatch(plain)
    if found is None:
        raise Refused(
            mark("Row %(row)s: “%(text)s” is no amount in yuan."),
            mark("Correct the file and upload it again."),
            row=row,
            text=text[:40],
        )
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _text(cell: object) -> str:
    return unicodedata.normalize("NFKC", str(cell or "")).strip()
