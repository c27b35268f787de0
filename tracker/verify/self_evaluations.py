"""Self-evaluations 绩效自评: each version says what its entry says, by whom and when."""

import json
from collections.abc import Iterator
from typing import Any

from tracker.verify.reading import Fault, Rows, differing, moment

TABLE = "self_evaluation"


def self_evaluations(rows: Rows) -> Iterator[Fault]:
    """Each as its entry tells it; none is missing, none is there without an entry."""
    told, stand = dict(_told(rows)), dict(_stand(rows))
    for seq in differing(told, stand):
        said = (told.get(seq) or stand[seq])["said"]
        named = f"绩效自评 {said['filing']} 第 {said['version']} 版"
        yield Fault(named, f"与第 {seq} 号分录所记不符")


def _told(rows: Rows) -> Iterator[tuple[int, dict[str, Any]]]:
    """Sequence of the entry, and what was said by whom and when, as it has it."""
    query = "SELECT seq, body FROM entry WHERE kind = 'self_evaluation.state' ORDER BY seq"
    for seq, body in rows(query):
        whole = json.loads(body)
        yield (
            seq,
            {"said": whole["detail"], "login": whole["actor"], "at": whole["recorded_at"]},
        )


def _stand(rows: Rows) -> Iterator[tuple[int, dict[str, Any]]]:
    """The same, as the rows have it."""
    query = (
        "SELECT self_evaluation.seq, filing.code, version_no, reached, results, words, reasons,"
        " measures, login, stated_at FROM self_evaluation"
        " JOIN filing ON filing.id = filing_id JOIN user_account ON user_account.id = user_id"
        " ORDER BY self_evaluation.id"
    )
    for seq, code, number, reached, results, words, reasons, measures, login, at in rows(query):
        said = {
            "filing": code,
            "version": number,
            "reached": reached,
            "results": json.loads(results),
            "words": words,
            "reasons": reasons,
            "measures": measures,
        }
        yield seq, {"said": said, "login": login, "at": moment(at)}
