/*
 * A dossier of which one member is the input's, in a container that is right again, so that the fuzzer's bytes arrive
 * behind the check sums. The first byte says which member. Nothing but the dossier itself may hold.
 */
#include "fuzz.h"

#include "dossier/verify.h"

static struct bytes whole;
static struct zip base;
static struct trust trust;
static struct arena *forever;

static void open_base(void)
{
    struct err e;
    struct trust_files files = {(const char *)fuzz_fixed("trust/lab-root.pem").data,
                                (const char *)fuzz_fixed("trust/tsa-root.pem").data,
                                (const char *)fuzz_fixed("trust/log.pub.pem").data,
                                (const char *)fuzz_fixed("trust/witnesses.txt").data};
    struct findings verdict;
    forever = arena_new(0);
    whole = fuzz_fixed("dossier.asice");
    MUST(zip_read(forever, whole, &base, &e) == 0);
    MUST(trust_open(forever, &files, &trust, &e) == 0);
    dossier_verify(forever, whole, &trust, NULL, &verdict);
    MUST(verdict.fault_count == 0);
}

FUZZ(a, data, len)
{
    struct err e;
    struct zip zip, read;
    struct dossier d;
    struct dossier_place place;
    struct bytes file;
    struct findings verdict;
    if (whole.data == NULL)
        open_base();
    if (len == 0)
        return;
    struct zip_member *member = ARENA_ARRAY(a, struct zip_member, base.count);
    memcpy(member, base.member, base.count * sizeof *member);
    member[data[0] % base.count].data = (struct bytes){data + 1, len - 1};
    zip = (struct zip){member, base.count, NULL};
    if (zip_write(a, &zip, &file, &e) != 0 || zip_read(a, file, &read, &e) != 0)
        return;
    if (dossier_read(a, &read, &d, &place, &e) != 0)
        return;
    dossier_verify(a, file, &trust, NULL, &verdict);
    MUST(verdict.fault_count > 0 || fuzz_same(file, whole.data, whole.len) ||
         strcmp(base.member[data[0] % base.count].name, "META-INF/signature001.p7s") == 0);
}
