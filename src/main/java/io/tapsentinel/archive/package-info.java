/**
 * Archives TAP's answers unchanged, without delaying events.
 * May use read and what is below it.
 * Read {@link io.tapsentinel.archive.Archive} first.
 */
package io.tapsentinel.archive;
