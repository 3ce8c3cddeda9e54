/*
 * Which further time-stamps a dossier needs: one that has ended since counts only if another was made over the tree that
 * holds it while it lasted (docs/FORMAT.md, section 10). The log has a stamp every minute or so; the chain takes the fewest.
 */
#pragma once
#include "db/db.h"
#include "dossier/dossier.h"

/** The stamps that a dossier has so far: `stamp` and `kept` (their entries) have room for all of `all`. */
struct stamp_choice {
    struct db *db;
    struct arena *a;
    const struct dossier_stream *all;    /* every log.timestamp entry, ascending */
    int64_t until_ms;                    /* the dossier's own time-stamp */
    struct dossier_stamp *stamp;
    struct dossier_entry *kept;
    size_t count;
};

/** audit_before(c, index, e): add to ${c} the last stamp recorded before leaf ${index}, by which that entry came later; none if there is
 *  none, or it would have to be renewed: it is worth having, not more. */
int audit_before(struct stamp_choice *c, uint64_t index, struct err *e);

/** audit_renewed(c, e): add to ${c} what renews its stamps up to its end. ERR_DOSSIER_REFUSED when one ended and nothing renewed it: what it
 *  proved is proved no longer. */
int audit_renewed(struct stamp_choice *c, struct err *e);

/** audit_stamps_sort(c): stamps by size, their entries by number, as a dossier lists them. */
void audit_stamps_sort(struct stamp_choice *c);
