/*
 * Handlers of notary and witness, as main.c binds them to the rows of notary.verbs.def.
 */
#pragma once
#include "service/service.h"

#define VERB SERVICE_DECLARE
#include "contract/notary.verbs.def"
#undef VERB

/** notary_begin(db, e): open key and memory. notary_end(): wipe the key. */
int notary_begin(struct db *db, struct err *e);
void notary_end(void);
