#include "engine/serve/http_server.h"

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <set>
#include <thread>
#include <utility>

#include "engine/base/status.h"
#include "engine/serve/connect_error.h"
#include "engine/serve/http_session.h"

namespace revops {
namespace {

namespace net = boost::asio;
using ErrorCode = boost::system::error_code;
using net::ip::tcp;

absl::StatusOr<net::ip::address> LoopbackAddress(const std::string& text) {
  ErrorCode error;
  const net::ip::address address =
      net::ip::make_address(text == "localhost" ? "127.0.0.1" : text, error);
  if (error || !address.is_loopback()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\" is not a loopback address. Without authentication the server listens on ",
        "127.0.0.1 or ::1 only; reach it from elsewhere through an SSH tunnel or a proxy that ",
        "authenticates"));
  }
  return address;
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const HttpServerOptions& options, HttpHandler handler)
      : options_(options),
        handler_(std::move(handler)),
        workers_(static_cast<size_t>(options.limits.workers)),
        acceptor_(io_),
        accept_again_(io_) {}

  ~Impl() { Stop(); }

  absl::Status Listen(const net::ip::address& address) {
    const tcp::endpoint endpoint(address, static_cast<uint16_t>(options_.port));
    ErrorCode error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(net::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
    if (!error) endpoint_ = acceptor_.local_endpoint(error);
    if (error) {
      return absl::UnavailableError(absl::StrCat("cannot listen on ", options_.address, ":",
                                                 options_.port, ": ", error.message(),
                                                 "; is a server running there? choose another "
                                                 "--port"));
    }
    Accept();
    thread_ = std::thread([this] { io_.run(); });
    return absl::OkStatus();
  }

  int port() const { return endpoint_.port(); }
  std::string url() const {
    const std::string host = endpoint_.address().to_string();
    return absl::StrCat("http://", endpoint_.address().is_v6() ? "[" + host + "]" : host, ":",
                        port());
  }

  void Stop() {
    if (!thread_.joinable()) return;
    net::post(io_, [this] {
      stopping_ = true;
      ErrorCode ignored;
      acceptor_.close(ignored);
      accept_again_.cancel();
      for (HttpSession* session : sessions_) session->Finish();
    });
    thread_.join();
    workers_.join();
  }

 private:
  void Accept() {
    acceptor_.async_accept([this](ErrorCode error, tcp::socket socket) {
      if (stopping_ || error == net::error::operation_aborted) return;
      if (error) return AcceptLater();
      Take(std::move(socket));
      Accept();
    });
  }

  // Out of file descriptors, say: it passes when connections end.
  void AcceptLater() {
    accept_again_.expires_after(std::chrono::milliseconds(50));
    accept_again_.async_wait([this](ErrorCode error) {
      if (!error && !stopping_) Accept();
    });
  }

  void Take(tcp::socket socket) {
    ErrorCode ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (static_cast<int>(sessions_.size()) >= options_.limits.connections_max) {
      return TurnAway(std::move(socket));
    }
    const auto session = std::make_shared<HttpSession>(
        std::move(socket), shared_, [this](HttpSession* gone) { sessions_.erase(gone); });
    sessions_.insert(session.get());
    session->Run();
  }

  // A fresh socket takes so few bytes without waiting.
  void TurnAway(tcp::socket socket) {
    const HttpAnswer answer = ErrorAnswer(
        absl::UnavailableError(absl::StrCat("all ", options_.limits.connections_max,
                                            " connections are taken; try again, or close some")));
    const std::string text = absl::StrCat(
        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: ",
        answer.content_type, "\r\nContent-Length: ", answer.body.size(), "\r\n\r\n", answer.body);
    ErrorCode ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(net::buffer(text), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  const HttpServerOptions options_;
  const HttpHandler handler_;
  net::io_context io_{1};
  net::thread_pool workers_;
  HttpShared shared_{io_, workers_, options_.limits, handler_};
  tcp::acceptor acceptor_;
  net::steady_timer accept_again_;
  tcp::endpoint endpoint_;
  // Touched on the input thread only, as stopping_ is.
  std::set<HttpSession*> sessions_;
  bool stopping_ = false;
  std::thread thread_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpServerOptions& options,
                                                              HttpHandler handler) {
  if (options.port < 0 || options.port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("port ", options.port, " does not exist; use 0 to 65535"));
  }
  ASSIGN_OR_RETURN(const net::ip::address address, LoopbackAddress(options.address));
  auto impl = std::make_unique<Impl>(options, std::move(handler));
  RETURN_IF_ERROR(impl->Listen(address));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

int HttpServer::port() const { return impl_->port(); }
std::string HttpServer::url() const { return impl_->url(); }
void HttpServer::Stop() { impl_->Stop(); }

}  // namespace revops
