"""Users of the desk: made, listed, changed and disabled by whoever may write to the database."""
