"""Action programmes of priority clients: a year's aim, its steps as tasks, a quarterly review (R76, R77, R82, R83)."""
