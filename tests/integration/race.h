/*
 * Several people at once on the running house, each in a thread with a terminal of their own: everybody has looked, prepared and
 * signed before anybody commits, then all commit at once.
 */
#pragma once
#include "short_batch.h"

struct racer {
    const char *person, *verb;
    const void *in;
    struct prepared prepared;
    struct bytes signature;
    struct receipt receipt;           /* of who won */
    int code;                         /* of the commit: 0, or the refusal in ${e} */
    struct err e;
};

/** race_ready(r, person, verb, in): prepared and signed on the head as it is now; fails the case where that is refused. */
void race_ready(struct racer *r, const char *person, const char *verb, const void *in);

/** race(r, n): all commit at once; how many were recorded. No two of them are the same person. */
size_t race(struct racer *r, size_t n);
