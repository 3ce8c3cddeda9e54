#include "audit_line_tree.h"

#include <string.h>

void line_tree_grow(struct arena *a, struct line_tree *t, size_t had, size_t room)
{
    for (unsigned n = 0; n < MERKLE_LEVELS && room >> n > 0; n++) {
        uint8_t(*level)[DIGEST_LEN] = arena_alloc(a, (room >> n) * DIGEST_LEN);
        if (had >> n > 0)
            memcpy(level, t->level[n], (had >> n) * DIGEST_LEN);
        t->level[n] = level;
    }
}

void line_tree_put(struct line_tree *t, size_t place, const uint8_t hash[DIGEST_LEN])
{
    memcpy(t->level[0][place], hash, DIGEST_LEN);
}

static void make(struct line_tree *t, unsigned n, size_t i)
{
    merkle_node_hash(t->level[n - 1][2 * i], t->level[n - 1][2 * i + 1], t->level[n][i]);
}

/* The places one level up, each once. */
static size_t lift(size_t *place, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || place[kept - 1] != place[i] / 2)
            place[kept++] = place[i] / 2;
    return kept;
}

void line_tree_root(struct line_tree *t, size_t *changed, size_t n, size_t from, size_t count, uint8_t ret[DIGEST_LEN])
{
    struct merkle_frontier edge = {.size = count};
    for (unsigned level = 1; level < MERKLE_LEVELS && count >> level > 0; level++) {
        size_t first = from >> level;
        n = lift(changed, n);
        for (size_t i = 0; i < n && changed[i] < first; i++)
            make(t, level, changed[i]);
        for (size_t i = first; i < count >> level; i++)
            make(t, level, i);
    }
    for (unsigned level = 0; level < MERKLE_LEVELS; level++)
        if ((count >> level) & 1)
            memcpy(edge.node[level], t->level[level][(count >> level) - 1], DIGEST_LEN);
    merkle_frontier_root(&edge, ret);
}
