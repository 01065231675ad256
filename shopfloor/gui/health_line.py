"""The line on the Health page: the link in one row with its figures, and one row for each other terminal."""

from shopfloor.core.health import Condition, Health
from shopfloor.core.line_link import LinkState, LinkView, Presence
from shopfloor.core.line_views import BEHIND_MIN, is_heard, place_of
from shopfloor.core.moment import NS_PER_US, US_PER_S, Now
from shopfloor.core.shop import Shop
from shopfloor.core.text import Text
from shopfloor.gui.clocks import duration
from shopfloor.gui.health_rows import DAY_US, MEMBER, PartFace
from shopfloor.gui.ui import Ui

FLOOR = "floor"  # the kind of the part that says where all terminals agree


def link_facts(part: Health, view: LinkView | None, now: Now) -> tuple[Text, ...]:
    """What goes beside the link's row: what waits here and there, how well the time is known."""
    if view is None:
        return ()
    found = []
    if view.watches:
        found.append(Text("it only shows the line"))
    if view.owing:
        found.append(Text("to send {n}", {"n": view.owing}))
    if view.behind:
        found.append(Text("to read {n}", {"n": view.behind}))
    read = view.discipline.read(now) if view.discipline is not None else None
    if read is not None:
        found.append(_clock(read[0] - now.at_us, read[1]))
    return tuple(found) if part.condition is not Condition.NEW else ()


def member_faces(shop: Shop, view: LinkView | None, now: Now, ui: Ui, *, version: str) -> tuple[PartFace, ...]:
    """The other terminals, by name. Over a link that is lost nobody is heard, and its own row says so.

    One that has a station and is silent is a trouble; one without may have been switched off.
    """
    if view is None or view.state is not LinkState.UP:
        return ()
    posts = {post.terminal: post for post in shop.posts.values() if post.terminal != view.terminal}
    heard = {other.terminal: other for other in view.others}
    names = sorted({*posts, *(name for name, other in heard.items() if is_heard(other, now))})
    return tuple(_face(shop, name, heard.get(name), view, now, ui, version=version) for name in names)


def _face(shop: Shop, name: str, other: Presence | None, view: LinkView, now: Now, ui: Ui, *, version: str) -> PartFace:
    is_up = other is not None and is_heard(other, now)
    silent_us = max(0, now.mono_ns - other.heard_ns) // NS_PER_US if other is not None else None
    place = place_of(shop, name)
    return PartFace(
        name=place,
        kind=MEMBER,
        where="" if place == name else name,
        condition=Condition.UP if is_up else Condition.LOST,
        age="" if is_up or silent_us is None else duration(silent_us),
        days=0 if is_up or silent_us is None else silent_us // DAY_US,
        detail="" if is_up else ui.tr("Its stations are shown as they were."),
        remedy="" if is_up else ui.tr("Look at its cable and power."),
        counts=(),
        facts=_facts(other, view, version) if other is not None and is_up else (),
    )


def _facts(other: Presence, view: LinkView, version: str) -> tuple[Text, ...]:
    behind = max(0, view.last_seq - other.applied)
    found = [Text("to read {n}", {"n": behind})] if behind >= BEHIND_MIN else []
    if other.version != version:
        found.append(Text("program {version}", {"version": other.version}))
    return (*found, _clock(other.offset_us, other.uncertainty_us))


def _clock(offset_us: int, unsure_us: int) -> Text:
    """How a clock differs from the line's, and by how much that may be wrong."""
    if abs(offset_us) >= 10 * US_PER_S:
        return Text(
            "clock {offset} s ± {unsure} ms", {"offset": f"{offset_us / US_PER_S:+.0f}", "unsure": _ms(unsure_us)}
        )
    return Text("clock {offset} ms ± {unsure}", {"offset": f"{offset_us / 1000:+.1f}", "unsure": _ms(unsure_us)})


def _ms(us: int) -> str:
    return f"{us / 1000:.1f}" if us < 100_000 else f"{us / 1000:.0f}"
