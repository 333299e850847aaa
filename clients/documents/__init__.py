"""Papers kept with a client: what is taken, adding, removing, and giving them back."""
