/*
 * Ends the second expansion of a .records.def (record/tables_begin.h). No include guard: it closes each expansion.
 */
#undef WORD_LIST
#undef RECORD
#undef FIELD
#undef WORDS
#undef ROWS
#undef END
#undef NONE
#undef REQUIRED
#undef ASSIGNED
#undef COMPUTED
#undef SECRET
#undef PERSONAL
#undef REFERENCE
#undef KEY
#undef ATTACHED
