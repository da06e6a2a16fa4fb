#define _GNU_SOURCE
#include "CLockFailure.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { most = 16, longest = 4096 };
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static char places[most][longest];
static int count;

void stormo_fail_locks_under(const char *path) {
    pthread_mutex_lock(&guard);
    if (count < most) snprintf(places[count++], longest, "%s", path);
    pthread_mutex_unlock(&guard);
}

int flock(int descriptor, int operation) {
    char link[64], path[longest];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    int fails = 0;
    pthread_mutex_lock(&guard);
    for (int i = 0; length > 0 && i < count; i++)
        fails |= strncmp(path, places[i], strlen(places[i])) == 0;
    pthread_mutex_unlock(&guard);
    if (fails) {
        errno = ENOLCK;
        return -1;
    }
    return (int)syscall(SYS_flock, descriptor, operation);
}
