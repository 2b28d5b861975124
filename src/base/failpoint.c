#include "base/failpoint.h"

#include "base/text.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define SOON_US 300

_Atomic int failpoint_armed = FAIL_NONE;
static _Atomic int64_t passes_left;

static const char *const names[FAIL_N] = {
        [FAIL_NONE] = "none",
        [FAIL_BEFORE_CALL] = "before_call",
        [FAIL_AFTER_EFFECT] = "after_effect",
        [FAIL_BEFORE_COMMIT] = "before_commit",
        [FAIL_AFTER_COMMIT] = "after_commit",
        [FAIL_DURING_CHECKPOINT] = "during_checkpoint",
        [FAIL_DURING_CURSOR_SAVE] = "during_cursor_save",
        [FAIL_BEFORE_LEDGER] = "before_ledger",
        [FAIL_BEFORE_ACK] = "before_ack",
};

const char *failpoint_name(enum failpoint place)
{
        return names[place];
}

int failpoint_arm(const char *spec)
{
        const char *colon = strchrnul(spec, ':');
        size_t n = (size_t)(colon - spec);
        int64_t nth = 1;
        int place = FAIL_NONE;

        if (*colon && text_to_int(colon + 1, 1, 1000000, &nth))
                return FAILPOINT_E_NAME;
        for (int i = FAIL_NONE; n > 0; i++) {
                if (i == FAIL_N)
                        return FAILPOINT_E_NAME;
                if (strlen(names[i]) == n && !memcmp(names[i], spec, n)) {
                        place = i;
                        break;
                }
        }
        /* Disarmed between: a thread that comes by must not count down the old number for the new place. */
        atomic_store(&failpoint_armed, FAIL_NONE);
        atomic_store(&passes_left, nth);
        atomic_store(&failpoint_armed, place);
        return 0;
}

static bool last_pass(void)
{
        return atomic_fetch_sub(&passes_left, 1) == 1;
}

void failpoint_hit(enum failpoint place)
{
        (void)place;
        if (!last_pass())
                return;
        kill(getpid(), SIGKILL);
        for (;;)
                pause();
}

/* The timer's signal is nobody's: its default action ends the process, from whichever thread it finds. */
void failpoint_hit_soon(enum failpoint place)
{
        const struct itimerval soon = {.it_value.tv_usec = SOON_US};

        (void)place;
        if (last_pass())
                setitimer(ITIMER_REAL, &soon, NULL);
}
