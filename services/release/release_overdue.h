/* Watches over what is overdue (R29): it calls nobody and closes nothing, it says so wherever the house is asked how it is. */
#pragma once
#include "service/service.h"

#define OVERDUE_EVERY_MS 60000

/** release_overdue_look(db, e): counts pending results and tasks of failures that are overdue; where they became more, an alert
 *  and a line in the log. */
int release_overdue_look(struct db *db, struct err *e);

/** release_overdue_attention(a): how many are overdue, in a sentence; NULL: none. */
const char *release_overdue_attention(struct arena *a);
