#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
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

static bool read_text(struct arena *a, const char *folder, const char *name, const char **ret)
{
    struct bytes b = map_file(arena_printf(a, "%s/%s", folder, name));
    if (b.data == NULL)
        return false;
    *ret = arena_dup(a, b.data, b.len);
    unmap_file(b);
    return true;
}

/* suites.txt, where there is one, replaces the built-in list. */
static int take_suites(struct arena *a, const char *folder, struct trust *t, struct err *e)
{
    const char *text;
    if (access(arena_printf(a, "%s/suites.txt", folder), F_OK) != 0)
        return 0;
    if (!read_text(a, folder, "suites.txt", &text))
        return err_fault(e, "suites.txt cannot be read");
    return trust_with_suites(t, text, e);
}

static bool open_trust(struct arena *a, const char *folder, struct trust *ret)
{
    struct trust_files files;
    struct err e;
    if (!read_text(a, folder, "lab-root.pem", &files.lab_root) || !read_text(a, folder, "tsa-root.pem", &files.tsa_root) ||
        !read_text(a, folder, "log.pub.pem", &files.log_key) || !read_text(a, folder, "witnesses.txt", &files.witnesses))
        return false;
    if (trust_open(a, &files, ret, &e) == 0) {
        if (take_suites(a, folder, ret, &e) == 0)
            return true;
        trust_close(ret);
    }
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
        printf("%s%s %lld unsigned until reviewed: %s, corrected by entry %lld\n", prefix, v->subject, (long long)u->entry, u->act,
               (long long)u->corrected_by);
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

static int check_file(const char *path, struct trust *trust, bool with_name)
{
    struct bytes file = map_file(path);
    struct findings verdict;
    if (file.data == NULL)
        return EXIT_CANNOT;
    struct arena *a = arena_new(ARENA_CAP);
    const char *prefix = with_name ? arena_printf(a, "%s: ", path) : "";
    int status;
    if (receipt_is(file)) {
        status = check_receipt(a, file, trust, prefix);
    } else {
        dossier_verify(a, file, trust, recompute_rows(), &verdict);
        print_verdict(a, prefix, &verdict);
        status = verdict.fault_count == 0 ? EXIT_HOLDS : EXIT_REFUSED;
    }
    arena_free(a);
    unmap_file(file);
    return status;
}

int check_all(const struct arguments *args)
{
    struct arena *a = arena_new(0);
    struct trust trust = {.tsa = NULL};
    int worst = open_trust(a, args->trust, &trust) ? EXIT_HOLDS : EXIT_CANNOT;
    trust.as_of_ms = args->as_of_ms;
    for (size_t i = 0; i < args->count && trust.tsa != NULL; i++) {
        int status = check_file(args->files[i], &trust, args->count > 1);
        worst = status > worst ? status : worst;
    }
    trust_close(&trust);
    arena_free(a);
    return worst;
}
