#include "torture/mail_receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <list>
#include <stdexcept>
#include <string>
#include <vector>

namespace backorderd::torture {
namespace {

constexpr std::string_view kQuietWord = "QUIET?\r\n";

struct Client {
    int socket = -1;
    std::string heard{};
    std::string to{};
    bool in_body = false;
    bool asks_for_quiet = false;
    bool gone = false;

    void say(std::string_view words) const {
        (void)!::send(socket, words.data(), words.size(), MSG_NOSIGNAL);
    }
};

std::string idOf(std::string_view document) {
    for (const std::string_view name : {"Message-ID: <", "Message-Id: <"}) {
        const auto at = document.find(name);
        if (at == document.npos) continue;
        const auto id = document.substr(at + name.size());
        return std::string{id.substr(0, id.find('>'))};
    }
    return "";
}

bool takeBody(Client& client, Ledger& ledger) {
    const auto end = client.heard.find("\r\n.\r\n");
    if (end == std::string::npos) return false;
    const auto body = client.heard.substr(0, end + 2);
    ledger.receive(idOf(body), client.to, body, 0);
    client.heard.erase(0, end + 5);
    client.in_body = false;
    client.say("250 ok\r\n");
    return true;
}

bool takeCommand(Client& client) {
    const auto end = client.heard.find("\r\n");
    if (end == std::string::npos) return false;
    const auto line = client.heard.substr(0, end);
    client.heard.erase(0, end + 2);
    if (line.starts_with("EHLO")) {
        client.say("250-torture\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n");
    } else if (line.starts_with("DATA")) {
        client.in_body = true;
        client.say("354 go on\r\n");
    } else if (line.starts_with("QUIT")) {
        client.say("221 bye\r\n");
        client.gone = true;
    } else if (line.starts_with("QUIET?")) {
        client.asks_for_quiet = true;
    } else {
        if (line.starts_with("RCPT TO:<")) client.to = line.substr(9, line.find('>') - 9);
        client.say("250 ok\r\n");
    }
    return true;
}

void listenTo(Client& client, Ledger& ledger) {
    std::array<char, 8192> bytes{};
    const auto got = ::recv(client.socket, bytes.data(), bytes.size(), 0);
    if (got <= 0) {
        client.gone = true;
        return;
    }
    client.heard.append(bytes.data(), static_cast<std::size_t>(got));
    while (client.in_body ? takeBody(client, ledger) : takeCommand(client)) {
    }
}

void serve(int listener, Ledger& ledger) {
    std::list<Client> clients;
    for (;;) {
        std::vector<pollfd> files{{listener, POLLIN, 0}};
        for (const auto& client : clients) files.push_back({client.socket, POLLIN, 0});
        ::poll(files.data(), files.size(), -1);
        std::size_t place = 1;
        for (auto& client : clients)
            if (files.at(place++).revents != 0) listenTo(client, ledger);
        std::erase_if(clients, [](const Client& client) {
            if (client.gone) ::close(client.socket);
            return client.gone;
        });
        if (files.front().revents != 0) {
            clients.push_back({::accept(listener, nullptr, nullptr)});
            const int at_once = 1;  // Two short answers would wait for one another.
            ::setsockopt(clients.back().socket, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
            clients.back().say("220 torture\r\n");
            continue;
        }
        const bool quiet = std::ranges::all_of(
            clients, [](const Client& client) { return client.asks_for_quiet; });
        if (!quiet) continue;
        for (const auto& client : clients) client.say("250 quiet\r\n");
    }
}

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

}  // namespace

MailReceiver::MailReceiver(Ledger& ledger) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener, 100) != 0)
        throw std::runtime_error("there is no port for a mail server");
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    process_ = ::fork();
    if (process_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(listener, ledger);
    }
    ::close(listener);
}

MailReceiver::~MailReceiver() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
}

void MailReceiver::waitUntilQuiet() const {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(port_);
    std::string heard;
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        (void)!::send(socket, kQuietWord.data(), kQuietWord.size(), MSG_NOSIGNAL);
        std::array<char, 512> bytes{};
        while (heard.find("quiet") == std::string::npos) {
            const auto got = ::recv(socket, bytes.data(), bytes.size(), 0);
            if (got <= 0) break;
            heard.append(bytes.data(), static_cast<std::size_t>(got));
        }
    }
    ::close(socket);
    if (heard.find("quiet") == std::string::npos)
        throw std::runtime_error("the mail server of the test is gone");
}

}  // namespace backorderd::torture
