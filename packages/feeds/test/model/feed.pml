/*
 * The log of one feed as its writers, namer, expirer and reader use it; every call to the store that others can see is a step of its own.
 *
 * Without EXPIRY: two writers put the same run, as a retry does beside a writer that is thought dead, a third puts another, a reader reads, and a
 * clean-up removes data that no record names, of writers that have ended. With EXPIRY: a feed that has an update; two more are put, while a
 * namer calls the first one champion, an expirer gives it up, waits for the grace and deletes its data, and a reader reads it or the latest.
 * With SHARING: a feed with an update of one file. Two writers each put an update of a file of its own and files that it shares with the update that
 * was latest when it began, or none; an expirer lets one update after the other expire, waits for the grace, and deletes the files that no living update
 * names; a reader reads any living update, one file after the other.
 * Whoever writes may die before any step, and never hears whether its commit succeeded: the record that is there decides.
 *
 * Taken for granted: the store's put-if-absent, that what it has answered stays, and that the grace is longer than a reader takes (the deletion
 * waits for a reader that began before the expiry). BLIND, WITHOUT_MARKERS, PLANS_ONCE, WITHOUT_GRACE, HASTY_REPAIR, SHARES_ONCE, COUNTS_NOTHING and
 * COUNTS_EARLY each take one rule of the format away; the search must then find what breaks.
 */
#define WRITERS  3
#ifdef SHARING
#define RECORDS  7
#else
#define RECORDS  6
#endif

mtype = { update, alias, expire, purge };
#define nothing 0

typedef Record {
  mtype type;
  byte by;        /* the commit id: which process */
  byte what;      /* update: its run; others: the seq that is meant */
  byte latest;    /* refs */
  byte champion;
  byte expired;   /* seq of the one update that has expired, 0 for none */
#ifdef SHARING
  byte names;     /* update: its files, a bit for each writer */
  byte gone;      /* updates that have expired, a bit for each seq */
#endif
}

Record log[RECORDS + 2];
bool data[WRITERS + 1];       /* files, by writer */
bool named[WRITERS + 1];      /* whether a record names them */
bool over[WRITERS + 1];       /* whether the writer has ended, well or not */
byte marker[WRITERS + 1];     /* by run: the seq that it committed, 0 for none */
byte commits[WRITERS + 1];    /* by run: how often it is in the log */

byte readerBegan;             /* the head that the reader has resolved, 0 for none */
bool readerEnded;

/* A program of one process may end at each of these. */
#define MAY_DIE  if :: true :: true -> goto dead fi

/*
 * The newest seq. A walk over records that only grow in number ends with a record that is missing at that moment, so it is one step;
 * where it starts does not matter.
 */
inline findHead(head) {
  d_step {
    head = 0;
    do
    :: log[head + 1].type != nothing -> head++
    :: else -> break
    od
  }
}

/* Nobody commits after a record before its run is marked. */
inline mark(head) {
  if
#ifndef WITHOUT_MARKERS
  :: head > 0 && log[head].type == update && marker[log[head].what] == 0 -> marker[log[head].what] = head
#endif
  :: else
  fi
}

/* Put-if-absent: the store lets one writer win. Whether it answers or not, the record that is there decides. */
inline commit(head, kind, which, newest, name, gone, won) {
  atomic {
#ifdef BLIND
    if
    :: true ->
#else
    if
    :: log[head + 1].type == nothing ->
#endif
       log[head + 1].type = kind;
       log[head + 1].by = _pid;
       log[head + 1].what = which;
       log[head + 1].latest = newest;
       log[head + 1].champion = name;
       log[head + 1].expired = gone;
       if :: kind == update -> commits[which]++; named[_pid] = true :: else fi
    :: else
    fi
  }
  won = (log[head + 1].by == _pid)
}

proctype Writer(byte job) {
  byte head, before;
  bool won;
  findHead(head);
  data[_pid] = true;
  MAY_DIE;
  do
  :: findHead(head);
     /* Whether the run has committed: it is the head's, or it has a marker. */
     if
     :: head > 0 && log[head].type == update && log[head].what == job -> break
     :: else
     fi;
     if
     :: marker[job] != 0 -> assert(log[marker[job]].type == update && log[marker[job]].what == job); break
     :: else
     fi;
     mark(head);
     MAY_DIE;
     commit(head, update, job, head + 1, log[head].champion, log[head].expired, won);
     MAY_DIE;
     if
     :: won -> mark(head + 1); break
     :: else
     fi
  od;
  if
  :: !named[_pid] -> data[_pid] = false   /* another did it: these files are nobody's */
  :: else
  fi;
dead:
  over[_pid] = true
}

