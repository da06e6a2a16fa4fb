#ifndef STORMO_CHDF5_SHIM_H
#define STORMO_CHDF5_SHIM_H

// HDF5 1.12 and later rename functions whose structs changed (H5Oget_info, H5Literate). This asks them for the
// 1.10 forms, so that one source serves every release; 1.10 itself does not know the macro and needs no telling.
#define H5_USE_110_API
#include <hdf5.h>

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Swift imports neither a macro that contains a cast or a call (each of these first calls H5open()), nor, under
// strict concurrency, the global variables behind them. Hence one accessor per constant.
#define CHDF5_ID(name, macro) static inline hid_t chdf5_##name(void) { return macro; }
CHDF5_ID(native_int8, H5T_NATIVE_INT8)
CHDF5_ID(native_int16, H5T_NATIVE_INT16)
CHDF5_ID(native_int32, H5T_NATIVE_INT32)
CHDF5_ID(native_int64, H5T_NATIVE_INT64)
CHDF5_ID(native_uint8, H5T_NATIVE_UINT8)
CHDF5_ID(native_uint16, H5T_NATIVE_UINT16)
CHDF5_ID(native_uint32, H5T_NATIVE_UINT32)
CHDF5_ID(native_uint64, H5T_NATIVE_UINT64)
CHDF5_ID(native_float, H5T_NATIVE_FLOAT)
CHDF5_ID(native_double, H5T_NATIVE_DOUBLE)
CHDF5_ID(native_bits8, H5T_NATIVE_B8)
CHDF5_ID(native_bits16, H5T_NATIVE_B16)
CHDF5_ID(native_bits32, H5T_NATIVE_B32)
CHDF5_ID(native_bits64, H5T_NATIVE_B64)
CHDF5_ID(c_string, H5T_C_S1)
CHDF5_ID(file_create_class, H5P_FILE_CREATE)
CHDF5_ID(file_access_class, H5P_FILE_ACCESS)
CHDF5_ID(group_create_class, H5P_GROUP_CREATE)
CHDF5_ID(link_create_class, H5P_LINK_CREATE)
CHDF5_ID(dataset_create_class, H5P_DATASET_CREATE)
CHDF5_ID(dataset_access_class, H5P_DATASET_ACCESS)
CHDF5_ID(dataset_transfer_class, H5P_DATASET_XFER)
CHDF5_ID(attribute_create_class, H5P_ATTRIBUTE_CREATE)
CHDF5_ID(link_access_class, H5P_LINK_ACCESS)
CHDF5_ID(posix_driver, H5FD_SEC2)
#undef CHDF5_ID

// The same: these macros call H5open() or cast.
static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned chdf5_read_write(void) { return H5F_ACC_RDWR; }
static inline unsigned chdf5_truncate(void) { return H5F_ACC_TRUNC; }
static inline unsigned chdf5_every_object(void) { return H5F_OBJ_ALL; }
static inline haddr_t chdf5_undefined_address(void) { return HADDR_UNDEF; }
static inline size_t chdf5_variable_length(void) { return H5T_VARIABLE; }

static inline unsigned chdf5_swmr_read(void) { return H5F_ACC_SWMR_READ; }
static inline hsize_t chdf5_unlimited(void) { return H5S_UNLIMITED; }

// Opens files without locks, for file systems that give none. A failure where the library is too old to be told.
static inline herr_t chdf5_disable_locking(hid_t access) {
#if H5_VERSION_GE(1, 12, 1) || (H5_VERSION_GE(1, 10, 7) && !H5_VERSION_GE(1, 12, 0))
    return H5Pset_file_locking(access, 0, 1);
#else
    (void)access;
    return -1;
#endif
}

// An alias for the enumerator of the newest format, which differs from release to release.
static inline H5F_libver_t chdf5_latest_format(void) { return H5F_LIBVER_LATEST; }

// Swift hides fork(), since little may be done after it in a process of several threads. Ours has one then.
static inline pid_t chdf5_fork(void) { return fork(); }

// Closes all descriptors from this one on (close_range, which glibc names since 2.34 alone).
static inline void chdf5_close_from(unsigned first) {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
#endif
    for (unsigned descriptor = first; descriptor < 4096; descriptor++) close((int)descriptor);
}

// Also where core dumps go to a program, which a limit of 0 does not keep from it.
static inline void chdf5_forbid_core_dumps(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

// From now on memory is handed out and given back full of bytes that make no address, and large pieces lie apart: so what is
// read before it is written, after it is freed or beyond its end does harm at once and not by chance. glibc alone can do it.
static inline void chdf5_make_memory_harsh(void) {
#ifdef M_PERTURB
    mallopt(M_PERTURB, 0xA5);
    mallopt(M_MMAP_THRESHOLD, 1 << 16);
#endif
}

// H5Oget_info_by_name and its struct are macros for a version of themselves, which Swift can't import. Writes the
// object's type (an H5O_type_t) and the two numbers that identify it: its file's and its address there.
static inline herr_t chdf5_object_info(hid_t location, const char *path, hid_t access, int *type,
                                       unsigned long *file, unsigned long long *address) {
    H5O_info_t info;
    herr_t status = H5Oget_info_by_name(location, path, &info, access);
    if (status >= 0) {
        *type = (int)info.type;
        *file = info.fileno;
        *address = (unsigned long long)info.addr;
    }
    return status;
}

// H5Lget_info is such a macro too (from 1.12). Writes the link's type, an H5L_type_t.
static inline herr_t chdf5_link_type(hid_t location, const char *path, hid_t access, int *type) {
    H5L_info_t info;
    herr_t status = H5Lget_info(location, path, &info, access);
    if (status >= 0) *type = (int)info.type;
    return status;
}

// The bytes of what a link that is not hard holds.
static inline herr_t chdf5_link_value_size(hid_t location, const char *path, hid_t access, size_t *size) {
    H5L_info_t info;
    herr_t status = H5Lget_info(location, path, &info, access);
    if (status >= 0) *size = info.u.val_size;
    return status;
}

// And so is H5Literate, with the struct that it hands to its callback. Visits a group's links in the order of names.
typedef herr_t (*chdf5_link_visitor)(const char *name, int link_type, void *context);
struct chdf5_link_visit {
    chdf5_link_visitor visit;
    void *context;
};
static inline herr_t chdf5_visit_link(hid_t group, const char *name, const H5L_info_t *info, void *data) {
    struct chdf5_link_visit *visit = (struct chdf5_link_visit *)data;
    (void)group;
    return visit->visit(name, (int)info->type, visit->context);
}
static inline herr_t chdf5_visit_links(hid_t group, chdf5_link_visitor visitor, void *context) {
    struct chdf5_link_visit visit = {visitor, context};
    hsize_t start = 0;
    return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &start, chdf5_visit_link, &visit);
}

#endif
