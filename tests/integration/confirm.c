/* Scan to confirm over real sockets: a step begins with what it is done on, and that is of this batch (R02). */
#include <string.h>

#include "base/clock.h"
#include "domain/identifier.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

static int stepped(const struct short_batch *b, const char *text, const char *how, const char *reason)
{
    struct batch_step in;
    record_init(&record_batch_step, &in);
    in.batch_id = b->batch;
    in.step = 1;
    in.started_at = in.ended_at = clock_ms();
    in.confirmed = text;
    in.confirmed_how = how;
    in.reason = reason;
    *(struct step_value *)record_list_add(house_arena(), &record_step_value, &in.values) = (struct step_value){"filled", "true"};
    return short_act("U-MARA", "batch.step", &in);
}

CASE(R02_a_step_is_done_on_what_was_scanned)
{
    struct short_batch b, other;
    short_scanned();
    short_begun(&b, "related");
    short_begun(&other, "related");
    assert_refused(stepped(&b, NULL, NULL, NULL), ERR_FIELD_MISSING, "R02");
    assert_refused(stepped(&b, arena_printf(house_arena(), "=%s00", other.donation_number), "scanned", NULL), ERR_IDENTIFIER_REFUSED, "R02");
    assert_refused(stepped(&b, b.donation_number, "typed", "the scanner is broken today"), ERR_IDENTIFIER_REFUSED, "R02");
    assert_done(stepped(&b, arena_printf(house_arena(), "=%s00", b.donation_number), "scanned", NULL));
}

CASE(R02_a_typed_number_has_its_check_character_and_a_reason)
{
    struct short_batch b;
    short_scanned();
    short_begun(&b, "related");
    const char *typed = arena_printf(house_arena(), "%s%c", b.donation_number, mod37_char(mod37_value(b.donation_number, DIN_LEN)));
    assert_refused(stepped(&b, typed, "scanned", NULL), ERR_IDENTIFIER_REFUSED, "R02");
    assert_refused(stepped(&b, typed, "typed", NULL), ERR_REASON_MISSING, "R02");
    assert_done(stepped(&b, typed, "typed", "the scanner is broken today"));
}
