#include "file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_MAX_LEN 4000

static int fault(struct err *e, const char *path)
{
    return err_fault(e, "%s: %s", path, strerror(errno));
}

static bool read_all(int fd, char *text, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = read(fd, text + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool write_all(int fd, struct bytes data)
{
    for (size_t done = 0; done < data.len;) {
        ssize_t n = write(fd, data.data + done, data.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

int file_read(struct arena *a, const char *path, size_t max, struct bytes *ret, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat st;
    if (fd < 0 && errno == ENOENT)
        return err_raise(e, ERR_NOT_FOUND, NULL, NULL, "there is no %s", path);
    if (fd < 0)
        return fault(e, path);
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size > max) {
        close(fd);
        return err_fault(e, "%s: no file of at most %zu bytes", path, max);
    }
    char *text = arena_alloc(a, (size_t)st.st_size + 1);
    bool ok = read_all(fd, text, (size_t)st.st_size);
    close(fd);
    if (!ok)
        return err_fault(e, "%s: shorter than it says", path);
    *ret = (struct bytes){(const uint8_t *)text, (size_t)st.st_size};
    return ERR_NONE;
}

/* The folder's own entry must be on the disk, or a power cut brings the old name back. */
static int sync_folder_of(const char *path, struct err *e)
{
    char folder[PATH_MAX_LEN];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    snprintf(folder, sizeof folder, "%.*s", len > 0 ? (int)len : 1, len > 0 ? path : ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok ? 0 : fault(e, folder);
}

/* a file beside ${path}, whole and on the disk */
static int write_beside(const char *path, struct bytes data, mode_t mode, char ret_beside[PATH_MAX_LEN], struct err *e)
{
    if (snprintf(ret_beside, PATH_MAX_LEN, "%s.new", path) >= PATH_MAX_LEN)
        return err_fault(e, "a path is too long");
    unlink(ret_beside);   /* what an interrupted run left */
    int fd = open(ret_beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    bool ok = fd >= 0 && write_all(fd, data) && fsync(fd) == 0;
    int code = ok ? 0 : fault(e, ret_beside);
    if (fd >= 0)
        close(fd);
    if (!ok)
        unlink(ret_beside);
    return code;
}

int file_replace(const char *path, struct bytes data, mode_t mode, struct err *e)
{
    char beside[PATH_MAX_LEN];
    int code = write_beside(path, data, mode, beside, e);
    if (code != 0)
        return code;
    if (rename(beside, path) != 0) {
        code = fault(e, path);
        unlink(beside);
        return code;
    }
    return sync_folder_of(path, e);
}

int file_create(const char *path, struct bytes data, mode_t mode, struct err *e)
{
    char beside[PATH_MAX_LEN];
    int code = write_beside(path, data, mode, beside, e);
    if (code != 0)
        return code;
    /* link does not replace, so of two makers one wins */
    if (link(beside, path) != 0)
        code = errno == EEXIST ? err_raise(e, ERR_EXISTS, NULL, NULL, "%s is there already", path) : fault(e, path);
    unlink(beside);
    return code != 0 ? code : sync_folder_of(path, e);
}

int file_remove(const char *path, struct err *e)
{
    if (unlink(path) != 0)
        return errno == ENOENT ? 0 : fault(e, path);
    return sync_folder_of(path, e);
}

int file_folder(const char *path, mode_t mode, struct err *e)
{
    struct stat st;
    if (mkdir(path, mode) == 0)
        return sync_folder_of(path, e);
    if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return 0;
    return fault(e, path);
}

int file_lock(const char *path, int *ret_fd, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc = -1;
    if (fd >= 0)
        while ((rc = flock(fd, LOCK_EX)) != 0 && errno == EINTR)
            continue;
    if (rc == 0) {
        *ret_fd = fd;
        return 0;
    }
    fault(e, path);
    file_close(&fd);
    return ERR_FAULT;
}

void file_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

int file_journal(const char *path, mode_t mode, int *ret_fd, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return fault(e, path);
    int code = sync_folder_of(path, e);
    if (code != 0) {
        close(fd);
        return code;
    }
    *ret_fd = fd;
    return 0;
}

int file_append(int fd, struct bytes line, struct err *e)
{
    if (!write_all(fd, line) || fsync(fd) != 0)
        return fault(e, "journal");
    return 0;
}
