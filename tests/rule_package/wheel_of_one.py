"""Wheel of one 打包: the smallest build backend there can be, so that no index is asked."""

import zipfile
from pathlib import Path

NAME, VERSION = "sample_league_rules", "1.0"
INFO = f"{NAME}-{VERSION}.dist-info"
FILES = {
    f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: sample-league-rules\nVersion: 1.0\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": f"[subsidy_tracker.rules]\nsample-league = {NAME}\n",
}


def build_wheel(folder: str, *_: object) -> str:
    """Write the wheel into the folder; returns its name."""
    name = f"{NAME}-{VERSION}-py3-none-any.whl"
    files = FILES | {f"{NAME}.py": Path(f"{NAME}.py").read_text(encoding="utf-8")}
    listed = "".join(f"{path},,\n" for path in (*files, f"{INFO}/RECORD"))
    with zipfile.ZipFile(Path(folder) / name, "w") as wheel:
        for path, text in (files | {f"{INFO}/RECORD": listed}).items():
            wheel.writestr(path, text)
    return name
