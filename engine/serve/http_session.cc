#include "engine/serve/http_session.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <exception>
#include <utility>

#include "engine/base/status.h"
#include "engine/serve/connect_error.h"

namespace revops {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace net = boost::asio;

constexpr size_t kReadBytes = 4096;

std::chrono::milliseconds Millis(absl::Duration time) { return absl::ToChronoMilliseconds(time); }

std::string ToString(beast::string_view text) { return std::string(text.data(), text.size()); }

// "127.0.0.1:8420" -> is a loopback name.
bool IsLoopbackHost(absl::string_view host) {
  if (!host.empty() && host[0] == '[') return host.substr(0, host.find(']') + 1) == "[::1]";
  host = host.substr(0, host.find(':'));
  return host == "localhost" || host == "127.0.0.1";
}

}  // namespace

HttpSession::HttpSession(net::ip::tcp::socket socket, const HttpShared& shared,
                         std::function<void(HttpSession*)> gone)
    : stream_(std::move(socket)),
      shared_(shared),
      gone_(std::move(gone)),
      buffer_(std::max(shared.limits.header_bytes_max, kReadBytes)) {}

HttpSession::~HttpSession() { gone_(this); }

void HttpSession::Run() { AwaitRequest(); }

void HttpSession::Finish() {
  finishing_ = true;
  if (idle_) Close();
}

void HttpSession::AwaitRequest() {
  idle_ = true;
  stream_.expires_after(Millis(shared_.limits.idle_time_max));
  stream_.async_read_some(buffer_.prepare(kReadBytes),
                          [self = shared_from_this()](ErrorCode error, size_t bytes) {
                            if (error) return self->Close();
                            self->buffer_.commit(bytes);
                            self->ReadHeader();
                          });
}

void HttpSession::ReadHeader() {
  idle_ = false;
  parser_.emplace();
  parser_->header_limit(static_cast<uint32_t>(shared_.limits.header_bytes_max));
  parser_->body_limit(shared_.limits.body_bytes_max);
  stream_.expires_after(Millis(shared_.limits.header_time_max));
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](ErrorCode error, size_t) {
                            if (error) return self->RefuseUnreadable(error);
                            self->ReadBody();
                          });
}

void HttpSession::ReadBody() {
  const auto& request = parser_->get();
  if (!IsLoopbackHost(absl::string_view(request[http::field::host].data(),
                                        request[http::field::host].size()))) {
    return Refuse(421, absl::PermissionDeniedError(absl::StrCat(
                           "Host is \"", ToString(request[http::field::host]),
                           "\"; without authentication only localhost, 127.0.0.1 and [::1] are "
                           "answered")));
  }
  const auto read = [self = shared_from_this()] {
    self->stream_.expires_after(Millis(self->shared_.limits.body_time_max));
    http::async_read(self->stream_, self->buffer_, *self->parser_, [self](ErrorCode error, size_t) {
      if (error) return self->RefuseUnreadable(error);
      self->Work();
    });
  };
  if (!beast::iequals(request[http::field::expect], "100-continue")) return read();
  static constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";
  net::async_write(stream_, net::buffer(kContinue, sizeof(kContinue) - 1),
                   [self = shared_from_this(), read](ErrorCode error, size_t) {
                     if (error) return self->Close();
                     read();
                   });
}

void HttpSession::Work() {
  // Bytes beyond the request: the client did not wait for its answer.
  if (buffer_.size() > 0) finishing_ = true;
  auto& request = parser_->get();
  HttpCall call;
  call.method = ToString(request.method_string());
  const beast::string_view target = request.target();
  call.path = ToString(target.substr(0, target.find('?')));
  call.content_type = ToString(request[http::field::content_type]);
  call.content_encoding = ToString(request[http::field::content_encoding]);
  call.body = std::move(request.body());
  stream_.expires_never();
  // The guard keeps the input thread running while the answer is only a worker's business.
  net::post(shared_.workers, [self = shared_from_this(), call = std::move(call),
                              guard = net::make_work_guard(shared_.io)]() mutable {
    HttpAnswer answer;
    try {
      answer = self->shared_.handler(call);
    } catch (const std::exception& failure) {
      answer = ErrorAnswer(absl::InternalError(failure.what()));
    }
    net::io_context& io = self->shared_.io;
    net::post(io, [self = std::move(self), answer = std::move(answer)]() mutable {
      self->Write(std::move(answer));
    });
  });
}

void HttpSession::Write(HttpAnswer answer) {
  const auto& request = parser_->get();
  if (!request.keep_alive()) finishing_ = true;
  response_ = {};
  response_.version(request.version() == 10 ? 10 : 11);
  response_.result(static_cast<unsigned>(answer.status));
  response_.set(http::field::server, "revops");
  response_.set(http::field::content_type, answer.content_type);
  response_.set(http::field::cache_control, "no-store");
  response_.set("X-Content-Type-Options", "nosniff");
  if (!answer.allow.empty()) response_.set(http::field::allow, answer.allow);
  response_.keep_alive(!finishing_);
  response_.body() = std::move(answer.body);
  response_.prepare_payload();
  stream_.expires_after(Millis(shared_.limits.write_time_max));
  http::async_write(stream_, response_, [self = shared_from_this()](ErrorCode error, size_t) {
    if (error) return self->Close();
    if (self->finishing_) return self->Linger();
    self->AwaitRequest();
  });
}

void HttpSession::RefuseUnreadable(const ErrorCode& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return Refuse(431, absl::ResourceExhaustedError(
                           absl::StrCat("the headers exceed ", shared_.limits.header_bytes_max,
                                        " bytes; send fewer or shorter ones")));
  }
  if (error == http::error::body_limit) {
    return Refuse(
        413, absl::ResourceExhaustedError(absl::StrCat(
                 "the body exceeds ", shared_.limits.body_bytes_max, " bytes; send less at once")));
  }
  // Left, cut off or out of time: nobody is there to read words.
  if (error == http::error::end_of_stream || error == http::error::partial_message ||
      error.category() != make_error_code(http::error::bad_method).category()) {
    return Close();
  }
  Refuse(400, absl::InvalidArgumentError(
                  absl::StrCat("this is not HTTP/1.1 as it should be: ", error.message())));
}

void HttpSession::Refuse(int http_status, const absl::Status& why) {
  finishing_ = true;
  Write(ErrorAnswer(why, http_status));
}

void HttpSession::Linger() {
  ErrorCode ignored;
  stream_.socket().shutdown(net::ip::tcp::socket::shutdown_send, ignored);
  // Closing with unread bytes would reset the connection, and the answer could be lost with it.
  if (lingered_bytes_ == 0) stream_.expires_after(Millis(shared_.limits.linger_time_max));
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(kReadBytes),
                          [self = shared_from_this()](ErrorCode error, size_t bytes) {
                            self->lingered_bytes_ += bytes;
                            constexpr size_t kLingerBytesMax = 64 << 20;
                            if (error || self->lingered_bytes_ > kLingerBytesMax) {
                              return self->Close();
                            }
                            self->Linger();
                          });
}

void HttpSession::Close() { stream_.close(); }

}  // namespace revops
