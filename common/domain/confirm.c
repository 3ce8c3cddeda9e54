#include "domain/confirm.h"

#include <string.h>

#include "domain/reason.h"
#include "domain/scan.h"

static int refuse(struct err *e, const char *text, const char *why)
{
    return err_raise(e, ERR_IDENTIFIER_REFUSED, "confirmed", "R02", "\"%.60s\": %s", text, why);
}

static int typed(struct arena *a, const struct batch_step *in, const char **ret, struct err *e)
{
    struct din din;
    struct err why;
    if (din_from_typed(in->confirmed, &din, &why) != 0)
        return refuse(e, in->confirmed, "a number that is typed has its check character, which fits");
    if (!reason_is_valid(in->reason))
        return err_raise(e, ERR_REASON_MISSING, "reason", "R02", "say why the number was typed and not scanned");
    *ret = arena_text(a, din.text);
    return 0;
}

/* The check character is not in a barcode (T33): with it, the number was typed. */
static int scanned(struct arena *a, const struct batch_step *in, const char **ret, struct err *e)
{
    struct scan scan;
    struct err why;
    *ret = in->confirmed;
    if (din_is_valid(in->confirmed))
        return 0;
    if (scan_read(a, in->confirmed, &scan, &why) != 0 || scan.donation_number == NULL ||
        (scan.container_id == NULL && strcmp(scan.symbology, "isbt_128") != 0))
        return refuse(e, in->confirmed, "no barcode of a donation or a container");
    *ret = scan.donation_number;
    return 0;
}

int confirm_check(struct arena *a, const struct batch_step *in, const struct procedure_step *step, const char *donation_number, struct err *e)
{
    const char *found;
    if (in->confirmed == NULL && in->confirmed_how == NULL)
        return !step->scan_to_confirm ? 0 : err_raise(e, ERR_FIELD_MISSING, "confirmed", "R02", "step %d begins with a scan of what is worked on",
                                                      step->no);
    if (in->confirmed == NULL || in->confirmed_how == NULL)
        return err_raise(e, ERR_FIELD_MISSING, in->confirmed == NULL ? "confirmed" : "confirmed_how", "R02", "a confirmation says what and how");
    int code = strcmp(in->confirmed_how, "typed") == 0 ? typed(a, in, &found, e) : scanned(a, in, &found, e);
    if (code == 0 && donation_number != NULL && strcmp(found, donation_number) != 0)
        code = err_raise(e, ERR_IDENTIFIER_REFUSED, "confirmed", "R02", "%s is on what was worked on; %s is made of %s", found, in->batch_id,
                         donation_number);
    return code;
}
