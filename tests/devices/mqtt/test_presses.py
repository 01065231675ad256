"""Which messages are presses, and that no other is lost without a count."""

from shopfloor.devices.mqtt.presses import MIDS_MAX, Message, Presses

MAP = {"single": "call:material", "Button1:SINGLE": "stop", "ON": "ack"}


def message(payload: bytes, **fields: object) -> Message:
    return Message("zigbee2mqtt/box", payload, **fields)  # type: ignore[arg-type]


def test_the_word_is_given_as_the_map_writes_it() -> None:
    presses = Presses(MAP)

    assert presses.take(message(b'{"action":"single"}')) == ["single"]
    assert presses.take(message(b"SINGLE")) == ["single"]
    assert presses.take(message(b'{"Button1":{"Action":"SINGLE"}}')) == ["Button1:SINGLE"]
    assert presses.take(message(b'{"Button2":{"Action":"SINGLE"}}')) == ["single"]  # any button that is not named


def test_what_was_retained_is_no_press_but_tells_the_battery() -> None:
    presses = Presses(MAP)

    assert presses.take(message(b'{"action":"single","battery":9}', retain=True)) == []
    assert presses.counts["retained"] == 1
    assert presses.counts["battery"] == 9


def test_an_empty_action_is_no_press() -> None:
    presses = Presses(MAP)

    assert presses.take(message(b'{"action":""}')) == []
    assert presses.counts["empty"] == 1


def test_a_word_that_the_map_does_not_know_is_remembered_for_whoever_sets_it_up() -> None:
    presses = Presses(MAP)

    assert presses.take(message(b"OFF")) == []
    assert (presses.counts["unmapped"], presses.unmapped) == (1, "OFF")


def test_what_the_broker_delivers_once_more_is_one_press() -> None:
    presses = Presses(MAP)
    first = message(b"single", qos=1, mid=7)

    assert presses.take(first) == ["single"]
    assert presses.take(message(b"single", qos=1, mid=7, dup=True)) == []
    assert presses.counts["again"] == 1


def test_a_repeat_whose_first_was_lost_is_a_press() -> None:
    assert Presses(MAP).take(message(b"single", qos=1, mid=7, dup=True)) == ["single"]


def test_a_number_that_is_used_again_is_a_press() -> None:
    presses = Presses(MAP)
    presses.take(message(b"single", qos=1, mid=7))

    assert presses.take(message(b"single", qos=1, mid=7)) == ["single"]
    presses.connected()
    assert presses.take(message(b"single", qos=1, mid=7, dup=True)) == ["single"]


def test_only_the_numbers_that_can_come_again_are_kept() -> None:
    presses = Presses(MAP)
    for mid in range(10 * MIDS_MAX):
        presses.take(message(b"single", qos=1, mid=mid))

    assert len(presses._mids) == MIDS_MAX


def test_what_is_too_long_to_be_a_press_is_counted() -> None:
    presses = Presses(MAP)

    assert presses.take(message(b"x" * 100_000)) == []
    assert presses.counts["unreadable"] == 1
