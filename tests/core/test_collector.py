"""A hundred thousand events in memory are nothing the garbage collector looks through: it would hold every thread."""

from typing import get_args

import pytest
from msgspec import Struct

from shopfloor.core.events import Event, Inferred, Recorded, Unknown
from shopfloor.core.line_link import Acked, LineEntry
from shopfloor.core.moment import Moment, Now
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow

MANY = (*get_args(Event), *get_args(Entity), Unknown, Inferred, Recorded, LineEntry, Acked, Moment, Now, DigestRow)


@pytest.mark.parametrize("kind", MANY)
def test_a_value_of_which_there_are_many_is_not_looked_through(kind: type[Struct]) -> None:
    assert kind.__struct_config__.gc is False, "frozen values never make a ring: say gc=False"
