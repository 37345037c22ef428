// Forms: how a visitor becomes known, and when marketing calls a person qualified.
#pragma once

#include "absl/strings/string_view.h"
#include "engine/simulate/world.h"

namespace revops::simulation {

// After a session: perhaps a form; a known device fills one when it wants something new.
void MaybeFillForm(const Person& person, int device, absl::string_view session, Instant at);

// Fills the form `form_id` on `device`: the form's event, the record, the link, the points.
void FillForm(const Person& person, int device, absl::string_view form_id,
              absl::string_view campaign, absl::string_view session, Instant at);

// Hands the person over if marketing's own score says so, or if they asked for sales.
void MaybeQualify(const Person& person, bool asked_for_sales, absl::string_view campaign,
                  Instant at);

}  // namespace revops::simulation
