package io.tapsentinel.route;

import io.tapsentinel.state.ReplayedBlobs.Blob;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Blobs that were fetched in vain pause, twice as long each time up to an hour; the longest known of 1,000 is forgotten. */
final class BlobPauses {

    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int MOST = 1_000;

    private final Duration first;
    private final Clock clock;
    private final Map<Blob, Pause> pauses = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Blob, Pause> eldest) {
            return size() > MOST;
        }
    };

    private record Pause(Duration length, Instant end) {}

    BlobPauses(Duration first, Clock clock) {
        this.first = first;
        this.clock = clock;
    }

    boolean isPausing(Blob blob) {
        return pauses.containsKey(blob)
                && clock.instant().isBefore(pauses.get(blob).end());
    }

    /** Begins the next one; returns how long it is. */
    Duration pause(Blob blob) {
        Duration length = pauses.containsKey(blob) ? pauses.get(blob).length().multipliedBy(2) : first;
        Duration bounded = length.compareTo(LONGEST) > 0 ? LONGEST : length;
        pauses.put(blob, new Pause(bounded, clock.instant().plus(bounded)));
        return bounded;
    }

    void forget(Blob blob) {
        pauses.remove(blob);
    }
}
