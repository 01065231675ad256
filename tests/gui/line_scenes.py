"""A line of terminals as one of them shows it: the link in every state, others heard or silent, stops, findings."""

from msgspec.structs import replace

from shopfloor import __version__
from shopfloor.core import commands as c
from shopfloor.core.commands_line import TakeOver
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_link import Discipline, LinkState, LinkView, Presence, StopSeen
from shopfloor.core.names import desk_of
from shopfloor.core.shop import EMPTY_LINE
from shopfloor.core.state_line import Finding, FindingKind, Post
from shopfloor.core.update import Update
from tests.gui import shops
from tests.gui.shops import Scene

DESK = desk_of("office")
OWN, TERMINAL = "t", "press"  # the scenes' events are of origin "t"
OTHERS = {"deburr": "deburr", "wash": "wash", "assembly": "assembly"}
ALL_SEEN = ("assembly", "deburr", "office", "paint", "press", "wash")


def presence(name: str, mono_ns: int, *, ago_s: float = 0.4) -> Presence:
    """A terminal that was heard so long ago."""
    return Presence(
        terminal=name,
        origin=f"{name}.1",
        n=40,
        hash=b"",
        applied=900,
        offset_us=120,
        uncertainty_us=900,
        version=__version__,
        heard_ns=mono_ns - round(ago_s * 1e9),
    )


def view(
    scene: Scene, state: LinkState = LinkState.UP, *, since_s: float = 4000, silent: dict[str, float] | None = None
) -> LinkView:
    """The link of the scene's terminal; `silent`: terminals that were heard so long ago."""
    now = scene.now()
    names = (*OTHERS.values(), "office", "paint")
    return LinkView(
        state=state,
        since_us=now.at_us - round(since_s * 1e6),
        origin=OWN,
        terminal=TERMINAL,
        stream="s",
        head=400,
        acked=400,
        last_seq=900,
        applied=900,
        others=tuple(presence(name, now.mono_ns, ago_s=(silent or {}).get(name, 0.4)) for name in names),
    )


def joined(scene: Scene, link: LinkView | None = None) -> Scene:
    """The stations of a scene belong to terminals of their own."""
    since_us = scene.now().at_us - 3_600_000_000
    posts = [Post(station="press", terminal=TERMINAL, origin=OWN, since_us=since_us)]
    posts += [
        Post(station=station, terminal=name, origin=f"{name}.1", since_us=since_us) for station, name in OTHERS.items()
    ]
    scene.shop.put(posts)
    scene.tell(Update(changed=tuple(posts)))
    return scene.linked(link or view(scene))


def normal() -> Scene:
    """Everybody is heard, and the last scan is on the line."""
    return joined(shops.normal())


def not_yet() -> Scene:
    """The last scan is not on the line yet."""
    scene = shops.normal()
    return joined(scene, replace(view(scene), acked=1))


def lost() -> Scene:
    """The link is lost; the last scan is here alone."""
    scene = shops.normal()
    silent = dict.fromkeys((*OTHERS.values(), "office", "paint"), 12.6)
    return joined(scene, replace(view(scene, LinkState.LOST, since_s=12, silent=silent), acked=1))


def denied() -> Scene:
    """The key may not write."""
    scene = shops.normal()
    return joined(scene, view(scene, LinkState.DENIED, since_s=60))


def behind() -> Scene:
    """Back after a weekend: much is to be read."""
    scene = shops.normal()
    return joined(scene, replace(view(scene), last_seq=2104, applied=900))


def one_silent() -> Scene:
    """The terminal of Deburr is silent while cards wait there, that of Assembly for hours."""
    scene = shops.blocked()
    return joined(scene, view(scene, silent={"deburr": 42.5, "assembly": 7300.0}))


def stopped(state: LinkState = LinkState.UP, missing: tuple[str, ...] = ("paint",), *, ago_s: float = 3) -> Scene:
    """The whole line stands, and some have not shown it."""
    scene = shops.normal().do(c.RaiseCall(station="press", reason="safety"), after_s=5)
    scene.wait(ago_s)
    call = next(call for call in scene.shop.calls.values() if call.stopped_us)
    link = view(scene, state, since_s=40, silent=dict.fromkeys(missing, 60.0))
    since_ns = scene.now().mono_ns - round(ago_s * 1e9)
    seen = tuple(name for name in ALL_SEEN if name not in missing)
    link = replace(link, acked=400 if state is LinkState.UP else 1)
    return joined(scene, replace(link, stops=(StopSeen(call=call, since_ns=since_ns, seen=seen, missing=missing),)))


