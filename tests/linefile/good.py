"""A line file with a value for every key, and the problems of another."""

import pytest

from shopfloor.linefile import LineFileError, Problem, parse

GOOD = """
[line]
id = "gearbox"
name = "Gearbox line"
timezone = "Europe/Berlin"
wip_limit = 12
restart_s = 5
takt_s = 60

[[stations]]
id = "press"
name = "Press 1"
wip_limit = 3
limit_policy = "soft"
cycle_target_s = 55
cycle_min_s = 5

[[stations]]
id = "deburr"
name = "Deburr"

[[stations]]
id = "assembly"
name = "Assembly"

[[parts]]
id = "GB-100"
description = "Housing"

[[parts]]
id = "A 42.7/3"

[[loops]]
id = "housing"
part = "GB-100"
kind = "production"
route = ["press", "deburr"]
lane_limits = [2]
lane_order = "warn"
consumer = "assembly"
quantity = 20
cards = 6
start = "empty"

[[loops]]
id = "cap"
part = "A 42.7/3"
kind = "conwip"
route = ["press", "deburr", "assembly"]

[[reasons]]
id = "material"
name = "Material missing"
kind = "help"
deadline_s = 60
scope = "line"

[[reasons]]
id = "fault"
name = "Fault"
kind = "stop"

[[devices]]
id = "gun-1"
kind = "scanner"
port = "/dev/ttyACM0"
station = "press"
baud = 115200
no_read = ["NR"]

[[devices]]
id = "box-1"
kind = "buttons"
port = "COM5"
station = "press"
role = "leader"
[devices.map]
"B1" = "call:material"
"B 2" = "stop:fault"

[[people]]
id = "ana"
name = "Ana"
badge = "P-0007"
role = "leader"

[[calendar.shifts]]
name = "night"
start = "22:00"
end = "06:00"
days = ["mon", "sun"]
breaks = [["23:45", "00:15"], ["03:00", "03:15"]]
"""


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(LineFileError) as caught:
        parse(text)
    return caught.value.problems
