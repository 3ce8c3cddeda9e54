/*
 * How long what is known of a donor must be kept (domain.md §3.6): the latest of all rules that apply. It knows years and
 * times, no table. The numbers are the site's settings; the regulators' are the defaults.
 */
#pragma once
#include <stdint.h>

#include "base/clock.h"

#define RETENTION_RECORD_YEARS 10      /* 21 CFR 1271.55(d)(4), .270(d): after creation, if nothing else is later */
#define RETENTION_USE_YEARS 30         /* 2006/86/EC Annex VI, ATMP Regulation art. 15: after use or expiry */

struct retention_facts {
    int64_t recorded_ms;               /* the last entry about the donor */
    int64_t used_ms;                   /* the last entry about, or expiry of, any batch; TIME_ABSENT: no batch */
};

struct retention_years {
    int64_t record, use;
};

/** retention_add_years(ms, years): the same day and time that many years later, UTC; 29 February becomes 1 March. */
int64_t retention_add_years(int64_t ms, int64_t years);

/** retention_until_ms(facts, years): before this nothing of the donor is erased that traceability needs; UTC ms. */
int64_t retention_until_ms(const struct retention_facts *facts, const struct retention_years *years);
