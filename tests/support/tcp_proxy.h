// A way between two ports of this machine that a test can cut and slow down.
//
// Cut, it is silent, as a network is whose cable is out: connections stay, new ones are taken, and
// nothing passes. Once healed, what was sent meanwhile arrives, late.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "engine/base/clock.h"

namespace revops::test {

class TcpProxy final {
 public:
  // Listens on `from` of the loopback and leads to `to`.
  TcpProxy(int from, int to);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  void Cut();
  void Heal();
  // What is sent, in either direction, arrives so much later.
  void Delay(absl::Duration delay);

 private:
  struct Chunk {
    int64_t due_micros;
    std::string bytes;
  };
  // One direction of a connection.
  struct Way {
    int in = -1;
    int out = -1;
    std::deque<Chunk> held;
    size_t held_bytes = 0;
    bool ended = false;  // nothing more will come in
    bool closed = false;
  };
  struct Connection {
    Way there, back;
  };

  void Run();
  void Accept();
  void Wake();
  // False if the connection is broken.
  bool TakeIn(Way& way);
  bool PassOn(Way& way);

  const int to_;
  const SystemClock clock_;
  int listener_ = -1;
  int waker_ = -1;
  std::atomic<bool> stop_{false};
  std::atomic<bool> cut_{false};
  std::atomic<int64_t> delay_micros_{0};
  std::vector<std::unique_ptr<Connection>> connections_;  // of the thread
  std::thread thread_;
};

}  // namespace revops::test
