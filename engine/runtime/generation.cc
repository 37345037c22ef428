#include "engine/runtime/generation.h"

#include "absl/strings/str_cat.h"
#include "engine/base/civil.h"
#include "engine/base/hash.h"

namespace revops {

std::string GenerationFingerprint(const Registry& registry, const RevenueModel& model) {
  std::string all = absl::StrCat("model ", model.fold_fingerprint(), "\n");
  for (const auto& projection : registry) {
    absl::StrAppend(&all, "view ", projection->name(), " ", projection->version(), "\n");
  }
  absl::StrAppend(&all, "tzdata ", TzdataVersion(), "\n");
  return Sha256Hex(all);
}

}  // namespace revops
