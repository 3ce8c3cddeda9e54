/* The log's public files from a real database: what an outsider computes from them is what the checkpoint signs. */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit_log.h"
#include "base/clock.h"
#include "crypto/keys.h"
#include "db/log_source.h"
#include "dossier/receipt.h"
#include "ledger/entry.h"
#include "log_tree.h"
#include "sequencer.h"
#include "support/pg.h"
#include "support/test.h"

struct place {
    struct arena *a;
    struct db *batch, *log, *audit;
    struct log_tree tree;
    struct statement_table sequencer[2], reader[2];
    struct key *key;
    struct trust trust;
    struct bytes note;
    uint64_t size;               /* of the checkpoint */
    uint8_t root[DIGEST_LEN];
};

static void place_begin(struct place *p)
{
    struct err e = {0};
    sequencer_config.common.origin = PG_ORIGIN;
    sequencer_config.terminal = "T-SEQUENCER";
    p->a = arena_new(0);
    p->sequencer[0] = sequencer_statements;
    p->sequencer[1] = log_source_statements;
    p->reader[0] = audit_log_statements;
    p->reader[1] = log_source_statements;
    p->batch = pg_open("stemma_batch", &pg_append_table);
    p->audit = pg_open_tables("stemma_audit", p->reader, 2);
    p->log = pg_open_tables("stemma_sequencer", p->sequencer, 2);
    int code = log_tree_open(&p->tree, p->log, &e);
    for (int tries = 0; code == ERR_BUSY && tries < 2400; tries++) {
        usleep(50000);
        code = log_tree_open(&p->tree, p->log, &e);
    }
    assert_int_equal(code, 0);
    if (p->key == NULL)
        assert_int_equal(key_new(KEY_ED25519, &p->key, &e), 0);
    assert_true(key_note_public(p->key, p->trust.log_key));
}

static void place_end(struct place *p)
{
    p->batch = db_close(p->batch);
    p->log = db_close(p->log);
    p->audit = db_close(p->audit);
    key_free(p->key);
    p->a = arena_free(p->a);
}

/* A checkpoint of the tree as it is, signed by the test's own log key. */
static void checkpoint(struct place *p)
{
    struct err e = {0};
    uint8_t signature[NOTE_SIGNATURE];
    struct kept_checkpoint c = {.size = p->tree.frontier.size, .cosignatures = {(const uint8_t *)"", 0}, .token = {(const uint8_t *)"", 0}};
    merkle_frontier_root(&p->tree.frontier, c.root);
    struct bytes body = note_body(p->a, PG_ORIGIN, c.size, c.root);
    struct note_key key = note_key_make(p->a, PG_ORIGIN, NOTE_KEY_ED25519, p->trust.log_key);
    assert_int_equal(key_note_sign(p->key, body, signature, &e), 0);
    c.note = note_text(p->a, body, note_line_text(p->a, &key, signature));
    if (store_checkpoint_add(p->log, p->a, p->tree.epoch, &c, &e) != 0)
        fail_msg("%s", e.text);
    p->note = c.note;
    p->size = c.size;
    memcpy(p->root, c.root, DIGEST_LEN);
}

static struct pg_entry append(struct place *p, int count)
{
    struct err e = {0};
    struct pg_entry x;
    for (int i = 0; i < count; i++) {
        pg_entry_make(p->a, pg_stream(p->a, "B"), "batch.reading", NULL, &x);
        if (pg_append(p->batch, &x, 1, &e) != 0)
            fail_msg("%s", e.text);
    }
    return x;
}

#define PLACE                                                             \
    CLEANUP(place_end) struct place p = {0};                              \
    struct err e = {0};                                                   \
    place_begin(&p)

static int file(struct place *p, const char *path, struct bytes *ret)
{
    struct err e = {0};
    int code = audit_log_file(p->audit, p->a, path, ret, &e);
    if (code < 0)
        fail_msg("%s: %s", path, e.text);
    return code;
}

static const char *name(struct place *p, enum log_file_kind kind, unsigned level, uint64_t n, unsigned width)
{
    const struct log_path path = {kind, level, n, width};
    return log_path_text(p->a, &path);
}

