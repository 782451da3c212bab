/* hosts - ranks are grouped by NFS client, and names tell hosts apart. */
#include "mpi/hosts.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static struct host_identity host(const char *name, const char *client)
{
	struct host_identity identity = {.kernel = "6.1"};

	snprintf(identity.name, sizeof(identity.name), "%s", name);
	snprintf(identity.client, sizeof(identity.client), "%s", client);
	return identity;
}

START_TEST(ranks_of_one_client_share_a_host)
{
	const struct host_identity ranks[] = {
		host("a", "boot1:1"),
		host("b", "boot2:1"),
		host("a", "boot1:1"),
		host("b", "boot2:1"),
	};
	struct hosts hosts;

	ck_assert_int_eq(hosts_group(&hosts, ranks, 4), 0);
	ck_assert_uint_eq(hosts.count, 2);
	ck_assert_uint_eq(hosts.host[0].leader, 0);
	ck_assert_uint_eq(hosts.host[1].leader, 1);
	ck_assert_uint_eq(hosts.host[0].rank_count, 2);
	ck_assert_uint_eq(hosts.rank_host[2], 0);
	ck_assert_uint_eq(hosts.rank_host[3], 1);
	ck_assert(hosts_is_leader(&hosts, 1));
	ck_assert(!hosts_is_leader(&hosts, 3));
	hosts_release(&hosts);
	hosts_release(&hosts);
}
END_TEST

/* A network namespace is an NFS client of its own, even on one machine. */
START_TEST(a_namespace_is_a_host)
{
	const struct host_identity ranks[] = {
		host("a", "boot1:1"),
		host("b", "boot1:2"),
	};
	struct hosts hosts;

	ck_assert_int_eq(hosts_group(&hosts, ranks, 2), 0);
	ck_assert_uint_eq(hosts.count, 2);
	hosts_release(&hosts);
}
END_TEST

/* Two names for one client are one host: the leader's name counts. */
START_TEST(a_client_of_two_names_is_one_host)
{
	const struct host_identity ranks[] = {
		host("a", "boot1:1"),
		host("b", "boot1:1"),
	};
	struct hosts hosts;

	ck_assert_int_eq(hosts_group(&hosts, ranks, 2), 0);
	ck_assert_uint_eq(hosts.count, 1);
	ck_assert_str_eq(hosts.host[0].identity.name, "a");
	hosts_release(&hosts);
}
END_TEST

START_TEST(equal_names_are_told_apart)
{
	const struct host_identity ranks[] = {
		host("n", "1"),
		host("n", "2"),
		host("n#2", "3"),
		host("n", "4"),
	};
	struct hosts hosts;

	ck_assert_int_eq(hosts_group(&hosts, ranks, 4), 0);
	ck_assert_uint_eq(hosts.count, 4);
	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(hosts.host[i].identity.name,
					 hosts.host[j].identity.name);
	ck_assert_str_eq(hosts.host[0].identity.name, "n");
	ck_assert_str_eq(hosts.host[1].identity.name, "n#2");
	hosts_release(&hosts);
}
END_TEST

START_TEST(this_host_has_an_identity)
{
	struct host_identity identity;
	struct error err = {""};

	ck_assert_int_eq(host_identity_read(&identity, &err), 0);
	ck_assert(identity.name[0]);
	ck_assert(identity.kernel[0]);
	ck_assert(strchr(identity.client, ':'));
}
END_TEST

UNIT_MAIN("hosts", 60, ranks_of_one_client_share_a_host, a_namespace_is_a_host,
	  a_client_of_two_names_is_one_host, equal_names_are_told_apart,
	  this_host_has_an_identity)
