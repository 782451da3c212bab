/* hosts - see hosts.h. */
#include "mpi/hosts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"
#define NETNS_FILE   "/proc/self/ns/net"

/* proc(5): a random number in the form of a UUID, made at each boot. */
static int read_boot_id(char *ret_text, size_t size)
{
	FILE *file = fopen(BOOT_ID_FILE, "re");
	char line[64];

	if (!file)
		return -errno;
	if (!fgets(line, sizeof(line), file)) {
		fclose(file);
		return -EIO;
	}
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	snprintf(ret_text, size, "%s", line);
	return 0;
}

int host_identity_read(struct host_identity *ret_identity, struct error *err)
{
	struct host_identity identity = {0};
	struct utsname names;
	char boot_id[64];
	struct stat st;
	int rc;

	rc = read_boot_id(boot_id, sizeof(boot_id));
	if (rc < 0)
		return error_sys(err, -rc, "cannot tell hosts apart by " BOOT_ID_FILE);
	/* namespaces(7): equal device and inode means the same namespace. */
	if (stat(NETNS_FILE, &st) < 0)
		return error_sys(err, errno, "cannot tell hosts apart by " NETNS_FILE);
	uname(&names);
	snprintf(identity.name, sizeof(identity.name), "%s", names.nodename);
	snprintf(identity.kernel, sizeof(identity.kernel), "%s", names.release);
	snprintf(identity.client, sizeof(identity.client), "%s:%llu", boot_id,
		 (unsigned long long)st.st_ino);
	*ret_identity = identity;
	return 0;
}

static size_t find_client(const struct hosts *hosts, const char *client)
{
	size_t i = 0;

	while (i < hosts->count && strcmp(hosts->host[i].identity.client, client) != 0)
		i++;
	return i;
}

/* Append "#N" where hosts before @index bear the same name. */
static void make_name_unique(struct hosts *hosts, size_t index)
{
	char name[sizeof(hosts->host[0].identity.name)];
	struct host *host = &hosts->host[index];
	unsigned int copy = 1;

	snprintf(name, sizeof(name), "%s", host->identity.name);
	for (size_t i = 0; i < index; i++) {
		if (strcmp(hosts->host[i].identity.name, host->identity.name) != 0)
			continue;
		snprintf(host->identity.name, sizeof(host->identity.name), "%.200s#%u",
			 name, ++copy);
		i = (size_t)-1; /* the new name might be taken as well */
	}
}

int hosts_group(struct hosts *hosts, const struct host_identity *identities,
		uint32_t count)
{
	struct hosts h = {.rank_count = count};

	h.host = calloc(count, sizeof(*h.host));
	h.rank_host = calloc(count, sizeof(*h.rank_host));
	if (!h.host || !h.rank_host) {
		hosts_release(&h);
		return -ENOMEM;
	}
	for (uint32_t rank = 0; rank < count; rank++) {
		size_t i = find_client(&h, identities[rank].client);

		if (i == h.count) {
			h.host[i].identity = identities[rank];
			h.host[i].leader = rank;
			make_name_unique(&h, i);
			h.count++;
		}
		h.host[i].rank_count++;
		h.rank_host[rank] = (uint32_t)i;
	}
	*hosts = h;
	return 0;
}

int hosts_init(struct hosts *hosts, const struct world *world, struct error *err)
{
	struct host_identity mine = {0};
	struct host_identity *all;
	int rc, own_rc;

	/* A rank that cannot read its own must not leave the others waiting. */
	own_rc = host_identity_read(&mine, err);
	all = calloc(world->size, sizeof(*all));
	if (!all)
		return error_sys(err, ENOMEM, "cannot hold the names of the hosts");
	rc = world_all_gather(world, &mine, sizeof(mine), all);
	if (rc < 0)
		error_sys(err, -rc, "the ranks cannot exchange their host names");
	for (uint32_t rank = 0; rc == 0 && rank < world->size; rank++) {
		all[rank].name[sizeof(all[rank].name) - 1] = '\0';
		all[rank].client[sizeof(all[rank].client) - 1] = '\0';
		all[rank].kernel[sizeof(all[rank].kernel) - 1] = '\0';
		if (!all[rank].client[0] && own_rc == 0)
			rc = error_set(err, EIO,
				       "rank %u cannot tell what host it is on", rank);
	}
	if (rc == 0)
		rc = own_rc ? own_rc : hosts_group(hosts, all, world->size);
	free(all);
	return rc;
}

void hosts_release(struct hosts *hosts)
{
	free(hosts->host);
	free(hosts->rank_host);
	memset(hosts, 0, sizeof(*hosts));
}

bool hosts_is_leader(const struct hosts *hosts, uint32_t rank)
{
	return hosts->host[hosts->rank_host[rank]].leader == rank;
}
