#include <boost/asio/io_context.hpp>

#include "codec/codec.hpp"
#include "connectors/rest_mapping.hpp"
#include "connectors/rest_reader.hpp"
#include "fuzz.hpp"
#include "support/run_coroutine.hpp"

// An answer of a server that a mapping describes: from its bytes to lines.

namespace backorderd::fuzz {
namespace {

namespace rest = connectors::rest;

constexpr std::string_view kMapping = R"(
title: Fuzz
error_at: /error/message
requests:
  lines: { path: /lines, records: /data, each: /parts, total: /total }
only: not(equals(/kind, 'text'))
backorder: positive(subtract(/qty, /done))
fields:
  line: join('/', ^/id, /id)
  order.id: ^/id
  order.number: first(^/no, ^/id)
  order.date: date(^/date, 'iso', 'Europe/Berlin')
  item.id: /sku
  item.name: pick(/meta, /key, 'name', /value)
  ordered: decimal(/qty, ',', '.')
  shipped: sum(/moves, /qty)
  unit_price: multiply(/price, '1.19')
  promise: date(/due, '%d.%m.%Y')
  requested: date(/wish, 'unix_ms', 'Asia/Tokyo')
  release_date: date(/release, 'unix')
  customer.id: ^/customer
  customer.name: upper(split(^/name, ' ', '-1'))
  customer.attributes.region: map(^/region, '1', 'north', '2', 'south', ^/region)
)";

connectors::rest::Access nowhere() {
    connectors::rest::Access access;
    access.url = "https://erp.example";
    access.auth = "none";
    return access;
}

}  // namespace
}  // namespace backorderd::fuzz

int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace backorderd;
    namespace rest = connectors::rest;
    static boost::asio::io_context io;
    static net::Net net{io.get_executor()};
    static const fuzz::FutureClock clock;
    static auto section = config::Section::fromText(fuzz::kMapping, "fuzz.yaml");
    static const rest::Mapping mapping = rest::readMapping(section);
    fuzz::require(formatProblems(section.problems()).empty(), "the mapping is sound");
    static rest::Session session{fuzz::nowhere(), mapping, {}, net, clock};
    static rest::LineSource source{"erp", session, 1000};

    auto text = fuzz::textOf(bytes, size);
    constexpr int statuses[] = {200, 200, 200, 204, 404, 500};
    net::HttpResponse response;
    response.status = statuses[fuzz::takeChoice(text) % std::size(statuses)];
    response.body = text;
    static_cast<void>(rest::isNotFound(response));
    const rest::Call call{"GET", "https://erp.example/lines", {}, {}};
    const auto document = session.read(call, response);
    if (std::holds_alternative<Failure>(document)) return 0;
    const auto listed =
        rest::recordsOf(std::get<rest::JsonTree>(document), *mapping.request("lines"));
    rest::HeldRecords held{session, 1000};
    const auto mapped = test::runCoroutine(io, rest::mapLines(source, held, listed.rows));
    for (const auto& each : std::get<std::vector<rest::MappedLine>>(mapped)) {
        if (!each.fault.empty()) continue;
        const std::string kept = codec::encodeLine(each.line);
        fuzz::require(codec::decodeLine(kept, "erp") == each.line, "a line can be stored");
    }
    return 0;
}
