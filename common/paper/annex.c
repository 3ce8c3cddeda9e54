/* Every entry of the batch's stream, and what else is in the dossier: so that a reader can find any line of the record. */
#include "paper/chapters.h"
#include "paper/table.h"

/* what it is signed as; a signature that lapsed is none until reviewed (PI 041) */
static const char *signed_as(const struct matter *f, const struct dossier_entry *x)
{
    if (!statement_is_act(&x->statement))
        return "recorded, unsigned";
    const char *meaning = meaning_word(x->statement.meaning);
    return matter_is_lapsed(f, x->entry.seq)
        ? arena_printf(f->a, "%s, <span color=\"%s\"><b>unsigned until reviewed</b></span>", meaning, sheet_ink_hex(INK_WARN)) : meaning;
}

static void entries(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"Entry", 7, true}, {"Ledger time", 27, false}, {"What", 24, false}, {"Signed as", 14, false},
                                            {"By", 26, false}, {"Leaf hash", 19, false}};
    struct table t;
    char hex[DIGEST_HEX];
    table_begin(&t, s, columns, 6);
    for (size_t i = 0; i < f->batch->count; i++) {
        const struct dossier_entry *x = &f->batch->entry[i];
        hex_of(x->leaf, DIGEST_LEN, hex);
        table_row(&t, (const char *[]){arena_printf(f->a, "%zu", i + 1), matter_time_exact(f, x->entry.time_ms),
                                       matter_words(f, x->statement.type), signed_as(f, x),
                                       matter_who(f, x->statement.actor),
                                       arena_printf(f->a, "<span font=\"DejaVu Sans Mono 6.6\">%.16s</span>", hex)});
    }
    table_end(&t);
}

static void streams(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"Record", 40, false}, {"Entries here", 20, true}, {"In the dossier", 40, false}};
    struct table t;
    sheet_section(s, "Records in the dossier", 60);
    table_begin(&t, s, columns, 3);
    for (size_t i = 0; i < f->d->stream_count; i++)
        table_row(&t, (const char *[]){f->d->stream[i].id, arena_printf(f->a, "%zu", f->d->stream[i].count),
                                       f->d->stream[i].whole ? "whole" : "the part that the batch rests on"});
    table_end(&t);
}

void chapter_annex(struct sheet *s, struct matter *f)
{
    sheet_chapter(s, "All entries");
    sheet_text(s, FACE_SMALL, SHEET_LEFT, SHEET_SPAN,
               arena_printf(f->a, "Entry n of this paper is seq n - 1 in streams/%s/. A leaf hash is shown by its first 16 digits.",
                            f->d->subject));
    sheet_gap(s, 4);
    if (f->length >= MATTER_NO_ENTRIES)
        sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN, arena_printf(f->a, "The list of the %zu entries is left out of this paper for its "
                                                                      "length; the dossier holds them all.", f->batch->count));
    else
        entries(s, f);
    streams(s, f);
}
