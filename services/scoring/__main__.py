"""`python -m services.scoring`."""

from services.scoring import app

app.main()
