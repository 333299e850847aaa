"""Tests of requests for help."""
