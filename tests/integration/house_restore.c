/* A backup is one only when it was put back (R40): made by script, restored beside the lab, verified whole, the result recorded. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "house_support.h"
#include "support/house.h"

#define SQL(...) arena_printf(house_arena(), __VA_ARGS__)

/* As the house's user with the cluster's environment; $1 is the house's folder, $2 that of its copies. */
static int shell(const char **ret_said, const char *words)
{
    const char *script = SQL("set -eu; . \"$1/cluster/env\"; PATH=/usr/lib/postgresql/15/bin:$PATH; dir=/; . %s/deploy/lib/user.sh;"
                             " as_house sh -euc '%s' sh \"$1\" \"$2\"", STEMMA_SOURCE, words);
    return house_run(ret_said, "/bin/sh", "-c", script, "sh", house_dir(), SQL("%s/backups", house_dir()), NULL);
}

static const char *back_up(void)
{
    const char *said;
    assert_int_equal(shell(&said, "rm -rf \"$2\"; exec \"$1/bin/stemma-backup\" make \"$2\""), 0);
    return arena_dup(house_arena(), said, strcspn(said, "\n"));
}

static int restore_test(const char **ret_said)
{
    return house_run(ret_said, "stemma-audit", "restore-test", "--config", SQL("%s/etc/audit.ini", house_dir()), "--backups",
                     SQL("%s/backups", house_dir()), "--json", NULL);
}

/* the newest that the log knows of, as anybody at a terminal sees it */
static const struct restore_row *last(void)
{
    static struct restore_rows out;
    struct err e;
    if (desk_call(house_login("U-RUTH")->desk, house_arena(), "audit.restores", NULL, &out, &e) != 0)
        fail_msg("audit.restores: %s", e.text);
    assert_true(out.tests.count > 0);
    return LIST_AT(out.tests, const struct restore_row, 0);
}

CASE(R40_backup_is_put_back_and_verified_and_the_result_is_recorded)
{
    const char *said;
    int64_t began_ms = clock_ms(), entries = strtoll(house_sql("select count(*) from ledger.entry"), NULL, 10);
    const char *copy = back_up();
    assert_int_equal(access(SQL("%s/about", copy), R_OK), 0);
    assert_int_equal(restore_test(&said), 0);
    assert_non_null(strstr(said, "\"holds\":true"));
    assert_non_null(strstr(said, "\"scope\":\"copy\""));
    assert_non_null(strstr(said, "\"state\":\"done\""));
    assert_null(strstr(said, "notes"));      /* nothing was left out */
    const struct restore_row *r = last();
    assert_int_equal(r->holds, 1);
    assert_true(r->tested_at >= began_ms && r->backup_at >= began_ms - 1000);
    assert_true(r->entries >= entries);
    assert_string_equal(house_sql(SQL("select type from ledger.entry where stream = 'SYS' and seq = %lld", (long long)r->seq)),
                        "log.restore_test");
    assert_int_equal(house_verify(true)->holds, 1);      /* and the live record is as it was */
}

CASE(R40_damaged_copy_is_said_to_be)
{
    const char *said, *copy = back_up();
    FILE *f = fopen(SQL("%s/dump", copy), "r+");
    assert_non_null(f);
    assert_int_equal(fseek(f, -100, SEEK_END), 0);
    int was = fgetc(f);
    assert_int_equal(fseek(f, -100, SEEK_END), 0);
    fputc(was ^ 1, f);
    fclose(f);
    assert_int_equal(restore_test(&said), 1);
    assert_non_null(strstr(said, "is damaged"));
    assert_int_equal(last()->holds, 0);
    assert_non_null(strstr(last()->text, "damaged"));
}

/* The copy is what was copied: what is wrong in it is named as in the live record. */
CASE(R40_copy_of_a_changed_record_is_named)
{
    const char *said;
    const char *stream = arena_text(house_arena(), house_sql("select min(stream) from ledger.entry where stream like 'B-%' and seq = 1"));
    const char *flip = SQL("set session_replication_role = replica; update ledger.entry set statement ="
                           " set_byte(statement, 70, get_byte(statement, 70) # 1) where stream = '%s' and seq = 1", stream);
    house_sql(flip);
    back_up();
    house_sql(flip);
    assert_int_equal(restore_test(&said), 1);
    assert_non_null(strstr(said, SQL("\"rule\":\"stmt\",\"seq\":1,\"stream\":\"%s\"", stream)));
    assert_int_equal(last()->holds, 0);
    assert_non_null(strstr(last()->text, stream));
}

