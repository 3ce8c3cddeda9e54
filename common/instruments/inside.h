/* Shared by the readers of this folder alone: text by lines and cells, numbers as text, values as they are found. */
#pragma once
#include "instruments/instruments.h"

#define FILE_LINES_MAX 50000
#define FILE_CELLS_MAX 200
#define FILE_VALUES_MAX 20000       /* of all samples: what a request may hold in memory, not what a batch may have */

struct file_line {
    const char *text;           /* UTF-8, without its end; NUL behind */
    size_t len;
};

/** Where a piece of the file stands; ${text} without blanks at its ends. */
struct file_cell {
    const char *text;
    int line, column;           /* from 1; columns count characters */
};

struct reading {
    struct arena *a;
    struct err *e;
    struct instrument_file *out;
    struct file_line *line;
    size_t line_count;
};

/** What a column, key or analyte means. Its number times ten to the ${exponent} is in ${unit}. */
struct value_rule {
    const char *name, *quantity, *unit;
    int exponent;
};

/** One value under way: whose it is, when it was measured as the file says (NULL: not said), what the instrument notes (NULL). */
struct value_of {
    const char *sample, *read_at, *note;
};

/** file_refuse(r, line, column, format...): ERR_RESULT_REFUSED at that place. */
int file_refuse(const struct reading *r, int line, int column, const char *format, ...) __attribute__((format(printf, 4, 5)));

/** file_lines(r, file): UTF-8, or UTF-16 with its byte order mark, by lines that end with CR, LF or both. */
int file_lines(struct reading *r, struct bytes file);

/** file_cells(r, line, separator, ret): the cells of line ${line} (from 0); their number, at most FILE_CELLS_MAX: of a line that has more, it is said
 *  that the rest was not read. Where the separator is a comma, quoted ones without their quotes; messages and tabulators know no quotes, there they are characters like others. */
size_t file_cells(const struct reading *r, size_t line, char separator, struct file_cell *ret);

/** file_part(a, text, separator, n): the ${n}-th part (from 0) of ${text}, without blanks at its ends; "" where there is none. */
const char *file_part(struct arena *a, const char *text, char separator, size_t n);

/** file_number(r, cell, exponent, ret_value, ret_note): the number in ${cell} as a decimal, censored ones with < or >; digits in groups
 *  of three by a no-break space, and 2.45E6. What stands behind it in brackets, or instead of it ("Not determined"), is the
 *  note. Both NULL: the cell is empty. */
int file_number(const struct reading *r, const struct file_cell *cell, int exponent, const char **ret_value, const char **ret_note);

/** file_value(r, of, rule, cell): one more value, unless the cell is empty. */
int file_value(struct reading *r, const struct value_of *of, const struct value_rule *rule, const struct file_cell *cell);

/** file_word(r, of, rule, cell): one more that is a word, as messages have them. */
int file_word(struct reading *r, const struct value_of *of, const struct value_rule *rule, const struct file_cell *cell);

/** file_left_out(r, of, rule, cell): one more whose value no record takes; the note of ${of} says why. */
int file_left_out(struct reading *r, const struct value_of *of, const struct value_rule *rule, const struct file_cell *cell);

/** The readers, tables_known(r), tables_read(r) and so on: reports_known, reports_read, bioht_known, bioht_read, hl7_known, hl7_read; of
 *  bytes astm_known(file), astm_read(r, file), fcs_known, fcs_read. The first says whether a file is its own, the other reads it. */
bool tables_known(const struct reading *r);
int tables_read(struct reading *r);
bool reports_known(const struct reading *r);
int reports_read(struct reading *r);
bool bioht_known(const struct reading *r);
int bioht_read(struct reading *r);
bool hl7_known(const struct reading *r);
int hl7_read(struct reading *r);
bool astm_known(struct bytes file);
int astm_read(struct reading *r, struct bytes file);
bool fcs_known(struct bytes file);
int fcs_read(struct reading *r, struct bytes file);
