"""Call review: logged calls are listened to, scored against the script, answered to the employee (R277)."""
