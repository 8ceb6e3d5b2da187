"""What complaints is configured by: the settings every service has, on a port of its own."""

from shared.settings import HttpSettings, ServiceSettings


class ComplaintSettings(ServiceSettings):
    """Read from the environment (`AFTERCARE_…`), validated at start."""

    http: HttpSettings = HttpSettings(port=8104)
