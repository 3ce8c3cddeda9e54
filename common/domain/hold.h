/*
 * A hold that comes down the lineage: donor, collection, batch, container (domain.md §7.3). It is never written down
 * below the donor: whoever asks about a batch or a container asks the donor's own record at that moment, so that no
 * descendant can be forgotten and none stays held by mistake. Decides what a hold stops and what it does not.
 */
#pragma once
#include <stdbool.h>

#include "base/error.h"

#define HOLD_CONSENT "the donor has withdrawn consent"

/** hold_check(held, e): work, filling, labelling, release and hand-over stop; looking, testing, keeping cold, receiving
 *  what is on its way and rejecting go on and do not ask here. ERR_CONSENT_MISSING. */
int hold_check(bool held, struct err *e);
