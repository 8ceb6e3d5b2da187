"""How a customer is found: by what, from what somebody typed, and whether the two meet."""
