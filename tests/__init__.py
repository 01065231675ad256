"""The tests; they mirror the package."""

import pytest

pytest.register_assert_rewrite("tests.helpers")  # an assertion in a helper explains itself too
