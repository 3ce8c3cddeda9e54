/*
 * Random questions that are answered twice: by the code under test, and by tests/property/second.py, another implementation in another
 * language. The seed is printed; STEMMA_SEED changes it. Skips where there is no python3.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/** dice_start(): from STEMMA_SEED or a fixed seed, printed. dice(n): 0 to n-1. */
void dice_start(void);
unsigned dice(unsigned n);

/** dice_decimal(a, digits, decimals): a random decimal of up to ${digits} digits before and up to ${decimals} behind the point, seldom 0 or
 *  negative. dice_volume(a, most): 0 to ${most} thousandths, as decimal. */
const char *dice_decimal(struct arena *a, int digits, int decimals);
const char *dice_volume(struct arena *a, unsigned most);

struct second;

/** second_new(a): no question yet. second_ask(s, ours, fmt, ...): one question, fields between tabs, and our answer to it. */
struct second *second_new(struct arena *a);
void second_ask(struct second *s, const char *ours, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/** second_agree(s, least): asks the other evaluator everything; fails at the first difference, or with fewer than ${least} questions. Frees
 *  the arena of ${s} before it skips. */
void second_agree(struct second *s, size_t least);
