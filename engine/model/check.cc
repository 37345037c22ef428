#include "engine/model/check.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/event/kind.h"
#include "engine/event/text.h"
#include "engine/model/calendar.h"
#include "engine/model/condition.h"

namespace revops {
namespace {

using google::protobuf::RepeatedPtrField;

constexpr int kListMax = 2000;
constexpr size_t kNameBytesMax = 128;
constexpr size_t kPatternBytesMax = 1000;
constexpr int kDaysMax = 3650;

std::string Quoted(absl::string_view text) { return absl::StrCat("\"", text, "\""); }

std::string Is(absl::string_view value, absl::string_view remedy) {
  return absl::StrCat("is ", value, "; ", remedy);
}

// A name people or rules use: there, short, plain text.
bool CheckName(const Place& place, absl::string_view field, absl::string_view value) {
  if (value.empty()) {
    place.Mistake(field, "is missing; give it");
  } else if (value.size() > kNameBytesMax) {
    place.Mistake(field, absl::StrCat("is ", value.size(), " bytes long; at most ", kNameBytesMax));
  } else if (!IsPlainText(value)) {
    place.Mistake(field, "is not plain UTF-8 text; leave out control characters");
  } else {
    return true;
  }
  return false;
}

// Also lower case words with "_": a value that measures and queries use.
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

struct Range {
  int64_t min;
  int64_t max;
  absl::string_view unit;
};

void CheckRange(const Place& place, absl::string_view field, int64_t value, const Range& range) {
  if (value < range.min || value > range.max) {
    place.Mistake(field, absl::StrCat("is ", value, "; give ", range.unit, " from ", range.min,
                                      " to ", range.max));
  }
}

template <typename T>
bool CheckSize(const Place& place, absl::string_view field, const RepeatedPtrField<T>& list) {
  if (list.size() <= kListMax) return true;
  place.Mistake(field, kListMax, absl::StrCat("has ", list.size(), " entries; at most ", kListMax));
  return false;
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

// --- Conditions -------------------------------------------------------------------------------

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

// --- Sections -----------------------------------------------------------------------------------

void CheckBusinessCalendar(const Place& place, const v1::BusinessCalendar& calendar) {
  CheckName(place, "name", calendar.name());
  if (const auto zone = ZoneNamed(calendar.time_zone()); !zone.ok()) {
    place.Mistake("time_zone", zone.status().message());
  }
  if (calendar.hours_size() == 0) place.Mistake("hours", "are missing; give at least one");
  if (!CheckSize(place, "hours", calendar.hours())) return;
  std::vector<std::pair<int, int>> taken[8];  // weekday -> open, close
  for (int i = 0; i < calendar.hours_size(); ++i) {
    const auto& hours = calendar.hours(i);
    const Place at = place.Child("hours", i);
    const auto open = ParseMinuteOfDay(hours.open());
    const auto close = ParseMinuteOfDay(hours.close());
    if (!open.ok()) at.Mistake("open", open.status().message());
    if (!close.ok()) at.Mistake("close", close.status().message());
    if (hours.day_size() == 0) at.Mistake("day", "is missing; give at least one weekday");
    if (!open.ok() || !close.ok()) continue;
    if (*close <= *open) at.Mistake("close", Is(Quoted(hours.close()), "it must be after open"));
    for (int d = 0; d < hours.day_size(); ++d) {
      const int day = hours.day(d);
      if (day < v1::MONDAY || day > v1::SUNDAY) {
        at.Mistake("day", d, "is no weekday; give MONDAY to SUNDAY");
        continue;
      }
      for (const auto& [from, to] : taken[day]) {
        if (*open < to && from < *close) {
          at.Mistake("day", d,
                     absl::StrCat("has hours already that overlap these; ",
                                  "give each hour of a weekday once"));
          break;
        }
      }
      taken[day].emplace_back(*open, *close);
    }
  }
  for (int i = 0; i < calendar.holiday_size(); ++i) {
    if (const auto day = ParseDay(calendar.holiday(i)); !day.ok()) {
      place.Mistake("holiday", i, day.status().message());
    }
  }
}

void CheckStage(const Place& place, const v1::Stage& stage) {
  CheckName(place, "stage_id", stage.stage_id());
  const bool open = stage.kind() == v1::OPEN_STAGE;
  if (stage.has_probability_ppm()) {
    CheckRange(place, "probability_ppm", stage.probability_ppm(),
               {0, 1'000'000, "millionths (200000 is 20 %)"});
    const int fixed = stage.kind() == v1::WON_STAGE ? 1'000'000 : 0;
    if (!open && stage.probability_ppm() != fixed) {
      place.Mistake("probability_ppm",
                    Is(absl::StrCat(stage.probability_ppm()),
                       absl::StrCat("a closed stage has ", fixed, "; leave it out")));
    }
  } else if (open) {
    place.Mistake("probability_ppm",
                  "is missing; give millionths (200000 is 20 %) from 0 to 1000000");
  }
  if (stage.qualified() && !open) {
    place.Mistake("qualified", "is set on a closed stage; set it on an open one");
  }
  if (stage.has_limit_days()) {
    CheckRange(place, "limit_days", stage.limit_days(), {1, kDaysMax, "a number of days"});
    if (!open) place.Mistake("limit_days", "is set on a closed stage; leave it out");
  }
}

void CheckPipeline(const Place& place, const v1::Pipeline& pipeline) {
  CheckName(place, "pipeline_id", pipeline.pipeline_id());
  if (!CheckSize(place, "stage", pipeline.stage())) return;
  std::set<std::string> ids;
  bool closed = false;
  int open = 0;
  int qualified = 0;
  for (int i = 0; i < pipeline.stage_size(); ++i) {
    const auto& stage = pipeline.stage(i);
    const Place at = place.Child("stage", i);
    CheckStage(at, stage);
    CheckUnique(at, "stage_id", stage.stage_id(), ids);
    if (stage.kind() != v1::OPEN_STAGE) {
      closed = true;
      continue;
    }
    ++open;
    if (closed) at.MistakeHere("is open but follows a closed stage; put WON and LOST last");
    if (stage.qualified() && ++qualified == 2) {
      at.Mistake("qualified", "is set on a second stage; set it on the first qualified one only");
    }
  }
  if (open == 0) place.Mistake("stage", "has no open stage; give at least one");
}

void CheckPipelines(const Place& place, const v1::Pipelines& pipelines) {
  if (pipelines.pipeline_size() == 0) place.Mistake("pipeline", "is missing; give at least one");
  if (!CheckSize(place, "pipeline", pipelines.pipeline())) return;
  std::set<std::string> ids;
  for (int i = 0; i < pipelines.pipeline_size(); ++i) {
    const Place at = place.Child("pipeline", i);
    CheckPipeline(at, pipelines.pipeline(i));
    CheckUnique(at, "pipeline_id", pipelines.pipeline(i).pipeline_id(), ids);
  }
}

void CheckQualification(const Place& place, const v1::Qualification& qualification) {
  CheckRange(place, "fit_min", qualification.fit_min(), {0, 100, "a fit"});
  CheckRange(place, "engagement_min", qualification.engagement_min(), {1, 1'000'000, "points"});
  CheckRange(place, "waiting_days", qualification.waiting_days(),
             {0, kDaysMax, "a number of days"});
}

void CheckScoring(const Place& place, const v1::Scoring& scoring) {
  CheckRange(place, "half_life_days", scoring.half_life_days(), {1, kDaysMax, "a number of days"});
  CheckRange(place, "fit_base", scoring.fit_base(), {0, 100, "a fit"});
  std::set<std::string> names;
  if (!CheckSize(place, "fit", scoring.fit())) return;
  for (int i = 0; i < scoring.fit_size(); ++i) {
    const auto& rule = scoring.fit(i);
    const Place at = place.Child("fit", i);
    CheckName(at, "name", rule.name());
    CheckUnique(at, "name", rule.name(), names);
    CheckRange(at, "points", rule.points(), {-100, 100, "points"});
    if (rule.points() == 0) at.Mistake("points", "is 0; give points from -100 to 100, but not 0");
    if (rule.when_size() == 0) at.Mistake("when", "is missing; give at least one condition");
    CheckConditions(at, rule, Conditions::Of::kTraits);
  }
  if (!CheckSize(place, "engagement", scoring.engagement())) return;
  names.clear();
  for (int i = 0; i < scoring.engagement_size(); ++i) {
    const auto& rule = scoring.engagement(i);
    const Place at = place.Child("engagement", i);
    CheckName(at, "name", rule.name());
    CheckUnique(at, "name", rule.name(), names);
    if (rule.kind().empty() == rule.custom_kind().empty()) {
      at.Mistake("kind", "or custom_kind must be given, and only one of them");
    } else if (!rule.kind().empty()) {
      CheckKind(at, "kind", 0, rule.kind());
    } else {
      CheckSlug(at, "custom_kind", rule.custom_kind());
    }
    CheckRange(at, "points", rule.points(),
               {1, 1000, "points (negative ones belong to a fit rule)"});
    CheckConditions(at, rule, Conditions::Of::kEvent);
  }
}

void CheckSla(const Place& place, const v1::Sla& sla) {
  CheckRange(place, "lapse_days", sla.lapse_days(), {0, 365, "a number of days"});
  if (!CheckSize(place, "speed_to_lead", sla.speed_to_lead())) return;
  std::set<std::string> types;
  for (int i = 0; i < sla.speed_to_lead_size(); ++i) {
    const auto& target = sla.speed_to_lead(i);
    const Place at = place.Child("speed_to_lead", i);
    CheckName(at, "lead_type", target.lead_type());
    CheckUnique(at, "lead_type", target.lead_type(), types);
    CheckRange(at, "target_minutes", target.target_minutes(), {1, 100'000, "business minutes"});
    for (int k = 0; k < target.kind_size(); ++k) CheckKind(at, "kind", k, target.kind(k));
    const bool any = target.kind_size() == 0 && target.origin_size() == 0;
    if (any && i + 1 < sla.speed_to_lead_size()) {
      at.MistakeHere("holds for every lead, so those after it never apply; put it last");
    }
  }
}

void CheckChannels(const Place& place, const v1::Channels& channels) {
  CheckSlug(place, "default_channel", channels.default_channel());
  if (!CheckSize(place, "rule", channels.rule())) return;
  for (int i = 0; i < channels.rule_size(); ++i) {
    const auto& rule = channels.rule(i);
    const Place at = place.Child("rule", i);
    CheckSlug(at, "channel", rule.channel());
    for (int k = 0; k < rule.kind_size(); ++k) CheckKind(at, "kind", k, rule.kind(k));
    if (rule.kind_size() == 0 && rule.when_size() == 0) {
      at.MistakeHere("holds for every event; give kind or when, or use default_channel");
    }
    CheckConditions(at, rule, Conditions::Of::kEvent);
  }
}

void CheckTraffic(const Place& place, const v1::TrafficRules& traffic) {
  for (int i = 0; i < traffic.exclude_environment_size(); ++i) {
    const auto environment = traffic.exclude_environment(i);
    if (environment == v1::SANDBOX || environment == v1::TEST) continue;
    place.Mistake("exclude_environment", i,
                  "must be SANDBOX or TEST: without PRODUCTION nothing "
                  "is left");
  }
  if (!CheckSize(place, "exclude", traffic.exclude())) return;
  for (int i = 0; i < traffic.exclude_size(); ++i) {
    const Place at = place.Child("exclude", i);
    CheckSlug(at, "reason", traffic.exclude(i).reason());
    if (traffic.exclude(i).when_size() == 0) {
      at.Mistake("when", "is missing; give at least one condition");
    }
    CheckConditions(at, traffic.exclude(i), Conditions::Of::kEvent);
  }
}

// All versions of one section: `from` absent in the first, then ascending.
template <typename Section>
void CheckVersions(const Place& fold, absl::string_view field, const absl::TimeZone& zone,
                   const RepeatedPtrField<Section>& versions,
                   void (*check)(const Place&, const Section&)) {
  if (!CheckSize(fold, field, versions)) return;
  int64_t last = INT64_MIN;
  for (int i = 0; i < versions.size(); ++i) {
    const Place place = fold.Child(field, i);
    check(place, versions[i]);
    const std::string& from = versions[i].from();
    if (i == 0) {
      if (!from.empty()) {
        place.Mistake("from", Is(Quoted(from),
                                 "the first version is in force for all history "
                                 "before the second; leave its from out"));
      }
      continue;
    }
    if (from.empty()) {
      place.Mistake("from",
                    "is missing; each version but the first says since when it is in "
                    "force: from: \"2026-01-01\"");
      continue;
    }
    const auto instant = ParseInstant(from, zone);
    if (!instant.ok()) {
      place.Mistake("from", instant.status().message());
    } else if (*instant <= last) {
      place.Mistake("from", Is(Quoted(from),
                               "it is not after the version before it; give the "
                               "versions in order of time"));
    } else {
      last = *instant;
    }
  }
}

template <typename Section>
void CheckNeeded(const Place& fold, absl::string_view field,
                 const RepeatedPtrField<Section>& versions) {
  if (versions.empty()) {
    fold.Mistake(field, "is missing; copy the section from the default (`revops model`)");
  }
}

void CheckFold(const Place& place, const v1::FoldPart& fold) {
  auto zone = ZoneNamed(fold.time_zone());
  if (!zone.ok()) {
    place.Mistake("time_zone", zone.status().message());
    zone = absl::UTCTimeZone();
  }
  if (fold.has_fiscal_calendar()) {
    const Place fiscal = place.Child("fiscal_calendar");
    CheckRange(fiscal, "first_month", fold.fiscal_calendar().first_month(), {0, 12, "a month"});
    CheckRange(fiscal, "week_start", fold.fiscal_calendar().week_start(), {0, 7, "a weekday"});
  }
  std::set<std::string> names;
  if (CheckSize(place, "business_calendar", fold.business_calendar())) {
    for (int i = 0; i < fold.business_calendar_size(); ++i) {
      const Place at = place.Child("business_calendar", i);
      CheckBusinessCalendar(at, fold.business_calendar(i));
      CheckUnique(at, "name", fold.business_calendar(i).name(), names);
    }
  }
  CheckNeeded(place, "pipelines", fold.pipelines());
  CheckNeeded(place, "qualification", fold.qualification());
  CheckNeeded(place, "scoring", fold.scoring());
  CheckNeeded(place, "channels", fold.channels());
  CheckVersions(place, "pipelines", *zone, fold.pipelines(), CheckPipelines);
  CheckVersions(place, "qualification", *zone, fold.qualification(), CheckQualification);
  CheckVersions(place, "scoring", *zone, fold.scoring(), CheckScoring);
  CheckVersions(place, "sla", *zone, fold.sla(), CheckSla);
  CheckVersions(place, "channels", *zone, fold.channels(), CheckChannels);
  CheckVersions(place, "traffic", *zone, fold.traffic(), CheckTraffic);
}

void CheckTerms(const Place& place, absl::string_view field,
                const RepeatedPtrField<v1::Term>& terms) {
  for (int i = 0; i < terms.size(); ++i) {
    const Place at = place.Child(field, i);
    CheckSlug(at, "measure", terms[i].measure());
    if (terms[i].dimension().empty() && !terms[i].value().empty()) {
      at.Mistake("dimension", "is missing; say of which grouping the value is");
    }
  }
}

void CheckAsk(const Place& place, const v1::AskPart& ask) {
  if (!CheckSize(place, "kpi", ask.kpi())) return;
  std::set<std::string> names;
  for (int i = 0; i < ask.kpi_size(); ++i) {
    const auto& kpi = ask.kpi(i);
    const Place at = place.Child("kpi", i);
    CheckSlug(at, "name", kpi.name());
    CheckUnique(at, "name", kpi.name(), names);
    CheckName(at, "label", kpi.label());
    if (kpi.unit() == v1::Kpi::UNIT_UNSPECIFIED) {
      at.Mistake("unit", "is missing; give COUNT, RATIO, MONEY or DURATION");
    }
    if (kpi.numerator_size() == 0) at.Mistake("numerator", "is missing; give at least one measure");
    if (kpi.unit() == v1::Kpi::RATIO && kpi.denominator_size() == 0) {
      at.Mistake("denominator", "is missing; a ratio has one");
    }
    CheckTerms(at, "numerator", kpi.numerator());
    CheckTerms(at, "denominator", kpi.denominator());
  }
}

}  // namespace

absl::Status CheckModel(const ModelText& text) {
  Mistakes mistakes;
  const Place place(text, mistakes);
  CheckName(place, "name", text.model.name());
  CheckName(place, "version", text.model.version());
  if (!text.model.has_fold()) {
    place.Mistake("fold", "is missing; copy it from the default (`revops model`)");
  } else {
    CheckFold(place.Child("fold"), text.model.fold());
  }
  if (text.model.has_ask()) CheckAsk(place.Child("ask"), text.model.ask());
  return mistakes.ToStatus();
}

}  // namespace revops
