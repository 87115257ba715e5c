/**
 * De-duplication: durable keys of delivered events and reservations.
 * May use store.ledger and what is below it.
 * Read {@link io.tapsentinel.store.keys.SeenKeys} first.
 */
package io.tapsentinel.store.keys;
