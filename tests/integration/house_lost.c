/*
 * What the notary refuses in a whole house. An older copy of the database is put back (ledger 6.5: Venafi 2017, TrustAsia 2021): nothing is
 * recorded and nothing is signed until the newer copy is found, or, when it is lost for good, until the recovery was walked to its end. A bit
 * turns between integrating and signing (ledger 6.4: Yeti 2022): nothing is signed until it reads as it was logged.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "house_support.h"
#include "short_batch.h"
#include "support/house.h"

#define SQL(...) arena_printf(house_arena(), __VA_ARGS__)
#define WATCH_S 8        /* longer than the sequencer waits between two tries */
#define PATIENCE_S 90

/* ${words} with the cluster's environment, as whoever owns it; the house's folder is $1 */
static void shell(const char *words)
{
    const char *script = SQL("set -eu; . \"$1/cluster/env\"; PATH=/usr/lib/postgresql/15/bin:$PATH; %s", words);
    assert_int_equal(house_run(NULL, "/bin/sh", "-c", script, "sh", house_dir(), NULL), 0);
}

static void setup(const char *what, const char *name)
{
    house_forget();
    assert_int_equal(house_run(NULL, getenv("STEMMA_SETUP"), what, house_dir(), getenv("STEMMA_BUILD"), name, NULL), 0);
}

static void stop(void)
{
    house_forget();
    assert_int_equal(house_run(NULL, "stemma-supervisor", "stop", SQL("%s/etc/supervisor.ini", house_dir()), NULL), 0);
}

static struct log_state log_now(void)
{
    struct log_state log;
    struct err e;
    if (desk_call(house_login("U-RUTH")->desk, house_arena(), "sequencer.status", NULL, &log, &e) != 0)
        fail_msg("sequencer.status: %s", e.text);
    return log;
}

static struct notary_state notary(void)
{
    struct notary_state n;
    struct err e;
    if (desk_call(house_login("U-RUTH")->desk, house_arena(), "notary.state", NULL, &n, &e) != 0)
        fail_msg("notary.state: %s", e.text);
    return n;
}

static int register_donor(const char *id)
{
    struct err e;
    struct donor_register in;
    struct house_person *clara = house_login("U-CLARA");
    record_init(&record_donor_register, &in);
    in.donor_id = id;
    in.tissue = "marrow";
    in.use = "allogeneic";
    in.subject = "donor";
    int code = desk_act(clara->desk, house_arena(), "source.donor_register", &in, house_secret(clara), NULL, &e);
    if (code != 0)
        print_message("%s: %s\n", err_row(code)->code, e.text);
    return code;
}

static const char *new_donor(void)
{
    static int n;
    return SQL("D-%lld%d", (long long)clock_ms(), n++);
}

/* until a checkpoint covers all that services recorded; what the log says of itself comes behind it */
static void wait_signed(void)
{
    for (int i = 0; i < PATIENCE_S * 5; i++) {
        if (strcmp(house_sql("select not exists (select from ledger.pending where stream <> 'SYS') and"
                             " coalesce((select max(size) from ledger.checkpoint), 0) >"
                             " (select coalesce(max(leaf_index), -1) from ledger.leaf where stream <> 'SYS')"), "t") == 0)
            return;
        usleep(200000);
    }
    fail_msg("no checkpoint of all entries: %s", log_now().halted != NULL ? log_now().halted : "not halted");
}

/* A dump, more work that is signed, and the dump put back; the database with all the work stays as stemma_newer. */
static const char *lose(bool with_notary)
{
    const char *donor = new_donor();
    assert_int_equal(register_donor(new_donor()), 0);
    wait_signed();
    shell("rm -f \"$1/run/dump\"; cp -p \"$1/notary/memory\" \"$1/run/memory\"; pg_dump -Fc -f \"$1/run/dump\" stemma");
    assert_int_equal(register_donor(donor), 0);
    wait_signed();
    stop();
    shell("psql -X -q -d postgres -c 'alter database stemma rename to stemma_newer' -c 'create database stemma template template0'");
    shell("pg_restore -d stemma \"$1/run/dump\"");
    if (with_notary)
        shell("cp -p \"$1/notary/memory\" \"$1/run/memory.newer\"; cp -p \"$1/run/memory\" \"$1/notary/memory\"");
    setup("up", NULL);
    return donor;
}

