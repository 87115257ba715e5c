package io.tapsentinel.testing;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.keys.SeenKeys;
import java.util.List;

/** The results of {@link SeenKeys#claim}, and ways to settle a claimed event without a producer. */
public enum Claim {
    NEW,
    CHANGED,
    RESERVED,
    DELIVERED;

    public static Claim of(SeenKeys seen, TapEvent event) {
        return switch (seen.claim(event)) {
            case RESERVED -> event.getChange().isEmpty() ? NEW : CHANGED;
            case DUPLICATE_OF_RESERVED -> RESERVED;
            case DUPLICATE -> DELIVERED;
            default -> throw new AssertionError(event + " was claimed before");
        };
    }

    /** Marks a claimed event as acknowledged by Sentinel. */
    public static void deliver(SeenKeys seen, TapEvent event) {
        EventLife.advance(event, Outcome.RESERVED, Outcome.SENDING);
        seen.delivered(seen.sending(List.of(event)), List.of(event));
        EventLife.advance(event, Outcome.SENDING, Outcome.DELIVERED);
    }

    /** Marks a claimed event as stored at {@code tap.rejected.uri}. */
    public static void reject(SeenKeys seen, TapEvent event) {
        EventLife.advance(event, Outcome.RESERVED, Outcome.SENDING);
        seen.rejected(event);
        EventLife.advance(event, Outcome.SENDING, Outcome.REJECTED);
    }

    /** Releases a claimed event that was not delivered. */
    public static void release(TapEvent event) {
        EventLife.advance(event, Outcome.RESERVED, Outcome.RELEASED);
    }
}
