// Marketing's mails: a newsletter every other week and a nurture programme for those who know us.
#pragma once

#include "engine/simulate/world.h"

namespace revops::simulation {

// Schedules the mailings of the whole simulation.
void StartMailing(World& world);

// One mail to one person: sent, delivered or bounced, opened (or fetched by the mail server),
// clicked, unsubscribed.
void SendMail(const Person& person, absl::string_view campaign, absl::string_view message,
              Instant at);

}  // namespace revops::simulation
