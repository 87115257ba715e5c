package io.tapsentinel.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.testing.Events;
import io.tapsentinel.testing.MovableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading a SQLite store without changing it; {@link ReadOnlyStoreTest} covers both databases. */
class SqliteReadOnlyStoreTest {

    @TempDir
    Path folder;

    @Test
    void storeFileIsUnchangedAndOnlySqliteFilesAreCreated() throws IOException {
        try (Store store = Store.open(url(), "tap", "https://tap.example.com")) {
            new SeenKeys(store, 1_000, new MovableClock(Instant.EPOCH))
                    .delivered(0, List.of(Events.event(EventType.CLICKS_BLOCKED, "1")));
        }
        byte[] before = Files.readAllBytes(file());
        try (ReadOnlyStore look = look()) {
            assertThat(look.number("SELECT count(*) FROM seen")).isEqualTo(1);
        }
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .isSubsetOf("tap.db", "tap.db.lock", "tap.db.commits", "tap.db-wal", "tap.db-shm");
        }
        assertThat(Path.of(file() + "-wal").toFile().length())
                .as("bytes of the log")
                .isZero();
    }

    @Test
    void otherFileIsRefusedWithItsPath() throws IOException {
        Files.writeString(file(), "this is no database, although it is long enough to be one".repeat(50));

        assertThatThrownBy(this::look)
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("state.url: ")
                .hasMessageContaining(file().toString())
                .hasMessageContaining("cannot be read")
                .hasMessageNotContaining("\n");
    }

    private ReadOnlyStore look() {
        return ReadOnlyStore.open(url(), "tap");
    }

    private StoreAddress url() {
        return StoreAddress.of("jdbc:sqlite:" + file());
    }

    private Path file() {
        return folder.resolve("tap.db");
    }
}
