/* What the services show is made again from the statements alone: a table that says otherwise is named, row by row. */
#include "support/test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "house_support.h"
#include "support/house.h"

#define SQL(...) arena_printf(house_arena(), __VA_ARGS__)

static const char *text_of(const char *sql)
{
    return arena_text(house_arena(), house_sql(sql));
}

static const struct audit_fault *fault_at(const struct audit_report *r, const char *table, const char *key)
{
    for (size_t i = 0; i < r->faults.count; i++) {
        const struct audit_fault *f = LIST_AT(r->faults, struct audit_fault, i);
        if (f->table != NULL && strcmp(f->table, table) == 0 && f->key != NULL && strcmp(f->key, key) == 0)
            return f;
    }
    fail_msg("%s %s is not named", table, key);
    return NULL;
}

/* spoil, replay, mend; the fault at that table and key */
static const struct audit_fault *spoil(const char *table, const char *key, const char *how, const char *mend)
{
    house_sql(how);
    const struct audit_report *r = house_replay();
    house_sql(mend);
    assert_int_equal(r->holds, 0);
    assert_string_equal(r->state, "done");
    return fault_at(r, table, key);
}

CASE(L31_replay_of_an_untouched_house_finds_nothing)
{
    const struct audit_report *r = house_replay();
    assert_int_equal(r->holds, 1);
    assert_string_equal(r->state, "done");
    assert_string_equal(r->scope, "projections");
    assert_true(r->replayed > 300);
    assert_true(r->rows > r->replayed);      /* every act leaves a row, most leave several */
    assert_int_equal(r->notes.count, 0);     /* nothing was left out */
}

/* A release that nobody signed: table, key, stream and seq of the entry that last wrote the row, and what it should be. */
/* of a batch that has arrived: the entry that brought it there is the last that wrote its row; of one in work another may be */
CASE(L31_edited_row_is_named_with_its_last_entry)
{
    const char *batch = text_of("select batch_id from batch.batch where state = 'received' and batch_id like 'B-2026%' order by batch_id limit 1");
    const char *was = text_of(SQL("select state from batch.batch where batch_id = '%s'", batch));
    int64_t seq = strtoll(text_of(SQL("select state_seq from batch.batch where batch_id = '%s'", batch)), NULL, 10);
    const struct audit_fault *f = spoil("batch.batch", batch, SQL("update batch.batch set state = 'on_hold' where batch_id = '%s'", batch),
                                        SQL("update batch.batch set state = '%s' where batch_id = '%s'", was, batch));
    assert_string_equal(f->stream, batch);
    assert_int_equal(f->seq, seq);
    assert_non_null(strstr(f->text, SQL("state is \"on_hold\", the statements make it \"%s\"", was)));
}

CASE(L31_edited_result_is_named)
{
    const char *batch = text_of("select batch_id from quality.test order by batch_id, test_seq limit 1");
    const char *seq = text_of("select test_seq from quality.test order by batch_id, test_seq limit 1");
    const char *where = SQL("batch_id = '%s' and test_seq = %s", batch, seq);
    const struct audit_fault *f = spoil("quality.test", SQL("%s %s", batch, seq),
                                        SQL("update quality.test set method = method || '!' where %s", where),
                                        SQL("update quality.test set method = rtrim(method, '!') where %s", where));
    assert_string_equal(f->stream, batch);
    assert_true(f->seq >= strtoll(seq, NULL, 10));      /* the result, or its review */
    assert_non_null(strstr(f->text, "method is"));
}

CASE(L31_deleted_row_is_named)
{
    const char *key = text_of("select batch_id || ' ' || seq from batch.actor order by batch_id, seq limit 1");
    const char *where = SQL("batch_id || ' ' || seq = '%s'", key);
    const struct audit_fault *f = spoil("batch.actor", key,
        SQL("create table public.kept_actor as select * from batch.actor where %s; delete from batch.actor where %s", where, where),
        "insert into batch.actor select * from public.kept_actor; drop table public.kept_actor");
    assert_non_null(f->stream);
    assert_string_equal(f->text, "the row is missing");
}

CASE(L31_invented_row_is_named)
{
    const struct audit_fault *f = spoil("access.terminal", "T-FORGED",
        "insert into access.terminal values ('T-FORGED', 'Nobody''s', 'office', repeat('x', 40), 1)",
        "delete from access.terminal where terminal_id = 'T-FORGED'");
    assert_null(f->stream);
    assert_string_equal(f->text, "no statement makes this row");
}

