#include "engine/model/check.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "engine/base/civil.h"
#include "engine/base/status.h"
#include "engine/event/text.h"
#include "engine/model/business_hours.h"
#include "engine/model/check_fields.h"
#include "engine/model/check_kpi.h"
#include "engine/model/check_sections.h"

namespace revops {
namespace {

using google::protobuf::RepeatedPtrField;

// All versions of one section: `from` absent in the first, then ascending.
template <typename Section>
void CheckVersions(const Place& fold, absl::string_view field, const Zone& zone,
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
  auto zone = Zone::Load(fold.time_zone());
  if (!zone.ok()) {
    place.Mistake("time_zone", absl::StrCat("is wrong: ", zone.status().message()));
    zone = Zone::Utc();
  }
  if (fold.has_fiscal_calendar()) {
    const Place fiscal = place.Child("fiscal_calendar");
    CheckRange(fiscal, "first_month", fold.fiscal_calendar().first_month(), {0, 12, "a month"});
  }
  if (fold.has_customers()) {
    const Place customers = place.Child("customers");
    CheckRange(customers, "new_after_months", fold.customers().new_after_months(),
               {0, 120, "a number of months"});
    CheckRange(customers, "grace_days", fold.customers().grace_days(),
               {0, 366, "a number of days"});
    CheckRange(customers, "follow_days", fold.customers().follow_days(),
               {0, 730, "a number of days"});
  }
  CheckVisits(place.Child("visits"), fold.visits());
  CheckCommittee(place.Child("committee"), fold.committee());
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
  for (int i = 1; i < fold.scoring_size(); ++i) {
    if (fold.scoring(i).half_life_days() == fold.scoring(0).half_life_days()) continue;
    place.Child("scoring", i)
        .Mistake("half_life_days",
                 absl::StrCat("is ", fold.scoring(i).half_life_days(), ", but ",
                              fold.scoring(0).half_life_days(),
                              " in the first version; give all versions the same: it orders leads "
                              "for good"));
  }
  CheckVersions(place, "sla", *zone, fold.sla(), CheckSla);
  CheckVersions(place, "channels", *zone, fold.channels(), CheckChannels);
  CheckVersions(place, "attribution", *zone, fold.attribution(), CheckAttribution);
  CheckVersions(place, "traffic", *zone, fold.traffic(), CheckTraffic);
}

// Every text of the model, however deep.
void CheckTexts(const Place& place, const google::protobuf::Message& message) {
  using google::protobuf::FieldDescriptor;
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        CheckTexts(place.Child(field->name(), i),
                   field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                        : reflection.GetMessage(message, field));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        const std::string text = field->is_repeated()
                                     ? reflection.GetRepeatedString(message, field, i)
                                     : reflection.GetString(message, field);
        if (!IsPlainText(text)) {
          place.Mistake(field->name(), i,
                        "is not plain UTF-8 text; leave out control characters and save the file "
                        "as UTF-8");
        }
      }
    }
  }
}

}  // namespace

absl::Status CheckModel(const ModelText& text) {
  Mistakes mistakes;
  const Place place(text, mistakes);
  CheckTexts(place, text.model);
  RETURN_IF_ERROR(mistakes.ToStatus());
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
