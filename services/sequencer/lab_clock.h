/*
 * The lab's clock, which is the database's, before the time-stamp authorities' (R16). Each token that is kept tells; when one says that
 * the clock is off, all authorities are asked the time, and the one that finds the least counts: none of them alone stops the
 * lab. While the clock is off they are asked every minute, else every hour.
 */
#pragma once
#include "log_tree.h"
#include "service/clock_rules.h"
#include "stamper.h"

struct lab_clock {
    struct clock_limits limits;
    enum clock_state state;
    bool is_told;                    /* the record knows that it is wrong */
    int64_t next_us;                 /* when the authorities are asked next, of clock_monotonic_us */
};

/** lab_clock_heard(c, asked_ms, got_ms, token_ms): a token of ${token_ms} came between two times of the database. */
void lab_clock_heard(struct lab_clock *c, int64_t asked_ms, int64_t got_ms, int64_t token_ms);

/** lab_clock_tick(c, t, s, e): ask the authorities when it is time; keep what they prove where services read it. 0 also when
 *  none answers. */
int lab_clock_tick(struct lab_clock *c, const struct log_tree *t, struct stamper *s, struct err *e);
