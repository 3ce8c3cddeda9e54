/* Answers that are files: dossier, label, receipt, exports. Written where --out says, else under the name that the service gives. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define LONG_MS 120000   /* a dossier of a large batch, an export of one */

static int write_file(const char *path, struct bytes data, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    size_t done = 0;
    while (fd >= 0 && done < data.len) {
        ssize_t n = write(fd, data.data + done, data.len - done);
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    if (fd < 0 || done < data.len || fsync(fd) != 0 || close(fd) != 0)
        return err_fault(e, "cannot write %s", path);
    return 0;
}

/* what a service calls a file is a name in this folder, no path out of it */
static int check_name(const char *name, struct err *e)
{
    return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL ? 0 : err_fault(e, "the service calls the file %.80s", name);
}

/* ${name} and ${file} lie in ${out}, the answer */
static int fetch(struct cli *cli, const struct verb_row *row, const void *in, void *out, const char *const *name,
                 const struct bytes *file, const char **ret_path)
{
    struct err e;
    desk_timeout(cli->desk, LONG_MS);
    int code = desk_call(cli->desk, cli->arena, row->name, in, out, &e);
    if (code == 0)
        code = check_name(*name, &e);
    if (code == 0) {
        *ret_path = cli->out != NULL ? cli->out : *name;
        code = write_file(*ret_path, *file, &e);
    }
    return code == 0 ? 0 : cli_refused(cli, code, &e);
}

/* ${text} for people; as JSON the path among ${before} and ${after} */
static int say(struct cli *cli, const char *path, const char *text, const char *before, const char *after)
{
    struct buf b = buf_new(cli->arena);
    cli_put_json(&b, path);
    if (cli->json)
        printf("{%s\"file\":%s%s}\n", before, b.text, after);
    else
        printf("%s: %s\n", path, text);
    return 0;
}

int cli_dossier(struct cli *cli, const struct verb_row *row, void *in)
{
    struct dossier_file out = {0};
    const char *path;
    if (cli->redacted)
        ((struct dossier_request *)in)->redacted = 1;
    int status = fetch(cli, row, in, &out, &out.file_name, &out.file, &path);
    if (status != 0)
        return status;
    const long long n = (long long)out.entries;
    return say(cli, path, arena_printf(cli->arena, "entries 1 to %lld (seq 0 to %lld). Verify: stemma-verify %s --trust DIR", n, n - 1, path),
               arena_printf(cli->arena, "\"entries\":%lld,", n), "");
}

int cli_label(struct cli *cli, const struct verb_row *row, void *in)
{
    struct label_file out = {0};
    const char *path;
    int status = fetch(cli, row, in, &out, &out.file_name, &out.file, &path);
    if (status != 0)
        return status;
    const long long copy = (long long)out.copy;
    return say(cli, path, arena_printf(cli->arena, "copy %lld", copy), arena_printf(cli->arena, "\"copy\":%lld,", copy), "");
}

int cli_receipt(struct cli *cli, const struct verb_row *row, void *in)
{
    struct log_receipt out = {0};
    const char *path;
    int status = fetch(cli, row, in, &out, &out.file_name, &out.file, &path);
    if (status != 0)
        return status;
    const long long leaf = (long long)out.leaf_index, size = (long long)out.checkpoint_size;
    return say(cli, path, arena_printf(cli->arena, "leaf %lld of %lld. Verify: stemma-verify %s --trust DIR", leaf, size, path),
               arena_printf(cli->arena, "\"checkpoint_size\":%lld,", size), arena_printf(cli->arena, ",\"leaf_index\":%lld", leaf));
}

/* where file ${name} (B-1.steps.csv) of ${count} is written: as -o says; one of several by its own name behind that */
static const char *export_path(struct cli *cli, const char *name, size_t count)
{
    if (cli->out == NULL || count == 1)
        return cli->out != NULL ? cli->out : name;
    size_t stem = strlen(cli->out), ending = strlen(".csv");
    if (stem > ending && strcmp(cli->out + stem - ending, ".csv") == 0)
        stem -= ending;
    return arena_printf(cli->arena, "%.*s%s", (int)stem, cli->out, name + strcspn(name, "."));
}

int cli_export(struct cli *cli, const struct verb_row *row, void *in)
{
    struct err e;
    struct export_files out;
    desk_timeout(cli->desk, LONG_MS);
    int code = desk_call(cli->desk, cli->arena, row->name, in, &out, &e);
    struct buf b = buf_new(cli->arena);
    for (size_t i = 0; code == 0 && i < out.files.count; i++) {
        const struct export_file *file = LIST_AT(out.files, struct export_file, i);
        const char *path = export_path(cli, file->file_name, out.files.count);
        code = check_name(file->file_name, &e);
        if (code == 0)
            code = write_file(path, file->file, &e);
        buf_put(&b, i > 0 ? cli->json ? "," : "\n" : "");
        if (cli->json)
            cli_put_json(&b, path);
        else
            buf_put(&b, path);
    }
    if (code != 0)
        return cli_refused(cli, code, &e);
    if (cli->json)
        printf("{\"files\":[%s]}\n", b.text);
    else
        puts(b.text);
    return 0;
}
