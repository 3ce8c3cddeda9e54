#include "ledger/merkle.h"

#include <string.h>

#include "crypto/digest.h"

void merkle_node_hash(const uint8_t left[DIGEST_LEN], const uint8_t right[DIGEST_LEN], uint8_t ret[DIGEST_LEN])
{
    uint8_t both[1 + 2 * DIGEST_LEN];
    both[0] = 1;
    memcpy(both + 1, left, DIGEST_LEN);
    memcpy(both + 1 + DIGEST_LEN, right, DIGEST_LEN);
    digest_sha256(both, sizeof both, ret);
}

void merkle_leaf_hash(const void *data, size_t len, uint8_t ret[DIGEST_LEN])
{
    digest_sha256_two("\0", 1, data, len, ret);
}

void merkle_append(struct merkle_frontier *f, const uint8_t leaf[DIGEST_LEN])
{
    uint8_t h[DIGEST_LEN];
    unsigned level = 0;
    memcpy(h, leaf, DIGEST_LEN);
    for (; (f->size >> level) & 1; level++)
        merkle_node_hash(f->node[level], h, h);
    memcpy(f->node[level], h, DIGEST_LEN);
    f->size++;
}

void merkle_frontier_root(const struct merkle_frontier *f, uint8_t ret[DIGEST_LEN])
{
    bool begun = false;
    digest_sha256("", 0, ret);
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if (!((f->size >> level) & 1))
            continue;
        if (begun)
            merkle_node_hash(f->node[level], ret, ret);
        else
            memcpy(ret, f->node[level], DIGEST_LEN);
        begun = true;
    }
}

struct array {
    const uint8_t (*level[MERKLE_LEVELS])[DIGEST_LEN];
    uint64_t count[MERKLE_LEVELS];
};

static int array_node(void *ctx, unsigned level, uint64_t index, uint8_t ret[DIGEST_LEN], struct err *e)
{
    const struct array *array = ctx;
    if (level >= MERKLE_LEVELS || index >= array->count[level])
        return err_raise(e, ERR_TREE_REFUSED, NULL, NULL, "no node %llu at level %u", (unsigned long long)index, level);
    memcpy(ret, array->level[level][index], DIGEST_LEN);
    return 0;
}

struct merkle_source merkle_array(struct arena *a, const uint8_t (*leaves)[DIGEST_LEN], uint64_t count)
{
    struct array *array = ARENA_NEW(a, struct array);
    array->level[0] = leaves;
    array->count[0] = count;
    for (unsigned level = 1; level < MERKLE_LEVELS && array->count[level - 1] > 1; level++) {
        uint64_t n = array->count[level - 1] / 2;
        uint8_t(*node)[DIGEST_LEN] = arena_alloc(a, n * DIGEST_LEN);
        for (uint64_t i = 0; i < n; i++)
            merkle_node_hash(array->level[level - 1][2 * i], array->level[level - 1][2 * i + 1], node[i]);
        array->level[level] = (const uint8_t(*)[DIGEST_LEN])node;
        array->count[level] = n;
    }
    return (struct merkle_source){array_node, array};
}

/* The level of the largest power of two strictly below n (n > 1). */
static unsigned split_level(uint64_t n)
{
    return 63U - (unsigned)__builtin_clzll(n - 1);
}

int merkle_range(const struct merkle_source *src, uint64_t from, uint64_t to, uint8_t ret[DIGEST_LEN], struct err *e)
{
    uint8_t left[MERKLE_LEVELS][DIGEST_LEN];
    unsigned depth = 0;
    uint64_t n = to - from;
    if (to <= from) {
        digest_sha256("", 0, ret);
        return 0;
    }
    while ((n & (n - 1)) != 0) {
        unsigned level = split_level(n);
        int rc = src->node(src->ctx, level, from >> level, left[depth++], e);
        if (rc != 0)
            return rc;
        from += (uint64_t)1 << level;
        n = to - from;
    }
    unsigned level = (unsigned)__builtin_ctzll(n);
    int rc = src->node(src->ctx, level, from >> level, ret, e);
    while (rc == 0 && depth > 0)
        merkle_node_hash(left[--depth], ret, ret);
    return rc;
}

int merkle_root(const struct merkle_source *src, uint64_t size, uint8_t ret[DIGEST_LEN], struct err *e)
{
    return merkle_range(src, 0, size, ret, e);
}

/* A proof while it grows from the root downwards; turned round at the end. */
struct growing {
    uint8_t node[MERKLE_PROOF_MAX][DIGEST_LEN];
    size_t count;
};

static int grow(struct growing *g, const struct merkle_source *src, uint64_t from, uint64_t to, struct err *e)
{
    return merkle_range(src, from, to, g->node[g->count++], e);
}

static void turn_round(struct arena *a, const struct growing *g, struct merkle_proof *ret)
{
    ret->count = g->count;
    ret->node = arena_alloc(a, g->count * DIGEST_LEN + 1);
    for (size_t i = 0; i < g->count; i++)
        memcpy(ret->node[i], g->node[g->count - 1 - i], DIGEST_LEN);
}

