"""Tests of call reviews."""
