// Which pieces of content reached an account (or a person without one), used by which team, in
// which step, for which persona; and what followed.
#include "projections/registry.h"
#include "revops/v1/views.pb.h"

namespace revops {
namespace {

using View = v1::ContentView;

const Measure kUses = {.name = "content_uses",
                       .dimensions = {"content", "team", "step", "persona", "type"},
                       .grouping_sets = {{}, {0}, {0, 1}, {0, 2}, {0, 3}, {1, 2}}};
// Accounts (or people without one) a piece reached, on the day it first did; and of them, on the
// same day, those in which something followed within the model's follow_days: meeting,
// opportunity, won. Their ratio is a share of a cohort, its n the first of the two.
const Measure kReached = {.name = "content_reached",
                          .dimensions = {"content", "team"},
                          .grouping_sets = {{}, {0}, {1}, {0, 1}}};
const Measure kFollowed = {.name = "content_followed",
                           .dimensions = {"followed", "content", "team"},
                           .grouping_sets = {{0}, {0, 1}, {0, 2}, {0, 1, 2}}};
// Closed deals by the pieces that had reached the account before; a deal counts under each piece.
// The comparison group of a piece is closed_count without it; "" are deals that none had reached.
const Measure kDeals = {
    .name = "content_deals", .dimensions = {"outcome", "content"}, .grouping_sets = {{0, 1}}};

class Content final : public Projection {
 public:
  absl::string_view name() const override { return "content"; }
  int version() const override { return 1; }
  absl::string_view summary() const override {
    return "Pieces of content that reached an account, used by either team, and what followed.";
  }
  const google::protobuf::Message& prototype() const override { return View::default_instance(); }
  const std::vector<Measure>& measures() const override {
    static const auto& list = *[] {
      auto* all = new std::vector<Measure>();
      for (const std::vector<Measure>& some :
           std::vector<std::vector<Measure>>{{kUses, kReached, kFollowed, kDeals}}) {
        all->insert(all->end(), some.begin(), some.end());
      }
      return all;
    }();
    return list;
  }
  const std::vector<IndexList>& indexes() const override {
    static const auto& list = *new std::vector<IndexList>();
    return list;
  }
  absl::Status Apply(const Fact&, Fold&) const override { return absl::OkStatus(); }
  std::vector<IndexKey> IndexKeys(const google::protobuf::Message&) const override { return {}; }
  void Present(int64_t, const RevenueModel&, google::protobuf::Message&) const override {}
};

}  // namespace

std::unique_ptr<const Projection> MakeContent() { return std::make_unique<const Content>(); }

}  // namespace revops
