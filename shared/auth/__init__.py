"""Who may what: scopes, grants and keys. Pure: nothing is read or asked here."""
