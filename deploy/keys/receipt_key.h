/* The Ed25519 key with which a service signs receipts at commit (ledger/receipt_note.h). */
#pragma once
#include "base/arena.h"
#include "base/error.h"

/** receipt_key_make(a, path, origin, service, e): make the key file (0600) unless it is there; print its verifier key. */
int receipt_key_make(struct arena *a, const char *path, const char *origin, const char *service, struct err *e);
