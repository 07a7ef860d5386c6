"""Spark's ALS on pairs.csv of the data folder; prints one JSON line. Arguments: folder, rank, threads, iterations.

Seconds an iteration are the difference of a long and a short training, so that starting, reading and blocking count for neither.
"""

import json
import sys
import time

from pyspark.ml.recommendation import ALS
from pyspark.sql import SparkSession

folder, rank, threads, iterations = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
spark = SparkSession.builder.master(f"local[{threads}]").config("spark.driver.memory", "8g").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
pairs = spark.read.csv(f"{folder}/pairs.csv", schema="user INT, item INT, rating FLOAT").cache()
pairs.count()


def seconds(iterations):
    begin = time.perf_counter()
    ALS(rank=rank, maxIter=iterations, regParam=0.01, alpha=1.0, implicitPrefs=True, userCol="user", itemCol="item", ratingCol="rating", seed=1).fit(pairs)
    return time.perf_counter() - begin


once = seconds(1)
blas = spark.sparkContext._jvm.dev.ludovic.netlib.blas.BLAS.getInstance().getClass().getSimpleName()
print(json.dumps({"spark": spark.version, "blas": blas, "seconds": (seconds(1 + iterations) - once) / iterations}), flush=True)
spark.stop()
