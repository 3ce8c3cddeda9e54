/* What tests/bench/verify measures inside a process; see there. Times are of the CPU, so that neighbours matter less. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "support/dossier_fixture.h"
#include "support/test.h"

#define ROUNDS 15
#define CHUNK 20000
#define ENTRY_MAX 600

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double median(double *at, size_t n)
{
    qsort(at, n, sizeof *at, compare);
    return at[n / 2];
}

static int make(const char *dir, size_t acts, size_t leaves)
{
    struct fixture *f = fixture_large(acts, leaves);
    mkdir(dir, 0700);
    fixture_folder(f, dir);
    printf("acts %zu\nleaves %zu\n", acts + 5, f->leaf_count);
    fixture_free(f);
    return 0;
}

static const char *text_of(struct arena *a, const char *dir, const char *name)
{
    size_t len;
    char *text = test_read(arena_printf(a, "%s/trust/%s", dir, name), &len);
    if (text == NULL)
        exit(2);
    const char *kept = arena_dup(a, text, len);
    free(text);
    return kept;
}

/* One dossier, judged from nothing: no certificate, no act is remembered from the round before. */
static int time_dossier(const char *dir)
{
    struct arena *a = arena_new((size_t)1 << 30);
    size_t len, acts = 0, entries = 0, recomputed = 0;
    double spent[ROUNDS];
    char *data = test_read(arena_printf(a, "%s/dossier.asice", dir), &len);
    struct trust_files files = {text_of(a, dir, "lab-root.pem"), text_of(a, dir, "tsa-root.pem"), text_of(a, dir, "log.pub.pem"),
                                text_of(a, dir, "witnesses.txt")};
    for (int i = 0; i < ROUNDS && data != NULL; i++) {
        struct arena *one = arena_new((size_t)1 << 30);
        struct trust trust;
        struct findings verdict;
        struct err e;
        double from = cpu_s();
        if (trust_open(one, &files, &trust, &e) != 0)
            return 2;
        dossier_verify(one, (struct bytes){(const uint8_t *)data, len}, &trust, recompute_rows(), &verdict);
        spent[i] = cpu_s() - from;
        if (verdict.fault_count != 0)
            return 1;
        acts = verdict.acts;
        entries = verdict.entries;
        recomputed = verdict.recomputed;
        trust_close(&trust);
        arena_free(one);
    }
    double taken = median(spent, ROUNDS);
    printf("dossier_acts_s %.0f\ndossier_bytes %zu\ndossier_entries_s %.0f\n", (double)acts / taken, len, (double)entries / taken);
    printf("dossier_acts %zu\ndossier_entries %zu\ndossier_recomputed %zu\n", acts, entries, recomputed);
    free(data);
    arena_free(a);
    return 0;
}

/* The acts' signatures alone: what one act costs beside one bare P-256 verification. */
static int time_signatures(const char *dir)
{
    struct arena *a = arena_new((size_t)1 << 30);
    struct dossier d;
    struct dossier_place place;
    struct zip zip;
    struct err e;
    size_t len, acts = 0;
    double spent[ROUNDS];
    char *data = test_read(arena_printf(a, "%s/dossier.asice", dir), &len);
    if (data == NULL || zip_read(a, (struct bytes){(const uint8_t *)data, len}, &zip, &e) != 0 || dossier_read(a, &zip, &d, &place, &e) != 0)
        return 2;
    for (int i = 0; i < ROUNDS; i++) {
        struct cms_trust *trust = cms_trust_new(text_of(a, dir, "lab-root.pem"), &e);
        struct cms_signer signer;
        const struct dossier_stream *s = dossier_stream(&d, d.subject);
        double from = cpu_s();
        acts = 0;
        for (size_t k = 0; k < s->count; k++)
            if (s->entry[k].p7s.data != NULL && ++acts > 0 &&
                cms_verify(trust, s->entry[k].stmt, s->entry[k].p7s, s->entry[k].entry.time_ms, &signer, &e) != 0)
                return 1;
        spent[i] = cpu_s() - from;
        cms_trust_free(trust);
    }
    printf("signatures_s %.0f\n", (double)acts / median(spent, ROUNDS));
    free(data);
    arena_free(a);
    return 0;
}

