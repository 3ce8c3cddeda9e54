/* The heads map, made again leaf by leaf: what the log recorded of it (log.heads) is what its leaves give. */
#include <stdlib.h>
#include <string.h>

#include "audit_check_walk.h"
#include "audit_line_tree.h"
#include "crypto/digest.h"
#include "ledger/heads.h"
#include "ledger/stamps.h"
#include "ledger/statement.h"

#define CHUNK 1024
#define PAGE 200                      /* of recorded heads */

/** One recorded heads root. */
struct claim {
    uint64_t size, streams;
    int64_t seq;                      /* in SYS */
    uint8_t root[DIGEST_LEN];
};

/** The last leaf of one stream so far, and its line's leaf hash. */
struct last {
    char stream[STREAM_MAX + 1];
    bool is_hashed;
    uint32_t place;                   /* among all names, once it is sorted in */
    int64_t seq;
    uint8_t leaf[DIGEST_LEN], line[DIGEST_LEN];
};

struct heads {
    struct check *check;
    struct arena *arena;
    struct claim *claim;              /* by size */
    size_t claim_count, claim_room, next;
    struct last **chunk;              /* streams as they came, CHUNK a piece */
    size_t count, room;
    uint32_t *slot;                   /* 1 + number by the hash of its name, 0: free */
    size_t slots;
    uint32_t *order;                  /* numbers by name: the first ${sorted} of them */
    size_t sorted;
    uint32_t *changed;                /* numbers of those among them that went on since the last root */
    size_t changed_count;
    struct line_tree tree;            /* of the lines, as they were at the last root */
};

static struct last *at(const struct heads *h, size_t i)
{
    return &h->chunk[i / CHUNK][i % CHUNK];
}

static uint32_t *slot_of(const struct heads *h, const char *stream)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const char *p = stream; *p != '\0'; p++)
        hash = (hash ^ (uint8_t)*p) * UINT64_C(1099511628211);
    size_t i = (size_t)(hash ^ hash >> 32) & (h->slots - 1);
    while (h->slot[i] != 0 && strcmp(at(h, h->slot[i] - 1)->stream, stream) != 0)
        i = (i + 1) & (h->slots - 1);
    return &h->slot[i];
}

/* Twice the room; half of the slots stay free. */
static void grow(struct heads *h)
{
    size_t room = h->room == 0 ? CHUNK : h->room * 2;
    struct last **chunk = ARENA_ARRAY(h->arena, struct last *, room / CHUNK);
    uint32_t *order = ARENA_ARRAY(h->arena, uint32_t, room), *changed = ARENA_ARRAY(h->arena, uint32_t, room);
    for (size_t i = 0; i < room / CHUNK; i++)
        chunk[i] = i < h->room / CHUNK ? h->chunk[i] : ARENA_ARRAY(h->arena, struct last, CHUNK);
    for (size_t i = 0; i < h->sorted; i++)
        order[i] = h->order[i];
    for (size_t i = 0; i < h->changed_count; i++)
        changed[i] = h->changed[i];
    h->chunk = chunk;
    h->order = order;
    h->changed = changed;
    line_tree_grow(h->arena, &h->tree, h->room, room);
    h->room = room;
    h->slots = room * 2;
    h->slot = ARENA_ARRAY(h->arena, uint32_t, h->slots);
    for (size_t i = 0; i < h->count; i++)
        *slot_of(h, at(h, i)->stream) = (uint32_t)i + 1;
}

void heads_leaf(struct heads *h, const struct walk_leaf *leaf, const uint8_t hash[DIGEST_LEN])
{
    if (h->claim_count == 0 || strlen(leaf->stream) > STREAM_MAX)
        return;
    if (h->count == h->room)
        grow(h);
    uint32_t *slot = slot_of(h, leaf->stream);
    if (*slot == 0) {
        *slot = (uint32_t)++h->count;
        memcpy(at(h, *slot - 1)->stream, leaf->stream, strlen(leaf->stream) + 1);
    }
    struct last *last = at(h, *slot - 1);
    if (last->is_hashed)
        h->changed[h->changed_count++] = *slot - 1;
    last->seq = leaf->seq;
    last->is_hashed = false;
    memcpy(last->leaf, hash, DIGEST_LEN);
}

static int compare_names(const void *x, const void *y, void *h)
{
    return strcmp(at(h, *(const uint32_t *)x)->stream, at(h, *(const uint32_t *)y)->stream);
}

/* The streams that are new since the last time go in between, from behind. The first place that another line has now. */
static size_t sort(struct heads *h)
{
    struct arena *a = arena_new((size_t)256 << 20);
    size_t fresh = h->count - h->sorted, old = h->sorted, to = h->count;
    uint32_t *more = ARENA_ARRAY(a, uint32_t, fresh + 1);
    for (size_t i = 0; i < fresh; i++)
        more[i] = (uint32_t)(h->sorted + i);
    if (fresh > 1)
        qsort_r(more, fresh, sizeof *more, compare_names, h);
    while (fresh > 0)
        if (old > 0 && compare_names(&h->order[old - 1], &more[fresh - 1], h) > 0)
            h->order[--to] = h->order[--old];
        else
            h->order[--to] = more[--fresh];
    for (size_t i = to; i < h->count; i++)
        at(h, h->order[i])->place = (uint32_t)i;
    h->sorted = h->count;
    arena_free(a);
    return to;
}