/* Whatever is tried: the notary's memory stands still, no checkpoint comes, no entry. */
static void expect_silence(const char *why)
{
    struct log_state before = log_now();
    for (int i = 0; before.halted == NULL && i < WATCH_S * 5; i++, before = log_now())
        usleep(200000);
    struct notary_state signed_before = notary();
    assert_non_null(before.halted);
    assert_non_null(strstr(before.halted, why));
    assert_non_null(strstr(before.halted, "older copy"));
    assert_int_equal(register_donor(new_donor()), ERR_LOG_HALTED);
    sleep(WATCH_S);
    struct log_state after = log_now();
    assert_int_equal(after.size, before.size);
    assert_int_equal(after.pending, 0);
    assert_int_equal(after.checkpoint_size, before.checkpoint_size);
    assert_int_equal(notary().size, signed_before.size);
}

static void expect_alarm(void)
{
    const char *said;
    assert_int_equal(house_run(&said, "stemma", "--config", SQL("%s/terminals/T-OFFICE6.ini", house_dir()), "metrics", "sequencer",
                               NULL), 0);
    assert_non_null(strstr(said, "stemma_alerts_total{"));
    assert_non_null(strstr(said, "kind=\"rollback\"} 1"));
}

static void expect_named(void)
{
    const struct audit_report *report = house_verify(true);
    bool is_named = false;
    for (size_t i = 0; i < report->faults.count; i++)
        is_named |= strcmp(LIST_AT(report->faults, const struct audit_fault, i)->rule, "rollback") == 0;
    assert_int_equal(report->holds, 0);
    assert_true(is_named);
}

/* One bit of entry ${donor}, which is in the log; no checkpoint covers it when it is turned, or it is turned back: false. */
static bool turn_unsigned(const char *donor)
{
    const char *leaf = SQL("(select leaf_index from ledger.leaf where stream = '%s')", donor);
    const char *turn = SQL("set session_replication_role = replica; update ledger.entry set bytes = set_byte(bytes, 30, get_byte(bytes, 30) # 1)"
                           " where stream = '%s'", donor);
    for (int i = 0; i < 50 && strcmp(house_sql(SQL("select %s is null", leaf)), "t") == 0; i++)
        usleep(20000);
    house_sql(turn);
    if (strcmp(house_sql(SQL("select %s < (select max(size) from ledger.checkpoint)", leaf)), "f") == 0)
        return true;
    house_sql(turn);
    return false;
}

/* Between integrating and signing a bit turns in what was written. The sequencer shows what lies there; the notary refuses. */
CASE(L04_notary_refuses_what_does_not_read_as_it_was_logged)
{
    const char *donor = NULL;
    wait_signed();
    for (int tries = 0; tries < 10; tries++) {
        donor = new_donor();
        assert_int_equal(register_donor(donor), 0);
        if (turn_unsigned(donor))
            break;
        donor = NULL;
    }
    assert_non_null(donor);
    struct notary_state before = notary();
    sleep(2 * WATCH_S);
    char *said = test_read(SQL("%s/log/sequencer.log", house_dir()), NULL);
    assert_non_null(said);
    assert_non_null(strstr(said, "is not what was logged"));
    free(said);
    assert_int_equal(notary().size, before.size);
    assert_string_equal(notary().root, before.root);
    house_sql(SQL("set session_replication_role = replica; update ledger.entry set bytes = set_byte(bytes, 30, get_byte(bytes, 30) # 1)"
                  " where stream = '%s'", donor));
    wait_signed();
    assert_true(notary().size > before.size);
    assert_int_equal(house_verify(true)->holds, 1);
}

/* A memory as notaries wrote it before they read: the log is shown from its first entry, and goes on. */
CASE(L04_notary_of_before_is_shown_the_log_from_its_beginning)
{
    assert_int_equal(register_donor(new_donor()), 0);
    wait_signed();
    stop();
    shell("sed -e 's,^stemma-notary/2$,stemma-notary/1,' -e '/^edge /d' \"$1/notary/memory\" >\"$1/run/memory.1\";"
          " cat \"$1/run/memory.1\" >\"$1/notary/memory\"; rm \"$1/run/memory.1\"");
    setup("up", NULL);
    struct notary_state aged = notary();
    assert_true(aged.size > 0);
    assert_int_equal(aged.read_from, 0);
    assert_int_equal(register_donor(new_donor()), 0);
    wait_signed();
    assert_true(notary().size > aged.size);
    assert_int_equal(notary().read_from, notary().size);
    assert_int_equal(house_verify(true)->holds, 1);
}

CASE(L05_restore_signs_nothing)
{
    const char *donor = lose(false);
    expect_silence("notary has signed");
    assert_true(notary().size > log_now().size);
    expect_alarm();
    expect_named();
    stop();                                  /* the newer copy is found: nothing but putting it back is needed */
    shell("psql -X -q -d postgres -c 'drop database stemma' -c 'alter database stemma_newer rename to stemma'");
    setup("up", NULL);
    assert_int_equal(register_donor(donor), ERR_EXISTS);
    assert_int_equal(register_donor(new_donor()), 0);
    wait_signed();
    assert_null(log_now().halted);
    assert_int_equal(house_verify(true)->holds, 1);
}

