/* Whoever owns the tables, or the disk, can change them; nobody can do so unseen: `audit verify` names stream and entry. */
#include "support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "house_support.h"
#include "support/house.h"

#define SQL(...) arena_printf(house_arena(), __VA_ARGS__)

/* Triggers are off for whoever may turn them off: that is the point. */
static void as_owner(const char *sql)
{
    house_sql(SQL("set session_replication_role = replica; %s", sql));
}

static const char *newest(const char *letter, int seq)
{
    const char *stream = house_sql(SQL("select stream from ledger.entry where stream like '%s-%%' and seq = %d"
                                       " order by time_ms desc limit 1", letter, seq));
    return arena_text(house_arena(), stream);
}

static int64_t last_seq(const char *stream)
{
    return strtoll(house_sql(SQL("select max(seq) from ledger.entry where stream = '%s'", stream)), NULL, 10);
}

static void keep(void)
{
    as_owner("drop table if exists public.kept_entry, public.kept_attachment;"
             " create table public.kept_entry as select * from ledger.entry;"
             " create table public.kept_attachment as select * from ledger.attachment;"
             " create table if not exists public.kept_head as select * from ledger.head where false");
}

/* What came meanwhile, time-stamps of the log, stays. */
static void put_back(void)
{
    as_owner("begin; delete from ledger.entry e using public.kept_entry k where e.stream = k.stream and e.seq = k.seq;"
             " delete from ledger.entry e using public.kept_entry k where e.command = k.command;"
             " delete from ledger.entry where type = 'batch.forged';"
             " insert into ledger.entry select * from public.kept_entry;"
             " delete from ledger.attachment a using public.kept_attachment k where a.sha256 = k.sha256;"
             " insert into ledger.attachment select * from public.kept_attachment;"
             " insert into ledger.head select * from public.kept_head on conflict (stream) do update"
             " set seq = excluded.seq, leaf = excluded.leaf, time_ms = excluded.time_ms;"
             " drop table public.kept_entry, public.kept_attachment, public.kept_head; commit");
}

static void expect(const char *stream, int64_t seq, const char *rule)
{
    const struct audit_report *report = house_verify(true);
    const struct audit_fault *f = house_fault(report, stream, seq);
    bool is_named = report->holds == 0 && f != NULL && (rule == NULL || strcmp(f->rule, rule) == 0);
    put_back();
    if (!is_named)
        fail_msg("%s %lld is not named, or not by %s", stream, (long long)seq, rule != NULL ? rule : "any rule");
}

static void expect_whole(void)
{
    assert_int_equal(house_verify(true)->holds, 1);
}

static void spoil(const char *stream, int64_t seq, const char *rule, const char *sql)
{
    keep();
    as_owner(sql);
    expect(stream, seq, rule);
}

static const char *flip(const char *column, const char *stream, int seq)
{
    return SQL("update ledger.entry set %s = set_byte(%s, length(%s) - 4, get_byte(%s, length(%s) - 4) # 1)"
               " where stream = '%s' and seq = %d", column, column, column, column, column, stream, seq);
}

CASE(L01_edited_statement_is_named)
{
    expect_whole();
    const char *stream = newest("B", 2);
    spoil(stream, 2, "stmt", flip("statement", stream, 2));
}

CASE(L01_edited_entry_is_named)
{
    const char *stream = newest("D", 1);
    spoil(stream, 1, NULL, flip("bytes", stream, 1));
}

CASE(L01_edited_signature_is_named)
{
    const char *stream = newest("C", 0);
    spoil(stream, 0, "sig", flip("signature", stream, 0));
}

CASE(L01_edited_attachment_is_named)
{
    int64_t seq = strtoll(house_sql("select max(seq) from ledger.entry where stream = 'SYS' and type = 'log.timestamp'"), NULL, 10);
    spoil("SYS", seq, "att", SQL("update ledger.attachment set bytes = set_byte(bytes, 9, get_byte(bytes, 9) # 1) where sha256 ="
                          " (select decode(substring(convert_from(bytes, 'UTF8') from 'att token ([0-9a-f]{64})'), 'hex')"
                          " from ledger.entry where stream = 'SYS' and seq = %lld)", (long long)seq));
}

CASE(L31_deleted_newest_entry_is_named)
{
    const char *stream = newest("B", 3);
    int64_t seq = last_seq(stream);
    spoil(stream, seq, NULL, SQL("delete from ledger.entry where stream = '%s' and seq = %lld", stream, (long long)seq));
}