/* Calls the first update champion, unless it has expired. */
proctype Namer() {
  byte head;
  bool won;
  do
  :: findHead(head);
     if
     :: head == 0 || log[head].expired == 1 || log[1].type != update -> break
     :: else
     fi;
     mark(head);
     MAY_DIE;
     commit(head, alias, 1, log[head].latest, 1, log[head].expired, won);
     if
     :: won -> break
     :: else
     fi
  od;
dead:
  skip
}

/* Lets the first update expire, and deletes its data when the grace is over. */
proctype Expirer() {
  byte head, planned;
  bool won;
#ifdef PLANS_ONCE
  findHead(planned);
#endif
  do
  :: findHead(head);
#ifndef PLANS_ONCE
     planned = head;
#endif
     if
     :: planned == 0 || log[1].type != update || log[planned].latest == 1 || log[planned].champion == 1 -> goto dead
     :: else
     fi;
     mark(head);
     MAY_DIE;
     commit(head, expire, 1, log[head].latest, log[head].champion, 1, won);
     if
     :: won -> break
     :: else
     fi
  od;
  MAY_DIE;
#ifndef WITHOUT_GRACE
  /* The grace: who began before the expiry has ended. */
  readerBegan == 0 || readerBegan > head || readerEnded;
#endif
  data[log[1].by] = false;
  MAY_DIE;
  do
  :: findHead(head);
     mark(head);
     commit(head, purge, 1, log[head].latest, log[head].champion, log[head].expired, won);
     if
     :: won -> break
     :: else
     fi
  od;
dead:
  skip
}

/* Reads the latest update, or the first, and later the latest again. */
proctype Reader() {
  byte head, at, again;
  atomic { findHead(head); readerBegan = head };
  if
  :: head == 0 -> goto dead
  :: else
  fi;
  if
  :: at = log[head].latest
  :: log[head].expired != 1 && log[1].type == update -> at = 1
  fi;
  assert(log[at].type == update);
  assert(data[log[at].by]);
  findHead(again);
  assert(again >= head && log[again].latest >= log[head].latest);
dead:
  readerEnded = true
}

/* Removes what no record names, once its writer is surely gone. */
proctype Repair() {
  byte w;
  for (w : 1 .. WRITERS) {
    if
    :: atomic {
#ifdef HASTY_REPAIR
         data[w] && !named[w] -> data[w] = false
#else
         over[w] && data[w] && !named[w] -> data[w] = false
#endif
       }
    :: true
    fi
  }
}

#ifdef SHARING
#define bit(n)        (1 << (n))
#define lives(n, h)   (log[n].type == update && (log[h].gone & bit(n)) == 0)

byte purged;                  /* updates of which a record says that their files were deleted */

inline commitShared(head, kind, which, newest, filesNamed, goneNow, won) {
  atomic {
    if
    :: log[head + 1].type == nothing ->
       log[head + 1].type = kind;
       log[head + 1].by = _pid;
       log[head + 1].what = which;
       log[head + 1].latest = newest;
       log[head + 1].names = filesNamed;
       log[head + 1].gone = goneNow;
       if :: kind == update -> named[_pid] = true :: else fi
    :: else
    fi
  }
  won = (log[head + 1].by == _pid)
}

/* The files that living updates name, but for one. */
inline livingNames(head, but, all) {
  d_step {
    all = 0;
    s = 1;
    do
    :: s > head -> break
    :: else ->
       if :: s != but && lives(s, head) -> all = all | log[s].names :: else fi;
       s++
    od;
    s = 0
  }
}

/* Shares the files of the update that is latest when it begins: all, the first one or none. */
proctype Sharer() {
  byte head, base, mine;
  bool won;
  findHead(head);
  base = log[head].latest;
  data[_pid] = true;
  if
  :: mine = log[base].names | bit(_pid)
  :: mine = (log[base].names & 1) | bit(_pid)
  :: mine = bit(_pid)
  fi;
  MAY_DIE;
  do
  :: findHead(head);
#ifndef SHARES_ONCE
     if
     :: !lives(base, head) -> data[_pid] = false; goto dead
     :: else
     fi;
#endif
     MAY_DIE;
     commitShared(head, update, 0, head + 1, mine, log[head].gone, won);
     if
     :: won -> break
     :: else
     fi
  od;
dead:
  over[_pid] = true
}

