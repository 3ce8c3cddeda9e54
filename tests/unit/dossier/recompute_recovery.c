/* What is lost of a closed log comes from that log's own last checkpoint, not from whoever says so. */
#include "support/test.h"

#include <string.h>

#include "contract/contract.h"
#include "crypto/digest.h"
#include "dossier/recompute.h"
#include "ledger/note.h"

#define BODY "{\"closed_origin\":\"lab.example/2025\",\"closed_root\":\"07" ZEROS "\",\"closed_size\":90,\"kept_size\":%d,\"lost\":%d," \
             "\"reason\":\"The disk failed.\",\"stream\":\"SYS\"}\n"
#define ZEROS "00000000000000000000000000000000000000000000000000000000000000"

static int check(struct arena *a, int kept, int lost, size_t attachments)
{
    static const uint8_t root[DIGEST_LEN] = {7}, signature[NOTE_SIGNATURE] = {1}, public[NOTE_PUBLIC] = {2};
    const struct note_key key = note_key_make(a, "lab.example/2025", NOTE_KEY_ED25519, public);
    struct bytes note = note_text(a, note_body(a, "lab.example/2025", 90, root), note_line_text(a, &key, signature));
    struct attachment att = {.name = "checkpoint", .len = (int64_t)note.len};
    digest_sha256(note.data, note.len, att.sha256);
    const struct zip_member file = {.name = hex_text(a, att.sha256, DIGEST_LEN), .data = note};
    const struct dossier dossier = {.attachment = &file, .attachment_count = attachments};
    const char *body = arena_printf(a, BODY, kept, lost);
    const struct dossier_entry entry = {.entry = {.att = &att, .att_count = 1},
                                        .statement = {.type = "sequencer.recover", .body = {(const uint8_t *)body, strlen(body)}}};
    const struct recompute_case c = {a, &dossier, NULL, &entry, ARENA_NEW(a, struct recompute_memory)};
    struct err e;
    int code = recompute_check(recompute_row(recompute_rows(), "sequencer.recover"), &c, &e);
    if (code != 0)
        print_message("%s\n", e.text);
    return code;
}

CASE(L05_what_a_recovery_says_is_lost_comes_from_the_closed_log)
{
    struct arena *a = arena_new(0);
    assert_int_equal(check(a, 80, 10, 1), 0);
    assert_int_equal(check(a, 90, 0, 1), 0);
    assert_int_equal(check(a, 80, 9, 1), ERR_DOSSIER_REFUSED);
    assert_int_equal(check(a, 91, -1, 1), ERR_DOSSIER_REFUSED);
    assert_int_equal(check(a, 80, 10, 0), ERR_DOSSIER_REFUSED);
    arena_free(a);
}
