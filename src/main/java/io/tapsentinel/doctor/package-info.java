/**
 * Whether this installation can run, one check after the other, each with what to do.
 * May use every package below the entry point but sandbox.
 * Read {@link io.tapsentinel.doctor.Doctor} first.
 */
package io.tapsentinel.doctor;