static void hash_line(struct arena *a, struct last *last)
{
    struct head head = {.stream = last->stream, .seq = last->seq};
    memcpy(head.leaf, last->leaf, DIGEST_LEN);
    const char *line = heads_line(a, &head);
    merkle_leaf_hash(line, strlen(line), last->line);
    last->is_hashed = true;
}

static int compare_places(const void *x, const void *y)
{
    const size_t *one = x, *other = y;
    return (*one > *other) - (*one < *other);
}

/* Only what changed since the last root is hashed: lines of streams that went on, and all behind the first new one. */
static void find_root(struct heads *h, uint8_t ret[DIGEST_LEN])
{
    struct arena *a = arena_new((size_t)512 << 20);
    size_t *place = ARENA_ARRAY(a, size_t, h->changed_count + 1), n = 0, from = sort(h);
    for (size_t i = 0; i < h->changed_count; i++)
        if (at(h, h->changed[i])->place < from)
            place[n++] = at(h, h->changed[i])->place;
    qsort(place, n, sizeof *place, compare_places);
    for (size_t i = 0; i < n + (h->count - from); i++) {
        struct last *last = at(h, h->order[i < n ? place[i] : from + (i - n)]);
        if (!last->is_hashed)
            hash_line(a, last);
        line_tree_put(&h->tree, last->place, last->line);
    }
    h->changed_count = 0;
    line_tree_root(&h->tree, place, n, from, h->count, ret);
    arena_free(a);
}

static void judge(struct heads *h, const struct claim *x)
{
    uint8_t root[DIGEST_LEN];
    find_root(h, root);
    if (x->streams != h->count)
        check_fault(h->check, STREAM_SYS, x->seq, "heads", "the log had %zu streams at size %llu, not %llu", h->count,
                    (unsigned long long)x->size, (unsigned long long)x->streams);
    else if (memcmp(x->root, root, DIGEST_LEN) != 0)
        check_fault(h->check, STREAM_SYS, x->seq, "heads", "the last entries of the %zu streams at size %llu give another root", h->count,
                    (unsigned long long)x->size);
}

void heads_reached(struct heads *h, const struct walk *w)
{
    for (; h->next < h->claim_count && h->claim[h->next].size <= w->tree.size; h->next++)
        if (h->claim[h->next].size == w->tree.size && !w->is_broken)
            judge(h, &h->claim[h->next]);
}

/* A refusal says that the entry is not what it should be. */
static int read_claim(struct arena *a, const struct db_rows *r, int row, struct claim *ret, struct err *e)
{
    struct statement s;
    struct bytes text = db_cell(r, row, "statement");
    *ret = (struct claim){.seq = db_cell_int(r, row, "seq")};
    int code = statement_parse(a, (const char *)text.data, text.len, &s, e);
    if (code == 0)
        code = heads_body_parse(s.body, ret->root, &ret->size, &ret->streams, e);
    if (code == 0 && (ret->size == 0 || (db_cell(r, row, "leaf_index").data != NULL && (int64_t)ret->size > db_cell_int(r, row, "leaf_index"))))
        code = err_raise(e, ERR_FIELD_RANGE, "size", "", "of size %llu: the log was not so long", (unsigned long long)ret->size);
    return code;
}

static int compare_sizes(const void *x, const void *y)
{
    const struct claim *one = x, *other = y;
    return (one->size > other->size) - (one->size < other->size);
}

struct heads *heads_new(struct check *k, struct arena *a)
{
    struct heads *h = ARENA_NEW(a, struct heads);
    h->check = k;
    h->arena = a;
    return h;
}

static struct claim *add_claim(struct heads *h)
{
    if (h->claim_count == h->claim_room) {
        size_t room = h->claim_room == 0 ? CHUNK : h->claim_room * 2;
        struct claim *all = ARENA_ARRAY(h->arena, struct claim, room);
        if (h->claim_count > 0)
            memcpy(all, h->claim, h->claim_count * sizeof *all);
        h->claim = all;
        h->claim_room = room;
    }
    return &h->claim[h->claim_count];
}

/* One page behind entry ${*from}, which moves on. A refusal is a fault of that entry; what cannot be read at all is named: 1. */
static int read_page(struct heads *h, struct arena *page, int64_t *from, int *ret_rows, struct err *e)
{
    struct db_rows r = {0};
    int code = db_query(h->check->db, page, &audit_check_statements.rows[AUDIT_HEADS], DB_VALUES(db_int(*from), db_int(PAGE)), &r, e);
    code = check_damage(h->check, STREAM_SYS, 0, code, e);
    *ret_rows = code == 0 ? r.rows : 0;
    for (int i = 0; i < *ret_rows; i++) {
        struct claim *x = add_claim(h);
        struct err why;
        if (read_claim(page, &r, i, x, &why) == 0)
            h->claim_count++;
        else
            check_fault(h->check, STREAM_SYS, x->seq, "heads", "%.250s", why.text);
        *from = db_cell_int(&r, i, "seq");
    }
    return code;
}

/* A log has one each minute or so: a page's statements are let go before the next is read. */
int heads_read(struct heads *h, struct err *e)
{
    struct arena *page = arena_new((size_t)512 << 20);
    int64_t from = -1;
    int rows = PAGE, code = 0;
    for (; code == 0 && rows == PAGE; arena_reset(page))
        code = read_page(h, page, &from, &rows, e);
    if (h->claim_count > 1)
        qsort(h->claim, h->claim_count, sizeof *h->claim, compare_sizes);
    arena_free(page);
    return code == 1 ? 0 : code;
}
