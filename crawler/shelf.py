"""Load a shelf: every plug-in of a folder, by its stem. One mechanism for all shelves."""

from __future__ import annotations

import gc
import importlib
import pkgutil
from typing import TypeVar

from crawler.errors import ShelfError

Plugin = TypeVar("Plugin")


def calm_collector() -> None:
    """Let the garbage collector look less often, and never again at what is loaded now; for the start of a process.

    A page makes a hundred thousand objects that die with it and form no cycles: looking for some after every few
    hundred of them costs a third of the time of reading it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def load(package: str, constant: str, shape: type[Plugin]) -> dict[str, Plugin]:
    """Every plug-in of a shelf, keyed by file stem, in alphabetical order.

    Args:
        package: the folder as a package, e.g. ``"crawler.rules"``.
        constant: the name that each file must hold, e.g. ``"RULE"``.
        shape: the type that the constant must have.

    Raises:
        ShelfError: a file lacks the constant or holds something else there.
    """
    folder = importlib.import_module(package)
    stems = sorted(info.name for info in pkgutil.iter_modules(folder.__path__) if not info.name.startswith("_"))
    return {stem: _plugin(f"{package}.{stem}", constant, shape) for stem in stems}


def _plugin(module_name: str, constant: str, shape: type[Plugin]) -> Plugin:
    module = importlib.import_module(module_name)
    plugin = getattr(module, constant, None)
    if not isinstance(plugin, shape):
        path = module_name.replace(".", "/") + ".py"
        message = f"{path}: must define {constant} = {shape.__name__}(...); see crawler/shapes.py"
        raise ShelfError(message)
    return plugin
