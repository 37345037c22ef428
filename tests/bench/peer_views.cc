#include "tests/bench/peer_views.h"

#include <algorithm>

#include "engine/base/money.h"
#include "tests/bench/peer_events.h"
#include "tests/bench/peer_row.pb.h"

namespace revops::bench {
namespace {

const Measure& Events() {
  static const auto* const measure =
      new Measure{"peer_events", Measure::Unit::kCount, {"type", "source"}, {{0, 1}}};
  return *measure;
}
const Measure& Amount() {
  static const auto* const measure =
      new Measure{"peer_amount", Measure::Unit::kMicros, {"type", "source"}, {{0, 1}}};
  return *measure;
}

class PeerContacts final : public Projection {
 public:
  absl::string_view name() const override { return "peer_contacts"; }
  int version() const override { return 1; }
  absl::string_view summary() const override { return "the peers' contact row and cells"; }
  const google::protobuf::Message& prototype() const override {
    return PeerContact::default_instance();
  }
  const std::vector<Measure>& measures() const override {
    static const auto* const all = new std::vector<Measure>{Events(), Amount()};
    return *all;
  }
  const std::vector<IndexList>& indexes() const override {
    static const auto* const none = new std::vector<IndexList>();
    return *none;
  }

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    if (fact.event == nullptr || fact.derived != nullptr) return absl::OkStatus();
    const v1::Event& event = *fact.event;
    const absl::string_view type = event.custom().kind();
    auto& row = fold.row<PeerContact>(fact.person);
    row.set_count(row.count() + 1);
    row.set_score(row.score() + PeerPoints(type));
    row.set_last_at(row.count() == 1 ? fact.occurred_at
                                     : std::max(row.last_at(), fact.occurred_at));
    int64_t micros = 0;
    for (const v1::Property& property : event.properties()) {
      if (property.name() == "stage" && type == "stage_changed" &&
          fact.occurred_at >= row.stage_at()) {
        row.set_stage_at(fact.occurred_at);
        row.set_stage(property.text());
      } else if (property.name() == "amount") {
        micros = property.money().units() * 1'000'000 + property.money().nanos() / 1000;
      }
    }
    const auto day = static_cast<int32_t>(fact.occurred_at / 86'400'000'000);
    fold.Count(Events(), day, {type, event.source()}, 1);
    if (micros != 0) fold.Count(Amount(), day, {type, event.source()}, micros);
    return absl::OkStatus();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message&) const override { return {}; }
  void Present(int64_t, const RevenueModel&, google::protobuf::Message&) const override {}
};

}  // namespace

Registry PeerRegistry() {
  Registry registry;
  registry.push_back(std::make_unique<PeerContacts>());
  return registry;
}

}  // namespace revops::bench
