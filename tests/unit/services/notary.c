#include "support/test.h"

#include <string.h>

#include "file/file.h"
#include "notary_site.h"

static int cosign(struct site *s, struct notary_request *q, const char *note, const char **ret)
{
    struct err e;
    q->note = (struct bytes){(const uint8_t *)note, strlen(note)};
    return notary_cosign(s->w, s->a, q, 1795600000123, ret, &e);
}

static void begin_log_anew(struct site *s)
{
    struct err e;
    assert_int_equal(file_remove(site_path(s, "log.memory"), &e), 0);
    assert_int_equal(notary_memory_begin(site_path(s, "log.memory"), ORIGIN, &e), 0);
    s->n = notary_free(s->n);
    assert_int_equal(notary_new(&s->log, &s->n, &e), 0);
}

CASE(F_checkpoint_is_signed_by_the_log_key)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_request q = site_request(s, 0, 7);
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
    struct notary_request first = site_request(s, 0, 7), again = site_request(s, 7, 7);
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
        site_signed_up_to(s, size);
}

CASE(notary_refuses_a_smaller_tree)
{
    CLEANUP(site_done) struct site *s = site_new();
    site_signed_up_to(s, 9);
    struct notary_request q = site_request(s, 0, 8);
    assert_int_equal(site_sign(s, &q), ERR_TREE_REFUSED);
    q.old_size = 9;
    assert_int_equal(site_sign(s, &q), ERR_TREE_REFUSED);
    q = site_request(s, 0, 0);
    assert_int_equal(site_sign(s, &q), ERR_TREE_REFUSED);
}

CASE(notary_refuses_a_fork_of_the_same_size)
{
    CLEANUP(site_done) struct site *s = site_new();
    site_signed_up_to(s, 9);
    struct notary_request q = site_request(s, 9, 9), other = site_request(s, 9, 10);
    q.root = other.root;
    assert_int_equal(site_sign(s, &q), ERR_TREE_REFUSED);
}

/* one early entry was changed, and the tree built anew */
CASE(L04_notary_refuses_a_fork_that_grew)
{
    CLEANUP(site_done) struct site *s = site_new();
    site_signed_up_to(s, 9);
    s->entries[2] ^= 1;
    site_grow(s);
    struct notary_request q = site_request(s, 9, 20);
    assert_int_equal(site_sign(s, &q), ERR_TREE_REFUSED);
}

/* its memory was lost, and with the log's key a fork is signed: the witness has its own */
CASE(L04_witness_refuses_a_fork_that_grew)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_request q = site_request(s, 0, 9);
    const char *note = NULL, *line = NULL;
    struct err e;
    assert_int_equal(notary_sign(s->n, s->a, &q, &note, &e), 0);
    assert_int_equal(cosign(s, &q, note, &line), 0);
    begin_log_anew(s);
    s->entries[2] ^= 1;
    site_grow(s);
    q = site_request(s, 0, 20);
    assert_int_equal(notary_sign(s->n, s->a, &q, &note, &e), 0);
    q = site_unread(s, 9, 20);
    assert_int_equal(cosign(s, &q, note, &line), ERR_TREE_REFUSED);
}

CASE(notary_refuses_a_tree_without_proof_or_with_another)
{
    CLEANUP(site_done) struct site *s = site_new();
    site_signed_up_to(s, 9);
    struct notary_request good = site_request(s, 9, 20), q = good;
    q.proof = (struct merkle_proof){NULL, 0};
    assert_int_equal(site_sign(s, &q), ERR_TREE_REFUSED);
    q = good;
    q.proof.count--;
    assert_int_equal(site_sign(s, &q), ERR_TREE_REFUSED);
    q = good;
    q.proof = site_request(s, 8, 20).proof;
    assert_int_equal(site_sign(s, &q), ERR_TREE_REFUSED);
    q.old_size = 8;
    assert_int_equal(site_sign(s, &q), ERR_TREE_REFUSED);
    assert_int_equal(site_sign(s, &good), 0);
}

CASE(L03_notary_refuses_another_log)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_request q = site_request(s, 0, 3);
    q.origin = "stemma.lab.example/2027";
    assert_int_equal(site_sign(s, &q), ERR_TREE_REFUSED);
}

