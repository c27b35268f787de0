"""``python -m tracker.verify``: says in Chinese whether the books stand."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tracker.verify import anchors as written
from tracker.verify import verify

HASH_LENGTH = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Say in Chinese whether the books stand: 0 they do, 1 they do not, 2 they cannot be read."""
    parser = argparse.ArgumentParser("python -m tracker.verify", description="核对账簿")
    parser.add_argument("url", help="数据库地址、SQLite 文件，或数据包（.zip）")
    parser.add_argument(
        "--anchor",
        action="append",
        default=[],
        type=_anchor,
        metavar="SEQ:HASH",
        help="说明单或报送件上的锚点，可多次给出",
    )
    parser.add_argument(
        "--anchors", type=Path, metavar="FILE", help="锚点文件，每行“时刻 序号:哈希”，逐行核对"
    )
    parser.add_argument(
        "--files", type=Path, metavar="FOLDER", help="原始文件夹（…/blobs），逐个核对哈希"
    )
    given = parser.parse_args(arguments)
    anchors = dict(given.anchor)
    try:
        kept = written.read(given.anchors) if given.anchors else []
        report = verify(given.url, anchors, kept=kept, folder=given.files)
    except FileNotFoundError as error:
        sys.stdout.write(f"无法读取：没有这个文件 {error.filename}\n")
        return 2
    except OSError as error:
        sys.stdout.write(f"无法读取：{error}\n")
        return 2
    read = (
        f"分录 {report.entries} 条，记账行 {report.postings} 行，测算 {report.assessments} 项，"
        f"审计日志 {report.events} 条，锚点 {len(anchors) + len(kept)} 个；"
        f"链首 {report.seq}:{report.head}\n"
    )
    read += "".join(f"未核对：{one}\n" for one in report.unseen)
    if not report.faults:
        sys.stdout.write(f"核对通过：{read}")
        return 0
    lines = "".join(f"  {fault}\n" for fault in report.faults[1:])
    sys.stdout.write(f"核对未通过。第一处错误：{report.faults[0]}\n{lines}{read}")
    return 1


def _anchor(text: str) -> tuple[int, str]:
    seq, _, own_hash = text.partition(":")
    if not seq.isdecimal() or len(own_hash) != HASH_LENGTH:
        raise argparse.ArgumentTypeError(f"锚点应为 序号:64 位哈希，得到 {text!r}")
    return int(seq), own_hash.lower()


if __name__ == "__main__":
    sys.exit(main())
