/*
 * The reported values of a test as typed (R28, T40): a decimal, a censored one, a word, or one of the words that say why there is none.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/number.h"

#define RESULT_CHARS_MAX 80
#define RESULT_VALUES_MAX 9

enum result_kind {
    RESULT_DECIMAL, RESULT_BELOW, RESULT_ABOVE, RESULT_WORD, RESULT_NOT_APPLICABLE, RESULT_NOT_DONE, RESULT_PENDING,
    RESULT_ERROR, RESULT_MALFORMED
};

/** ${text} is the decimal (without < or >) or the word. */
struct result_value {
    enum result_kind kind;
    const char *text;
};

/** result_read(text): what ${text} is; malformed when empty, over-long, with blanks at an end or control characters. */
struct result_value result_read(const char *text);

/** result_values(a, result, ret_count): the values of a whole result, replicates with "; " between them (R25), in ${a}.
 *  At least one; what comes after eight is left in the ninth, so that a tenth makes it malformed. */
const char *const *result_values(struct arena *a, const char *result, size_t *ret_count);

/** result_is_negative(word), result_is_positive(word): the words of microbiology, e.g. "no growth" and "growth". */
bool result_is_negative(const char *word);
bool result_is_positive(const char *word);
