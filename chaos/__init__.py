"""What must hold when things break: each fault on databases that are thrown away."""

FAULTS = ("accepts", "alerts")
