// Which wins make an account a new customer, when wins may be taken back.
//
// The first win that stands makes a new customer; so does a later one after a year (or what the
// model says) without the recurring revenue that there was, and without any other win. Who only
// ever ordered is new once. A deal that reopens is no win any more: what it made new is reversed on
// the day of that, and the win after it is judged on that day as if it had never been. So an
// account is counted as long as some win of it stands, and past days stay. Source: contract.md,
// "New customer" and "A reopened deal posts a reversing entry".
#pragma once

#include <string>

#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

// `win` says what it was, and of which deal. REQUIRES: `at` lies not before the wins there are; an
// order or a subscription is not yet applied.
void AddWin(v1::CustomerWin win, int64_t at, const Id& self, v1::CustomerView& customer,
            Fold& fold);

// The deal is won no longer; nothing happens if it was not.
void TakeWinBack(const std::string& deal, int64_t at, const Id& self, v1::CustomerView& customer,
                 Fold& fold);

}  // namespace revops
