/*
 * Receipts at commit (ledger/receipt_note.h): the service's own Ed25519 key signs what it has just recorded. Made while the
 * database writes, handed out only after it has. The note says nothing but the entry, so a repeated command is answered
 * with the very same bytes.
 */
#pragma once
#include "base/error.h"
#include "service/service.h"

/** promise_start(service, e): read the key of the settings; without one receipts are not signed. A fault when it cannot be read,
 *  or when others may read it. */
int promise_start(const struct service *service, struct err *e);

/** promise_note(a, stream, seq, time_ms, leaf): the signed receipt of this entry, in ${a}; NULL without a key. */
const char *promise_note(struct arena *a, const char *stream, int64_t seq, int64_t time_ms, const uint8_t leaf[DIGEST_LEN]);

/** promise_done(): the key is wiped. */
void promise_done(void);
