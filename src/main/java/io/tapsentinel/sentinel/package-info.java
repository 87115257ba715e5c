/**
 * The Camel component sentinel: and the state of its tables.
 * May use its parts, tap and what is below them.
 * Read {@link io.tapsentinel.sentinel.SentinelProducer} first.
 */
package io.tapsentinel.sentinel;
