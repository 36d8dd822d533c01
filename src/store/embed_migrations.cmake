# Writes FOLDER/NNNN-name.sql as C++ into OUTPUT: number, name, SHA-256 and text of each.
file(GLOB files ${FOLDER}/*.sql)
list(SORT files)
set(entries "")
set(expected 1)
foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])-")
        message(FATAL_ERROR "${file}: a migration is called NNNN-name.sql")
    endif()
    math(EXPR version "1${CMAKE_MATCH_1} - 10000")
    if(NOT version EQUAL expected)
        message(FATAL_ERROR "${file}: the next migration has number ${expected}")
    endif()
    math(EXPR expected "${expected} + 1")
    file(READ ${file} text)
    file(SHA256 ${file} checksum)
    string(APPEND entries "    {${version}, \"${name}\", \"${checksum}\", R\"sql(${text})sql\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made of migrations/*.sql by embed_migrations.cmake.
#include \"store/migrations.hpp\"

namespace backorderd::store {
namespace {
constexpr Migration kMigrations[] = {
${entries}};
}  // namespace

std::span<const Migration> embeddedMigrations() { return kMigrations; }

}  // namespace backorderd::store
")
