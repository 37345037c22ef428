# Every file of proto/ as one library, revops_proto; headers are included as
# "revops/v1/event.pb.h".
file(GLOB_RECURSE proto_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/proto/*.proto)
set(proto_sources)
foreach(proto ${proto_files})
  file(RELATIVE_PATH relative ${CMAKE_SOURCE_DIR}/proto ${proto})
  string(REGEX REPLACE "\\.proto$" "" stem ${relative})
  set(generated ${CMAKE_BINARY_DIR}/proto/${stem}.pb.cc ${CMAKE_BINARY_DIR}/proto/${stem}.pb.h)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND protobuf::protoc --proto_path=${CMAKE_SOURCE_DIR}/proto
            --cpp_out=${CMAKE_BINARY_DIR}/proto ${relative}
    DEPENDS ${proto_files}
    COMMENT "protoc ${relative}")
  list(APPEND proto_sources ${generated})
endforeach()
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/proto)
add_library(revops_proto STATIC ${proto_sources})
target_include_directories(revops_proto SYSTEM PUBLIC ${CMAKE_BINARY_DIR}/proto)
target_link_libraries(revops_proto PUBLIC protobuf::libprotobuf Threads::Threads)

# revops_test_protos(TARGET): every .proto under tests/, included as "tests/bench/x.pb.h".
function(revops_test_protos target)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*.proto)
  set(sources)
  foreach(proto ${files})
    file(RELATIVE_PATH relative ${CMAKE_SOURCE_DIR} ${proto})
    string(REGEX REPLACE "\\.proto$" "" stem ${relative})
    set(generated ${CMAKE_BINARY_DIR}/proto/${stem}.pb.cc ${CMAKE_BINARY_DIR}/proto/${stem}.pb.h)
    add_custom_command(
      OUTPUT ${generated}
      COMMAND protobuf::protoc --proto_path=${CMAKE_SOURCE_DIR}
              --proto_path=${CMAKE_SOURCE_DIR}/proto --cpp_out=${CMAKE_BINARY_DIR}/proto ${relative}
      DEPENDS ${files} ${proto_files}
      COMMENT "protoc ${relative}")
    list(APPEND sources ${generated})
  endforeach()
  add_library(${target} STATIC ${sources})
  target_link_libraries(${target} PUBLIC revops_proto)
endfunction()
