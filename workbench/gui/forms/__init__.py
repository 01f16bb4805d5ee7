"""Forms and fields for settings, made from their declarations."""
