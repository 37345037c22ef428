// The peers' events, drawn as their generator draws them, so that the same work can be compared.
//
// Source: the generator of the Kafka Streams baseline: java.util.SplittableRandom, 12 types,
// 4 sources, 180 days, 2 % late by up to 2 days, 20 % of the contacts get 80 % of the events.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "revops/v1/event.pb.h"

namespace revops::bench {

struct PeerEvent {
  std::string id;  // 16 bytes
  absl::string_view source, type;
  int64_t occurred_at = 0;  // Units: microseconds
  std::string contact, account;
  int64_t amount = 0;  // Units: micros of money; orders only
  absl::string_view property_key;
  std::string property_value;
};

// Points per type, as the peers score them; 0 for a type that is not theirs.
int PeerPoints(absl::string_view type);

class PeerGenerator {
 public:
  PeerGenerator(int64_t events, int contacts, uint64_t seed);

  // False once all events are drawn.
  bool Next(PeerEvent& event);

 private:
  uint64_t NextLong();
  int NextInt(int bound);
  int64_t NextLong(int64_t bound);

  const int64_t events_;
  const int contacts_, hot_;
  const double step_;
  uint64_t state_;
  int64_t drawn_ = 0;
};

// The same event in our contract.
v1::Event ToEvent(const PeerEvent& event);

}  // namespace revops::bench
