// One connection of the HTTP server: reads a request, has it worked on, writes the answer, again.
// Private to http_server.cc.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/optional/optional.hpp>
#include <functional>
#include <memory>

#include "engine/serve/http_call.h"
#include "engine/serve/http_server.h"

namespace revops {

// What all sessions of a server share. Must outlive them.
struct HttpShared {
  boost::asio::io_context& io;
  boost::asio::thread_pool& workers;
  const HttpLimits& limits;
  const HttpHandler& handler;
};

// Thread safety: everything but the handler runs on the one thread of `io`.
// Lifetime: keeps itself alive while something of it is under way; `gone` is called at its end.
class HttpSession final : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(boost::asio::ip::tcp::socket socket, const HttpShared& shared,
              std::function<void(HttpSession*)> gone);
  ~HttpSession();

  void Run();
  // Ends after the request under way; at once if there is none.
  void Finish();

 private:
  using ErrorCode = boost::system::error_code;

  void AwaitRequest();
  void ReadHeader();
  void ReadBody();
  void Work();
  void Write(HttpAnswer answer);
  // Answers what could not be read, if it can be said in HTTP, and ends.
  void RefuseUnreadable(const ErrorCode& error);
  void Refuse(int http_status, const absl::Status& why);
  // Lets the client see the last answer though it may still be sending; then closes.
  void Linger();
  void Close();

  boost::beast::tcp_stream stream_;
  const HttpShared& shared_;
  const std::function<void(HttpSession*)> gone_;
  boost::beast::flat_buffer buffer_;
  boost::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  size_t lingered_bytes_ = 0;
  bool idle_ = true;        // no byte of a request has come
  bool finishing_ = false;  // the request under way is the last
};

}  // namespace revops
