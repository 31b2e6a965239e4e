"""`python -m toonkit` is the `toonkit` command."""

import sys

from toonkit.cli import main

sys.exit(main())