/* All hashes of one level, as an outsider fetches them. */
static uint64_t fetch_level(struct place *p, unsigned level, uint8_t (**ret)[DIGEST_LEN])
{
    uint64_t there = p->size >> (8 * level);
    uint8_t (*all)[DIGEST_LEN] = arena_alloc(p->a, (size_t)(there + 1) * DIGEST_LEN);
    for (uint64_t n = 0; n * LOG_TILE_WIDTH < there; n++) {
        uint64_t left = there - n * LOG_TILE_WIDTH;
        unsigned width = left < LOG_TILE_WIDTH ? (unsigned)left : LOG_TILE_WIDTH;
        struct bytes tile;
        assert_int_equal(file(p, name(p, LOG_HASHES, level, n, width), &tile), 0);
        assert_int_equal(tile.len, width * DIGEST_LEN);
        memcpy(all[n * LOG_TILE_WIDTH], tile.data, tile.len);
    }
    *ret = all;
    return there;
}

CASE(L06_tiles_give_the_root_that_is_signed)
{
    PLACE;
    uint8_t (*leaves)[DIGEST_LEN], (*roots)[DIGEST_LEN], root[DIGEST_LEN];
    struct bytes served;
    append(&p, 600);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    checkpoint(&p);
    assert_int_equal(file(&p, "checkpoint", &served), 0);
    assert_memory_equal(served.data, p.note.data, p.note.len);
    assert_true(fetch_level(&p, 0, &leaves) == p.size);
    struct merkle_source source = merkle_array(p.a, (const uint8_t (*)[DIGEST_LEN])leaves, p.size);
    assert_int_equal(merkle_root(&source, p.size, root, &e), 0);
    assert_memory_equal(root, p.root, DIGEST_LEN);
    uint64_t upper = fetch_level(&p, 1, &roots);
    assert_true(upper == p.size / 256 && upper >= 2);
    for (uint64_t i = 0; i < upper; i++) {
        assert_int_equal(source.node(source.ctx, 8, i, root, &e), 0);
        assert_memory_equal(root, roots[i], DIGEST_LEN);
    }
}

CASE(L06_entries_are_those_of_the_leaves)
{
    PLACE;
    struct bytes bundle, tile;
    append(&p, 300);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    checkpoint(&p);
    assert_int_equal(file(&p, "tile/entries/000", &bundle), 0);
    assert_int_equal(file(&p, "tile/0/000", &tile), 0);
    size_t at = 0;
    for (unsigned i = 0; i < 256; i++) {
        uint8_t leaf[DIGEST_LEN];
        struct entry entry;
        size_t len = (size_t)bundle.data[at] << 8 | bundle.data[at + 1];
        assert_true(at + 2 + len <= bundle.len);
        assert_int_equal(entry_parse(p.a, (const char *)bundle.data + at + 2, len, &entry, &e), 0);
        entry_leaf_hash(bundle.data + at + 2, len, leaf);
        assert_memory_equal(leaf, tile.data + i * DIGEST_LEN, DIGEST_LEN);
        at += 2 + len;
    }
    assert_int_equal(at, bundle.len);
}

/* What no checkpoint signs is not given, and what is given stays the same for ever. */
CASE(L06_only_what_a_checkpoint_covers_is_served)
{
    PLACE;
    struct bytes before, after;
    append(&p, 20);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    checkpoint(&p);
    uint64_t n = p.size / 256;
    unsigned width = (unsigned)(p.size % 256);
    const char *last = name(&p, LOG_HASHES, 0, n, width > 0 ? width : 1);
    bool there = width > 0;
    if (there)
        assert_int_equal(file(&p, last, &before), 0);
    append(&p, 300);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    assert_int_equal(file(&p, name(&p, LOG_HASHES, 0, n, 256), &after), ERR_NOT_FOUND);
    assert_int_equal(file(&p, name(&p, LOG_HASHES, 0, n, width + 1 > 255 ? 255 : width + 1), &after), width == 255 ? 0 : ERR_NOT_FOUND);
    assert_int_equal(file(&p, name(&p, LOG_ENTRIES, 0, n + 1, 1), &after), ERR_NOT_FOUND);
    checkpoint(&p);
    assert_int_equal(file(&p, name(&p, LOG_HASHES, 0, n, 256), &after), 0);
    if (there) {
        assert_memory_equal(after.data, before.data, before.len);
        assert_int_equal(file(&p, last, &after), 0);
        assert_int_equal(after.len, before.len);
        assert_memory_equal(after.data, before.data, before.len);
    }
}

