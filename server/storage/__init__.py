"""The office's memory: the only place that speaks SQL. Doors call the typed functions of its noun files."""
