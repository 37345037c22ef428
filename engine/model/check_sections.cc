#include "engine/model/check_sections.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/calendar.h"
#include "engine/base/civil.h"
#include "engine/model/business_hours.h"
#include "engine/model/check_fields.h"

namespace revops {
namespace {

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
    CheckRange(place, "limit_days", stage.limit_days(), {1, kModelDaysMax, "a number of days"});
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

}  // namespace

void CheckBusinessCalendar(const Place& place, const v1::BusinessCalendar& calendar) {
  CheckName(place, "name", calendar.name());
  if (const auto zone = Zone::Load(calendar.time_zone()); !zone.ok()) {
    place.Mistake("time_zone", absl::StrCat("is wrong: ", zone.status().message()));
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

void CheckVisits(const Place& place, const v1::VisitRules& visits) {
  for (int i = 0; i < visits.kind_size(); ++i) CheckKind(place, "kind", i, visits.kind(i));
  CheckRange(place, "gap_minutes", visits.gap_minutes(), {0, 1440, "a number of minutes"});
}

void CheckCommittee(const Place& place, const v1::BuyingCommittee& committee) {
  constexpr int kRolesMax = 20;
  if (committee.role_size() > kRolesMax) {
    place.Mistake("role",
                  absl::StrCat("has ", committee.role_size(), " roles; give at most ", kRolesMax));
  }
  std::set<std::string> seen;
  for (const std::string& role : committee.role()) {
    CheckName(place, "role", role);
    CheckUnique(place, "role", role, seen);
  }
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
             {0, kModelDaysMax, "a number of days"});
}

void CheckScoring(const Place& place, const v1::Scoring& scoring) {
  CheckRange(place, "half_life_days", scoring.half_life_days(),
             {1, kModelDaysMax, "a number of days"});
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
  if (sla.follow_up_kind_size() > 0 || sla.follow_up_minutes() != 0) {
    CheckRange(place, "follow_up_minutes", sla.follow_up_minutes(),
               {1, 100'000, "business minutes"});
    if (sla.follow_up_kind_size() == 0) {
      place.Mistake("follow_up_kind",
                    "is missing; say whom sales follows up: \"webinar.attended\"");
    }
  }
  for (int k = 0; k < sla.follow_up_kind_size(); ++k) {
    CheckKind(place, "follow_up_kind", k, sla.follow_up_kind(k));
  }
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

}  // namespace revops
