// A target with a planted bug, so that the driver is seen to find one (ctest: fuzz_driver).
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  int braces = 0;
  for (size_t i = 0; i < size; ++i) braces += data[i] == '{' ? 1 : 0;
  if (braces >= 3 && size < 64) std::abort();
  return 0;
}