/* A whole machine is put back, the notary's memory too: it would sign another log. The witnesses remember. */
CASE(L05_restore_with_the_notarys_memory_signs_nothing)
{
    const char *donor = lose(true);
    expect_silence("no witness does");
    expect_alarm();
    expect_named();
    stop();
    shell("psql -X -q -d postgres -c 'drop database stemma' -c 'alter database stemma_newer rename to stemma'");
    shell("mv \"$1/run/memory.newer\" \"$1/notary/memory\"");
    setup("up", NULL);
    assert_int_equal(register_donor(donor), ERR_EXISTS);
    wait_signed();
    assert_null(log_now().halted);
    assert_int_equal(house_verify(true)->holds, 1);
}

static int recover(int64_t kept, const char *stream, struct receipt *ret)
{
    struct err e;
    struct log_recovery in;
    struct house_person *elena = house_login("U-ELENA");
    record_init(&record_log_recovery, &in);
    in.stream = stream;
    in.kept_size = kept;
    in.reason = "The disk failed on Friday; the archive of the write-ahead log ends an hour before, no client has more.";
    int code = desk_act(elena->desk, house_arena(), "sequencer.recover", &in, house_secret(elena), ret, &e);
    if (code != 0)
        print_message("%s: %s\n", err_row(code)->code, e.text);
    return code;
}

/* the first statement of the log's own stream, as one line */
static const char *recovery_stated(void)
{
    return arena_text(house_arena(), house_sql("select regexp_replace(convert_from(statement, 'UTF8'), E'\\n', ' ', 'g')"
                                               " from ledger.entry where stream = 'SYS' and seq = 0"));
}

static void enrol_people(void)
{
    house_forget();
    assert_int_equal(house_run(NULL, SQL("%s/bin/stemma-job", house_dir()), "--quiet", "--people", "--terminals", SQL("%s/terminals", house_dir()),
                               "--secrets", SQL("%s/secrets.txt", house_dir()), "--admin-secret", SQL("%s/admin.secret", house_dir()),
                               "--seed", SQL("%s/share/sql/seed", house_dir()), "--scenario", SQL("%s/share/scenario", house_dir()),
                               "--out", SQL("%s/share", house_dir()), NULL), 0);
}

#define OLD_DOSSIER "of-the-closed-log.asice"

/* A batch that goes no further, of a donor of its own, and its dossier as the file ${name}. */
static void keep_dossier(const char *use, const char *name)
{
    struct short_batch b;
    struct dossier_file d;
    struct err e;
    if (strcmp(house_sql("select count(*) from source.rule_set where rules_id = 'L-US'"), "0") == 0)
        short_rules();
    short_donor(&b, use);
    assert_int_equal(short_consent(&b, "treatment"), 0);
    assert_int_equal(short_screen(&b), 0);
    assert_int_equal(short_tests(&b, NULL, NULL), 0);
    assert_int_equal(short_determine(&b), 0);
    short_collect(&b);
    if (short_open(&b, use) != 0)
        fail_msg("batch.open: %s", short_error()->text);
    if (house_dossier(b.batch, &d, &e) != 0)
        fail_msg("audit.dossier: %s", e.text);
    assert_non_null(house_dossier_keep(&d, name));
}

/* Lost for good: the log is closed, another begins, and is signed only after a person said what is missing. */
CASE(L05_recovery_begins_a_log_of_another_name)
{
    struct receipt receipt;
    keep_dossier("allogeneic", OLD_DOSSIER);
    lose(false);
    struct log_state old = log_now();
    struct notary_state last = notary();
    const char *root = arena_text(house_arena(), last.root), *origin = SQL("stemma.demo/r%d", (int)getpid());
    shell("psql -X -q -d postgres -c 'drop database stemma_newer'");
    setup("recover", origin);
    enrol_people();
    struct log_state log = log_now();
    assert_string_equal(log.origin, origin);
    assert_true(log.size + log.pending > 20);         /* people and terminals, with the keys that they had */
    assert_int_equal(register_donor(new_donor()), 0);
    sleep(WATCH_S);
    assert_int_equal(log_now().checkpoint_size, 0);     /* nobody said yet what is missing */
    assert_int_equal(notary().size, 0);
    assert_int_equal(recover(last.size + 1, "SYS", NULL), ERR_FIELD_RANGE);
    assert_int_equal(recover(old.size, "B-1", NULL), ERR_FIELD_TYPE);
    assert_int_equal(recover(old.size, "SYS", &receipt), 0);
    assert_string_equal(receipt.stream, "SYS");
    assert_int_equal(receipt.seq, 0);
    assert_int_equal(recover(old.size, "SYS", NULL), ERR_EXISTS);
    wait_signed();
    const char *statement = recovery_stated();
    assert_non_null(strstr(statement, SQL("\"closed_root\":\"%s\",\"closed_size\":%lld", root, (long long)last.size)));
    assert_non_null(strstr(statement, SQL("\"lost\":%lld", (long long)(last.size - old.size))));
    assert_int_equal(house_verify(true)->holds, 1);
}

