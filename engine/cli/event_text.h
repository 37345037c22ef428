// Events as lines of a table.
#pragma once

#include <string>
#include <vector>

#include "revops/v1/event.pb.h"

namespace revops {

// time, kind, team, who (the person), with (account, deal), by (our side), what, source/id.
std::vector<std::string> EventColumns();
std::vector<std::string> EventCells(const v1::Event& event);

}  // namespace revops
