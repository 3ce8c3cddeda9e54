/* Labels over real sockets: a copy is an act, its file is what the record says, a further one is a reprint with its reason. */
#include <string.h>

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
    assert_int_equal(ask("U-JON", &b, "zpl", &out), 0);
    text = arena_dup(house_arena(), out.file.data, out.file.len);
    assert_true(strstr(text, "05^FS") != NULL && strstr(text, "copy 2, reprint") != NULL);
    assert_int_equal(ask("U-RUTH", &b, "pdf", &out), ERR_ROLE_MISSING);
}
