/*
 * What a reader of a PDF would read.
 */
#pragma once
#include "base/arena.h"
#include "base/text.h"

/** pdf_text(a, pdf): its pages' text, by poppler; where that is not installed the test is skipped. */
const char *pdf_text(struct arena *a, struct bytes pdf);
