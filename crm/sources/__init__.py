"""The channels we listen to: set up, mapping, health, import."""
