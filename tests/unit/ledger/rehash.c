/* The second tree (docs/FORMAT.md): its shape against RFC 6962 written down, what its leaves hold, what it refuses to hash. */
#include "ledger/rehash.h"

#include "support/test.h"

#include <string.h>

#define LEAVES 70

static void root_of(uint8_t (*leaf)[DIGEST_LONG_LEN], size_t n, uint8_t ret[DIGEST_LONG_LEN])
{
    uint8_t both[1 + 2 * DIGEST_LONG_LEN] = {1};
    size_t k = 1;
    while (k * 2 < n)
        k *= 2;
    if (n == 1) {
        memcpy(ret, leaf[0], DIGEST_LONG_LEN);
        return;
    }
    root_of(leaf, k, both + 1);
    root_of(leaf + k, n - k, both + 1 + DIGEST_LONG_LEN);
    digest_sha512_two(both, sizeof both, NULL, 0, ret);
}

CASE(rehash_tree_of_each_size_has_the_root_of_rfc_6962)
{
    static uint8_t leaf[LEAVES][DIGEST_LONG_LEN];
    struct rehash_tree t = {0};
    for (size_t n = 0; n < LEAVES; n++) {
        uint8_t text[3] = {0, 'x', (uint8_t)n}, want[DIGEST_LONG_LEN], got[DIGEST_LONG_LEN];
        digest_sha512_two(text, sizeof text, NULL, 0, leaf[n]);
        rehash_add(&t, (struct bytes){text + 1, 2});
        root_of(leaf, n + 1, want);
        rehash_root(&t, got);
        assert_int_equal(t.size, n + 1);
        assert_memory_equal(got, want, sizeof want);
    }
}

CASE(rehash_sha512_is_that_of_fips_180)
{
    uint8_t got[DIGEST_LONG_LEN];
    struct arena *a = arena_new(0);
    digest_sha512_two("a", 1, "bc", 2, got);
    assert_string_equal(hex_text(a, got, sizeof got),
                        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    arena_free(a);
}

static struct bytes of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

/* An entry with a statement, a signature and one attachment, named as they are. */
static void fill(struct entry *x, struct attachment *att, struct bytes *file, struct rehash_leaf *l)
{
    *file = of("1,97\n");
    *att = (struct attachment){.name = "count.csv", .len = 5};
    digest_sha256(file->data, file->len, att->sha256);
    *x = (struct entry){.stream = "B-1", .seq = 4, .stmt_len = 4, .sig_len = 3, .att = att, .att_count = 1};
    digest_sha256("stmt", 4, x->stmt_sha256);
    digest_sha256("p7s", 3, x->sig_sha256);
    *l = (struct rehash_leaf){.entry = x, .text = of("entry\n"), .stmt = of("stmt"), .p7s = of("p7s"), .att = file};
}

CASE(rehash_record_names_every_part_by_sha512_and_length)
{
    struct arena *a = arena_new(0);
    struct entry x;
    struct attachment att;
    struct bytes file;
    struct rehash_leaf l;
    uint8_t hash[DIGEST_LONG_LEN];
    fill(&x, &att, &file, &l);
    const char *record = (const char *)rehash_record(a, &l).data;
    digest_sha512_two("1,97\n", 5, NULL, 0, hash);
    assert_memory_equal(record, "stemma-rehash/1\nentry ", 22);
    assert_non_null(strstr(record, arena_printf(a, "\natt count.csv %s 5\n", hex_text(a, hash, sizeof hash))));
    l.p7s = (struct bytes){NULL, 0};
    assert_non_null(strstr((const char *)rehash_record(a, &l).data, "\nsig - 0\natt "));
    arena_free(a);
}

CASE(L01_rehash_refuses_what_is_not_what_the_entry_names)
{
    struct entry x;
    struct attachment att;
    struct bytes file;
    struct rehash_leaf l;
    struct err e;
    fill(&x, &att, &file, &l);
    assert_int_equal(rehash_check(&l, &e), 0);
    l.stmt = of("stmu");
    assert_int_equal(rehash_check(&l, &e), ERR_TREE_REFUSED);
    assert_non_null(strstr(e.text, "the statement of B-1 4"));
    fill(&x, &att, &file, &l);
    l.p7s = of("p7t");
    assert_int_equal(rehash_check(&l, &e), ERR_TREE_REFUSED);
    l.p7s = (struct bytes){NULL, 0};
    assert_int_equal(rehash_check(&l, &e), ERR_TREE_REFUSED);
    fill(&x, &att, &file, &l);
    file = of("1,98\n");
    assert_int_equal(rehash_check(&l, &e), ERR_TREE_REFUSED);
    assert_non_null(strstr(e.text, "an attachment of B-1 4"));
}

CASE(rehash_body_is_read_as_it_is_written)
{
    struct arena *a = arena_new(0);
    struct rehash_tree t = {0};
    uint8_t root[DIGEST_LONG_LEN], got[DIGEST_LONG_LEN];
    uint64_t size;
    struct err e;
    rehash_add(&t, of("x"));
    rehash_root(&t, root);
    struct bytes body = rehash_body(a, &t);
    assert_int_equal(rehash_body_parse(body, got, &size, &e), 0);
    assert_memory_equal(root, got, sizeof root);
    assert_int_equal(size, 1);
    body.len--;
    assert_int_equal(rehash_body_parse(body, got, &size, &e), ERR_BODY_MALFORMED);
    arena_free(a);
}
