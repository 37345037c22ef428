// What is done to a cluster, and in which order.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "engine/base/status.h"

namespace revops::test {

enum class Fault {
  kKill,           // kill -9, started again at once
  kKillAndLeave,   // kill -9; others must answer for it before it is started again
  kFreeze,         // SIGSTOP past the session, then SIGCONT
  kFreezeBriefly,  // SIGSTOP within the session
  kCut,            // no byte between it and any broker until others answer for it, then all of them
  kCutBriefly,     // likewise, within the session
  kSlow,           // what goes between it and the brokers takes long
  kBrokerKill,     // kill -9 of a broker, which stays away for a while
  kBrokerRestart,  // a broker stops in good order and comes back
  kBrokerAndOther,  // kill -9 of a broker, which stays away until a process killed too answers
  kBrokerFreeze,    // SIGSTOP of a broker: to all others it is there and says nothing
  kIngestKill,      // kill -9 of the process that acknowledges, restarted at once
  kIngestFreeze,    // SIGSTOP of it, then SIGCONT
  kIngestCut,       // no byte between it and any broker, then all of them
  kJoinOrLeave,     // a process more, or one less
};
constexpr int kFaults = 15;

inline std::string NameOf(Fault fault) {
  switch (fault) {
    case Fault::kKill:
      return "kill -9, restarted at once";
    case Fault::kKillAndLeave:
      return "kill -9, left to the others";
    case Fault::kFreeze:
      return "frozen past its session";
    case Fault::kFreezeBriefly:
      return "frozen for a moment";
    case Fault::kCut:
      return "cut off from the brokers past its session";
    case Fault::kCutBriefly:
      return "cut off from the brokers for a moment";
    case Fault::kSlow:
      return "far from the brokers";
    case Fault::kBrokerKill:
      return "kill -9 of a broker";
    case Fault::kBrokerRestart:
      return "a broker restarted";
    case Fault::kBrokerAndOther:
      return "kill -9 of a broker and of a process";
    case Fault::kBrokerFreeze:
      return "a broker frozen";
    case Fault::kIngestKill:
      return "kill -9 of ingest, restarted at once";
    case Fault::kIngestFreeze:
      return "ingest frozen";
    case Fault::kIngestCut:
      return "ingest cut off from the brokers";
    case Fault::kJoinOrLeave:
      return "a process comes or goes";
  }
  REVOPS_CHECK(false);
}

// Each kind comes before any comes again.
class FaultDeck final {
 public:
  Fault Draw(std::mt19937_64& random) {
    if (left_.empty()) {
      for (int i = 0; i < kFaults; ++i) left_.push_back(static_cast<Fault>(i));
      std::shuffle(left_.begin(), left_.end(), random);
    }
    const Fault fault = left_.back();
    left_.pop_back();
    return fault;
  }

 private:
  std::vector<Fault> left_;
};

}  // namespace revops::test
