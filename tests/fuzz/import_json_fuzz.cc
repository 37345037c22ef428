// Any bytes as JSON lines.
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "tests/fuzz/import_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto* mapping = new revops::Mapping(revops::test::MustParse(absl::StrCat(
      "name: 'f' source: 'f' format { kind: JSON_LINES }", revops::test::kEveryConversion)));
  revops::test::TryImport(*mapping, absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
