/* What the live verification makes of the log's own words: the times of entries between its time-stamps, its checkpoints and tokens, its
 * heads. A log that keeps the rules is never accused, however late its entries came; whoever owns the database is named. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit_check.h"
#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/keys.h"
#include "crypto/tsp.h"
#include "db/log_source.h"
#include "db/rehash_source.h"
#include "ledger/entry.h"
#include "ledger/heads.h"
#include "ledger/note.h"
#include "ledger/stamps.h"
#include "log_tree.h"
#include "sequencer.h"
#include "support/pg.h"
#include "support/test.h"
#include "unit/crypto/pki.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)

/** A log of its own, empty when the case begins, and all that signs it. */
struct place {
    struct arena *a;
    struct db *admin, *batch, *log;
    struct log_tree tree;
    struct pki *pki;
    struct key *log_key;
    struct note_key note;
    struct audit_report report;
    struct statement_table tables[4];
};

static const struct statement_row force_rows[] = {
    {"force_entry", "insert into ledger.entry (stream, seq, time_ms, leaf, bytes, statement, command, type)"
                    " values ($1, $2, $3, $4, $5, $6, $7, $8)", 8, NULL},
    {"force_head", "insert into ledger.head (stream, seq, leaf, time_ms) values ($1, $2, $3, $4) on conflict (stream) do update"
                   " set seq = excluded.seq, leaf = excluded.leaf, time_ms = excluded.time_ms", 4, NULL},
    {"force_pending", "insert into ledger.pending (stream, seq, time_ms, leaf, type) values ($1, $2, $3, $4, $5)", 5, NULL}};

static void script(struct place *p, const char *sql)
{
    struct err e = {0};
    if (db_script(p->admin, sql, &e) != 0)
        fail_msg("%s", e.text);
}

static void write_anchors(struct place *p)
{
    struct err e = {0};
    uint8_t public[NOTE_PUBLIC];
    assert_int_equal(key_new(KEY_ED25519, &p->log_key, &e), 0);
    assert_true(key_note_public(p->log_key, public));
    p->note = note_key_make(p->a, PG_ORIGIN, NOTE_KEY_ED25519, public);
    pki_write(p->pki, "log.pub.pem", pki_bytes(key_note_public_pem(p->a, public, &e)));
    pki_write(p->pki, "witnesses.txt", pki_bytes(""));
    pki_write(p->pki, "tsa-root.pem", pki_bytes(certificate_to_pem(p->a, p->pki->stamp_root)));
}

/* A sequencer begins; the one before may not have let go of its lock yet. */
static void open_log(struct place *p)
{
    static struct statement_table tables[2];
    struct err e = {0};
    tables[0] = sequencer_statements;
    tables[1] = log_source_statements;
    p->log = pg_open_tables("stemma_sequencer", tables, 2);
    int code = log_tree_open(&p->tree, p->log, &e);
    for (int tries = 0; code == ERR_BUSY && tries < 2400; tries++) {
        usleep(50000);
        code = log_tree_open(&p->tree, p->log, &e);
    }
    if (code != 0)
        fail_msg("%s", e.text);
}

static void place_begin(struct place *p)
{
    sequencer_config.common.origin = PG_ORIGIN;
    sequencer_config.terminal = "T-SEQUENCER";
    p->a = arena_new(0);
    p->pki = pki_new();
    write_anchors(p);
    p->tables[0] = audit_check_statements;
    p->tables[1] = rehash_source_statements;
    p->tables[2] = (struct statement_table)STATEMENT_TABLE(force_rows);
    p->admin = pg_open_tables(PG_ADMIN, p->tables, 3);
    script(p, "set session_replication_role = replica; truncate ledger.entry, ledger.attachment, ledger.leaf, ledger.tile,"
              " ledger.checkpoint, ledger.pending, ledger.head restart identity;"
              " update ledger.tree_state set size = 0, root = sha256(''), frontier = ''");
    p->batch = pg_open("stemma_batch", &pg_append_table);
    open_log(p);
}

static void place_end(struct place *p)
{
    p->admin = db_close(p->admin);
    p->batch = db_close(p->batch);
    p->log = db_close(p->log);
    key_free(p->log_key);
    pki_free(p->pki);
    p->a = arena_free(p->a);
}

#define PLACE                                  \
    CLEANUP(place_end) struct place p = {0};   \
    place_begin(&p);                           \
    struct err e = {0};                        \
    (void)e

