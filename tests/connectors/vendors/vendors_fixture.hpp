#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "connectors/vendors/books.hpp"
#include "connectors/vendors/vendor_server.hpp"
#include "net/net.hpp"
#include "support/run_coroutine.hpp"

namespace backorderd::test::vendors {

inline constexpr int kOrders = 45;
using Headers = std::vector<std::pair<std::string, std::string>>;

/// A vendor's stub behind a server, asked over HTTP as a connector would.
class Vendors : public testing::Test {
protected:
    Vendors() : net_{io_.get_executor()} {
        server_ = std::make_unique<VendorServer>(
            io_, [this](const Request& request) { return answer_(request); });
    }

    net::HttpResponse ask(const std::string& method, const std::string& target,
                          const Headers& headers = {}, const std::string& body = {}) {
        net::HttpRequest request;
        request.method = method;
        request.url = target.starts_with("http") ? target : server_->url() + target;
        request.headers = headers;
        request.body = body;
        auto answer = runCoroutine(io_, net_.http(request));
        if (auto* failed = std::get_if<net::TransferError>(&answer))
            throw std::runtime_error(failed->reason);
        return std::get<net::HttpResponse>(answer);
    }
    net::HttpResponse get(const std::string& target, const Headers& headers = {}) {
        return ask("GET", target, headers);
    }

    boost::asio::io_context io_;
    net::Net net_;
    std::unique_ptr<VendorServer> server_;
    VendorServer::Answer answer_;  ///< set by the fixture of each vendor
    const Books books_ = Books::of(kOrders);
};

}  // namespace backorderd::test::vendors
