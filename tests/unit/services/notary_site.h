/*
 * A notary and a witness over one small log, in a folder of their own.
 */
#pragma once
#include "crypto/keys.h"
#include "ledger/merkle.h"
#include "ledger/note.h"
#include "notary.h"

#define ORIGIN "stemma.lab.example/2026"
#define LEAVES 40

/* A log of LEAVES entries, a notary and a witness in one folder. */
struct site {
    struct arena *a;
    char dir[64];
    uint64_t entries[LEAVES];
    uint8_t leaves[LEAVES][DIGEST_LEN];
    struct merkle_source source;
    struct notary_options log, witness;
    struct notary *n, *w;
    uint8_t log_public[NOTE_PUBLIC_LEN], witness_public[NOTE_PUBLIC_LEN];
};

/** site_new(): keys made, memories begun, both open. site_done(s): for CLEANUP(site_done) struct site *s. */
struct site *site_new(void);
void site_done(struct site **at);

/** site_path(s, name): a file of the folder. site_open(s): open both again, after they were freed. */
const char *site_path(struct site *s, const char *name);
void site_open(struct site *s);

/** site_grow(s): the tree of the entries as they are now. site_bundle(s, from, to): a page of them. site_read(s, size): the notary
 *  reads them, from where its reading begins. */
void site_grow(struct site *s);
struct bytes site_bundle(struct site *s, uint64_t from, uint64_t to);
void site_read(struct site *s, uint64_t size);

/** site_unread(s, old_size, size): an honest request of the witness, or of whoever did not show the notary what it signs.
 *  site_request(s, old_size, size): an honest request, after the notary has read. site_sign(s, q): ask the notary; its code.
 *  site_signed_up_to(s, size): the notary signs a tree of ${size}, from where it is. */
struct notary_request site_unread(struct site *s, uint64_t old_size, uint64_t size);
struct notary_request site_request(struct site *s, uint64_t old_size, uint64_t size);
int site_sign(struct site *s, const struct notary_request *q);
void site_signed_up_to(struct site *s, uint64_t size);
