"""Which of these tests the broker of this run can take."""

from tests.servers import broker_kind

# the embedded broker forgets everything on exit, and is never more than one; kills take long
APACHE_ONLY = ["test_broker_away.py", "test_kill.py", "test_short_run.py", "test_scaling.py"]
collect_ignore = [] if broker_kind() == "apache" else APACHE_ONLY
