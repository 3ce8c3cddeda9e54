#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/keys.h"
#include "file/file.h"
#include "ledger/merkle.h"
#include "ledger/note.h"
#include "notary.h"

#define ORIGIN "stemma.lab.example/2026"
#define LEAVES 40

/* A log of LEAVES entries, a notary and a witness in one folder. */
struct site {
    struct arena *a;
    char dir[64];
    uint8_t leaves[LEAVES][DIGEST_LEN];
    struct merkle_source source;
    struct notary_options log, witness;
    struct notary *n, *w;
    uint8_t log_public[NOTE_PUBLIC_LEN], witness_public[NOTE_PUBLIC_LEN];
};

static const char *in(struct site *s, const char *name)
{
    return arena_printf(s->a, "%s/%s", s->dir, name);
}

static void put_key(struct site *s, const char *name, uint8_t ret_public[NOTE_PUBLIC_LEN])
{
    CLEANUP(key_done) struct key *k = NULL;
    struct err e;
    assert_int_equal(key_new(KEY_ED25519, &k, &e), 0);
    assert_true(key_note_public(k, ret_public));
    const char *pem = key_to_pem(s->a, k, &e);
    assert_int_equal(file_create(in(s, name), (struct bytes){(const uint8_t *)pem, strlen(pem)}, 0600, &e), 0);
}

static void open_both(struct site *s)
{
    struct err e;
    assert_int_equal(notary_new(&s->log, &s->n, &e), 0);
    assert_int_equal(notary_new(&s->witness, &s->w, &e), 0);
}

static struct site *site_new(void)
{
    struct site *s = calloc(1, sizeof *s);
    struct err e;
    s->a = arena_new(0);
    snprintf(s->dir, sizeof s->dir, "/tmp/stemma-test-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    for (size_t i = 0; i < LEAVES; i++)
        merkle_leaf_hash(&i, sizeof i, s->leaves[i]);
    s->source = merkle_array(s->a, (const uint8_t (*)[DIGEST_LEN])s->leaves, LEAVES);
    put_key(s, "log.key", s->log_public);
    put_key(s, "witness.key", s->witness_public);
    const char *pem = key_note_public_pem(s->a, s->log_public, &e);
    assert_int_equal(file_create(in(s, "log.pub"), (struct bytes){(const uint8_t *)pem, strlen(pem)}, 0600, &e), 0);
    assert_int_equal(notary_memory_begin(in(s, "log.memory"), ORIGIN, &e), 0);
    assert_int_equal(notary_memory_begin(in(s, "witness.memory"), ORIGIN, &e), 0);
    s->log = (struct notary_options){NOTARY_LOG, ORIGIN, ORIGIN, in(s, "log.key"), in(s, "log.memory"), ""};
    s->witness = (struct notary_options){NOTARY_WITNESS, ORIGIN, "witness-1", in(s, "witness.key"), in(s, "witness.memory"), in(s, "log.pub")};
    open_both(s);
    return s;
}

static void site_done(struct site **at)
{
    static const char *const names[] = {"log.key", "witness.key", "log.pub", "log.memory", "witness.memory"};
    struct site *s = *at;
    notary_free(s->n);
    notary_free(s->w);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(in(s, names[i]));
    rmdir(s->dir);
    arena_free(s->a);
    free(s);
}

/* An honest request from ${old_size} to ${size}. */
static struct notary_request request(struct site *s, uint64_t old_size, uint64_t size)
{
    struct notary_request q = {.origin = ORIGIN, .size = size, .old_size = old_size};
    uint8_t *root = arena_alloc(s->a, DIGEST_LEN);
    struct err e;
    assert_int_equal(merkle_root(&s->source, size, root, &e), 0);
    q.root = root;
    if (old_size > 0 && old_size <= size)
        assert_int_equal(merkle_consistency_make(s->a, &s->source, old_size, size, &q.proof, &e), 0);
    return q;
}

static int sign(struct site *s, const struct notary_request *q)
{
    const char *note = NULL;
    struct err e;
    return notary_sign(s->n, s->a, q, &note, &e);
}

static void signed_up_to(struct site *s, uint64_t size)
{
    struct notary_request q = request(s, notary_remembers(s->n)->size, size);
    assert_int_equal(sign(s, &q), 0);
}

CASE(F_checkpoint_is_signed_by_the_log_key)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_request q = request(s, 0, 7);
    struct checkpoint c;
    struct err e;
    const char *note = NULL;
    assert_int_equal(notary_sign(s->n, s->a, &q, &note, &e), 0);
    assert_int_equal(note_parse(s->a, note, strlen(note), &c, &e), 0);
    struct note_key key = note_key_make(s->a, ORIGIN, NOTE_KEY_ED25519, s->log_public);
    assert_int_equal(note_verify(&c, &key, key_note_verify, &e), 0);
    assert_int_equal(c.size, 7);
    assert_memory_equal(c.root, q.root, DIGEST_LEN);
}

