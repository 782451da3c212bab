/* advice - see advice.h. */
#include "results/advice.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

static const char *const weight_names[] = {
	[ADVICE_HARM] = "harm",
	[ADVICE_RISK] = "risk",
	[ADVICE_NOTE] = "note",
};

const char *advice_weight_name(enum advice_weight weight)
{
	return weight <= ADVICE_NOTE ? weight_names[weight] : "?";
}

/* ---- what the rules ask -------------------------------------------------- */

/*
 * The evidence of one rule, piece by piece; what does not fit is cut.  All zero
 * where nobody wants to know.
 */
struct evidence_text {
	char *text;
	size_t size;
};

static void say(struct evidence_text *evidence, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Add a piece, with "; " before it if it is not the first. */
static void say(struct evidence_text *evidence, const char *fmt, ...)
{
	size_t used;
	va_list args;

	if (!evidence->text)
		return;
	used = strlen(evidence->text);
	if (used)
		used += (size_t)snprintf(evidence->text + used, evidence->size - used,
					 "; ");
	if (used >= evidence->size)
		return;
	va_start(args, fmt);
	vsnprintf(evidence->text + used, evidence->size - used, fmt, args);
	va_end(args);
}

bool mount_option_set(const char *options, const char *option)
{
	size_t length = strlen(option);

	for (const char *at = options ? options : ""; *at;) {
		size_t piece = strcspn(at, ",");

		if (piece >= length && strncmp(at, option, length) == 0 &&
		    (piece == length || at[length] == '=' || option[length - 1] == '='))
			return true;
		at += piece + (at[piece] == ',');
	}
	return false;
}

/* Is @option among the mount options of a host?  Then its name is evidence. */
static bool some_host_has(const struct result *result, const char *option,
			  struct evidence_text *evidence)
{
	const struct manifest *m = result->manifest;

	for (size_t i = 0; i < m->host_count; i++) {
		if (!mount_option_set(m->hosts[i].mount_options, option))
			continue;
		say(evidence, "%s has mounted with %s", m->hosts[i].name, option);
		return true;
	}
	return false;
}

static bool is_nfs(const struct result *result)
{
	const struct manifest *m = result->manifest;

	return m->host_count && m->hosts[0].fstype &&
	       strncmp(m->hosts[0].fstype, "nfs", 3) == 0;
}

/* Was strategy @i unsafe?  Then what was found is evidence. */
static bool was_unsafe(const struct result *result, size_t i,
		       struct evidence_text *evidence)
{
	if (result->judgments[i].verdict != VERDICT_UNSAFE)
		return false;
	say(evidence, "%s: %s", result->manifest->strategies[i].name,
	    result->judgments[i].reason);
	return true;
}

static bool preset_unsafe(const struct result *result, const char *preset,
			  struct evidence_text *evidence)
{
	bool found = false;

	for (size_t i = 0; i < result->manifest->strategy_count; i++)
		if (strcmp(result->manifest->strategies[i].preset, preset) == 0)
			found |= was_unsafe(result, i, evidence);
	return found;
}

static bool preset_is(const struct result *result, const char *preset,
		      enum verdict verdict)
{
	for (size_t i = 0; i < result->manifest->strategy_count; i++)
		if (strcmp(result->manifest->strategies[i].preset, preset) == 0 &&
		    result->judgments[i].verdict == verdict)
			return true;
	return false;
}

/* A count above 0 of @kind, in strategies with an exclusive lock if @locked. */
static bool kind_found(const struct result *result, enum anomaly kind, bool locked,
		       struct evidence_text *evidence)
{
	bool found = false;

	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		const struct manifest_strategy *s = &result->manifest->strategies[i];
		int64_t count = result->judgments[i].anomalies[kind];

		if (count <= 0 || (locked && (!s->exclusive_lock || s->control)))
			continue;
		say(evidence, "%s: %" PRId64 " %s", s->name, count,
		    anomaly_table[kind].name);
		found = true;
	}
	return found;
}

