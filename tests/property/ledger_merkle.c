/* The tree against a naive model written from RFC 6962 §2.1 as it stands: every size to 300, every proof to 64. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/merkle.h"

#define SIZE_MAX_TRIED 300

static uint8_t leaf[SIZE_MAX_TRIED][DIGEST_LEN];
static struct err e;

static void fill_leaves(void)
{
    for (unsigned i = 0; i < SIZE_MAX_TRIED; i++)
        digest_sha256(&i, sizeof i, leaf[i]);
}

/* MTH of RFC 6962: k is the largest power of two smaller than n. */
static void model_root(size_t from, size_t n, uint8_t ret[DIGEST_LEN])
{
    uint8_t both[1 + 2 * DIGEST_LEN] = {1};
    size_t k = 1;
    if (n == 0) {
        digest_sha256("", 0, ret);
        return;
    }
    if (n == 1) {
        memcpy(ret, leaf[from], DIGEST_LEN);
        return;
    }
    while (k * 2 < n)
        k *= 2;
    model_root(from, k, both + 1);
    model_root(from + k, n - k, both + 1 + DIGEST_LEN);
    digest_sha256(both, sizeof both, ret);
}

/* PATH(m, D[n]) of RFC 6962 §2.1.1 */
static size_t model_path(size_t m, size_t from, size_t n, uint8_t (*ret)[DIGEST_LEN])
{
    size_t k = 1, count;
    if (n == 1)
        return 0;
    while (k * 2 < n)
        k *= 2;
    if (m < k) {
        count = model_path(m, from, k, ret);
        model_root(from + k, n - k, ret[count]);
    } else {
        count = model_path(m - k, from + k, n - k, ret);
        model_root(from, k, ret[count]);
    }
    return count + 1;
}

/* SUBPROOF(m, D[n], b) of RFC 6962 §2.1.2 */
static size_t model_subproof(size_t m, size_t from, size_t n, bool whole, uint8_t (*ret)[DIGEST_LEN])
{
    size_t k = 1, count;
    if (m == n) {
        if (whole)
            return 0;
        model_root(from, n, ret[0]);
        return 1;
    }
    while (k * 2 < n)
        k *= 2;
    if (m <= k) {
        count = model_subproof(m, from, k, whole, ret);
        model_root(from + k, n - k, ret[count]);
    } else {
        count = model_subproof(m - k, from + k, n - k, false, ret);
        model_root(from, k, ret[count]);
    }
    return count + 1;
}

static struct merkle_source source(struct arena *a, size_t n)
{
    fill_leaves();
    return merkle_array(a, (const uint8_t(*)[DIGEST_LEN])leaf, n);
}

CASE(F_tree_frontier_and_source_give_the_model_root)
{
    struct arena *a = arena_new(0);
    struct merkle_source src = source(a, SIZE_MAX_TRIED);
    struct merkle_frontier f = {0};
    for (size_t n = 0; n <= SIZE_MAX_TRIED; n++) {
        uint8_t want[DIGEST_LEN], got[DIGEST_LEN];
        model_root(0, n, want);
        merkle_frontier_root(&f, got);
        assert_memory_equal(got, want, DIGEST_LEN);
        assert_int_equal(merkle_root(&src, n, got, &e), 0);
        assert_memory_equal(got, want, DIGEST_LEN);
        if (n < SIZE_MAX_TRIED)
            merkle_append(&f, leaf[n]);
    }
    arena_free(a);
}

static void check_inclusion(struct arena *a, const struct merkle_source *src, size_t index, size_t n)
{
    uint8_t want[64][DIGEST_LEN], root[DIGEST_LEN];
    struct merkle_proof proof;
    size_t count = model_path(index, 0, n, want);
    model_root(0, n, root);
    assert_int_equal(merkle_inclusion_make(a, src, index, n, &proof, &e), 0);
    assert_int_equal(proof.count, count);
    assert_memory_equal(proof.node, want, count * DIGEST_LEN);
    assert_true(merkle_inclusion_verify(leaf[index], index, n, &proof, root));
}

CASE(F_tree_inclusion_proofs_are_the_model_ones)
{
    struct arena *a = arena_new(0);
    struct merkle_source src = source(a, SIZE_MAX_TRIED);
    for (size_t n = 1; n <= 64; n++)
        for (size_t i = 0; i < n; i++)
            check_inclusion(a, &src, i, n);
    for (size_t i = 0; i < SIZE_MAX_TRIED; i += 7)
        check_inclusion(a, &src, i, SIZE_MAX_TRIED);
    arena_free(a);
}

static void check_consistency(struct arena *a, const struct merkle_source *src, size_t m, size_t n)
{
    uint8_t want[64][DIGEST_LEN], first[DIGEST_LEN], second[DIGEST_LEN];
    struct merkle_proof proof;
    size_t count = model_subproof(m, 0, n, true, want);
    model_root(0, m, first);
    model_root(0, n, second);
    assert_int_equal(merkle_consistency_make(a, src, m, n, &proof, &e), 0);
    assert_int_equal(proof.count, count);
    assert_memory_equal(proof.node, want, count * DIGEST_LEN);
    assert_true(merkle_consistency_verify(m, first, n, second, &proof));
}

