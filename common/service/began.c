#include "service/began.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/digest.h"

enum { BEGAN };
static const struct statement_row rows[] = {
    [BEGAN] = {"frame_began", "select ledger.began($1, $2, $3, $4)", 4, NULL},
};
const struct statement_table began_statements = STATEMENT_TABLE(rows);

static int digest_of(const char *path, uint8_t ret[DIGEST_LEN], struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *data = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
        data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    if (data == MAP_FAILED)
        return err_fault(e, "%s cannot be read", path);
    digest_sha256(data, (size_t)st.st_size, ret);
    munmap(data, (size_t)st.st_size);
    return 0;
}

static bool records(const struct service *service)
{
    for (size_t i = 0; i < service->verb_count; i++) {
        const struct verb_row *v = verb_find(service->verbs[i].verb);
        if (v != NULL && (v->kind == VERB_ACT || v->kind == VERB_OBSERVE))
            return true;
    }
    return false;
}

int began_tell(struct db *db, const struct service *service, const char *config, const char *version, struct err *e)
{
    uint8_t program[DIGEST_LEN], settings[DIGEST_LEN];
    if (db == NULL || service->statements == NULL || !records(service))
        return 0;
    int code = digest_of("/proc/self/exe", program, e);
    if (code == 0)
        code = digest_of(config, settings, e);
    return code != 0 ? code
                     : db_query(db, NULL, &rows[BEGAN],
                                DB_VALUES(db_text(service->config->name), db_text(version),
                                          db_bytes((struct bytes){program, DIGEST_LEN}),
                                          db_bytes((struct bytes){settings, DIGEST_LEN})), NULL, e);
}
