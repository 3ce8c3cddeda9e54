/*
 * Rule 11: what the statements record as calculated or judged comes out the same from the inputs, the procedure and the
 * specification in the dossier. A row per type of statement that has computed fields; the lab's arithmetic is in domain/
 * and is the very code that computed them first.
 */
#pragma once
#include "dossier/dossier.h"

struct recompute_row {
    const char *type;            /* service.verb */
    /** Whether the statement of ${entry} comes out again. ERR_DOSSIER_REFUSED says which value differs. */
    int (*check)(struct arena *a, const struct dossier *d, const struct dossier_stream *s,
                 const struct dossier_entry *entry, struct err *e);
};

struct recompute {
    const struct recompute_row *row;
    size_t count;
};

/** recompute_rows(): the rows of all services. */
const struct recompute *recompute_rows(void);