/* The whole program, from exec to its end, by what the system says it used. */
static int time_program(const char *program, const char *dir, size_t acts)
{
    double spent[ROUNDS];
    char file[512], trust[512];
    snprintf(file, sizeof file, "%s/dossier.asice", dir);
    snprintf(trust, sizeof trust, "%s/trust", dir);
    for (int i = 0; i < ROUNDS; i++) {
        struct rusage use;
        int status;
        pid_t pid = fork();
        if (pid == 0) {
            if (freopen("/dev/null", "w", stdout) != NULL)
                execl(program, program, file, "--trust", trust, (char *)NULL);
            _exit(127);
        }
        if (wait4(pid, &status, 0, &use) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
            return 1;
        spent[i] = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
    }
    printf("program_acts_s %.0f\n", (double)acts / median(spent, ROUNDS));
    return 0;
}

/* CHUNK entries of one stream as they stand in a chain, and where each ends. */
struct chunk {
    char *text;
    size_t end[CHUNK];
    struct entry last;
    uint8_t leaf[DIGEST_LEN];
};

static void chunk_make(struct chunk *c, int64_t first)
{
    size_t at = 0;
    struct err e;
    struct arena *a = arena_new(0);
    for (int64_t i = 0; i < CHUNK; i++) {
        struct entry entry = {.origin = "stemma.lab.example/2026", .stream = "B-20260001", .seq = first + i,
                              .time_ms = 1790000000000 + (first + i) * 1000, .stmt_len = 512, .sig_len = 1532};
        struct bytes text;
        memcpy(entry.prev, c->leaf, DIGEST_LEN);
        digest_sha256(&i, sizeof i, entry.stmt_sha256);
        digest_sha256(&first, sizeof first, entry.sig_sha256);
        if (entry_build(a, &entry, &text, &e) != 0)
            exit(2);
        memcpy(c->text + at, text.data, text.len);
        c->end[i] = at += text.len;
        entry_leaf_hash(text.data, text.len, c->leaf);
        if (i % 1000 == 0)
            arena_reset(a);
    }
    arena_free(a);
}

/* Parse, hash, compare the link and the order: what a chain's verification does to each entry. */
static double chunk_check(const struct chunk *c, uint8_t before[DIGEST_LEN], int64_t first, uint8_t (*ret_leaf)[DIGEST_LEN])
{
    struct arena *a = arena_new(0);
    struct entry entry;
    struct err e;
    size_t at = 0;
    int64_t last_ms = 0;
    double from = cpu_s();
    for (int64_t i = 0; i < CHUNK; i++) {
        if (entry_parse(a, c->text + at, c->end[i] - at, &entry, &e) != 0 || entry.seq != first + i ||
            memcmp(entry.prev, before, DIGEST_LEN) != 0 || entry.time_ms <= last_ms)
            exit(1);
        entry_leaf_hash(c->text + at, c->end[i] - at, ret_leaf[i]);
        before = ret_leaf[i];
        last_ms = entry.time_ms;
        at = c->end[i];
        if (i % 500 == 0)
            arena_reset(a);
    }
    double spent = cpu_s() - from;
    arena_free(a);
    return spent;
}

static int time_log(int64_t entries)
{
    struct chunk *c = calloc(1, sizeof *c);
    uint8_t(*leaf)[DIGEST_LEN] = calloc((size_t)entries + CHUNK, DIGEST_LEN), before[DIGEST_LEN], root[DIGEST_LEN];
    double spent = 0;
    if (c == NULL || leaf == NULL || (c->text = malloc((size_t)CHUNK * ENTRY_MAX)) == NULL)
        return 2;
    for (int64_t n = 0; n < entries; n += CHUNK) {
        memcpy(before, c->leaf, DIGEST_LEN);
        chunk_make(c, n);
        spent += chunk_check(c, before, n, leaf + n);
    }
    printf("chain_entries_s %.0f\n", (double)entries / spent);
    struct merkle_frontier f = {0};
    double from = cpu_s();
    for (int64_t i = 0; i < entries; i++)
        merkle_append(&f, leaf[i]);
    merkle_frontier_root(&f, root);
    printf("merkle_s %.3f\n", cpu_s() - from);
    free(c->text);
    free(c);
    free(leaf);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "make") == 0)
        return make(argv[2], strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10));
    if (argc == 3 && strcmp(argv[1], "dossier") == 0)
        return time_signatures(argv[2]) != 0 ? 1 : time_dossier(argv[2]);
    if (argc == 5 && strcmp(argv[1], "program") == 0)
        return time_program(argv[2], argv[3], strtoul(argv[4], NULL, 10));
    if (argc == 3 && strcmp(argv[1], "log") == 0)
        return time_log(strtol(argv[2], NULL, 10));
    fprintf(stderr, "usage: bench_verify make DIR ACTS LEAVES | dossier DIR | program STEMMA-VERIFY DIR ACTS | log ENTRIES\n");
    return 2;
}
