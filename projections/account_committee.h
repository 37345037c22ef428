// Who is at an account, by persona and by role in its buying committee, and who of them has met us.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

const std::vector<Measure>& CommitteeMeasures();

// What of a person's row the account's numbers are made of.
struct Member {
  std::string persona, role;
  bool here = false;  // known, and neither gone nor deleted
  bool met = false;
};
Member MemberOf(const v1::AccountView& person);

// A person's row changed.
struct MemberStep {
  const Member& before;
  const Member& after;
  int64_t last_touch_at;
};
// Brings the account's row and the shared measures up to date.
void CountMember(const MemberStep& step, int32_t day, v1::AccountView& account, Fold& fold);

// So many more (or fewer) deals of the account are open: each wants somebody in every role of the
// model's committee.
void CountWanted(int deals, int32_t day, const v1::AccountView& account, Fold& fold);

}  // namespace revops
