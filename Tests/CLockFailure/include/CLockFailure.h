// A file system without locks, for tests: the test binary's own flock stands in front of the C library's.

#ifndef STORMO_LOCK_FAILURE_H
#define STORMO_LOCK_FAILURE_H

/// From now on, flock answers ENOLCK for files whose path begins so.
void stormo_fail_locks_under(const char *path);

#endif
