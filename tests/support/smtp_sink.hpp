#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace backorderd::test {

/// A folder that goes with the test.
class ScratchFolder {
public:
    ScratchFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "backorderd-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
        path_ = name;
        // smtp-sink writes as another user.
        ::chmod(name.c_str(), 0777);
    }
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// The contents of all files below it.
    std::vector<std::string> contents() const {
        std::vector<std::string> all;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
            if (!entry.is_regular_file()) continue;
            std::ifstream in(entry.path(), std::ios::binary);
            all.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
        }
        return all;
    }

private:
    std::filesystem::path path_;
};

/// Postfix's smtp-sink(1) on a free port of loopback, with its options for faults. It ends with the
/// object, or with the test.
class SmtpSink {
public:
    explicit SmtpSink(std::vector<std::string> options) : port_(freePort()) {
        std::vector<std::string> words{"/usr/sbin/smtp-sink"};
        if (::geteuid() == 0) words.insert(words.end(), {"-u", "nobody"});
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), {"127.0.0.1:" + std::to_string(port_), "100"});
        start(words);
    }
    ~SmtpSink() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    SmtpSink(const SmtpSink&) = delete;
    SmtpSink& operator=(const SmtpSink&) = delete;

    int port() const { return port_; }
    std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }

private:
    static sockaddr_in loopback(int port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

    static int freePort() {
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
        ::close(fd);
        return ntohs(address.sin_port);
    }

    void start(const std::vector<std::string>& words) {
        std::vector<char*> arguments;
        for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        child_ = ::fork();
        if (child_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::execv(arguments[0], arguments.data());
            ::_exit(127);
        }
        waitUntilItAccepts();
    }

    void waitUntilItAccepts() const {
        for (int i = 0; i < 2000; ++i) {
            const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
            const sockaddr_in address = loopback(port_);
            const int connected =
                ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
            ::close(fd);
            if (connected == 0) return;
            int status = 0;
            if (::waitpid(child_, &status, WNOHANG) == child_)
                throw std::runtime_error("smtp-sink did not start; install the package postfix");
            ::usleep(5000);
        }
        throw std::runtime_error("smtp-sink does not listen");
    }

    int port_ = 0;
    pid_t child_ = -1;
};

}  // namespace backorderd::test
