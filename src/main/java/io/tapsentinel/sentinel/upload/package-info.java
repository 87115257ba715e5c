/**
 * One request to the Logs Ingestion API and the meaning of its answer.
 * May use sentinel.azure and what is below it.
 * Read {@link io.tapsentinel.sentinel.upload.IngestionUploader} first.
 */
package io.tapsentinel.sentinel.upload;
