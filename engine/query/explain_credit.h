// What each touch earned of a deal, told of the touch's own event: so that a credit is explained by
// the events that earned it, not only by the close that shared it out.
#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "engine/base/money.h"
#include "engine/fold/runner.h"
#include "engine/model/model.h"
#include "revops/v1/service.pb.h"
#include "revops/v1/views.pb.h"

namespace revops {

class CreditsOfTouches final {
 public:
  // Of a row of attribution, as a reader sees it. Lifetime: borrows the model.
  CreditsOfTouches(const v1::AttributionView& row, const RevenueModel& model);
  CreditsOfTouches(const CreditsOfTouches&) = delete;
  CreditsOfTouches& operator=(const CreditsOfTouches&) = delete;

  // If the item is a touch that earned something: its channel, and under each model its amount (or
  // share, where the amount is not known), as changes of "won.linear", "opened.linear". If it is
  // of a session or an interaction that counts as one touch: which event that touch is.
  // Errors: kDataLoss for a stored amount that is none.
  absl::Status AddTo(const FoldItem& item, v1::ExplainedEvent& event);

  // What no touch earned, as an event of its own; then each credit with what was listed of it.
  // False if that is not the deal's amount to the minor unit, or a touch was not met.
  // Errors: as above.
  absl::StatusOr<bool> Finish(v1::ExplainResponse& response);

 private:
  struct Place {
    const v1::AttributedDeal* deal;
    const char* name;  // "won", "opened"
    int index;         // of its touches
  };
  struct Sum {
    std::string currency;
    int128 amount = 0;  // of the deal
    int128 listed = 0;
  };
  void Add(const v1::AttributedDeal& deal, const char* name);
  void AddPart(const FoldItem& item, v1::ExplainedEvent& event) const;
  absl::Status AddUnattributed(const v1::AttributedDeal& deal, const char* name,
                               v1::ExplainResponse& response);

  const v1::AttributionView row_;
  const RevenueModel& model_;
  std::multimap<std::string, Place> touches_;  // by the name of the entry
  std::set<std::string> met_;
  std::map<std::string, Sum> sums_;  // "won.linear" -> …
};

}  // namespace revops
