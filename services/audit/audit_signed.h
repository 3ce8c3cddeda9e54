/* What notary and witnesses remember to have signed: the only memory of the log that no administrator of the database has. */
#pragma once
#include "audit_check.h"

/** audit_signed_ask(a, notes, ret, ret_count, e): ask the notary and the witnesses in the settings. Who does not answer is
 *  named in ${notes}, for then nothing is compared with what it knows. */
int audit_signed_ask(struct arena *a, struct list *notes, const struct audit_signed **ret, size_t *ret_count, struct err *e);
