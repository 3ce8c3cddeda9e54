#include "support/test.h"

#include <string.h>

#include "ledger/heads.h"
#include "ledger/stamps.h"

static struct err e;

static void sample(struct head h[4])
{
    static const char *const names[] = {"SYS", "B-10", "B-1", "D-4"};
    for (int i = 0; i < 4; i++)
        h[i] = (struct head){names[i], i, {(uint8_t)i}};
    heads_sort(h, 4);
}

CASE(F_heads_lines_sorted_by_byte)
{
    struct head h[4];
    struct arena *a = arena_new(0);
    sample(h);
    assert_string_equal(h[0].stream, "B-1");
    assert_string_equal(h[1].stream, "B-10");
    assert_string_equal(h[3].stream, "SYS");
    for (int i = 1; i < 4; i++)
        assert_true(strcmp(heads_line(a, &h[i - 1]), heads_line(a, &h[i])) < 0);
    arena_free(a);
}

CASE(F_heads_line_form)
{
    struct arena *a = arena_new(0);
    struct head h = {"B-1", 12, {0xab}};
    assert_string_equal(heads_line(a, &h), "B-1 12 ab00000000000000000000000000000000000000000000000000000000000000\n");
    arena_free(a);
}

CASE(F_heads_every_line_has_its_proof)
{
    struct head h[4];
    struct arena *a = arena_new(0);
    uint8_t root[DIGEST_LEN], leaf[DIGEST_LEN];
    sample(h);
    assert_int_equal(heads_root(a, h, 4, root, &e), 0);
    for (size_t i = 0; i < 4; i++) {
        struct merkle_proof proof;
        const char *line = heads_line(a, &h[i]);
        assert_int_equal(heads_proof(a, h, 4, i, &proof, &e), 0);
        merkle_leaf_hash(line, strlen(line), leaf);
        assert_true(merkle_inclusion_verify(leaf, i, 4, &proof, root));
        leaf[0] ^= 1;
        assert_false(merkle_inclusion_verify(leaf, i, 4, &proof, root));
    }
    arena_free(a);
}

CASE(L33_heads_change_when_a_tail_is_cut)
{
    struct head h[4];
    struct arena *a = arena_new(0);
    uint8_t full[DIGEST_LEN], cut[DIGEST_LEN];
    sample(h);
    assert_int_equal(heads_root(a, h, 4, full, &e), 0);
    h[0].seq--;
    assert_int_equal(heads_root(a, h, 4, cut, &e), 0);
    assert_memory_not_equal(full, cut, DIGEST_LEN);
    arena_free(a);
}

CASE(F_heads_unsorted_or_twice_is_refused)
{
    struct head h[4];
    struct arena *a = arena_new(0);
    uint8_t root[DIGEST_LEN];
    sample(h);
    h[1].stream = h[0].stream;
    assert_int_equal(heads_root(a, h, 4, root, &e), ERR_TREE_REFUSED);
    arena_free(a);
}

CASE(F_heads_find_by_stream)
{
    struct head h[4];
    sample(h);
    assert_int_equal(heads_find(h, 4, "D-4"), 2);
    assert_int_equal(heads_find(h, 4, "D-5"), 4);
    assert_int_equal(heads_find(h, 0, "D-5"), 0);
}

CASE(F_heads_body_round_trip)
{
    struct arena *a = arena_new(0);
    uint8_t root[DIGEST_LEN] = {3}, got[DIGEST_LEN];
    uint64_t size, streams;
    struct bytes b = heads_body(a, root, 100, 7);
    assert_int_equal(heads_body_parse(b, got, &size, &streams, &e), 0);
    assert_memory_equal(root, got, DIGEST_LEN);
    assert_true(size == 100 && streams == 7);
    b.len--;
    assert_int_equal(heads_body_parse(b, got, &size, &streams, &e), ERR_BODY_MALFORMED);
    arena_free(a);
}

CASE(F_time_stamp_body_round_trip)
{
    struct arena *a = arena_new(0);
    uint8_t root[DIGEST_LEN] = {3}, got[DIGEST_LEN];
    uint64_t size;
    struct bytes b = stamps_body(a, root, 100);
    assert_int_equal(stamps_body_parse(b, got, &size, &e), 0);
    assert_memory_equal(root, got, DIGEST_LEN);
    assert_true(size == 100);
    b.len--;
    assert_int_equal(stamps_body_parse(b, got, &size, &e), ERR_BODY_MALFORMED);
    arena_free(a);
}