CASE(L06_what_is_no_file_is_not_found)
{
    PLACE;
    struct bytes none;
    append(&p, 3);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    checkpoint(&p);
    assert_int_equal(file(&p, "tile/7/000.p/1", &none), ERR_NOT_FOUND);
    assert_int_equal(file(&p, "tile/0/x999/999", &none), ERR_NOT_FOUND);
    assert_int_equal(file(&p, "tile/0/000?size=1", &none), ERR_NOT_FOUND);
}

CASE(L09_receipt_holds_against_its_own_checkpoint_while_the_log_grows)
{
    PLACE;
    for (int i = 0; i < 5; i++) {
        struct pg_entry x = append(&p, 60);
        struct log_proof proof;
        struct receipt_facts r;
        assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
        checkpoint(&p);
        append(&p, 10);
        assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
        if (audit_log_proof(p.audit, p.a, x.stream, x.seq, &proof, &e) != 0)
            fail_msg("%s", e.text);
        assert_int_equal(receipt_verify(p.a, log_proof_text(p.a, &proof), &p.trust, &r, &e), 0);
        assert_string_equal(r.entry.stream, x.stream);
        assert_true(r.size == p.size);
    }
}

#define APPENDERS 8
#define PROOFS 10000
#define PATIENCE_S 300           /* a patience, not a measure: other cases and builds take their turns */
#define PAUSE_US 4000
#define APPEND_PAUSE_US 15000

/* What the processes of a busy log know of each other. */
struct busy {
    char stream[APPENDERS][33];
    _Atomic int64_t logged[APPENDERS];     /* how many entries of the stream a checkpoint covers */
    _Atomic int64_t appended[APPENDERS];
    _Atomic bool is_over;
};

static struct busy *busy_new(struct arena *a)
{
    struct busy *b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(b != MAP_FAILED);
    for (int i = 0; i < APPENDERS; i++)
        snprintf(b->stream[i], sizeof b->stream[i], "%s", pg_stream(a, "B"));
    return b;
}

/* A process of its own, which does ${work} until all is over and ends well. */
static pid_t busy_with(struct busy *b, int which, void (*work)(struct busy *b, int which))
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    work(b, which);
    _exit(0);
}

static void go_on_appending(struct busy *b, int which)
{
    struct db *db = pg_open("stemma_batch", &pg_append_table);
    struct arena *a = arena_new(0);
    struct pg_entry before, x;
    struct err e = {0};
    for (int64_t n = 0; !b->is_over; n++, before = x) {
        arena_reset(a);
        pg_entry_make(a, b->stream[which], "batch.reading", n > 0 ? &before : NULL, &x);
        if (pg_append(db, &x, 1, &e) != 0)
            _exit(3);
        b->appended[which] = n + 1;
        usleep(APPEND_PAUSE_US);
    }
}

static struct key *busy_key;             /* the log's, known before there are processes */

static void go_on_logging(struct busy *b, int which)
{
    struct place p = {.key = busy_key};
    struct err e = {0};
    (void)which;
    place_begin(&p);
    while (!b->is_over) {
        int64_t there[APPENDERS];
        for (int i = 0; i < APPENDERS; i++)
            there[i] = b->appended[i];
        if (log_tree_integrate(&p.tree, NULL, &e) != 0)
            _exit(4);
        checkpoint(&p);
        for (int i = 0; i < APPENDERS; i++)
            b->logged[i] = there[i];
        usleep(PAUSE_US);
    }
}

/* A receipt of any entry that is logged, checked against the checkpoint that it names; that one's size. */
static uint64_t take_receipt(struct db *audit, struct arena *a, const struct busy *b, const struct trust *trust, unsigned i)
{
    struct log_proof proof;
    struct receipt_facts r;
    struct err e = {0};
    int which = (int)(i % APPENDERS);
    int64_t seq = (int64_t)(i * 2654435761U) % b->logged[which];
    arena_reset(a);
    if (audit_log_proof(audit, a, b->stream[which], seq, &proof, &e) != 0 ||
        receipt_verify(a, log_proof_text(a, &proof), trust, &r, &e) != 0)
        fail_msg("receipt %u, entry %lld of %s: %s", i, (long long)seq, b->stream[which], e.text);
    assert_string_equal(r.entry.stream, b->stream[which]);
    assert_int_equal(r.entry.seq, seq);
    return r.size;
}

static bool all_logged(const struct busy *b)
{
    bool all = true;
    for (int i = 0; i < APPENDERS; i++)
        all &= b->logged[i] > 0;
    return all;
}

