/**
 * Records become batches, requests and outcomes: pauses after a failure (429, 5xx), halves, suspensions.
 * May use sentinel.upload and what is below it.
 * Read {@link io.tapsentinel.sentinel.batch.BatchSender} first.
 */
package io.tapsentinel.sentinel.batch;
