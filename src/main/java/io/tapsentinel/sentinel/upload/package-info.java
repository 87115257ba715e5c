/**
 * One request to the Logs Ingestion API and what its answer means.
 * May use sentinel.azure and what is below it.
 * Read {@link io.tapsentinel.sentinel.upload.IngestionUploader} first.
 */
package io.tapsentinel.sentinel.upload;