CASE(F_checkpoint_asked_again_is_the_same_note)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_request first = request(s, 0, 7), again = request(s, 7, 7);
    const char *one = NULL, *two = NULL;
    struct err e;
    assert_int_equal(notary_sign(s->n, s->a, &first, &one, &e), 0);
    assert_int_equal(notary_sign(s->n, s->a, &again, &two, &e), 0);
    assert_string_equal(one, two);
}

CASE(notary_signs_a_tree_that_provably_extends_the_last)
{
    CLEANUP(site_done) struct site *s = site_new();
    for (uint64_t size = 1; size <= LEAVES; size += 1 + size % 3)
        signed_up_to(s, size);
}

CASE(notary_refuses_a_smaller_tree)
{
    CLEANUP(site_done) struct site *s = site_new();
    signed_up_to(s, 9);
    struct notary_request q = request(s, 0, 8);
    assert_int_equal(sign(s, &q), ERR_TREE_REFUSED);
    q.old_size = 9;
    assert_int_equal(sign(s, &q), ERR_TREE_REFUSED);
    q = request(s, 0, 0);
    assert_int_equal(sign(s, &q), ERR_TREE_REFUSED);
}

CASE(notary_refuses_a_fork_of_the_same_size)
{
    CLEANUP(site_done) struct site *s = site_new();
    signed_up_to(s, 9);
    struct notary_request q = request(s, 9, 9), other = request(s, 9, 10);
    q.root = other.root;
    assert_int_equal(sign(s, &q), ERR_TREE_REFUSED);
}

/* one early entry was changed, and the tree built anew */
CASE(notary_refuses_a_fork_that_grew)
{
    CLEANUP(site_done) struct site *s = site_new();
    signed_up_to(s, 9);
    s->leaves[2][0] ^= 1;
    s->source = merkle_array(s->a, (const uint8_t (*)[DIGEST_LEN])s->leaves, LEAVES);
    struct notary_request q = request(s, 9, 20);
    assert_int_equal(sign(s, &q), ERR_TREE_REFUSED);
}

CASE(notary_refuses_a_tree_without_proof_or_with_another)
{
    CLEANUP(site_done) struct site *s = site_new();
    signed_up_to(s, 9);
    struct notary_request good = request(s, 9, 20), q = good;
    q.proof = (struct merkle_proof){NULL, 0};
    assert_int_equal(sign(s, &q), ERR_TREE_REFUSED);
    q = good;
    q.proof.count--;
    assert_int_equal(sign(s, &q), ERR_TREE_REFUSED);
    q = good;
    q.proof = request(s, 8, 20).proof;
    assert_int_equal(sign(s, &q), ERR_TREE_REFUSED);
    q.old_size = 8;
    assert_int_equal(sign(s, &q), ERR_TREE_REFUSED);
    assert_int_equal(sign(s, &good), 0);
}

CASE(notary_refuses_another_log)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_request q = request(s, 0, 3);
    q.origin = "stemma.lab.example/2027";
    assert_int_equal(sign(s, &q), ERR_TREE_REFUSED);
}

CASE(notary_memory_outlives_a_restart)
{
    CLEANUP(site_done) struct site *s = site_new();
    signed_up_to(s, 9);
    s->n = notary_free(s->n);
    s->w = notary_free(s->w);
    open_both(s);
    assert_int_equal(notary_remembers(s->n)->size, 9);
    struct notary_request q = request(s, 0, 5);
    assert_int_equal(sign(s, &q), ERR_TREE_REFUSED);
}

/* the tree is on the disk before anything is signed: where it cannot be written, nothing is */
CASE(notary_signs_nothing_that_it_cannot_remember)
{
    CLEANUP(site_done) struct site *s = site_new();
    const char *note = NULL;
    struct err e;
    struct notary_request q = request(s, 0, 9);
    s->log.memory = "/nonexistent/log.memory";
    assert_int_equal(notary_sign(s->n, s->a, &q, &note, &e), ERR_FAULT);
    assert_null(note);
    assert_int_equal(notary_remembers(s->n)->size, 0);
}

