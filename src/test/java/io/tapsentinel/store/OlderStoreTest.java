package io.tapsentinel.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.StateFolder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A start finds a store that lacks its latest commits. */
class OlderStoreTest {

    private static final Instant READ = Instant.parse("2026-11-20T12:00:00Z");

    @RegisterExtension
    private final LogLines log = new LogLines();

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void prepare() throws IOException {
        file = Files.createDirectory(folder.resolve("state")).resolve("tap.db");
    }

    @Test
    void lostLogIsReportedWithPossibleDuplicates() throws Exception {
        try (Store store = open(file)) {
            read(store);
            store.transaction(c -> Sql.number(c, "PRAGMA wal_checkpoint(TRUNCATE)"));
        }
        Path left;
        try (Store store = open(file)) {
            for (int i = 0; i < 5; i++) {
                write(store, i);
            }
            // all but the log
            left = kill("", ".commits");
        }
        log.lines().clear();
        try (Store store = open(left)) {
            assertThat(log.line("WARN"))
                    .contains(
                            left.toString(), "lacks at least 6 commits", "newest read is from " + HumanText.time(READ))
                    .contains("may be sent twice");
            assertThat(store.failure()).isEmpty();
        }
        log.lines().clear();
        open(left).close();
        assertThat(log.lines()).as("logged once").isEmpty();
    }

    @Test
    void restoredCopyIsReported() throws Exception {
        Path copy = folder.resolve("copy.db");
        try (Store store = open(file)) {
            read(store);
        }
        Files.copy(file, copy);
        try (Store store = open(file)) {
            write(store, 1);
        }
        Files.write(file, Files.readAllBytes(copy));
        log.lines().clear();
        open(file).close();
        assertThat(log.lines()).singleElement().asString().contains("lacks at least 2 commits");
    }

    @Test
    void missingStoreIsReported() throws Exception {
        try (Store store = open(file)) {
            write(store, 1);
        }
        Files.delete(file);
        log.lines().clear();
        open(file).close();
        assertThat(log.lines())
                .singleElement()
                .asString()
                .contains("lacks at least 2 commits", "it contains no read", "may be sent twice");
    }

    @Test
    void logOfAnotherFileIsSetAside() throws Exception {
        Path copy = folder.resolve("copy.db");
        try (Store store = open(file)) {
            write(store, 1);
        }
        Files.copy(file, copy);
        try (Store store = open(file)) {
            write(store, 2);
        }
        Path left;
        try (Store store = open(file)) {
            write(store, 3);
            left = kill("-wal", ".commits");
            Files.copy(copy, left);
        }
        log.lines().clear();
        try (Store store = open(left)) {
            assertThat(rows(store)).as("rows of the copy alone").isEqualTo(1);
        }
        assertThat(log.lines())
                .anySatisfy(line -> assertThat(line).startsWith("WARN").contains("-wal", "moved the log to"))
                .anySatisfy(line -> assertThat(line).startsWith("WARN").contains("lacks at least 4 commits"));
        assertThat(Path.of(left + "-wal.set-aside")).exists();
    }

    @Test
    void vacuumedBackupDoesNotUseALaterLog() throws Exception {
        Path left = Files.createDirectory(folder.resolve("killed")).resolve("tap.db");
        try (Store store = open(file)) {
            write(store, 1);
            store.transaction(c -> Sql.number(c, "PRAGMA wal_checkpoint(TRUNCATE)"));
            try (Connection backup = DriverManager.getConnection("jdbc:sqlite:" + file)) {
                backup.createStatement().execute("VACUUM INTO '" + left + "'");
            }
            write(store, 2);
            Files.copy(Path.of(file + "-wal"), Path.of(left + "-wal"));
        }
        log.lines().clear();
        try (Store store = open(left)) {
            assertThat(rows(store)).as("rows of the backup alone").isEqualTo(1);
        }
        assertThat(log.lines())
                .anySatisfy(line -> assertThat(line).startsWith("WARN").contains("-wal", "moved the log to"));
    }

