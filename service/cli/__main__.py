"""`python -m service.cli` is `tessera`."""

from service.cli.main import main

if __name__ == "__main__":
    main()
