#include "tests/bench/peer_events.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"

namespace revops::bench {
namespace {

constexpr absl::string_view kTypes[] = {"page_view",     "email_open",   "email_click",
                                        "content_used",  "form_submit",  "webinar_attended",
                                        "stage_changed", "meeting_held", "demo_requested",
                                        "order",         "objection",    "refund"};
constexpr int kTypePermille[] = {400, 180, 100, 80, 60, 50, 40, 30, 20, 20, 15, 5};
constexpr int kPoints[] = {1, 2, 5, 3, 10, 15, 0, 25, 30, 40, -10, -20};
constexpr absl::string_view kSources[] = {"web", "email", "crm", "webinar"};
constexpr int kSourcePermille[] = {500, 250, 200, 50};
constexpr absl::string_view kStages[] = {"lead-qualified", "meeting-scheduled", "proposal-sent",
                                         "contract-sent",  "closed-won",        "closed-lost"};
constexpr int kStageOf = 6;  // stage_changed
constexpr int kOrder = 9;
constexpr int64_t kStart = 1'767'225'600'000'000;  // 2026-01-01T00:00:00Z
constexpr int64_t kDay = 86'400'000'000;

int Pick(const int* permille, int roll) {
  int k = 0;
  while (roll >= permille[k]) roll -= permille[k++];
  return k;
}

}  // namespace

int PeerPoints(absl::string_view type) {
  for (size_t i = 0; i < 12; ++i) {
    if (kTypes[i] == type) return kPoints[i];
  }
  return 0;
}

PeerGenerator::PeerGenerator(int64_t events, int contacts, uint64_t seed)
    : events_(events),
      contacts_(contacts),
      hot_(std::max(1, contacts / 5)),
      step_(static_cast<double>(180 * kDay) / static_cast<double>(events)),
      state_(seed) {}

// Source: java.util.SplittableRandom (JDK 17).
uint64_t PeerGenerator::NextLong() {
  uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

int PeerGenerator::NextInt(int bound) {
  const auto draw = [this] {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 33)) * 0x62a9d9ed799705f5;
    return static_cast<uint32_t>(((z ^ (z >> 28)) * 0xcb24d0a5c88c35b3) >> 32);
  };
  uint32_t r = draw();
  const uint32_t m = static_cast<uint32_t>(bound) - 1;
  if ((static_cast<uint32_t>(bound) & m) == 0) return static_cast<int>(r & m);
  for (uint32_t u = r >> 1; static_cast<int32_t>(u + m - (r = u % bound)) < 0;) u = draw() >> 1;
  return static_cast<int>(r);
}

int64_t PeerGenerator::NextLong(int64_t bound) {
  uint64_t r = NextLong();
  const uint64_t m = static_cast<uint64_t>(bound) - 1;
  if ((static_cast<uint64_t>(bound) & m) == 0) return static_cast<int64_t>(r & m);
  for (uint64_t u = r >> 1;
       static_cast<int64_t>(u + m - (r = u % static_cast<uint64_t>(bound))) < 0;) {
    u = NextLong() >> 1;
  }
  return static_cast<int64_t>(r);
}

bool PeerGenerator::Next(PeerEvent& event) {
  if (drawn_ == events_) return false;
  const uint64_t a = NextLong(), b = NextLong();
  event.id.resize(16);
  for (int k = 0; k < 8; ++k) {
    event.id[k] = static_cast<char>(a >> (8 * k));
    event.id[8 + k] = static_cast<char>(b >> (8 * k));
  }
  const int contact =
      NextInt(10) < 8 ? NextInt(hot_) : hot_ + NextInt(std::max(1, contacts_ - hot_));
  event.contact = absl::StrFormat("contact-%07d", contact);
  event.account = absl::StrFormat("account-%06d", contact / 5);
  event.source = kSources[Pick(kSourcePermille, NextInt(1000))];
  const int type = Pick(kTypePermille, NextInt(1000));
  event.type = kTypes[type];
  int64_t at = kStart + static_cast<int64_t>(static_cast<double>(drawn_) * step_) +
               NextLong(std::max<int64_t>(1, static_cast<int64_t>(step_)));
  if (NextInt(100) < 2) at -= NextLong(2 * kDay);
  event.occurred_at = at;
  event.amount = 0;
  if (type == kOrder) {
    event.amount = (1 + NextInt(5000)) * int64_t{1'000'000};
    event.amount += NextInt(100) * int64_t{10'000};
  }
  if (type == kStageOf) {
    event.property_key = "stage";
    event.property_value = std::string(kStages[NextInt(6)]);
  } else {
    event.property_key = "campaign";
    event.property_value = absl::StrFormat("2026-spring-%03d", NextInt(40));
  }
  ++drawn_;
  return true;
}

v1::Event ToEvent(const PeerEvent& peer) {
  v1::Event event;
  event.set_id(absl::WebSafeBase64Escape(peer.id));
  event.set_source(std::string(peer.source));
  event.set_occurred_at(peer.occurred_at);
  v1::Id* contact = event.add_subject();
  contact->set_kind(v1::CONTACT);
  contact->set_value(peer.contact);
  if (peer.property_key == "campaign") {
    event.set_campaign_id(peer.property_value);
  } else {
    v1::Property* stage = event.add_properties();
    stage->set_name(std::string(peer.property_key));
    stage->set_text(peer.property_value);
  }
  event.mutable_custom()->set_kind(std::string(peer.type));
  if (peer.amount != 0) {
    v1::Property* amount = event.add_properties();
    amount->set_name("amount");
    amount->mutable_money()->set_currency_code("USD");
    amount->mutable_money()->set_units(peer.amount / 1'000'000);
    amount->mutable_money()->set_nanos(static_cast<int32_t>(peer.amount % 1'000'000 * 1000));
  }
  v1::Property* account = event.add_properties();
  account->set_name("account");
  account->set_text(peer.account);
  return event;
}

}  // namespace revops::bench
