#include "engine/cli/model_watch.h"

#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/kpi_book.h"

namespace revops {

ModelWatch::ModelWatch(std::string file, std::string text, const Registry& registry, Take take,
                       Say say)
    : file_(std::move(file)),
      text_(std::move(text)),
      registry_(registry),
      take_(std::move(take)),
      say_(std::move(say)) {}

ModelWatch::~ModelWatch() {
  stop_.Notify();
  if (thread_.joinable()) thread_.join();
}

void ModelWatch::Start(absl::Duration interval) {
  thread_ = std::thread([this, interval] {
    do {
      Look();
    } while (!stop_.WaitForNotificationWithTimeout(interval));
  });
}

void ModelWatch::Look() {
  std::error_code error;
  const auto changed = std::filesystem::last_write_time(file_, error);
  // An editor may be about to put it there.
  if (error || changed == changed_) return;
  std::ifstream stream(file_, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(stream), {});
  if (!stream.good() && !stream.eof()) return;
  changed_ = changed;
  if (text == text_) return;
  const absl::Status status = TakeFile(text);
  text_ = std::move(text);
  say_(status.ok()
           ? absl::StrCat(file_, ": answers are given under it from now on")
           : absl::StrCat(file_,
                          " is refused, the model before stays in force: ", status.message()));
}

absl::Status ModelWatch::TakeFile(const std::string& text) {
  ASSIGN_OR_RETURN(std::shared_ptr<const RevenueModel> model, RevenueModel::Parse(text, file_));
  RETURN_IF_ERROR(CheckKpis(*model, registry_));
  return take_(std::move(model), text);
}

}  // namespace revops
