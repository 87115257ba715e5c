package io.tapsentinel.testing;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.keys.SeenKeys;
import java.util.List;

/** What {@link SeenKeys#claim} found, and the ends that a claimed event can have without a producer. */
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

    /** Sentinel has acknowledged this event, which is claimed. */
    public static void deliver(SeenKeys seen, TapEvent event) {
        EventLife.advance(event, Outcome.RESERVED, Outcome.SENDING);
        seen.delivered(seen.sending(List.of(event)), List.of(event));
        EventLife.advance(event, Outcome.SENDING, Outcome.DELIVERED);
    }

    /** The record of this event, which is claimed, was stored at {@code tap.rejected.uri}. */
    public static void reject(SeenKeys seen, TapEvent event) {
        EventLife.advance(event, Outcome.RESERVED, Outcome.SENDING);
        seen.rejected(event);
        EventLife.advance(event, Outcome.SENDING, Outcome.REJECTED);
    }

    /** Sentinel has not taken this event, which is claimed. */
    public static void release(TapEvent event) {
        EventLife.advance(event, Outcome.RESERVED, Outcome.RELEASED);
    }
}