proctype SharedExpirer() {
  byte head, victim, kept, f, s, round;
#ifdef COUNTS_EARLY
  byte counted;
#endif
  bool won;
  for (round : 1 .. 2) {
#ifdef COUNTS_EARLY
    findHead(counted);
#endif
    do
    :: findHead(head);
       if
       :: lives(1, head) && log[head].latest != 1 -> victim = 1
       :: lives(2, head) && log[head].latest != 2 -> victim = 2
       :: lives(3, head) && log[head].latest != 3 -> victim = 3
       :: else -> goto dead
       fi;
#ifdef COUNTS_EARLY
       livingNames(counted, victim, kept);
#endif
       MAY_DIE;
       commitShared(head, expire, victim, log[head].latest, 0, log[head].gone | bit(victim), won);
       if
       :: won -> break
       :: else
       fi
    od;
    MAY_DIE;
#ifndef WITHOUT_GRACE
    readerBegan == 0 || readerBegan > head || readerEnded;
#endif
#ifdef COUNTS_NOTHING
    kept = 0;
#endif
#ifndef COUNTS_NOTHING
#ifndef COUNTS_EARLY
    findHead(head);
    livingNames(head, 0, kept);
#endif
#endif
    for (f : 0 .. WRITERS) {
      if
      :: (log[victim].names & bit(f)) && !(kept & bit(f)) -> data[f] = false; MAY_DIE
      :: else
      fi
    }
    do
    :: findHead(head);
       commitShared(head, purge, victim, log[head].latest, 0, log[head].gone, won);
       if
       :: won -> purged = purged | bit(victim); break
       :: else
       fi
    od
  }
dead:
  skip
}

/* Reads any update that lives when it begins. */
proctype SharedReader() {
  byte head, at, f;
  atomic { findHead(head); readerBegan = head };
  if
  :: at = log[head].latest
  :: lives(1, head) -> at = 1
  :: head >= 2 && lives(2, head) -> at = 2
  fi;
  assert(log[at].type == update);
  for (f : 0 .. WRITERS) {
    if
    :: log[at].names & bit(f) -> assert(data[f])
    :: else
    fi
  }
  readerEnded = true
}

/* Every living update has its files, and no file is left that only purged updates name. */
inline checkShared() {
  d_step {
    head = 0;
    do
    :: log[head + 1].type != nothing -> head++
    :: else -> break
    od;
    for (f : 0 .. WRITERS) {
      living = false; waiting = false;
      for (seq : 1 .. RECORDS) {
        if
        :: log[seq].type == update && (log[seq].names & bit(f)) ->
           if :: lives(seq, head) -> living = true :: else fi;
           if :: (purged & bit(seq)) == 0 -> waiting = true :: else fi
        :: else
        fi
      };
      assert(!living || data[f]);
      assert(!named[f] || waiting || !data[f])
    }
  }
}
#endif

init {
#ifdef SHARING
  byte head, f, seq;
  bool living, waiting;
  atomic {
    log[1].type = update;
    log[1].latest = 1;
    log[1].names = 1;
    data[0] = true;
    named[0] = true;
    run Sharer();
    run Sharer();
    run SharedExpirer();
    run SharedReader()
  }
  _nr_pr == 1;
  checkShared()
#else
  atomic {
#ifdef EXPIRY
    /* There is an update already. */
    log[1].type = update;
    log[1].what = 3;
    log[1].latest = 1;
    commits[3] = 1;
    data[0] = true;
    named[0] = true;
    run Writer(1);
    run Writer(2);
    run Namer();
    run Expirer();
#else
    run Writer(1);
    run Writer(1);
    run Writer(2);
    run Repair();
#endif
    run Reader()
  }
  /* All have ended. */
  _nr_pr == 1;
  byte seq;
  for (seq : 1 .. RECORDS) {
    if
    :: log[seq].type != nothing ->
       assert(seq == 1 || log[seq - 1].type != nothing);             /* no gap */
       assert(log[seq].type != update || log[seq].latest == seq);
       assert(log[seq].latest > 0 && log[log[seq].latest].type == update);
       assert(log[seq].expired == 0 || log[seq].expired != log[seq].latest);
       assert(log[seq].expired == 0 || log[seq].expired != log[seq].champion);   /* what has a name is there */
       assert(log[seq + 1].type != nothing || data[log[log[seq].latest].by])      /* the latest is whole */
    :: else
    fi
  }
  assert(commits[1] <= 1 && commits[2] <= 1)                          /* one run, one update */
#endif
}
