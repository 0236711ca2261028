"""The shapes of numbers that scoring passes around: one entry per member unless a docstring says otherwise."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
