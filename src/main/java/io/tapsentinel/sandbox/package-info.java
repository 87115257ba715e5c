/**
 * Simulated TAP and Sentinel. Only the entry point runs them.
 * May use sentinel.schema, net, event and config.
 * Read {@link io.tapsentinel.sandbox.Sandbox} first.
 */
package io.tapsentinel.sandbox;