CASE(notary_memory_outlives_a_restart)
{
    CLEANUP(site_done) struct site *s = site_new();
    site_signed_up_to(s, 9);
    s->n = notary_free(s->n);
    s->w = notary_free(s->w);
    site_open(s);
    assert_int_equal(notary_remembers(s->n)->size, 9);
    struct notary_request q = site_request(s, 0, 5);
    assert_int_equal(site_sign(s, &q), ERR_TREE_REFUSED);
}

/* the tree is on the disk before anything is signed: where it cannot be written, nothing is */
CASE(L30_notary_signs_nothing_that_it_cannot_remember)
{
    CLEANUP(site_done) struct site *s = site_new();
    const char *note = NULL;
    struct err e;
    struct notary_request q = site_request(s, 0, 9);
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
    assert_int_equal(file_remove(site_path(s, "log.memory"), &e), 0);
    assert_int_equal(notary_new(&s->log, &other, &e), ERR_FAULT);
    assert_int_equal(file_replace(site_path(s, "log.memory"), (struct bytes){(const uint8_t *)"size 3\n", 7}, 0600, &e), 0);
    assert_int_equal(notary_new(&s->log, &other, &e), ERR_FAULT);
}

CASE(notary_memory_of_another_log_is_refused)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_memory m;
    struct err e;
    assert_int_equal(notary_memory_read(site_path(s, "log.memory"), ORIGIN, &m, &e), 0);
    assert_int_equal(notary_memory_read(site_path(s, "log.memory"), "other", &m, &e), ERR_FAULT);
    assert_int_equal(notary_memory_begin(site_path(s, "log.memory"), ORIGIN, &e), ERR_EXISTS);
}

CASE(F_checkpoint_witness_cosigns_what_the_log_signed)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_request q = site_request(s, 0, 7);
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
    struct notary_request q = site_request(s, 0, 7), other = site_unread(s, 0, 8);
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
    struct notary_request q = site_request(s, 0, 9);
    const char *note = NULL, *line = NULL;
    struct err e;
    assert_int_equal(notary_sign(s->n, s->a, &q, &note, &e), 0);
    assert_int_equal(cosign(s, &q, note, &line), 0);
    begin_log_anew(s);
    q = site_request(s, 0, 5);
    assert_int_equal(notary_sign(s->n, s->a, &q, &note, &e), 0);
    assert_int_equal(cosign(s, &q, note, &line), ERR_TREE_REFUSED);
}

CASE(notary_keeps_to_its_role)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct notary_request q = site_request(s, 0, 7);
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

CASE(L05_closed_log_is_never_signed_again)
{
    CLEANUP(site_done) struct site *s = site_new();
    struct checkpoint c;
    struct err e;
    const char *note = NULL, *again = NULL;
    assert_int_equal(notary_close(s->n, s->a, &note, &e), ERR_STATE_FORBIDS);     /* nothing was signed yet */
    site_signed_up_to(s, 9);
    struct notary_request last = site_request(s, 9, 9), next = site_request(s, 9, 10);
    assert_int_equal(notary_close(s->w, s->a, &note, &e), ERR_STATE_FORBIDS);
    assert_int_equal(notary_close(s->n, s->a, &note, &e), 0);
    assert_int_equal(note_parse(s->a, note, strlen(note), &c, &e), 0);
    struct note_key key = note_key_make(s->a, ORIGIN, NOTE_KEY_ED25519, s->log_public);
    assert_int_equal(note_verify(&c, &key, key_note_verify, &e), 0);
    assert_int_equal(c.size, 9);
    assert_memory_equal(c.root, last.root, DIGEST_LEN);
    for (int start = 0; start < 2; start++) {
        assert_int_equal(site_sign(s, &next), ERR_TREE_REFUSED);
        assert_int_equal(site_sign(s, &last), ERR_TREE_REFUSED);
        assert_int_equal(notary_close(s->n, s->a, &again, &e), 0);
        assert_string_equal(again, note);
        s->n = notary_free(s->n);
        s->w = notary_free(s->w);
        site_open(s);                          /* it remembers that it is closed */
    }
}
