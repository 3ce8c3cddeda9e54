/*
 * Second expansion of a .records.def: word lists, field tables and record types. Closed by record/tables_end.h. No
 * include guard: each contract source expands its own file. Flags are written without their prefix in the rows.
 */
#include "record/record.h"

#define WORD_LIST(list, ...)                                                                               \
    static const char *const words_of_##list[] = {__VA_ARGS__, NULL};                                      \
    const struct word_list words_##list = {#list, words_of_##list, sizeof words_of_##list / sizeof words_of_##list[0] - 1};
#define RECORD(record, title)                                                                              \
    static const char title_of_##record[] = title;                                                         \
    static const struct field record##_fields[] = {
#define FIELD(kind, name, flags, max, unit, label) {#name, FIELD_##kind, flags, max, unit, label, NULL, NULL},
#define WORDS(name, flags, list, label) {#name, FIELD_WORD, flags, 0, "", label, &words_##list, NULL},
#define ROWS(record, name, flags, max, label) {#name, FIELD_LIST, flags, max, "", label, NULL, &record_##record},
#define END(record)                                                                                        \
    {NULL, FIELD_TEXT, 0, 0, "", "", NULL, NULL}};                                                         \
    static struct record_plan plan_of_##record;                                                            \
    const struct record_type record_##record = {#record, title_of_##record, record##_fields,              \
        sizeof record##_fields / sizeof record##_fields[0] - 1, sizeof(struct record), &plan_of_##record};

#define NONE FLAG_NONE
#define REQUIRED FLAG_REQUIRED
#define ASSIGNED FLAG_ASSIGNED
#define COMPUTED FLAG_COMPUTED
#define SECRET FLAG_SECRET
#define PERSONAL FLAG_PERSONAL
#define REFERENCE FLAG_REFERENCE
#define KEY FLAG_KEY
#define ATTACHED FLAG_ATTACHED