int merkle_inclusion_make(struct arena *a, const struct merkle_source *src, uint64_t index, uint64_t size,
                          struct merkle_proof *ret, struct err *e)
{
    struct growing g = {.count = 0};
    uint64_t from = 0, to = size;
    if (index >= size)
        return err_raise(e, ERR_TREE_REFUSED, NULL, NULL, "leaf %llu is not in a tree of %llu",
                         (unsigned long long)index, (unsigned long long)size);
    while (to - from > 1) {
        uint64_t split = from + ((uint64_t)1 << split_level(to - from));
        bool right = index >= split;
        int rc = right ? grow(&g, src, from, split, e) : grow(&g, src, split, to, e);
        if (rc != 0)
            return rc;
        from = right ? split : from;
        to = right ? to : split;
    }
    turn_round(a, &g, ret);
    return 0;
}

int merkle_consistency_make(struct arena *a, const struct merkle_source *src, uint64_t first, uint64_t second,
                            struct merkle_proof *ret, struct err *e)
{
    struct growing g = {.count = 0};
    uint64_t from = 0, to = second;
    int rc = 0;
    if (first == 0 || first > second)
        return err_raise(e, ERR_TREE_REFUSED, NULL, NULL, "no tree of %llu within one of %llu",
                         (unsigned long long)first, (unsigned long long)second);
    while (rc == 0 && first != to) {
        uint64_t split = from + ((uint64_t)1 << split_level(to - from));
        bool right = first > split;
        rc = right ? grow(&g, src, from, split, e) : grow(&g, src, split, to, e);
        from = right ? split : from;
        to = right ? to : split;
    }
    if (rc == 0 && from != 0)            /* the first tree's root is known unless it is a subtree off the left edge */
        rc = grow(&g, src, from, to, e);
    turn_round(a, &g, ret);
    return rc;
}

#define NOWHERE UINT64_MAX          /* no node of the last climb at this level */

void merkle_climb_begin(struct merkle_climb *c, uint64_t size, const uint8_t root[DIGEST_LEN])
{
    c->size = size;
    c->last = NULL;
    memcpy(c->root, root, DIGEST_LEN);
}

/* The whole state of the climb is the node, its hash and what is left of the proof: from the same state, the same answer. */
static bool is_shared(const struct merkle_climb *c, const struct merkle_step *s, uint64_t index, const uint8_t hash[DIGEST_LEN],
                      const uint8_t (*rest)[DIGEST_LEN], size_t left)
{
    return c->last != NULL && s->index == index && s->left == left && memcmp(s->hash, hash, DIGEST_LEN) == 0 &&
           memcmp(c->last->node + (c->last->count - left), rest, left * DIGEST_LEN) == 0;
}

static bool end(struct merkle_climb *c, const struct merkle_proof *held)
{
    c->last = held;
    return held != NULL;
}

/* Levels that a climb passes by are marked, so that a step is always one of the last climb or of one with the same end. */
bool merkle_climb(struct merkle_climb *c, const uint8_t leaf[DIGEST_LEN], uint64_t index, const struct merkle_proof *proof)
{
    uint8_t h[DIGEST_LEN];
    uint64_t fn = index, sn = c->size - 1;
    struct merkle_step *s = c->step;
    if (index >= c->size)
        return end(c, NULL);
    memcpy(h, leaf, DIGEST_LEN);
    for (size_t i = 0; i < proof->count; i++) {
        const uint8_t (*rest)[DIGEST_LEN] = (const uint8_t (*)[DIGEST_LEN])proof->node + i;
        if (sn == 0)
            return end(c, NULL);
        if (is_shared(c, s, fn, h, rest, proof->count - i))
            return end(c, proof);
        *s = (struct merkle_step){.index = fn, .left = proof->count - i};
        memcpy(s->hash, h, DIGEST_LEN);
        if ((fn & 1) || fn == sn) {
            merkle_node_hash(*rest, h, h);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
                (++s)->index = NOWHERE;
            }
        } else {
            merkle_node_hash(h, *rest, h);
        }
        fn >>= 1;
        sn >>= 1;
        s++;
    }
    return end(c, sn == 0 && memcmp(h, c->root, DIGEST_LEN) == 0 ? proof : NULL);
}

bool merkle_inclusion_verify(const uint8_t leaf[DIGEST_LEN], uint64_t index, uint64_t size,
                             const struct merkle_proof *proof, const uint8_t root[DIGEST_LEN])
{
    struct merkle_climb c;
    merkle_climb_begin(&c, size, root);
    return merkle_climb(&c, leaf, index, proof);
}

/* RFC 9162 §2.1.4.2 with the first node taken from the first root where that root is itself a node of the second tree. */
bool merkle_consistency_verify(uint64_t first, const uint8_t first_root[DIGEST_LEN], uint64_t second,
                               const uint8_t second_root[DIGEST_LEN], const struct merkle_proof *proof)
{
    uint8_t fr[DIGEST_LEN], sr[DIGEST_LEN];
    size_t i = 0;
    if (first == 0 || first > second)
        return false;
    if (first == second)
        return proof->count == 0 && memcmp(first_root, second_root, DIGEST_LEN) == 0;
    if (proof->count == 0)
        return false;
    memcpy(fr, (first & (first - 1)) == 0 ? first_root : proof->node[i++], DIGEST_LEN);
    memcpy(sr, fr, DIGEST_LEN);
    uint64_t fn = first - 1, sn = second - 1;
    for (; fn & 1; fn >>= 1)
        sn >>= 1;
    for (; i < proof->count; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            merkle_node_hash(proof->node[i], fr, fr);
            merkle_node_hash(proof->node[i], sr, sr);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            merkle_node_hash(sr, proof->node[i], sr);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && memcmp(fr, first_root, DIGEST_LEN) == 0 && memcmp(sr, second_root, DIGEST_LEN) == 0;
}
