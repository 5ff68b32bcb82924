"""Who is using the infocentre: the one place where accounts will be added."""

from __future__ import annotations

import getpass
import os


def utilisateur() -> str:
    """Return the name under which decisions are kept: INFOCENTRE_UTILISATEUR, else the session's.

    The server listens to its own machine only, so that whoever asks is the person who started it.
    """
    if nomme := os.environ.get("INFOCENTRE_UTILISATEUR", "").strip():
        return nomme
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as containers have
        return f"utilisateur {os.getuid()}"
