"""fastest_page - what fastest measured, as docs/fastest.md."""
import statistics

HEAD = """# The fastest safe way to append to one file

Made by `scripts/lab/fastest`: eight writers on four client hosts of [the lab](lab.md), NFSv4.2 of Linux %(kernel)s on both sides,
records of 1 KiB, each writer as fast as it can, at three round trips to the server. Guests for each of these: %(guests)s; in every guest each strategy once, one after
the other, in every other guest the other way round. Figures are medians over the guests, with the range; a ratio is taken within a
guest. All of it runs on **one processor**: with no round trip added, a figure tells what a strategy costs processors and not what a network would do to it, and
absolute speeds are the lab's and nobody else's. %(load)sThe writers reach each other (and so the sequencer, the aggregator and
the token) past the added round trip: where that network is as slow as the storage's, each ticket costs a round trip more.

## Which to choose

| you need | take | because |
|---|---|---|
| each record by itself on the server when it is acknowledged | `extents:io=direct` (or `io=dsync`) | one WRITE a record, nothing else, and all writers at once |
| the same, and records of all writers in the order of time | `sequencer:io=dsync`, or `aggregator:flush=fdatasync` | a ticket, or a message, a record; the aggregator makes one WRITE of what has come meanwhile |
| throughput, with many records at hand | `extents:io=direct,batch=64` | one WRITE for all of them, from each host by itself |
| the same in the order of time and without NULs | `aggregator:batch=64,flush=fdatasync` | one WRITE for many writers; all bytes pass through one process, whose network and whose death are everybody's |
| what can be had with nothing but the file | `flock:batch=64` | the lock's round trips are shared by a batch, but who waits waits long and unequally |
| speed, and a host that crashes may lose its last seconds | `extents`, or `per-file` and a merge | the client's cache takes the record, the server gets it later |

The recipe of a vendor (`flock-poll`) and a lock for every record make all writers together as slow as one: a lock that changes hosts is held for
about three round trips ([performance](performance.md)). What helps is fewer locks (batches), or none.

**Why `extents` is safe**: a sequencer hands out each part of the file once; an extent is of whole 64 KiB, so that no two
hosts share a page, and a client that writes back whole pages harms nobody; and a place is used once, even if its
write failed ([guarantees](guarantees.md), *Claims without a lock*). A ticket is asked for once an extent (64 KiB or four batches), and a
record costs nothing but its WRITE. What it does not do: records of different writers do not stand in the order of time (`sort` by a
time in the record does that, or `tailrace merge` where one takes `per-file`), and where an extent was not filled there are NULs, so that
`grep` wants its option `-a`, and `tr -d '\\0'` removes them.

**What acknowledged means**: *server*, its bytes had been accepted by the server when the append was acknowledged (an unlock writes back and
waits, fs/nfs/file.c, do_unlk; so do O_DIRECT, O_DSYNC, fdatasync and close). *client*: they may still be in the memory of the
writer's host, as after any write(2); an error shows at the close, and what a crash of the host takes is gone. Only strategies of the same kind are comparable.
The latency is that of a record, from its append's begin to its acknowledgment; the records of a batch wait for all of it.

## The targets

At least 20 times `flock-poll`, and at least 4 times `flock`, both one record at a time, by the best that keeps one file, was unsafe in no guest and safe in most
(the rest being inconclusive: too few hand-offs in the time).

"""

# Where the bytes are when an append is acknowledged; the locks' by their unlock.
LOCKED = ("flock", "fcntl", "ofd", "mpi-token")
BASES = ("flock-poll", "flock")
WANTED = {"flock-poll": 20, "flock": 4}

COLUMNS = ("strategy", "verdict", "records/s", "x flock-poll", "x flock", "p50", "p99",
           "longest wait", "Jain", "RPCs a record", "acknowledged by", "order")


def keys_of(spec):
    return dict(k.split("=") for k in spec.partition(":")[2].split(",") if k)


def on_server(strategy):
    keys = keys_of(strategy["spec"])
    return (strategy["name"].startswith(LOCKED) or keys.get("io", "buffered") != "buffered" or
            keys.get("flush", "none") != "none")


def in_time_order(strategy):
    return "realtime_order" in strategy["claims"]


def median(values):
    values = [v for v in values if v is not None]
    return statistics.median(values) if values else None


class Row:
    """A strategy at one round trip: what each guest said of it, and of the bases."""

    def __init__(self, name, guests):
        self.name = name
        self.guests = [g for g in guests if name in g]
        self.runs = [g[name] for g in self.guests]

    def rates(self):
        return [s["records_per_s"] for s in self.runs]

    def ratios(self, base):
        return [g[self.name]["records_per_s"] / g[base]["records_per_s"] for g in self.guests
                if g[self.name]["records_per_s"] and base in g and g[base]["records_per_s"]]

    def latency(self, key):
        return median((s["latency_us"] or {}).get("append", {}).get(key) for s in self.runs)

    def fairness(self, key):
        return median((s["fairness"] or {}).get(key) for s in self.runs)

    def rpcs(self):
        return median((s["rpc_per_record"] or {}).get("total") for s in self.runs)

    def verdict(self):
        verdicts = [s["verdict"] for s in self.runs]
        if len(set(verdicts)) == 1:
            return verdicts[0] if verdicts[0] != "unsafe" else "**unsafe**"
        return ", ".join("%d %s" % (verdicts.count(v), v) for v in sorted(set(verdicts)))

    def safe(self):
        """Never unsafe, and hardly ever too few hand-offs to tell."""
        verdicts = [s["verdict"] for s in self.runs]
        return "unsafe" not in verdicts and 2 * verdicts.count("safe") > len(verdicts)

    def batch(self):
        return int(keys_of(self.runs[0]["spec"]).get("batch", 1))


