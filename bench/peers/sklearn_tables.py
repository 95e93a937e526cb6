"""scikit-learn on tables: gradient boosting by histograms, and a multi-layer perceptron behind the usual preparation.

A request holds `columns` (values by name, null where missing), `types`, `target`, `task`, `train` and `test` (numbers of
rows), `seed` and `model`: 'HistGradientBoosting' or 'MLP', both with their defaults but for `max_iter`. The answer is the
`score` of the test rows, accuracy or R², and the `seconds` of the processor. A request with `convert`, a file with a data frame
of R, is answered by its `csv`.
"""

import subprocess
import warnings

import numpy as np
import pandas as pd
import sklearn
from serving import now, serve
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

warnings.filterwarnings("ignore")

numbers = make_column_selector(dtype_include=np.number)
texts = make_column_selector(dtype_exclude=np.number)


def boosting(task, seed):
    kind = HistGradientBoostingClassifier if task == "classification" else HistGradientBoostingRegressor
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    encode = ColumnTransformer([("texts", codes, texts)], remainder="passthrough")
    return make_pipeline(encode, kind(random_state=seed))


def perceptron(task, seed):
    fill = SimpleImputer(strategy="median", add_indicator=True)
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    encode = ColumnTransformer([("numbers", make_pipeline(fill, StandardScaler()), numbers), ("texts", one_hot, texts)])
    if task == "classification":
        return make_pipeline(encode, MLPClassifier(max_iter=2000, random_state=seed))
    network = MLPRegressor(max_iter=2000, random_state=seed)
    return make_pipeline(encode, TransformedTargetRegressor(network, transformer=StandardScaler()))


def frame(request):
    columns = {}
    for name, values in request["columns"].items():
        text = request["types"][name] == "string"
        columns[name] = pd.Series(["" if value is None else value for value in values] if text else values, dtype=object if text else float)
    return pd.DataFrame(columns)


def convert(path):
    name = path.split("/")[-1].split(".")[0]
    code = f'load("{path}"); write.csv(get("{name}"), stdout(), row.names = FALSE)'
    return subprocess.run(["Rscript", "-e", code], check=True, capture_output=True, text=True).stdout


rows = {}


def answer(request):
    if "convert" in request:
        return {"csv": convert(request["convert"])}
    if "columns" in request:
        rows["frame"] = frame(request)
        return {}
    table, target = rows["frame"], request["target"]
    x, y = table.drop(columns=target), table[target]
    train, test = request["train"], request["test"]
    model = (perceptron if request["model"] == "MLP" else boosting)(request["task"], request["seed"])
    start = now()
    model.fit(x.iloc[train], y.iloc[train])
    return {"score": model.score(x.iloc[test], y.iloc[test]), "seconds": (now() - start)[1]}


serve(f"scikit-learn {sklearn.__version__}", answer)
