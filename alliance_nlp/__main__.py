"""``python -m alliance_nlp`` is ``alliance``."""

from .cli import main

if __name__ == "__main__":
    main()