CASE(L31_deleted_middle_entry_is_named)
{
    const char *stream = newest("B", 3);
    spoil(stream, 2, NULL, SQL("delete from ledger.entry where stream = '%s' and seq = 2", stream));
}

/* The head goes with them: only the log still knows of the stream. */
CASE(L31_deleted_stream_is_named)
{
    const char *stream = newest("D", 1);
    keep();
    as_owner(SQL("insert into public.kept_head select * from ledger.head where stream = '%s';"
                 " delete from ledger.entry where stream = '%s'; delete from ledger.head where stream = '%s'", stream, stream,
                 stream));
    expect(stream, 1, "leaf");
}

CASE(L31_truncated_record_is_named)
{
    const char *stream = arena_text(house_arena(), house_sql("select min(stream) from ledger.head"));
    spoil(stream, last_seq(stream), "head", "truncate ledger.entry");
}

CASE(L31_swapped_entries_are_named)
{
    const char *stream = newest("B", 3);
    spoil(stream, 2, NULL, SQL("update ledger.entry set seq = 1000000 where stream = '%s' and seq = 2;"
                               " update ledger.entry set seq = 2 where stream = '%s' and seq = 3;"
                               " update ledger.entry set seq = 3 where stream = '%s' and seq = 1000000", stream, stream, stream));
}

/* Linked to the last entry, hashed as it should be, the head moved: but the log does not hold it. */
CASE(L31_forged_entry_is_named)
{
    const char *stream = newest("B", 3);
    int64_t seq = last_seq(stream) + 1;
    keep();
    as_owner(SQL("insert into public.kept_head select * from ledger.head where stream = '%s';"
                 " insert into ledger.entry select stream, seq + 1, time_ms + 1, sha256('\\x00'::bytea || made), made, statement,"
                 " signature, decode(md5(random()::text), 'hex'), 'batch.forged' from (select e.*, convert_to(regexp_replace("
                 "convert_from(bytes, 'UTF8'), E'\\nseq [0-9]+\\nprev [0-9a-f]+\\n', E'\\nseq ' || seq + 1 || E'\\nprev ' ||"
                 " encode(leaf, 'hex') || E'\\n'), 'UTF8') as made from ledger.entry e where stream = '%s' and seq = %lld) k;"
                 " update ledger.head h set seq = e.seq, leaf = e.leaf, time_ms = e.time_ms from ledger.entry e"
                 " where e.type = 'batch.forged' and h.stream = e.stream", stream, stream, (long long)seq - 1));
    expect(stream, seq, NULL);
}

CASE(L31_disabled_triggers_then_edit_is_named)
{
    const char *stream = newest("B", 2);
    keep();
    house_sql(SQL("alter table ledger.entry disable trigger all; %s; alter table ledger.entry enable trigger all",
                  flip("statement", stream, 1)));
    expect(stream, 1, "stmt");
    expect_whole();
}

CASE(L31_deleted_checkpoint_is_named)
{
    house_sql("create table public.kept_checkpoint as select * from ledger.checkpoint");
    as_owner("delete from ledger.checkpoint where size = (select substring(convert_from(statement, 'UTF8') from '\"size\":([0-9]+)')::bigint"
             " from ledger.entry where stream = 'SYS' and type = 'log.timestamp' order by seq limit 1)");
    int64_t seq = strtoll(house_sql("select min(seq) from ledger.entry where stream = 'SYS' and type = 'log.timestamp'"), NULL, 10);
    const struct audit_fault *f = house_fault(house_verify(true), "SYS", seq);
    as_owner("insert into ledger.checkpoint select * from public.kept_checkpoint on conflict (size) do nothing");
    house_sql("drop table public.kept_checkpoint");
    assert_non_null(f);
    assert_string_equal(f->rule, "stamp");
    expect_whole();
}

