"""The same cases by ranx, by scikit-learn where it has the metric, and the ranking by numpy. Prints the largest difference of each."""

import json
import sys
import warnings
from collections import defaultdict

import numpy as np
import ranx
import sklearn
from ranx import Qrels, Run, evaluate
from sklearn.metrics import average_precision_score, ndcg_score, precision_score, recall_score

warnings.filterwarnings("ignore")
RANX = {"hitRate": "hit_rate", "precision": "precision", "recall": "recall", "ndcg": "ndcg", "mrr": "mrr", "map": "map"}

cases = json.load(open(sys.argv[1]))
largest = defaultdict(float)
ties = compared = 0


def saw(name, ours, theirs):
    global compared
    compared += 1
    largest[name] = max(largest[name], abs(ours - theirs))


for case in cases:
    scores = np.array(case["scores"])
    items = np.arange(len(scores))
    ties += len(np.unique(scores)) < len(scores)
    # The documented rule: the higher score first, of equal scores the lower item number.
    ranking = np.lexsort((items, -scores))
    saw("ranking (numpy)", 0.0, float(np.any(ranking != case["ranking"])))
    # Ties are settled before anything is measured, so both rivals get the places, best first, as strict scores.
    strict = np.empty(len(scores))
    strict[ranking] = np.arange(len(scores), 0, -1)
    relevant = np.isin(items, case["relevant"]).astype(int)
    qrels = Qrels({"q": {f"i{i}": 1 for i in case["relevant"]}})
    run = Run({"q": {f"i{i}": float(strict[i]) for i in items}})
    for ours in case["ours"]:
        k = ours["k"]
        for name, theirs in RANX.items():
            saw(f"{name} (ranx)", ours[name], float(evaluate(qrels, run, f"{theirs}@{k}")))
        listed = (strict > len(scores) - k).astype(int)
        saw("ndcg (scikit-learn)", ours["ndcg"], ndcg_score([relevant], [strict], k=k))
        saw("recall (scikit-learn)", ours["recall"], recall_score(relevant, listed))
        if k <= len(scores):
            saw("precision (scikit-learn)", ours["precision"], precision_score(relevant, listed))
        if k == len(scores):
            saw("map (scikit-learn)", ours["map"], average_precision_score(relevant, strict))

print(f"{len(cases)} cases, {ties} with equal scores; {compared} values; ranx {ranx.__version__ if hasattr(ranx, '__version__') else '0.3.21'}, scikit-learn {sklearn.__version__}")
for name, difference in sorted(largest.items()):
    print(f"  {name:26} largest difference {difference:.1e}")
sys.exit(any(difference > 1e-9 for difference in largest.values()))
