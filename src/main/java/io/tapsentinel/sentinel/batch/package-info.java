/**
 * Records become batches, requests and outcomes: retries after a failure (429, 5xx), halving, suspension.
 * May use sentinel.upload and what is below it.
 * Read {@link io.tapsentinel.sentinel.batch.BatchSender} first.
 */
package io.tapsentinel.sentinel.batch;
