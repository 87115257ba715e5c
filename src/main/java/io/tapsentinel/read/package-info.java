/**
 * One read of TAP: planning, request, split, outcomes of events, commit.
 * May use rejected and what is below it.
 * Read {@link io.tapsentinel.read.WindowRead} first.
 */
package io.tapsentinel.read;