/* ---- the rules ------------------------------------------------------------ */

static bool find_local_locks(const struct result *result,
			     struct evidence_text *evidence)
{
	return some_host_has(result, "nolock", evidence) ||
	       some_host_has(result, "local_lock=all", evidence) ||
	       some_host_has(result, "local_lock=flock", evidence) ||
	       some_host_has(result, "local_lock=posix", evidence);
}

static bool locked_unsafe(const struct result *result, struct evidence_text *evidence)
{
	bool found = false;

	for (size_t i = 0; i < result->manifest->strategy_count; i++)
		if (result->manifest->strategies[i].exclusive_lock &&
		    !result->manifest->strategies[i].control)
			found |= was_unsafe(result, i, evidence);
	return found;
}

/* Answers of the probes of a check, so many as evidence. */
#define HARMS_SAID 3

/* Did the locks give a harmful answer to @probe (NULL: to any)? */
static bool harm_answered(const struct result *result, const char *probe,
			  struct evidence_text *evidence)
{
	const struct check_facts *check = &result->manifest->check;
	size_t found = 0;

	for (size_t i = 0; i < check->harm_count; i++) {
		const struct check_harm *h = &check->harms[i];

		if (probe && strcmp(h->probe, probe) != 0)
			continue;
		if (found++ < HARMS_SAID)
			say(evidence, "%s, %s, %s: %s", h->lock, h->scope, h->question,
			    h->answer);
	}
	if (found > HARMS_SAID)
		say(evidence, "and %zu more answers", found - HARMS_SAID);
	return found;
}

/* Did a lock fail, in a strategy or in a probe? */
static bool lock_failed(const struct result *result, struct evidence_text *evidence)
{
	bool found = locked_unsafe(result, evidence);

	return harm_answered(result, NULL, evidence) || found;
}

static bool find_local_locks_harm(const struct result *result,
				  struct evidence_text *evidence)
{
	return find_local_locks(result, evidence) && lock_failed(result, evidence);
}

static bool find_local_locks_risk(const struct result *result,
				  struct evidence_text *evidence)
{
	struct evidence_text unused = {0};

	return find_local_locks(result, evidence) && !lock_failed(result, &unused);
}

static bool find_overlap(const struct result *result, struct evidence_text *evidence)
{
	struct evidence_text unused = {0};

	bool found;

	if (find_local_locks(result, &unused))
		return false;
	found = kind_found(result, ANOMALY_LOCK_OVERLAP, true, evidence);
	return harm_answered(result, "exclusive-excludes-exclusive", evidence) || found;
}

/* Where nothing else explains it. */
static bool find_harmful_answers(const struct result *result,
				 struct evidence_text *evidence)
{
	struct evidence_text unused = {0};

	return !find_local_locks(result, &unused) && !find_overlap(result, &unused) &&
	       harm_answered(result, NULL, evidence);
}

static bool find_bare_append(const struct result *result,
			     struct evidence_text *evidence)
{
	return preset_unsafe(result, "append", evidence);
}

static bool find_sidecar(const struct result *result, struct evidence_text *evidence)
{
	return preset_unsafe(result, "sidecar", evidence);
}

static bool find_unaligned(const struct result *result, struct evidence_text *evidence)
{
	return preset_unsafe(result, "sequencer", evidence);
}

static bool find_flock_only(const struct result *result, struct evidence_text *evidence)
{
	return preset_is(result, "fcntl", VERDICT_SAFE) &&
	       preset_unsafe(result, "flock", evidence);
}

static bool find_stale_read(const struct result *result, struct evidence_text *evidence)
{
	struct evidence_text unused = {0};

	/* Who does not have the lock may well miss what others leave. */
	return !find_local_locks(result, &unused) &&
	       kind_found(result, ANOMALY_STALE_READ, true, evidence);
}

