"""Screens of the room, one module per page."""
