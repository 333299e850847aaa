"""What holds for a person's post: functions, indicators, plan and pay rule in one place, and who has read it (R206)."""
