"""One training in many processes: who takes part, what they exchange in every step, and how they are started."""