static bool find_divergence(const struct result *result, struct evidence_text *evidence)
{
	return kind_found(result, ANOMALY_DIVERGENT_VIEW, false, evidence);
}

static bool find_stale_cache(const struct result *result,
			     struct evidence_text *evidence)
{
	bool found = false;

	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		int64_t count = result->judgments[i].stale_cache;

		if (count <= 0)
			continue;
		say(evidence, "%s: %" PRId64 " block%s",
		    result->manifest->strategies[i].name, count, count == 1 ? "" : "s");
		found = true;
	}
	return found;
}

static bool find_foreign(const struct result *result, struct evidence_text *evidence)
{
	return kind_found(result, ANOMALY_FOREIGN, false, evidence);
}

static bool find_no_lock_manager(const struct result *result,
				 struct evidence_text *evidence)
{
	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		const struct manifest_strategy *s = &result->manifest->strategies[i];

		if (s->ran || s->skipped_errnum != ENOLCK)
			continue;
		say(evidence, "%s: %s", s->name, s->skipped ? s->skipped : "skipped");
		return true;
	}
	return false;
}

static bool find_udp(const struct result *result, struct evidence_text *evidence)
{
	return some_host_has(result, "proto=udp", evidence) ||
	       some_host_has(result, "proto=udp6", evidence);
}

static bool find_soft(const struct result *result, struct evidence_text *evidence)
{
	return some_host_has(result, "soft", evidence) ||
	       some_host_has(result, "softerr", evidence);
}

static bool find_nocto(const struct result *result, struct evidence_text *evidence)
{
	return some_host_has(result, "nocto", evidence);
}

static bool find_noac(const struct result *result, struct evidence_text *evidence)
{
	return some_host_has(result, "noac", evidence) ||
	       some_host_has(result, "acregmax=0", evidence);
}

static bool find_polling_waiters(const struct result *result,
				 struct evidence_text *evidence)
{
	return some_host_has(result, "vers=4.0", evidence);
}

static bool find_recovered_locks(const struct result *result,
				 struct evidence_text *evidence)
{
	const struct manifest *m = result->manifest;

	for (size_t i = 0; i < m->host_count; i++) {
		if (!mount_option_set(m->hosts[i].module_options,
				      "recover_lost_locks=Y"))
			continue;
		say(evidence, "%s runs with nfs.recover_lost_locks=Y",
		    m->hosts[i].name);
		return true;
	}
	return false;
}

/* The text of one fact of a host; different ones are worth a word. */
static const char *fact_source(const struct manifest_host *host)
{
	return host->mount_source;
}

static const char *fact_fstype(const struct manifest_host *host)
{
	return host->fstype;
}

static const char *fact_kernel(const struct manifest_host *host)
{
	return host->kernel;
}

static bool hosts_differ(const struct result *result,
			 const char *(*fact)(const struct manifest_host *host),
			 struct evidence_text *evidence)
{
	const struct manifest *m = result->manifest;

	for (size_t i = 1; i < m->host_count; i++) {
		const char *first = fact(&m->hosts[0]), *other = fact(&m->hosts[i]);

		if (!first || !other || strcmp(first, other) == 0)
			continue;
		say(evidence, "%s: %s; %s: %s", m->hosts[0].name, first,
		    m->hosts[i].name, other);
		return true;
	}
	return false;
}

/* Preflight has seen to it that all hosts share the directory itself. */
static bool find_other_source(const struct result *result,
			      struct evidence_text *evidence)
{
	return is_nfs(result) && (hosts_differ(result, fact_source, evidence) ||
				  hosts_differ(result, fact_fstype, evidence));
}

static bool find_other_kernel(const struct result *result,
			      struct evidence_text *evidence)
{
	return hosts_differ(result, fact_kernel, evidence);
}