    @Test
    void logOfTheSameFileIsKeptAfterAKill() throws Exception {
        Path left;
        try (Store store = open(file)) {
            for (int i = 0; i < 2_000; i++) {
                write(store, i);
            }
            left = kill("", "-wal", ".commits");
        }
        log.lines().clear();
        try (Store store = open(left)) {
            assertThat(rows(store)).isEqualTo(2_000);
        }
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void partlyCheckpointedLogIsKeptAfterAKill() throws Exception {
        Path left;
        try (Store store = open(file)) {
            for (int i = 0; i < 300; i++) {
                write(store, i);
            }
            // while another program reads, SQLite copies the log into the file, and does not begin the log again
            try (ReadOnlyStore reader = ReadOnlyStore.open("jdbc:sqlite:" + file, "tap")) {
                reader.number("SELECT count(*) FROM request_log");
                try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file)) {
                    other.createStatement().execute("PRAGMA wal_checkpoint(PASSIVE)");
                }
                for (int i = 300; i < 1_000; i++) {
                    write(store, i);
                }
                left = kill("", "-wal", ".commits");
            }
        }
        try (RandomAccessFile alone = new RandomAccessFile(left.toFile(), "r")) {
            assertThat(FirstPage.of(alone).commits())
                    .as("commits in the file alone")
                    .isEqualTo(301);
        }
        log.lines().clear();
        try (Store store = open(left)) {
            assertThat(rows(store)).isEqualTo(1_000);
        }
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void onlyWritesAreCountedAndTheCounterIsPrivate() throws Exception {
        Path counter = Path.of(file + ".commits");
        try (Store store = open(file)) {
            long before = counted(counter);
            store.bytes();
            rows(store);
            store.transaction(c -> Sql.update(c, "DELETE FROM request_log WHERE pool = 'none'"));
            try {
                store.transaction(c -> {
                    Sql.update(c, "INSERT INTO request_log VALUES ('tap', 'a', 1, 'poll')");
                    throw new IllegalStateException("rolled back");
                });
            } catch (IllegalStateException expected) {
                rows(store);
            }
            assertThat(counted(counter)).isEqualTo(before);

            write(store, 1);
            assertThat(counted(counter)).isEqualTo(before + 1);
            assertThat(StateFolder.permissions(counter)).isEqualTo("rw-------");
        }
    }

    @Test
    void missingUnreadableOrOlderCounterReportsNothing() throws Exception {
        Path counter = Path.of(file + ".commits");
        try (Store store = open(file)) {
            write(store, 1);
        }
        for (String content :
                new String[] {"", "?", "99", "1 2026-11-20T12:00:00Z\n", "-5 x", "999999999999999999999 x"}) {
            Files.writeString(counter, content);
            open(file).close();
        }
        Files.delete(counter);
        open(file).close();
        assertThat(log.lines()).isEmpty();
        Files.writeString(counter, "1 2026-11-20T12:00:00Z\nsomething\n".repeat(3));
        try (Store store = open(file)) {
            write(store, 2);
        }
        assertThat(CommitCount.beside(file)).as("the next commit repairs it").isPresent();
        assertThat(counted(counter)).isPositive();
    }

    @Test
    void unwritableCounterDoesNotFailCommits() throws Exception {
        Files.createDirectory(Path.of(file + ".commits"));
        try (Store store = open(file)) {
            write(store, 1);
            assertThat(rows(store)).isEqualTo(1);
            assertThat(store.failure()).isEmpty();
        }
    }

    /** Some or all files that a killed process leaves. */
    private Path kill(String... suffixes) throws IOException {
        Path left = Files.createDirectory(folder.resolve("killed")).resolve("tap.db");
        for (String suffix : suffixes) {
            Files.copy(Path.of(file + suffix), Path.of(left + suffix));
        }
        return left;
    }

    private static long counted(Path counter) throws IOException {
        return Long.parseLong(Files.readString(counter).split(" ")[0]);
    }

    private static Store open(Path file) {
        return Store.open("jdbc:sqlite:" + file, "tap", "https://tap.example.com");
    }

    private static void read(Store store) throws SQLException {
        new ReadState(store, new MovableClock(READ))
                .commitWithoutProgress(
                        new LedgerEntry(READ, new TimeRange(READ.minusSeconds(60), READ), Purpose.SWEEP, Map.of()),
                        connection -> {});
    }

    private static void write(Store store, int number) {
        store.transaction(c -> Sql.update(c, "INSERT INTO request_log VALUES ('tap', 'a', ?, 'poll')", number));
    }

    private static long rows(Store store) {
        return store.transaction(c -> Sql.number(c, "SELECT count(*) FROM request_log"));
    }
}
