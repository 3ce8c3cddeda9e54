#include "paper/table.h"

#define PAD_X 3.0
#define PAD_Y 2.4

static PangoLayout *cell_layout(const struct table *t, size_t i, enum face face, const char *markup)
{
    PangoLayout *layout = sheet_layout(t->sheet, face, t->width[i] - 2 * PAD_X, markup == NULL ? "" : markup);
    if (t->column[i].right)
        pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT);
    return layout;
}

static void draw_head(struct sheet *s, void *ctx)
{
    struct table *t = ctx;
    PangoLayout *layout[TABLE_COLUMNS_MAX];
    double height = 0;
    for (size_t i = 0; i < t->count; i++) {
        layout[i] = cell_layout(t, i, FACE_HEAD, sheet_escape(s->arena, t->column[i].title));
        height = sheet_height(layout[i]) > height ? sheet_height(layout[i]) : height;
    }
    sheet_box(s, (double[]){SHEET_LEFT, s->y, SHEET_SPAN, height + 2 * PAD_Y}, INK_SHADE, INK_COUNT);
    sheet_ink(s, INK_QUIET);
    for (size_t i = 0; i < t->count; i++) {
        sheet_put(s, layout[i], t->x[i] + PAD_X, s->y + PAD_Y);
        g_object_unref(layout[i]);
    }
    s->y += height + 2 * PAD_Y;
    t->rows = 0;
}

void table_begin(struct table *t, struct sheet *s, const struct column *columns, size_t count)
{
    double shares = 0, x = SHEET_LEFT;
    *t = (struct table){.sheet = s, .column = columns, .count = count, .face = FACE_TABLE};
    for (size_t i = 0; i < count; i++)
        shares += columns[i].share;
    for (size_t i = 0; i < count; i++) {
        t->x[i] = x;
        t->width[i] = SHEET_SPAN * columns[i].share / shares;
        x += t->width[i];
    }
    sheet_need(s, 48);
    draw_head(s, t);
    s->on_page = draw_head;
    s->ctx = t;
}

/* The row's lines from ${from}[i] on, as many as fit above ${bottom}; true when all cells are through. */
static bool draw_lines(struct table *t, PangoLayout **layout, int *from, double bottom)
{
    struct sheet *s = t->sheet;
    double deepest = s->y;
    bool done = true;
    sheet_ink(s, INK_TEXT);
    for (size_t i = 0; i < t->count; i++) {
        double y = s->y + PAD_Y, height;
        PangoLayoutLine *line;
        while ((line = sheet_line_of(layout[i], from[i], &height)) != NULL && y + height + PAD_Y <= bottom) {
            PangoRectangle logical;
            pango_layout_line_get_extents(line, NULL, &logical);
            double slack = t->width[i] - 2 * PAD_X - (double)logical.width / PANGO_SCALE;
            cairo_move_to(s->cr, t->x[i] + PAD_X + (t->column[i].right ? slack : 0) - (double)logical.x / PANGO_SCALE,
                          y - (double)logical.y / PANGO_SCALE);
            pango_cairo_show_layout_line(s->cr, line);
            y += height;
            from[i]++;
        }
        done = done && line == NULL;
        deepest = y > deepest ? y : deepest;
    }
    s->y = deepest + PAD_Y;
    return done;
}

void table_row(struct table *t, const char *const *cells)
{
    struct sheet *s = t->sheet;
    PangoLayout *layout[TABLE_COLUMNS_MAX];
    int from[TABLE_COLUMNS_MAX] = {0};
    double height = 0;
    for (size_t i = 0; i < t->count; i++) {
        layout[i] = cell_layout(t, i, t->face, cells[i]);
        height = sheet_height(layout[i]) > height ? sheet_height(layout[i]) : height;
    }
    if (s->y + height + 2 * PAD_Y + 1 > SHEET_BOTTOM && height < (SHEET_BOTTOM - SHEET_TOP) / 2)
        sheet_break(s);
    if (t->rows++ > 0)
        sheet_line(s, (double[]){SHEET_LEFT, s->y, SHEET_RIGHT, s->y}, 0.4, INK_RULE);
    while (!draw_lines(t, layout, from, SHEET_BOTTOM))
        sheet_break(s);
    for (size_t i = 0; i < t->count; i++)
        g_object_unref(layout[i]);
}

void table_end(struct table *t)
{
    struct sheet *s = t->sheet;
    s->on_page = NULL;
    s->ctx = NULL;
    sheet_line(s, (double[]){SHEET_LEFT, s->y, SHEET_RIGHT, s->y}, 0.6, INK_RULE);
    sheet_gap(s, 6);
}
