"""Reads and writes safetensors files with numpy only: float32, int32 and uint8 arrays and a string map."""

import json
import struct

import numpy as np

TYPES = {"float32": "F32", "int32": "I32", "uint8": "U8"}


def write(path, arrays, metadata):
    """Stores arrays in the order given; float64 arrays are rounded to float32."""
    header = {"__metadata__": metadata}
    blobs = []
    offset = 0
    for name, array in arrays.items():
        array = np.asarray(array)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        array = np.ascontiguousarray(array)
        header[name] = {
            "dtype": TYPES[str(array.dtype)],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + array.nbytes],
        }
        offset += array.nbytes
        blobs.append(array.tobytes())
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)))
        out.write(text)
        for blob in blobs:
            out.write(blob)


def read(path):
    """The arrays of a file by name."""
    with open(path, "rb") as source:
        (length,) = struct.unpack("<Q", source.read(8))
        header = json.loads(source.read(length))
        data = source.read()
    arrays = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            dtype = {v: k for k, v in TYPES.items()}[entry["dtype"]]
            arrays[name] = np.frombuffer(data[start:end], dtype).reshape(entry["shape"]).copy()
    return arrays
