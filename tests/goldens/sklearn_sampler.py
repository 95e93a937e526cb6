"""Sets of options that ParameterSampler draws -> sklearn_sampler.json

Run:  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 /usr/bin/python3 tests/goldens/sklearn_sampler.py

The JSON file holds

  sklearn, scipy   versions
  cases         one per line: {space, nIter, randomState, drawn}
    space       by option: a list of values; {range: n} for the integers below n; or {uniform | logUniform | integers: [low, high]},
                both bounds included for integers
    drawn       by option: the list of its values
"""

import scipy
import sklearn
from scipy import stats
from sklearn.model_selection import ParameterSampler

from golden_common import write_json

KINDS = {
    "range": range,
    "uniform": lambda bounds: stats.uniform(bounds[0], bounds[1] - bounds[0]),
    "logUniform": lambda bounds: stats.loguniform(*bounds),
    "integers": lambda bounds: stats.randint(bounds[0], bounds[1] + 1),
}


def values_of(axis):
    if isinstance(axis, list):
        return axis
    (kind, argument), = axis.items()
    return KINDS[kind](argument)


def cases():
    small = {"b": [1, 2, 3], "a": ["x", "y"], "Z": [True, False]}
    large = {"b": {"range": 100}, "a": {"range": 10}}
    huge = {"c": {"range": 1000}, "b": {"range": 2000}, "a": {"range": 5000}}
    beyond = {"d": {"range": 700}, **huge}
    mixed = {"rate": {"uniform": [0.25, 2]}, "Units": {"integers": [2, 9]}, "alpha": {"logUniform": [1e-5, 0.1]},
             "kind": ["p", "q", "r"], "same": [4]}
    for space, counts in ((small, (1, 5, 11, 12, 50)), (large, (1, 9, 10, 11, 400, 989, 990, 991, 999)), (huge, (3, 8)),
                          (beyond, (4, 12)), (mixed, (1, 6)), ({"only": {"integers": [-3, 4294967290]}}, (5,))):
        for count in counts:
            for seed in (0, 7):
                drawn = list(ParameterSampler({name: values_of(axis) for name, axis in space.items()}, count, random_state=seed))
                yield {"space": space, "nIter": count, "randomState": seed,
                       "drawn": {name: [params[name] for params in drawn] for name in space}}


write_json("sklearn_sampler.json", {"sklearn": sklearn.__version__, "scipy": scipy.__version__}, cases=list(cases()))
