// Wrappers of libc's calls, for this program and every library in it.

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>

#include "torture/faults.hpp"

namespace backorderd::torture {
namespace {

/// What stands behind the wrapper of this name.
template <class Function>
Function* behind(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

template <class Write>
ssize_t writeFaulty(std::size_t bytes, Write write) {
    if (!comesNow(Call::Write)) return write(bytes);
    const int error = sharedTrace().error;
    if (error > 0) return -1;
    const auto written = write((bytes + 1) / 2);
    if (error == kShortWrite) return written;
    errno = ENOSPC;
    return -1;
}

/// A connection on which a transfer failed has ended.
bool breaks(Call call, int socket) {
    if (!comesNow(call)) return false;
    const int why = errno;
    shutdown(socket, SHUT_RDWR);
    errno = why;
    return true;
}

}  // namespace
}  // namespace backorderd::torture

using backorderd::torture::behind;
using backorderd::torture::breaks;
using backorderd::torture::Call;
using backorderd::torture::comesNow;
using backorderd::torture::writeFaulty;

extern "C" {

// -- Files
// -----------------------------------------------------------------------------------------

static mode_t modeOf(int flags, va_list& more) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
}

int open(const char* path, int flags, ...) {
    static auto* const real = behind<int(const char*, int, ...)>("open");
    va_list more;
    va_start(more, flags);
    const auto mode = modeOf(flags, more);
    va_end(more);
    return comesNow(Call::Open) ? -1 : real(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    static auto* const real = behind<int(const char*, int, ...)>("open64");
    va_list more;
    va_start(more, flags);
    const auto mode = modeOf(flags, more);
    va_end(more);
    return comesNow(Call::Open) ? -1 : real(path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
    static auto* const real = behind<int(int, const char*, int, ...)>("openat");
    va_list more;
    va_start(more, flags);
    const auto mode = modeOf(flags, more);
    va_end(more);
    return comesNow(Call::Open) ? -1 : real(folder, path, flags, mode);
}
FILE* fopen(const char* path, const char* mode) {
    static auto* const real = behind<FILE*(const char*, const char*)>("fopen");
    return comesNow(Call::Open) ? nullptr : real(path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
    static auto* const real = behind<FILE*(const char*, const char*)>("fopen64");
    return comesNow(Call::Open) ? nullptr : real(path, mode);
}

ssize_t read(int file, void* to, std::size_t bytes) {
    static auto* const real = behind<ssize_t(int, void*, std::size_t)>("read");
    return comesNow(Call::Read) ? -1 : real(file, to, bytes);
}
ssize_t pread(int file, void* to, std::size_t bytes, off_t at) {
    static auto* const real = behind<ssize_t(int, void*, std::size_t, off_t)>("pread");
    return comesNow(Call::Read) ? -1 : real(file, to, bytes, at);
}
ssize_t pread64(int file, void* to, std::size_t bytes, off64_t at) {
    static auto* const real = behind<ssize_t(int, void*, std::size_t, off64_t)>("pread64");
    return comesNow(Call::Read) ? -1 : real(file, to, bytes, at);
}

ssize_t write(int file, const void* from, std::size_t bytes) {
    static auto* const real = behind<ssize_t(int, const void*, std::size_t)>("write");
    return writeFaulty(bytes, [&](std::size_t some) { return real(file, from, some); });
}
ssize_t pwrite(int file, const void* from, std::size_t bytes, off_t at) {
    static auto* const real = behind<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
    return writeFaulty(bytes, [&](std::size_t some) { return real(file, from, some, at); });
}
ssize_t pwrite64(int file, const void* from, std::size_t bytes, off64_t at) {
    static auto* const real = behind<ssize_t(int, const void*, std::size_t, off64_t)>("pwrite64");
    return writeFaulty(bytes, [&](std::size_t some) { return real(file, from, some, at); });
}
ssize_t writev(int file, const iovec* parts, int count) {
    static auto* const real = behind<ssize_t(int, const iovec*, int)>("writev");
    return comesNow(Call::Write) ? (errno = EIO, -1) : real(file, parts, count);
}

int fsync(int file) {
    static auto* const real = behind<int(int)>("fsync");
    return comesNow(Call::Sync) ? -1 : real(file);
}
int fdatasync(int file) {
    static auto* const real = behind<int(int)>("fdatasync");
    return comesNow(Call::Sync) ? -1 : real(file);
}
int ftruncate(int file, off_t size) noexcept {
    static auto* const real = behind<int(int, off_t)>("ftruncate");
    return comesNow(Call::Truncate) ? -1 : real(file, size);
}
int ftruncate64(int file, off64_t size) noexcept {
    static auto* const real = behind<int(int, off64_t)>("ftruncate64");
    return comesNow(Call::Truncate) ? -1 : real(file, size);
}
int posix_fallocate(int file, off_t from, off_t bytes) {
    static auto* const real = behind<int(int, off_t, off_t)>("posix_fallocate");
    return comesNow(Call::Truncate) ? errno : real(file, from, bytes);
}
/// What is closed stays closed, whatever the call says.
int close(int file) {
    static auto* const real = behind<int(int)>("close");
    const bool fails = comesNow(Call::Close);
    const int why = errno;
    const int done = real(file);
    if (!fails) return done;
    errno = why;
    return -1;
}
int rename(const char* from, const char* to) noexcept {
    static auto* const real = behind<int(const char*, const char*)>("rename");
    return comesNow(Call::Rename) ? -1 : real(from, to);
}
int unlink(const char* path) noexcept {
    static auto* const real = behind<int(const char*)>("unlink");
    return comesNow(Call::Unlink) ? -1 : real(path);
}
int remove(const char* path) noexcept {
    static auto* const real = behind<int(const char*)>("remove");
    return comesNow(Call::Unlink) ? -1 : real(path);
}

int stat(const char* path, struct stat* to) noexcept {
    static auto* const real = behind<int(const char*, struct stat*)>("stat");
    return comesNow(Call::Stat) ? -1 : real(path, to);
}
int stat64(const char* path, struct stat64* to) noexcept {
    static auto* const real = behind<int(const char*, struct stat64*)>("stat64");
    return comesNow(Call::Stat) ? -1 : real(path, to);
}
int lstat(const char* path, struct stat* to) noexcept {
    static auto* const real = behind<int(const char*, struct stat*)>("lstat");
    return comesNow(Call::Stat) ? -1 : real(path, to);
}
int lstat64(const char* path, struct stat64* to) noexcept {
    static auto* const real = behind<int(const char*, struct stat64*)>("lstat64");
    return comesNow(Call::Stat) ? -1 : real(path, to);
}
int fstat(int file, struct stat* to) noexcept {
    static auto* const real = behind<int(int, struct stat*)>("fstat");
    return comesNow(Call::Stat) ? -1 : real(file, to);
}
int fstat64(int file, struct stat64* to) noexcept {
    static auto* const real = behind<int(int, struct stat64*)>("fstat64");
    return comesNow(Call::Stat) ? -1 : real(file, to);
}
int access(const char* path, int mode) noexcept {
    static auto* const real = behind<int(const char*, int)>("access");
    return comesNow(Call::Stat) ? -1 : real(path, mode);
}
int statvfs(const char* path, struct statvfs* to) noexcept {
    static auto* const real = behind<int(const char*, struct statvfs*)>("statvfs");
    return comesNow(Call::Stat) ? -1 : real(path, to);
}

int fcntl(int file, int what, ...) {
    static auto* const real = behind<int(int, int, ...)>("fcntl");
    va_list more;
    va_start(more, what);
    void* const argument = va_arg(more, void*);
    va_end(more);
    return comesNow(Call::Control) ? -1 : real(file, what, argument);
}
int fcntl64(int file, int what, ...) {
    static auto* const real = behind<int(int, int, ...)>("fcntl64");
    va_list more;
    va_start(more, what);
    void* const argument = va_arg(more, void*);
    va_end(more);
    return comesNow(Call::Control) ? -1 : real(file, what, argument);
}
int flock(int file, int what) noexcept {
    static auto* const real = behind<int(int, int)>("flock");
    return comesNow(Call::Control) ? -1 : real(file, what);
}
void* mmap(void* at, std::size_t bytes, int allows, int flags, int file, off_t from) noexcept {
    static auto* const real = behind<void*(void*, std::size_t, int, int, int, off_t)>("mmap");
    return comesNow(Call::Map) ? MAP_FAILED : real(at, bytes, allows, flags, file, from);
}
void* mmap64(void* at, std::size_t bytes, int allows, int flags, int file, off64_t from) noexcept {
    static auto* const real = behind<void*(void*, std::size_t, int, int, int, off64_t)>("mmap64");
    return comesNow(Call::Map) ? MAP_FAILED : real(at, bytes, allows, flags, file, from);
}

int mkdir(const char* path, mode_t mode) noexcept {
    static auto* const real = behind<int(const char*, mode_t)>("mkdir");
    return comesNow(Call::Folder) ? -1 : real(path, mode);
}
DIR* opendir(const char* path) {
    static auto* const real = behind<DIR*(const char*)>("opendir");
    return comesNow(Call::Folder) ? nullptr : real(path);
}
dirent* readdir(DIR* folder) {
    static auto* const real = behind<dirent*(DIR*)>("readdir");
    return comesNow(Call::Folder) ? nullptr : real(folder);
}
dirent64* readdir64(DIR* folder) {
    static auto* const real = behind<dirent64*(DIR*)>("readdir64");
    return comesNow(Call::Folder) ? nullptr : real(folder);
}
ssize_t getrandom(void* to, std::size_t bytes, unsigned flags) {
    static auto* const real = behind<ssize_t(void*, std::size_t, unsigned)>("getrandom");
    return comesNow(Call::Random) ? -1 : real(to, bytes, flags);
}

// -- Sockets
// ---------------------------------------------------------------------------------------

int socket(int family, int type, int protocol) noexcept {
    static auto* const real = behind<int(int, int, int)>("socket");
    return comesNow(Call::Socket) ? -1 : real(family, type, protocol);
}
int epoll_create1(int flags) noexcept {
    static auto* const real = behind<int(int)>("epoll_create1");
    return comesNow(Call::Socket) ? -1 : real(flags);
}
int eventfd(unsigned start, int flags) noexcept {
    static auto* const real = behind<int(unsigned, int)>("eventfd");
    return comesNow(Call::Socket) ? -1 : real(start, flags);
}
int connect(int socket, const sockaddr* to, socklen_t size) {
    static auto* const real = behind<int(int, const sockaddr*, socklen_t)>("connect");
    return comesNow(Call::Connect) ? -1 : real(socket, to, size);
}
ssize_t send(int socket, const void* from, std::size_t bytes, int flags) {
    static auto* const real = behind<ssize_t(int, const void*, std::size_t, int)>("send");
    return breaks(Call::Send, socket) ? -1 : real(socket, from, bytes, flags);
}
ssize_t sendmsg(int socket, const msghdr* message, int flags) {
    static auto* const real = behind<ssize_t(int, const msghdr*, int)>("sendmsg");
    return breaks(Call::Send, socket) ? -1 : real(socket, message, flags);
}
ssize_t recv(int socket, void* to, std::size_t bytes, int flags) {
    static auto* const real = behind<ssize_t(int, void*, std::size_t, int)>("recv");
    return breaks(Call::Receive, socket) ? -1 : real(socket, to, bytes, flags);
}
ssize_t recvmsg(int socket, msghdr* message, int flags) {
    static auto* const real = behind<ssize_t(int, msghdr*, int)>("recvmsg");
    return breaks(Call::Receive, socket) ? -1 : real(socket, message, flags);
}
int poll(pollfd* files, nfds_t count, int milliseconds) {
    static auto* const real = behind<int(pollfd*, nfds_t, int)>("poll");
    return comesNow(Call::Wait) ? -1 : real(files, count, milliseconds);
}
int epoll_wait(int set, epoll_event* events, int most, int milliseconds) {
    static auto* const real = behind<int(int, epoll_event*, int, int)>("epoll_wait");
    return comesNow(Call::Wait) ? -1 : real(set, events, most, milliseconds);
}
int epoll_ctl(int set, int what, int file, epoll_event* event) noexcept {
    static auto* const real = behind<int(int, int, int, epoll_event*)>("epoll_ctl");
    return comesNow(Call::Socket) ? -1 : real(set, what, file, event);
}

}  // extern "C"
