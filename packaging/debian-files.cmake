# debian-files - run by cpack between installing and packing: what Debian's policy
# (chapter 12) wants in every package and nobody else does: copyright, changelog, and
# man pages that are compressed; and lintian's overrides.
foreach(component_and_package offline:tailrace-verify program:tailrace)
  string(REGEX REPLACE ":.*" "" component ${component_and_package})
  string(REGEX REPLACE ".*:" "" package ${component_and_package})
  set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/${component}${CPACK_PACKAGING_INSTALL_PREFIX})
  if(NOT IS_DIRECTORY ${root})
    continue()
  endif()
  set(doc ${root}/share/doc/${package})
  file(MAKE_DIRECTORY ${doc})
  configure_file(${CPACK_TAILRACE_SOURCE}/packaging/copyright ${doc}/copyright COPYONLY)
  configure_file(${CPACK_TAILRACE_CHANGELOG} ${doc}/changelog.Debian COPYONLY)
  configure_file(${CPACK_TAILRACE_SOURCE}/packaging/overrides
    ${root}/share/lintian/overrides/${package} COPYONLY)
  if(EXISTS ${doc}/CHANGELOG.md)
    file(RENAME ${doc}/CHANGELOG.md ${doc}/changelog)
  endif()
  file(GLOB_RECURSE files ${root}/share/man/*.[1-9] ${doc}/changelog*)
  foreach(file IN LISTS files)
    # No name and time in it, so that the same source gives the same package.
    execute_process(COMMAND gzip -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  file(GLOB_RECURSE files LIST_DIRECTORIES true ${doc}/* ${root}/share/lintian/*)
  foreach(file IN LISTS files doc)
    if(IS_DIRECTORY ${file})
      file(CHMOD ${file} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
        GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
    else()
      file(CHMOD ${file} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
    endif()
  endforeach()
endforeach()
