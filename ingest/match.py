"""Match 匹配线路: shipments -> corridor, km by league and country, confidence, reasons.

`match` works on columns: every different route that is asked for is scored once against all
corridors. What cannot be told goes to a person, who sets the corridor with `pin`.
"""

from collections.abc import Iterable
from itertools import repeat
from typing import Any, Literal, NamedTuple

import numpy as np

from ingest.matching.asked import Ask, Asked, read
from ingest.matching.reasons import Reason
from ingest.matching.score import Choice, Scores, choose, score, tables
from ingest.matching.verdict import Case, confidence, judge, told
from ingest.network import Network, Part
from ingest.network.geometry import place_table

__all__ = ["Ask", "Match", "Reason", "Stop", "match", "pin", "strip"]

Status = Literal["matched", "ambiguous", "unmatched"]
Kind = Literal["hub", "place", "port", "border", "end"]
BLOCK = 16_384
"""Different routes scored at a time, to bound memory."""
CANDIDATES = 3


class Match(NamedTuple):
    """The route 线路 of one shipment. Km are tenths of km; None where nothing is matched.

    `parts` are (kind, code, tenths) in the order they are driven out of China; they add up to the
    distance. `domestic` is China, `province` its leagues. `confidence` is per mille.
    `candidates` are (corridor, score per mille), best first.
    """

    unit_key: str
    status: Status
    corridor_id: str | None
    hub: str | None
    port: str | None
    league: str | None
    distance_km_tenths: int | None
    domestic_km_tenths: int | None
    province_km_tenths: int | None
    start_km_tenths: int | None
    end_km_tenths: int | None
    parts: tuple[Part, ...]
    confidence: int
    candidates: tuple[tuple[str, int], ...]
    reasons: tuple[Reason, ...]

    def as_json(self, lang: str | None = None) -> dict[str, object]:
        """Return JSON values; reasons in one language, or in both where none is asked for."""
        body = dict(self._asdict())
        body["parts"] = [
            {"kind": kind, "code": code, "km_tenths": tenths} for kind, code, tenths in self.parts
        ]
        body["candidates"] = [
            {"corridor": corridor, "score": points} for corridor, points in self.candidates
        ]
        body["reasons"] = [
            {"code": reason.code, "text": reason.text(lang)} if lang else reason.as_json()
            for reason in self.reasons
        ]
        return body

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Match":
        """Read what `as_json` gave in both languages; equal to the match it came from."""
        lists: dict[str, Any] = {
            "parts": tuple((one["kind"], one["code"], one["km_tenths"]) for one in body["parts"]),
            "candidates": tuple((one["corridor"], one["score"]) for one in body["candidates"]),
            "reasons": tuple(Reason.from_json(one) for one in body["reasons"]),
        }
        return cls(**{**body, **lists})


NOWHERE = Match(
    "", "unmatched", None, None, None, None, None, None, None, None, None, (), 0, (),
    (Reason("no_corridor"),),
)  # fmt: skip
"""What there is to say where no corridor is registered for the day."""


class Stop(NamedTuple):
    """A mark on the strip diagram: names, chainage in tenths of km, kind, whether on the route."""

    zh: str
    en: str
    km_tenths: int
    kind: Kind
    on_route: bool


def match(shipments: Iterable[object], network: Network) -> tuple[Match, ...]:
    """Match shipments to the network's corridors, in their order.

    A shipment is an `Ask`, a `ShipmentUnit`, or any object or mapping with the same names.
    """
    keys, combos, routes = read(shipments, network)
    asked = list(routes.values())
    found: list[Match] = []
    for begin in range(0, len(asked), BLOCK):
        found += _block(asked[begin : begin + BLOCK], network)
    bodies = {combo: one[1:] for combo, one in zip(routes, found, strict=True)}
    whole = ((key, *bodies[combo]) for key, combo in zip(keys, combos, strict=True))
    return tuple(map(tuple.__new__, repeat(Match), whole))  # what `Match._make` does, once for all


def pin(shipment: object, corridor_id: str, network: Network) -> Match:
    """Set a shipment on a corridor by hand: what a reviewer decided, with the same km and parts.

    Raises KeyError for an unknown corridor and ValueError where the shipment has no start or no
    end on it.
    """
    corridor = network.corridor(corridor_id)
    keys, _, routes = read([shipment], network)
    asked = next(iter(routes.values()))
    scores = score([asked.wanted(network)], tables(network))
    column = network.corridors.index(corridor)
    if not (scores.start_on[0, column] and scores.far_on[0, column]) or (
        scores.start[0, column] >= scores.end[0, column]
    ):
        raise ValueError(
            f"起点或终点不在通道 {corridor_id} 上 The route has no start or no end on {corridor_id}"
        )
    case = _case(asked, 0, column, scores, network)
    reasons = (Reason("by_hand", (corridor_id,)), *told(case, None))
    return _matched(case, 1000, (), reasons)._replace(unit_key=keys[0])


