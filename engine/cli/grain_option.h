// --grain: by which periods a KPI is asked.
#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "revops/v1/service.pb.h"

namespace revops {

void AddGrainOption(CLI::App* command, v1::KpiRequest::Grain* grain, const std::string& what);

}  // namespace revops
