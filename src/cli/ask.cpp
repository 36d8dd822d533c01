#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/operations.hpp"
#include "app/system_clock.hpp"
#include "app/wiring.hpp"
#include "cli/cli.hpp"
#include "net/net.hpp"
#include "store/store.hpp"

namespace backorderd::cli {
namespace {

using nlohmann::json;
namespace asio = boost::asio;

/// A poll of a slow ERP takes its time.
constexpr std::chrono::seconds kAnswerTimeout{15 * 60};

int unwrap(const json& answer, json& result) {
    if (answer.value("ok", false)) {
        result = answer.value("result", json());
        return kDone;
    }
    std::fprintf(stderr, "backorderd: %s\n",
                 answer.value("error", std::string{"no answer"}).c_str());
    return kNo;
}

asio::awaitable<Problems> reloadNothing(bool) {
    co_return Problems{{{}, "no daemon runs; there is nothing to reload"}};
}

/// The operation on the store itself, which no daemon holds.
int doHere(const Common& common, const std::string& operation, const json& arguments,
           json& result) {
    asio::io_context context{1};
    const app::SystemClock clock;
    net::Net net{context.get_executor()};
    auto setup = app::loadSetup(common.config, net, clock);
    if (!setup) {
        std::fputs(formatProblems(setup.error()).c_str(), stderr);
        return kNo;
    }
    config::LogSettings quiet = setup->settings->log;
    quiet.level = "err";
    app::Log log{quiet};
    const auto store = store::openStore(setup->settings->data_dir);
    auto footing = app::findFooting(*setup->settings, clock.now());
    app::Engine engine{
        context.get_executor(), *store,  clock, log, *setup->settings, std::move(setup->policy),
        std::move(setup->ends), &footing};
    app::Operations operations{*store, clock, [&engine]() -> app::Engine& { return engine; },
                               reloadNothing};
    json answer;
    asio::co_spawn(context, operations.call(operation, arguments),
                   [&answer](std::exception_ptr failure, json said) {
                       if (failure) std::rethrow_exception(failure);
                       answer = std::move(said);
                   });
    context.run();
    return unwrap(answer, result);
}

}  // namespace

std::optional<json> askDaemon(const std::string& control_socket, const std::string& operation,
                              const json& arguments) {
    const net::ServedRequest request{"POST", '/' + operation, arguments.dump()};
    const auto response = net::askUnixSocket(control_socket, request, kAnswerTimeout);
    if (!response) return std::nullopt;
    auto answer = json::parse(response->body, nullptr, false);
    if (!answer.is_object() || !answer.value("ok", false)) return std::nullopt;
    return answer.value("result", json());
}

int ask(const Common& common, const std::string& operation, const json& arguments, json& result) {
    auto settings = config::loadSettings(common.config);
    if (!settings) {
        std::fputs(formatProblems(settings.error()).c_str(), stderr);
        return kNo;
    }
    const net::ServedRequest request{"POST", '/' + operation, arguments.dump()};
    const auto response = net::askUnixSocket(settings->control_socket, request, kAnswerTimeout);
    if (response) {
        const auto answer = json::parse(response->body, nullptr, false);
        if (answer.is_object()) return unwrap(answer, result);
        std::fprintf(stderr, "backorderd: %s did not answer as a daemon does\n",
                     settings->control_socket.c_str());
        return kUnreachable;
    }
    try {
        return doHere(common, operation, arguments, result);
    } catch (const store::StoreRefused& refused) {
        std::fprintf(stderr, "backorderd: %s\n", refused.what());
        return kUnreachable;
    } catch (const store::JournalRefused& refused) {
        std::fprintf(stderr, "backorderd: %s\n", refused.what());
        return kUnreachable;
    }
}

}  // namespace backorderd::cli
