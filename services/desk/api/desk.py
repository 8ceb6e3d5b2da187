"""What the desk's routes work with."""

from dataclasses import dataclass, field

from services.desk.adapters.attempts import SignInAttempts
from services.desk.adapters.directory import Directory
from services.desk.adapters.elsewhere import SignInElsewhere
from services.desk.adapters.heavy import HeavyWork
from services.desk.adapters.lately import Lately
from services.desk.adapters.live import Hub
from services.desk.adapters.pages import Pages
from services.desk.adapters.presence import Presence
from services.desk.adapters.reporting import Reporting
from services.desk.adapters.sessions import Sessions
from services.desk.adapters.staff import Staff
from services.desk.adapters.trail import Trail
from services.desk.adapters.trail_record import TrailRecord
from services.desk.adapters.upstream import OtherServices
from services.desk.adapters.users import Users
from services.desk.domain.openings import HitsShown, Openings
from services.desk.settings import DeskSettings
from shared.dealers.dealer import Dealers
from shared.time.clock import TimeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One for all requests of a process."""

    settings: DeskSettings
    dealers: Dealers
    clock: TimeSource
    """The time of what dealers do: a demo's runs fast."""
    real_clock: TimeSource
    """The computer's: of sessions."""
    pages: Pages
    users: Users
    sessions: Sessions
    attempts: SignInAttempts
    services: OtherServices
    reporting: Reporting
    directory: Directory
    trail: Trail
    record: TrailRecord
    """The trail, for who may look at it."""
    elsewhere: SignInElsewhere | None
    """Where users sign in who have no password here; None: nowhere."""
    lately: Lately
    staff: Staff
    live: Hub
    presence: Presence
    openings: Openings = field(default_factory=Openings)
    hits: HitsShown = field(default_factory=HitsShown)
    heavy: HeavyWork = field(default_factory=HeavyWork)
