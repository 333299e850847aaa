"""Tests of special tasks."""
