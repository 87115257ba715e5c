package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.TapEvent;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A record waiting for its acknowledgement.
 *
 * @param event   its event
 * @param fields  the complete fields, in case the record cannot be delivered
 * @param json    the record as sent: one JSON object in UTF-8
 * @param window  the read that the event came with, compared by identity; may be null
 * @param settled called once: with null if the event has a final outcome, otherwise with the reason
 */
public record PendingRecord(
        TapEvent event, Map<String, Object> fields, byte[] json, Object window, Consumer<Exception> settled) {}
