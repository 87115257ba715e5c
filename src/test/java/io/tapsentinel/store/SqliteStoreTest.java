package io.tapsentinel.store;

import static io.tapsentinel.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.UnreadableTime;
import io.tapsentinel.tap.plan.Detour;
import io.tapsentinel.testing.Claim;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.OlderStores;
import io.tapsentinel.testing.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a SQLite store does; {@link StoreTest} covers both databases. */
class SqliteStoreTest {

    private static final EventType TYPE = EventType.CLICKS_BLOCKED;

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-20T12:00:00Z"));

    @Test
    void storeOfVersionOneIsMigratedWithItsContent() {
        try (Store store = open()) {
            new SeenKeys(store, 1_000, clock).delivered(0, List.of(event(TYPE, "1")));
            OlderStores.downgrade(store, 1);
        }

        try (Store store = open()) {
            SeenKeys seen = new SeenKeys(store, 1_000, clock);
            assertThat(Claim.of(seen, event(TYPE, "1"))).isEqualTo(Claim.DELIVERED);
            assertThat(Claim.of(seen, EventLife.resend(event(TYPE, "1"))))
                    .as("it was not rejected")
                    .isEqualTo(Claim.DELIVERED);
            seen.sending(List.of(event(TYPE, "2")));
            assertThat(seen.recordAbandoned()).isEqualTo(1);
            UnreadableTime unreadable = new ReadState(store, clock).unreadable();
            assertThat(unreadable.attempts().find()).isEmpty();
            assertThat(unreadable.detour()).isEqualTo(Detour.NONE);
        }
    }

    @Test
    void secondProgramIsRefusedWithTheHolder() {
        try (Store store = open()) {
            assertThat(store.source()).isEqualTo("tap");
            assertThatThrownBy(this::open)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(
                            "is in use by process " + ProcessHandle.current().pid());
        }
        open().close();
    }

    @Test
    void otherFileIsRefusedWithItsPath() throws IOException {
        Files.createDirectories(folder.resolve("state"));
        Files.writeString(
                folder.resolve("state/tap.db"), "this is no database, although it is long enough to be one".repeat(50));

        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("state.url")
                .hasMessageContaining("tap.db");
    }

    @Test
    void onlyTheOwnerCanReadTheStore() throws IOException {
        try (Store store = open()) {
            new SeenKeys(store, 1_000, clock).delivered(0, List.of(event(TYPE, "1")));
            assertThat(StateFolder.permissions(folder.resolve("state"))).isEqualTo("rwx------");
            try (var files = Files.list(folder.resolve("state"))) {
                assertThat(files)
                        .hasSizeGreaterThanOrEqualTo(3)
                        .allSatisfy(file -> assertThat(StateFolder.permissions(file))
                                .as(file.toString())
                                .isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void commitIsOnDiskBeforeTheCallReturns() {
        try (Store store = open()) {
            assertThat(store.<Long>transaction(c -> Sql.number(c, "PRAGMA synchronous")))
                    .as("FULL")
                    .isEqualTo(2);
        }
    }

    private Store open() {
        return Store.open(
                StoreAddress.of("jdbc:sqlite:" + folder.resolve("state/tap.db")), "tap", "https://tap.example.com");
    }
}
