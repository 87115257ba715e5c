package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.TmpfsMount;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that is locked, corrupt, read-only or full stops the flow; afterwards nothing is lost. */
@Timeout(value = 150, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoreIT extends PackagedFixture {

    private static final int PAGE = 4096;

    private FailingStore store;

    @BeforeEach
    void prepare() throws IOException {
        store = open(new FailingStore(folder, 95, 6_000));
    }

    @Test
    void aLockedStoreStopsTheFlowAndLosesOrDuplicatesNothing() throws Exception {
        PackagedProgram program = open(store.launch().start());
        Connection other = open(lockedAtTheFirstUpload());
        assertThatPlainWritesFail("locked");
        store.assertThatItComplains(program);
        awaitNoMoreRows();
        assertThat(program.found(LiveServices.COMMITTED)).as("committed").isEmpty();

        other.rollback();
        store.assertThatAllLands(program);
    }

    private void awaitNoMoreRows() {
        AtomicInteger landed = new AtomicInteger(-1);
        await("nothing lands any more, since it could not be recorded")
                .pollInterval(Duration.ofMillis(2_500))
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    int now = store.services().deliveries().distinct();
                    return landed.getAndSet(now) == now;
                });
    }

    @Test
    @Tag("full")
    void aMovedStoreStopsTheFlowAndListsWhatWasInFlight() throws Exception {
        PackagedProgram program = open(store.launch().start());
        awaitSoon("uploads begin", () -> store.services().sink().requests() > 0);
        Path away = Files.move(store.file(), folder.resolve("away.db"));
        store.assertThatItComplains(program);
        assertThat(program.health().last()).contains("moved or deleted");
        awaitNoMoreRows();

        Files.move(away, store.file());
        store.assertThatAllLands(program);
    }

    @Test
    @Tag("full")
    void anOlderStorePutInPlaceIsUsedByTheNextStartWithAWarning() throws Exception {
        Path copy = folder.resolve("copy.db");
        try (PackagedProgram program = store.launch().start()) {
            program.awaitCommitted();
            try (Connection other = store.connect()) {
                other.createStatement().execute("VACUUM INTO '" + copy + "'");
            }
            program.awaitMoreCommitted(2);
            // into the same file, as cp does it
            Files.write(store.file(), Files.readAllBytes(copy));
            store.assertThatItComplains(program);
            assertThat(program.health().last()).contains("overwritten while the program ran");
            program.stop();
        }
        assertThat(Files.readAllBytes(store.file())).as("the copy").isEqualTo(Files.readAllBytes(copy));
        try (PackagedProgram program = store.launch().start()) {
            program.awaitLine("WARN .*lacks at least \\d+ commits.* may be sent twice");
            program.awaitMoreCommitted(1);
            program.health().awaitUp();
            assertThat(program.health().last()).contains("the store lost commits");
            store.services().live().assertThatNothingCommittedIsLost(program);
        }
    }

    @Test
    @Tag("full")
    void aStoreLockedAtStartIsReportedInOneLine() throws Exception {
        landAll();
        try (Connection other = store.connect()) {
            lock(other);
            assertThatPlainWritesFail("locked");
            store.assertThatItRefusesToStart();
        }
        landAll();
    }

    @Test
    @Tag("full")
    void aCorruptStoreIsReportedInOneLineAndItsBackupLosesNothing() throws Exception {
        landAll();
        Path copy = copyAndCorrupt();
        assertThatPlainWritesFail("malformed", "not a database");
        store.assertThatItRefusesToStart();
        restore(copy);
        landAll();
        assertThat(store.services().deliveries().duplicates()).as("twice").isEmpty();
    }

    @Test
    @Tag("full")
    void aStoreCorruptedWhileRunningStopsTheFlow() throws Exception {
        Path copy;
        try (PackagedProgram program = store.launch().start()) {
            program.awaitCommitted();
            copy = copyAndCorrupt();
            assertThatPlainWritesFail("malformed", "not a database");
            store.assertThatItComplains(program);
            int committed = program.found(LiveServices.COMMITTED).size();
            int landed = store.services().deliveries().distinct();
            await("nothing is committed or sent any more")
                    .during(Duration.ofMillis(2_500))
                    .atMost(Duration.ofSeconds(6))
                    .until(() -> program.found(LiveServices.COMMITTED).size() == committed
                            && store.services().deliveries().distinct() == landed);
        }
        restore(copy);
        landAll();
    }

    @Test
    @Tag("full")
    void aReadOnlyMountIsReportedInOneLineAndAllLandsOnceWritable() throws Exception {
        TmpfsMount mount = open(TmpfsMount.at(store.launch().work().resolve("state"), "64m"));
        mount.change("ro");
        assertThatThrownBy(() -> Files.writeString(store.file().resolveSibling("any"), ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Read-only");
        store.assertThatItRefusesToStart();
        assertThat(store.services().sink().requests()).as("uploads").isZero();

        mount.change("rw");
        landAll();
        assertThat(store.services().deliveries().duplicates()).as("twice").isEmpty();
    }

    @Test
    @Tag("full")
    void aProgramKilledOnAFullDiskRecoversWithMoreRoom() throws Exception {
        TmpfsMount mount = open(TmpfsMount.at(store.launch().work().resolve("state"), "1m"));
        try (PackagedProgram program = store.launch().start()) {
            store.assertThatItComplains(program);
            assertThat(program.found(LiveServices.COMMITTED)).as("committed").isEmpty();
            program.kill();
        }
        store.assertThatNothingElseLanded(store.services().deliveries().all());

        mount.change("size=64m");
        landAll();
    }

    @Test
    @Tag("full")
    void aFullDiskStopsTheFlowAndMoreRoomResumesIt() throws Exception {
        TmpfsMount mount = open(TmpfsMount.at(store.launch().work().resolve("state"), "1m"));
        PackagedProgram program = open(store.launch().start());
        store.assertThatItComplains(program);
        assertThatThrownBy(() -> Files.write(store.file().resolveSibling("any"), new byte[2_000_000]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No space");
        Files.deleteIfExists(store.file().resolveSibling("any"));
        assertThat(program.found(LiveServices.COMMITTED)).as("committed").isEmpty();

        mount.change("size=64m");
        store.assertThatAllLands(program);
    }

    /** One run delivers everything. */
    private void landAll() throws Exception {
        try (PackagedProgram program = store.launch().start()) {
            store.assertThatAllLands(program);
        }
    }

    private Connection lockedAtTheFirstUpload() throws SQLException {
        awaitSoon("uploads begin", () -> store.services().sink().requests() > 0);
        Connection other = store.connect();
        lock(other);
        return other;
    }

    private static void lock(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        FailingStore.write(connection);
    }

    private void assertThatPlainWritesFail(String... one) throws SQLException {
        assertThatThrownBy(() -> {
                    try (Connection connection = store.connect()) {
                        FailingStore.write(connection);
                    }
                })
                .isInstanceOf(SQLException.class)
                .message()
                .containsAnyOf(one);
    }

    /** Overwrites every page except the first half of the header, after moving everything from log and memory into the file. */
    private Path copyAndCorrupt() throws IOException, SQLException {
        try (Connection other = store.connect();
                Statement statement = other.createStatement()) {
            FailingStore.write(other);
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            Path copy = Files.copy(store.file(), folder.resolve("copy.db"));
            try (RandomAccessFile file = new RandomAccessFile(store.file().toFile(), "rw")) {
                byte[] garbage = new byte[(int) file.length() - PAGE / 2];
                new Random(90).nextBytes(garbage);
                file.seek(PAGE / 2);
                file.write(garbage);
            }
            return copy;
        }
    }

    private void restore(Path copy) throws IOException {
        Files.deleteIfExists(Path.of(store.file() + "-wal"));
        Files.deleteIfExists(Path.of(store.file() + "-shm"));
        Files.write(store.file(), Files.readAllBytes(copy));
    }
}
