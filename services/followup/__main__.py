"""`python -m services.followup`."""

from services.followup import app

app.main()
