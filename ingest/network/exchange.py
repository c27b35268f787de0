"""Exchange 路网文件: a network, a corridor or other changes as a JSON file, written and read back.

One format. The first line of keys says what it is::

    {"format": "route-network/1", "network": {...}}
    {"format": "route-network/1", "amendment": {"corridors": [], "names": []}}

The first is a whole network, as `Network.as_json` gives it, the second what is put into one:
any of corridors, places, ports, hubs and names.
Km are whole tenths, degrees ten-thousandths (WGS-84), and a `line` is a flat list of differences:
longitude, latitude, chainage in metres, vertex after vertex. Days are 2026-01-31.
"""

import json

from ingest.network.amendment import KINDS as CHANGED
from ingest.network.amendment import Amendment
from ingest.network.model import Network

FORMAT = "route-network/1"
MOST_BYTES = 32 * 1024 * 1024
KINDS: dict[str, type[Network] | type[Amendment]] = {"network": Network, "amendment": Amendment}
PARTS = (*CHANGED, "names")


class FileError(ValueError):
    """A file that is none of ours; says what is wrong, in both languages."""


def write(content: Network | Amendment) -> bytes:
    """Return the file; the same content gives the same bytes."""
    kind = next(name for name, one in KINDS.items() if isinstance(content, one))
    body = {"format": FORMAT, kind: content.as_json()}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1).encode()


def read(raw: bytes) -> Network | Amendment:
    """Read a file; raises FileError saying what is wrong and where."""
    if len(raw) > MOST_BYTES:
        raise FileError(f"文件超过 {MOST_BYTES >> 20} MB the file is too large")
    try:
        body = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        where = f"第 {error.lineno} 行" if isinstance(error, json.JSONDecodeError) else ""
        raise FileError(f"不是 JSON 文件 {where} it is no JSON file: {error}"[:300]) from error
    return of(body)


def of(body: object) -> Network | Amendment:
    """Read the JSON of a file; raises FileError."""
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise FileError(f"缺少 “format”: “{FORMAT}” it does not say that it is of this format")
    found = [name for name in KINDS if name in body]
    if len(found) != 1 or set(body) != {"format", *found}:
        raise FileError("须有 network 或 amendment 之一 it has either a network or an amendment")
    (kind,) = found
    content = body[kind]
    if kind == "amendment" and isinstance(content, dict):
        content = {part: content.get(part, []) for part in PARTS} | content
    try:
        return KINDS[kind].from_json(content)
    except (ValueError, TypeError, OverflowError) as error:
        raise FileError(f"{kind}: {error}"[:500]) from error
