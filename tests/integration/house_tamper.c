/* Whoever owns the tables can change them; nobody can do so unseen: `audit.verify` names stream and entry. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "house_support.h"
#include "support/house.h"

static const struct audit_report *verify(void)
{
    static struct audit_report report;
    struct err e;
    struct house_person *ruth = house_login("U-RUTH");
    desk_timeout(ruth->desk, 300000);
    if (desk_call(ruth->desk, house_arena(), "audit.verify", NULL, &report, &e) != 0)
        fail_msg("audit.verify: %s", e.text);
    return &report;
}

static bool names(const struct audit_report *r, const char *stream, long long seq)
{
    for (size_t i = 0; i < r->faults.count; i++) {
        const struct audit_fault *f = LIST_AT(r->faults, struct audit_fault, i);
        if (strcmp(f->stream, stream) == 0 && f->seq == seq)
            return true;
        print_message("also found: %s %lld %s %s\n", f->stream, (long long)f->seq, f->rule, f->text);
    }
    return false;
}

/* Triggers are off for whoever may turn them off: that is the point. */
static void as_owner(const char *sql)
{
    house_sql(arena_printf(house_arena(), "set session_replication_role = replica; %s", sql));
}

static const char *newest(const char *letter, int seq)
{
    const char *stream = house_sql(arena_printf(house_arena(),
        "select stream from ledger.entry where stream like '%s-%%' and seq = %d order by time_ms desc limit 1", letter, seq));
    return arena_text(house_arena(), stream);
}

static void spoil_and_find(const char *stream, long long seq, const char *spoil)
{
    assert_int_equal(verify()->holds, 1);
    as_owner("create table if not exists public.kept as select * from ledger.entry where false");
    as_owner(arena_printf(house_arena(), "insert into public.kept select * from ledger.entry where stream = '%s' and seq = %lld",
                          stream, seq));
    as_owner(spoil);
    const struct audit_report *report = verify();
    bool is_found = report->holds == 0 && names(report, stream, seq);
    as_owner(arena_printf(house_arena(), "delete from ledger.entry where stream = '%s' and seq = %lld; "
                          "insert into ledger.entry select * from public.kept; drop table public.kept", stream, seq));
    assert_true(is_found);
    assert_int_equal(verify()->holds, 1);
}

CASE(tamper_edited_statement_is_named)
{
    const char *stream = newest("B", 2);
    spoil_and_find(stream, 2, arena_printf(house_arena(),
        "update ledger.entry set statement = set_byte(statement, length(statement) - 4, get_byte(statement, length(statement) - 4) # 1) "
        "where stream = '%s' and seq = 2", stream));
}

CASE(tamper_edited_entry_is_named)
{
    const char *stream = newest("D", 1);
    spoil_and_find(stream, 1, arena_printf(house_arena(),
        "update ledger.entry set bytes = set_byte(bytes, length(bytes) - 10, get_byte(bytes, length(bytes) - 10) # 1) "
        "where stream = '%s' and seq = 1", stream));
}

CASE(tamper_edited_signature_is_named)
{
    const char *stream = newest("C", 0);
    spoil_and_find(stream, 0, arena_printf(house_arena(),
        "update ledger.entry set signature = set_byte(signature, length(signature) - 4, get_byte(signature, length(signature) - 4) # 1) "
        "where stream = '%s' and seq = 0", stream));
}

CASE(tamper_deleted_newest_entry_is_named)
{
    const char *stream = newest("B", 3);
    long long seq = strtoll(house_sql(arena_printf(house_arena(), "select max(seq) from ledger.entry where stream = '%s'",
                                                   stream)), NULL, 10);
    spoil_and_find(stream, seq, arena_printf(house_arena(), "delete from ledger.entry where stream = '%s' and seq = %lld",
                                             stream, seq));
}
