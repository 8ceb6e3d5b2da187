"""Metrics of one service since a test began: the registry is one for the whole process."""

from prometheus_client import REGISTRY


class Metrics:
    """What one service has counted since this was made; gauges are as they stand."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._before = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in REGISTRY.collect()
            for sample in family.samples
            if family.type == "counter" and sample.labels.get("service") == service
        }

    def value(self, metric: str, **labels: str) -> float:
        """Of a metric of Aftercare with these labels; 0 where it was never touched."""
        labels = {"service": self._service, **labels}
        name = f"aftercare_{metric}"
        found = REGISTRY.get_sample_value(name, labels) or 0.0
        return found - self._before.get((name, frozenset(labels.items())), 0.0)
