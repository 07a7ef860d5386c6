"""What `implicit` needs for the questions of `index.mjs`, in milliseconds, over the same bytes; answers with one JSON line each time it reads one."""
import json
import sys
import time

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

folder, items, rank = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
read = lambda name: np.fromfile(f"{folder}/{name}.f32", dtype="<f4").reshape(-1, rank)

model = AlternatingLeastSquares(factors=rank, num_threads=2, regularization=0.1, alpha=1.0)
model.item_factors = read("items")
model.user_factors = read("users")
users = len(model.user_factors)
none = csr_matrix((1, items), dtype=np.float32)
history = csr_matrix((np.ones(10, np.float32), (np.zeros(10, int), np.arange(10) * (items // 10))), shape=(1, items))
model.recalculate_user(0, history)


def timed(act, times):
    spent = []
    for n in range(times):
        start = time.perf_counter()
        act(n)
        spent.append((time.perf_counter() - start) * 1000)
    return sorted(spent)[times // 2]


one = lambda n: model.recommend(n % users, none, N=10, filter_already_liked_items=False)
batch = lambda n: model.recommend(np.arange(users), None, N=10, filter_already_liked_items=False)
fold = lambda n: model.recalculate_user(0, history)
listed = np.arange(10) * (items // 10) + 1


def reasons(n):
    weights = None
    for item in listed:
        _, _, weights = model.explain(0, history, item, user_weights=weights)


for line in sys.stdin:
    what, times = line.split()
    if what == "lists":
        ids = [model.recommend(u, none, N=10, filter_already_liked_items=False)[0].tolist() for u in range(int(times))]
        print(json.dumps(ids), flush=True)
    elif what == "batch":
        print(timed(batch, int(times)) / users, flush=True)
    else:
        print(timed({"one": one, "fold": fold, "reasons": reasons}[what], int(times)), flush=True)
