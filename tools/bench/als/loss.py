"""Trains Python's `implicit` on pairs of weight 1 and judges its factors and ours by its own loss. Arguments: folder, rank, iterations, regularization, alpha."""

import json
import sys

import numpy as np
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from implicit.cpu import _als

folder, rank, iterations, regularization, alpha = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5])
users = np.fromfile(f"{folder}/users.u32", np.uint32).astype(np.int32)
items = np.fromfile(f"{folder}/items.u32", np.uint32).astype(np.int32)
pairs = sp.csr_matrix((np.full(len(users), alpha, np.float32), (users, items)))
model = AlternatingLeastSquares(factors=rank, iterations=iterations, regularization=regularization, alpha=1.0, num_threads=2, random_state=1)
model.fit(pairs, show_progress=False)


def loss(x, y):
    return float(_als.calculate_loss(pairs, x, y, regularization, num_threads=2))


ours = [np.fromfile(f"{folder}/{side}-factors.f32", np.float32).reshape(-1, rank) for side in ("user", "item")]
print(json.dumps({"ours": loss(*ours), "implicit": loss(model.user_factors, model.item_factors)}))
