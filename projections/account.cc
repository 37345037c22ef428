// Companies for account-based work: who is there, by persona and role in the buying committee, who
// of them met us, what either team did last, and the target lists a company is on.
#include "projections/grains.h"
#include "projections/registry.h"
#include "revops/v1/views.pb.h"

namespace revops {
namespace {

using View = v1::AccountView;

// Distinct counts: an account, or a person at an account, counts on its first touch of a period.
const std::vector<Measure>& ActiveAccounts() {
  static const auto& list =
      *new auto(PerGrain(AllGrains(), {.name = "active_accounts", .grouping_sets = {{}}}));
  return list;
}
const std::vector<Measure>& ActivePeople() {
  static const auto& list = *new auto(
      PerGrain(AllGrains(),
               {.name = "active_people", .dimensions = {"persona"}, .grouping_sets = {{}, {0}}}));
  return list;
}
// Of the accounts on a target list; one on two lists counts under both.
const std::vector<Measure>& ActiveListed() {
  static const auto& list = *new auto(
      PerGrain(AllGrains(),
               {.name = "active_listed_accounts", .dimensions = {"list"}, .grouping_sets = {{0}}}));
  return list;
}
// Stocks.
const Measure kListed = {.name = "listed_accounts", .dimensions = {"list"}, .grouping_sets = {{0}}};
const Measure kPeople = {.name = "people_at_accounts",
                         .dimensions = {"persona", "role"},
                         .grouping_sets = {{}, {0}, {1}}};
// A role of an account's buying committee that somebody has met us in: once a role and account.
const Measure kRolesCovered = {
    .name = "committee_roles_covered", .dimensions = {"role"}, .grouping_sets = {{}, {0}}};

class Account final : public Projection {
 public:
  absl::string_view name() const override { return "account"; }
  int version() const override { return 1; }
  absl::string_view summary() const override {
    return "Companies for account-based work: people by persona and role, engagement, target "
           "lists.";
  }
  const google::protobuf::Message& prototype() const override { return View::default_instance(); }
  const std::vector<Measure>& measures() const override {
    static const auto& list = *[] {
      auto* all = new std::vector<Measure>();
      for (const std::vector<Measure>& some :
           std::vector<std::vector<Measure>>{ActiveAccounts(),
                                             ActivePeople(),
                                             ActiveListed(),
                                             {kListed, kPeople, kRolesCovered}}) {
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

std::unique_ptr<const Projection> MakeAccount() { return std::make_unique<const Account>(); }

}  // namespace revops
