package io.tapsentinel.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of a store is moved, deleted, replaced or overwritten while a program has it open. */
class ChangedStoreFileTest {

    @TempDir
    Path folder;

    private Path state;
    private Path file;

    @AutoClose
    private Store store;

    @BeforeEach
    void open() throws IOException {
        state = folder.resolve("state");
        file = state.resolve("tap.db");
        store = Store.open("jdbc:sqlite:" + file, "tap", "https://tap.example.com");
        write(1);
    }

    @Test
    void commitFailsWhileTheFileIsMovedAndWorksAgainAfterwards() throws Exception {
        Path away = Files.move(file, state.resolve("away.db"));

        assertThatWritesAreRefused("moved or deleted", "put the original back");
        assertThatThrownBy(() -> store.bytes()).as("nothing is read either").isInstanceOf(StoreException.class);

        Files.move(away, file);
        write(3);
        assertThat(numbers()).isEqualTo("1,3");
    }

    @Test
    void commitFailsWhileTheFolderIsMovedAndWorksAgainAfterwards() throws Exception {
        Path away = Files.move(state, folder.resolve("away"));

        assertThatWritesAreRefused("moved or deleted");

        Files.move(away, state);
        write(3);
        assertThat(numbers()).isEqualTo("1,3");
    }

    @Test
    void symbolicLinkIsResolvedBeforeOpening() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link.db"), folder.resolve("disk.db"));
        Files.createFile(folder.resolve("disk.db"));
        try (Store linked = TestDatabase.open(link)) {
            assertThat(linked.bytes()).isPositive();
        }
        try (Store again = TestDatabase.open(link)) {
            assertThat(again.lacking()).isEmpty();
        }
    }

    @Test
    void commitFailsAfterTheFileWasDeleted() throws Exception {
        for (String suffix : new String[] {"", "-wal", "-shm"}) {
            Files.delete(Path.of(file + suffix));
        }
        assertThatWritesAreRefused("moved or deleted", "restart the program");
    }

    @Test
    void commitFailsWhileAnotherFileIsInPlace() throws Exception {
        Path copy = backup();
        Path own = Files.move(file, state.resolve("own.db"));
        Files.move(copy, file);

        assertThatWritesAreRefused("another file", "restart the program");

        Files.move(own, file, StandardCopyOption.REPLACE_EXISTING);
        write(3);
        assertThat(numbers()).isEqualTo("1,3");
    }

    @Test
    void commitFailsAfterABackupWasCopiedOverTheFile() throws Exception {
        Path copy = backup();
        write(2);
        checkpoint();
        Files.write(file, Files.readAllBytes(copy), StandardOpenOption.TRUNCATE_EXISTING);

        assertThatWritesAreRefused("overwritten", "restart the program");
    }

    @Test
    void commitFailsAfterTheLogWasDeleted() throws Exception {
        Path log = Path.of(file + "-wal");
        Path away = Files.move(log, state.resolve("away-wal"));

        assertThatWritesAreRefused("-wal", "moved or deleted");

        Files.move(away, log);
        write(3);
        assertThat(numbers()).isEqualTo("1,3");
    }

    @Test
    void olderLogIsRefused() throws Exception {
        Files.createDirectory(folder.resolve("backup"));
        for (String suffix : new String[] {"", "-wal", "-shm"}) {
            Files.copy(Path.of(file + suffix), folder.resolve("backup/tap.db" + suffix));
        }
        write(2);
        for (String suffix : new String[] {"", "-wal", "-shm"}) {
            Files.write(Path.of(file + suffix), Files.readAllBytes(folder.resolve("backup/tap.db" + suffix)));
        }
        assertThatWritesAreRefused("overwritten");
    }

    @Test
    void ownWritesAndCheckpointsAreNotReported() throws Exception {
        for (int i = 0; i < 3_000; i++) {
            write(7);
        }
        checkpoint();
        write(7);
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
        write(7);
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            other.createStatement().execute("INSERT INTO request_log VALUES ('tap', 'a', 7, 'poll')");
        }
        write(7);
        assertThat(store.<Long>transaction(c -> Sql.number(c, "SELECT count(*) FROM request_log")))
                .isEqualTo(3_005);
    }

    @Test
    void interruptedThreadCanWrite() {
        Thread.currentThread().interrupt();
        write(2);
        assertThat(Thread.interrupted()).isTrue();
        write(3);
        assertThat(numbers()).isEqualTo("1,2,3");
        assertThat(store.failure()).isEmpty();
    }

    @Test
    void closeDoesNotChangeAReplacedFile() throws Exception {
        Path copy = backup();
        write(2);
        Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
        byte[] restored = Files.readAllBytes(file);

        store.close();

        assertThat(Files.readAllBytes(file)).isEqualTo(restored);
        store = Store.open("jdbc:sqlite:" + file, "tap", "https://tap.example.com");
        assertThat(numbers()).as("without the rows of the log").isEqualTo("1");
        assertThat(store.lacking()).hasValueSatisfying(what -> assertThat(what).contains("lacks at least 1 commit"));
    }

    @Test
    void closeDoesNotChangeABackupCopiedOverTheFile() throws Exception {
        Path copy = backup();
        checkpoint();
        write(2);
        checkpoint();
        write(3);
        byte[] restored = Files.readAllBytes(copy);
        Files.write(file, restored, StandardOpenOption.TRUNCATE_EXISTING);

        store.close();

        assertThat(Files.readAllBytes(file)).isEqualTo(restored);
        // under another name, since closing the file here would release the locks of this process
        Path next = Files.createDirectory(folder.resolve("next")).resolve("tap.db");
        for (String suffix : new String[] {"", "-wal", ".commits"}) {
            Files.copy(Path.of(file + suffix), Path.of(next + suffix));
        }
        store = Store.open("jdbc:sqlite:" + next, "tap", "https://tap.example.com");
        assertThat(numbers()).as("without the rows of the log").isEqualTo("1");
        assertThat(store.lacking()).hasValueSatisfying(what -> assertThat(what).contains("lacks at least 2 commits"));
    }

    private void assertThatWritesAreRefused(String... words) {
        for (int times = 0; times < 2; times++) {
            assertThatThrownBy(() -> write(2))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContainingAll(words);
        }
        assertThat(store.failure())
                .hasValueSatisfying(failure -> assertThat(failure).contains(words));
    }

    private void write(int number) {
        store.transaction(c -> Sql.update(c, "INSERT INTO request_log VALUES ('tap', 'a', ?, 'poll')", number));
    }

    private String numbers() {
        return store.transaction(c -> {
            try (var rows = c.createStatement().executeQuery("SELECT group_concat(at) FROM request_log")) {
                rows.next();
                return rows.getString(1);
            }
        });
    }

    /** A complete copy, as an operator makes one while the program runs. */
    private Path backup() throws SQLException {
        Path copy = folder.resolve("backup.db");
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            other.createStatement().execute("VACUUM INTO '" + copy + "'");
        }
        return copy;
    }

    /** Moves everything into one file. */
    private void checkpoint() throws SQLException {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            other.createStatement().execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }
}
