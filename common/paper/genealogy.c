/* The batch's family as a picture: donor, collection, batch, containers, and pools of them, from left to right; what went in from below. */
#include <string.h>

#include "domain/identifier.h"
#include "domain/pool.h"
#include "paper/chapters.h"

#define BOX_HEIGHT 36.0
#define GAP 26.0
#define COLUMNS 4
#define CONTAINERS_MAX 14
#define LOTS_ACROSS 4
#define LOT_HEIGHT 30.0

struct place {
    double x, y, w, h;
};

static struct place node(struct sheet *s, struct place p, enum ink ink, const char *title, const char *text)
{
    sheet_box(s, (double[]){p.x, p.y, p.w, p.h}, INK_SHADE, ink);
    sheet_at(s, FACE_TABLE, p.x + 5, p.y + 3, p.w - 8, arena_printf(s->arena, "<b>%s</b>", title));
    if (text[0] != '\0')
        sheet_at(s, FACE_SMALL, p.x + 5, p.y + 14, p.w - 8, text);
    return p;
}

static void arrow_head(struct sheet *s, double x, double y, double dx, double dy)
{
    cairo_move_to(s->cr, x, y);
    cairo_line_to(s->cr, x - 5 * dx - 2.4 * dy, y - 5 * dy - 2.4 * dx);
    cairo_line_to(s->cr, x - 5 * dx + 2.4 * dy, y - 5 * dy + 2.4 * dx);
    cairo_close_path(s->cr);
    cairo_fill(s->cr);
}

/* Right from ${from}, down or up half-way, right to ${to}. */
static void arrow(struct sheet *s, struct place from, struct place to)
{
    double y = from.y + from.h / 2, y2 = to.y + to.h / 2, x = from.x + from.w, middle = to.x - GAP / 2;
    sheet_line(s, (double[]){x, y, middle, y}, 0.9, INK_QUIET);
    sheet_line(s, (double[]){middle, y, middle, y2}, 0.9, INK_QUIET);
    sheet_line(s, (double[]){middle, y2, to.x - 2, y2}, 0.9, INK_QUIET);
    arrow_head(s, to.x, y2, 1, 0);
}

/* Lots used by the batch, each once, in order of first use. */
static size_t lots_used(struct matter *f, const char **ret, size_t max)
{
    struct batch_step done;
    size_t n = 0;
    for (size_t at = 0; matter_next(f, "batch.step", &at, &done) != NULL;)
        for (size_t i = 0; i < done.materials.count; i++) {
            const char *id = LIST_AT(done.materials, const struct step_material, i)->lot_id;
            size_t k = 0;
            while (k < n && strcmp(ret[k], id) != 0)
                k++;
            if (k == n && n < max)
                ret[n++] = id;
        }
    return n;
}

static size_t containers_filled(struct matter *f, const struct fill_container **ret, size_t max, size_t *ret_all)
{
    struct batch_fill fill;
    size_t n = 0;
    *ret_all = 0;
    if (matter_fill(f, &fill) != NULL)
        for (size_t i = 0; i < fill.containers.count; i++, ++*ret_all)
            if (n < max)
                ret[n++] = LIST_AT(fill.containers, const struct fill_container, i);
    return n;
}

/* a container's box by its product code, for its donation is the picture's */
static struct place container(struct sheet *s, struct matter *f, struct place p, const char *container_id, const char *volume_ml, const char *cells)
{
    const char *id = sheet_escape(f->a, container_id), *dash = strrchr(id, '-');
    return node(s, p, INK_ACCENT, dash == NULL ? id : dash + 1, arena_printf(f->a, "%s mL, %s cells", volume_ml, matter_number(f, cells)));
}

/* The pools' boxes, one below the other, each with an arrow from every parent that is drawn. */
static void draw_pools(struct sheet *s, struct matter *f, const struct fill_container *const *list, const struct place *at, size_t n, double x,
                       double width)
{
    struct container_pool pool;
    size_t k = 0;
    for (size_t next = 0; matter_next(f, "custody.pool", &next, &pool) != NULL && k < CONTAINERS_MAX; k++) {
        struct place p = {x, s->y + (double)k * (BOX_HEIGHT - 4), width, BOX_HEIGHT - 10};
        p = container(s, f, p, pool.container_id, pool.volume_ml, pools_now(f, &pool).cells);
        for (size_t i = 0; i < n; i++)
            for (size_t m = 0; m < pool.parents.count; m++)
                if (strcmp(list[i]->container_id, TEXTS_AT(pool.parents, m)) == 0)
                    arrow(s, at[i], p);
    }
}

