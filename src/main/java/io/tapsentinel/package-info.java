/**
 * Entry point and command line.
 * May use every package.
 * Read {@link io.tapsentinel.TapSentinel} first.
 */
package io.tapsentinel;
