"""The dealers of the demo: those of the tests are among them."""

from shared.dealers.file import EXAMPLE_DEALERS, read_dealers

DEALERS = read_dealers(EXAMPLE_DEALERS)
