"""People of clients: ways to reach them, who may see these, the dialogs, and what is noted of each person."""
