"""A line file with a value for every key that calls have."""

from tests.linefile.good import GOOD

CALLS = """
[[people]]
id = "max"
name = "Max"
badge = "P-0008"
role = "quality"

[[stations]]
id = "pack"
name = "Pack"
wip_limit = 2
segment = "Assembly"
calls_expected_h = 1.5

[[reasons]]
id = "part"
name = "Part missing"
parent = "material"
severity = "high"
roles = ["leader", "maintenance"]
escalation = "usual"
latched = true
cause = true
verify = true
guidance = "Look into the rack first."
response_s = 90
delay_s = 30
count = 3
scope = "segment"

[[causes]]
id = "supply"
name = "Supply"

[[causes]]
id = "empty-rack"
name = "Rack was empty"
parent = "supply"
reasons = ["part"]

[[escalations]]
id = "usual"
not_taken = [{ after_s = 60, roles = ["leader"] }, { after_s = 180, roles = ["planner", "quality"] }]
not_cleared = [{ after_s = 600, roles = ["planner"] }]
repeat_s = 45

[[roster]]
shift = "night"
role = "leader"
people = ["ana"]

[[senders]]
id = "mail"
kind = "smtp"
target = "smtp://mail.plant.example:25"
roles = ["leader"]
sender = "andon@plant.example"
user = "andon"

[[senders]]
id = "chat"
kind = "webhook"
target = "https://chat.plant.example/hooks/line?x=1"

[[senders]]
id = "bus"
kind = "mqtt"
target = "mqtt://10.0.0.9/andon/calls"

[[watches]]
kind = "limit"
effect = "advise"
station = "pack"
reason = "material"
after_s = 120

[[watches]]
kind = "cycle"
effect = "off"
percentile = 95
times = 5

[[watches]]
kind = "red_loop"
effect = "stop"
loop = "housing"
red = 1

[[devices]]
id = "module"
kind = "modbus"
port = "modbus:/dev/ttyS7"
station = "press"
baud = 19200
unit = 3
poll_ms = 100
[devices.map]
"call" = "call:material"
"cord" = "stop:fault"

[[devices.inputs]]
name = "call"
address = 0
counter = 16
counter_words = 1
debounce_ms = 50

[[devices.inputs]]
name = "cord"
address = 1
mode = "contact"
normally_closed = true

[[devices]]
id = "buttons"
kind = "mqtt"
port = "mqtt://10.0.0.9/zigbee2mqtt/button 4"
station = "deburr"
[devices.map]
"single" = "call:part"

[[lamps]]
id = "tower"
kind = "modbus"
port = "modbus:/dev/ttyS7"
station = "press"
baud = 19200
unit = 3
channels = { red = 0, buzzer = 3 }
buzzer = true

[[lamps]]
id = "big"
kind = "text"
port = "socket://10.0.0.8:4001"
terminal = "office"
[lamps.texts]
"red:on" = "R1\\r"
"red:off" = "R0\\r"

[[lamps]]
id = "usb"
kind = "ne-usb"

[[lamps]]
id = "pole"
kind = "pns"
port = "socket://10.0.0.7:10000"
station = "deburr"

[[lamps]]
id = "relays"
kind = "lcus"
port = "1A86:7523"
baud = 115200
channels = { green = 1, yellow = 2 }

[andon]
shelve_s_max = 7200
whys_times = 4
whys_window_s = 86400
nag_s = 20
summary_over = 5
ambient_db = 75
test_at = "05:45"
near_share = 0.75
guard_s = 60
help_reason = "material"
"""

TEXT = GOOD.replace('role = "leader"\n\n[[cal', 'role = "leader"\nemail = "ana@plant.example"\n\n[[cal') + CALLS
