package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.DeliveryLog;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.upload.Uploader;

/**
 * Where the batches of one table go, and who hears of them.
 *
 * @param schema     of the table
 * @param uploader   makes a request
 * @param deliveries makes durable what was sent
 * @param rejections takes the records that are to blame for a refusal
 * @param listener   hears of every request
 * @param suspension whether a batch is sent, or deferred
 */
public record BatchTarget(
        TableSchema schema,
        Uploader uploader,
        DeliveryLog deliveries,
        Rejections rejections,
        DeliveryListener listener,
        Suspension suspension) {}
