"""`python -m infocentre` is the command line."""

import sys

from infocentre.cli import main

sys.exit(main())
