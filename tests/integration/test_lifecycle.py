"""Jobs from post to the last wei: every way one can end."""

from tests.support import chain
from tests.support.payloads import floats
from tests.support.refusals import refused

ANSWER = floats(0.91, 0.07, 0.02)
LIE = floats(0.02, 0.07, 0.91)


def test_settle__three_agree__decided(post, trio):
    job = post()
    job.settle(ANSWER, *trio)
    assert job.view.status.name == "DECIDED"
