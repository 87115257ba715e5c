/**
 * What was read, found, missed and deferred.
 * May use store and what is below it.
 * Read {@link io.tapsentinel.store.ledger.ReadState} first.
 */
package io.tapsentinel.store.ledger;
