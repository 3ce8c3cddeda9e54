/*
 * What an instrument's file says, read strictly (T52): the values as exact decimals in one unit, the sample that each is of, and
 * where in the file it stands. The bytes themselves are kept as they came; this is what is read of them, and whoever has the bytes
 * reads the same again. Refuses, by line and column: bytes that are no text in a known encoding, a decimal comma (T11), a number
 * that is none, a line with more or fewer columns than its header. Guesses nothing: an unknown file is no instrument's file.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "contract/contract.h"

struct instrument_file {
    const char *format;         /* a word of words_instrument_format */
    struct list values;         /* struct instrument_value, in the file's order */
    const char *person;         /* where it names a patient, e.g. "line 2 (PID-5)"; NULL: nowhere */
    const char *lacks;          /* what is not read of it or not in it, in words; NULL: it is whole. Such a file is kept no more, but some were */
};

/** instrument_read(a, file, ret, e): the values of ${file}, its format told by what it begins with. In messages (ASTM, HL7) a line
 *  is a record and a column one of its fields; in FCS the line is 1 and the column a byte. ERR_RESULT_REFUSED. Strings in ${a}. */
int instrument_read(struct arena *a, struct bytes file, struct instrument_file *ret, struct err *e);
