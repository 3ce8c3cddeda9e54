/*
 * The signer's handlers, as main.c binds them to the rows of signer.verbs.def.
 */
#pragma once
#include "service/service.h"

#define VERB SERVICE_DECLARE
#include "contract/signer.verbs.def"
#undef VERB

/** signer_begin(db, e): open keys and journal, then put up the walls. signer_end(): wipe the keys. */
int signer_begin(struct db *db, struct err *e);
void signer_end(void);

/** signer_attention(a): how many keys are locked, as a sentence, for `service.health`; NULL for none. */
const char *signer_attention(struct arena *a);