static void integrate(struct place *p)
{
    struct err e = {0};
    if (log_tree_integrate(&p->tree, NULL, &e) != 0)
        fail_msg("%s", e.text);
}

/* The entry after ${before} of ${stream}, that says ${time_ms}. */
static struct pg_entry made(struct place *p, const char *stream, const struct pg_entry *before, int64_t time_ms)
{
    struct pg_entry x;
    pg_entry_make(p->a, stream, "batch.reading", before, &x);
    x.time_ms = time_ms;
    pg_entry_seal(p->a, &x);
    return x;
}

static struct pg_entry append(struct place *p, const char *stream, const struct pg_entry *before)
{
    struct err e = {0};
    struct pg_entry x;
    pg_entry_make(p->a, stream, "batch.reading", before, &x);
    if (pg_append(p->batch, &x, 1, &e) != 0)
        fail_msg("%s", e.text);
    return x;
}

/* As the tables' owner, past ledger.append and all that it asks: linked, hashed, on its way into the log. */
static void force(struct place *p, const struct pg_entry *x)
{
    struct err e = {0};
    const struct bytes leaf = {x->leaf, DIGEST_LEN};
    if (db_query(p->admin, p->a, &force_rows[0],
                 DB_VALUES(db_text(x->stream), db_int(x->seq), db_int(x->time_ms), db_bytes(leaf), db_bytes(x->bytes),
                           db_bytes(x->statement), db_bytes((struct bytes){x->command, 16}), db_text(x->type)), NULL, &e) != 0 ||
        db_query(p->admin, p->a, &force_rows[1],
                 DB_VALUES(db_text(x->stream), db_int(x->seq), db_bytes(leaf), db_int(x->time_ms)), NULL, &e) != 0 ||
        db_query(p->admin, p->a, &force_rows[2],
                 DB_VALUES(db_text(x->stream), db_int(x->seq), db_int(x->time_ms), db_bytes(leaf), db_text(x->type)), NULL, &e) != 0)
        fail_msg("%s", e.text);
}

static struct bytes token_of(struct place *p, struct bytes note, int64_t at_ms)
{
    const struct tsp_authority tsa = {p->pki->stamp, p->pki->stamp_key, "1.3.6.1.4.1.99999.1", 500};
    struct bytes request, reply;
    uint8_t imprint[DIGEST_LEN];
    struct err e = {0};
    digest_sha256(note.data, note.len, imprint);
    assert_int_equal(tsp_request(p->a, imprint, true, &request, &e), 0);
    clock_set(at_ms);
    int code = tsp_reply(p->a, &tsa, request, 7, &reply, &e);
    clock_set(TIME_ABSENT);
    assert_int_equal(code, 0);
    return reply;
}

/* The tree as it is, signed and time-stamped. */
static struct kept_checkpoint signed_at(struct place *p, int64_t at_ms)
{
    struct kept_checkpoint c = {.size = p->tree.frontier.size, .token_ms = at_ms, .cosignatures = {(const uint8_t *)"", 0}};
    uint8_t sig[NOTE_SIGNATURE];
    struct err e = {0};
    merkle_frontier_root(&p->tree.frontier, c.root);
    struct bytes body = note_body(p->a, PG_ORIGIN, c.size, c.root);
    assert_int_equal(key_note_sign(p->log_key, body, sig, &e), 0);
    c.note = note_text(p->a, body, note_line_text(p->a, &p->note, sig));
    c.token = token_of(p, c.note, at_ms);
    return c;
}

/* As the sequencer does it: what is there is signed and stamped, both are kept, and the stamp is in the log. */
static struct kept_checkpoint stamp_at(struct place *p, int64_t at_ms)
{
    struct err e = {0};
    integrate(p);
    struct kept_checkpoint c = signed_at(p, at_ms);
    if (log_tree_keep_stamped(&p->tree, &c, &e) != 0)
        fail_msg("%s", e.text);
    integrate(p);
    return c;
}

static struct kept_checkpoint stamp(struct place *p)
{
    return stamp_at(p, clock_ms());
}

static void verify_some(struct place *p, const struct audit_task *task)
{
    struct err e = {0};
    const struct audit_trust trust = {PG_ORIGIN, NULL, p->pki->dir};
    assert_int_equal(audit_check_begin(p->admin, &e), 0);
    int code = audit_check(p->admin, p->a, &trust, task, &p->report, &e);
    db_rollback(p->admin);
    if (code != 0)
        fail_msg("%s", e.text);
}

