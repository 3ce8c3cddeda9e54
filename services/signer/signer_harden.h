/*
 * The signer's own walls, beside those of its unit: nobody reads its memory, and it can start no program, trace no
 * process and reach out to no host, whatever happens inside it.
 */
#pragma once
#include <stdbool.h>

#include "base/error.h"

/** signer_harden(ret_locked, e): not dumpable, memory locked where the limits let it (${ret_locked} says), system calls
 *  filtered. A fault when the filter cannot be put up. */
int signer_harden(bool *ret_locked, struct err *e);