/* What a forged row says may be longer than the report has room for, and no ASCII: the report can be read all the same. */
CASE(L31_invented_row_is_named_whatever_it_says)
{
    const char *id = "repeat('T', 32)";
    const struct audit_fault *f = spoil("access.terminal", "TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT",
        SQL("insert into access.terminal values (%s, repeat(E'\\u00e9', 400), 'office', repeat('x', 40), 1)", id),
        SQL("delete from access.terminal where terminal_id = %s", id));
    assert_string_equal(f->text, "no statement makes this row");
    const char *was = text_of("select title from access.terminal order by terminal_id limit 1");
    const char *terminal = text_of("select terminal_id from access.terminal order by terminal_id limit 1");
    f = spoil("access.terminal", terminal,
        SQL("update access.terminal set title = repeat(E'\\u00e9\\t', 400) where terminal_id = '%s'", terminal),
        SQL("update access.terminal set title = '%s' where terminal_id = '%s'", was, terminal));
    assert_true(strncmp(f->text, "title is \"??", 12) == 0 && strlen(f->text) == 390);
}

CASE(L31_foreign_table_of_a_long_name_is_named)
{
    char name[] = "access.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    house_sql(SQL("create table %s (x int)", name));
    const struct audit_report *r = house_replay();
    house_sql(SQL("drop table %s", name));
    bool is_named = false;
    for (size_t i = 0; i < r->faults.count; i++) {
        const struct audit_fault *f = LIST_AT(r->faults, struct audit_fault, i);
        is_named |= f->table != NULL && strcmp(f->table, name) == 0 && strcmp(f->text, "no migration makes this table") == 0;
    }
    assert_true(is_named);
}

/* One row of every table that is a projection, whoever made the table and whatever schema it is in. */
#define ONE_OF_EACH                                                                                                          \
    "set session_replication_role = replica; create table public.kept_row (tab text, key text, row jsonb);"                  \
    " do $$ declare t record; begin for t in select c.oid::regclass::text as name, n.nspname || '.' || c.relname as tab,"     \
    "  (select string_agg(format('t.%I::text', a.attname), ' || '' '' || ' order by k.n) from pg_index i"                     \
    "   cross join unnest(i.indkey::int2[]) with ordinality k (attnum, n)"                                                    \
    "   join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum where i.indrelid = c.oid and i.indisprimary) as key" \
    "  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r'"                                   \
    "  and n.nspname not in ('ledger', 'house', 'public', 'pg_catalog', 'information_schema', 'pg_toast')"                    \
    "  and obj_description(c.oid, 'pg_class') like 'no projection: %' is not true loop"                                       \
    " execute format('with d as (delete from %s t where t.ctid = (select min(ctid) from %s) returning %s as key, to_jsonb(t) as row)'" \
    "  || ' insert into public.kept_row select %L, d.key, d.row from d', t.name, t.name, t.key, t.tab); end loop; end $$"
#define PUT_EACH_BACK                                                                                                        \
    "set session_replication_role = replica; do $$ declare k record; begin for k in select * from public.kept_row loop"       \
    " execute format('insert into %s select * from jsonb_populate_record(null::%s, $1)', k.tab, k.tab) using k.row;"           \
    " end loop; end $$; drop table public.kept_row"

CASE(L31_every_table_is_made_again_and_compared)
{
    house_sql(ONE_OF_EACH);
    char *list = arena_text(house_arena(), house_sql("select string_agg(tab || '~' || key, '~' order by tab) from public.kept_row"));
    const struct audit_report *r = house_replay();
    house_sql(PUT_EACH_BACK);
    size_t n = 0;
    assert_int_equal(r->holds, 0);
    for (char *table = strsep(&list, "~"); table != NULL; table = strsep(&list, "~"), n++)
        assert_string_equal(fault_at(r, table, strsep(&list, "~"))->text, "the row is missing");
    print_message("%zu tables\n", n);
    assert_true(n >= 25);
    assert_int_equal(house_replay()->holds, 1);
}

/* The rules themselves are in the database too: a transition that the project does not know. */
CASE(L31_edited_state_machine_is_named)
{
    spoil("batch.fsm_rule", "batch 48", "update batch.fsm_rule set to_state = 'released' where rule_id = 48",
          "update batch.fsm_rule set to_state = 'in_test' where rule_id = 48");
}

CASE(L31_disabled_trigger_is_named)
{
    const struct audit_fault *f = spoil("definition", "trigger append_only on ledger.entry",
        "alter table ledger.entry disable trigger append_only", "alter table ledger.entry enable trigger append_only");
    assert_non_null(strstr(f->text, "switched off"));
}

CASE(L31_changed_function_is_named)
{
    spoil("definition", "function ledger.refuse_change()", "alter function ledger.refuse_change() set work_mem = '64kB'",
          "alter function ledger.refuse_change() reset work_mem");
}

