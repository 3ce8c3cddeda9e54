/* Labels over real sockets: a copy is an act, its file is what the record says, a further one is a reprint with its reason. */
#include <string.h>

#include "domain/identifier.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

static struct err e;

static int ask(const char *person, const struct short_batch *b, const char *format, struct label_file *ret)
{
    struct label_request in = {b->batch, b->container, format};
    return desk_call(house_login(person)->desk, house_arena(), "custody.label", &in, ret, &e);
}

static void filled(struct short_batch *b)
{
    short_donor(b, "allogeneic");
    assert_int_equal(short_consent(b, "treatment,storage"), 0);
    assert_int_equal(short_screen(b), 0);
    assert_int_equal(short_tests(b, NULL, NULL), 0);
    assert_int_equal(short_determine(b), 0);
    short_collect(b);
    assert_int_equal(short_open(b, "allogeneic"), 0);
    assert_int_equal(short_step(b), 0);
    assert_int_equal(short_fill(b), 0);
}

CASE(R06_a_label_is_handed_out_once_it_is_printed_and_a_reprint_is_told)
{
    struct short_batch b;
    struct label_file out;
    filled(&b);
    assert_int_equal(ask("U-JON", &b, "pdf", &out), ERR_NOT_FOUND);
    assert_int_equal(short_label(&b, 1), 0);
    assert_int_equal(ask("U-JON", &b, "pdf", &out), 0);
    assert_int_equal(out.copy, 1);
    assert_string_equal(out.file_name, arena_printf(house_arena(), "%s-1.pdf", b.container));
    assert_memory_equal(out.file.data, "%PDF-", 5);
    assert_int_equal(ask("U-JON", &b, "zpl", &out), 0);
    const char *text = arena_dup(house_arena(), out.file.data, out.file.len);
    assert_non_null(strstr(text, arena_printf(house_arena(), "^FD=%s00^FS", b.donation_number)));
    assert_true(strstr(text, b.batch) != NULL && strstr(text, "700000000 viable cells") != NULL);
    assert_int_equal(short_label(&b, 2), 0);
    struct batch_key key = {b.batch};
    struct whereabouts all;
    assert_int_equal(short_ask("custody.reconcile", &key, &all), 0);
    assert_int_equal(LIST_AT(all.containers, struct whereabouts_row, 0)->copies, 2);
    assert_int_equal(ask("U-JON", &b, "zpl", &out), 0);
    text = arena_dup(house_arena(), out.file.data, out.file.len);
    assert_true(strstr(text, "05^FS") != NULL && strstr(text, "copy 2, reprint") != NULL);
    assert_int_equal(ask("U-RUTH", &b, "pdf", &out), ERR_ROLE_MISSING);
}

static int preview(const char *person, const struct short_batch *b, int64_t copy, const char *reason, struct label_file *ret)
{
    struct label_print in;
    record_init(&record_label_print, &in);
    in.batch_id = b->batch;
    in.container_id = b->container;
    in.copy = copy;
    in.reason = reason;
    return desk_call(house_login(person)->desk, house_arena(), "custody.label_preview", &in, ret, &e);
}

CASE(R06_a_label_is_shown_before_it_is_printed_and_is_not_counted_by_that)
{
    struct short_batch b;
    struct label_file out, printed;
    filled(&b);
    assert_int_equal(preview("U-JON", &b, 2, "the first one tore", &out), ERR_FIELD_RANGE);
    assert_int_equal(preview("U-JON", &b, 1, NULL, &out), 0);
    assert_int_equal(out.copy, 1);
    assert_string_equal(out.file_name, arena_printf(house_arena(), "%s-1.png", b.container));
    assert_memory_equal(out.file.data, "\x89PNG", 4);
    assert_int_equal(ask("U-JON", &b, "pdf", &printed), ERR_NOT_FOUND);
    assert_int_equal(short_label(&b, 1), 0);
    assert_int_equal(preview("U-JON", &b, 2, NULL, &out), ERR_REASON_MISSING);
    assert_int_equal(preview("U-JON", &b, 2, "the first one tore", &out), 0);
    assert_int_equal(preview("U-RUTH", &b, 2, "the first one tore", &out), ERR_ROLE_MISSING);
    b.container = arena_printf(house_arena(), "%s-D0009VA0", b.donation_number);
    assert_int_equal(preview("U-JON", &b, 1, NULL, &out), ERR_NOT_FOUND);
    assert_string_equal(e.rule, "R04");
}

static int scan(const char *text, struct scan_answer *ret)
{
    struct scan_request in = {text};
    return short_ask("custody.scan", &in, ret);
}

static const struct scan_hit *hit(const struct scan_answer *answer, const char *kind)
{
    for (size_t i = 0; i < answer->found.count; i++) {
        const struct scan_hit *h = LIST_AT(answer->found, struct scan_hit, i);
        if (strcmp(h->kind, kind) == 0)
            return h;
    }
    return NULL;
}

