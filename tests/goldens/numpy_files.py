"""Files that NumPy writes (.npy, .npz), in base64, with the values that are in them.

See golden_common.py for the command and the conventions. Complex numbers, dates and the like are there
with their type only: they are refused.
"""

import base64
import io
import time
import zipfile
from unittest.mock import patch

import numpy as np

from golden_common import matrix, write_json

TYPES = ["?", "i1", "u1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8", "<u8", ">u8",
         "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]
SHAPES = [(2, 3), (6,), (2, 1, 3), (1,), (), (0,), (0, 4)]
REFUSED = ["<c8", "<c16", "S3", "O", "<M8[s]", "<m8[ns]", "V4", "<f16", [("a", "<f4"), ("b", "<i8")]]


def encoded(data):
    return base64.b64encode(data).decode("ascii")


def npy(array, version=None):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=version, allow_pickle=True)
    return encoded(buffer.getvalue())


def extremes(dtype):
    """Six values, the extreme ones that float64 still has as integers among them."""
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        info = np.finfo(dtype)
        return np.array([info.max, info.tiny / 4, -1.5, -0.0, 0.1, np.inf]).astype(dtype)
    if dtype.kind == "b":
        return np.array([True, False, True, True, False, False])
    info = np.iinfo(dtype)
    bounds = [max(info.min, -(2**53 - 1)), min(info.max, 2**53 - 1)]
    return np.array([*bounds, 0, 1, 2, 3]).astype(dtype)


def cases():
    for dtype in TYPES:
        values = extremes(dtype)
        for shape in SHAPES:
            array = np.resize(values, shape).astype(dtype)
            yield case(array)
    grid = np.arange(24.0).reshape(2, 3, 4)
    for dtype in ("<f8", ">i2", "<f2", "<i8"):
        yield case(np.asfortranarray(grid.astype(dtype)))
    yield case(np.arange(6, dtype="<f4"), version=(2, 0))
    yield case(np.arange(6, dtype="<f4").reshape(3, 2), version=(3, 0))
    yield case(np.array([[65504, 2**-14, 2**-24, 1023 * 2**-24, -(2**-24), -np.inf, np.nan, 1 / 3]], "<f2"))
    words = np.array([["", "a", "Größe"], ["日本", "🦉", "a\0b"]])
    yield case(words)
    yield case(words.astype(words.dtype.newbyteorder(">")))
    yield case(np.asfortranarray(words))
    yield case(np.array("one"))
    yield case(np.zeros(0, "<U5"))


def case(array, version=None):
    values = array.astype(str if array.dtype.kind == "U" else np.float64)
    return {"dtype": array.dtype.str, "fortran": bool(array.flags.fnc), **matrix(values), "file": npy(array, version)}


def refused():
    for dtype in REFUSED:
        array = np.zeros(2, dtype)
        yield {"dtype": np.lib.format.dtype_to_descr(array.dtype), "file": npy(array)}
    for dtype, value in (("<i8", 2**53), ("<i8", -(2**53)), (">i8", 2**62), ("<u8", 2**53), ("<u8", 2**64 - 1)):
        yield {"dtype": dtype, "value": str(value), "file": npy(np.array([1, 2, value], dtype))}


ARRAYS = {"x": np.arange(6, dtype="<f4").reshape(2, 3), "y": np.array(["no", "yes"]), "layer/kernel": np.eye(3),
          "größe": np.array(2.5), "__proto__": np.array([1, 2], "u1"), "empty": np.zeros((0, 4))}


def archives():
    wanted = {name: matrix(array.astype(str if array.dtype.kind == "U" else np.float64)) for name, array in ARRAYS.items()}
    for name, save in (("savez", np.savez), ("savez_compressed", np.savez_compressed)):
        buffer = io.BytesIO()
        save(buffer, **ARRAYS)
        yield {"name": name, "arrays": wanted, "file": encoded(buffer.getvalue())}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, np.arange(3), np.zeros(3000))
    yield {"name": "without names", "arrays": {"arr_0": matrix(np.arange(3)), "arr_1": matrix(np.zeros(3000))},
           "file": encoded(buffer.getvalue())}
    buffer = Unseekable()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"with a comment"
        with archive.open("x.npy", "w") as member:
            np.lib.format.write_array(member, ARRAYS["x"])
    yield {"name": "streamed", "arrays": {"x": wanted["x"]}, "file": encoded(buffer.written)}
    buffer = io.BytesIO()
    np.savez(buffer)
    yield {"name": "of nothing", "arrays": {}, "file": encoded(buffer.getvalue())}


class Unseekable(io.RawIOBase):
    """A pipe: zipfile then writes sizes behind the data."""

    written = b""

    def writable(self):
        return True

    def write(self, data):
        self.written += bytes(data)
        return len(data)


if __name__ == "__main__":
    # Archives have the time at which they are made.
    with patch("time.localtime", return_value=time.gmtime(315532800)):
        write_json("numpy_files.json", {"numpy": np.__version__}, arrays=list(cases()), refused=list(refused()),
                   archives=list(archives()))