static void verify(struct place *p)
{
    verify_some(p, &(struct audit_task){0});
}

static void holds(struct place *p)
{
    verify(p);
    for (size_t i = 0; i < p->report.faults.count; i++) {
        const struct audit_fault *f = LIST_AT(p->report.faults, struct audit_fault, i);
        print_message("%s %lld %s: %s\n", f->stream, (long long)f->seq, f->rule, f->text);
    }
    assert_int_equal(p->report.holds, 1);
}

static bool is_named(const struct place *p, const char *stream, int64_t seq, const char *rule)
{
    for (size_t i = 0; i < p->report.faults.count; i++) {
        const struct audit_fault *f = LIST_AT(p->report.faults, struct audit_fault, i);
        if (strcmp(f->stream, stream) == 0 && f->seq == seq && strcmp(f->rule, rule) == 0)
            return true;
    }
    return false;
}

/* Nothing else is. */
static void names(struct place *p, const char *stream, int64_t seq, const char *rule, size_t faults)
{
    verify(p);
    for (size_t i = 0; i < p->report.faults.count; i++) {
        const struct audit_fault *f = LIST_AT(p->report.faults, struct audit_fault, i);
        print_message("%s %lld %s: %s\n", f->stream, (long long)f->seq, f->rule, f->text);
    }
    assert_true(is_named(p, stream, seq, rule));
    assert_int_equal(p->report.faults.count, faults);
}

/* ---- a log that kept the rules */

CASE(R16_log_of_entries_between_time_stamps_holds)
{
    PLACE;
    const char *stream = pg_stream(p.a, "B");
    struct pg_entry x = append(&p, stream, NULL);
    for (int i = 0; i < 5; i++) {
        stamp(&p);
        x = append(&p, stream, &x);
        append(&p, pg_stream(p.a, "B"), NULL);
    }
    integrate(&p);
    holds(&p);
    assert_int_equal(p.report.notes.count, 0);
}

/* A transaction that appended before the time-stamp and was committed behind it, its entry half a minute old by then. */
CASE(R16_entry_committed_behind_a_time_stamp_holds)
{
    PLACE;
    append(&p, pg_stream(p.a, "B"), NULL);
    struct pg_entry late = made(&p, pg_stream(p.a, "B"), NULL, clock_ms() - 30 * SECOND_MS);
    db_begin(p.batch);
    assert_int_equal(pg_append(p.batch, &late, 1, &e), 0);
    stamp(&p);
    stamp(&p);
    assert_int_equal(db_commit(p.batch, &e), 0);
    stamp(&p);
    holds(&p);
}

/* The authority was away: hours of entries come under one token, and what is recorded then is later than the last one. */
CASE(R16_authority_away_for_hours_holds)
{
    PLACE;
    const char *stream = pg_stream(p.a, "B");
    struct pg_entry x = made(&p, stream, NULL, clock_ms() - 300 * MINUTE_MS);
    force(&p, &x);
    for (int i = 1; i < 10; i++) {
        x = made(&p, stream, &x, x.time_ms + 20 * MINUTE_MS);
        force(&p, &x);
    }
    integrate(&p);
    stamp(&p);
    append(&p, stream, &x);
    stamp(&p);
    holds(&p);
}

/* The sequencer was away: all that waited comes into the log before the next time-stamp does. */
CASE(R16_entries_that_waited_for_the_log_hold)
{
    PLACE;
    append(&p, pg_stream(p.a, "B"), NULL);
    stamp(&p);
    struct pg_entry x = append(&p, pg_stream(p.a, "B"), NULL);
    p.log = db_close(p.log);
    append(&p, x.stream, &x);
    append(&p, pg_stream(p.a, "B"), NULL);
    open_log(&p);
    stamp(&p);
    holds(&p);
}

/* Whole seconds are all that some authorities tell, and their clocks are a little off. */
CASE(R16_clocks_a_second_apart_hold)
{
    PLACE;
    for (int i = 0; i < 4; i++) {
        append(&p, pg_stream(p.a, "B"), NULL);
        stamp_at(&p, clock_ms() + (i % 2 == 0 ? -900 : 1500));
    }
    holds(&p);
}