/* What the label's symbol holds is read from the printed file, as a scanner would, and asked. */
CASE(T37_the_scan_of_a_printed_label_finds_its_container_and_where_it_lies)
{
    struct short_batch b;
    struct label_file out;
    struct scan_answer answer;
    filled(&b);
    assert_int_equal(short_label(&b, 1), 0);
    assert_int_equal(ask("U-JON", &b, "zpl", &out), 0);
    char *symbol = strstr(arena_dup(house_arena(), out.file.data, out.file.len), "=+03000");
    assert_non_null(symbol);
    *strstr(symbol, "^FS") = '\0';
    assert_int_equal(scan(symbol, &answer), 0);
    assert_string_equal(answer.symbology, "isbt_128");
    assert_int_equal(answer.parts.count, 3);
    const struct scan_hit *container = hit(&answer, "container");
    assert_non_null(container);
    assert_string_equal(container->id, b.container);
    assert_string_equal(container->batch_id, b.batch);
    assert_null(container->place);
    assert_non_null(hit(&answer, "batch"));
    assert_string_equal(hit(&answer, "collection")->id, b.collection);
    assert_int_equal(short_store(&b), 0);
    assert_int_equal(scan(b.container, &answer), 0);
    assert_non_null(hit(&answer, "container")->place);
}

CASE(T37_the_scan_of_a_pack_a_machine_and_a_badge)
{
    struct scan_answer answer;
    assert_int_equal(scan("U-JON", &answer), 0);
    assert_string_equal(hit(&answer, "person")->id, "U-JON");
    assert_int_equal(scan("(10)NO-SUCH-LOT", &answer), 0);
    assert_int_equal(answer.found.count, 0);
    assert_string_equal(LIST_AT(answer.parts, struct scan_part, 0)->name, "batch or lot number");
    assert_int_equal(scan("A999926000005", &answer), ERR_IDENTIFIER_REFUSED);      /* typed without its check character */
    assert_string_equal(short_error()->rule, "T37");
}

/* ---- scanned back and reconciled (R07, gate point 8) */

/* what a reader sends of the label that was printed last, by its file */
static const char *symbol_of(const struct short_batch *b)
{
    struct label_file out;
    assert_int_equal(ask("U-JON", b, "zpl", &out), 0);
    char *symbol = strstr(arena_dup(house_arena(), out.file.data, out.file.len), "=+03000");
    assert_non_null(symbol);
    *strstr(symbol, "^FS") = '\0';
    return symbol;
}

static int applied(const struct short_batch *b, int64_t copy, const char *text, const char *how, const char *reason)
{
    struct label_apply in = {b->batch, b->container, copy, text, how, reason, INTEGER_ABSENT};
    return short_act("U-JON", "custody.label_apply", &in);
}

static int ended(const struct short_batch *b, int64_t copy, const char *outcome, const char *witness)
{
    struct label_end in = {b->batch, b->container, copy, outcome, "taken off the container", witness};
    return short_act("U-JON", "custody.label_end", &in);
}

static int witnessed(const struct short_batch *b, int64_t copy, const char *who)
{
    struct label_witness in = {b->batch, b->container, copy, NULL};
    return short_act(who, "custody.label_witness", &in);
}

static struct label_rows listed(const struct short_batch *b)
{
    struct batch_key key = {b->batch};
    struct label_rows all;
    assert_int_equal(short_ask("custody.labels", &key, &all), 0);
    return all;
}

static const char *chain_has(const struct short_batch *b, const char *event)
{
    struct batch_key key = {b->batch};
    struct custody_rows chain;
    assert_int_equal(short_ask("custody.chain", &key, &chain), 0);
    for (size_t i = 0; i < chain.events.count; i++)
        if (strcmp(LIST_AT(chain.events, struct custody_row, i)->event, event) == 0)
            return LIST_AT(chain.events, struct custody_row, i)->place;
    return "";
}

CASE(R07_a_label_is_scanned_back_on_its_container)
{
    struct short_batch b;
    short_reconciled();
    short_filled(&b, "related");
    assert_refused(applied(&b, 1, "=+02000=A99992600000100=<S00002Aa", "scanned", NULL), ERR_NOT_FOUND, "R06");
    assert_done(short_label(&b, 1));
    const char *symbol = symbol_of(&b), *other = arena_printf(house_arena(), "=+02000=A99992600000100=<%s", b.container + 14);
    assert_refused(applied(&b, 1, other, "scanned", NULL), ERR_IDENTIFIER_REFUSED, "R07");
    assert_true(strstr(short_error()->text, "the label says A999926000001") != NULL && strstr(short_error()->text, b.container) != NULL);
    assert_refused(applied(&b, 1, arena_printf(house_arena(), "=%s00", b.donation_number), "scanned", NULL), ERR_IDENTIFIER_REFUSED, "R07");
    assert_refused(short_label(&b, 2), ERR_LABEL_REFUSED, "R06");                  /* the first is in hand */
    assert_done(applied(&b, 1, symbol, "scanned", NULL));
    assert_int_equal(applied(&b, 1, symbol, "scanned", NULL), ERR_STATE_FORBIDS);
    assert_string_equal(chain_has(&b, "label applied"), "copy 1");
    struct label_rows all = listed(&b);
    assert_true(all.asked == 1 && all.printed == 1 && all.applied == 1 && all.open.count == 0);
}