def strip(found: Match, network: Network) -> tuple[Stop, ...]:
    """Return the marks of the corridor for the strip diagram 线路示意图, by chainage.

    Empty where nothing is matched. Hub and end of this route are marked as such.
    """
    if found.corridor_id is None or found.start_km_tenths is None or found.end_km_tenths is None:
        return ()
    corridor = network.corridor(found.corridor_id)
    low, high = found.start_km_tenths, found.end_km_tenths
    ends: dict[int, Kind] = {low: "hub", high: "end"}
    stops = []
    for station in corridor.stations:
        is_port, at = station.kind == "port", station.km_tenths
        names = (network.port if is_port else network.place)(station.id).names
        kind: Kind = "port" if is_port else ends.pop(at, "place")
        stops.append(Stop(names.zh, names.en, at, kind, low <= at <= high))
    for at, kind in ends.items():
        zh, en = ("起算处", "km begin") if kind == "hub" else ("止算处", "km end")
        stops.append(Stop(zh, en, at, kind, on_route=True))
    before = "CN"
    for point in corridor.breakpoints:
        if point.kind == "country" and point.code not in ("CN", before):
            one, other = network.country_names(before), network.country_names(point.code)
            zh, en = f"{one.zh}—{other.zh}", f"{one.en}–{other.en}"
            at = point.km_tenths
            stops.append(Stop(zh, en, at, "border", low <= at <= high))
            before = point.code
    return tuple(sorted(stops, key=lambda stop: stop.km_tenths))


def _block(asked: list[Asked], network: Network) -> list[Match]:
    if not network.corridors:
        return [NOWHERE] * len(asked)
    table = tables(network)
    scores = score([one.wanted(network) for one in asked], table)
    choice = choose(scores, table)
    return [
        _decide(_case(one, row, int(choice.best[row]), scores, network), choice)
        for row, one in enumerate(asked)
    ]


def _case(asked: Asked, row: int, column: int, scores: Scores, network: Network) -> Case:
    far = max(asked.far.index, -1)
    far_km = float(place_table(network).distance_km[far, column])
    return Case(asked, row, column, scores, network, far_km)


def _decide(case: Case, choice: Choice) -> Match:
    status, reasons = judge(case, choice)
    candidates = _candidates(case)
    points = confidence(case, choice) if status != "unmatched" else 0
    if status == "matched":
        return _matched(case, points, candidates, reasons)
    hub, league = _hub(case)
    empty = Match(
        "", "unmatched", None, hub, None, league, None, None, None, None, None, (), points,
        candidates, reasons,
    )  # fmt: skip
    return empty if status == "unmatched" else empty._replace(status="ambiguous")


def _matched(
    case: Case,
    points: int,
    candidates: tuple[tuple[str, int], ...],
    reasons: tuple[Reason, ...],
) -> Match:
    corridor = case.corridor
    start, end = (int(side[case.row, case.column]) for side in (case.scores.start, case.scores.end))
    parts = corridor.parts(start, end)
    leagues = sum(tenths for kind, _, tenths in parts if kind == "league")
    china = sum(tenths for kind, code, tenths in parts if (kind, code) == ("country", "CN"))
    hub, league = _hub(case)
    return Match(
        unit_key="",
        status="matched",
        corridor_id=corridor.id,
        hub=hub,
        port=corridor.port,
        league=league,
        distance_km_tenths=end - start,
        domestic_km_tenths=leagues + china,
        province_km_tenths=leagues,
        start_km_tenths=start,
        end_km_tenths=end,
        parts=parts,
        confidence=points,
        candidates=candidates,
        reasons=reasons,
    )


def _hub(case: Case) -> tuple[str | None, str | None]:
    """The registered hub, and the league: the hub's, or the one the named hub or origin lies in."""
    asked, network = case.asked, case.network
    term = asked.hub if asked.hub.index >= 0 else asked.near
    if term.index < 0:
        return None, None
    place = network.places[term.index]
    hub = next((hub.id for hub in network.hubs if hub.place == place.id), None)
    return hub, place.league


def _candidates(case: Case) -> tuple[tuple[str, int], ...]:
    rank = case.scores.rank[case.row]
    order = np.argsort(-rank, kind="stable")[:CANDIDATES]
    return tuple(
        (case.network.corridors[n].id, round(1000 * float(rank[n]))) for n in order if rank[n] > 0
    )
