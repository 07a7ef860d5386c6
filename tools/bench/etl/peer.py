"""
The same visits by Polars in memory, for people to see: without checks, rejects, hashes or feeds. Prints what rival.mjs prints.

    python3 -m venv /tmp/polars && /tmp/polars/bin/pip install polars
    /tmp/polars/bin/python peer.py CSV FOLDER
"""

import json
import os
import resource
import sys
import time

import polars as pl

file, folder = sys.argv[1:3]
os.makedirs(folder)
begin = time.perf_counter()
visits = (
    pl.scan_csv(file, infer_schema=False)
    .select("user", "item", t=pl.col("ts").str.to_datetime("%+", time_zone="UTC", time_unit="ms"))
    .sort("user", "t")
    .with_columns(starts=(pl.col("t").diff().over("user") >= pl.duration(hours=8)).fill_null(True))
    .with_columns(sequence=pl.col("starts").cum_sum().over("user"))
    .group_by("user", "item", "sequence")
    .agg(visited_at=pl.col("t").min(), photos=pl.len())
    .select(pl.col("user").alias("user_id"), pl.col("item").alias("attraction_id"), "visited_at", "photos")
    .sort("user_id", "visited_at", "attraction_id", "photos")
    .collect()
)
visits.write_parquet(f"{folder}/visits.parquet")
seconds = time.perf_counter() - begin
usage = resource.getrusage(resource.RUSAGE_SELF)
found = {
    "seconds": seconds,
    "processor": usage.ru_utime + usage.ru_stime,
    "visits": visits.height,
    "peakMb": round(usage.ru_maxrss / 1024),
}
print(json.dumps(found))
