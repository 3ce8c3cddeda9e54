#include "audit_verbs.h"

#include <string.h>

#include "audit_check.h"
#include "audit_dossier.h"
#include "audit_store.h"
#include "base/zone.h"
#include "crypto/digest.h"
#include "paper/paper.h"
#include "wire/client.h"

#define DOSSIER_ARENA ((size_t)1 << 30)

static struct wire_client *client;

int audit_init(struct db *db, struct err *e)
{
    (void)db;
    int code = zone_set(audit_config.zone, e);
    if (code != 0)
        return code;
    code = wire_client_new(audit_config.common.curve_secret, audit_config.common.curve_public, audit_config.directory,
                               &client, e);
    if (code == 0)
        wire_client_timeout(client, 60000);
    return code;
}

void audit_done(void)
{
    client = wire_client_free(client);
}

static int sign_manifest(void *ctx, struct arena *a, struct bytes manifest, struct bytes *ret_p7s, struct err *e)
{
    struct sign_manifest in = {.manifest = arena_dup(a, manifest.data, manifest.len)};
    struct signature out;
    (void)ctx;
    int code = wire_serve(client, a, "signer.sign_manifest", &in, &out, e);
    if (code == 0)
        *ret_p7s = out.signature;
    return code;
}

static int sign_paper(void *ctx, struct arena *a, struct bytes document, struct bytes *ret_p7s, struct err *e)
{
    const struct sign_document in = {.document = document};
    struct signature out;
    (void)ctx;
    int code = wire_serve(client, a, "signer.sign_document", &in, &out, e);
    if (code == 0)
        *ret_p7s = out.signature;
    return code;
}

static void list_file(struct call *c, struct log_export *ret, const char *file_name, struct bytes file)
{
    struct log_export_file *row = record_list_add(c->arena, &record_log_export_file, &ret->files);
    char *sha256 = arena_alloc(c->arena, DIGEST_HEX);
    row->file_name = file_name;
    row->file_sha256 = digest_hex(file.data, file.len, sha256);
}

/* Nothing leaves the house before the log has who took it (R37). */
static int record_export(struct call *c, struct log_export *what, struct err *e)
{
    what->person_id = c->who->person_id;
    what->terminal_id = c->who->terminal_id;
    return wire_serve(client, c->arena, "sequencer.exported", what, NULL, e);
}

static int decide_dossier(struct call *c, struct err *e)
{
    const struct dossier_request *in = c->in;
    struct dossier_file *out = c->out;
    struct log_state log;
    int code = wire_serve(client, c->arena, "sequencer.seal", NULL, &log, e);
    if (code != 0)
        return code;
    const struct dossier_signer signer = {sign_manifest, NULL};
    const struct dossier_signer paper_signer = {sign_paper, NULL};
    const bool redacted = in->redacted == 1;
    const struct audit_dossier_settings settings = {audit_config.pki, &signer, &paper_signer, audit_config.fonts, redacted};
    struct arena *a = arena_new(DOSSIER_ARENA);
    struct dossier d;
    struct bytes file;
    code = audit_dossier(c->db, a, &settings, in->batch_id, &d, &file, e);
    if (code == 0) {
        out->file_name = arena_printf(c->arena, "%s%s.asice", in->batch_id, redacted ? "-redacted" : "");
        out->entries = (int64_t)dossier_stream(&d, in->batch_id)->count;
        out->checkpoint_size = (int64_t)d.size;
        out->file = (struct bytes){(const uint8_t *)arena_dup(c->arena, file.data, file.len), file.len};
    }
    arena_free(a);
    if (code != 0)
        return code;
    struct log_export what = {.subject = in->batch_id, .kind = "dossier", .redacted = redacted};
    list_file(c, &what, out->file_name, out->file);
    return record_export(c, &what, e);
}

static int decide_export(struct call *c, struct err *e)
{
    const struct export_request *in = c->in;
    struct export_files *out = c->out;
    struct log_state log;
    struct zip_member *files;
    size_t count = 0;
    int code = wire_serve(client, c->arena, "sequencer.seal", NULL, &log, e);
    if (code != 0)
        return code;
    struct log_export what = {.subject = in->batch_id, .kind = in->format};
    struct arena *a = arena_new(DOSSIER_ARENA);
    code = audit_export(c->db, a, in->batch_id, in->format, &files, &count, e);
    for (size_t i = 0; i < count && code == 0; i++) {
        struct export_file *file = record_list_add(c->arena, &record_export_file, &out->files);
        file->file_name = arena_printf(c->arena, "%s.%s", in->batch_id, files[i].name);
        file->file = (struct bytes){(const uint8_t *)arena_dup(c->arena, files[i].data.data, files[i].data.len), files[i].data.len};
        list_file(c, &what, file->file_name, file->file);
    }
    arena_free(a);
    return code != 0 ? code : record_export(c, &what, e);
}

static int decide_entries(struct call *c, struct err *e)
{
    const struct entry_list *in = c->in;
    struct entry_rows *out = c->out;
    return audit_store_entries(c, in->stream, in->from_seq == INTEGER_ABSENT ? 0 : in->from_seq, &out->entries, e);
}

static int decide_statement(struct call *c, struct err *e)
{
    const struct entry_key *in = c->in;
    return audit_store_statement(c, in->stream, in->seq, c->out, e);
}

/* The sequencer may work on a large log for some seconds before it answers. */
static int decide_renew(struct call *c, struct err *e)
{
    return wire_serve(client, c->arena, "sequencer.renew", c->in, c->out, e);
}

const struct handler audit_renew_verb = {.decide = decide_renew};
const struct handler audit_dossier_verb = {.decide = decide_dossier};
const struct handler audit_export_verb = {.decide = decide_export};
const struct handler audit_entries_verb = {.decide = decide_entries};
const struct handler audit_statement_verb = {.decide = decide_statement};
