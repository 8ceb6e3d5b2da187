"""Keys of machines: made, listed, exchanged and revoked by whoever may write to the database."""
