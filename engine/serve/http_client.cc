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

class HttpConnection::Impl {
 public:
  Impl(const HttpEndpoint& endpoint, const HttpClientLimits& limits)
      : endpoint_(endpoint), limits_(limits) {}

  // Takes how an asynchronous call ended; Run waits for that.
  auto Done() {
    return [this](ErrorCode code, auto&&...) { error_ = code; };
  }

  absl::Status Connect() {
    ErrorCode error;
    const auto found = net::ip::tcp::resolver(io_).resolve(ResolvableHost(endpoint_),
                                                           absl::StrCat(endpoint_.port), error);
    if (error) return Failure(endpoint_, error, false);
    stream_.expires_after(absl::ToChronoMilliseconds(limits_.connect_time_max));
    stream_.async_connect(found, Done());
    Run();
    if (error_) return Failure(endpoint_, error_, false);
    stream_.socket().set_option(net::ip::tcp::no_delay(true), error);
    return absl::OkStatus();
  }

  absl::StatusOr<HttpAnswer> Exchange(const HttpCall& call, bool keep) {
    http::request<http::string_body> request;
    request.version(11);
    request.method_string(call.method);
    request.target(call.path);
    request.set(http::field::host, absl::StrCat(endpoint_.host, ":", endpoint_.port));
    request.set(http::field::user_agent, "revops");
    if (!call.content_type.empty()) request.set(http::field::content_type, call.content_type);
    if (!call.content_encoding.empty()) {
      request.set(http::field::content_encoding, call.content_encoding);
    }
    request.keep_alive(keep);
    request.body() = call.body;
    request.prepare_payload();
    stream_.expires_after(absl::ToChronoMilliseconds(limits_.answer_time_max));
    http::async_write(stream_, request, Done());
    Run();
    // A server that refuses a request before it has read it all closes early; its answer is there.
    const ErrorCode write_error = error_;
    if (write_error == beast::error::timeout) return Failure(endpoint_, write_error, true);

    http::response_parser<http::string_body> parser;
    parser.body_limit(limits_.answer_bytes_max);
    // The header on its own: reading both at once, Beast 1.74 forgets the limit of a known length.
    http::async_read_header(stream_, buffer_, parser, Done());
    Run();
    closed_unheard_ = error_ && error_ != beast::error::timeout && !parser.got_some();
    if (!error_) {
      http::async_read(stream_, buffer_, parser, Done());
      Run();
    }
    if (error_) return Failure(endpoint_, write_error ? write_error : error_, true);
    kept_ = keep && parser.get().keep_alive();

    HttpAnswer answer;
    answer.status = static_cast<int>(parser.get().result_int());
    const auto type = parser.get()[http::field::content_type];
    answer.content_type = std::string(type.data(), type.size());
    answer.body = std::move(parser.get().body());
    return answer;
  }

  // Of the last exchange: the connection ended before the server said anything; it goes on.
  bool closed_unheard() const { return closed_unheard_; }
  bool kept() const { return kept_; }

 private:
  void Run() {
    io_.restart();
    io_.run();
  }

  const HttpEndpoint endpoint_;
  const HttpClientLimits limits_;
  net::io_context io_{1};
  beast::tcp_stream stream_{io_};
  beast::flat_buffer buffer_;
  ErrorCode error_;
  bool closed_unheard_ = false;
  bool kept_ = false;
};

HttpConnection::HttpConnection(HttpEndpoint endpoint, const HttpClientLimits& limits)
    : endpoint_(std::move(endpoint)), limits_(limits) {}
HttpConnection::~HttpConnection() = default;

absl::StatusOr<HttpAnswer> HttpConnection::Exchange(const HttpCall& call) {
  return DoExchange(call, /*keep=*/true);
}

absl::StatusOr<HttpAnswer> HttpConnection::Once(const HttpCall& call) {
  return DoExchange(call, /*keep=*/false);
}

absl::StatusOr<HttpAnswer> HttpConnection::DoExchange(const HttpCall& call, bool keep) {
  try {
    const bool fresh = impl_ == nullptr;
    if (fresh) {
      impl_ = std::make_unique<Impl>(endpoint_, limits_);
      if (absl::Status status = impl_->Connect(); !status.ok()) {
        impl_.reset();
        return status;
      }
    }
    absl::StatusOr<HttpAnswer> answer = impl_->Exchange(call, keep);
    if (answer.ok() && impl_->kept()) return answer;
    const bool once_more = !answer.ok() && !fresh && impl_->closed_unheard();
    impl_.reset();
    return once_more ? DoExchange(call, keep) : answer;
  } catch (const std::exception& failure) {
    impl_.reset();
    return absl::InternalError(absl::StrCat(Name(endpoint_), ": ", failure.what()));
  }
}

absl::StatusOr<HttpAnswer> Exchange(const HttpEndpoint& endpoint, const HttpCall& call,
                                    const HttpClientLimits& limits) {
  return HttpConnection(endpoint, limits).Once(call);
}

}  // namespace revops
