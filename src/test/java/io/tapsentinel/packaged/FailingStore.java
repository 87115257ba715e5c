package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StoreCopy;
import io.tapsentinel.testing.StoredRecords.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** A program whose store fails, and the guarantees that still hold. */
final class FailingStore implements AutoCloseable {

    private static final String A_WRITE = "INSERT INTO request_log VALUES ('of a test', 'none', 0, 'poll')";

    private final ScriptedServices services;
    private final PackagedProgram.Launch launch;

    FailingStore(Path folder, long seed, int eventsPerHour) throws IOException {
        services = new ScriptedServices(eventsPerHour, Duration.ofMinutes(50));
        // only the store's folder may fail
        launch = services.launch(folder)
                .with("tap.spool", folder.resolve("spool").toString())
                .with("tap.rejected.uri", "file:" + folder.resolve("rejected"))
                .with("tap.replay.uri", "file:" + folder.resolve("replay"))
                .tableOptions("batchRecords: 500", "lingerMs: 200", "retryBackoffMs: 100", "retryBackoffMaxMs: 500");
    }

    ScriptedServices services() {
        return services;
    }

    PackagedProgram.Launch launch() {
        return launch;
    }

    Path file() {
        return PackagedProgram.store(launch.work());
    }

    /** Another connection to the store; it waits for its turn, as the program keeps retrying. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file() + "?busy_timeout=5000");
    }

    /** One row in a table that holds only numbers of requests. */
    static void write(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(A_WRITE);
        }
    }

    /** The start fails with one line that names the problem. */
    void assertThatItRefusesToStart() throws Exception {
        assertThat(launch.refusal()).startsWith("tap-sentinel: state.url").contains(file().toString());
    }

    /** The running program reports the failure in log and health. */
    void assertThatItComplains(PackagedProgram program) {
        program.awaitLine("(WARN|ERROR).*state\\.url");
        program.health().awaitDown("state.url");
    }

    /** A program (a new one if none runs) delivers everything; only listed records are there twice. */
    int assertThatAllLands(PackagedProgram program) throws Exception {
        program.awaitMoreCommitted(1);
        program.health().awaitUp();
        int events = services.live().assertThatNothingCommittedIsLost(program);
        program.kill();
        services.assertThatDuplicatesAreListed(launch.work());
        return events;
    }

    /** Every landed row is durable or listed as a possible duplicate. The program must be stopped. */
    void assertThatNothingElseLanded(Set<Row> landed) throws Exception {
        try (StoreCopy store = StoreCopy.of(launch.work())) {
            Set<Row> unaccounted = new HashSet<>(landed);
            Set<String> durable = store.durable();
            unaccounted.removeIf(row -> durable.contains(row.stream() + '|' + row.key()));
            unaccounted.removeAll(store.possibleDuplicates());
            unaccounted.removeAll(store.onTheirWay());
            assertThat(unaccounted)
                    .as("landed, and the store knows nothing of it")
                    .isEmpty();
        }
    }

    @Override
    public void close() throws IOException {
        services.close();
    }
}
