package io.tapsentinel.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.testing.Events;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class ReadOnlyStoreTest {

    private static final String KEYS = "SELECT count(*) FROM seen";

    @TempDir
    Path folder;

    @Test
    void readsOneSnapshotWhileTheProgramWrites() {
        try (Store store = open()) {
            deliver(store, "1");
            try (ReadOnlyStore look = look()) {
                assertThat(look.number(KEYS)).isEqualTo(1);
                deliver(store, "2");
                assertThat(look.number(KEYS)).as("later").isEqualTo(1);
            }
            try (ReadOnlyStore look = look()) {
                assertThat(look.number(KEYS)).isEqualTo(2);
            }
        }
    }

    @Test
    void itCannotWrite() {
        open().close();
        try (ReadOnlyStore look = look()) {
            assertThatThrownBy(() -> look.read(c -> Sql.update(c, "DELETE FROM source")))
                    .isInstanceOf(StoreException.class);
        }
        open().close();
    }

    @Test
    void olderStoreMustBeUpgradedFirst() throws SQLException {
        open().close();
        execute("UPDATE schema_version SET version = 2");
        assertRefused(
                "has version 2, this program reads version " + StoreSchema.version() + "; start the program once");
        execute("DROP TABLE schema_version");
        assertRefused("has version 0");
    }

    @Test
    void newerStoreIsRefusedWithBothVersions() throws SQLException {
        open().close();
        execute("UPDATE schema_version SET version = 99");
        assertRefused("has version 99, this program reads version " + StoreSchema.version()
                + "; use the newer version of the program");
    }

    @Test
    void unknownSourceIsRefusedWithTheKnownOnes() {
        open().close();
        Store.open(url(), "second", "https://tap.example.com").close();
        assertThatThrownBy(() -> ReadOnlyStore.open(url(), "third"))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("tap.source is \"third\"")
                .hasMessageEndingWith("contains second, tap");
    }

    private void assertRefused(String why) {
        assertThatThrownBy(this::look)
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("state.url: ")
                .hasMessageContaining(TestDatabase.isShared() ? url().toString() : file().toString())
                .hasMessageContaining(why)
                .hasMessageNotContaining("\n");
    }

    private static void deliver(Store store, String id) {
        new SeenKeys(store, 1_000, new MovableClock(Instant.EPOCH))
                .delivered(0, List.of(Events.event(EventType.CLICKS_BLOCKED, id)));
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = TestDatabase.connect(file());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private ReadOnlyStore look() {
        return ReadOnlyStore.open(url(), "tap");
    }

    private Store open() {
        return Store.open(url(), "tap", "https://tap.example.com");
    }

    private StoreAddress url() {
        return TestDatabase.address(file());
    }

    private Path file() {
        return folder.resolve("tap.db");
    }
}
