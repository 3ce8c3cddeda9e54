/*
 * Plots of what was measured more than once: readings over time, values and results of one name over the steps, with the
 * hard limits of the procedure or the specification where they are near. Binary floats are for places on paper only; the
 * numbers beside a plot are the record's own decimals.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paper/chapters.h"

#define DRAWN_MAX 400            /* points of a line; more than a plot of this width can show */
#define PLOT_HEIGHT 92.0

struct point {
    double x, y;
    const char *text;                /* the decimal */
    const char *where;               /* on the axis */
};

struct series {
    const char *key, *title;         /* key: what belongs together; title in markup */
    const char *bounds, *min, *max;  /* what the limits are called; NULL: none */
    struct point *point;
    size_t count, room;
};

struct trends {
    struct series *series;
    size_t count, room;
};

static void *grown(struct arena *a, const void *old, size_t count, size_t size, size_t *room)
{
    *room = *room == 0 ? 16 : 2 * *room;
    void *items = arena_alloc(a, *room * size);
    if (count > 0)
        memcpy(items, old, count * size);
    return items;
}

static struct series *add(struct matter *f, struct trends *t, const char *key, const char *title, struct point p)
{
    char *end;
    p.y = strtod(p.text, &end);
    if (end == p.text || *end != '\0')
        return NULL;                 /* a word, or below a limit of detection: no place on a plot */
    size_t i = 0;
    while (i < t->count && strcmp(t->series[i].key, key) != 0)
        i++;
    if (i == t->room)
        t->series = grown(f->a, t->series, t->count, sizeof *t->series, &t->room);
    if (i == t->count)
        t->series[t->count++] = (struct series){.key = arena_text(f->a, key), .title = title};
    struct series *s = &t->series[i];
    if (s->count == s->room)
        s->point = grown(f->a, s->point, s->count, sizeof *s->point, &s->room);
    s->point[s->count++] = p;
    return s;
}

/* As they stand: what is void is no number any more. */
static void take_readings(struct matter *f, struct trends *t)
{
    struct batch_reading r;
    const struct dossier_entry *entry;
    for (size_t at = 0; (entry = matter_next(f, "batch.reading", &at, &r)) != NULL;)
        add(f, t, arena_printf(f->a, "reading %s %s", r.equipment_id, r.quantity),
            arena_printf(f->a, "%s  ·  %s", matter_quantity(f, r.quantity), r.equipment_id),
            (struct point){(double)r.read_at, 0, matter_now(f, entry->entry.seq, -1, "value", r.value), matter_time(f, r.read_at)});
}

static const char *with_unit(struct matter *f, const char *title, const char *unit)
{
    return *matter_unit(f, unit) == '\0' ? title : arena_printf(f->a, "%s, %s", title, matter_unit(f, unit));
}

/* Computed values of one name in several steps: viability, doublings, yield from passage to passage. */
static void take_computed(struct matter *f, struct trends *t)
{
    struct batch_step done;
    for (size_t at = 0; matter_next(f, "batch.step", &at, &done) != NULL;)
        for (size_t i = 0; i < done.computed.count; i++) {
            const struct step_result *r = LIST_AT(done.computed, const struct step_result, i);
            const struct procedure_step *step = procedure_step(f->procedure, (int)done.step);
            const struct procedure_computed *c = step == NULL ? NULL : matter_computed(step, r->name);
            const char *value = matter_now(f, -2, done.step, r->name, r->value);
            if (value == NULL || strcmp(r->name, "dilution_factor") == 0)
                continue;
            struct series *s = add(f, t, arena_printf(f->a, "computed %s", r->name),
                                   with_unit(f, matter_title(f, step, r->name), r->unit),
                                   (struct point){(double)done.step, 0, value, arena_printf(f->a, "step %lld", (long long)done.step)});
            if (s != NULL && c != NULL) {
                bool is_hard = c->hard_min != NULL || c->hard_max != NULL;
                s->bounds = is_hard ? "limit" : "usual";
                s->min = is_hard ? c->hard_min : c->warn_min;
                s->max = is_hard ? c->hard_max : c->warn_max;
            }
        }
}

static void take_tests(struct matter *f, struct trends *t)
{
    for (size_t i = 0; i < f->test_count; i++) {
        const struct test_report *r = &f->test[i].report;
        if (!f->test[i].is_invalid)
            add(f, t, arena_printf(f->a, "test %s", r->code), arena_printf(f->a, "%s, tests", matter_label(f, r->code, NULL)),
                (struct point){(double)r->tested_at, 0, r->result, matter_time(f, r->tested_at)});
    }
}

struct frame {
    double x, y, w, h, min_x, max_x, min_y, max_y;
};

static double place_x(const struct frame *p, double x)
{
    return p->x + (p->max_x > p->min_x ? (x - p->min_x) / (p->max_x - p->min_x) : 0.5) * p->w;
}

static double place_y(const struct frame *p, double y)
{
    return p->y + p->h - (p->max_y > p->min_y ? (y - p->min_y) / (p->max_y - p->min_y) : 0.5) * p->h;
}

/* A limit is drawn where it is near what was measured; a far one would flatten the line, its number stands in the title. */
static void take_limit(struct frame *p, const char *text, double *ret)
{
    char *end;
    double near = (p->max_y > p->min_y ? p->max_y - p->min_y : fabs(p->max_y)) * 1.5, y;
    *ret = NAN;
    if (text == NULL || (y = strtod(text, &end), *end != '\0') || y < p->min_y - near || y > p->max_y + near)
        return;
    *ret = y;
}

