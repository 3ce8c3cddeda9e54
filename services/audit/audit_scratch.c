#include "audit_scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit_settings.h"
#include "db/migrate.h"
#include "file/file.h"

#define PORT "5497"                   /* names the socket file only */
#define OWNER "stemma_admin"
#define START_TRIES 600
#define SOCKET "/tmp/stemma-replay-"
#define SOCKET_LINK "socket"          /* in the folder: where its socket is */
#define START_WAIT_US 50000

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static void remove_folder(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Its words go to ${log}; it ends with us. */
static pid_t start(const char *log, char *const words[])
{
    pid_t parent = getpid(), pid = fork();
    if (pid != 0)
        return pid;
    int null = open("/dev/null", O_RDONLY), out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (getppid() != parent || null < 0 || out < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        _exit(127);
    execv(words[0], words);
    _exit(127);
}

static char *program(struct arena *a, const char *name)
{
    return arena_printf(a, "%s/%s", audit_config.postgres, name);
}

/* Outside of its folder, which is gone when somebody comes to read it. */
static const char *log_of(struct arena *a, const struct audit_scratch *s)
{
    return arena_printf(a, "%s.log", s->folder);
}

int audit_scratch_run(struct arena *a, const struct audit_scratch *s, char *words[], struct err *e)
{
    const char *log = log_of(a, s);
    int status = -1;
    words[0] = program(a, words[0]);
    pid_t pid = start(log, words);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        return err_fault(e, "%s failed: see %s", words[0], log);
    return 0;
}

static int init_cluster(struct arena *a, const struct audit_scratch *s, const char *locale, struct err *e)
{
    char *words[] = {arena_text(a, "initdb"), arena_printf(a, "--pgdata=%s/data", s->folder), arena_text(a, "--username=" OWNER),
                           arena_text(a, "--auth=trust"), arena_text(a, "--encoding=UTF8"), arena_printf(a, "--locale=%s", locale),
                           arena_text(a, "--no-sync"), NULL};
    return audit_scratch_run(a, s, words, e);
}

/* Nothing here outlives a crash, so nothing waits for the disk; nothing is compiled while it runs, which the unit's
 * sandbox forbids. */
static int start_server(struct arena *a, struct audit_scratch *s, struct err *e)
{
    char *const words[] = {program(a, "postgres"), arena_text(a, "-D"), arena_printf(a, "%s/data", s->folder),
                           arena_text(a, "-k"), arena_text(a, s->socket), arena_text(a, "-p"), arena_text(a, PORT),
                           arena_text(a, "-h"), arena_text(a, ""), arena_text(a, "-F"), arena_text(a, "-c"),
                           arena_text(a, "full_page_writes=off"), arena_text(a, "-c"), arena_text(a, "synchronous_commit=off"),
                           arena_text(a, "-c"), arena_text(a, "timezone=UTC"), arena_text(a, "-c"), arena_text(a, "jit=off"), NULL};
    const char *log = log_of(a, s);
    s->server = start(log, words);
    for (int i = 0; s->server > 0 && i < START_TRIES; i++) {
        struct db *db = NULL;
        if (db_open(audit_scratch_conninfo(a, s, NULL), "replay", NULL, 0, &db, e) == 0) {
            db_close(db);
            return 0;
        }
        if (waitpid(s->server, NULL, WNOHANG) == s->server)
            s->server = 0;
        usleep(START_WAIT_US);
    }
    return err_fault(e, "the scratch database does not start: see %s", log);
}

static int fill(struct arena *a, const struct audit_scratch *s, struct err *e)
{
    struct migrate_report report;
    struct bytes script;
    struct db *db = NULL;
    const char *conninfo = audit_scratch_conninfo(a, s, NULL);
    int code = migrate_run(a, conninfo, audit_config.sql, &report, e);
    if (code == 0)
        code = file_read(a, arena_printf(a, "%s/replay/scratch.sql", audit_config.sql), 1 << 20, &script, e);
    if (code == 0)
        code = db_open(conninfo, "replay", NULL, 0, &db, e);
    if (code == 0)
        code = db_script(db, (const char *)script.data, e);
    db_close(db);
    return code;
}

void audit_scratch_sweep(struct arena *a)
{
    static const char *const names[] = {"scratch", "restore"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *folder = arena_printf(a, "%s/%s", audit_config.memory, names[i]);
        char socket[64];
        ssize_t n = readlink(arena_printf(a, "%s/" SOCKET_LINK, folder), socket, sizeof socket - 1);
        socket[n > 0 ? n : 0] = '\0';
        if (strncmp(socket, SOCKET, strlen(SOCKET)) == 0 && strchr(socket + strlen(SOCKET), '/') == NULL)
            remove_folder(socket);
        remove_folder(folder);
        unlink(arena_printf(a, "%s.log", folder));
    }
}

int audit_scratch_empty(struct arena *a, const char *name, const char *locale, struct audit_scratch *ret, struct err *e)
{
    char socket[] = SOCKET "XXXXXX";      /* the kernel takes 107 bytes of socket path: not in the memory folder */
    *ret = (struct audit_scratch){.folder = arena_printf(a, "%s/%s", audit_config.memory, name)};
    remove_folder(ret->folder);
    int code = file_folder(ret->folder, 0700, e);
    if (code == 0 && mkdtemp(socket) == NULL)
        code = err_fault(e, "no folder for a socket: %s", strerror(errno));
    if (code != 0)
        return code;
    ret->socket = arena_text(a, socket);
    if (symlink(socket, arena_printf(a, "%s/" SOCKET_LINK, ret->folder)) != 0)
        return err_fault(e, "no folder for a socket: %s", strerror(errno));
    code = init_cluster(a, ret, locale, e);
    if (code == 0)
        code = start_server(a, ret, e);
    return code;
}

int audit_scratch_begin(struct arena *a, const char *locale, struct audit_scratch *ret, struct err *e)
{
    int code = audit_scratch_empty(a, "scratch", locale, ret, e);
    return code != 0 ? code : fill(a, ret, e);
}

void audit_scratch_end(struct audit_scratch *s)
{
    if (s->server > 0) {
        kill(s->server, SIGQUIT);
        waitpid(s->server, NULL, 0);
    }
    if (s->socket != NULL)
        remove_folder(s->socket);
    if (s->folder != NULL)
        remove_folder(s->folder);
    *s = (struct audit_scratch){0};
}

const char *audit_scratch_conninfo(struct arena *a, const struct audit_scratch *s, const char *service)
{
    return arena_printf(a, "host=%s port=" PORT " dbname=postgres user=%s%s", s->socket, service == NULL ? OWNER : "stemma_",
                        service == NULL ? "" : service);
}
