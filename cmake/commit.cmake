# commit - write HEADER with the commit of SOURCE, where that is a clone of the
# repository, and "" where it is a tarball; a header that stays the same is left
# alone, so that nothing is compiled again.
#
#	cmake -D SOURCE=... -D HEADER=... -P commit.cmake
set(commit "")
find_package(Git QUIET)
if(Git_FOUND AND EXISTS ${SOURCE}/.git)
  execute_process(
    COMMAND ${GIT_EXECUTABLE} -C ${SOURCE} describe --always --dirty
    OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE git_failed ERROR_QUIET)
  if(NOT git_failed)
    set(commit "${described}")
  endif()
endif()
file(CONFIGURE OUTPUT ${HEADER} CONTENT "#define TAILRACE_COMMIT \"${commit}\"\n")
