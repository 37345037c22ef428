#include "projections/money_sums.h"

#include "engine/base/status.h"

namespace revops {

absl::Status AddMoney(const Money& money, google::protobuf::RepeatedPtrField<v1::Money>& sums) {
  for (auto& sum : sums) {
    ASSIGN_OR_RETURN(const Money before, Money::FromProto(sum));
    if (before.currency() != money.currency()) continue;
    ASSIGN_OR_RETURN(const Money after, before.Plus(money));
    ASSIGN_OR_RETURN(sum, after.ToProto());
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(v1::Money first, money.ToProto());
  *sums.Add() = std::move(first);
  for (int i = sums.size() - 1; i > 0 && sums[i].currency_code() < sums[i - 1].currency_code();
       --i) {
    sums.SwapElements(i, i - 1);
  }
  return absl::OkStatus();
}

}  // namespace revops
