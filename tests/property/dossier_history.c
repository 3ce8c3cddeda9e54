/*
 * Histories at random (ledger 6.2; immudb's CVE-2022-36111): some streams, their entries in any order, one log over all, a
 * checkpoint, heads. An honest history holds; whatever is done to one stream at whatever place is named there, also when the forger
 * links the rest of the chain anew, for the tree has other leaves. The seed is fixed; STEMMA_SEED changes it.
 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "dossier/verify.h"

#define ORIGIN "stemma.lab.example/2026"
#define HISTORIES 150
#define STREAMS 5
#define ENTRIES 40                   /* of a stream, at most */
#define SYS STREAMS                  /* the log's own, behind the others */

static uint64_t random_state;
static struct err e;

static unsigned pick(unsigned n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state % n);
}

static void seed(void)
{
    const char *text = getenv("STEMMA_SEED");
    random_state = text != NULL ? strtoull(text, NULL, 10) | 1 : 88172645463325252ULL;
}

struct history {
    struct arena *a;
    struct dossier_stream stream[STREAMS + 1];
    uint8_t leaf[(STREAMS + 1) * (ENTRIES + 2)][DIGEST_LEN];
    uint64_t size;
    int64_t now_ms;
    struct merkle_source tree;
    struct dossier_stream *subject;
    struct verify v;
    struct trust trust;
    struct findings verdict;
};

/* What a reader of the file fills in. */
static void read_entry(struct history *h, struct dossier_entry *at)
{
    assert_int_equal(entry_parse(h->a, (const char *)at->text.data, at->text.len, &at->entry, &e), 0);
    entry_leaf_hash(at->text.data, at->text.len, at->leaf);
    digest_sha256(at->stmt.data, at->stmt.len, at->stmt_sha256);
}

static struct bytes say(struct history *h, const char *stream, const char *type, struct bytes body)
{
    char command[COMMAND_HEX];
    struct bytes text;
    command_new(command);
    struct statement s = {.type = type, .stream = stream, .actor = "T-3", .terminal = "T-3", .signer = "batch",
                          .reviewed_seq = REVIEWED_NONE, .at_ms = h->now_ms, .command = command, .body = body};
    assert_int_equal(statement_build(h->a, &s, &text, &e), 0);
    return text;
}

/* ${at} as the entry number ${seq} behind ${before}, for the statement that it has. */
static void position(struct history *h, const char *stream, int64_t seq, const struct dossier_entry *before, int64_t time_ms,
                     struct dossier_entry *at)
{
    struct entry entry = {.origin = ORIGIN, .stream = stream, .seq = seq, .time_ms = time_ms, .stmt_len = (int64_t)at->stmt.len};
    digest_sha256(at->stmt.data, at->stmt.len, entry.stmt_sha256);
    if (before == NULL)
        entry_genesis_hash(ORIGIN, stream, entry.prev);
    else
        memcpy(entry.prev, before->leaf, DIGEST_LEN);
    assert_int_equal(entry_build(h->a, &entry, &at->text, &e), 0);
    read_entry(h, at);
}

static void append(struct history *h, int which, const char *type, struct bytes body)
{
    struct dossier_stream *s = &h->stream[which];
    struct dossier_entry *at = &s->entry[s->count];
    h->now_ms += 2 + pick(5000);
    at->stmt = say(h, s->id, type, body);
    position(h, s->id, (int64_t)s->count, s->count > 0 ? at - 1 : NULL, h->now_ms, at);
    at->index = h->size;
    memcpy(h->leaf[h->size++], at->leaf, DIGEST_LEN);
    s->count++;
}

