#include "engine/cli/grain_option.h"

#include <map>

namespace revops {

void AddGrainOption(CLI::App* command, v1::KpiRequest::Grain* grain, const std::string& what) {
  using Grain = v1::KpiRequest::Grain;
  const std::map<std::string, Grain> grains = {{"total", v1::KpiRequest::TOTAL},
                                               {"day", v1::KpiRequest::DAY},
                                               {"week", v1::KpiRequest::WEEK},
                                               {"month", v1::KpiRequest::MONTH},
                                               {"quarter", v1::KpiRequest::QUARTER},
                                               {"year", v1::KpiRequest::YEAR},
                                               {"fiscal_quarter", v1::KpiRequest::FISCAL_QUARTER},
                                               {"fiscal_year", v1::KpiRequest::FISCAL_YEAR}};
  const auto number = [grains](std::string& name) -> std::string {
    const auto found = grains.find(name);
    if (found == grains.end()) {
      return name +
             " is no period; give total, day, week, month, quarter, year, fiscal_quarter or "
             "fiscal_year";
    }
    name = std::to_string(found->second);
    return "";
  };
  command->add_option("--grain", *grain, what)
      ->transform(CLI::Validator(number, ""))
      ->option_text("GRAIN");
}

}  // namespace revops
