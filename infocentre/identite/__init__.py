"""Who is who: pairs of demandes that may be of one person, found in the names, never decided here.

Everything that this package writes is nominative: it stays under `Dossier.doublons`, rights 0600.
"""
