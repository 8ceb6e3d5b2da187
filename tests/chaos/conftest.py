"""Which of these tests the broker of this run can take."""

from tests.servers import broker_kind

# the embedded broker forgets everything on exit, so it cannot come back
collect_ignore = [] if broker_kind() == "apache" else ["test_broker_away.py"]