CASE(notary_does_not_start_without_its_memory)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary *other = NULL;
    struct err e;
    assert_int_equal(file_remove(in(s, "log.memory"), &e), 0);
    assert_int_equal(notary_new(&s->log, &other, &e), ERR_FAULT);
    assert_int_equal(file_replace(in(s, "log.memory"), (struct bytes){(const uint8_t *)"size 3\n", 7}, 0600, &e), 0);
    assert_int_equal(notary_new(&s->log, &other, &e), ERR_FAULT);
}

CASE(notary_memory_of_another_log_is_refused)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_memory m;
    struct err e;
    assert_int_equal(notary_memory_read(in(s, "log.memory"), ORIGIN, &m, &e), 0);
    assert_int_equal(notary_memory_read(in(s, "log.memory"), "other", &m, &e), ERR_FAULT);
    assert_int_equal(notary_memory_begin(in(s, "log.memory"), ORIGIN, &e), ERR_EXISTS);
}

static int cosign(struct site *s, struct notary_request *q, const char *note, const char **ret)
{
    struct err e;
    q->note = (struct bytes){(const uint8_t *)note, strlen(note)};
    return notary_cosign(s->w, s->a, q, 1795600000123, ret, &e);
}

CASE(F_checkpoint_witness_cosigns_what_the_log_signed)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_request q = request(s, 0, 7);
    const char *note = NULL, *line = NULL;
    struct checkpoint c;
    struct err e;
    uint64_t at_s = 0;
    assert_int_equal(notary_sign(s->n, s->a, &q, &note, &e), 0);
    assert_int_equal(cosign(s, &q, note, &line), 0);
    struct bytes file = note_text(s->a, note_body(s->a, ORIGIN, 7, q.root), line);
    assert_int_equal(note_parse(s->a, (const char *)file.data, file.len, &c, &e), 0);
    struct note_key key = note_key_make(s->a, "witness-1", NOTE_KEY_COSIGNATURE, s->witness_public);
    assert_int_equal(cosignature_verify(s->a, &c, &key, key_note_verify, &at_s, &e), 0);
    assert_int_equal(at_s, 1795600000);
}

CASE(F_checkpoint_witness_refuses_what_the_log_did_not_sign)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_request q = request(s, 0, 7), other = request(s, 0, 8);
    const char *note = NULL, *line = NULL;
    struct err e;
    assert_int_equal(notary_sign(s->n, s->a, &q, &note, &e), 0);
    assert_int_equal(cosign(s, &other, note, &line), ERR_SIGNATURE_REFUSED);
    char *forged = arena_text(s->a, note);
    forged[strlen(forged) - 4] ^= 1;
    assert_int_equal(cosign(s, &q, forged, &line), ERR_SIGNATURE_REFUSED);
    assert_int_equal(cosign(s, &q, "", &line), ERR_SIGNATURE_REFUSED);
    assert_int_equal(notary_remembers(s->w)->size, 0);
}

/* a notary that lost its mind, or its machine, does not take the witness along */
CASE(notary_witness_refuses_a_fork_that_the_log_signed)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_request q = request(s, 0, 9);
    const char *note = NULL, *line = NULL;
    struct err e;
    assert_int_equal(notary_sign(s->n, s->a, &q, &note, &e), 0);
    assert_int_equal(cosign(s, &q, note, &line), 0);
    assert_int_equal(file_remove(in(s, "log.memory"), &e), 0);
    assert_int_equal(notary_memory_begin(in(s, "log.memory"), ORIGIN, &e), 0);
    s->n = notary_free(s->n);
    assert_int_equal(notary_new(&s->log, &s->n, &e), 0);
    q = request(s, 0, 5);
    assert_int_equal(notary_sign(s->n, s->a, &q, &note, &e), 0);
    assert_int_equal(cosign(s, &q, note, &line), ERR_TREE_REFUSED);
}

CASE(notary_keeps_to_its_role)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_request q = request(s, 0, 7);
    const char *out = NULL;
    struct err e;
    assert_int_equal(notary_sign(s->w, s->a, &q, &out, &e), ERR_STATE_FORBIDS);
    assert_int_equal(notary_cosign(s->n, s->a, &q, 0, &out, &e), ERR_STATE_FORBIDS);
}

CASE(notary_log_key_is_named_by_the_origin)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary *other = NULL;
    struct err e;
    s->log.key_name = "log";
    assert_int_equal(notary_new(&s->log, &other, &e), ERR_FAULT);
}
