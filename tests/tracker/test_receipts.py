"""The verifier finds a receipt that was altered, made up or taken away."""

from tests import way
from tests.tampering import Execute, tamper
from tracker import jobs, verify

ALTERED = {
    "UPDATE receipt SET content = replace(content, '50000', '90000')": "内容被改动",
    "UPDATE receipt SET sha256 = 'x'": "内容被改动",
    "UPDATE receipt SET total_fen = 90000": "合计金额与内容不符",
    "UPDATE receipt SET seq = 1": "分录号",
    "DELETE FROM receipt": "现已缺失",
}
"""What somebody who owns the database may do to a receipt, and what the verifier says of it."""


def test_a_receipt_that_was_tampered_with_is_found(bench: jobs.Bench) -> None:
    way.shipped(bench)
    keys = [way.receipt(bench) for _ in ALTERED]
    assert way.proven(bench)

    def work(execute: Execute) -> None:
        for key, statement in zip(keys, ALTERED, strict=True):
            execute(f"{statement} WHERE id = ?", key)

    tamper(bench.settings.database_url, work)
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    told = [one.what for one in report.faults]
    assert len(told) == len(ALTERED)
    for what in ALTERED.values():
        assert any(what in one for one in told), what


def test_books_of_a_version_that_had_no_receipts_verify(bench: jobs.Bench) -> None:
    def work(execute: Execute) -> None:
        execute("DROP TABLE receipt")

    tamper(bench.settings.database_url, work)
    assert way.proven(bench)
