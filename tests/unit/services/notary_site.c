#include "notary_site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/keys.h"
#include "file/file.h"
#include "ledger/bundle.h"
#include "support/test.h"

const char *site_path(struct site *s, const char *name)
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
    assert_int_equal(file_create(site_path(s, name), (struct bytes){(const uint8_t *)pem, strlen(pem)}, 0600, &e), 0);
}

void site_open(struct site *s)
{
    struct err e;
    assert_int_equal(notary_new(&s->log, &s->n, &e), 0);
    assert_int_equal(notary_new(&s->witness, &s->w, &e), 0);
}

void site_grow(struct site *s)
{
    for (size_t i = 0; i < LEAVES; i++)
        merkle_leaf_hash(&s->entries[i], sizeof s->entries[i], s->leaves[i]);
    s->source = merkle_array(s->a, (const uint8_t (*)[DIGEST_LEN])s->leaves, LEAVES);
}

struct site *site_new(void)
{
    struct site *s = calloc(1, sizeof *s);
    struct err e;
    s->a = arena_new(0);
    snprintf(s->dir, sizeof s->dir, "/tmp/stemma-test-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    for (size_t i = 0; i < LEAVES; i++)
        s->entries[i] = i;
    site_grow(s);
    put_key(s, "log.key", s->log_public);
    put_key(s, "witness.key", s->witness_public);
    const char *pem = key_note_public_pem(s->a, s->log_public, &e);
    assert_int_equal(file_create(site_path(s, "log.pub"), (struct bytes){(const uint8_t *)pem, strlen(pem)}, 0600, &e), 0);
    assert_int_equal(notary_memory_begin(site_path(s, "log.memory"), ORIGIN, &e), 0);
    assert_int_equal(notary_memory_begin(site_path(s, "witness.memory"), ORIGIN, &e), 0);
    s->log = (struct notary_options){NOTARY_LOG, ORIGIN, ORIGIN, site_path(s, "log.key"), site_path(s, "log.memory"), ""};
    s->witness = (struct notary_options){NOTARY_WITNESS, ORIGIN, "witness-1", site_path(s, "witness.key"), site_path(s, "witness.memory"), site_path(s, "log.pub")};
    site_open(s);
    return s;
}

void site_done(struct site **at)
{
    static const char *const names[] = {"log.key", "witness.key", "log.pub", "log.memory", "witness.memory"};
    struct site *s = *at;
    notary_free(s->n);
    notary_free(s->w);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(site_path(s, names[i]));
    rmdir(s->dir);
    arena_free(s->a);
    free(s);
}

struct bytes site_bundle(struct site *s, uint64_t from, uint64_t to)
{
    struct buf b = buf_new(s->a);
    for (uint64_t i = from; i < to; i++)
        assert_true(bundle_add(&b, (struct bytes){(const uint8_t *)&s->entries[i], sizeof s->entries[i]}));
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

void site_read(struct site *s, uint64_t size)
{
    struct err e;
    uint64_t from = notary_read_span(s->n).from;
    if (from < size)
        assert_int_equal(notary_read(s->n, ORIGIN, from, site_bundle(s, from, size), &e), 0);
}

struct notary_request site_request(struct site *s, uint64_t old_size, uint64_t size)
{
    site_read(s, size);
    return site_unread(s, old_size, size);
}

struct notary_request site_unread(struct site *s, uint64_t old_size, uint64_t size)
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

int site_sign(struct site *s, const struct notary_request *q)
{
    const char *note = NULL;
    struct err e;
    return notary_sign(s->n, s->a, q, &note, &e);
}

void site_signed_up_to(struct site *s, uint64_t size)
{
    struct notary_request q = site_request(s, notary_remembers(s->n)->size, size);
    assert_int_equal(site_sign(s, &q), 0);
}
