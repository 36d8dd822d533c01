#pragma once

#include <sys/types.h>

#include "torture/ledger.hpp"

namespace backorderd::torture {

/// A mail server in a process of its own, which writes into the ledger what it has accepted before
/// it says so. Ends with the object.
class MailReceiver {
public:
    explicit MailReceiver(Ledger& ledger);
    ~MailReceiver();
    MailReceiver(const MailReceiver&) = delete;
    MailReceiver& operator=(const MailReceiver&) = delete;

    int port() const { return port_; }
    /// Returns when everybody has hung up and all that came has been written down.
    void waitUntilQuiet() const;

private:
    int port_ = 0;
    pid_t process_ = -1;
};

}  // namespace backorderd::torture
