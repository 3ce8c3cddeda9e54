#include <string.h>

#include "contract/contract.h"
#include "dossier/recompute.h"
#include "ledger/note.h"

int recompute_recovery(const struct recompute_case *c, void *in, struct err *e)
{
    struct log_recovery *recovery = in;
    struct bytes note = {NULL, 0};
    struct checkpoint closed;
    for (size_t i = 0; i < c->entry->entry.att_count; i++)
        if (strcmp(c->entry->entry.att[i].name, "checkpoint") == 0)
            note = dossier_attachment(c->d, c->entry->entry.att[i].sha256);
    if (note.data == NULL)
        return err_raise(e, ERR_DOSSIER_REFUSED, "closed_root", "11", "the closed log's checkpoint is not in the dossier");
    int r = note_parse(c->a, (const char *)note.data, note.len, &closed, e);
    if (r != 0)
        return r;
    if (recovery->kept_size < 0 || closed.size > INT64_MAX || recovery->kept_size > (int64_t)closed.size)
        return err_raise(e, ERR_DOSSIER_REFUSED, "kept_size", "11", "more entries are kept than were signed");
    recovery->closed_origin = closed.origin;
    recovery->closed_size = (int64_t)closed.size;
    recovery->closed_root = hex_text(c->a, closed.root, DIGEST_LEN);
    recovery->lost = recovery->closed_size - recovery->kept_size;
    return 0;
}
