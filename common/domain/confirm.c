#include "domain/confirm.h"

#include <string.h>

#include "domain/identifier.h"
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

static int refuse_label(struct err *e, const char *text, const char *why)
{
    return err_raise(e, ERR_IDENTIFIER_REFUSED, "confirmed", "R07", "\"%.60s\": %s", text, why);
}

/* donation number, its check character, product code, as a person copies them: blanks and hyphens are passed over */
static int label_typed(struct arena *a, const struct label_apply *in, const char **ret, struct err *e)
{
    char compact[DIN_LEN + 1 + PRODUCT_CODE_LEN + 1], id[CONTAINER_MAX];
    struct din din;
    struct err why;
    size_t n = 0;
    for (const char *p = in->confirmed; *p != '\0'; p++) {
        if (*p == ' ' || *p == '-')
            continue;
        if (n == sizeof compact - 1)
            return refuse_label(e, in->confirmed, "more than donation number, check character and product code");
        compact[n++] = *p;
    }
    compact[n] = '\0';
    if (n != sizeof compact - 1 || din_from_typed(arena_dup(a, compact, DIN_LEN + 1), &din, &why) != 0 ||
        container_build(din.text, compact + DIN_LEN + 1, id, &why) != 0)
        return refuse_label(e, in->confirmed, "a label that is typed is the donation number, its check character, which fits, and the product code");
    if (!reason_is_valid(in->reason))
        return err_raise(e, ERR_REASON_MISSING, "reason", "R07", "say why the label was typed and not scanned");
    *ret = arena_text(a, id);
    return 0;
}

/* the square symbol of the lab's label: container, and the flags of a first print or a reprint (R06) */
static int label_scanned(struct arena *a, const struct label_apply *in, const char **ret, struct err *e)
{
    struct scan scan;
    struct err why;
    const char *flags = "";
    if (scan_read(a, in->confirmed, &scan, &why) != 0 || strcmp(scan.symbology, "isbt_128") != 0 || scan.container_id == NULL)
        return refuse_label(e, in->confirmed, "not the square symbol of a label, which says container and print");
    for (size_t i = 0; i < scan.piece_count; i++)
        if (strcmp(scan.piece[i].number, "001") == 0)
            flags = scan.piece[i].content + DIN_LEN;
    const char *wanted = in->copy > 1 ? DIN_FLAGS_REPRINT : DIN_FLAGS_FIRST;
    *ret = scan.container_id;
    if (strcmp(scan.container_id, in->container_id) == 0 && strcmp(flags, wanted) != 0)
        return err_raise(e, ERR_IDENTIFIER_REFUSED, "confirmed", "R07", "the label says flag %s; copy %lld of %s has flag %s: it is a %s", flags,
                         (long long)in->copy, in->container_id, wanted, in->copy > 1 ? "reprint" : "first print");
    return 0;
}

int confirm_label(struct arena *a, const struct label_apply *in, struct err *e)
{
    const char *found;
    int code = strcmp(in->confirmed_how, "typed") == 0 ? label_typed(a, in, &found, e) : label_scanned(a, in, &found, e);
    if (code == 0 && strcmp(found, in->container_id) != 0)
        code = err_raise(e, ERR_IDENTIFIER_REFUSED, "confirmed", "R07", "the label says %s; expected is copy %lld of %s", found, (long long)in->copy,
                         in->container_id);
    return code;
}
