"""Screens of pay."""
