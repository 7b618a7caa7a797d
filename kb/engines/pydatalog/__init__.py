"""The pyDatalog engine: goal-directed answers over the facts of one claim at a time."""

from kb.engines.pydatalog.session import PyDatalogEngine, PyDatalogSession

__all__ = ["PyDatalogEngine", "PyDatalogSession"]