/* A checkpoint that closes a seal is kept and not recorded; and one that a killed sequencer kept without recording it is met
 * again, with another token, by the one that takes over. */
CASE(R16_checkpoint_kept_with_another_token_holds)
{
    PLACE;
    append(&p, pg_stream(p.a, "B"), NULL);
    stamp(&p);
    struct kept_checkpoint c = signed_at(&p, clock_ms());
    c.is_seal = true;
    assert_int_equal(store_checkpoint_add(p.log, p.a, p.tree.epoch, &c, &e), 0);
    struct kept_checkpoint again = c;
    again.token = token_of(&p, c.note, clock_ms());
    assert_int_equal(log_tree_add_timestamp(&p.tree, &again, &e), 0);
    integrate(&p);
    stamp(&p);
    holds(&p);
}

/* ---- whoever owns the tables */

/* With a key that was stolen and since revoked a statement is put where the key was still good: in a stream that was quiet since. */
CASE(L31_entry_backdated_into_a_quiet_stream_is_named)
{
    PLACE;
    const char *stream = pg_stream(p.a, "B");
    struct pg_entry quiet = made(&p, stream, NULL, clock_ms() - 60 * MINUTE_MS);
    force(&p, &quiet);
    stamp(&p);
    struct pg_entry forged = made(&p, stream, &quiet, clock_ms() - 20 * MINUTE_MS);
    force(&p, &forged);
    stamp(&p);
    names(&p, stream, 1, "time", 1);
}

/* The time-stamp and the entry behind it were read in two goes. */
CASE(L31_backdated_entry_is_named_by_a_run_that_was_broken_off)
{
    PLACE;
    append(&p, pg_stream(p.a, "B"), NULL);
    stamp(&p);
    struct pg_entry forged = made(&p, pg_stream(p.a, "B"), NULL, clock_ms() - 20 * MINUTE_MS);
    force(&p, &forged);
    stamp(&p);
    verify_some(&p, &(struct audit_task){.entries_max = 1});
    assert_string_equal(p.report.state, "unfinished");
    assert_int_equal(p.report.faults.count, 0);
    verify_some(&p, &(struct audit_task){.resumes = true});
    assert_string_equal(p.report.state, "done");
    assert_true(is_named(&p, forged.stream, 0, "time"));
    assert_int_equal(p.report.faults.count, 1);
}

/* Where the bound lies: ten minutes, which no honest transaction lasts. */
CASE(L31_backdated_by_less_than_the_bound_cannot_be_told)
{
    PLACE;
    struct kept_checkpoint c;
    append(&p, pg_stream(p.a, "B"), NULL);
    c = stamp(&p);
    struct pg_entry within = made(&p, pg_stream(p.a, "B"), NULL, c.token_ms - 10 * MINUTE_MS);
    force(&p, &within);
    stamp(&p);
    holds(&p);
    struct pg_entry beyond = made(&p, pg_stream(p.a, "B"), NULL, c.token_ms - 10 * MINUTE_MS - 1);
    force(&p, &beyond);
    stamp(&p);
    verify(&p);
    assert_true(is_named(&p, beyond.stream, 0, "time"));
}

CASE(L28_entries_dated_ahead_are_named_all)
{
    PLACE;
    const char *stream = pg_stream(p.a, "B"), *other = pg_stream(p.a, "B");
    append(&p, pg_stream(p.a, "B"), NULL);
    stamp(&p);
    int64_t now_ms = clock_ms();
    struct pg_entry x = made(&p, stream, NULL, now_ms + 30 * SECOND_MS), y = made(&p, other, NULL, now_ms + 10 * SECOND_MS);
    force(&p, &x);
    force(&p, &y);
    append(&p, pg_stream(p.a, "B"), NULL);
    stamp(&p);
    names(&p, stream, 0, "time", 2);
    assert_true(is_named(&p, other, 0, "time"));
}

/* ---- what the log says of its checkpoints and tokens */

static int64_t last_sys(struct place *p)
{
    int64_t seq, time_ms;
    uint8_t leaf[DIGEST_LEN];
    struct err e = {0};
    db_begin(p->log);
    assert_int_equal(store_sys_head(p->log, p->a, &seq, &time_ms, leaf, &e), 0);
    db_rollback(p->log);
    return seq;
}

