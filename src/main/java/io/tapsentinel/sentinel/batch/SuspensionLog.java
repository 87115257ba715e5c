package io.tapsentinel.sentinel.batch;

import io.tapsentinel.event.EventType;
import java.time.Instant;
import java.util.Map;

/** Where suspended tables are durable, for the next start and for other programs on the store. Every method throws when it could not. */
public interface SuspensionLog {

    /** Keeps nothing: the process remembers them. */
    SuspensionLog IN_MEMORY = new SuspensionLog() {};

    /**
     * A table whose events are deferred.
     *
     * @param since     when that began
     * @param nextProbe when the next batch may be sent; only its acknowledgement ends the suspension
     * @param probes    failed ones so far
     * @param reason    what Sentinel answered last, one line without content
     */
    record Suspended(Instant since, Instant nextProbe, int probes, String reason) {}

    /** The table is suspended, or its next probe has another time. */
    default void suspended(EventType type, Suspended now) {}

    /** The table accepts records again. */
    default void ended(EventType type) {}

    /** The tables that are suspended now. */
    default Map<EventType, Suspended> all() {
        return Map.of();
    }
}
