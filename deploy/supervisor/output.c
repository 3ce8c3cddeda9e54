#include "output.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define LINE_MAX_BYTES 8192
#define FILE_MAX_BYTES (64L * 1024 * 1024)
#define PATH_BYTES 4096

struct output {
    char name[64], path[PATH_BYTES], all_path[PATH_BYTES];
    int fd, all_fd;
    size_t len;
    char line[LINE_MAX_BYTES];
};

static int log_open(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
}

/* Several programs share all.log; whoever finds it too long turns it over, the others notice by its inode. */
static void log_turn(int *fd, const char *path)
{
    struct stat open_file, named;
    if (fstat(*fd, &open_file) != 0)
        return;
    bool is_moved = stat(path, &named) != 0 || named.st_ino != open_file.st_ino;
    if (!is_moved && open_file.st_size < FILE_MAX_BYTES)
        return;
    if (!is_moved) {
        char old[PATH_BYTES + 2];
        snprintf(old, sizeof old, "%s.1", path);
        if (rename(path, old) != 0)
            return;
    }
    int fresh = log_open(path);
    if (fresh < 0)
        return;
    close(*fd);
    *fd = fresh;
}

static void log_write(int *fd, const char *path, const char *text, size_t len)
{
    log_turn(fd, path);
    ssize_t n = write(*fd, text, len);
    if (n < 0)
        return;   /* a full disk loses log lines, never a program */
}

static void line_write(struct output *o)
{
    char prefixed[LINE_MAX_BYTES + 96];
    o->line[o->len] = '\n';
    log_write(&o->fd, o->path, o->line, o->len + 1);
    int n = snprintf(prefixed, sizeof prefixed, "%-10s | %.*s\n", o->name, (int)o->len, o->line);
    log_write(&o->all_fd, o->all_path, prefixed, (size_t)n);
    o->len = 0;
}

struct output *output_new(const char *folder, const char *name)
{
    struct output *o = calloc(1, sizeof *o);
    if (o == NULL)
        return NULL;
    snprintf(o->name, sizeof o->name, "%s", name);
    snprintf(o->path, sizeof o->path, "%s/%s.log", folder, name);
    snprintf(o->all_path, sizeof o->all_path, "%s/all.log", folder);
    o->fd = log_open(o->path);
    o->all_fd = log_open(o->all_path);
    return o->fd < 0 || o->all_fd < 0 ? output_free(o) : o;
}

struct output *output_free(struct output *o)
{
    if (o == NULL)
        return NULL;
    if (o->len > 0)
        line_write(o);
    if (o->fd >= 0)
        close(o->fd);
    if (o->all_fd >= 0)
        close(o->all_fd);
    free(o);
    return NULL;
}

void output_add(struct output *o, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (data[i] == '\n' || o->len == LINE_MAX_BYTES - 1)
            line_write(o);
        if (data[i] != '\n')
            o->line[o->len++] = data[i];
    }
}

void output_note(struct output *o, const char *format, ...)
{
    char at[CLOCK_TEXT], text[512], line[640];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    clock_to_text(clock_ms(), at);
    int n = snprintf(line, sizeof line, "%s supervisor: %s\n", at, text);
    if (o->len > 0)
        line_write(o);
    output_add(o, line, (size_t)n);
}
