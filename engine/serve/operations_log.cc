#include "engine/serve/operations_log.h"

#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/serve/json.h"

namespace revops {

void OperationsLog::Say(absl::string_view event, const Fields& fields) {
  std::string line = absl::StrCat(
      "{\"at\":",
      JsonString(absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromUnixMicros(clock_.NowMicros()),
                                  absl::UTCTimeZone())),
      ",\"event\":", JsonString(event));
  for (const auto& [name, value] : fields) {
    absl::StrAppend(&line, ",", JsonString(name), ":", JsonString(value));
  }
  absl::MutexLock lock(&mutex_);
  out_ << line << "}" << std::endl;
}

}  // namespace revops