/* In a copy, for what has come into the log stays there: an entry that says a time of an hour ago, at the log's end. */
CASE(L31_entry_backdated_by_the_owner_is_named)
{
    static const char forge[] =
        "set session_replication_role = replica; create table public.made as select 'B-FORGED' as stream, 0::bigint as seq, t.ms as time_ms,"
        " convert_to(E'stemma-entry/1\\nlog ' || l.origin || E'\\nstream B-FORGED\\nseq 0\\nprev ' || encode(sha256(convert_to("
        "E'stemma-genesis/1\\n' || l.origin || E'\\nB-FORGED\\n', 'UTF8')), 'hex') || E'\\ntime ' ||"
        " to_char(to_timestamp(t.ms / 1000.0) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') || E'\\nstmt ' ||"
        " encode(sha256(e.statement), 'hex') || ' ' || length(e.statement) || E'\\nsig - 0\\n', 'UTF8') as bytes, e.statement, e.type"
        " from ledger.log l, (select (extract(epoch from now())::bigint - 3600) * 1000 as ms) t,"
        " (select * from ledger.entry where signature is null and stream like 'B-%' limit 1) e;"
        " insert into ledger.entry select stream, seq, time_ms, sha256('\\x00'::bytea || bytes), bytes, statement, null,"
        " decode(md5('forged'), 'hex'), type from public.made;"
        " insert into ledger.head select stream, seq, sha256('\\x00'::bytea || bytes), time_ms from public.made;"
        " insert into ledger.leaf select (select max(leaf_index) + 1 from ledger.leaf), sha256('\\x00'::bytea || bytes), stream, seq"
        " from public.made; drop table public.made";
    const char *config = SQL("%s/etc/audit.ini", house_dir()), *copy = SQL("%s/etc/audit-copy.ini", house_dir()), *text;
    const char *make = "set -eu; . \"$1/cluster/env\"; PATH=/usr/lib/postgresql/15/bin:$PATH; createdb -T template0 stemma_copy;"
                       " pg_dump stemma | psql -X -q -o /dev/null -v ON_ERROR_STOP=1 -d stemma_copy;"
                       " psql -X -q -v ON_ERROR_STOP=1 -d stemma_copy -c \"$2\";"
                       " sed 's/dbname=stemma /dbname=stemma_copy /' \"$3\" >\"$4\"; chmod 644 \"$4\"";
    assert_int_equal(house_run(NULL, "/bin/sh", "-c", make, "sh", house_dir(), forge, config, copy, NULL), 0);
    int status = house_run(&text, "stemma-audit", "verify", "--config", copy, "--all", "--json", "--quiet", NULL);
    bool is_named = strstr(text, "before that of time-stamp SYS") != NULL && strstr(text, "\"stream\":\"B-FORGED\"") != NULL;
    unlink(copy);
    house_sql("drop database stemma_copy");
    assert_int_equal(status, 1);
    assert_true(is_named);
}

static void cluster(const char *what)
{
    setenv("CLUSTER_FSYNC", "off", 1);
    assert_int_equal(house_run(NULL, getenv("STEMMA_CLUSTER"), what, SQL("%s/cluster", house_dir()), NULL), 0);
}

/* Where in the table's file, from page ${page} on, ${text} stands; the test fails if it is not there. */
static long find_in(const char *path, size_t page, const char *text)
{
    size_t size, len = strlen(text);
    char *file = test_read(path, &size);
    assert_non_null(file);
    for (size_t i = page * 8192; i + len <= size; i++)
        if (memcmp(file + i, text, len) == 0) {
            free(file);
            return (long)i;
        }
    fail_msg("%s is not in %s", text, path);
    return 0;
}

