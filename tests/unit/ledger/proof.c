#include "ledger/proof.h"

#include <stdio.h>
#include <string.h>

#include "support/test.h"

#define SIZE 11

struct given {
    struct arena *a;
    struct log_proof p;
    struct bytes text;
};

static const char *entry_text(int i)
{
    static char text[40];
    snprintf(text, sizeof text, "entry number %d\n", i);
    return text;
}

static void given_done(struct given *g)
{
    g->a = arena_free(g->a);
}

static void give(struct given *g, uint64_t index)
{
    uint8_t leaves[SIZE][DIGEST_LEN], root[DIGEST_LEN];
    static const uint8_t signature[NOTE_SIGNATURE] = {1};
    struct err e;
    g->a = arena_new(0);
    for (int i = 0; i < SIZE; i++)
        merkle_leaf_hash(entry_text(i), strlen(entry_text(i)), leaves[i]);
    struct merkle_source source = merkle_array(g->a, (const uint8_t (*)[DIGEST_LEN])leaves, SIZE);
    assert_int_equal(merkle_root(&source, SIZE, root, &e), 0);
    assert_int_equal(merkle_inclusion_make(g->a, &source, index, SIZE, &g->p.path, &e), 0);
    struct note_key key = note_key_make(g->a, "stemma.lab.example/1", NOTE_KEY_ED25519, leaves[0]);
    const char *entry = arena_text(g->a, entry_text((int)index));
    g->p.entry = (struct bytes){(const uint8_t *)entry, strlen(entry)};
    g->p.index = index;
    g->p.note = note_text(g->a, note_body(g->a, "stemma.lab.example/1", SIZE, root), note_line_text(g->a, &key, signature));
    g->text = log_proof_text(g->a, &g->p);
}

static int judge(struct given *g, struct bytes text)
{
    struct log_proof p;
    struct checkpoint c;
    struct err e;
    int code = log_proof_parse(g->a, text, &p, &e);
    return code != 0 ? code : log_proof_verify(g->a, &p, &c, &e);
}

CASE(F_proof_of_every_leaf_is_read_again)
{
    for (uint64_t i = 0; i < SIZE; i++) {
        CLEANUP(given_done) struct given g = {0};
        struct log_proof again;
        struct err e;
        give(&g, i);
        assert_int_equal(log_proof_parse(g.a, g.text, &again, &e), 0);
        struct bytes text = log_proof_text(g.a, &again);
        assert_int_equal(text.len, g.text.len);
        assert_memory_equal(text.data, g.text.data, text.len);
        assert_int_equal(judge(&g, g.text), 0);
    }
}

CASE(F_proof_begins_as_c2sp_has_it)
{
    CLEANUP(given_done) struct given g = {0};
    give(&g, 4);
    static const char first[] = "c2sp.org/tlog-proof@v1\nextra ZW50cnkgbnVtYmVyIDQK\nindex 4\n";
    assert_memory_equal(g.text.data, first, sizeof first - 1);
    assert_non_null(strstr((const char *)g.text.data, "=\n\nstemma.lab.example/1\n11\n"));
}

/* ledger.md §6, 12: a valid proof, of another entry */
CASE(L12_proof_of_another_entry_is_refused)
{
    CLEANUP(given_done) struct given g = {0};
    give(&g, 4);
    struct log_proof p = g.p;
    p.entry = (struct bytes){(const uint8_t *)"entry number 5\n", 15};
    assert_int_equal(judge(&g, log_proof_text(g.a, &p)), ERR_DOSSIER_REFUSED);
    p = g.p;
    p.index = 5;
    assert_int_equal(judge(&g, log_proof_text(g.a, &p)), ERR_DOSSIER_REFUSED);
}

/* ledger.md §6, 13: nothing may be left out */
CASE(L13_proof_with_a_hash_less_or_more_is_refused)
{
    CLEANUP(given_done) struct given g = {0};
    give(&g, 4);
    struct log_proof p = g.p;
    p.path.count--;
    assert_int_equal(judge(&g, log_proof_text(g.a, &p)), ERR_DOSSIER_REFUSED);
    p.path.node = arena_alloc(g.a, (g.p.path.count + 1) * (size_t)DIGEST_LEN);
    memcpy(p.path.node, g.p.path.node, g.p.path.count * (size_t)DIGEST_LEN);
    memset(p.path.node[g.p.path.count], 7, DIGEST_LEN);
    p.path.count = g.p.path.count + 1;
    assert_int_equal(judge(&g, log_proof_text(g.a, &p)), ERR_DOSSIER_REFUSED);
}

CASE(L13_every_byte_of_a_proof_counts)
{
    CLEANUP(given_done) struct given g = {0};
    give(&g, 4);
    /* up to the note, all of which is signed */
    size_t until = g.text.len - g.p.note.len;
    for (size_t i = 0; i < until; i++) {
        char *copy = arena_dup(g.a, g.text.data, g.text.len);
        copy[i] ^= 1;
        if (judge(&g, (struct bytes){(const uint8_t *)copy, g.text.len}) == 0)
            fail_msg("byte %zu may be changed: %.20s", i, copy + i);
    }
    for (size_t len = 0; len < until; len++)
        assert_int_not_equal(judge(&g, (struct bytes){g.text.data, len}), 0);
}

CASE(F_proof_note_joins_the_witnesses_lines)
{
    CLEANUP(given_done) struct given g = {0};
    static const uint8_t public_key[NOTE_PUBLIC] = {9}, signature[NOTE_SIGNATURE] = {2};
    struct checkpoint c;
    struct err e;
    give(&g, 0);
    assert_int_equal(note_parse(g.a, (const char *)g.p.note.data, g.p.note.len, &c, &e), 0);
    struct note_key w = note_key_make(g.a, "witness-1", NOTE_KEY_COSIGNATURE, public_key);
    struct bytes cosignatures = note_text(g.a, c.body, cosignature_line_text(g.a, &w, 1795600000, signature));
    struct bytes joined = log_proof_note(g.a, g.p.note, cosignatures);
    assert_int_equal(note_parse(g.a, (const char *)joined.data, joined.len, &c, &e), 0);
    assert_int_equal(c.line_count, 2);
    assert_string_equal(c.line[1].name, "witness-1");
    joined = log_proof_note(g.a, g.p.note, (struct bytes){(const uint8_t *)"", 0});
    assert_int_equal(joined.len, g.p.note.len);
}
