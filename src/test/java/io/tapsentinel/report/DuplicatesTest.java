package io.tapsentinel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.CommandSetup;
import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.testing.Events;
import io.tapsentinel.testing.MovableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuplicatesTest {

    private static final EventType TYPE = EventType.CLICKS_BLOCKED;

    @TempDir
    Path folder;

    private final CommandSetup setup = new CommandSetup(() -> folder);
    private final MovableClock clock = setup.clock();
    private final TapEvent unnamed = unnamed();

    @Test
    void duplicatesAreListedWhileTheProgramHoldsTheStore() {
        try (Store store = open()) {
            killedWhileSending(store);
            assertThat(print()).isEqualTo(expected());
        }
    }

    @Test
    void duplicatesAreListedFromAClosedStore() {
        try (Store store = open()) {
            killedWhileSending(store);
        }
        assertThat(print()).isEqualTo(expected());
    }

    @Test
    void missingStoreIsNamedAndNotCreated() {
        assertThatThrownBy(this::print)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("state.url")
                .hasMessageContaining(folder.resolve("tap.db").toString())
                .hasMessageNotContaining("\n");
        assertThat(folder).as("created files").isEmptyDirectory();
    }

    @Test
    void duplicatesAreForgottenAfter90Days() {
        try (Store store = open()) {
            killedWhileSending(store);
            SeenKeys seen = new SeenKeys(store, 1_000, clock);
            clock.advance(Duration.ofDays(89));
            seen.prune();
            assertThat(seen.possibleDuplicates()).isEqualTo(2);
            clock.advance(Duration.ofDays(2));
            seen.prune();
            assertThat(seen.possibleDuplicates()).isZero();
        }
    }

    private void killedWhileSending(Store store) {
        SeenKeys seen = new SeenKeys(store, 1_000, clock);
        seen.sending(List.of(Events.event(TYPE, "id-1"), unnamed));
        seen.recordAbandoned();
    }

    private String expected() {
        String table = "ProofPointTAPClicksBlockedV2_CL\t";
        String end = "\t2026-11-20T12:00:00Z" + System.lineSeparator();
        return table + "key:" + unnamed.getKey() + end + table + "id-1" + end;
    }

    private String print() {
        return setup.run("duplicates");
    }

    private Store open() {
        return setup.open();
    }

    private static TapEvent unnamed() {
        Map<String, Object> fields = new HashMap<>(Map.of("GUID", "g"));
        return new TapEvent(TYPE, EventIdentity.of(TYPE, fields), 0, Instant.EPOCH, fields);
    }
}
