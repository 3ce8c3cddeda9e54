/*
 * What counts as a reason (R13): a sentence that says why, not a word that fills a box.
 */
#pragma once
#include <stdbool.h>

#include "base/error.h"

#define REASON_CHARS_MIN 10
#define REASON_CHARS_MAX 1000

/** reason_is_valid(text): at least ten characters beside white space, at least two words, not one character repeated;
 *  NULL is not. */
bool reason_is_valid(const char *text);

/** reason_check(field, text, e): ERR_REASON_MISSING with rule R13 where reason_is_valid says no. */
int reason_check(const char *field, const char *text, struct err *e);
