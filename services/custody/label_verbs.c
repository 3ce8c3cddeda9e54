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

enum { LABEL_BATCH, LABEL_CONTAINERS, LABEL_COPIES, LABEL_DONOR, LABEL_ALL, LABEL_ASKED, LABEL_NEXT };   /* answers, in the order asked */

static int print_facts(struct call *c, struct err *e)
{
    const struct label_print *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_label(c, in);
    store_ask_copies(c, in->batch_id);
    return 0;
}

/* where labels are reconciled no second one is printed while one is in hand */
static int print_one(struct call *c, struct err *e)
{
    struct label_copies copies;
    struct list rows;
    if (!store_labels_asked(c, LABEL_ALL))
        return 0;
    int code = store_read_copies(c, LABEL_ALL, &rows, &copies, e);
    return code != 0 ? code : label_print_check(&copies, c->in, e);
}

static int print_decide(struct call *c, struct err *e)
{
    struct label_print *in = c->in;
    struct custody_facts facts;
    struct eligibility_determine determined;
    bool known;
    store_read_batch(c, LABEL_BATCH, &facts);
    int code = rule_label(in, &facts, store_copies(c, LABEL_COPIES), e);
    code = code != 0 ? code : print_one(c, e);
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
    code = code != 0 ? code : rule_label_in_hand(db_cell_text(&c->answers[0], 0, "state"), facts.copy, e);
    code = code != 0 ? code : rule_label_fresh(facts.printed_ms, c->now_ms, facts.copy, e);
    if (code != 0)
        return code;
    out->copy = facts.copy;
    out->file_name = arena_printf(c->arena, "%s-%" PRId64 ".%s", in->container_id, facts.copy, in->format);
    return strcmp(in->format, "zpl") == 0 ? labels_zpl(c->arena, &facts, &out->file, e)
                                          : labels_pdf(c->arena, &facts, custody_config.fonts, &out->file, e);
}

const struct handler custody_label_verb = {label_facts, label_decide, NULL, NULL};

/* ---- scanned back, ended, reconciled (R07, domain.md §7.3) */

enum { COPIES_BATCH, COPIES_CONTAINERS, COPIES_ALL, COPIES_ASKED, COPIES_WITNESS };   /* answers, in the order asked */

static int copies_facts(struct call *c, struct err *e)
{
    (void)e;
    store_ask_batch(c, c->stream);
    store_ask_copies(c, c->stream);
    return 0;
}

static int copies_read(struct call *c, struct custody_facts *ret_batch, struct list *ret_rows, struct label_copies *ret, struct err *e)
{
    store_read_batch(c, COPIES_BATCH, ret_batch);
    return store_read_copies(c, COPIES_ALL, ret_rows, ret, e);
}

static int apply_decide(struct call *c, struct err *e)
{
    struct custody_facts facts;
    struct label_copies copies;
    struct list rows;
    int code = copies_read(c, &facts, &rows, &copies, e);
    return code != 0 ? code : rule_label_apply(c->arena, c->in, &facts, &copies, e);
}

const struct handler custody_label_apply_verb = {copies_facts, apply_decide, apply_label_apply, NULL};

static int end_facts(struct call *c, struct err *e)
{
    copies_facts(c, e);
    store_ask_receiver(c, ((const struct label_end *)c->in)->witness_id);
    return 0;
}

static int end_decide(struct call *c, struct err *e)
{
    struct custody_facts facts;
    struct label_copies copies;
    struct receiver_facts witness;
    struct list rows;
    int code = copies_read(c, &facts, &rows, &copies, e);
    store_read_receiver(c, COPIES_WITNESS, &witness);
    return code != 0 ? code : rule_label_end(c->arena, c->in, &facts, &copies, c->who->person_id, &witness, e);
}

const struct handler custody_label_end_verb = {end_facts, end_decide, apply_label_end, NULL};

static int witness_decide(struct call *c, struct err *e)
{
    struct custody_facts facts;
    struct label_copies copies;
    struct list rows;
    int code = copies_read(c, &facts, &rows, &copies, e);
    return code != 0 ? code : rule_label_witness(c->in, &facts, &copies, c->who->person_id, e);
}

const struct handler custody_label_witness_verb = {copies_facts, witness_decide, apply_label_witness, NULL};

#define LABELS_MOST 1000
#define OPEN_MOST 100

static void account_tell(struct call *c, const struct custody_facts *facts, const struct label_copies *copies, struct label_rows *out)
{
    struct label_account sum;
    struct list kept = {NULL, 0};
    out->asked = store_labels_asked(c, COPIES_ALL) || label_copies_are_told(copies);
    for (size_t i = 0; out->asked && i < facts->container_count; i++)
        if (label_is_due(facts->containers[i].state))
            texts_add(c->arena, &kept, facts->containers[i].container_id);
    label_reconcile(c->arena, copies, &kept, &sum);
    out->printed = sum.printed;
    out->applied = sum.applied;
    out->spoiled = sum.spoiled;
    out->destroyed = sum.destroyed;
    out->specimen = sum.specimen;
    out->open = sum.open;
    out->more = copies->count > LABELS_MOST || sum.open.count > OPEN_MOST ? 1 : BOOLEAN_ABSENT;
    out->open.count = sum.open.count > OPEN_MOST ? OPEN_MOST : sum.open.count;
}

static int labels_facts(struct call *c, struct err *e)
{
    const struct batch_key *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_copies(c, in->batch_id);
    return 0;
}

static int labels_decide(struct call *c, struct err *e)
{
    struct label_rows *out = c->out;
    struct custody_facts facts;
    struct label_copies copies;
    int code = copies_read(c, &facts, &out->labels, &copies, e);
    if (code != 0)
        return code;
    if (facts.state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "batch_id", "", "no such batch");
    account_tell(c, &facts, &copies, out);
    out->labels.count = out->labels.count > LABELS_MOST ? LABELS_MOST : out->labels.count;
    return 0;
}

const struct handler custody_labels_verb = {labels_facts, labels_decide, NULL, NULL};
