// The checks that fields of a model share: each notes a mistake at its place, with a remedy.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/model/condition.h"
#include "engine/model/model_text.h"

namespace revops {

inline constexpr int kModelListMax = 2000;
inline constexpr int kModelDaysMax = 3650;

std::string Quoted(absl::string_view text);

// "is VALUE; REMEDY"
std::string Is(absl::string_view value, absl::string_view remedy);

// A name for people or rules: there, at most 128 bytes. False if it is not.
bool CheckName(const Place& place, absl::string_view field, absl::string_view value);

// Also lower case words with "_": a value that measures and queries use.
void CheckSlug(const Place& place, absl::string_view field, absl::string_view value);

// Not in `seen`, to which it is added.
void CheckUnique(const Place& place, absl::string_view field, absl::string_view value,
                 std::set<std::string>& seen);

struct Range {
  int64_t min;
  int64_t max;
  absl::string_view unit;
};
void CheckRange(const Place& place, absl::string_view field, int64_t value, const Range& range);

// At most kModelListMax entries. False if there are more.
template <typename List>
bool CheckSize(const Place& place, absl::string_view field, const List& list) {
  if (list.size() <= kModelListMax) return true;
  place.Mistake(field, kModelListMax,
                absl::StrCat("has ", list.size(), " entries; at most ", kModelListMax));
  return false;
}

// "page_view", "webinar.attended", "webinar.*"; not a Custom event's.
void CheckKind(const Place& place, absl::string_view field, int index, absl::string_view kind);

void CheckCondition(const Place& place, const v1::Condition& condition, Conditions::Of of);

// The `when` and `unless` of a rule.
template <typename Rule>
void CheckConditions(const Place& place, const Rule& rule, Conditions::Of of) {
  if (!CheckSize(place, "when", rule.when()) || !CheckSize(place, "unless", rule.unless())) return;
  for (int i = 0; i < rule.when_size(); ++i) {
    CheckCondition(place.Child("when", i), rule.when(i), of);
  }
  for (int i = 0; i < rule.unless_size(); ++i) {
    CheckCondition(place.Child("unless", i), rule.unless(i), of);
  }
}

}  // namespace revops
