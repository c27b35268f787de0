"""Receipts 测算说明单: what people hold on paper is what was kept and computed."""

import json
from collections.abc import Iterator

from tracker.verify.chain import Walk
from tracker.verify.reading import Fault, Rows, canonical, sha256

TABLE = "receipt"
ISSUED = "receipt.issue"


def receipts(rows: Rows, walk: Walk) -> Iterator[Fault]:
    """Each as it was told to the audit log when it was made; none is missing."""
    told = dict(walk.receipts)
    query = "SELECT id, code, seq, total_fen, content, sha256 FROM receipt ORDER BY id"
    for key, code, seq, total_fen, text, own_hash in rows(query):
        said = told.pop(f"receipt:{key}", None)
        content = json.loads(text)
        as_of = content["as_of"]
        if sha256(canonical(content)) != own_hash:
            yield Fault(f"说明单 {code}", "内容被改动，与其哈希不符")
        elif own_hash != said:
            yield Fault(f"说明单 {code}", "与审计日志所记的哈希不符")
        elif (as_of["seq"], content["total_fen"]) != (seq, total_fen):
            yield Fault(f"说明单 {code}", "分录号或合计金额与内容不符")
        elif walk.hashes.get(seq) != as_of["hash"]:
            yield Fault(f"说明单 {code}", f"所载链首与第 {seq} 号分录不符")
    for subject in sorted(told):
        yield Fault(f"说明单 {subject}", "已出具，现已缺失")
