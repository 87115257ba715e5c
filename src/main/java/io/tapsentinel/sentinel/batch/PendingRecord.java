package io.tapsentinel.sentinel.batch;

import io.tapsentinel.tap.TapEvent;
import java.util.function.Consumer;

/**
 * A record that waits for its acknowledgement.
 *
 * @param event   the event it was made of
 * @param json    the record as it will be sent, one JSON object in UTF-8
 * @param settled called exactly once: with null after the acknowledgement, else with the reason
 */
public record PendingRecord(TapEvent event, byte[] json, Consumer<Exception> settled) {
}
