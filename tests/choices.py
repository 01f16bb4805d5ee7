"""What messages say of everything that a registry holds, so that a test does not change when something is added."""

from __future__ import annotations

from workbench.core.registry import Registry


def quoted(registry: Registry[type]) -> str:
    """All names as a choice: `"a", "b" or "c"`."""
    *names, last = (f'"{name}"' for name in registry)
    return f"{', '.join(names)} or {last}"


def owners(registry: Registry[type], setting: str) -> str:
    """The names of those that have a setting: `a, b or c`."""
    *names, last = (name for name, cls in registry.items() if setting in getattr(cls, "model_fields", ()))
    return f"{', '.join(names)} or {last}" if names else last
