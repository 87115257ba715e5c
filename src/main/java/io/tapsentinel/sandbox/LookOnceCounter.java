package io.tapsentinel.sandbox;

import io.tapsentinel.event.EventType;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;

/**
 * Counts the rows that a reader would have lost which takes every instant from the first answer that covers it and never again.
 * Such a row was not visible yet when its creation time was first covered, and a later answer contains it. It is counted in the
 * first answer that contains it, which is the one where the last look at its creation time before lies before it became visible;
 * so each row counts once however often it is read again. Needs no memory of rows, only {@link LookTimes}. Thread-safe.
 */
final class LookOnceCounter {

    /** No window starts earlier than this before its request, so looks at older times decide nothing any more. */
    private static final Duration HISTORY = Duration.ofDays(7);

    private final LookTimes looks = new LookTimes();
    private final TypeCounts missed = new TypeCounts();

    /** Takes note of an answer that was given in full. */
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

    /** Events stand on whole milliseconds: a window that starts between two begins with the second one. */
    private static long ceilingMillis(Instant instant) {
        return instant.plusNanos(999_999).toEpochMilli();
    }
}