CASE(F_tree_consistency_proofs_are_the_model_ones)
{
    struct arena *a = arena_new(0);
    struct merkle_source src = source(a, SIZE_MAX_TRIED);
    for (size_t n = 1; n <= 64; n++)
        for (size_t m = 1; m <= n; m++)
            check_consistency(a, &src, m, n);
    for (size_t m = 1; m <= SIZE_MAX_TRIED; m += 7)
        check_consistency(a, &src, m, SIZE_MAX_TRIED);
    arena_free(a);
}

/* A proof changed in any one place, for another leaf, size or root, proves nothing. */
CASE(F_tree_inclusion_of_anything_else_fails)
{
    struct arena *a = arena_new(0);
    struct merkle_source src = source(a, SIZE_MAX_TRIED);
    for (size_t n = 2; n <= 40; n++)
        for (size_t i = 0; i < n; i++) {
            struct merkle_proof proof;
            uint8_t root[DIGEST_LEN];
            model_root(0, n, root);
            assert_int_equal(merkle_inclusion_make(a, &src, i, n, &proof, &e), 0);
            for (size_t j = 0; j < n; j++) {
                assert_true((j == i) == merkle_inclusion_verify(leaf[i], j, n, &proof, root));
                assert_true((j == i) == merkle_inclusion_verify(leaf[j], i, n, &proof, root));
            }
            for (size_t k = 0; k < proof.count; k++) {
                proof.node[k][k % DIGEST_LEN] ^= 1;
                assert_false(merkle_inclusion_verify(leaf[i], i, n, &proof, root));
                proof.node[k][k % DIGEST_LEN] ^= 1;
            }
            proof.count--;
            assert_false(merkle_inclusion_verify(leaf[i], i, n, &proof, root));
        }
    arena_free(a);
}

/* As the proof stands, with a node changed, and with one too few or too many; then once more as it stands. */
static void climb_spoiled(struct arena *a, struct merkle_climb *c, const struct merkle_source *src, size_t index, size_t n)
{
    struct merkle_proof *proof = ARENA_NEW(a, struct merkle_proof);
    assert_int_equal(merkle_inclusion_make(a, src, index, n, proof, &e), 0);
    for (size_t k = 0; k < 2 * proof->count + 4; k++) {
        struct merkle_proof *spoiled = ARENA_NEW(a, struct merkle_proof);
        *spoiled = (struct merkle_proof){arena_alloc(a, (proof->count + 1) * DIGEST_LEN), proof->count};
        memcpy(spoiled->node, proof->node, proof->count * DIGEST_LEN);
        size_t at = k / 2;
        if (k % 2 == 1 && at < proof->count)
            spoiled->node[at][k % DIGEST_LEN] ^= 1;
        if (k == 2 * proof->count + 1)
            spoiled->count++;
        if (k == 2 * proof->count + 3)
            spoiled->count -= proof->count > 0;
        assert_int_equal(merkle_climb(c, leaf[index], index, spoiled), k % 2 == 0);
        assert_int_equal(merkle_inclusion_verify(leaf[index], index, n, spoiled, c->root), k % 2 == 0);
    }
    assert_true(merkle_climb(c, leaf[index], index, proof));
    assert_false(merkle_climb(c, leaf[(index + 1) % n], index, proof));
    assert_true(merkle_climb(c, leaf[index], index, proof));
}

CASE(F_tree_climbs_that_share_nodes_say_what_each_alone_says)
{
    struct arena *a = arena_new((size_t)256 << 20);
    struct merkle_source src = source(a, SIZE_MAX_TRIED);
    for (size_t n = 2; n <= 70; n++) {
        struct merkle_climb c;
        uint8_t root[DIGEST_LEN];
        model_root(0, n, root);
        merkle_climb_begin(&c, n, root);
        for (size_t i = 0; i < 2 * n; i++)         /* forwards, then in leaps */
            climb_spoiled(a, &c, &src, i < n ? i : i * 29 % n, n);
    }
    arena_free(a);
}

CASE(F_tree_consistency_of_anything_else_fails)
{
    struct arena *a = arena_new(0);
    struct merkle_source src = source(a, SIZE_MAX_TRIED);
    for (size_t n = 2; n <= 40; n++)
        for (size_t m = 1; m < n; m++) {
            struct merkle_proof proof;
            uint8_t first[DIGEST_LEN], second[DIGEST_LEN];
            model_root(0, m, first);
            model_root(0, n, second);
            assert_int_equal(merkle_consistency_make(a, &src, m, n, &proof, &e), 0);
            for (size_t k = 0; k < proof.count; k++) {
                proof.node[k][k % DIGEST_LEN] ^= 1;
                assert_false(merkle_consistency_verify(m, first, n, second, &proof));
                proof.node[k][k % DIGEST_LEN] ^= 1;
            }
            first[5] ^= 1;
            assert_false(merkle_consistency_verify(m, first, n, second, &proof));
            first[5] ^= 1;
            second[5] ^= 1;
            assert_false(merkle_consistency_verify(m, first, n, second, &proof));
            second[5] ^= 1;
            proof.count--;
            assert_false(merkle_consistency_verify(m, first, n, second, &proof));
        }
    arena_free(a);
}
