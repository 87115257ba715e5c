package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.DeliveryLog;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.upload.Uploader;

/**
 * Where the batches of one table go and what observes them.
 *
 * @param schema     schema of the table
 * @param uploader   sends one request
 * @param deliveries makes the outcome of requests durable
 * @param rejections takes records that are at fault
 * @param listener   receives the outcome of every request
 * @param suspension decides whether a batch is sent or deferred
 */
public record BatchTarget(
        TableSchema schema,
        Uploader uploader,
        DeliveryLog deliveries,
        Rejections rejections,
        DeliveryListener listener,
        Suspension suspension) {}
