package io.tapsentinel.sandbox;

import java.time.Instant;
import java.util.Set;

/**
 * What a window's filters look at in one threat of an event.
 *
 * @param status {@code active}, {@code cleared}, {@code falsePositive}, or null where the event does not say
 * @param type   {@code url}, {@code attachment} or {@code messageText}
 * @param time   when it was condemned, in whole milliseconds
 */
record SandboxThreat(String status, String type, Instant time) {

    /** One without a status counts as active. */
    boolean matches(Set<String> statuses) {
        return statuses.contains(status == null ? "active" : status);
    }
}
