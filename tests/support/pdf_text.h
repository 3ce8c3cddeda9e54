/* What a reader of a PDF would read, by poppler. */
#pragma once
#include "base/arena.h"
#include "base/text.h"

/** test_pdf_text(a, pdf): the text as it is laid out on the pages; skips the case where pdftotext is not installed. */
const char *test_pdf_text(struct arena *a, struct bytes pdf);
