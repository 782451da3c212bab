"""faults_page - rows of what faults did, as docs/faults.md."""

HEAD = """# What happens to appends when things break

Made by `scripts/lab/faults`: three ranks on three client hosts of [the lab](lab.md), NFS of Linux %s on
both sides, as fast as they can and in short turns (`--turn 4`), and a fault 3 s after the first append of each strategy.
Lease and grace time are 10 s here, 90 s by default elsewhere. Each case is also a test (`ctest -R matrix/faults`),
which demands what the text says must come out.

## What to expect, and why

**A host is cut off.** Over NFSv4 a lock is held under a lease, which the client's kernel renews (RFC 8881, 8.3). When it
ran out, the server gives the lock to the next who asks; until somebody does, Linux keeps it (RFC 8881, 8.4.3, allows
both). Who polls for the lock asks at once. A waiter whom the kernel of a client told to wait is called back, or asks again after
30 s at the latest (see *stopped* below): so long an expired lock may stand idle, and a host that is back before has not lost it. One that comes back later
learns that it did, and gets EIO for that file until it closes it (fcntl(2), *Lost locks*; unless the kernel parameter `nfs.recover_lost_locks` is set, *Record locking and NFS* there). So its append in flight is of *unknown* outcome; and as its
close fails too, so are all those on that descriptor that it never flushed, however many of them stand in the file
(*recovered*). What must not happen is that its late write lands over somebody else's record. A cut shorter than the lease is
ridden out: TCP repeats, and repeats less and less often, so that a host may come back as late again after the healing as
the cut was long. Over NFSv3 a lock has no lease: nobody else gets it until its holder is back, however long that is.

**The service is restarted.** A server forgets its locks, and for a grace period grants none but to those who reclaim what they
held (RFC 8881, 8.4.2). Version 4 clients learn of it from the server's answers; when all that were known have reclaimed, it ends
early (from 4.1 on clients say so, RECLAIM_COMPLETE; RFC 8881, 18.51). NFSv3 clients learn of it from sm-notify(8) and wait for
all of it, unless no host held a lock when the service stopped: then sm-notify has nobody to tell, and ends the period
(*lift-grace* there). Nobody loses anything; everybody waits: first of all for the connection, which a client that was refused asks
for again after 3 s, then 6, then 12 (`XS_TCP_INIT_REEST_TO` in `net/sunrpc/xprtsock.c`). The kernel's "lost 1 locks" in a host's log means no harm there: it counts one
who waited for the lock, too.

**NFSv4.0.** A waiter is not called back; it asks again after 1, 2, 4 to 30 s (`NFS4_LOCK_MAXTIMEOUT` in the kernel's
`fs/nfs/nfs4proc.c`). So the lock changes hands too seldom for any verdict but *inconclusive*, with a fault or without one
([matrix](matrix.md)); what is demanded of these rows is that nothing is lost.

**The server loses power.** With a `sync` export nothing that was acknowledged as stable can be lost: clients keep what was not
committed and send it again (RFC 1813, 3.3.21; RFC 8881, 18.3). With `async` the server lies (exports(5)): what it acknowledged and even
"flushed" is gone, and the file is shorter than clients believe. This is the one case in this page in which acknowledged records
are lost, and the verdict must be *unsafe*. A host of which the server had taken the last request, and did not answer it any more, has nothing that TCP
repeats: if it sends nothing else it asks again after *timeo*, 60 s (nfs(5)), and one append may take that long.

**A process is killed, or stopped.** The kernel of a killed one closes its file and so unlocks; others wait for a moment. A stopped one
holds its lock: the kernel goes on renewing the lease in its name, so nobody is expired, and all others wait until it goes on. From 4.1
on they may wait longer: Linux calls back who waits, but forgets a waiter after one lease time (`fs/nfsd/nfs4state.c`, "un-revisited
request"; no client may rely on the call, RFC 8881, 9.6), and a forgotten one asks again 30 s after it last did. Meanwhile
the one that was stopped appends alone: a lock that was held for longer than a lease is handed on late, and unfairly.

**A host crashes.** mpirun ends when it notices, in the lab after 10 s (`oob_tcp_keepalive_time`, by Open MPI's default 300 s, then
nine probes 20 s apart). `tailrace verify` judges the run folder and the histories that are left. The rank of the dead
host has none: what it wrote is unknown, neither lost nor foreign, and the verdict is inconclusive, never safe. If the dead host held the lock: see
above, with the difference that over NFSv3 it must boot, and its sm-notify tell the server, before anybody gets it.

**The export is full.** Writes that are cached fail at the flush: with ENOSPC, and the append is of unknown outcome. That ends the
strategy, and what there is is judged; so there is no recovery to tell. Nothing acknowledged may be lost.

## What was seen

*Unknown*: and how many of those stood in the file all the same. *Longest*: the longest append of all. *Silence*, *next lock*, *full
speed*: the longest time in which nobody's append was acknowledged, until somebody else acquired the lock, and until 80 %% of the
speed before was reached again, from the fault on ([guarantees](guarantees.md), *Faults*: `longest_gap_s`, `next_acquisition_s`,
`recovery_s`); "-": not told.
"""

COLUMNS = ("NFS", "strategy", "verdict", "acknowledged", "lost", "unknown (found)", "failed",
           "silence", "longest", "next lock", "full speed")


def seconds(value):
    if value is None:
        return "-"
    return "%.1f s" % value if value >= 0.1 else "%.0f ms" % (value * 1e3)


def latest(row, key):
    """Of several faults, the one from which recovery took longest. A hook needs a while
    before it breaks anything, in which the lock changes hands."""
    values = [f[key] for f in row["faults"] if f.get(key) is not None and
              (key == "recovery_s" or f["target"] is not None)]
    return max(values) if values else None


def line(row):
    verdict = "**unsafe**" if row["verdict"] == "unsafe" else row["verdict"]
    return (row["nfs"], "`%s`" % row["strategy"], verdict, row["acknowledged"], row["lost"],
            "%d (%d)" % (row["unknown"], row["recovered"]), row["failed"],
            seconds(row["silence_s"]), seconds(row["longest_s"]),
            seconds(latest(row, "next_acquisition_s")), seconds(latest(row, "recovery_s")))


def like_health(row):
    """Whether nothing in its line shows that there was a fault."""
    return (row["verdict"] == "safe" and row["unknown"] + row["failed"] == 0 and
            max(row["silence_s"] or 0, row["longest_s"] or 0) < 1)


def cells(values):
    return "| %s |\n" % " | ".join(str(v) for v in values)


def page(rows, left_out, kernel):
    """The whole page; rows of one title are next to each other."""
    text, title = HEAD % kernel, None
    for row in rows:
        if row["title"] != title:
            title = row["title"]
            text += "\n**%s** (%s)\n\n" % (title, row["how"])
            text += cells(COLUMNS) + cells(["---"] * len(COLUMNS))
        text += cells(line(row))
    if left_out:
        text += "\nNot run for this page: %s.\n" % ", ".join("`%s`" % n for n in left_out)
    healthy = [r for r in rows if like_health(r)]
    if healthy:
        text += "\nNot to be told apart from health, for all was acknowledged within a second:\n\n"
        for row in healthy:
            text += "- %s; NFS %s, `%s`.\n" % (row["title"], row["nfs"], row["strategy"])
    reasons = [r for r in rows if r["verdict"] != "safe"]
    text += "\n## Why some are not safe\n\n"
    for row in reasons:
        text += "- %s; NFS %s, `%s`: %s.\n" % (row["title"], row["nfs"], row["strategy"],
                                              row["reason"])
    return text
