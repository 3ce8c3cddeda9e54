/* The handlers of audit.verbs.def and what they reach beyond the database: sequencer and signer. */
#pragma once
#include "audit_settings.h"

/** audit_init(db, e): connect to sequencer and signer lazily; audit_done(): let go. */
int audit_init(struct db *db, struct err *e);
void audit_done(void);

#define VERB SERVICE_DECLARE
#include "contract/audit.verbs.def"
#undef VERB
