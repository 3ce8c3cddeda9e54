/*
 * Files that must survive a power cut: replaced whole or appended to, on the disk before the caller goes on. For keys,
 * journals and states; the record itself lives in the database. A path is used as it is given; no folder is searched.
 */
#pragma once
#include <sys/types.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

/** file_read(a, path, max, ret, e): the whole file, a NUL behind it, in ${a}. ERR_NOT_FOUND if there is none; a fault if
 *  it is longer than ${max} or cannot be read. */
int file_read(struct arena *a, const char *path, size_t max, struct bytes *ret, struct err *e);

/** file_replace(path, data, mode, e): ${path} holds ${data}, or still what it held before; on the disk when it returns. */
int file_replace(const char *path, struct bytes data, mode_t mode, struct err *e);

/** file_create(path, data, mode, e): as file_replace, but ERR_EXISTS when there is such a file. */
int file_create(const char *path, struct bytes data, mode_t mode, struct err *e);

/** file_remove(path, e): gone, on the disk too; no refusal when it was not there. */
int file_remove(const char *path, struct err *e);

/** file_folder(path, mode, e): a folder there, made if need be; its parent must exist. */
int file_folder(const char *path, mode_t mode, struct err *e);

/** file_lock(path, ret_fd, e): wait until no other process holds the lock of ${path}, a file that is there and is only opened
 *  to read; held until the caller closes the descriptor (file_close, for CLEANUP(file_close) int fd). */
int file_lock(const char *path, int *ret_fd, struct err *e);
void file_close(int *fd);

/** file_journal(path, mode, ret_fd, e): open ${path} to append to. The caller closes the descriptor. */
int file_journal(const char *path, mode_t mode, int *ret_fd, struct err *e);

/** file_append(fd, line, e): ${line} at the end of the journal, on the disk when it returns. */
int file_append(int fd, struct bytes line, struct err *e);
