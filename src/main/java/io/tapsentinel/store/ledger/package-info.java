/**
 * Progress, the ledger of reads, backlog, gaps, sweeps and deferred events.
 * May use store and what is below it.
 * Read {@link io.tapsentinel.store.ledger.ReadState} first.
 */
package io.tapsentinel.store.ledger;
