/*
 * What was signed and time-stamped of the log: every checkpoint kept, every time-stamp recorded (log.timestamp); and the times of
 * entries between them. Append keeps them so (ledger.append, stamper.c), but whoever owns the database passes by it.
 */
#include <inttypes.h>
#include <string.h>

#include "audit_check_walk.h"
#include "base/clock.h"
#include "crypto/digest.h"
#include "ledger/entry.h"
#include "ledger/stamps.h"
#include "ledger/statement.h"

#define PAGE 200
#define EARLY_MS 1000                 /* an entry may be so much later than the time-stamp that covers it (format.md) */

/** The checkpoint kept of the size reached last: what is recorded of it comes right behind. */
struct judged {
    uint64_t size;
    int64_t time_ms;
    uint8_t root[DIGEST_LEN], note[DIGEST_LEN], token[DIGEST_LEN];
};

struct stamps {
    struct check *check;
    const struct anchors *anchors;
    struct arena *page;
    struct db_rows rows;
    int next;
    int64_t read_to;
    bool is_read;                     /* there are no pages behind this one */
    struct judged last;
    uint64_t covered;                 /* leaves before which a good token has covered */
    int64_t latest_ms;                /* of the entries behind */
    uint64_t stamped;                 /* size of the newest recorded time-stamp, 0: none */
    int64_t stamp_ms, stamp_seq;
};

struct stamps *stamps_new(struct check *k, struct arena *a, const struct anchors *anchors)
{
    struct stamps *s = ARENA_NEW(a, struct stamps);
    *s = (struct stamps){.check = k, .anchors = anchors, .page = arena_new((size_t)256 << 20), .read_to = INT64_MIN,
                         .latest_ms = TIME_ABSENT};
    return s;
}

struct stamps *stamps_free(struct stamps *s)
{
    if (s != NULL)
        arena_free(s->page);
    return NULL;
}

/* The size of the next checkpoint kept. false: there is none. */
static int next_size(struct stamps *s, bool *ret_more, int64_t *ret, struct err *e)
{
    int code = 0;
    if (s->next == s->rows.rows && !s->is_read) {
        arena_reset(s->page);
        s->rows = (struct db_rows){0};
        s->next = 0;
        code = db_query(s->check->db, s->page, &audit_check_statements.rows[AUDIT_CHECKPOINTS],
                        DB_VALUES(db_int(s->read_to), db_int(PAGE)), &s->rows, e);
        s->is_read = code == 0 && s->rows.rows < PAGE;
        if (code == 0 && s->rows.rows > 0)
            s->read_to = db_cell_int(&s->rows, s->rows.rows - 1, "size");
    }
    *ret_more = code == 0 && s->next < s->rows.rows;
    if (*ret_more)
        *ret = db_cell_int(&s->rows, s->next, "size");
    return code;
}

static struct kept_note kept_at(const struct db_rows *r, int row)
{
    return (struct kept_note){db_cell(r, row, "root"), db_cell(r, row, "note"), db_cell(r, row, "cosignatures"), db_cell(r, row, "token"),
                              db_cell_int(r, row, "token_ms")};
}

/* What stands beside a note is what the note says: services read the column. */
static void judge_column(struct stamps *s, const struct walk *w, const struct kept_note *kept, const struct checkpoint *said)
{
    if (kept->root.len != DIGEST_LEN || memcmp(kept->root.data, said->root, DIGEST_LEN) != 0)
        check_fault(s->check, STREAM_SYS, (int64_t)w->tree.size, "checkpoint", "the root kept beside that of size %llu is not the one its note says",
                    (unsigned long long)w->tree.size);
}

/* The root that was signed is the root of the leaves that are here now. False: nothing follows from it. */
static bool judge_reached(struct stamps *s, struct walk *w, struct arena *a, const struct kept_note *kept, struct checkpoint *ret)
{
    const struct check *k = s->check;
    struct err why;
    uint8_t root[DIGEST_LEN];
    merkle_frontier_root(&w->tree, root);
    bool is_note = note_parse(a, (const char *)kept->note.data, kept->note.len, ret, &why) == 0;
    if (is_note)
        judge_column(s, w, kept, ret);
    if (!is_note || (s->anchors->are_given && anchors_judge(a, s->anchors, ret, kept, &why) != 0))
        check_fault(s->check, STREAM_SYS, (int64_t)w->tree.size, "checkpoint", "of size %llu: %.200s",
                    (unsigned long long)w->tree.size, why.text);
    else if (ret->size != w->tree.size || strcmp(ret->origin, k->trust->origin) != 0)
        check_fault(s->check, STREAM_SYS, (int64_t)w->tree.size, "checkpoint", "kept for size %llu, it says %llu of %s",
                    (unsigned long long)w->tree.size, (unsigned long long)ret->size, ret->origin);
    else if (memcmp(ret->root, root, DIGEST_LEN) == 0 || w->is_broken)
        return !w->is_broken;
    else {
        check_fault(s->check, w->stream, w->seq, "tree", "from this entry on the log is not the one signed at size %llu",
                    (unsigned long long)ret->size);
        w->is_broken = true;
    }
    return false;
}

