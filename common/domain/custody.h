/*
 * The two-party hand-over (R34, domain.md §7.1): giver and receiver sign the same transfer, of the same containers, with
 * the same digest; custody stays with the giver until it is accepted. Pure rules over both halves.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"

/** What changes hands: the content that both parties sign. ${containers} in any order. */
struct custody_transfer {
    const char *batch, *transfer, *seal;
    const char *const *containers;
    size_t container_count;
};

/** custody_digest(a, transfer): hex SHA-256 of "stemma-transfer/1" and a line each for batch, transfer, seal and every
 *  container in order of byte; in ${a}. What stands in both statements as `transfer_sha256`. */
const char *custody_digest(struct arena *a, const struct custody_transfer *transfer);

/** One half: who, which transfer, over what. ${containers} in any order; ${digest_hex} of the transfer's content. */
struct custody_half {
    const char *transfer, *person, *digest_hex;
    const char *const *containers;
    size_t container_count;
    int64_t at_ms;
};

/** custody_give_check(half, holder, e): only who holds them may give, at least one container, none twice. */
int custody_give_check(const struct custody_half *half, const char *holder, struct err *e);

/** custody_receive_check(given, received, e): other person, same transfer, digest and containers, not before it was
 *  given. ERR_CUSTODY_REFUSED, rule R34. */
int custody_receive_check(const struct custody_half *given, const struct custody_half *received, struct err *e);

/** custody_decide_event(decision): the container machine's event of QA's ${decision}. */
const char *custody_decide_event(const char *decision);

/** custody_back_event(a, state): the container machine's event that takes a destruction back to ${state}, where it stood before. */
const char *custody_back_event(struct arena *a, const char *state);

/** custody_keeps_place(state): a container in ${state} lies where it was stored, its position is taken and an excursion reaches it: in the
 *  lab's keeping, and while it waits for the witness of its destruction. custody.move in SQL has the same states. */
bool custody_keeps_place(const char *state);

/** custody_side(state): who holds a container in ${state}, a word of words_custody_side: until the other has signed, it is who gave it
 *  (R34). NULL: it has ended, or is being destroyed. */
const char *custody_side(const char *state);

/** custody_held(a, container_id, state, person, ret): one row more of a loss, as struct loss_holder. ${person}: who signed for it last;
 *  NULL: nobody since it was filled. */
void custody_held(struct arena *a, const char *container_id, const char *state, const char *person, struct list *ret);