/* The containers' boxes, one below the other, and the pools of them in a column behind. */
static void draw_containers(struct sheet *s, struct matter *f, struct place batch, double x, double width)
{
    const struct fill_container *list[CONTAINERS_MAX];
    struct place at[CONTAINERS_MAX];
    size_t all, n = containers_filled(f, list, CONTAINERS_MAX, &all);
    double middle = batch.y + batch.h / 2, top = n == 1 ? middle - (BOX_HEIGHT - 10) / 2 : s->y;
    for (size_t i = 0; i < n; i++) {
        at[i] = (struct place){x, top + (double)i * (BOX_HEIGHT - 4), width, BOX_HEIGHT - 10};
        arrow(s, batch, container(s, f, at[i], list[i]->container_id, list[i]->volume_ml, list[i]->cells));
    }
    draw_pools(s, f, list, at, n, x + width + GAP, width);
    if (all > n)
        sheet_at(s, FACE_SMALL, x, s->y + (double)n * (BOX_HEIGHT - 4), width, arena_printf(f->a, "and %zu more", all - n));
}

static void draw_lots(struct sheet *s, struct matter *f, struct place batch)
{
    const char *lot[40];
    size_t n = lots_used(f, lot, 40);
    double width = (SHEET_SPAN - (LOTS_ACROSS - 1) * 10) / LOTS_ACROSS, top = s->y;
    if (n == 0)
        return;
    double middle = batch.x + batch.w / 2;
    sheet_line(s, (double[]){middle, top - 8, middle, batch.y + batch.h + 2}, 0.9, INK_QUIET);
    sheet_ink(s, INK_QUIET);
    arrow_head(s, middle, batch.y + batch.h, 0, -1);
    sheet_line(s, (double[]){SHEET_LEFT, top - 8, SHEET_RIGHT, top - 8}, 0.9, INK_QUIET);
    for (size_t i = 0; i < n; i++) {
        struct material_receive m;
        struct place p = {SHEET_LEFT + (double)(i % LOTS_ACROSS) * (width + 10), top + (double)(i / LOTS_ACROSS) * (LOT_HEIGHT + 6),
                          width, LOT_HEIGHT};
        record_init(&record_material_receive, &m);
        matter_of(f, lot[i], "batch.material_receive", &m);
        node(s, p, INK_RULE, lot[i], arena_printf(f->a, "%.40s", sheet_escape(f->a, m.lot_number)));
    }
    s->y = top + (double)((n + LOTS_ACROSS - 1) / LOTS_ACROSS) * (LOT_HEIGHT + 6) + 4;
}

void chapter_genealogy(struct sheet *s, struct matter *f)
{
    const struct fill_container *list[CONTAINERS_MAX];
    const char *lot[40];
    size_t at = 0, all, filled = containers_filled(f, list, CONTAINERS_MAX, &all), lots = lots_used(f, lot, 40);
    double tall = (double)(filled > 2 ? filled : 2) * (BOX_HEIGHT - 4) + 12;
    struct container_pool pool;
    int columns = matter_next(f, "custody.pool", &at, &pool) != NULL ? COLUMNS + 1 : COLUMNS;
    double width = (SHEET_SPAN - (columns - 1) * GAP) / columns;
    sheet_need(s, tall + 70 + (double)((lots + LOTS_ACROSS - 1) / LOTS_ACROSS) * (LOT_HEIGHT + 6));
    sheet_chapter(s, "Genealogy");
    double y = s->y + tall / 2 - BOX_HEIGHT / 2 - 4;
    struct place donor = node(s, (struct place){SHEET_LEFT, y, width, BOX_HEIGHT}, INK_ACCENT, f->open.donor_id,
                              arena_printf(f->a, "donor, %s", matter_words(f, f->donor.use)));
    struct place collection = node(s, (struct place){SHEET_LEFT + width + GAP, y, width, BOX_HEIGHT}, INK_ACCENT, f->open.collection_id,
                                   arena_printf(f->a, "%s\n%s", matter_donation(f), matter_words(f, f->collection.tissue)));
    struct place batch = node(s, (struct place){SHEET_LEFT + 2 * (width + GAP), y, width, BOX_HEIGHT}, INK_TEXT,
                              f->d->subject, arena_printf(f->a, "%s\n%s", f->open.procedure_id, matter_words(f, f->standing.state)));
    arrow(s, donor, collection);
    arrow(s, collection, batch);
    draw_containers(s, f, batch, SHEET_LEFT + 3 * (width + GAP), width);
    s->y += tall + 18;
    draw_lots(s, f, batch);
}
