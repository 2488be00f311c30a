"""Rules: one file per rule that a policy can ask for. Each holds ``RULE``."""
