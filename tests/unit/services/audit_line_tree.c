/* The tree of lines that change and come in between, against one that is made from nothing. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "audit_line_tree.h"

#define MOST 300

struct lines {
    uint8_t hash[MOST][DIGEST_LEN];
    size_t count;
};

static void from_nothing(const struct lines *l, uint8_t ret[DIGEST_LEN])
{
    struct merkle_frontier f = {0};
    for (size_t i = 0; i < l->count; i++)
        merkle_append(&f, l->hash[i]);
    merkle_frontier_root(&f, ret);
}

static void any_hash(unsigned *seed, uint8_t ret[DIGEST_LEN])
{
    int any = rand_r(seed);
    merkle_leaf_hash(&any, sizeof any, ret);
}

static size_t below(unsigned *seed, size_t n)
{
    return (size_t)rand_r(seed) % n;
}

/* up to three new lines, up to five others; what is new moves all behind it */
static void step(struct arena *a, struct line_tree *t, struct lines *l, size_t *room, unsigned *seed)
{
    size_t from = l->count, changed[5], n = 0;
    uint8_t is[DIGEST_LEN], should[DIGEST_LEN];
    for (size_t fresh = below(seed, 4); fresh > 0 && l->count < MOST; fresh--) {
        size_t at = below(seed, l->count + 1);
        memmove(l->hash[at + 1], l->hash[at], (l->count - at) * DIGEST_LEN);
        any_hash(seed, l->hash[at]);
        l->count++;
        from = at < from ? at : from;
    }
    for (size_t at = below(seed, 7); at < from && n < 5; at += 1 + below(seed, 40)) {
        any_hash(seed, l->hash[at]);
        changed[n++] = at;
    }
    for (; *room < l->count; *room *= 2)
        line_tree_grow(a, t, *room, *room * 2);
    for (size_t i = 0; i < n; i++)
        line_tree_put(t, changed[i], l->hash[changed[i]]);
    for (size_t i = from; i < l->count; i++)
        line_tree_put(t, i, l->hash[i]);
    line_tree_root(t, changed, n, from, l->count, is);
    from_nothing(l, should);
    assert_memory_equal(is, should, DIGEST_LEN);
}

CASE(L33_line_tree_is_the_tree_of_its_lines_however_they_came)
{
    for (unsigned seed = 1; seed <= 40; seed++) {
        struct arena *a = arena_new(0);
        struct lines *l = ARENA_NEW(a, struct lines);
        struct line_tree t = {0};
        size_t room = 4;
        unsigned walk = seed;
        line_tree_grow(a, &t, 0, room);
        for (int i = 0; i < 200; i++)
            step(a, &t, l, &room, &walk);
        assert_true(l->count > 250);
        arena_free(a);
    }
}