/* Two stamps; then ${sql}; the first stamp is named. */
static void first_is_named(const char *sql, const char *rule, size_t faults)
{
    PLACE;
    append(&p, pg_stream(p.a, "B"), NULL);
    stamp(&p);
    append(&p, pg_stream(p.a, "B"), NULL);
    stamp(&p);
    holds(&p);
    script(&p, sql);
    names(&p, "SYS", 0, rule, faults);
}

CASE(L31_checkpoint_that_is_not_kept_any_more_is_named)
{
    first_is_named("delete from ledger.checkpoint where size = 1", "stamp", 1);
}

/* the note is good, but what stands beside it, and is read by services, says another tree */
CASE(L31_root_beside_a_good_checkpoint_that_is_another_is_named)
{
    PLACE;
    append(&p, pg_stream(p.a, "B"), NULL);
    uint64_t size = stamp(&p).size;
    append(&p, pg_stream(p.a, "B"), NULL);
    stamp(&p);
    holds(&p);
    script(&p, "update ledger.checkpoint set root = set_byte(root, 7, get_byte(root, 7) # 1) where size = 1");
    names(&p, "SYS", (int64_t)size, "checkpoint", 1);
}

/* Both tokens are good, and each is over its own checkpoint. */
CASE(L31_tokens_exchanged_are_named)
{
    first_is_named("update ledger.checkpoint c set token = o.token, token_ms = o.token_ms from ledger.checkpoint o"
                   " where c.size = 1 and o.size > 1;"
                   "update ledger.attachment a set bytes = c.token from ledger.checkpoint c, ledger.entry e where e.stream = 'SYS'"
                   " and e.seq = 0 and c.size = 1 and convert_from(e.bytes, 'UTF8') like '%att token ' || encode(a.sha256, 'hex') || ' %'",
                   "stamp", 3);
}

/* A sequencer that records what it has not: of another tree, of a tree not yet there, without a token of its checkpoint. */
static void recorded_is_named(struct place *p, struct kept_checkpoint *c, const char *said)
{
    struct err e = {0};
    assert_int_equal(log_tree_add_timestamp(&p->tree, c, &e), 0);
    integrate(p);
    int64_t seq = last_sys(p);
    names(p, "SYS", seq, "stamp", 1);
    if (strstr(LIST_AT(p->report.faults, struct audit_fault, 0)->text, said) == NULL)
        fail_msg("%s", LIST_AT(p->report.faults, struct audit_fault, 0)->text);
}

CASE(L31_recorded_time_stamp_of_another_tree_is_named)
{
    PLACE;
    append(&p, pg_stream(p.a, "B"), NULL);
    struct kept_checkpoint c = stamp(&p);
    c.root[7] ^= 1;
    recorded_is_named(&p, &c, "it says something else than its checkpoint");
}

CASE(L31_recorded_time_stamp_of_a_longer_log_is_named)
{
    PLACE;
    append(&p, pg_stream(p.a, "B"), NULL);
    struct kept_checkpoint c = stamp(&p);
    c.size = 100;
    recorded_is_named(&p, &c, "the log was not so long");
}

CASE(L31_recorded_token_of_something_else_is_named)
{
    PLACE;
    append(&p, pg_stream(p.a, "B"), NULL);
    struct kept_checkpoint c = stamp(&p);
    c.token = token_of(&p, (struct bytes){(const uint8_t *)"other", 5}, clock_ms());
    recorded_is_named(&p, &c, "");
}

CASE(L31_recorded_checkpoint_that_the_log_never_signed_is_named)
{
    PLACE;
    append(&p, pg_stream(p.a, "B"), NULL);
    struct kept_checkpoint c = stamp(&p);
    struct bytes body = note_body(p.a, PG_ORIGIN, c.size, c.root);
    uint8_t sig[NOTE_SIGNATURE] = {1};
    c.note = note_text(p.a, body, note_line_text(p.a, &p.note, sig));
    c.token = token_of(&p, c.note, clock_ms());
    recorded_is_named(&p, &c, "");
}

/* ---- heads: what the log says of its streams' last entries */

static void add_heads(struct place *p)
{
    struct err e = {0};
    if (log_tree_add_heads(&p->tree, &e) != 0)
        fail_msg("%s", e.text);
}