CASE(R06_the_file_of_a_label_that_is_applied_or_spoiled_is_not_handed_out_again)
{
    struct short_batch b;
    struct label_file out;
    short_reconciled();
    short_filled(&b, "related");
    assert_done(short_label(&b, 1));
    assert_done(applied(&b, 1, symbol_of(&b), "scanned", NULL));
    assert_int_equal(ask("U-JON", &b, "pdf", &out), ERR_LABEL_REFUSED);
    assert_done(short_label(&b, 2));
    assert_int_equal(ask("U-JON", &b, "pdf", &out), 0);
    assert_done(ended(&b, 2, "spoiled", NULL));
    assert_int_equal(ask("U-JON", &b, "pdf", &out), ERR_LABEL_REFUSED);
    assert_string_equal(e.rule, "R06");
    assert_non_null(strstr(e.text, "copy 2 is spoiled: a further one is a reprint"));
}

CASE(R03_a_label_is_typed_with_check_character_and_reason)
{
    struct short_batch b;
    short_reconciled();
    short_filled(&b, "related");
    assert_done(short_label(&b, 1));
    const char *typed = arena_printf(house_arena(), "%s%c %s", b.donation_number, mod37_char(mod37_value(b.donation_number, DIN_LEN)),
                                     b.container + 14);
    assert_refused(applied(&b, 1, b.container, "typed", "the scanner is broken today"), ERR_IDENTIFIER_REFUSED, "R07");
    assert_refused(applied(&b, 1, typed, "typed", NULL), ERR_REASON_MISSING, "R07");
    assert_done(applied(&b, 1, typed, "typed", "the scanner is broken today"));
}

CASE(custody_RELABEL_ends_the_copy_before)
{
    struct short_batch b;
    short_reconciled();
    short_filled(&b, "related");
    assert_done(short_label(&b, 1));
    assert_done(applied(&b, 1, symbol_of(&b), "scanned", NULL));
    assert_done(short_label(&b, 2));
    assert_done(applied(&b, 2, symbol_of(&b), "scanned", NULL));
    assert_string_equal(chain_has(&b, "relabelled"), "copy 2 for copy 1");
    assert_string_equal(TEXTS_AT(listed(&b).open, 0), arena_printf(house_arena(), "copy 1 of %s was taken off, and nobody said what became of it",
                                                                   b.container));
    assert_refused(ended(&b, 1, "destroyed", NULL), ERR_FIELD_MISSING, "7.3");
    assert_refused(ended(&b, 1, "destroyed", "U-JON"), ERR_DUTIES_SEGREGATED, "R10");
    assert_refused(ended(&b, 1, "destroyed", "U-TOM"), ERR_CUSTODY_REFUSED, "R10");          /* a courier */
    assert_done(ended(&b, 1, "destroyed", "U-MARA"));
    assert_int_equal(witnessed(&b, 1, "U-YUKI"), ERR_DUTIES_SEGREGATED);
    assert_int_equal(listed(&b).open.count, 1);
    assert_done(witnessed(&b, 1, "U-MARA"));
    struct label_rows all = listed(&b);
    assert_true(all.printed == 2 && all.applied == 1 && all.destroyed == 1 && all.open.count == 0);
}

CASE(gate_08_labels_are_reconciled_before_a_release)
{
    struct short_batch b;
    short_reconciled();
    short_filled(&b, "related");
    assert_done(short_label(&b, 1));
    assert_done(ended(&b, 1, "spoiled", NULL));
    assert_done(short_label(&b, 2));
    assert_done(short_store(&b));
    assert_done(short_complete(&b));
    short_test(&b);
    assert_string_equal(short_gate_point(&b, 8)->state, "open");
    assert_non_null(strstr(short_gate_point(&b, 8)->text, "2 labels printed, 1 accounted for: copy 2 of"));
    assert_done(short_review(&b));
    assert_refused(short_release(&b), ERR_GATE_CLOSED, "gate 8");
    assert_done(applied(&b, 2, symbol_of(&b), "scanned", NULL));
    assert_string_equal(short_gate_point(&b, 8)->state, "holds");
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    assert_int_equal(ended(&b, 2, "spoiled", NULL), ERR_STATE_FORBIDS);
}

CASE(gate_08_is_not_asked_by_a_procedure_that_does_not)
{
    struct short_batch b;
    short_filled(&b, "allogeneic");
    assert_done(short_label(&b, 1));
    assert_done(short_label(&b, 2));                                               /* nothing holds a second one up */
    assert_string_equal(short_gate_point(&b, 8)->state, "not_applicable");
    assert_int_equal(listed(&b).asked, 0);
    assert_done(ended(&b, 1, "specimen", NULL));                                   /* what was begun is finished */
    assert_string_equal(short_gate_point(&b, 8)->state, "open");
    assert_int_equal(listed(&b).asked, 1);
}
