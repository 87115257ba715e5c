/**
 * One read of TAP: what is due, the request, the split, the outcome of each event, the commit.
 * May use rejected and what is below it.
 * Read {@link io.tapsentinel.read.WindowRead} first.
 */
package io.tapsentinel.read;
