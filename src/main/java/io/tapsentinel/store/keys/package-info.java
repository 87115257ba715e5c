/**
 * Which events were delivered: the keys that make each land once.
 * May use store.ledger and what is below it.
 * Read {@link io.tapsentinel.store.keys.SeenKeys} first.
 */
package io.tapsentinel.store.keys;
