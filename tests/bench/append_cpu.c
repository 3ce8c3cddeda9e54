#include "append_cpu.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static size_t read_text(const char *path, char *ret, size_t size)
{
    FILE *f = fopen(path, "rb");
    size_t n = f == NULL ? 0 : fread(ret, 1, size - 1, f);
    if (f != NULL)
        fclose(f);
    for (size_t i = 0; i < n; i++)
        if (ret[i] == '\0')
            ret[i] = ' ';
    ret[n] = '\0';
    return n;
}

/* Fields 4 (parent), 14 and 15 (user, system) of /proc/PID/stat; the name may hold anything but ends with the last ')'. */
static int read_stat(const char *pid, long *ret_parent, double *ret_us)
{
    char path[300], text[2000];
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    if (read_text(path, text, sizeof text) == 0)
        return -1;
    const char *at = strrchr(text, ')');
    if (at == NULL || sscanf(at + 1, " %*c %ld %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", ret_parent, &user, &system) != 3)
        return -1;
    *ret_us = (double)(user + system) * 1e6 / (double)sysconf(_SC_CLK_TCK);
    return 0;
}

void cpu_read(const char *house, struct cpu *ret)
{
    char path[600], text[4096];
    *ret = (struct cpu){0};
    snprintf(path, sizeof path, "%s/cluster/data/postmaster.pid", house);
    long postmaster = read_text(path, text, sizeof text) > 0 ? strtol(text, NULL, 10) : -1;
    DIR *proc = opendir("/proc");
    for (struct dirent *d = proc != NULL ? readdir(proc) : NULL; d != NULL; d = readdir(proc)) {
        long parent;
        double us;
        if (!isdigit((unsigned char)d->d_name[0]) || read_stat(d->d_name, &parent, &us) != 0)
            continue;
        snprintf(path, sizeof path, "/proc/%s/cmdline", d->d_name);
        read_text(path, text, sizeof text);
        if (parent == postmaster)
            ret->postgres += us;
        else if (strstr(text, house) != NULL && strstr(text, "/stemma-batch ") != NULL)
            ret->service += us;
        else if (strstr(text, house) != NULL && strstr(text, "/stemma-sequencer ") != NULL)
            ret->sequencer += us;
    }
    if (proc != NULL)
        closedir(proc);
    struct rusage own;
    getrusage(RUSAGE_SELF, &own);
    ret->client = (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) * 1e6 + (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec);
}
