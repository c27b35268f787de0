"""The chain: what is hashed is exact, ordered and kept apart by domain."""

import hashlib

import pytest

from tracker.books import chain


def test_a_body_is_canonical_and_names_its_algorithm() -> None:
    text = chain.body({"乙": [1, "二", None, True], "甲": {"b": 1, "a": 2}})
    assert text == '{"algorithm":"sha256","乙":[1,"二",null,true],"甲":{"a":2,"b":1}}'
    assert chain.body_sha256(text) == hashlib.sha256(text.encode()).hexdigest()


def test_a_text_of_a_kind_of_its_own_is_a_text() -> None:
    class Word(str):
        """As some libraries make them."""

        __slots__ = ()

    assert chain.body({"a": Word("甲")}) == chain.body({"a": "甲"})


@pytest.mark.parametrize("bad", [{"a": 1.0}, {"a": [{"b": 0.1}]}, {1: "a"}, {"a": object()}])
def test_a_body_with_anything_inexact_is_a_mistake(bad: dict[str, object]) -> None:
    with pytest.raises(AssertionError, match="no floats"):
        chain.body(bad)


def test_links_are_these_bytes_for_ever() -> None:
    zeros = "0" * 64
    assert zeros == chain.GENESIS
    entry = f'[1,"{zeros}","{"b" * 64}"]'.encode()
    link = "9dd7325f8b760a27dbd1d9145f3f1ec1a65f4e68cd8957c8deac7c9df4b8460b"
    assert hashlib.sha256(b"\x01" + entry).hexdigest() == link
    assert chain.link(zeros, 1, "b" * 64) == link
    event = f'["{zeros}",{{"a":1}}]'.encode()
    link = "20114874176ff75fbaf83765966a058c98be52f2d35bf8e0cc65a72233bf2fd8"
    assert hashlib.sha256(b"\x02" + event).hexdigest() == link
    assert chain.audit_link(zeros, {"a": 1}) == link


def test_a_link_depends_on_place_predecessor_and_body() -> None:
    first = chain.link(chain.GENESIS, 1, "b" * 64)
    others = {
        chain.link(chain.GENESIS, 2, "b" * 64),
        chain.link("1" * 64, 1, "b" * 64),
        chain.link(chain.GENESIS, 1, "c" * 64),
    }
    assert len(others | {first}) == 4


def test_links_of_entries_and_of_audit_events_are_never_alike() -> None:
    content = {"a": 1}
    assert chain.audit_link(chain.GENESIS, content) != chain.audit_link("1" * 64, content)
    text = '["' + chain.GENESIS + '",{"a":1}]'
    entry = hashlib.sha256(chain.ENTRY_DOMAIN + text.encode()).hexdigest()
    assert chain.audit_link(chain.GENESIS, content) != entry
