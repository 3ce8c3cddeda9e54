#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "crypto/digest.h"
#include "file/file.h"

/* names people type for verbs that they use all day */
static const struct {
    const char *first, *second, *verb;
} shortcuts[] = {
    {"step", "verify", "batch.step_verify"}, {"step", NULL, "batch.step"},        {"test", "report", "quality.test_report"},
    {"test", "review", "quality.test_review"},
    {"test", "import", "quality.file_import"}, {"test", "list", "quality.results"}, {"release", "gate", "release.gate"},
    {"release", "review", "release.review"}, {"release", "reject", "release.reject"}, {"release", "list", "release.dispositions"},
    {"release", "certify", "release.certify"}, {"release", "pending", "release.pending"},
    {"release", "worklist", "release.worklist"},
    {"release", "exception", "release.except_show"}, {"release", "notify", "release.except_notify"},
    {"release", NULL, "release.release"},    {"reject", NULL, "release.reject"},  {"dossier", NULL, "audit.dossier"},
    {"export", NULL, "audit.export"},
    {"label", "apply", "custody.label_apply"}, {"label", "end", "custody.label_end"}, {"label", "witness", "custody.label_witness"},
    {"label", NULL, "custody.label"},        {"labels", NULL, "custody.labels"},
    {"correct", "test", "quality.test_correct"}, {"correct", "fill", "batch.fill_correct"}, {"correct", "transfer", "custody.correct"},
    {"correct", "donor", "source.donor_correct"}, {"correct", "collection", "source.collection_correct"},
    {"correct", NULL, "batch.correct"}, {"void", NULL, "batch.void"},
    {"whoami", NULL, "access.whoami"},       {"history", NULL, "audit.entries"},  {"status", NULL, "sequencer.status"},
    {"person", "keys", "signer.keys"},       {"person", "list", "access.people"}, {"person", "work", "access.open_work"},
    {"person", "review", "access.account_review"}, {"person", "reviews", "access.account_reviews"},
    {"health", NULL, "service.health"},      {"metrics", NULL, "service.metrics"},
    {"receipt", NULL, "audit.receipt"},      {"plan", NULL, "audit.plan"},
    {"trace", NULL, "custody.trace"},        {"reconcile", NULL, "custody.reconcile"},
    {"ship", "pack", "custody.ship_pack"},   {"ship", "unpack", "custody.ship_unpack"}, {"ship", "receive", "custody.ship_receive"},
    {"shipments", NULL, "custody.shipments"}, {"excursions", NULL, "custody.excursions"}, {"calibrations", NULL, "quality.failed_calibrations"}, {"readings", NULL, "custody.unit_readings"},
    {"sample", "take", "custody.sample_take"}, {"sample", "send", "custody.sample_send"}, {"sample", "receive", "custody.sample_receive"},
    {"tag", "out", "batch.equipment_tag_out"}, {"tag", "in", "batch.equipment_tag_in"}, {"clean", NULL, "batch.equipment_clean"},
    {"vial", "open", "batch.material_open"}, {"vial", "correct", "batch.vial_correct"}, {"vial", "discard", "batch.vial_discard"}, {"vials", NULL, "batch.vials"},
    {"line", "clear", "batch.line_clear"},   {"line", "verify", "batch.line_verify"},
    {"sample", "end", "custody.sample_end"}, {"samples", NULL, "custody.samples"},
    {"pool", "verify", "custody.pool_verify"}, {"pool", NULL, "custody.pool"},
    {"recall", "mock", "custody.mock_recall"}, {"recall", NULL, "custody.recall"},
};

bool cli_shortcut(size_t i, const char **ret_first, const char **ret_second)
{
    if (i >= sizeof shortcuts / sizeof shortcuts[0])
        return false;
    *ret_first = shortcuts[i].first;
    *ret_second = shortcuts[i].second;
    return true;
}

const struct verb_row *cli_verb(char **words, int count, int *ret_used)
{
    char name[80];
    if (count == 0)
        return NULL;
    *ret_used = 1;
    const struct verb_row *row = verb_find(words[0]);
    if (row != NULL)
        return row;
    *ret_used = 2;
    for (size_t i = 0; i < sizeof shortcuts / sizeof shortcuts[0]; i++) {
        bool second = shortcuts[i].second != NULL;
        if (strcmp(words[0], shortcuts[i].first) == 0 && (!second || (count > 1 && strcmp(words[1], shortcuts[i].second) == 0))) {
            *ret_used = 1 + second;
            return verb_find(shortcuts[i].verb);
        }
    }
    if (count < 2)
        return NULL;
    snprintf(name, sizeof name, "%.30s.%.40s", words[0], words[1]);
    for (char *p = name; *p != '\0'; p++)
        if (*p == '-')
            *p = '_';
    return verb_find(name);
}

/* `list.first=second`: one more row whose first fields are these */
static int add_row(struct cli *cli, const struct record_type *type, int field, const char *first, const char *second,
                   void *record, struct err *e)
{
    const struct field *f = &type->fields[field];
    void *row = record_list_add(cli->arena, f->rows, record_at(type, (size_t)field, record));
    int code = record_from_text(cli->arena, f->rows, f->rows->fields[0].name, first, row, e);
    if (code == 0 && second[0] != '\0' && f->rows->count > 1)
        code = record_from_text(cli->arena, f->rows, f->rows->fields[1].name, second, row, e);
    return code;
}

