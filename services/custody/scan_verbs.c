/* What a scan names, and where that is: the bench asks before it acts, so that a wrong container is told from a wrong place. */
#include "custody_store.h"
#include "domain/scan.h"
#include "record/record.h"
#include "verbs.h"

static int scan_facts(struct call *c, struct err *e)
{
    const struct scan_request *in = c->in;
    struct scan s;
    struct err unread;
    (void)e;
    if (scan_read(c->arena, in->text, &s, &unread) != 0)      /* refused when it is known who asks */
        s = (struct scan){.symbology = ""};
    call_ask(c, store_row(ROW_SCAN),
             DB_VALUES(db_text(s.container_id), db_text(s.donation_number), db_text(s.lot_number), db_text(s.stream_id)));
    return 0;
}

static int scan_decide(struct call *c, struct err *e)
{
    const struct scan_request *in = c->in;
    struct scan_answer *out = c->out;
    const struct db_rows *rows = &c->answers[0];
    struct scan s;
    int code = scan_read(c->arena, in->text, &s, e);
    for (size_t i = 0; i < s.piece_count && code == 0; i++) {
        struct scan_part *part = record_list_add(c->arena, &record_scan_part, &out->parts);
        *part = (struct scan_part){s.piece[i].number, s.piece[i].name, s.piece[i].content};
    }
    for (int i = 0; i < rows->rows && code == 0; i++)
        code = db_row_record(c->arena, &record_scan_hit, rows, i, record_list_add(c->arena, &record_scan_hit, &out->found), e);
    out->symbology = s.symbology;
    return code;
}

const struct handler custody_scan_verb = {scan_facts, scan_decide, NULL, NULL};
