"""Writes one update of experiments/config/v1.0 from nothing but the page of the README, with the standard library.

python3 write_update.py ROOT RUN_ID < experiment.json
"""
import datetime, hashlib, json, os, pathlib, sys, uuid

root, run_id = pathlib.Path(sys.argv[1]), sys.argv[2]
feed = "experiments/config/v1.0"
folder = root / feed
log = folder / "_log"


def canonical(value):
    """RFC 8785, as far as these values need it: ASCII keys, integers, texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(data):
    return hashlib.sha256(data).hexdigest()


def sync_folder(path):
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def put_if_absent(path, data):
    temporary = path.parent / f".tmp-{uuid.uuid4()}"
    write(temporary, data)
    try:
        os.link(temporary, path)
        sync_folder(path.parent)
        return True
    except FileExistsError:
        return False
    finally:
        temporary.unlink()


def record_path(seq):
    return log / f"{seq:020}.json"


def marker(producer_id, run):
    return log / "runs" / f"{digest(canonical([producer_id, run]))}.json"


def mark(record):
    if "runId" in record:
        named = {"producerId": record["producer"]["id"], "runId": record["runId"], "seq": record["seq"]}
        put_if_absent(marker(named["producerId"], named["runId"]), canonical(named))


value = canonical(json.load(sys.stdin))
now = datetime.datetime.now(datetime.timezone.utc)
name = now.strftime("%Y%m%dT%H%M%S") + f"{now.microsecond // 1000:03}Z/part-00000-{uuid.uuid4()}.json"
write(folder / name, value)

fields = [{"name": "experiment", "type": "utf8", "nullable": False, "description": "Name of the experiment."}]
plain = [{key: field[key] for key in field if key != "description"} for field in fields]

while True:
    newest = 0
    while record_path(newest + 1).exists():
        newest += 1
    previous = record_path(newest).read_bytes() if newest else b""
    before = json.loads(previous) if newest else None
    if before and (before["producer"]["id"], before.get("runId")) == ("python", run_id) or marker("python", run_id).exists():
        sys.exit("committed already")
    if before:
        mark(before)
    earliest = datetime.datetime.now(datetime.timezone.utc)
    if before:
        last = datetime.datetime.fromisoformat(before["timestamp"].replace("Z", "+00:00"))
        earliest = max(earliest, last + datetime.timedelta(milliseconds=1))
    record = {
        "format": 1, "type": "update", "feed": feed, "seq": newest + 1, "commitId": str(uuid.uuid4()),
        "prev": digest(previous) if newest else "",
        "timestamp": earliest.strftime("%Y-%m-%dT%H:%M:%S.") + f"{earliest.microsecond // 1000:03}Z",
        "refs": {**(before["refs"] if before else {}), "latest": newest + 1},
        "version": "1.0", "codec": "json",
        "schema": {"fields": fields, "fingerprint": digest(canonical(plain))},
        "files": [{"path": name, "bytes": len(value), "rows": 1, "sha256": digest(value)}],
        "totals": {"files": 1, "bytes": len(value), "rows": 1},
        "parents": [], "sources": [], "checks": {}, "labels": {},
        "producer": {"id": "python", "package": "write_update.py", "version": "1"}, "runId": run_id,
    }
    if put_if_absent(record_path(newest + 1), canonical(record)):
        mark(record)
        print(newest + 1)
        break
