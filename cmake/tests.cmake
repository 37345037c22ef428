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

file(GLOB_RECURSE test_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*_test.cc)
set(test_folders)
foreach(file ${test_files})
  get_filename_component(folder ${file} DIRECTORY)
  list(APPEND test_folders ${folder})
endforeach()
list(REMOVE_DUPLICATES test_folders)
# The thread sanitizer sees nothing of the locks inside RocksDB, protobuf and Abseil as Debian builds
# them; it gets the folders whose tests stay in our own code.
if(REVOPS_SANITIZE MATCHES "thread")
  list(FILTER test_folders INCLUDE REGEX "/tests/(base|event|model|identity|fold|projections|import|simulate|log|serve|runtime|ingest)$")
endif()
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
  elseif(name MATCHES "^(cli|conformance|crash|data|system)")
    set(under_test revops_serve revops_import revops_simulate)
  endif()
  target_link_libraries(${name}_tests PRIVATE revops_test_support ${under_test})
  add_test(NAME ${name} COMMAND ${name}_tests)
  # These start the program itself.
  if(TARGET revops AND name MATCHES "^(cli|crash|system)")
    add_dependencies(${name}_tests revops)
  endif()
endforeach()

if(REVOPS_SANITIZE)
  return()  # a benchmark under a sanitizer measures the sanitizer
endif()
file(GLOB bench_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/bench/*_bench.cc)
file(GLOB bench_support CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/bench/*.cc)
list(REMOVE_ITEM bench_support ${bench_files})
add_library(revops_bench_support STATIC ${bench_support})
target_link_libraries(revops_bench_support PUBLIC revops_test_support revops_simulate)
foreach(file ${bench_files})
  get_filename_component(name ${file} NAME_WE)
  add_executable(${name} ${file})
  target_link_libraries(${name} PRIVATE revops_bench_support benchmark::benchmark)
endforeach()