/* Rules that are no constraint: a partial unique index, not null, a rewrite rule, a right. */
CASE(L31_dropped_index_is_named)
{
    const char *how = text_of("select indexdef from pg_indexes where schemaname = 'access' and indexname = 'certificate_current'");
    const struct audit_fault *f = spoil("definition", "index access.certificate_current", "drop index access.certificate_current", how);
    assert_string_equal(f->text, "the row is missing");
}

CASE(L31_column_that_may_be_empty_is_named)
{
    const struct audit_fault *f = spoil("definition", "column access.person.name", "alter table access.person alter name drop not null",
                                        "alter table access.person alter name set not null");
    assert_non_null(strstr(f->text, "not null"));
}

CASE(L31_rewrite_rule_is_named)
{
    spoil("definition", "rule swallow on ledger.pending", "create rule swallow as on delete to ledger.pending do instead nothing",
          "drop rule swallow on ledger.pending");
}

CASE(L31_granted_right_is_named)
{
    const struct audit_fault *f = spoil("definition", "grants on ledger.entry", "grant update on ledger.entry to stemma_batch",
                                        "revoke update on ledger.entry from stemma_batch");
    assert_non_null(strstr(f->text, "stemma_batch UPDATE"));
    spoil("definition", "grants on ledger.drain(bigint,bigint)", "grant execute on function ledger.drain(bigint, bigint) to public",
          "revoke execute on function ledger.drain(bigint, bigint) from public");
    spoil("definition", "column access.person.name", "grant update (name) on access.person to stemma_batch",
          "revoke update (name) on access.person from stemma_batch");
}

CASE(L31_trigger_named_as_ours_is_named)
{
    spoil("definition", "trigger replay_touch on access.person",
          "create trigger replay_touch before update on access.person for each row execute function ledger.refuse_change()",
          "drop trigger replay_touch on access.person");
}

/* Whoever takes the auditor's right away hides what is in the table. */
CASE(L31_table_that_may_not_be_read_is_named)
{
    house_sql("revoke select on access.terminal from stemma_audit");
    const struct audit_report *r = house_replay();
    house_sql("grant select on access.terminal to stemma_audit");
    bool is_named = false;
    for (size_t i = 0; i < r->faults.count; i++)
        is_named |= strcmp(LIST_AT(r->faults, struct audit_fault, i)->text, "the auditor has no right to read it") == 0;
    assert_int_equal(r->holds, 0);
    assert_true(is_named);
}

/* `stemma audit verify` looks at the projections as well: one word for whoever must know. */
static pid_t scratch_server(void)
{
    const char *path = SQL("%s/audit/scratch/data/postmaster.pid", house_dir());
    for (int i = 0; i < 3000; i++) {
        char *text = test_read(path, NULL);
        pid_t pid = text != NULL ? (pid_t)strtol(text, NULL, 10) : 0;
        free(text);
        if (pid > 0)
            return pid;
        usleep(10000);
    }
    fail_msg("no scratch server came");
    return 0;
}

/* Half a replay is no answer: it says that it was broken off, never that all holds; and the next one begins anew. */
CASE(L31_replay_whose_scratch_server_dies_is_broken_off_and_says_so)
{
    struct err e;
    struct audit_report r;
    struct desk *desk = house_login("U-RUTH")->desk;
    assert_int_equal(desk_call(desk, house_arena(), "audit.replay", NULL, &r, &e), 0);
    assert_int_equal(kill(scratch_server(), SIGKILL), 0);
    do {
        usleep(100000);
        assert_int_equal(desk_call(desk, house_arena(), "audit.verify_state", NULL, &r, &e), 0);
    } while (strcmp(r.state, "running") == 0);
    assert_string_equal(r.state, "unfinished");
    assert_int_equal(r.holds, 0);
    assert_int_equal(r.notes.count, 1);
    assert_non_null(strstr(TEXTS_AT(r.notes, 0), "broken off"));
    const struct audit_report *again = house_replay();
    assert_string_equal(again->state, "done");
    assert_int_equal(again->holds, 1);
}

CASE(L31_verify_of_the_whole_record_includes_the_projections)
{
    const char *batch = text_of("select batch_id from batch.batch where steps_done > 0 order by batch_id limit 1");
    house_sql(SQL("update batch.batch set steps_done = steps_done - 1 where batch_id = '%s'", batch));
    const struct audit_report *r = house_verify(true);
    house_sql(SQL("update batch.batch set steps_done = steps_done + 1 where batch_id = '%s'", batch));
    assert_int_equal(r->holds, 0);
    assert_true(r->entries > 300 && r->replayed > 300);
    assert_non_null(strstr(fault_at(r, "batch.batch", batch)->text, "steps_done is"));
}