static struct bytes any_body(struct history *h)
{
    const char *text = arena_printf(h->a, "{\"value\":\"%u.%u\"}\n", pick(1000), pick(10));
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static void take_heads(struct history *h, int streams)
{
    struct head head[STREAMS];
    struct dossier_heads *at = &h->v.d.heads;
    for (int i = 0; i < streams; i++) {
        const struct dossier_stream *s = &h->stream[i];
        head[i] = (struct head){.stream = s->id, .seq = (int64_t)s->count - 1};
        memcpy(head[i].leaf, s->entry[s->count - 1].leaf, DIGEST_LEN);
    }
    heads_sort(head, (size_t)streams);
    at->size = h->size;
    at->streams = (uint64_t)streams;
    at->index = heads_find(head, (size_t)streams, h->subject->id);
    at->line = head[at->index];
    assert_int_equal(heads_root(h->a, head, (size_t)streams, at->root, &e), 0);
    assert_int_equal(heads_proof(h->a, head, (size_t)streams, at->index, &at->proof, &e), 0);
    append(h, SYS, "log.heads", heads_body(h->a, at->root, at->size, at->streams));
}

static void prove(struct history *h, struct dossier_entry *at)
{
    assert_int_equal(merkle_inclusion_make(h->a, &h->tree, at->index, h->size, &at->proof, &e), 0);
}

/* The tree over what the log holds, and every proof. */
static void close_log(struct history *h)
{
    h->tree = merkle_array(h->a, (const uint8_t(*)[DIGEST_LEN])h->leaf, h->size);
    for (int i = 0; i <= SYS; i++)
        for (size_t k = 0; k < h->stream[i].count; k++)
            prove(h, &h->stream[i].entry[k]);
    h->v.checkpoint = (struct checkpoint){.origin = ORIGIN, .size = h->size};
    assert_int_equal(merkle_root(&h->tree, h->size, h->v.checkpoint.root, &e), 0);
    merkle_climb_begin(&h->v.climb, h->size, h->v.checkpoint.root);
    assert_int_equal(suites_read(NULL, &h->trust.suites, &e), 0);
    h->v.arena = h->a;
    h->v.trust = &h->trust;
    h->v.verdict = &h->verdict;
}

/* A lab's life, and any place in the subject's stream; ${unlogged}: the log has another leaf than that entry. */
static struct history *live(bool unlogged, size_t *ret_at)
{
    struct arena *a = arena_new((size_t)64 << 20);
    struct history *h = arena_alloc(a, sizeof *h);
    int streams = 1 + (int)pick(STREAMS);
    memset(h, 0, sizeof *h);
    h->a = a;
    assert_true(clock_from_text("2026-03-02T08:00:00.000Z", 24, &h->now_ms));
    for (int i = 0; i <= SYS; i++)
        h->stream[i] = (struct dossier_stream){i == SYS ? "SYS" : arena_printf(a, "B-%d", i + 1), i != SYS,
                                               ARENA_ARRAY(a, struct dossier_entry, ENTRIES + 2), 0};
    for (int i = 0; i < streams; i++)
        append(h, i, "batch.note", any_body(h));
    for (unsigned n = pick(STREAMS * ENTRIES); n > 0; n--) {
        int which = (int)pick((unsigned)streams);
        if (h->stream[which].count < ENTRIES)
            append(h, which, "batch.note", any_body(h));
    }
    h->subject = &h->stream[pick((unsigned)streams)];
    *ret_at = pick((unsigned)h->subject->count);
    if (unlogged)
        h->leaf[h->subject->entry[*ret_at].index][pick(DIGEST_LEN)] ^= (uint8_t)(1U << pick(8));
    take_heads(h, streams);
    h->verdict.time_ms = h->now_ms + 1000;
    close_log(h);
    return h;
}

/* The subject as ${s} has it, and the log's own stream; the first fault, NULL: it holds. */
static const struct fault *judge(struct history *h, struct dossier_stream *s)
{
    struct dossier_stream both[2] = {*s, h->stream[SYS]};
    h->v.d.subject = s->id;
    h->v.d.stream = both;
    h->v.d.stream_count = 2;
    h->verdict.fault = ARENA_ARRAY(h->a, struct fault, VERIFY_FAULTS_MAX);
    h->verdict.fault_count = 0;
    verify_stream(&h->v, &both[0]);
    verify_stream(&h->v, &both[1]);
    if (h->verdict.fault_count == 0)
        verify_heads(&h->v);
    return h->verdict.fault_count > 0 ? &h->verdict.fault[0] : NULL;
}

static struct dossier_stream copy(struct history *h)
{
    struct dossier_stream s = *h->subject;
    s.entry = ARENA_ARRAY(h->a, struct dossier_entry, s.count + 1);
    memcpy(s.entry, h->subject->entry, s.count * sizeof *s.entry);
    return s;
}

/* From ${from} on the forger numbers, dates and links the entries anew; the places in the tree stay whose they were. */
static void mend(struct history *h, struct dossier_stream *s, size_t from)
{
    for (size_t i = from; i < s->count; i++) {
        struct dossier_entry *at = &s->entry[i], *before = i > 0 ? at - 1 : NULL;
        int64_t time_ms = at->entry.time_ms;
        if (before != NULL && time_ms <= before->entry.time_ms)
            time_ms = before->entry.time_ms + 1;
        position(h, s->id, (int64_t)i, before, time_ms, at);
        at->index = i < h->subject->count ? h->subject->entry[i].index : h->subject->entry[i - 1].index + 1;
        prove(h, at);
    }
}

/* Each does its harm at ${at} of ${s}; where the first fault is then, by which rule, as it is and when it has been mended. */
struct expected {
    size_t seq;
    int rule, rule_mended;
    size_t mended_seq;
};

static struct expected drop(struct history *h, struct dossier_stream *s, size_t at)
{
    (void)h;
    memmove(&s->entry[at], &s->entry[at + 1], (--s->count - at) * sizeof *s->entry);
    return at == s->count ? (struct expected){at - 1, 10, 10, at - 1} : (struct expected){at + 1, 5, 8, at};
}

static struct expected swap(struct history *h, struct dossier_stream *s, size_t at)
{
    (void)h;
    at -= at + 1 == s->count;
    struct dossier_entry first = s->entry[at];
    s->entry[at] = s->entry[at + 1];
    s->entry[at + 1] = first;
    return (struct expected){at + 1, 5, 8, at};
}

static struct expected insert(struct history *h, struct dossier_stream *s, size_t at)
{
    struct dossier_entry *new = &s->entry[at + 1];
    memmove(new + 1, new, (s->count++ - at - 1) * sizeof *new);
    *new = s->entry[at];
    new->stmt = say(h, s->id, "batch.note", any_body(h));
    position(h, s->id, (int64_t)at + 1, &s->entry[at], s->entry[at].entry.time_ms + 1, new);
    new->index++;
    prove(h, new);
    return (struct expected){at + 1, 8, 8, at + 1};
}

static struct expected again(struct history *h, struct dossier_stream *s, size_t at)
{
    (void)h;
    memmove(&s->entry[at + 1], &s->entry[at], (s->count++ - at) * sizeof *s->entry);
    return (struct expected){at, 5, 8, at + 1};
}

static struct expected edit(struct history *h, struct dossier_stream *s, size_t at)
{
    struct dossier_entry *x = &s->entry[at];
    char *text = arena_dup(h->a, x->stmt.data, x->stmt.len);
    char *digit = strstr(text, "\"value\":\"") + strlen("\"value\":\"");
    *digit = *digit == '9' ? '8' : '9';
    x->stmt.data = (const uint8_t *)text;
    digest_sha256(x->stmt.data, x->stmt.len, x->stmt_sha256);
    return (struct expected){at, 6, 8, at};
}

static struct expected backdate(struct history *h, struct dossier_stream *s, size_t at)
{
    struct dossier_entry *x = &s->entry[at];
    position(h, s->id, (int64_t)at, at > 0 ? x - 1 : NULL, x->entry.time_ms - 1, x);
    return (struct expected){at, 8, 8, at};
}

static void expect(struct history *h, struct dossier_stream *s, size_t seq, int rule, const char *what)
{
    const struct fault *f = judge(h, s);
    if (f == NULL)
        fail_msg("%s at %zu of %zu entries holds", what, seq, h->subject->count);
    if (f->place.stream == NULL || strcmp(f->place.stream, s->id) != 0 || f->place.seq != (int64_t)seq || f->rule != rule)
        fail_msg("%s: %s, not %zu by rule %d", what, fault_text(h->a, f), seq, rule);
}

static void always_named(const char *what, struct expected (*harm)(struct history *, struct dossier_stream *, size_t))
{
    seed();
    for (int i = 0; i < HISTORIES;) {
        size_t at;
        struct history *h = live(false, &at);
        if (h->subject->count > 1) {
            struct dossier_stream s = copy(h);
            struct expected x = harm(h, &s, at);
            expect(h, &s, x.seq, x.rule, what);
            mend(h, &s, x.mended_seq < s.count ? x.mended_seq : s.count);
            expect(h, &s, x.mended_seq, x.rule_mended, what);
            i++;
        }
        arena_free(h->a);
    }
}

CASE(L02_history_at_random_holds)
{
    seed();
    for (int i = 0; i < HISTORIES; i++) {
        size_t at;
        struct history *h = live(false, &at);
        const struct fault *f = judge(h, h->subject);
        if (f != NULL)
            fail_msg("%s", fault_text(h->a, f));
        arena_free(h->a);
    }
}

CASE(L02_link_of_any_history_that_is_no_leaf_is_the_one_fault)
{
    seed();
    for (int i = 0; i < HISTORIES; i++) {
        size_t at;
        struct history *h = live(true, &at);
        expect(h, h->subject, at, 8, "unlogged");
        assert_int_equal(h->verdict.fault_count, 1);
        arena_free(h->a);
    }
}

CASE(L02_entry_dropped_anywhere_is_named) { always_named("dropped", drop); }
CASE(L02_entries_swapped_anywhere_are_named) { always_named("swapped", swap); }
CASE(L02_entry_put_in_anywhere_is_named) { always_named("put in", insert); }
CASE(L02_entry_repeated_anywhere_is_named) { always_named("repeated", again); }
CASE(L02_statement_edited_anywhere_is_named) { always_named("edited", edit); }
CASE(L02_entry_backdated_anywhere_is_named) { always_named("backdated", backdate); }
