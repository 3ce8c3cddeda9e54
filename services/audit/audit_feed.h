/*
 * The services' own programs, replaying: each applies the statements of its verbs to the scratch database by the handlers
 * that it serves with (service/replay.h). They take turns, in the order of the log, for one service's projections look at
 * another's.
 */
#pragma once
#include "audit_scratch.h"

struct audit_feed;

/** What a program said about an entry that it could not apply. */
typedef void audit_feed_fault(void *ctx, const char *stream, int64_t seq, const char *text);

/** audit_feed_new(a, scratch, fault, ctx): no program runs yet; each starts with the first statement that is its own. */
struct audit_feed *audit_feed_new(struct arena *a, const struct audit_scratch *scratch, audit_feed_fault *fault, void *ctx);

/** One entry on its way to the service in its type. */
struct audit_fed {
    const char *stream, *type;
    int64_t seq, time_ms;
    struct bytes statement;
};

/** audit_feed_entry(f, x, e): apply ${x} after all before it. audit_feed_end(f, e): all is applied; the programs end. */
int audit_feed_entry(struct audit_feed *f, const struct audit_fed *x, struct err *e);
int audit_feed_end(struct audit_feed *f, struct err *e);
