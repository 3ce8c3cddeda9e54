/*
 * Inside of common/pdf only: where the parts of a file's one signature lie.
 */
#pragma once
#include "pdf/pdf.h"

struct pdf_place {
    size_t gap, gap_end;             /* `<`hex`>` of /Contents */
};

/** pdf_place(file, ret, e): find the signature's place and check it as pdf_covered says. */
int pdf_place(struct bytes file, struct pdf_place *ret, struct err *e);
