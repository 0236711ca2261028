"""Tests, by what they need: unit, store, doors, journeys, faults."""
