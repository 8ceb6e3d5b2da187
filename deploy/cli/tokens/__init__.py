"""`aftercare tokens`: tokens of people and services where nobody else issues them."""
