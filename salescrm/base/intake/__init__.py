"""The way of people's files into the base, without a business word: open, map columns, stage, report, undo."""
