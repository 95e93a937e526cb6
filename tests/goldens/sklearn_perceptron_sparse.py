"""Perceptron runs on sparse rows, to the last bit -> sklearn_perceptron_sparse.json

Run:  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 /usr/bin/python3 tests/goldens/sklearn_perceptron_sparse.py

Where a penalty makes 1.9 stop after another epoch than 1.2.1, as 1.9: perceptron_epochs.py.
On sparse rows the intercept moves in steps of 0.01 * eta0, and the l1 penalty reaches stored values only.
The JSON file holds

  sklearn, numpy   versions
  data          CSR rows {data, indices, indptr, shape} and y: upper halves of 60 digits, pixels of at most 6 left out,
                the others divided by 16; label: digit modulo 3
  cases         one per line: {params, binary (labels: is 1 or not), coef, intercept, nIter, t, labels}
"""

import warnings

import numpy as np
import scipy.sparse
import sklearn
from sklearn.datasets import load_digits
from sklearn.linear_model import Perceptron

import perceptron_epochs
from golden_common import matrix, snake, write_json

digits = load_digits()
pixels = digits.data[:60, :32]
x = scipy.sparse.csr_matrix(np.where(pixels > 6, pixels / 16, 0))
y = digits.target[:60] % 3


def case(**params):
    estimator = Perceptron(**{snake(key): value for key, value in params.items()})
    labels = np.where(y == 1, 1, 0) if params.get("randomState") == 5 else y
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if perceptron_epochs.applies(estimator.get_params()):
            constructor = {key: value for key, value in estimator.get_params().items() if key != "n_jobs"}
            estimator = perceptron_epochs.fit(x, labels, constructor)
        else:
            estimator.fit(x, labels)
    return {"params": params, "binary": bool(len(estimator.classes_) == 2), "coef": matrix(estimator.coef_),
            "intercept": estimator.intercept_, "nIter": estimator.n_iter_, "t": estimator.t_, "labels": estimator.predict(x)}


def cases():
    yield case()
    yield case(randomState=5)
    for penalty in ("l2", "l1", "elasticnet"):
        yield case(penalty=penalty, alpha=0.001)
        yield case(penalty=penalty, alpha=0.01, randomState=5)
    yield case(earlyStopping=True, randomState=3)
    yield case(earlyStopping=True, randomState=5)
    yield case(classWeight="balanced", eta0=0.3)
    yield case(fitIntercept=False)
    yield case(shuffle=False, maxIter=4, tol=None)


write_json("sklearn_perceptron_sparse.json",
           {"sklearn": sklearn.__version__, "numpy": np.__version__,
            "data": {"data": x.data, "indices": x.indices, "indptr": x.indptr, "shape": list(x.shape), "y": y}},
           cases=list(cases()))
