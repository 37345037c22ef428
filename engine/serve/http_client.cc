#include "engine/serve/http_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <exception>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"

namespace revops {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace net = boost::asio;
using ErrorCode = boost::system::error_code;

std::string Name(const HttpEndpoint& endpoint) {
  return absl::StrCat("http://", endpoint.host, ":", endpoint.port);
}

std::string ResolvableHost(const HttpEndpoint& endpoint) {
  absl::string_view host = endpoint.host;
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  return std::string(host);
}

absl::Status Failure(const HttpEndpoint& endpoint, const ErrorCode& error, bool sent) {
  if (error == beast::error::timeout) {
    return absl::DeadlineExceededError(
        absl::StrCat(Name(endpoint), " did not answer in time; what was asked may have been done"));
  }
  if (error == http::error::body_limit) {
    return absl::ResourceExhaustedError(
        absl::StrCat(Name(endpoint), " answered more than can be held; ask for smaller pages"));
  }
  if (!sent) {
    return absl::UnavailableError(absl::StrCat("no server answers at ", Name(endpoint), " (",
                                               error.message(),
                                               "); start one with `revops serve`"));
  }
  return absl::UnavailableError(absl::StrCat(Name(endpoint), " ended the connection (",
                                             error.message(),
                                             "); what was asked may or may not have been done"));
}

absl::StatusOr<HttpAnswer> DoExchange(const HttpEndpoint& endpoint, const HttpCall& call,
                                      const HttpClientLimits& limits) {
  net::io_context io{1};
  ErrorCode error;
  const auto found = net::ip::tcp::resolver(io).resolve(ResolvableHost(endpoint),
                                                        absl::StrCat(endpoint.port), error);
  if (error) return Failure(endpoint, error, false);

  beast::tcp_stream stream(io);
  const auto done = [&error](ErrorCode code, auto&&...) { error = code; };
  const auto run = [&io] {
    io.restart();
    io.run();
  };
  stream.expires_after(absl::ToChronoMilliseconds(limits.connect_time_max));
  stream.async_connect(found, done);
  run();
  if (error) return Failure(endpoint, error, false);

  http::request<http::string_body> request;
  request.version(11);
  request.method_string(call.method);
  request.target(call.path);
  request.set(http::field::host, absl::StrCat(endpoint.host, ":", endpoint.port));
  request.set(http::field::user_agent, "revops");
  if (!call.content_type.empty()) request.set(http::field::content_type, call.content_type);
  if (!call.content_encoding.empty()) {
    request.set(http::field::content_encoding, call.content_encoding);
  }
  request.keep_alive(false);
  request.body() = call.body;
  request.prepare_payload();
  stream.expires_after(absl::ToChronoMilliseconds(limits.answer_time_max));
  http::async_write(stream, request, done);
  run();
  // A server that refuses a request before it has read it all closes early; its answer is there.
  const ErrorCode write_error = error;
  if (write_error == beast::error::timeout) return Failure(endpoint, write_error, true);

  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(limits.answer_bytes_max);
  // The header on its own: reading both at once, Beast 1.74 forgets the limit of a known length.
  http::async_read_header(stream, buffer, parser, done);
  run();
  if (!error) {
    http::async_read(stream, buffer, parser, done);
    run();
  }
  if (error) return Failure(endpoint, write_error ? write_error : error, true);

  HttpAnswer answer;
  answer.status = static_cast<int>(parser.get().result_int());
  const auto type = parser.get()[http::field::content_type];
  answer.content_type = std::string(type.data(), type.size());
  answer.body = std::move(parser.get().body());
  return answer;
}

}  // namespace

absl::StatusOr<HttpEndpoint> ParseEndpoint(absl::string_view url) {
  absl::string_view rest = url;
  absl::ConsumePrefix(&rest, "http://");
  absl::ConsumeSuffix(&rest, "/");
  const size_t colon = rest.rfind(':');
  HttpEndpoint endpoint;
  if (colon == absl::string_view::npos || colon == 0 ||
      !absl::SimpleAtoi(rest.substr(colon + 1), &endpoint.port) || endpoint.port < 1 ||
      endpoint.port > 65535 || rest.find('/') != absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", url, "\" is not a server's address; write it as http://127.0.0.1:8420"));
  }
  endpoint.host = std::string(rest.substr(0, colon));
  return endpoint;
}

absl::StatusOr<HttpAnswer> Exchange(const HttpEndpoint& endpoint, const HttpCall& call,
                                    const HttpClientLimits& limits) {
  try {
    return DoExchange(endpoint, call, limits);
  } catch (const std::exception& failure) {
    return absl::InternalError(absl::StrCat(Name(endpoint), ": ", failure.what()));
  }
}

}  // namespace revops
