"""`python -m services.desk`."""

from services.desk import app

app.main()
