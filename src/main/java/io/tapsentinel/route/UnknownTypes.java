package io.tapsentinel.route;

import io.tapsentinel.sentinel.RejectedLog;
import io.tapsentinel.state.SeenKeys;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What becomes of events in arrays that this program does not know: each goes to {@code tap.rejected.uri} once, and health
 * tells of them for a day after they were last reported.
 */
public class UnknownTypes {

    private static final Duration TOLD = Duration.ofDays(1);
    /** Names are TAP's; a document that makes up thousands must not fill the memory. */
    private static final int MOST_NAMES = 20;

    final RejectedLog rejected;
    final SeenKeys seen;
    final Clock clock;
    private final Map<String, Instant> lastSeen = new ConcurrentHashMap<>();

    public UnknownTypes(RejectedLog rejected, SeenKeys seen, Clock clock) {
        this.rejected = rejected;
        this.seen = seen;
        this.clock = clock;
    }

    /** Takes the events of one read. */
    UnknownEvents of(WindowRead read) {
        return new UnknownEvents(this, read);
    }

    /** The name that an array is counted under: its own, or one for all when there are too many. */
    String noticed(String array) {
        String name = lastSeen.containsKey(array) || lastSeen.size() < MOST_NAMES ? array : "other";
        lastSeen.put(name, clock.instant());
        return name;
    }

    /** Arrays that were reported within a day, with the time of the last report; empty when there are none. */
    public Optional<String> recent() {
        Instant since = clock.instant().minus(TOLD);
        lastSeen.values().removeIf(at -> at.isBefore(since));
        return lastSeen.isEmpty() ? Optional.empty() : Optional.of(lastSeen.toString());
    }
}
