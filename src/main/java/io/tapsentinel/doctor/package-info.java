/**
 * The doctor command: checks this installation step by step and explains each problem.
 * May use every package below the entry point but sandbox.
 * Read {@link io.tapsentinel.doctor.Doctor} first.
 */
package io.tapsentinel.doctor;
