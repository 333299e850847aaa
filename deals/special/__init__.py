"""Special tasks of the head and marketing tasks: one task for many, with a measurable result (R185, R186)."""
