"""Made-up shipments: slips, aliases, wrong ports, swapped ends, ends off all corridors.

``--soak`` makes up 100,000 of them. The figures of a run are printed.
"""

from collections import Counter

import pytest

from ingest.match import Match, match
from ingest.network import Network
from tests.ingest.made_up import KINDS, Made, made_up

SEED = 20261127
FEW, MANY = 3_000, 100_000
Found = list[tuple[Made, Match]]


@pytest.fixture(scope="module")
def found(wider: Network, *, soak: bool) -> Found:
    """Made-up shipments with their matches."""
    made = made_up(wider, MANY if soak else FEW, SEED)
    return list(zip(made, match([one.ask for one in made], wider), strict=True))


def right(made: Made, one: Match) -> bool:
    """Whether corridor and km are those of the truth."""
    if one.start_km_tenths is None or one.end_km_tenths is None:
        return False
    off = max(abs(one.start_km_tenths - made.start), abs(one.end_km_tenths - made.end))
    return one.status == "matched" and one.corridor_id == made.corridor and off <= made.slack


def test_at_least_999_of_1000_find_their_corridor_and_km(found: Found) -> None:
    drawn = Counter(made.kind for made, _ in found)
    assert set(drawn) == set(KINDS)
    wrong = [(made, one) for made, one in found if made.kind == "right" and not right(made, one)]
    asked = sum(one.status != "matched" for _, one in wrong)
    print(  # noqa: T201  the figures
        f"seed {SEED}, {dict(drawn)}: {len(wrong)} not right, {asked} of them for a person"
    )
    assert 1000 * len(wrong) <= drawn["right"], wrong[:3]


def test_none_is_wrong_in_silence(found: Found) -> None:
    """What is matched to less than the truth names the word that could not be read."""
    for made, one in found:
        if made.kind == "right" and one.status == "matched" and not right(made, one):
            assert {"hub_unknown", "dest_unknown", "origin_unknown"} & {
                reason.code for reason in one.reasons
            }, (made, one)


def test_every_wrong_port_is_flagged_or_moves_the_route(found: Found, wider: Network) -> None:
    for made, one in found:
        if made.kind == "wrong_port" and one.corridor_id is not None:
            assert wider.corridor(one.corridor_id).port == made.port, (made, one)


@pytest.mark.parametrize("kind", ["swapped", "outside"])
def test_swapped_ends_and_ends_outside_every_corridor_are_never_matched(
    found: Found, kind: str
) -> None:
    matched = [(made, one) for made, one in found if made.kind == kind and one.corridor_id]
    assert matched == []


def test_km_of_every_match_add_up(found: Found) -> None:
    for _, one in found:
        if one.status == "matched":
            assert sum(tenths for _, _, tenths in one.parts) == one.distance_km_tenths
            assert one.province_km_tenths is not None
            assert one.domestic_km_tenths is not None
            assert 0 <= one.province_km_tenths <= one.domestic_km_tenths


def test_the_order_of_the_shipments_changes_nothing(found: Found, wider: Network) -> None:
    some = found[:200]
    again = match([made.ask for made, _ in reversed(some)], wider)
    assert list(again[::-1]) == [one for _, one in some]


def test_what_is_made_up_is_the_same_for_the_same_seed(wider: Network) -> None:
    assert made_up(wider, 50, SEED) == made_up(wider, 50, SEED)
    assert made_up(wider, 50, SEED) != made_up(wider, 50, SEED + 1)
