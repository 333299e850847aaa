"""Help with difficult clients: who asked, which head took it, the joint work and its result (R217)."""
