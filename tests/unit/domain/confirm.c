/* Scan to confirm: what is worked on is of this batch's donation, scanned, or typed with check character and reason (R02). */
#include "support/test.h"

#include <string.h>

#include "domain/confirm.h"
#include "domain/identifier.h"
#include "record/record.h"

#define NUMBER "A999926000001"

static struct arena *a;
static struct err e;

static int check(bool asked, const char *text, const char *how, const char *reason)
{
    struct procedure_step step = {.no = 2, .scan_to_confirm = asked};
    struct batch_step in;
    a = arena_free(a);
    a = arena_new(0);
    memset(&e, 0, sizeof e);
    record_init(&record_batch_step, &in);
    in.batch_id = "B-1";
    in.confirmed = text;
    in.confirmed_how = how;
    in.reason = reason;
    return confirm_check(a, &in, &step, NUMBER, &e);
}

static void refused(int code, int wanted, const char *field)
{
    assert_int_equal(code, wanted);
    assert_string_equal(e.rule, "R02");
    assert_string_equal(e.field, field);
    a = arena_free(a);
}

/* the number with its check character, or another */
static const char *with_check(bool right)
{
    static char text[16];
    char k = mod37_char(mod37_value(NUMBER, 13));
    memcpy(text, NUMBER, 13);
    text[13] = right ? k : k == 'A' ? 'B' : 'A';
    text[14] = '\0';
    return text;
}

CASE(R02_a_step_that_asks_for_a_scan_waits_for_it)
{
    refused(check(true, NULL, NULL, NULL), ERR_FIELD_MISSING, "confirmed");
    refused(check(true, NUMBER, NULL, NULL), ERR_FIELD_MISSING, "confirmed_how");
    refused(check(true, NULL, "scanned", NULL), ERR_FIELD_MISSING, "confirmed");
    assert_int_equal(check(false, NULL, NULL, NULL), 0);
    a = arena_free(a);
}

CASE(R02_a_barcode_of_the_donation_or_of_its_container_confirms)
{
    static const char *const codes[] = {"=" NUMBER "00", NUMBER, NUMBER "-D00021A0"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        assert_int_equal(check(true, codes[i], "scanned", NULL), 0);
        a = arena_free(a);
    }
}

CASE(R02_another_unit_is_refused_asked_for_or_not)
{
    refused(check(true, "=A99992600000200", "scanned", NULL), ERR_IDENTIFIER_REFUSED, "confirmed");
    refused(check(false, "=A99992600000200", "scanned", NULL), ERR_IDENTIFIER_REFUSED, "confirmed");
    check(true, "A999926000002-D00021A0", "scanned", NULL);
    assert_non_null(strstr(e.text, "A999926000002"));
    assert_non_null(strstr(e.text, NUMBER));
    a = arena_free(a);
}

CASE(R02_what_is_no_barcode_of_cells_confirms_nothing)
{
    static const char *const codes[] = {"B-1", "M-1", "=A9999260000", "", "0104150123456782", "a999926000001"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        refused(check(true, codes[i], "scanned", NULL), ERR_IDENTIFIER_REFUSED, "confirmed");
    refused(check(true, with_check(true), "scanned", NULL), ERR_IDENTIFIER_REFUSED, "confirmed");   /* T33: no barcode has it */
}

CASE(R02_R03_what_is_typed_has_its_check_character_and_a_reason)
{
    const char *why = "the label is torn at the bars";
    assert_int_equal(check(true, with_check(true), "typed", why), 0);
    refused(check(true, with_check(true), "typed", NULL), ERR_REASON_MISSING, "reason");
    refused(check(true, with_check(true), "typed", "torn"), ERR_REASON_MISSING, "reason");
    refused(check(true, with_check(false), "typed", why), ERR_IDENTIFIER_REFUSED, "confirmed");
    refused(check(true, NUMBER, "typed", why), ERR_IDENTIFIER_REFUSED, "confirmed");
    refused(check(true, "=" NUMBER "00", "typed", why), ERR_IDENTIFIER_REFUSED, "confirmed");
}
