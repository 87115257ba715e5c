/**
 * Time, hanging queries and fatal errors of a process.
 * Uses no other package of this program.
 * Read {@link io.tapsentinel.process.FatalErrors} first.
 */
package io.tapsentinel.process;
