/*
 * The copies of labels in the chapter of custody: what was said of each, and how they add up (domain.md §7.3). Judges nothing: the gate did.
 */
#pragma once
#include "paper/matter.h"
#include "paper/sheet.h"

/** labels_event(f, entry, ret_what, ret_containers, ret_where): ${entry} in words for the table of events; false where it is of no label. */
bool labels_event(struct matter *f, const struct dossier_entry *entry, const char **ret_what, const char **ret_containers, const char **ret_where);

/** labels_reconciled(s, f): printed, applied, spoiled, destroyed, specimens, and what is open; nothing where no label was printed. */
void labels_reconciled(struct sheet *s, struct matter *f);
