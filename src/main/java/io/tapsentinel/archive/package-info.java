/**
 * Keeps answers of TAP as they came, without holding up an event.
 * May use read and what is below it.
 * Read {@link io.tapsentinel.archive.Archive} first.
 */
package io.tapsentinel.archive;
