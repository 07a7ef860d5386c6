"""Python's `implicit`, one iteration for each line on stdin; prints the seconds. Arguments: data folder, rank, threads."""

import json
import sys
import time

import numpy as np
import scipy.sparse as sp
from implicit.cpu import _als

folder, rank, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
shape = json.load(open(f"{folder}/shape.json"))
pairs = sp.csr_matrix(
    (
        np.fromfile(f"{folder}/weights.f32", np.float32),
        np.fromfile(f"{folder}/columns.u32", np.uint32).astype(np.int32),
        np.fromfile(f"{folder}/offsets.u32", np.uint32).astype(np.int32),
    ),
    shape=(shape["users"], shape["items"]),
)
turned = pairs.T.tocsr()
random = np.random.RandomState(1)
users = (random.rand(shape["users"], rank) * 0.01).astype(np.float32)
items = (random.rand(shape["items"], rank) * 0.01).astype(np.float32)


def iteration():
    # What AlternatingLeastSquares.fit does in one iteration, with use_cg and calculate_training_loss=False.
    _als.least_squares_cg(pairs, users, items, 0.01, num_threads=threads, cg_steps=3)
    _als.least_squares_cg(turned, items, users, 0.01, num_threads=threads, cg_steps=3)


iteration()
print("ready", flush=True)
for _ in sys.stdin:
    begin = time.perf_counter()
    iteration()
    print(time.perf_counter() - begin, flush=True)
