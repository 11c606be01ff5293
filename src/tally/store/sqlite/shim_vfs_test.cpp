// A file of the shim is followed in memory by the file of the system's VFS, to which it hands everything on.

#include "tally/store/sqlite/shim_vfs_test.hpp"

#include <sqlite3.h>

namespace tally::sqlite {
namespace {

struct ShimFile {
    sqlite3_file base;
    bool wal;
};

ShimVfs controls;

sqlite3_vfs* system_vfs() { return sqlite3_vfs_find("unix"); }
sqlite3_file* inner(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<ShimFile*>(file) + 1);
}
const sqlite3_io_methods& of(sqlite3_file* file) { return *inner(file)->pMethods; }

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
    if (controls.full) return SQLITE_FULL;
    if (controls.writes_fail) return SQLITE_IOERR_WRITE;
    return of(file).xWrite(inner(file), data, size, at);
}

int sync(sqlite3_file* file, int flags) {
    if (controls.flush_fails) return SQLITE_IOERR_FSYNC;
    if (reinterpret_cast<ShimFile*>(file)->wal) ++controls.wal_flushes;
    return of(file).xSync(inner(file), flags);
}

const sqlite3_io_methods methods = {
    .iVersion = 2,  // no memory map
    .xClose = [](sqlite3_file* file) { return of(file).xClose(inner(file)); },
    .xRead = [](sqlite3_file* file, void* data, int size,
                sqlite3_int64 at) { return of(file).xRead(inner(file), data, size, at); },
    .xWrite = write,
    .xTruncate = [](sqlite3_file* file, sqlite3_int64 size) { return of(file).xTruncate(inner(file), size); },
    .xSync = sync,
    .xFileSize = [](sqlite3_file* file, sqlite3_int64* size) { return of(file).xFileSize(inner(file), size); },
    .xLock = [](sqlite3_file* file, int lock) { return of(file).xLock(inner(file), lock); },
    .xUnlock = [](sqlite3_file* file, int lock) { return of(file).xUnlock(inner(file), lock); },
    .xCheckReservedLock = [](sqlite3_file* file,
                             int* locked) { return of(file).xCheckReservedLock(inner(file), locked); },
    .xFileControl = [](sqlite3_file* file, int op, void* arg) { return of(file).xFileControl(inner(file), op, arg); },
    .xSectorSize = [](sqlite3_file* file) { return of(file).xSectorSize(inner(file)); },
    .xDeviceCharacteristics = [](sqlite3_file* file) { return of(file).xDeviceCharacteristics(inner(file)); },
    .xShmMap = [](sqlite3_file* file, int page, int size, int extend,
                  volatile void** at) { return of(file).xShmMap(inner(file), page, size, extend, at); },
    .xShmLock = [](sqlite3_file* file, int offset, int n,
                   int flags) { return of(file).xShmLock(inner(file), offset, n, flags); },
    .xShmBarrier = [](sqlite3_file* file) { of(file).xShmBarrier(inner(file)); },
    .xShmUnmap = [](sqlite3_file* file, int remove) { return of(file).xShmUnmap(inner(file), remove); },
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto* shim = reinterpret_cast<ShimFile*>(file);
    shim->wal = (flags & SQLITE_OPEN_WAL) != 0;
    const int code = system_vfs()->xOpen(system_vfs(), name, inner(file), flags, out_flags);
    shim->base.pMethods = inner(file)->pMethods != nullptr ? &methods : nullptr;
    return code;
}

int sleep(sqlite3_vfs*, int microseconds) {
    ++controls.sleeps;
    return microseconds;
}

void register_shim() {
    static sqlite3_vfs vfs = *system_vfs();
    vfs.zName = "shim";
    vfs.pNext = nullptr;
    vfs.szOsFile = static_cast<int>(sizeof(ShimFile)) + system_vfs()->szOsFile;
    vfs.xOpen = open;
    vfs.xSleep = sleep;
    sqlite3_vfs_register(&vfs, 0);
}

}  // namespace

void ShimVfs::reset() {
    wal_flushes = 0;
    full = false;
    flush_fails = false;
    writes_fail = false;
    sleeps = 0;
}

ShimVfs& shim_vfs() {
    static const bool registered = (sqlite3_initialize(), register_shim(), true);
    static_cast<void>(registered);
    return controls;
}

}  // namespace tally::sqlite
