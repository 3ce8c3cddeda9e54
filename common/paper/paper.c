#include "paper/paper.h"

#include <cairo-pdf.h>
#include <string.h>
#include <time.h>

#include "paper/chapters.h"

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned int len)
{
    buf_add(closure, data, len);
    return CAIRO_STATUS_SUCCESS;
}

/* What a viewer shows of the file: from the record, never from the machine. */
static void describe(cairo_surface_t *surface, const struct matter *f)
{
    char at[CLOCK_TEXT];
    clock_to_text(f->options->token_ms / 1000 * 1000, at);
    at[19] = 'Z';
    at[20] = '\0';
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, arena_printf(f->a, "Batch record %s", f->d->subject));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, "Copy for reading; the record is the dossier");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Stemma");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, at);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, at);
}

/* All pages once; ${pages} is what their foot says. Returns how many there are, 0 when cairo failed or a text could not be set. */
static int draw(struct matter *f, PangoFontMap *fonts, int pages, struct buf *out)
{
    static void (*const chapters[])(struct sheet *, struct matter *) = {
        chapter_steps, chapter_quality, chapter_custody, chapter_corrections, chapter_genealogy, chapter_trends, chapter_rest,
        chapter_annex};
    struct sheet s = {.arena = f->a, .pages = pages};
    s.surface = cairo_pdf_surface_create_for_stream(collect, out, SHEET_WIDTH, SHEET_HEIGHT);
    cairo_pdf_surface_restrict_to_version(s.surface, CAIRO_PDF_VERSION_1_5);
    describe(s.surface, f);
    s.cr = cairo_create(s.surface);
    s.context = pango_font_map_create_context(fonts);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(s.context, options);
    pango_context_set_language(s.context, pango_language_from_string("en"));
    cairo_font_options_destroy(options);
    s.running_left = arena_printf(f->a, "<b>%s</b>  ·  %s", f->d->subject, sheet_escape(f->a, f->procedure->product));
    s.running_right = f->options->redacted ? "Batch record, redacted copy for reading" : "Batch record, copy for reading";
    s.foot = arena_printf(f->a, "%s, entries 1 to %zu  ·  log size %llu  ·  %s  ·  changed since original entry: %.*s", f->d->subject,
                          f->batch->count, (unsigned long long)f->d->size, matter_time_exact(f, f->options->token_ms),
                          (int)strcspn(f->changed, ","), f->changed);
    sheet_begin(&s);
    page_one(&s, f);
    sheet_break(&s);
    for (size_t i = 0; i < sizeof chapters / sizeof *chapters; i++)
        chapters[i](&s, f);
    sheet_end(&s);
    g_object_unref(s.context);
    cairo_destroy(s.cr);
    cairo_surface_finish(s.surface);
    bool ok = cairo_surface_status(s.surface) == CAIRO_STATUS_SUCCESS && !s.is_spoiled;
    cairo_surface_destroy(s.surface);
    return ok ? s.page : 0;
}

static bool is_long(const struct matter *f, const struct buf *drawn)
{
    return f->options->bytes_max > 0 && drawn->len > f->options->bytes_max;
}

/* Twice: the first time tells how many pages there are, and whether it is worth the second. */
static bool draw_counted(struct matter *f, PangoFontMap *fonts, struct buf *ret)
{
    *ret = buf_new(f->a);
    int pages = draw(f, fonts, 0, ret);
    if (pages <= 0 || is_long(f, ret))
        return pages > 0;
    *ret = buf_new(f->a);
    return draw(f, fonts, pages, ret) == pages;
}

int paper_draw(struct arena *a, const struct dossier *d, const struct paper_options *options, struct bytes *ret,
               struct err *e)
{
    struct matter *f = ARENA_NEW(a, struct matter);
    struct buf out;
    int rc = matter_read(a, d, options, f, e);
    if (rc != 0)
        return rc;
    static PangoFontMap *fonts;      /* read once, kept: fontconfig and pango keep parts of it for the process's life anyway */
    if (fonts == NULL)
        fonts = sheet_fonts(options->fonts);
    if (fonts == NULL)
        return err_fault(e, "no font DejaVu Sans Condensed in %s", options->fonts);
    bool ok = draw_counted(f, fonts, &out);
    while (ok && is_long(f, &out) && ++f->length < MATTER_LENGTH_COUNT)
        ok = draw_counted(f, fonts, &out);
    if (!ok)
        return err_fault(e, "cairo could not draw the paper");
    if (is_long(f, &out))
        return err_raise(e, ERR_PAPER_TOO_LONG, "document", "", "the paper of %.40s is %zu bytes without its lists; %zu are the most",
                         d->subject, out.len, options->bytes_max);
    *ret = (struct bytes){(const uint8_t *)out.text, out.len};
    return 0;
}
