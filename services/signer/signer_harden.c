#include "signer_harden.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

/* What a signer never does: start programs, look into others, reach out, change the machine. */
static const int forbidden[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(connect),
    SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(setns), SCMP_SYS(unshare),
    SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(keyctl), SCMP_SYS(add_key),
    SCMP_SYS(request_key), SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime), SCMP_SYS(io_uring_setup), SCMP_SYS(pidfd_getfd), SCMP_SYS(kcmp),
#ifndef __SANITIZE_ADDRESS__   /* the leak check of the dev preset traces its own process */
    SCMP_SYS(ptrace),
#endif
};

/* Stream sockets to listen on; the interfaces are looked up over netlink. Nothing else. */
static bool allow_sockets(scmp_filter_ctx filter)
{
    static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
    bool ok = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 2, SCMP_A0(SCMP_CMP_EQ, AF_INET),
                               SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_DGRAM)) == 0 &&
              seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 2, SCMP_A0(SCMP_CMP_EQ, AF_INET6),
                               SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_DGRAM)) == 0;
    for (int family = 0; ok && family < 64; family++) {
        bool wanted = false;
        for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
            wanted = wanted || families[i] == family;
        if (!wanted)
            ok = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
                                  SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family)) == 0;
    }
    return ok;
}

static int filter_calls(struct err *e)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool ok = filter != NULL && allow_sockets(filter);
    for (size_t i = 0; ok && i < sizeof forbidden / sizeof forbidden[0]; i++)
        ok = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), forbidden[i], 0) == 0;
    ok = ok && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ok ? 0 : err_fault(e, "the system call filter cannot be put up");
}

/* Under a small limit later allocations would fail, argon2id's first; then only what is there now is locked. */
static bool lock_memory(void)
{
    struct rlimit limit;
    bool free_hand = getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
    return mlockall(free_hand ? MCL_CURRENT | MCL_FUTURE : MCL_CURRENT) == 0;
}

int signer_harden(bool *ret_locked, struct err *e)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    *ret_locked = lock_memory();
#else
    *ret_locked = false && lock_memory();   /* the sanitizer's shadow would be locked too */
#endif
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return filter_calls(e);
}
