/* The test vectors of docs/FORMAT.md: made again by the code, and looked up in the page, so that neither drifts. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/keys.h"
#include "ledger/entry.h"
#include "ledger/heads.h"
#include "ledger/note.h"
#include "ledger/receipt_note.h"
#include "ledger/statement.h"

#define ORIGIN "stemma.lab.example/2026"
#define STREAM "B-2026000001"

static struct arena *a;
static struct err e;
static char *page;

static void begin(void)
{
    a = arena_new(0);
    page = test_read(FORMAT_PAGE, NULL);
    assert_non_null(page);
}

static void end(void)
{
    free(page);
    a = arena_free(a);
}

static void in_page(const void *text, size_t len)
{
    if (memmem(page, strlen(page), text, len) == NULL)
        fail_msg("docs/FORMAT.md has not: %.*s", (int)len, (const char *)text);
}

static void hash_in_page(const uint8_t hash[DIGEST_LEN])
{
    in_page(hex_text(a, hash, DIGEST_LEN), 2 * (size_t)DIGEST_LEN);
}

static struct bytes statement(void)
{
    static const char body[] = "{\"batch_id\":\"B-2026000001\",\"text\":\"caf\xc3\xa9, \\\"10\xc2\xb5L\\\"\"}\n";
    struct statement s = {.type = "batch.note", .stream = STREAM, .actor = "U-7", .terminal = "T-3", .signer = "U-7",
                          .meaning = MEANING_PERFORMED, .reviewed_seq = REVIEWED_EMPTY, .rendered = true,
                          .template_id = "verb", .template_version = 1, .command = "019c7f3a5b0c7d1e8f90a1b2c3d4e5f6",
                          .body = {(const uint8_t *)body, sizeof body - 1}};
    uint8_t hash[DIGEST_LEN];
    struct bytes ret;
    digest_sha256("certificate", 11, hash);
    s.signer_cert = hex_text(a, hash, DIGEST_LEN);
    digest_sha256("text shown", 10, s.rendered_sha256);
    entry_genesis_hash(ORIGIN, STREAM, s.reviewed_hash);
    clock_from_text("2026-03-02T08:00:05.000Z", 24, &s.at_ms);
    assert_int_equal(statement_build(a, &s, &ret, &e), 0);
    return ret;
}

CASE(F_vector_statement)
{
    uint8_t hash[DIGEST_LEN];
    begin();
    struct bytes s = statement();
    in_page(s.data, s.len);
    digest_sha256(s.data, s.len, hash);
    hash_in_page(hash);
    end();
}

CASE(F_vector_entry_and_leaf)
{
    struct attachment att = {.name = "count.csv", .len = 21};
    struct entry entry = {.origin = ORIGIN, .stream = STREAM, .att = &att, .att_count = 1, .sig_len = 3};
    struct bytes ret;
    uint8_t hash[DIGEST_LEN];
    begin();
    struct bytes s = statement();
    entry_genesis_hash(ORIGIN, STREAM, entry.prev);
    clock_from_text("2026-03-02T08:00:05.017Z", 24, &entry.time_ms);
    digest_sha256(s.data, s.len, entry.stmt_sha256);
    entry.stmt_len = (int64_t)s.len;
    digest_sha256("p7s", 3, entry.sig_sha256);
    digest_sha256("cells,viability\n1,97\n", 21, att.sha256);
    assert_int_equal(entry_build(a, &entry, &ret, &e), 0);
    in_page(ret.data, ret.len);
    entry_leaf_hash(ret.data, ret.len, hash);
    hash_in_page(hash);
    end();
}

static struct merkle_source letters(void)
{
    uint8_t(*leaf)[DIGEST_LEN] = arena_alloc(a, 7 * (size_t)DIGEST_LEN);
    for (int i = 0; i < 7; i++) {
        char letter = (char)('a' + i);
        merkle_leaf_hash(&letter, 1, leaf[i]);
    }
    return merkle_array(a, (const uint8_t(*)[DIGEST_LEN])leaf, 7);
}

CASE(F_vector_tree_and_proofs)
{
    struct merkle_proof proof;
    uint8_t root[DIGEST_LEN];
    begin();
    struct merkle_source src = letters();
    for (unsigned n = 0; n <= 7; n++) {
        assert_int_equal(merkle_root(&src, n, root, &e), 0);
        in_page(arena_printf(a, "| %u | `%s` |", n, hex_text(a, root, DIGEST_LEN)), 74);
    }
    assert_int_equal(merkle_inclusion_make(a, &src, 4, 7, &proof, &e), 0);
    for (size_t i = 0; i < proof.count; i++)
        hash_in_page(proof.node[i]);
    assert_int_equal(merkle_consistency_make(a, &src, 3, 7, &proof, &e), 0);
    for (size_t i = 0; i < proof.count; i++)
        hash_in_page(proof.node[i]);
    end();
}

/* The secret key of RFC 8032 §7.1 test 1. */
static struct key *published_key(void)
{
    uint8_t der[48];
    struct key *key;
    assert_true(hex_to("302e020100300506032b657004220420"
                       "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", 96, der));
    const char *pem = arena_printf(a, "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n", base64_of(a, der, 48));
    assert_int_equal(key_from_pem((struct bytes){(const uint8_t *)pem, strlen(pem)}, &key, &e), 0);
    return key;
}

