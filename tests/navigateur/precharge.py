"""What the process that servers fork from has loaded: an application, which it does not serve."""

from dashboards.servir import serveur

serveur()