def figure(value):
    if value is None:
        return "-"
    return "%.2f" % value if value < 9.95 else "{:,.0f}".format(value)


def spread(values):
    values = [v for v in values if v is not None]
    if not values:
        return "-"
    if len(values) == 1:
        return figure(values[0])
    return "%s (%s to %s)" % tuple(figure(v) for v in (median(values), min(values), max(values)))


def time(us):
    if us is None:
        return "-"
    return "%.0f us" % us if us < 1000 else "%.1f ms" % (us / 1e3) if us < 1e6 else "%.1f s" % (us / 1e6)


def cells(values):
    return "| %s |\n" % " | ".join(str(v) for v in values)


def line(row):
    first, wait = row.runs[0], row.fairness("longest_wait_ms")
    own = not first["claims"] or row.name.startswith("per-file")
    return ("`%s`" % row.name, row.verdict(), spread(row.rates()),
            spread(row.ratios("flock-poll")), spread(row.ratios("flock")),
            time(row.latency("p50")), time(row.latency("p99")),
            time(wait * 1e3 if wait is not None else None), figure(row.fairness("jain")),
            figure(row.rpcs()), "server" if on_server(first) else
            "MPI" if row.name.startswith("mpiio") else "client",
            "own files" if own else "time" if in_time_order(first) else "each writer's")


def merged(row):
    """per-file with the time that it takes to make one file of it."""
    for guest in row.guests:
        s = dict(guest[row.name])
        if not s["merge"]:
            return None
        s["records_per_s"] = s["merge"]["records_per_s"]
        guest["per-file, merged"] = s
    return Row("per-file, merged", row.guests)


KINDS = (
    ("any", lambda row: True),
    ("on the server when acknowledged", lambda row: on_server(row.runs[0])),
    ("the same, in the order of time",
     lambda row: on_server(row.runs[0]) and in_time_order(row.runs[0])),
    ("on the server, one record a write",
     lambda row: on_server(row.runs[0]) and row.batch() == 1),
    ("the same, in the order of time",
     lambda row: on_server(row.runs[0]) and row.batch() == 1 and in_time_order(row.runs[0])),
)


def best(rows, fits):
    fitting = [r for r in rows if r.safe() and not r.name.startswith("per-file") and fits(r)]
    return max(fitting, key=lambda r: median(r.rates()) or 0, default=None)


def targets(tables):
    text = cells(("round trip", "of those that are", "the best", "x flock-poll", "x flock", "p99",
                  "longest wait", "Jain", "targets"))
    text += cells(["---"] * 9)
    for rtt, rows in tables.items():
        for kind, fits in KINDS:
            row = best(rows, fits)
            if not row:
                text += cells((rtt, kind, "none was safe") + ("-",) * 6)
                continue
            missed = ["%d x %s" % (WANTED[b], b) for b in BASES
                      if (median(row.ratios(b)) or 0) < WANTED[b]]
            shown = line(row)
            text += cells((rtt, kind, shown[0], shown[3], shown[4], shown[6], shown[7], shown[8],
                           "missed: " + ", ".join(missed) if missed else "both reached"))
    return text


def beside(loads):
    """A sentence about what else the machine did; a guest by itself makes a load of one."""
    loads = [load for load in loads if load is not None]
    if not loads:
        return ""
    said = "The machine had a load average of %.1f to %.1f when a guest began" % (min(loads), max(loads))
    if max(loads) > 2:
        return said + ": **it did much else**, and only large ratios mean anything. "
    return said + ". "


def page(found, order, kernel, loads):
    """@found: per round trip a list of guests, each with strategies by name."""
    tables = {}
    for rtt, guests in found.items():
        rows = [Row(name, guests) for name in order]
        rows = [r for r in rows if r.guests]
        files = [merged(r) for r in rows if r.name == "per-file"]
        if rows:
            tables["none added" if rtt == "0" else rtt] = rows + [r for r in files if r]
    counts = sorted({len(guests) for guests in found.values() if guests})
    text = HEAD % {"kernel": kernel, "guests": " to ".join(str(c) for c in counts),
                   "load": beside(loads)}
    text += targets(tables)
    text += """
With no round trip added, a lock is nearly free for one who takes it again and again, and every record still costs its writer, client and server their
calls, which all of them share one processor for. So one record a write is not 20 times as fast there as the vendor's recipe, in any design, and a batch is.

"""
    for rtt, rows in tables.items():
        text += "## Round trip: %s\n\n" % rtt
        text += cells(COLUMNS) + cells(["---"] * len(COLUMNS))
        text += "".join(cells(line(r)) for r in rows) + "\n"
    return text