/* No entry is later than the first token that covers it. */
static int check_covered(struct stamps *s, struct arena *a, int64_t token_ms, struct err *e)
{
    struct db_rows r = {0};
    int code = 0;
    if (s->latest_ms > token_ms + EARLY_MS)
        code = db_query(s->check->db, a, &audit_check_statements.rows[AUDIT_LATER],
                        DB_VALUES(db_int((int64_t)s->covered), db_int((int64_t)s->last.size), db_int(token_ms + EARLY_MS)), &r, e);
    for (int i = 0; code == 0 && i < r.rows; i++)
        check_fault(s->check, db_cell_text(&r, i, "stream"), db_cell_int(&r, i, "seq"), "time",
                    "the entry is %" PRId64 " ms later than the time-stamp of size %llu that covers it",
                    db_cell_int(&r, i, "time_ms") - token_ms, (unsigned long long)s->last.size);
    s->covered = s->last.size;
    s->latest_ms = TIME_ABSENT;
    return code;
}

static int take_reached(struct stamps *s, struct walk *w, struct err *e)
{
    struct arena *a = arena_new(0);
    struct checkpoint c;
    const struct kept_note kept = kept_at(&s->rows, s->next);
    int code = 0;
    s->last = (struct judged){0};
    if (judge_reached(s, w, a, &kept, &c) && s->anchors->are_given) {
        s->last.size = c.size;
        s->last.time_ms = kept.token_ms;
        memcpy(s->last.root, c.root, DIGEST_LEN);
        digest_sha256(kept.note.data, kept.note.len, s->last.note);
        digest_sha256(kept.token.data, kept.token.len, s->last.token);
        code = check_covered(s, a, kept.token_ms, e);
    }
    s->next++;
    w->stream[0] = '\0';
    arena_free(a);
    return code;
}

int stamps_reached(struct stamps *s, struct walk *w, struct err *e)
{
    bool more;
    int64_t size = 0;
    int code;
    while ((code = next_size(s, &more, &size, e)) == 0 && more && size == (int64_t)w->tree.size)
        if ((code = take_reached(s, w, e)) != 0)
            break;
    return code;
}

/** A recorded time-stamp: what its statement says, and what its entry names. */
struct recorded {
    uint64_t size;
    uint8_t root[DIGEST_LEN];
    struct attachment note, token;    /* name NULL: it names none */
};

static int read_recorded(struct arena *a, const struct walk_leaf *leaf, struct recorded *ret, struct err *e)
{
    struct statement said;
    struct entry entry;
    *ret = (struct recorded){0};
    int code = entry_parse(a, (const char *)leaf->entry.data, leaf->entry.len, &entry, e);
    if (code == 0)
        code = statement_parse(a, (const char *)leaf->statement.data, leaf->statement.len, &said, e);
    if (code == 0)
        code = stamps_body_parse(said.body, ret->root, &ret->size, e);
    for (size_t i = 0; code == 0 && i < entry.att_count; i++)
        if (strcmp(entry.att[i].name, STAMP_ATT_CHECKPOINT) == 0)
            ret->note = entry.att[i];
        else if (strcmp(entry.att[i].name, STAMP_ATT_TOKEN) == 0)
            ret->token = entry.att[i];
    if (code == 0 && (ret->note.name == NULL || ret->token.name == NULL))
        code = err_raise(e, ERR_BODY_MALFORMED, "att", "", "it has no checkpoint or no token attached");
    return code;
}

static int fetch(struct stamps *s, struct arena *a, const struct attachment *att, struct bytes *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(s->check->db, a, &audit_check_statements.rows[AUDIT_ATTACHMENT],
                        DB_VALUES(db_bytes((struct bytes){att->sha256, DIGEST_LEN})), &r, e);
    if (code == 0 && r.rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "att", "", "its %s is missing", att->name);
    *ret = code == 0 ? db_cell(&r, 0, "bytes") : (struct bytes){NULL, 0};
    return code;
}

