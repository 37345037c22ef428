// Any bytes as CSV, TSV and text split at white space; the first byte says which.
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "tests/fuzz/import_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using revops::test::kEveryConversion;
  using revops::test::MustParse;
  static const auto* mappings = new std::vector<revops::Mapping>{
      MustParse(absl::StrCat("name: 'f' source: 'f' format { kind: CSV }", kEveryConversion)),
      MustParse(absl::StrCat("name: 'f' source: 'f' format { kind: CSV no_header: true "
                             "short_rows: true null_text: 'NULL' column: ['a', 'b', 'c', 'd', "
                             "'e', 'f', 'g', 'h'] }",
                             kEveryConversion)),
      MustParse(absl::StrCat("name: 'f' source: 'f' format { kind: TSV }", kEveryConversion)),
      MustParse(absl::StrCat("name: 'f' source: 'f' format { kind: WHITESPACE no_header: true "
                             "column: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] }",
                             kEveryConversion)),
  };
  if (size == 0) return 0;
  const absl::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  revops::test::TryImport((*mappings)[data[0] % mappings->size()], text);
  return 0;
}
