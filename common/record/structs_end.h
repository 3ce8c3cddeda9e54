/*
 * Ends the first expansion of a .records.def (record/structs_begin.h). No include guard: it closes each expansion.
 */
#undef WORD_LIST
#undef RECORD
#undef FIELD
#undef WORDS
#undef ROWS
#undef END
