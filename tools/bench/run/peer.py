"""The same job as `attractions run` in the tools a Python team would take: pandas to import and group, implicit to train.

    python peer.py RAW_DATA_PATH RANK ITERATIONS

Prints one JSON line: visits, and the seconds of its parts (import, group, train).
"""

import json
import pathlib
import sys
import time

start = time.perf_counter()
import implicit  # noqa: E402 (its import is part of what is timed)
import pandas as pd  # noqa: E402
import scipy.sparse as sp  # noqa: E402

imported = time.perf_counter()
raw, rank, iterations = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])


def read(path):
    photos = pd.read_csv(path, sep=";")
    photos["park"] = path.name.split("-")[1]
    return photos


photos = pd.concat(read(path) for path in sorted(raw.rglob("userVisits-*.csv")))
photos = photos.drop_duplicates("id")
visits = photos.groupby(["nsid", "park", "poiID", "seqID"], as_index=False).agg(
    visited_at=("takenUnix", "min"), photos=("id", "count")
)
pairs = visits.groupby(["nsid", "park", "poiID"]).size().reset_index(name="visits")
users = pairs["nsid"].astype("category")
attractions = (pairs["park"] + ":" + pairs["poiID"].astype(str)).astype("category")
matrix = sp.csr_matrix((pairs["visits"].astype("float32"), (users.cat.codes, attractions.cat.codes)))
grouped = time.perf_counter()

model = implicit.als.AlternatingLeastSquares(factors=rank, iterations=iterations, random_state=1, num_threads=2)
model.fit(matrix, show_progress=False)
trained = time.perf_counter()

print(
    json.dumps(
        {
            "visits": len(visits),
            "import": round(imported - start, 3),
            "group": round(grouped - imported, 3),
            "train": round(trained - grouped, 3),
        }
    )
)
