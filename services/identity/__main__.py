"""`python -m services.identity`."""

from services.identity import app

app.main()
