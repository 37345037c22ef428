// What one customer bought, pays a month and does again.
#include "projections/customer_measures.h"
#include "projections/registry.h"
#include "revops/v1/views.pb.h"

namespace revops {
namespace {

using View = v1::CustomerView;

class Customer final : public Projection {
 public:
  absl::string_view name() const override { return "customer"; }
  int version() const override { return 1; }
  absl::string_view summary() const override {
    return "What a customer bought, pays a month and does again; new, grown, shrunk, lost, come "
           "back.";
  }
  const google::protobuf::Message& prototype() const override { return View::default_instance(); }
  const std::vector<Measure>& measures() const override {
    static const auto& list = *[] {
      auto* all = new std::vector<Measure>();
      for (const std::vector<Measure>& some :
           std::vector<std::vector<Measure>>{CustomerMeasureList()}) {
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

std::unique_ptr<const Projection> MakeCustomer() { return std::make_unique<const Customer>(); }

}  // namespace revops
