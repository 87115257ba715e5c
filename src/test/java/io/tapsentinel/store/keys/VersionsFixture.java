package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictChange;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.testing.Claim;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One click with a chosen verdict on a real store, which can be reopened. */
final class VersionsFixture implements AutoCloseable {

    static final EventType TYPE = EventType.CLICKS_BLOCKED;
    /** Verdicts in the order in which tests give them. */
    static final long FIRST = 7;

    static final long STATUS = 8;
    static final long THREAT = 1L << 32 | 8;
    static final long CAMPAIGN = 1L << 63 | THREAT;

    final MovableClock clock = new MovableClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final Path folder;
    private final boolean updates;
    Store store;
    SeenKeys seen;

    VersionsFixture(Path folder, boolean updates) {
        this.folder = folder;
        this.updates = updates;
        open();
    }

    /** Reopens the store as the next process would. */
    void restart() {
        store.close();
        open();
    }

    private void open() {
        store = TestDatabase.open(folder.resolve("tap.db"));
        seen = new SeenKeys(store, 1_000, updates, clock);
    }

    static TapEvent event(long verdict) {
        Map<String, Object> fields = new HashMap<>(Map.of("id", "1"));
        return new TapEvent(
                TYPE, EventIdentity.of(TYPE, fields), verdict, Instant.parse("2026-11-20T10:00:00Z"), fields);
    }

    /** The same for a message with this GUID; empty means none. */
    static TapEvent event(long verdict, String guid) {
        Map<String, Object> fields = new HashMap<>(Map.of("id", "1", "GUID", guid));
        return new TapEvent(
                TYPE, EventIdentity.of(TYPE, fields), verdict, Instant.parse("2026-11-20T10:00:00Z"), fields);
    }

    static Sighting sighting(long verdict) {
        return new Sighting(event(verdict).ref(), verdict);
    }

    /** Reserves the key, acknowledges it and makes it durable. */
    Claim deliver(long verdict) {
        return deliver(event(verdict));
    }

    Claim deliver(TapEvent event) {
        Claim claim = Claim.of(seen, event);
        if (claim == Claim.NEW || claim == Claim.CHANGED) {
            Claim.deliver(seen, event);
        }
        return claim;
    }

    List<VerdictChange> sighted(long... verdicts) {
        return seen.sighted(
                Arrays.stream(verdicts).mapToObj(VersionsFixture::sighting).toList());
    }

    /** A read that finds this event and commits. */
    List<VerdictChange> read(TapEvent event) {
        return commit(seen.sighted(List.of(Sighting.of(event))));
    }

    /** A read that finds these events and commits. */
    List<VerdictChange> read(long... verdicts) {
        return commit(sighted(verdicts));
    }

    private List<VerdictChange> commit(List<VerdictChange> found) {
        store.transaction(connection -> {
            seen.noticed(connection, found);
            return null;
        });
        clock.advance(Duration.ofMinutes(5));
        return found;
    }

    long count(String sql) {
        return store.transaction(connection -> Sql.number(connection, sql));
    }

    @Override
    public void close() {
        store.close();
    }
}
