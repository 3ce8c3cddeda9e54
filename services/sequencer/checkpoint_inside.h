/*
 * Inside of the making of checkpoints only: what signing and showing share.
 */
#pragma once
#include "checkpoint.h"
#include "ledger/note.h"
#include "wire/client.h"

#define WITNESSES_MAX 16

struct checkpoint_maker {
    struct arena *arena;
    struct wire_client *client;
    struct stamper *stamper;
    struct note_key log;
    struct note_key witness[WITNESSES_MAX];     /* keys */
    size_t witness_count;
    const char *name[WITNESSES_MAX];            /* in the directory */
    size_t name_count;
    uint64_t shown;                             /* leaf up to which this process showed entries to the notary; 0: begin anew */
};

/** checkpoint_ask(m, a, service, verb, in, ret, e): one verb of the notary's program, by whoever runs it under ${service}. */
int checkpoint_ask(struct checkpoint_maker *m, struct arena *a, const char *service, const char *verb, const void *in, void *ret,
                   struct err *e);
