import { gramianOf } from './gramian';
import { solveRows } from './solve';

/** Addresses of the words of a job that several threads change. */
const remaining: usize = 4;
const done: usize = 8;
const closed: usize = 12;

/**
 * What all threads work off together, cut into chunks of rows; src/wasm/job.ts writes these words in this order.
 *
 * Chunks are handed out by counting `remaining` down, so one atomic number says both whether there is a chunk and which. A job is not
 * changed before all its chunks are done, so a thread that holds a chunk reads the other words safely, however late it came.
 */
@unmanaged
class Job {
  static at(address: usize): Job {
    return changetype<Job>(address);
  }

  /** Counts the jobs; idle threads sleep on it. */
  round: i32;
  /** Chunks that no thread has taken. */
  remaining: i32;
  /** Chunks that are finished; the host sleeps on it. */
  done: i32;
  /** Not 0: threads end. */
  closed: i32;
  /** u32: chunk k is rows `bounds[k]` to `bounds[k + 1]`. */
  boundsAt: usize;
  /** The step whose rows are solved; 0 for a Gramian. */
  stepAt: usize;
  /** Rows whose Gramian is taken. */
  factorsAt: usize;
  /** Bytes of one of those rows. */
  stride: u32;
  /** The result of each chunk: two double-precision numbers, or a matrix of them. */
  outAt: usize;
}

/** Does one chunk of the job, if there is one left. */
export function work(jobAt: usize, scratch: usize): bool {
  const chunk = atomic.sub<i32>(jobAt, 1, remaining) - 1;
  if (chunk < 0) return false;
  const job = Job.at(jobAt);
  const from = load<u32>(job.boundsAt + 4 * chunk);
  const to = load<u32>(job.boundsAt + 4 * chunk, 4);
  if (job.stepAt !== 0) {
    solveRows(job.stepAt, scratch, from, to, job.outAt + 16 * chunk);
  } else {
    const width: usize = job.stride >> 2;
    gramianOf(job.factorsAt, job.stride, from, to, job.outAt + 8 * width * width * chunk, scratch);
  }
  atomic.add<i32>(jobAt, 1, done);
  atomic.notify(jobAt + done, 1);
  return true;
}

/** What a worker thread runs: it takes chunks of job after job until the host closes. */
export function serve(jobAt: usize, scratch: usize): void {
  for (;;) {
    const round = atomic.load<i32>(jobAt);
    while (work(jobAt, scratch));
    if (atomic.load<i32>(jobAt, closed) !== 0) return;
    atomic.wait<i32>(jobAt, round, -1);
  }
}
