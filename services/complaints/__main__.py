"""`python -m services.complaints` starts the service."""

from services.complaints.app import main

if __name__ == "__main__":
    main()
