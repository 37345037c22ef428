#include "tests/support/tcp_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "engine/base/status.h"

namespace revops::test {
namespace {

constexpr size_t kHeldBytesMax = 1 << 20;
constexpr int64_t kPollMicrosMax = 100'000;

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void SendAtOnce(int socket) {
  const int yes = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

TcpProxy::TcpProxy(int from, int to) : to_(to) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  const sockaddr_in address = Loopback(from);
  REVOPS_CHECK(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  REVOPS_CHECK(listen(listener_, 128) == 0);
  waker_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  thread_ = std::thread([this] { Run(); });
}

TcpProxy::~TcpProxy() {
  stop_ = true;
  Wake();
  thread_.join();
  for (const auto& connection : connections_) {
    close(connection->there.in);
    close(connection->back.in);
  }
  close(listener_);
  close(waker_);
}

void TcpProxy::Cut() {
  cut_ = true;
  Wake();
}

void TcpProxy::Heal() {
  cut_ = false;
  Wake();
}

void TcpProxy::Delay(absl::Duration delay) {
  delay_micros_ = absl::ToInt64Microseconds(delay);
  Wake();
}

void TcpProxy::Wake() {
  const uint64_t one = 1;
  REVOPS_CHECK(write(waker_, &one, sizeof(one)) == sizeof(one));
}

void TcpProxy::Accept() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  // On the loopback it is made or refused at once.
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(to_);
  if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    close(server);
    close(client);
    return;
  }
  SendAtOnce(client);
  SendAtOnce(server);
  auto connection = std::make_unique<Connection>();
  connection->there.in = connection->back.out = client;
  connection->there.out = connection->back.in = server;
  connections_.push_back(std::move(connection));
}

bool TcpProxy::TakeIn(Way& way) {
  std::array<char, 65536> bytes;
  const ssize_t count = recv(way.in, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (count < 0) return WouldBlock();
  if (count == 0) {
    way.ended = true;
    return true;
  }
  way.held.push_back({clock_.MonotonicMicros() + delay_micros_,
                      std::string(bytes.data(), static_cast<size_t>(count))});
  way.held_bytes += static_cast<size_t>(count);
  return true;
}

bool TcpProxy::PassOn(Way& way) {
  while (!way.held.empty() && way.held.front().due_micros <= clock_.MonotonicMicros()) {
    std::string& bytes = way.held.front().bytes;
    const ssize_t count = send(way.out, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0) return WouldBlock();
    way.held_bytes -= static_cast<size_t>(count);
    bytes.erase(0, static_cast<size_t>(count));
    if (!bytes.empty()) return true;
    way.held.pop_front();
  }
  if (way.ended && way.held.empty() && !way.closed) {
    way.closed = true;
    shutdown(way.out, SHUT_WR);
  }
  return true;
}

void TcpProxy::Run() {
  while (!stop_) {
    const bool cut = cut_;
    const int64_t now = clock_.MonotonicMicros();
    int64_t wait_micros = kPollMicrosMax;
    std::vector<pollfd> polled = {{waker_, POLLIN, 0}};
    if (!cut) polled.push_back({listener_, POLLIN, 0});
    for (const auto& connection : connections_) {
      for (const Way* way : {&connection->there, &connection->back}) {
        if (cut) continue;
        if (!way->ended && way->held_bytes < kHeldBytesMax) polled.push_back({way->in, POLLIN, 0});
        if (way->held.empty()) continue;
        const int64_t until_due = way->held.front().due_micros - now;
        if (until_due <= 0) polled.push_back({way->out, POLLOUT, 0});
        if (until_due > 0) wait_micros = std::min(wait_micros, until_due);
      }
    }
    poll(polled.data(), polled.size(), static_cast<int>((wait_micros + 999) / 1000));
    uint64_t woken = 0;
    while (read(waker_, &woken, sizeof(woken)) > 0) {
    }
    if (cut_) continue;
    Accept();
    for (const auto& connection : connections_) {
      bool whole = true;
      for (Way* way : {&connection->there, &connection->back}) {
        if (whole && !way->ended && way->held_bytes < kHeldBytesMax) whole = TakeIn(*way);
        if (whole) whole = PassOn(*way);
      }
      if (whole && !(connection->there.closed && connection->back.closed)) continue;
      close(connection->there.in);
      close(connection->back.in);
      connection->there.in = -1;
    }
    connections_.erase(std::remove_if(connections_.begin(), connections_.end(),
                                      [](const auto& gone) { return gone->there.in < 0; }),
                       connections_.end());
  }
}

}  // namespace revops::test
