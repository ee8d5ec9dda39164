"""Writes a safetensors file with numpy only: float32, int32 and uint8 arrays and a string map."""

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
