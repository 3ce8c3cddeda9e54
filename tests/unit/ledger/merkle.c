#include "support/test.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/merkle.h"

static struct arena *arena;
static struct err e;

static void hash_of_hex(const char *hex, uint8_t ret[DIGEST_LEN])
{
    assert_true(hex_to(hex, strlen(hex), ret));
}

CASE(F_tree_empty_root_is_hash_of_nothing)
{
    struct merkle_frontier f = {0};
    uint8_t got[DIGEST_LEN], want[DIGEST_LEN];
    hash_of_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", want);
    merkle_frontier_root(&f, got);
    assert_memory_equal(got, want, DIGEST_LEN);
}

/* The reference vectors of certificate transparency: eight inputs, the root of each prefix. */
CASE(F_tree_reference_roots)
{
    static const struct { const char *leaf; size_t len; const char *root; } row[] = {
        {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {"\x00", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {"\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {"\x20\x21", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {"\x30\x31", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {"\x40\x41\x42\x43", 4, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {"\x50\x51\x52\x53\x54\x55\x56\x57", 8, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    struct merkle_frontier f = {0};
    uint8_t leaf[DIGEST_LEN], got[DIGEST_LEN], want[DIGEST_LEN];
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        merkle_leaf_hash(row[i].leaf, row[i].len, leaf);
        merkle_append(&f, leaf);
        merkle_frontier_root(&f, got);
        hash_of_hex(row[i].root, want);
        assert_memory_equal(got, want, DIGEST_LEN);
    }
}

CASE(F_tree_leaf_and_node_prefixes_differ)
{
    uint8_t a[DIGEST_LEN] = {1}, b[DIGEST_LEN] = {2}, node[DIGEST_LEN], leaf[DIGEST_LEN], both[2 * DIGEST_LEN];
    memcpy(both, a, DIGEST_LEN);
    memcpy(both + DIGEST_LEN, b, DIGEST_LEN);
    merkle_node_hash(a, b, node);
    merkle_leaf_hash(both, sizeof both, leaf);
    assert_memory_not_equal(node, leaf, DIGEST_LEN);
}

CASE(F_tree_no_proof_for_a_leaf_outside)
{
    uint8_t leaf[3][DIGEST_LEN] = {{1}, {2}, {3}};
    struct merkle_proof proof;
    arena = arena_new(0);
    struct merkle_source src = merkle_array(arena, (const uint8_t(*)[DIGEST_LEN])leaf, 3);
    assert_int_equal(merkle_inclusion_make(arena, &src, 3, 3, &proof, &e), ERR_TREE_REFUSED);
    assert_int_equal(merkle_inclusion_make(arena, &src, 0, 0, &proof, &e), ERR_TREE_REFUSED);
    assert_int_equal(merkle_consistency_make(arena, &src, 0, 3, &proof, &e), ERR_TREE_REFUSED);
    assert_int_equal(merkle_consistency_make(arena, &src, 3, 2, &proof, &e), ERR_TREE_REFUSED);
    arena = arena_free(arena);
}

CASE(F_tree_beyond_the_source_is_refused)
{
    uint8_t leaf[3][DIGEST_LEN] = {{1}, {2}, {3}}, root[DIGEST_LEN];
    arena = arena_new(0);
    struct merkle_source src = merkle_array(arena, (const uint8_t(*)[DIGEST_LEN])leaf, 3);
    assert_int_equal(merkle_root(&src, 4, root, &e), ERR_TREE_REFUSED);
    arena = arena_free(arena);
}

CASE(F_tree_single_leaf_is_its_own_root)
{
    uint8_t leaf[1][DIGEST_LEN] = {{7}};
    struct merkle_proof none = {NULL, 0}, more = {leaf, 1};
    assert_true(merkle_inclusion_verify(leaf[0], 0, 1, &none, leaf[0]));
    assert_false(merkle_inclusion_verify(leaf[0], 0, 1, &more, leaf[0]));
    assert_false(merkle_inclusion_verify(leaf[0], 1, 1, &none, leaf[0]));
    assert_false(merkle_inclusion_verify(leaf[0], 0, 0, &none, leaf[0]));
}

CASE(F_tree_same_size_needs_same_root_and_empty_proof)
{
    uint8_t root[2][DIGEST_LEN] = {{7}, {8}};
    struct merkle_proof none = {NULL, 0}, more = {root, 1};
    assert_true(merkle_consistency_verify(5, root[0], 5, root[0], &none));
    assert_false(merkle_consistency_verify(5, root[0], 5, root[1], &none));
    assert_false(merkle_consistency_verify(5, root[0], 5, root[0], &more));
    assert_false(merkle_consistency_verify(4, root[0], 5, root[0], &none));
    assert_false(merkle_consistency_verify(6, root[0], 5, root[0], &none));
    assert_false(merkle_consistency_verify(0, root[0], 5, root[0], &none));
}

static bool load_hash(const json_t *v, uint8_t ret[DIGEST_LEN])
{
    struct bytes b = {NULL, 0};
    const char *text = json_string_value(v);
    if (text == NULL || !base64_to(arena, text, strlen(text), &b) || b.len != DIGEST_LEN)
        return false;
    memcpy(ret, b.data, DIGEST_LEN);
    return true;
}

static bool load_proof(const json_t *v, struct merkle_proof *ret)
{
    ret->count = json_array_size(v);
    ret->node = arena_alloc(arena, ret->count * DIGEST_LEN + 1);
    for (size_t i = 0; i < ret->count; i++)
        if (!load_hash(json_array_get(v, i), ret->node[i]))
            return false;
    return true;
}

static uint64_t load_size(const json_t *t, const char *name)
{
    double size = json_number_value(json_object_get(t, name));   /* some vectors go beyond 64 bits */
    return size < 0 || size > 1e18 ? UINT64_MAX : (uint64_t)size;
}

static bool inclusion_holds(const json_t *t)
{
    uint8_t root[DIGEST_LEN], leaf[DIGEST_LEN];
    struct merkle_proof proof;
    return load_hash(json_object_get(t, "root"), root) && load_hash(json_object_get(t, "leafHash"), leaf) &&
           load_proof(json_object_get(t, "proof"), &proof) &&
           merkle_inclusion_verify(leaf, load_size(t, "leafIdx"), load_size(t, "treeSize"), &proof, root);
}

static bool consistency_holds(const json_t *t)
{
    uint8_t r1[DIGEST_LEN], r2[DIGEST_LEN];
    struct merkle_proof proof;
    return load_hash(json_object_get(t, "root1"), r1) && load_hash(json_object_get(t, "root2"), r2) &&
           load_proof(json_object_get(t, "proof"), &proof) &&
           merkle_consistency_verify(load_size(t, "size1"), r1, load_size(t, "size2"), r2, &proof);
}

static size_t run_folder(const char *path, bool (*holds)(const json_t *))
{
    char name[1024];
    size_t met = 0;
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *f; (f = readdir(d)) != NULL;) {
        if (f->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, f->d_name);
        if (f->d_type == DT_DIR) {
            met += run_folder(name, holds);
            continue;
        }
        json_t *t = json_load_file(name, JSON_DECODE_INT_AS_REAL, NULL);
        if (t == NULL)
            fail_msg("%s is not JSON", name);
        bool want = !json_is_true(json_object_get(t, "wantErr"));
        if (holds(t) != want)
            fail_msg("%s", name);
        json_decref(t);
        met++;
    }
    closedir(d);
    return met;
}

CASE(F_tree_published_inclusion_vectors)
{
    const char *path = test_data("crypto/merkle/inclusion");
    if (path == NULL)
        test_skip_without("crypto/merkle");
    char root[4096];
    snprintf(root, sizeof root, "%s", path);
    arena = arena_new(0);
    assert_true(run_folder(root, inclusion_holds) > 40);
    arena = arena_free(arena);
}

CASE(F_tree_published_consistency_vectors)
{
    const char *path = test_data("crypto/merkle/consistency");
    if (path == NULL)
        test_skip_without("crypto/merkle");
    char root[4096];
    snprintf(root, sizeof root, "%s", path);
    arena = arena_new(0);
    assert_true(run_folder(root, consistency_holds) > 30);
    arena = arena_free(arena);
}