/* Of one version, cache and lock option each: what two hosts may differ in. */
static bool find_other_options(const struct result *result,
			       struct evidence_text *evidence)
{
	static const char *const options[] = {
		"vers=3",  "vers=4.0", "vers=4.1",   "vers=4.2", "noac", "nocto",
		"actimeo", "nolock",   "local_lock", "soft",	 "sync", "noalignwrite",
	};
	const struct manifest *m = result->manifest;

	for (size_t i = 1; i < m->host_count; i++) {
		for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++) {
			bool first =
				mount_option_set(m->hosts[0].mount_options, options[k]);
			bool other =
				mount_option_set(m->hosts[i].mount_options, options[k]);

			if (first == other)
				continue;
			say(evidence, "%s only on %s, not on %s", options[k],
			    m->hosts[first ? 0 : i].name, m->hosts[first ? i : 0].name);
			return true;
		}
	}
	return false;
}

static bool find_unmeasured_clock(const struct result *result,
				  struct evidence_text *evidence)
{
	const struct manifest *m = result->manifest;

	for (size_t i = 0; i < m->host_count; i++) {
		if (m->hosts[i].sample_count || !m->rank_count || i == m->rank_host[0])
			continue;
		say(evidence, "the clock of %s was never compared", m->hosts[i].name);
		return true;
	}
	return false;
}

static bool find_one_host(const struct result *result, struct evidence_text *evidence)
{
	const struct manifest *m = result->manifest;

	if (m->local_fs || m->host_count != 1 || m->check.local)
		return false;
	say(evidence, "all ranks ran on %s", m->hosts[0].name);
	return true;
}

static bool find_local_fs(const struct result *result, struct evidence_text *evidence)
{
	const struct manifest *m = result->manifest;

	if (!m->local_fs || !m->host_count || m->check.local)
		return false;
	say(evidence, "%s is %s", m->data_dir,
	    m->hosts[0].fstype ? m->hosts[0].fstype : "local");
	return true;
}

static bool find_little_contention(const struct result *result,
				   struct evidence_text *evidence)
{
	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		const struct judgment *j = &result->judgments[i];

		if (j->verdict != VERDICT_INCONCLUSIVE || !j->contention_applies ||
		    (j->contention >= 0.01 && j->handoffs >= 30))
			continue;
		say(evidence, "%s: contention %.2f %%, %" PRIu64 " hand-offs",
		    result->manifest->strategies[i].name, j->contention * 100,
		    j->handoffs);
		return true;
	}
	return false;
}

static bool find_async(const struct result *result, struct evidence_text *evidence)
{
	if (!is_nfs(result))
		return false;
	say(evidence, "a client cannot see how %s is exported",
	    result->manifest->hosts[0].mount_source
		    ? result->manifest->hosts[0].mount_source
		    : "it");
	return true;
}

