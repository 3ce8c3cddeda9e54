/* Labels: one container at a time, every copy numbered, the text from the record (R06, R07). */
#include <inttypes.h>
#include <string.h>

#include "base/zone.h"
#include "custody_apply.h"
#include "custody_store.h"
#include "domain/hold.h"
#include "domain/label_record.h"
#include "labels/labels.h"
#include "verbs.h"

struct custody_settings custody_config;

enum { LABEL_BATCH, LABEL_CONTAINERS, LABEL_COPIES, LABEL_DONOR, LABEL_NEXT };   /* answers, in the order asked */

static int print_facts(struct call *c, struct err *e)
{
    const struct label_print *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_label(c, in);
    return 0;
}

static int print_decide(struct call *c, struct err *e)
{
    struct label_print *in = c->in;
    struct custody_facts facts;
    struct eligibility_determine determined;
    bool known;
    store_read_batch(c, LABEL_BATCH, &facts);
    int code = rule_label(in, &facts, store_copies(c, LABEL_COPIES), e);
    if (code == 0)
        code = store_read_determined(c, LABEL_DONOR, &determined, &known, e);
    if (code == 0)
        label_record_fill(c->arena, facts.use, known ? &determined : NULL, facts.urgent, in);
    return code;
}

const struct handler custody_label_print_verb = {print_facts, print_decide, apply_label_print, NULL};

static int preview_facts(struct call *c, struct err *e)
{
    int code = print_facts(c, e);
    store_ask_next_label(c, c->in);
    return code;
}

/* Drawn as it would be printed, and refused as its print would be: the same rules, the same statements, the same hand that draws. */
static int preview_decide(struct call *c, struct err *e)
{
    const struct label_print *in = c->in;
    struct label_file *out = c->out;
    struct labels_facts facts;
    int code = print_decide(c, e);
    if (code != 0)
        return code;
    if (!store_read_next_label(c, LABEL_NEXT, in, &facts))
        return err_raise(e, ERR_NOT_FOUND, "container_id", "R04", "%s is no container of this batch", in->container_id);
    out->copy = in->copy;
    out->file_name = arena_printf(c->arena, "%s-%" PRId64 ".png", in->container_id, in->copy);
    return labels_png(c->arena, &facts, custody_config.fonts, &out->file, e);
}

const struct handler custody_label_preview_verb = {preview_facts, preview_decide, NULL, NULL};

int custody_init(struct db *db, struct err *e)
{
    (void)db;
    return zone_set(custody_config.zone, e);
}

static int label_facts(struct call *c, struct err *e)
{
    (void)e;
    store_ask_printed(c, c->in);
    return 0;
}

/* A copy is one act, its file may be fetched again while the printer is at work; what is needed later is a reprint. */
static int label_decide(struct call *c, struct err *e)
{
    const struct label_request *in = c->in;
    struct label_file *out = c->out;
    struct labels_facts facts;
    if (!store_read_printed(c, 0, &facts))
        return err_raise(e, ERR_NOT_FOUND, "container_id", "R06", "no label of %s was printed: `custody label_print` first", in->container_id);
    int code = hold_check(db_cell_bool(&c->answers[0], 0, "held"), e);
    code = code != 0 ? code : rule_label_fresh(facts.printed_ms, c->now_ms, facts.copy, e);
    if (code != 0)
        return code;
    out->copy = facts.copy;
    out->file_name = arena_printf(c->arena, "%s-%" PRId64 ".%s", in->container_id, facts.copy, in->format);
    return strcmp(in->format, "zpl") == 0 ? labels_zpl(c->arena, &facts, &out->file, e)
                                          : labels_pdf(c->arena, &facts, custody_config.fonts, &out->file, e);
}

const struct handler custody_label_verb = {label_facts, label_decide, NULL, NULL};