/* The root that the checkpoint kept of ${size} names, which was judged where the walk came by. */
static int kept_root(struct stamps *s, struct arena *a, uint64_t size, uint8_t ret[DIGEST_LEN], struct err *e)
{
    struct db_rows r;
    struct checkpoint c;
    int code = db_query(s->check->db, a, &audit_check_statements.rows[AUDIT_CHECKPOINT_OF], DB_VALUES(db_int((int64_t)size)), &r, e);
    if (code == 0 && r.rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "checkpoint", "", "the checkpoint that it was made of is not kept any more");
    struct bytes note = code == 0 ? db_cell(&r, 0, "note") : (struct bytes){NULL, 0};
    if (code == 0)
        code = note_parse(a, (const char *)note.data, note.len, &c, e);
    if (code == 0)
        memcpy(ret, c.root, DIGEST_LEN);
    return code;
}

/* Another checkpoint than the one reached last, or in other words: judged by itself. */
static int judge_apart(struct stamps *s, struct arena *a, const struct recorded *x, int64_t *ret_ms, struct err *e)
{
    struct bytes note = {NULL, 0}, token = {NULL, 0};
    struct checkpoint c;
    uint8_t root[DIGEST_LEN];
    int code = kept_root(s, a, x->size, root, e);
    if (code == 0)
        code = fetch(s, a, &x->note, &note, e);
    if (code == 0)
        code = fetch(s, a, &x->token, &token, e);
    if (code == 0)
        code = note_parse(a, (const char *)note.data, note.len, &c, e);
    if (code == 0)
        code = note_verify(&c, &s->anchors->log, key_note_verify, e);
    if (code == 0 && (c.size != x->size || memcmp(c.root, x->root, DIGEST_LEN) != 0 || memcmp(c.root, root, DIGEST_LEN) != 0))
        code = err_raise(e, ERR_SIGNATURE_REFUSED, "checkpoint", "", "it says something else than its checkpoint, or than the one kept");
    return code != 0 ? code : tsp_verify(s->anchors->tsa, note, token, ret_ms, e);
}

/* A refusal says that the record is not what it should be; a fault, that reading failed. */
static int judge_recorded(struct stamps *s, const struct walk *w, struct arena *a, const struct walk_leaf *leaf,
                          struct recorded *ret, int64_t *ret_ms, struct err *e)
{
    const struct judged *last = &s->last;
    int code = read_recorded(a, leaf, ret, e);
    if (code == 0 && (ret->size == 0 || ret->size > w->tree.size))
        code = err_raise(e, ERR_FIELD_RANGE, "size", "", "the log was not so long");
    if (code != 0)
        return code;
    if (last->size != ret->size || memcmp(last->root, ret->root, DIGEST_LEN) != 0 ||
        memcmp(last->note, ret->note.sha256, DIGEST_LEN) != 0 || memcmp(last->token, ret->token.sha256, DIGEST_LEN) != 0)
        return judge_apart(s, a, ret, ret_ms, e);
    *ret_ms = last->time_ms;
    return 0;
}

static int take_recorded(struct stamps *s, const struct walk *w, const struct walk_leaf *leaf, struct err *e)
{
    struct arena *a = arena_new(0);
    struct recorded x;
    int64_t at_ms = TIME_ABSENT;
    int code = judge_recorded(s, w, a, leaf, &x, &at_ms, e);
    if (code > 0 && !w->is_broken)
        check_fault(s->check, leaf->stream, leaf->seq, "stamp", "the time-stamp of size %llu: %.200s", (unsigned long long)x.size, e->text);
    else if (code == 0 && x.size > s->stamped) {
        s->stamped = x.size;
        s->stamp_ms = at_ms;
        s->stamp_seq = leaf->seq;
    }
    arena_free(a);
    return code < 0 ? code : 0;
}

int stamps_leaf(struct stamps *s, const struct walk *w, const struct walk_leaf *leaf, struct err *e)
{
    int code = 0;
    if (!s->anchors->are_given)
        return 0;
    if (leaf->statement.data != NULL)
        code = take_recorded(s, w, leaf, e);
    if (leaf->time_ms == TIME_ABSENT)
        return code;
    if (s->stamped > 0 && leaf->time_ms < s->stamp_ms - STAMP_LATE_MS)
        check_fault(s->check, leaf->stream, leaf->seq, "time",
                    "the entry says a time %" PRId64 " s before that of time-stamp SYS %" PRId64 ", which was in the log before it",
                    (s->stamp_ms - leaf->time_ms) / 1000, s->stamp_seq);
    s->latest_ms = leaf->time_ms > s->latest_ms ? leaf->time_ms : s->latest_ms;
    return code;
}

int stamps_end(struct stamps *s, const struct walk *w, struct err *e)
{
    bool more;
    int64_t size = 0;
    int code = next_size(s, &more, &size, e);
    if (more)
        check_fault(s->check, STREAM_SYS, (int64_t)w->tree.size, "checkpoint", "the log has %llu leaves, size %lld was signed",
                    (unsigned long long)w->tree.size, (long long)size);
    return code;
}
