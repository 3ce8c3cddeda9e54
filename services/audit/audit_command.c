#include "audit_command.h"

#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "audit_job.h"
#include "audit_restore.h"
#include "audit_scratch.h"
#include "crypto/cms.h"
#include "service/settings.h"

#define EXIT_DAMAGED 1
#define EXIT_USAGE 2
#define EXIT_UNREAD 3
#define EXIT_UNFINISHED 4
#define EXIT_RUNNING 75

static const char usage[] =
    "usage: stemma-audit verify --config FILE [--all] [--at-most ENTRIES] [--json] [--quiet]\n"
    "       stemma-audit replay --config FILE [--json] [--quiet]\n"
    "       stemma-audit restore-test --config FILE --backups FOLDER [--json] [--quiet]\n"
    "Verify the whole live record: every byte, chain, signature, tree, checkpoint, what notary and witnesses remember, and all\n"
    "projections, made again from the statements in a scratch database; replay does only the last. restore-test puts the newest\n"
    "copy of FOLDER (deploy/backup make) into a scratch database, verifies it whole, and has the result recorded in the log.\n"
    "A run that was broken off is gone on with; --all begins again. --at-most leaves after so many entries, for the next run\n"
    "to go on. Exit status: 0 the record holds, 1 it does not, 2 wrong usage, 3 it could not be read, 4 not yet read to the\n"
    "end, 75 somebody verifies it already.\n";

struct order {
    const char *config, *backups;     /* backups: of restore-test, else NULL */
    bool all, whole, json, quiet;
    int64_t at_most;
    int lock;                         /* inherited from the service, -1: ours to take */
};

static bool read_count(const char *text, int64_t *ret)
{
    char *end;
    *ret = strtoll(text, &end, 10);
    return text[0] != '\0' && *end == '\0' && *ret >= 0;
}

static bool parse(int argc, char **argv, struct order *o)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'}, {"all", no_argument, NULL, 'a'},
                                            {"at-most", required_argument, NULL, 'm'}, {"json", no_argument, NULL, 'j'},
                                            {"quiet", no_argument, NULL, 'q'}, {"lock-fd", required_argument, NULL, 'l'},
                                            {"backups", required_argument, NULL, 'b'},
                                            {NULL, 0, NULL, 0}};
    bool ok = true;
    int64_t fd = -1;
    optind = 2;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'c': o->config = optarg; break;
        case 'a': o->all = true; break;
        case 'b': o->backups = optarg; break;
        case 'm': ok = ok && read_count(optarg, &o->at_most); break;
        case 'j': o->json = true; break;
        case 'q': o->quiet = true; break;
        case 'l': ok = ok && read_count(optarg, &fd) && fd < 65536; break;
        default: ok = false;
        }
    }
    o->lock = (int)fd;
    o->whole = strcmp(argv[1], "replay") != 0;
    return ok && optind == argc && o->config != NULL && (o->backups != NULL) == (strcmp(argv[1], "restore-test") == 0);
}

static void tell(const struct audit_report *r)
{
    if (r->replayed != INTEGER_ABSENT)
        fprintf(stderr, "replay: %" PRId64 " statements, %zu faults\n", r->replayed, r->faults.count);
    else
        fprintf(stderr, "verify: %" PRId64 " of %" PRId64 " entries, %zu faults\n", r->entries, r->total, r->faults.count);
}

static void print_fault(const struct audit_fault *f)
{
    if (f->table != NULL)
        printf("%s %s: ", f->table, f->key != NULL ? f->key : "");
    if (f->stream != NULL)
        printf("%s %" PRId64 ": ", f->stream, f->seq);
    printf("%s: %s\n", f->rule, f->text);
}

