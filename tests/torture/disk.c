/*
 * No room on the disk. With --disk (a small file system of our own) a ballast file takes what is left; else the
 * servers' files may not grow beyond what they are, which the kernel says in other words (EFBIG). The platform must be
 * told to come again, and nothing that was acknowledged may be missing afterwards.
 */
#include "torture/torture.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROUNDS 3

static int fill(const struct cast *c)
{
        static char block[65536];
        char path[4096];
        int fd;

        snprintf(path, sizeof path, "%s/ballast", c->data[0]);
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (fd < 0)
                give_up("%s: %s", path, strerror(errno));
        while (write(fd, block, sizeof block) > 0)
                ;
        close(fd);
        return 0;
}

static void empty(const struct cast *c)
{
        char path[4096];

        snprintf(path, sizeof path, "%s/ballast", c->data[0]);
        unlink(path);
}

/* Of all servers; RLIM_INFINITY lifts it. */
static void limit_files(struct cast *c, rlim_t bytes)
{
        const struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};

        pthread_mutex_lock(&c->lock);
        for (int64_t i = 0; i < c->o->processes; i++)
                if (c->server[i].pid && prlimit(c->server[i].pid, RLIMIT_FSIZE, &limit, NULL))
                        give_up("the size of files cannot be limited: %s", strerror(errno));
        pthread_mutex_unlock(&c->lock);
}

/* The smallest of the files that grow: none of them may go on. */
static rlim_t smallest(const struct cast *c)
{
        DIR *dir = opendir(c->data[0]);
        rlim_t least = 1 << 30;
        struct dirent *e;
        struct stat st;
        char path[4096];

        while (dir && (e = readdir(dir))) {
                snprintf(path, sizeof path, "%s/%s", c->data[0], e->d_name);
                if (strstr(e->d_name, ".db") && !strstr(e->d_name, "-shm") && !stat(path, &st) && (rlim_t)st.st_size < least)
                        least = (rlim_t)st.st_size;
        }
        if (dir)
                closedir(dir);
        return least;
}

void play_disk(struct load *l)
{
        struct cast *c = l->cast;
        size_t before;

        for (int i = 0; i < ROUNDS; i++) {
                pause_ms(c->o->seconds * 1000);
                before = l->truth->turned_away;
                fprintf(progress, "  disk: full\n");
                if (c->o->disk)
                        fill(c);
                else
                        limit_files(c, smallest(c));
                pause_ms(c->o->seconds * 1000);
                if (c->o->disk)
                        empty(c);
                else
                        limit_files(c, RLIM_INFINITY);
                fprintf(progress, "  disk: room again; %zu callbacks were asked to come again\n",
                        l->truth->turned_away - before);
        }
        /* Not each time: there may be room inside of the files. */
        if (l->truth->turned_away == 0)
                give_up("nothing was ever turned away from a full disk");
        pause_ms(c->o->seconds * 1000);
}
