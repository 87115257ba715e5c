/**
 * What a process does about time, hanging questions and fatal errors.
 * Uses nothing else of this program.
 * Read {@link io.tapsentinel.process.FatalErrors} first.
 */
package io.tapsentinel.process;
