#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/version.h"
#include "dossier/promises.h"
#include "dossier/receipt.h"
#include "dossier/verify.h"

#define ARENA_CAP ((size_t)2 << 30)

static void complain(const char *path, const char *why)
{
    fprintf(stderr, "stemma-verify: %s: %s\n", path, why);
}

/* The file mapped for reading; data NULL and a complaint if it cannot be. */
static struct bytes map_file(const char *path)
{
    struct stat st;
    struct bytes none = {NULL, 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        complain(path, fd < 0 ? strerror(errno) : "is no regular file");
        if (fd >= 0)
            close(fd);
        return none;
    }
    void *at = st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (st.st_size == 0)
        return (struct bytes){(const uint8_t *)"", 0};
    if (at == MAP_FAILED) {
        complain(path, strerror(errno));
        return none;
    }
    return (struct bytes){at, (size_t)st.st_size};
}

static void unmap_file(struct bytes b)
{
    if (b.len > 0)
        munmap((void *)(uintptr_t)b.data, b.len);
}

static bool open_trust(struct arena *a, const char *folder, struct trust *ret)
{
    struct err e;
    if (trust_read(a, folder, ret, &e) == 0)
        return true;
    complain(folder, e.text);
    return false;
}

static void print_verdict(struct arena *a, const char *prefix, const struct findings *v)
{
    char time[CLOCK_TEXT], end[CLOCK_TEXT];
    for (size_t i = 0; i < v->fault_count; i++)
        printf("%s%s\n", prefix, fault_text(a, &v->fault[i]));
    if (v->fault_count > 0)
        return;
    clock_to_text(v->time_ms, time);
    clock_to_text(v->evidence_end_ms, end);
    for (size_t i = 0; i < v->unsigned_acts.count; i++) {
        const struct unsigned_row *u = LIST_AT(v->unsigned_acts, const struct unsigned_row, i);
        printf("%s%s %lld unsigned until reviewed: %s, corrected by entry %lld%s%s\n", prefix, v->subject, (long long)u->entry, u->act,
               (long long)u->corrected_by, u->corrected_in != NULL ? " of " : "", u->corrected_in != NULL ? u->corrected_in : "");
    }
    printf("%s%s holds: %zu entries, %zu signatures, %zu recomputed, in %zu streams; log of %llu, stamped %s, renew before %.10s\n",
           prefix, v->subject, v->entries, v->acts, v->recomputed, v->streams, (unsigned long long)v->tree_size, time, end);
}

static int check_receipt(struct arena *a, struct bytes file, struct trust *trust, const char *prefix)
{
    struct receipt_facts r;
    struct err e;
    char time[CLOCK_TEXT], seen[CLOCK_TEXT] = "-";
    int code = receipt_verify(a, file, trust, &r, &e);
    if (code != 0) {
        printf("%sreceipt: %s\n", prefix, e.text);
        return EXIT_REFUSED;
    }
    clock_to_text(r.entry.time_ms, time);
    if (r.seen_ms != TIME_ABSENT)
        clock_to_text(r.seen_ms, seen);
    printf("%s%s %lld holds: statement %s, recorded %s; leaf %llu of a log of %llu, %zu witnesses, the first at %s\n", prefix,
           r.entry.stream, (long long)r.entry.seq, hex_text(a, r.entry.stmt_sha256, DIGEST_LEN), time,
           (unsigned long long)r.index, (unsigned long long)r.size, r.witnesses, seen);
    return EXIT_HOLDS;
}

/* Every receipt at commit of ${file}, to be held against the dossiers beside it. */
static int take_receipts(struct arena *a, struct bytes file, const struct trust *trust, const char *prefix, struct promises *p)
{
    struct err e;
    size_t before = p->count;
    struct bytes kept = {(const uint8_t *)arena_dup(a, file.data, file.len), file.len};
    if (promises_read(a, kept, trust, p, &e) != 0) {
        printf("%sreceipt: %s\n", prefix, e.text);
        return EXIT_REFUSED;
    }
    if (p->foreign > 0)
        printf("%s%zu receipts are of a log that this trust folder is not for\n", prefix, p->foreign);
    if (p->broken > 0)
        printf("%s%zu receipts are broken off and promise nothing\n", prefix, p->broken);
    if (p->count == before)
        return EXIT_REFUSED;
    printf("%s%zu receipts are genuine; that their entries are in the log, a dossier or `stemma receipt verify` shows\n", prefix,
           p->count - before);
    return EXIT_HOLDS;
}

static int check_dossier(struct arena *a, struct bytes file, struct trust *trust, const struct promises *p, const char *prefix)
{
    struct findings verdict;
    size_t kept = 0;
    dossier_verify(a, file, trust, recompute_rows(), &verdict);
    if (verdict.fault_count == 0)
        kept = promises_check(a, p, file, &verdict);
    print_verdict(a, prefix, &verdict);
    if (verdict.fault_count == 0 && p->count > 0)
        printf("%s%s holds the entries of %zu of %zu receipts; the others are of other streams, or later\n", prefix, verdict.subject, kept, p->count);
    return verdict.fault_count == 0 ? EXIT_HOLDS : EXIT_REFUSED;
}

/* What is checked in one run: files of receipts first, so that each dossier is held against all of them. */
struct run {
    struct arena *arena;
    struct trust trust;
    struct promises promises;
    bool receipts, with_names;
};

/* without a word about what cannot be read: that comes with the dossiers */
static bool holds_receipts(const char *path)
{
    char first[sizeof RECEIPT_NOTE_FIRST_LINE] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool is = fd >= 0 && read(fd, first, sizeof first) == sizeof first && receipt_note_is((struct bytes){(const uint8_t *)first, sizeof first});
    if (fd >= 0)
        close(fd);
    return is;
}

static int check_file(struct run *run, const char *path)
{
    if (holds_receipts(path) != run->receipts)
        return EXIT_HOLDS;                                   /* its turn is another */
    struct bytes file = map_file(path);
    int status;
    if (file.data == NULL)
        return EXIT_CANNOT;
    struct arena *a = arena_new(ARENA_CAP);
    const char *prefix = run->with_names ? arena_printf(a, "%s: ", path) : "";
    if (run->receipts)
        status = take_receipts(run->arena, file, &run->trust, prefix, &run->promises);
    else if (receipt_is(file))
        status = check_receipt(a, file, &run->trust, prefix);
    else
        status = check_dossier(a, file, &run->trust, &run->promises, prefix);
    arena_free(a);
    unmap_file(file);
    return status;
}

int check_all(const struct arguments *args)
{
    struct run run = {.arena = arena_new(ARENA_CAP), .trust = {.tsa = NULL}, .with_names = args->count > 1};
    bool alone = crypto_alone();     /* a verdict that the machine's settings could change would be the machine's */
    if (!alone)
        fputs("stemma-verify: OpenSSL cannot be had without this machine's settings: nothing was checked\n", stderr);
    int worst = alone && open_trust(run.arena, args->trust, &run.trust) ? EXIT_HOLDS : EXIT_CANNOT;
    run.trust.as_of_ms = args->as_of_ms;
    for (int turn = 0; turn < 2 && run.trust.tsa != NULL; turn++) {
        run.receipts = turn == 0;
        for (size_t i = 0; i < args->count; i++) {
            int status = check_file(&run, args->files[i]);
            worst = status > worst ? status : worst;
        }
    }
    trust_close(&run.trust);
    arena_free(run.arena);
    return worst;
}
