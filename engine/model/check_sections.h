// What each section of a model must hold to make sense.
#pragma once

#include "engine/model/model_text.h"

namespace revops {

void CheckBusinessCalendar(const Place& place, const v1::BusinessCalendar& calendar);
void CheckVisits(const Place& place, const v1::VisitRules& visits);
void CheckCommittee(const Place& place, const v1::BuyingCommittee& committee);
void CheckPipelines(const Place& place, const v1::Pipelines& pipelines);
void CheckQualification(const Place& place, const v1::Qualification& qualification);
void CheckScoring(const Place& place, const v1::Scoring& scoring);
void CheckSla(const Place& place, const v1::Sla& sla);
void CheckChannels(const Place& place, const v1::Channels& channels);
void CheckAttribution(const Place& place, const v1::Attribution& attribution);
void CheckTraffic(const Place& place, const v1::TrafficRules& traffic);

}  // namespace revops
