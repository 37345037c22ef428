// Asks an Api for the numbers of one report and turns them into its parts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/base/calendar.h"
#include "engine/model/model.h"
#include "engine/report/report.h"
#include "revops/v1/views.pb.h"

namespace revops {

// What a question of a report is about; days are half-open.
struct Span {
  int32_t from = 0;
  int32_t end = 0;
};

class ReportAsker final {
 public:
  // Lifetime: borrows all of them.
  ReportAsker(Api& api, const ReportOptions& options, const RevenueModel& model)
      : api_(api), options_(options), model_(model) {}

  struct Question {
    std::vector<std::string> names;
    Span days;
    v1::KpiRequest::Grain grain = v1::KpiRequest::TOTAL;
    std::vector<std::string> by;
    std::map<std::string, std::string> only;
    bool compare = false;
  };
  // One series for each name that the model defines and that can be sliced so; the others are
  // noted. Errors: those of the Api, but for unknown KPIs and slices.
  absl::StatusOr<std::vector<v1::KpiSeries>> Ask(const Question& question,
                                                 std::vector<std::string>& notes);

  // A figure for each number of a series that has one number a currency.
  void AddFigures(const v1::KpiSeries& series, const Question& question, ReportSection& section);

  // A row for each slice, a column for each series; in order of the first, the largest first, and
  // always what is unattributed.
  ReportTable SliceTable(const std::vector<v1::KpiSeries>& series, const Question& question,
                         const std::string& title, int rows_max);
  // A last row of such a table: what is asked without slices.
  absl::Status AddSum(const Question& question, ReportTable& table);
  // A row for each period, a column for each series.
  ReportTable PeriodTable(const std::vector<v1::KpiSeries>& series, const Question& question,
                          const std::string& title);
  // The same as charts; of amounts in several currencies only the largest.
  ReportChart SliceChart(const v1::KpiSeries& series, const Question& question,
                         const std::string& title, int bars_max);
  ReportChart PeriodChart(const std::vector<v1::KpiSeries>& series, const std::string& title);

  // "revops explain kpi bookings --from … --data my-company"
  std::string ExplainCommand(const std::string& kpi, const v1::KpiPoint& point,
                             const Question& question) const;
  std::string Command(const std::string& rest) const;
  // " --at …": of the instant that is asked of, as every command has it.
  std::string AtOption() const;

  // The deal as it stands; kNotFound if there is none.
  absl::StatusOr<v1::OpportunityView> Deal(const v1::Id& id);

  // Rows of a view, as a list gives them; none (and a note) if there is no such view or list.
  absl::StatusOr<v1::ListResponse> List(v1::ListRequest request, std::vector<std::string>& notes);

  const v1::Seen& seen() const { return seen_; }
  int64_t at() const { return options_.at; }
  const RevenueModel& model() const { return model_; }

 private:
  Api& api_;
  const ReportOptions& options_;
  const RevenueModel& model_;
  v1::Seen seen_;
};

// Quoted for a shell where it has to be.
std::string Argument(const std::string& text);

// "EUR 1,200 of 2,000" and what else a point says besides its value.
std::string PointNote(const v1::KpiPoint& point, const std::string& unit);
std::string PointText(const v1::KpiPoint& point, const std::string& unit);

}  // namespace revops
