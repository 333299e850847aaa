"""The room's entries in the side menu."""