CASE(L09_ten_thousand_receipts_while_eight_append)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    CLEANUP(pg_arena_done) struct arena *one = arena_new(0);
    const struct statement_table tables[] = {audit_log_statements, log_source_statements};
    struct busy *b = busy_new(a);
    struct trust trust = {0};
    struct err e = {0};
    pid_t pid[APPENDERS + 1];
    int64_t until_us, at_first[APPENDERS];
    uint64_t last = 0, checkpoints = 0;
    assert_int_equal(key_new(KEY_ED25519, &busy_key, &e), 0);
    assert_true(key_note_public(busy_key, trust.log_key));
    for (int i = 0; i <= APPENDERS; i++)
        pid[i] = busy_with(b, i, i < APPENDERS ? go_on_appending : go_on_logging);
    CLEANUP(pg_done) struct db *audit = pg_open_tables("stemma_audit", tables, 2);
    for (int i = 0; !all_logged(b) && i < PATIENCE_S * 100; i++)     /* other cases' logs take turns */
        usleep(10000);
    assert_true(all_logged(b));
    until_us = clock_monotonic_us() + PATIENCE_S * INT64_C(1000000);
    for (int i = 0; i < APPENDERS; i++)
        at_first[i] = b->appended[i];
    for (unsigned i = 0; i < PROOFS; i++) {
        uint64_t size = take_receipt(audit, one, b, &trust, i);
        assert_true(size >= last && clock_monotonic_us() < until_us);
        checkpoints += size != last;
        last = size;
    }
    b->is_over = true;
    for (int i = 0; i <= APPENDERS; i++) {
        int status = -1;
        assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
        assert_int_equal(status, 0);
        assert_true(i == APPENDERS || b->appended[i] > at_first[i] + 100);
    }
    print_message("%llu checkpoints, %llu leaves\n", (unsigned long long)checkpoints, (unsigned long long)last);
    assert_true(checkpoints >= 100);
    key_free(busy_key);
    munmap(b, sizeof *b);
}

CASE(receipt_comes_only_with_a_checkpoint)
{
    PLACE;
    struct log_proof proof;
    checkpoint(&p);
    struct pg_entry x = append(&p, 1);
    assert_int_equal(audit_log_proof(p.audit, p.a, x.stream, 0, &proof, &e), ERR_UNAVAILABLE);
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    assert_int_equal(audit_log_proof(p.audit, p.a, x.stream, 0, &proof, &e), ERR_UNAVAILABLE);
    checkpoint(&p);
    assert_int_equal(audit_log_proof(p.audit, p.a, x.stream, 0, &proof, &e), 0);
    assert_int_equal(audit_log_proof(p.audit, p.a, x.stream, 1, &proof, &e), ERR_NOT_FOUND);
}

CASE(L13_every_byte_of_a_receipt_counts)
{
    PLACE;
    struct pg_entry x = append(&p, 2);
    struct log_proof proof;
    struct receipt_facts r;
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    checkpoint(&p);
    assert_int_equal(audit_log_proof(p.audit, p.a, x.stream, 0, &proof, &e), 0);
    struct bytes text = log_proof_text(p.a, &proof);
    for (size_t i = 0; i < text.len; i++) {
        char *copy = arena_dup(p.a, text.data, text.len);
        copy[i] ^= 1;
        if (receipt_verify(p.a, (struct bytes){(const uint8_t *)copy, text.len}, &p.trust, &r, &e) == 0)
            fail_msg("byte %zu may be changed: %.20s", i, copy + i);
    }
}

CASE(L03_receipt_under_another_log_key_or_without_a_witness_is_refused)
{
    PLACE;
    struct pg_entry x = append(&p, 4);
    struct log_proof proof;
    struct receipt_facts r;
    assert_int_equal(log_tree_integrate(&p.tree, NULL, &e), 0);
    checkpoint(&p);
    assert_int_equal(audit_log_proof(p.audit, p.a, x.stream, 0, &proof, &e), 0);
    struct bytes text = log_proof_text(p.a, &proof);
    assert_int_equal(receipt_verify(p.a, text, &p.trust, &r, &e), 0);
    struct trust other = p.trust;
    other.log_key[0] ^= 1;
    assert_int_not_equal(receipt_verify(p.a, text, &other, &r, &e), 0);
    struct note_key witness = note_key_make(p.a, "witness-1", NOTE_KEY_COSIGNATURE, p.trust.log_key);
    other = p.trust;
    other.witness = &witness;
    other.witness_count = 1;
    assert_int_not_equal(receipt_verify(p.a, text, &other, &r, &e), 0);
}
