#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/net.hpp"
#include "net/smtp_connection.hpp"

namespace backorderd::net {

/// Connections are interchangeable where all that made them is the same.
struct SmtpPoolKey {
    std::string made_by;  ///< all but the password
    Secret password;
    bool operator==(const SmtpPoolKey&) const = default;
};
struct SmtpPoolKeyHash {
    std::size_t operator()(const SmtpPoolKey& key) const {
        return std::hash<std::string>{}(key.made_by);
    }
};

/// Sends mails over connections that are kept for some seconds for the next ones; see `Net::smtp`.
/// Shared only with its own timer.
class SmtpPool : public std::enable_shared_from_this<SmtpPool> {
public:
    explicit SmtpPool(boost::asio::any_io_executor executor);
    ~SmtpPool();
    SmtpPool(const SmtpPool&) = delete;
    SmtpPool& operator=(const SmtpPool&) = delete;

    boost::asio::awaitable<SmtpResult> send(SmtpRequest request);

private:
    using Connection = std::shared_ptr<SmtpConnection>;

    /// Null where none is idle.
    Connection takeIdle(const SmtpPoolKey& key);
    void keep(const SmtpPoolKey& key, Connection connection);
    void closeIdle(std::chrono::steady_clock::time_point older_than);
    void scheduleClosing();

    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer closing_;
    bool closing_scheduled_ = false;
    /// The oldest first.
    std::unordered_map<SmtpPoolKey, std::vector<Connection>, SmtpPoolKeyHash> idle_;
};

}  // namespace backorderd::net
