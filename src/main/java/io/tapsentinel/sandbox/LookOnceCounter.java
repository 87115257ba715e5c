package io.tapsentinel.sandbox;

import io.tapsentinel.event.EventType;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;

/**
 * Counts the rows that a single-pass connector would miss: rows that were not visible in the first answer for their creation time but
 * are in a later one. Each row counts once, in the first answer that contains it: the previous read of its creation time was before
 * the row became visible. Remembers no rows, only {@link LookTimes}. Thread-safe.
 */
final class LookOnceCounter {

    /** TAP refuses older windows, so older reads no longer matter. */
    private static final Duration HISTORY = Duration.ofDays(7);

    private final LookTimes looks = new LookTimes();
    private final TypeCounts missed = new TypeCounts();

    /** Records a completely sent answer. */
    synchronized void answered(TapAnswer answer) {
        long askedAt = answer.now().toEpochMilli();
        for (Iterator<SandboxEvent> window = answer.window(); window.hasNext(); ) {
            SandboxEvent event = window.next();
            long lastLook = looks.lastLook(event.created().toEpochMilli());
            if (lastLook != LookTimes.NEVER && lastLook < event.visibleAt().toEpochMilli() && answer.selects(event)) {
                missed.add(event.type());
            }
        }
        looks.look(ceilingMillis(answer.query().from()), answer.query().to().toEpochMilli() + 1, askedAt);
        looks.forgetBefore(answer.now().minus(HISTORY).toEpochMilli());
    }

    long missed(EventType type) {
        return missed.count(type);
    }

    /** Events have whole milliseconds. */
    private static long ceilingMillis(Instant instant) {
        return instant.plusNanos(999_999).toEpochMilli();
    }
}