def stopped_everywhere() -> Scene:
    """Everybody has shown it."""
    return stopped(missing=())


def stopped_unseen() -> Scene:
    """Most have not."""
    return stopped(missing=("assembly", "deburr", "office", "paint", "wash"), ago_s=4)


def stopped_alone() -> Scene:
    """Raised while the link is lost."""
    return stopped(LinkState.LOST, ("assembly", "deburr", "office", "paint", "wash"), ago_s=2)


def stopped_ahead() -> Scene:
    """Another terminal has told of a stop that the line does not have here yet."""
    scene = shops.normal()
    other = shops.normal().do(c.RaiseCall(station="wash", reason="safety"), after_s=5)
    call = replace(next(iter(other.shop.calls.values())), id="wash.1-77", raised=scene.now())
    call = replace(call, stopped_us=scene.now().at_us)
    scene.wait(2)
    stop = StopSeen(call=call, since_ns=scene.now().mono_ns - 2_000_000_000, seen=ALL_SEEN[1:], missing=("assembly",))
    return joined(scene, replace(view(scene), stops=(replace(stop, ahead=True),)))


def restart_refused() -> Scene:
    """A leader wants the line to go on while the link is lost."""
    scene = stopped(LinkState.LOST, ("paint",), ago_s=70).do(c.SignOn(station="press", person="ana"))
    return scene.do(c.ClearCall(station="press", call=next(iter(scene.shop.calls))), after_s=2)


def findings() -> Scene:
    """Three things have to be looked at, and nobody is silent."""
    scene = shops.called().wait(3)
    at_us = scene.now().at_us
    call = next(iter(scene.shop.calls))
    found = (
        Finding(
            id="card:housing-04",
            kind=FindingKind.TWO_PLACES,
            card="housing-04",
            places=("press", "assembly"),
            at_us=at_us - 41_000_000,
            apart_us=200_000,
        ),
        Finding(
            id="post:wash",
            kind=FindingKind.TWO_TERMINALS,
            places=("wash", "wash", "wash-old"),
            at_us=at_us - 30_000_000,
        ),
        Finding(
            id=f"call:{call}", kind=FindingKind.TWO_ANSWERS, call=call, places=("ana", "okoro"), at_us=at_us - 9_000_000
        ),
    )
    scene.shop.put(found)
    return joined(scene)


def every_finding() -> Scene:
    """Something to be looked at of each kind there is, and a leader has signed in."""
    scene = findings()
    known = {finding.kind for finding in scene.shop.findings.values()}
    places = ("deburr", "deburr", "wash")
    scene.shop.put(
        Finding(
            id=f"{kind}:x",
            kind=kind,
            card="housing-02",
            places=places[1:] if kind is FindingKind.NOT_FULL else places,
            at_us=scene.now().at_us - at * 1_000_000,
            count=3,
        )
        for at, kind in enumerate(FindingKind)
        if kind not in known
    )
    return scene.do(c.SignOn(station="press", person="ana"))


def leader_findings() -> Scene:
    """The same, with a leader signed on."""
    return findings().do(c.SignOn(station="press", person="ana"))


def at_desk(scene: Scene | None = None, person: str = "") -> Scene:
    """A terminal without stations, in the office: every station belongs to another one."""
    scene = scene or shops.called().wait(3)
    link = replace(view(scene), terminal="office")
    link = replace(link, others=tuple(other for other in link.others if other.terminal != "office"))
    joined(scene, replace(link, others=(*link.others, presence("press", scene.now().mono_ns))))
    post = Post(station="press", terminal="press", origin="press.1", since_us=scene.shop.posts["press"].since_us)
    scene.shop.put((post,))
    scene.tell(Update(changed=(post,)))
    return scene.do(c.SignOn(station=DESK, person=person)) if person else scene


def leader_at_desk() -> Scene:
    """The same with a leader who has signed in there."""
    return at_desk(person="ana")


