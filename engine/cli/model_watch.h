// Follows the ask part of a served model: whoever edits the file sees other formulas, labels and
// constants at once, without a restart. A wrong file is refused in words, and what was stays.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "engine/fold/projection.h"
#include "engine/model/model.h"

namespace revops {

class ModelWatch final {
 public:
  // What is done with a model that was read and checked. Errors: why it cannot be taken.
  using Take =
      std::function<absl::Status(std::shared_ptr<const RevenueModel> model, std::string text)>;
  // Told in one message of each change of the file: taken, or refused and why.
  using Say = std::function<void(const std::string& what)>;

  // `text`: what is in force. Lifetime: borrows the registry.
  ModelWatch(std::string file, std::string text, const Registry& registry, Take take, Say say);
  // Ends what Start began.
  ~ModelWatch();

  // Looks once; does nothing if the file is as it was, or not there.
  void Look();

  // Looks every `interval` in a thread of its own. May be called once.
  void Start(absl::Duration interval);

 private:
  absl::Status TakeFile(const std::string& text);

  const std::string file_;
  std::string text_;
  const Registry& registry_;
  const Take take_;
  const Say say_;
  std::filesystem::file_time_type changed_;
  absl::Notification stop_;
  std::thread thread_;
};

}  // namespace revops