/* The new log has a new key (ledger 6.11). What was handed out under the old one is proved by the anchors of then for ever, and
 * by those of now not at all; and the other way round. */
CASE(L11_dossier_of_the_closed_log_holds_with_the_anchors_of_then_alone)
{
    const char *old = SQL("%s/" OLD_DOSSIER, house_dir()), *new = SQL("%s/of-the-new-log.asice", house_dir());
    if (access(SQL("%s/closed/1/trust", house_dir()), F_OK) != 0 || access(old, F_OK) != 0)
        skip();                              /* the case before it was not run */
    keep_dossier("related", "of-the-new-log.asice");
    assert_int_equal(house_dossier_status(old, "closed/1/trust"), 0);
    assert_int_equal(house_dossier_status(old, "trust"), 1);
    assert_int_equal(house_dossier_status(new, "trust"), 0);
    assert_int_equal(house_dossier_status(new, "closed/1/trust"), 1);
}

/* What is closed can be read, and never goes on. */
CASE(L05_closed_log_is_kept_and_never_signed_again)
{
    const char *aside = SQL("%s/closed/1", house_dir()), *said;
    if (access(aside, F_OK) != 0)
        skip();                              /* the case before it was not run */
    char *origin = test_read(SQL("%s/origin", aside), NULL);
    shell("test \"$(psql -X -A -t -d stemma_closed_1 -c 'select count(*) > 20 from ledger.entry')\" = t");
    shell("! psql -X -q -d stemma_closed_1 -c 'create table public.x ()' 2>/dev/null");
    assert_int_equal(house_run(&said, "stemma-notary", "--self-check", "--role", "log", "--origin",
                               SQL("%.*s", (int)strcspn(origin, "\n"), origin), "--key", SQL("%s/notary/key.pem", aside), "--memory",
                               SQL("%s/notary/memory", aside), NULL), 0);
    assert_non_null(strstr(said, "closed"));
    char *note = test_read(SQL("%s/checkpoint", aside), NULL);
    assert_memory_equal(note, origin, strcspn(origin, "\n"));
    free(note);
    free(origin);
}

/* the second line of the checkpoint that the closed log made last */
static int64_t closed_size(const char *aside)
{
    char *note = test_read(SQL("%s/checkpoint", aside), NULL);
    int64_t size = atoll(strchr(note, '\n') + 1);
    free(note);
    return size;
}

/* The log's key is stolen (DigiCert CT2): another log with another key takes over where nothing is missing. What the old one proved it
 * proves for ever, and by the new anchors it proves nothing, whoever has its key. */
CASE(L11_stolen_key_of_the_log_is_replaced_and_no_entry_is_lost)
{
    const char *origin = SQL("stemma.demo/k%d", (int)getpid()), *before = SQL("%s/before-the-theft.asice", house_dir());
    keep_dossier("allogeneic", "before-the-theft.asice");
    wait_signed();
    char *aside = NULL;
    for (int i = 1; aside == NULL || access(aside, F_OK) == 0; i++)
        aside = arena_printf(house_arena(), "%s/closed/%d", house_dir(), i);
    setup("recover", origin);
    enrol_people();
    assert_int_equal(recover(closed_size(aside), "SYS", NULL), 0);
    wait_signed();
    assert_non_null(strstr(recovery_stated(), "\"lost\":0"));
    assert_int_equal(house_verify(true)->holds, 1);
    keep_dossier("related", "after-the-theft.asice");
    const char *trust = SQL("%s/trust", aside + strlen(house_dir()) + 1), *after = SQL("%s/after-the-theft.asice", house_dir());
    assert_int_equal(house_dossier_status(before, trust), 0);
    assert_int_equal(house_dossier_status(before, "trust"), 1);
    assert_int_equal(house_dossier_status(after, "trust"), 0);
    assert_int_equal(house_dossier_status(after, trust), 1);
}