CASE(F_vector_checkpoint_and_cosignature)
{
    uint8_t root[DIGEST_LEN], sig[NOTE_SIGNATURE], public[NOTE_PUBLIC];
    begin();
    struct key *key = published_key();
    struct merkle_source src = letters();
    key_note_public(key, public);
    struct note_key log = note_key_make(a, ORIGIN, NOTE_KEY_ED25519, public);
    struct note_key witness = note_key_make(a, "witness.example/north", NOTE_KEY_COSIGNATURE, public);
    assert_int_equal(merkle_root(&src, 7, root, &e), 0);
    struct bytes body = note_body(a, ORIGIN, 7, root);
    assert_int_equal(key_note_sign(key, body, sig, &e), 0);
    struct bytes note = note_text(a, body, note_line_text(a, &log, sig));
    in_page(note.data, note.len);
    assert_int_equal(key_note_sign(key, cosignature_message(a, body, 1772438413), sig, &e), 0);
    const char *line = cosignature_line_text(a, &witness, 1772438413, sig), *vkey = note_vkey_text(a, &witness);
    in_page(line, strlen(line));
    in_page(vkey, strlen(vkey));
    key_free(key);
    end();
}

CASE(F_vector_receipt)
{
    uint8_t sig[NOTE_SIGNATURE], public[NOTE_PUBLIC];
    begin();
    struct key *key = published_key();
    struct merkle_source src = letters();
    struct receipt_note r = {.origin = ORIGIN, .stream = STREAM, .seq = 0};
    assert_int_equal(src.node(src.ctx, 0, 0, r.leaf, &e), 0);
    clock_from_text("2026-03-02T08:00:05.120Z", 24, &r.time_ms);
    key_note_public(key, public);
    struct note_key batch = note_key_make(a, receipt_note_key_name(a, ORIGIN, "batch"), NOTE_KEY_ED25519, public);
    struct bytes body = receipt_note_body(a, &r);
    assert_int_equal(key_note_sign(key, body, sig, &e), 0);
    struct bytes note = note_text(a, body, note_line_text(a, &batch, sig));
    in_page(note.data, note.len);
    in_page(note_vkey_text(a, &batch), strlen(note_vkey_text(a, &batch)));
    key_free(key);
    end();
}

CASE(F_vector_heads)
{
    uint8_t root[DIGEST_LEN];
    begin();
    struct merkle_source src = letters();
    struct head head[2] = {{.stream = "SYS", .seq = 4}, {.stream = STREAM, .seq = 0}};
    for (uint64_t i = 0; i < 2; i++)
        assert_int_equal(src.node(src.ctx, 0, i, head[i].leaf, &e), 0);
    heads_sort(head, 2);
    in_page(heads_line(a, &head[0]), strlen(heads_line(a, &head[0])));
    in_page(heads_line(a, &head[1]), strlen(heads_line(a, &head[1])));
    assert_int_equal(heads_root(a, head, 2, root, &e), 0);
    hash_in_page(root);
    end();
}

CASE(F_vector_commitment)
{
    uint8_t salt[32], hash[DIGEST_LEN];
    begin();
    for (uint8_t i = 0; i < sizeof salt; i++)
        salt[i] = i;
    digest_hmac(salt, sizeof salt, "stemma-commit/1\nmother_name\nErika", 33, hash);
    hash_in_page(hash);
    end();
}