/* Streams come and go on, in between and again, in whatever order their names have; many at once. */
CASE(L33_heads_recorded_as_the_log_grew_hold)
{
    PLACE;
    struct pg_entry x[40];
    for (int round = 0; round < 6; round++) {
        for (int i = 0; i < 40; i++)
            if (round == 0 || i % (round + 1) == 0)
                x[i] = append(&p, round == 0 || i % 4 == 0 ? pg_stream(p.a, i % 3 == 0 ? "A" : "Z") : x[i].stream,
                              round == 0 || i % 4 == 0 ? NULL : &x[i]);
        integrate(&p);
        add_heads(&p);
        stamp(&p);
    }
    holds(&p);
}

CASE(L33_heads_of_more_streams_than_fit_at_first_hold)
{
    PLACE;
    struct pg_entry list[50];
    for (int round = 0; round < 24; round++) {
        for (int i = 0; i < 50; i++)
            pg_entry_make(p.a, pg_stream(p.a, "B"), "batch.reading", NULL, &list[i]);
        assert_int_equal(pg_append(p.batch, list, 50, &e), 0);
        if (round % 8 == 0) {
            integrate(&p);
            add_heads(&p);
        }
    }
    integrate(&p);
    add_heads(&p);
    stamp(&p);
    holds(&p);
}

/* Entries that came between come before it into the log: it speaks of the tree before them. */
CASE(L33_heads_of_a_tree_that_has_grown_since_hold)
{
    PLACE;
    struct pg_entry x = append(&p, pg_stream(p.a, "B"), NULL);
    integrate(&p);
    x = append(&p, x.stream, &x);
    append(&p, pg_stream(p.a, "B"), NULL);
    add_heads(&p);
    append(&p, x.stream, &x);
    integrate(&p);
    add_heads(&p);
    holds(&p);
    assert_int_equal(p.report.tree_size, 5);
}

/* A sequencer that leaves an entry, or a stream, out of what it says. */
static void heads_are_named(const char *body_root, int64_t more_size, int64_t more_streams, const char *said)
{
    PLACE;
    struct head list[2];
    uint8_t root[DIGEST_LEN];
    for (int i = 0; i < 2; i++) {
        struct pg_entry x = append(&p, pg_stream(p.a, i == 0 ? "B" : "C"), NULL);
        list[i] = (struct head){.stream = x.stream};
        memcpy(list[i].leaf, x.leaf, DIGEST_LEN);
        if (i == 1 && strcmp(body_root, "older") == 0)
            append(&p, x.stream, &x);
    }
    integrate(&p);
    assert_int_equal(heads_root(p.a, list, 2, root, &e), 0);
    struct bytes body = heads_body(p.a, root, p.tree.frontier.size + (uint64_t)more_size, 2 + (uint64_t)more_streams);
    assert_int_equal(log_tree_add(&p.tree, HEADS_TYPE, body, &e), 0);
    integrate(&p);
    stamp(&p);
    if (said == NULL) {
        holds(&p);
        return;
    }
    names(&p, "SYS", 0, "heads", 1);
    if (strstr(LIST_AT(p.report.faults, struct audit_fault, 0)->text, said) == NULL)
        fail_msg("%s", LIST_AT(p.report.faults, struct audit_fault, 0)->text);
}

CASE(L33_heads_as_they_are_hold) { heads_are_named("", 0, 0, NULL); }
CASE(L33_heads_that_leave_the_last_entry_out_are_named) { heads_are_named("older", 0, 0, "give another root"); }
CASE(L33_heads_of_another_number_of_streams_are_named) { heads_are_named("", 0, 1, "the log had 2 streams at size 2, not 3"); }
CASE(L33_heads_of_a_tree_not_yet_there_are_named) { heads_are_named("", 1, 0, "of size 3: the log was not so long"); }
CASE(L33_heads_of_an_empty_tree_are_named) { heads_are_named("", -2, 0, "of size 0"); }

/* more than are read at a time: what is wrong with the last of them is found */
CASE(L33_heads_of_a_long_log_are_read_to_the_last)
{
    PLACE;
    enum { MANY = 401 };
    uint8_t root[DIGEST_LEN] = {1};
    append(&p, pg_stream(p.a, "B"), NULL);
    for (int i = 0; i < MANY; i++) {
        integrate(&p);
        add_heads(&p);
    }
    integrate(&p);
    assert_int_equal(log_tree_add(&p.tree, HEADS_TYPE, heads_body(p.a, root, p.tree.frontier.size, 2), &e), 0);
    integrate(&p);
    stamp(&p);
    names(&p, "SYS", MANY, "heads", 1);
}