static void write_at(const char *path, long at, const char *text)
{
    FILE *f = fopen(path, "r+");
    assert_non_null(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

/* With the server stopped, past everything that it guards: its page checksums or our hashes tell, and say where. */
CASE(L01_edited_heap_file_is_named)
{
    const char *stream = newest("B", 2);
    const char *command = arena_text(house_arena(), house_sql(SQL("select 'command ' || encode(command, 'hex') from ledger.entry"
                                                                  " where stream = '%s' and seq = 2", stream)));
    const char *path = SQL("%s/cluster/data/%s", house_dir(), house_sql("select pg_relation_filepath('ledger.entry')"));
    /* the row as it is, not one that an earlier case left behind */
    size_t page = strtoul(house_sql(SQL("select split_part(trim('(' from ctid::text), ',', 1) from ledger.entry"
                                        " where stream = '%s' and seq = 2", stream)), NULL, 10);
    cluster("stop");
    long at = find_in(path, page, command);
    write_at(path, at, "commanD");
    cluster("start");
    const struct audit_report *report = house_verify(true);
    const struct audit_fault *f = house_fault(report, stream, 2);
    bool is_named = report->holds == 0 && f != NULL && strcmp(f->rule, "page") == 0 && strcmp(report->state, "done") == 0;
    cluster("stop");
    write_at(path, at, "command");
    cluster("start");
    assert_true(is_named);
    expect_whole();
}

/* Read in two goes: the second reads what the first had not, and all that came meanwhile. */
CASE(verify_goes_on_where_it_was_broken_off)
{
    const char *config = SQL("%s/etc/audit.ini", house_dir()), *text;
    int64_t total = strtoll(house_sql("select count(*) from ledger.entry"), NULL, 10);
    assert_int_equal(house_run(NULL, "stemma-audit", "verify", "--config", config, "--all", "--at-most", "40", "--quiet", NULL), 4);
    int64_t broken_off = clock_ms();
    const struct audit_report *report = house_verify(false);
    assert_true(report->began_at < broken_off);      /* the same run, gone on with */
    assert_int_equal(report->holds, 1);
    assert_string_equal(report->state, "done");
    assert_true(report->entries >= total && report->entries <= total + 40);
    assert_true(report->ended_at > report->began_at);
    assert_int_equal(house_run(&text, "stemma-audit", "verify", "--config", config, "--json", "--quiet", NULL), 0);
    assert_non_null(strstr(text, "\"state\":\"done\""));
}

/* What was found before the break is not forgotten, and a broken-off run never says that the record holds. */
CASE(verify_keeps_what_it_found_before_it_was_broken_off)
{
    const char *config = SQL("%s/etc/audit.ini", house_dir());
    const char *stream = arena_text(house_arena(), house_sql("select min(stream) from ledger.entry"));
    keep();
    as_owner(flip("statement", stream, 0));
    int first = house_run(NULL, "stemma-audit", "verify", "--config", config, "--all", "--at-most", "1", "--quiet", NULL);
    const struct audit_report *report = house_verify(false);
    bool is_named = report->holds == 0 && house_fault(report, stream, 0) != NULL;
    put_back();
    assert_int_equal(first, 1);
    assert_true(is_named);
    expect_whole();
}

/* A database that went away is no damage: the next run goes on, and says what it finds. */
CASE(verify_broken_off_by_a_lost_database_is_no_damage)
{
    const char *config = SQL("%s/etc/audit.ini", house_dir()), *lost = SQL("%s/etc/audit-lost.ini", house_dir());
    assert_int_equal(house_run(NULL, "/bin/sh", "-c", "sed 's/dbname=stemma /dbname=nowhere /' \"$0\" >\"$1\"; chmod 644 \"$1\"",
                               config, lost, NULL), 0);
    assert_int_equal(house_run(NULL, "stemma-audit", "verify", "--config", config, "--all", "--at-most", "40", "--quiet", NULL), 4);
    int64_t broken_off = clock_ms();
    assert_int_equal(house_run(NULL, "stemma-audit", "verify", "--config", lost, "--quiet", NULL), 3);
    const struct audit_report *report = house_verify(false);
    assert_true(report->began_at < broken_off);
    assert_int_equal(report->holds, 1);
    assert_string_equal(report->state, "done");
    unlink(lost);
}

/* A replay in between has a report of its own; what the verification had read is not read again. */
CASE(verify_goes_on_behind_a_replay)
{
    const char *config = SQL("%s/etc/audit.ini", house_dir());
    assert_int_equal(house_run(NULL, "stemma-audit", "verify", "--config", config, "--all", "--at-most", "40", "--quiet", NULL), 4);
    int64_t broken_off = clock_ms();
    for (int i = 0; i < 2; i++) {
        const struct audit_report *replay = house_replay();
        assert_string_equal(replay->scope, "projections");
        assert_true(replay->began_at >= broken_off);
    }
    const struct audit_report *report = house_verify(false);
    assert_true(report->began_at < broken_off);
    assert_int_equal(report->holds, 1);
}

/* Who could not be asked what they signed is said, not passed over. */
CASE(verify_says_which_witness_did_not_answer)
{
    pid_t witness = house_pid("witness-1");
    assert_int_equal(kill(witness, SIGSTOP), 0);
    const struct audit_report *report = house_verify(true);
    kill(witness, SIGCONT);
    bool is_said = false;
    for (size_t i = 0; i < report->notes.count; i++)
        is_said |= strncmp(TEXTS_AT(report->notes, i), "what witness-1 remembers: ", 26) == 0;
    assert_int_equal(report->holds, 1);
    assert_true(is_said);
}