static void draw_limit(struct sheet *s, const struct frame *p, double y)
{
    static const double dashes[] = {3, 2.4};
    if (isnan(y))
        return;
    cairo_set_dash(s->cr, dashes, 2, 0);
    sheet_line(s, (double[]){p->x - 5, place_y(p, y), p->x + p->w + 5, place_y(p, y)}, 0.8, INK_BAD);
    cairo_set_dash(s->cr, NULL, 0, 0);
}

static size_t stride_of(const struct series *of) { return (of->count + DRAWN_MAX - 1) / DRAWN_MAX; }

/* Every so many, so that the line stays a line; the lowest, the highest and the last are among what is drawn. */
static size_t thinned(const struct series *of, struct point *ret)
{
    size_t stride = stride_of(of), n = 0, low = 0, high = 0;
    for (size_t i = 1; i < of->count; i++) {
        low = of->point[i].y < of->point[low].y ? i : low;
        high = of->point[i].y > of->point[high].y ? i : high;
    }
    for (size_t i = 0; i < of->count; i++)
        if (i % stride == 0 || i == low || i == high || i + 1 == of->count)
            ret[n++] = of->point[i];
    return n;
}

static void draw_line(struct sheet *s, const struct frame *p, const struct series *of)
{
    struct point drawn[DRAWN_MAX + 3];
    size_t n = thinned(of, drawn);
    double dot = n > 80 ? 0.7 : 1.9;
    sheet_ink(s, INK_ACCENT);
    cairo_set_line_width(s->cr, 1.1);
    for (size_t i = 0; i < n; i++)
        cairo_line_to(s->cr, place_x(p, drawn[i].x), place_y(p, drawn[i].y));
    cairo_stroke(s->cr);
    for (size_t i = 0; i < n; i++) {
        cairo_arc(s->cr, place_x(p, drawn[i].x), place_y(p, drawn[i].y), dot, 0, 6.283185);
        cairo_fill(s->cr);
    }
}

static void label(struct sheet *s, double x, double y, double width, bool right, const char *markup)
{
    PangoLayout *layout = sheet_layout(s, FACE_SMALL, width, markup);
    if (right)
        pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT);
    sheet_ink(s, INK_QUIET);
    sheet_put(s, layout, x, y);
    g_object_unref(layout);
}

static void draw_series(struct sheet *s, const struct matter *f, double x, double width, const struct series *of)
{
    const struct point *low = &of->point[0], *high = low, *first = low, *last = low;
    for (size_t i = 1; i < of->count; i++) {
        const struct point *p = &of->point[i];
        low = p->y < low->y ? p : low;
        high = p->y > high->y ? p : high;
        first = p->x < first->x ? p : first;
        last = p->x >= last->x ? p : last;
    }
    struct frame p = {x + 64, s->y + 16, width - 72, PLOT_HEIGHT - 36, first->x, last->x, low->y, high->y};
    const char *limits = matter_range(f, of->min, of->max);
    double min, max;
    take_limit(&p, of->min, &min);
    take_limit(&p, of->max, &max);
    p.min_y = fmin(p.min_y, min);    /* fmin and fmax pass over what is no number */
    p.max_y = fmax(p.max_y, max);
    sheet_at(s, FACE_TABLE, x, s->y, width, *limits == '\0' ? arena_printf(f->a, "<b>%s</b>", of->title)
             : arena_printf(f->a, "<b>%s</b>  <span color=\"%s\">%s %s</span>", of->title, sheet_ink_hex(INK_QUIET), of->bounds, limits));
    sheet_box(s, (double[]){p.x - 5, p.y - 5, p.w + 10, p.h + 10}, INK_SHADE, INK_COUNT);
    draw_limit(s, &p, min);
    draw_limit(s, &p, max);
    draw_line(s, &p, of);
    label(s, x, place_y(&p, high->y) - 5, 56, true, matter_number(f, high->text));
    if (place_y(&p, low->y) - place_y(&p, high->y) > 9)
        label(s, x, place_y(&p, low->y) - 5, 56, true, matter_number(f, low->text));
    label(s, p.x - 5, p.y + p.h + 6, p.w / 2, false, first->where);
    label(s, p.x + p.w / 2, p.y + p.h + 6, p.w / 2 + 5, true, last->where);
    if (of->count > DRAWN_MAX)
        label(s, p.x - 5, p.y + p.h + 15, p.w + 10, false, arena_printf(f->a, "%zu values, one in %zu drawn and the extremes", of->count,
                                                                        stride_of(of)));
}

void chapter_trends(struct sheet *s, struct matter *f)
{
    struct trends t = {NULL, 0, 0};
    double width = (SHEET_SPAN - 20) / 2;
    size_t drawn = 0;
    take_readings(f, &t);
    take_tests(f, &t);
    take_computed(f, &t);
    for (size_t i = 0; i < t.count; i++) {
        if (t.series[i].count < 2)
            continue;
        if (drawn == 0)
            sheet_chapter(s, "Trends");
        if (drawn % 2 == 0)
            sheet_need(s, PLOT_HEIGHT + 10);
        draw_series(s, f, SHEET_LEFT + (drawn % 2 == 0 ? 0 : width + 20), width, &t.series[i]);
        if (drawn++ % 2 == 1)
            s->y += PLOT_HEIGHT + 10;
    }
    if (drawn % 2 == 1)
        s->y += PLOT_HEIGHT + 10;
}
