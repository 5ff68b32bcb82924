"""Data access of the dashboards: marts of the published version, within a périmètre."""
