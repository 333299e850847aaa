"""How people grow: what a post asks of them, how they are brought in, who trained whom in what (R214-R216, R283)."""
