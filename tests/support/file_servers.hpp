#pragma once

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

/// Real servers of files on loopback: OpenSSH's sshd and ProFTPD, started by the test for each
/// connection, as inetd would, so that nobody has to wait until one listens.
namespace backorderd::test {

/// Runs a program to its end.
inline void runTool(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int failed =
        ::posix_spawnp(&child, arguments[0], &quiet, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&quiet);
    int status = 1;
    if (failed != 0 || ::waitpid(child, &status, 0) != child || status != 0)
        throw std::runtime_error(words.front() + " did not do its work");
}

/// Listens on loopback, and gives each connection to a new process as its input and output.
class SpawningServer {
public:
    SpawningServer(boost::asio::io_context& io, std::vector<std::string> command, std::string log)
        : command_{std::move(command)},
          log_{std::move(log)},
          acceptor_{io, {boost::asio::ip::address_v4::loopback(), 0}} {
        accept();
    }
    ~SpawningServer() {
        for (const pid_t child : children_) {
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
        }
    }
    SpawningServer(const SpawningServer&) = delete;
    SpawningServer& operator=(const SpawningServer&) = delete;

    unsigned short port() const { return acceptor_.local_endpoint().port(); }
    std::size_t connections() const { return children_.size(); }

private:
    void accept() {
        acceptor_.async_accept(
            [this](boost::system::error_code failed, boost::asio::ip::tcp::socket socket) {
                if (failed) return;
                spawn(socket);
                accept();
            });
    }

    void spawn(boost::asio::ip::tcp::socket& socket) {
        socket.native_non_blocking(false);
        std::vector<char*> arguments;
        for (auto& word : command_) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        posix_spawn_file_actions_adddup2(&files, socket.native_handle(), 0);
        posix_spawn_file_actions_adddup2(&files, socket.native_handle(), 1);
        posix_spawn_file_actions_addopen(&files, 2, log_.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                         0600);
        pid_t child = 0;
        const int failed =
            ::posix_spawn(&child, arguments[0], &files, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&files);
        if (failed != 0) throw std::runtime_error(command_.front() + " cannot be started");
        children_.push_back(child);
    }

    std::vector<std::string> command_;
    std::string log_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::vector<pid_t> children_;
};

/// A folder of this test, with the keys and certificates of the servers, and `export` for what they
/// serve.
class ServerRoom {
public:
    ServerRoom() {
        std::string name = (std::filesystem::temp_directory_path() / "servers-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
        root = name;
        std::filesystem::create_directory(exported());
    }
    ~ServerRoom() {
        std::error_code ignored;
        std::filesystem::remove_all(root, ignored);
    }
    ServerRoom(const ServerRoom&) = delete;
    ServerRoom& operator=(const ServerRoom&) = delete;

    std::string path(const std::string& name) const { return root / name; }
    std::string exported() const { return path("export"); }
    /// Puts a file on the servers that was last changed at that second.
    void serve(const std::string& name, const std::string& text, long changed = 1'772'441'000) {
        write("export/" + name, text);
        const timespec times[2]{{changed, 0}, {changed, 0}};
        ::utimensat(AT_FDCWD, path("export/" + name).c_str(), times, 0);
    }
    void write(const std::string& name, const std::string& text) {
        std::ofstream{path(name), std::ios::binary} << text;
        ::chmod(path(name).c_str(), 0600);
    }
    std::string read(const std::string& name) const {
        std::ifstream file{path(name), std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    std::filesystem::path root;
};

/// sshd, which lets the user that runs the tests in with the key `user_key`.
inline std::unique_ptr<SpawningServer> startSshd(boost::asio::io_context& io, ServerRoom& room) {
    for (const std::string key : {"host_key", "user_key", "other_key"})
        runTool({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", room.path(key)});
    std::filesystem::copy_file(room.path("user_key.pub"), room.path("authorized_keys"));
    room.write("sshd_config", "HostKey " + room.path("host_key") + "\nAuthorizedKeysFile " +
                                  room.path("authorized_keys") +
                                  "\nStrictModes no\nUsePAM no\nPidFile none\n"
                                  "PasswordAuthentication no\nPermitRootLogin yes\n"
                                  "Subsystem sftp internal-sftp\n");
    // The folder that Debian's unit makes for it; only root needs it, and may make it.
    if (::geteuid() == 0) ::mkdir("/run/sshd", 0755);
    return std::make_unique<SpawningServer>(
        io, std::vector<std::string>{"/usr/sbin/sshd", "-i", "-e", "-f", room.path("sshd_config")},
        room.path("sshd.log"));
}

/// `SHA256:…` of a key that `startSshd` made.
inline std::string fingerprintOf(const ServerRoom& room, const std::string& key) {
    runTool({"sh", "-c",
             "ssh-keygen -l -f " + room.path(key + ".pub") + " > " + room.path(key + ".print")});
    const std::string print = room.read(key + ".print");
    const auto begin = print.find("SHA256:");
    return print.substr(begin, print.find(' ', begin) - begin);
}

inline std::string userName() { return ::getpwuid(::geteuid())->pw_name; }

/// ProFTPD with TLS, whose user `erp` has the password `kept-secret`. `implicit`: TLS from the
/// first byte on.
inline std::unique_ptr<SpawningServer> startProftpd(boost::asio::io_context& io, ServerRoom& room,
                                                    bool implicit) {
    runTool({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout",
             room.path("tls.key"), "-out", room.path("tls.pem"), "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1"});
    const std::string user = std::to_string(::geteuid());
    const std::string group = std::to_string(::getegid());
    room.write("users",
               "erp:$6$backorderd$77tFCVUdaPcjeuiKyi0eHASM5UKH2bSEeyl.EudJcgtgTXphN4EM."
               "nEJnB8r64ISt65mZIowaj5MXr9XOjkvr.:" +
                   user + ":" + group + ":erp:" + room.exported() + ":/bin/sh\n");
    room.write("proftpd.conf",
               "ModulePath /usr/lib/proftpd\nLoadModule mod_tls.c\nServerType inetd\n"
               "DefaultServer on\nDefaultAddress 127.0.0.1\nRootLogin on\nRequireValidShell "
               "off\nUseIPv6 off\n"
               "WtmpLog off\nTransferLog none\nScoreboardFile none\nDelayEngine off\n"
               "UseReverseDNS off\nAuthOrder mod_auth_file.c\nAuthUserFile " +
                   room.path("users") + "\nSystemLog " + room.path("proftpd.log") +
                   "\nTLSEngine on\nTLSRequired on\nTLSLog none\nTLSVerifyClient off\n"
                   "TLSRSACertificateFile " +
                   room.path("tls.pem") + "\nTLSRSACertificateKeyFile " + room.path("tls.key") +
                   "\n" + (implicit ? "TLSOptions UseImplicitSSL\n" : ""));
    return std::make_unique<SpawningServer>(
        io, std::vector<std::string>{"/usr/sbin/proftpd", "-c", room.path("proftpd.conf")},
        room.path("proftpd.err"));
}

}  // namespace backorderd::test