CASE(R40_no_copy_is_no_test)
{
    const char *said;
    int64_t before = strtoll(house_sql("select count(*) from ledger.entry where type = 'log.restore_test'"), NULL, 10);
    assert_int_equal(shell(NULL, "rm -rf \"$2\"; mkdir \"$2\" \"$2/.half-1\""), 0);
    assert_int_equal(restore_test(&said), 3);
    assert_int_equal(strtoll(house_sql("select count(*) from ledger.entry where type = 'log.restore_test'"), NULL, 10), before);
}

/* A dump that cannot be made leaves nothing that could be taken for a copy; of those that are there the newest are kept. */
CASE(R40_copy_is_whole_or_not_there)
{
    const char *said;
    assert_int_not_equal(shell(NULL, "rm -rf \"$2\"; PGDATABASE=nowhere \"$1/bin/stemma-backup\" make \"$2\" 2>/dev/null"), 0);
    assert_int_equal(shell(&said, "exec \"$1/bin/stemma-backup\" list \"$2\""), 0);
    assert_string_equal(said, "");
    assert_int_equal(shell(&said, "for n in 1 2 3; do \"$1/bin/stemma-backup\" make \"$2\" 2 >/dev/null; sleep 1.1; done;"
                                  " \"$1/bin/stemma-backup\" list \"$2\" | wc -l"), 0);
    assert_int_equal(strtol(said, NULL, 10), 2);
}

static const char *sha256_of(const char *path)
{
    const char *said;
    assert_int_equal(house_run(&said, "/usr/bin/sha256sum", path, NULL), 0);
    return arena_dup(house_arena(), said, 64);
}

/* Software version and hash of the settings, of every record: the log says from when on a service recorded by which. */
CASE(R40_software_and_settings_of_every_record_are_in_the_log)
{
#define PROGRAMS                                                                                                           \
    "(select split_part(convert_from(statement, 'UTF8'), E'\\n\\n', 2)::jsonb as p from ledger.entry"                      \
    " where stream = 'SYS' and type = 'log.program') q"
    static const char *const services[] = {"access", "source", "batch", "quality", "custody", "release", "sequencer"};
    assert_string_equal(house_sql("select count(*) from ledger.entry e where stream <> 'SYS' and not exists (select from " PROGRAMS
                                  " where p ->> 'service' = split_part(e.type, '.', 1)"
                                  " and extract(epoch from (p ->> 'began_at')::timestamptz) * 1000 <= e.time_ms)"), "0");
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        const char *program = sha256_of(SQL("%s/bin/stemma-%s", house_dir(), services[i]));
        const char *settings = sha256_of(SQL("%s/etc/%s.ini", house_dir(), services[i]));
        assert_string_equal(house_sql(SQL("select p ->> 'program_sha256' || ' ' || (p ->> 'settings_sha256') from " PROGRAMS
                                          " where p ->> 'service' = '%s' order by p ->> 'began_at' desc limit 1", services[i])),
                            SQL("%s %s", program, settings));
    }
}

/* By hand, as after a disaster: into a new database of a server. */
CASE(R40_copy_is_restored_by_the_same_script)
{
    const char *copy = back_up(), *rows = arena_text(house_arena(), house_sql("select count(*) from ledger.entry"));
    assert_int_equal(shell(NULL, SQL("exec \"$1/bin/stemma-backup\" restore %s test_restored", copy)), 0);
    const char *said;
    assert_int_equal(shell(&said, "psql -X -A -t -d test_restored -c \"select count(*) from ledger.entry\""), 0);
    assert_true(strtoll(said, NULL, 10) >= strtoll(rows, NULL, 10));
    assert_int_equal(shell(&said, "psql -X -A -t -d test_restored -c \"select count(*) from ledger.halt\""), 0);
    assert_string_equal(said, "1\n");        /* nothing is recorded in it until the notary was asked */
    assert_int_equal(shell(NULL, SQL("! \"$1/bin/stemma-backup\" restore %s test_restored 2>/dev/null", copy)), 0);
    assert_int_equal(shell(NULL, "psql -X -q -d postgres -c \"drop database test_restored\"; rm -rf \"$2\""), 0);
}