static const struct rule {
	const char *id;
	enum advice_weight weight;
	bool (*find)(const struct result *result, struct evidence_text *evidence);
	const char *cause, *remedy, *source;
} rules[] = {
	{"local-locks", ADVICE_HARM, find_local_locks_harm,
	 "The mount keeps these locks on each client, so that two hosts hold the same "
	 "one at once.",
	 "Mount without nolock and local_lock=; over NFSv3 run rpc.statd on clients "
	 "and server.",
	 "nfs(5), nolock and local_lock"},
	{"locks-not-honoured", ADVICE_HARM, find_overlap,
	 "The server grants a lock that another host holds.",
	 "Report it to the vendor of the server with the two holds that verify "
	 "--explain lock_overlap shows; until then let one process write.",
	 "RFC 8881, section 9.1; fcntl(2)"},
	{"locks-answer-otherwise", ADVICE_HARM, find_harmful_answers,
	 "The locks do here what no manual promises, and programs that rely on these "
	 "will "
	 "lose data or wait for ever.",
	 "See probe.txt for each answer; use the kinds of lock without such answers, "
	 "and "
	 "report it to the vendor of the server.",
	 "tailrace list probes, with the manual of each"},
	{"flock-not-shared", ADVICE_HARM, find_flock_only,
	 "flock stays on the client here while POSIX record locks reach the server.",
	 "Lock by fcntl (lockf), or mount without local_lock=flock.",
	 "flock(2), NFS details; nfs(5), local_lock"},
	{"append-is-not-atomic", ADVICE_HARM, find_bare_append,
	 "NFS has no append: the client asks for the size and writes there, and two "
	 "clients ask at the same time.",
	 "Do not rely on O_APPEND between hosts: take a lock that is safe here, or "
	 "write "
	 "a file per writer and merge.",
	 "open(2), O_APPEND; Linux NFS FAQ, A9"},
	{"sidecar-lock", ADVICE_HARM, find_sidecar,
	 "A lock on another file does not make the client fetch the size of the data "
	 "file anew.",
	 "Lock the data file itself, or open it after the lock was taken.",
	 "Linux NFS FAQ, A8 (close-to-open)"},
	{"unaligned-writes", ADVICE_HARM, find_unaligned,
	 "A client may widen a write to the whole page, and so write back old bytes of "
	 "its neighbours.",
	 "Align each writer's ranges to pages (sequencer-aligned), or write with "
	 "O_DSYNC or O_DIRECT.",
	 "Linux fs/nfs/write.c, nfs_can_extend_write()"},
	{"stale-under-lock", ADVICE_HARM, find_stale_read,
	 "A client served old bytes from its cache after it had got the lock.",
	 "Lock the data file itself: under a lock file a client goes by close-to-open, "
	 "and "
	 "over NFSv3 by the file's size and times, which a server may keep to 10 ms. "
	 "Else "
	 "look for nocto or a cache between client and server, or read with O_DIRECT.",
	 "fcntl(2); nfs(5), Data and metadata coherence"},
	{"divergent-view", ADVICE_HARM, find_divergence,
	 "Hosts read different bytes of a file that nobody writes any more.",
	 "Are all hosts on the same export of the same server? Then a cache is broken: "
	 "keep the run folder for the vendor.",
	 "Linux NFS FAQ, A8 (close-to-open)"},
	{"foreign-bytes", ADVICE_HARM, find_foreign,
	 "Bytes stand in the file that no writer of this run wrote.",
	 "Does anybody else write there? Else the storage or the transport corrupts "
	 "data: check the link, UDP, and the server's disks.",
	 "nfs(5), Using NFS over UDP on high-speed links"},
	{"no-lock-manager", ADVICE_RISK, find_no_lock_manager,
	 "There is no lock manager that this client can reach.",
	 "Over NFSv3 start rpcbind and rpc.statd on clients and server and open their "
	 "ports; or mount by NFSv4.",
	 "nfs(5), Using file locks with NFS"},
	{"local-locks", ADVICE_RISK, find_local_locks_risk,
	 "The mount keeps locks on each client.",
	 "Mount without nolock and local_lock=: that nothing went wrong here was luck.",
	 "nfs(5), nolock and local_lock"},
	{"stale-cache", ADVICE_RISK, find_stale_cache,
	 "A host that opened the closed file read old bytes at first.",
	 "Whoever reads what others just wrote should open it anew, or by O_DIRECT; "
	 "look for nocto and long actimeo.",
	 "nfs(5), Data and metadata coherence"},
	{"soft-mount", ADVICE_RISK, find_soft,
	 "A soft mount gives up: a call fails although the server may have done it.",
	 "Mount hard, unless every writer treats an error as \"may have happened\".",
	 "nfs(5), soft, softerr, hard"},
	{"udp", ADVICE_RISK, find_udp,
	 "Over UDP, fragments of different requests can be put together into one.",
	 "Mount with proto=tcp.", "nfs(5), Using NFS over UDP on high-speed links"},
	{"recovered-locks", ADVICE_RISK, find_recovered_locks,
	 "A client that lost its locks takes them again silently, while another may "
	 "have written in between.",
	 "Set nfs.recover_lost_locks=N: then such a writer gets EIO.",
	 "fcntl(2), Record locking and NFS"},
	{"nocto", ADVICE_RISK, find_nocto,
	 "Without close-to-open an open need not see what others wrote and closed.",
	 "Mount without nocto where lock files, links, or readers on other hosts "
	 "are used.",
	 "nfs(5), nocto"},
	{"no-attribute-cache", ADVICE_RISK, find_noac,
	 "Asking for the size before each append narrows the race and does not close "
	 "it, and every write waits for the server.",
	 "Lock instead; noac is no cure for O_APPEND.", "nfs(5), ac / noac"},
	{"polling-waiters", ADVICE_RISK, find_polling_waiters,
	 "A waiter of NFSv4.0 asks again after 1, 2, 4 to 30 s: long waits, unfair "
	 "order.",
	 "Mount with vers=4.1 or 4.2, whose server can call a waiter back.",
	 "Linux fs/nfs/nfs4proc.c; RFC 8881, section 20.11"},
	{"different-sources", ADVICE_RISK, find_other_source,
	 "The hosts share this directory and yet have mounted it by different names "
	 "or types.",
	 "Mount the same export of the same server on all hosts: different addresses "
	 "may be different gateways.",
	 "proc(5), mountinfo"},
	{"different-options", ADVICE_RISK, find_other_options,
	 "The hosts have mounted it in different ways, and the weakest counts.",
	 "Give all hosts the same mount options, and test again.", "nfs(5)"},
	{"different-kernels", ADVICE_NOTE, find_other_kernel,
	 "The hosts run different kernels, whose clients may behave differently.",
	 "Test each pair that will be used together.", "uname(2)"},
	{"one-host", ADVICE_NOTE, find_one_host,
	 "One client's page cache hides every race from itself.",
	 "Run from two hosts at least: tailrace check --hosts A,B DIR.",
	 "Linux NFS FAQ, A8"},
	{"local-file-system", ADVICE_NOTE, find_local_fs,
	 "This is no shared mount: one kernel sees everything.",
	 "Give the directory that several hosts have mounted.", "proc(5), mountinfo"},
	{"little-contention", ADVICE_NOTE, find_little_contention,
	 "The writers hardly met, so that nothing could go wrong.",
	 "Run longer, with more ranks, or --thorough.",
	 "docs/guarantees.md, Contention"},
	{"unmeasured-clock", ADVICE_NOTE, find_unmeasured_clock,
	 "Nothing about time can be proven between these hosts.",
	 "Let UDP through between the hosts.", "docs/guarantees.md, Clocks"},
	{"async-export", ADVICE_NOTE, find_async,
	 "An async export loses what it acknowledged when the server crashes, and no "
	 "test without a crash can show that.",
	 "Make sure that the server exports sync.", "exports(5), async"},
};

size_t advice_give(const struct result *result, struct advice *ret_advice)
{
	size_t count = 0;

	_Static_assert(sizeof(rules) / sizeof(rules[0]) <= ADVICE_MAX, "ADVICE_MAX");
	for (int weight = ADVICE_HARM; weight <= ADVICE_NOTE; weight++) {
		for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
			struct advice *advice = &ret_advice[count];
			struct evidence_text evidence = {advice->evidence,
							 sizeof(advice->evidence)};

			advice->evidence[0] = '\0';
			if ((int)rules[i].weight != weight ||
			    !rules[i].find(result, &evidence))
				continue;
			advice->id = rules[i].id;
			advice->weight = rules[i].weight;
			advice->cause = rules[i].cause;
			advice->remedy = rules[i].remedy;
			advice->source = rules[i].source;
			count++;
		}
	}
	return count;
}
