// Any bytes as a mapping: it loads or is refused in words; what loads imports without harm.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/import_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<revops::Mapping> mapping = revops::Mapping::Parse(text, "fuzz.textproto");
  if (!mapping.ok()) {
    REVOPS_CHECK(!mapping.status().message().empty());
    return 0;
  }
  if (!mapping->tables().empty()) return 0;  // it names files
  revops::test::TryImport(*mapping,
                          "a,b,c,d\n1,2018-01-01,x,2.5\n2,2018-01-02T10:00:00Z,,1e9\n3,4\n");
  revops::test::TryImport(*mapping,
                          "{\"a\":1,\"b\":\"2018-01-01\",\"c\":{\"d\":[true,null]},\"d\":0.5}\n");
  return 0;
}
