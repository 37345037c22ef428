#include "engine/model/check_fields.h"

#include "absl/strings/match.h"
#include "engine/event/kind.h"

namespace revops {
namespace {

constexpr size_t kNameBytesMax = 128;
constexpr size_t kPatternBytesMax = 1000;

}  // namespace

std::string Quoted(absl::string_view text) { return absl::StrCat("\"", text, "\""); }

std::string Is(absl::string_view value, absl::string_view remedy) {
  return absl::StrCat("is ", value, "; ", remedy);
}

bool CheckName(const Place& place, absl::string_view field, absl::string_view value) {
  if (value.empty()) {
    place.Mistake(field, "is missing; give it");
  } else if (value.size() > kNameBytesMax) {
    place.Mistake(field, absl::StrCat("is ", value.size(), " bytes long; at most ", kNameBytesMax));
  } else {
    return true;
  }
  return false;
}

void CheckSlug(const Place& place, absl::string_view field, absl::string_view value) {
  if (!CheckName(place, field, value)) return;
  for (const char c : value) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') continue;
    place.Mistake(field, Is(Quoted(value), "use lower case letters, digits and _"));
    return;
  }
}

void CheckUnique(const Place& place, absl::string_view field, absl::string_view value,
                 std::set<std::string>& seen) {
  if (!value.empty() && !seen.insert(std::string(value)).second) {
    place.Mistake(field, Is(Quoted(value), "another has it already; give each its own"));
  }
}

void CheckRange(const Place& place, absl::string_view field, int64_t value, const Range& range) {
  if (value < range.min || value > range.max) {
    place.Mistake(field, absl::StrCat("is ", value, "; give ", range.unit, " from ", range.min,
                                      " to ", range.max));
  }
}

void CheckKind(const Place& place, absl::string_view field, int index, absl::string_view kind) {
  absl::string_view known = kind;
  if (absl::EndsWith(known, ".*")) known.remove_suffix(2);
  if (!IsKnownKind(known)) {
    place.Mistake(field, index,
                  Is(Quoted(kind),
                     "no event has that kind; kinds are written as "
                     "\"page_view\", \"webinar.attended\" or \"webinar.*\""));
  }
}

void CheckCondition(const Place& place, const v1::Condition& condition, Conditions::Of of) {
  const auto field = of == Conditions::Of::kEvent ? EventFieldNamed(condition.field())
                                                  : TraitFieldNamed(condition.field());
  if (condition.field().empty()) {
    place.Mistake("field", "is missing; name what is tested");
  } else if (!field.ok()) {
    place.Mistake("field", Is(Quoted(condition.field()), field.status().message()));
  }
  const bool range = condition.has_at_least() || condition.has_at_most();
  const int tests = (condition.equals_size() > 0) + !condition.matches().empty() + range +
                    condition.has_present();
  if (tests != 1) {
    place.MistakeHere(absl::StrCat(
        "has ", tests, " tests; give one of equals, matches, at_least/at_most or present"));
  }
  if (condition.has_at_least() && condition.has_at_most() &&
      condition.at_least() > condition.at_most()) {
    place.Mistake("at_most", Is(absl::StrCat(condition.at_most()), "at_least is greater"));
  }
  if (condition.matches().size() > kPatternBytesMax) {
    place.Mistake("matches", absl::StrCat("is ", condition.matches().size(),
                                          " bytes long; at most ", kPatternBytesMax));
  } else if (const auto pattern = CompilePattern(condition.matches()); !pattern.ok()) {
    place.Mistake("matches", Is(Quoted(condition.matches()),
                                absl::StrCat("RE2 refuses it: ", pattern.status().message())));
  }
  CheckSize(place, "equals", condition.equals());
}

}  // namespace revops
