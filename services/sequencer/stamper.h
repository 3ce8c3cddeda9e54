/*
 * Time-stamps from a list of authorities. The first that gives a good token is taken; one that gave none is passed over
 * for a while, and said to be in the log and the metrics. What does not hold is never handed on, whoever gave it.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct stamper;

/** stamper_new(urls, root_pem, timeout_s, ret, e): ${urls} apart by blanks, the first preferred; ${root_pem} the roots of
 *  all of them. Free with stamper_free (NULL is fine; returns NULL). */
int stamper_new(const char *urls, const char *root_pem, int timeout_s, struct stamper **ret, struct err *e);
struct stamper *stamper_free(struct stamper *s);

/** stamper_count(s): how many there are. stamper_time(s, i, a, ret_ms, e): what time number ${i} tells, by a verified token over
 *  nothing in particular. ERR_UNAVAILABLE or ERR_SIGNATURE_REFUSED. */
size_t stamper_count(const struct stamper *s);
int stamper_time(const struct stamper *s, size_t i, struct arena *a, int64_t *ret_ms, struct err *e);

/** A token that was verified, and how long it lasts. */
struct lasting {
    struct bytes token;
    int64_t time_ms, end_ms;
    const char *authority;           /* its certificate's common name */
};

/** stamper_longest(s, a, data, is_long, last_ms, ret, e): ask every authority and take the token that lasts longest; ${is_long}:
 *  over SHA-512 of ${data}. ${last_ms}: as for stamper_stamp; TIME_ABSENT: no entry to mind. The last authority's refusal if
 *  none gave one. */
int stamper_longest(const struct stamper *s, struct arena *a, struct bytes data, bool is_long, int64_t last_ms,
                    struct lasting *ret, struct err *e);

/** stamper_stamp(s, a, note, last_ms, ret_token, ret_ms, e): a verified token over ${note}, in ${a}. ${last_ms}: the latest
 *  entry's time, at most a second after the token's (format.md). The last authority's refusal if none gave one. */
int stamper_stamp(struct stamper *s, struct arena *a, struct bytes note, int64_t last_ms, struct bytes *ret_token,
                  int64_t *ret_ms, struct err *e);
