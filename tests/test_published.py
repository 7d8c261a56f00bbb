"""Every published check, one by one."""

import pytest
from published import CHECKS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.topic}: {check.what}")
def test_published(check):
    assert check.compute() == pytest.approx(check.expected, abs=check.tolerance), f"{check.source}; {check.why}"
