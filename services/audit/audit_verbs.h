/* The handlers of audit.verbs.def and what they reach beyond the database: sequencer and signer. */
#pragma once
#include "service/service.h"

struct audit_settings {
    struct settings common;
    const char *directory;     /* of services */
    const char *pki;
    const char *trust;         /* anchors that checkpoints are verified with */
    const char *zone;          /* the facility's, for what people read */
    const char *fonts;         /* folder of the paper's fonts */
};
extern struct audit_settings audit_config;

/** audit_init(db, e): connect to sequencer and signer lazily; audit_done(): let go. */
int audit_init(struct db *db, struct err *e);
void audit_done(void);

#define VERB SERVICE_DECLARE
#include "contract/audit.verbs.def"
#undef VERB