/* the next required field that has no value yet */
static int next_required(const struct record_type *type, const void *record)
{
    for (size_t i = 0; i < type->count; i++) {
        unsigned flags = type->fields[i].flags;
        if ((flags & (FLAG_REQUIRED | FLAG_KEY)) != 0 && (flags & FLAG_COMPUTED) == 0 && record_is_absent(type, i, record))
            return (int)i;
    }
    return -1;
}

static int refuse_word(struct cli *cli, const struct record_type *type, const char *word, size_t n, struct err *e)
{
    struct buf names = buf_new(cli->arena);
    for (size_t i = 0; i < type->count; i++)
        if ((type->fields[i].flags & FLAG_COMPUTED) == 0)
            buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", type->fields[i].name);
    const char *name = arena_printf(cli->arena, "%.*s", (int)(n < 60 ? n : 60), word);
    if (word[n] == '=')
        return err_raise(e, ERR_FIELD_UNKNOWN, name, "", "%s is none of: %s.", name, names.len > 0 ? names.text : "(no fields)");
    return err_raise(e, ERR_FIELD_UNKNOWN, name, "", "%s is one value too many.", name);
}

/* `@PATH`: the bytes of that file; and their digest, where the record has a field for it beside */
static int fill_file(struct cli *cli, const struct record_type *type, int field, const char *path, void *record, struct err *e)
{
    const struct field *f = &type->fields[field];
    uint8_t sha256[DIGEST_LEN];
    struct bytes data;
    int code = file_read(cli->arena, path, field_max(f), &data, e);
    if (code != 0)
        return code > 0 ? err_raise(e, code, f->name, "", "There is no file %.200s.", path) : code;
    *(struct bytes *)record_at(type, (size_t)field, record) = data;
    const char *beside = arena_printf(cli->arena, "%s_sha256", f->name);
    int digest = record_field(type, beside, strlen(beside));
    if (digest < 0 || type->fields[digest].kind != FIELD_DIGEST)
        return 0;
    digest_sha256(data.data, data.len, sha256);
    *(const char **)record_at(type, (size_t)digest, record) = hex_text(cli->arena, sha256, sizeof sha256);
    return 0;
}

/* set one field; `now` stands for the time it is */
static int fill_field(struct cli *cli, const struct record_type *type, int field, const char *text, void *record, struct err *e)
{
    char now[CLOCK_TEXT];
    bool is_now = type->fields[field].kind == FIELD_TIME && strcmp(text, "now") == 0;
    if (type->fields[field].kind == FIELD_BYTES && text[0] == '@')
        return fill_file(cli, type, field, text + 1, record, e);
    if (is_now)
        clock_to_text(clock_ms(), now);
    return record_from_text(cli->arena, type, type->fields[field].name, is_now ? now : text, record, e);
}

static int fill_word(struct cli *cli, const struct record_type *type, const char *word, void *record, struct err *e)
{
    size_t n = strcspn(word, "=");
    size_t dot = strcspn(word, ".");
    int field = word[n] == '=' ? record_field(type, word, n) : -1;
    if (field >= 0)
        return fill_field(cli, type, field, word + n + 1, record, e);
    field = dot < n ? record_field(type, word, dot) : -1;
    if (field >= 0 && type->fields[field].kind == FIELD_LIST && word[n] == '=')
        return add_row(cli, type, field, arena_dup(cli->arena, word + dot + 1, n - dot - 1), word + n + 1, record, e);
    /* what looks like a name that was mistyped is not taken for a value: values with = in them need their name */
    bool is_named = n > 0 && word[n] == '=' && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_.") == n;
    field = is_named ? -1 : next_required(type, record);
    if (field < 0)
        return refuse_word(cli, type, word, n, e);
    return fill_field(cli, type, field, word, record, e);
}

int cli_fill(struct cli *cli, const struct record_type *type, char **words, int count, void *record, struct err *e)
{
    if (count == 1 && words[0][0] == '{')
        return record_from_json(cli->arena, type, words[0], strlen(words[0]), RECORD_CLIENT, record, e);
    for (int i = 0; i < count; i++) {
        int code = fill_word(cli, type, words[i], record, e);
        if (code != 0)
            return code;
    }
    return 0;
}

int cli_check_missing(struct cli *cli, const struct verb_row *row, const void *record, struct err *e)
{
    struct buf names = buf_new(cli->arena);
    const char *first = NULL;
    for (size_t i = 0; i < row->in->count; i++) {
        const struct field *f = &row->in->fields[i];
        if ((f->flags & FLAG_REQUIRED) == 0 || (f->flags & (FLAG_COMPUTED | FLAG_ASSIGNED)) != 0 || !record_is_absent(row->in, i, record))
            continue;
        buf_printf(&names, "%s%s", first != NULL ? ", " : "", f->name);
        first = first != NULL ? first : f->name;
    }
    return first == NULL ? 0 : err_raise(e, ERR_FIELD_MISSING, first, "", "Missing: %s.", names.text);
}
