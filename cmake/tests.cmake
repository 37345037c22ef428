# One binary per folder of tests/ that holds *_test.cc files, one ctest entry each;
# tests/support/*.cc is the shared kit; tests/fuzz and tests/bench hold programs, one a file.
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)

revops_test_protos(revops_test_proto)
file(GLOB support CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/support/*.cc)
add_library(revops_test_support STATIC ${support} ${CMAKE_SOURCE_DIR}/tests/support/main/main.cc)
target_link_libraries(revops_test_support PUBLIC revops_ingest revops_projections revops_test_proto
                      GTest::gmock GTest::gtest revops_allocator)
target_compile_definitions(revops_test_support PUBLIC
  REVOPS_SOURCE_DIR="${CMAKE_SOURCE_DIR}" REVOPS_BINARY_DIR="${CMAKE_BINARY_DIR}")

if(REVOPS_PCH)
  target_precompile_headers(revops_test_support PRIVATE <gmock/gmock.h> <gtest/gtest.h>
    <string> <vector> <absl/status/statusor.h> <absl/strings/str_cat.h> <revops/v1/event.pb.h>
    <revops/v1/views.pb.h>)
endif()

file(GLOB_RECURSE test_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*_test.cc)
set(test_folders)
foreach(file ${test_files})
  get_filename_component(folder ${file} DIRECTORY)
  list(APPEND test_folders ${folder})
endforeach()
list(REMOVE_DUPLICATES test_folders)
# The thread sanitizer sees nothing of the locks inside RocksDB, protobuf and Abseil as Debian builds
# them; it gets the folders whose tests stay in our own code, but for what names RocksDb.
if(REVOPS_SANITIZE MATCHES "thread")
  list(FILTER test_folders INCLUDE REGEX "/tests/(base|event|model|identity|fold|projections|import|simulate)$")
endif()
# What runs under sanitizers in CI: all but what starts programs and brokers, whose time limits slow
# code misses, and the long random suites.
add_custom_target(unit_tests)
foreach(folder ${test_folders})
  file(RELATIVE_PATH relative ${CMAKE_SOURCE_DIR}/tests ${folder})
  string(REPLACE "/" "_" name ${relative})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cc)
  add_executable(${name}_tests ${sources})
  # Beside the kit a test links its own folder's library, so that it builds without the others;
  # those that drive the whole take the whole.
  set(under_test)
  if(TARGET revops_${name})
    set(under_test revops_${name})
  elseif(name MATCHES "^(chaos|cli|conformance|crash|data|system)")
    set(under_test revops_serve revops_import revops_simulate)
  elseif(name STREQUAL "kafka")
    set(under_test revops_simulate)
  endif()
  if(name STREQUAL "import")
    list(APPEND under_test revops_query)  # data-driven credit of public data is solved when asked
  endif()
  target_link_libraries(${name}_tests PRIVATE revops_test_support ${under_test})
  if(REVOPS_PCH)
    target_precompile_headers(${name}_tests REUSE_FROM revops_test_support)
  endif()
  add_test(NAME ${name} COMMAND ${name}_tests)
  if(REVOPS_SANITIZE MATCHES "thread")
    set_tests_properties(${name} PROPERTIES ENVIRONMENT GTEST_FILTER=-*RocksDb*)
  endif()
  if(NOT name MATCHES "^(chaos|cli|conformance|crash|kafka|system|tidy)$")
    set_tests_properties(${name} PROPERTIES LABELS unit)
    add_dependencies(unit_tests ${name}_tests)
  endif()
  # The same suite on a real broker; REVOPS_CASES and its like say how much of it.
  if(name STREQUAL "conformance" AND NOT REVOPS_SANITIZE)
    add_test(NAME conformance_over_kafka COMMAND conformance_tests)
    set_tests_properties(conformance_over_kafka PROPERTIES ENVIRONMENT
      "REVOPS_LOG=kafka;REVOPS_CASES=3;REVOPS_COMPANIES=1;REVOPS_PLANTED=2")
  endif()
  # These start the program itself.
  if(TARGET revops AND name MATCHES "^(chaos|cli|crash|system)")
    add_dependencies(${name}_tests revops)
  endif()
endforeach()

# Fuzz targets, one a file. With clang and its runtime they run under libFuzzer (configure with
# -DREVOPS_SANITIZE=address,fuzzer-no-link for its coverage); else under a driver of our own that
# takes the same flags. ctest runs each a little from a fixed seed.
file(GLOB fuzz_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/*_fuzz.cc)
if(REVOPS_SANITIZE MATCHES "thread")
  set(fuzz_files)
endif()
include(CheckCXXSourceCompiles)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  set(CMAKE_REQUIRED_FLAGS -fsanitize=fuzzer)
  check_cxx_source_compiles("extern \"C\" int LLVMFuzzerTestOneInput(const char*, unsigned long) \
                             { return 0; }" REVOPS_HAS_LIBFUZZER)
  unset(CMAKE_REQUIRED_FLAGS)
endif()
if(NOT REVOPS_HAS_LIBFUZZER)
  add_library(revops_fuzz_driver STATIC ${CMAKE_SOURCE_DIR}/tests/fuzz/driver/main.cc)
  target_link_libraries(revops_fuzz_driver PUBLIC revops_options)
  add_executable(fuzz_planted ${CMAKE_SOURCE_DIR}/tests/fuzz/driver/planted.cc)
  target_link_libraries(fuzz_planted PRIVATE revops_fuzz_driver)
  add_test(NAME fuzz_driver
           COMMAND sh -c "\"$0\" -runs=100000 -seed=1 2>&1 | grep 'the input is in crash-'"
                   $<TARGET_FILE:fuzz_planted>)
endif()
foreach(file ${fuzz_files})
  get_filename_component(name ${file} NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" stem ${name})
  add_executable(${name} ${file})
  target_link_libraries(${name} PRIVATE revops_serve revops_import revops_simulate
                        revops_projections revops_allocator)
  if(REVOPS_HAS_LIBFUZZER)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_link_libraries(${name} PRIVATE revops_fuzz_driver)
  endif()
  # libFuzzer adds what it finds to the first folder.
  set(corpus ${CMAKE_BINARY_DIR}/fuzz/${stem})
  file(MAKE_DIRECTORY ${corpus})
  if(EXISTS ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${stem})
    list(APPEND corpus ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${stem})
  endif()
  add_test(NAME ${name} COMMAND ${name} -runs=2000 -seed=1 ${corpus})
  set_tests_properties(${name} PROPERTIES LABELS unit)
  add_dependencies(unit_tests ${name})
endforeach()

if(REVOPS_SANITIZE)
  return()  # a benchmark under a sanitizer measures the sanitizer
endif()
file(GLOB bench_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/bench/*_bench.cc)
file(GLOB bench_support CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/bench/*.cc)
list(REMOVE_ITEM bench_support ${bench_files})
add_library(revops_bench_support STATIC ${bench_support})
target_link_libraries(revops_bench_support PUBLIC revops_test_support revops_simulate revops_report)
foreach(file ${bench_files})
  get_filename_component(name ${file} NAME_WE)
  add_executable(${name} ${file})
  target_link_libraries(${name} PRIVATE revops_bench_support benchmark::benchmark)
  if(name STREQUAL "cluster_bench")
    add_dependencies(${name} revops)  # which it starts
  endif()
endforeach()
# Small here; README says the size that its gates are for.
add_test(NAME kpi_bench COMMAND kpi_bench --accounts 10 --journeys 2000 --rounds 2
         --folder ${CMAKE_BINARY_DIR}/kpi_bench_folder)
