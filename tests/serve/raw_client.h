// A client that sends any bytes over a real socket and shows what comes back.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/status.h"

namespace revops::test {

class RawClient {
 public:
  explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REVOPS_CHECK(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // Stops early if the server has closed.
  void Send(absl::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }

  // Everything until the server closes.
  std::string ReadAll() {
    std::string all;
    while (Receive(all)) {
    }
    return all;
  }

  // One answer with its body (by Content-Length); what came until the server closed, if it did.
  std::string ReadAnswer() {
    std::string all;
    while (true) {
      const size_t end = all.find("\r\n\r\n");
      if (end != std::string::npos) {
        const size_t at = all.find("Content-Length: ");
        const size_t length = at < end ? std::stoul(all.substr(at + 16)) : 0;
        if (all.size() >= end + 4 + length) return all;
      }
      if (!Receive(all)) return all;
    }
  }

 private:
  bool Receive(std::string& all) {
    char bytes[4096];
    const ssize_t got = ::recv(socket_, bytes, sizeof(bytes), 0);
    if (got <= 0) return false;
    all.append(bytes, static_cast<size_t>(got));
    return true;
  }

  const int socket_;
};

// A request in the usual form, with a body of JSON.
inline std::string PostJson(absl::string_view call, absl::string_view body,
                            absl::string_view more_headers = "") {
  return absl::StrCat("POST /revops.v1.RevopsService/", call,
                      " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
                      more_headers, "Content-Length: ", body.size(), "\r\n\r\n", body);
}

}  // namespace revops::test