static void print(struct arena *a, const struct order *o, const struct audit_report *r)
{
    struct buf b = buf_new(a);
    if (o->json) {
        record_to_json(&b, &record_audit_report, r, RECORD_REPLY);
        puts(b.text);
        return;
    }
    for (size_t i = 0; i < r->faults.count; i++)
        print_fault(LIST_AT(r->faults, const struct audit_fault, i));
    for (size_t i = 0; i < r->notes.count; i++)
        printf("not looked at: %s\n", TEXTS_AT(r->notes, i));
    if (r->more != INTEGER_ABSENT)
        printf("and %" PRId64 " more faults, at least\n", r->more);
    if (r->replayed != INTEGER_ABSENT)
        printf("replay: %" PRId64 " statements, %" PRId64 " rows compared\n", r->replayed, r->rows);
    if (o->whole)
        printf("%s: %" PRId64 " entries in %" PRId64 " streams, %" PRId64 " signatures, a tree of %" PRId64 " leaves\n",
               strcmp(r->state, "done") != 0 ? "not read to the end" : r->holds == 1 ? "the record holds" : "the record does not hold",
           r->entries, r->streams, r->acts, r->tree_size);
}

/* Servers that are started do not hold it, and what a run that was killed left is removed. */
static void own_lock(struct arena *a, int lock)
{
    fcntl(lock, F_SETFD, FD_CLOEXEC);
    audit_scratch_sweep(a);
}

static int restore_test(struct arena *a, const struct order *o, struct err *e)
{
    struct audit_report report;
    struct restore_test test;
    const struct audit_job job = {0, o->quiet ? NULL : tell};
    int lock;
    if (audit_job_lock(&lock, e) != 0)
        return EXIT_RUNNING;
    own_lock(a, lock);
    int code = audit_restore_test(a, &job, o->backups, &report, &test, e);
    if (code == 0)
        code = audit_restore_tell(a, &test, e);
    close(lock);
    if (code != 0)
        return EXIT_UNREAD;
    print(a, o, &report);
    return test.holds == 1 ? 0 : EXIT_DAMAGED;
}

static void log_result(const struct audit_report *r)
{
    const char *level = r->holds == 1 ? "info" : "error";
    if (strcmp(r->scope, "projections") == 0)
        service_log(level, "replay: %s after %" PRId64 " statements, %zu faults",
                    r->holds == 1 ? "the projections hold" : "THE PROJECTIONS DO NOT HOLD", r->replayed, r->faults.count);
    else
        service_log(level, "verify: %s after %" PRId64 " entries, %zu faults",
                    r->holds == 1 ? "the record holds" : "THE RECORD DOES NOT HOLD", r->entries, r->faults.count);
}

static int verify(struct arena *a, const struct order *o, struct err *e)
{
    struct audit_report report;
    const struct audit_job job = {o->at_most, o->quiet ? NULL : tell};
    int lock = o->lock, code = 0;
    if (lock < 0)
        code = audit_job_lock(&lock, e);
    else
        prctl(PR_SET_PDEATHSIG, SIGTERM);      /* the service ends: so does its job, and is gone on with later */
    if (code == ERR_BUSY)
        return EXIT_RUNNING;
    if (lock >= 0)
        own_lock(a, lock);
    if (code == 0 && o->lock < 0)
        code = audit_job_prepare(a, o->all, o->whole, e);
    if (code == 0)
        code = audit_job_run(a, &job, &report, e);
    if (code != 0)
        return EXIT_UNREAD;
    if (!o->quiet || o->lock < 0)
        print(a, o, &report);
    else
        log_result(&report);
    return report.holds != 1 ? EXIT_DAMAGED : strcmp(report.state, "done") != 0 ? EXIT_UNFINISHED : 0;
}

bool audit_command_is_asked(int argc, char **argv)
{
    return argc > 1 && (strcmp(argv[1], "verify") == 0 || strcmp(argv[1], "replay") == 0 || strcmp(argv[1], "restore-test") == 0);
}

int audit_command(int argc, char **argv)
{
    struct order o = {.lock = -1};
    struct err e = {0};
    if (!parse(argc, argv, &o)) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    struct arena *a = arena_new((size_t)512 << 20);
    audit_config_path = o.config;
    int code = settings_read(a, o.config, audit_setting_rows, AUDIT_SETTINGS, &audit_config.common, &e);
    if (code == 0)
        code = service_trust_start(a, &audit_config.common, &e);
    int status = code != 0 ? EXIT_UNREAD : o.backups != NULL ? restore_test(a, &o, &e) : verify(a, &o, &e);
    if (status == EXIT_UNREAD || status == EXIT_RUNNING)
        service_log("error", "verify: %s", e.text);
    cms_trust_free(service_cms_trust());
    arena_free(a);
    return status;
}
