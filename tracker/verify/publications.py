"""Publications 公示: what a league's page shows is what it published, at a head of the ledger."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tracker.verify.chain import Walk
from tracker.verify.reading import CHANGED, Fault, Rows, differing

TABLE = "publication"


def publications(rows: Rows, walk: Walk) -> Iterator[Fault]:
    """Each as its entry tells it, line by line; none is missing, none is there without an entry."""
    told, stand = dict(_told(rows)), dict(_stand(rows))
    wrong = dict.fromkeys(differing(told, stand), CHANGED)
    for code, said in told.items():
        seq, link = said["head"]
        if walk.hashes.get(seq) != link:
            wrong.setdefault(code, "所载台账链头与分录不符")
    for code, why in sorted(wrong.items()):
        yield Fault(f"公示 {code}", why)


def _told(rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    """Code of each publication and what was shown, as its entry has it."""
    for (body,) in rows("SELECT body FROM entry WHERE kind = 'publication.publish' ORDER BY seq"):
        said = json.loads(body)["detail"]["published"]
        yield said["code"], said


def _stand(rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same, as its rows have it."""
    lines: dict[int, list[list[Any]]] = defaultdict(list)
    query = (
        "SELECT publication_id, application.code, firm_name, items, amount_fen, pass_seq"
        " FROM publication_line JOIN application ON application.id = application_id"
        " ORDER BY publication_line.id"
    )
    for key, *line in rows(query):
        lines[key].append(list(line))
    query = (
        "SELECT publication.id, publication.code, league.code, programme.code, period_from,"
        " period_to, published_on, ends_on, place, contact, head_seq, head_hash FROM publication"
        " JOIN league ON league.id = league_id JOIN programme ON programme.id = programme_id"
        " ORDER BY publication.id"
    )
    for key, code, league, programme, *days, place, contact, seq, head in rows(query):
        first, last, begins, ends = map(str, days)
        yield (
            code,
            {
                "code": code,
                "league": league,
                "programme": programme,
                "period": [first, last],
                "days": [begins, ends],
                "notice": [place, contact],
                "head": [seq, head],
                "lines": lines[key],
            },
        )
