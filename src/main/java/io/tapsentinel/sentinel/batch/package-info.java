/**
 * Records become batches, requests and outcomes: retries, halves, suspensions.
 * May use sentinel.upload and what is below it.
 * Read {@link io.tapsentinel.sentinel.batch.BatchSender} first.
 */
package io.tapsentinel.sentinel.batch;
