/*
 * How often one address may ask: a token bucket each, in a table of fixed size, so that a flood costs no memory. When a
 * bucket is wanted and its place is full of busier ones, the one idle longest gives way.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rate;

/** rate_new(cost_us, burst): ${burst} at once, then one every ${cost_us}. Caller frees with rate_free. */
struct rate *rate_new(int64_t cost_us, int64_t burst);
struct rate *rate_free(struct rate *r);

/** rate_allow(r, address, now_us): count one request of ${address} (a number made of it); false: too many. Any thread. */
bool rate_allow(struct rate *r, uint64_t address, int64_t now_us);
