// Sums of money by currency, as rows keep them.
#pragma once

#include "absl/status/status.h"
#include "engine/base/money.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "revops/v1/event.pb.h"

namespace revops {

// Adds to the sum of that currency; the list stays sorted by currency, sums of 0 stay.
// Errors: kInvalidArgument if the sum leaves what money can say; nothing has changed then.
absl::Status AddMoney(const Money& money, google::protobuf::RepeatedPtrField<v1::Money>& sums);

}  // namespace revops
