package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.EventType;
import java.time.Instant;
import java.util.Map;

/** Makes suspensions durable, for the next start and for other processes on the store. Methods throw if that fails. */
public interface SuspensionLog {

    /** Keeps suspensions in memory only. */
    SuspensionLog IN_MEMORY = new SuspensionLog() {};

    /**
     * A suspended table.
     *
     * @param since     start of the suspension
     * @param nextProbe when the next batch may be sent; only its acknowledgement ends the suspension
     * @param probes    failed probes so far
     * @param reason    Sentinel's last answer, one line without content
     */
    record Suspended(Instant since, Instant nextProbe, int probes, String reason) {}

    /** The table is suspended, or its next probe has moved. */
    default void suspended(EventType type, Suspended now) {}

    /** The suspension has ended. */
    default void ended(EventType type) {}

    /** All suspended tables. */
    default Map<EventType, Suspended> all() {
        return Map.of();
    }
}
