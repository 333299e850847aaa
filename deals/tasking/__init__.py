"""Tasks seen by day: the calendar, moving a task, the feed for other calendars."""
