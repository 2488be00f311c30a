"""What holds for every test: no width but its own decides what it sees printed."""

import os

os.environ.pop("COLUMNS", None)  # The line editing library sets it for the processes of a run that starts several.
