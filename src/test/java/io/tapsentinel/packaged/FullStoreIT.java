package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.TmpfsMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store that cannot be written, or no further. */
@Timeout(value = 150, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class FullStoreIT {

    /** Enough for the tables, not for the keys of 5,000 events. */
    private static final String FEW_PAGES = "max_page_count=60";

    @TempDir
    Path folder;

    @AutoClose
    private FailingStore store;

    @BeforeEach
    void prepare() throws IOException {
        store = new FailingStore(folder, 95, 6_000);
    }

    @Test
    void aReadOnlyMountIsSaidInOneLineAndAllLandsOnceItCanBeWritten() throws Exception {
        try (TmpfsMount mount = TmpfsMount.at(store.launch().work().resolve("state"), "64m")) {
            mount.change("ro");
            assertThatThrownBy(() -> Files.writeString(store.file().resolveSibling("any"), ""))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Read-only");
            store.assertThatItRefusesToStart();
            assertThat(store.services().sink().requests()).as("uploads").isZero();

            mount.change("rw");
            try (PackagedProgram program = store.launch().start()) {
                store.assertThatAllLands(program);
            }
            assertThat(store.services().deliveries().duplicates()).as("twice").isEmpty();
        }
    }

    @Test
    void aFullStoreStopsTheFlowAndWithMoreRoomAllLands() throws Exception {
        store.launch().with("state.url", "jdbc:sqlite:state/tap-sentinel.db?" + FEW_PAGES);
        try (PackagedProgram program = store.launch().start()) {
            store.assertThatItComplains(program);
            assertThatThrownBy(() -> fill("&transaction_mode=IMMEDIATE&" + FEW_PAGES))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("full");
            assertThat(program.found(LiveServices.COMMITTED)).as("committed").isEmpty();
            program.kill();
        }
        store.assertThatNothingElseLanded(store.services().deliveries().all());

        store.launch().with("state.url", "jdbc:sqlite:state/tap-sentinel.db");
        landAll("max_page_count");
    }

    @Test
    void aFullDiskStopsTheFlowAndWithMoreRoomAllLandsWithoutARestart() throws Exception {
        try (TmpfsMount mount = TmpfsMount.at(store.launch().work().resolve("state"), "1m");
                PackagedProgram program = store.launch().start()) {
            store.assertThatItComplains(program);
            assertThatThrownBy(() -> Files.write(store.file().resolveSibling("any"), new byte[2_000_000]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No space");
            Files.deleteIfExists(store.file().resolveSibling("any"));
            assertThat(program.found(LiveServices.COMMITTED)).as("committed").isEmpty();

            mount.change("size=64m");
            int events = store.assertThatAllLands(program);
            System.out.printf(
                    "disk full for a while: 0 of %d events lost, %d twice, all of them listed%n",
                    events, store.services().deliveries().duplicates().size());
        }
    }

    private void landAll(String cause) throws Exception {
        try (PackagedProgram program = store.launch().start()) {
            int events = store.assertThatAllLands(program);
            System.out.printf(
                    "store full by %s: 0 of %d events lost, %d twice, all of them listed%n",
                    cause, events, store.services().deliveries().duplicates().size());
        }
    }

    /** A plain write of more than there can be room for. */
    private void fill(String parameters) throws SQLException {
        try (Connection connection = store.connect(parameters);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("CREATE TABLE of_a_test (bytes BLOB)");
            statement.execute("INSERT INTO of_a_test VALUES (randomblob(1000000))");
            connection.commit();
        }
    }
}