def silent_for_leader() -> Scene:
    """The terminal of Deburr is dead with cards in process there, and a leader has signed in at Press 1."""
    return one_silent().do(c.SignOn(station="press", person="ana"))


def taken_over(scene: Scene | None = None) -> Scene:
    """A leader has taken Deburr over to here."""
    scene = scene or silent_for_leader()
    scene.shop.origin = OWN
    taken = TakeOver(station="press", stations=("deburr",), reason="The terminal is broken")
    return scene.do(taken, after_s=4)


def taken_away(person: str = "") -> Scene:
    """This terminal comes back, and Press 1 was taken over by that of Wash an hour ago."""
    scene = normal()
    post = scene.shop.posts["press"]
    since_us = scene.now().at_us - 3_600_000_000
    other = replace(post, terminal="wash", origin="wash.1", epoch=1, since_us=since_us)
    scene.shop.put((other,))
    scene.shop.origin = OWN
    scene.tell(Update(changed=(other,)))
    return scene.do(c.SignOn(station="press", person=person)) if person else scene


def leader_takes_back() -> Scene:
    """The same, and a leader is there."""
    return taken_away("ana")


def with_link_part(scene: Scene, condition: Condition = Condition.UP, detail: str = "", remedy: str = "") -> Scene:
    """The same with what the link says of itself on the Health page."""
    assert scene.link is not None
    counts = {"owing": scene.link.owing, "behind": scene.link.behind, "others": len(scene.link.others)}
    part = Health(
        id="link",
        kind="link",
        condition=condition,
        since_us=scene.link.since_us,
        detail=detail,
        remedy=remedy,
        counts=counts,
    )
    floor = Health(
        id="floor",
        kind="floor",
        condition=Condition.UP,
        since_us=scene.now().at_us - 93_600_000_000,
        counts={"floor": 41, "agree": 6},
    )
    scene.health = (*scene.health, floor, part)
    scene.tell(Update(health=(floor, part)))
    return scene


def health_well() -> Scene:
    """Everybody is heard, one runs another program and reads behind, one has a clock that is minutes off."""
    scene = normal()
    link, now = scene.link, scene.now()
    assert link is not None
    others = {other.terminal: other for other in link.others}
    others["wash"] = replace(others["wash"], version="1.1.0", applied=100)
    others["deburr"] = replace(others["deburr"], offset_us=-312_000_000, uncertainty_us=1_400)
    clock = Discipline(now.at_us + 2_300, now.mono_ns, now.boot, 700)
    return with_link_part(scene.linked(replace(link, others=tuple(others.values()), discipline=clock, acked=397)))


def health_silent() -> Scene:
    """Two terminals are silent."""
    return with_link_part(one_silent())


def health_lost() -> Scene:
    """The link is lost: the row of the link says it for all of them."""
    words = ("Expected the line to answer within 2.5 s, got nothing.", "Look at the network cable and at the server.")
    return with_link_part(lost(), Condition.LOST, *words)


def watching() -> Scene:
    """A terminal that only shows the line."""
    scene = at_desk()
    assert scene.link is not None
    return scene.linked(replace(scene.link, watches=True, head=3, acked=0))


def waiting(state: LinkState = LinkState.CONNECTING) -> Scene:
    """A terminal that has joined a line and has not read it yet."""
    scene = Scene(EMPTY_LINE)
    return scene.linked(replace(view(scene, state), others=(), terminal="office"))


SCENES = {
    "normal": normal,
    "not-yet": not_yet,
    "lost": lost,
    "denied": denied,
    "behind": behind,
    "silent": one_silent,
    "stop": stopped,
    "stop-everywhere": stopped_everywhere,
    "stop-unseen": stopped_unseen,
    "stop-alone": stopped_alone,
    "stop-ahead": stopped_ahead,
    "restart-refused": restart_refused,
    "findings": findings,
    "taken-over": taken_over,
    "taken-away": taken_away,
    "takes-back": leader_takes_back,
}
DESKS = {"desk": leader_at_desk, "waiting": waiting, "reading": lambda: waiting(LinkState.UP)}
HEALTHS = {"well": health_well, "silent": health_silent, "lost": health_lost}
