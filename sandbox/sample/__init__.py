"""The sample programme: a coffee house that never was, its members and a year of their purchases."""
