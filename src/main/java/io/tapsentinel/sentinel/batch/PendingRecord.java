package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.TapEvent;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A record that waits for its acknowledgement.
 *
 * @param event   the event it was made of
 * @param fields  what it was made of, whole, in case the record cannot be delivered
 * @param json    the record as it will be sent, one JSON object in UTF-8
 * @param window  the read that the event came with; only its identity counts, and it may be null
 * @param settled called exactly once: with null when the event has a final outcome, else with the reason
 */
public record PendingRecord(
        TapEvent event, Map<String, Object> fields, byte[] json, Object window, Consumer<Exception> settled) {}
